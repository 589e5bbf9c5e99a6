"""What grading says about a submission: plain data, the same whoever graded it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["passed", "failed", "error", "timeout", "memory", "crashed", "missing"]
Status = Literal["graded", "unreadable", "missing"]


@dataclass(frozen=True)
class PlannedTest:
    """A test cell that earns points by itself."""

    notebook: str
    cell: str
    points: float
    exercise: str
    id: str
    """The cell's name; with the notebook's before it where an assignment has several notebooks."""


@dataclass(frozen=True)
class Verdict:
    """One test cell's verdict."""

    id: str
    points: float
    max_points: float
    outcome: Outcome
    message: str = ""


@dataclass(frozen=True)
class Move:
    """A test that gave other points when it was run again."""

    test: str
    before: float
    after: float
    why: str


@dataclass(frozen=True)
class Submission:
    """One student's result. Scores are over the points that are graded automatically."""

    student: str
    status: Status
    tests: tuple[Verdict, ...]
    seconds: float = 0.0
    needs_manual_grade: bool = False
    older_tests: bool = False
    """Whether the tests have changed since this was graded."""
    remarks: tuple[str, ...] = ()
    """What a person should know, though it changes no score."""
    late_penalty: float = 0.0
    """The points that lateness takes from all that it earned."""
    moves: tuple[Move, ...] = ()
    """What became of the points that it had before."""

    @property
    def score(self) -> float:
        """The points earned."""
        return sum(test.points for test in self.tests)

    @property
    def max_score(self) -> float:
        """The points there are."""
        return sum(test.max_points for test in self.tests)

    @property
    def needs_eyes(self) -> bool:
        """Whether something went wrong that is not merely a wrong answer."""
        return (
            self.status != "graded"
            or bool(self.remarks)
            or any(test.outcome in ("timeout", "memory", "crashed", "missing") for test in self.tests)
        )

    def as_json(self) -> dict[str, Any]:
        """The record that ``course grade --json`` writes."""
        return {
            "student": self.student,
            "status": self.status,
            "score": self.score,
            "max_score": self.max_score,
            "seconds": round(self.seconds, 3),
            "needs_manual_grade": self.needs_manual_grade,
            "tests": [asdict(test) for test in self.tests],
        }


@dataclass(frozen=True)
class Graded:
    """All that comes of grading a submission: the result, and what is to be kept of it."""

    result: Submission
    notebooks: dict[str, str] = field(default_factory=dict)
    """The graded notebooks, by name, as JSON."""
    scores: dict[tuple[str, str], float | None] = field(default_factory=dict)
    """By notebook and cell, for every cell that nbgrader's autograder scores; None for one that people grade."""
    unanswered: frozenset[tuple[str, str]] = frozenset()
    """Answers that are as they were handed out, by notebook and cell."""
    again: bool = False
    """Whether the same submission was graded before."""


def nothing_earned(
    student: str, status: Status, plan: tuple[PlannedTest, ...], outcome: Outcome, message: str
) -> Submission:
    """The record of a submission whose tests could not be run."""
    tests = tuple(Verdict(test.id, 0.0, test.points, outcome, message) for test in plan)
    return Submission(student, status, tests)
