"""A tiny course: two exercises with hidden tests, one answer graded by hand."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode, v4

from course_lib.grading import plan
from course_lib.grading.build import build, register
from course_lib.grading.course import Course
from course_lib.grading.engine import Engine
from course_lib.grading.grade import grade
from course_lib.grading.gradebook import opened
from course_lib.grading.kernels import prefer_this_python
from course_lib.grading.session import Session

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "tiny"
c.ExecutePreprocessor.timeout = 60
"""

DOUBLE = '''def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    result = x + x
    return result
    ### END SOLUTION
'''

DOUBLE_TEST = """assert double(2) == 4, "twice 2 is 4"
assert double(0) == 0
### BEGIN HIDDEN TESTS
for secret_number in (-17.25, 3):
    assert double(secret_number) == 2 * secret_number, f"wrong for x = {secret_number:g}"
### END HIDDEN TESTS
"""

ROOT = '''def root(x):
    """The square root of x; ValueError if there is none."""
    ### BEGIN SOLUTION
    if x < 0:
        raise ValueError("negative")
    return x ** 0.5
    ### END SOLUTION
'''

ROOT_TEST = """assert root(4.0) == 2.0, "the root of 4 is 2"
### BEGIN HIDDEN TESTS
assert abs(root(2.0) - SQRT_2) < 1e-12, "wrong for numbers that are not squares"
### END HIDDEN TESTS
"""

ROOT_ERROR_TEST = """### BEGIN HIDDEN TESTS
try:
    root(-98765)
except ValueError:
    pass
else:
    raise AssertionError("negative numbers have no root")
### END HIDDEN TESTS
"""


def metadata(name: str, **kind: object) -> dict:
    nbgrader = {"grade_id": name, "grade": False, "solution": False, "locked": False, "schema_version": 3, **kind}
    return {"nbgrader": nbgrader}


def cell(make: Callable, name: str, source: str, **kind: object) -> NotebookNode:
    return make(source, id=name, metadata=metadata(name, **kind))


def tiny_notebook() -> NotebookNode:
    code, text = v4.new_code_cell, v4.new_markdown_cell
    points = {"grade": True, "locked": True}
    cells = [
        text("# Homework", id="title"),
        cell(code, "setup", "SQRT_2 = 1.4142135623730951", locked=True),
        text("## Exercise 1: double\n\nTwice the number.", id="statement-1"),
        cell(code, "double", DOUBLE, solution=True),
        cell(code, "double-test", DOUBLE_TEST, **points, points=2),
        text("## Exercise 2: root", id="statement-2"),
        cell(code, "root", ROOT, solution=True),
        cell(code, "root-test", ROOT_TEST, **points, points=3),
        cell(code, "root-error-test", ROOT_ERROR_TEST, **points, points=1),
        text("## Exercise 3: why", id="statement-3"),
        cell(text, "why", "Because.", grade=True, solution=True, points=4),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def write(notebook: NotebookNode, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def make_course(root: Path) -> Course:
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    write(tiny_notebook(), root / "source" / "hw" / "hw.ipynb")
    return Course.find(root)


def edit(path: Path, **sources: str) -> None:
    """Give cells of a notebook file another source; of ``root_test`` is meant the cell ``root-test``."""
    notebook = nbformat.read(path, as_version=4)
    cells = {each.id: each for each in notebook.cells}
    for name, source in sources.items():
        cells[name.replace("_", "-")].source = source
    nbformat.write(notebook, path)


def answers(notebook: NotebookNode, **sources: str) -> NotebookNode:
    """A copy of a student's notebook with these answers."""
    mine = copy.deepcopy(notebook)
    for each in mine.cells:
        each.source = sources.get(each.id, each.source)
    return mine


@pytest.fixture(scope="session")
def new_once(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course with an empty gradebook: making one takes seconds, so tests get copies of this one."""
    course = make_course(tmp_path_factory.mktemp("new") / "course")
    with opened(course):
        return course


@pytest.fixture
def course(new_once: Course, tmp_path: Path) -> Course:
    """The tiny course in a directory of its own, nothing built yet."""
    return Course.find(shutil.copytree(new_once.root, tmp_path / "course"))


@pytest.fixture(scope="session")
def built_once(new_once: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course, built."""
    course = Course.find(shutil.copytree(new_once.root, tmp_path_factory.mktemp("built") / "course"))
    build(course, "hw")
    return course


@pytest.fixture
def built(built_once: Course, tmp_path: Path) -> Course:
    """The tiny course, built, in a directory of its own."""
    return Course.find(shutil.copytree(built_once.root, tmp_path / "course"))


@pytest.fixture(autouse=True, scope="session")
def this_python() -> None:
    prefer_this_python(os.environ)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The processes that grade, in the sandbox: starting them takes seconds, so all tests share these."""
    if shutil.which("bwrap") is None:
        pytest.skip("needs bubblewrap: apt-get install bubblewrap")
    with Engine() as engine:
        yield engine


def run_session(course: Course, engine: Engine, students: list[str], *, regrade: bool = False, **rules: Any) -> list:
    """Grade these students' submissions of ``hw`` here, one after the other; their results."""
    made = plan.make(course, "hw", register(course, "hw")[0], plan.Rules(**{"timeout": 60} | rules))
    session = Session(course, made, students, regrade=regrade)
    return list(session.run(lambda jobs, plan: ((job, grade(job, plan, engine)) for job in jobs)))


@pytest.fixture
def tiny() -> type:
    """This module's helpers, for tests that want to make notebooks of their own."""
    return Helpers


@pytest.fixture(scope="session")
def tiny_session() -> type:
    return Helpers


class Helpers:
    make_course = staticmethod(make_course)
    tiny_notebook = staticmethod(tiny_notebook)
    write = staticmethod(write)
    edit = staticmethod(edit)
    answers = staticmethod(answers)
    run_session = staticmethod(run_session)
    double_test, root_test, root_error_test = DOUBLE_TEST, ROOT_TEST, ROOT_ERROR_TEST
    right = {  # noqa: RUF012
        "double": DOUBLE.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", ""),
        "root": ROOT.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", ""),
    }
