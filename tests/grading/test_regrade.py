"""Grading again after a test was mended: what is run, what is kept, and what is said of it."""

import shutil

import nbformat
import pytest
from nbformat import v4
from nbgrader.api import Gradebook

from course_lib.grading import notebook as nbk
from course_lib.grading import plan, preflight
from course_lib.grading.build import register
from course_lib.grading.course import Course
from course_lib.grading.regrade import Again
from course_lib.grading.standings import standings
from tests.grading.conftest import cell

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap"
)
TEST = {"grade": True, "locked": True, "points": 1}
MENDED = "assert double(2) == 4\nassert double(-3) == -6, 'wrong for negative numbers'\n"


# --------------------------------------------------------------------------------------------------- what is run again


def again(tests: dict[str, str], now: dict[str, str], answers: dict[str, str], given: str = "a = []") -> Again:
    """Two answers and their tests; some tests have other sources now."""

    def notebook(sources: dict[str, str]) -> nbformat.NotebookNode:
        cells = [cell(v4.new_code_cell, "given", given, locked=True)]
        cells += [cell(v4.new_code_cell, name, source, solution=True) for name, source in answers.items()]
        cells += [cell(v4.new_code_cell, name, source, **TEST) for name, source in sources.items()]
        return v4.new_notebook(cells=cells)

    known = {name: preflight.Answer("code", source) for name, source in answers.items()}
    prepared = preflight.prepare(notebook(tests | now), preflight.Answers(known))
    return Again(prepared, notebook(tests))


ANSWERS = {"f": "def f(x): return g(x)", "g": "def g(x): return x", "h": "def h(x): return x"}
TESTS = {"test-f": "x = 1\nassert f(x) == 1", "test-g": "x = 2\nassert g(x) == 2", "test-h": "x = 3\nassert h(x) == 3"}


def names(chosen: Again) -> list[str]:
    return [step.name for step in chosen.part.steps]


def test_only_the_changed_test_and_what_it_uses_is_run():
    chosen = again(TESTS, {"test-f": "x = 2\nassert f(x) == 2"}, ANSWERS)
    assert chosen.tests == chosen.changed == {"test-f"}
    assert names(chosen) == ["given", "f", "g", "test-f"]
    chosen = again(TESTS, {"test-h": "assert h(0) == 0"}, ANSWERS)
    assert names(chosen) == ["given", "h", "test-h"]
    assert chosen.why("test-h") == "the test has changed"


def test_without_a_change_nothing_is_run():
    assert names(again(TESTS, {}, ANSWERS)) == []


def test_a_test_that_is_worth_something_else_has_changed():
    chosen = again(TESTS, {}, ANSWERS)
    nbk.by_grade_id(chosen.earlier)["test-g"].metadata.nbgrader.points = 5
    assert chosen.tests == {"test-g"}


@pytest.mark.parametrize(
    ("changed", "later"),
    [
        ("a.append(f(1))", "assert len(a) == 1"),
        ("want = 1\nassert f(1) == want", "assert f(1) == want"),
        ("assert model.fit()", "assert model.score == 1"),
        ("assert train()", "assert model.score == 1"),
    ],
)
def test_what_shares_a_variable_with_a_changed_test_is_run(changed, later):
    answers = {"model": "model = Model()", "train": "def train(): model.fit()", **ANSWERS}
    tests = {"first": "assert h(1) == 1", "changed": changed, "later": later, "last": "assert g(1) == 1"}
    for old, new in ((changed, "pass"), ("pass", changed)):
        chosen = again(tests | {"changed": old}, {"changed": new}, answers)
        assert chosen.tests == {"changed", "later"}
        assert {"first", "last"}.isdisjoint(names(chosen))
    assert chosen.why("later") == "it shares a variable with a test that has changed"


def test_cells_that_made_a_variable_what_it_is_are_run_though_their_verdicts_are_kept():
    tests = {"first": "a.append(1)", "second": "assert a == [1]", "third": "assert f(1) == 1"}
    chosen = again(tests, {"second": "assert a == [1], 'not [1]'"}, ANSWERS)
    assert chosen.tests == {"second"}
    assert names(chosen) == ["given", "first", "second"]


def test_an_answer_that_may_define_anything_is_run():
    chosen = again(TESTS, {"test-f": "assert f(1) == 1"}, ANSWERS | {"odd": "from math import *"})
    assert names(chosen) == ["given", "f", "g", "odd", "test-f"]


@pytest.mark.parametrize("seed", ["np.random.seed(0)", "_ = torch.manual_seed(0)", "if True: random.seed(0)"])
def test_a_shared_seed_lets_everything_run(seed):
    assert again(TESTS, {"test-f": "assert f(0) == 0"}, ANSWERS, seed).tests == set(TESTS)
    assert names(again(TESTS, {}, ANSWERS, seed)) == []


@pytest.mark.parametrize(
    "answer",
    [
        "exec('def f(x): return x')",
        "globals()['f'] = abs",
        "%time y = 1",
        "def k(): return eval('h')(1)",
        "y = " + "+".join(["1"] * 600),
        "y = " + "-" * 50_000 + "1",
        "%cd .\n" * 600,
        "y = 1\n" * 20_000,
    ],
    ids=["exec", "globals", "magic", "eval", "long sum", "deep", "many magics", "long"],
)
def test_an_answer_that_cannot_be_followed_lets_everything_run(answer):
    chosen = again(TESTS, {"test-f": "assert f(1) == 1"}, ANSWERS | {"odd": answer})
    assert chosen.tests == set(TESTS)
    assert names(chosen) == ["given", *ANSWERS, "odd", *TESTS]
    assert chosen.why("test-h") == "a test has changed, and what that moves in this notebook cannot be seen"


@pytest.mark.parametrize("answer", ["def k(x, x): return x", "dear sir or madam", "%matplotlib inline\ny = 1"])
def test_an_answer_that_is_no_python_or_only_sets_something_hinders_nobody(answer):
    chosen = again(TESTS, {"test-f": "assert f(1) == 1"}, ANSWERS | {"odd": answer})
    assert names(chosen) == ["given", "f", "g", "test-f"]


def test_a_function_that_changes_a_global_variable_needs_it():
    answers = ANSWERS | {"count": "n = 0", "f": "def f(x):\n    global n\n    n += 1\n    return x"}
    chosen = again(TESTS, {"test-f": "assert f(1) == 1"}, answers)
    assert names(chosen) == ["given", "f", "count", "test-f"]


# ------------------------------------------------------------------------------------------------------- a whole class

CLASS = {
    "right": {},
    "careless": {"double": "def double(x): return 2 * abs(x)"},
    "wrong": {"double": "def double(x): return x", "root": "def root(x): return x"},
    "loud": {"double": "print('hello')\ndef double(x): return 2 * x", "root": "def root(x): print(x); return x ** 0.5"},
    "broken": {"double": "def double(x", "root": "raise RuntimeError('no')"},
}


@pytest.fixture
def a_class(built, tiny, engine):
    """A class that was graded, and a function that grades it again; it returns the results and what was run."""
    released = nbk.read(built.release("hw") / "hw.ipynb")
    for student, sources in CLASS.items():
        tiny.write(tiny.answers(released, **tiny.right | sources), built.path("submitted", student, "hw") / "hw.ipynb")
    (built.path("submitted", "careless", "hw") / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")

    def regrade(course: Course = built) -> tuple[dict, list[str]]:
        ran = []

        class Watched:
            def examine(self, prepared, *args):
                ran.extend(step.name for step in prepared.steps)
                return engine.examine(prepared, *args)

        results = tiny.run_session(course, Watched(), list(CLASS), regrade=True)
        return {each.student: each for each in results}, ran

    regrade()
    return built, regrade


def contents(course: Course, student: str) -> nbformat.NotebookNode:
    notebook = nbk.read(course.path("autograded", student, "hw") / "hw.ipynb")
    for what in ("seconds", "moves"):
        del notebook.metadata["course"][what]
    return notebook


def scores(course: Course) -> list[tuple]:
    with Gradebook(course.gradebook_url, "tiny") as book:
        return [
            (each.student.id, grade.name, grade.auto_score, grade.needs_manual_grade)
            for each in book.assignment_submissions("hw")
            for grade in each.notebooks[0].grades
        ]


@needs_bubblewrap
def test_whose_score_moved_and_why(a_class, tiny):
    course, regrade = a_class
    assert regrade()[1] == []
    tiny.edit(course.source("hw") / "hw.ipynb", double_test=MENDED.replace("-6", "6"))
    results, ran = regrade()
    assert set(ran) == {"setup", "double", "double-test"}
    moved = {name: [(m.before, m.after, m.why) for m in each.moves] for name, each in results.items()}
    why = "the test has changed"
    assert moved == {
        "right": [(2, 0, why)],
        "careless": [(0, 2, why)],
        "loud": [(2, 0, why)],
        "wrong": [],
        "broken": [],
    }
    tiny.edit(course.source("hw") / "hw.ipynb", double_test=MENDED)
    results, _ = regrade()
    assert {name: each.score for name, each in results.items()} == {
        "right": 6, "careless": 4, "wrong": 0, "loud": 5, "broken": 0
    }  # fmt: skip
    assert not any(each.older_tests for each in results.values())
    again, ran = regrade()
    assert ran == []
    assert {name: each.moves for name, each in again.items()} == {name: each.moves for name, each in results.items()}


@needs_bubblewrap
def test_it_leaves_what_a_whole_grading_would(a_class, tiny):
    course, regrade = a_class
    tiny.edit(course.source("hw") / "hw.ipynb", root_test="assert root(9.0) == 3, 'not 3'\n")
    regrade()
    after = scores(course), [contents(course, student) for student in CLASS]
    shutil.rmtree(course.root / "autograded")
    assert "double-test" in regrade()[1]
    assert (scores(course), [contents(course, student) for student in CLASS]) == after


@needs_bubblewrap
def test_all_is_run_where_more_than_tests_has_changed(a_class, tiny):
    course, regrade = a_class
    tiny.edit(course.source("hw") / "hw.ipynb", setup="SQRT_2 = 1.5")
    results, ran = regrade()
    assert {"double-test", "root-test"} <= set(ran)
    (move,) = results["right"].moves
    assert (move.test, move.after) == ("root-test", 0)
    assert move.why == "the cells or files that tests work with have changed"


@needs_bubblewrap
def test_a_new_version_of_a_submission_is_run_as_a_whole(a_class, tiny):
    course, regrade = a_class
    tiny.edit(course.path("submitted", "wrong", "hw") / "hw.ipynb", double=tiny.right["double"])
    results, ran = regrade()
    assert ran.count("root-test") == 1
    assert [move.why for move in results["wrong"].moves] == ["it was handed in again"]


@needs_bubblewrap
def test_what_people_and_the_calendar_gave_stays(a_class, tiny):
    course, regrade = a_class
    with Gradebook(course.gradebook_url, "tiny") as book:
        for student in ("right", "careless"):
            book.find_grade("why", "hw", "hw", student).manual_score = 3.5
            book.find_grade("root-test", "hw", "hw", student).extra_credit = 0.5
            book.find_grade("double-test", "hw", "hw", student).manual_score = 1.0
            book.find_comment("why", "hw", "hw", student).manual_comment = "Well said."
            for grade in book.find_submission_notebook("hw", "hw", student).grades:
                grade.needs_manual_grade = False
        book.update_or_create_assignment("hw", duedate="2026-02-01 12:00:00 UTC")
        book.db.commit()
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    tiny.edit(course.source("hw") / "hw.ipynb", double_test=MENDED.replace("-6", "6"))
    regrade(Course.find(course.root))
    with Gradebook(course.gradebook_url, "tiny") as book:
        for student in ("right", "careless"):
            assert book.find_grade("why", "hw", "hw", student).score == 3.5
            assert book.find_grade("root-test", "hw", "hw", student).score == 3.5
            assert book.find_grade("double-test", "hw", "hw", student).score == 1.0
            assert book.find_comment("why", "hw", "hw", student).comment == "Well said."
            left = {g.name for g in book.find_submission_notebook("hw", "hw", student).grades if g.needs_manual_grade}
            assert left == {"double-test"}, "a person's score of what has moved is to be looked at again, no other"
        late = book.find_submission("hw", "careless")
        assert (late.score, late.late_submission_penalty) == (3.5 + 3.5 + 1 + 1, 9)


@needs_bubblewrap
def test_what_no_longer_fits_is_said(a_class, tiny):
    course, regrade = a_class
    path = course.path("submitted", "right", "hw") / "hw.ipynb"
    old = nbk.read(path)
    nbk.by_grade_id(old)["root"].metadata.nbgrader.grade_id = "square_root"
    tiny.write(old, path)
    result = regrade()[0]["right"]
    assert result.remarks == (
        "without the answer cells root: perhaps an older release of the assignment",
        "has cells that the assignment does not: square_root; they earn nothing",
    )
    assert result.score == 6, "the code in them is run all the same"


@needs_bubblewrap
@pytest.mark.parametrize(
    "stamp",
    [
        "x",
        {"moves": [5]},
        {"tests": 5},
        {"tests": {"double-test": 5}},
        {"tests": {"double-test": ["a", 9, 9, "passed", ""]}},
    ],
)
def test_what_a_student_put_where_the_result_stands_is_not_believed(a_class, stamp):
    """Plain nbgrader keeps a submission's metadata."""
    course, regrade = a_class
    path = course.path("autograded", "wrong", "hw") / "hw.ipynb"
    forged = nbk.read(path)
    forged.metadata["course"] = forged.metadata["course"] | stamp if isinstance(stamp, dict) else stamp
    nbformat.write(forged, path)
    (wrong,) = (each for each in standings(course, "hw").students if each.student == "wrong")
    assert (wrong.verdicts, wrong.score) == ((), 0)
    assert regrade()[0]["wrong"].moves == ()


@needs_bubblewrap
def test_tests_in_another_order_are_run_anew(built, tiny, engine):
    source = built.source("hw") / "hw.ipynb"
    tiny.edit(source, root_test="x = 5\n" + tiny.root_test, root_error_test="assert x == 5")
    released = nbk.read(built.release("hw") / "hw.ipynb")
    tiny.write(tiny.answers(released, **tiny.right), built.path("submitted", "ada", "hw") / "hw.ipynb")
    (result,) = tiny.run_session(built, engine, ["ada"])
    assert result.score == 6
    notebook = nbk.read(source)
    first, second = (i for i, each in enumerate(notebook.cells) if each.id in ("root-test", "root-error-test"))
    notebook.cells[first], notebook.cells[second] = notebook.cells[second], notebook.cells[first]
    tiny.write(notebook, source)
    (result,) = tiny.run_session(built, engine, ["ada"], regrade=True)
    assert [move.test for move in result.moves] == ["root-error-test"]


def test_the_version_is_that_of_everything_a_verdict_depends_on(course, tiny):
    source = course.source("hw")

    def versions():
        made = plan.make(course, "hw", register(course, "hw")[0], plan.Rules(60))
        return made.version, made.given

    first = versions()
    tiny.edit(source / "hw.ipynb", statement_1="Other words.", double="def double(x): return 2 * x")
    assert versions() == first
    tiny.edit(source / "hw.ipynb", root_test=tiny.root_test.replace("1e-12", "1e-10"))
    assert (versions()[0] != first[0], versions()[1]) == (True, first[1])
    tiny.edit(source / "hw.ipynb", setup="SQRT_2 = 2 ** 0.5")
    assert versions()[1] != first[1]
    second = versions()
    tiny.edit(source / "hw.ipynb", root="class Root: pass")
    assert versions()[1] != second[1], "names that answers define are theirs, not a test's"
    (source / "data.csv").write_text("1")
    assert versions()[1] not in (first[1], second[1])
