"""What an exercise does not allow is noticed under whichever name it is used."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.grading import notebook as nbk
from course_lib.grading.forbidden import remarks

SOLUTIONS = sorted((Path(__file__).parents[2] / "solutions").glob("*/*.ipynb"))


def notebook(answer, forbid=()):
    metadata = {"nbgrader": {"grade_id": "ex1", "solution": True}, "course": {"forbid": list(forbid)}}
    return new_notebook(cells=[new_code_cell("import numpy as np"), new_code_cell(answer, metadata=metadata)])


@pytest.mark.parametrize(
    "answer",
    [
        "def det(A): return np.linalg.det(A)",
        "from numpy.linalg import det",
        "import numpy.linalg as la\nprint(la.det)",
        "from numpy import linalg\nd = linalg.det([[1.0]])",
        "f = np.linalg",
    ],
)
def test_found(answer):
    forbidden = "numpy.linalg" if answer == "f = np.linalg" else "numpy.linalg.det"
    (said,) = remarks(notebook(answer), notebook("", [forbidden]))
    assert said == f"ex1 uses {forbidden}, which is not allowed"


@pytest.mark.parametrize(
    "answer",
    ["def det(A): return det(A[1:])", "np.linalg.details", "%time np.linalg.det(A)", "f(x).linalg.det", "def ("],
)
def test_not_found(answer):
    assert remarks(notebook(answer), notebook("", ["numpy.linalg.det"])) == []


def test_errors_are_for_everybody():
    assert remarks(notebook("raise np.linalg.LinAlgError"), notebook("", ["numpy.linalg"])) == []


def test_what_students_write_into_the_metadata_does_not_count():
    assert remarks(notebook("np.dot", ["numpy"]), notebook("")) == []


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_no_solution_of_the_course_uses_what_it_forbids(path):
    solution = nbk.read(path)
    assert remarks(solution, solution) == []
