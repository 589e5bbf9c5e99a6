"""The instructor's answers: each answer cell without the lines that mark what the students do not get."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions

from course_lib.grading.course import Course


@dataclass(frozen=True)
class RightAnswer:
    """What the instructor wrote in an answer cell."""

    source: str
    lines: set[int]
    """The numbers of the lines that the students do not get, counted from 1."""


def right_answer(course: Course, cell: NotebookNode) -> RightAnswer:
    """The answer in a cell of the instructor's notebook; without marks, students get none of its lines."""
    marks = ClearSolutions(config=course.config)
    kept, lines, inside = [], set(), False
    for line in cell.source.split("\n"):
        if marks.begin_solution_delimeter in line or marks.end_solution_delimeter in line:
            inside = marks.begin_solution_delimeter in line
            continue
        kept.append(line)
        if inside:
            lines.add(len(kept))
    return RightAnswer("\n".join(kept), lines or set(range(1, len(kept) + 1)))
