"""Convolution, pooling, normalisation and dropout, forward and backward, against torch's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import Module

from course_lib import nn as ours
from course_lib.arrays import torch_generator

from ._measure import Case, Family

PHOTO, MAPS, SMALL = (64, 1, 28, 28), (64, 16, 28, 28), (64, 16, 8, 8)
SEQUENCE = (64, 16, 50)
POOLS = [(MAPS, 2, 2), (MAPS, 3, 2), (SMALL, 2, 2), (SMALL, 3, 1)]


def families() -> list[Family]:
    convolution = [
        case("28 × 28, 1 → 16, 3 × 3", PHOTO, "Conv2d", 4, in_channels=1, out_channels=16, kernel_size=3, padding=1),
        case("28 × 28, 16 → 32, 3 × 3", MAPS, "Conv2d", 4, in_channels=16, out_channels=32, kernel_size=3, padding=1),
        case("8 × 8, 16 → 32, 3 × 3", SMALL, "Conv2d", 4, in_channels=16, out_channels=32, kernel_size=3, padding=1),
        case("28 × 28, 16 → 32, stride 2", MAPS, "Conv2d", 4, in_channels=16, out_channels=32, kernel_size=3, stride=2),
        case("28 × 28, 16 → 32, 5 × 5", MAPS, "Conv2d", 4, in_channels=16, out_channels=32, kernel_size=5),
        case(
            "8 × 8, 16 → 32, dilation 2", SMALL, "Conv2d", 4, in_channels=16, out_channels=32, kernel_size=3, dilation=2
        ),
        case("8 × 8, 16 → 32, 1 × 1", SMALL, "Conv2d", 4, in_channels=16, out_channels=32, kernel_size=1),
        case("8 × 8, 16 → 32, 4 groups", SMALL, "Conv2d", 4, in_channels=16, out_channels=32, kernel_size=3, groups=4),
        case("28 × 28, depthwise", MAPS, "Conv2d", 10, in_channels=16, out_channels=16, kernel_size=3, groups=16),
        case("sequence of 50, 16 → 32, 5", SEQUENCE, "Conv1d", 4, in_channels=16, out_channels=32, kernel_size=5),
    ]
    transposed = [
        case("8 × 8, 16 → 32, 4 × 4, stride 2", SMALL, "ConvTranspose2d", 4,
             in_channels=16, out_channels=32, kernel_size=4, stride=2, padding=1),
        case("8 × 8, 16 → 16, 3 × 3", SMALL, "ConvTranspose2d", 4, in_channels=16, out_channels=16, kernel_size=3),
        case("28 × 28, 16 → 1, 3 × 3", MAPS, "ConvTranspose2d", 4,
             in_channels=16, out_channels=1, kernel_size=3, padding=1),
    ]  # fmt: skip
    batch_norm = [
        case("64 × 128", (64, 128), "BatchNorm1d", 4, num_features=128),
        case("64 × 16 × 8 × 8", SMALL, "BatchNorm2d", 4, num_features=16),
        case("64 × 16 × 28 × 28", MAPS, "BatchNorm2d", 4, num_features=16),
    ]
    layer_norm = [
        case("64 × 128", (64, 128), "LayerNorm", 6, normalized_shape=128),
        case("64 × 1024", (64, 1024), "LayerNorm", 6, normalized_shape=1024),
        case("64 · 50 × 128", (64, 50, 128), "LayerNorm", 6, normalized_shape=128),
    ]
    dropout = [dropped("64 × 128", (64, 128)), dropped("64 × 1024", (64, 1024)), dropped("64 × 16 × 28 × 28", MAPS)]
    return [
        Family("convolution", convolution, mean_gate=2.5),
        Family("transposed convolution", transposed, mean_gate=3),
        Family("max pooling", pools("MaxPool2d", 3.5), mean_gate=2.2),
        Family("average pooling", pools("AvgPool2d", 2), mean_gate=1.2),
        Family("L² pooling", pools("LPPool2d", 2.5, norm_type=2), mean_gate=1.5),
        Family("batch normalisation", batch_norm, mean_gate=3),
        Family("layer normalisation", layer_norm, mean_gate=4),
        Family("dropout", dropout, mean_gate=0.8),
    ]


def case(name: str, shape: tuple[int, ...], cls: str, gate: float, **options: Any) -> Case:
    mine, yours = (getattr(library, cls)(**options) for library in (ours, torch.nn))
    mine.load_state_dict(yours.state_dict())
    return Case(name, forward_and_backward(mine, shape), forward_and_backward(yours, shape), gate)


def pools(cls: str, gate: float, **options: Any) -> list[Case]:
    return [
        case(f"{shape[1]} × {shape[2]} × {shape[3]}, {k} × {k}, stride {s}", shape, cls, gate,
             kernel_size=k, stride=s, **options)
        for shape, k, s in POOLS
    ]  # fmt: skip


def dropped(name: str, shape: tuple[int, ...]) -> Case:
    """Each side draws masks of its own, so ones go in, and the largest numbers come back: what is kept is doubled."""
    x, g = torch.ones(shape).requires_grad_(), torch.ones(shape)

    def largest(layer: Module) -> Callable[[], list[torch.Tensor]]:
        def run() -> list[torch.Tensor]:
            x.grad = None
            y = layer(x)
            y.backward(g)
            assert x.grad is not None
            return [y.amax(), x.grad.amax()]

        return run

    return Case(name, largest(ours.Dropout()), largest(torch.nn.Dropout()), gate=1)


def forward_and_backward(layer: Module, shape: tuple[int, ...]) -> Callable[[], list[torch.Tensor | None]]:
    """A function that returns the output and the gradients of the input and the parameters."""
    x = torch.randn(shape, generator=torch_generator(0)).requires_grad_()
    with torch.no_grad():
        g = torch.randn(layer(x).shape, generator=torch_generator(1))
    variables = [x, *layer.parameters()]

    def run() -> list[torch.Tensor | None]:
        for variable in variables:
            variable.grad = None
        y = layer(x)
        y.backward(g)
        return [y, *[variable.grad for variable in variables]]

    return run
