"""Small words of matrix algebra that the Array API has no function for."""

from __future__ import annotations

from array_api_compat import device

from course_lib.arrays import Array, namespace

BLOCK = 32
"""Columns that a factorisation handles one by one before it turns to whole matrix products, which are fast."""


def identity(A: Array) -> Array:
    """The identity matrix with as many rows as ``A`` has columns, of its kind, dtype and device."""
    return namespace(A).eye(A.shape[-1], dtype=A.dtype, device=device(A))


def diagonal(A: Array) -> Array:
    """The diagonal of a square matrix, or of each matrix in a stack: (..., n, n) to (..., n)."""
    i = namespace(A).arange(A.shape[-1], device=device(A))
    return A[..., i, i]


def symmetric_part(A: Array) -> Array:
    r"""The nearest symmetric matrix, $(A + A^\top) / 2$."""
    return (A + A.mT) / 2
