"""Grading one notebook: a student process and an examiner process for each attempt, until every step has its report.

When the student process hangs or dies, the pair is thrown away, and a fresh one runs the notebook again without the
cell at which it happened. Verdicts that were given before stay.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_lib.grading import sandbox, wire
from course_lib.grading.examiner import Step
from course_lib.grading.preflight import Prepared
from course_lib.grading.zygote import Zygote

PRELOAD = ("numpy", "torch", "torch._dynamo", "matplotlib.pyplot", "IPython.core.interactiveshell")
SHORTEST_LIMIT = 5.0
GRACE = 5.0
"""Seconds that a report may take beyond the limit of its cell before the pair is given up."""

Report = dict[str, Any]


class Engine:
    """A worker's two zygotes.

    Args:
        preload: Modules that the assignment's cells import.
        limits: What a submission may use.
        sandboxed: Whether to build the walls.
        visible: Files of course_lib that the assignment's locked cells need.
    """

    def __init__(
        self,
        preload: Iterable[str] = (),
        limits: sandbox.Limits | None = None,
        *,
        sandboxed: bool = True,
        visible: Iterable[Path] = (),
    ) -> None:
        modules = [*PRELOAD, *preload]
        walls = sandbox.command(visible) if sandboxed else []
        limits = limits or sandbox.Limits()
        self.students = Zygote("student", modules, walls, limits.as_dict() if sandboxed else None)
        self.examiners = Zygote("examiner", modules)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process."""
        self.students.close()
        self.examiners.close()

    def examine(self, prepared: Prepared, timeout: float) -> list[Report]:
        """One report for each step of a notebook.

        Args:
            prepared: The notebook.
            timeout: Seconds that a cell may run. After each cell that exceeds it the others get half as long, but at
                least five seconds: one loop must not cost every later test its limit.
        """
        steps = prepared.steps
        reports: list[Report | None] = [None] * len(steps)
        left = list(range(len(steps)))
        limit = timeout
        while left and any(reports[i] is None for i in left):
            lost = None
            for i, report in zip(left, self._session([steps[i] for i in left], prepared, limit), strict=False):
                reports[i] = reports[i] or report
                if report.get("lost"):
                    lost = i
                    if report["outcome"] == "timeout":
                        limit = max(limit / 2, min(timeout, SHORTEST_LIMIT))
            left = [i for i in left if i != lost]
        return [report or {} for report in reports]

    def _session(self, steps: list[Step], prepared: Prepared, timeout: float) -> Iterator[Report]:
        """Reports from one pair of processes; the last one is ``lost`` if the pair did not get to the end."""
        (to_examiner, control), (to_student, orders), (left, right) = (socket.socketpair() for _ in range(3))
        student = self.students.fork([orders, right])
        examiner = self.examiners.fork([control, left])
        done = 0
        try:
            wire.send(to_student, {"forbidden": sorted({name for step in steps for name in step.forbid})}, [])
            job = {"timeout": timeout, "expected": sorted(prepared.expected), "steps": [asdict(step) for step in steps]}
            wire.send(to_examiner, job, [])
            for _ in steps:
                report, _ = wire.receive(to_examiner, time.monotonic() + 2 * timeout + GRACE)
                done += 1
                yield report
                if report.get("lost"):
                    return
        except wire.WireError as error:
            outcome = "timeout" if isinstance(error, wire.LateError) else "crashed"
            step = steps[done]
            yield {"name": step.name, "kind": step.kind, "outcome": outcome, "message": str(error), "lost": True}
        finally:
            to_examiner.close()
            to_student.close()
            status = self.students.kill(student)
            self.examiners.kill(examiner)
            self.last_status = status
