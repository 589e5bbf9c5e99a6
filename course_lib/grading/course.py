"""Where an nbgrader course keeps its files, ours or any other; known without nbgrader, which students do not have."""

from __future__ import annotations

import copy
import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from traitlets.config import Application, Config

CONFIG_FILE = "nbgrader_config.py"
ANY = "*"
DEFAULTS = {
    "source_directory": "source",
    "release_directory": "release",
    "submitted_directory": "submitted",
    "autograded_directory": "autograded",
    "feedback_directory": "feedback",
    "directory_structure": os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}"),
    "course_id": "",
}


class CourseError(Exception):
    """Something the user can mend; the message says how."""


@dataclass(frozen=True)
class Course:
    """A course directory and its nbgrader settings."""

    root: Path
    config: Config

    @classmethod
    def find(cls, directory: Path | None = None) -> Course:
        """The course in a directory; by default the one around the working directory, as git finds its repository.

        Raises:
            CourseError: There is none, or its nbgrader_config.py does not load.
        """
        if directory is not None:
            if not directory.is_dir():
                raise CourseError(f"{directory} is not a directory. Give --course the root of a course.")
            return cls.read(directory.resolve())
        return cls.around(Path.cwd()) or cls.read(Path.cwd())

    @classmethod
    def around(cls, place: Path) -> Course | None:
        """The course that a directory lies in, if its root has an nbgrader_config.py."""
        candidates = (place.resolve(), *place.resolve().parents)
        root = next((directory for directory in candidates if (directory / CONFIG_FILE).is_file()), None)
        return cls.read(root) if root else None

    @classmethod
    def read(cls, root: Path) -> Course:
        """The course whose root is known; see :meth:`find`."""
        config = _read_config(root)
        course = cls(Path(config.CourseDirectory.get("root", root)).resolve(), config)
        steps = [course.setting(f"{step}_directory") for step in ("source", "release")]
        if not (root / CONFIG_FILE).is_file() and not any((course.root / step).is_dir() for step in steps):
            raise CourseError(
                f"{root} is no nbgrader course: it has neither {CONFIG_FILE} nor {steps[0]}/ nor {steps[1]}/. "
                "Run this in the root of a course, or name that with --course DIR."
            )
        return course

    def setting(self, name: str) -> str:
        """A setting of nbgrader's ``CourseDirectory``, or nbgrader's default for it."""
        return str(self.config.CourseDirectory.get(name, DEFAULTS[name]))

    def having(self, **settings: Any) -> Course:
        """The same course with other ``CourseDirectory`` settings."""
        changed = copy.deepcopy(self.config)
        changed.merge(Config({"CourseDirectory": settings}))
        return replace(self, config=changed)

    @property
    def gradebook_url(self) -> str:
        """Where the gradebook is: the course's own, unless the settings say otherwise."""
        url = self.config.CourseDirectory.get("db_url")
        return from_directory(str(url), self.root) if url else f"sqlite:///{self.root / 'gradebook.db'}"

    def may_be_changed(self, assignment: str) -> list[str]:
        """Files beside the notebooks that students hand in in a version of their own, by nbgrader's setting."""
        return list(self.config.Autograde.get("exclude_overwriting", {}).get(assignment, []))

    def path(self, step: str, student: str, assignment: str) -> Path:
        """Where a student's files of an assignment lie at a step: source, release, submitted, autograded, feedback."""
        structure = self.setting("directory_structure")
        step_directory = self.setting(f"{step}_directory")
        return self.root / structure.format(nbgrader_step=step_directory, student_id=student, assignment_id=assignment)

    def source(self, assignment: str) -> Path:
        """Where the instructor's notebooks of an assignment lie."""
        return self.path("source", ".", assignment)

    def release(self, assignment: str) -> Path:
        """Where the students' notebooks of an assignment lie."""
        return self.path("release", ".", assignment)

    def assignments(self) -> list[str]:
        """The names of all assignments that the instructor has written."""
        found = _matches(self.path("source", ".", ANY))
        return [name for name, path in found.items() if any(path.glob("*.ipynb"))]

    def released_notebooks(self) -> list[Path]:
        """The students' notebooks of all assignments."""
        found = _matches(self.path("release", ".", ANY))
        return [notebook for directory in found.values() for notebook in sorted(directory.glob("*.ipynb"))]

    def require_assignment(self, name: str) -> None:
        """Raises a CourseError with near matches unless the assignment exists."""
        known = self.assignments()
        if name not in known:
            raise CourseError(f"There is no assignment {name!r} in {self.path('source', '.', '')}. {near(name, known)}")

    def by_student(self, step: str, assignment: str) -> dict[str, Path]:
        """For each student the directory of their assignment at a step, if there is one."""
        return _matches(self.path(step, ANY, assignment))


def from_directory(url: str, directory: Path) -> str:
    """A database's URL, with the path of a database in a file made absolute as seen from a directory.

    >>> from_directory("sqlite:///x.db", Path("/data")), from_directory("sqlite:////x.db", Path("/data"))
    ('sqlite:////data/x.db', 'sqlite:////x.db')
    >>> from_directory("postgresql+psycopg://host/grades", Path("/data"))
    'postgresql+psycopg://host/grades'
    """
    scheme, file = url.split(":///", 1) if url.startswith("sqlite") and ":///" in url else (url, "")
    return f"{scheme}:///{directory.resolve() / file}" if file else url


def near(wrong: str, known: Iterable[str]) -> str:
    """A sentence that helps with a misspelt name.

    >>> near("02_linear", ["01_introduction", "02_linear_algebra"])
    'Did you mean 02_linear_algebra?'
    >>> near("zzz", ["a", "b"])
    'There are: a, b.'
    """
    names = list(known)
    close = difflib.get_close_matches(wrong, names, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"There are: {', '.join(names)}." if names else "There are none."


def _matches(template: Path) -> dict[str, Path]:
    """What can stand for the one path component that is ANY so that the directory exists."""
    at = template.parts.index(ANY)
    parent, rest = Path(*template.parts[:at]), template.parts[at + 1 :]
    names = sorted(child.name for child in parent.iterdir() if child.name[0] != ".") if parent.is_dir() else []
    found = {name: parent.joinpath(name, *rest) for name in names}
    return {name: path for name, path in found.items() if path.is_dir()}


def _read_config(root: Path) -> Config:
    """The settings in nbgrader_config.py: the course's own first, then those in Jupyter's directories."""
    reader = Application()
    reader.raise_config_file_errors = True
    try:
        reader.load_config_file("nbgrader_config", path=[str(root), *jupyter_config_path()])
    except Exception as error:
        raise CourseError(f"{CONFIG_FILE} does not load: {type(error).__name__}: {error}") from error
    return reader.config
