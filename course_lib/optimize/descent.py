"""Going downhill: along the gradient, and with the curvature."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from course_lib.arrays import Array
from course_lib.linear_algebra import solve
from course_lib.linear_algebra._checks import check_arrays
from course_lib.optimize._evaluate import Field, Function, like, plain, slope, value
from course_lib.optimize.step_length import LineSearchError, line_search


@dataclass(frozen=True, eq=False)
class OptimizeResult:
    """Where a descent came to, with the names that SciPy's results have.

    Attributes:
        x: The last point.
        fun: The function's value there.
        jac: The gradient there.
        nit: How many steps were made.
        success: Whether the gradient is as small as was asked for.
        message: Why it stopped.
        path: Every point from the first to the last, shape (nit + 1, *shape of x): for plots.
    """

    x: Array
    fun: float
    jac: Array
    nit: int
    success: bool
    message: str
    path: Array = field(repr=False)


def gradient_descent(
    f: Function,
    x0: Array,
    *,
    gradient: Field,
    learning_rate: float | None = None,
    max_iter: int = 1000,
    tol: float = 1e-6,
    callback: Callable[[Array], object] | None = None,
) -> OptimizeResult:
    r"""Walk in the direction in which the function falls fastest.

    $$x \leftarrow x - \epsilon \nabla f(x)$$

    On a quadratic with curvatures $\lambda_i$ along its axes, each step multiplies the distance along axis i by
    $1 - \epsilon \lambda_i$. So it converges for $\epsilon < 2 / \lambda_{\max}$ and diverges beyond. At the best rate,
    $\epsilon = 2 / (\lambda_{\min} + \lambda_{\max})$, the error shrinks by $(\kappa - 1)/(\kappa + 1)$ a step, where
    $\kappa = \lambda_{\max} / \lambda_{\min}$ is the condition number.

    Args:
        f: From x to one number.
        x0: Where to start, any shape.
        gradient: From x to the gradient there, of x's shape.
        learning_rate: $\epsilon$. Without one, :func:`line_search` finds the length of every step.
        max_iter: The largest number of steps.
        tol: Stop when no entry of the gradient is larger than this.
        callback: Called with x after each step.

    Returns:
        The last point and the path to it. Without convergence, ``success`` is False and ``message`` says why.

    Raises:
        TypeError: ``x0`` is no array of floats, or the gradient is of another kind.
        ValueError: The start, or f or its gradient there, is not finite; a shape does not fit; or an option is
            negative.

    Source: Deep Learning, section 4.3; convergence: Nocedal and Wright, Numerical Optimization, section 3.3.

    >>> result = gradient_descent(lambda x: x @ x, np.array([1.0, -1.0]), gradient=lambda x: 2 * x, learning_rate=0.25)
    >>> result.x.round(5), result.nit
    (array([ 0., -0.]), 21)
    """
    if learning_rate is not None and not learning_rate > 0:
        raise ValueError(f"expected learning_rate to be above 0, got {learning_rate}")

    def step(x: Array, g: Array) -> Array:
        rate = line_search(f, x, -g, gradient=gradient) if learning_rate is None else learning_rate
        return -rate * g

    return _descend(f, x0, gradient, step, max_iter, tol, callback)


def newton(
    f: Function,
    x0: Array,
    *,
    gradient: Field,
    hessian: Field,
    max_iter: int = 100,
    tol: float = 1e-6,
    callback: Callable[[Array], object] | None = None,
) -> OptimizeResult:
    r"""Jump to where the quadratic that fits the function here has its critical point.

    $$x \leftarrow x - H(x)^{-1} \nabla f(x)$$

    One jump solves a quadratic, whatever its condition. Near a minimum with a positive definite Hessian the number of
    correct digits doubles with every step. Elsewhere there is no promise: Newton's method is drawn to saddles and
    maxima as well, because it looks for a gradient of 0.

    Args:
        f: From x to one number.
        x0: Where to start, shape (n,).
        gradient: From x to the gradient there, shape (n,).
        hessian: From x to the Hessian there, shape (n, n).
        max_iter: The largest number of steps.
        tol: Stop when no entry of the gradient is larger than this.
        callback: Called with x after each step.

    Returns:
        The last point and the path to it. Without convergence, ``success`` is False and ``message`` says why.

    Raises:
        TypeError: ``x0`` is no array of floats, or a derivative is of another kind.
        ValueError: The start, or f or its gradient there, is not finite; or a shape does not fit.
        numpy.linalg.LinAlgError: A Hessian on the way is singular.

    Source: Deep Learning, section 4.3.1, equation 4.12.

    >>> f, gradient, hessian = lambda x: (x**4).sum(), lambda x: 4 * x**3, lambda x: np.diag(12 * x**2)
    >>> newton(f, np.array([3.0]), gradient=gradient, hessian=hessian, max_iter=2).path.ravel().round(4)
    array([3.    , 2.    , 1.3333])
    """
    check_arrays(x0=x0)
    if x0.ndim != 1:
        raise ValueError(f"expected x0 of shape (n,), got shape {tuple(x0.shape)}")

    def step(x: Array, g: Array) -> Array:
        return -solve(like(x, "Hessian", hessian, (*x.shape, *x.shape)), g)

    return _descend(f, x0, gradient, step, max_iter, tol, callback)


def _descend(
    f: Function,
    x0: Array,
    gradient: Field,
    step: Callable[[Array, Array], Array],
    max_iter: int,
    tol: float,
    callback: Callable[[Array], object] | None,
) -> OptimizeResult:
    """Add steps, each made from a point and the gradient there, until the gradient is small."""
    xp = check_arrays(x0=x0)
    if not max_iter >= 0 or not tol >= 0:
        raise ValueError(f"expected max_iter and tol of at least 0, got {max_iter} and {tol}")
    path = [xp.asarray(plain(x0), copy=True)]
    for nit in count():
        x = path[-1]
        with np.errstate(over="ignore", invalid="ignore"):  # a descent that diverges is reported, not warned about
            fun, g = value(f, x), slope(gradient, x)
        largest = float(xp.max(xp.abs(g)))
        finite, small = math.isfinite(fun + largest), largest <= tol
        if nit == 0 and not finite:
            raise ValueError(f"expected f and its gradient to be finite at x0, got f = {fun} and gradient {g}")
        if not finite or small or nit == max_iter:
            message = _why(finite, small, nit, tol)
            break
        try:
            path.append(x + step(x, g))
        except LineSearchError as error:
            message = str(error)
            break
        if callback is not None:
            callback(path[-1])
    return OptimizeResult(x, fun, g, nit, finite and small, message, xp.stack(path))


def _why(finite: bool, small: bool, nit: int, tol: float) -> str:
    """Why a descent stopped."""
    if not finite:
        return f"diverged: f or its gradient is not finite after {nit} steps; try a smaller rate or another start"
    if not small:
        return f"stopped after {nit} steps, while the gradient is still larger than {tol:g}"
    return f"converged: no entry of the gradient is larger than {tol:g}"
