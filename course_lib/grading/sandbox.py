"""The walls around student code, on Linux, built with bubblewrap and once more around each submission.

bubblewrap wraps the students' zygote: no network, its own processes, and of the file system only Python and the
system's libraries, read-only. Each child the zygote forks then takes namespaces of its own, an empty ``/tmp`` to work
in, no ``/proc``, no capabilities, and limits.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import re
import resource
import shutil
import signal
import sys
import sysconfig
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from course_lib.grading import seccomp
from course_lib.grading.zygote import ENVIRONMENT, package_directory

MIB = 2**20
STUDENT_SIDE = (
    "__init__.py",
    *("grading/__init__.py", "grading/ambient.py", "grading/changes.py", "grading/frames.py", "grading/guard.py"),
    *("grading/in_process.py", "grading/peer.py", "grading/proxy.py", "grading/raised.py", "grading/sandbox.py"),
    *("grading/seccomp.py", "grading/student.py", "grading/tensors.py", "grading/verdicts.py", "grading/wire.py"),
    "grading/zygote.py",
)
"""The files of course_lib that the student process itself is made of. The others hold answers."""
SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin")
SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
)
PRIVATE = "/grading"
WORK = f"{PRIVATE}/work"
TEMPORARY = f"{PRIVATE}/tmp"
OUT_OF_MEMORY = 77
"""The exit status of a student process that was ended because it took too much memory."""
OUT_OF_COMPUTING_TIME = 128 + signal.SIGXCPU

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x8000000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
LAST_CAPABILITY = 40
CAPABILITY_VERSION = 0x20080522


class SandboxError(Exception):
    """The walls cannot be built here; the message says what to do."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    memory: int = 2048
    """MiB, over all its processes."""
    seconds: int = 600
    """Of computing time."""
    processes: int = 64
    file: int = 64
    """MiB in one file."""
    files: int = 256
    """Open at a time."""
    disk: int = 256
    """MiB in all files."""

    def as_dict(self) -> dict[str, int]:
        """As plain data."""
        return asdict(self)


def command(also: Iterable[str] = ()) -> list[str]:
    """bubblewrap's command line for the students' zygote.

    Args:
        also: Files of course_lib that the assignment's locked cells import, relative to it.

    Raises:
        SandboxError: This is not Linux, or bubblewrap is missing.
    """
    bubblewrap = shutil.which("bwrap")
    if sys.platform != "linux" or bubblewrap is None:
        raise SandboxError(
            "The sandbox needs Linux and bubblewrap (Debian and Ubuntu: apt install bubblewrap). Grade on a Linux "
            "machine or in WSL, or give --no-sandbox to run student code with your rights."
        )
    package = package_directory()
    arguments = [bubblewrap, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv"]
    arguments += ["--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "grading"]
    homes = {"PATH": "/usr/bin:/bin", "HOME": WORK, "TMPDIR": TEMPORARY}
    for variable, value in (ENVIRONMENT | homes).items():
        arguments += ["--setenv", variable, value]
    arguments += ["--tmpfs", "/tmp", "--tmpfs", PRIVATE, "--dir", TEMPORARY]
    for place in SYSTEM:
        if os.path.islink(place):
            arguments += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            arguments += ["--ro-bind", place, place]
    for place in (*SETTINGS, *_python_places()):
        if os.path.exists(place):
            arguments += ["--ro-bind", place, place]
    arguments += ["--tmpfs", str(package)]
    for file in sorted({package / name for name in (*STUDENT_SIDE, *also)}):
        arguments += ["--ro-bind", str(file), str(file)]
    arguments += ["--dev", "/dev", "--proc", "/proc"]
    for place in (str(package), "/dev", "/tmp", "/"):  # what one submission could write, the next could read
        arguments += ["--remount-ro", place]
    return [*arguments, "--chdir", PRIVATE]


def _python_places() -> list[str]:
    """Where this Python and its packages lie, outermost first, without what lies inside another."""
    paths = sysconfig.get_paths()
    candidates = {sys.prefix, sys.base_prefix, *(paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib"))}
    candidates |= {str(Path(sys.executable).resolve().parent)}
    places: list[str] = []
    for place in sorted(candidates, key=len):
        if not any(Path(place).is_relative_to(outer) for outer in (*places, *SYSTEM)):
            places.append(place)
    return places


def _python_is_in(place: str) -> bool:
    return any(Path(each).is_relative_to(place) for each in [*_python_places(), str(package_directory())])


# --------------------------------------------------------------------------------------------- around each submission


def confine(limits: Limits, keep: Iterable[int]) -> None:
    """Shut this process in. It returns in a new process, the first of its namespace; this one waits and watches.

    Args:
        limits: What it may use from now on.
        keep: The descriptors that stay open.
    """
    system = ctypes.CDLL(None, use_errno=True)
    processes = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    user, group = os.getuid(), os.getgid()
    _check(system.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")
    _check(system.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount")
    size = f"size={limits.disk}m,nr_inodes=10000,mode=755".encode()
    _check(system.mount(b"private", PRIVATE.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, size), "a private directory")
    os.mkdir(WORK)
    os.mkdir(TEMPORARY)
    if not _python_is_in("/tmp"):
        _check(system.mount(TEMPORARY.encode(), b"/tmp", None, MS_BIND, None), "an empty /tmp")
    shared = b"size=64m,mode=1777"
    _check(system.mount(b"shm", b"/dev/shm", b"tmpfs", MS_NOSUID | MS_NODEV, shared), "an empty /dev/shm")
    nothing = b"size=4k,mode=555"
    _check(system.mount(b"none", b"/proc", b"tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nothing), "no /proc")
    os.chdir(WORK)
    child = os.fork()
    if child:
        _watch(child, processes, limits)
    os.setsid()  # kill(0) ends nobody else
    _check(system.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "death signal")
    _close_all_but({0, 1, 2, *keep})
    _drop_capabilities(system)
    _check(seccomp.install(system), "a filter of system calls")
    _set_limits(limits)


def _watch(child: int, processes: int, limits: Limits) -> None:
    """Wait for the child, and end it when all its processes together take too much memory. Never returns."""
    _close_all_but({processes})
    while True:
        process, status = os.waitpid(child, os.WNOHANG)
        if process:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
        if _memory(processes, os.getpid()) > limits.memory:
            os.kill(child, signal.SIGKILL)  # the first of its namespace: all others end with it
            os._exit(OUT_OF_MEMORY)
        time.sleep(0.02)


def _memory(processes: int, root: int) -> int:
    """MiB that the processes below one hold by themselves."""
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for name in os.listdir(processes):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parents[int(name)] = int(_read(processes, f"{name}/stat").rpartition(")")[2].split()[1])
                status = _read(processes, f"{name}/status")
                own = re.findall(r"Rss(?:Anon|Shmem):\s+(\d+) kB", status)  # not the files that all of them share
                sizes[int(name)] = sum(map(int, own))
    below = {root}
    while more := {process for process, parent in parents.items() if parent in below} - below:
        below |= more
    return sum(sizes.get(process, 0) for process in below - {root}) // 1024


def _read(directory: int, name: str) -> str:
    descriptor = os.open(name, os.O_RDONLY, dir_fd=directory)
    try:
        return os.read(descriptor, 4096).decode()
    finally:
        os.close(descriptor)


def _close_all_but(keep: set[int]) -> None:
    edges = [-1, *sorted(keep), resource.getrlimit(resource.RLIMIT_NOFILE)[0]]
    for low, high in itertools.pairwise(edges):
        if low + 1 < high:  # os.closerange(0, 0) closes everything
            os.closerange(low + 1, high)


def _drop_capabilities(system: ctypes.CDLL) -> None:
    for capability in range(LAST_CAPABILITY + 1):
        system.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    none = (ctypes.c_uint32 * 6)()
    _check(system.capset(header, none), "dropping capabilities")
    _check(system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def _set_limits(limits: Limits) -> None:
    for which, limit in {
        resource.RLIMIT_CPU: limits.seconds,
        resource.RLIMIT_DATA: limits.memory * MIB,
        resource.RLIMIT_FSIZE: limits.file * MIB,
        resource.RLIMIT_NOFILE: limits.files,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_CORE: 0,
    }.items():
        hard = resource.getrlimit(which)[1]
        value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (value, value))


def _check(result: int, what: str) -> None:
    if result != 0:
        raise SandboxError(f"{what}: {os.strerror(ctypes.get_errno())}")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
