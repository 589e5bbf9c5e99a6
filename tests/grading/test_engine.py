"""A notebook in two processes: timeouts, crashes, memory, files; and the same in one process where tests need it."""

import os
import shutil
import textwrap
from pathlib import Path

import pytest
from nbformat import NotebookNode

from course_lib.grading.engine import Engine
from course_lib.grading.examiner import Step
from course_lib.grading.preflight import Cell, Prepared
from course_lib.grading.sandbox import Limits

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap")


def prepared(*cells, expected=()):
    """Steps from pairs of kind and source; a test's name is its place."""
    steps = [Step(kind, str(place), textwrap.dedent(source)) for place, (kind, source) in enumerate(cells)]
    return Prepared([Cell(NotebookNode(), step) for step in steps], frozenset(expected))


def outcomes(reports):
    return [report["outcome"] for report in reports if report["kind"] == "test"]


@pytest.fixture(scope="module")
def one_process():
    with Engine(in_process=True, limits=Limits(memory=600)) as engine:
        yield engine


@pytest.fixture(params=["by proxy", "in process"])
def either(request):
    return request.getfixturevalue("engine" if request.param == "by proxy" else "one_process")


def test_a_notebook_is_run(either):
    cells = [
        ("locked", "import math"),
        ("solution", "def area(r): return math.pi * r**2\nprint('defined')"),
        ("test", "assert area(0) == 0"),
        ("test", "assert area(1) == 3, 'pi'"),
        ("test", "area(1) > 3\n0.5"),
        ("solution", "1 / 0"),
    ]
    locked, solution, passed, failed, partial, broken = either.examine(prepared(*cells), 30)
    assert not locked.get("error")
    assert solution["outputs"] == [["stdout", "defined\n"]]
    assert (passed["outcome"], passed["partial"]) == ("passed", None)
    assert (failed["outcome"], failed["message"], failed["line"]) == ("failed", "pi", 1)
    assert (partial["outcome"], partial["partial"]) == ("passed", 0.5)
    assert broken["error"][0] == "ZeroDivisionError"


def test_a_crash_costs_its_own_test_alone(either):
    cells = [
        ("solution", "import os\ndef f(x):\n    if x: os._exit(3)\n    return 1"),
        ("test", "assert f(0) == 1"),
        ("test", "f(1)"),
        ("test", "assert f(0) == 1"),
    ]
    assert outcomes(either.examine(prepared(*cells), 30)) == ["passed", "crashed", "passed"]


def test_a_cell_that_crashes_is_left_out_the_next_time(either):
    cells = [("solution", "x = 1"), ("solution", "import os\nos.abort()"), ("test", "assert x == 1")]
    _, crashed, test = either.examine(prepared(*cells), 30)
    assert crashed["message"].startswith("Python stopped (SIG")
    assert test["outcome"] == "passed"


def test_a_loop_costs_its_own_test_alone(either):
    cells = [
        ("solution", "def f(x):\n    while x: pass\n    return 1"),
        ("test", "f(1)"),
        ("test", "assert f(0) == 1"),
    ]
    assert outcomes(either.examine(prepared(*cells), 2)) == ["timeout", "passed"]


def test_a_loop_in_the_test_itself(either):
    cells = [("solution", "x = 1"), ("test", "while x: pass"), ("test", "assert x == 1")]
    assert outcomes(either.examine(prepared(*cells), 2)) == ["timeout", "passed"]


@pytest.mark.parametrize(
    "greedy",
    [
        "raise MemoryError",
        "return bytearray(10**12)",
        "parts = [bytearray(10**7) for _ in range(10**4)]",
    ],
)
def test_memory(either, greedy):
    cells = [("solution", f"def f():\n    {greedy}"), ("test", "f()"), ("test", "assert callable(f)")]
    assert outcomes(either.examine(prepared(*cells), 30)) == ["memory", "passed"]


def test_memory_of_all_processes_together(one_process):
    spread = """
        import os, time
        def f():
            for _ in range(4):
                if os.fork() == 0:
                    hoard = b"x" * (300 * 2**20)
                    time.sleep(60)
                    os._exit(0)
            time.sleep(60)
    """
    assert outcomes(one_process.examine(prepared(("solution", spread), ("test", "f()")), 30)) == ["memory"]


def test_files_beside_the_notebook(either):
    cells = [
        ("solution", "def read(name): return open(name).read()"),
        ("test", "assert read('data/mine.txt') == 'mine'"),
        ("test", "open('new.txt', 'w').write('x')"),
    ]
    files = {"data/mine.txt": b"mine"}
    assert outcomes(either.examine(prepared(*cells), 30, files)) == ["passed", "passed"]


def test_the_instructors_files_are_there_on_both_sides():
    with Engine(files={"helper.py": b"SEVEN = 7", "n.txt": b"1"}) as engine:
        cells = [
            ("locked", "import helper"),
            ("solution", "def f(): return helper.SEVEN, open('n.txt').read()"),
            ("test", "assert f() == (helper.SEVEN, open('n.txt').read())"),
        ]
        assert outcomes(engine.examine(prepared(*cells), 30, {"n.txt": b"the student's"})) == ["passed"]


def test_figures_are_kept_as_pictures():
    with Engine(preload=["matplotlib.pyplot"]) as engine:
        cells = [("solution", "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\ndisplay(plt.gcf())")]
        (report,) = engine.examine(prepared(*cells), 60)
    assert report["error"] is None
    assert any(kind == "picture" for kind, _ in report["outputs"])


def test_what_cannot_be_done_by_proxy_is_said_and_can_be_done_in_process(engine, one_process):
    cells = [("solution", "class A: pass"), ("test", "class B(A): pass\nassert issubclass(B, A)")]
    _, test = engine.examine(prepared(*cells), 30)
    assert "derives from a class" in test["by_proxy"]
    assert outcomes(one_process.examine(prepared(*cells), 30)) == ["passed"]


INTROSPECTIVE = """
    import gc
    def double(x):
        for _ in range(1): x = 2 * x
        return x
    class A:
        def method(self): return type(self)
    def __type__(x): return int
    for each in gc.get_objects():  # it says that it has defined what a test calls by this name
        if type(each).__name__ == "Peer":
            run = each.operations["run"]
            each.operations["run"] = lambda *cell: run(*cell) | {"defined": ["__type__"]}
"""


@pytest.mark.parametrize(
    ("test", "outcome"),
    {
        "import inspect\nassert 'for _' in inspect.getsource(double)": "passed",
        "from inspect import getsource\nassert getsource(A.method).split()[1] == 'method(self):'": "passed",
        "def mine(): return 5\nassert isinstance(mine, type(double)) and type(mine) is type(double)": "passed",
        "assert type(A()) is A is A().__class__ is A().method()": "passed",
        "assert type(A()).__name__ == 'A' and type(A) is type and type(double(2)) is int": "passed",
        "assert type(A()) is int": "failed",
        "assert type(double(2)) is float": "failed",
    }.items(),
)
def test_what_a_test_asks_about_things(engine, test, outcome):
    cells = [("solution", INTROSPECTIVE), ("solution", "x = 1"), ("test", test)]
    *_, report = engine.examine(prepared(*cells), 30)
    assert (report["outcome"], report.get("by_proxy")) == (outcome, None)


def test_what_a_submission_prints_reaches_a_test_that_listens(either):
    cells = [
        ("solution", "def greet(): print('hello')"),
        (
            "test",
            """
            import contextlib, io
            with contextlib.redirect_stdout(io.StringIO()) as said:
                greet()
            assert said.getvalue() == 'hello\\n'
            """,
        ),
    ]
    assert outcomes(either.examine(prepared(*cells), 30)) == ["passed"]


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    descriptors = os.listdir("/proc/self/fd")
    with Engine() as engine:
        engine.examine(prepared(("solution", "import os\nos.fork()"), ("test", "open('x', 'w')")), 30)
        processes = [engine.students.process.pid, engine.examiners.process.pid]
    assert list(tmp_path.iterdir()) == []
    assert len(os.listdir("/proc/self/fd")) == len(descriptors)
    assert not any(Path(f"/proc/{process}").exists() for process in processes)
