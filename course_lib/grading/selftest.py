"""Before anything is graded: something in the sandbox tries to get out, and nobody is graded if it can."""

from __future__ import annotations

import json
import os
import socket
import sysconfig
import tempfile
from contextlib import closing

from course_lib.grading.engine import Engine
from course_lib.grading.examiner import Step
from course_lib.grading.preflight import Cell, Prepared
from course_lib.grading.sandbox import SandboxError
from course_lib.grading.zygote import ZygoteError, package_directory

START_ERRORS = (SandboxError, ZygoteError)
SECONDS = 30.0
# Where a wall is missing the attempts succeed, so none of them may do harm.

PROBE = """
import ctypes, importlib.util, json, os, resource, signal, socket

def can(attempt):
    try:
        return attempt() is not False
    except Exception:
        return False

def connect(address):
    with socket.create_connection(address, timeout=1):
        pass

def write(directory):
    path = os.path.join(directory, "probe")
    open(path, "x").close()
    os.remove(path)

SYSTEM = ctypes.CDLL(None, use_errno=True)
LIMITED = [getattr(resource, f"RLIMIT_{each}") for each in ("CPU", "DATA", "FSIZE", "NOFILE", "NPROC")]
PR_CAPBSET_READ, CLONE_NEWNS = 23, 0x20000
print(json.dumps([what for what, attempt in {
    "read files outside": lambda: open(PLACES["file"]),
    "read course_lib, which holds the answers": lambda: open(PLACES["answers"]),
    "reach the network": lambda: connect(("127.0.0.1", PLACES["port"])),
    "see network interfaces": lambda: len(socket.if_nameindex()) > 1,
    "see other processes in /proc": lambda: bool(os.listdir("/proc")),
    "signal other processes": lambda: any([can(lambda: os.kill(n, 0) is None) for n in range(2, 300)]),
    "have a parent": lambda: os.getppid() != 0,
    "write where Python lies": lambda: write(PLACES["python"]),
    "write to the system": lambda: write("/usr"),
    "write to the root": lambda: write("/"),
    "write to /dev": lambda: write("/dev"),
    "change its mounts": lambda: SYSTEM.unshare(CLONE_NEWNS) == 0,
    "keep capabilities": lambda: any(SYSTEM.prctl(PR_CAPBSET_READ, each, 0, 0, 0) == 1 for each in range(41)),
    "do without limits": lambda: any(resource.getrlimit(each)[0] < 0 for each in LIMITED),
}.items() if can(attempt)]))
"""


class WallError(Exception):
    """The sandbox has a hole; the message says which."""


def require_walls(engine: Engine) -> None:
    """Raises a WallError unless every attempt to get out of an engine's sandbox fails."""
    if found := holes(engine):
        raise WallError(
            f"The sandbox does not hold on this machine: student code can {', '.join(found)}. Nothing was graded. "
            "Grade on another machine, or give --no-sandbox to run student code with your rights."
        )


def holes(engine: Engine) -> list[str]:
    """What code in the sandbox can do that it must not."""
    with (
        tempfile.NamedTemporaryFile(prefix="course-") as file,
        closing(socket.create_server(("127.0.0.1", 0))) as server,
    ):
        places = {
            "file": file.name,
            "answers": str(package_directory() / "grading" / "grade.py"),
            "port": server.getsockname()[1],
            "python": sysconfig.get_paths()["purelib"],
        }
        source = f"PLACES = {places!r}\n{PROBE}"
        reports = engine.examine(Prepared([Cell(None, Step("free", "self-test", source))]), SECONDS)
    printed = "".join(text for kind, text in reports[0].get("outputs", []) if kind == "stdout")
    try:
        return json.loads(printed)
    except ValueError:
        raise WallError(f"The sandbox could not be tested on this machine: {_told(reports[0])}{os.linesep}") from None


def _told(report: dict) -> str:
    return str(report.get("error") or report.get("message") or "no answer").strip()
