"""How far apart two subspaces are."""

from __future__ import annotations

from course_lib.arrays import Array, namespace

from ._checks import check_arrays, check_single
from .orthogonal import qr
from .singular_values import svd


def subspace_angles(A: Array, B: Array) -> Array:
    r"""The principal angles between the subspaces that the columns of two matrices span, in radians.

    The smallest is the least angle between a direction of one and a direction of the other. The next is the same among
    the directions orthogonal to that pair, and so on: the largest is 0 only if one subspace lies in the other.

    With orthonormal bases $Q_A$ and $Q_B$ the cosines are the singular values of $Q_A^\top Q_B$, the sines those of
    $Q_B - Q_A Q_A^\top Q_B$. A cosine near 1 hardly tells an angle, nor does a sine near 1: half the digits are lost.
    $\theta_i = \mathrm{atan2}(\sin \theta_i, \cos \theta_i)$ is right to rounding everywhere.

    Args:
        A: Matrix, shape (m, k). Columns that depend on others add nothing.
        B: Matrix, shape (m, l).

    Returns:
        As in SciPy, the angles from large to small: as many as the smaller subspace has dimensions.

    Raises:
        TypeError: Not float arrays of one kind and precision.
        ValueError: Not two matrices with equally many rows, a matrix of zeros, nothing inside, NaN or infinity.

    Source: Björck and Golub (1973), Numerical methods for computing angles between linear subspaces; Knyazev and
    Argentati (2002) for the sines.

    >>> import numpy as np
    >>> plane, line = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), np.array([[1.0], [0.0], [1.0]])
    >>> np.rad2deg(subspace_angles(plane, line)).round(9)
    array([45.])
    """
    xp = check_arrays(A=A, B=B)
    for M in (A, B):
        check_single(M)
    if A.shape[0] != B.shape[0]:
        raise ValueError(f"expected equally many rows, got shapes {tuple(A.shape)} and {tuple(B.shape)}")
    small, large = sorted((_basis(A), _basis(B)), key=lambda Q: Q.shape[1])
    overlap = large.mT @ small
    cosines = svd(overlap, full_matrices=False)[1]
    sines = svd(small - large @ overlap, full_matrices=False)[1]
    return xp.atan2(sines, xp.flip(cosines))


def _basis(A: Array) -> Array:
    """Orthonormal columns that span what the columns of A span."""
    U, s, _ = svd(A, full_matrices=False)
    if s[0] == 0:
        raise ValueError("a matrix of zeros spans no subspace, so there are no angles to it")
    rank = int(namespace(A).sum(s > max(A.shape) * namespace(A).finfo(A.dtype).eps * s[0]))
    return qr(A)[0] if rank == A.shape[1] else U[:, :rank]  # unlike U, Q has a derivative where values of s are equal
