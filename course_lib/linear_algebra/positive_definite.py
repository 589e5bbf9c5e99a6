"""Symmetric positive definite matrices: the Cholesky factor, and the test that it exists."""

from __future__ import annotations

import numpy as np

from course_lib.arrays import Array, namespace

from ._checks import check_symmetric
from ._differentiable import differentiable
from ._parts import BLOCK, diagonal, identity, symmetric_part
from .triangular import substitute


def cholesky(A: Array) -> Array:
    r"""The Cholesky factor: the lower triangle $L$ with a positive diagonal and $A = L L^\top$.

    Half the work of LU and no pivoting: positive definiteness bounds every entry of $L$ by itself.

    Args:
        A: Symmetric positive definite matrix, shape (..., n, n).

    Returns:
        L, same shape, zeros above its diagonal.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not symmetric, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: ``A`` is not positive definite.

    Source: Golub and Van Loan, Matrix Computations, section 4.2.

    >>> cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]))
    array([[2., 0.],
           [1., 2.]])
    """
    xp = check_symmetric(A)
    L = _cholesky(A)
    broken = xp.any(~(diagonal(L) > 0), axis=tuple(range(A.ndim - 2)))
    if xp.any(broken):
        k = int(xp.argmax(xp.astype(broken, xp.int8))) + 1
        raise np.linalg.LinAlgError(
            f"A is not positive definite: its leading {k} by {k} part has a determinant that is not positive. "
            "A covariance with too few samples is mended by adding a little to the diagonal"
        )
    return L


def is_positive_definite(A: Array) -> Array:
    r"""Whether $x^\top A x > 0$ for every $x \neq 0$: whether a Cholesky factor exists.

    Args:
        A: Symmetric matrix, shape (..., n, n).

    Returns:
        A bool for one matrix, an array of them, shape (...), for a stack.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not symmetric, nothing inside, NaN or infinity.

    Source: Deep Learning, section 2.7.

    >>> is_positive_definite(np.array([[2.0, 1.0], [1.0, 2.0]]))
    True
    """
    xp = check_symmetric(A)
    positive = xp.all(diagonal(_cholesky(A)) > 0, axis=-1)
    return positive if A.ndim > 2 else bool(positive)


def _cholesky_vjp(A: Array, L: Array, L_bar: Array) -> Array:
    r"""$\bar A = \mathrm{sym}\bigl(L^{-\top} \, \Phi(L^\top \bar L) \, L^{-1}\bigr)$.

    $\Phi$ keeps the lower triangle and half of the diagonal.
    """
    xp = namespace(A)
    product = L.mT @ L_bar
    inner = xp.tril(product) - product * identity(A) / 2
    right = substitute(L.mT, inner.mT, lower=False).mT
    return symmetric_part(substitute(L.mT, right, lower=False))


@differentiable(_cholesky_vjp)
def _cholesky(A: Array) -> Array:
    """Left-looking Cholesky from the lower triangle; the diagonal is NaN from where A stops being positive definite."""
    xp, n = namespace(A), A.shape[-1]
    L = xp.zeros_like(A)
    with np.errstate(invalid="ignore", divide="ignore"):
        for k in range(0, n, BLOCK):
            panel = A[..., k:, k : k + BLOCK] - L[..., k:, :k] @ L[..., k : k + BLOCK, :k].mT
            for i in range(panel.shape[-1]):
                j = k + i
                column = panel[..., i:, i] - (L[..., j:, k:j] @ L[..., j, k:j, None])[..., 0]
                L[..., j:, j] = column / xp.sqrt(column[..., :1])
    return L
