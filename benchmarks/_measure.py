"""What a benchmark is, and how two functions are timed against each other on a machine that others use too."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import geometric_mean, median

SECONDS_PER_CASE = 2.0
SHORTEST_TIMING = 2e-3
FEWEST_ROUNDS = 9


@dataclass(frozen=True)
class Case:
    """Our implementation beside the built-in, doing the same work."""

    name: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    gate: float
    """The largest ratio of our time to theirs that passes."""
    share: float = 1.0
    """How much of the work the built-in does, where all of it would take too long."""
    rounds: int = FEWEST_ROUNDS
    """How often each side is timed at least."""


@dataclass(frozen=True)
class Family:
    """Cases that belong together."""

    name: str
    cases: list[Case]
    mean_gate: float | None = None
    """The largest geometric mean of their ratios that passes, if there is a gate on it."""


@dataclass(frozen=True)
class Result:
    """One measured figure beside its gate."""

    family: str
    case: str
    ratio: float
    gate: float
    ours: float | None = None
    """Our median time in seconds."""
    theirs: float | None = None

    @property
    def passed(self) -> bool:
        return self.ratio <= self.gate


def measure_family(family: Family, clock: Callable[[], float] = time.perf_counter) -> list[Result]:
    """One result per case, and one for the geometric mean if it has a gate."""
    results = [measure(family.name, case, clock) for case in family.cases]
    if family.mean_gate is not None:
        mean = geometric_mean([result.ratio for result in results])
        results.append(Result(family.name, "geometric mean", mean, family.mean_gate))
    return results


def measure(family: str, case: Case, clock: Callable[[], float] = time.perf_counter) -> Result:
    """Time both sides in turns and take the median of the rounds' ratios.

    What disturbs the machine for longer than a round slows both sides of that round; what disturbs one round is no
    median. Who goes first alternates. The quicker side is called again and again until it takes as long as the slower
    one, or it would more often slip through between two disturbances.
    """
    sides = (case.ours, case.theirs)
    for side in sides:
        side()  # a first call imports, allocates and compiles
    single = [_seconds_per_call(side, 1, clock) for side in sides]
    calls = [math.ceil(max(SHORTEST_TIMING, *single) / seconds) for seconds in single]
    round_seconds = sum(n * seconds for n, seconds in zip(calls, single, strict=True))
    rounds = max(case.rounds, int(SECONDS_PER_CASE / round_seconds))
    ours: list[float] = []
    theirs: list[float] = []
    for i in range(rounds):
        turns = [(case.ours, calls[0], ours), (case.theirs, calls[1], theirs)]
        for side, n, times in turns if i % 2 == 0 else reversed(turns):
            times.append(_seconds_per_call(side, n, clock))
    theirs = [seconds / case.share for seconds in theirs]
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    return Result(family, case.name, ratio, case.gate, median(ours), median(theirs))


def _seconds_per_call(function: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(calls):
        function()
    return (clock() - start) / calls
