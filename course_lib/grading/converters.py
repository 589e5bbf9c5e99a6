"""nbgrader's converters, run in this process; what goes wrong inside them comes out as an exception that says what."""

from __future__ import annotations

import glob
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from sqlalchemy.exc import SAWarning
from traitlets import Any as AnyTrait
from traitlets.config import Config

from course_lib.grading.course import Course, CourseError

A_DAY = 24 * 60 * 60


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


def seconds_a_cell_may_run(course: Course) -> int:
    """The course's own limit; where it has none (None, or a number below 0), a day."""
    limit = Execute(config=course.config).timeout
    return A_DAY if limit is None or limit < 0 else limit


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
