"""By proxy every test of every assignment gives the points that it gives beside the answers, where nbgrader runs it.

What it gives there is declared with the answers, and kept true by the tests of the assignments.
"""

import shutil
from dataclasses import replace

import nbformat
import pytest

from course_lib.grading import plan
from course_lib.grading.build import register
from course_lib.grading.collect import Job
from course_lib.grading.course import Course
from course_lib.grading.grade import grade, open_engine
from tests.assignments import harness
from tests.grading import submissions

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    gradebook = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    return Course.find(harness.ROOT).having(db_url=f"sqlite:///{gradebook}")


@pytest.fixture(scope="module")
def engine(course):
    """The processes that grade all assignments: none shows its students more of this course's files than another."""
    with open_engine(replace(planned(course, harness.ASSIGNMENTS[0]), preload=("numpy", "scipy", "torch"))) as engine:
        yield engine


def planned(course, assignment):
    made = plan.make(course, assignment, register(course, assignment)[0], plan.Rules(timeout=120))
    assert (made.visible, made.files) == ((), {})
    return made


@pytest.fixture(scope="module", params=harness.ASSIGNMENTS)
def prepared(request, course, engine):
    """An assignment, and the processes that grade it."""
    return request.param, planned(course, request.param), engine


@pytest.mark.parametrize("kind", submissions.KINDS)
def test_the_same_points(prepared, kind):
    assignment, made, engine = prepared
    solution = harness.solution(assignment)
    answers = submissions.KINDS[kind](assignment)
    submitted = nbformat.writes(submissions.answered(solution, answers)).encode()
    result = grade(Job("ada", {assignment: submitted}), made, engine).result
    assert result.remarks == ()
    lost = {test.id for test in result.tests} if kind == "blank" else submissions.lost(assignment, answers)
    assert {test.id for test in result.tests if test.points == 0} == lost
    assert all(test.points == test.max_points for test in result.tests if test.id not in lost)
    assert (result.score > 0) == (kind != "blank")
