"""Mistakes in right answers, and whether the tests find them."""

import json
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.grading import audit as auditing
from course_lib.grading import names
from course_lib.grading.course import CourseError
from tests.grading.conftest import edit

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap"
)

WEAK = "assert double(0) == 0"
STRONG = "assert root(4.0) == 2.0\nassert root(0.25) == 0.5\nassert root(0) == 0"


def audited(course, **kwargs):
    return {each.cell: each for each in auditing.audit(course, "hw", **kwargs)}


@needs_bubblewrap
def test_strong_tests_find_every_mistake(course):
    edit(course.source("hw") / "hw.ipynb", root_test=STRONG)
    found = audited(course)
    assert list(found) == ["double", "root"]
    assert [(each.survivors, each.unfounded) for each in found.values()] == [((), ())] * 2
    assert [each.mutants > each.killed - 1 > 2 for each in found.values()] == [True, True]
    assert auditing.share_killed(list(found.values())) == 1
    assert auditing.is_strong(list(found.values()))


@needs_bubblewrap
def test_a_missing_test_is_seen(course):
    edit(course.source("hw") / "hw.ipynb", double_test=WEAK)
    found = audited(course, workers=2)["double"]
    assert {change.description for change in found.survivors} == {
        "Add became Sub",
        "dropped a term",
        "flipped the sign of the result",
    }
    first = min(found.survivors, key=lambda change: change.description)
    assert (first.line, first.diff) == (3, "-    result = x + x\n+    result = x - x")
    assert found.killed == found.mutants - len(found.survivors)


@needs_bubblewrap
def test_what_makes_no_difference_is_listed_with_its_reason(course):
    edit(
        course.source("hw") / "hw.ipynb",
        root="def root(x):\n    if x < 0:\n        raise ValueError\n    return x**0.5 if x > 0 else 0.0\n",
    )
    (survivor, *_) = audited(course)["root"].survivors
    listed = course.root / "source" / "hw.equivalent.yml"
    listed.write_text(yaml.safe_dump({"root": [{"change": survivor.diff, "reason": "the root of 0 is 0 anyway"}]}))
    found = audited(course)["root"]
    assert found.equivalent == (survivor.diff,)
    assert survivor not in found.survivors
    listed.write_text(yaml.safe_dump({"root": [{"change": "- a\n+ b", "reason": "there is no such line"}]}))
    found = audited(course)["root"]
    assert found.unfounded == ("- a\n+ b",)
    assert not auditing.is_strong([found])


@pytest.mark.parametrize(
    "text", ["- a", "root: 5", "root:\n- change: x", "root:\n- change: x\n  reason: ''", "a: [b: c"]
)
def test_a_list_that_cannot_be_read(course, text):
    (course.root / "source" / "hw.equivalent.yml").write_text(text)
    with pytest.raises(CourseError, match=r"hw\.equivalent\.yml cannot be read"):
        list(auditing.audit(course, "hw"))


@needs_bubblewrap
def test_a_right_answer_that_is_wrong(course):
    edit(course.source("hw") / "hw.ipynb", double="def double(x):\n    return 3 * x\n")
    with pytest.raises(CourseError, match="own answers double-test gives 0 of 2 points: twice 2 is 4"):
        list(auditing.audit(course, "hw"))


def test_too_many_cannot_be_equivalent():
    each = auditing.Audited("hw", "f", 20, (), ("a", "b"))
    assert each.too_many_equivalent
    assert not auditing.is_strong([each])
    assert not auditing.Audited("hw", "f", 10, (), ("a",)).too_many_equivalent


@needs_bubblewrap
def test_the_command_keeps_what_it_found_until_something_changes(course, monkeypatch):
    tried = []
    audit_one = auditing._Bench.audit
    monkeypatch.setattr(
        auditing._Bench, "audit", lambda bench, exercise: tried.append(exercise.cell) or audit_one(bench, exercise)
    )

    def run(*arguments):
        return CliRunner().invoke(app, ["audit", *arguments, "--course", str(course.root)])

    edit(course.source("hw") / "hw.ipynb", root_test=STRONG)
    done = run("hw", "--json")
    assert done.exit_code == 0
    assert [each["answer"] for each in json.loads(done.stdout)["hw"]] == ["double", "root"]
    first = done.stdout
    tried.clear()
    assert run("hw", "--json").stdout == first
    assert tried == []
    edit(course.source("hw") / "hw.ipynb", double_test=WEAK)
    for _ in range(2):
        done = run()
        assert "+    result = x - x" in done.stdout
        assert done.exit_code == 1
        assert "Too weak: hw" in done.stderr
    assert tried == ["double"]
    run("--again")
    assert tried == ["double", "double", "root"]


@needs_bubblewrap
@pytest.mark.parametrize("text", ["", "[]", '{"hw/double": 5}', '{"hw/double": {"of": 1}}'])
def test_a_record_that_cannot_be_read_is_made_anew(course, text):
    (course.root / "source" / "hw.audit.json").write_text(text)
    assert audited(course)["double"].killed
    assert set(json.loads((course.root / "source" / "hw.audit.json").read_text())) == {"hw/double", "hw/root"}


def test_only_what_is_used_is_run():
    cells = [
        "import math",
        "def f(x): return x",
        "def g(x): return f(x)",
        "def h(x): return x",
        "assert g(1)",
        "print(1)",
    ]
    assert names.needed(cells, [4], [1, 2, 3, 4]) == [0, 1, 2, 4, 5]
    assert names.needed(cells, [3], [1, 2, 3, 4, 5]) == [0, 3]
