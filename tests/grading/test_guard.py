"""What an exercise forbids is refused to the notebook's own code, and to nobody else."""

import subprocess
import sys
import textwrap

import pytest

PROGRAM = """
import builtins, sys
import numpy as np, json, json.decoder
from course_lib.grading.guard import ForbiddenError, Guard

notebook = {"__name__": "__main__", "np": np}
guard = Guard(["numpy.linalg.det", "json", "numpy.random.Generator.normal"], notebook)

def allowed(source):
    try:
        exec(source, notebook)
    except ForbiddenError as error:
        assert "write this one yourself" in str(error)
        return False
    return True
"""


@pytest.mark.parametrize(
    ("forbidden", "source", "allowed"),
    [
        (["numpy.linalg.det"], "np.linalg.det(np.eye(2))", False),
        (["numpy.linalg.det"], "from numpy.linalg import det; det(np.eye(2))", False),
        (["numpy.linalg.det"], "f = getattr(np.linalg, 'det'); f(np.eye(2))", False),
        (["numpy.linalg.det"], "np.linalg.inv(np.eye(2))", True),
        (["numpy.linalg.det"], "np.linalg.slogdet(np.eye(2))", True),
        ([], "np.linalg.det(np.eye(2))", True),
        (["json"], "import json", False),
        (["json"], "from json import loads", False),
        (["json"], "import json.decoder", False),
        ([], "import json; assert json.loads('1') == 1", True),
        (["json"], "import ast", True),
    ],
)
def test_guard(forbidden, source, allowed):
    """In a process of its own: the guard changes NumPy for good."""
    program = textwrap.dedent(PROGRAM) + f"guard.forbid({forbidden!r})\nassert allowed({source!r}) is {allowed}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
