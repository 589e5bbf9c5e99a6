"""A student's own visible tests, exercise by exercise. Works without nbgrader, which students do not have."""

from __future__ import annotations

import copy
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course_lib.grading import forbidden
from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course, CourseError, near
from course_lib.grading.kernels import private_sockets


@dataclass(frozen=True)
class Row:
    """What the visible tests of one graded cell say."""

    exercise: str
    id: str
    points: float
    outcome: str
    """passed, failed, not started, timeout, crashed, or: by hand."""
    message: str = ""

    @property
    def reachable(self) -> float:
        """The points that the hidden tests can still give."""
        return self.points if self.outcome == "passed" else 0.0


@dataclass(frozen=True)
class Report:
    """The rows of a notebook, and what is to be said about the notebook as a whole."""

    notebook: Path
    rows: list[Row]
    remarks: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether no visible test fails."""
        return all(row.outcome in ("passed", "by hand") for row in self.rows)


def check(
    path: Path, course: Course | None, timeout: int, on_cell: Callable[[int, int], None] = lambda done, of: None
) -> Report:
    """Run the visible tests of a student's notebook.

    Args:
        path: The student's notebook.
        course: Where the exercises lie as they were handed out, to notice edited or deleted test cells.
        timeout: The seconds one cell may run.
        on_cell: Told before each cell how many are done, of how many.

    Raises:
        CourseError: There is no such notebook, or it is not one that can be checked.
    """
    notebook = _open(path)
    original_path = _find_original(path, notebook, course) if course else None
    remarks = []
    if original_path:
        if original_path.name != path.name:
            remarks.append(
                f"This looks like {original_path.name}, renamed. Give it that name again before you hand it in, "
                "or it will not be found."
            )
        original = nbk.read(original_path)
        remarks += _restore_locked_cells(notebook, original)
        remarks += forbidden.remarks(notebook, original)
    else:
        remarks.append(
            "The course's own version of this notebook was not found, so nobody notices if a test is missing from "
            "yours. Run this in the course's folder, or name that with --course DIR."
        )
    if not any(nbk.is_graded(cell) for cell in notebook.cells):
        raise CourseError(f"{path} has no exercises. Give the notebook of an assignment.")
    halted = _execute(notebook, path.parent, timeout, on_cell)
    return Report(path, list(_rows(notebook, halted, timeout)), remarks)


def _open(path: Path) -> NotebookNode:
    if not path.is_file():
        neighbours = [other.name for other in sorted(path.parent.glob("*.ipynb"))] if path.parent.is_dir() else []
        raise CourseError(f"There is no file {path}. {near(path.name, neighbours)}")
    try:
        return nbk.read(path)
    except nbk.UnreadableNotebookError as error:
        raise CourseError(
            f"{path} cannot be checked: {error}. Look for an older version in {path.parent / '.ipynb_checkpoints'}; "
            "if there is none, rename the file, run `course lab` for a fresh copy, and copy your answers into it."
        ) from error


def _find_original(path: Path, notebook: NotebookNode, course: Course) -> Path | None:
    """The notebook as it was handed out: of all of them the one that shares most cells, in doubt the namesake."""
    mine = set(nbk.by_grade_id(notebook))
    best: tuple[int, bool, Path | None] = (0, False, None)
    for candidate in course.released_notebooks():
        try:
            shared = len(mine & set(nbk.by_grade_id(nbk.read(candidate))))
        except nbk.UnreadableNotebookError:
            continue
        namesake = candidate.name == path.name and candidate.parent.name == path.resolve().parent.name
        if shared and (shared, namesake) > best[:2]:
            best = (shared, namesake, candidate)
    return best[2]


def _restore_locked_cells(notebook: NotebookNode, original: NotebookNode) -> list[str]:
    """Put back what nbgrader will put back, and missing tests where they were; say so."""
    remarks = []
    mine = nbk.by_grade_id(notebook)
    previous = None
    for title, cell in nbk.exercises(original):
        name = nbk.grade_id(cell)
        if name is None:
            continue
        where = f"{name!r} ({title})"
        if name not in mine:
            if nbk.is_locked(cell):
                remarks.append(
                    f"The cell {where} is missing. It was run all the same; "
                    "copy it back from the original before you hand in."
                )
                at = next((i + 1 for i, other in enumerate(notebook.cells) if other is previous), 0)
                mine[name] = copy.deepcopy(cell)
                notebook.cells.insert(at, mine[name])
            else:
                remarks.append(f"Your answer cell {where} is missing. Copy it back from the original and fill it in.")
                continue
        elif nbk.is_locked(cell) and mine[name].source.strip() != cell.source.strip():
            remarks.append(
                f"The cell {where} differs from the course's present version. Grading uses that, and so did this check."
            )
            mine[name].source = cell.source
        previous = mine[name]
    return remarks


def _execute(
    notebook: NotebookNode, directory: Path, timeout: int, on_cell: Callable[[int, int], None]
) -> dict[int, str]:
    """Run all code cells. One that hangs or kills its kernel is skipped in a fresh one, so it costs only itself.

    Returns:
        For the index of each such cell: timeout or crashed.
    """
    halted: dict[int, str] = {}
    finished: set[int] = set()
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    resources = {"metadata": {"path": str(directory)}}
    while True:
        with private_sockets() as config:
            client = NotebookClient(
                notebook,
                kernel_name="python3",
                timeout=timeout,
                interrupt_on_timeout=False,
                allow_errors=True,
                skip_cells_with_tag="",
                resources=resources,
                config=config,
            )
            with client.setup_kernel(stderr=subprocess.DEVNULL):
                try:
                    for index in code:
                        if index in halted or (index in finished and nbk.is_test(notebook.cells[index])):
                            continue
                        on_cell(len(finished | set(halted)), len(code))
                        client.execute_cell(notebook.cells[index], index)
                        finished.add(index)
                    return halted
                except CellTimeoutError:
                    halted[index] = "timeout"
                except DeadKernelError:
                    halted[index] = "crashed"


def _rows(notebook: NotebookNode, halted: dict[int, str], timeout: int) -> Iterator[Row]:
    explain = {
        "timeout": f"still running after {timeout} s: is there a loop that never ends?",
        "crashed": "Python itself stopped: was the memory used up, or exit() called?",
    }
    broken: dict[str, tuple[str, str]] = {}
    for index, (title, cell) in enumerate(nbk.exercises(notebook)):
        outcome, message = (halted[index], explain[halted[index]]) if index in halted else _outcome(cell)
        if not nbk.is_test(cell):
            if outcome != "passed":
                broken.setdefault(title, (outcome, message))
            if not nbk.is_graded(cell):
                continue
            outcome, message = "by hand", ""
        elif outcome != "passed" and title in broken:
            outcome, message = broken[title]  # an answer that does not even run is why its tests fail
        elif outcome == "passed" and not _has_tests(cell):
            message = "hidden tests only"
        yield Row(title, nbk.grade_id(cell) or "", nbk.points(cell), outcome, message)


def _has_tests(cell: NotebookNode) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in cell.source.splitlines())


def _outcome(cell: NotebookNode) -> tuple[str, str]:
    """Whether a cell that was run went well, and what to say if not."""
    error = nbk.error(cell)
    if error is None:
        return "passed", ""
    if error.ename == "NotImplementedError":
        return "not started", ""
    if error.ename == "AssertionError":
        return "failed", error.evalue or f"this does not hold: {_failing_line(error)}"
    return "failed", f"{error.ename}: {error.evalue}"


def _failing_line(error: NotebookNode) -> str:
    """The line that IPython's traceback points at first, which is in the test itself."""
    arrow = re.search(r"^-+>\s*\d+\s+(.*)$", nbk.plain("\n".join(error.traceback)), re.MULTILINE)
    return arrow[1].strip() if arrow else "an assertion"
