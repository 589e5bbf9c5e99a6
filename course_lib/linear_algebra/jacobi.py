"""Jacobi's rotations: the engine under the singular value and the eigenvalue decomposition."""

from __future__ import annotations

import numpy as np
from array_api_compat import device

from course_lib.arrays import Array, namespace

from ._parts import diagonal, identity

MAX_SWEEPS = 60


def orthogonalise_rows(G: Array, n: int) -> Array:
    r"""Rotate pairs of rows until every two of them are orthogonal in their first n entries.

    A rotation of two rows keeps the sum of their squared lengths and can make them orthogonal. It spoils other pairs a
    little, but sweep after sweep less is left to do, and towards the end every sweep squares what is left. Pairs
    without a common row turn at once: a round treats all rows in pairs, and a sweep is a tournament in which everyone
    meets everyone.

    Args:
        G: Rows, shape (..., r, w); entries after the n-th turn along.
        n: How many entries count.

    Returns:
        The rotated rows, same shape.

    Raises:
        numpy.linalg.LinAlgError: No end after 60 sweeps. Ten are usual.

    Source: Golub and Van Loan, Matrix Computations, sections 8.5 and 8.6.
    """
    xp, (r, w) = namespace(G), G.shape[-2:]
    if r % 2:
        G = xp.concat([G, xp.zeros_like(G[..., :1, :])], axis=-2)  # someone to meet for the odd one: a row of zeros
    players = G.shape[-2]
    seats = xp.asarray(_next_round(players), device=device(G))
    tolerance = 4 * n**0.5 * xp.finfo(G.dtype).eps
    for _ in range(MAX_SWEEPS):
        if _orthogonal(G[..., :n], 2 * tolerance):
            return G[..., :r, :]
        for _ in range(players - 1):
            pairs = xp.reshape(G, (*G.shape[:-2], players // 2, 2, w))
            counted = pairs[..., :n]
            turned = _rotations(counted @ counted.mT, tolerance) @ pairs
            G = xp.take(xp.reshape(turned, tuple(G.shape)), seats, axis=-2)
    raise np.linalg.LinAlgError(f"Jacobi's rotations did not converge in {MAX_SWEEPS} sweeps")


def _rotations(gram: Array, tolerance: float) -> Array:
    r"""For each pair of rows the rotation that makes them orthogonal.

    Their Gram matrix is $\begin{pmatrix} a & c \\ c & b \end{pmatrix}$. The rotation by $\theta$ with
    $\tan 2\theta = 2c / (a - b)$, at most 45 degrees, makes it diagonal. Pairs that are orthogonal to rounding stay.
    """
    xp = namespace(gram)
    a, b, c = gram[..., 0, 0], gram[..., 1, 1], gram[..., 0, 1]
    c = xp.where(xp.abs(c) <= tolerance * xp.sqrt(a) * xp.sqrt(b), 0.0, c)
    theta = xp.atan2(xp.where(a < b, -2 * c, 2 * c), xp.abs(a - b)) / 2
    cos, sin = xp.cos(theta), xp.sin(theta)
    return xp.reshape(xp.stack([cos, sin, -sin, cos], axis=-1), tuple(gram.shape))


def _orthogonal(rows: Array, tolerance: float) -> bool:
    xp = namespace(rows)
    gram = xp.abs(rows @ rows.mT)
    smallest = xp.finfo(rows.dtype).smallest_normal ** 0.5  # below it, squares are rounded to nothing
    lengths = xp.maximum(xp.sqrt(diagonal(gram)), xp.asarray(smallest, dtype=rows.dtype, device=device(rows)))
    limit = tolerance * lengths[..., :, None] * lengths[..., None, :]
    return bool(xp.all((gram <= limit) | (identity(gram) == 1)))


def _next_round(players: int) -> list[int]:
    """Who sits where in the next round, neighbours being opponents: one stays, the others move on around the table."""
    fixed, *ring = [*range(0, players, 2), *reversed(range(1, players, 2))]
    table = [fixed, ring[-1], *ring[:-1]]
    half = players // 2
    return [seat for pair in zip(table[:half], reversed(table[half:]), strict=True) for seat in pair]
