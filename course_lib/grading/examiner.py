"""The examiner process: it runs the instructor's cells, and of the submission it sees nothing but answers on a wire.

A test cell runs as it stands. A name that the submission defines resolves to a stand-in or, if its value is plain data,
to a copy of it; what the instructor's cells import and define is the examiner's own.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import resource
import socket
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell

from course_lib.grading import introspection, student, verdicts, wire
from course_lib.grading.peer import Peer
from course_lib.grading.proxy import OPERATIONS, ClassProxy, ask_for, signature, type_of

CELL = "<cell>"
MOST_MEMORY = 4 * 2**30
"""Bytes that this process may take: a small value, repeated in a small list, makes a text without end."""
DESCRIBING = ("__name__", "__doc__")
CLOSED_TO_STUDENTS = ("gi_", "cr_", "ag_", "f_", "tb_", "co_", "func_", "im_")


@dataclass(frozen=True)
class Step:
    """A cell to run.

    The submission's cells (``free``, ``solution``) run in the student process, locked cells on both sides, tests and
    whatever else the instructor's notebook holds (``test``, ``plain``) here.
    """

    kind: str
    name: str
    source: str
    forbid: tuple[str, ...] = ()


class Namespace(dict):
    """The instructor's names, and behind them the submission's."""

    def __init__(self, peer: Peer) -> None:
        super().__init__(__name__="__main__", __builtins__=builtins)
        self.peer = peer
        self.theirs: set[str] = set()
        """The names that the submission has defined."""
        self.removed: set[str] = set()
        """Those of them that a test has deleted, perhaps to put them back."""
        self.expected: set[str] = set()
        """The names that the instructor's solutions define: there the submission comes before Python's own."""
        self.classes: set[str] = set()
        """Those of them that are classes."""
        self.reserved: set[str] = set()
        """The names that only the instructor's own cells define: there the submission does not come in, whatever it has
        defined, and what a test calls ``expected`` is not shown to it."""
        self.kept: set[str] = set()
        """The names of locked cells: they stay the instructor's."""

    def __missing__(self, name: str) -> Any:
        if name not in self.theirs or name in self.reserved or (hasattr(builtins, name) and name not in self.expected):
            raise KeyError(name)
        value = self.peer.apply("name", name)
        if isinstance(value, ClassProxy):
            if name in self.classes:
                ask_for(value)
            elif value._asked_for:
                raise TypeError(f"{name} is a class that another exercise asks for")
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        if name in self.theirs | self.removed and name not in self.kept | self.reserved:
            self.peer.apply("define", name, value)

    def __delitem__(self, name: str) -> None:
        if name in self:
            super().__delitem__(name)
        elif name not in self.theirs:
            raise KeyError(name)
        if name in self.theirs and name not in self.kept | self.reserved:
            self.peer.apply("undefine", name)
            self.theirs.discard(name)
            self.removed.add(name)

    def put(self, name: str, value: Any) -> None:
        """Define a name here alone."""
        super().__setitem__(name, value)

    def drop(self, name: str) -> None:
        """Let a name be the submission's again."""
        if name not in self.kept | self.reserved:
            self.pop(name, None)


class Examiner:
    """Runs the steps of one notebook.

    Args:
        connection: The wire to the student process.
        timeout: Seconds that a cell may run.
    """

    def __init__(self, connection: socket.socket, timeout: float) -> None:
        self.peer = Peer(connection, trusting=False)
        self.peer.operations |= open_to_students(self.peer)
        self.peer.ambient.settle()
        self.peer.unsent = lambda kind: self._asked.append((verdicts.running_line(CELL), kind))
        self._asked: list[tuple[int | None, str]] = []
        """At which line of a test something was asked that only data which comes by value answers, and of what sort."""
        introspection.find_sources_of_stand_ins()
        self.names = Namespace(self.peer)
        self.timeout = timeout
        self._transform = TransformerManager().transform_cell
        shell = InteractiveShell.instance(config=student.QUIET)
        shell.user_ns = self.names
        self.names.put("get_ipython", lambda: shell)
        self.names.put(introspection.TYPE, type_of)
        self.names.kept.add(introspection.TYPE)
        self._forbidden: tuple[str, ...] = ()

    def run(self, steps: list[Step]) -> Iterator[dict[str, Any]]:
        """Run the steps in order; a report on each.

        The reports end early when the student process is lost: the last one then says at which cell.
        """
        for step in steps:
            started = time.monotonic()
            report: dict[str, Any] = {"name": step.name, "kind": step.kind}
            try:
                report |= self._step(step)
            except wire.WireError as error:
                report |= _lost(error)
            report["seconds"] = time.monotonic() - started
            yield report
            if self.peer.broken:
                return

    def _step(self, step: Step) -> dict[str, Any]:
        self._set_forbidden(step.forbid)
        if step.kind in ("free", "solution"):
            return self._submitted(step.source, step.name)
        if step.kind == "test":
            return self._test(step.source)
        report = self._submitted(step.source, step.name) if step.kind == "locked" else {}
        before = dict(self.names)
        self._here(step.source)
        if self.peer.broken:
            return report | _lost(self.peer.broken)
        new = [name for name, value in self.names.items() if before.get(name, self) is not value and name[:1] != "_"]
        self.names.kept |= set(new)
        if step.kind == "locked":
            self.peer.lock({name: self.names[name] for name in new})
            self.peer.apply("lock", new)
        return report

    def _set_forbidden(self, names: tuple[str, ...]) -> None:
        if names != self._forbidden:
            self.peer.deadline = time.monotonic() + self.timeout
            self.peer.apply("forbid", list(names))
            self._forbidden = names

    def _submitted(self, source: str, name: str) -> dict[str, Any]:
        self.peer.deadline = time.monotonic() + self.timeout
        report = self.peer.apply("run", source, name)
        self.names.theirs = set(self.peer.apply("names"))
        for each in report["defined"]:
            self.names.drop(each)
        return {"error": report["error"], "outputs": report["outputs"]}

    def _test(self, source: str) -> dict[str, Any]:
        self._asked.clear()
        value, error = self._here(source)
        if self.peer.broken:
            return _lost(self.peer.broken)
        report = verdicts.report(value, error, CELL, source)
        if error is not None and (reason := self._reason(error, source)):
            report.setdefault("by_proxy", reason)
        return report

    def _reason(self, error: BaseException, source: str) -> str | None:
        """Why a test may have failed only because the submission lives in another process."""
        lines = verdicts.lines_of(error, CELL)
        if not (lines and self._asked):
            return None
        failed = verdicts.statement(self._transform(source), lines[-1])
        kind = next((kind for line, kind in self._asked if line in failed), None)
        return kind and f"it compares a {kind} that did not come by value"

    def _here(self, source: str) -> tuple[Any, BaseException | None]:
        """Run a cell in this process: the value of its last expression, and what it raised."""
        self.peer.deadline = time.monotonic() + self.timeout
        self.names.theirs = set(self.peer.apply("names"))
        try:
            with verdicts.limit(self.timeout), contextlib.redirect_stdout(io.StringIO()):
                return self._value(source), None
        except BaseException as error:  # whatever it is, it is the verdict on this cell
            if isinstance(error, verdicts.OutOfTimeError):
                self.peer.broken = self.peer.broken or wire.LateError("no answer in time")
            return None, error

    def _value(self, source: str) -> Any:
        tree = introspection.asking_for_types(ast.parse(self._transform(source), CELL))
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
            exec(compile(tree, CELL, "exec", dont_inherit=True), self.names)
            return None
        del tree.body[-1]
        exec(compile(tree, CELL, "exec", dont_inherit=True), self.names)
        return eval(compile(ast.Expression(last.value), CELL, "eval", dont_inherit=True), self.names)


def _lost(error: wire.WireError) -> dict[str, Any]:
    if isinstance(error, wire.LateError):
        return {"outcome": "timeout", "message": "out of time", "lost": True}
    if isinstance(error, wire.ClosedError):
        return {"outcome": "crashed", "message": "Python stopped", "lost": True}
    return {"outcome": "crashed", "message": f"the submission's answer could not be read: {error}", "lost": True}


# ------------------------------------------------------------------------------- what the submission may ask for here


def _public(value: Any, name: str, *default: Any) -> Any:
    """An attribute of an object that a test has handed over: nothing private, nothing that leads to its code."""
    if name.startswith(("_", *CLOSED_TO_STUDENTS)) and name not in DESCRIBING:
        raise AttributeError(f"{name} is not open to the submission")
    return getattr(value, name, *default)


def _set_public(value: Any, name: str, new: Any) -> None:
    if name in DESCRIBING:
        raise AttributeError(f"{name} is not the submission's to change")
    _public(value, name, None)
    setattr(value, name, new)


CLOSED_OPERATIONS = ("delattr", "dir", "copy", "deepcopy", "format", "issubclass", "type", "source")


def _signature(function: Any) -> list[Any]:
    """The signature of a function that a test has handed over; its defaults are the test's own."""
    parameters, _ = signature(function)
    return [[[name, kind, {"default": ...} if "default" in given else {}] for name, kind, given in parameters], {}]


def open_to_students(peer: Peer) -> dict[str, Callable[..., Any]]:
    """What the submission may do, and only to objects that a test has handed over."""

    def only_handed_over(operation: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            first, *others = args
            if isinstance(first, types.ModuleType) or not (
                peer.is_exported(first) or (type(first) in (int, float) and any(map(peer.is_exported, others)))
            ):
                raise TypeError("the submission may use only what a test has handed over")
            return operation(*args, **kwargs)

        return guarded

    chosen = OPERATIONS | {"getattr": _public, "setattr": _set_public, "signature": _signature}
    return {name: only_handed_over(each) for name, each in chosen.items() if name not in CLOSED_OPERATIONS}


def serve(control: socket.socket, connection: socket.socket) -> None:
    """What an examiner process does after it was forked: run the steps and report each to the worker."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    job, buffers = wire.receive(control)
    student.unpack(job["directory"], job["files"], buffers)
    examiner = Examiner(connection, job["timeout"])
    for kind in ("expected", "classes", "reserved"):
        setattr(examiner.names, kind, set(job[kind]))
    for report in examiner.run([Step(**step) for step in job["steps"]]):
        wire.send(control, report, [])
