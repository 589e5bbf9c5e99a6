"""What a killed process leaves in the temporary directory, the next one removes; what is in use stays."""

import signal
import subprocess
import sys
import tempfile

import pytest

from course_lib.grading import temporary

HOLD = """
import sys, time
from course_lib.grading import temporary
with temporary.directory() as place:
    (place / "file").write_text("text")
    print(place, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def held(tmp_path, monkeypatch):
    """A directory that another process holds, and that process."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], env={"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True
    ) as process:
        yield tmp_path / process.stdout.readline().strip(), process
        process.kill()


def test_the_directory_of_a_killed_process_is_removed(held):
    place, process = held
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (place / "file").is_file()
    with temporary.directory() as mine:
        assert not place.exists()
        assert mine.is_dir()
    assert not mine.exists()


def test_a_directory_in_use_stays(held):
    place, _ = held
    with temporary.directory() as mine, temporary.directory() as other:
        assert mine != other
        assert (place / "file").is_file()
        assert mine.is_dir()


def test_what_others_made_stays(tmp_path):
    for name in ("course-without-a-lock", "something-else"):
        (tmp_path / name).mkdir()
    (tmp_path / "something-else" / temporary.LOCK).touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / temporary.LOCK).touch()
    (tmp_path / "course-link").symlink_to(elsewhere)
    temporary.remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "course-without-a-lock",
        "something-else",
        "elsewhere",
        "course-link",
    }
    assert (elsewhere / temporary.LOCK).exists()
