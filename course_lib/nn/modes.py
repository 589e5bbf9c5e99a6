"""Training and evaluation mode for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor
from torch.nn import Module

Model = Module | Callable[[Any], Tensor]
"""A network, or a function that computes what a network would."""


@contextmanager
def mode(model: Model, training: bool) -> Iterator[None]:
    """Training or evaluation mode inside a ``with`` block; afterwards every layer is in the mode it was in.

    A function has no mode.

    >>> from torch.nn import Dropout
    >>> layer = Dropout()
    >>> with mode(layer, training=False):
    ...     layer.training
    False
    >>> layer.training
    True
    """
    if not isinstance(model, Module):
        yield
        return
    before = [(module, module.training) for module in model.modules()]
    model.train(training)
    try:
        yield
    finally:
        for module, was_training in before:
            module.training = was_training
