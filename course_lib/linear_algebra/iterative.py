"""Solving a system with nothing but products of the matrix and a vector."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.arrays import Array

from ._checks import check_arrays, check_single, check_symmetric, check_system


def conjugate_gradient(
    A: Array | Callable[[Array], Array],
    b: Array,
    x0: Array | None = None,
    *,
    rtol: float = 1e-5,
    atol: float = 0.0,
    maxiter: int | None = None,
    callback: Callable[[Array], object] | None = None,
) -> tuple[Array, int]:
    r"""Solve $A x = b$ for a symmetric positive definite $A$ by the method of conjugate gradients.

    Descend on $\tfrac12 x^\top A x - b^\top x$, whose gradient is minus the residual $r = b - A x$, along directions
    $p$ that are conjugate, $p_i^\top A p_j = 0$: no step undoes an earlier one. So n steps are enough but for rounding,
    and far fewer if the eigenvalues cluster. Each step needs one product with $A$.

    $\alpha = \frac{r^\top r}{p^\top A p}$, $\; x \leftarrow x + \alpha p$, $\; r' = r - \alpha A p$,
    $\; p \leftarrow r' + \frac{r'^\top r'}{r^\top r} \, p$

    Args:
        A: Matrix, shape (n, n), or a function that multiplies it with a vector, such as a Hessian-vector product.
        b: Right-hand side, shape (n,).
        x0: Where to start, shape (n,); by default at zero.
        rtol: Stop when the residual's length is at most ``rtol`` times that of ``b``,
        atol: or at most ``atol``.
        maxiter: Stop after so many steps; by default 10 n.
        callback: Called with x after each step.

    Returns:
        As in SciPy: x, and 0 if it converged, else the number of steps made.

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Wrong shapes, not symmetric, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: A direction $p$ turned up with $p^\top A p \le 0$: ``A`` is not positive definite.

    Source: Hestenes and Stiefel (1952), Journal of Research of the National Bureau of Standards 49(6).

    >>> x, info = conjugate_gradient(np.array([[4.0, 1.0], [1.0, 3.0]]), np.array([1.0, 2.0]))
    >>> x.round(4), info
    (array([0.0909, 0.6364]), 0)
    """
    multiply = _as_function(A, b)
    start = b if x0 is None else x0
    xp = check_arrays(b=b, x0=start)
    if b.ndim != 1 or start.shape != b.shape:
        raise ValueError(f"expected b and x0 of shape (n,), got {tuple(b.shape)} and {tuple(start.shape)}")
    if maxiter is not None and maxiter < 1:
        raise ValueError(f"expected maxiter to be at least 1, got {maxiter}")
    x = xp.zeros_like(b)
    if not xp.any(b != 0):
        return x, 0
    r = b
    if x0 is not None:
        x = x + x0
        r = b - multiply(x)
    return _descend(multiply, x, r, max(rtol * xp.sqrt(b @ b), atol), maxiter or 10 * b.shape[0], callback)


def _descend(
    multiply: Callable[[Array], Array],
    x: Array,
    r: Array,
    enough: float,
    maxiter: int,
    callback: Callable[[Array], object] | None,
) -> tuple[Array, int]:
    """The iteration of :func:`conjugate_gradient`, from x with residual r until the residual is short enough."""
    p, rr = r, r @ r
    for _ in range(maxiter):
        if rr**0.5 <= enough:
            return x, 0
        Ap = multiply(p)
        curvature = p @ Ap
        if not curvature > 0:
            raise np.linalg.LinAlgError(
                f"A is not positive definite: there is a direction p with p @ A @ p = {curvature.item():.3g}"
            )
        alpha = rr / curvature
        x = x + alpha * p
        r = r - alpha * Ap
        rr, rr_before = r @ r, rr
        p = r + rr / rr_before * p
        if callback is not None:
            callback(x)
    return x, 0 if rr**0.5 <= enough else maxiter


def _as_function(A: Array | Callable[[Array], Array], b: Array) -> Callable[[Array], Array]:
    """Multiplication with A, which is one symmetric matrix that goes with b, or already that function."""
    if callable(A):
        return A
    check_system(A, b)
    check_single(A)
    check_symmetric(A)
    return lambda v: A @ v
