"""Reading notebooks that anybody may have written, and what nbgrader's cell metadata say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


class UnreadableNotebookError(Exception):
    """A file that is no notebook; the message says why."""


def read(path: Path) -> NotebookNode:
    """A notebook in format 4.

    Raises:
        UnreadableNotebookError: The file is missing, empty, not JSON or not a notebook.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UnreadableNotebookError(f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableNotebookError("it is not a text file") from error
    if not text.strip():
        raise UnreadableNotebookError("it is empty")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableNotebookError(f"it is not JSON: {error}") from error
    if not isinstance(raw, dict) or raw.get("nbformat") != 4 or not isinstance(raw.get("cells"), list):
        raise UnreadableNotebookError("it is not a notebook in format 4, which is what JupyterLab saves")
    try:
        notebook = nbformat.v4.reads(text)
    except Exception as error:
        raise UnreadableNotebookError("its cells are malformed") from error
    if not all(_well_formed(cell) for cell in notebook.cells):
        raise UnreadableNotebookError("its cells are malformed")
    return notebook


def _well_formed(cell: object) -> bool:
    return (
        isinstance(cell, dict)
        and cell.get("cell_type") in ("code", "markdown", "raw")
        and isinstance(cell.get("source"), str)
        and isinstance(cell.get("metadata"), dict)
        and isinstance(cell["metadata"].get("nbgrader", {}), dict)
    )


def grade_id(cell: NotebookNode) -> str | None:
    """nbgrader's name for a cell, if it has one."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_solution(cell: NotebookNode) -> bool:
    """Whether a student writes this cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_graded(cell: NotebookNode) -> bool:
    """Whether the cell has points."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def is_test(cell: NotebookNode) -> bool:
    """Whether the cell holds tests that earn points."""
    return cell.cell_type == "code" and is_graded(cell) and not is_solution(cell)


def is_locked(cell: NotebookNode) -> bool:
    """Whether nbgrader puts the instructor's text back before it grades."""
    return not is_solution(cell) and (is_graded(cell) or bool(cell.metadata.get("nbgrader", {}).get("locked")))


def is_written(cell: NotebookNode) -> bool:
    """Whether the cell holds an answer in words, which a person grades."""
    return cell.cell_type == "markdown" and is_graded(cell) and is_solution(cell)


def points(cell: NotebookNode) -> float:
    """What a graded cell is worth."""
    return float(cell.metadata.nbgrader.get("points", 0))


def by_grade_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The cells that nbgrader knows, by name; of a duplicated cell the last, which is the one nbgrader keeps."""
    return {name: cell for cell in notebook.cells if (name := grade_id(cell))}


def exercises(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Every cell with the title of the exercise it belongs to: the last heading above it."""
    title = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if heading := re.match(r"#{1,6}\s+(.+)", line):
                    title = heading[1].strip()
        yield title, cell


def hidden_lines(source: str, begin: str = BEGIN_HIDDEN, end: str = END_HIDDEN) -> set[int]:
    """The numbers of the lines that are hidden tests, counted from 1, with the two lines that mark them.

    >>> sorted(hidden_lines("a\\n### BEGIN HIDDEN TESTS\\nb\\n### END HIDDEN TESTS\\nc"))
    [2, 3, 4]
    """
    hidden, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = inside or begin in line
        if inside:
            hidden.add(number)
        inside = inside and end not in line
    return hidden


def as_text(notebook: NotebookNode) -> list[str]:
    """The notebook as lines that a person can compare: each cell's type, name and source."""
    lines = []
    for number, cell in enumerate(notebook.cells, start=1):
        lines += [
            f"[cell {number}: {cell.cell_type} {grade_id(cell) or ''}".rstrip() + "]",
            *cell.source.split("\n"),
            "",
        ]
    return lines


def plain(text: str) -> str:
    """Text without the escape sequences that colour a traceback."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def error(cell: NotebookNode) -> NotebookNode | None:
    """The error that a cell ended with, if it did: of a cell that was interrupted for it, the timeout."""
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return errors[-1] if errors else None
