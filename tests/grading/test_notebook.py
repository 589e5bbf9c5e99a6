"""Reading notebooks that anybody may have written."""

import json

import nbformat
import pytest

from course_lib.grading import notebook as nbk


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a notebook"),
        (b"{}", "not a notebook"),
        (b'{"nbformat": 3, "worksheets": []}', "format 4"),
        (b'{"nbformat": 4, "cells": 7}', "not a notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [7]}', "malformed"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}', "malformed"),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": '
            b'[{"cell_type": "code", "outputs": [], "source": "", "metadata": {"nbgrader": 3}}]}',
            "malformed",
        ),
    ],
)
def test_what_is_no_notebook(tmp_path, content, reason):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(nbk.UnreadableNotebookError, match=reason):
        nbk.read(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(nbk.UnreadableNotebookError, match="No such file"):
        nbk.read(tmp_path / "x.ipynb")


def test_sources_may_be_lists_of_lines(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("a\nb")])
    path = tmp_path / "x.ipynb"
    path.write_text(nbformat.v4.writes(notebook))
    assert json.loads(path.read_text())["cells"][0]["source"] == ["a\n", "b"]
    assert nbk.read(path).cells[0].source == "a\nb"


def test_kinds_of_cells(tiny):
    notebook = tiny.tiny_notebook()
    names = {
        kind.__name__: [nbk.grade_id(cell) for cell in notebook.cells if kind(cell)]
        for kind in (nbk.is_solution, nbk.is_test, nbk.is_locked, nbk.is_graded)
    }
    tests = ["double-test", "root-test", "root-error-test"]
    assert names == {
        "is_solution": ["double", "root", "why"],
        "is_test": tests,
        "is_locked": ["setup", *tests],
        "is_graded": [*tests, "why"],
    }


def test_exercises_are_named_by_headings(tiny):
    titles = {nbk.grade_id(cell): title for title, cell in nbk.exercises(tiny.tiny_notebook())}
    assert titles["setup"] == "Homework"
    assert titles["double-test"] == "Exercise 1: double"
    assert titles["root-error-test"] == "Exercise 2: root"


def test_hidden_lines(tiny):
    assert nbk.hidden_lines(tiny.double_test) == {3, 4, 5, 6}
    assert nbk.hidden_lines("a\nb") == set()
    assert nbk.hidden_lines("# BEGIN HIDDEN TESTS\na") == {1, 2}, "without an end all that follows is hidden"
