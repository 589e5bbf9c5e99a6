"""Random numbers beside the data they are for."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from course_lib.arrays import Array, Generator, is_torch


def source(x: Array, generator: Generator | None) -> Any:
    """The generator to draw from for an array: the one given, else a fresh one for NumPy and torch's global one.

    Raises:
        TypeError: The one given is no generator of the array's kind.
    """
    if generator is None:
        return torch.default_generator if is_torch(x) else np.random.default_rng()
    kind = torch.Generator if is_torch(x) else np.random.Generator
    if not isinstance(generator, kind):
        fitting = "torch_generator(seed)" if is_torch(x) else "np.random.default_rng(seed)"
        raise TypeError(f"expected generator={fitting}, of the data's kind, got {type(generator).__name__}")
    return generator


def beside(x: Array, values: Array) -> Array:
    """Draws brought to the device of the array they are for."""
    return values.to(x.device) if is_torch(x) else values
