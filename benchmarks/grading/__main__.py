"""``python -m benchmarks.grading 100 1000``: what grading classes of these sizes takes, made by simulate-class."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from course_lib.grading.kernels import prefer_this_python

from . import course

MIB = 2**20
COMMAND = str(Path(sys.executable).with_name("course"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description="Grade simulated classes.")
    parser.add_argument("sizes", nargs="+", type=int, metavar="SIZE", help="how many students")
    prefer_this_python(os.environ)
    table = Table("class", "graded", "seconds", "ms each", "memory, MiB", "coordinator, MiB", "gradebook, MiB")
    for size in parser.parse_args().sizes:
        with a_class(size) as root:
            table.add_row(str(size), *measure(root, size))
    Console().print(table)


@contextmanager
def a_class(size: int) -> Iterator[Path]:
    """A course in which so many students have handed something in."""
    place = Path(tempfile.mkdtemp(prefix="course-benchmark-"))
    try:
        root = course.make(place / "course")
        simulate = [COMMAND, "simulate-class", course.NAME, "-n", str(size), "--out", str(root / "submitted")]
        subprocess.run(simulate, cwd=root, check=True, stdout=subprocess.DEVNULL)
        yield root
    finally:
        shutil.rmtree(place)


def measure(root: Path, size: int) -> Iterator[str]:
    """Grade the class; how many were graded, and what it took."""
    started = time.monotonic()
    most = coordinator = 0.0
    with subprocess.Popen([COMMAND, "grade", course.NAME], cwd=root, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            own, everything = _memory(process.pid)
            coordinator, most = max(coordinator, own), max(most, everything)
            time.sleep(0.5)
    assert process.returncode == 0
    seconds = time.monotonic() - started
    yield str(len(list((root / "autograded").glob("*/*/*.ipynb"))))
    yield f"{seconds:.1f}"
    yield f"{1000 * seconds / size:.0f}"
    yield f"{most:.0f}"
    yield f"{coordinator:.0f}"
    yield f"{(root / 'gradebook.db').stat().st_size / MIB:.1f}"


def _memory(pid: int) -> tuple[float, float]:
    """MiB of a process, and of it with all below it; what several share is counted once, in parts."""
    process = psutil.Process(pid)
    sizes = []
    for each in [process, *process.children(recursive=True)]:
        with suppress(psutil.Error):
            sizes.append(each.memory_full_info().pss / MIB)
    return sizes[0] if sizes else 0.0, sum(sizes)


if __name__ == "__main__":
    main()
