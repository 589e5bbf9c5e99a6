"""No attack gains anything while its wall stands, and each succeeds where its wall is missing."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psutil
import pytest

from course_lib.grading import notebook as nbk
from course_lib.grading import preflight
from course_lib.grading.collect import collect
from course_lib.grading.engine import Engine
from tests.grading.attacks import arena, table, whole_class
from tests.grading.attacks.catalogue import ATTACKS, FRAMES, Attack

SLOWEST = 40.0
"""Seconds that a submission may take at a limit of three seconds for a cell: ten of them lost, and the rest."""

QUICK = ("two processes", "stand-ins", "sandbox", "trust goes one way", "preflight", "the examiner's own directory")
"""Walls at which an attack ends at once."""

pytestmark = [
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def place():
    with table.opened() as opened:
        yield opened


def named(attack: Attack) -> str:
    return attack.name


def test_there_are_enough_and_no_two_are_alike():
    assert len(ATTACKS) >= 40
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


def test_what_attacks_are_measured_by(place):
    assert place.wrong.points == 1
    assert arena.graded(place.engine, arena.submission(arena.RIGHT)).points == len(arena.POINTS)


@pytest.mark.parametrize("attack", ATTACKS, ids=named)
def test_an_attack_gains_nothing_and_harms_nobody(place, attack):
    row = place.row(attack)
    assert row.gained == 0
    assert not row.succeeded
    assert row.honest == len(arena.POINTS)
    assert row.seconds < SLOWEST


@pytest.mark.parametrize("attack", ATTACKS, ids=named)
def test_an_attack_succeeds_where_its_wall_is_missing(place, attack):
    assert place.succeeds_without_its_wall(attack)


@pytest.mark.parametrize("frame", FRAMES, ids=named)
def test_no_message_gains_anything(place, frame):
    """What is malformed, out of order or not asked for; each kind of nonsense by itself is a case of test_wire."""
    row = place.row(frame)
    assert row.gained <= 0
    assert row.honest == len(arena.POINTS)
    assert row.seconds < SLOWEST


def test_one_submission_leaves_nothing_for_the_next(place):
    places = ("/tmp", "/tmp/work", "/dev", "/dev/shm", "/var/tmp", "/run", "/", os.path.expanduser("~"))
    leave = f"""
import os
for place in {places!r}:
    try: open(os.path.join(place, "note"), "w").write("x")
    except OSError: pass
"""
    find = f"import os\nprint([place for place in {places!r} if os.path.exists(os.path.join(place, 'note'))])"
    arena.graded(place.engine, arena.submission(arena.WRONG | {"double": leave}))
    assert '"[]\\n"' in arena.graded(place.engine, arena.submission(arena.WRONG | {"double": find})).said


# ------------------------------------------------------------------------------------------------- what is handed in

FILES = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe\x00",
    "no notebook": b"[]",
    "another format": b'{"nbformat": 3, "worksheets": []}',
    "cells that are no list": b'{"nbformat": 4, "cells": 5}',
    "nested too deeply": b'{"nbformat": 4, "cells": ' + b"[" * 200_000,
    "a number that takes hours to read": b'{"nbformat": 4, "cells": [' + b"1" * 1_000_000 + b"]}",
    "too many cells": b'{"nbformat": 4, "cells": [' + b"{}," * preflight.MOST_CELLS + b"{}]}",
}


@pytest.mark.parametrize("name", FILES)
def test_broken_files_are_named_so(name):
    with pytest.raises(nbk.UnreadableNotebookError):
        preflight.read(FILES[name], {"double"})


@pytest.mark.parametrize("target", ["the other's file", "a directory", "a pipe", "/dev/zero"])
def test_what_is_no_file_is_not_read(tmp_path, target):
    mine = tmp_path / "mine"
    mine.mkdir()
    path = mine / "hw.ipynb"
    if target == "the other's file":
        (tmp_path / "other.ipynb").write_text("{}")
        path.symlink_to(tmp_path / "other.ipynb")
    elif target == "a directory":
        path.mkdir()
    elif target == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(target)
    assert collect("eve", mine, {"hw": {"double"}}).problem


def test_a_linked_directory_is_not_entered(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "hw.ipynb").write_text("{}")
    (tmp_path / "eve").symlink_to(tmp_path / "ada")
    assert "link" in collect("eve", tmp_path / "eve", {"hw": {"double"}}).problem


# ------------------------------------------------------------------------------------------------------ a whole class


def test_attackers_in_a_class_of_honest_students(place, tmp_path):
    """In one run of ``course grade``; ``python -m tests.grading.attacks --class`` does it with all of them."""
    chosen = list({attack.wall: attack for attack in reversed(ATTACKS) if attack.wall in QUICK}.values())
    graded = whole_class.grade(tmp_path / "course", chosen)
    assert len(graded.scores) == len(chosen) + len(graded.honest)
    for student, score in graded.scores.items():
        assert score == (len(arena.POINTS) if student in graded.honest else 1), student
    assert graded.recorded == graded.scores
    assert graded.changed == []


# ------------------------------------------------------------------------------------------------------- afterwards


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # others may be grading on this machine
    before = _traces()
    with Engine(table.PRELOAD, arena.LIMITS) as engine:
        lingering = next(each for each in ATTACKS if each.lingers)
        arena.graded(engine, lingering.notebook())
        assert _traces() != before
    assert not table.lingering(table.PATIENCE)
    assert _traces() == before


def _traces() -> dict[str, object]:
    """Processes, sockets, temporary files and mounts of this process."""
    me = psutil.Process()
    return {
        "processes": {child.pid for child in me.children(recursive=True)},
        "descriptors": len(os.listdir("/proc/self/fd")),
        "files": {path.name for path in Path(tempfile.gettempdir()).iterdir()},
        "mounts": Path("/proc/self/mounts").read_text(),
    }
