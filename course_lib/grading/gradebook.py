"""nbgrader's gradebook: what it holds about an assignment, and the one place that writes grades into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from course_lib.grading.course import Course, CourseError
from course_lib.grading.results import Graded

NO_RESPONSE = "No response."


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


def settle(course: Course, assignment: str) -> None:
    """Work out all late penalties anew: a person may have scored answers since, or granted an extension."""
    with opened(course) as gradebook, suppress(MissingEntry):
        recorder = Recorder(gradebook, course, assignment)
        for submission in gradebook.assignment_submissions(assignment):
            recorder.settle(submission.student_id)


class Recorder:
    """Writes what the autograder owns, and nothing that people gave: their scores and comments stay.

    nbgrader's tables have indexes only for their unique pairs, so every row is looked up by such a pair: writing the
    thousandth submission takes no longer than the first.

    Args:
        gradebook: Open, and used by nobody else in this process.
        course: For its late penalties.
        assignment: One that the gradebook knows.
    """

    def __init__(self, gradebook: Gradebook, course: Course, assignment: str) -> None:
        self.db = gradebook.db
        found = gradebook.find_assignment(assignment)
        self.assignment_id = found.id
        self.duedate = found.duedate
        self.notebooks = {notebook.name: _Cells(notebook) for notebook in found.notebooks}
        late = AssignLatePenalties(config=course.config)
        late.init_plugin()
        self.penalty = late.plugin_inst.late_submission_penalty

    def has(self, student: str) -> bool:
        """Whether a submission of this student is on record."""
        return self._submission_id(student) is not None

    def record(self, graded: Graded, timestamp: datetime | None) -> None:
        """Write one submission's scores.

        Where a submission that has not changed gets the score that it had, what people have said of it stands: they
        are not asked again.
        """
        try:
            self._record(graded, timestamp)
            self.db.commit()
        except BaseException:
            self.db.rollback()
            raise

    def _record(self, graded: Graded, timestamp: datetime | None) -> None:
        student = graded.result.student
        submission_id = self._submission_id(student)
        if submission_id is None:
            if self.db.get(Student, student) is None:
                self.db.add(Student(id=student))
            submission = SubmittedAssignment(assignment_id=self.assignment_id, student_id=student)
            self.db.add(submission)
            self.db.flush()
        else:
            submission = self.db.get(SubmittedAssignment, submission_id)
        if timestamp is not None:
            submission.timestamp = timestamp
        for name, cells in self.notebooks.items():
            notebook = self._row(SubmittedNotebook, notebook_id=cells.notebook_id, assignment_id=submission.id)
            self._grade(notebook, name, cells, graded)
            self._comment(notebook, name, cells, graded)
            self._penalize(notebook, submission, cells, student)

    def settle(self, student: str) -> float:
        """Work out a late penalty anew; the points that it takes."""
        submission = self.db.get(SubmittedAssignment, self._submission_id(student))
        for cells in self.notebooks.values():
            notebook = self._row(SubmittedNotebook, notebook_id=cells.notebook_id, assignment_id=submission.id)
            self._penalize(notebook, submission, cells, student)
        self.db.commit()
        return sum(notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks)

    def _grade(self, notebook: SubmittedNotebook, name: str, cells: _Cells, graded: Graded) -> None:
        rows = self._rows(Grade, notebook, cells.graded)
        for cell_id, cell in cells.graded.items():
            if (name, cell) in graded.scores:
                row, score = rows[cell_id], graded.scores[name, cell]
                stands = graded.again and row not in self.db.new and row.auto_score == score
                if not stands:
                    row.auto_score = score
                    row.needs_manual_grade = row.manual_score is not None or score is None

    def _comment(self, notebook: SubmittedNotebook, name: str, cells: _Cells, graded: Graded) -> None:
        rows = self._rows(Comment, notebook, cells.commented)
        for cell_id, cell in cells.commented.items():
            if name in graded.notebooks:
                rows[cell_id].auto_comment = NO_RESPONSE if (name, cell) in graded.unanswered else None

    def _penalize(
        self, notebook: SubmittedNotebook, submission: SubmittedAssignment, cells: _Cells, student: str
    ) -> None:
        late = self._seconds_late(submission)
        penalty = None
        if late > 0:
            self.db.flush()
            of_this = Grade.notebook_id == notebook.id, Grade.cell_id.in_(cells.graded)
            score = self.db.scalar(select(func.coalesce(func.sum(Grade.score), 0.0)).where(*of_this))
            penalty = self.penalty(student, score, late)
            penalty = penalty if penalty is None else min(max(penalty, 0.0), score)
        notebook.late_submission_penalty = penalty

    def _seconds_late(self, submission: SubmittedAssignment) -> float:
        if submission.timestamp is None or self.duedate is None:
            return 0.0
        until = self.duedate + submission.extension if submission.extension else self.duedate
        return max(0.0, (submission.timestamp - until).total_seconds())

    def _submission_id(self, student: str) -> str | None:
        pair = SubmittedAssignment.assignment_id == self.assignment_id, SubmittedAssignment.student_id == student
        return self.db.scalar(select(SubmittedAssignment.id).where(*pair))

    def _row(self, table: Any, **pair: str) -> Any:
        row = self.db.scalar(select(table).filter_by(**pair))
        if row is None:
            row = table(**pair)
            self.db.add(row)
            self.db.flush()
        return row

    def _rows(self, table: Any, notebook: SubmittedNotebook, cell_ids: Any) -> dict[str, Any]:
        """The rows of a notebook's cells, by the cells' ids; what is not there yet is made."""
        pair = table.notebook_id == notebook.id, table.cell_id.in_(cell_ids)
        rows = {row.cell_id: row for row in self.db.scalars(select(table).where(*pair))}
        for cell_id in cell_ids:
            if cell_id not in rows:
                rows[cell_id] = table(cell_id=cell_id, notebook_id=notebook.id)
                self.db.add(rows[cell_id])
        return rows

    def by_hand(self, student: str) -> bool:
        """Whether something in a student's submission is left to be graded by people."""
        submission_id = self._submission_id(student)
        for cells in self.notebooks.values():
            pair = SubmittedNotebook.notebook_id == cells.notebook_id, SubmittedNotebook.assignment_id == submission_id
            notebook_id = self.db.scalar(select(SubmittedNotebook.id).where(*pair))
            of_this = Grade.notebook_id == notebook_id, Grade.cell_id.in_(cells.graded), Grade.needs_manual_grade
            if self.db.scalar(select(func.count()).select_from(Grade).where(*of_this)):
                return True
        return False

    def kept(self, student: str) -> float:
        """The points that the autograder gave a student when it last could."""
        submission_id = self._submission_id(student)
        if submission_id is None:
            return 0.0
        submission = self.db.get(SubmittedAssignment, submission_id)
        return sum(grade.auto_score or 0.0 for notebook in submission.notebooks for grade in notebook.grades)


class _Cells:
    """The cells of a notebook that have rows, by id, with their names."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook_id = notebook.id
        self.graded = {cell.id: cell.name for cell in (*notebook.grade_cells, *notebook.task_cells)}
        self.commented = {cell.id: cell.name for cell in (*notebook.solution_cells, *notebook.task_cells)}
