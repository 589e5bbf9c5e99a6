"""``python -m tests.grading.bundle_setup``: the course set up from the students' archive alone, in an empty directory.

It installs from the package index, so it takes minutes and a network, and stays outside the test suite.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path
from urllib.error import URLError

from course_lib.grading.bundle import bundle
from course_lib.grading.course import Course

ROOT = Path(__file__).parents[2]
EXERCISE = Path("work/exercises/02_linear_algebra/02_linear_algebra.ipynb")
PATIENCE = 120


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="course-bundle-") as place:
        archive = Path(place, "course.zip")
        names = bundle(Course.find(ROOT), archive)
        print(f"{len(names)} files, {archive.stat().st_size / 2**20:.2f} MiB")
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(place)
        root = archive.with_suffix("")
        kept = {
            name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PIP_CONFIG_FILE")
        }
        started = time.monotonic()
        subprocess.run(["make", "setup"], cwd=root, env=kept, check=True)
        print(f"make setup: {time.monotonic() - started:.0f} s")
        print(f"JupyterLab answers with {_status(root, kept)}")
        done = subprocess.run(
            [".venv/bin/course", "check", EXERCISE], cwd=root, env=kept, capture_output=True, text=True, check=False
        )
        print(f"course check of a blank exercise: exit code {done.returncode}\n{done.stdout}{done.stderr}")


def _status(root: Path, environment: dict[str, str]) -> int:
    """What the address answers that ``course lab`` prints."""
    command = [".venv/bin/course", "lab", "--no-browser"]
    log = root / "lab.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output) as lab,
    ):
        try:
            until = time.monotonic() + PATIENCE
            while True:
                assert lab.poll() is None, log.read_text()
                assert time.monotonic() < until, "no answer"
                if found := re.search(r"http://(localhost|127\.0\.0\.1):\d+\S*", log.read_text()):
                    with contextlib.suppress(URLError), urllib.request.urlopen(found[0]) as answer:
                        return answer.status
                time.sleep(0.2)
        finally:
            lab.terminate()


if __name__ == "__main__":
    main()
