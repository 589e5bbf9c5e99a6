"""Starting a kernel of this Python that nobody else talks to."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from traitlets.config import Config


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
