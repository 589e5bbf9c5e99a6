"""What nbgrader's gradebook holds about an assignment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from course_lib.grading.course import Course, CourseError


@contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    """The course's gradebook, created if there is none.

    Raises:
        CourseError: It cannot be opened.
    """
    try:
        gradebook = Gradebook(course.gradebook_url, course.setting("course_id"))
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise CourseError(f"The gradebook {course.gradebook_url} cannot be opened: {error}") from error
    with gradebook:
        yield gradebook


def students(course: Course) -> set[str]:
    """Everybody enrolled."""
    with opened(course) as gradebook:
        return {student.id for student in gradebook.students}


def test_sources(course: Course, assignment: str) -> dict[tuple[str, str], str]:
    """The tests that grading uses, hidden ones too, by notebook and cell; none if the assignment is not registered."""
    with opened(course) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            return {}
        return {
            (notebook.name, cell.name): cell.source
            for notebook in notebooks
            for cell in notebook.source_cells
            if cell.locked and cell.cell_type == "code"
        }


def has_submission(course: Course, assignment: str, student: str) -> bool:
    """Whether a student's submission of an assignment is on record."""
    with opened(course) as gradebook:
        try:
            gradebook.find_submission(assignment, student)
        except MissingEntry:
            return False
        return True


def auto_scores(course: Course, assignment: str, student: str) -> tuple[dict[tuple[str, str], float | None], bool]:
    """What the autograder gave, by notebook and cell, and whether something is left to be graded by hand."""
    with opened(course) as gradebook:
        submission = gradebook.find_submission(assignment, student)
        scores = {
            (notebook.name, grade.name): grade.auto_score
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
        return scores, bool(submission.needs_manual_grade)
