"""The archive that students get: lectures, exercises, the library and what sets it up; no solution, no hidden test.

Only what is listed here goes in, so that nothing else in an instructor's folder ever can.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from course_lib.grading import build
from course_lib.grading import notebook as nbk
from course_lib.grading.course import CONFIG_FILE, Course, CourseError

LECTURES = "lectures"
LIBRARY = "course_lib"
SET_UP = ("pyproject.toml", "constraints.txt", "environment.yml", "LICENSE")
FOR_STUDENTS = Path(__file__).parent / "pages" / "bundle"
"""Files that only the archive has: how to start."""
LEFT_OUT = ("__pycache__", ".ipynb_checkpoints")
NOT_FOR_STUDENTS = (
    "lectures/coverage.yml",
    *(f"course_lib/cli/{name}.py" for name in ("instructor", "desk", "exchange")),
)
STUDENTS_SIDE = tuple(f"{name}.py" for name in ("__init__", "check", "course", "forbidden", "kernels", "notebook"))
"""What ``course check`` needs of the grader; the rest of it stays with the instructor."""
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The time that every file gets, so that the same course gives the same archive."""


def bundle(course: Course, archive: Path) -> list[str]:
    """Write the archive; everything lies in one folder, named as the archive is.

    Args:
        course: Any nbgrader course; lectures and a library go in where there are any.
        archive: The file to write, in ZIP format.

    Returns:
        The names of the files in it.

    Raises:
        CourseError: An assignment has drifted from what students have, or holds a solution or a hidden test.
    """
    _require_clean(course)
    files = {name: path.read_bytes() for name, path in sorted(_files(course))} | {CONFIG_FILE: _settings(course)}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(zipfile.ZipInfo(f"{archive.stem}/{name}", OLDEST), data, zipfile.ZIP_DEFLATED)
    return list(files)


def _require_clean(course: Course) -> None:
    drifted = [name for name in course.assignments() if build.drift(course, name)]
    if drifted:
        raise CourseError(f"{', '.join(drifted)} differ from what students would get. Run `course build` first.")
    for path in course.released_notebooks():
        cells = nbk.read(path).cells
        if any(mark in cell.source for cell in cells for mark in (nbk.BEGIN_HIDDEN, "### BEGIN SOLUTION")):
            raise CourseError(f"{path} holds a solution or a hidden test: it was not made by `course build`.")


def _files(course: Course) -> Iterator[tuple[str, Path]]:
    for directory in sorted({path.parent for path in course.released_notebooks()}):
        yield from _below(course.root, directory)
    for name in (LECTURES, LIBRARY):
        yield from _below(course.root, course.root / name)
    yield from ((name, course.root / name) for name in SET_UP if (course.root / name).is_file())
    if (course.root / LIBRARY).is_dir():
        yield from ((path.name, path) for path in FOR_STUDENTS.iterdir())


def _below(root: Path, directory: Path) -> Iterator[tuple[str, Path]]:
    for path in directory.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not path.is_symlink() and _is_for_students(name):
            yield name, path


def _is_for_students(name: str) -> bool:
    instructors = name.startswith(f"{LIBRARY}/grading/") and name.rpartition("/")[2] not in STUDENTS_SIDE
    return not instructors and name not in NOT_FOR_STUDENTS and not any(part in LEFT_OUT for part in name.split("/"))


def _settings(course: Course) -> bytes:
    """Settings of nbgrader's that say where the exercises are; the instructor's own may name a database."""
    names = ("course_id", "release_directory")
    lines = [f"c.CourseDirectory.{name} = {course.setting(name)!r}\n" for name in names]
    return "".join(["c = get_config()  # noqa: F821\n", *lines]).encode()
