"""Training and evaluation mode, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

Model = torch.nn.Module | Callable[[Any], torch.Tensor]


@contextmanager
def mode(model: Model, training: bool) -> Iterator[None]:
    """Training or evaluation mode inside a ``with`` block; afterwards every layer is in the mode it was in.

    A function has no mode.
    """
    modules = list(model.modules()) if isinstance(model, torch.nn.Module) else []
    before = [module.training for module in modules]
    for module in modules:
        module.training = training
    try:
        yield
    finally:
        for module, was_training in zip(modules, before, strict=True):
            module.training = was_training
