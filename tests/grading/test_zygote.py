"""A zygote forks a child for each submission, ends it on request, and takes everything along when it ends itself."""

import contextlib
import signal
import socket
import time

import psutil
import pytest

from course_lib.grading import wire
from course_lib.grading.zygote import Zygote

PATIENCE = 30.0


@pytest.fixture
def zygote(tmp_path):
    with contextlib.closing(Zygote("student", ["json"], tmp_path)) as zygote:
        yield zygote


@pytest.fixture
def child(tmp_path):
    """A function that forks a child, which waits for a cell or runs one; its number, and its connections."""
    with contextlib.ExitStack() as opened:

        def fork(zygote, *, runs=None):
            (to_child, orders), (connection, other) = socket.socketpair(), socket.socketpair()
            for each in (to_child, connection):
                opened.enter_context(each)
            number = zygote.fork([orders, other])
            job = {"directory": str(tmp_path / f"work-{number}"), "forbidden": [], "files": []}
            if runs is not None:
                step = {"kind": "free", "name": "cell", "source": runs, "forbid": []}
                job |= {"steps": [step], "timeout": 20, "expected": [], "classes": [], "reserved": []}
            wire.send(to_child, job, [])
            return number, to_child, connection

        yield fork


def test_children_are_ended_one_by_one(zygote, child):
    (first, *connections), (second, *_) = child(zygote), child(zygote)
    assert zygote.end(second) == -signal.SIGKILL
    for each in connections:
        each.close()  # nobody is there to be answered, so it ends by itself
    assert zygote.end(first, PATIENCE) >= 0


def test_a_child_that_ends_itself_says_how(zygote, child):
    number, *_ = child(zygote, runs="import os; os._exit(7)")
    assert zygote.end(number, PATIENCE) == 7
    number, *_ = child(zygote, runs="import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert zygote.end(number, PATIENCE) == -signal.SIGTERM


def test_every_child_draws_other_random_numbers(zygote, child):
    printed = []
    for _ in range(2):
        number, to_child, _ = child(zygote, runs="import random; print(random.random())")
        report, _ = wire.receive(to_child)
        printed.append(dict(report["outputs"])["stdout"])
        zygote.end(number)
    assert printed[0] != printed[1]


def test_closing_ends_every_child(tmp_path, child):
    zygote = Zygote("student", [], tmp_path)
    for _ in range(2):
        child(zygote, runs="import time; time.sleep(600)")
    until = time.monotonic() + PATIENCE
    while len(below := psutil.Process(zygote.process.pid).children()) < 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    zygote.close()
    assert zygote.process.returncode == 0
    _, alive = psutil.wait_procs(below, PATIENCE)
    assert alive == []


def test_nothing_is_printed_where_the_command_runs(zygote, child, capfd):
    number, to_child, _ = child(zygote, runs="import os; os.write(2, b'noise'); os.write(1, b'noise')")
    wire.receive(to_child)
    zygote.end(number)
    assert capfd.readouterr() == ("", "")
