"""One engine for all threads of a worker: they do not disturb each other, and a lost engine is nobody's fault."""

import contextlib
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from distributed.comm import inproc

from course_lib.grading import batch, plan
from course_lib.grading import notebook as nbk
from course_lib.grading.batch import Grader
from course_lib.grading.build import register
from course_lib.grading.collect import Job
from course_lib.grading.zygote import ZygoteError


@pytest.fixture
def prepared(built, engine, tiny):
    """A worker's grader, and a function that makes a job. (It needs bubblewrap, as ``engine`` does.)"""
    grader = Grader(plan.make(built, "hw", register(built, "hw")[0], plan.Rules(timeout=60)))
    released = nbk.read(built.release("hw") / "hw.ipynb")

    def job(student, **answers):
        notebook = tiny.answers(released, **{**tiny.right, **answers})
        return Job(student, {"hw": nbformat.writes(notebook).encode()})

    grader.setup(None)
    with contextlib.closing(grader.engine):
        yield grader, job
        grader.teardown(None)


def test_threads_do_not_disturb_each_other(prepared):
    grader, job = prepared
    exits = "import os\ndef root(x): os._exit(1)"
    slow = "import time\ndef double(x):\n    time.sleep(0.2)\n    return 2 * x"
    kinds = [({}, 6), ({"root": exits}, 2), ({"double": slow}, 6), ({"double": "def double(x): return 0"}, 4)]
    jobs = [(job(f"{i}", **answers), score) for i, (answers, score) in enumerate(kinds * 2)]
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(grader.grade, [each for each, _ in jobs]))
    assert [graded.result.score for graded in results] == [score for _, score in jobs]
    assert [graded.result.student for graded in results] == [each.student for each, _ in jobs]


@pytest.mark.parametrize("side", ["students", "examiners"])
def test_an_engine_that_the_system_ended_is_replaced(prepared, side):
    grader, job = prepared
    first = grader.engine
    getattr(first, side).process.kill()
    getattr(first, side).process.wait()
    assert grader.grade(job("ada")).result.score == 6
    assert grader.engine is not first


def test_what_was_being_graded_then_is_graded_again(prepared):
    grader, job = prepared
    first = grader.engine
    slow = "import time\ndef double(x):\n    time.sleep(2)\n    return 2 * x"
    killing = threading.Timer(1.0, first.students.process.kill)
    killing.start()
    assert grader.grade(job("ada", double=slow)).result.score == 6
    killing.join()
    assert grader.engine is not first


def test_a_machine_that_ends_every_engine_is_said(prepared, monkeypatch):
    grader, job = prepared
    monkeypatch.setattr(type(grader.engine), "alive", False)
    with pytest.raises(ZygoteError, match="short of memory"):
        grader.grade(job("ada"))


def test_a_machine_without_a_network_grades_without_a_warning(built, monkeypatch):
    def nowhere():
        warnings.warn("Couldn't detect a suitable IP address for reaching '8.8.8.8'", RuntimeWarning, stacklevel=1)
        return "127.0.0.1"

    monkeypatch.setattr(inproc, "get_ip", nowhere)
    monkeypatch.setattr(inproc.global_manager, "_ip", None)
    for_nobody = plan.make(built, "hw", register(built, "hw")[0], plan.Rules(timeout=60))
    assert list(batch.run([], for_nobody)) == []
