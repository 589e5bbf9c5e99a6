"""Triangular systems: the easy ones, to which every factorisation leads back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from array_api_compat import device

from course_lib.arrays import Array, namespace

from ._checks import check_system
from ._differentiable import differentiable
from ._parts import BLOCK, diagonal


def solve_triangular(A: Array, b: Array, *, lower: bool = False) -> Array:
    r"""Solve $A x = b$ for a triangular $A$, row after row.

    $x_i = \bigl(b_i - \sum_{j < i} A_{ij} x_j\bigr) / A_{ii}$ for a lower triangle, from the first row down; for an
    upper one the sum runs over $j > i$, from the last row up.

    Args:
        A: Triangular matrix, shape (..., n, n). The other triangle is not looked at.
        b: Right-hand side, shape (n,), or several as columns, (..., n, k).
        lower: Whether ``A`` is a lower triangle; by default an upper one, as in SciPy.

    Returns:
        x, of the shape of ``b`` (with the leading axes of both broadcast).

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Wrong shapes, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: There is a zero on the diagonal.

    Source: Golub and Van Loan, Matrix Computations, section 3.1.

    >>> solve_triangular(np.array([[2.0, 0.0], [1.0, 4.0]]), np.array([2.0, 9.0]), lower=True)
    array([1., 2.])
    """
    xp = check_system(A, b)
    if xp.any(diagonal(A) == 0):
        raise np.linalg.LinAlgError("A is singular: there is a zero on its diagonal")
    return for_columns(lambda columns: substitute(A, columns, lower=lower), b)


def for_columns(solver: Callable[[Array], Array], b: Array) -> Array:
    """Give ``b`` to a solver that knows only columns, (..., n, k): a vector (n,) goes in and out as one column."""
    return solver(b[:, None])[..., 0] if b.ndim == 1 else solver(b)


def _substitute_vjp(T: Array, b: Array, x: Array, x_bar: Array, *, lower: bool) -> tuple[Array, Array]:
    r"""From $T x = b$: $\bar b = T^{-\top} \bar x$ and $\bar T = -\bar b x^\top$ inside the triangle."""
    xp = namespace(T)
    b_bar = substitute(T.mT, x_bar, lower=not lower)
    T_bar = -b_bar @ x.mT
    return (xp.tril(T_bar) if lower else xp.triu(T_bar)), b_bar


@differentiable(_substitute_vjp)
def substitute(T: Array, b: Array, *, lower: bool) -> Array:
    """Solve T x = b for columns b, (..., n, k), without checking anything."""
    return _by_halves(T, b, lower)


def _by_halves(T: Array, b: Array, lower: bool) -> Array:
    """Solve one half of the unknowns, put them into the other half's equations, solve those."""
    n = T.shape[-1]
    if n <= BLOCK:
        return _row_by_row(T, b, lower)
    xp, h = namespace(T), n // 2
    top, bottom = slice(None, h), slice(h, None)
    first, second = (top, bottom) if lower else (bottom, top)
    x_first = _by_halves(T[..., first, first], b[..., first, :], lower)
    x_second = _by_halves(T[..., second, second], b[..., second, :] - T[..., second, first] @ x_first, lower)
    return xp.concat([x_first, x_second] if lower else [x_second, x_first], axis=-2)


def _row_by_row(T: Array, b: Array, lower: bool) -> Array:
    batch = np.broadcast_shapes(T.shape[:-2], b.shape[:-2])
    x = namespace(T).zeros((*batch, *b.shape[-2:]), dtype=b.dtype, device=device(b))
    rows = range(T.shape[-1])
    for i in rows if lower else reversed(rows):
        known = (T[..., i : i + 1, :] @ x)[..., 0, :]  # what is not solved yet is still zero
        x[..., i, :] = (b[..., i, :] - known) / T[..., i, i, None]
    return x
