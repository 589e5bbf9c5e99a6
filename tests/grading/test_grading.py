"""Grading a class that has everything in it: right, wrong, hostile and broken submissions, each one record."""

import copy
import json
import os
import shutil

import nbformat
import pytest
from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook

from course_lib.grading import notebook as nbk
from course_lib.grading import stamp
from course_lib.grading.build import drift
from course_lib.grading.course import Course, CourseError

STUBBORN = """
import time
def root(x):
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
"""
SLOW = {"endless", "stubborn", "idle"}
"""They have four seconds a cell; all others have a minute, however busy this machine is."""
SEEN = ("double-test", "root-test", "root-error-test")


@pytest.fixture(scope="module")
def the_class(built_once, tmp_path_factory, tiny_session, engine):
    """Every submission of the class, graded; the course, and the results by student."""
    course = Course.find(shutil.copytree(built_once.root, tmp_path_factory.mktemp("class") / "course"))
    tiny = tiny_session
    released = nbk.read(built_once.release("hw") / "hw.ipynb")

    def hand_in(student, notebook=None, text=None, name="hw.ipynb", **sources):
        path = course.path("submitted", student, "hw") / name
        tiny.write(notebook or tiny.answers(released, **{**tiny.right, **sources}), path)
        if text is not None:
            path.write_text(text)

    hand_in("right", why="Because it is so.")
    hand_in("blank", notebook=released)
    hand_in("careless", double="def double(x): return 2 * abs(x)")
    hand_in("warned", double="import warnings\ndef double(x):\n    warnings.warn('hm')\n    return 2 * x")
    hand_in("endless", double="def double(x):\n    while True: pass")
    hand_in("stubborn", root=STUBBORN)
    hand_in("exits", root="import os\ndef root(x): os._exit(1)")
    hand_in("greedy", root="def root(x): raise MemoryError")
    hand_in("killer", root="import os, signal\ndef root(x): os.kill(os.getppid(), signal.SIGKILL)")
    duplicated = tiny.answers(released, **tiny.right)
    cells = nbk.by_grade_id(duplicated)
    for name in ("double", "double-test"):
        twin = copy.deepcopy(cells[name])
        twin.id = f"{name}-copy"
        duplicated.cells.insert(2, twin)
    hand_in("duplicated", notebook=duplicated)
    deleted = tiny.answers(released, **tiny.right)
    deleted.cells.remove(nbk.by_grade_id(deleted)["root-test"])
    hand_in("deleted", notebook=deleted)
    edited = tiny.answers(released, double="def double(x): return 0", double_test="assert True")
    for cell in edited.cells:
        cell.metadata["tags"] = ["skip-execution"]
    hand_in("cheat", notebook=edited)
    future = tiny.answers(released, **tiny.right)
    nbk.by_grade_id(future)["double"].metadata.nbgrader["schema_version"] = 99
    hand_in("future", notebook=future)
    hand_in("cut-off", text='{"cells": [')
    hand_in("empty", text="")
    hand_in("renamed", name="hw (1).ipynb")
    hand_in("idle", double="while True: pass")
    nameless = tiny.answers(released, **tiny.right)
    for cell in nameless.cells:
        cell.metadata = {}
    hand_in("nameless", notebook=nameless)
    hand_in("late")
    (course.path("submitted", "late", "hw") / "timestamp.txt").write_text("yesterday, about ten")
    hand_in("piped")
    os.mkfifo(course.path("submitted", "piped", "hw") / "data.csv")
    hand_in("dangling")
    (course.path("submitted", "dangling", "hw") / "data.csv").symlink_to("nowhere")
    (course.path("submitted", "a directory", "hw") / "hw.ipynb").mkdir(parents=True)
    hand_in("old")
    path = course.path("submitted", "old", "hw") / "hw.ipynb"
    old = nbk.read(path)
    old.cells.remove(nbk.by_grade_id(old)["root"])
    tiny.write(old, path)
    hand_in("two", name="hw (1).ipynb")
    hand_in("two", name="hw (2).ipynb")
    hand_in("br[a]cket")
    hand_in("*")
    course.path("submitted", "linked", "hw").mkdir(parents=True)
    (course.path("submitted", "linked", "hw") / "hw.ipynb").symlink_to(course.source("hw") / "hw.ipynb")
    course.path("submitted", "linked-directory", "hw").parent.mkdir()
    course.path("submitted", "linked-directory", "hw").symlink_to(course.source("hw"))
    course.path("submitted", "absent", "hw").mkdir(parents=True)
    students = list(course.by_student("submitted", "hw"))
    results = tiny.run_session(course, engine, sorted(SLOW), timeout=4)
    results += tiny.run_session(course, engine, sorted(set(students) - SLOW))
    return course, {each.student: each for each in results}


def outcomes(submission):
    return [test.outcome for test in submission.tests]


def test_everybody_is_one_record(the_class):
    course, results = the_class
    assert set(results) == set(course.by_student("submitted", "hw"))
    assert all(tuple(test.id for test in each.tests) == SEEN for each in results.values())
    assert all(each.max_score == 6 for each in results.values())


@pytest.mark.parametrize(
    ("student", "score", "expected"),
    [
        ("right", 6, ["passed", "passed", "passed"]),
        ("blank", 0, ["error", "error", "error"]),
        ("careless", 4, ["failed", "passed", "passed"]),
        ("warned", 6, ["passed", "passed", "passed"]),
        ("endless", 4, ["timeout", "passed", "passed"]),
        ("stubborn", 2, ["passed", "timeout", "timeout"]),
        ("exits", 2, ["passed", "crashed", "crashed"]),
        ("greedy", 2, ["passed", "memory", "memory"]),
        ("duplicated", 6, ["passed", "passed", "passed"]),
        ("deleted", 6, ["passed", "passed", "passed"]),
        ("cheat", 0, ["failed", "error", "error"]),
        ("idle", 4, ["error", "passed", "passed"]),
        ("nameless", 0, ["missing", "missing", "missing"]),
        ("killer", 2, ["passed", "failed", "failed"]),
        ("future", 6, ["passed", "passed", "passed"]),
        ("renamed", 6, ["passed", "passed", "passed"]),
        ("piped", 6, ["passed", "passed", "passed"]),
        ("dangling", 6, ["passed", "passed", "passed"]),
        ("br[a]cket", 6, ["passed", "passed", "passed"]),
        ("*", 6, ["passed", "passed", "passed"]),
        ("old", 2, ["passed", "error", "error"]),
    ],
)
def test_graded(the_class, student, score, expected):
    submission = the_class[1][student]
    assert submission.status == "graded"
    assert (submission.score, outcomes(submission)) == (score, expected)
    assert submission.seconds > 0


@pytest.mark.parametrize(
    ("student", "status", "outcome", "message"),
    [
        ("cut-off", "unreadable", "missing", "hw.ipynb: it is not JSON"),
        ("empty", "unreadable", "missing", "hw.ipynb: it is empty"),
        ("two", "missing", "missing", "no notebook of the expected name, but hw (1).ipynb, hw (2).ipynb"),
        ("absent", "missing", "missing", "nothing was submitted"),
        ("late", "unreadable", "missing", "timestamp.txt holds no time: mend it, or delete it"),
        ("a directory", "unreadable", "missing", "hw.ipynb: it is no file"),
        ("linked", "unreadable", "missing", "hw.ipynb: it is a link"),
        ("linked-directory", "unreadable", "missing", "its directory is a link"),
    ],
)
def test_not_graded(the_class, student, status, outcome, message):
    submission = the_class[1][student]
    assert (submission.status, submission.score) == (status, 0)
    assert set(outcomes(submission)) == {outcome}
    assert message in submission.tests[0].message
    assert submission.needs_eyes


def test_messages_say_why(the_class):
    results = the_class[1]
    assert results["careless"].tests[0].message == "wrong for x = -17.25"
    assert results["blank"].tests[0].message == "NotImplementedError: "
    assert results["exits"].tests[1].message == "Python stopped"
    assert results["stubborn"].tests[1].message == "out of time"


def test_what_is_odd_is_said(the_class):
    results = the_class[1]
    assert {test.message for test in results["nameless"].tests} == {"no cell carries nbgrader's names"}
    assert results["idle"].remarks == ("double: out of time, though it is no test",)
    assert results["idle"].needs_eyes
    assert results["renamed"].remarks == ("hw (1).ipynb was taken for hw.ipynb, since its cells carry the names",)
    assert results["old"].remarks == ("without the answer cells root: perhaps an older release of the assignment",)
    assert results["duplicated"].remarks == ("several cells named double: the last one counts",)
    assert "data.csv was left out: it is a link" in results["dangling"].remarks[0]
    assert "data.csv was left out: it is no file" in results["piped"].remarks[0]
    assert not any(results[student].remarks for student in ("right", "endless", "careless", "deleted"))


def test_what_a_person_must_grade(the_class):
    results = the_class[1]
    assert results["right"].needs_manual_grade
    assert not results["blank"].needs_manual_grade, "nothing was written, so nothing is to be read"


def test_the_gradebook_agrees(the_class):
    course, results = the_class
    with Gradebook(course.gradebook_url, "tiny") as gradebook:
        for student, result in results.items():
            if result.status == "graded":
                submission = gradebook.find_submission("hw", student)
                assert submission.notebooks[0].score == result.score


def test_the_record_is_the_contract(the_class):
    record = json.loads(json.dumps(the_class[1]["careless"].as_json()))
    assert set(record) == {"student", "status", "score", "max_score", "seconds", "needs_manual_grade", "tests"}
    assert record["tests"][0] == {
        "id": "double-test",
        "points": 0.0,
        "max_points": 2.0,
        "outcome": "failed",
        "message": "wrong for x = -17.25",
    }


@pytest.fixture
def graded(built, tiny, engine):
    """A course with one graded submission, wrong in one exercise; and how to grade it again."""
    released = nbk.read(built.release("hw") / "hw.ipynb")
    path = built.path("submitted", "ada", "hw") / "hw.ipynb"
    tiny.write(tiny.answers(released, **{**tiny.right, "double": "def double(x): return 0"}), path)

    def grade(**options):
        (result,) = tiny.run_session(built, engine, ["ada"], **options)
        return result

    grade()
    return built, path, grade


def autograded(course):
    return course.path("autograded", "ada", "hw") / "hw.ipynb"


def test_what_has_not_changed_is_not_run_again(graded):
    course, _, grade = graded
    before = autograded(course).stat().st_mtime_ns
    assert grade().score == 4
    assert autograded(course).stat().st_mtime_ns == before


def test_what_has_changed_is(graded, tiny):
    _, path, grade = graded
    tiny.edit(path, double=tiny.right["double"])
    assert grade().score == 6


def test_who_ran_out_of_time_is_run_again_when_there_is_more(graded, tiny):
    course, path, grade = graded
    tiny.edit(path, double="import time\ndef double(x):\n    time.sleep(2.5)\n    return 2 * x")
    assert outcomes(grade(timeout=2))[0] == "timeout"
    before = autograded(course).stat().st_mtime_ns
    assert grade(timeout=2).score == 4
    assert autograded(course).stat().st_mtime_ns == before
    assert grade(timeout=60).score == 6


def test_what_is_not_allowed_is_refused_while_its_exercise_runs(graded, tiny):
    course, path, grade = graded
    source = course.source("hw") / "hw.ipynb"
    notebook = nbk.read(source)
    nbk.by_grade_id(notebook)["root"].metadata["course"] = {"forbid": ["math.sqrt"]}
    tiny.write(notebook, source)
    forbidden = "import math\n" + tiny.right["root"].replace("x ** 0.5", "math.sqrt(x)")
    tiny.edit(path, double=tiny.right["double"], root=forbidden)
    result = grade()
    assert (result.score, outcomes(result)) == (3, ["passed", "error", "passed"])
    assert "write this one yourself" in result.tests[1].message


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("{"), lambda path: path.unlink()])
def test_what_the_gradebook_keeps_of_an_earlier_version_is_said(graded, spoil):
    _, path, grade = graded
    spoil(path)
    result = grade()
    assert result.score == 0
    assert result.tests[0].message.endswith("; the gradebook keeps 4 from an earlier version")


def test_new_tests_are_used_when_told_to_and_old_results_are_marked(graded, tiny):
    course, _, grade = graded
    tiny.edit(course.source("hw") / "hw.ipynb", double_test="assert double(5) == 0\n")
    old = grade()
    assert (old.score, old.older_tests) == (4, True)
    new = grade(regrade=True)
    assert (new.score, new.older_tests) == (6, False)


def test_what_people_gave_survives_a_second_grading(graded):
    course, _, grade = graded
    with Gradebook(course.gradebook_url, "tiny") as gradebook:
        gradebook.find_grade("why", "hw", "hw", "ada").manual_score = 3.5
        gradebook.find_grade("double-test", "hw", "hw", "ada").manual_score = 1.0
        gradebook.find_grade("root-test", "hw", "hw", "ada").extra_credit = 0.5
        gradebook.find_comment("why", "hw", "hw", "ada").manual_comment = "Well said."
        gradebook.db.commit()
    assert grade(regrade=True).score == 4, "the result counts what was graded automatically"
    with Gradebook(course.gradebook_url, "tiny") as gradebook:
        assert gradebook.find_grade("why", "hw", "hw", "ada").manual_score == 3.5
        assert gradebook.find_grade("double-test", "hw", "hw", "ada").manual_score == 1.0
        assert gradebook.find_grade("root-test", "hw", "hw", "ada").extra_credit == 0.5
        assert gradebook.find_comment("why", "hw", "hw", "ada").manual_comment == "Well said."
        assert gradebook.find_submission("hw", "ada").score == 3.5 + 1.0 + 3.5 + 1


def test_a_fresh_gradebook_is_filled_though_graded_notebooks_are_there(graded):
    course, _, grade = graded
    with Gradebook(course.gradebook_url, "tiny") as gradebook:
        gradebook.remove_submission("hw", "ada")
    assert grade().score == 4


def test_the_working_directory_and_the_shell_stay_as_they_are(graded):
    before = os.getcwd(), dict(os.environ)
    graded[2](regrade=True)
    assert (os.getcwd(), dict(os.environ)) == before


def test_what_was_recorded_but_not_kept_is_graded_again(graded):
    course, _, grade = graded
    autograded(course).unlink()
    assert grade().score == 4
    assert autograded(course).is_file()


def test_what_plain_nbgrader_graded_is_graded_anew(graded):
    course, _, grade = graded
    notebook = nbformat.read(autograded(course), as_version=4)
    del notebook.metadata["course"]
    nbformat.write(notebook, autograded(course))
    assert grade().score == 4
    assert "course" in nbformat.read(autograded(course), as_version=4).metadata


def test_a_file_may_become_a_directory_and_the_instructors_comes_first(graded):
    course, path, grade = graded
    mine, kept = path.parent, autograded(course).parent
    (mine / "data").write_text("1")
    grade()
    (mine / "data").unlink()
    for name in ("data", "given.csv"):
        (mine / name).mkdir()
        (mine / name / "x").write_text("2")
    (course.source("hw") / "given.csv").write_text("3")
    grade()
    assert ((kept / "data" / "x").read_text(), (kept / "given.csv").read_text()) == ("2", "3")


def test_a_students_own_text_does_not_pass_for_the_rubric(graded):
    course, path, grade = graded
    notebook = nbk.read(path)
    rubric = v4.new_markdown_cell("*For those who grade; students do not see this.*\n\nFull points.")
    notebook.cells = [*notebook.cells, NotebookNode(rubric, metadata={"course": {"rubric": True}})]
    nbformat.write(notebook, path)
    grade()
    *_, true, forged = nbk.read(autograded(course)).cells
    assert (stamp.is_rubric(true), stamp.is_rubric(forged)) == (True, False)
    assert (true.source[:5], forged.source.split("\n")[0]) == ("*For ", "*Added by the student:*")


def test_a_name_that_is_not_text_is_left_out(graded, tiny):
    _, path, grade = graded
    tiny.edit(path, double=tiny.right["double"])
    for name in (b"na\xefve.txt", b"na\xefve.ipynb"):
        with open(os.fsencode(path.parent) + b"/" + name, "w"):
            pass
    result = grade()
    assert result.remarks == (
        "na?ve.ipynb was left out: its name is not text",
        "na?ve.txt was left out: its name is not text",
    )
    assert result.score == 6


def test_a_changed_time_is_recorded(graded):
    course, path, grade = graded
    (path.parent / "timestamp.txt").write_text("2026-02-03 04:05:06 UTC")
    grade()
    with Gradebook(course.gradebook_url, "tiny") as gradebook:
        assert str(gradebook.find_submission("hw", "ada").timestamp) == "2026-02-03 04:05:06"


def test_a_course_directory_that_nbgrader_cannot_handle(tmp_path, tiny):
    course = tiny.make_course(tmp_path / "deep learning [2026]")
    with pytest.raises(CourseError, match="rename the directory"):
        drift(course, "hw")


def test_notebooks_keep_no_trace_of_the_run_in_the_submission(the_class):
    course, _ = the_class
    notebook = nbformat.read(course.path("submitted", "right", "hw") / "hw.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
