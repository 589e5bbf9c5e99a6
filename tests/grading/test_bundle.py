"""The archive that students get: what is in it, what is not, and that it works by itself."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.grading import bundle as bundling
from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course, CourseError
from tests.grading.conftest import edit

ROOT = Path(__file__).parents[2]
TELLING, SHORT = 35, 12
"""A shorter line of a hidden test may stand anywhere (``rng = np.random.default_rng(1)``); in an exercise, hardly."""


def test_any_course_has_its_exercises_in_it(built, tmp_path):
    (built.release("hw") / "data.csv").write_text("1,2\n")
    with (built.root / "nbgrader_config.py").open("a") as config:
        config.write('c.CourseDirectory.db_url = "postgresql://me:secret@x"\n')
    (built.source("hw") / "data.csv").write_text("1,2\n")
    course = Course.find(built.root)
    names = bundling.bundle(course, tmp_path / "students.zip")
    assert set(names) == {"release/hw/hw.ipynb", "release/hw/data.csv", "nbgrader_config.py"}
    with zipfile.ZipFile(tmp_path / "students.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {f"students/{name}" for name in names}
    assert not any(secret in text for text in texts.values() for secret in ("secret", "return result", "SOLUTION"))
    assert "tiny" in texts["students/nbgrader_config.py"]


def test_the_same_course_gives_the_same_archive(built, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        bundling.bundle(built, tmp_path / name / "course.zip")
    assert (tmp_path / "a" / "course.zip").read_bytes() == (tmp_path / "b" / "course.zip").read_bytes()


def test_what_drifted_is_not_handed_out(built, tmp_path):
    edit(built.source("hw") / "hw.ipynb", statement_1="## Another text")
    with pytest.raises(CourseError, match="hw differ from what students would get"):
        bundling.bundle(built, tmp_path / "course.zip")
    assert not (tmp_path / "course.zip").exists()


def test_a_notebook_that_nobody_built_is_not_handed_out(built, tmp_path):
    other = built.release("other")
    other.mkdir(parents=True)
    (other / "other.ipynb").write_bytes((built.source("hw") / "hw.ipynb").read_bytes())
    with pytest.raises(CourseError, match=r"other\.ipynb holds a solution or a hidden test"):
        bundling.bundle(built, tmp_path / "course.zip")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Our own course's archive; whether exercises have drifted is another test's business."""
    path = tmp_path_factory.mktemp("bundle") / "course.zip"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundling, "_require_clean", lambda course: None)
        bundling.bundle(Course.find(ROOT), path)
    return path


def _lines(name, data):
    text = data.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        return [line for cell in nbformat.reads(text, as_version=4).cells for line in cell.source.splitlines()]
    return text.splitlines()


def test_no_hidden_test_and_no_solution_is_in_ours(archive):
    hidden, visible = set(), set()
    for path in ROOT.glob("solutions/*/*.ipynb"):
        for cell in nbk.read(path).cells:
            covered = nbk.hidden_lines(cell.source)
            for number, line in enumerate(cell.source.splitlines(), 1):
                (hidden if number in covered else visible).add(line.strip())
    secret = hidden - visible
    assert len(secret) > 1000
    with zipfile.ZipFile(archive) as opened:
        texts = {name: {line.strip() for line in _lines(name, opened.read(name))} for name in opened.namelist()}
    for name, lines in texts.items():
        telling = SHORT if name.startswith("course/exercises/") else TELLING
        assert {line for line in secret & lines if len(line) >= telling} == set(), name
    assert not any(
        part in name for name in texts for part in ("solutions/", "/tests/", "benchmarks", "gradebook", "coverage.yml")
    )


def test_it_works_by_itself(archive, tmp_path):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path)
    root = tmp_path / "course"

    def run(*arguments):
        code = "import course_lib, sys; from course_lib import cli; print(cli.__file__, file=sys.stderr); cli.main()"
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)

    done = run("demo", "--list", "--json")
    assert (done.returncode, str(root) in done.stderr) == (0, True)
    done = run("check", "exercises/02_linear_algebra/02_linear_algebra.ipynb", "--json")
    assert (done.returncode, "not started" in done.stdout) == (1, True)
    assert run("grade", "02_linear_algebra").returncode == 2
    assert "simulate-class" not in run("--help").stdout


def test_the_command(built, tmp_path):
    done = CliRunner().invoke(app, ["bundle", "--out", str(tmp_path / "new" / "x.zip"), "--course", str(built.root)])
    assert (done.exit_code, "2 files" in done.output) == (0, True)
    (tmp_path / "file").touch()
    done = CliRunner().invoke(app, ["bundle", "--out", str(tmp_path / "file" / "x.zip"), "--course", str(built.root)])
    assert done.exit_code == 2
