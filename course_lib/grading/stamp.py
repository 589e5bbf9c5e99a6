"""What a graded notebook tells about itself: which submission, tests and limits gave its result, and the result."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from course_lib.grading.collect import Job
from course_lib.grading.plan import Plan
from course_lib.grading.results import PlannedTest, Verdict

NAME = "course"
"""Where it stands in a notebook's metadata."""

Stamp = dict[str, Any]


def of(notebook: NotebookNode) -> Stamp:
    """A graded notebook's stamp; empty if plain nbgrader graded it, which keeps what a student has put there."""
    stamp = notebook.metadata.get(NAME)
    return stamp if _is_well_formed(stamp) else {}


def _is_well_formed(stamp: object) -> bool:
    match stamp:
        case {
            "submission": str(),
            "version": str(),
            "timeout": int() | float(),
            "memory": int() | float(),
            "in_process": bool(),
            "tests": dict(tests),
            "remarks": list(remarks),
            "unanswered": list(unanswered),
            "moves": list(moves),
            "seconds": int() | float(),
        }:
            texts = [*remarks, *unanswered]
            known = all(map(_is_verdict, tests.values())) and all(map(_is_move, moves))
            return known and all(isinstance(each, str) for each in texts)
    return False


def _is_verdict(kept: object) -> bool:
    match kept:
        case [str(), int() | float(), int() | float(), str(), str(), int() | None, str() | None]:
            return True
    return False


def _is_move(kept: object) -> bool:
    match kept:
        case {"test": str(), "before": int() | float(), "after": int() | float(), "why": str(), **others}:
            return not others
    return False


def is_rubric(cell: NotebookNode) -> bool:
    """Whether a cell of a graded notebook was put there for those who grade."""
    return cell.metadata.get(NAME) == {"rubric": True}


def made(job: Job, plan: Plan) -> Stamp:
    """The part of a stamp that says what gave the result."""
    rules = plan.rules
    return {
        "submission": job.version,
        "version": plan.version,
        "given": plan.given,
        "timeout": rules.timeout,
        "memory": rules.memory,
        "in_process": rules.in_process,
    }


def outdated(stamp: Stamp, job: Job, plan: Plan) -> str:
    """Why a submission is to be graded again, whatever its tests are now; empty if there is no reason."""
    if stamp.get("submission") != job.version:
        return "it was handed in again"
    if stamp["in_process"] != plan.rules.in_process:
        return "its tests are run in another process"
    outcomes = {outcome for _, _, _, outcome, *_ in stamp["tests"].values()}
    if ("timeout" in outcomes and stamp["timeout"] < plan.rules.timeout) or (
        "memory" in outcomes and stamp["memory"] < plan.rules.memory
    ):
        return "there is more time or memory now"
    return ""


def everything(stamp: Stamp, job: Job, plan: Plan) -> str:
    """Why all of a submission is to be run again, and not only tests that have changed; empty if there is no reason."""
    changed = stamp.get("given") != plan.given
    return outdated(stamp, job, plan) or ("the cells or files that tests work with have changed" if changed else "")


def verdict(stamp: Stamp, test: PlannedTest) -> Verdict:
    """The verdict that a stamp holds on a test."""
    kept = stamp.get("tests", {}).get(test.cell)
    if kept is None:
        message = "" if stamp else "the notebook is missing from the submission"
        return Verdict(test.id, 0.0, test.points, "missing", message)
    _, points, _, outcome, message, *_ = kept
    return Verdict(test.id, points, test.points, outcome, message)
