"""Layers and losses, forward and backward, against torch's own."""

from __future__ import annotations

from collections.abc import Callable

import torch

from course_lib import nn as ours
from course_lib.arrays import torch_generator

from ._measure import Case, Family

LOGITS = {
    "digits, 64 × 10": (64, 10),
    "characters, 64 · 50 × 65": (3200, 65),
    "attention, 64 × 50 × 50": (64, 50, 50),
    "pixels, 64 × 10 × 8 × 8": (64, 10, 8, 8),
}
HIDDEN = {
    "64 × 128": (64, 128),
    "64 × 16 × 8 × 8": (64, 16, 8, 8),
    "64 × 16 × 28 × 28": (64, 16, 28, 28),
}


def families() -> list[Family]:
    softmax = [layer(f"softmax, {name}", shape, "Softmax", gate=3, dim=1) for name, shape in LOGITS.items()]
    log_softmax = [layer(f"log-softmax, {name}", shape, "LogSoftmax", gate=3, dim=1) for name, shape in LOGITS.items()]
    cross = [cross_entropy(f"cross-entropy, {name}", shape, gate=3) for name, shape in LOGITS.items()]
    relu = [layer(name, shape, "ReLU", gate=3.5) for name, shape in HIDDEN.items()]
    return [
        Family("softmax and cross-entropy", softmax + log_softmax + cross, mean_gate=2),
        Family("ReLU", relu, mean_gate=2.5),
    ]


def layer(name: str, shape: tuple[int, ...], cls: str, gate: float, **options: int) -> Case:
    g = torch.randn(shape, generator=torch_generator(1))
    mine, yours = (getattr(library, cls)(**options) for library in (ours, torch.nn))
    return Case(name, forward_and_backward(mine, shape, g), forward_and_backward(yours, shape, g), gate)


def cross_entropy(name: str, shape: tuple[int, ...], gate: float) -> Case:
    y = torch.randint(shape[1], (shape[0], *shape[2:]), generator=torch_generator(1))
    mine, yours = ours.CrossEntropyLoss(), torch.nn.CrossEntropyLoss()
    one = torch.tensor(1.0)
    return Case(
        name,
        forward_and_backward(lambda x: mine(x, y), shape, one),
        forward_and_backward(lambda x: yours(x, y), shape, one),
        gate,
    )


def forward_and_backward(
    f: Callable[[torch.Tensor], torch.Tensor], shape: tuple[int, ...], g: torch.Tensor
) -> Callable[[], list[torch.Tensor | None]]:
    """A function that returns the output and the gradient of the input."""
    x = torch.randn(shape, generator=torch_generator(0)).requires_grad_()

    def run() -> list[torch.Tensor | None]:
        x.grad = None
        y = f(x)
        y.backward(g)
        return [y, x.grad]

    return run
