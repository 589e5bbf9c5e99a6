"""The one writer of grades: nbgrader's own rules, and nothing touched that people gave."""

from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from course_lib.grading import gradebook
from course_lib.grading.results import Graded, Submission

DUE = datetime(2026, 1, 10)
SCORES = {("hw", "double-test"): 2.0, ("hw", "root-test"): 1.5, ("hw", "root-error-test"): 0.0, ("hw", "why"): None}


def graded(student="ada", scores=SCORES, unanswered=()):
    return Graded(Submission(student, "graded", ()), {"hw": "{}"}, scores, frozenset(unanswered))


@pytest.fixture
def book(built):
    with Gradebook(built.gradebook_url, "tiny") as opened:
        opened.update_or_create_assignment("hw", duedate=DUE)
        yield built, opened


def recorder(course, opened, **penalty):
    course.config.LateSubmissionPlugin.update(penalty)
    return gradebook.Recorder(opened, course, "hw")


def test_a_new_student(book):
    course, opened = book
    write = recorder(course, opened)
    assert not write.has("ada")
    write.record(graded(unanswered=[("hw", "double")]), DUE)
    assert write.has("ada")
    assert write.by_hand("ada")
    submission = opened.find_submission("hw", "ada")
    assert (submission.score, submission.timestamp, submission.late_submission_penalty) == (3.5, DUE, 0)
    assert opened.find_comment("double", "hw", "hw", "ada").auto_comment == "No response."
    assert opened.find_comment("root", "hw", "hw", "ada").auto_comment is None
    assert opened.find_grade("why", "hw", "hw", "ada").needs_manual_grade
    assert not opened.find_grade("root-test", "hw", "hw", "ada").needs_manual_grade


def test_what_is_written_twice_is_there_once(book):
    course, opened = book
    write = recorder(course, opened)
    write.record(graded(), None)
    write.record(graded(scores=SCORES | {("hw", "root-test"): 3.0}), None)
    submission = opened.find_submission("hw", "ada")
    assert submission.score == 5.0
    assert len(submission.notebooks) == 1
    assert len(submission.notebooks[0].grades) == 4
    assert write.kept("ada") == 5.0


@pytest.mark.parametrize(("hours", "penalty"), [(-1, None), (0, None), (1, 3.5)])
def test_late_penalties_are_the_plugins(book, hours, penalty):
    course, opened = book
    recorder(course, opened, penalty_method="zero").record(graded(), DUE + timedelta(hours=hours))
    assert opened.find_submission_notebook("hw", "hw", "ada").late_submission_penalty == penalty


def test_an_extension_counts(book):
    course, opened = book
    write = recorder(course, opened, penalty_method="zero")
    write.record(graded(), DUE)
    opened.grant_extension("hw", "ada", hours=2)
    write.record(graded(), DUE + timedelta(hours=1))
    assert opened.find_submission_notebook("hw", "hw", "ada").late_submission_penalty is None


def test_a_penalty_is_settled_anew_when_somebody_has_scored_or_granted_time(book):
    course, opened = book
    write = recorder(course, opened, penalty_method="zero")
    write.record(graded(), DUE + timedelta(hours=1))
    opened.find_grade("why", "hw", "hw", "ada").manual_score = 4.0
    opened.db.commit()
    assert write.settle("ada") == 7.5
    assert opened.find_submission_notebook("hw", "hw", "ada").late_submission_penalty == 7.5
    opened.grant_extension("hw", "ada", hours=2)
    gradebook.settle(course, "hw")
    opened.db.expire_all()
    assert opened.find_submission_notebook("hw", "hw", "ada").late_submission_penalty is None


def test_a_failure_leaves_nothing_half_written(book):
    course, opened = book
    write = recorder(course, opened)
    with pytest.raises(Exception, match="float"):
        write.record(graded(scores=SCORES | {("hw", "root-test"): "three"}), None)
    assert not write.has("ada")
