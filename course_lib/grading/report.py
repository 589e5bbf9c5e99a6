"""A page for the instructor: how a class did, which exercises and tests tell what, and which submissions need eyes."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course
from course_lib.grading.fragments import UNREADABLE
from course_lib.grading.pages import render
from course_lib.grading.results import Verdict
from course_lib.grading.standings import Exercise, Standing, Standings

BARS = 10
"""Of the histogram."""
FEWEST = 5
"""Students from whom on a correlation is worth printing."""
SLOWEST = 5
"""Submissions that are named for their time."""
LONGEST_EXAMPLE = 25
"""Lines of code ..."""
LONGEST_TEXT = 2000
"""... and characters of them."""


@dataclass(frozen=True)
class Item:
    """How an exercise worked as a measurement."""

    title: str
    max_score: float
    mean: float | None
    """Points, on average of those for whom it is graded; None if it is for nobody."""
    difficulty: float | None
    """The share of its points that these got: 1 is easy."""
    discrimination: float | None
    """The correlation of its points with those of all other exercises; None where there is none."""


@dataclass(frozen=True)
class Failure:
    """What most often went wrong in a test."""

    test: str
    failed: int
    share: float
    """Of the class."""
    not_begun: int
    """How many others did not write anything."""
    outcome: str
    message: str
    alike: int
    """How many failed with this message."""
    example: str
    """An answer that did, nobody's name in it."""


def items(standings: Standings) -> list[Item]:
    """Difficulty and discrimination of each exercise (classical test theory; Crocker & Algina 1986, chapter 14)."""
    return [_item(exercise, standings) for exercise in standings.exercises]


def _item(exercise: Exercise, standings: Standings) -> Item:
    title, most = exercise.title, exercise.max_score
    graded = [each for each in standings.graded if title not in each.waiting]
    if len(graded) < len(standings.graded):  # those that nobody needs to read are graded first, and say little
        graded = [each for each in graded if title not in each.not_begun]
    own = np.array([each.points.get(title, 0.0) for each in graded])
    others = np.array([sum(each.points.values()) - each.points.get(title, 0.0) for each in graded])
    mean = float(own.mean()) if len(own) else None
    share = mean / most if mean is not None and most else None
    return Item(title, most, mean, share, _correlation(own, others) if len(own) >= FEWEST else None)


def _correlation(x: np.ndarray, y: np.ndarray) -> float | None:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) > 0 and np.ptp(y) > 0 else None


def failures(course: Course, standings: Standings) -> list[Failure]:
    """For each test that somebody failed who had written something, its most frequent failure; the most frequent first.

    Who has not begun an exercise has not misunderstood it: such answers are counted, but say nothing else.
    """
    lost: defaultdict[str, list[tuple[Standing, Verdict]]] = defaultdict(list)
    not_begun: Counter[str] = Counter()
    for student in standings.graded:
        for verdict in student.verdicts:
            if standings.exercise_of.get(verdict.id) in student.not_begun:
                not_begun[verdict.id] += 1
            elif verdict.points < verdict.max_points:
                lost[verdict.id].append((student, verdict))
    found = [_most_frequent(course, standings, test, cases, not_begun[test]) for test, cases in lost.items()]
    return sorted(found, key=lambda failure: -failure.failed)


def _most_frequent(
    course: Course, standings: Standings, test: str, cases: list[tuple[Standing, Verdict]], not_begun: int
) -> Failure:
    (outcome, message), alike = Counter((verdict.outcome, verdict.message) for _, verdict in cases).most_common(1)[0]
    student = next(each for each, verdict in cases if (verdict.outcome, verdict.message) == (outcome, message))
    answer = _answer(course, standings.assignment, student.student, test)
    said, example = (_without_names(text, standings.students) for text in (message, answer))
    share = len(cases) / len(standings.graded)
    return Failure(test, len(cases), share, not_begun, outcome, said, alike, example)


def _answer(course: Course, assignment: str, student: str, test: str) -> str:
    """The answer cell above a test in a graded notebook, without comments and docstrings."""
    notebook, _, name = test.rpartition("/")
    for path in sorted(course.path("autograded", student, assignment).glob(f"{notebook or '*'}.ipynb")):
        answer = ""
        for cell in nbk.read(path).cells:
            if nbk.is_solution(cell):
                answer = cell.source
            elif nbk.grade_id(cell) == name:
                return "\n".join(_code(answer).splitlines()[:LONGEST_EXAMPLE])[:LONGEST_TEXT]
    return ""


def _code(source: str) -> str:
    """What is left of an answer when its texts are taken out."""
    try:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        return ast.unparse(tree)
    except UNREADABLE:
        return source


def _without_names(text: str, students: Iterable[Standing]) -> str:
    """A text in which no student's name stands."""
    words = {word for each in students for word in (each.student, each.first_name, each.last_name, each.email)}
    names = sorted((re.escape(word) for word in words if len(word) > 2), key=len, reverse=True)
    return re.sub(rf"\b({'|'.join(names)})\b", "…", text, flags=re.IGNORECASE) if names else text


def needing_eyes(standings: Standings) -> Iterator[tuple[str, str]]:
    """Students whose submission a person should look at, and why."""
    for each in standings.students:
        reasons = [each.problem] if each.problem else []
        if each.needs_manual_grade:
            reasons.append("answers to be graded by hand")
        odd = Counter(v.outcome for v in each.verdicts if v.outcome in ("timeout", "memory", "crashed", "missing"))
        reasons += [f"{count} {'test' if count == 1 else 'tests'}: {outcome}" for outcome, count in odd.items()]
        reasons += each.remarks
        if reasons:
            yield each.student, "; ".join(reasons)


def histogram(standings: Standings) -> list[tuple[float, float, int]]:
    """Bars of the score distribution: from, to, how many students."""
    scores = [each.score for each in standings.graded]
    counts, edges = np.histogram(scores, bins=BARS, range=(0.0, max(standings.max_score, 1e-9)))
    return [(float(a), float(b), int(n)) for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)]


def page(course: Course, standings: Standings) -> str:
    """The report as one HTML page that asks the network for nothing."""
    return render(
        "report.html",
        standings=standings,
        scores=np.array([each.score for each in standings.graded]),
        median=float(np.median([each.score for each in standings.graded] or [0.0])),
        bars=histogram(standings),
        items=items(standings),
        failures=failures(course, standings),
        eyes=list(needing_eyes(standings)),
        seconds=np.array([each.seconds for each in standings.graded]),
        slowest=sorted(standings.graded, key=lambda each: -each.seconds)[:SLOWEST],
    )
