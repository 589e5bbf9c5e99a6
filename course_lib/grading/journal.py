"""The graded notebooks: what grading has finished, and therefore need not be done again after a stop.

A notebook is written last, when the gradebook has the scores, and at once: a run that is killed leaves none half done.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from nbformat import NotebookNode

from course_lib.grading import notebook as nbk
from course_lib.grading import stamp
from course_lib.grading.collect import Job
from course_lib.grading.course import Course
from course_lib.grading.plan import Plan
from course_lib.grading.results import Graded, Move, Submission


def keep(course: Course, job: Job, plan: Plan, graded: Graded) -> None:
    """Write the graded notebooks of a submission, and beside them what lay beside them when they were run."""
    directory = course.path("autograded", job.student, plan.assignment)
    for name, data in {**job.files, **plan.files}.items():
        _write(directory / name, data)
    for name, text in graded.notebooks.items():
        _write(directory / f"{name}.ipynb", text.encode("utf-8", "replace"))


def _write(path: Path, data: bytes) -> None:
    for old in filter(Path.is_file, path.parents):  # of an earlier version, or a student's where the instructor's lies
        old.unlink()
    if path.is_dir():
        shutil.rmtree(path)
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
    stamps = {name: stamp.of(notebook) for name, notebook in earlier(course, job, plan).items()}
    if not stamps or len(stamps) < len(job.notebooks):
        return None
    if any(stamp.outdated(each, job, plan) for each in stamps.values()):
        return None
    tests = tuple(stamp.verdict(stamps.get(test.notebook, {}), test) for test in plan.tests)
    some = next(iter(stamps.values()))
    older = any(each["version"] != plan.version for each in stamps.values())
    return Submission(
        job.student,
        "graded",
        tests,
        some["seconds"],
        older_tests=older,
        remarks=tuple(some["remarks"]),
        moves=tuple(Move(**move) for each in stamps.values() for move in each.get("moves", [])),
    )


def earlier(course: Course, job: Job, plan: Plan) -> dict[str, NotebookNode]:
    """The graded notebooks of a submission, by name, as they were left; those that were graded here."""
    found = {}
    for name in job.notebooks:
        with suppress(nbk.UnreadableNotebookError):
            found[name] = nbk.read(course.path("autograded", job.student, plan.assignment) / f"{name}.ipynb")
    return {name: notebook for name, notebook in found.items() if stamp.of(notebook)}
