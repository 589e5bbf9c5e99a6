"""GoogLeNet: blocks that look at an image through windows of several sizes at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self, TypeAlias

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.blocks import Chain, initialise


def basic_conv(in_channels: int, channels: int, kernel_size: int, generator: Any, **options: Any) -> Chain:
    """Convolution, batch normalisation and ReLU; the normalisation is younger than the paper."""
    return Chain(
        conv=nn.Conv2d(in_channels, channels, kernel_size, bias=False, generator=generator, **options),
        bn=nn.BatchNorm2d(channels, eps=0.001),
        relu=nn.ReLU(),
    )


Widths: TypeAlias = tuple[int, tuple[int, int], tuple[int, int], int]
"""Kernels of an inception block: 1 by 1; 3 by 3, behind those before them; 5 by 5, likewise; behind the pooling."""


class Inception(nn.Module):
    """Four branches side by side, their channels one after another (figure 2b).

    Convolutions of 1 by 1 come first and make the channels few, so that the larger kernels cost little. The branch of
    5 by 5 has kernels of 3 by 3, as in torchvision, whose weights were learned so.

    Args:
        in_channels: Channels of the input.
        widths: How many kernels each convolution has.
        generator: Where the initial weights come from.

    >>> Inception(192, (64, (96, 128), (16, 32), 32))(torch.zeros(1, 192, 7, 7)).shape
    torch.Size([1, 256, 7, 7])
    """

    def __init__(self, in_channels: int, widths: Widths, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        conv = partial(basic_conv, generator=generator)
        ones, (before3, threes), (before5, fives), pooled = widths
        self.branch1 = conv(in_channels, ones, 1)
        self.branch2 = nn.Sequential(conv(in_channels, before3, 1), conv(before3, threes, 3, padding=1))
        self.branch3 = nn.Sequential(conv(in_channels, before5, 1), conv(before5, fives, 3, padding=1))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, padding=1), conv(in_channels, pooled, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, in_channels, H, W) to (N, sum of the branches' channels, H, W)."""
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], dim=1)


TABLE_1: dict[str, Widths | int] = {
    "inception3a": (64, (96, 128), (16, 32), 32),
    "inception3b": (128, (128, 192), (32, 96), 64),
    "maxpool3": 3,
    "inception4a": (192, (96, 208), (16, 48), 64),
    "inception4b": (160, (112, 224), (24, 64), 64),
    "inception4c": (128, (128, 256), (24, 64), 64),
    "inception4d": (112, (144, 288), (32, 64), 64),
    "inception4e": (256, (160, 320), (32, 128), 128),
    "maxpool4": 2,
    "inception5a": (256, (160, 320), (32, 128), 128),
    "inception5b": (384, (192, 384), (48, 128), 128),
}
"""The rows behind the stem: an inception block's numbers of kernels, or the window of max pooling."""

ROWS_SMALL: dict[str, Widths | int] = {
    "inception3a": (8, (8, 16), (4, 8), 8),
    "maxpool3": 2,
    "inception4a": (16, (16, 32), (4, 16), 16),
}


@dataclass(frozen=True)
class Plan:
    """What depends on the size of the images."""

    rows: Mapping[str, Widths | int] = field(default_factory=lambda: TABLE_1)
    """Names and sizes of what follows the stem."""
    in_channels: int = 3
    large_images: bool = True
    """Whether the stem halves the image three times."""


class GoogLeNet(Chain):
    """GoogLeNet, also called Inception v1: 22 layers with weights, counted along the deepest branches.

    A stem, nine inception blocks, the mean over all places, one linear layer. It has a ninth of AlexNet's parameters.

    (Szegedy et al., 2015: Going deeper with convolutions, table 1. The two auxiliary classifiers, which only help in
    training, are left out. Batch normalisation, the pooling in front of 5a and the initial weights, N(0, 0.01²), are
    torchvision's.)

    Args:
        num_classes: Number of outputs, which are logits.
        dropout: How much of the inputs of the linear layer is dropped in training.
        plan: Sizes other than these.
        generator: Where the initial weights and the masks come from; by default torch's global generator.

    >>> with torch.device("meta"):
    ...     net = GoogLeNet()
    >>> sum(p.numel() for p in net.parameters())
    6624904
    """

    def __init__(
        self,
        num_classes: int = 1000,
        dropout: float = 0.2,
        *,
        plan: Plan = Plan(),
        generator: torch.Generator | None = None,
    ) -> None:
        first, channels = _stem(plan, generator)
        blocks, channels = _blocks(plan, channels, generator)
        super().__init__(
            **first,
            **blocks,
            avgpool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            dropout=nn.Dropout(dropout, generator=generator),
            fc=nn.Linear(channels, num_classes, generator=generator),
        )
        for kind in (nn.Conv2d, nn.Linear):
            initialise(self, kind, partial(nn.init.normal_, std=0.01, generator=generator))

    @classmethod
    def small(cls, in_channels: int = 1, num_classes: int = 10, *, generator: torch.Generator | None = None) -> Self:
        """A GoogLeNet of 6 layers for images of any size: a convolution, and two inception blocks with pooling between.

        >>> GoogLeNet.small()(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
        """
        return cls(num_classes, plan=Plan(ROWS_SMALL, in_channels, large_images=False), generator=generator)


def _stem(plan: Plan, generator: torch.Generator | None) -> tuple[dict[str, nn.Module], int]:
    """What comes before the first inception block, and how many channels it hands on."""
    conv = partial(basic_conv, generator=generator)
    if not plan.large_images:
        return {"conv1": conv(plan.in_channels, 16, 3, padding=1)}, 16
    return {
        "conv1": conv(plan.in_channels, 64, 7, stride=2, padding=3),
        "maxpool1": nn.MaxPool2d(3, 2, ceil_mode=True),
        "conv2": conv(64, 64, 1),
        "conv3": conv(64, 192, 3, padding=1),
        "maxpool2": nn.MaxPool2d(3, 2, ceil_mode=True),
    }, 192


def _blocks(plan: Plan, channels: int, generator: torch.Generator | None) -> tuple[dict[str, nn.Module], int]:
    """The inception blocks with the poolings between them, and how many channels the last one hands on."""
    layers: dict[str, nn.Module] = {}
    for name, row in plan.rows.items():
        if isinstance(row, int):
            layers[name] = nn.MaxPool2d(row, 2, ceil_mode=True)
        else:
            layers[name] = Inception(channels, row, generator=generator)
            ones, (_, threes), (_, fives), pooled = row
            channels = ones + threes + fives + pooled
    return layers, channels
