"""Runs an assignment's cells in one process, hundreds of times a minute, and says which points they earn.

A notebook's cells run in one fresh namespace, in order, as a kernel would run them: a cell that fails stops nobody
but itself. Before that, solution cells can be replaced by another answer. A test cell earns its points when it does
not raise. There is no time limit, no sandbox and no magic command: this runs our own answers only.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import Any, NamedTuple

import nbformat
from nbformat import NotebookNode

from course_lib.grading import notebook as nbk

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = sorted({path.parent.name for path in (ROOT / "solutions").glob("[!.]*/*.ipynb")})


class Outcome(NamedTuple):
    """What a test cell gave: its points and nothing, or 0 and what went wrong."""

    points: float
    message: str = ""


def solution(assignment: str) -> NotebookNode:
    """The instructor's notebook."""
    return _read(ROOT / "solutions" / assignment / f"{assignment}.ipynb")


def release(assignment: str) -> NotebookNode:
    """The students' notebook."""
    return _read(ROOT / "exercises" / assignment / f"{assignment}.ipynb")


@cache
def _read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def exercise(notebook: NotebookNode, name: str) -> NotebookNode:
    """A notebook cut down to one exercise, ``ex3`` say, and the cells that belong to none, like the setup."""
    cells = [cell for cell in notebook.cells if not re.match(r"ex\d+-", cell.id) or cell.id.startswith(f"{name}-")]
    return NotebookNode({**notebook, "cells": cells})


def run(notebook: NotebookNode, replacements: Mapping[str, str] = MappingProxyType({})) -> dict[str, Outcome]:
    """Run a notebook with some answers in it.

    Args:
        notebook: An assignment's notebook, the instructor's or the students'.
        replacements: Sources by the grade_id of the cell that they replace.

    Returns:
        For each test cell, by its grade_id: its points, or 0 and the error.

    Raises:
        KeyError: A replacement is for a cell that does not exist.
    """
    if unknown := set(replacements) - set(nbk.by_grade_id(notebook)):
        raise KeyError(f"the notebook has no cells called {sorted(unknown)}")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    outcomes = {}
    sink = io.StringIO()
    with redirect_stdout(sink), redirect_stderr(sink), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a notebook shows warnings and goes on
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            name = nbk.grade_id(cell) or cell.id
            error = _execute(replacements.get(name, cell.source), name, namespace)
            if nbk.is_test(cell):
                outcomes[name] = Outcome(nbk.points(cell)) if error is None else Outcome(0, error)
    return outcomes


def _execute(source: str, name: str, namespace: dict[str, Any]) -> str | None:
    """Run one cell; its error in words, if it ends with one."""
    try:
        exec(_compiled(source, name), namespace)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


@cache
def _compiled(source: str, name: str) -> CodeType:
    return compile(source, f"<{name}>", "exec", dont_inherit=True)  # this file's __future__ is no notebook's


class Answer(NamedTuple):
    """An answer to one exercise, and the points it must lose, by test cell."""

    name: str
    exercise: str
    source: str
    loses: dict[str, float]

    @property
    def cell(self) -> str:
        """The grade_id of the cell that it answers."""
        return f"{self.exercise}-solution"


@cache
def answers(assignment: str) -> list[Answer]:
    """The answers in ``answers/<assignment>.py``, right and wrong.

    Each starts with a heading, ``# %% ex1: no absolute value | values 4, errors 2``: it answers the cell
    ``ex1-solution`` and loses the points of ``ex1-test-values`` and ``ex1-test-errors``; a right one loses ``nothing``.
    Then comes a function, run after the imports at the top of the file. Or lines that start with ``# -`` and ``# +``:
    in the instructor's answer, the text of the first is replaced by the text of the second.

    Raises:
        ValueError: What is to be replaced does not occur exactly once.
    """
    text = (Path(__file__).parent / "answers" / f"{assignment}.py").read_text()
    imports, *parts = re.split(r"^# %% (.+)\n", text, flags=re.MULTILINE)
    solutions = nbk.by_grade_id(solution(assignment))
    found = []
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        name, loses = heading.split(" | ")
        number = name.split(":")[0]
        changes = re.findall(r"^# - (.+)\n((?:# \+.*\n)+)", body, flags=re.MULTILINE)
        source = _changed(solutions[f"{number}-solution"].source, changes, name) if changes else imports + body
        found.append(Answer(name, number, source, dict(_points(number, loses))))
    return found


def _changed(source: str, changes: list[tuple[str, str]], name: str) -> str:
    for old, new in changes:
        if source.count(old) != 1:
            raise ValueError(f"{name}: {old!r} occurs {source.count(old)} times in the instructor's answer, not once")
        source = source.replace(old, "\n".join(line[4:] for line in new.splitlines()))
    return source


def _points(number: str, loses: str) -> Iterator[tuple[str, float]]:
    if loses != "nothing":
        for part in loses.split(", "):
            test, points = part.rsplit(" ", 1)
            yield f"{number}-test-{test}", float(points)
