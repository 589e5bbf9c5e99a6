"""Tokens as vectors, without learning: one-hot, bags of words, and the hashing trick."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from array_api_compat import device

from course_lib.arrays import Array, is_torch, namespace


def one_hot(indices: Array, num_classes: int) -> Array:
    r"""Vectors with a single 1: $x_j = 1$ where $j$ is the index, else 0.

    Args:
        indices: Whole numbers from 0 to ``num_classes`` − 1, any shape.
        num_classes: How many entries each vector has.

    Returns:
        Shape (..., num_classes); float64 for NumPy, torch's default dtype for torch.

    Raises:
        TypeError: The indices are not whole numbers.
        ValueError: One is negative or too large.

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    xp = namespace(indices)
    _check_indices(indices, num_classes)
    hits = indices[..., None] == xp.arange(num_classes, device=device(indices))
    return hits.to(xp.get_default_dtype()) if is_torch(hits) else hits.astype(np.float64)


def bag_of_words(sequences: Iterable[Any], num_tokens: int) -> Array:
    r"""How often each token occurs in each text: $x_j = \sum_t [w_t = j]$, the sum of the one-hot vectors.

    The order of the words is lost: "not good but bad" and "not bad but good" are one bag.

    Args:
        sequences: For each text the numbers of its tokens: lists, NumPy arrays, or tensors on one device.
        num_tokens: The size of the vocabulary.

    Returns:
        Shape (texts, num_tokens): float64 NumPy, or a tensor of torch's default dtype if tensors were given.

    Raises:
        TypeError: A sequence does not hold whole numbers.
        ValueError: There are no sequences, or a number is negative or too large.

    >>> bag_of_words([[2, 0, 2], [1]], 3)
    array([[1., 0., 2.],
           [0., 1., 0.]])
    """
    texts = [text if is_torch(text) else np.asarray(text, dtype=None if len(text) else np.int64) for text in sequences]
    if not texts:
        raise ValueError("expected at least one sequence, got none")
    xp = namespace(*texts)
    for text in texts:
        _check_indices(text, num_tokens)
    counts = xp.stack([xp.bincount(text, minlength=num_tokens) for text in texts])
    return counts.to(xp.get_default_dtype()) if is_torch(counts) else counts.astype(np.float64)


def hash_tokens(tokens: Sequence[str], num_buckets: int) -> list[int]:
    r"""Numbers for tokens without a vocabulary: $h(w) \bmod m$ with a fixed hash $h$.

    Words never seen before get a number too. The price: several words share one, the more often the smaller $m$. The
    hash is CRC-32, the same in every run; Python's own ``hash`` of a string changes from run to run.

    Args:
        tokens: Words or characters.
        num_buckets: $m$, at least 1.

    Returns:
        A number from 0 to $m - 1$ for each token.

    Raises:
        ValueError: $m < 1$.

    Source: Weinberger et al. (2009), Feature hashing for large scale multitask learning.

    >>> hash_tokens(["the", "cat", "the"], 1000)
    [78, 832, 78]
    """
    if num_buckets < 1:
        raise ValueError(f"expected num_buckets to be at least 1, got {num_buckets}")
    return [zlib.crc32(token.encode()) % num_buckets for token in tokens]


def _check_indices(indices: Array, num_classes: int) -> None:
    xp = namespace(indices)
    if not xp.isdtype(indices.dtype, "integral"):
        raise TypeError(f"expected whole numbers, the numbers of tokens, got {indices.dtype}")
    if 0 in indices.shape:
        return
    least, largest = int(xp.min(indices)), int(xp.max(indices))
    if least < 0 or largest >= num_classes:
        raise ValueError(f"expected numbers from 0 to {num_classes - 1}, got {least} to {largest}")
