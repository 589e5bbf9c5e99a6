"""A student's own visible tests."""

import dataclasses
import json
import subprocess
import sys

import nbformat
import pytest

from course_lib.grading import notebook as nbk
from course_lib.grading.build import generated
from course_lib.grading.check import check
from course_lib.grading.course import CourseError


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory, tiny_session):
    """The course as students have it, with exercises and no solutions."""
    course = tiny_session.make_course(tmp_path_factory.mktemp("students"))
    with generated(course, "hw") as directory:
        tiny_session.write(nbk.read(directory / "hw.ipynb"), course.release("hw") / "hw.ipynb")
    (course.source("hw") / "hw.ipynb").unlink()
    return course


@pytest.fixture
def original(handed_out):
    return nbk.read(handed_out.release("hw") / "hw.ipynb")


@pytest.fixture
def mine(tmp_path):
    return tmp_path / "work" / "release" / "hw" / "hw.ipynb"


def outcomes(report):
    return {row.id: row.outcome for row in report.rows}


def test_right_answers(handed_out, original, mine, tiny):
    report = check(tiny.write(tiny.answers(original, **tiny.right), mine), handed_out, timeout=30)
    assert report.passed
    assert [(row.exercise, row.id, row.outcome, row.reachable) for row in report.rows] == [
        ("Exercise 1: double", "double-test", "passed", 2),
        ("Exercise 2: root", "root-test", "passed", 3),
        ("Exercise 2: root", "root-error-test", "passed", 1),
        ("Exercise 3: why", "why", "by hand", 0),
    ]
    assert report.rows[2].message == "hidden tests only"
    assert report.remarks == []
    assert not nbk.read(mine).cells[3].outputs, "the student's file stays as it is"


def test_every_kind_of_trouble(handed_out, original, mine, tiny):
    """One exercise is wrong, one not begun."""
    report = check(tiny.write(tiny.answers(original, double="def double(x): return 3 * x"), mine), handed_out, 30)
    assert not report.passed
    assert [(row.outcome, row.message, row.reachable) for row in report.rows[:2]] == [
        ("failed", "twice 2 is 4", 0),
        ("not started", "", 0),
    ]


@pytest.mark.parametrize(
    ("wrong", "outcome", "message"),
    [
        ("def double(x):\n    while True: pass", "timeout", "still running after 4 s"),
        ("import os\ndef double(x): os._exit(3)", "crashed", "Python itself stopped"),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "timeout", "still running"),
        ("def double(x) return x", "failed", "SyntaxError: expected ':'"),
        ("def double(x): return 4 if x else 7", "failed", "this does not hold: assert double(0) == 0"),
    ],
)
def test_trouble_in_one_exercise_costs_no_other(handed_out, original, mine, tiny, wrong, outcome, message):
    path = tiny.write(tiny.answers(original, double=wrong, root=tiny.right["root"]), mine)
    report = check(path, handed_out, timeout=4 if outcome == "timeout" else 60)
    assert report.rows[0].outcome == outcome
    assert message in report.rows[0].message
    assert outcomes(report)["root-test"] == "passed"


def test_edited_and_deleted_tests_are_noticed_and_run_all_the_same(handed_out, original, mine, tiny):
    notebook = tiny.answers(original, root=tiny.right["root"], double="def double(x): return 0", double_test="")
    by_id = nbk.by_grade_id(notebook)
    by_id["double-test"].source = "assert True"
    notebook.cells.remove(by_id["root-test"])
    report = check(tiny.write(notebook, mine), handed_out, timeout=30)
    assert outcomes(report) == {
        "double-test": "failed",
        "root-test": "passed",
        "root-error-test": "passed",
        "why": "by hand",
    }
    edited, missing = report.remarks
    assert "'double-test' (Exercise 1: double) differs from the course's present version" in edited
    assert "'root-test' (Exercise 2: root) is missing" in missing


def test_a_deleted_answer_cell_and_another_name(handed_out, original, mine, tiny):
    notebook = tiny.answers(original)
    notebook.cells.remove(nbk.by_grade_id(notebook)["double"])
    report = check(tiny.write(notebook, mine.with_name("hw (1).ipynb")), handed_out, timeout=30)
    assert "looks like hw.ipynb, renamed" in report.remarks[0]
    assert "answer cell 'double' (Exercise 1: double) is missing" in report.remarks[1]


def test_without_the_originals(original, mine, tiny):
    report = check(tiny.write(tiny.answers(original, **tiny.right), mine), None, timeout=30)
    assert report.passed
    (remark,) = report.remarks
    assert "was not found" in remark


def test_what_is_not_allowed_is_a_remark_and_costs_nothing(handed_out, original, mine, tiny):
    nbk.by_grade_id(original)["root"].metadata["course"] = {"forbid": ["math"]}
    course = dataclasses.replace(handed_out, root=mine.parents[3])
    tiny.write(original, course.release("hw") / "hw.ipynb")
    answers = {**tiny.right, "root": tiny.right["root"] + "import math"}
    report = check(tiny.write(tiny.answers(original, **answers), mine), course, timeout=30)
    assert report.passed
    assert report.remarks == ["root uses math, which is not allowed"]


def test_a_warning_costs_nothing_here_either(handed_out, original, mine, tiny):
    warns = "import warnings\ndef double(x):\n    warnings.warn('hm')\n    return 2 * x"
    report = check(tiny.write(tiny.answers(original, double=warns), mine), handed_out, timeout=30)
    assert (report.rows[0].outcome, report.rows[0].reachable) == ("passed", 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty.*ipynb_checkpoints.*course lab"),
        (b"{oops", "it is not JSON"),
        (nbformat.v4.writes(nbformat.v4.new_notebook()).encode(), "has no exercises"),
    ],
)
def test_files_that_cannot_be_checked(handed_out, mine, content, message):
    mine.parent.mkdir(parents=True)
    mine.write_bytes(content)
    with pytest.raises(CourseError, match=message):
        check(mine, handed_out, timeout=30)


def test_a_file_that_is_not_there(handed_out, original, mine, tiny):
    tiny.write(original, mine)
    with pytest.raises(CourseError, match=r"no file .*hv\.ipynb\. Did you mean hw\.ipynb\?"):
        check(mine.with_name("hv.ipynb"), handed_out, timeout=30)


def test_students_need_no_nbgrader():
    """All that `course lab` and `course check` import, in a Python that cannot import nbgrader."""
    code = (
        "import sys; sys.modules['nbgrader'] = None\n"
        "import course_lib.cli, course_lib.grading.check, json\n"
        "print(json.dumps([name for name in sys.modules if name.startswith('nbgrader.')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
