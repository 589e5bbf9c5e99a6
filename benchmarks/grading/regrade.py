"""``python -m benchmarks.grading.regrade 100 02_linear_algebra``: grading a class, and again after one test changed."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from course_lib.grading import notebook as nbk
from course_lib.grading.kernels import prefer_this_python

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("course"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading.regrade", description="Grade a class twice.")
    parser.add_argument("size", type=int, help="how many students")
    parser.add_argument("assignments", nargs="+", metavar="ASSIGNMENT")
    arguments = parser.parse_args()
    prefer_this_python(os.environ)
    table = Table("assignment", "class", "changed test", "graded in, s", "regraded in, s")
    for assignment in arguments.assignments:
        table.add_row(assignment, str(arguments.size), *measure(assignment, arguments.size))
    Console().print(table)


def measure(assignment: str, size: int) -> tuple[str, str, str]:
    """The test that was changed, and the seconds that both runs take."""
    with tempfile.TemporaryDirectory(prefix="course-benchmark-") as place:
        root = Path(place)
        shutil.copy(ROOT / "nbgrader_config.py", root)
        shutil.copytree(ROOT / "solutions" / assignment, root / "solutions" / assignment)
        _run(root, "simulate-class", assignment, "-n", str(size), "--out", "class")
        first = _run(root, "grade", assignment, "--submitted", "class")
        test = _change_a_test(root / "solutions" / assignment / f"{assignment}.ipynb")
        again = _run(root, "grade", assignment, "--submitted", "class", "--regrade")
    return test, f"{first:.1f}", f"{again:.1f}"


def _run(root: Path, *arguments: str) -> float:
    started = time.monotonic()
    subprocess.run([COMMAND, *arguments], cwd=root, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def _change_a_test(path: Path) -> str:
    """Let the first test ask for something more; its name."""
    notebook = nbformat.read(path, as_version=4)
    test = next(cell for cell in notebook.cells if nbk.is_test(cell))
    test.source += "\nassert True"
    nbformat.write(notebook, path)
    return str(nbk.grade_id(test))


if __name__ == "__main__":
    main()
