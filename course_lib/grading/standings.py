"""Where everybody stands in an assignment: the gradebook's points, and what grading said about each test."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

from course_lib.grading import gradebook, preflight, stamp
from course_lib.grading import notebook as nbk
from course_lib.grading.collect import Job, collect
from course_lib.grading.course import Course, CourseError
from course_lib.grading.results import Verdict


@dataclass(frozen=True)
class Exercise:
    """The graded cells under one heading."""

    title: str
    max_score: float


@dataclass(frozen=True)
class Standing:
    """One student's."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    """The number by which the learning platform knows the student."""
    status: Literal["graded", "not graded", "missing"] = "missing"
    problem: str = ""
    """Why it is not graded."""
    score: float = 0.0
    """Points given by tests and by people, after a penalty for being late."""
    late_penalty: float = 0.0
    needs_manual_grade: bool = False
    points: dict[str, float] = field(default_factory=dict)
    """By the exercise's title."""
    waiting: frozenset[str] = frozenset()
    """Exercises in which something is left for a person to grade."""
    not_begun: frozenset[str] = frozenset()
    """Exercises whose answers are as they were handed out."""
    verdicts: tuple[Verdict, ...] = ()
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
    """How long the tests took."""


@dataclass(frozen=True)
class Standings:
    """Everybody's, in the order of their names."""

    assignment: str
    exercises: tuple[Exercise, ...]
    students: tuple[Standing, ...]
    exercise_of: dict[str, str] = field(default_factory=dict)
    """The title of the exercise that a test belongs to, by the test's id."""

    @property
    def max_score(self) -> float:
        """The points there are."""
        return sum(exercise.max_score for exercise in self.exercises)

    @property
    def graded(self) -> tuple[Standing, ...]:
        """Those who have been graded."""
        return tuple(each for each in self.students if each.status == "graded")


def graded_assignments(course: Course) -> list[str]:
    """The assignments that the gradebook knows, in the order in which the instructor wrote them."""
    with gradebook.opened(course) as book:
        known = {assignment.name for assignment in book.assignments}
    return [name for name in course.assignments() if name in known]


def standings(course: Course, assignment: str) -> Standings:
    """Read where everybody stands.

    Raises:
        CourseError: The assignment has not been built or graded.
    """
    course.require_assignment(assignment)
    with gradebook.opened(course) as book:
        try:
            registered = book.find_assignment(assignment)
        except MissingEntry as error:
            raise CourseError(f"{assignment} has never been graded. Run `course grade {assignment}` first.") from error
        parts = _parts(course, assignment, registered)
        people = {student.id: student for student in book.students}
        rows = _rows(book, registered)
        penalties = {
            submission.student_id: sum(each.late_submission_penalty or 0.0 for each in submission.notebooks)
            for submission in book.assignment_submissions(assignment)
        }
        names = sorted({*people, *course.by_student("submitted", assignment)})
        found = tuple(
            _standing(course, assignment, people.get(name, Student(id=name)), rows.get(name), penalties, parts)
            for name in names
        )
    tests = {parts.test_id(key): title for key, title in parts.exercise_of.items()}
    return Standings(assignment, parts.exercises, found, tests)


def _released(course: Course, assignment: str) -> list[Path]:
    return sorted(course.release(assignment).glob("*.ipynb"))


@dataclass(frozen=True)
class _Parts:
    """An assignment's graded cells and answers, by notebook and cell, and the exercises that they belong to."""

    notebooks: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    """In the order in which they stand."""
    exercise_of: dict[tuple[str, str], str]
    """The title for each graded cell."""
    answers: dict[str, set[tuple[str, str]]]
    """The answer cells by title."""

    def test_id(self, key: tuple[str, str]) -> str:
        """A cell's name; with the notebook's before it where an assignment has several."""
        return "/".join(key) if len(self.notebooks) > 1 else key[1]

    def answer_cells(self) -> dict[str, set[str]]:
        """The names of the answer cells by notebook."""
        every = [key for keys in self.answers.values() for key in keys]
        return {name: {cell for notebook, cell in every if notebook == name} for name in self.notebooks}


def _parts(course: Course, assignment: str, registered: Assignment) -> _Parts:
    known = {
        (n.name, cell.name): cell.max_score for n in registered.notebooks for cell in (*n.grade_cells, *n.task_cells)
    }
    paths = _released(course, assignment)
    exercise_of: dict[tuple[str, str], str] = {}
    answers: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    most: defaultdict[str, float] = defaultdict(float)
    for path in paths:
        for heading, cell in nbk.exercises(nbk.read(path)):
            key = (path.stem, nbk.grade_id(cell) or "")
            title = f"{path.stem}: {heading}" if len(paths) > 1 else heading
            if nbk.is_solution(cell):
                answers[title].add(key)
            if key in known:
                exercise_of[key] = title
                most[title] += known[key]
    exercises = tuple(Exercise(title, points) for title, points in most.items())
    return _Parts(tuple(path.stem for path in paths), exercises, exercise_of, dict(answers))


def _rows(book: Gradebook, registered: Assignment) -> dict[str, list[Any]]:
    """For each student on record: notebook, cell, points, whether a person has to look at it."""
    query = (
        select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.score, Grade.needs_manual_grade)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(SubmittedAssignment.assignment_id == registered.id)
    )
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for student, *row in book.db.execute(query):
        rows[student].append(row)
    return rows


def _standing(
    course: Course,
    assignment: str,
    person: Student,
    rows: list[Any] | None,
    penalties: dict[str, float],
    parts: _Parts,
) -> Standing:
    who = {
        "student": person.id,
        "first_name": person.first_name or "",
        "last_name": person.last_name or "",
        "email": person.email or "",
        "lms_id": person.lms_user_id or "",
    }
    job = collect(person.id, course.path("submitted", person.id, assignment), parts.answer_cells())
    if rows is None:
        problem = "" if job.missing else _problem(job)
        return Standing(**who, status="missing" if job.missing else "not graded", problem=problem)
    points: defaultdict[str, float] = defaultdict(float)
    waiting = set()
    for notebook, cell, score, by_hand in rows:
        if title := parts.exercise_of.get((notebook, cell)):
            points[title] += score or 0.0
            waiting |= {title} if by_hand else set()
    named = {path.stem: stamp.of(nbk.read(path)) for path in _autograded(course, person.id, assignment)}
    stamps = list(named.values())
    unanswered = {(name, cell) for name, each in named.items() for cell in each.get("unanswered", [])}
    penalty = penalties.get(person.id, 0.0)
    return Standing(
        **who,
        status="graded",
        problem="" if any(each.get("submission") == job.version for each in stamps) else _problem(job),
        score=sum(points.values()) - penalty,
        late_penalty=penalty,
        needs_manual_grade=any(by_hand for *_, by_hand in rows),
        points=dict(points),
        waiting=frozenset(waiting),
        not_begun=frozenset(title for title, answers in parts.answers.items() if answers <= unanswered),
        verdicts=tuple(Verdict(*test[:5]) for each in stamps for test in each.get("tests", {}).values()),
        remarks=tuple(dict.fromkeys(remark for each in stamps for remark in each.get("remarks", []))),
        seconds=max((each.get("seconds", 0.0) for each in stamps), default=0.0),
    )


def _autograded(course: Course, student: str, assignment: str) -> list[Path]:
    return sorted(course.path("autograded", student, assignment).glob("*.ipynb"))


def _problem(job: Job) -> str:
    """Why what lies there is not what was graded."""
    if job.problem:
        return job.problem
    try:
        for data in job.notebooks.values():
            preflight.read(data, set())
    except nbk.UnreadableNotebookError as error:
        return str(error)
    return "handed in since, and not graded yet"
