"""A real PostgreSQL as gradebook: the same scores as in SQLite, and what people gave survives there too."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from course_lib.grading import notebook as nbk

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))  # where Debian keeps them, off the PATH
INITDB = shutil.which("initdb") or (PROGRAMS and PROGRAMS[-1])

pytestmark = pytest.mark.skipif(not INITDB, reason="needs PostgreSQL: apt-get install postgresql")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def database():
    """The address of an empty database of a server that was started for these tests."""
    place = Path(tempfile.mkdtemp(prefix="course-postgresql-"))
    user = "postgres" if os.getuid() == 0 else None  # it refuses to run as root
    if user:
        shutil.chown(place, user)

    def run(program, *arguments):
        command = [Path(INITDB).with_name(program), "-D", place / "data", *arguments]
        subprocess.run(command, user=user, cwd=place, check=True, stdout=subprocess.DEVNULL)

    run("initdb", "--auth=trust", "--username=grader", "--no-sync")
    port = free_port()
    listen = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place}"
    run("pg_ctl", "start", "--wait", "-o", listen, "-l", place / "log")
    try:
        yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "stop", "--mode=immediate")
        shutil.rmtree(place)


@pytest.fixture(scope="module")
def the_class(built_once, tiny_session, tmp_path_factory):
    """Where a class of four lies."""
    released, tiny = nbk.read(built_once.release("hw") / "hw.ipynb"), tiny_session
    place = tmp_path_factory.mktemp("submitted")
    ways = {
        "right": {**tiny.right, "why": "Because it is so."},
        "wrong": {**tiny.right, "double": "def double(x): return 3 * x"},
        "blank": {},
        "crashes": {**tiny.right, "root": "import os\ndef root(x): os._exit(1)"},
    }
    for way, answers in ways.items():
        tiny.write(tiny.answers(released, **answers), place / way / "hw" / "hw.ipynb")
    (place / "wrong" / "hw" / "timestamp.txt").write_text("2026-02-03 04:05:06 UTC")
    return place


def records(url):
    """Everything that grading writes, by student."""
    with Gradebook(url, "tiny") as gradebook:
        return {
            submission.student.id: {
                "timestamp": submission.timestamp,
                "score": submission.score,
                "grades": {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades},
                "comments": {c.name: c.auto_comment for c in notebook.comments},
            }
            for submission in gradebook.assignment_submissions("hw")
            for notebook in submission.notebooks
        }


def test_the_same_scores(built, database, the_class, engine, tiny):
    students = sorted(path.name for path in the_class.iterdir())
    sqlite = built.having(submitted_directory=str(the_class))
    postgresql = sqlite.having(db_url=database, autograded_directory=str(built.root / "elsewhere"))
    scores = [[each.score for each in tiny.run_session(course, engine, students)] for course in (sqlite, postgresql)]
    assert scores == [[0, 2, 6, 4]] * 2
    assert records(database) == records(sqlite.gradebook_url)
    assert len(records(database)) == 4

    with Gradebook(database, "tiny") as gradebook:
        gradebook.find_grade("why", "hw", "hw", "right").manual_score = 3.5
        gradebook.db.commit()
    tiny.run_session(postgresql, engine, students, regrade=True)
    assert records(database)["right"]["score"] == 9.5
