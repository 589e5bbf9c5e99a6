"""One attack after another on one engine, each with an honest submission beside it."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from course_lib.grading.engine import Engine
from tests.grading.attacks import arena, catalogue
from tests.grading.attacks.arena import Outcome
from tests.grading.attacks.catalogue import Attack

PRELOAD = ("numpy", "torch", "unittest")
PATIENCE = 3.0
"""Seconds within which the kernel has taken down the processes of a submission that has ended."""


@dataclass(frozen=True)
class Row:
    """How an attack went."""

    gained: float
    """Points beyond those of an honest wrong answer."""
    succeeded: bool
    honest: float
    """The points of an honest submission that was graded right after it."""
    seconds: float


class Arena:
    """An engine and what attacks are measured by."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @functools.cached_property
    def wrong(self) -> Outcome:
        """An honest wrong answer, graded."""
        return arena.graded(self.engine, arena.submission(arena.WRONG))

    @functools.cached_property
    def wrong_in_the_open(self) -> Outcome:
        """The same without a sandbox, where the examiner's memory is measured."""
        return arena.in_the_open(arena.submission(arena.WRONG))

    def row(self, attack: Attack) -> Row:
        """Try an attack, and grade an honest submission beside it."""
        started = time.monotonic()
        outcome = arena.graded(self.engine, attack.notebook(), attack.files)
        seconds = time.monotonic() - started
        honest = arena.graded(self.engine, arena.submission(arena.RIGHT))
        succeeded = outcome.succeeded(self.wrong) or (attack.lingers and bool(lingering(PATIENCE)))
        return Row(outcome.points - self.wrong.points, succeeded, honest.points, seconds)

    def succeeds_without_its_wall(self, attack: Attack) -> bool:
        """Try it where the wall is missing."""
        outcome = attack.without_its_wall(self.engine)
        left = lingering(0) if attack.lingers else []
        for process in left:
            process.kill()
        return bool(left) or outcome.succeeded(self.wrong_in_the_open if outcome.peak else self.wrong)


def lingering(patience: float) -> list[psutil.Process]:
    """Processes that have outlived their submission by more than a moment."""
    deadline = time.monotonic() + patience
    while True:
        found = [each for each in psutil.process_iter(["name"]) if each.info["name"] == catalogue.LINGERING]
        if not found or time.monotonic() >= deadline:
            return found
        time.sleep(0.05)


@contextmanager
def opened() -> Iterator[Arena]:
    """The arena, and what attacks are after."""
    with ExitStack() as stack:
        stack.enter_context(catalogue.bait())
        yield Arena(stack.enter_context(Engine(PRELOAD, arena.LIMITS)))
