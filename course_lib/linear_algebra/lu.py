"""LU factorisation, and what it gives: the solution of a system, the inverse, the determinant."""

from __future__ import annotations

import numpy as np
from array_api_compat import device

from course_lib.arrays import Array, namespace

from ._checks import check_square, check_system
from ._differentiable import differentiable
from ._parts import BLOCK, diagonal, identity
from .singular_values import thin_svd
from .triangular import for_columns, substitute


def lu_factor(A: Array) -> tuple[Array, Array]:
    r"""Factor a square matrix into triangles, $P A = L U$, with row swaps for stability.

    This is Gaussian elimination that keeps its multipliers: $L$ (ones on its diagonal) holds them, $U$ is what
    elimination leaves, $P$ swaps rows so that every multiplier is at most 1 in size.

    Args:
        A: Square matrix, shape (..., n, n).

    Returns:
        ``lu``, shape (..., n, n), with $U$ in its upper triangle and $L$ without its ones below; and ``piv``, shape
        (..., n), integers: in step i, row i was swapped with row ``piv[i]``. A singular matrix has such factors too,
        with a zero on the diagonal of $U$.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not square, nothing inside, NaN or infinity.

    Source: Golub and Van Loan, Matrix Computations, sections 3.2 to 3.4.

    >>> lu, piv = lu_factor(np.array([[1.0, 2.0], [4.0, 4.0]]))
    >>> lu
    array([[4.  , 4.  ],
           [0.25, 1.  ]])
    >>> piv
    array([1, 1])
    """
    check_square(A)
    return _lu(A)


def lu_solve(lu_and_piv: tuple[Array, Array], b: Array) -> Array:
    r"""Solve $A x = b$ with the factors of $A$: $L y = P b$, then $U x = y$.

    Factoring costs $\tfrac23 n^3$ operations, each solution after that only $2 n^2$.

    Args:
        lu_and_piv: What :func:`lu_factor` returned.
        b: Right-hand side, shape (n,), or several as columns, (..., n, k).

    Returns:
        x, of the shape of ``b`` (with the leading axes of both broadcast).

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Wrong shapes, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: The factored matrix was singular.

    Source: Golub and Van Loan, Matrix Computations, section 3.4.

    >>> factors = lu_factor(np.array([[1.0, 2.0], [4.0, 4.0]]))
    >>> lu_solve(factors, np.array([5.0, 12.0]))
    array([1., 2.])
    """
    lu, piv = lu_and_piv
    check_system(lu, b)
    namespace(lu, piv)
    if piv.shape != lu.shape[:-1]:
        raise ValueError(f"expected piv of shape {tuple(lu.shape[:-1])} from lu_factor, got {tuple(piv.shape)}")
    _refuse_singular(lu)
    return for_columns(lambda columns: _solve_factored(lu, piv, columns), b)


def solve(A: Array, b: Array) -> Array:
    r"""Solve the linear system $A x = b$ by LU factorisation with partial pivoting.

    Args:
        A: Square matrix, shape (..., n, n).
        b: Right-hand side, shape (n,), or several as columns, (..., n, k). As in NumPy 2, only a one-dimensional ``b``
            is a vector.

    Returns:
        x, of the shape of ``b`` (with the leading axes of both broadcast).

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Wrong shapes, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: ``A`` is singular.

    Source: Deep Learning, section 2.3.

    >>> A = np.array([[1.0, 3.0, -2.0], [3.0, 5.0, 6.0], [2.0, 4.0, 3.0]])
    >>> solve(A, np.array([5.0, 7.0, 8.0])).round(9)
    array([-15.,   8.,   2.])
    """
    check_system(A, b)
    return for_columns(lambda columns: _solve(A, columns), b)


def inv(A: Array) -> Array:
    r"""The inverse, $A^{-1} A = I$: the solution of $A X = I$.

    To solve a system, use :func:`solve`: it needs a third of the work and loses fewer digits.

    Args:
        A: Square matrix, shape (..., n, n).

    Returns:
        The inverse, same shape.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not square, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: ``A`` is singular.

    Source: Deep Learning, section 2.3.

    >>> inv(np.array([[2.0, 0.0], [0.0, 4.0]]))
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    check_square(A)
    return _solve(A, identity(A))


def det(A: Array) -> Array:
    r"""The determinant: by how much the matrix scales volumes, negative if it mirrors.

    $\det A = \pm \prod_i U_{ii}$ with the factors $P A = L U$: a triangle's determinant is the product of its diagonal,
    and every row swap in $P$ changes the sign.

    Args:
        A: Square matrix, shape (..., n, n).

    Returns:
        Shape (...). A matrix that is singular in exact arithmetic may give a tiny number instead of 0.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not square, nothing inside, NaN or infinity.

    Source: Deep Learning, section 2.11.

    >>> det(np.array([[2.0, 1.0], [1.0, 2.0]]))
    np.float64(3.0)
    """
    check_square(A)
    return _det(A)


def det_by_cofactors(A: Array) -> Array:
    r"""The determinant by its definition: expand along the first row.

    $\det A = \sum_j (-1)^{j} A_{0j} \det M_{0j}$, where the minor $M_{0j}$ is $A$ without row 0 and column j.

    The definition costs more than $n!$ multiplications, :func:`det` only $\tfrac23 n^3$. At a billion a second, n = 20
    takes the definition 77 years and elimination five microseconds.

    Args:
        A: One square matrix, shape (n, n), n at most 9.

    Returns:
        A scalar.

    Raises:
        TypeError: Not a float32 or float64 array.
        ValueError: Not square, n above 9, nothing inside, NaN or infinity.

    Source: Strang, Introduction to Linear Algebra, section 5.2.

    >>> det_by_cofactors(np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.float64(-2.0)
    """
    check_square(A)
    if A.ndim != 2 or A.shape[0] > 9:
        raise ValueError(
            f"expected one matrix of at most 9 rows, got shape {tuple(A.shape)}: "
            "the expansion costs n! multiplications; use det(A)"
        )
    return _expand(A)


def _expand(A: Array) -> Array:
    if A.shape[0] == 1:
        return A[0, 0]
    xp = namespace(A)
    minors = (xp.concat([A[1:, :j], A[1:, j + 1 :]], axis=1) for j in range(A.shape[0]))
    return sum((-1) ** j * A[0, j] * _expand(minor) for j, minor in enumerate(minors))


def _lu_vjp(A: Array, lu: Array, piv: Array, lu_bar: Array, _: None) -> Array:
    r"""$P \bar A = L^{-\top} \bigl(\mathrm{tril}_{-1}(L^\top \bar L) + \mathrm{triu}(\bar U U^\top)\bigr) U^{-\top}$.

    $\mathrm{tril}_{-1}$ keeps what is below the diagonal, $\mathrm{triu}$ the rest.
    """
    xp = namespace(A)
    L, U = _triangles(lu)
    inner = xp.tril(L.mT @ xp.tril(lu_bar, k=-1), k=-1) + xp.triu(xp.triu(lu_bar) @ U.mT)
    right = substitute(U, inner.mT, lower=False).mT
    return _take_rows(substitute(L.mT, right, lower=False), xp.argsort(_row_order(piv), axis=-1))


@differentiable(_lu_vjp)
def _lu(A: Array) -> tuple[Array, Array]:
    """A column of L, then a row of U, each from those before it; block by block the rest is brought up to date."""
    xp, n = namespace(A), A.shape[-1]
    lu = xp.reshape(xp.astype(A, A.dtype, copy=True), (-1, n, n))
    stack = xp.arange(lu.shape[0], device=device(A))
    piv = xp.zeros((lu.shape[0], n), dtype=xp.int64, device=device(A))
    for k in range(0, n, BLOCK):
        e = min(k + BLOCK, n)
        for j in range(k, e):
            lu[:, j:, j] -= (lu[:, j:, k:j] @ lu[:, k:j, j, None])[..., 0]
            piv[:, j] = p = j + xp.argmax(xp.abs(lu[:, j:, j]), axis=-1)
            lu[stack, j], lu[stack, p] = lu[stack, p], lu[stack, j]
            lu[:, j, j + 1 :] -= (lu[:, j, None, k:j] @ lu[:, k:j, j + 1 :])[:, 0]
            pivot = lu[:, j, j, None]
            lu[:, j + 1 :, j] /= pivot + (pivot == 0)  # a zero pivot has only zeros below it
        lu[:, e:, e:] -= lu[:, e:, k:e] @ lu[:, k:e, e:]
    return xp.reshape(lu, tuple(A.shape)), xp.reshape(piv, tuple(A.shape[:-1]))


def _triangles(lu: Array) -> tuple[Array, Array]:
    xp = namespace(lu)
    return xp.tril(lu, k=-1) + identity(lu), xp.triu(lu)


def _row_order(piv: Array) -> Array:
    """Which row of A comes where after all swaps: ``A[order] = L @ U``."""
    xp, n = namespace(piv), piv.shape[-1]
    orders = []
    for swaps in xp.reshape(piv, (-1, n)).tolist():
        order = list(range(n))
        for i, p in enumerate(swaps):
            order[i], order[p] = order[p], order[i]
        orders.append(order)
    return xp.reshape(xp.asarray(orders, device=device(piv)), tuple(piv.shape))


def _take_rows(b: Array, order: Array) -> Array:
    """``b[order]`` for every matrix of a stack."""
    xp = namespace(b)
    batch = np.broadcast_shapes(b.shape[:-2], order.shape[:-1])
    b = xp.broadcast_to(b, (*batch, *b.shape[-2:]))
    order = xp.broadcast_to(order[..., None], tuple(b.shape))
    return xp.take_along_axis(b, order, axis=-2)


def _solve_factored(lu: Array, piv: Array, b: Array) -> Array:
    L, U = _triangles(lu)
    y = substitute(L, _take_rows(b, _row_order(piv)), lower=True)
    return substitute(U, y, lower=False)


def _refuse_singular(lu: Array) -> None:
    if namespace(lu).any(diagonal(lu) == 0):
        raise np.linalg.LinAlgError(
            "A is singular: its columns are linearly dependent, so there is no solution or more than one. "
            "lstsq(A, b) gives the best one"
        )


def _solve_vjp(A: Array, b: Array, x: Array, x_bar: Array) -> tuple[Array, Array]:
    r"""$\bar b = A^{-\top} \bar x$ and $\bar A = -\bar b x^\top$."""
    b_bar = _solve(A.mT, x_bar)
    return -b_bar @ x.mT, b_bar


@differentiable(_solve_vjp)
def _solve(A: Array, b: Array) -> Array:
    lu, piv = _lu(A)
    _refuse_singular(lu)
    return _solve_factored(lu, piv, b)


def _det_vjp(A: Array, d: Array, d_bar: Array) -> Array:
    r"""$\bar A = \bar d \, \mathrm{cof}(A)$: the derivative of the determinant is the matrix of cofactors."""
    xp = namespace(A)
    cofactors = _cofactors(A) if xp.any(d == 0) else d[..., None, None] * _solve(A, identity(A)).mT
    return d_bar[..., None, None] * cofactors


@differentiable(_det_vjp)
def _det(A: Array) -> Array:
    xp = namespace(A)
    lu, piv = _lu(A)
    swaps = xp.sum(xp.astype(piv != xp.arange(A.shape[-1], device=device(A)), xp.int64), axis=-1)
    product = xp.prod(diagonal(lu), axis=-1)
    return xp.where(swaps % 2 == 1, -product, product)[()]


def _cofactors(A: Array) -> Array:
    r"""$\det(U) \det(V) \; U \, \mathrm{diag}\bigl(\prod_{j \ne i} s_j\bigr) V^\top$, for singular matrices too."""
    xp = namespace(A)
    U, s, Vh = thin_svd(A)
    others = xp.prod(xp.where(identity(A) == 1, 1.0, s[..., None, :]), axis=-1)
    return (_det(U) * _det(Vh))[..., None, None] * (U * others[..., None, :]) @ Vh
