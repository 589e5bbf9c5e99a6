"""Starting a kernel of this Python that nobody else talks to."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from traitlets.config import Config

from course_lib.grading.course import CourseError, near


def prefer_this_python(environment: MutableMapping[str, str]) -> None:
    """Let programs and kernels that are started by name be those of this Python, activated or not.

    nbgrader starts ``alembic`` by name, and a kernel called ``python3`` may be installed in several places.
    """
    own = str(Path(sys.executable).parent)
    path = environment.get("PATH", "")
    if path.split(os.pathsep)[0] != own:
        environment["PATH"] = own + os.pathsep + path
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"


@contextmanager
def private_sockets() -> Iterator[Config]:
    """Settings for a kernel manager whose kernel is reached through Unix sockets in a directory of its own.

    Kernels that are started together can grab each other's TCP ports; and a socket on localhost is open to all users.
    """
    if os.name != "posix":
        yield Config()
        return
    with tempfile.TemporaryDirectory(prefix="course-") as directory:
        yield Config({"KernelManager": {"transport": "ipc", "ip": f"{directory}/kernel"}})


def require(names: Iterable[str]) -> None:
    """Make sure that kernels of these names are installed: if not, it is not the students' fault.

    Raises:
        CourseError: One is missing.
    """
    known = KernelSpecManager()
    for name in set(names) - {"python"}:  # Jupyter's old name for whichever Python it runs in
        try:
            known.get_kernel_spec(name)
        except NoSuchKernel as error:
            raise CourseError(
                f"The assignment wants a kernel named {name!r}, which is not installed here. "
                f"{near(name, known.find_kernel_specs())}"
            ) from error
