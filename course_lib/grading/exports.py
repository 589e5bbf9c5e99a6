"""Tables as learning platforms write them: Moodle's worksheets and lists, Canvas' gradebook, nbgrader's own lists."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from course_lib.grading.course import CourseError

CANVAS_TEST_STUDENT = "Student, Test"
"""Whom Canvas makes up for an instructor who looks at the course as a student does."""
SAFE_ID = re.compile(r"\w[\w.@+'-]*")
"""Ids that can name a directory on any system, and that nbgrader takes."""
MOODLE_TIMES = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%A, %B %d, %Y, %I:%M %p", "%A, %B %d, %Y, %H:%M")
"""English and American (strftimedaydatetime in lang/en/langconfig.php), and both with hours up to 24."""
MOODLE_NEEDS = "the columns Email address or Username, and Full name or First name and Last name"
CANVAS_NEEDS = "the columns Student, ID and SIS Login ID"
PLAIN_NEEDS = "the column id, and if you like first_name, last_name, email, lms_user_id"


@dataclass(frozen=True)
class Person:
    """A student as a platform or the gradebook knows one."""

    student: str
    """The id here: the name of the directory of what was submitted."""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    """The number by which the platform knows the student."""

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Export:
    """A table from a CSV file; columns are found by their names, whether in capitals or not."""

    file: str
    header: list[str]
    rows: list[list[str]]

    def has(self, *names: str) -> bool:
        """Whether all these columns are there."""
        return all(self._index(name) is not None for name in names)

    def column(self, name: str, needs: str = "") -> int:
        """Where a column stands.

        Raises:
            CourseError: There is none.
        """
        index = self._index(name)
        if index is None:
            raise CourseError(self.without(needs or f"a column {name}"))
        return index

    def get(self, row: list[str], *names: str) -> str:
        """What a row has in the first of these columns that is there, or nothing."""
        found = next((index for name in names if (index := self._index(name)) is not None), None)
        return row[found].strip() if found is not None else ""

    def without(self, needs: str) -> str:
        """The sentence for a file that lacks columns."""
        return f"{self.file} has no such table: expected {needs}; found {', '.join(self.header)}."

    def _index(self, name: str) -> int | None:
        return next((i for i, each in enumerate(self.header) if each.strip().casefold() == name.casefold()), None)


def read(path: Path) -> Export:
    """Read a CSV file, separated by commas, semicolons or tabs.

    Raises:
        CourseError: It cannot be read, or is no such file, or is empty.
    """
    data = read_file(path)
    if data.startswith(b"PK"):
        raise CourseError(f"{path} is no CSV file but a spreadsheet or an archive: download it again as CSV.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} is not in UTF-8. Download it again, and save it with no other program.") from error
    first = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        table = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(row)]
    except csv.Error as error:
        raise CourseError(f"{path} is no CSV file: {error}.") from error
    if len(table) < 2:
        raise CourseError(f"{path} is empty: expected a row of names of columns, and a row for each student.")
    header, *rows = table
    for number, row in enumerate(rows, start=2):
        if any(row[len(header) :]):
            raise CourseError(f"{path}, row {number}: {len(row)} cells, but only {len(header)} columns.")
    return Export(path.name, header, [(row + [""] * len(header))[: len(header)] for row in rows])


def read_file(path: Path) -> bytes:
    """The bytes of a file that the user named.

    Raises:
        CourseError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error


def platform_of(export: Export) -> str:
    """Who wrote a table of students, by its columns.

    Raises:
        CourseError: It may be anybody's.
    """
    if export.has("Student", "ID") or export.has("LastName", "FirstName", "ID"):
        return "canvas"
    if export.has("Email address") or export.has("Full name"):
        return "moodle"
    if export.has("id"):
        return "plain"
    raise CourseError(
        export.without(f"of Moodle {MOODLE_NEEDS}; of Canvas {CANVAS_NEEDS}; of any other list {PLAIN_NEEDS}")
        + " Moodle and Canvas write other names in other languages: switch yours to English and download it again."
    )


def people(export: Export, platform: str) -> list[Person]:
    """The students of a table.

    Raises:
        CourseError: Columns are missing, a student has no id or an unusable one, or two have the same.
    """
    found: dict[str, Person] = {}
    for number, row in enumerate(export.rows, start=2):
        person = PEOPLE[platform](export, row)
        if person is None:
            continue
        if not SAFE_ID.fullmatch(person.student):
            raise CourseError(
                f"{export.file}, row {number}: {person.student!r} cannot be the id of {person.name or 'a student'}, "
                f"which names a directory. {_OWN_IDS}"
            )
        key = person.student.casefold()
        if key in found:
            raise CourseError(
                f"{export.file}, row {number}: {person.name or 'a student'} and {found[key].name or 'another'} "
                f"have the same id {person.student}. {_OWN_IDS}"
            )
        found[key] = person
    if not found:
        raise CourseError(f"{export.file} has no students.")
    return list(found.values())


_OWN_IDS = f"Give ids of your own: a table with {PLAIN_NEEDS}, and --format plain."


def _canvas(export: Export, row: list[str]) -> Person | None:
    for name in ("ID", "SIS Login ID"):
        export.column(name, CANVAS_NEEDS)
    if export.has("LastName", "FirstName"):
        last, first = export.get(row, "LastName"), export.get(row, "FirstName")
    else:
        last, _, first = (part.strip() for part in export.get(row, "Student").partition(","))
    number, login = export.get(row, "ID"), export.get(row, "SIS Login ID")
    if not number or f"{last}, {first}" == CANVAS_TEST_STUDENT:  # the first rows say what an assignment is worth
        return None
    return Person(_local_part(login), first, last, login if "@" in login else "", number)


def _moodle(export: Export, row: list[str]) -> Person:
    if not export.has("Email address") and not export.has("Username"):
        raise CourseError(export.without(MOODLE_NEEDS))
    whole = export.get(row, "Full name")
    first, last = export.get(row, "First name"), export.get(row, "Last name", "Surname")
    if not (first or last):
        first, _, last = whole.rpartition(" ")
    email = export.get(row, "Email address")
    student = export.get(row, "Username") or _local_part(email).lower()
    return Person(student, first, last, email, export.get(row, "ID number"))


def _plain(export: Export, row: list[str]) -> Person:
    export.column("id", PLAIN_NEEDS)
    return Person(*(export.get(row, name) for name in ("id", "first_name", "last_name", "email", "lms_user_id")))


PEOPLE: dict[str, Callable[[Export, list[str]], Person | None]] = {
    "canvas": _canvas,
    "moodle": _moodle,
    "plain": _plain,
}


def _local_part(login: str) -> str:
    """What stands before the @ of an address.

    >>> _local_part("ada@example.org"), _local_part("ada")
    ('ada', 'ada')
    """
    return login.rpartition("@")[0] or login


def participant(export: Export, row: list[str]) -> str:
    """The number by which an assignment of Moodle's knows a student: another one in each assignment."""
    return row[export.column("Identifier")].strip().rpartition(" ")[2]


def moodle_times(export: Export, zone: tzinfo | None) -> dict[str, datetime]:
    """When participants handed in, in UTC, by their numbers.

    Args:
        export: A grading worksheet.
        zone: Where Moodle's times hold; None for this computer's.

    Raises:
        CourseError: It has no such column, or something in it is no time.
    """
    column = export.column("Last modified (submission)")
    found = {}
    for row in export.rows:
        text = " ".join(row[column].strip("' ").split())
        if text not in ("", "-"):
            found[participant(export, row)] = _utc(_moodle_time(export, text), zone)
    return found


def _moodle_time(export: Export, text: str) -> datetime:
    for form in MOODLE_TIMES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise CourseError(
        f"{export.file}: {text!r} is no time as Moodle writes it: expected Tuesday, 3 March 2026, 11:05 PM. "
        "Switch Moodle to English and download the worksheet again, and save it with no other program."
    )


def canvas_times(path: Path) -> dict[str, datetime]:
    """When students handed in, in UTC, by their numbers: from what Canvas' API says of an assignment's submissions.

    Raises:
        CourseError: The file holds something else.
    """
    text = read_file(path).decode("utf-8-sig", "replace").strip().removeprefix("while(1);")
    try:
        entries = json.loads(text)
        given = {str(each["user_id"]): each["submitted_at"] for each in entries}
        return {number: _utc(datetime.fromisoformat(time), UTC) for number, time in given.items() if time}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CourseError(
            f"{path} is not what Canvas shows at /api/v1/courses/COURSE/assignments/ASSIGNMENT/submissions: "
            "expected a list in JSON, each entry with user_id and submitted_at."
        ) from error


def _utc(time: datetime, zone: tzinfo | None) -> datetime:
    """A time as nbgrader keeps it: in UTC, without saying so."""
    return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)


class Roster:
    """Whom one knows, to be found by what a platform says of them."""

    def __init__(self, known: Iterable[Person]) -> None:
        everybody = list(known)
        self.by_lms_id = _index(everybody, lambda person: person.lms_id)
        self.by_email = _index(everybody, lambda person: folded(person.email))
        self.by_student = _index(everybody, lambda person: folded(person.student))
        self.by_name = _index(everybody, lambda person: folded(person.name))

    def find(self, *, lms_id: str = "", email: str = "", student: str = "", name: str = "") -> list[Person]:
        """Everybody whom the first of these that is known fits; more than one only by name."""
        return (
            self.by_lms_id.get(lms_id)
            or self.by_email.get(folded(email))
            or self.by_student.get(folded(student))
            or self.by_name.get(folded(name))
            or []
        )

    def of_row(self, export: Export, row: list[str]) -> list[Person]:
        """Whom a row of Moodle's grading worksheet may mean."""
        return self.find(
            lms_id=export.get(row, "ID number"),
            email=export.get(row, "Email address"),
            student=export.get(row, "Username"),
            name=export.get(row, "Full name"),
        )


def folded(text: str) -> str:
    """A text for comparing: no matter which case, and how many spaces."""
    return " ".join(text.split()).casefold()


def _index(everybody: list[Person], key: Callable[[Person], str]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in everybody:
        if key(person):
            found.setdefault(key(person), []).append(person)
    return found
