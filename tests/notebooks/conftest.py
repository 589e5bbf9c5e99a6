"""Executes each lecture once, without a network, and hands the result to the tests that look at it."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
LECTURES = ROOT / "lectures"


def lecture_of(item: pytest.Item) -> str:
    """The lecture named by the test's parameter ``lecture`` or by its module's ``LECTURE``."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return params.get("lecture") or item.module.LECTURE


class Executed:
    """An executed lecture: its cells by id, and the text that each printed."""

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        self.notebook = notebook
        self.cells = {cell.id: cell for cell in notebook.cells}

    def outputs(self, cell_id: str) -> list[nbformat.NotebookNode]:
        return self.cells[cell_id].get("outputs", [])

    def text(self, cell_id: str) -> str:
        return "".join(o.text for o in self.outputs(cell_id) if o.output_type == "stream" and o.name == "stdout")


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
