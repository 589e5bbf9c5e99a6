"""Print the table of attacks: ``python -m tests.grading.attacks``."""

from __future__ import annotations

from tests.grading.attacks import arena, table
from tests.grading.attacks.catalogue import ATTACKS


def main() -> None:
    full = len(arena.POINTS)
    with table.opened() as place:
        print(f"{'attack':64}{'stopped by':30}{'gained':>7}  honest neighbour  seconds  without the wall")
        for attack in ATTACKS:
            row = place.row(attack)
            without = "succeeds" if place.succeeds_without_its_wall(attack) else "FAILS, TOO"
            verdict = "SUCCEEDED" if row.succeeded else f"{row.gained:g}"
            told = f"{verdict:>7}  {row.honest:g} of {full:<9g}  {row.seconds:7.1f}  {without}"
            print(f"{attack.name:64}{attack.wall:30}{told}", flush=True)


if __name__ == "__main__":
    main()
