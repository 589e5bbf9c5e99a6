"""Sequences of different lengths in one array: padding, and the mask that remembers what is real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from array_api_compat import device

from course_lib.arrays import Array, is_torch, namespace, pad

SIDES = ("left", "right")


def pad_sequences(
    sequences: Sequence[Any],
    *,
    length: int | None = None,
    value: float = 0,
    side: str = "right",
    truncate: str = "right",
) -> Array:
    """Put sequences into the rows of one array: fill up those that are too short, cut those that are too long.

    Args:
        sequences: Lists, NumPy arrays, or tensors on one device; each of shape (steps, ...).
        length: Steps of every row; by default as many as the longest sequence has.
        value: What fills the rows up.
        side: Where it goes, ``"left"`` or ``"right"``.
        truncate: Where too long sequences lose their steps, ``"left"`` or ``"right"``.

    Returns:
        Shape (sequences, length, ...): a tensor if tensors were given, else NumPy.

    Raises:
        ValueError: There are no sequences, the length is negative, a side has another name, or rows of whole numbers
            are to be filled with a fraction.

    >>> pad_sequences([[5, 6], [7, 8, 9]])
    array([[5, 6, 0],
           [7, 8, 9]])
    >>> pad_sequences([[5], [7, 8, 9]], length=2, side="left", truncate="left")
    array([[0, 5],
           [8, 9]])
    """
    if side not in SIDES or truncate not in SIDES:
        raise ValueError(f'expected sides "left" or "right", got side={side!r} and truncate={truncate!r}')
    rows = [_row(sequence) for sequence in sequences]
    if not rows:
        raise ValueError("expected at least one sequence, got none")
    length = max(len(row) for row in rows) if length is None else length
    if length < 0:
        raise ValueError(f"expected a length of at least 0, got {length}")
    xp = namespace(*rows)
    if not float(value).is_integer() and any(xp.isdtype(row.dtype, "integral") for row in rows):
        raise ValueError(f"expected a whole number as value, since rows hold whole numbers, got {value}")
    return xp.stack([_fill(_cut(row, length, truncate), length, value, side) for row in rows])


def padding_mask(lengths: Any, length: int | None = None) -> Array:
    r"""What is real and what is padding: $m_{it} = [t < \ell_i]$, for rows padded on the right.

    A mean over the real steps alone is ``(x * mask).sum(1) / mask.sum(1)``. For rows padded on the left, flip the
    mask along its last axis.

    Args:
        lengths: The real lengths, shape (rows,): a list, NumPy array or tensor.
        length: Steps of a padded row; by default the largest real length.

    Returns:
        Booleans of shape (rows, length); a tensor if a tensor was given, else NumPy.

    Raises:
        ValueError: There are no rows, or a row is longer than ``length`` or negative.

    >>> padding_mask([1, 3]).astype(int)
    array([[1, 0, 0],
           [1, 1, 1]])
    """
    lengths = lengths if is_torch(lengths) else np.asarray(lengths)
    xp = namespace(lengths)
    if lengths.ndim != 1 or lengths.shape[0] == 0:
        raise ValueError(f"expected one length for each row, shape (rows,), got shape {tuple(lengths.shape)}")
    longest = int(xp.max(lengths))
    length = longest if length is None else length
    if longest > length or int(xp.min(lengths)) < 0:
        raise ValueError(f"expected lengths from 0 to {length}, got {int(xp.min(lengths))} to {longest}")
    return xp.arange(length, device=device(lengths)) < lengths[:, None]


def _row(sequence: Any) -> Array:
    if is_torch(sequence):
        return sequence
    return np.asarray(sequence, dtype=None if len(sequence) else np.int64)  # an empty list would be float64


def _cut(row: Array, length: int, truncate: str) -> Array:
    return row[:length] if truncate == "right" else row[max(len(row) - length, 0) :]


def _fill(row: Array, length: int, value: float, side: str) -> Array:
    missing = length - len(row)
    ends = (0, missing) if side == "right" else (missing, 0)
    return pad(row, [ends, *[(0, 0)] * (row.ndim - 1)], value)
