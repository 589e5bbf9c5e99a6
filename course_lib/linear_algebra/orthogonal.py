"""QR factorisation by Householder's reflections."""

from __future__ import annotations

from array_api_compat import device

from course_lib.arrays import Array, namespace

from ._checks import check_matrix
from ._differentiable import differentiable
from ._parts import BLOCK, identity
from .triangular import substitute


def qr(A: Array) -> tuple[Array, Array]:
    r"""Factor a matrix into orthonormal columns and an upper triangle, $A = Q R$.

    Householder's reflections $I - v v^\top$ with $\lVert v \rVert^2 = 2$ turn one column after another onto an axis. A
    reflection changes no length, so nothing is blown up, which cannot be said of Gram and Schmidt's projections.

    Args:
        A: Matrix, shape (..., m, n).

    Returns:
        ``Q``, shape (..., m, k), with $Q^\top Q = I$, and ``R``, shape (..., k, n), where k = min(m, n).

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not a matrix, nothing inside, NaN or infinity.

    Source: Golub and Van Loan, Matrix Computations, sections 5.1 and 5.2.

    >>> import numpy as np
    >>> Q, R = qr(np.array([[3.0, 5.0], [4.0, 10.0]]))
    >>> R.round(9)
    array([[ -5., -11.],
           [  0.,   2.]])
    """
    xp = check_matrix(A)
    m, n = A.shape[-2:]
    if m >= n:
        return thin_qr(A)
    Q, R = thin_qr(A[..., :m])
    return Q, xp.concat([R, Q.mT @ A[..., m:]], axis=-1)


def _qr_vjp(A: Array, Q: Array, R: Array, Q_bar: Array | None, R_bar: Array | None) -> Array:
    r"""$\bar A = (\bar Q + Q \, \mathrm{copyltu}(M)) R^{-\top}$, $M = R \bar R^\top - \bar Q^\top Q$.

    ``copyltu`` mirrors the lower triangle into the upper one.
    """
    xp = namespace(A)
    Q_bar = xp.zeros_like(Q) if Q_bar is None else Q_bar
    R_bar = xp.zeros_like(R) if R_bar is None else R_bar
    M = R @ R_bar.mT - Q_bar.mT @ Q
    mirrored = xp.tril(M) + xp.tril(M, k=-1).mT
    return substitute(R, (Q_bar + Q @ mirrored).mT, lower=False).mT


@differentiable(_qr_vjp)
def thin_qr(A: Array) -> tuple[Array, Array]:
    """QR of a matrix with at least as many rows as columns."""
    return householder(A, columns=A.shape[-1])


def householder(A: Array, columns: int) -> tuple[Array, Array]:
    r"""QR of a matrix with m rows and n <= m columns, with as many columns of Q as are asked for, n to m.

    Reflections are gathered in blocks, $H_1 \cdots H_k = I - V T V^\top$ with
    $T^{-1} = I + \mathrm{striu}(V^\top V)$, so that most of the work is matrix products.
    """
    xp, (m, n) = namespace(A), A.shape[-2:]
    largest = xp.max(xp.abs(A), axis=-2, keepdims=True)
    scale = xp.where(largest == 0, 1.0, largest)
    R = A / scale  # column by column, so that no square overflows or vanishes: Q is the same
    blocks = []
    for k in range(0, n, BLOCK):
        e = min(k + BLOCK, n)
        V = xp.zeros((*A.shape[:-2], m - k, e - k), dtype=A.dtype, device=device(A))
        for j in range(k, e):
            v = _reflector(R[..., j:, j])
            R[..., j:, j:e] -= v[..., None] * (v[..., None, :] @ R[..., j:, j:e])
            V[..., j - k :, j - k] = v
        gram = V.mT @ V
        T = substitute(identity(gram) + xp.triu(gram, k=1), identity(gram), lower=False)
        R[..., k:, e:] -= V @ (T.mT @ (V.mT @ R[..., k:, e:]))
        blocks.append((k, V, T))
    Q = xp.zeros((*A.shape[:-2], m, columns), dtype=A.dtype, device=device(A))
    Q[..., :columns, :] = xp.eye(columns, dtype=A.dtype, device=device(A))
    for k, V, T in reversed(blocks):
        Q[..., k:, k:] -= V @ (T @ (V.mT @ Q[..., k:, k:]))
    return Q, xp.triu(R[..., :n, :]) * scale


def _reflector(x: Array) -> Array:
    r"""The $v$, $\lVert v \rVert^2 = 2$, whose reflection turns $x$ onto the first axis; 0 if it lies there already."""
    xp = namespace(x)
    head, tail = x[..., :1], x[..., 1:]
    rest = xp.sum(tail * tail, axis=-1, keepdims=True)
    length = xp.sqrt(head * head + rest)
    on_axis = rest == 0
    scale = xp.where(on_axis, 1.0, xp.sqrt(length * (length + xp.abs(head))))
    v = xp.concat([head + xp.where(head < 0, -length, length), tail], axis=-1)  # away from zero: no digits cancel
    return xp.where(on_axis, 0.0, v / scale)
