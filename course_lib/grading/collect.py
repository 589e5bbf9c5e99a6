"""A submitted directory becomes a job: bytes that can be graded anywhere. Links are not followed, sizes are capped."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from course_lib.grading import preflight
from course_lib.grading.notebook import UnreadableNotebookError

LARGEST_NOTEBOOK = 50 * 2**20
MOST_BESIDE = 50 * 2**20
"""Bytes of all files beside the notebooks."""
MOST_FILES = 1000
TIMESTAMP = "timestamp.txt"
NOT_SUBMITTED = {".ipynb_checkpoints", "__pycache__"}


class NotAFileError(Exception):
    """Something that cannot be read as a file; the message says what it is."""


@dataclass(frozen=True)
class Job:
    """A submission to grade."""

    student: str
    notebooks: dict[str, bytes] = field(default_factory=dict)
    """By the name of the instructor's notebook that each one answers."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Whatever lies beside them, by its path."""
    problem: str = ""
    """Why it cannot be graded."""
    missing: bool = False
    """Whether there is nothing to grade."""
    remarks: tuple[str, ...] = ()
    earlier: dict[str, NotebookNode] = field(default_factory=dict)
    """The notebooks as they were graded last time, where what is kept of that is not to be done again."""

    @cached_property
    def version(self) -> str:
        """A hash of all that was submitted."""
        digest = hashlib.sha256()
        for kind in (self.notebooks, self.files):
            for name, data in sorted(kind.items()):
                digest.update(f"{name}\0{len(data)}\0".encode() + data)
        return digest.hexdigest()


def collect(student: str, directory: Path, answer_cells: dict[str, set[str]]) -> Job:
    """Read what a student has submitted.

    Args:
        student: Who.
        directory: Where it lies, or should lie.
        answer_cells: The names of the answer cells, by the name of the notebook.
    """
    if directory.is_symlink():
        return Job(student, problem="its directory is a link to somewhere else, perhaps not the student's own")
    notebooks: dict[str, bytes] = {}
    files: dict[str, bytes] = {}
    remarks: list[str] = []
    total = 0
    for count, path in enumerate(_paths(directory)):
        written = path.relative_to(directory).as_posix()
        name = written.encode("utf-8", "replace").decode()
        expected = path.stem if path.suffix == ".ipynb" and path.parent == directory else None
        if count >= MOST_FILES:
            remarks.append(f"more than {MOST_FILES} files: the others were left out")
            break
        try:
            if name != written:
                raise NotAFileError("its name is not text")
            if expected is not None:
                notebooks[expected] = read(path, LARGEST_NOTEBOOK)
            else:
                files[name] = read(path, MOST_BESIDE - total)
                total += len(files[name])
        except NotAFileError as error:
            if expected in answer_cells:
                return Job(student, problem=f"{name}: {error}")
            remarks.append(f"{name} was left out: {error}")
    return _matched(student, notebooks, files, remarks, answer_cells)


def _matched(
    student: str,
    notebooks: dict[str, bytes],
    files: dict[str, bytes],
    remarks: list[str],
    answer_cells: dict[str, set[str]],
) -> Job:
    """Find the expected notebooks; a renamed one where there is no doubt which it is."""
    found = {name: data for name, data in notebooks.items() if name in answer_cells}
    if not found and len(answer_cells) == len(notebooks) == 1:
        name, cells = next(iter(answer_cells.items()))
        other, data = next(iter(notebooks.items()))
        if _carries(data, cells):
            found = {name: data}
            remarks.append(f"{other}.ipynb was taken for {name}.ipynb, since its cells carry the names")
    if not found:
        others = ", ".join(f"{name}.ipynb" for name in notebooks)
        problem = f"no notebook of the expected name, but {others}" if others else "nothing was submitted"
        return Job(student, problem=problem, missing=True, remarks=tuple(remarks) if others else ())
    return Job(student, found, files, remarks=tuple(remarks))


def _carries(data: bytes, cells: set[str]) -> bool:
    try:
        return bool(preflight.read(data, cells).known)
    except UnreadableNotebookError:
        return False


def _paths(directory: Path) -> Iterator[Path]:
    for place, directories, names in os.walk(directory):
        directories[:] = sorted(set(directories) - NOT_SUBMITTED)
        links = [name for name in directories if Path(place, name).is_symlink()]
        notebooks = [name for name in directories if name.endswith(".ipynb")]
        yield from (Path(place, name) for name in sorted({*names, *links, *notebooks}))


def read(path: Path, most: int) -> bytes:
    """The bytes of a file that anybody may have put there.

    Raises:
        NotAFileError: It is a link, a directory or a pipe, or larger than ``most`` bytes, or may not be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise NotAFileError("it is a link to a file elsewhere, perhaps not the student's own") from error
        raise NotAFileError(f"it cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFileError("it is no file, but a directory or a pipe")
    with open(descriptor, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise NotAFileError(f"it is too large: {most >> 20} MiB are the most")
    return data
