"""What holds for every lecture as it is stored: it keeps to its form, and what it teaches has a cell and a test."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import nbformat
import pytest
import yaml

from tests.notebooks.every_lecture import TestLecture as Everything

LECTURES = Path(__file__).parents[2] / "lectures"
NAMES = sorted(path.stem for path in LECTURES.glob("*.ipynb"))
COVERAGE = yaml.safe_load((LECTURES / "coverage.yml").read_text())


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(LECTURES / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("lecture", NAMES)
def test_what_holds_for_every_lecture_is_tested(lecture):
    module = importlib.import_module(f"tests.notebooks.test_{lecture}")
    assert module.TestLecture is Everything
    assert lecture == module.LECTURE


@pytest.mark.parametrize("lecture", NAMES)
def test_stored_form(lecture):
    notebook = read(lecture)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", i) and not re.fullmatch(r"[0-9a-f]{8}", i) for i in ids), (
        "name the cells"
    )
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        assert not cell.get("outputs"), f"{cell.id} is stored with outputs"
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("lecture", NAMES)
def test_rhythm(lecture):
    """Short cells, not too many words, a question before each demo and what to notice after it."""
    cells = read(lecture).cells
    prose = " ".join(cell.source for cell in cells if cell.cell_type == "markdown")
    words = len(re.findall(r"\w*[^\W\d_]\w*", re.sub(r"\$\$?.*?\$\$?", "", prose, flags=re.DOTALL)))
    assert 1500 <= words <= 2600, f"{words} words"
    for cell in cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 20, f"{cell.id}: move what is longer than 20 lines to course_lib"
    for before, cell, after in zip(cells, cells[1:], cells[2:], strict=False):
        if re.match(r"demos\.\w+\(", cell.source):
            assert "**Predict" in before.source, f"{cell.id}: no question to predict before the demo"
            assert "**What to notice.**" in after.source, f"{cell.id}: no word on what to notice after the demo"


@pytest.mark.parametrize("lecture", NAMES)
def test_code_is_python(lecture):
    """So that the linter, which skips cells that do not parse, has seen every one."""
    for cell in read(lecture).cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)


def test_every_lecture_has_its_coverage():
    assert sorted(COVERAGE) == NAMES


@pytest.mark.parametrize("lecture", sorted(COVERAGE))
def test_coverage_is_true(lecture):
    """Each item of the syllabus names a cell and a test that exist."""
    cells = {cell.id for cell in read(lecture).cells}
    tests = ast.parse((Path(__file__).parent / f"test_{lecture}.py").read_text())
    functions = {node.name for node in ast.walk(tests) if isinstance(node, ast.FunctionDef)}
    for item in COVERAGE[lecture]["teaches"] + COVERAGE[lecture]["reproduces"]:
        assert item["cell"] in cells, f"{item['item']}: no cell {item['cell']}"
        assert item["test"] in functions, f"{item['item']}: no test {item['test']}"
