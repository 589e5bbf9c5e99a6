"""Attacks and honest students in one class, graded together by ``course grade`` into one gradebook."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nbformat import writes
from nbgrader.api import Gradebook

from course_lib.grading.build import build
from course_lib.grading.course import Course
from tests.grading.attacks import arena
from tests.grading.attacks.catalogue import Attack

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "arena"
"""
HONEST_EVERY = 4
"""An honest student sits behind every so many attacks."""


@dataclass(frozen=True)
class Verdict:
    """What came of a class."""

    scores: dict[str, float]
    """By student; attacks hand in under their number and name."""
    honest: list[str]
    recorded: dict[str, float]
    """The scores in the gradebook."""
    changed: list[str]
    """Files of the course and of the submissions that are not what they were."""
    seconds: float


def make_course(root: Path) -> Course:
    """A course whose one assignment is the arena's, built."""
    (root / "source" / "hw").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    notebook = arena.submission(
        {name: f"### BEGIN SOLUTION\n{text.strip()}\n### END SOLUTION" for name, text in arena.RIGHT.items()}
    )
    (root / "source" / "hw" / "hw.ipynb").write_text(writes(notebook))
    course = Course.find(root)
    build(course, "hw")
    return course


def hand_in(directory: Path, attacks: Iterable[Attack]) -> tuple[list[str], list[str]]:
    """Write everybody's submission; the names of the attackers and of the honest."""
    attackers, honest = [], []

    def write(student: str, notebook: str, files: dict[str, bytes]) -> None:
        place = directory / student / "hw"
        place.mkdir(parents=True)
        (place / "hw.ipynb").write_text(notebook)
        for name, data in files.items():
            (place / name).write_bytes(data)

    for i, attack in enumerate(attacks):
        attackers.append(f"{i:03} {attack.name}".replace("/", "_"))
        write(attackers[-1], writes(attack.notebook()), attack.files)
        if i % HONEST_EVERY == 0:
            honest.append(f"{i:03} honest")
            write(honest[-1], writes(arena.submission(arena.RIGHT)), {})
    return attackers, honest


def grade(root: Path, attacks: Iterable[Attack]) -> Verdict:
    """Let a class hand in and grade it with two workers; the bait is laid."""
    course = make_course(root)
    class_ = root / "class"
    _, honest = hand_in(class_, attacks)
    before = digests(root)
    command = [Path(sys.executable).with_name("course"), "grade", "hw", "--course", root, "--submitted", class_]
    options = ["--workers", "2", "--timeout", f"{arena.TIMEOUT:g}", "--memory", f"{arena.LIMITS.memory}"]
    started = time.monotonic()
    done = subprocess.run(
        [*map(str, command), *options, "--json", str(root / "results.json")], capture_output=True, text=True
    )
    seconds = time.monotonic() - started
    if not (root / "results.json").exists():
        raise RuntimeError(f"course grade ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    results = json.loads((root / "results.json").read_text())["submissions"]
    after = digests(root)
    with Gradebook(course.gradebook_url, course_id="arena") as gradebook:
        recorded = {each.student.id: each.score for each in gradebook.assignment_submissions("hw")}
    return Verdict(
        {each["student"]: each["score"] for each in results},
        honest,
        recorded,
        [name for name, digest in before.items() if after.get(name) != digest],
        seconds,
    )


def digests(root: Path) -> dict[str, str]:
    """The contents of the instructor's notebooks and of the submissions."""
    files = [path for place in ("source", "release", "class") for path in (root / place).rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
