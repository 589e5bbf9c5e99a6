"""A submission, read as hostile data, and the instructor's notebook with its answers put in.

Only the sources of known answer cells and of cells that a student added are taken. Metadata, tags, kernels, edited or
duplicated test cells and the order of known cells are the instructor's, whatever the file says.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from course_lib.grading import names
from course_lib.grading import notebook as nbk
from course_lib.grading.examiner import Step
from course_lib.grading.notebook import UnreadableNotebookError

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
    unknown: list[str] = field(default_factory=list)
    """The names of cells that the instructor's notebook does not have."""


def read(data: bytes, known: set[str]) -> Answers:
    """The answers in a submitted file.

    Args:
        data: What the file holds.
        known: The grade ids of the instructor's cells.

    Raises:
        UnreadableNotebookError: It is no notebook; the message says why.
    """
    answers = Answers()
    place = START
    seen: Counter[str] = Counter()
    for name, answer in _cells(data):
        if name in known:
            place = name
            seen[name] += 1
            answers.known[name] = answer
        else:
            answers.added.setdefault(place, []).append(answer)
            answers.unknown += [name] if name else []
    answers.duplicated = sorted(name for name, count in seen.items() if count > 1)
    return answers


def _cells(data: bytes) -> Iterator[tuple[str | None, Answer]]:
    notebook = _json(data)
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        raise UnreadableNotebookError("it is not a notebook in format 4, which is what JupyterLab saves")
    if len(notebook["cells"]) > MOST_CELLS:
        raise UnreadableNotebookError(f"it has {len(notebook['cells'])} cells")
    for cell in notebook["cells"]:
        if isinstance(cell, dict) and cell.get("cell_type") in ("code", "markdown"):
            yield _grade_id(cell), Answer(cell["cell_type"], _text(cell.get("source")))


def _json(data: bytes) -> Any:
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
    """A cell's source, without characters that no file and no database takes."""
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.replace("\0", "?").encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Cell:
    """A cell of the notebook that is graded: what is kept of it, and the step that runs it."""

    node: NotebookNode | None
    """None for the instructor's unnamed cells: of these the student's own copy is kept."""
    step: Step | None


@dataclass(frozen=True)
class Prepared:
    """The instructor's notebook with a student's answers."""

    cells: list[Cell]
    expected: frozenset[str] = frozenset()
    """Names that the instructor's answers define."""
    classes: frozenset[str] = frozenset()
    """Those of them that are classes."""
    missing: tuple[str, ...] = ()
    """Answer cells that the submission does not have."""
    unanswered: frozenset[str] = frozenset()
    """Answer cells that are as they were handed out."""
    duplicated: tuple[str, ...] = ()
    """Answer cells that the submission has several times; the last one counts."""
    unknown: tuple[str, ...] = ()
    """Named cells of the submission that the instructor's notebook does not have."""

    @property
    def steps(self) -> list[Step]:
        """What is run, in order."""
        return [cell.step for cell in self.cells if cell.step]

    @property
    def reserved(self) -> frozenset[str]:
        """Names that only the instructor's own cells define."""
        own = [step.source for step in self.steps if step.kind not in ("free", "solution")]
        return names.of_all(names.bound, own) - self.expected


def prepare(
    original: NotebookNode,
    answers: Answers,
    expected: frozenset[str] = frozenset(),
    classes: frozenset[str] = frozenset(),
) -> Prepared:
    """Put the answers into a copy of the instructor's notebook.

    Args:
        original: The instructor's notebook, its answers taken out.
        answers: The student's.
        expected: The names that the instructor's answers define.
        classes: Those of them that are classes.
    """
    forbidden = _forbidden(original)
    cells = [_added(answer, START, ()) for answer in answers.added.get(START, [])]
    missing, unanswered = [], set()
    for title, cell in nbk.exercises(original):
        name = nbk.grade_id(cell)
        forbid = forbidden.get(title, ())
        answer = answers.known.get(name or "")
        if nbk.is_locked(cell):
            cells.append(Cell(_copy(cell, cell.source), _step("test" if nbk.is_test(cell) else "locked", cell, forbid)))
        elif nbk.is_solution(cell):
            cells.append(_answered(cell, answer, forbid))
            if answer is None:
                missing.append(name or "")
            elif answer.source == cell.source:
                unanswered.add(name or "")
        else:
            cells.append(Cell(None, _step("plain", cell, forbid)))
            cells += [_answered(cell, answer, forbid, "free")] if answer else []
        if name:
            cells += [_added(answer, name, forbid) for answer in answers.added.get(name, [])]
    duplicated = tuple(name for name in answers.duplicated if name in answer_cells(original))
    return Prepared(cells, expected, classes, tuple(missing), frozenset(unanswered), duplicated, tuple(answers.unknown))


def answer_cells(original: NotebookNode) -> set[str]:
    """The names of the cells that students write."""
    return {name for cell in original.cells if (name := nbk.grade_id(cell)) and nbk.is_solution(cell)}


def _answered(cell: NotebookNode, answer: Answer | None, forbid: tuple[str, ...], kind: str = "solution") -> Cell:
    node = _copy(cell, answer.source if answer else "")
    return Cell(node, _step(kind, node, forbid))


def _copy(cell: NotebookNode, source: str) -> NotebookNode:
    node = NotebookNode(cell, metadata=NotebookNode(cell.metadata), source=source)
    if cell.cell_type == "code":
        node.update(outputs=[], execution_count=None)
    return node


def _step(kind: str, cell: NotebookNode, forbid: tuple[str, ...]) -> Step | None:
    return Step(kind, nbk.grade_id(cell) or "", cell.source, forbid) if cell.cell_type == "code" else None


def _added(answer: Answer, name: str, forbid: tuple[str, ...]) -> Cell:
    if answer.kind == "code":
        node = NotebookNode(cell_type="code", metadata={}, source=answer.source, outputs=[], execution_count=None)
        return Cell(node, Step("free", f"added after {name}" if name else "added at the top", answer.source, forbid))
    return Cell(NotebookNode(cell_type="markdown", metadata={}, source=answer.source), None)


def _forbidden(original: NotebookNode) -> dict[str, tuple[str, ...]]:
    """What each exercise, by its title, does not allow."""
    rules: dict[str, tuple[str, ...]] = {}
    for title, cell in nbk.exercises(original):
        names = cell.metadata.get("course", {}).get("forbid", [])
        rules[title] = tuple(sorted({*rules.get(title, ()), *names}))
    return rules
