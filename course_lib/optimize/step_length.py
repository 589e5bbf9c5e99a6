"""How far to go in a direction."""

from __future__ import annotations

import math

from course_lib.arrays import Array
from course_lib.linear_algebra._checks import check_arrays
from course_lib.optimize._evaluate import Field, Function, plain, slope, value

TRIALS = 100


class LineSearchError(RuntimeError):
    """No step was found: f falls without end, is not smooth, or x is a minimum up to rounding."""


def line_search(
    f: Function, x: Array, p: Array, *, gradient: Field, c1: float = 1e-4, c2: float | None = None, first: float = 1.0
) -> float:
    r"""A step length $\alpha$ along a direction that goes downhill, such that the step is worth its length.

    With $\varphi(\alpha) = f(x + \alpha p)$, a step must gain at least a share of what the slope promises (Armijo), and
    with ``c2`` it must end where the slope is flatter than it was (strong Wolfe):

    $$\varphi(\alpha) \le \varphi(0) + c_1 \alpha \varphi'(0), \qquad |\varphi'(\alpha)| \le c_2 |\varphi'(0)|$$

    Too long a step bounds $\alpha$ from above, too short a one from below; the next trial is in the middle, or twice as
    long while there is no bound above. Without ``c2`` no step is too short, so this is backtracking by halves.

    Args:
        f: From x to one number.
        x: Where, any shape.
        p: The direction, of x's shape.
        gradient: From x to the gradient there.
        c1: $c_1$, between 0 and 1.
        c2: $c_2$, between c1 and 1; 0.9 for Newton-like directions, 0.1 for conjugate gradients. By default none.
        first: The first trial: 1 for Newton-like directions.

    Returns:
        $\alpha$, above 0.

    Raises:
        TypeError: Not arrays of floats of one kind.
        ValueError: $p$ does not go downhill, shapes differ, something is not finite, or the constants do not fit.
        LineSearchError: No step was found: f falls without end, is not smooth, or x is a minimum up to rounding.

    Source: Nocedal and Wright, Numerical Optimization, section 3.1.

    >>> import numpy as np
    >>> f, gradient = lambda x: float(x @ x), lambda x: 2 * x
    >>> line_search(f, np.array([3.0]), np.array([-6.0]), gradient=gradient)
    0.5
    """
    xp = check_arrays(x=x, p=p)
    if x.shape != p.shape:
        raise ValueError(f"expected p of x's shape {tuple(x.shape)}, got shape {tuple(p.shape)}")
    if not 0 < c1 < (1 if c2 is None else c2) <= 1 or not first > 0:
        raise ValueError(f"expected 0 < c1 < c2 < 1 and first > 0, got c1={c1}, c2={c2}, first={first}")
    x, p = plain(x), plain(p)
    start, start_slope = value(f, x), float(xp.sum(slope(gradient, x) * p))
    if not math.isfinite(start + start_slope):
        raise ValueError(
            f"expected f and its gradient to be finite at x, got f = {start} and slope {start_slope} along p"
        )
    if not start_slope < 0:
        raise ValueError(
            f"expected a direction that goes downhill, got slope {start_slope:.3g} along p; try -gradient(x)"
        )
    shortest, longest, alpha = 0.0, float("inf"), first
    for _ in range(TRIALS):
        end = value(f, x + alpha * p)
        if not (end < start and end <= start + c1 * alpha * start_slope):  # NaN is too far, rounding is no gain
            longest = alpha
        elif c2 is None:
            return alpha
        else:
            end_slope = float(xp.sum(slope(gradient, x + alpha * p) * p))
            if abs(end_slope) <= -c2 * start_slope:
                return alpha
            shortest, longest = (alpha, longest) if end_slope < 0 else (shortest, alpha)
        alpha = 2 * alpha if longest == float("inf") else (shortest + longest) / 2
    raise LineSearchError(
        f"found no step in {TRIALS} trials, the last of length {alpha:.3g}: "
        "f falls without end along p, or is not smooth, or x is a minimum up to rounding"
    )
