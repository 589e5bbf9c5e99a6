"""A platform's archive of submissions, read as hostile data: whose each file is, and what it holds.

Names are as Moodle writes them (mod/assign/classes/downloader.php), in a folder for each student or without::

    Ada Lovelace_4711_assignsubmission_file/hw.ipynb
    Ada Lovelace_4711_assignsubmission_file_hw.ipynb

and Canvas (lib/content_zipper.rb): name, LATE, the student's number, the file's number, the file. Canvas puts -1, -2
behind the name of a file that was handed in before::

    lovelaceada_71_90210_hw.ipynb
    lovelaceada_LATE_71_90345_hw-1.ipynb
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from course_lib.grading.collect import LARGEST_NOTEBOOK, TIMESTAMP
from course_lib.grading.course import CourseError
from course_lib.grading.exports import Export, Person, Roster, participant

LARGEST_DOWNLOAD = 8 * 2**30
"""Bytes of all files together, unpacked."""
MOST_ENTRIES = 100_000
MOODLE = re.compile(r"(?P<name>[^/_]+)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_?/|_)(?P<file>.+)")
CANVAS = re.compile(r"(?=(?P<late>_LATE)?_(?P<number>\d+)_(?P<upload>\d+)_(?P<file>[^/]+))")
"""Found wherever it fits, since a student who may choose a name can put numbers into it."""
RENAMED = re.compile(r"(.+)-\d+")


@dataclass(frozen=True)
class File:
    """Something that somebody handed in."""

    name: str
    """As the student named it."""
    entry: zipfile.ZipInfo
    upload: int = 0
    """Canvas' number of the file: a later file has a larger one."""


@dataclass
class Handed:
    """What the archive has of one student, or of somebody whom it does not tell apart."""

    who: str
    """As the archive names them."""
    student: str = ""
    """The id here, if that is known."""
    number: str = ""
    """The platform's number of the student, in Moodle that of the participant."""
    late: bool = False
    """Whether Canvas says so."""
    problem: str = ""
    """Why nothing is taken."""
    files: list[File] = field(default_factory=list)


def entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive that is safe to read.

    Raises:
        CourseError: Something in it would be written elsewhere, or is a link, or it is far too large.
    """
    found = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_of_macos(entry.filename)]
    if len(found) > MOST_ENTRIES:
        raise CourseError(f"{archive.filename} has {len(found)} files: {MOST_ENTRIES} are the most.")
    for entry in found:
        name = entry.filename
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or re.search(r"[\\\0-\x1f\x7f]|^[A-Za-z]:", name):
            raise CourseError(f"{archive.filename} is refused: {name!r} would be written elsewhere. {_NEVER}")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise CourseError(f"{archive.filename} is refused: {name!r} is a link or no file at all. {_NEVER}")
    total = sum(entry.file_size for entry in found)
    if total > LARGEST_DOWNLOAD:
        raise CourseError(
            f"{archive.filename} is refused: it would unpack to {total >> 20} MiB, "
            f"and {LARGEST_DOWNLOAD >> 20} are the most."
        )
    return found


_NEVER = "No platform writes that: download the submissions again."


def _is_of_macos(name: str) -> bool:
    """Whether a file is one of those that macOS puts beside the real ones."""
    return "__MACOSX" in name or bool(re.search(r"(^|[/_])\._", name))


def platform_of(archive: str, names: list[str]) -> str:
    """Who wrote an archive, by the names in it.

    Raises:
        CourseError: Neither Moodle nor Canvas.
    """
    if any(MOODLE.match(name) for name in names):
        return "moodle"
    if any(CANVAS.search(name) for name in names):
        return "canvas"
    raise CourseError(
        f"{archive} is no download of submissions from Moodle or Canvas"
        + (f": {names[0]!r} names no student. " if names else ": it is empty. ")
        + "In Moodle it is called Download all submissions, in Canvas Download Submissions."
    )


def moodle(found: list[zipfile.ZipInfo], roster: Roster, worksheets: list[Export]) -> list[Handed]:
    """Whose the files of a Moodle download are: by the worksheets where there are any, else by name."""
    rows = {participant(sheet, row): (sheet, row) for sheet in worksheets for row in sheet.rows}
    handed: dict[str, Handed] = {}
    for entry in found:
        match = MOODLE.match(entry.filename)
        if match is None:
            handed[entry.filename] = Handed(entry.filename, problem="its name names no student")
            continue
        name, number = match["name"], match["number"]
        if number not in handed:
            handed[number] = Handed(name, number=number)
            if worksheets and number not in rows:
                handed[number].problem = f"participant {number} is not in the worksheet: take that of this assignment"
            else:
                people = roster.of_row(*rows[number]) if worksheets else roster.find(name=name)
                _assign(handed[number], people)
        handed[number].files.append(File(match["file"], entry))
    return list(handed.values())


def canvas(found: list[zipfile.ZipInfo], roster: Roster) -> list[Handed]:
    """Whose the files of a Canvas download are, by the students' numbers."""
    handed: dict[str, Handed] = {}
    for entry in found:
        name = entry.filename
        matches = list(CANVAS.finditer(name))
        fitting = [match for match in matches if match["number"] in roster.by_lms_id]
        if len(matches) > 1:  # numbers in somebody's name or file, perhaps of somebody who is not on the roster
            fitting = [match for match in fitting if _is_named(roster, match["number"], name[: match.start()])]
        if len(fitting) != 1:
            problem = f"several on the roster may be meant by {name!r}" if fitting else _nobody(matches)
            handed[name] = Handed(name, problem=problem)
            continue
        (match,) = fitting
        one = handed.setdefault(match["number"], Handed(name[: match.start()], number=match["number"]))
        _assign(one, roster.by_lms_id[one.number])
        one.late |= match["late"] is not None
        one.files.append(File(match["file"], entry, int(match["upload"])))
    return list(handed.values())


def _nobody(matches: list[re.Match[str]]) -> str:
    """Why an entry that can be read in these ways is nobody's on the roster."""
    if not matches:
        return "its name names no student"
    if len(matches) > 1:
        return "of several numbers none stands behind its name on the roster: put the file there yourself"
    return f"nobody on the roster has the number {matches[0]['number']}"


def _is_named(roster: Roster, number: str, name: str) -> bool:
    return any(_letters(person.last_name + person.first_name) == _letters(name) for person in roster.by_lms_id[number])


def _letters(text: str) -> str:
    """What Canvas leaves of a name."""
    return re.sub(r"[\W_]", "", text.lower())


def _assign(one: Handed, people: list[Person]) -> None:
    if len(people) == 1:
        one.student = people[0].student
    else:
        one.problem = "several on the roster have this name" if people else "nobody on the roster is this student"


def chosen(one: Handed, notebooks: set[str], extensions: list[str]) -> tuple[dict[str, File], list[str]]:
    """The files to take of what a student handed in, by the names they get, and the names of those left out.

    Args:
        one: What the archive has of the student.
        notebooks: The names of the assignment's notebooks.
        extensions: Of files that are taken, such as ``.ipynb``.

    Raises:
        ValueError: There are two of one name, and nothing says which is the later one.
    """
    taken: dict[str, File] = {}
    left = []
    for file in sorted(one.files, key=lambda each: each.upload):
        name = _target(file, notebooks)
        if PurePosixPath(name).suffix not in extensions or name.casefold() == TIMESTAMP:
            left.append(file.name)
        elif name in taken and not file.upload:
            raise ValueError(f"two files {name}: {taken[name].name} and {file.name}")
        else:
            taken[name] = file
    return taken, left


def _target(file: File, notebooks: set[str]) -> str:
    path = PurePosixPath(file.name)
    if path.suffix != ".ipynb":
        return str(path)
    renamed = RENAMED.fullmatch(path.stem)
    if file.upload and renamed and path.stem not in notebooks and renamed[1] in notebooks:
        return f"{renamed[1]}.ipynb"
    return path.name


def contents(archive: zipfile.ZipFile, files: dict[str, File]) -> Iterator[tuple[str, bytes]]:
    """What files hold.

    Raises:
        ValueError: One is too large, damaged or encrypted.
    """
    for name, file in files.items():
        try:
            with archive.open(file.entry) as opened:
                data = opened.read(LARGEST_NOTEBOOK + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
            raise ValueError(f"{name} cannot be unpacked: {error}") from error
        if len(data) > LARGEST_NOTEBOOK:
            raise ValueError(f"{name} is too large: {LARGEST_NOTEBOOK >> 20} MiB are the most")
        yield name, data


def opened(path: Path) -> zipfile.ZipFile:
    """The archive at a path.

    Raises:
        CourseError: There is none.
    """
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise CourseError(f"{path} is no ZIP archive: {error}. Download the submissions again.") from error
