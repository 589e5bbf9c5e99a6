"""``python -m benchmarks [module ...]``: print every figure beside its gate; exit with 1 if one is missed."""

from __future__ import annotations

import argparse
import importlib
import itertools
import pkgutil
import sys

from rich import box
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

import benchmarks
from course_lib.arrays import use_one_thread

from ._measure import Result, measure_family

WIDTH = 140
"""Columns of the table where no terminal says how many there is room for."""


def main(arguments: list[str] | None = None) -> int:
    known = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the reference implementations.")
    parser.add_argument("modules", nargs="*", metavar="module", help=f"default: all, which are {', '.join(known)}")
    chosen = parser.parse_args(arguments).modules or known
    if unknown := set(chosen) - set(known):
        parser.error(f"no benchmarks called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    use_one_thread()
    results = []
    with threadpool_limits(limits=1), console.status("") as status:
        for module in chosen:
            for family in importlib.import_module(f"benchmarks.{module}").families():
                status.update(f"measuring {family.name}")
                results += measure_family(family)
    console.print(table(results))
    return 0 if all(result.passed for result in results) else 1


def table(results: list[Result]) -> Table:
    """The figures beside their gates, family by family."""
    out = Table(title="One thread; medians of interleaved rounds", box=box.SIMPLE)
    out.add_column("case", no_wrap=True)
    for heading in ("ours, ms", "built-in, ms", "ratio", "gate", ""):
        out.add_column(heading, justify="right", no_wrap=True)
    for family, group in itertools.groupby(results, key=lambda result: result.family):
        out.add_row(f"[bold]{family}[/]")
        for r in group:
            verdict = "[green]ok[/]" if r.passed else "[bold red]MISSED[/]"
            out.add_row(f"  {r.case}", _ms(r.ours), _ms(r.theirs), f"{r.ratio:.2f}", f"≤ {r.gate:g}", verdict)
    return out


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{1e3 * seconds:.3f}"


if __name__ == "__main__":
    sys.exit(main())
