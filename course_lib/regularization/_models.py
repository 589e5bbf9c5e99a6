"""What penalties and attacks on a network need: its mode, and inputs that can be differentiated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

Model = torch.nn.Module | Callable[[Any], torch.Tensor]
"""A network, or a function that computes what a network would."""


@contextmanager
def mode(model: Model, training: bool) -> Iterator[None]:
    """Training or evaluation mode inside a ``with`` block; afterwards every layer is in the mode it was in.

    A function has no mode.
    """
    if not isinstance(model, torch.nn.Module):
        yield
        return
    before = [(module, module.training) for module in model.modules()]
    model.train(training)
    try:
        yield
    finally:
        for module, was_training in before:
            module.training = was_training


def require_inputs(x: object) -> None:
    """Refuse inputs that no gradient can reach.

    Raises:
        TypeError: ``x`` is no torch tensor, or not of a floating dtype.
    """
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"expected x as a torch tensor, got {type(x).__name__}; torch.as_tensor(x) makes one")
    if not x.is_floating_point():
        raise TypeError(f"expected x of a floating dtype, got {x.dtype}; convert it with x.float()")
