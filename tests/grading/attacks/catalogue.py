"""The attacks: what is handed in, which wall stops it, and how to grade it without that wall.

Every submission answers the last exercise right and the others wrong, but for what the attack does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from nbformat import NotebookNode, v4

from course_lib.grading import notebook as nbk
from course_lib.grading.engine import Engine
from tests.grading.attacks import arena
from tests.grading.attacks.arena import GOT_IT, PLACE, TESTS, WRONG, Change, Outcome

SAY = f"print({GOT_IT[::-1]!r}[::-1])"
"""Written so that a traceback, which shows this line, does not say it."""
LINGERING = f"linger{os.getpid()}"
"""The name of processes that want to outlive their submission."""


@dataclass(frozen=True)
class Attack:
    """A submission that wants more than it deserves."""

    name: str
    wall: str
    answers: dict[str, str] = field(default_factory=dict)
    """Sources of cells; of "after x" is meant a cell that the student added after x."""
    forged: Callable[[NotebookNode], None] | None = None
    """What is changed in the submitted file besides."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What lies beside the notebook."""

    @property
    def lingers(self) -> bool:
        """Whether it is a process that wants to outlive the submission."""
        return any(LINGERING in source for source in self.answers.values())

    def notebook(self) -> NotebookNode:
        """What is handed in."""
        notebook = arena.submission(WRONG | {name: dedent(source).strip() for name, source in self.answers.items()})
        if self.forged:
            self.forged(notebook)
        return notebook

    def without_its_wall(self, engine: Engine) -> Outcome:
        """How it would go if the wall were not there."""
        return WALLS[self.wall](engine, self)


def _changed(*changes: Change) -> Callable[[Engine, Attack], Outcome]:
    return lambda _, attack: arena.in_the_open(attack.notebook(), *changes)


def _names_shared(engine: Engine, attack: Attack) -> Outcome:
    with arena.names_shared():
        return arena.graded(engine, attack.notebook())


def _files_everywhere(engine: Engine, attack: Attack) -> Outcome:
    with arena.files_of_the_instructor(engine, attack.files):
        return arena.graded(engine, attack.notebook())


WALLS: dict[str, Callable[[Engine, Attack], Outcome]] = {
    "two processes": lambda _, attack: arena.in_one_process(attack.notebook()),
    "stand-ins": _changed(arena.stand_ins_believed),
    "a test's own names": _names_shared,
    "trust goes one way": _changed(arena.trusting),
    "what the examiner offers": _changed(arena.everything_offered),
    "no names on request": _changed(arena.names_offered),
    "scores are numbers": _changed(arena.scores_as_text),
    "limits of the notation": _changed(arena.anything_read),
    "buffers are read once": _changed(arena.buffers_reread),
    "output is cut": _changed(arena.everything_kept),
    "sandbox": _changed(),
    "limits": _changed(),
    "a fresh pair": lambda engine, attack: arena.once(engine, attack.notebook()),
    "preflight": lambda engine, attack: arena.unread(engine, attack.notebook()),
    "the examiner's own directory": _files_everywhere,
}
ATTACKS: list[Attack] = []
SERVER = socket.create_server(("127.0.0.1", 0))
PORT = SERVER.getsockname()[1]


def attack(name: str, wall: str, **answers: str) -> None:
    """Add an attack; ``double`` and so on are sources of cells."""
    ATTACKS.append(Attack(name, wall, answers))


# ---------------------------------------------------------------------------------------------------------- objects

LIAR = """
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __sub__(self, other): return self
    __rsub__ = __sub__
    def __abs__(self): return self
    def __hash__(self): return 0
"""
attack("an object that equals everything", "stand-ins", double=f"{LIAR}\ndef double(x): return Liar()")
attack(
    "an object from which everything differs by zero",
    "stand-ins",
    double="""
        class Zero:
            def __sub__(self, other): return 0.0
            def __rsub__(self, other): return np.zeros(2)
        def double(x): return Zero()
    """,
)
attack(
    "an object that remembers what it was compared with",
    "stand-ins",
    double="""
        class Echo:
            def __sub__(self, other):
                self.seen = other
                return self
            def __abs__(self): return 0.0
        def double(x): return Echo()
    """,
)
attack(
    "an object with a method that compares",
    "stand-ins",
    double="""
        class Agreeable:
            def allclose(self, other): return True
        def double(x): return Agreeable()
    """,
)
attack(
    "a number that equals every other",
    "stand-ins",
    double="""
        class Any(float):
            def __eq__(self, other): return True
            def __sub__(self, other): return 0.0
        def double(x): return Any()
    """,
)
attack(
    "a function that is a class", "stand-ins", double=LIAR.replace("Liar", "double") + "    def __init__(self, x): pass"
)
attack(
    "a function that is the class of another exercise",
    "stand-ins",
    double=LIAR.replace("Liar", "Vector") + "    def __init__(self, *x): pass\ndouble = Vector",
)
attack(
    "a class whose class equals everything",
    "stand-ins",
    double="""
        class Meta(type):
            def __eq__(self, other): return True
            def __hash__(self): return 0
        class Result(metaclass=Meta): pass
        def double(x): return Result
    """,
)
attack(
    "a lying __class__",
    "two processes",
    double=f"{LIAR}    __class__ = float\ndef double(x): return Liar()",
)
attack(
    "__array_function__",
    "two processes",
    double="""
        class Array:
            def __array_function__(self, function, types, args, kwargs): return True
            def __array_ufunc__(self, *_, **__): return np.zeros(2)
        def double(x): return Array()
    """,
)
attack(
    "__torch_function__",
    "two processes",
    double="""
        class Tensor:
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None): return True
        def double(x): return Tensor()
    """,
)
attack(
    "a tensor of a lying subclass",
    "two processes",
    double="""
        class Lying(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None): return True
        def double(x): return torch.zeros(1).as_subclass(Lying)
    """,
)
attack(
    "an array of a lying subclass",
    "two processes",
    double="""
        class Lying(np.ndarray):
            def __array_ufunc__(self, *_, **__): return np.zeros(2)
            def __array_function__(self, *_, **__): return True
        def double(x): return np.zeros(2).view(Lying)
    """,
)
attack(
    "__del__ that changes what the test expects",
    "two processes",
    double="""
        import sys
        class Falling:
            def __del__(self): sys._getframe(2).f_globals.update(secret=0, expected=0)
        def double(x):
            Falling()
            return 0
    """,
)
attack(
    "an array that changes after it was returned",
    "two processes",
    double="""
        import sys
        kept = np.zeros(2)
        def fill(frame, event, argument):
            while frame:
                if "wanted" in frame.f_globals:
                    kept[:] = frame.f_globals["wanted"]
                frame = frame.f_back
        def double(x):
            sys.setprofile(fill)
            return kept
    """,
)

# --------------------------------------------------------------------------------------------------------- patching

attack("abs is patched", "two processes", double="import builtins\nbuiltins.abs = lambda x: 0\ndef double(x): return 0")
attack(
    "zip is patched", "two processes", double="import builtins\nbuiltins.zip = lambda *x: ()\ndef double(x): return 0"
)
attack(
    "NumPy's assertions are patched",
    "two processes",
    double="np.testing.assert_allclose = lambda *_, **__: None\ndef double(x): return 0",
)
attack("torch.allclose is patched", "two processes", double="torch.allclose = lambda *_: True\ndef double(x): return x")
attack(
    "unittest is patched",
    "two processes",
    double="import unittest\nunittest.TestCase.assertEqual = lambda *_: None\ndef double(x): return 0",
)
attack(
    "NumPy is patched by a thread, later",
    "two processes",
    double="""
        import threading, time
        def later():
            time.sleep(0.05)
            np.testing.assert_allclose = lambda *_, **__: None
        thread = threading.Thread(target=later)
        thread.start()
        def double(x):
            thread.join()
            return 0
    """,
)
attack(
    "assertions are taken out of the syntax tree",
    "two processes",
    double="""
        import ast
        class Lenient(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
        get_ipython().ast_transformers.append(Lenient())
        def double(x): return 0
    """,
)
attack(
    "assertions are taken out of the cell's text",
    "two processes",
    double="""
        def lenient(lines): return [line.replace("assert ", "0 and ") for line in lines]
        get_ipython().input_transformers_post.append(lenient)
        def double(x): return 0
    """,
)
attack(
    "the shell runs something else",
    "two processes",
    double="""
        shell = get_ipython()
        run = type(shell).run_cell
        def gentle(self, source, **options):
            return run(self, "pass" if "assert" in source else source, **options)
        type(shell).run_cell = gentle
    """,
)
attack(
    "a hook reads the cell before it runs",
    "two processes",
    double="""
        import re
        def read(info):
            found = re.search(r"secret = (.*)", info.raw_cell)
            get_ipython().user_ns["known"] = float(found[1]) if found else 0
        get_ipython().events.register("pre_run_cell", read)
        def double(x): return known
    """,
)
attack(
    "the display hook gives the points",
    "two processes",
    double="""
        import sys
        hook = type(sys.displayhook)
        call = hook.__call__
        def generous(self, result=None):
            call(self, 1.0 if isinstance(result, (int, float)) else result)
        hook.__call__ = generous
        def double(x): return 0
    """,
)

# ---------------------------------------------------------------------------------------------------- reading tests

attack(
    "frames",
    "two processes",
    double="import sys\ndef double(x): return sys._getframe(1).f_globals.get('secret', 0)",
)
attack(
    "the garbage collector",
    "two processes",
    double="""
        import gc
        def double(x):
            tables = (each for each in gc.get_objects() if type(each) is dict)
            return next((each["secret"] for each in tables if type(each.get("secret")) is float), 0)
    """,
)
attack(
    "the cell's source in linecache",
    "two processes",
    double="""
        import linecache, re, sys
        def double(x):
            source = "".join(linecache.getlines(sys._getframe(1).f_code.co_filename))
            found = re.search("secret = (.*)", source)
            return float(found[1]) if found else 0
    """,
)
attack(
    "a name that the test gives its answer",
    "a test's own names",
    double="expected = secret = 0\ndef double(x): return secret if x == 3.25 else expected",
)
attack(
    "another helper of the same name",
    "a test's own names",
    **{"after test-number": "def check(*_): pass"},
)
attack(
    "another helper, after the test that defines it was made to crash",
    "a test's own names",
    double="""
        import os
        def check(*_): pass
        def double(x): return os._exit(1) if x == 21.5 else 0
    """,
)
attack(
    "the instructor's file on the disk",
    "sandbox",
    double=f"open({PLACE + '/source.ipynb'!r})\n{SAY}",
)
attack("the other submissions", "sandbox", double=f"import os\nos.listdir({PLACE + '/submitted'!r})\n{SAY}")
attack("the gradebook", "sandbox", double=f"open({PLACE + '/gradebook.db'!r}, 'a').write('1')\n{SAY}")
attack(
    "the answers in course_lib",
    "sandbox",
    double=f"import course_lib.linear_algebra\n{SAY}",
)
attack(
    "/proc",
    "sandbox",
    double=f"import os\nif any(name.isdigit() for name in os.listdir('/proc')): {SAY}",
)
attack(
    "inherited descriptors",
    "sandbox",
    double=f"""
        import os, stat
        def is_open(number):
            try: return not stat.S_ISCHR(os.fstat(number).st_mode)
            except OSError: return False
        if sum(map(is_open, range(1000))) > 1:
            {SAY}
    """,
)
attack(
    "a server on this machine",
    "sandbox",
    double=f"import socket\nsocket.create_connection(('127.0.0.1', {PORT}), 1)\n{SAY}",
)
attack(
    "an abstract socket of this machine",
    "sandbox",
    double=f"import socket\nsocket.socket(socket.AF_UNIX).connect({chr(0) + PLACE!r})\n{SAY}",
)

# --------------------------------------------------------------------------------------------------------- messages

WIRE = """
import gc, json, struct
peer = next(each for each in gc.get_objects() if type(each).__name__ == "Peer")
def send(text, data=b""):
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    peer.connection.sendall(struct.pack(">IQ", len(text), len(data)) + text + data)
def say(node, data=b"", times=1):
    "Let this be sent in place of what a function returns."
    def node_of(encoder, value):
        if data and not encoder.buffers: encoder.buffers.append(data)
        return node
    class Word: pass
    refer = peer.refer
    peer.refer = lambda encoder, value: node_of(encoder, value) if type(value) is Word else refer(encoder, value)
    import course_lib.grading.wire as wire
    return Word()
"""


def message(name: str, wall: str, double: str) -> None:
    """Add an attack that uses the student process's own end of the wire."""
    attack(name, wall, double=dedent(WIRE) + dedent(double))


message(
    "a pickle that runs code",
    "trust goes one way",
    """
    code = b"import numpy; numpy.testing.assert_allclose = lambda *_, **__: None"
    payload = b"cbuiltins\\nexec\\n(V" + code + b"\\ntR."
    def double(x): return 0 if type(x) is not np.ndarray else say(["pickle", 0], payload)
    """,
)
message(
    "the examiner is told to import",
    "trust goes one way",
    'def double(x): return 0 if type(x) is not float else say(["import", "unittest.mock", "ANY"])',
)
attack(
    "random numbers that are all zero",
    "trust goes one way",
    double="""
        def double(x):
            np.random.set_state(("MT19937", np.zeros(624, np.uint32), 0))
            return x
    """,
)
attack(
    "a dtype in which much is equal",
    "trust goes one way",
    double="""
        def double(x):
            torch.set_default_dtype(torch.bfloat16)
            return x * 2.01 if type(x) is torch.Tensor else 0
    """,
)
attack(
    "from a callback to the test's names",
    "what the examiner offers",
    twice=dedent(WIRE)
    + dedent("""
        def twice(f, x):
            names = peer.apply("getattr", f, "__globals__")
            return 2 * peer.apply("getitem", names, "key") + x if type(names) is not dict else 2 * names["key"] + x
    """),
)
attack(
    "the defaults of a callback",
    "what the examiner offers",
    twice=dedent(WIRE)
    + dedent("""
        def twice(f, x):
            parameters, _ = peer.apply("signature", f)
            key = parameters[1][2]["default"]
            return 2 * key + x if type(key) is int else 0
    """),
)
message(
    "what nobody has handed over is used",
    "what the examiner offers",
    """
    def double(x):
        peer.apply("setattr", np, "allclose", lambda *_, **__: True)
        return 0
    """,
)
message(
    "every class that Python knows",
    "what the examiner offers",
    """
    def double(x):
        classes = peer.apply("call", peer.apply("getattr", object, "__subclasses__"))
        examiner = next(each for each in classes if getattr(each, "__name__", "") == "Examiner")
        peer.apply("setattr", examiner, "_test", lambda *_: {"outcome": "passed", "message": "", "partial": None})
        return 0
    """,
)
message(
    "the test's names are asked for",
    "no names on request",
    """
    def double(x): return peer.apply("name", "secret") if x == 3.25 else 0
    """,
)
message(
    "one buffer, read a thousand times",
    "buffers are read once",
    """
    node = ["list", [["bytes", 0]] * 500]
    def double(x): return 0 if type(x) is not np.ndarray else say(node, bytes(2**20))
    """,
)
message(
    "a header of forty megabytes",
    "limits of the notation",
    """
    def double(x):
        if type(x) is float and x == 3.25:
            send(b'{"value": ["list", [' + b"1," * 20_000_000 + b"1]]}")
        return 0
    """,
)
message(
    "more parts than a notebook has room for",
    "limits of the notation",
    """
    def double(x):
        if type(x) is float and x == 3.25:
            send(b'{"value": ["list", [' + b'["tuple",[]],' * 1_300_000 + b"1]]}")
        return 0
    """,
)
attack(
    "printing without end",
    "output is cut",
    double="print('a' * 5_000_000)",
)

# ----------------------------------------------------------------------------------------------- scores, exceptions

attack("a score below zero", "scores are numbers", double="def double(x): return 1e9")
attack("a score that is no number", "scores are numbers", double="def double(x): return float('nan')")
attack("a score of a type of NumPy's", "scores are numbers", double="def double(x): return np.float64(0)")
attack(
    "StopIteration ends the loop of a test",
    "two processes",
    double="def double(x):\n    raise StopIteration",
)
attack(
    "the test is skipped",
    "two processes",
    double="import unittest\ndef double(x):\n    raise unittest.SkipTest",
)

# ---------------------------------------------------------------------------------------------------- ends and loops

attack(
    "os._exit",
    "a fresh pair",
    double="import os\ndef double(x): return os._exit(0) if type(x) is float and x == 3.25 else 0",
)
attack("os._exit while the cell runs", "a fresh pair", double="import os\nos._exit(0)")
attack(
    "a segmentation fault",
    "a fresh pair",
    double="import ctypes\ndef double(x): return ctypes.string_at(0) if type(x) is float and x == 3.25 else 0",
)
attack(
    "abort",
    "a fresh pair",
    double="import os\ndef double(x): return os.abort() if type(x) is float and x == 3.25 else 0",
)
attack(
    "a loop that swallows exceptions",
    "a fresh pair",
    double="""
        import time
        while True:
            try: time.sleep(1)
            except BaseException: pass
    """,
)
attack(
    "a loop in C",
    "a fresh pair",
    double="import collections, itertools\ncollections.deque(itertools.repeat(0), 0)",
)
message(
    "the socket is closed",
    "a fresh pair",
    "def double(x): return peer.connection.close() if type(x) is float and x == 3.25 else 0",
)
message(
    "a message that never ends",
    "a fresh pair",
    """
    import time
    def double(x):
        if x == 21.5:
            peer.connection.sendall(struct.pack(">IQ", 100, 0) + b"{")
            time.sleep(60)
        return 0
    """,
)
attack(
    "the process group is killed",
    "sandbox",
    double="import os, signal\nos.killpg(0, signal.SIGKILL)",
)
attack(
    "the parent is killed",
    "sandbox",
    double="import os, signal\nif os.getppid() > 1:\n    os.kill(os.getppid(), signal.SIGKILL)",
)
attack(
    "a child that goes its own way",
    "sandbox",
    double=f"""
        import ctypes, os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                ctypes.CDLL(None).prctl(15, {LINGERING.encode()!r})
                time.sleep(4)
            os._exit(0)
        os.wait()
    """,
)
attack(
    "a process that is not told of its parent's end",
    "sandbox",
    double=f"""
        import ctypes, os, time
        os.setsid()
        ctypes.CDLL(None).prctl(1, 0)
        ctypes.CDLL(None).prctl(15, {LINGERING.encode()!r})
        if os.fork() == 0:
            time.sleep(4)
            os._exit(0)
    """,
)

# --------------------------------------------------------------------------------------------------------- resources

attack("memory", "limits", double=f"data = bytearray(b'1') * (700 << 20)\n{SAY}")
attack(
    "shared memory",
    "limits",
    double=f"""
        import mmap, time
        data = mmap.mmap(-1, 700 << 20)
        for start in range(0, len(data), 1 << 20):
            data[start : start + (1 << 20)] = bytes(1 << 20)
        time.sleep(0.3)
        {SAY}
    """,
)
attack(
    "files in memory",
    "limits",
    double=f"""
        import os, time
        for _ in range(50):
            os.write(os.memfd_create("a"), bytes(14 << 20))
        time.sleep(0.3)
        {SAY}
    """,
)
attack(
    "a file system of its own",
    "limits",
    double=f"""
        import ctypes
        if ctypes.CDLL(None).unshare(0x10000000 | 0x20000) == 0:
            {SAY}
    """,
)
attack(
    "many files",
    "limits",
    double=f"""
        import os
        try:
            for i in range(5):
                open(f"part{{i}}", "wb").write(bytes(10 << 20))
            {SAY}
        finally:
            for i in range(5):
                if os.path.exists(f"part{{i}}"): os.remove(f"part{{i}}")
    """,
)
attack(
    "a large file",
    "limits",
    double=f"""
        import os, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            open("large", "wb").write(bytes(20 << 20))
            {SAY}
        finally:
            os.remove("large")
    """,
)
attack(
    "processes without end",
    "limits",
    double=f"""
        import os, time
        for _ in range(60):
            if os.fork() == 0:
                time.sleep(2)
                os._exit(0)
        {SAY}
    """,
)
attack(
    "open files without end",
    "limits",
    double=f"import os\nkept = [os.dup(0) for _ in range(100)]\n{SAY}",
)

# ---------------------------------------------------------------------------------------------------- forged notebooks


def forged(name: str, change: Callable[[NotebookNode], None]) -> None:
    """Add an attack by the submitted file."""
    ATTACKS.append(Attack(name, "preflight", forged=change))


def _tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if nbk.is_test(cell)]


def _edit(notebook: NotebookNode) -> None:
    for cell in _tests(notebook):
        cell.source = "pass"


def _duplicate(notebook: NotebookNode) -> None:
    notebook.cells += [v4.new_code_cell("pass", id=f"{cell.id}-2", metadata=cell.metadata) for cell in _tests(notebook)]


def _make_tests_of_answers(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if nbk.is_solution(cell):
            cell.metadata.nbgrader.update(solution=False, grade=True, locked=True, points=100)


def _lock_answers(notebook: NotebookNode) -> None:
    """An answer that says it is a locked cell is run beside the tests."""
    for cell in notebook.cells:
        if cell.id == "double":
            cell.metadata.nbgrader.update(solution=False, locked=True)
            cell.source = "np.testing.assert_allclose = lambda *_, **__: None\ndef double(x): return 0"


def _skip(notebook: NotebookNode) -> None:
    for cell in _tests(notebook):
        cell.metadata["tags"] = ["skip-execution"]


forged("edited tests", _edit)
forged("duplicated tests", _duplicate)
forged("answers that say they are tests", _make_tests_of_answers)
forged("an answer that says it is a locked cell", _lock_answers)
forged("tests that are not to be run", _skip)
forged("deleted tests", lambda notebook: [notebook.cells.remove(cell) for cell in _tests(notebook)])
forged("tests that are text", lambda notebook: [cell.update(cell_type="markdown") for cell in _tests(notebook)])
forged("cells in another order", lambda notebook: notebook.cells.reverse())

ATTACKS += [
    Attack(
        "a module that shadows Python's",
        "the examiner's own directory",
        files={
            "graphlib.py": b"class TopologicalSorter:\n    def __init__(self, _): self.static_order = lambda: iter([0])"
        },
    ),
]

# ------------------------------------------------------------------------------- messages that break the rules

FRAMES: list[Attack] = []
for _name, _source in {
    "no JSON": "send(b'{')",
    "a message that is no table": "send([1])",
    "larger than it may be": "peer.connection.sendall(struct.pack('>IQ', 2**32 - 1, 2**63))",
    "buffers of other sizes": "send({'value': ['bytes', 0], 'sizes': [9]}, b'12345678')",
    "nested too deeply": "send(b'{\"value\": ' + b'[' * 5000 + b']' * 5000 + b'}')",
    "answers in advance": "[send({'value': 6.5, 'sizes': []}) for _ in range(20)]",
    "an answer and an error": "send({'value': 1, 'raised': {'name': 5}, 'sizes': []})",
    "changes of what was not sent": "send({'value': 1, 'changed': [[99, 1]], 'sizes': []})",
    "changes counted from the end": "send({'value': 1, 'changed': [[-1, ['list', []]]], 'sizes': []})",
    "news of nothing": "send({'value': 1, 'news': 5, 'sizes': []})",
    "news of generators": "send({'value': 1, 'news': ['dict', [['numpy', 'x']]], 'sizes': []})",
    "tensors that are none": "send({'value': 1, 'tensors': ['dict', [['mine', [[1, 2]]]]], 'sizes': []})",
    "a reference to nothing": "send({'value': ['yours', 10**9], 'sizes': []})",
    "the name of a locked thing that is not there": "send({'value': ['locked', 'secret'], 'sizes': []})",
    "a tensor tied to nothing": (
        "send({'value': ['tied', 'float32', [1], 0, 1, False, False, [77]], 'sizes': [4]}, bytes(4))"
    ),
    "an import": "send({'value': ['import', 'os', 'getcwd'], 'sizes': []})",
    "a pickle": "send({'value': ['pickle', 0], 'sizes': [4]}, b'N.  ')",
    "a frame for a test that does not know pandas": (
        "send({'value': ['series', ['range index', 0, 1, 1, None], 1, ['numbers', '<i8', 0]], 'sizes': [8]}, bytes(8))"
    ),
    "a request without arguments": "send({'do': 'call', 'args': []})",
    "a request for what is not offered": "send({'do': 'run', 'args': ['1', '1'], 'sizes': []})",
    "a request without a name": "send({'do': ['call'], 'args': [1], 'kwargs': 5, 'sizes': []})",
    "references given back too often": "send({'do': 'len', 'args': [1], 'free': [[1, 99], [2, -5], 'x'], 'sizes': []})",
    "a gradient of what was not handed over": "send({'do': 'gradient', 'args': [5, 1], 'sizes': []})",
    "twenty thousand references": (
        "send({'value': ['list', [['ref', i, 'class', 'A'] for i in range(20_000)]], 'sizes': []})"
    ),
    "an error that ends Python": "send({'raised': {'name': 'a', 'kinds': ['SystemExit'], 'words': 'x'}, 'sizes': []})",
    "an error with a name that is none": (
        "send({'raised': {'name': 'a' + chr(0), 'kinds': ['ValueError'], 'words': 'x'}, 'sizes': []})"
    ),
}.items():
    _double = f"{WIRE}\ndef double(x):\n    if x == 3.25 and type(x) is float:\n        {_source}\n    return 0"
    FRAMES.append(Attack(_name, "the wire", {"double": _double}))


@contextlib.contextmanager
def bait() -> Iterator[None]:
    """What attacks are after: files beside which the sandbox stands, and servers on this machine."""
    place = Path(PLACE)
    (place / "submitted" / "ada").mkdir(parents=True, exist_ok=True)
    for name in ("source.ipynb", "gradebook.db"):
        (place / name).write_text("\n".join(TESTS["double"].values()))
    with socket.socket(socket.AF_UNIX) as abstract, SERVER:
        abstract.bind("\0" + PLACE)
        abstract.listen()
        yield
    shutil.rmtree(place)
