"""What the end of a test cell says: its outcome, its message, its partial credit; and the limit on its time."""

from __future__ import annotations

import ast
import builtins
import contextlib
import math
import numbers
import signal
import sys
import traceback
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib.grading import wire
from course_lib.grading.proxy import ByProxyError
from course_lib.grading.raised import StoppedError

if TYPE_CHECKING:
    from course_lib.grading.results import Outcome


class OutOfTimeError(BaseException):
    """A cell ran into its limit; no ``except Exception`` may swallow it."""


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Stop what takes longer."""

    def stop(*_: Any) -> None:
        raise OutOfTimeError

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def report(value: Any, error: BaseException | None, cell: str, source: str) -> dict[str, Any]:
    """What is reported of a test cell that came to its end.

    Args:
        value: The value of its last expression.
        error: What it raised.
        cell: How the file names begin that tracebacks give the cell.
        source: What stands in the cell.
    """
    if error is None:
        happens_to_be_last = _is_array(value) and ends_with_a_call(source)
        return {"outcome": "passed", "message": "", "partial": None if happens_to_be_last else partial(value)}
    outcome, message = _verdict(error)
    lines = lines_of(error, cell)
    said = {"outcome": outcome, "message": message, "line": lines[0] if lines else None, "error": type(error).__name__}
    if isinstance(error, ByProxyError | wire.WireError) or said["error"] == wire.WireError.__name__:
        said["by_proxy"] = str(error)
    return said


def lines_of(error: BaseException, cell: str) -> list[int]:
    """The lines of a cell that an exception has come through, the outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno for frame in frames if frame.filename.startswith(cell) and frame.lineno is not None]


def running_line(cell: str) -> int | None:
    """The innermost line of a cell that is being run."""
    frame = sys._getframe()
    while frame is not None and not frame.f_code.co_filename.startswith(cell):
        frame = frame.f_back  # type: ignore[assignment]
    return frame and frame.f_lineno


def statement(source: str, line: int) -> range:
    """The lines of the shortest statement in which a line stands.

    >>> statement("x = 1\\nassert f(\\n  x\\n) == 2", 3)
    range(2, 5)
    """
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    spans = [range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in nodes]
    return min((span for span in spans if line in span), key=len, default=range(line, line + 1))


def partial(value: Any) -> float | None:
    """The points that a last expression gives; None for all, since it is no number.

    nbgrader reads them off its text, so that with it a score below zero, NaN, or of a type of NumPy's gives all points.

    >>> partial(1.5), partial("1.5"), partial(True), partial(None)
    (1.5, None, None, None)
    >>> partial(-1), partial(float("nan")), partial(np.float64(1.5))
    (0.0, 0.0, 1.5)
    >>> partial(np.zeros(2))
    0.0
    """
    if _is_array(value):  # with several numbers it is what a wrong type makes of a score
        value = value.item() if math.prod(value.shape) == 1 else math.nan
    if isinstance(value, bool) or not isinstance(value, numbers.Number | Decimal):
        return None
    points = float(value) if isinstance(value, numbers.Real | Decimal) else math.nan
    return points if points >= 0 and math.isfinite(points) else 0.0


def ends_with_a_call(source: str) -> bool:
    """Whether a test ends with a call for its own sake, such as ``answer(x)``; an array that it returns is no score.

    >>> ends_with_a_call("answer(x)"), ends_with_a_call("sum(scores)"), ends_with_a_call("score")
    (True, False, False)
    """
    try:
        last = ast.parse(source).body[-1:]
    except SyntaxError:  # magics
        return False
    match last:
        case [ast.Expr(ast.Call(ast.Name(name)))]:
            return not hasattr(builtins, name)
    return False


def _is_array(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return isinstance(value, np.generic | np.ndarray) or (torch is not None and isinstance(value, torch.Tensor))


def _verdict(error: BaseException) -> tuple[Outcome, str]:
    if isinstance(error, OutOfTimeError):
        return "timeout", "out of time"
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):  # torch raises a RuntimeError
        return "memory", "out of memory"
    if isinstance(error, StoppedError):
        return "error", f"the submission raised {error}"
    if isinstance(error, AssertionError):
        return "failed", str(error) or "an assertion without a message"
    return "error", f"{type(error).__name__}: {error}"
