"""A class graded by ``course grade``, in the sandbox, beside plain ``nbgrader autograde``: five tests with torch.

Both write their gradebook. Ours is the whole command, from its start to its table; nbgrader's start does not count.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from course_lib.grading.kernels import prefer_this_python

from ._measure import Case, Family

NAME = "tensors"
EXERCISES = {
    "center": ("return x - x.mean(dim=0)", "torch.allclose(center({x}).mean(dim=0), torch.zeros(4), atol=1e-6)"),
    "gram": ("return x @ x.T", "torch.allclose(gram({x}), torch.einsum('ik,jk->ij', {x}, {x}), atol=1e-5)"),
    "softmax": ("return torch.softmax(x, dim=1)", "torch.allclose(softmax({x}), {x}.exp() / {x}.exp().sum(1, True))"),
    "cosine": ("return x / x.norm(dim=1, keepdim=True)", "torch.allclose(cosine({x}).norm(dim=1), torch.ones(3))"),
    "slope": ("return torch.func.grad(lambda z: (z**3).sum())(x)", "torch.allclose(slope({x}), 3 * {x}**2)"),
}
WRONG, BLANK = "return 2 * x", "raise NotImplementedError"


def families(submissions: int = 200, by_nbgrader: int = 3) -> list[Family]:
    """One case.

    Args:
        submissions: The size of the class.
        by_nbgrader: How many of them nbgrader grades, which takes equally long for each.
    """
    place = Path(tempfile.mkdtemp(prefix="course-benchmark-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    prefer_this_python(os.environ)
    root, few = _make_course(place / "course", submissions), [_student(i) for i in range(by_nbgrader)]
    stock = NbGraderAPI(config=_config(shutil.copytree(root, place / "stock")))

    def ours() -> list[float]:
        command = [Path(sys.executable).with_name("course"), "grade", NAME, "--regrade"]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
        return _scores(root, few)

    def theirs() -> list[float]:
        for student in few:
            result = stock.autograde(NAME, student)
            assert result["success"], result["log"]
        return _scores(place / "stock", few)

    name = f"{submissions} submissions, five tests with torch"
    return [Family("grading", [Case(name, ours, theirs, 1 / 20, share=by_nbgrader / submissions, rounds=3)])]


def _make_course(root: Path, submissions: int) -> Path:
    """A course with one assignment, and a class of which a third is right, a third wrong and a third blank."""
    right = {name: body for name, (body, _) in EXERCISES.items()}
    marked = {name: f"### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION" for name, body in right.items()}
    _write(_notebook(marked), root / "source" / NAME)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'benchmark'\n")
    kinds = [right, dict.fromkeys(EXERCISES, WRONG), dict.fromkeys(EXERCISES, BLANK)]
    for i in range(submissions):
        _write(_notebook(kinds[i % len(kinds)]), root / "submitted" / _student(i) / NAME)
    result = NbGraderAPI(config=_config(root)).generate_assignment(NAME)
    assert result["success"], result["log"]
    return root


def _notebook(bodies: dict[str, str]) -> NotebookNode:
    cells = [_cell("setup", "import torch\n\nX = torch.arange(1.0, 13.0).reshape(3, 4) / 10", locked=True)]
    for name, body in bodies.items():
        visible, hidden = (f"assert {EXERCISES[name][1].format(x=x)}" for x in ("X", "X.flip(0)"))
        test = f"{visible}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
        cells.append(_cell(name, f"def {name}(x):\n    {body}", solution=True))
        cells.append(_cell(f"{name}-test", test, grade=True, locked=True, points=2))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(name: str, source: str, **kind: object) -> NotebookNode:
    nbgrader = {"grade_id": name, "grade": False, "solution": False, "locked": False, "schema_version": 3, **kind}
    return new_code_cell(source, id=name, metadata={"nbgrader": nbgrader})


def _write(notebook: NotebookNode, directory: Path) -> None:
    directory.mkdir(parents=True)
    nbformat.write(notebook, directory / f"{NAME}.ipynb")


def _student(i: int) -> str:
    return f"student-{i:04}"


def _config(root: Path) -> Config:
    course = {"course_id": "benchmark", "root": str(root), "db_url": f"sqlite:///{root}/gradebook.db"}
    return Config({"CourseDirectory": course})


def _scores(root: Path, students: list[str]) -> list[float]:
    with Gradebook(f"sqlite:///{root}/gradebook.db", "benchmark") as gradebook:
        return [gradebook.find_submission(NAME, student).score for student in students]
