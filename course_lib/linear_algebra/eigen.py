"""Eigenvalues and eigenvectors: all of a symmetric matrix, or the largest one of any."""

from __future__ import annotations

import numpy as np

from course_lib.arrays import Array, Generator, is_torch, namespace, standard_normal, torch_generator

from ._checks import check_single, check_square, check_symmetric
from ._differentiable import differentiable
from ._parts import diagonal, identity, symmetric_part
from .jacobi import orthogonalise_rows


def eigh(A: Array) -> tuple[Array, Array]:
    r"""Eigendecomposition of a symmetric matrix, $A = Q \, \mathrm{diag}(w) \, Q^\top$.

    If all eigenvalues are positive, this is the singular value decomposition, with $U = V = Q$. A shift makes them
    positive and leaves the eigenvectors: $A + \sigma I = Q \, \mathrm{diag}(w + \sigma) \, Q^\top$. So Jacobi's
    rotations make the rows of $A + \sigma I$ orthogonal. Their directions are the eigenvectors, and
    $w_i = q_i^\top A q_i$.

    Args:
        A: Symmetric matrix, shape (..., n, n).

    Returns:
        ``w``, shape (..., n), ascending, and ``Q``, shape (..., n, n), whose columns are orthonormal eigenvectors. The
        sign of each column is arbitrary. Gradients through ``Q`` need distinct eigenvalues: they are not finite where
        two coincide.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not symmetric, nothing inside, NaN or infinity.

    Source: Deep Learning, section 2.7; Golub and Van Loan, Matrix Computations, section 8.5.

    >>> w, Q = eigh(np.array([[2.0, 1.0], [1.0, 2.0]]))
    >>> w
    array([1., 3.])
    """
    check_symmetric(A)
    return _eigh(symmetric_part(A))


def power_iteration(
    A: Array, *, generator: Generator | None = None, tol: float | None = None, max_iter: int = 10_000
) -> tuple[Array, Array]:
    r"""The eigenvalue of largest size and its eigenvector, by multiplying with the matrix again and again.

    $v \leftarrow A v / \lVert A v \rVert$. Every multiplication favours the eigenvector whose eigenvalue is largest in
    size, by the factor $|\lambda_1 / \lambda_2|$. The eigenvalue is then $v^\top A v$, whatever its sign.

    Args:
        A: One square matrix, shape (n, n), symmetric or not.
        generator: Draws the random start, so that it is not orthogonal to the eigenvector; by default a fresh one.
        tol: Stop when $\lVert A v - \lambda v \rVert \le$ ``tol`` $\cdot |\lambda|$; by default 100 machine epsilons.
        max_iter: Give up after so many multiplications.

    Returns:
        The eigenvalue, a scalar, and the eigenvector, shape (n,), of length 1, its largest entry positive.

    Raises:
        TypeError: Not a float32 or float64 array, or a generator of the other kind.
        ValueError: Not one square matrix, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: No convergence: no eigenvalue is larger in size than all others, or hardly so.

    Source: Golub and Van Loan, Matrix Computations, section 7.3.

    >>> value, vector = power_iteration(np.array([[0.0, 1.0], [1.0, -1.5]]))
    >>> print(round(float(value), 9))
    -2.0
    """
    xp = check_square(A)
    check_single(A)
    v = _random_start(A, generator)
    tol = 100 * xp.finfo(A.dtype).eps if tol is None else tol
    largest = xp.max(xp.abs(A))
    scale = xp.where(largest == 0, 1.0, largest)
    unit = A / scale  # so that no square overflows
    for _ in range(max_iter):
        v = v / _length(v)
        Av = unit @ v
        eigenvalue = v @ Av
        if _length(Av - eigenvalue * v) <= tol * xp.abs(eigenvalue):
            return eigenvalue * scale, v * xp.sign(v[xp.argmax(xp.abs(v))])
        v = Av
    raise np.linalg.LinAlgError(
        f"power iteration did not converge in {max_iter} steps: the two largest eigenvalues may be equal in size "
        "(such as 1 and -1, or a complex pair) or nearly so; try more steps or a larger tol"
    )


def characteristic_polynomial(A: Array) -> Array:
    r"""The coefficients of $\det(\lambda I - A)$, whose roots are the eigenvalues.

    By Faddeev and LeVerrier: $M_0 = 0$, $c_n = 1$, then $M_k = A M_{k-1} + c_{n-k+1} I$ and
    $c_{n-k} = -\tfrac1k \mathrm{tr}(A M_k)$.

    The coefficients lose digits fast as n grows, and the roots lose more: no library finds eigenvalues this way.

    Args:
        A: Square matrix, shape (..., n, n).

    Returns:
        Shape (..., n + 1), highest power first, as ``np.poly``.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not square, nothing inside, NaN or infinity.

    Source: Gantmacher, The Theory of Matrices, chapter IV, section 5.

    >>> characteristic_polynomial(np.array([[2.0, 1.0], [1.0, 2.0]]))
    array([ 1., -4.,  3.])
    """
    xp = check_square(A)
    M, c = xp.zeros_like(A), xp.ones_like(A[..., 0, 0])
    coefficients = [c]
    for k in range(1, A.shape[-1] + 1):
        M = A @ M + c[..., None, None] * identity(A)
        c = -xp.sum(diagonal(A @ M), axis=-1) / k
        coefficients.append(c)
    return xp.stack(coefficients, axis=-1)


def _length(v: Array) -> Array:
    return namespace(v).sqrt(v @ v)


def _random_start(A: Array, generator: Generator | None) -> Array:
    if generator is None:
        fresh = np.random.default_rng()
        generator = torch_generator(int(fresh.integers(2**63)), A.device) if is_torch(A) else fresh
    start = standard_normal((A.shape[0],), generator)
    return namespace(A, start).astype(start, A.dtype)


def _eigh_vjp(A: Array, w: Array, Q: Array, w_bar: Array | None, Q_bar: Array | None) -> Array:
    r"""$\bar A = \mathrm{sym}\bigl(Q (\mathrm{diag}(\bar w) + F \circ (Q^\top \bar Q)) Q^\top\bigr)$.

    $F_{ij} = 1 / (w_j - w_i)$ off the diagonal and 0 on it.
    """
    eye = identity(A)
    inner = eye * (0.0 if w_bar is None else w_bar[..., None, :])
    if Q_bar is not None:
        F = (1 - eye) / (w[..., None, :] - w[..., :, None] + eye)
        inner = inner + F * (Q.mT @ Q_bar)
    return symmetric_part(Q @ inner @ Q.mT)


@differentiable(_eigh_vjp)
def _eigh(A: Array) -> tuple[Array, Array]:
    xp = namespace(A)
    bound = xp.max(xp.sum(xp.abs(A), axis=-1), axis=-1)[..., None, None]  # no eigenvalue is larger in size
    shift = xp.where(bound == 0, 1.0, 2 * bound)
    rows = orthogonalise_rows(A / shift + identity(A), A.shape[-1])
    Q = (rows / xp.sqrt(xp.sum(rows**2, axis=-1))[..., None]).mT
    w = xp.sum(Q * (A @ Q), axis=-2)
    order = xp.argsort(w, axis=-1)
    Q = xp.take_along_axis(Q, xp.broadcast_to(order[..., None, :], tuple(Q.shape)), axis=-1)
    return xp.take_along_axis(w, order, axis=-1), Q
