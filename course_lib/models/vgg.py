"""VGG: nothing but convolutions of 3 by 3, stacked deep, and pooling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Self

import torch

from course_lib import nn
from course_lib.models.blocks import Chain, choose, he, initialise


@dataclass(frozen=True)
class Plan:
    """A column of table 1."""

    stages: tuple[tuple[int, ...], ...]
    """For each stage, which ends with max pooling, how many kernels its convolutions have."""
    in_channels: int = 3
    grid: int = 7
    """Rows and columns that the linear layers see."""
    hidden: int = 4096


TABLE_1 = {
    11: Plan(((64,), (128,), (256,) * 2, (512,) * 2, (512,) * 2)),
    13: Plan(((64,) * 2, (128,) * 2, (256,) * 2, (512,) * 2, (512,) * 2)),
    16: Plan(((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3)),
    19: Plan(((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4)),
}
"""Columns A, B, D and E, by the number of layers with weights."""


class VGG(Chain):
    """VGG, of 11, 13, 16 or 19 layers with weights.

    Two convolutions of 3 by 3 see as far as one of 5 by 5, three as far as one of 7 by 7, with fewer weights and more
    nonlinearities. Each stage halves the image and, up to 512, doubles the channels.

    (Simonyan and Zisserman, 2015: Very deep convolutional networks for large-scale image recognition, table 1; weights
    start as torchvision's: He et al. for convolutions, N(0, 0.01²) for linear layers)

    Args:
        depth: 11, 13, 16 or 19; or a plan of your own.
        num_classes: Number of outputs, which are logits.
        dropout: How much of the hidden linear layers is dropped in training.
        batch_norm: Whether batch normalisation, younger than the paper, follows every convolution.
        generator: Where the initial weights and the masks come from; by default torch's global generator.

    Raises:
        ValueError: There is no VGG of that depth.

    >>> with torch.device("meta"):
    ...     net = VGG(16)
    >>> sum(p.numel() for p in net.parameters())
    138357544
    """

    def __init__(
        self,
        depth: int | Plan = 16,
        num_classes: int = 1000,
        dropout: float = 0.5,
        batch_norm: bool = False,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        plan = choose(depth, TABLE_1)
        linear = partial(nn.Linear, generator=generator)
        super().__init__(
            features=_features(plan, batch_norm, generator),
            avgpool=nn.AdaptiveAvgPool2d(plan.grid),
            flatten=nn.Flatten(),
            classifier=nn.Sequential(
                linear(plan.stages[-1][-1] * plan.grid**2, plan.hidden),
                nn.ReLU(),
                nn.Dropout(dropout, generator=generator),
                linear(plan.hidden, plan.hidden),
                nn.ReLU(),
                nn.Dropout(dropout, generator=generator),
                linear(plan.hidden, num_classes),
            ),
        )
        initialise(self, nn.Conv2d, he(generator, "fan_out"))
        initialise(self, nn.Linear, partial(nn.init.normal_, std=0.01, generator=generator))

    @classmethod
    def small(cls, in_channels: int = 1, num_classes: int = 10, *, generator: torch.Generator | None = None) -> Self:
        """A VGG of 7 layers, with batch normalisation, for images from 4 by 4 up.

        Its linear layers are narrow, so that weights of N(0, 0.01²) would let little through: they start as in He et
        al. (2015).

        >>> VGG.small()(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
        """
        plan = Plan(((16, 16), (32, 32)), in_channels, grid=2, hidden=64)
        net = cls(plan, num_classes, dropout=0.2, batch_norm=True, generator=generator)
        initialise(net, nn.Linear, he(generator))
        return net


def _features(plan: Plan, batch_norm: bool, generator: torch.Generator | None) -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = plan.in_channels
    for stage in plan.stages:
        for width in stage:
            layers.append(nn.Conv2d(channels, width, 3, padding=1, generator=generator))
            layers += [nn.BatchNorm2d(width), nn.ReLU()] if batch_norm else [nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)
