"""A class graded by ``course grade``, in the sandbox, beside plain ``nbgrader autograde``: five tests with torch.

Both write their gradebook. Ours is the whole command, from its start to its table; nbgrader's start does not count.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from nbgrader.apps.api import NbGraderAPI

from course_lib.grading.kernels import prefer_this_python

from .._measure import Case, Family
from . import course


def families(submissions: int = 300, by_nbgrader: int = 3) -> list[Family]:
    """One case.

    Args:
        submissions: The size of the class.
        by_nbgrader: How many of them nbgrader grades, which takes equally long for each.
    """
    place = Path(tempfile.mkdtemp(prefix="course-benchmark-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    prefer_this_python(os.environ)
    root = course.make(place / "course")
    few = course.hand_in(root, submissions)[:by_nbgrader]
    stock_root = shutil.copytree(root, place / "stock")
    stock = NbGraderAPI(config=course.config(stock_root))

    def ours() -> list[float]:
        shutil.rmtree(root / "autograded", ignore_errors=True)
        command = [str(Path(sys.executable).with_name("course")), "grade", course.NAME]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
        return course.scores(root, few)

    def theirs() -> list[float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own, of SQLAlchemy
            for student in few:
                result = stock.autograde(course.NAME, student)
                assert result["success"], result["log"]
        return course.scores(stock_root, few)

    name = f"{submissions} submissions, five tests with torch"
    return [Family("grading", [Case(name, ours, theirs, 1 / 20, share=by_nbgrader / submissions, rounds=3)])]
