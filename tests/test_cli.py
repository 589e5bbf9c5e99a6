"""The student's commands, and what all commands have in common."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import v4
from rich.table import Table
from typer.testing import CliRunner

from course_lib.cli import app, main, output, student
from course_lib.cli.workspace import RECORD, bring_up_to_date
from course_lib.demos import catalogue
from course_lib.grading.course import CourseError

FOLDERS = ["lectures", "exercises"]


def test_what_a_text_says_to_the_terminal_is_not_obeyed():
    table = Table()
    table.add_row("a\x1b[2Jb\u202ec\x9bd")
    with output.console.capture() as shown:
        output.console.print("a\x1b[2Jb\nc\td")
        output.console.print("[red]a\rb[/]", soft_wrap=True)
        output.console.print(table)
    assert "a\ufffd[2Jb\nc" in shown.get()
    assert "a\ufffdb" in shown.get()
    assert "a\ufffd[2Jb\ufffdc\ufffdd" in shown.get()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course as students have it."""
    root = tmp_path / "course"
    for name in ("lectures/01.ipynb", "lectures/01.quiz.yml", "exercises/hw/hw.ipynb"):
        put(root / name, f"original of {name}")
    put(root / "nbgrader_config.py", "get_config().CourseDirectory.release_directory = 'exercises'\n")
    return root


@pytest.fixture
def work(root: Path) -> Path:
    return root / "work"


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def update(root: Path) -> dict[str, str]:
    return {note.path: note.kind for note in bring_up_to_date(root, FOLDERS, root / "work")}


def invoke(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, re.sub(r"\s+", " ", done.output)


# The student's files


def test_the_first_time_everything_is_copied(root, work):
    assert update(root) == dict.fromkeys(["lectures/01.ipynb", "lectures/01.quiz.yml", "exercises/hw/hw.ipynb"], "new")
    assert (work / "exercises/hw/hw.ipynb").read_text() == "original of exercises/hw/hw.ipynb"
    assert os.access(work / "exercises/hw/hw.ipynb", os.W_OK)


def test_then_there_is_nothing_to_do(root):
    update(root)
    assert update(root) == {}


def test_what_the_student_did_not_touch_is_updated(root, work):
    update(root)
    put(root / "lectures/01.ipynb", "second edition")
    put(root / "lectures/02.ipynb", "a new lecture")
    assert update(root) == {"lectures/01.ipynb": "updated", "lectures/02.ipynb": "new"}
    assert (work / "lectures/01.ipynb").read_text() == "second edition"


def test_what_the_student_changed_stays(root, work):
    update(root)
    mine = put(work / "exercises/hw/hw.ipynb", "my answers")
    assert update(root) == {"exercises/hw/hw.ipynb": "kept"}
    assert mine.read_text() == "my answers"
    assert len(list(mine.parent.iterdir())) == 1, "its original has not changed, so there is nothing to put beside it"


def test_if_both_changed_the_new_version_lies_beside_once(root, work):
    update(root)
    mine = put(work / "exercises/hw/hw.ipynb", "my answers")
    put(root / "exercises/hw/hw.ipynb", "second edition")
    (note,) = bring_up_to_date(root, FOLDERS, work)
    (beside,) = set(mine.parent.iterdir()) - {mine}
    assert (note.kind, beside.name in note.remark, beside.suffix) == ("kept", True, ".ipynb")
    assert (mine.read_text(), beside.read_text()) == ("my answers", "second edition")
    beside.unlink()
    assert update(root) == {"exercises/hw/hw.ipynb": "kept"}
    assert not beside.exists(), "offered once"
    put(root / "exercises/hw/hw.ipynb", "third edition")
    update(root)
    assert "third edition" in {path.read_text() for path in mine.parent.iterdir()}


def test_a_new_version_that_the_student_worked_in_stays(root, work):
    update(root)
    mine = put(work / "exercises/hw/hw.ipynb", "my answers")
    put(root / "exercises/hw/hw.ipynb", "second edition")
    update(root)
    (beside,) = set(mine.parent.iterdir()) - {mine}
    put(beside, "my new answers")
    for edition in ("third edition", "second edition"):
        put(root / "exercises/hw/hw.ipynb", edition)
        update(root)
    assert {"my answers", "my new answers", "third edition"} == {path.read_text() for path in mine.parent.iterdir()}


def test_what_the_student_deleted_or_renamed_does_not_come_back(root, work):
    update(root)
    (work / "lectures/01.ipynb").unlink()
    (work / "exercises/hw").rename(work / "exercises/homework, mine")
    put(root / "exercises/hw/hw.ipynb", "second edition")
    notes = {note.path: note for note in bring_up_to_date(root, FOLDERS, work)}
    assert {path: note.kind for path, note in notes.items()} == {
        "lectures/01.ipynb": "gone",
        "exercises/hw/hw.ipynb": "gone",
    }
    assert str(root / "exercises/hw/hw.ipynb") in notes["exercises/hw/hw.ipynb"].remark
    assert not (work / "exercises/hw").exists()
    assert (work / "exercises/homework, mine/hw.ipynb").read_text() == "original of exercises/hw/hw.ipynb"


def test_a_file_that_the_student_made_first_stays(root, work):
    update(root)
    mine = put(work / "lectures/02.ipynb", "my notes")
    put(root / "lectures/02.ipynb", "a new lecture")
    assert update(root) == {"lectures/02.ipynb": "kept"}
    assert mine.read_text() == "my notes"


@pytest.mark.parametrize("record", [None, "", "[1, 2]", "{oops"])
def test_without_a_record_what_differs_is_the_students(root, work, record):
    update(root)
    mine = put(work / "lectures/01.ipynb", "my notes")
    if record is None:
        (work / RECORD).unlink()
    else:
        put(work / RECORD, record)
    assert update(root) == {"lectures/01.ipynb": "kept"}
    assert mine.read_text() == "my notes"
    put(root / "lectures/01.quiz.yml", "second edition")
    assert update(root)["lectures/01.quiz.yml"] == "updated", "and the record is whole again"


def test_a_link_or_a_folder_in_the_place_of_a_file_stays(root, work):
    update(root)
    elsewhere = put(root / "elsewhere.txt", "my treasure")
    (work / "lectures/01.ipynb").unlink()
    (work / "lectures/01.ipynb").symlink_to(elsewhere)
    (work / "lectures/01.quiz.yml").unlink()
    (work / "lectures/01.quiz.yml").mkdir()
    for edition in ("second", "third"):
        put(root / "lectures/01.ipynb", edition)
        put(root / "lectures/01.quiz.yml", edition)
        assert set(update(root).values()) == {"kept"}
    assert elsewhere.read_text() == "my treasure"
    assert (work / "lectures/01.quiz.yml").is_dir()


def test_a_dangling_link_stays(root, work):
    (work / "lectures").mkdir(parents=True)
    (work / "lectures/01.ipynb").symlink_to(root / "nowhere")
    assert update(root)["lectures/01.ipynb"] == "kept"
    assert (work / "lectures/01.ipynb").is_symlink()


def test_a_file_in_the_place_of_a_folder_is_an_error_that_loses_nothing(root, work):
    mine = put(work / "lectures", "a file, oddly")
    with pytest.raises(CourseError, match="lectures.*Move it out of the way"):
        update(root)
    assert mine.read_text() == "a file, oddly"


def test_what_is_not_for_students_is_not_copied(root, work):
    for name in (
        "lectures/.ipynb_checkpoints/01.ipynb",
        "lectures/__pycache__/x.pyc",
        "lectures/.hidden",
        "lectures/coverage.yml",
    ):
        put(root / name, "no lecture")
    update(root)
    assert not [path for path in work.rglob("*") if path.is_file() and path.read_text() == "no lecture"]


NAMES = st.sampled_from(["lectures/01.ipynb", "lectures/02.ipynb", "exercises/hw/hw.ipynb"])
ACTIONS = st.tuples(st.sampled_from(["write", "delete", "rename", "publish", "forget the record", "open"]), NAMES)


@settings(max_examples=150, deadline=None)
@given(actions=st.lists(ACTIONS, max_size=12))
def test_nothing_the_student_wrote_is_ever_lost(tmp_path_factory, actions):
    root = tmp_path_factory.mktemp("course")
    work = root / "work"
    written: set[str] = set()
    for number, (action, name) in enumerate(actions):
        mine = work / name
        match action:
            case "write":
                written -= {mine.read_text()} if mine.exists() else set()
                written.add(put(mine, f"mine {number}").read_text())
            case "delete" if mine.exists():
                written -= {mine.read_text()}
                mine.unlink()
            case "rename" if mine.exists():
                mine.rename(mine.with_name(f"renamed-{number}"))
            case "publish":
                put(root / name, f"edition {number}")
            case "forget the record":
                (work / RECORD).unlink(missing_ok=True)
            case "open":
                bring_up_to_date(root, FOLDERS, work)
    bring_up_to_date(root, FOLDERS, work)
    assert written <= {path.read_text() for path in work.rglob("*") if path.is_file()}


# JupyterLab


@pytest.fixture
def started(monkeypatch):
    """The commands that would have been started."""
    commands: list[list[str]] = []
    monkeypatch.setattr(student, "serve", lambda command: commands.append(command) or 0)
    return commands


def test_lab_copies_says_so_and_opens_the_lectures(root, work, started):
    status, output = invoke("lab", "--course", root, "--port", 8899, "--no-browser")
    assert status == 0
    assert "new work/lectures/01.ipynb" in output
    (command,) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert {f"--ServerApp.root_dir={work}", "--LabApp.default_url=/lab/tree/lectures"} <= set(command)
    assert command[-2:] == ["--port=8899", "--no-browser"]
    put(work / "lectures/01.ipynb", "my notes")
    assert "kept work/lectures/01.ipynb (you changed it)" in invoke("lab", "--course", root)[1]


def test_lab_without_anything_to_open(tmp_path, started):
    put(tmp_path / "nbgrader_config.py", "")
    assert invoke("lab", "--course", tmp_path) == (2, f"Error: {tmp_path} has neither lectures nor exercises to open. ")
    assert started == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def request(port: int, method: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers={"Authorization": "token secret"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def wait_for(port: int, path: str, server: subprocess.Popen) -> None:
    """Until the server answers 200; the test's own time limit ends a wait in vain."""
    while server.poll() is None:
        try:
            if request(port, "GET", path)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server ended with status {server.returncode}: {server.stdout.read()}")


def start(tmp_path: Path, *arguments: object) -> subprocess.Popen:
    """The command in a process of its own, with its own Jupyter directories and without an activated environment."""
    own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "JUPYTER_TOKEN": "secret"}
    return subprocess.Popen(
        [sys.executable, "-c", "from course_lib.cli import main; main()", *map(str, arguments)],
        env=environment | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def end(server: subprocess.Popen) -> None:
    """Ask the command to end, and see that it leaves no process behind."""
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    assert len(family) > 1
    server.send_signal(signal.SIGTERM)
    server.communicate()
    _, alive = psutil.wait_procs(family[1:], timeout=30)
    assert alive == []


@pytest.mark.timeout(120)
def test_lab_serves_with_kernels_of_this_python_and_ends_cleanly(root, tmp_path):
    port = free_port()
    with start(tmp_path, "lab", "--course", root, "--port", port, "--no-browser") as server:
        try:
            wait_for(port, "/lab", server)
            assert [each["name"] for each in json.loads(request(port, "GET", "/api/contents")[1])["content"]] != []
            assert request(port, "POST", "/api/kernels")[0] == 201
            children = psutil.Process(server.pid).children(recursive=True)
            (kernel,) = [child for child in children if "ipykernel_launcher" in child.cmdline()]
            assert kernel.cmdline()[0] == sys.executable
            own = str(Path(sys.executable).parent)
            assert kernel.environ()["PATH"].split(os.pathsep)[0] == own, "so that `!course check` works in a cell"
            end(server)
        finally:
            server.kill()


def test_the_console_script_is_main():
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[1:] = ['--help']; from course_lib.cli import main; main()"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "simulate-class" in done.stdout
    assert main.__module__ == "course_lib.cli"


# Checking an exercise


def exercise(path: Path, answer: str) -> Path:
    meta = {"schema_version": 3, "locked": False}
    solution = {"nbgrader": {**meta, "grade_id": "f", "grade": False, "solution": True}}
    test = {"nbgrader": {**meta, "grade_id": "f-test-values", "grade": True, "solution": False, "points": 2}}
    why = {"nbgrader": {**meta, "grade_id": "why", "grade": True, "solution": True, "points": 3}}
    cells = [
        v4.new_markdown_cell("## Exercise 1", id="a"),
        v4.new_code_cell(answer, id="b", metadata=solution),
        v4.new_code_cell("assert f() == [1], 'f returns [1]'", id="c", metadata=test),
        v4.new_markdown_cell("", id="d", metadata=why),
    ]
    return put(path, v4.writes(v4.new_notebook(cells=cells)))


def test_check_passes_and_says_that_hidden_tests_decide(root, work):
    path = exercise(work / "exercises/hw/hw.ipynb", "def f(): return [1]")
    put(root / "exercises/hw/hw.ipynb", path.read_text())
    status, output = invoke("check", path, "--course", root)
    assert status == 0
    assert "│ values │ 2 of 2 │ passed │" in output
    assert "2 of 2 points are in reach" in output
    assert "3 more are given by hand" in output, "and are not in reach while nobody has read them"
    assert "hidden tests decide" in output


def test_check_fails_with_the_message_of_the_test(root, work):
    path = exercise(work / "exercises/hw/hw.ipynb", "def f(): return 3")
    status, output = invoke("check", path)
    assert status == 1
    assert "f returns [1]" in output
    assert "0 of 2" in output
    status, output = invoke("check", path, "--json")
    data = json.loads(output)
    assert (status, data["passed"], data["rows"][0]["message"]) == (1, False, "f returns [1]")


def test_check_of_nothing(root):
    status, output = invoke("check", root / "work" / "hw.ipynb")
    assert (status, "There is no file" in output) == (2, True)


# Demos


def test_demos_are_listed():
    status, output = invoke("demo", "--list", "--json")
    demos = json.loads(output)
    assert status == 0
    assert set(demos) == set(catalogue())
    assert all(demos.values())
    assert "MatrixMap" in invoke("demo", "--list")[1]


def test_a_misspelt_demo():
    status, said = invoke("demo", "matrixmap")
    assert status == 2
    assert said.startswith("Error: There is no demo 'matrixmap'. Did you mean MatrixMap")
    assert said.endswith("? (`course demo --list` shows them all.) ")


@pytest.mark.parametrize("arguments", [["MatrixMap"], []])
def test_what_is_served_shows_the_demos(monkeypatch, arguments):
    served = {}

    def read(command):
        where = Path(command[3])
        paths = [where] if where.is_file() else sorted(where.iterdir())
        served.update({path.stem: nbformat.read(path, as_version=4) for path in paths})
        return 0

    monkeypatch.setattr(student, "serve", read)
    assert invoke("demo", *arguments)[0] == 0
    assert set(served) == set(arguments or catalogue())
    (title, code) = served["MatrixMap"].cells
    assert title.source.startswith("# MatrixMap")
    *statements, last = code.source.splitlines()
    scope: dict = {}
    exec("\n".join(statements), scope)
    assert type(eval(last, scope)) is catalogue()["MatrixMap"]


@pytest.mark.timeout(120)
def test_the_gallery_is_served_and_ends_cleanly(tmp_path):
    port = free_port()
    with start(tmp_path, "demo", "--port", port, "--no-browser") as server:
        try:
            wait_for(port, "/", server)
            listed = json.loads(request(port, "GET", "/voila/api/contents")[1])["content"]
            assert {each["name"] for each in listed} == {f"{name}.ipynb" for name in catalogue()}
            end(server)
        finally:
            server.kill()
    assert not list(tmp_path.glob("course-demo-*"))


# All commands


COMMANDS = ["lab", "demo", "check", "build", "simulate-class", "grade", "feedback"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command):
    status, output = invoke(command, "--help")
    assert status == 0
    assert f"Example: course {command}" in output


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["grade"],
        ["grade", "hw", "--workers", "0"],
        ["lab", "--course", "/nowhere"],
        ["build", "--course", "/"],
        ["lab", "--port", "http"],
    ],
)
def test_wrong_usage_is_explained_and_has_status_2(arguments):
    status, output = invoke(*arguments)
    assert status == 2
    assert "Error" in output
    assert "Traceback" not in output


def test_a_missing_extra_is_named(root, monkeypatch):
    put(root / "source/hw/hw.ipynb", "{}")
    for module in [name for name in sys.modules if name.startswith("course_lib.grading.build")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    monkeypatch.setitem(sys.modules, "nbgrader.preprocessors", None)
    status, output = invoke("build", "--course", root)
    assert status == 2
    assert "needs nbgrader, which is not installed: pip install -e '.[instructor]'" in output
