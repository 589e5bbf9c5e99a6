"""A submission as hostile data: from the directory to the steps that are run."""

import json
import os

import pytest
from nbformat import v4

from course_lib.grading import collect, preflight
from course_lib.grading import notebook as nbk

CELLS = {"hw": {"double", "root", "why"}}


def cells(tiny, *edits):
    """The tiny notebook as JSON, after some edits of its list of cells."""
    notebook = json.loads(json.dumps(tiny.tiny_notebook()))
    for edit in edits:
        edit(notebook["cells"])
    return json.dumps(notebook).encode()


def steps(tiny, data):
    original = tiny.tiny_notebook()
    return preflight.prepare(original, preflight.read(data, set(nbk.by_grade_id(original)))).steps


def by_name(tiny, data):
    return {step.name: step for step in steps(tiny, data)}


def test_only_answers_are_taken(tiny):
    def forge(cells):
        for cell in cells:
            cell["metadata"]["tags"] = ["skip-execution"]
            cell["source"] = "forged"

    ran = by_name(tiny, cells(tiny, forge))
    assert ran["double"].source == ran["root"].source == "forged"
    assert ran["double-test"].source == tiny.double_test
    assert ran["setup"].source.startswith("SQRT_2 = ")


def test_the_order_is_the_instructors(tiny):
    assert [step.name for step in steps(tiny, cells(tiny, list.reverse))] == [
        step.name for step in steps(tiny, cells(tiny))
    ]


def test_added_cells_run_after_the_cell_they_stand_behind(tiny):
    added = json.loads(json.dumps(v4.new_code_cell("x = 1")))
    ran = [(step.kind, step.name) for step in steps(tiny, cells(tiny, lambda cells: cells.insert(4, added)))]
    assert ran.index(("free", "added after double")) == ran.index(("solution", "double")) + 1


def test_what_is_missing_twice_or_untouched_is_known(tiny):
    original = tiny.tiny_notebook()

    def edit(cells):
        cells.append(next(cell for cell in cells if cell["id"] == "double"))
        cells.remove(next(cell for cell in cells if cell["id"] == "root"))
        cells.remove(next(cell for cell in cells if cell["id"] == "root-test"))

    prepared = preflight.prepare(original, preflight.read(cells(tiny, edit), set(nbk.by_grade_id(original))))
    assert (prepared.missing, prepared.duplicated) == (("root",), ("double",))
    assert prepared.unanswered == {"double", "why"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "not a text file"),
        (b"{", "not JSON"),
        (b"[]", "not a notebook in format 4"),
        (b'{"nbformat": 3, "worksheets": []}', "not a notebook in format 4"),
        (b"[" * 100_000, "not JSON"),
        (json.dumps({"nbformat": 4, "cells": [0] * 5001}).encode(), "5001 cells"),
    ],
)
def test_what_is_no_notebook(data, why):
    with pytest.raises(nbk.UnreadableNotebookError, match=why):
        preflight.read(data, set())


@pytest.mark.parametrize(
    "cell",
    [0, None, {}, {"cell_type": []}, {"cell_type": "code", "metadata": 3}, {"cell_type": "code", "source": {"a": 1}}],
)
def test_malformed_cells_are_passed_over(cell):
    answers = preflight.read(json.dumps({"nbformat": 4, "cells": [cell]}).encode(), {"double"})
    assert answers.known == {}


# ------------------------------------------------------------------------------------------------------- directories


@pytest.fixture
def submitted(tmp_path, tiny):
    tiny.write(tiny.tiny_notebook(), tmp_path / "ada" / "hw.ipynb")
    return tmp_path / "ada"


def test_bytes_of_everything(submitted):
    (submitted / "data").mkdir()
    (submitted / "data" / "x.csv").write_bytes(b"1,2")
    (submitted / ".ipynb_checkpoints").mkdir()
    (submitted / ".ipynb_checkpoints" / "hw-checkpoint.ipynb").write_text("{}")
    job = collect.collect("ada", submitted, CELLS)
    assert (list(job.notebooks), job.files, job.remarks) == (["hw"], {"data/x.csv": b"1,2"}, ())


def test_the_version_is_that_of_the_contents(submitted):
    first = collect.collect("ada", submitted, CELLS).version
    assert collect.collect("eve", submitted, CELLS).version == first
    (submitted / "x.csv").write_bytes(b"1")
    assert collect.collect("ada", submitted, CELLS).version != first


@pytest.mark.parametrize(
    ("put", "why"),
    [
        (lambda path: path.symlink_to("/etc/passwd"), "a link"),
        (lambda path: path.symlink_to("/etc"), "a link"),
        (os.mkfifo, "a pipe"),
        (lambda path: path.write_bytes(bytes(11)), "too large"),
    ],
)
def test_what_is_left_out(submitted, monkeypatch, put, why):
    monkeypatch.setattr(collect, "MOST_BESIDE", 10)
    put(submitted / "x")
    job = collect.collect("ada", submitted, CELLS)
    assert job.files == {}
    assert why in job.remarks[0]


def test_a_renamed_notebook_is_found_only_if_it_is_the_one(submitted, tiny):
    (submitted / "hw.ipynb").rename(submitted / "My hw.ipynb")
    assert list(collect.collect("ada", submitted, CELLS).notebooks) == ["hw"]
    assert collect.collect("ada", submitted, {"hw": {"other"}}).missing
    assert collect.collect("ada", submitted, CELLS | {"hw2": {"double"}}).missing
    (submitted / "copy.ipynb").write_bytes((submitted / "My hw.ipynb").read_bytes())
    assert collect.collect("ada", submitted, CELLS).missing
