"""The instructor's commands: a whole round, from the solutions to the feedback."""

import hashlib
import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.cli.instructor import _what_to_look_at
from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course
from course_lib.grading.results import Submission, Verdict


def invoke(*arguments):
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, re.sub(r"\s+", " ", done.output)


def digests(directory):
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def round_(built_once, tmp_path_factory):
    """A class of seven simulated, graded and given feedback; the course, its files before, and what was printed."""
    course = Course.find(shutil.copytree(built_once.root, tmp_path_factory.mktemp("round") / "course"))
    before = digests(course.root)
    root = ("--course", course.root)
    class_ = course.root / "build" / "class"
    results = course.root / "build" / "results.json"
    printed = {
        "simulate": invoke("simulate-class", "hw", "-n", 7, "--seed", 4, *root),
        "grade": invoke("grade", "hw", "--submitted", class_, "--json", results, "--workers", 2, *root),
        "again": invoke("grade", "hw", "--submitted", class_, "--no-sandbox", *root),
        "feedback": invoke("feedback", "hw", "--submitted", class_, *root),
    }
    return course, before, printed, json.loads(results.read_text())


def test_every_step_succeeds(round_):
    assert {step: status for step, (status, _) in round_[2].items()} == dict.fromkeys(round_[2], 0)


def test_a_rehearsal_leaves_no_trace_in_the_course(round_):
    course, before, *_ = round_
    after = {name: digest for name, digest in digests(course.root).items() if not name.startswith("build")}
    assert after == before


def test_the_results_are_the_contract(round_):
    *_, results = round_
    assert set(results) == {"assignment", "seconds", "submissions"}
    assert [each["student"] for each in results["submissions"]] == sorted(
        each["student"] for each in results["submissions"]
    )
    statuses = [each["status"] for each in results["submissions"]]
    assert {status: statuses.count(status) for status in set(statuses)} == {"graded": 5, "unreadable": 1, "missing": 1}
    for each in results["submissions"]:
        assert each["max_score"] == 6 == sum(test["max_points"] for test in each["tests"])
        assert each["score"] == sum(test["points"] for test in each["tests"])
    assert {0, 6} <= {each["score"] for each in results["submissions"]}


def test_the_table_says_what_needs_eyes_first(round_):
    *_, printed, results = round_
    output = printed["grade"][1]
    odd = [each["student"] for each in results["submissions"] if each["status"] != "graded"]
    fine = [each["student"] for each in results["submissions"] if each["score"] == 6]
    assert max(output.index(student) for student in odd) < min(output.index(student) for student in fine)
    assert "5 graded, 1 unreadable, 1 missing" in output


def test_that_there_is_no_sandbox_is_said(round_):
    printed = round_[2]
    assert "sandbox" not in printed["grade"][1]
    assert "No sandbox: student code runs with your rights." in printed["again"][1]


def test_without_bubblewrap_nothing_is_graded(built, monkeypatch):
    built.path("submitted", "bob", "hw").mkdir(parents=True)
    monkeypatch.setenv("PATH", "/nowhere")
    status, output = invoke("grade", "hw", "--course", built.root)
    assert (status, "apt install bubblewrap" in output, "--no-sandbox" in output) == (2, True, True)


def test_a_second_grading_shows_everybody_and_the_same_scores(round_):
    *_, printed, results = round_
    for each in results["submissions"]:
        assert f"│ {each['student']} │ {each['score']:g} │ 6 │" in printed["again"][1]


def test_feedback_for_all_who_were_graded(round_):
    course, _, printed, _ = round_
    assert "5 pages written" in printed["feedback"][1]
    pages = list((course.root / "build" / "class-graded" / "feedback").rglob("hw.html"))
    assert len(pages) == 5
    assert not any("secret_number" in page.read_text() for page in pages)


def test_all_enrolled_are_in_the_table_submitted_or_not(built):
    from nbgrader.api import Gradebook

    with Gradebook(built.gradebook_url, "tiny") as gradebook:
        gradebook.add_student("ada")
    built.path("submitted", "bob", "hw").mkdir(parents=True)
    status, output = invoke("grade", "hw", "--course", built.root)
    assert status == 0
    assert "│ ada │ 0 │ 6 │ │ missing: nothing was submitted │" in output
    assert "0 graded, 0 unreadable, 2 missing" in output


def test_the_table_comes_though_the_results_cannot_be_written(built):
    built.path("submitted", "br[a]cket", "hw").mkdir(parents=True)
    status, output = invoke("grade", "hw", "--course", built.root, "--json", "/dev/full")
    assert (status, "/dev/full cannot be written: No space left" in output) == (2, True)
    assert "│ br[a]cket │ 0 │ 6 │" in output, "and the names are as they are, not read as markup"


def test_a_relative_gradebook_is_beside_the_one_who_names_it(built, tmp_path, monkeypatch):
    """Also where grading happens, which is another process in another directory."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    class_ = tmp_path / "class"
    invoke("simulate-class", "hw", "-n", 2, "--out", class_, "--course", built.root)
    status, output = invoke(
        "grade", "hw", "--submitted", class_, "--gradebook", "sqlite:///new.db", "--course", built.root
    )
    assert (status, "2 graded, 0 unreadable" in output) == (0, True)
    assert [path.name for path in here.iterdir()] == ["new.db"]
    assert not list(built.root.rglob("new.db"))


@pytest.mark.parametrize(
    ("fates", "said"),
    [
        (["crashed"] * 2, "t0: crashed, t1: crashed"),
        (["crashed"] * 5, "5 tests: crashed (why)"),
        (["passed", "failed", "error"], ""),
    ],
)
def test_many_tests_with_the_same_fate_are_counted(fates, said):
    tests = tuple(Verdict(f"t{number}", 0, 1, fate, "why") for number, fate in enumerate(fates))
    assert _what_to_look_at(Submission("ada", "graded", tests)) == said
    assert _what_to_look_at(Submission("ada", "graded", tests, remarks=("look",))).startswith("look")


def test_without_submissions_the_rehearsal_is_named(built):
    root = ("--course", built.root)
    invoke("simulate-class", "hw", "-n", 1, *root)
    status, output = invoke("grade", "hw", *root)
    assert (status, f"course grade hw --submitted {built.root / 'build' / 'class'}" in output) == (2, True)


def test_changed_tests_are_announced(built, tiny):
    tiny.edit(built.source("hw") / "hw.ipynb", root_test=tiny.root_test.replace("1e-12", "1e-10"))
    built.path("submitted", "bob", "hw").mkdir(parents=True)
    output = invoke("grade", "hw", "--course", built.root)[1]
    assert "Tests changed since the last build: hw/root-test. Grading uses them as they are now." in output


def test_build_and_check(course, tiny):
    root = ("--course", course.root)
    status, output = invoke("build", "--check", *root)
    assert (status, "hw.ipynb is missing" in output) == (1, True)
    status, output = invoke("build", *root)
    assert (status, "│ hw │ 1 │ 3 │ 10 │ 4 │" in output) == (0, True)
    assert invoke("build", "--check", *root) == (0, "1 assignment is as it would be built now. ")
    tiny.edit(course.source("hw") / "hw.ipynb", statement_1="Other words.")
    status, output = invoke("build", "hw", "--check", *root)
    assert (status, "+Other words." in output, "Drifted: hw. Run `course build`" in output) == (1, True, True)
    status, output = invoke("build", "--check", "--json", *root)
    assert (status, list(json.loads(output)["drift"])) == (1, ["hw"])


def test_an_exercise_without_a_source_is_drift(built):
    shutil.copytree(built.release("hw"), built.release("old"))
    status, output = invoke("build", "--check", "--course", built.root)
    assert (status, "old has no source" in output) == (1, True)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_cells_that_people_graded_cannot_be_removed_behind_their_back(built, tiny):
    from nbgrader.api import Gradebook

    with Gradebook(built.gradebook_url, "tiny") as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission("hw", "ada")
    path = built.source("hw") / "hw.ipynb"
    notebook = nbk.read(path)
    notebook.cells.remove(nbk.by_grade_id(notebook)["root-test"])
    tiny.write(notebook, path)
    status, output = invoke("grade", "hw", "--course", built.root)
    assert (status, "Cannot add or remove cells" in output) == (2, True)
    assert "nbgrader db assignment remove" in output


def test_a_notebook_in_another_language(built):
    path = built.source("hw") / "hw.ipynb"
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    built.path("submitted", "bob", "hw").mkdir(parents=True)
    status, output = invoke("grade", "hw", "--course", built.root)
    assert (status, "hw.ipynb is written in R. This grades Python only." in output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["grade", "hv"], "Did you mean hw?"),
        (["grade", "hw"], "There are no submissions: expected"),
        (["grade", "hw", "--submitted", "/nowhere"], "There is no directory /nowhere"),
        (["grade", "hw", "--json", "/nowhere/x.json"], "there is no directory /nowhere"),
        (["grade", "hw", "--json", "/tmp"], "/tmp cannot be written: it is a directory"),
        (["grade", "hw", "--gradebook", "nonsense"], "gradebook nonsense cannot be opened"),
        (["grade", "hw", "--gradebook", "sqlite:////nowhere/x.db"], "cannot be opened"),
        (["feedback", "hw"], "Nobody has been graded. Run `course grade hw` first."),
        (["simulate-class", "hv"], "Did you mean hw?"),
        (["build", "hv"], "Did you mean hw?"),
    ],
)
def test_wrong_usage(built, arguments, message):
    status, output = invoke(*arguments, "--course", built.root)
    assert status == 2
    assert message in output
