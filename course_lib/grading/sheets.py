"""Grades as tables: for spreadsheets, and in the forms in which Moodle and Canvas take them back."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable
from typing import Any

from course_lib.grading.course import CourseError
from course_lib.grading.exports import Export, Person, Roster
from course_lib.grading.standings import Standing, Standings

WORKSHEET = (
    "the columns Identifier, Grade and Last modified (grade), as in the grading worksheet of an assignment "
    "that Moodle, switched to English, gives under Download grading worksheet"
)
PERSON = ("student", "first_name", "last_name", "email", "lms_id")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
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


def moodle(assignments: list[Standings], worksheet: Export) -> Table:
    """The grading worksheet of a Moodle assignment with the grades in it, for its page "Upload grading worksheet".

    Moodle finds students by the number behind "Participant", another one in each assignment, and takes a grade if it
    is not above the maximum and nobody has graded since the worksheet was downloaded
    (mod/assign/feedback/offline/importgradeslib.php and locallib.php). So all else in it stays as it is.

    Raises:
        CourseError: There are several assignments, or this is no worksheet, or Moodle would drop a grade.
    """
    only = _only(assignments)
    column = {name: worksheet.column(name, WORKSHEET) for name in ("Identifier", "Grade", "Last modified (grade)")}
    most = _maximum(worksheet)
    wanted = math.ceil(only.max_score)  # Moodle's maximum is a whole number
    if most is not None and most != wanted:
        raise CourseError(
            f"Grades of {only.assignment} are out of {only.max_score:g}, in Moodle out of {most:g}. "
            f"Set the maximum grade there to {wanted}, and download the worksheet again."
        )
    above = [each.student for each in only.graded if most is not None and each.score > most]
    if above:
        raise CourseError(f"Moodle drops grades above {most:g}, such as of {_some(above)}. Set another maximum there.")
    rows = [list(row) for row in worksheet.rows]
    for number, each in _in_rows(only, worksheet).items():
        rows[number][column["Grade"]] = _number(each.score)
    return [worksheet.header, *rows]


def without_row(assignments: list[Standings], worksheet: Export) -> list[str]:
    """Who is graded, but not in the worksheet."""
    only = _only(assignments)
    found = {each.student for each in _in_rows(only, worksheet).values()}
    return [each.student for each in only.graded if each.student not in found]


def _only(assignments: list[Standings]) -> Standings:
    if len(assignments) != 1:
        raise CourseError("Moodle takes one assignment at a time: name it.")
    return assignments[0]


def _maximum(worksheet: Export) -> float | None:
    """What Moodle takes at most: one number for all, if the grades are numbers."""
    texts = {worksheet.get(row, "Maximum grade") for row in worksheet.rows} - {""}
    try:
        return max(map(float, texts)) if texts else None
    except ValueError as error:
        raise CourseError(f"{worksheet.file}: the maximum grade {min(texts)!r} is no number with a point.") from error


def _in_rows(standings: Standings, worksheet: Export) -> dict[int, Standing]:
    """Whoever is graded, by the number of the row that can only mean them."""
    everybody = {each.student: each for each in standings.students}
    roster = Roster(Person(*(getattr(each, name) for name in PERSON)) for each in standings.students)
    found = {number: roster.of_row(worksheet, row) for number, row in enumerate(worksheet.rows)}
    sure = {number: everybody[people[0].student] for number, people in found.items() if len(people) == 1}
    return {number: each for number, each in sure.items() if each.status == "graded"}


def canvas(assignments: list[Standings]) -> Table:
    """The table that Canvas' gradebook imports: students by their Canvas number, a column for each assignment.

    Canvas asks for Student, ID and Section first, then assignments by title, and for a row of the points possible
    (lib/gradebook_importer.rb).

    Raises:
        CourseError: The number of somebody who is graded is not known.
    """
    people = _people(assignments)
    _require_numbers(each for standings in assignments for each in standings.graded)
    people = [who for who in people if who.lms_id]
    head = ["Student", "ID", "Section", *(each.assignment for each in assignments)]
    possible = ["    Points Possible", "", "", *(each.max_score for each in assignments)]
    rows = [
        [
            _text(f"{who.last_name}, {who.first_name}".strip(", ")),
            *(who.lms_id, ""),
            *(_grade(each, who) for each in assignments),
        ]
        for who in people
    ]
    return [head, possible, *rows]


FORMATS: dict[str, Callable[[list[Standings]], Table]] = {"plain": plain, "canvas": canvas}
"""What needs nothing but the standings."""


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


def _require_numbers(students: Iterable[Standing]) -> None:
    unknown = sorted({each.student for each in students if not each.lms_id})
    if unknown:
        raise CourseError(
            f"The numbers by which Canvas knows {_some(unknown)} are not in the gradebook. Export Canvas' gradebook, "
            "and give it to the course: course roster FILE.csv"
        )


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")


def _text(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
