"""Gaussian elimination as it is done by hand: the same result as ``solve``, but every step can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from types import ModuleType
from typing import NamedTuple

import numpy as np
from array_api_compat import device

from course_lib.arrays import Array, namespace

from ._checks import check_single, check_system


class Step(NamedTuple):
    """One step of an elimination."""

    description: str
    """What was done, such as ``R2 ← R2 − 3 R1``."""
    matrix: Array
    """The augmented matrix after it, shape (n, n + k)."""
    rows: tuple[int, ...] = ()
    """The rows that changed, counted from 0."""
    pivot: tuple[int, int] | None = None
    """Where the pivot stood before the step."""


def gaussian_elimination(A: Array, b: Array, *, pivot: bool = True) -> Array:
    r"""Solve $A x = b$ by Gaussian elimination and back-substitution.

    Column by column, subtract from every row i below the diagonal the multiple $M_{ik} / M_{kk}$ of row k, so that
    zeros appear under $M_{kk}$, the pivot. Then find the unknowns from the last one up. About $\tfrac23 n^3$
    multiplications and additions.

    Args:
        A: One square matrix, shape (n, n).
        b: Right-hand side, shape (n,), or several as columns, (n, k).
        pivot: Whether to swap rows so that the largest entry of the column becomes the pivot. Without it a tiny pivot
            ruins the answer and a zero pivot ends it.

    Returns:
        x, of the shape of ``b``.

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Wrong shapes, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: ``A`` is singular, or a pivot is zero.

    Source: Golub and Van Loan, Matrix Computations, sections 3.2 and 3.4.

    >>> A = np.array([[0.0, 2.0], [1.0, 1.0]])
    >>> gaussian_elimination(A, np.array([4.0, 5.0]))
    array([3., 2.])
    """
    xp, M = _augmented(A, b)
    n = A.shape[0]
    rows = xp.arange(n, device=device(A))[:, None]
    for k in range(n):
        M = _swapped(M, k, _pivot_row(M, k, pivot))
        multipliers = xp.where(rows > k, M[:, k : k + 1] / M[k, k], 0.0)
        M = M - multipliers * M[k]
    x = _back_substitution(M[:, :n], M[:, n:])
    return x[:, 0] if b.ndim == 1 else x


def elimination_steps(A: Array, b: Array, *, pivot: bool = True) -> Iterator[Step]:
    """Solve a system as in a textbook, and show every step down to the reduced form.

    Forward, for each column: swap rows if asked to, divide the pivot's row by the pivot, subtract multiples of it from
    the rows below. Then backward: subtract multiples from the rows above. What would change nothing is left out.

    Args:
        A: One square matrix, shape (n, n).
        b: Right-hand side, shape (n,), or several as columns, (n, k).
        pivot: Whether to swap rows so that the largest entry of the column becomes the pivot.

    Yields:
        The steps, beginning with the augmented matrix as it is given and ending with the identity beside the solution.

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Wrong shapes, nothing inside, NaN or infinity.
        numpy.linalg.LinAlgError: ``A`` is singular, or a pivot is zero. It comes when elimination gets there, after the
            steps that could be made.

    Source: Strang, Introduction to Linear Algebra, section 2.2.

    >>> for step in elimination_steps(np.array([[2.0, 4.0], [3.0, 5.0]]), np.array([6.0, 7.0]), pivot=False):
    ...     print(f"{step.description:14}", step.matrix.tolist())
    the system     [[2.0, 4.0, 6.0], [3.0, 5.0, 7.0]]
    R1 ← R1 / 2    [[1.0, 2.0, 3.0], [3.0, 5.0, 7.0]]
    R2 ← R2 − 3 R1 [[1.0, 2.0, 3.0], [0.0, -1.0, -2.0]]
    R2 ← R2 / (−1) [[1.0, 2.0, 3.0], [0.0, 1.0, 2.0]]
    R1 ← R1 − 2 R2 [[1.0, 0.0, -1.0], [0.0, 1.0, 2.0]]
    """
    _, M = _augmented(A, b)
    return _steps(M, A.shape[0], pivot)


def _steps(M: Array, n: int, pivot: bool) -> Iterator[Step]:
    step = Step("the system", M)
    yield step
    for k in range(n):
        p = _pivot_row(step.matrix, k, pivot)
        if p != k:
            yield (step := _swap(step.matrix, k, p))
        pivot_entry = step.matrix[k, k].item()
        if pivot_entry != 1:
            step = _divide_by_pivot(step.matrix, k)
            if abs(pivot_entry - 1) > 1e-12:  # else it was 1 but for rounding: nothing that a reader would do
                yield step
        for i in range(k + 1, n):
            if step.matrix[i, k] != 0:
                yield (step := _subtract_multiple(step.matrix, i, k))
    for k in reversed(range(n)):
        for i in reversed(range(k)):
            if step.matrix[i, k] != 0:
                yield (step := _subtract_multiple(step.matrix, i, k))


def _augmented(A: Array, b: Array) -> tuple[ModuleType, Array]:
    """The namespace, and the matrix with the right-hand sides beside it, [A | b]."""
    xp = check_system(A, b)
    check_single(A)
    if b.ndim > 2:
        raise ValueError(f"expected b of shape (n,) or (n, k), got {tuple(b.shape)}")
    return xp, xp.concat([A, xp.reshape(b, (A.shape[0], -1))], axis=1)


def _pivot_row(M: Array, k: int, pivot: bool) -> int:
    """The row, k or below, whose entry in column k becomes the pivot."""
    xp = namespace(M)
    p = k + int(xp.argmax(xp.abs(M[k:, k]))) if pivot else k
    if M[p, k] == 0:
        reason = (
            f"A is singular: nothing is left in column {k + 1} to be a pivot"
            if pivot
            else f"the pivot in row {k + 1} is zero; with pivot=True a row is swapped in if one has a better entry"
        )
        raise np.linalg.LinAlgError(reason)
    return p


def _swapped(M: Array, k: int, p: int) -> Array:
    order = list(range(M.shape[0]))
    order[k], order[p] = order[p], order[k]
    return M[order]


def _back_substitution(U: Array, c: Array) -> Array:
    r"""$x_k = \bigl(c_k - \sum_{j > k} U_{kj} x_j\bigr) / U_{kk}$: each unknown, once known, leaves the other rows."""
    xp, x = namespace(U), []
    for k in reversed(range(U.shape[0])):
        x_k = c[k] / U[k, k]
        c = c - U[:, k : k + 1] * x_k
        x.append(x_k)
    return xp.stack(x[::-1])


def _swap(M: Array, k: int, p: int) -> Step:
    return Step(f"R{k + 1} ↔ R{p + 1}", _swapped(M, k, p), rows=(k, p), pivot=(p, k))


def _divide_by_pivot(M: Array, k: int) -> Step:
    number = fraction_text(M[k, k].item())
    divisor = number if number.isdigit() else f"({number})"
    return Step(f"R{k + 1} ← R{k + 1} / {divisor}", _with_row(M, k, M[k] / M[k, k]), rows=(k,), pivot=(k, k))


def _subtract_multiple(M: Array, i: int, k: int) -> Step:
    multiple = M[i, k].item()
    sign = "−" if multiple > 0 else "+"
    factor = "" if abs(multiple) == 1 else fraction_text(abs(multiple)) + " "
    description = f"R{i + 1} ← R{i + 1} {sign} {factor}R{k + 1}"
    return Step(description, _with_row(M, i, M[i] - M[i, k] * M[k]), rows=(i,), pivot=(k, k))


def _with_row(M: Array, i: int, row: Array) -> Array:
    """A copy of M with another row i, and in it 0 for what came out as -0."""
    return namespace(M).concat([M[:i], row[None] + 0.0, M[i + 1 :]])


def fraction_text(x: float) -> str:
    """A number as a fraction where it is as good as one, else with four digits.

    >>> fraction_text(-5 / 3), fraction_text(2.0), fraction_text(2**0.5)
    ('−5/3', '2', '1.414')
    """
    fraction = Fraction(x).limit_denominator(999)
    text = str(fraction) if abs(fraction - x) < 1e-9 else f"{x:.4g}"
    return text.replace("-", "−")
