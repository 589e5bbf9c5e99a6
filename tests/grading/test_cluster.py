"""A batch on a Dask cluster over TCP: the same results as here, and nothing is lost with a worker or a coordinator."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap")

STUDENTS = 8
PATIENCE = 300
SLOW = "\nimport time\ntime.sleep(0.3)"
COMMAND = [str(Path(sys.executable).with_name("course")), "grade", "hw", "--json"]


@pytest.fixture(scope="module")
def the_class(built_once, tmp_path_factory, tiny_session):
    """The tiny course with a class that has every kind of answer in it."""
    course = Course.find(shutil.copytree(built_once.root, tmp_path_factory.mktemp("class") / "course"))
    released, tiny = nbk.read(built_once.release("hw") / "hw.ipynb"), tiny_session
    ways = {
        "right": tiny.right,
        "wrong": {**tiny.right, "double": "def double(x): return 3 * x"},
        "blank": {},
        "exits": {**tiny.right, "root": "import os\ndef root(x): os._exit(1)"},
    }
    for i, (way, answers) in enumerate(list(ways.items()) * (STUDENTS // len(ways))):
        slow = {"double": answers["double"] + SLOW} if answers else {}
        notebook = tiny.answers(released, **{**answers, **slow})
        tiny.write(notebook, course.path("submitted", f"{i:02}-{way}", "hw") / "hw.ipynb")
    return course


@pytest.fixture
def course(the_class, tmp_path):
    """That course in a directory of its own, nothing graded yet."""
    return Course.find(shutil.copytree(the_class.root, tmp_path / "course"))


@pytest.fixture(scope="module")
def graded_here(the_class, tmp_path_factory):
    """What grading on this machine's own workers gives."""
    place = tmp_path_factory.mktemp("here") / "course"
    return grade(Course.find(shutil.copytree(the_class.root, place)))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler on loopback and two worker processes, each with the process that watches it; their address."""
    place = tmp_path_factory.mktemp("cluster")
    with contextlib.ExitStack() as running:
        _, address = start(running, place, r"Scheduler at:\s+(tcp://\S+)", "scheduler")
        workers = [start(running, place, r"Start worker at:\s+(tcp://\S+)", "worker", address)[0] for _ in range(2)]
        yield address, workers


def start(running, place, ready, what, *arguments):
    """A Dask process that listens on loopback; it, and what it says of itself when it is ready."""
    local = ["--host", "127.0.0.1"] + (["--port", "0"] if what == "scheduler" else ["--nthreads", "1"])
    command = [sys.executable, "-m", "dask", what, *arguments, *local, "--no-dashboard"]
    with tempfile.NamedTemporaryFile(dir=place) as log:
        process = subprocess.Popen(command, cwd=place, stderr=log, start_new_session=True)
        running.callback(stop, process)
        until = time.monotonic() + PATIENCE
        while not (found := re.search(ready, Path(log.name).read_text())):
            assert process.poll() is None, f"dask {what} ended"
            assert time.monotonic() < until, f"dask {what} is not ready"
            time.sleep(0.05)
    return process, found[1]


def stop(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def grade(course, *options):
    """Grade the class by the command; scores and outcomes by student."""
    results = course.root / "results.json"
    subprocess.run([*COMMAND, results, *options], cwd=course.root, check=True, capture_output=True)
    return verdicts(results)


def verdicts(results):
    return {
        each["student"]: (each["status"], each["score"], [test["outcome"] for test in each["tests"]])
        for each in json.loads(results.read_text())["submissions"]
    }


def graded_so_far(course):
    return set(course.by_student("autograded", "hw"))


def wait_for_some(course, process):
    """Wait until a few of the class have been graded, in the middle of the batch."""
    until = time.monotonic() + PATIENCE
    while len(graded_so_far(course)) < 3:
        assert process.poll() is None, "it ended before it could be disturbed"
        assert time.monotonic() < until, "nothing is graded"
        time.sleep(0.02)


def test_two_workers_over_tcp_give_the_same_results(course, cluster, graded_here):
    assert len(graded_here) == STUDENTS
    assert {score for _, score, _ in graded_here.values()} == {6, 4, 0, 2}
    assert grade(course, "--scheduler", cluster[0]) == graded_here


def test_a_worker_killed_in_mid_batch_loses_nothing(course, cluster, graded_here):
    address, workers = cluster
    results = course.root / "results.json"
    with subprocess.Popen(
        [*COMMAND, results, "--scheduler", address], cwd=course.root, stdout=subprocess.PIPE
    ) as process:
        wait_for_some(course, process)
        os.killpg(workers[0].pid, signal.SIGKILL)
        process.communicate()
    assert process.returncode == 0
    assert verdicts(results) == graded_here


def test_a_coordinator_killed_in_mid_batch_is_run_again_without_regrading_what_was_done(course, graded_here):
    with subprocess.Popen([*COMMAND, "none.json"], cwd=course.root, start_new_session=True) as process:
        wait_for_some(course, process)
        os.killpg(process.pid, signal.SIGKILL)
    done = {student: mtime(course, student) for student in graded_so_far(course)}
    assert 0 < len(done) < STUDENTS
    assert grade(course) == graded_here
    assert {student: mtime(course, student) for student in done} == done


def mtime(course, student):
    return (course.path("autograded", student, "hw") / "hw.ipynb").stat().st_mtime_ns


def test_a_scheduler_without_workers_is_said(course, tmp_path):
    with contextlib.ExitStack() as running:
        _, address = start(running, tmp_path, r"Scheduler at:\s+(tcp://\S+)", "scheduler")
        done = subprocess.run(
            [*COMMAND, "none.json", "--scheduler", address],
            cwd=course.root,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "has no workers: start" in done.stderr
