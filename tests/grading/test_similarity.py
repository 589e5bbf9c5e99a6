"""Answers that are alike: planted copies are found in whatever disguise, independent answers raise no alarm."""

import json
import re
import warnings

import pytest
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.grading import notebook as nbk
from course_lib.grading.course import CourseError
from course_lib.grading.fragments import Names, fragments, parse
from course_lib.grading.similarity import LONGEST, compare, identical, page, similar
from tests.grading import classmates

HANDED_OUT = "import numpy as np\n\ndef solve(A, b):\n    '''Solve.'''\n    raise NotImplementedError"
NAMES = Names.of([HANDED_OUT])

ANSWER = '''
def solve(A, b):
    """By Gauss."""
    U = np.array(A, dtype=float)
    y = np.array(b, dtype=float)
    tolerance = 0.001
    for k in range(len(U)):
        pivot = k + np.argmax(np.abs(U[k:, k]))
        if abs(U[pivot, k]) < tolerance:
            raise ValueError("singular")
        U[[k, pivot]] = U[[pivot, k]]
        for i in range(k + 1, len(U)):
            y[i] -= U[i, k] / U[k, k] * y[k]
    return y
'''
SAME = """
def solve(matrix, right):
    # my own
    eps: float = 1e-3
    rhs = np.array(right, dtype=float)
    work = np.array(matrix, dtype=float)
    for step in range(len(work)):
        best = np.argmax(np.abs(work[step:, step])) + step
        if eps > abs(work[best, step]):
            raise ValueError(f"no solution in step {step}")
        work[[step, best]] = work[[best, step]]
        for row in range(1 + step, len(work)):
            rhs[row] = rhs[row] - work[row, step] / work[step, step] * rhs[step]
    return rhs
"""


def test_renaming_reordering_comments_and_layout_change_nothing():
    assert fragments(ANSWER, NAMES).keys() == fragments(SAME, NAMES).keys()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("y = np.sum(x)", "import numpy\ny = numpy.sum(x)"),
        ("y = np.sum(x)", "from numpy import sum as total\ny = total(x)"),
        ("class A:\n    def f(self): self.w = 2 * self.w", "class B:\n    def g(me): me.v = me.v * 2.0"),
        ("try:\n    f(1)\nexcept KeyError as e:\n    print(e)", "try:\n    f(1)\nexcept KeyError as x:\n    print(x)"),
        ("x = [i * 2 for i in range(3)]", "y = [2 * j for j in range(3)]"),
    ],
)
def test_the_same_written_another_way(one, other):
    assert fragments(one, NAMES).keys() == fragments(other, NAMES).keys()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("y = np.sum(x)", "y = np.mean(x)"),
        ("y = x - 1", "y = x - 2"),
        ("y = x.T", "y = x.mT"),
        ("y = a - abs(b)", "y = abs(a) - b"),
        ("for i in range(9): f(i)", "while range(9): f(i)"),
    ],
)
def test_what_differs_is_told_apart(one, other):
    assert fragments(one, NAMES).keys() != fragments(other, NAMES).keys()


def test_a_variable_for_a_part_leaves_most_of_it():
    whole = fragments("def f(x): return np.sqrt(np.sum(x * x) / len(x)) + np.max(x[1:] - x[:-1])", NAMES)
    parts = fragments(
        "def f(x):\n    s = np.sum(x * x) / len(x)\n    return np.sqrt(s) + np.max(x[1:] - x[:-1])", NAMES
    )
    assert len(whole.keys() & parts.keys()) > 0.7 * len(whole)


HOSTILE = {
    "not code": "dear sir or madam, ((( " * 50,
    "deep brackets": "(" * 20_000,
    "deep but valid": "x = " + "[" * 90 + "]" * 90,
    "a long sum": "x = " + "+".join(["1"] * 15_000),
    "many signs": "x = " + "-" * 40_000 + "1",
    "deep blocks": "\n".join(" " * i + "if x:" for i in range(99)) + "\n" + " " * 99 + "y",
    "a zero byte": "x = 1\0",
    "a long number": "x = " + "9" * 5_000,
    "magics": "%matplotlib inline\n!ls\nx?\n" + ANSWER,
    "a surrogate": "x = '\ud800'",
    "warnings": 'x = "\\d" is "\\w"',
    "empty": "",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_is_handed_in_breaks_it(name):
    answers = {"one": {"ann": HOSTILE[name], "bob": HOSTILE[name], "cy": ANSWER}}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        similar(answers, [HANDED_OUT], 10)


def test_lines_that_are_not_python_are_left_out():
    broken = ANSWER.replace("tolerance = 0.001", "tolerance = = 0.001")
    assert parse(HOSTILE["magics"]) is not None
    assert len(fragments(broken, NAMES).keys() & fragments(ANSWER, NAMES).keys()) > 30


# ------------------------------------------------------------------------------------------------------------ a class


def shown(answers, handed_out=(HANDED_OUT,)):
    _, pairs = similar(answers, handed_out, 100)
    return {pair.students: pair for pair in pairs}


def test_copies_are_found_in_whatever_disguise_and_independent_answers_raise_no_alarm():
    assignment, n = "02_linear_algebra", 90
    handed_out = [c.source for c in classmates.harness.release(assignment).cells if c.cell_type == "code"]
    class_, planted = classmates.class_with_copies(assignment, n, len(classmates.DISGUISES), seed=3)
    assert len({each.disguise for each in planted}) == len(classmates.DISGUISES) == len(planted)
    cells = next(iter(class_.values()))
    answers = {cell: {student: sources[cell] for student, sources in class_.items()} for cell in cells}
    assert shown(answers, handed_out).keys() == {each.students for each in planted}


def test_what_was_handed_out_is_no_likeness():
    assert shown({"one": {"ann": ANSWER, "bob": SAME}}, [HANDED_OUT, ANSWER]) == {}


def test_what_a_tenth_of_the_class_writes_is_no_likeness():
    few = {f"s{i}": ANSWER for i in range(3)}
    assert len(shown({"one": few})) == 3
    others = {f"s{i}": f"def solve(A, b): return {i} * np.linalg.solve(A, b - {i})" for i in range(10, 40)}
    assert shown({"one": {f"s{i}": ANSWER for i in range(10)} | others}) == {}


def test_short_answers_say_nothing():
    short = "def solve(A, b):\n    return np.linalg.inv(A) @ b"
    assert shown({"one": {"ann": short, "bob": short}}) == {}


def test_padding_hides_nothing():
    padded = SAME + "\n".join(f"unused_{i} = np.zeros({i}) - {i} ** 2" for i in range(200))
    assert shown({"one": {"ann": ANSWER, "bob": padded}})[("ann", "bob")].exercises[0].similarity > 0.95


def test_lines_that_both_have_are_marked():
    (pair,) = shown({"one": {"ann": ANSWER, "bob": SAME + "print(3 + 4, 'mine')"}}).values()
    mine = {line.text: line.shared for line in pair.exercises[0].excerpts[1]}
    assert mine["    work = np.array(matrix, dtype=float)"]
    assert not mine["print(3 + 4, 'mine')"]
    assert not mine["    # my own"]


# ------------------------------------------------------------------------------------------------------- a directory

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def handed_in(built, tiny):
    """Ann and Bob write the same; Eve's file is broken, Fay's too long; Cy and Dan have not begun."""
    released = nbk.read(built.release("hw") / "hw.ipynb")
    own = ANSWER.replace("solve", "double")
    answers = {"ann": own, "bob": SAME.replace("solve", "double") + f"# {MARKUP}", "cy": None, "dan": None}
    for student, source in {**answers, "fay": "x = 1\n" * LONGEST}.items():
        notebook = tiny.answers(released, **({"double": source} if source else {}))
        tiny.write(notebook, built.path("submitted", student, "hw") / "hw.ipynb")
    eve = built.path("submitted", "eve", "hw")
    eve.mkdir(parents=True)
    (eve / "hw.ipynb").write_text("{")
    return built


def test_a_directory_of_submissions(handed_in):
    found = compare(handed_in, "hw", 10)
    assert [pair.students for pair in found.pairs] == [("ann", "bob")]
    assert [each.exercise for each in found.pairs[0].exercises] == ["Exercise 1: double"]
    assert {student for student, _ in found.left_out} == {"eve", "fay"}
    assert compare(handed_in, "hw", 1).found == 1


def test_an_answer_in_an_added_cell_counts(handed_in, tiny):
    path = handed_in.path("submitted", "bob", "hw") / "hw.ipynb"
    notebook = nbk.read(path)
    cells = {cell.id: cell for cell in notebook.cells}
    added = nbk.NotebookNode(cells["double"], id="mine", metadata={}, source=cells["double"].source)
    cells["double"].source = "# see below"
    notebook.cells.insert(notebook.cells.index(cells["double"]) + 1, added)
    tiny.write(notebook, path)
    assert [pair.students for pair in compare(handed_in, "hw", 10).pairs] == [("ann", "bob")]


def test_the_page_asks_for_nothing_and_accuses_nobody(handed_in):
    text = page(compare(handed_in, "hw", 10))
    assert not re.search(r"https?://|<script|src=|@import|url\(", text)
    assert "&lt;script&gt;alert(1)" in text
    assert "For the instructor only" in text
    assert not re.search("cheat|plagiar|copied|guilt", text, flags=re.IGNORECASE)
    assert "prefers-color-scheme: dark" in text


def test_an_assignment_that_was_not_built(course):
    with pytest.raises(CourseError, match="course build hw"):
        compare(course, "hw", 10)


def test_the_command(handed_in, tmp_path):
    def run(*arguments):
        return CliRunner().invoke(app, ["similarity", *map(str, arguments), "--course", str(handed_in.root)])

    done = run("hw", "--html", tmp_path / "page.html")
    assert done.exit_code == 0, done.output
    assert all(words in done.stdout for words in ("ann", "bob", "a place to look", "eve was not compared"))
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")
    (pair,) = json.loads(run("hw", "--json").stdout)["pairs"]
    assert pair["students"] == ["ann", "bob"]
    assert pair["exercises"]["Exercise 1: double"]["similarity"] > 0.95
    assert run("nothing").exit_code == 2


def test_who_has_written_the_same_to_the_last_character_is_said():
    long, short = "x = 1\n" * 50, "x = 1"
    answers = {"one": {"ada": long, "bob": long, "cy": long, "dan": short, "eve": short}, "two": {"cy": short}}
    assert list(identical(answers)) == [("ada", "bob")]
