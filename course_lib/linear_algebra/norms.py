"""How long, how far apart, how sensitive: norms, angles, condition numbers."""

from __future__ import annotations

import math

from course_lib.arrays import Array, namespace

from ._checks import check_arrays, check_matrix, check_square
from ._parts import diagonal, identity
from .lu import inv, lu_factor
from .singular_values import thin_svd


def norm(
    x: Array, ord: float | str | None = None, axis: int | tuple[int, int] | None = None, keepdims: bool = False
) -> Array:
    r"""A norm of a vector or a matrix, without overflow on the way.

    For vectors $\lVert x \rVert_p = \bigl(\sum_i |x_i|^p\bigr)^{1/p}$, and $\lVert x \rVert_\infty = \max_i |x_i|$.

    ========  ============================  =================================
    ord       vector                        matrix
    ========  ============================  =================================
    None      length, as 2                  Frobenius, as 'fro'
    'fro'     --                            root of the sum of squares
    'nuc'     --                            sum of the singular values
    inf       largest size                  largest row sum of sizes
    -inf      smallest size                 smallest row sum of sizes
    0         number of nonzero entries     --
    1, -1     as below                      largest, smallest column sum
    2, -2     as below                      largest, smallest singular value
    other p   the formula above             --
    ========  ============================  =================================

    Args:
        x: Any shape; without ``axis`` and with ``ord`` a vector or a matrix.
        ord: Which norm; see the table.
        axis: The axis that holds the vectors, or the two axes, rows and columns, that hold the matrices. By default all
            of ``x``, flattened if ``ord`` is None too.
        keepdims: Whether these axes stay, with length 1.

    Returns:
        The norms; a scalar if all axes are taken.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: No such norm or axis, nothing inside, NaN or infinity.

    Source: Deep Learning, section 2.5.

    >>> import numpy as np
    >>> norm(np.array([3.0, -4.0]))
    np.float64(5.0)
    >>> norm(np.array([[1.0, -2.0], [3.0, 4.0]]), np.inf)
    np.float64(7.0)
    """
    xp = check_arrays(x=x)
    if axis is None and ord is None:
        length = _vector_norm(xp.reshape(x, (-1,)), 2)
        return xp.reshape(length, (1,) * x.ndim) if keepdims else length
    axes = _resolve(axis, x)
    y = xp.moveaxis(x, axes, tuple(range(-len(axes), 0)))
    if len(axes) == 1:
        result = _vector_norm(y, 2 if ord is None else ord)
    else:
        result = _matrix_norm(y, "fro" if ord is None else ord)
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    return xp.reshape(result, kept) if keepdims else result


def cond(A: Array, p: float | str | None = None) -> Array:
    r"""The condition number: how many times a relative error of $b$ can grow in the solution of $A x = b$.

    $\kappa(A) = \sigma_1 / \sigma_n$, or $\lVert A \rVert_p \lVert A^{-1} \rVert_p$ in another norm. A condition number
    of $10^k$ can cost k digits.

    Args:
        A: Matrix, shape (..., m, n); square unless p is None, 2 or -2.
        p: None or 2 for the spectral norm, -2 for its reciprocal, or another matrix norm of :func:`norm`.

    Returns:
        Shape (...), infinite for a singular matrix.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: No such norm, wrong shape, nothing inside, NaN or infinity.

    Source: Deep Learning, section 4.2; Golub and Van Loan, Matrix Computations, section 2.6.

    >>> import numpy as np
    >>> cond(np.array([[1.0, 0.0], [0.0, 100.0]]))
    np.float64(100.0)
    """
    xp = check_matrix(A)
    if p in (None, 2, -2):
        s = thin_svd(A)[1]
        singular = s[..., -1] == 0
        kappa = s[..., 0] / xp.where(singular, 1.0, s[..., -1])
    else:
        check_square(A)
        singular = xp.any(diagonal(lu_factor(A)[0]) == 0, axis=-1)
        regular = xp.where(singular[..., None, None], identity(A), A)
        kappa = _matrix_norm(A, p) * _matrix_norm(inv(regular), p)
    kappa = xp.where(singular, xp.inf, kappa)[()]
    return 1 / kappa if p == -2 else kappa


def angle(x: Array, y: Array) -> Array:
    r"""The angle between two vectors, in radians from 0 to $\pi$.

    $\cos \theta = x^\top y / (\lVert x \rVert \lVert y \rVert)$ defines it, but the arccosine loses half the digits of
    small angles. With unit vectors $u$ and $v$ in the two directions, the diagonals of their rhombus lose none:
    $\tan(\theta / 2) = \lVert u - v \rVert / \lVert u + v \rVert$.

    Args:
        x: Vectors, shape (..., n).
        y: Vectors of the same shape.

    Returns:
        The angles, shape (...).

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Different shapes, a zero vector, nothing inside, NaN or infinity.

    Source: Deep Learning, section 2.5; Kahan (2006), How Futile are Mindless Assessments of Roundoff, section 12.

    >>> import numpy as np
    >>> print(round(angle(np.array([1.0, 0.0]), np.array([1.0, 1.0])) / np.pi, 9))
    0.25
    """
    xp = check_arrays(x=x, y=y)
    if x.ndim == 0 or x.shape != y.shape:
        raise ValueError(f"expected two vectors of the same shape, got {tuple(x.shape)} and {tuple(y.shape)}")
    if not (xp.all(xp.any(x != 0, axis=-1)) and xp.all(xp.any(y != 0, axis=-1))):
        raise ValueError("a zero vector has no direction, so there is no angle")
    u, v = (w / _vector_norm(w, 2)[..., None] for w in (x, y))
    return 2 * xp.atan2(_vector_norm(u - v, 2), _vector_norm(u + v, 2))


def _resolve(axis: int | tuple[int, int] | None, x: Array) -> tuple[int, ...]:
    """The one or two axes that hold the vectors or matrices, counted from the front."""
    axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    if len(axes) not in (1, 2):
        raise ValueError(f"a norm takes one axis (vectors) or two (matrices), got {len(axes)}; name them with axis=")
    if not all(-x.ndim <= i < x.ndim for i in axes) or len({i % x.ndim for i in axes}) < len(axes):
        raise ValueError(f"expected different axes from {-x.ndim} to {x.ndim - 1}, got axis={axis}")
    return tuple(i % x.ndim for i in axes)


def _vector_norm(x: Array, p: float | str) -> Array:
    """The p-norm along the last axis."""
    xp, size = namespace(x), namespace(x).abs(x)
    if isinstance(p, str):
        raise ValueError(f"expected a number or None as the order of a vector norm, got {p!r}: that is for matrices")
    if p == math.inf:
        return xp.max(size, axis=-1)
    if p == -math.inf:
        return xp.min(size, axis=-1)
    if p == 0:
        return xp.sum(xp.astype(x != 0, x.dtype), axis=-1)
    if p == 1:
        return xp.sum(size, axis=-1)
    extreme = xp.max if p > 0 else xp.min  # divided by it, no power overflows, and the power that counts most is 1
    scale = extreme(size, axis=-1, keepdims=True)
    ratio = xp.where(scale == 0, 1.0, size / xp.where(scale == 0, 1.0, scale))
    return scale[..., 0] * xp.sum(ratio**p, axis=-1) ** (1 / p)


def _matrix_norm(A: Array, ord: float | str) -> Array:
    """A norm of the matrices in the last two axes."""
    xp = namespace(A)
    if ord == "fro":
        return _vector_norm(xp.reshape(A, (*A.shape[:-2], -1)), 2)
    if ord == "nuc":
        return xp.sum(thin_svd(A)[1], axis=-1)
    if ord in (2, -2):
        return thin_svd(A)[1][..., 0 if ord == 2 else -1]
    if ord in (1, -1, math.inf, -math.inf):
        sums = xp.sum(xp.abs(A), axis=-2 if abs(ord) == 1 else -1)
        return (xp.max if ord > 0 else xp.min)(sums, axis=-1)
    raise ValueError(f"expected 'fro', 'nuc', 1, 2, inf or a negative of these as a matrix norm, got {ord!r}")
