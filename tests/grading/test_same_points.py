"""By proxy every test of every assignment gives the points that it gives beside the answers, where nbgrader runs it."""

import copy
import shutil

import nbformat
import pytest

from course_lib.grading import forbidden, plan
from course_lib.grading import notebook as nbk
from course_lib.grading.build import register
from course_lib.grading.collect import Job
from course_lib.grading.course import Course
from course_lib.grading.grade import grade, open_engine
from tests.assignments import harness

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap")


def answered(notebook, answers):
    """A copy with these answers."""
    mine = copy.deepcopy(notebook)
    for name, source in answers.items():
        nbk.by_grade_id(mine)[name].source = source
    return mine


def first_wrong_answers(assignment):
    """For each exercise the first answer that loses points, though it uses nothing forbidden: that is refused here."""
    solution = harness.solution(assignment)
    chosen = {}
    for answer in harness.answers(assignment):
        mine = answered(solution, {answer.cell: answer.source})
        if answer.loses and answer.cell not in chosen and not forbidden.remarks(mine, solution):
            chosen[answer.cell] = answer.source
    return chosen


@pytest.fixture(scope="module", params=harness.ASSIGNMENTS)
def prepared(request, tmp_path_factory):
    """An assignment, and the processes that grade it."""
    gradebook = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    course = Course.find(harness.ROOT).having(db_url=f"sqlite:///{gradebook}")
    made = plan.make(course, request.param, register(course, request.param)[0], plan.Rules(timeout=120))
    with open_engine(made) as engine:
        yield request.param, made, engine


@pytest.mark.parametrize("kind", ["right", "blank", "wrong"])
def test_the_same_points(prepared, kind):
    assignment, made, engine = prepared
    solution = harness.solution(assignment)
    blank = {name: cell.source for name, cell in nbk.by_grade_id(harness.release(assignment)).items()}
    blank = {name: blank[name] for name, cell in nbk.by_grade_id(solution).items() if nbk.is_solution(cell)}
    answers = {"right": {}, "blank": blank, "wrong": first_wrong_answers(assignment)}[kind]
    submitted = nbformat.writes(answered(solution, answers)).encode()
    result = grade(Job("ada", {assignment: submitted}), made, engine).result
    assert result.remarks == ()
    beside = {name: outcome.points for name, outcome in harness.run(solution, answers).items()}
    assert {test.id: test.points for test in result.tests} == beside
    assert (result.score > 0) == (kind != "blank")
