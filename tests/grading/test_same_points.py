"""By proxy every test of every assignment gives the points that it gives beside the answers, where nbgrader runs it."""

import shutil

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


@pytest.fixture(scope="module", params=harness.ASSIGNMENTS)
def prepared(request, tmp_path_factory):
    """An assignment, and the processes that grade it."""
    gradebook = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    course = Course.find(harness.ROOT).having(db_url=f"sqlite:///{gradebook}")
    made = plan.make(course, request.param, register(course, request.param)[0], plan.Rules(timeout=120))
    with open_engine(made) as engine:
        yield request.param, made, engine


@pytest.mark.parametrize("kind", submissions.KINDS)
def test_the_same_points(prepared, kind):
    assignment, made, engine = prepared
    solution = harness.solution(assignment)
    answers = submissions.KINDS[kind](assignment)
    submitted = nbformat.writes(submissions.answered(solution, answers)).encode()
    result = grade(Job("ada", {assignment: submitted}), made, engine).result
    assert result.remarks == ()
    beside = {name: outcome.points for name, outcome in harness.run(solution, answers).items()}
    assert {test.id: test.points for test in result.tests} == beside
    assert (result.score > 0) == (kind != "blank")
