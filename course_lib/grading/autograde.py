"""One submission, graded by nbgrader in this process.

nbgrader changes the working directory and the environment while it works, so this runs in a process of its own; see
``batch``. Whatever else can turn a :class:`Job` into a :class:`Submission` can take its place there.

Student code runs here with the rights of whoever grades: there is no sandbox.
"""

from __future__ import annotations

import glob
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from course_lib.grading import forbidden, gradebook
from course_lib.grading import notebook as nbk
from course_lib.grading.converters import AutogradeConverter, ConversionError, convert, seconds_a_cell_may_run
from course_lib.grading.course import Course
from course_lib.grading.kernels import prefer_this_python, private_sockets
from course_lib.grading.results import Outcome, PlannedTest, Submission, Verdict, nothing_earned

LONGEST_MESSAGE = 500
OUTCOME_OF_ERROR: dict[str, Outcome] = {
    "AssertionError": "failed",
    "CellTimeoutError": "timeout",
    "DeadKernelError": "crashed",
    "MemoryError": "memory",
}
WORDLESS: dict[Outcome, str] = {
    "failed": "an assertion without a message",
    "timeout": "out of time",
    "crashed": "Python stopped",
    "memory": "out of memory",
}


class UngradableError(Exception):
    """A submission that nbgrader could not handle; the message says why."""


@dataclass(frozen=True)
class Job:
    """A submission to grade, and all that grading it takes: plain data that can be sent to another process."""

    root: Path
    settings: dict[str, str]
    """Settings of ``CourseDirectory`` that differ from the course's own."""
    assignment: str
    student: str
    notebooks: list[str]
    plan: list[PlannedTest]
    tests_version: str
    timeout: int | None = None
    """Seconds a cell may run; None for the course's own limit."""
    force: bool = False
    """Grade again what has been graded already."""


def autograde(job: Job) -> Submission:
    """Grade one submission, record it in the gradebook, and keep the graded notebook.

    What was graded before and has not changed since is not run again, unless the job says so.
    """
    prefer_this_python(os.environ)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # submissions are graded side by side
    course = Course.read(job.root).having(**job.settings)
    if glob.has_magic(job.student):  # nbgrader would grade every student whose name matches
        message = "the name of the student's directory has a *, ? or [ in it: rename the directory"
        return nothing_earned(job.student, "unreadable", job.plan, "missing", message)
    directory = course.path("submitted", job.student, job.assignment)
    present = [name for name in job.notebooks if (directory / f"{name}.ipynb").is_file()]
    if not present:
        message = _what_came_instead(directory, job.notebooks) + _what_is_kept(course, job)
        return nothing_earned(job.student, "missing", job.plan, "missing", message)
    try:
        _require_gradable(directory, present)
        _run(course, job, _version(directory))
    except (UngradableError, ConversionError) as error:
        message = str(error)[:LONGEST_MESSAGE] + _what_is_kept(course, job)
        return nothing_earned(job.student, "unreadable", job.plan, "missing", message)
    return read_result(course, job)


def _require_gradable(directory: Path, notebooks: list[str]) -> None:
    """Find what nbgrader would stumble over, and say it in words that tell what to do."""
    for name in notebooks:
        path = directory / f"{name}.ipynb"
        if directory.is_symlink() or path.is_symlink():
            raise UngradableError(f"{path.name}: it is a link to a file elsewhere, perhaps not the student's own")
        try:
            nbk.read(path)
        except nbk.UnreadableNotebookError as error:
            raise UngradableError(f"{path.name}: {error}") from error
    for path in sorted(directory.rglob("*")):
        if not (path.is_file() or path.is_dir()):
            raise UngradableError(f"{path.name} is a broken link or no file at all: delete it")
    timestamp = directory / "timestamp.txt"
    if timestamp.is_file():
        try:
            parse_utc(timestamp.read_text(encoding="utf-8").strip() or "2026-01-01")  # nbgrader takes an empty one
        except (ValueError, OverflowError) as error:
            raise UngradableError("timestamp.txt holds no time: mend it, or delete it") from error


def _run(course: Course, job: Job, version: str) -> None:
    limit = seconds_a_cell_may_run(course) if job.timeout is None else job.timeout
    settings = {
        "Autograde": {"force": job.force or not _is_graded(course, job, version, limit)},
        "AutogradeConverter": {"stamp": {"submission": version, "tests": job.tests_version, "timeout": limit}},
        "Execute": {} if job.timeout is None else {"timeout": job.timeout},
    }
    with private_sockets() as sockets:
        convert(AutogradeConverter, course, job.assignment, job.student, **settings, **sockets)


def _is_graded(course: Course, job: Job, version: str, limit: int) -> bool:
    """Whether this version of a submission is through, and not begun in a run that was stopped, or short of time."""
    notebooks = _graded_notebooks(course, job).values()
    return gradebook.has_submission(course, job.assignment, job.student) and all(
        _stamp(notebook).get("submission", version) == version
        and _was_run(notebook)
        and not (_ran_out_of_time(notebook) and _stamp(notebook).get("timeout", limit) < limit)
        for notebook in notebooks
    )


def _ran_out_of_time(notebook: NotebookNode) -> list[str]:
    """The names of the cells that did."""
    ends = ((nbk.grade_id(cell) or cell.get("id", "a cell"), nbk.error(cell)) for cell in notebook.cells)
    return [name for name, error in ends if error is not None and error.ename == "CellTimeoutError"]


def _was_run(notebook: NotebookNode) -> bool:
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    return not code or any(cell.execution_count for cell in code)


def read_result(course: Course, job: Job) -> Submission:
    """What the gradebook and the graded notebooks say about a submission."""
    scores, by_hand = gradebook.auto_scores(course, job.assignment, job.student)
    notebooks = _graded_notebooks(course, job)
    tests = tuple(
        _verdict(test, scores.get((test.notebook, test.cell)), notebooks.get(test.notebook)) for test in job.plan
    )
    stamps = [_stamp(notebook) for notebook in notebooks.values()]
    seconds = max((stamp.get("seconds", 0.0) for stamp in stamps), default=0.0)
    older = any(stamp.get("tests", job.tests_version) != job.tests_version for stamp in stamps)
    planned = {test.cell for test in job.plan}
    remarks = tuple(
        f"{name}: out of time, though it is no test"
        for notebook in notebooks.values()
        for name in _ran_out_of_time(notebook)
        if name not in planned
    )
    for name, notebook in notebooks.items():
        remarks += tuple(forbidden.remarks(notebook, nbk.read(course.source(job.assignment) / f"{name}.ipynb")))
    return Submission(job.student, "graded", tests, seconds, by_hand, older, remarks)


def _verdict(test: PlannedTest, score: float | None, notebook: NotebookNode | None) -> Verdict:
    cells = nbk.by_grade_id(notebook) if notebook else {}
    cell = cells.get(test.cell)
    if cell is None:
        what = "notebook" if notebook is None else "test cell"
        message = f"the {what} is missing from the submission"
        if notebook is not None and not cells:
            message = "no cell carries nbgrader's names"
        return Verdict(test.id, score or 0.0, test.points, "missing", message)
    outcome, message = outcome_of(cell, full_score=score == test.points)
    return Verdict(test.id, score or 0.0, test.points, outcome, message[:LONGEST_MESSAGE])


def outcome_of(cell: NotebookNode, *, full_score: bool) -> tuple[Outcome, str]:
    """What the outputs of a test cell that was run say."""
    error = nbk.error(cell)
    if error is not None:
        outcome = OUTCOME_OF_ERROR.get(error.ename, "error")
        if outcome == "error":
            return outcome, f"{error.ename}: {error.evalue}"
        return outcome, error.evalue or WORDLESS[outcome]
    return ("passed", "") if full_score else ("failed", "partial credit")


def _what_is_kept(course: Course, job: Job) -> str:
    """What the gradebook still says, though there is nothing to grade now."""
    if not gradebook.has_submission(course, job.assignment, job.student):
        return ""
    scores, _ = gradebook.auto_scores(course, job.assignment, job.student)
    kept = sum(score or 0.0 for score in scores.values())
    return f"; the gradebook keeps {kept:g} from an earlier version" if kept else ""


def _what_came_instead(directory: Path, notebooks: list[str]) -> str:
    for name in notebooks:
        if os.path.lexists(directory / f"{name}.ipynb"):
            return f"{name}.ipynb is no file, but a directory, a pipe or a broken link"
    others = [path.name for path in sorted(directory.glob("*.ipynb"))]
    return f"no notebook of the expected name, but {', '.join(others)}" if others else "nothing was submitted"


def _version(directory: Path) -> str:
    """A hash of everything submitted; not of the time, which nbgrader looks at itself."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.name != "timestamp.txt":
            digest.update(f"{path.relative_to(directory)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _graded_notebooks(course: Course, job: Job) -> dict[str, NotebookNode]:
    directory = course.path("autograded", job.student, job.assignment)
    paths = {name: directory / f"{name}.ipynb" for name in job.notebooks}
    return {name: nbk.read(path) for name, path in paths.items() if path.is_file()}


def _stamp(notebook: NotebookNode) -> dict:
    """What :class:`AutogradeConverter` noted in a graded notebook; nothing if plain nbgrader graded it."""
    return notebook.metadata.get("course", {})
