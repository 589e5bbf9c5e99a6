"""Semantic hashing: codes of few bits, so that what is alike lies at nearby addresses."""

from __future__ import annotations

import torch
from torch import Tensor

from course_lib.arrays import Array, namespace
from course_lib.models.autoencoder import EncoderDecoder
from course_lib.nn.modes import mode


def binary_codes(model: EncoderDecoder, x: Tensor, threshold: float = 0.5) -> Tensor:
    r"""The code of each sample, rounded to bits.

    A sigmoid code is nearly binary if noise before the sigmoid punishes everything in between:
    ``code=lambda: nn.Sequential(nn.GaussianNoise(4.0), nn.Sigmoid())``
    (Salakhutdinov and Hinton, 2009, Semantic hashing; Deep Learning, section 14.9)

    Args:
        model: Has ``encode``. Used in evaluation mode, then in the mode it was in.
        x: Inputs, shape (n, ...).
        threshold: Above it a unit counts as 1.

    Returns:
        Bits, shape (n, code size), bool.

    >>> from course_lib.models import Autoencoder
    >>> binary_codes(Autoencoder([3, 2]), torch.zeros(4, 3), threshold=-9.0)[0]
    tensor([True, True])
    """
    with mode(model, training=False), torch.no_grad():
        return model.encode(x) > threshold


def hamming_distances(a: Array, b: Array) -> Array:
    """In how many bits every code of one set differs from every code of another.

    Args:
        a: Bits, shape (n, k), bool.
        b: Bits, shape (m, k), bool, of the same kind.

    Returns:
        Whole numbers from 0 to k, shape (n, m).

    Raises:
        TypeError: The bits are not of dtype bool, or kinds are mixed.
        ValueError: The codes are not two matrices with equally many bits.

    >>> import numpy as np
    >>> hamming_distances(np.array([[True, False]]), np.array([[True, False], [False, True]]))
    array([[0, 2]])
    """
    xp = namespace(a, b)
    for bits in (a, b):
        if bits.dtype != xp.bool:
            raise TypeError(f"expected bits of dtype bool, got {bits.dtype}; binary_codes makes them")
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ValueError(f"expected codes (n, k) and (m, k), got {tuple(a.shape)} and {tuple(b.shape)}")
    return xp.sum(xp.astype(a[:, None] != b[None], xp.int64), axis=-1)
