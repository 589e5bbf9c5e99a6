"""The walls, tried from inside; and that their trial finds the ones that are missing."""

import shutil

import pytest

from course_lib.grading import sandbox, selftest
from course_lib.grading.engine import Engine
from course_lib.grading.zygote import Zygote, ZygoteError

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap: apt-get install bubblewrap")


def test_the_walls_stand(engine):
    assert selftest.holes(engine) == []


def test_missing_walls_are_found():
    with Engine(sandboxed=False) as engine:
        found = selftest.holes(engine)
        assert {"read files outside", "reach the network", "have a parent", "do without limits"} <= set(found)
        with pytest.raises(selftest.WallError, match=r"can read files outside.*--no-sandbox"):
            selftest.require_walls(engine)


def test_one_wall_less_is_found(monkeypatch):
    whole = sandbox.command()
    at = whole.index("--remount-ro")
    monkeypatch.setattr(sandbox, "command", lambda also=(): [*whole[:at], "--chdir", "/"])
    with Engine() as engine:
        assert set(selftest.holes(engine)) == {"write to the root", "write to /dev"}


def test_without_bubblewrap(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(sandbox.SandboxError, match="apt install bubblewrap"):
        sandbox.command()


def test_only_what_locked_cells_import_of_course_lib_is_there():
    listed = [part for part in sandbox.command(["arrays.py"]) if "course_lib/" in part]
    assert any(part.endswith("course_lib/arrays.py") for part in listed)
    assert not any("linear_algebra" in part or "grade.py" in part for part in listed)


def test_a_zygote_that_does_not_start_says_why(tmp_path):
    with pytest.raises(ZygoteError, match="No module named"):
        Zygote("no_such_role", [], tmp_path)
