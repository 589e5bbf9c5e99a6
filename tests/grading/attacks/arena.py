"""Where attacks are tried: an assignment in memory, a way to grade it, and the same without one wall or another."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any
from unittest import mock

import numpy as np  # noqa: F401 (student processes are forked from here: what they import is there)
import torch  # noqa: F401
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, v4, writes

from course_lib.grading import examiner, in_process, names, preflight, proxy, sandbox, student, verdicts, wire
from course_lib.grading import notebook as nbk
from course_lib.grading.engine import Engine, Report
from course_lib.grading.peer import Peer
from course_lib.grading.proxy import OPERATIONS

PLACE = tempfile.mkdtemp(prefix="arena-")
"""What lies here, the sandbox hides."""
GOT_IT = "the attack got what it wanted"
"""What an attack prints when it has read or done what it should not."""
LIMITS = sandbox.Limits(memory=500, seconds=20, processes=24, file=16, files=64, disk=32)
TIMEOUT = 3.0
SWOLLEN = 200
"""So many MiB more than for an honest answer are too many."""
MOST_SAID = 1_000_000

SETUP = """
import numpy as np
import torch
"""
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "twice": "def twice(f, x):\n    return f(f(x))",
    "vector": """
class Vector:
    def __init__(self, a, b):
        self.a, self.b = a, b
    def __add__(self, other):
        return Vector(self.a + other.a, self.b + other.b)
""",
    "largest": "def largest(xs):\n    return max(xs)",
}
WRONG = {
    "double": "def double(x):\n    return 0",
    "twice": "def twice(f, x):\n    return 0",
    "vector": """
class Vector:
    def __init__(self, a, b):
        self.a = self.b = 0
    def __add__(self, other):
        return Vector(0, 0)
""",
    "largest": RIGHT["largest"],
}
"""An honest wrong answer to everything but the last exercise: what an attack must not gain by, nor make others lose."""
TESTS = {
    "double": {
        "number": """
def check(got, want):
    assert got == want, "wrong"
given = 21.5
expected = 2 * given
check(double(given), expected)
""",
        "close": "secret = 6.5\nassert abs(double(3.25) - secret) < 1e-9",
        "member": "assert 8 in [double(4)]\nassert double(4) in (8,)",
        "array": "np.testing.assert_allclose(double(np.array([1.0, -2.5])), np.array([2.0, -5.0]))",
        "difference": "assert np.abs(np.array([2.0, -5.0]) - double(np.array([1.0, -2.5]))).max() < 1e-9",
        "tensor": "assert torch.allclose(double(torch.tensor([1.5])), torch.tensor([3.0]))",
        "method": "assert double(torch.tensor([1.5])).allclose(torch.tensor([3.0]))",
        "looks": """
got = double(np.array([1.0, -2.5]))
wanted = np.array([2.0, -5.0])
np.testing.assert_allclose(got, wanted)
""",
        "imported": """
import graphlib
assert double(0.25) == next(graphlib.TopologicalSorter({1: {0.5}}).static_order())
""",
        "lists": "for got, want in zip(map(double, [1, 2]), [2, 4]):\n    check(got, want)",
        "drawn": """
np.random.seed(7)
double(1)
x = np.random.rand(3)
assert np.allclose(double(x), 2 * x, atol=1e-12)
""",
        "precise": """
result = double(torch.tensor([1.0]))
torch.testing.assert_close(result.to(torch.get_default_dtype()), torch.tensor([2.0]).to(torch.get_default_dtype()))
""",
        "unit": """
import unittest
class Test(unittest.TestCase):
    def test_double(self):
        self.assertEqual(double(3), 6)
outcome = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromTestCase(Test).run(outcome)
assert outcome.wasSuccessful()
""",
        "partial": "score = 1 - abs(double(5) - 10)\nscore",
        "counted": "sum(double(x) == 2 * x for x in (1, 2)) / 2",
    },
    "twice": {
        "callback": """
key = 12345
def step(x, shift=key):
    return x + shift
assert twice(step, 1) == 24691
"""
    },
    "vector": {"vector": "v = Vector(1, 2)\nassert (v + Vector(3, 4)).a == 4"},
    "largest": {"largest": "assert largest([3, 1, 2]) == 3"},
}
POINTS = {name: 1.0 for group in TESTS.values() for name in group}


def _cell(name: str, source: str, **kind: Any) -> NotebookNode:
    marks = {"grade_id": name, "grade": False, "solution": False, "locked": False, "schema_version": 3, **kind}
    return v4.new_code_cell(source.strip(), id=name, metadata={"nbgrader": marks})


def assignment() -> NotebookNode:
    """The instructor's notebook, its answers taken out."""
    cells = [_cell("setup", SETUP, locked=True)]
    for exercise, tests in TESTS.items():
        cells.append(_cell(exercise, "...", solution=True))
        cells += [_cell(f"test-{name}", text, grade=True, locked=True, points=1) for name, text in tests.items()]
    return v4.new_notebook(cells=cells)


def submission(answers: dict[str, str]) -> NotebookNode:
    """A notebook that was handed in; cells whose names begin with "after " are put in behind that cell."""
    notebook = assignment()
    cells = []
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
        cells.append(cell)
        if (added := answers.get(f"after {cell.id}")) is not None:
            cells.append(v4.new_code_cell(added))
    notebook.cells = cells
    return notebook


def prepared(notebook: NotebookNode | bytes) -> preflight.Prepared:
    """What is run of a submission."""
    original = assignment()
    data = notebook if isinstance(notebook, bytes) else writes(notebook).encode()
    answers = preflight.read(data, set(nbk.by_grade_id(original)))
    return prepare(original, answers)


def prepare(original: NotebookNode, answers: preflight.Answers) -> preflight.Prepared:
    expected = frozenset(name for source in RIGHT.values() for name in names.bound(source))
    classes = frozenset(name for source in RIGHT.values() for name in names.classes(source))
    return preflight.prepare(original, answers, expected, classes)


@dataclass(frozen=True)
class Outcome:
    """What came of a submission."""

    points: float
    said: str
    """Everything that its cells printed."""
    reports: list[Report]
    peak: int = 0
    """MiB that the examiner took, where it was measured."""

    def succeeded(self, honest: Outcome) -> bool:
        """Whether it got other points than an honest wrong answer, or what it should not have read or done."""
        swollen = self.peak > honest.peak + SWOLLEN or len(self.said) > MOST_SAID
        return self.points != honest.points or GOT_IT in self.said or swollen


def outcome(reports: list[Report]) -> Outcome:
    points = 0.0
    for report in reports:
        if report.get("kind") == "test" and report.get("outcome") == "passed":
            partial = report.get("partial")
            points += 1.0 if partial is None else min(partial, 1.0)
    peak = max((report.get("peak", 0) for report in reports), default=0)
    return Outcome(points, json.dumps([report.get("outputs") for report in reports]), reports, peak)


def graded(engine: Engine, notebook: NotebookNode | bytes, files: dict[str, bytes] | None = None) -> Outcome:
    """Grade a submission as a class is graded."""
    return outcome(engine.examine(prepared(notebook), TIMEOUT, files or {}))


# ------------------------------------------------------------------------------------------------- without one wall


def once(engine: Engine, notebook: NotebookNode) -> Outcome:
    """Without a fresh pair after a loss."""
    ready = prepared(notebook)
    return outcome(list(engine._session(ready.steps, ready, TIMEOUT, {})))


def unread(engine: Engine, notebook: NotebookNode) -> Outcome:
    """Without preflight: the submitted notebook is run as it stands."""
    cells = [preflight.Cell(cell, _as_submitted(cell)) for cell in notebook.cells]
    return outcome(engine.examine(preflight.Prepared(cells), TIMEOUT))


def _as_submitted(cell: NotebookNode) -> examiner.Step | None:
    if cell.cell_type != "code" or "skip-execution" in cell.metadata.get("tags", []):
        return None
    name = nbk.grade_id(cell) or ""
    kind = "test" if nbk.is_test(cell) else "locked" if nbk.is_locked(cell) else "solution"
    return examiner.Step(kind, name, cell.source)


Change = Callable[[], contextlib.AbstractContextManager]


def in_one_process(notebook: NotebookNode) -> Outcome:
    """Without a process of their own for the tests, and without a sandbox."""
    steps = [asdict(step) for step in prepared(notebook).steps]

    def run() -> Iterator[Report]:
        return in_process.run(student.Student(socket.socketpair()[0], []), steps, TIMEOUT)

    return _apart(run)


def in_the_open(notebook: NotebookNode, *changes: Change) -> Outcome:
    """Without a sandbox; the examiner may be changed, too: see the functions below."""

    def run() -> Iterator[Report]:
        with contextlib.ExitStack() as stack:
            for change in changes:
                stack.enter_context(change())
            here, there = socket.socketpair()
            if os.fork() == 0:
                here.close()
                student.Student(there, []).serve()
                os._exit(0)
            there.close()
            InteractiveShell.clear_instance()
            ready = prepared(notebook)
            taken = examiner.Examiner(here, TIMEOUT)
            for kind in ("expected", "classes", "reserved"):
                setattr(taken.names, kind, set(getattr(ready, kind)))
            yield from taken.run(ready.steps)

    return _apart(run)


def _apart(run: Callable[[], Iterator[Report]]) -> Outcome:
    """What is reported by processes that have a session of their own, and end together."""
    results, report_to = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.setsid()
            os.close(results)
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 1), os.dup2(nowhere, 2)
            signal.alarm(int(4 * TIMEOUT))
            InteractiveShell.clear_instance()
            os.chdir(PLACE)
            with open(report_to, "w") as pipe:
                for report in run():
                    pipe.write(json.dumps(report) + "\n")
                    pipe.flush()
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                pipe.write(json.dumps({"peak": peak // 1024}) + "\n")
        finally:
            os._exit(0)
    os.close(report_to)
    lines = _read_all(results, 5 * TIMEOUT)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return outcome([json.loads(line) for line in lines])


def _read_all(pipe: int, seconds: float) -> list[bytes]:
    """The whole lines that arrive within some time; somebody may keep the pipe open."""
    data, deadline = b"", time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and select.select([pipe], [], [], left)[0]:
        if not (more := os.read(pipe, 2**16)):
            break
        data += more
    os.close(pipe)
    return data.split(b"\n")[:-1]


@contextlib.contextmanager
def stand_ins_believed() -> Iterator[None]:
    """Whatever the submission returns answers for itself, in comparisons and arithmetic."""
    made = property(lambda self: True, lambda self, value: None)
    with mock.patch.object(proxy.Proxy, "_made", made), mock.patch.object(proxy, "_mark"):
        yield


@contextlib.contextmanager
def names_shared() -> Iterator[None]:
    """What a test calls by a name that the submission has defined, too, is the submission's."""
    with mock.patch.object(preflight.Prepared, "reserved", frozenset()):
        yield


@contextlib.contextmanager
def everything_offered() -> Iterator[None]:
    """The submission may do to the test's objects what a test may do to the submission's."""
    with mock.patch.object(examiner, "open_to_students", return_value=OPERATIONS):
        yield


@contextlib.contextmanager
def trusting() -> Iterator[None]:
    """The examiner imports what it is told to, opens pickles and takes over settings."""
    start = Peer.__init__

    def trustful(self: Peer, connection: socket.socket, **kwargs: Any) -> None:
        start(self, connection, **kwargs | {"trusting": True})

    with mock.patch.object(Peer, "__init__", trustful):
        yield


@contextlib.contextmanager
def anything_read() -> Iterator[None]:
    """No limit on what arrives."""
    raised = {"MOST_NODES": 10**12, "DEEPEST": 10**6, "LARGEST_MESSAGE": 2**40, "LARGEST_HEADER": 2**40}
    with contextlib.ExitStack() as stack:
        for name, value in raised.items():
            stack.enter_context(mock.patch.object(wire, name, value))
        yield


@contextlib.contextmanager
def names_offered() -> Iterator[None]:
    """The submission may ask for the test's names."""
    start = examiner.Examiner.__init__

    def generous(self: examiner.Examiner, connection: socket.socket, timeout: float) -> None:
        start(self, connection, timeout)
        self.peer.operations["name"] = self.names.__getitem__

    with mock.patch.object(examiner.Examiner, "__init__", generous):
        yield


@contextlib.contextmanager
def scores_as_text() -> Iterator[None]:
    """A score is read off its text; what is no number, or too small a one, gives all points."""

    def partial(value: Any) -> float | None:
        try:
            points = float(repr(value))
        except ValueError:
            return None
        return points if points >= 0 else None

    with mock.patch.object(verdicts, "partial", partial):
        yield


@contextlib.contextmanager
def everything_kept() -> Iterator[None]:
    """What the submission prints is kept, however long."""
    with mock.patch.object(student, "MOST_TEXT", 10**9):
        yield


@contextlib.contextmanager
def buffers_reread() -> Iterator[None]:
    """Each buffer may be read any number of times."""

    def buffer(self: wire.Decoder, number: int) -> memoryview:
        return self._buffers[number]

    with mock.patch.object(wire.Decoder, "buffer", buffer):
        yield


@contextlib.contextmanager
def files_of_the_instructor(engine: Engine, files: dict[str, bytes]) -> Iterator[None]:
    """What the student handed in lies where the tests run, too."""
    with mock.patch.object(engine, "files", files):
        yield
