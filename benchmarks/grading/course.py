"""An assignment of five exercises with torch, each with one test, as nbgrader has it."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

NAME = "tensors"
EXERCISES = {
    "center": ("return x - x.mean(dim=0)", "torch.allclose(center({x}).mean(dim=0), torch.zeros(4), atol=1e-6)"),
    "gram": ("return x @ x.T", "torch.allclose(gram({x}), torch.einsum('ik,jk->ij', {x}, {x}), atol=1e-5)"),
    "softmax": ("return torch.softmax(x, dim=1)", "torch.allclose(softmax({x}), {x}.exp() / {x}.exp().sum(1, True))"),
    "cosine": ("return x / x.norm(dim=1, keepdim=True)", "torch.allclose(cosine({x}).norm(dim=1), torch.ones(3))"),
    "slope": ("return torch.func.grad(lambda z: (z**3).sum())(x)", "torch.allclose(slope({x}), 3 * {x}**2)"),
}
RIGHT = {name: body for name, (body, _) in EXERCISES.items()}
WRONG, BLANK = "return 2 * x", "raise NotImplementedError"


def make(root: Path) -> Path:
    """A course with this assignment, generated."""
    marked = {name: f"### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION" for name, body in RIGHT.items()}
    _write(_notebook(marked), root / "source" / NAME)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'benchmark'\n")
    result = NbGraderAPI(config=config(root)).generate_assignment(NAME)
    assert result["success"], result["log"]
    return root


def hand_in(root: Path, submissions: int) -> list[str]:
    """A class of which a third has everything right, a third everything wrong, and a third nothing; their names."""
    kinds = [RIGHT, dict.fromkeys(EXERCISES, WRONG), dict.fromkeys(EXERCISES, BLANK)]
    students = [f"student-{i:04}" for i in range(submissions)]
    for i, student in enumerate(students):
        _write(_notebook(kinds[i % len(kinds)]), root / "submitted" / student / NAME)
    return students


def config(root: Path) -> Config:
    """nbgrader's settings for a course in this directory."""
    return Config({"CourseDirectory": {"course_id": "benchmark", "root": str(root), "db_url": _gradebook(root)}})


def scores(root: Path, students: list[str]) -> list[float]:
    """What the gradebook says."""
    with Gradebook(_gradebook(root), "benchmark") as gradebook:
        return [gradebook.find_submission(NAME, student).score for student in students]


def _gradebook(root: Path) -> str:
    return f"sqlite:///{root}/gradebook.db"


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
