"""nbgrader's converters, run in this process; what goes wrong inside them comes out as an exception that says what."""

from __future__ import annotations

import glob
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import DeduplicateIds, Execute
from sqlalchemy.exc import SAWarning
from traitlets import Any as AnyTrait
from traitlets import Dict, Unicode
from traitlets.config import Config

from course_lib.grading.course import Course, CourseError


class ConversionError(Exception):
    """One assignment or submission could not be converted; the cause is the error that stopped it."""


class _Recording:
    """A converter logs what stopped it and raises a summary; this keeps the error itself."""

    stopped_by: Exception | None = None

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with self.recorded():
            super().init_assignment(assignment_id, student_id)  # type: ignore[misc]

    def convert_single_notebook(self, notebook_filename: str) -> None:
        with self.recorded():
            super().convert_single_notebook(notebook_filename)  # type: ignore[misc]

    @contextmanager
    def recorded(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.stopped_by = error
            raise


class ReleaseConverter(_Recording, GenerateAssignment):
    """Instructor's version to students' version."""


class FeedbackConverter(_Recording, GenerateFeedback):
    """Graded submission to HTML, after a last step that decides what a student may see."""

    preprocessors: list
    last_step = AnyTrait(help="A function of the notebook and nbconvert's resources that returns both.").tag(
        config=True
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preprocessors = [*self.preprocessors, self.last_step]


class AutogradeConverter(_Recording, Autograde):
    """Submission to graded submission, with the two steps below instead of nbgrader's, and a stamp on the result."""

    sanitize_preprocessors: list
    autograde_preprocessors: list
    stamp = Dict(help="What to note in the graded notebook's metadata.").tag(config=True)

    def start(self) -> None:
        """Convert."""
        self.started = time.monotonic()
        mended = {DeduplicateIds: DeduplicateCells, Execute: ExecuteToTheEnd}
        self.sanitize_preprocessors = [mended.get(step, step) for step in self.sanitize_preprocessors]
        steps = [mended.get(step, step) for step in self.autograde_preprocessors]
        self.autograde_preprocessors = [*steps, self.put_stamp]
        super().start()

    def put_stamp(self, notebook: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Note in the graded notebook what was graded and how long it took."""
        notebook.metadata["course"] = {**self.stamp, "seconds": time.monotonic() - self.started}
        return notebook, resources


class DeduplicateCells(DeduplicateIds):
    """nbgrader leaves an empty dict behind in the lesser of two equal cells, on which its own next step fails."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Forget what nbgrader knew about a cell whose name comes again further down."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if not cell.metadata.get("nbgrader", True):
            del cell.metadata["nbgrader"]
        return cell, resources


class ExecuteToTheEnd(Execute):
    """When a cell kills its kernel or hangs it for good, nbgrader drops the submission; this keeps what was earned."""

    skip_cells_with_tag = Unicode("", help="None: a student's tag must not keep a test from running.")

    def preprocess(self, nb: NotebookNode, resources: dict, km: Any = None) -> tuple[NotebookNode, dict]:
        """Run all cells; those that could not be run end with an error."""
        self.executed: set[int] = set()
        try:
            nb, resources = super().preprocess(nb, resources, km)
        except (DeadKernelError, CellTimeoutError) as error:
            self.mark_the_rest(nb, type(error).__name__)
        for output in (output for cell in nb.cells for output in cell.get("outputs", [])):
            if output.output_type == "stream":
                output.name = "stdout"  # nbgrader gives no points for stderr, and a warning is not a wrong answer
        return nb, resources

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Remember which cells were run."""
        super().on_cell_executed(**kwargs)
        self.executed.add(kwargs["cell_index"])

    def mark_the_rest(self, nb: NotebookNode, kind: str) -> None:
        """Without an error a test that was never run would count as passed."""
        message = "this cell stopped Python" if kind == "DeadKernelError" else "this cell could not be interrupted"
        for index, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and cell.source.strip() and index not in self.executed:
                cell.outputs = [new_output("error", ename=kind, evalue=message, traceback=[f"{kind}: {message}"])]
                kind, message = "DeadKernelError", "not run, because an earlier cell stopped Python"


def seconds_a_cell_may_run(course: Course) -> int:
    """The course's own limit; where it has none (None, or a number below 0), a number larger than any limit."""
    limit = Execute(config=course.config).timeout
    return sys.maxsize if limit is None or limit < 0 else limit


def convert(kind: type[BaseConverter], course: Course, assignment: str, student: str = "*", **settings: Any) -> None:
    """Run a converter on one assignment, and for one student where there are students.

    Args:
        kind: One of this module's converters.
        course: Where everything lies.
        assignment: Which assignment.
        student: Whose submission.
        settings: Further nbgrader settings, a dict for each class: ``Execute={"timeout": 60}``.

    Raises:
        ConversionError: The notebooks could not be converted.
        CourseError: The course lies where nbgrader cannot find it.
    """
    if glob.has_magic(str(course.root)):
        raise CourseError(f"nbgrader cannot work in {course.root}: rename the directory so that it has no *, ? or [.")
    config = course.having(root=str(course.root), assignment_id=assignment, student_id=student).config
    config.merge(Config(settings))
    converter = kind(coursedir=CourseDirectory(config=config), config=config)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # of nbgrader's own way to fill its database
            converter.start()
    except NbGraderException as error:
        cause = getattr(converter, "stopped_by", None) or error
        raise ConversionError(f"{type(cause).__name__}: {cause}") from cause
