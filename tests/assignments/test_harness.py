"""The harness itself, on a notebook of four cells."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.grading import notebook as nbk
from tests.assignments import harness


def cell(name: str, source: str, **metadata):
    return new_code_cell(source, id=name, metadata={"nbgrader": {"grade_id": name, "solution": False, **metadata}})


@pytest.fixture
def notebook():
    return new_notebook(
        cells=[
            new_markdown_cell("# Title", id="title"),
            cell("setup", "import numpy as np", locked=True),
            cell("ex1-solution", "def f():\n    print('loud')\n    return 1", solution=True),
            cell("ex1-test-a", "assert f() == 1, 'not 1'", grade=True, points=2),
            cell("ex1-test-b", "assert f() < 2\nnp.log(0.0)", grade=True, points=3),
            cell("ex2-test-a", "assert f() == 1", grade=True, points=1),
        ]
    )


def test_passing_tests_earn_their_points(notebook, capsys):
    assert harness.run(notebook) == {"ex1-test-a": (2, ""), "ex1-test-b": (3, ""), "ex2-test-a": (1, "")}
    assert capsys.readouterr().out == "", "what an answer prints is swallowed"


def test_a_failing_test_costs_only_itself(notebook):
    outcomes = harness.run(notebook, {"ex1-solution": "def f():\n    return 0"})
    assert outcomes["ex1-test-a"] == (0, "AssertionError: not 1")
    assert outcomes["ex1-test-b"] == (3, "")


def test_an_answer_that_does_not_compile_is_no_answer(notebook):
    outcomes = harness.run(notebook, {"ex1-solution": "def f(:"})
    assert outcomes["ex1-test-a"] == (0, "NameError: name 'f' is not defined")


def test_cells_are_compiled_as_a_kernel_compiles_them(notebook):
    """This machinery's own ``from __future__ import annotations`` would turn annotations into strings."""
    outcomes = harness.run(notebook, {"ex1-solution": "def f(x: int = 1):\n    return f.__annotations__['x'] is int"})
    assert outcomes["ex1-test-a"].points == 2


def test_runs_share_nothing(notebook):
    harness.run(notebook)
    assert harness.run(notebook, {"ex1-solution": ""})["ex1-test-a"].points == 0


def test_an_exercise_keeps_the_setup(notebook):
    assert [cell.id for cell in harness.exercise(notebook, "ex2").cells] == ["title", "setup", "ex2-test-a"]


def test_unknown_cells_are_named(notebook):
    with pytest.raises(KeyError, match="ex9-solution"):
        harness.run(notebook, {"ex9-solution": ""})


def test_changes_must_be_unambiguous(notebook):
    source = nbk.by_grade_id(notebook)["ex1-solution"].source
    assert "return 2" in harness._changed(source, [("return 1", "# + return 2\n")], "ex1: two")
    with pytest.raises(ValueError, match="ex1: vague: 'return 7' occurs 0 times"):
        harness._changed(source, [("return 7", "# + return 2\n")], "ex1: vague")
