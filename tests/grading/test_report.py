"""How a class did: numbers against SciPy, tables against the rules of those who read them, and the page."""

import csv
import io
import json
import re
import shutil

import numpy as np
import pytest
from nbgrader.api import Gradebook
from scipy import stats
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.grading import notebook as nbk
from course_lib.grading import report, sheets
from course_lib.grading.course import Course, CourseError
from course_lib.grading.results import Verdict
from course_lib.grading.standings import Exercise, Standing, Standings, graded_assignments, standings

EXERCISES = (Exercise("Exercise 1", 4.0), Exercise("Exercise 2", 6.0))


def somebody(number, first, second, **more):
    points = {"Exercise 1": first, "Exercise 2": second}
    name = f"student{number}"
    made = {
        "first_name": "Ada",
        "last_name": f"Nr{number}",
        "email": f"{name}@example.org",
        "lms_id": f"{700 + number}",
    }
    return Standing(name, **(made | {"status": "graded", "points": points, "score": first + second} | more))


@pytest.fixture
def class_():
    rng = np.random.default_rng(0)
    points = np.column_stack([rng.integers(0, 5, 40), rng.integers(0, 7, 40)]).astype(float)
    students = [somebody(i, *row) for i, row in enumerate(points)]
    absent = Standing("zoe", "Zoe", "Absent", "zoe@example.org", "799")
    return Standings("hw", EXERCISES, (*students, absent)), points


def test_difficulty_and_discrimination(class_):
    standings_, points = class_
    first, second = report.items(standings_)
    assert first.difficulty == pytest.approx(points[:, 0].mean() / 4)
    assert second.mean == pytest.approx(points[:, 1].mean())
    assert first.discrimination == pytest.approx(stats.pearsonr(points[:, 0], points[:, 1]).statistic)


def test_no_correlation_is_made_up():
    few = Standings("hw", EXERCISES, tuple(somebody(i, i, i) for i in range(4)))
    same = Standings("hw", EXERCISES, tuple(somebody(i, 4.0, i) for i in range(6)))
    nobody = Standings("hw", EXERCISES, ())
    for standings_ in (few, same, nobody):
        assert [item.discrimination for item in report.items(standings_)] == [None, None]
    assert [(item.mean, item.difficulty) for item in report.items(nobody)] == [(None, None)] * 2


def test_what_a_person_has_still_to_grade_does_not_count():
    waiting = frozenset({"Exercise 2"})
    everybody = tuple(somebody(i, 4.0, 0.0 if i > 1 else 6.0, waiting=waiting if i > 1 else ()) for i in range(6))
    first, second = report.items(Standings("hw", EXERCISES, everybody))
    assert (first.mean, second.mean, second.difficulty) == (4, 6, 1)
    blank = somebody(7, 4.0, 0.0, not_begun=frozenset({"Exercise 2"}))
    assert report.items(Standings("hw", EXERCISES, (*everybody, blank)))[1].mean == 6
    assert report.items(Standings("hw", EXERCISES, (blank, everybody[0])))[1].mean == 3


def test_every_student_is_in_one_bar(class_):
    standings_, points = class_
    bars = report.histogram(standings_)
    assert sum(count for *_, count in bars) == 40
    assert bars[-1][2] == ((points.sum(axis=1) >= 9) & (points.sum(axis=1) <= 10)).sum()


def test_who_needs_eyes():
    odd = (
        somebody(1, 1, 1, verdicts=(Verdict("a", 0, 1, "timeout"), Verdict("b", 0, 1, "timeout"))),
        somebody(2, 1, 1, verdicts=(Verdict("a", 0, 1, "failed"),)),
        somebody(3, 1, 1, needs_manual_grade=True, remarks=("an older release",)),
        Standing("eve", status="not graded", problem="it is not JSON"),
    )
    assert dict(report.needing_eyes(Standings("hw", EXERCISES, odd))) == {
        "student1": "2 tests: timeout",
        "student3": "answers to be graded by hand; an older release",
        "eve": "it is not JSON",
    }


# --------------------------------------------------------------------------------------------------------- the tables


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_a_plain_table(class_):
    standings_, points = class_
    head, first, *_, last = rows(sheets.as_csv(sheets.plain([standings_])))
    assert head[-2:] == ["Exercise 1", "Exercise 2"]
    record = dict(zip(head, first, strict=True))
    assert (record["student"], float(record["score"]), record["out of"]) == ("student0", points[0].sum(), "10")
    assert dict(zip(head, last, strict=True)) | {"score": "0", "status": "missing", "Exercise 1": ""} == dict(
        zip(head, last, strict=True)
    )


def test_totals_of_several_assignments(class_):
    standings_, points = class_
    other = Standings("hw2", EXERCISES, (somebody(3, 1.5, 0.25),))
    head, *body = rows(sheets.as_csv(sheets.plain([standings_, other])))
    assert head[-2:] == ["hw", "hw2"]
    table = {row[0]: row[-2:] for row in body}
    assert table["student3"] == [f"{points[3].sum():g}", "1.75"]
    assert table["zoe"] == ["", ""]


def test_what_canvas_reads(class_):
    """Canvas wants Student and ID first, Section last before the assignments, and a row of the points possible."""
    standings_, points = class_
    head, possible, *body = rows(sheets.as_csv(sheets.canvas([standings_])))
    assert len(head) > 3
    assert ("Student" in head[0], "ID" in head[1], "Section" in head[2]) == (True, True, True)
    assert "Points Possible" in possible[0]
    assert dict(zip(head[3:], possible[3:], strict=True)) == {"hw": "10"}
    assert {int(row[1]): row[3] for row in body}[705] == f"{points[5].sum():g}"


def test_who_cannot_be_named_to_canvas_is_said(class_):
    standings_, _ = class_
    unknown = Standings("hw", EXERCISES, (*standings_.students, somebody(77, 1, 1, lms_id="")))
    with pytest.raises(CourseError, match="Canvas knows student77 .*course roster FILE.csv"):
        sheets.canvas([unknown])
    ungraded = Standings("hw", EXERCISES, (*standings_.students, somebody(77, 1, 1, lms_id="", status="missing")))
    assert sheets.canvas([ungraded]) == sheets.canvas([standings_])


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_no_name_is_run_by_a_spreadsheet(name):
    table = sheets.plain([Standings("hw", EXERCISES, (somebody(1, 1, 1, last_name=name),))])
    assert table[1][1] == f"'{name}"


# ---------------------------------------------------------------------------------------------------- a graded class


@pytest.fixture(scope="module")
def graded(built_once, engine, tmp_path_factory, tiny_session):
    """Ada has everything right; Bob and Cy make the same mistake; Eve hands in a broken file, Dan nothing."""
    course = Course.find(shutil.copytree(built_once.root, tmp_path_factory.mktemp("report") / "course"))
    released = nbk.read(course.release("hw") / "hw.ipynb")
    wrong = {
        "double": 'def double(x):\n    """By Bob Builder."""\n    bob = x\n    return bob  # <script>alert(1)</script>'
    }
    for student, answers in (("ada", {}), ("bob", wrong), ("cy", wrong)):
        notebook = tiny_session.answers(released, **(tiny_session.right | answers))
        tiny_session.write(notebook, course.path("submitted", student, "hw") / "hw.ipynb")
    eve = course.path("submitted", "eve", "hw")
    eve.mkdir(parents=True)
    (eve / "hw.ipynb").write_text("{")
    with Gradebook(course.gradebook_url) as book:
        for number, (student, first) in enumerate(
            [("ada", "Ada"), ("bob", "Bob"), ("cy", "Cy"), ("dan", "<b>Dan</b>")]
        ):
            book.add_student(student, first_name=first, last_name="Builder", lms_user_id=f"{70 + number}")
    tiny_session.run_session(course, engine, ["ada", "bob", "cy", "dan", "eve"])
    return course


def test_where_everybody_stands(graded):
    found = standings(graded, "hw")
    assert [(exercise.title, exercise.max_score) for exercise in found.exercises] == [
        ("Exercise 1: double", 2),
        ("Exercise 2: root", 4),
        ("Exercise 3: why", 4),
    ]
    assert {each.student: (each.status, each.score) for each in found.students} == {
        "ada": ("graded", 6),
        "bob": ("graded", 4),
        "cy": ("graded", 4),
        "dan": ("missing", 0),
        "eve": ("not graded", 0),
    }
    assert "JSON" in next(each.problem for each in found.students if each.student == "eve")
    assert graded_assignments(graded) == ["hw"]


def test_points_that_people_gave_count(graded):
    with Gradebook(graded.gradebook_url) as book:
        submission = book.find_submission("hw", "ada")
        grade = next(each for each in submission.notebooks[0].grades if each.name == "why")
        grade.manual_score, grade.extra_credit = 3.0, 0.5
        book.db.commit()
        ada = next(each for each in standings(graded, "hw").students if each.student == "ada")
        assert ada.score == 9.5
        assert ada.points["Exercise 3: why"] == 3.5
        grade.manual_score, grade.extra_credit = None, None
        book.db.commit()


def test_the_most_frequent_failure_has_an_example_without_names(graded):
    (failure,) = report.failures(graded, standings(graded, "hw"))
    assert (failure.test, failure.failed, failure.alike, failure.outcome) == ("double-test", 2, 2, "failed")
    assert failure.message == "twice 2 is 4"
    assert failure.example == "def double(x):\n    … = x\n    return …"


@pytest.mark.parametrize("many", ["+".join(["x"] * 600), "-" * 50_000 + "x"], ids=["sum", "signs"])
def test_an_answer_too_deep_to_be_read_does_not_stop_the_report(course, tiny, many):
    tiny.write(
        tiny.answers(tiny.tiny_notebook(), double=f"y = {many}"), course.path("autograded", "eve", "hw") / "hw.ipynb"
    )
    eve = Standing("eve", status="graded", verdicts=(Verdict("double-test", 0, 2, "error", "eve: no"),))
    (failure,) = report.failures(course, Standings("hw", EXERCISES, (eve,)))
    assert failure.example.startswith("y = ")
    assert failure.message == "…: no"


def test_an_example_is_of_the_notebook_that_the_test_is_in(course, tiny):
    for name in ("one", "two"):
        notebook = tiny.answers(tiny.tiny_notebook(), double=f"notebook = '{name}'")
        tiny.write(notebook, course.path("autograded", "eve", "hw") / f"{name}.ipynb")
    eve = Standing("eve", status="graded", verdicts=(Verdict("two/double-test", 0, 2, "failed"),))
    (failure,) = report.failures(course, Standings("hw", EXERCISES, (eve,)))
    assert failure.example == "notebook = 'two'"


def test_who_has_not_begun_says_nothing_about_what_goes_wrong(course):
    wrong = [somebody(i, 0, 6, verdicts=(Verdict("t", 0, 4, "failed", "not 4"),)) for i in range(2)]
    blank = [
        somebody(i, 0, 6, verdicts=(Verdict("t", 0, 4, "error", "not yet"),), not_begun=frozenset({"Exercise 1"}))
        for i in range(2, 7)
    ]
    (failure,) = report.failures(course, Standings("hw", EXERCISES, (*blank, *wrong), {"t": "Exercise 1"}))
    assert (failure.message, failure.failed, failure.not_begun) == ("not 4", 2, 5)
    assert report.failures(course, Standings("hw", EXERCISES, tuple(blank), {"t": "Exercise 1"})) == []


def test_an_answer_without_end_does_not_fill_the_page(graded, monkeypatch):
    monkeypatch.setattr(report, "_code", lambda source: "x" * 10**6)
    (failure,) = report.failures(graded, standings(graded, "hw"))
    assert len(failure.example) == report.LONGEST_TEXT


def test_the_page_asks_for_nothing_and_runs_nothing(graded):
    page = report.page(graded, standings(graded, "hw"))
    assert not re.search(r"https?://|<script|src=|@import|url\(", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "3 of 5 students graded" in page
    assert "&lt;b&gt;" not in page  # nobody's first name stands there at all
    assert re.search(r"<td>eve</td><td>.*JSON", page)


def test_the_command(graded, tmp_path):
    def run(*arguments):
        return CliRunner().invoke(app, ["report", *map(str, arguments), "--course", str(graded.root)])

    done = run("hw", "--html", tmp_path / "page.html", "--csv", tmp_path / "grades.csv")
    assert done.exit_code == 0, done.output
    assert "hw" in done.stdout
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")
    assert rows((tmp_path / "grades.csv").read_text())[1][0] == "ada"
    assert json.loads(run("--json").stdout)["hw"]["graded"] == 3
    assert (run("--html", tmp_path / "x.html").exit_code, run("nothing").exit_code) == (2, 2)
    assert run("hw", "--csv", tmp_path / "page.html" / "x.csv").exit_code == 2
    done = run("hw", "--csv", tmp_path / "new" / "x.csv")
    assert "hw, no grade: dan, eve" in done.stderr
    assert run("hw", "--csv", tmp_path / "canvas.csv", "--format", "canvas").exit_code == 0
    assert "eve" not in (tmp_path / "canvas.csv").read_text()
