"""The guard that takes the network from the lectures' kernels does so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OFFLINE = Path(__file__).parent / "offline"


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code as the kernel of a lecture runs."""
    environment = {**os.environ, "PYTHONPATH": str(OFFLINE)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "attempt",
    [
        'socket.create_connection(("192.0.2.1", 80), timeout=1)',
        'socket.socket().connect(("192.0.2.1", 80))',
        'socket.socket().connect_ex(("192.0.2.1", 80))',
        'socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80, 0, 0))',
        'socket.socket(type=socket.SOCK_DGRAM).connect(("192.0.2.1", 53))',
    ],
)
def test_the_world_is_out_of_reach(attempt):
    process = run(f"import socket; {attempt}")
    assert process.returncode == 1
    assert "OSError: a lecture tried to reach" in process.stderr


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_this_machine_is_within_reach(method):
    """The kernel needs it."""
    process = run(
        "import socket; server = socket.create_server(('127.0.0.1', 0)); client = socket.socket(); "
        f"assert not client.{method}(server.getsockname()); server.accept()"
    )
    assert process.returncode == 0, process.stderr
