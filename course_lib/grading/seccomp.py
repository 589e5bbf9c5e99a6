"""System calls that a submission has no use for, refused by the kernel before they begin.

With a user namespace of its own a process may mount file systems, which no limit counts. The same holds for files that
lie in memory alone. And a process that takes back its death signal could outlive its submission.

The filter is a program for the kernel's packet filter, as ``man 2 seccomp`` describes it.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

LOAD, JUMP_IF_EQUAL, JUMP_IF_ANY_BIT, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where they lie in what the kernel hands to the filter
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
PR_SET_PDEATHSIG, CLONE_NEWUSER = 1, 0x10000000
LARGEST_NUMBER = 0x40000000
"""From here on the numbers are those of a second interface, which on x86 does the same."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
"""On x86-64 and on 64-bit ARM."""
CLONE, CLONE3, PRCTL = (56, 220), (435, 435), (157, 167)


def program(machine: str) -> bytes:
    """The filter for a machine.

    >>> len(program("x86_64")) % 8
    0
    """
    column = list(ARCHITECTURES).index(machine)
    permission, missing = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS
    lines = [
        *(_line(LOAD, ARCHITECTURE), _line(JUMP_IF_EQUAL, ARCHITECTURES[machine], 1), _line(RETURN, permission)),
        *(_line(LOAD, NUMBER), _line(JUMP_IF_AT_LEAST, LARGEST_NUMBER, 0, 1), _line(RETURN, permission)),
    ]
    for numbers in NUMBERS.values():
        lines += [_line(JUMP_IF_EQUAL, numbers[column], 0, 1), _line(RETURN, permission)]
    # its flags lie in memory, where no filter sees them: libraries then take clone
    lines += [_line(JUMP_IF_EQUAL, CLONE3[column], 0, 1), _line(RETURN, missing)]
    for call, test, value in ((CLONE, JUMP_IF_ANY_BIT, CLONE_NEWUSER), (PRCTL, JUMP_IF_EQUAL, PR_SET_PDEATHSIG)):
        lines += [_line(JUMP_IF_EQUAL, call[column], 0, 4), _line(LOAD, FIRST_ARGUMENT), _line(test, value, 0, 1)]
        lines += [_line(RETURN, permission), _line(RETURN, ALLOW)]
    return b"".join([*lines, _line(RETURN, ALLOW)])


def _line(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """One instruction; a jump passes over so many."""
    return struct.pack("HBBI", code, if_so, if_not, value)


def install(system: ctypes.CDLL) -> int:
    """Let this process and its children be filtered from now on; not zero if the kernel does not want to."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        return -1
    lines = ctypes.create_string_buffer(program(machine))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines) // 8, ctypes.addressof(lines)))
    return system.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0)
