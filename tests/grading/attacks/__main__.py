"""Print the table of attacks, or grade them all in one class.

``python -m tests.grading.attacks`` tries each by itself; ``python -m tests.grading.attacks --class`` all together.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from course_lib.grading.kernels import prefer_this_python
from tests.grading.attacks import arena, catalogue, table, whole_class
from tests.grading.attacks.catalogue import ATTACKS


def each() -> None:
    full = len(arena.POINTS)
    with table.opened() as place:
        print(f"{'attack':64}{'stopped by':30}{'gained':>7}  honest neighbour  seconds  without the wall")
        for attack in ATTACKS:
            row = place.row(attack)
            without = "succeeds" if place.succeeds_without_its_wall(attack) else "FAILS, TOO"
            verdict = "SUCCEEDED" if row.succeeded else f"{row.gained:g}"
            told = f"{verdict:>7}  {row.honest:g} of {full:<9g}  {row.seconds:7.1f}  {without}"
            print(f"{attack.name:64}{attack.wall:30}{told}", flush=True)


def together() -> None:
    with tempfile.TemporaryDirectory() as directory, catalogue.bait():
        graded = whole_class.grade(Path(directory) / "course", ATTACKS)
    for student, score in sorted(graded.scores.items()):
        print(f"{student:70}{score:4g}{'' if graded.recorded.get(student) == score else '  not so in the gradebook'}")
    print(f"{len(graded.scores)} submissions in {graded.seconds:.0f} s; changed files: {graded.changed or 'none'}")


if __name__ == "__main__":
    prefer_this_python(os.environ)
    together() if "--class" in sys.argv[1:] else each()
