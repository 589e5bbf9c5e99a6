"""The student process: it runs the submission's cells and answers the examiner, in a sandbox, and knows no test."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import sys
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from IPython.display import display
from IPython.utils.capture import capture_output
from traitlets.config import Config

from course_lib.grading import guard, in_process, wire
from course_lib.grading.peer import Peer
from course_lib.grading.proxy import OPERATIONS

MOST_TEXT = 100_000
MOST_PICTURES = 10
LARGEST_PICTURE = 2_000_000
QUIET = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor", "xmode": "Plain"}})


class Student:
    """A namespace in which a submission's cells run, as they would in a notebook.

    Args:
        connection: The wire to the examiner.
        forbidden: Everything that some exercise does not allow.
    """

    def __init__(self, connection: socket.socket, forbidden: list[str]) -> None:
        self.shell = InteractiveShell.instance(config=QUIET, user_ns={"__name__": "__main__"})
        assert self.shell.display_formatter is not None
        png = self.shell.display_formatter.formatters["image/png"]
        png.for_type_by_name("matplotlib.figure", "Figure", lambda figure: print_figure(figure, "png"))
        self.names: dict[str, Any] = self.shell.user_ns
        self.guard = guard.Guard(forbidden, self.names)
        self._at_first = set(self.names)
        self.value: Any = None
        self.error: BaseException | None = None
        """What came of the last cell."""
        operations = {
            **OPERATIONS,
            "run": self.run,
            "names": self.defined,
            "name": self.names.__getitem__,
            "define": self.names.__setitem__,
            "undefine": self.names.__delitem__,
            "lock": self.lock,
            "forbid": self.guard.forbid,
        }
        self.peer = Peer(connection, trusting=True, operations=operations)
        self.peer.ambient.capture()
        self.peer.ambient.settle()

    def serve(self) -> None:
        """Answer the examiner until it is gone."""
        self.peer.serve()

    def defined(self) -> list[str]:
        """The names that the submission has defined."""
        return [name for name in self.names if name not in self._at_first and type(name) is str]

    def lock(self, names: list[str]) -> None:
        """Remember what a locked cell has just defined: tests that use it are given this, whatever becomes of it."""
        self.peer.lock({name: self.names[name] for name in names if name in self.names})

    def run(self, source: str, name: str) -> dict[str, Any]:
        """Run a cell.

        Returns:
            ``error``: None, or the exception's name and words and the traceback; ``outputs``: kind and text of each;
            ``defined``: the names that it has given a new value.
        """
        before = dict(self.names)
        with capture_output() as captured:
            result = self.shell.run_cell(source, store_history=False)
            _show_figures()
        outputs = [["stdout", captured.stdout[:MOST_TEXT]], ["stderr", captured.stderr[:MOST_TEXT]]]
        outputs += [shown for each in captured.outputs[:MOST_PICTURES] for shown in _shown(each)]
        if result.result is not None:
            outputs.append(["result", _text(result.result)])
        self.value = result.result
        self.error = error = result.error_before_exec or result.error_in_exec
        new = [key for key, value in self.names.items() if before.get(key, self) is not value and key[:1] != "_"]
        return {
            "error": None if error is None else [type(error).__name__, str(error)[:2000]],
            "outputs": [output for output in outputs if output[1]],
            "defined": new,
        }


def _show_figures() -> None:
    """Show the figures that a cell has left open, and close them, as notebooks do."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        with contextlib.suppress(Exception):
            for number in pyplot.get_fignums()[:MOST_PICTURES]:
                display(pyplot.figure(number))
            pyplot.close("all")


def _text(value: Any) -> str:
    try:
        return repr(value)[:MOST_TEXT]
    except Exception as error:
        return f"<no repr: {type(error).__name__}>"


def _shown(output: Any) -> list[list[str]]:
    """A displayed figure or text; nothing that a browser would run."""
    picture = output.data.get("image/png")
    if isinstance(picture, bytes):
        picture = base64.b64encode(picture).decode()
    if isinstance(picture, str) and len(picture) <= LARGEST_PICTURE:
        return [["picture", picture]]
    text = output.data.get("text/plain")
    return [["text", text[:MOST_TEXT]]] if isinstance(text, str) else []


def unpack(directory: str, files: list[list[Any]], buffers: memoryview) -> None:
    """Put files into a directory and work there.

    Args:
        directory: Where to.
        files: The path and the size of each.
        buffers: Their contents, one after the other.
    """
    Path(directory).mkdir(exist_ok=True)
    start = 0
    for name, size in files:
        path = Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(buffers[start : start + size])
        start += size
    os.chdir(directory)
    sys.path.insert(0, "")


def serve(control: socket.socket, connection: socket.socket) -> None:
    """What a student process does after it was forked: everything that it is asked."""
    job, buffers = wire.receive(control)
    unpack(job["directory"], job["files"], buffers)
    student = Student(connection, job["forbidden"])
    if "steps" in job:
        for report in in_process.run(student, job["steps"], job["timeout"]):
            wire.send(control, report, [])
    else:
        control.close()
        student.serve()
