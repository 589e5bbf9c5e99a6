"""Grades as tables: for spreadsheets, and in the forms in which Moodle and Canvas take them back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from course_lib.grading.course import CourseError
from course_lib.grading.standings import Standing, Standings

UNTOUCHED = "-"
"""What Moodle writes where nobody has graded yet."""
FORMULA = ("=", "+", "-", "@", "\t")
"""How texts begin that a spreadsheet would run."""

Table = list[list[Any]]


def plain(assignments: list[Standings]) -> Table:
    """A row for each student: all about one assignment, or the total of each of several."""
    if len(assignments) != 1:
        return _totals(assignments)
    (only,) = assignments
    titles = [exercise.title for exercise in only.exercises]
    head = [
        "student",
        "last name",
        "first name",
        "email",
        "status",
        "score",
        "out of",
        "late penalty",
        "by hand",
        *titles,
    ]
    rows = [
        [
            *map(_text, (each.student, each.last_name, each.first_name, each.email)),
            *(each.status, each.score, only.max_score, each.late_penalty),
            "yes" if each.needs_manual_grade else "",
            *(each.points.get(title, 0.0) if each.status == "graded" else "" for title in titles),
        ]
        for each in only.students
    ]
    return [head, *rows]


def _totals(assignments: list[Standings]) -> Table:
    people = _people(assignments)
    head = ["student", "last name", "first name", "email", *(each.assignment for each in assignments)]
    rows = [
        [
            *map(_text, (who.student, who.last_name, who.first_name, who.email)),
            *(_grade(each, who) for each in assignments),
        ]
        for who in people
    ]
    return [head, *rows]


def moodle(assignments: list[Standings]) -> Table:
    """The grading worksheet of a Moodle assignment, which its page takes under "Upload grading worksheet".

    Moodle finds students by the number behind "Participant" (mod/assign/feedback/offline/importgradeslib.php, which
    asks for the columns Identifier, Grade and Last modified (grade)).

    Raises:
        CourseError: There are several assignments, or a student's number is not known.
    """
    if len(assignments) != 1:
        raise CourseError("Moodle takes one assignment at a time: name it.")
    (only,) = assignments
    _require_numbers(only.students, "moodle")
    head = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Last modified (grade)"]
    rows = [
        [
            f"Participant {each.lms_id}",
            f"{each.first_name} {each.last_name}".strip(),
            each.email,
            "No submission" if each.status == "missing" else "Submitted for grading",
            _grade(only, each),
            only.max_score,
            UNTOUCHED,
        ]
        for each in only.students
    ]
    return [head, *rows]


def canvas(assignments: list[Standings]) -> Table:
    """The table that Canvas' gradebook imports: students by their Canvas number, a column for each assignment.

    Canvas asks for Student, ID and Section first, then assignments by title, and for a row of the points possible
    (lib/gradebook_importer.rb).

    Raises:
        CourseError: A student's number is not known.
    """
    people = _people(assignments)
    _require_numbers(people, "canvas")
    head = ["Student", "ID", "Section", *(each.assignment for each in assignments)]
    possible = ["    Points Possible", "", "", *(each.max_score for each in assignments)]
    rows = [
        [f"{who.last_name}, {who.first_name}".strip(", "), who.lms_id, "", *(_grade(each, who) for each in assignments)]
        for who in people
    ]
    return [head, possible, *rows]


FORMATS: dict[str, Callable[[list[Standings]], Table]] = {"plain": plain, "moodle": moodle, "canvas": canvas}


def as_csv(table: Table) -> str:
    """A table as comma-separated values, numbers with at most five decimals.

    >>> as_csv([["a", 1.0], ["b, c", 2 / 3]])
    'a,1\\r\\n"b, c",0.66667\\r\\n'
    """
    text = io.StringIO()
    csv.writer(text).writerows([[_number(cell) if isinstance(cell, float) else cell for cell in row] for row in table])
    return text.getvalue()


def _number(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _people(assignments: list[Standings]) -> list[Standing]:
    found = {each.student: each for standings in assignments for each in standings.students}
    return [found[student] for student in sorted(found)]


def _grade(standings: Standings, who: Standing) -> float | str:
    """The points of somebody who has been graded."""
    mine = next((each for each in standings.students if each.student == who.student), None)
    return mine.score if mine is not None and mine.status == "graded" else ""


def _require_numbers(students: Iterable[Standing], platform: str) -> None:
    unknown = [each.student for each in students if not each.lms_id]
    if unknown:
        some = ", ".join(unknown[:3]) + (" and others" if len(unknown) > 3 else "")
        raise CourseError(
            f"The numbers by which {platform.title()} knows {some} are not in the gradebook. Give them as lms_user_id: "
            "nbgrader db student import FILE.csv"
        )


def _text(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
