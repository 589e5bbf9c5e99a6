"""Executes each lecture once, without a network, and hands the result to the tests that look at it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
LECTURES = ROOT / "lectures"


def lecture_of(item: pytest.Item) -> str:
    """The lecture that the test's module names."""
    return item.module.LECTURE


def numbers(text: str) -> list[float]:
    """The numbers in a text, in order; 1,000 is one of them."""
    return [float(x) for x in re.findall(r"[-+]?\d+\.?\d*(?:e[+-]?\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))]


class Executed:
    """An executed lecture: its cells by id, and the text that each printed."""

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        self.notebook = notebook
        self.cells = {cell.id: cell for cell in notebook.cells}

    def outputs(self, cell_id: str) -> list[nbformat.NotebookNode]:
        return self.cells[cell_id].get("outputs", [])

    def text(self, cell_id: str) -> str:
        return "".join(o.text for o in self.outputs(cell_id) if o.output_type == "stream" and o.name == "stdout")

    def line(self, cell_id: str, start: str) -> str:
        """The first printed line of a cell that starts with some words, without them."""
        return next(line for line in self.text(cell_id).splitlines() if line.startswith(start)).removeprefix(start)

    def after(self, cell_id: str, words: str) -> float:
        """The first number that a cell prints after some words."""
        return numbers(self.text(cell_id).split(words)[1])[0]

    def plain(self, cell_id: str) -> str:
        """What a cell displays, in plain text: a table, or the words beside a demo's picture."""
        return next(o.data["text/plain"] for o in self.outputs(cell_id) if "text/plain" in o.get("data", {}))


@pytest.fixture(scope="session")
def execute():
    done: dict[str, Executed] = {}

    def run(name: str) -> Executed:
        if name not in done:
            notebook = nbformat.read(LECTURES / f"{name}.ipynb", as_version=4)
            client = NotebookClient(
                notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(LECTURES)}}
            )
            client.execute(env={**os.environ, "PYTHONPATH": str(Path(__file__).parent / "offline")})
            done[name] = Executed(notebook)
        return done[name]

    return run


@pytest.fixture
def executed(execute, request: pytest.FixtureRequest) -> Executed:
    """The executed lecture that a test is about."""
    return execute(lecture_of(request.node))
