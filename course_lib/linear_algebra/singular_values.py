"""The singular value decomposition by Jacobi's rotations, and what it solves: pseudo-inverse and least squares."""

from __future__ import annotations

from array_api_compat import device

from course_lib.arrays import Array, namespace

from ._checks import check_arrays, check_matrix
from ._differentiable import differentiable
from ._parts import diagonal, identity
from .jacobi import orthogonalise_rows
from .orthogonal import householder


def svd(A: Array, full_matrices: bool = True) -> tuple[Array, Array, Array]:
    r"""Singular value decomposition, $A = U \, \mathrm{diag}(s) \, V^\top$: a rotation, a stretch, a rotation.

    A QR factorisation reduces a tall matrix to a small triangle $R$. Jacobi's rotations then make the rows of $R$
    orthogonal to each other: their lengths are the singular values, their directions are the rows of $V^\top$, and the
    rotations, undone, give $U$. The eigenvalues of $A^\top A$ are the squares of the singular values, but to form that
    product would lose half the digits of small ones. Meant for up to some 200 columns.

    Args:
        A: Matrix, shape (..., m, n).
        full_matrices: Whether $U$ and $V$ are completed to square matrices.

    Returns:
        ``U``, shape (..., m, m), or (..., m, k) if not full; ``s``, shape (..., k), descending; ``Vh``, that is
        $V^\top$, shape (..., n, n) or (..., k, n), where k = min(m, n). The signs of a column of $U$ and a row of
        $V^\top$ may be swapped together; gradients need distinct singular values unless only ``s`` is used.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not a matrix, nothing inside, NaN or infinity.

    Source: Deep Learning, section 2.8; Golub and Van Loan, Matrix Computations, section 8.6.

    >>> import numpy as np
    >>> U, s, Vh = svd(np.array([[0.0, 3.0], [4.0, 0.0], [0.0, 0.0]]))
    >>> s
    array([4., 3.])
    """
    xp = check_matrix(A)
    U, s, Vh = thin_svd(A)
    if full_matrices and A.shape[-2] > A.shape[-1]:
        U = xp.concat([U, _complement(U)], axis=-1)
    elif full_matrices and A.shape[-2] < A.shape[-1]:
        Vh = xp.concat([Vh, _complement(Vh.mT).mT], axis=-2)
    return U, s, Vh


def pinv(A: Array, *, rtol: float | None = None) -> Array:
    r"""The Moore–Penrose pseudo-inverse, $A^+ = V \, \mathrm{diag}(1 / s) \, U^\top$.

    Singular values that are as good as zero are left out.
    $A^+ b$ is the shortest of all $x$ that make $\lVert A x - b \rVert$ as small as possible.

    Args:
        A: Matrix, shape (..., m, n).
        rtol: Singular values up to ``rtol`` times the largest count as zero; by default max(m, n) times the machine
            epsilon.

    Returns:
        Shape (..., n, m). It is differentiable as long as the rank stays as it is.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not a matrix, nothing inside, NaN or infinity.

    Source: Deep Learning, section 2.9.

    >>> import numpy as np
    >>> pinv(np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]]))
    array([[1. , 0. , 0. ],
           [0. , 0.5, 0. ]])
    """
    check_matrix(A)
    return _pinv(A, rtol=rtol)


def lstsq(A: Array, b: Array, rcond: float | None = None) -> tuple[Array, Array, int, Array]:
    r"""Least squares: the shortest of all $x$ that minimise $\lVert A x - b \rVert_2$.

    Args:
        A: Matrix, shape (m, n): more equations than unknowns, fewer, or dependent ones.
        b: Right-hand side, shape (m,), or several as columns, (m, k).
        rcond: Singular values up to ``rcond`` times the largest count as zero; by default max(m, n) times the machine
            epsilon.

    Returns:
        As in NumPy: ``x``, shape (n,) or (n, k); the sums of squared residuals, shape (1,) or (k,), empty unless A has
        full column rank and more rows than columns; the rank; the singular values.

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Wrong shapes, nothing inside, NaN or infinity.

    Source: Deep Learning, section 2.9; Golub and Van Loan, Matrix Computations, section 5.5.

    >>> import numpy as np
    >>> A = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> x, residuals, rank, s = lstsq(A, np.array([1.0, 3.0, 5.0]))
    >>> x.round(9)
    array([1., 2.])
    """
    xp = check_arrays(A=A, b=b)
    if A.ndim != 2 or b.ndim not in (1, 2) or b.shape[0] != A.shape[0]:
        raise ValueError(
            f"expected A of shape (m, n) and b of shape (m,) or (m, k), got {tuple(A.shape)} and {tuple(b.shape)}"
        )
    x, s = _lstsq(A, b[:, None] if b.ndim == 1 else b, rtol=rcond)
    rank = int(xp.sum(xp.astype(_counts(s, A, rcond), xp.int64)))
    m, n = A.shape
    if rank == n < m:
        residuals = xp.sum((A @ x - xp.reshape(b, (m, -1))) ** 2, axis=0)
    else:
        residuals = xp.zeros(0, dtype=A.dtype, device=device(A))
    return (x[:, 0] if b.ndim == 1 else x), residuals, rank, s


def _svd_vjp(
    A: Array, U: Array, s: Array, Vh: Array, U_bar: Array | None, s_bar: Array | None, Vh_bar: Array | None
) -> Array:
    r"""With $F_{ij} = 1 / (s_j^2 - s_i^2)$ off the diagonal, 0 on it, and $S = \mathrm{diag}(s)$:

    $\bar A = U \bigl( (F \circ (U^\top \bar U - \bar U^\top U)) S + \mathrm{diag}(\bar s)
    + S (F \circ (V^\top \bar V - \bar V^\top V)) \bigr) V^\top$, plus what of $\bar U$ lies outside the columns of
    $U$, and of $\bar V$ outside those of $V$, each divided by $s$.
    """
    xp = namespace(A)
    eye, V = identity(s[..., None, :]), Vh.mT
    inner = eye * (0.0 if s_bar is None else s_bar[..., None, :])
    F = (1 - eye) / (s[..., None, :] ** 2 - s[..., :, None] ** 2 + eye)
    A_bar = xp.zeros_like(A)
    if U_bar is not None:
        turn = U.mT @ U_bar
        inner = inner + F * (turn - turn.mT) * s[..., None, :]
        if A.shape[-2] > s.shape[-1]:
            A_bar = A_bar + ((U_bar - U @ turn) / s[..., None, :]) @ Vh
    if Vh_bar is not None:
        turn = Vh @ Vh_bar.mT
        inner = inner + s[..., :, None] * F * (turn - turn.mT)
        if A.shape[-1] > s.shape[-1]:
            A_bar = A_bar + U @ ((Vh_bar.mT - V @ turn) / s[..., None, :]).mT
    return A_bar + U @ inner @ Vh


@differentiable(_svd_vjp)
def thin_svd(A: Array) -> tuple[Array, Array, Array]:
    """The singular value decomposition without completing U and V."""
    xp, (m, n) = namespace(A), A.shape[-2:]
    if m < n:
        V, s, Uh = thin_svd(A.mT)
        return Uh.mT, s, V.mT
    largest = xp.max(xp.abs(A), axis=(-2, -1), keepdims=True)
    scale = xp.where(largest == 0, 1.0, largest)
    Q, R = householder(A / scale, columns=n)
    rows = orthogonalise_rows(xp.concat([R, xp.broadcast_to(identity(R), tuple(R.shape))], axis=-1), n)
    lengths = xp.sqrt(xp.sum(rows[..., :n] ** 2, axis=-1))
    order = xp.argsort(lengths, axis=-1, descending=True)
    rows = xp.take_along_axis(rows, xp.broadcast_to(order[..., None], tuple(rows.shape)), axis=-2)
    V, signs = householder(rows[..., :n].mT, columns=n)  # orthogonal columns: this only makes them unit, even the zeros
    V = xp.where(diagonal(signs)[..., None, :] < 0, -V, V)
    return Q @ rows[..., n:].mT, xp.take_along_axis(lengths, order, axis=-1) * scale[..., 0], V.mT


def _complement_vjp(U: Array, rest: Array, rest_bar: Array) -> Array:
    if namespace(U).any(rest_bar != 0):
        raise ValueError(
            "the loss depends on the columns that complete U or V; they are an arbitrary choice without a derivative. "
            "Use svd(A, full_matrices=False)"
        )
    return rest_bar @ rest.mT @ U  # zeros of the right shape


@differentiable(_complement_vjp)
def _complement(U: Array) -> Array:
    """Columns that complete orthonormal columns to a square orthogonal matrix."""
    return householder(U, columns=U.shape[-2])[0][..., U.shape[-1] :]


def _counts(s: Array, A: Array, rtol: float | None) -> Array:
    """Which singular values are not as good as zero."""
    if rtol is None:
        rtol = max(A.shape[-2:]) * namespace(A).finfo(A.dtype).eps
    elif not rtol >= 0:
        raise ValueError(f"expected a relative tolerance of at least 0, got {rtol}")
    return s > rtol * s[..., :1]


def _reciprocal(s: Array, A: Array, rtol: float | None) -> Array:
    xp, counts = namespace(s), _counts(s, A, rtol)
    return xp.where(counts, 1 / xp.where(counts, s, 1.0), 0.0)


def _pinv_vjp(A: Array, X: Array, X_bar: Array, *, rtol: float | None) -> Array:
    r"""With $X = A^+$,

    $\bar A = -X^\top \bar X X^\top + (I - A X) \bar X^\top X X^\top + X^\top X \bar X^\top (I - X A)$.

    Source: Golub and Pereyra (1973), SIAM Journal on Numerical Analysis 10(2).
    """
    left = X_bar.mT @ X @ X.mT
    right = X.mT @ X @ X_bar.mT
    return -X.mT @ X_bar @ X.mT + (left - A @ (X @ left)) + (right - (right @ X) @ A)


@differentiable(_pinv_vjp)
def _pinv(A: Array, *, rtol: float | None) -> Array:
    U, s, Vh = thin_svd(A)
    return (Vh.mT * _reciprocal(s, A, rtol)[..., None, :]) @ U.mT


def _lstsq_vjp(
    A: Array, b: Array, x: Array, s: Array, x_bar: Array | None, s_bar: Array | None, *, rtol: float | None
) -> tuple[Array, Array]:
    r"""From $x = A^+ b$, with $y = A^{+\top} \bar x$:

    $\bar b = y$ and $\bar A = -y x^\top + (b - A x)(A^+ y)^\top + (A^{+\top} x)(\bar x - A^\top y)^\top$.
    """
    xp = namespace(A)
    x_bar = xp.zeros_like(x) if x_bar is None else x_bar
    X = _pinv(A, rtol=rtol)
    y = X.mT @ x_bar
    A_bar = -y @ x.mT + (b - A @ x) @ (X @ y).mT + (X.mT @ x) @ (x_bar - A.mT @ y).mT
    if s_bar is not None:
        U, _, Vh = thin_svd(A)
        A_bar = A_bar + (U * s_bar) @ Vh
    return A_bar, y


@differentiable(_lstsq_vjp)
def _lstsq(A: Array, b: Array, *, rtol: float | None) -> tuple[Array, Array]:
    U, s, Vh = thin_svd(A)
    return Vh.mT @ (_reciprocal(s, A, rtol)[:, None] * (U.mT @ b)), s
