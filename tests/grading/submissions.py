"""Honest submissions of the course's own assignments: everything right, something wrong in each exercise, nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable

from nbformat import NotebookNode

from course_lib.grading import forbidden
from course_lib.grading import notebook as nbk
from tests.assignments import harness

Sources = dict[str, str]


def answered(notebook: NotebookNode, answers: Sources) -> NotebookNode:
    """A copy with these answers."""
    mine = copy.deepcopy(notebook)
    for name, source in answers.items():
        nbk.by_grade_id(mine)[name].source = source
    return mine


def right(assignment: str) -> Sources:
    """The instructor's answers, as they stand."""
    return {}


def blank(assignment: str) -> Sources:
    """What students are handed."""
    released = nbk.by_grade_id(harness.release(assignment))
    cells = nbk.by_grade_id(harness.solution(assignment)).items()
    return {name: released[name].source for name, cell in cells if nbk.is_solution(cell)}


def wrong(assignment: str) -> Sources:
    """For each exercise the first answer that loses points, though it uses nothing forbidden: that is refused here."""
    solution = harness.solution(assignment)
    chosen: Sources = {}
    for answer in harness.answers(assignment):
        mine = answered(solution, {answer.cell: answer.source})
        if answer.loses and answer.cell not in chosen and not forbidden.remarks(mine, solution):
            chosen[answer.cell] = answer.source
    return chosen


def lost(assignment: str, sources: Sources) -> set[str]:
    """The tests at which the assignment's own wrong answers lose their points."""
    chosen = [each for each in harness.answers(assignment) if sources.get(each.cell) == each.source]
    return {name for answer in chosen for name in answer.loses}


KINDS: dict[str, Callable[[str], Sources]] = {"right": right, "blank": blank, "wrong": wrong}
