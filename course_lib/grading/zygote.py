"""A process that has imported what takes long, and forks one child for each submission in milliseconds.

There are two of a kind: the examiners' zygote, and the students', which runs in a sandbox and has never seen a test.
The worker asks for a child over a socket and hands the child's connections through it. The zygote has one thread and
starts none before it forks.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ENVIRONMENT = {
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": "ignore",
    "LC_ALL": "C.UTF-8",
}
LARGEST_REQUEST = 4096


class ZygoteError(Exception):
    """The zygote did not start; the message says why."""


class Zygote:
    """A worker's handle on its zygote, for all its threads.

    Args:
        role: ``student`` or ``examiner``.
        preload: Modules to import before the first child is forked.
        home: Where libraries may keep settings and temporary files.
        around: A command to run it in, such as bubblewrap's; it may hold what the zygote's socket's number replaces.
        limits: What each child may use; see ``sandbox.Limits``. None for a child without walls.
    """

    def __init__(
        self,
        role: str,
        preload: Iterable[str],
        home: Path,
        around: Sequence[str] = (),
        limits: dict[str, Any] | None = None,
    ) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        settings = json.dumps({"role": role, "preload": list(preload), "limits": limits})
        errors = tempfile.TemporaryFile()  # noqa: SIM115 (a pipe that nobody reads would fill up)
        self.process = subprocess.Popen(
            [*around, sys.executable, "-I", "-m", __name__, str(there.fileno()), settings],
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=ENVIRONMENT | {name: str(home) for name in ("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "TMPDIR")},
        )
        there.close()
        self._socket = here
        self._numbers = itertools.count()
        self._ended: dict[int, int] = {}
        self._listening = threading.Lock()
        with errors:
            if not here.recv(LARGEST_REQUEST):
                self.close()
                errors.seek(0)
                raise ZygoteError(errors.read().decode(errors="replace").strip()[-2000:] or "it ended at once")

    def fork(self, connections: Sequence[socket.socket]) -> int:
        """A new child that owns these connections; its number."""
        number = next(self._numbers)
        request = json.dumps({"fork": number}).encode()
        try:
            socket.send_fds(self._socket, [request], [each.fileno() for each in connections])
        finally:
            for each in connections:
                each.close()
        return number

    def end(self, number: int, patience: float = 0.0) -> int:
        """End a child with all that it has started, wait until it is gone, and return its exit status.

        Args:
            number: Which child.
            patience: How many seconds to wait for it to end by itself.
        """
        with self._listening:
            self._listen(number, patience)
            with contextlib.suppress(OSError):
                self._socket.send(json.dumps({"kill": number}).encode())
            self._listen(number, None)
            return self._ended.pop(number, -1)

    def _listen(self, number: int, patience: float | None) -> None:
        """Note which children have ended, until this one has."""
        while number not in self._ended and select.select([self._socket], [], [], patience)[0]:
            if not (answer := self._socket.recv(LARGEST_REQUEST)):
                return
            report = json.loads(answer)
            self._ended[report["ended"]] = report["status"]

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self.process.poll() is None

    def close(self) -> None:
        """End the zygote and every child."""
        self._socket.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


# ------------------------------------------------------------------------------------------------ the zygote's side


def main(number: str, settings_text: str) -> None:
    """What the zygote does: import, say that it is ready, and fork on request."""
    settings = json.loads(settings_text)
    os.environ.setdefault("IPYTHONDIR", f"{os.environ['TMPDIR']}/ipython")
    control = socket.socket(fileno=int(number))
    for module in settings["preload"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    role = importlib.import_module(f"course_lib.grading.{settings['role']}")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # from now on nobody reads what submissions print
    control.send(b"ready")
    children: dict[int, int] = {}  # process → number
    wakeup, alarm = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(alarm)
    sources: list[Any] = [control, wakeup]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if wakeup in ready:
            os.read(wakeup, 4096)
            _report_ended(control, children)
        if control in ready:
            data, descriptors, _, _ = socket.recv_fds(control, LARGEST_REQUEST, 4)
            if not data:
                _kill(children)
                return
            request = json.loads(data)
            if "fork" in request:
                process = os.fork()
                if process == 0:
                    signal.set_wakeup_fd(-1)
                    control.close()
                    _become(role.serve, descriptors, settings["limits"])
                children[process] = request["fork"]
                for each in descriptors:
                    os.close(each)
            else:
                _kill(process for process, number in children.items() if number == request["kill"])


def _report_ended(control: socket.socket, children: dict[int, int]) -> None:
    while children:
        process, status = os.waitpid(-1, os.WNOHANG)
        if process == 0:
            return
        with contextlib.suppress(OSError):
            report = {"ended": children.pop(process), "status": os.waitstatus_to_exitcode(status)}
            control.send(json.dumps(report).encode())


def _kill(processes: Iterable[int]) -> None:
    for process in list(processes):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _become(serve: Callable[..., None], descriptors: list[int], limits: dict[str, Any] | None) -> None:
    """Turn a fork into a student or an examiner; never returns."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if limits is not None:
            from course_lib.grading import sandbox

            sandbox.confine(sandbox.Limits(**limits), keep=descriptors)
        _reseed()
        sys.argv = [""]
        serve(*(socket.socket(fileno=each) for each in descriptors))
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _reseed() -> None:
    """Every child draws its own random numbers."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(int.from_bytes(os.urandom(4), "little"))
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(int.from_bytes(os.urandom(4), "little"))


def package_directory() -> Path:
    """Where course_lib lies."""
    import course_lib

    return Path(course_lib.__file__).parent


if __name__ == "__main__":
    main(*sys.argv[1:])
