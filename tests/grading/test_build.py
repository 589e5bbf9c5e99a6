"""From the instructor's notebooks to the students', and finding drift between the two."""

import hashlib
import json

import nbformat
import pytest

from course_lib.grading import build
from course_lib.grading.course import CourseError


def digests(directory):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.rglob("*") if path.is_file()}


def test_students_get_neither_solutions_nor_hidden_tests(built):
    text = (built.release("hw") / "hw.ipynb").read_text()
    for secret in ("x + x", "SOLUTION", "HIDDEN", "secret_number", "98765", "1e-12"):
        assert secret not in text
    assert "double(2) == 4" in text
    assert "raise NotImplementedError()" in text


def test_what_is_registered(course):
    registered = build.build(course, "hw")
    assert [(test.id, test.points, test.exercise) for test in registered.plan] == [
        ("double-test", 2, "Exercise 1: double"),
        ("root-test", 3, "Exercise 2: root"),
        ("root-error-test", 1, "Exercise 2: root"),
    ]
    assert registered.points_by_hand == 4
    assert list(registered.notebooks) == ["hw"]
    assert "secret_number" in str(registered.notebooks["hw"]), "grading needs the hidden tests"


def test_building_twice_gives_the_same_bytes(built):
    before = digests(built.release("hw"))
    build.build(built, "hw")
    assert digests(built.release("hw")) == before


def test_other_files_come_along_and_stale_ones_go(built):
    (built.source("hw") / "picture.png").write_bytes(b"picture")
    (built.release("hw") / "stale.txt").touch()
    build.build(built, "hw")
    assert {path.name for path in built.release("hw").iterdir()} == {"hw.ipynb", "picture.png"}


def test_nothing_has_drifted_right_after_building(built):
    assert build.drift(built, "hw") == ""


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        ("statement-1", "Twice the number.", "Twice the number!"),
        ("setup", "SQRT_2 = 1.4142135623730951", "SQRT_2 = 1.4142135623730952"),
        ("double", '"""Twice x."""', '"""Twice y."""'),
        ("double-test", "double(2) == 4", "double(2) == 5"),
    ],
)
def test_one_changed_character_is_drift_and_shown(built, tiny, cell, old, new):
    path = built.source("hw") / "hw.ipynb"
    source = next(each.source for each in nbformat.read(path, as_version=4).cells if each.id == cell)
    tiny.edit(path, **{cell.replace("-", "_"): source.replace(old, new)})
    difference = build.drift(built, "hw").splitlines()
    assert [line[0] for line in difference if old in line] == ["-"]
    assert [line[0] for line in difference if new in line] == ["+"]
    assert len(difference) < 15


def test_points_are_drift(built):
    path = built.source("hw") / "hw.ipynb"
    path.write_text(path.read_text().replace('"points": 3', '"points": 5'))
    assert '+     "points": 5' in build.drift(built, "hw")


def test_an_edited_exercise_is_drift(built):
    path = built.release("hw") / "hw.ipynb"
    path.write_text(path.read_text().replace("Twice the number.", "Thrice the number."))
    assert "-Thrice the number." in build.drift(built, "hw")


def test_missing_and_superfluous_files_are_drift(built):
    (built.release("hw") / "extra.txt").touch()
    assert "extra.txt has no counterpart" in build.drift(built, "hw")
    (built.release("hw") / "hw.ipynb").unlink()
    assert "hw.ipynb is missing" in build.drift(built, "hw")


def test_looking_for_drift_touches_nothing(course):
    before = digests(course.root)
    assert "hw.ipynb is missing" in build.drift(course, "hw")
    assert digests(course.root) == before
    build.build(course, "hw")
    before = digests(course.root)
    build.drift(course, "hw")
    assert digests(course.root) == before


def test_hidden_tests_that_changed_since_the_build_are_named(built, tiny):
    assert build.register(built, "hw")[1] == []
    tiny.edit(built.source("hw") / "hw.ipynb", root_test=tiny.root_test.replace("1e-12", "1e-10"))
    assert build.drift(built, "hw") == "", "hidden tests are not in the students' version"
    for _ in range(2):
        assert build.register(built, "hw")[1] == ["hw/root-test"], "until the next build"
    build.build(built, "hw")
    assert build.register(built, "hw")[1] == []


def test_without_a_record_the_gradebook_knows_the_last_build(built, tiny):
    (built.root / ".course" / "build" / "hw.json").unlink()
    tiny.edit(built.source("hw") / "hw.ipynb", root_test=tiny.root_test.replace("1e-12", "1e-10"))
    assert build.register(built, "hw")[1] == ["hw/root-test"]


def test_a_first_registration_has_nothing_to_compare(course):
    assert build.register(course, "hw")[1] == []


def test_what_cannot_be_converted_is_explained_and_leaves_the_exercises(built, tiny):
    before = digests(built.release("hw"))
    tiny.edit(built.source("hw") / "hw.ipynb", double="def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x")
    with pytest.raises(CourseError, match=r"source/hw cannot be converted\. RuntimeError: .*end solution"):
        build.build(built, "hw")
    assert digests(built.release("hw")) == before


def test_an_assignment_that_does_not_exist(course):
    with pytest.raises(CourseError, match="Did you mean hw"):
        build.build(course, "hw1")


def test_the_record_holds_no_tests(built):
    record = json.loads((built.root / ".course" / "build" / "hw.json").read_text())
    assert set(record) == {"hw/setup", "hw/double-test", "hw/root-test", "hw/root-error-test"}
    assert all(len(digest) == 64 for digest in record.values())
