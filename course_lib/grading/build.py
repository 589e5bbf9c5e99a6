"""The instructor's notebooks become the students', the gradebook learns of them, and drift between the two is found."""

from __future__ import annotations

import copy
import difflib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveCells

from course_lib.grading import gradebook
from course_lib.grading import notebook as nbk
from course_lib.grading.converters import ConversionError, ReleaseConverter, convert
from course_lib.grading.course import Course, CourseError
from course_lib.grading.results import PlannedTest


@dataclass(frozen=True)
class Registered:
    """What the gradebook knows about an assignment."""

    plan: list[PlannedTest]
    points_by_hand: float
    notebooks: dict[str, NotebookNode]
    """As students get them, but with the hidden tests."""
    fingerprints: dict[str, str]
    """Of each locked code cell, hidden tests included."""


def build(course: Course, assignment: str) -> Registered:
    """Write the students' version of an assignment, register it in the gradebook, and remember which tests it had.

    Raises:
        CourseError: There is no such assignment, or nbgrader cannot convert it.
    """
    saved: dict[str, NotebookNode] = {}
    with generated(course, assignment, saved) as directory:
        registered = _read_back(course, assignment, directory, saved)
        target = course.release(assignment)
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(directory, target)
    record = _build_record(course, assignment)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(registered.fingerprints, indent=1) + "\n", encoding="utf-8")
    return registered


def register(course: Course, assignment: str) -> tuple[Registered, list[str]]:
    """Let the gradebook know the tests as they stand in the instructor's notebooks now.

    Returns:
        What is registered, and the names of the cells that changed since the last build.
    """
    before = _fingerprints(course, assignment)
    saved: dict[str, NotebookNode] = {}
    with generated(course, assignment, saved) as directory:
        registered = _read_back(course, assignment, directory, saved)
    record = _build_record(course, assignment)
    built = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else before
    now = registered.fingerprints
    changed = sorted(name for name in built.keys() | now.keys() if built.get(name) != now.get(name)) if built else []
    return registered, changed


@contextmanager
def generated(course: Course, assignment: str, saved: dict[str, NotebookNode] | None = None) -> Iterator[Path]:
    """The students' version, as nbgrader makes it, in a temporary directory.

    Args:
        course: Where the instructor's notebooks lie.
        assignment: Which assignment.
        saved: If given, the cells are saved in the gradebook, and here the notebooks as they were then, by name.

    Raises:
        CourseError: There is no such assignment, or nbgrader cannot convert it.
    """
    course.require_assignment(assignment)
    steps = ReleaseConverter(config=course.config).preprocessors
    with tempfile.TemporaryDirectory(prefix="course-") as temporary:
        elsewhere = course.having(release_directory=temporary)
        if saved is None:
            settings = {"no_database": True, "preprocessors": [step for step in steps if step is not SaveCells]}
        else:
            settings = {"preprocessors": _keeping(steps, saved)}
        try:
            convert(ReleaseConverter, elsewhere, assignment, ".", GenerateAssignment=settings)
        except ConversionError as error:
            raise CourseError(f"{course.source(assignment)} cannot be converted. {error}{_advice(error)}") from error
        yield elsewhere.release(assignment)


def _keeping(steps: list[Any], saved: dict[str, NotebookNode]) -> list[Any]:
    """nbgrader's steps, and after the one that saves the cells one that keeps a copy of the notebook."""

    def keep(notebook: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        saved[resources["nbgrader"]["notebook"]] = copy.deepcopy(notebook)
        return notebook, resources

    after = steps.index(SaveCells) + 1
    return [*steps[:after], keep, *steps[after:]]


def _advice(error: ConversionError) -> str:
    if "Cannot add or remove cells" not in str(error):
        return ""
    return (
        " Give the cells the names they had when it was graded; or use another gradebook with --gradebook URL; or "
        "remove the assignment from this one, grades and all: nbgrader db assignment remove NAME --force."
    )


def drift(course: Course, assignment: str) -> str:
    """How the students' version differs from what the instructor's notebooks give now: a diff, empty if it does not.

    Neither the students' version nor the gradebook is touched.
    """
    with generated(course, assignment) as directory:
        return "\n".join(_differences(course.release(assignment), directory))


def _differences(committed: Path, fresh: Path) -> Iterator[str]:
    for name in sorted({*_files(committed), *_files(fresh)}):
        old, new = committed / name, fresh / name
        if not old.exists():
            yield f"{old} is missing"
        elif not new.exists():
            yield f"{old} has no counterpart in the instructor's files"
        elif old.read_bytes() != new.read_bytes():
            before, after = _as_lines(old), _as_lines(new)
            if before == after:  # the same cells: the difference is in the metadata
                before, after = (path.read_text(encoding="utf-8").splitlines() for path in (old, new))
            yield from difflib.unified_diff(before, after, f"{old}", "as built now", n=2, lineterm="")


def _files(directory: Path) -> set[Path]:
    found = directory.rglob("*")
    return {path.relative_to(directory) for path in found if path.is_file() and ".ipynb_checkpoints" not in path.parts}


def _as_lines(path: Path) -> list[str]:
    try:
        return nbk.as_text(nbk.read(path))
    except nbk.UnreadableNotebookError:
        return path.read_bytes().decode("utf-8", "replace").splitlines()


def _read_back(course: Course, assignment: str, directory: Path, saved: dict[str, NotebookNode]) -> Registered:
    paths = sorted(directory.glob("*.ipynb"))
    notebooks = {path.stem: nbk.read(path) for path in paths}
    plan = [
        PlannedTest(name, cell_id, nbk.points(cell), title, f"{name}/{cell_id}" if len(paths) > 1 else cell_id)
        for name, notebook in notebooks.items()
        for title, cell in nbk.exercises(notebook)
        if nbk.is_test(cell) and (cell_id := nbk.grade_id(cell))
    ]
    every_point = sum(
        nbk.points(cell)
        for notebook in notebooks.values()
        for cell in notebook.cells
        if nbk.is_graded(cell) or cell.metadata.get("nbgrader", {}).get("task")
    )
    by_hand = every_point - sum(test.points for test in plan)
    return Registered(plan, by_hand, saved, _fingerprints(course, assignment))


def _fingerprints(course: Course, assignment: str) -> dict[str, str]:
    sources = gradebook.test_sources(course, assignment)
    return {f"{nb}/{cell}": hashlib.sha256(text.encode()).hexdigest() for (nb, cell), text in sorted(sources.items())}


def _build_record(course: Course, assignment: str) -> Path:
    return course.root / ".course" / "build" / f"{assignment}.json"
