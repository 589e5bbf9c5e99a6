"""The graded notebooks: what grading has finished, and therefore need not be done again after a stop.

A notebook is written last, when the gradebook has the scores, and at once: a run that is killed leaves none half done.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from course_lib.grading import notebook as nbk
from course_lib.grading.collect import Job
from course_lib.grading.course import Course
from course_lib.grading.grade import STAMP
from course_lib.grading.plan import Plan
from course_lib.grading.results import Graded, Submission, Verdict


def keep(course: Course, job: Job, plan: Plan, graded: Graded) -> None:
    """Write the graded notebooks of a submission, and beside them what lay beside them when they were run."""
    directory = course.path("autograded", job.student, plan.assignment)
    for name, data in {**job.files, **plan.files}.items():
        _write(directory / name, data)
    for name, text in graded.notebooks.items():
        _write(directory / f"{name}.ipynb", text.encode("utf-8", "replace"))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".course-")
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def finished(course: Course, job: Job, plan: Plan) -> Submission | None:
    """The result of a submission that was graded before and has not changed since; None if it is to be graded.

    Of new tests the result only says that it is older. One that ran into a limit is graded again if there is more now.
    """
    stamps = {name: _stamp(course, job.student, plan.assignment, name) for name in job.notebooks}
    now = {"submission": job.version, "in_process": plan.rules.in_process}
    if not stamps or any(now != {key: stamp.get(key) for key in now} for stamp in stamps.values()):
        return None
    if any(_was_short(stamp, plan) for stamp in stamps.values()):
        return None
    tests = tuple(_verdict(stamps.get(test.notebook, {}), test.cell, test.id, test.points) for test in plan.tests)
    some = next(iter(stamps.values()))
    older = any(stamp["version"] != plan.version for stamp in stamps.values())
    return Submission(job.student, "graded", tests, some["seconds"], older_tests=older, remarks=tuple(some["remarks"]))


def _stamp(course: Course, student: str, assignment: str, name: str) -> dict[str, Any]:
    path = course.path("autograded", student, assignment) / f"{name}.ipynb"
    try:
        return stamp_of(nbk.read(path))
    except nbk.UnreadableNotebookError:
        return {}


def stamp_of(notebook: NotebookNode) -> dict[str, Any]:
    """What a graded notebook tells about itself; nothing if plain nbgrader graded it."""
    return notebook.metadata.get(STAMP, {})


def _was_short(stamp: dict[str, Any], plan: Plan) -> bool:
    outcomes = {outcome for _, _, _, outcome, *_ in stamp["tests"].values()}
    return ("timeout" in outcomes and stamp["timeout"] < plan.rules.timeout) or (
        "memory" in outcomes and stamp["memory"] < plan.rules.memory
    )


def _verdict(stamp: dict[str, Any], cell: str, name: str, most: float) -> Verdict:
    kept = stamp.get("tests", {}).get(cell)
    if kept is None:
        return Verdict(name, 0.0, most, "missing", "the notebook is missing from the submission" if not stamp else "")
    _, points, _, outcome, message, *_ = kept
    return Verdict(name, points, most, outcome, message)
