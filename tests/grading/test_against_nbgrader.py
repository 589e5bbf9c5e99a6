"""nbgrader's own example course, graded by plain nbgrader and by us: the same scores."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbgrader
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from course_lib.cli import app

EXAMPLE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
STUDENTS = ("bitdiddle", "hacker")


def stock(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=cwd, check=True, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The course that `nbgrader quickstart` makes (which takes 20 s), with the submissions of the user guide."""
    root = tmp_path_factory.mktemp("example") / "course101"
    for folder in ("source", "submitted"):
        shutil.copytree(EXAMPLE / folder, root / folder, ignore=shutil.ignore_patterns("ps1_autotest"))
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.CourseDirectory.course_id = 'course101'\n"
        "c.IncludeHeaderFooter.header = 'source/header.ipynb'\n"
    )
    return root


def scores(url, attributes):
    with Gradebook(url, "course101") as gradebook:
        return {
            (student, notebook.name, grade.name): tuple(getattr(grade, name) for name in attributes)
            for student in STUDENTS
            for notebook in gradebook.find_submission("ps1", student).notebooks
            for grade in notebook.grades
        }


def test_the_same_scores_as_plain_nbgrader(example, tmp_path):
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    options = ["--course", str(example), "--gradebook", url, "--json", str(tmp_path / "results.json")]
    done = CliRunner().invoke(app, ["grade", "ps1", *options])
    assert done.exit_code == 0, done.output
    shutil.rmtree(example / "autograded")

    stock("generate_assignment", "ps1", cwd=example)
    stock("autograde", "ps1", cwd=example)
    attributes = ("auto_score", "score", "max_score", "needs_manual_grade")
    theirs = scores(f"sqlite:///{example / 'gradebook.db'}", attributes)
    assert scores(url, attributes) == theirs

    results = json.loads((tmp_path / "results.json").read_text())
    for submission in results["submissions"]:
        automatic = {
            f"{notebook}/{cell}": score
            for (student, notebook, cell), (score, *_) in theirs.items()
            if student == submission["student"]
        }
        assert submission["status"] == "graded"
        assert len(submission["tests"]) == 4
        assert all(test["points"] == automatic[test["id"]] for test in submission["tests"])
    assert {each["student"]: each["score"] for each in results["submissions"]} == {"bitdiddle": 1.5, "hacker": 3.0}
