"""DenseNet: every layer of a block sees what all layers before it have found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Self

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.blocks import Chain, choose, he, initialise, stem


def dense_layer(channels: int, growth: int, generator: torch.Generator | None) -> Chain:
    """Batch normalisation, ReLU and convolution, twice: to 4k channels in each place, then to k from 3 by 3 places."""
    conv = partial(nn.Conv2d, bias=False, generator=generator)
    return Chain(
        norm1=nn.BatchNorm2d(channels),
        relu1=nn.ReLU(),
        conv1=conv(channels, 4 * growth, 1),
        norm2=nn.BatchNorm2d(4 * growth),
        relu2=nn.ReLU(),
        conv2=conv(4 * growth, growth, 3, padding=1),
    )


class DenseBlock(nn.Module):
    r"""$x_i = H_i([x_0, x_1, \dots, x_{i-1}])$ for $i = 1, \dots, n$; out comes $[x_0, \dots, x_n]$   (eq. 2).

    Args:
        n: How many layers there are.
        channels: Channels of $x_0$.
        growth: Channels of every other $x_i$, the growth rate $k$.
        generator: Where the initial weights come from.

    >>> DenseBlock(n=6, channels=64, growth=32)(torch.zeros(1, 64, 5, 5)).shape
    torch.Size([1, 256, 5, 5])
    """

    def __init__(self, n: int, channels: int, growth: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        for i in range(n):
            self.add_module(f"denselayer{i + 1}", dense_layer(channels + i * growth, growth, generator))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, channels, H, W) to (N, channels + n * growth, H, W)."""
        for H in self.children():
            x = torch.cat([x, H(x)], dim=1)
        return x


def transition(channels: int, generator: torch.Generator | None) -> Chain:
    """Between two blocks: half as many channels, and half as many rows and columns."""
    return Chain(
        norm=nn.BatchNorm2d(channels),
        relu=nn.ReLU(),
        conv=nn.Conv2d(channels, channels // 2, 1, bias=False, generator=generator),
        pool=nn.AvgPool2d(2),
    )


@dataclass(frozen=True)
class Plan:
    """A column of table 1."""

    layers: tuple[int, ...]
    """How many, for each block."""
    growth: int = 32
    """How many channels each layer adds."""
    first: int = 64
    """Channels in front of the first block."""
    in_channels: int = 3
    large_images: bool = True
    """Whether the stem halves the image twice."""


TABLE_1 = {
    121: Plan((6, 12, 24, 16)),
    161: Plan((6, 12, 36, 24), growth=48, first=96),
    169: Plan((6, 12, 32, 32)),
    201: Plan((6, 12, 48, 32)),
}
"""The paper's columns. Its DenseNet-161 is in the text, as the one with k = 48."""


class DenseNet(Chain):
    """DenseNet-BC, of 121, 161, 169 or 201 layers with weights.

    A stem, four dense blocks with transitions between them, the mean over all places, one linear layer. Nothing has to
    be found twice, so a layer can do with few channels, and the network with few parameters.

    (Huang et al., 2017: Densely connected convolutional networks, table 1; convolutions start as in He et al., 2015)

    Args:
        depth: 121, 161, 169 or 201; or a plan of your own.
        num_classes: Number of outputs, which are logits.
        generator: Where the initial weights come from; by default torch's global generator.

    Raises:
        ValueError: There is no DenseNet of that depth.

    >>> with torch.device("meta"):
    ...     net = DenseNet(121)
    >>> sum(p.numel() for p in net.parameters())
    7978856
    """

    def __init__(
        self, depth: int | Plan = 121, num_classes: int = 1000, *, generator: torch.Generator | None = None
    ) -> None:
        plan = choose(depth, TABLE_1)
        features, channels = _features(plan, generator)
        super().__init__(
            features=features,
            relu=nn.ReLU(),
            avgpool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            classifier=nn.Linear(channels, num_classes, generator=generator),
        )
        initialise(self, nn.Conv2d, he(generator))
        nn.init.zeros_(self.classifier.bias)  # type: ignore[arg-type, union-attr]

    @classmethod
    def small(cls, in_channels: int = 1, num_classes: int = 10, *, generator: torch.Generator | None = None) -> Self:
        """A DenseNet of 16 layers for images from 4 by 4 up: three blocks of two, each layer adding 12 channels.

        >>> DenseNet.small()(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
        """
        plan = Plan((2, 2, 2), growth=12, first=24, in_channels=in_channels, large_images=False)
        return cls(plan, num_classes, generator=generator)


def _features(plan: Plan, generator: torch.Generator | None) -> tuple[Chain, int]:
    """Stem, blocks and transitions, and how many channels come out."""
    first = stem(plan.in_channels, plan.first, large_images=plan.large_images, generator=generator)
    layers = dict(zip(("conv0", "norm0", "relu0", "pool0"), first, strict=True))
    channels = plan.first
    for i, n in enumerate(plan.layers, start=1):
        if i > 1:
            layers[f"transition{i - 1}"] = transition(channels, generator)
            channels //= 2
        layers[f"denseblock{i}"] = DenseBlock(n, channels, plan.growth, generator=generator)
        channels += n * plan.growth
    return Chain(**layers, norm5=nn.BatchNorm2d(channels)), channels
