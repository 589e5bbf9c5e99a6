"""What the functions of this package ask of their arguments, and the words they use when it is not so."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from course_lib.arrays import Array, is_torch, namespace


def check_arrays(**arrays: Array) -> ModuleType:
    """Accept floating arrays of one kind, device and precision, without NaN or infinity; return their namespace."""
    xp = namespace(*arrays.values())
    for name, x in arrays.items():
        if x.dtype not in (xp.float32, xp.float64):
            mend = f"{name}.double()" if is_torch(x) else f"{name}.astype(np.float64)"
            raise TypeError(f"expected {name} in float32 or float64, got {x.dtype}; convert it with {mend}")
        if 0 in x.shape:
            raise ValueError(f"{name} is empty: its shape is {tuple(x.shape)}")
        finite = xp.isfinite(x)
        if not xp.all(finite):
            index = np.unravel_index(int(xp.argmin(xp.astype(xp.reshape(finite, (-1,)), xp.int8))), tuple(x.shape))
            place = tuple(int(i) for i in index)
            raise ValueError(f"expected finite numbers, but {name} holds {x[place].item()} at index {place}")
    if len({x.dtype for x in arrays.values()}) > 1:
        listed = ", ".join(f"{name} in {x.dtype}" for name, x in arrays.items())
        raise TypeError(f"expected one precision, got {listed}; convert one of them")
    return xp


def check_matrix(A: Array) -> ModuleType:
    """Accept a matrix or a stack of matrices, (..., m, n)."""
    xp = check_arrays(A=A)
    _require_matrix(A)
    return xp


def check_square(A: Array) -> ModuleType:
    """Accept a square matrix or a stack of them, (..., n, n)."""
    xp = check_arrays(A=A)
    _require_square(A)
    return xp


def check_symmetric(A: Array) -> ModuleType:
    """Accept a symmetric matrix or a stack of them; the second half of the digits may differ by rounding."""
    xp = check_square(A)
    if not xp.all(A.mT == A):
        asymmetry = xp.max(xp.abs(A - A.mT))
        if asymmetry > xp.finfo(A.dtype).eps ** 0.5 * xp.max(xp.abs(A)):
            raise ValueError(
                f"expected A to be symmetric, but A and its transpose differ by up to {asymmetry.item():.3g}; "
                "if that is rounding, pass (A + A.mT) / 2"
            )
    return xp


def check_system(A: Array, b: Array) -> ModuleType:
    """Accept a square A and right-hand sides for it: one vector (n,), or columns (..., n, k)."""
    xp = check_arrays(A=A, b=b)
    _require_square(A)
    n = A.shape[-1]
    if b.ndim == 0 or b.shape[0 if b.ndim == 1 else -2] != n:
        raise ValueError(
            f"expected b of shape ({n},) or (..., {n}, k) to go with A of shape {tuple(A.shape)}, "
            f"got shape {tuple(b.shape)}"
        )
    try:
        np.broadcast_shapes(A.shape[:-2], b.shape[:-2])
    except ValueError:
        raise ValueError(f"A of shape {tuple(A.shape)} and b of shape {tuple(b.shape)} do not broadcast") from None
    return xp


def check_single(A: Array) -> None:
    """Refuse a stack of matrices."""
    if A.ndim != 2:
        raise ValueError(f"expected one matrix, (n, n), not a stack of them, got shape {tuple(A.shape)}")


def _require_matrix(A: Array) -> None:
    if A.ndim < 2:
        raise ValueError(f"expected A to be a matrix of shape (..., m, n), got shape {tuple(A.shape)}")


def _require_square(A: Array) -> None:
    _require_matrix(A)
    if A.shape[-2] != A.shape[-1]:
        raise ValueError(f"expected A to be square, (..., n, n), got shape {tuple(A.shape)}")
