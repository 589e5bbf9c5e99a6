"""Submissions of a platform's archive come to lie where they are graded; nbgrader's zip_collect puts them there.

nbgrader's own step before that unpacks whatever it is given, archives in archives too. So files are unpacked here, with
limits, under names that say whose they are, and nbgrader takes over from there.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import FileNameCollectorPlugin
from nbgrader.utils import parse_utc
from traitlets.config import Config

from course_lib.grading import downloads, exports, roster
from course_lib.grading.collect import LARGEST_NOTEBOOK, NOT_SUBMITTED, TIMESTAMP, NotAFileError
from course_lib.grading.collect import read as read_capped
from course_lib.grading.course import Course, CourseError

STAGED = r"[/\\](?P<student_id>[^/\\]+)[/\\](?:undated|at(?P<timestamp>\w+))[/\\](?P<file_id>.+)"
"""How unpacked files are called while they wait, for nbgrader's ``named_regexp``."""
SHOWN = "%Y-%m-%d %H:%M"

Status = Literal["new", "replaced", "unchanged", "older", "left out"]


@dataclass(frozen=True)
class Collected:
    """What became of one submission."""

    who: str
    """The id here, or how the archive names somebody who is not known."""
    status: Status
    remark: str = ""
    submitted: datetime | None = None
    """When, in UTC, if that is known."""
    late: bool = False
    """Whether Canvas says so."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return vars(self) | {"submitted": self.submitted.isoformat() + "Z" if self.submitted else None}


def platform_of(download: Path) -> str:
    """Whose an archive is, by the names in it.

    Raises:
        CourseError: It is refused, or nobody's.
    """
    with downloads.opened(download) as archive:
        return downloads.platform_of(download.name, [entry.filename for entry in downloads.entries(archive)])


def collect(
    course: Course,
    assignment: str,
    download: Path,
    worksheets: list[Path],
    *,
    platform: str,
    zone: tzinfo | None = None,
    force: bool = False,
) -> list[Collected]:
    """Take the submissions out of an archive.

    Args:
        course: Where they go; its gradebook has the roster.
        assignment: Which assignment they are of.
        download: The archive.
        worksheets: Files that say who handed in when: Moodle's grading worksheets, answers of Canvas' API.
        platform: Whose the archive is.
        zone: Where Moodle's times hold; None for this computer's.
        force: Whether to replace what is not known to be older.

    Raises:
        CourseError: A file is not what it should be, or nobody is enrolled.
    """
    course.require_assignment(assignment)
    known = roster.known(course)
    if not known:
        raise CourseError("Nobody is enrolled, so nobody can be told apart. Run `course roster FILE.csv` first.")
    with downloads.opened(download) as archive, tempfile.TemporaryDirectory() as temporary:
        found = downloads.entries(archive)
        people = exports.Roster(known)
        if platform == "moodle":
            sheets = [exports.read(path) for path in worksheets]
            handed = downloads.moodle(found, people, sheets)
            times = {key: time for sheet in sheets for key, time in exports.moodle_times(sheet, zone).items()}
        else:
            handed = downloads.canvas(found, people)
            times = {key: time for path in worksheets for key, time in exports.canvas_times(path).items()}
        staging = _Staging(course, assignment, archive, Path(temporary), force)
        often = Counter(each.student for each in handed if each.student)
        for each in handed:
            if often[each.student] > 1:
                each.problem = "in the download more than once"
        collected = [staging.take(each, times.get(each.number)) for each in handed]
        if any(staging.root.iterdir()):
            staging.hand_over()
    return sorted(collected, key=lambda each: each.who)


class _Staging:
    """Files that wait for nbgrader to take them."""

    def __init__(self, course: Course, assignment: str, archive: zipfile.ZipFile, temporary: Path, force: bool) -> None:
        self.course, self.assignment, self.archive, self.force = course, assignment, archive, force
        self.notebooks = {path.stem for path in course.source(assignment).glob("*.ipynb")}
        self.root = temporary / "staged"
        self.root.mkdir()
        settings = Config({"FileNameCollectorPlugin": {"named_regexp": re.escape(str(self.root)) + STAGED}})
        settings.ZipCollectApp.collect_directory_structure = str(temporary / "{collect_step}")
        settings.ZipCollectApp.extracted_directory = self.root.name
        settings.ZipCollectApp.force = True
        settings.ZipCollectApp.log_level = "ERROR"
        self.config = course.having(root=str(course.root), assignment_id=assignment).config
        self.config.merge(settings)
        self.extensions = FileNameCollectorPlugin(config=self.config).valid_ext

    def take(self, one: downloads.Handed, time: datetime | None) -> Collected:
        """Unpack what somebody handed in, if it is to be taken."""
        record = Collected(one.student or one.who, "left out", one.problem, time, one.late)
        if one.problem:
            return record
        try:
            files, left = downloads.chosen(one, self.notebooks, self.extensions)
            if not any(name.endswith(".ipynb") for name in files):
                return replace(record, remark=f"no notebook, but {', '.join(left)}")
            data = dict(downloads.contents(self.archive, files))
            status, remark = self._compare(one.student, data, time)
            if status in ("new", "replaced"):
                self._stage(one.student, data, time)
        except (ValueError, OSError, NotAFileError) as error:
            shutil.rmtree(self.root / one.student, ignore_errors=True)
            return replace(record, remark=str(error))
        if left:
            remark = "; ".join(filter(None, (remark, f"not taken: {', '.join(left)}")))
        return replace(record, status=status, remark=remark)

    def _compare(self, student: str, data: dict[str, bytes], time: datetime | None) -> tuple[Status, str]:
        """What is to become of a submission, beside what lies there."""
        there = _lying(self.course.path("submitted", student, self.assignment))
        had = _time(there.pop(TIMESTAMP, b""))
        if not there:
            return "new", ""
        same = all(there.get(name) == content for name, content in data.items()) and there.keys() == data.keys()
        if same and (time is None or time == had):
            return "unchanged", ""
        if self.force or (same and had is None) or (time and had and time > had):
            return "replaced", ""
        if time and had and time < had:
            return "older", f"what lies there is of {had:{SHOWN}} UTC"
        return "left out", "it differs from what lies there, and nothing says which is newer; --force takes this one"

    def _stage(self, student: str, data: dict[str, bytes], time: datetime | None) -> None:
        directory = self.root / student / (f"at{time:%Y%m%dT%H%M%S}" if time else "undated")
        for name, content in data.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def hand_over(self) -> None:
        """Let nbgrader put everything into its place."""
        app = ZipCollectApp(config=self.config, coursedir=CourseDirectory(config=self.config))
        try:
            app.init_plugins()
            app.process_extracted_files()
        except SystemExit as error:
            raise CourseError("nbgrader's zip_collect has failed; what it says stands above.") from error


def _lying(directory: Path) -> dict[str, bytes]:
    """The files of a submitted directory."""
    if directory.is_symlink():
        raise NotAFileError("its directory is a link to somewhere else: delete that")
    paths = [path for path in sorted(directory.rglob("*")) if path.is_symlink() or not path.is_dir()]
    names = {path.relative_to(directory): path for path in paths}
    return {
        name.as_posix(): read_capped(path, LARGEST_NOTEBOOK)
        for name, path in names.items()
        if not NOT_SUBMITTED & set(name.parts)
    }


def _time(stamp: bytes) -> datetime | None:
    try:
        return parse_utc(stamp.decode().strip()) if stamp.strip() else None
    except (ValueError, OverflowError):
        return None


def zone_of(course: Course, name: str | None) -> tzinfo | None:
    """The time zone that is asked for, or that nbgrader is set to, or None for this computer's.

    Raises:
        CourseError: There is no such zone.
    """
    name = name or course.config.Exchange.get("timezone")
    if not name:
        return None
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise CourseError(f"There is no time zone {name!r}: expected a name such as Europe/Berlin.") from error
