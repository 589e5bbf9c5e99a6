"""Convolution written as a matrix, to look at."""

from __future__ import annotations

import math
from collections.abc import Sequence

from course_lib.arrays import Array, namespace

MODES = ("full", "same", "valid", "circular")


def toeplitz(w: Array, size: int | Sequence[int], mode: str = "full") -> Array:
    r"""The matrix that convolves: $T x = w * x$.

    $T_{ij} = w_{i - j}$, and 0 where $w$ has no such entry   (Deep Learning, section 9.1)

    Equal numbers stand along each diagonal (a Toeplitz matrix); nearly all others are 0. In "circular" mode indices
    count modulo the size (a circulant matrix). In two dimensions $x$ is an image whose rows are written one after the
    other, and the matrix is a Toeplitz matrix of blocks, each a Toeplitz matrix.

    This is convolution proper, which flips the kernel. For the cross-correlation of a convolutional layer, flip it
    first: ``toeplitz(xp.flip(w), size, "valid")``.

    Args:
        w: The kernel, with one or two dimensions.
        size: Size of the input, one number for each dimension of the kernel.
        mode: Which part of the convolution the matrix computes. "full": wherever kernel and input overlap; "same": the
            middle of that, as large as the input; "valid": where the kernel lies wholly inside; "circular": as large
            as the input, which is continued at its other end.

    Returns:
        Shape (outputs, inputs), of the kernel's kind, dtype and device.

    Raises:
        ValueError: The kernel has not one or two dimensions, does not fit, or the mode is unknown.

    >>> import numpy as np
    >>> toeplitz(np.array([1.0, 2.0]), 3)
    array([[1., 0., 0.],
           [2., 1., 0.],
           [0., 2., 1.],
           [0., 0., 2.]])
    """
    xp = namespace(w)
    sizes = (size,) if isinstance(size, int) else tuple(size)
    _check(w, sizes, mode)
    indices = []
    for axis, (n, k) in enumerate(zip(sizes, w.shape, strict=True)):
        first, count = {"full": (0, n + k - 1), "same": ((k - 1) // 2, n), "valid": (k - 1, n - k + 1)}.get(
            mode, (0, n)
        )
        i = xp.arange(first, first + count, device=w.device)
        j = xp.arange(n, device=w.device)
        difference = i[:, None] - j
        if mode == "circular":
            difference = difference % n
        outputs_then_inputs = [1] * (2 * w.ndim)
        outputs_then_inputs[axis], outputs_then_inputs[w.ndim + axis] = count, n
        indices.append(xp.reshape(difference, tuple(outputs_then_inputs)))
    inside = xp.ones((1,), dtype=xp.bool, device=w.device)
    for u, k in zip(indices, w.shape, strict=True):
        inside = inside & (u >= 0) & (u < k)
    T = w[tuple(xp.clip(u, 0, k - 1) for u, k in zip(indices, w.shape, strict=True))]
    T = xp.where(inside, T, xp.zeros_like(T))
    return xp.reshape(T, (-1, math.prod(sizes)))


def _check(w: Array, sizes: tuple[int, ...], mode: str) -> None:
    if w.ndim not in (1, 2) or len(sizes) != w.ndim:
        raise ValueError(
            f"expected a kernel with one or two dimensions and as many sizes, got {tuple(w.shape)} and {sizes}"
        )
    if mode not in MODES:
        raise ValueError(f"expected mode to be one of {MODES}, got {mode!r}")
    if min(*sizes, *w.shape) < 1:
        raise ValueError(f"expected sizes of at least 1, got a kernel of {tuple(w.shape)} and an input of {sizes}")
    if mode in ("valid", "circular") and any(k > n for n, k in zip(sizes, w.shape, strict=True)):
        raise ValueError(f"a kernel of {tuple(w.shape)} does not fit into an input of {sizes}, as mode={mode!r} needs")
