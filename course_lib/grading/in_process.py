"""A notebook run the stock way: all of it in one process, tests beside the student's code, and still in the sandbox.

For tests that cannot be run by proxy. What a submission may do to a test then, it may do: see the threat model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from course_lib.grading import verdicts

if TYPE_CHECKING:
    from course_lib.grading.student import Student

CELL = "<ipython-input"


def run(student: Student, steps: list[dict[str, Any]], timeout: float) -> Iterator[dict[str, Any]]:
    """Run the steps in order; a report on each."""
    for step in steps:
        started = time.monotonic()
        report: dict[str, Any] = {"name": step["name"], "kind": step["kind"]}
        if step["kind"] != "plain":  # the student's own copy of it is among the steps
            student.guard.forbid(step["forbid"])
            report |= _run(student, step, timeout)
        yield report | {"seconds": time.monotonic() - started}


def _run(student: Student, step: dict[str, Any], timeout: float) -> dict[str, Any]:
    try:
        with verdicts.limit(timeout):
            report = student.run(step["source"], step["name"])
    except verdicts.OutOfTimeError as error:
        return {"outcome": "timeout", "message": "out of time", "error": type(error).__name__}
    if step["kind"] != "test":
        return report
    return {"outputs": report["outputs"]} | verdicts.report(student.value, student.error, CELL, step["source"])
