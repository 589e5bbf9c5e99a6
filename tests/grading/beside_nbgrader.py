"""``python -m tests.grading.beside_nbgrader [ASSIGNMENT …]``: the totals that nbgrader gives, and ours.

Right, wrong and blank submissions of every assignment are graded by ``nbgrader autograde`` and ``course grade`` from
the command line; exit status 1 if a score differs in any test cell. It takes minutes, so it is no test of every run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from rich.console import Console
from rich.table import Table

from course_lib.grading.kernels import prefer_this_python
from tests.assignments import harness
from tests.grading import submissions

BIN = Path(sys.executable).parent


def main(assignments: list[str]) -> int:
    prefer_this_python(os.environ)
    table = Table("assignment", "submission", "points", "nbgrader", "ours", "tests that differ")
    differences = 0
    for assignment in assignments or harness.ASSIGNMENTS:
        with tempfile.TemporaryDirectory(prefix="course-beside-") as place:
            root = make(Path(place), assignment)
            theirs, ours = graded(root / "nbgrader", assignment), graded(root / "ours", assignment)
        for kind in submissions.KINDS:
            differ = [name for name, score in theirs[kind].items() if ours[kind][name] != score]
            differences += len(differ)
            scores = (f"{sum(each[kind].values()):g}" for each in (theirs, ours))
            table.add_row(assignment, kind, f"{sum(ours['right'].values()):g}", *scores, ", ".join(differ))
    Console(width=140).print(table)
    return 1 if differences else 0


def make(place: Path, assignment: str) -> Path:
    """Two courses with this assignment and its submissions, one for each grader."""
    for name in ("nbgrader", "ours"):
        course = place / name
        shutil.copytree(harness.ROOT / "solutions" / assignment, course / "solutions" / assignment)
        shutil.copy(harness.ROOT / "nbgrader_config.py", course)
        for kind, answers in submissions.KINDS.items():
            path = course / "submitted" / kind / assignment / f"{assignment}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(submissions.answered(harness.solution(assignment), answers(assignment)), path)
    run(place / "nbgrader", "nbgrader", "generate_assignment", assignment)
    run(place / "nbgrader", "nbgrader", "autograde", assignment)
    run(place / "ours", "course", "grade", assignment)
    return place


def run(course: Path, program: str, *arguments: str) -> None:
    done = subprocess.run([str(BIN / program), *arguments], cwd=course, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{program} {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def graded(course: Path, assignment: str) -> dict[str, dict[str, float]]:
    """The automatic score of every test cell, by student."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "deep-learning") as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
                if grade.auto_score is not None
            }
            for submission in gradebook.assignment_submissions(assignment)
        }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
