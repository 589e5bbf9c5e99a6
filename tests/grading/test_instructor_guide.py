"""docs/instructor.md, followed to the letter: every command in it, in its order, on a small course."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap")

GUIDE = Path(__file__).parents[2] / "docs" / "instructor.md"
NAME = "02_linear_algebra"
STRONG = "assert root(4.0) == 2.0\nassert root(0.25) == 0.5\nassert root(0) == 0"
STUDENTS = """\
First name,Surname,ID number,Email address
Ada,Lovelace,71,ada@example.org
Bob,Builder,72,bob@example.org
Cy,Young,73,cy@example.org
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),\
Last modified (grade),Feedback comments
Participant 501,Ada Lovelace,ada@example.org,Submitted,,10.00,Yes,"Tuesday, 20 October 2026, 11:05 PM",-,
Participant 502,Bob Builder,bob@example.org,Submitted,,10.00,Yes,"Monday, 19 October 2026, 1:05 PM",-,
Participant 503,Cy Young,cy@example.org,No submission,,10.00,Yes,-,-,
"""


def commands() -> list[tuple[str, str]]:
    """Every command of the guide with the heading that it stands under."""
    found, title, inside = [], "", False
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            title = line[3:]
        elif line.startswith("```"):
            inside = line == "```console"
        elif inside:
            found.append((title, line))
    return found


@pytest.fixture(scope="module")
def course(new_once, tmp_path_factory, tiny_session):
    """The tiny course, under the name that the guide has; what lateness costs is set as the guide says."""
    root = tmp_path_factory.mktemp("guide") / "course"
    shutil.copytree(new_once.root, root)
    (root / "source" / "hw").rename(root / "source" / NAME)
    (root / "source" / NAME / "hw.ipynb").rename(root / "source" / NAME / f"{NAME}.ipynb")
    tiny_session.edit(root / "source" / NAME / f"{NAME}.ipynb", root_test=STRONG)
    (setting,) = re.findall(r"^c\.LateSubmissionPlugin.*$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f'{setting}\nc.Exchange.timezone = "UTC"\n')
    (root / "students.csv").write_text(STUDENTS)
    (root / "worksheet.csv").write_text(WORKSHEET)
    return Course.find(root)


def hand_in(course, tiny):
    """What the platform's archive holds: Ada's answers and Bob's, who has copied and renamed."""
    released = nbk.read(course.release(NAME) / f"{NAME}.ipynb")
    bobs = {name: re.sub(r"\bx\b", "number", source) for name, source in tiny.right.items()}
    with zipfile.ZipFile(course.root / "submissions.zip", "w") as archive:
        for who, answers in (("Ada Lovelace_501", tiny.right), ("Bob Builder_502", bobs)):
            path = tiny.write(tiny.answers(released, **answers, why="It is."), course.root / "build" / "mine.ipynb")
            archive.write(path, f"{who}_assignsubmission_file/{NAME}.ipynb")


def spoil_a_test(course, tiny):
    tiny.edit(course.source(NAME) / f"{NAME}.ipynb", double_test="assert double(2) == 4\nassert double(-3) == 6\n")


def mend_it(course, tiny):
    tiny.edit(course.source(NAME) / f"{NAME}.ipynb", double_test=tiny.double_test)


def run(course, command):
    """Run a command of the guide as somebody does who stands in the course's folder; what it prints."""
    program, *arguments = shlex.split(command)
    if program == "course":
        done = CliRunner().invoke(app, arguments)
        assert (done.exit_code, done.exception) == (0, None), f"{command}\n{done.output}"
        return done.output
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [program, *arguments],
        cwd=course.root,
        env=os.environ | {"PATH": path},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture(scope="module")
def printed(course, tiny_session):
    """The whole term; what each command printed."""
    before = {"course collect": [hand_in, spoil_a_test], "course audit": [mend_it]}
    found: dict[str, list[str]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        for title, command in commands():
            for start, steps in before.items():
                if command.startswith(start) and title != "Before the term":
                    for step in steps:
                        step(course, tiny_session)
            found.setdefault(command, []).append(run(course, command))
    return found


def test_the_term_ends_with_everybodys_points(course, printed):
    with Gradebook(course.gradebook_url, "tiny") as book:
        scores = {each.student_id: each.score for each in book.assignment_submissions(NAME)}
        late = book.find_submission(NAME, "ada").late_submission_penalty
    assert scores == {"ada": 6, "bob": 6}
    assert not late, "she was granted time"
    with (course.root / "build" / "term.csv").open(newline="") as file:
        assert {row["student"] for row in csv.DictReader(file)} >= {"ada", "bob", "cy"}


def test_who_was_late_is_said_until_time_is_granted(printed):
    first, last = printed[f"course grade {NAME}"]
    assert ("late: -4" in first, "late" in last) == (True, False)


def test_the_mended_test_moved_scores(printed):
    (output,) = printed[f"course grade {NAME} --regrade"]
    assert "2 scores have moved" in output
    assert "the test has changed" in output


def test_the_grades_go_back_as_moodle_gave_them(course, printed):
    (output,) = printed[f"course report {NAME} --csv build/grades.csv --format moodle --worksheet worksheet.csv"]
    assert f"{NAME}, answers left to grade by hand: ada, bob" in output
    with (course.root / "build" / "grades.csv").open(newline="", encoding="utf-8-sig") as file:
        grades = {row["Identifier"]: row["Grade"] for row in csv.DictReader(file)}
    assert float(grades["Participant 502"]) == 4, "the test was wrong then"
    assert float(grades["Participant 501"]) == 0, "she was late"


def test_the_pages_are_there(course, printed):
    for name in ("rehearsal", "report", "similar"):
        assert (course.root / "build" / f"{name}.html").read_text().startswith("<!DOCTYPE html>")
    assert course.path("feedback", "ada", NAME).is_dir()
    assert (course.root / "build" / "course.zip").is_file()


def test_every_command_that_we_have_stands_in_it():
    known = {command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands}
    named = {shlex.split(line)[1] for _, line in commands() if line.startswith("course ")}
    assert known - named == {"lab", "demo", "check"}, "these are the students'"
