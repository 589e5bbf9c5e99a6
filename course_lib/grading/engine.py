"""Grading one notebook: a student process and an examiner process for each attempt, until every step has its report.

When the student process hangs or dies, the pair is thrown away, and a fresh one runs the notebook again without the
cell at which it happened. Verdicts that were given before stay.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from course_lib.grading import sandbox, temporary, wire
from course_lib.grading.examiner import Step
from course_lib.grading.preflight import Prepared
from course_lib.grading.zygote import Zygote

PRELOAD = ("numpy", "IPython.core.interactiveshell")
WITH = {"torch": ("torch._dynamo",)}
"""What a package imports only when it is used, and then slowly."""
SHORTEST_LIMIT = 5.0
GRACE = 5.0
"""Seconds that a report may take beyond the limit of its cell before the pair is given up."""
PATIENCE = 1.0
"""Seconds within which a student process that broke off has told the system why."""
MOST_LIMITS = 10
"""A notebook may take this many times the limit of a cell, counting only the attempts that were lost."""

Report = dict[str, Any]
Files = Mapping[str, bytes]
NO_FILES: Files = MappingProxyType({})


class Engine:
    """A worker's two zygotes, for all its threads.

    Args:
        preload: Modules that the assignment's cells import.
        limits: What a submission may use.
        sandboxed: Whether to build the walls.
        visible: Files of course_lib that the assignment's locked cells need, relative to it.
        in_process: Whether to run tests in the student process.
        files: What lies beside the instructor's notebooks.
    """

    def __init__(
        self,
        preload: Iterable[str] = (),
        limits: sandbox.Limits | None = None,
        *,
        sandboxed: bool = True,
        visible: Iterable[str] = (),
        in_process: bool = False,
        files: Files = NO_FILES,
    ) -> None:
        wanted = [*PRELOAD, *preload]
        modules = list(dict.fromkeys([*wanted, *(late for module in wanted for late in WITH.get(module, ()))]))
        walls = sandbox.command(visible) if sandboxed else []
        limits = limits or sandbox.Limits()
        self.sandboxed = sandboxed
        self.in_process = in_process
        self.files = dict(files)
        with contextlib.ExitStack() as opened:
            self._directory = opened.enter_context(temporary.directory())
            self.students = Zygote("student", modules, self._directory, walls, limits.as_dict() if sandboxed else None)
            opened.callback(self.students.close)
            self.examiners = Zygote("examiner", modules, self._directory)
            opened.callback(self.examiners.close)
            self._opened = opened.pop_all()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether both zygotes are there; what was examined when one was gone says nothing about the submission."""
        return self.students.alive and self.examiners.alive

    def close(self) -> None:
        """End every process and remove every file."""
        self._opened.close()

    def examine(
        self,
        prepared: Prepared,
        timeout: float,
        files: Files = NO_FILES,
        until: Callable[[Report], bool] = lambda report: False,
    ) -> list[Report]:
        """One report for each step of a notebook.

        Args:
            prepared: The notebook.
            timeout: Seconds that a cell may run. After each cell that exceeds it the others get half as long, but at
                least five seconds: one loop must not cost every later test its limit.
            files: What the student handed in beside the notebook.
            until: Whether a report settles all that was to be found out: the steps after it are not run, and their
                reports are empty.
        """
        steps = prepared.steps
        reports: list[Report | None] = [None] * len(steps)
        left = list(range(len(steps)))
        limit = timeout
        wasted = 0.0
        while left and any(reports[i] is None for i in left):
            if wasted > MOST_LIMITS * timeout:
                return [report or _given_up() for report in reports]
            started = time.monotonic()
            lost = None
            with contextlib.closing(self._session([steps[i] for i in left], prepared, limit, files)) as session:
                for i, report in zip(left, session, strict=False):
                    reports[i] = reports[i] or report
                    if until(report):
                        return [report or {} for report in reports]
                    if report.get("lost"):
                        lost = i
                        wasted += time.monotonic() - started
                        if report["outcome"] == "timeout":
                            limit = max(limit / 2, min(timeout, SHORTEST_LIMIT))
            left = [i for i in left if i != lost]
        return [report or {} for report in reports]

    def _session(self, steps: list[Step], prepared: Prepared, timeout: float, files: Files) -> Generator[Report]:
        """Reports from one pair of processes; the last one is ``lost`` if the pair did not get to the end."""
        with tempfile.TemporaryDirectory(dir=self._directory) as place, _Pair(self, Path(place)) as pair:
            control = pair.start(steps, prepared, timeout, files)
            for step in steps:
                try:
                    report, _ = wire.receive(control, time.monotonic() + 2 * timeout + GRACE)
                    report = legible(report)
                except wire.WireError as error:
                    outcome = "timeout" if isinstance(error, wire.LateError) else "crashed"
                    words = "out of time" if outcome == "timeout" else "Python stopped"
                    report = {"name": step.name, "kind": step.kind, "outcome": outcome, "message": words, "lost": True}
                if report.get("lost") and report.get("outcome") == "crashed":
                    report |= pair.cause()
                yield report
                if report.get("lost"):
                    return


class _Pair:
    """A student process and, unless tests run in it, an examiner process."""

    def __init__(self, engine: Engine, place: Path) -> None:
        self.engine = engine
        self.place = place
        self.sockets: list[socket.socket] = []
        self.student: int | None = None
        self.examiner: int | None = None

    def __enter__(self) -> _Pair:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.sockets:
            each.close()
        if self.student is not None:
            self.engine.students.end(self.student)
        if self.examiner is not None:
            self.engine.examiners.end(self.examiner)

    def start(self, steps: list[Step], prepared: Prepared, timeout: float, files: Files) -> socket.socket:
        """Fork the processes and tell them what to do; reports come from the socket that is returned."""
        (to_student, orders), (left, right) = socket.socketpair(), socket.socketpair()
        self.sockets += [to_student, left]
        self.student = self.engine.students.fork([orders, right])
        directory = sandbox.WORK if self.engine.sandboxed else str(self.place / "student")
        job = {"directory": directory, "forbidden": sorted({name for step in steps for name in step.forbid})}
        todo = {"timeout": timeout, "steps": [asdict(step) for step in steps]}
        todo |= {kind: sorted(getattr(prepared, kind)) for kind in ("expected", "classes", "reserved")}
        if self.engine.in_process:
            left.close()
            _order(to_student, job | todo, {**files, **self.engine.files})
            return to_student
        to_examiner, control = socket.socketpair()
        self.sockets.append(to_examiner)
        self.examiner = self.engine.examiners.fork([control, left])
        _order(to_student, job, {**files, **self.engine.files})
        _order(to_examiner, todo | {"directory": str(self.place / "examiner")}, self.engine.files)
        return to_examiner

    def cause(self) -> Report:
        """What the end of the student process tells, more than that it is gone."""
        assert self.student is not None
        status = self.engine.students.end(self.student, PATIENCE)
        self.student = None
        if status == sandbox.OUT_OF_MEMORY:
            return {"outcome": "memory", "message": "out of memory"}
        if status == sandbox.OUT_OF_COMPUTING_TIME:
            return {"outcome": "timeout", "message": "out of computing time"}
        killed_by = status - 128 if status > 128 else -status
        names = {each.value: each.name for each in signal.Signals}
        return {"message": f"Python stopped ({names[killed_by]})"} if killed_by in names else {}


def _order(to: socket.socket, job: Report, files: Files) -> None:
    """Hand a job to a process; one that is gone already will be missed when its report is due."""
    sizes = [[name, len(data)] for name, data in files.items()]
    with contextlib.suppress(wire.ClosedError):
        wire.send(to, job | {"files": sizes}, list(files.values()))


def legible(value: Any) -> Any:
    """A report in whose texts are no characters that no file and no database takes.

    >>> legible({"message": "a\\ud800\\0"})
    {'message': 'a??'}
    """
    if isinstance(value, str):
        return value.replace("\0", "?").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [legible(each) for each in value]
    return {key: legible(each) for key, each in value.items()} if isinstance(value, dict) else value


def _given_up() -> Report:
    return {"outcome": "timeout", "message": "not run: the notebook as a whole ran out of time"}
