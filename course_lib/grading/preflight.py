"""A submission, read as hostile data, and the instructor's notebook with its answers put in.

Only the sources of known answer cells and of cells that a student added are taken. Metadata, tags, kernels, edited or
duplicated test cells and the order of known cells are the instructor's, whatever the file says.
"""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from course_lib.grading import notebook as nbk
from course_lib.grading.examiner import Step
from course_lib.grading.notebook import UnreadableNotebookError
from course_lib.grading.student import top_level_names

LARGEST_FILE = 50 * 2**20
MOST_CELLS = 5000
START = ""
"""Where cells stand that come before every known one."""


@dataclass(frozen=True)
class Answer:
    """A cell of a submission."""

    kind: str
    """``code`` or ``markdown``."""
    source: str


@dataclass
class Answers:
    """What is taken of a submission."""

    known: dict[str, Answer] = field(default_factory=dict)
    """The cells that the instructor named."""
    added: dict[str, list[Answer]] = field(default_factory=dict)
    """The cells that the student added, by the known cell that they come after."""
    duplicated: list[str] = field(default_factory=list)


def read(path: Path, names: set[str]) -> Answers:
    """The answers in a submitted file.

    Args:
        path: The file; a link is not followed.
        names: The grade ids of the instructor's cells.

    Raises:
        UnreadableNotebookError: It is no notebook; the message says why.
    """
    answers = Answers()
    place = START
    seen: Counter[str] = Counter()
    for name, answer in _cells(path):
        if name in names:
            place = name
            seen[name] += 1
            answers.known[name] = answer
        else:
            answers.added.setdefault(place, []).append(answer)
    answers.duplicated = sorted(name for name, count in seen.items() if count > 1)
    return answers


def _cells(path: Path) -> Iterator[tuple[str | None, Answer]]:
    notebook = _json(path)
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        raise UnreadableNotebookError("it is not a notebook in format 4, which is what JupyterLab saves")
    if len(notebook["cells"]) > MOST_CELLS:
        raise UnreadableNotebookError(f"it has {len(notebook['cells'])} cells")
    for cell in notebook["cells"]:
        if isinstance(cell, dict) and cell.get("cell_type") in ("code", "markdown"):
            yield _grade_id(cell), Answer(cell["cell_type"], _text(cell.get("source")))


def _json(path: Path) -> Any:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise UnreadableNotebookError(f"it cannot be read: {error.strerror}") from error
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableNotebookError("it is no file")
        if status.st_size > LARGEST_FILE:
            raise UnreadableNotebookError(f"it is {status.st_size >> 20} MiB large, more than {LARGEST_FILE >> 20}")
        data = file.read(LARGEST_FILE + 1)
    if not data.strip():
        raise UnreadableNotebookError("it is empty")
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadableNotebookError("it is not a text file") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableNotebookError(f"it is not JSON: {error}") from error


def _grade_id(cell: dict[str, Any]) -> str | None:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else None


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


@dataclass(frozen=True)
class Cell:
    """A cell of the notebook that is graded: what is kept of it, and the step that runs it."""

    node: NotebookNode
    step: Step | None


@dataclass(frozen=True)
class Prepared:
    """The instructor's notebook with a student's answers."""

    cells: list[Cell]
    expected: frozenset[str]
    """Names that the instructor's answers define."""
    missing: list[str]
    """Answer cells that the submission does not have."""
    duplicated: list[str]

    @property
    def steps(self) -> list[Step]:
        """What is run, in order."""
        return [cell.step for cell in self.cells if cell.step]


def prepare(original: NotebookNode, answers: Answers) -> Prepared:
    """Put the answers into a copy of the instructor's notebook."""
    forbidden = _forbidden(original)
    cells = [_added(answer, f"added-{START}", ()) for answer in answers.added.get(START, [])]
    expected: set[str] = set()
    missing = []
    for title, cell in nbk.exercises(original):
        name = nbk.grade_id(cell)
        forbid = forbidden.get(title, ())
        node = NotebookNode(cell, metadata=NotebookNode(cell.metadata))
        if cell.cell_type == "code":
            node.update(outputs=[], execution_count=None)
        if name and nbk.is_solution(cell):
            expected |= top_level_names(cell.source)
            answer = answers.known.get(name)
            if answer is None:
                missing.append(name)
            node.source = answer.source if answer else ""
        cells.append(Cell(node, _step(node, name, forbid)))
        if name:
            cells += [_added(answer, f"added-{name}", forbid) for answer in answers.added.get(name, [])]
    return Prepared(cells, frozenset(expected), missing, answers.duplicated)


def _step(cell: NotebookNode, name: str | None, forbid: tuple[str, ...]) -> Step | None:
    if cell.cell_type != "code":
        return None
    kind = "solution" if nbk.is_solution(cell) else "test" if nbk.is_test(cell) else "locked"
    return Step(kind if nbk.is_locked(cell) or kind == "solution" else "plain", name or "", cell.source, forbid)


def _added(answer: Answer, name: str, forbid: tuple[str, ...]) -> Cell:
    if answer.kind == "code":
        node = NotebookNode(cell_type="code", metadata={}, source=answer.source, outputs=[], execution_count=None)
        return Cell(node, Step("free", name, answer.source, forbid))
    return Cell(NotebookNode(cell_type="markdown", metadata={}, source=answer.source), None)


def _forbidden(original: NotebookNode) -> dict[str, tuple[str, ...]]:
    """What each exercise, by its title, does not allow."""
    rules: dict[str, tuple[str, ...]] = {}
    for title, cell in nbk.exercises(original):
        names = cell.metadata.get("course", {}).get("forbid", [])
        rules[title] = tuple(sorted({*rules.get(title, ()), *names}))
    return rules
