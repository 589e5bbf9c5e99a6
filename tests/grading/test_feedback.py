"""What students get back says how they did, and nothing of the hidden tests."""

import html
import os
import re
import shutil

import pytest
from nbformat.v4 import new_code_cell

from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course
from course_lib.grading.feedback import LONGEST_CELL, Ended, feedback, messages, verdict

# Ways to get out what a submission sees of the hidden tests, which is the arguments of a call: in an output, an error's
# message, an error's name, a file.
CURIOUS_DOUBLE = """
import glob
def double(x):
    print("called with", x)
    for path in glob.glob("*"):
        print(open(path, errors="replace").read())
    open("loot.txt", "w").write(str(x))
    if x not in (2, 0):
        raise AssertionError(f"x was {x}")
    return 2 * x
"""
CURIOUS_ROOT = """
def root(x):
    if x < 0:
        raise type(f"LOOT_{x}", (Exception,), {})(x)
    if x == 2.0:
        raise KeyError(f'x was {x}')
    return x ** 0.5
"""
MARKUP = (
    "**bold** and <script>alert('x')</script> and [a link](javascript:alert(1)) ![a spy](https://example.org/i.png)"
)


@pytest.fixture(scope="module")
def pages(built_once, tmp_path_factory, tiny_session, engine):
    """The feedback of a small class, by student, as HTML."""
    course = Course.find(shutil.copytree(built_once.root, tmp_path_factory.mktemp("feedback") / "course"))
    (course.source("hw") / "picture.png").write_bytes(b"picture")
    released = nbk.read(built_once.release("hw") / "hw.ipynb")
    right = tiny_session.right
    classmates = {
        "right": {**right, "why": MARKUP},
        "careless": {**right, "double": "def double(x): return 2 * abs(x)", "root": "def root(x): return -4"},
        "curious": {"double": CURIOUS_DOUBLE, "root": CURIOUS_ROOT},
        "broken": {"double": "def double(x) return x", "root": "def root(x): return ROOT"},
        "endless": {**right, "double": right["double"] + "# and so on" * LONGEST_CELL},
    }
    for student, answers in classmates.items():
        notebook = tiny_session.answers(released, **answers)
        if student == "curious":
            notebook.cells.append(new_code_cell("print(In)", id="free"))
        tiny_session.write(notebook, course.path("submitted", student, "hw") / "hw.ipynb")
    results = tiny_session.run_session(course, engine, sorted(classmates))
    assert all(result.status == "graded" for result in results)
    assert list(feedback(course, "hw")) == [(student, "") for student in sorted(classmates)]
    return course, {name: (course.path("feedback", name, "hw") / "hw.html").read_text() for name in classmates}


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page[page.index("<body") :]))


def test_no_hidden_line_gets_out(pages, tiny):
    hidden = [
        line.strip()
        for tests in (tiny.double_test, tiny.root_test, tiny.root_error_test)
        for number, line in enumerate(tests.split("\n"), start=1)
        if number in nbk.hidden_lines(tests) and len(line.strip()) > 5
    ]
    assert len(hidden) >= 8
    for page in pages[1].values():
        for line in [*hidden, "secret_number", "98765", "LOOT_-", "HIDDEN TESTS", "1e-12"]:
            assert line not in page
            assert line not in text_of(page)


def test_no_file_that_student_code_wrote_gets_out(pages):
    course, _ = pages
    files = {path.name for path in course.path("feedback", "curious", "hw").iterdir()}
    assert files == {"hw.html", "picture.png"}


def test_students_see_their_code_the_visible_tests_and_their_points(pages):
    text = text_of(pages[1]["careless"])
    assert "return 2 * abs(x)" in text
    assert 'assert double(2) == 4, "twice 2 is 4"' in text
    assert "Score: 0.0 / 2.0" in text


@pytest.mark.parametrize(
    ("student", "verdicts"),
    [
        ("right", ["All tests passed."] * 3),
        (
            "careless",
            [
                "A hidden test failed: wrong for x = …",
                'A test that you can see failed, `assert root(4.0) == 2.0, "the root of 4 is 2"`: the root of 4 is 2',
                "A hidden test failed: negative numbers have no root",
            ],
        ),
        (
            "curious",
            [
                "A hidden test failed.",
                "A hidden test failed: your code raised KeyError.",
                "A hidden test failed: your code raised an error.",
            ],
        ),
        (
            "broken",
            [
                "This cell stopped with SyntaxError.",
                'A test that you can see failed, `assert double(2) == 4, "twice 2 is 4"`: your code raised NameError.',
            ],
        ),
    ],
)
def test_verdicts(pages, student, verdicts):
    text = text_of(pages[1][student])
    places = [text.find(verdict) for verdict in verdicts]
    assert -1 not in places, text
    assert places == sorted(places)


def test_markup_of_students_is_text(pages):
    body = pages[1]["right"].split("<body", 1)[1]
    assert "<script>alert" not in body
    assert "&lt; script&gt;alert" in body
    assert "<strong>bold</strong>" in body
    assert 'href="javascript:' not in body
    assert not re.search("<img[^>]*example", body)


def test_a_giant_cell_is_cut(pages):
    assert len(pages[1]["endless"]) < 10 * LONGEST_CELL
    assert "characters more" in pages[1]["endless"]


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (Ended("timeout", "out of time"), "The tests ran out of time."),
        (Ended("crashed", "Python stopped"), "Python stopped, in these tests or before them."),
        (Ended("memory", "x = -17.25", 4, "MemoryError"), "The tests ran out of memory."),
        (Ended("failed", "partial credit"), "The tests gave only part of the points."),
        (Ended("failed", "", 2, "AssertionError"), "A test that you can see failed, `assert double(0) == 0`."),
        (
            Ended("failed", "twice 2 is 4", 1, "AssertionError"),
            'A test that you can see failed, `assert double(2) == 4, "twice 2 is 4"`: twice 2 is 4',
        ),
        (Ended("failed", "wrong for x = 3", 5, "AssertionError"), "A hidden test failed: wrong for x = …"),
        (Ended("failed", "wrong for x = " + "9" * 81, 5, "AssertionError"), "A hidden test failed."),
        (Ended("failed", "Arrays are not equal: ACTUAL 98765", 5, "AssertionError"), "A hidden test failed."),
        (
            Ended("error", "ZeroDivisionError: 98765", 99, "ZeroDivisionError"),
            "A hidden test failed: your code raised ZeroDivisionError.",
        ),
    ],
)
def test_verdicts_alone(tiny, ended, said):
    assert verdict(ended, tiny.double_test) == said


def test_a_try_that_failed_is_not_shown_by_its_except():
    tests = "try:\n    root(-1)\nexcept ValueError:\n    pass"
    said = verdict(Ended("error", "TypeError: ", 3, "TypeError"), tests)
    assert said == "A test that you can see failed: your code raised TypeError."


def test_messages_with_magics_and_without_literals():
    assert messages("%time x\nassert y, 'no'") == []
    assert messages("assert y, message\nassert z\nraise AssertionError(text)") == []
    (only,) = messages("if not z:\n    raise AssertionError('by (hand)')")
    assert only.fullmatch("by (hand)")


def test_comments_of_people_are_shown(pages):
    from nbgrader.api import Gradebook

    course, _ = pages
    with Gradebook(course.gradebook_url, "tiny") as gradebook:
        gradebook.find_comment("why", "hw", "hw", "right").manual_comment = "Short, and to the point."
        gradebook.db.commit()
    directory = os.getcwd()
    assert ("right", "") in list(feedback(course, "hw"))
    assert os.getcwd() == directory
    page = (course.path("feedback", "right", "hw") / "hw.html").read_text()
    assert "Short, and to the point." in page
