"""Grading a class: what is new goes to the workers, and what comes back is recorded, one submission at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

from nbgrader.utils import parse_utc

from course_lib.grading import gradebook, journal
from course_lib.grading.collect import TIMESTAMP, Job, collect
from course_lib.grading.course import Course
from course_lib.grading.grade import ungraded
from course_lib.grading.plan import Plan
from course_lib.grading.preflight import answer_cells
from course_lib.grading.results import Graded, Submission


class Session:
    """One run over a class.

    Args:
        course: Where the submissions and the gradebook are.
        plan: The assignment.
        students: Who is graded.
        regrade: Whether to grade again what was graded with other tests.
    """

    def __init__(self, course: Course, plan: Plan, students: list[str], *, regrade: bool = False) -> None:
        self.course = course
        self.plan = plan
        self.students = students
        self.regrade = regrade
        self.answers = {name: answer_cells(notebook) for name, notebook in plan.originals().items()}

    def run(self, grade_all: Callable[[Iterable[Job], Plan], Iterable[tuple[Job, Graded]]]) -> Iterator[Submission]:
        """Everybody's result, in no order: first those that are there already.

        What is graded is in the gradebook and on disk before it is handed out, so a run that is stopped has lost only
        what was on its way.

        Args:
            grade_all: Grades what is new, such as ``batch.run``.
        """
        with ExitStack() as opened:
            book = opened.enter_context(gradebook.opened(self.course))
            recorder = gradebook.Recorder(book, self.course, self.plan.assignment)
            todo = []
            for student in self.students:
                done = self._done(self.collect(student), recorder)
                if done is None:
                    todo.append(student)
                else:
                    yield done
            if todo:
                for job, graded in grade_all(map(self.collect, todo), self.plan):
                    yield self._recorded(job, graded, recorder)

    def collect(self, student: str) -> Job:
        """What a student has submitted."""
        directory = self.course.path("submitted", student, self.plan.assignment)
        job = collect(student, directory, self.answers)
        try:
            _timestamp(job)
        except (ValueError, OverflowError):
            return replace(job, problem=f"{TIMESTAMP} holds no time: mend it, or delete it")
        return replace(job, earlier=journal.earlier(self.course, job, self.plan)) if self.regrade else job

    def _done(self, job: Job, recorder: gradebook.Recorder) -> Submission | None:
        """The result of what needs no running: nothing to run, or nothing new."""
        if job.problem:
            return self._recorded(job, ungraded(job, self.plan), recorder)
        if not recorder.has(job.student):
            return None
        done = journal.finished(self.course, job, self.plan)
        if done is None or (self.regrade and done.older_tests):
            return None
        return self._settled(done, recorder)

    def _recorded(self, job: Job, graded: Graded, recorder: gradebook.Recorder) -> Submission:
        if graded.result.status == "graded":
            recorder.record(graded, _timestamp(job))
            journal.keep(self.course, job, self.plan, graded)
            return self._settled(graded.result, recorder)
        kept = recorder.kept(job.student)
        if not kept:
            return graded.result
        said = f"; the gradebook keeps {kept:g} from an earlier version"
        tests = tuple(replace(test, message=test.message + said) for test in graded.result.tests)
        return replace(graded.result, tests=tests)

    def _settled(self, result: Submission, recorder: gradebook.Recorder) -> Submission:
        """The result with what only the gradebook knows."""
        by_hand, penalty = recorder.by_hand(result.student), recorder.settle(result.student)
        return replace(result, needs_manual_grade=by_hand, late_penalty=penalty)


def _timestamp(job: Job) -> datetime | None:
    """When it was submitted, if the file that nbgrader keeps for that is there."""
    text = job.files.get(TIMESTAMP, b"").decode("utf-8").strip()
    return parse_utc(text) if text else None
