"""Students of a learning platform are enrolled in the gradebook, under ids that stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nbgrader.api import Student

from course_lib.grading import gradebook
from course_lib.grading.course import Course, CourseError
from course_lib.grading.exports import Person, Roster, folded

MEND = "If both are one person, say so with --format plain: a row with this id and what is right."


@dataclass(frozen=True)
class Enrolled:
    """Ids, by what became of them."""

    new: list[str]
    changed: list[str]
    unchanged: list[str]
    gone: list[str]
    """In the gradebook, but not in the list: they stay there."""


def known(course: Course) -> list[Person]:
    """Everybody in the gradebook."""
    with gradebook.opened(course) as book:
        return [_person(student) for student in book.students]


def enrol(course: Course, people: list[Person], *, by_id: bool) -> Enrolled:
    """Write a list of students into the gradebook. Who is known keeps the id; what the list leaves out is kept.

    Args:
        course: Whose gradebook.
        people: With ids that differ.
        by_id: Whether the ids in the list are right; otherwise students are known by number and address first.

    Raises:
        CourseError: Two may be one, or one may be two. Nothing is written then.
    """
    before = {person.student: person for person in known(course)}
    roster = Roster(before.values())
    after: dict[str, Person] = {}
    for person in people:
        old = (
            next(iter(roster.by_student.get(person.student.casefold(), [])), None) if by_id else _known(person, roster)
        )
        merged = _merged(old, person) if old else person
        if merged.student in after:
            raise CourseError(f"{merged.name} and {after[merged.student].name} are both {merged.student}. {MEND}")
        after[merged.student] = merged
    with gradebook.opened(course) as book:
        for student, person in after.items():
            if before.get(student) != person:
                book.update_or_create_student(student, **_columns(person))
    same = {student for student, person in after.items() if before.get(student) == person}
    return Enrolled(
        new=sorted(after.keys() - before.keys()),
        changed=sorted((after.keys() & before.keys()) - same),
        unchanged=sorted(same),
        gone=sorted(before.keys() - after.keys()),
    )


def _known(person: Person, roster: Roster) -> Person | None:
    """Who in the gradebook this is."""
    by_number, by_address = roster.find(lms_id=person.lms_id), roster.find(email=person.email)
    sure = {each.student: each for each in (*by_number, *by_address)}
    if len(sure) > 1:
        number = f"the number {person.lms_id} or " if by_number else ""
        raise CourseError(f"{' and '.join(sure)} have {number}the address {person.email}. {MEND}")
    for old in by_number:
        return old
    for old in by_address or roster.find(student=person.student):
        for what, one, other in (("number", old.lms_id, person.lms_id), ("address", old.email, person.email)):
            if one and other and folded(one) != folded(other):
                raise CourseError(
                    f"{old.student} has the {what} {one} in the gradebook; {person.name} has {other}, "
                    f"and would get the same id. {MEND}"
                )
        return old
    return None


def _merged(old: Person, new: Person) -> Person:
    given = {name: value for name, value in vars(new).items() if value and name != "student"}
    return replace(old, **given)


def _person(student: Student) -> Person:
    columns = (student.first_name, student.last_name, student.email, student.lms_user_id)
    return Person(student.id, *(value or "" for value in columns))


def _columns(person: Person) -> dict[str, str | None]:
    given = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
    return {name: value or None for name, value in (given | {"lms_user_id": person.lms_id}).items()}
