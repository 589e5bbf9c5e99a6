"""Grading a submission again after its tests were mended: only what the change can have moved is run.

Of a notebook that was graded before, and handed in as it was then, the tests that changed are run again, and those that
share a variable with one of them. With these run the cells that they need, and every cell that stands outside an
answer; all other verdicts and outputs are kept. What cells do to files is not followed, nor what they do to a library,
or to what belongs to a function or a class. Where a cell cannot be followed, all are run: where an answer is too long,
where names are bound or used by their texts, where other cells than tests seed a generator that all cells share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from nbformat import NotebookNode

from course_lib.grading import names, stamp
from course_lib.grading import notebook as nbk
from course_lib.grading.examiner import Step
from course_lib.grading.preflight import Cell, Prepared

SETTINGS = re.compile(r"^%(matplotlib|config|load_ext|autoreload)\b.*", re.MULTILINE)
"""Magics that bind and use no name."""
LONGEST = 100_000
"""Characters of a student's cells, all together, that are looked at."""


@dataclass(frozen=True)
class Again:
    """Which part of a notebook is run, and what is kept of the time before.

    Args:
        prepared: The notebook with a student's answers.
        earlier: The graded notebook that these answers gave last time; None if there is none, or if more than tests has
            changed since: then everything is run.
    """

    prepared: Prepared
    earlier: NotebookNode | None = None

    @cached_property
    def changed(self) -> set[str]:
        """The tests that are not as they were, or worth something else."""
        before = {name: (cell.source, nbk.points(cell)) for name, cell in self._before.items()}
        cells = (cell.node for cell in self.prepared.cells if cell.step and cell.step.kind == "test")
        now = {nbk.grade_id(cell) or "": (cell.source, nbk.points(cell)) for cell in cells if cell}
        return {name for name, key in now.items() if before.get(name) != key}

    @cached_property
    def tests(self) -> set[str]:
        """The tests whose verdicts are new: those that changed, and those that a change can reach."""
        steps, tests = self.prepared.steps, self._tests
        if self.earlier is None or (self.changed and not self._can_be_followed):
            return {test.name for test in tests.values()}
        as_now = names.Links([step.source for step in steps])
        as_then = names.Links([self._before.get(step.name, step).source for step in steps])
        reached: list[int] = []
        for number, test in tests.items():
            by_others = any(links.affects(other, number) for links in (as_now, as_then) for other in reached)
            if by_others or test.name in self.changed:
                reached.append(number)
        return {tests[number].name for number in reached}

    @cached_property
    def numbers(self) -> list[int]:
        """The steps that are run."""
        steps = self.prepared.steps
        if len(self.tests) == len(self._tests):
            return list(range(len(steps)))
        wanted = [number for number, test in self._tests.items() if test.name in self.tests]
        optional = [number for number, step in enumerate(steps) if _can_be_left_out(step)]
        return names.needed([step.source for step in steps], wanted, optional) if wanted else []

    @property
    def part(self) -> Prepared:
        """The notebook, reduced to what is run."""
        cells = [cell for cell in self.prepared.cells if cell.step]
        return replace(self.prepared, cells=[cells[number] for number in self.numbers])

    def why(self, test: str) -> str:
        """Why a test's verdict is new."""
        if test in self.changed:
            return "the test has changed"
        if not self._can_be_followed:
            return "a test has changed, and what that moves in this notebook cannot be seen"
        return "it shares a variable with a test that has changed"

    def cells(self) -> Iterator[tuple[Cell, int, NotebookNode | None]]:
        """Every cell of the notebook, the number of its step or -1, and how it was left last time."""
        earlier = self.earlier.cells if self.earlier else []
        others = iter([cell for cell in earlier if not nbk.is_test(cell) and not stamp.is_rubric(cell)])
        numbers = iter(range(len(self.prepared.cells)))
        for cell in self.prepared.cells:
            number = next(numbers) if cell.step else -1
            if cell.step and cell.step.kind == "test":
                yield cell, number, self._before.get(cell.step.name)
            else:
                yield cell, number, next(others, None) if cell.node else None

    @property
    def kept(self) -> dict[str, list[Any]]:
        """The stamps on tests whose verdicts are kept."""
        before = stamp.of(self.earlier).get("tests", {}) if self.earlier else {}
        return {test: each for test, each in before.items() if test not in self.tests}

    @property
    def remarks(self) -> list[str]:
        """What was said of cells that are not run again."""
        run = {self.prepared.steps[number].name for number in self.numbers}
        skipped = tuple(
            f"{step.name}{end}" for step in self.prepared.steps if step.name not in run for end in (":", " ")
        )
        before = stamp.of(self.earlier).get("remarks", []) if self.earlier else []
        return [remark for remark in before if remark.startswith(skipped)]

    @cached_property
    def _can_be_followed(self) -> bool:
        """Whether one can see which cells make a difference to which."""
        steps = self.prepared.steps
        if sum(len(step.source) for step in steps if step.kind in ("solution", "free")) > LONGEST:
            return False
        if any(names.OPAQUE & names.used(SETTINGS.sub("", step.source)) for step in steps):
            return False
        return not any(step.kind != "test" and names.seeds(step.source) for step in steps)

    @cached_property
    def _before(self) -> dict[str, NotebookNode]:
        """The tests as they were run last time."""
        cells = nbk.by_grade_id(self.earlier).items() if self.earlier else ()
        return {name: cell for name, cell in cells if nbk.is_test(cell)}

    @cached_property
    def _tests(self) -> dict[int, Step]:
        return {number: step for number, step in enumerate(self.prepared.steps) if step.kind == "test"}


def _can_be_left_out(step: Step) -> bool:
    """Whether a cell is a test, or an answer that binds no other names than one can see."""
    return step.kind == "test" or (step.kind == "solution" and "import *" not in step.source)
