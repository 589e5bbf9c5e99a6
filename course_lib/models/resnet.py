"""ResNet: blocks that compute what to add to their input, so that a hundred layers can be trained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Self

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.blocks import Chain, choose, he, initialise, stem


class _Block(nn.Module):
    r"""$y = \mathrm{ReLU}(F(x) + x)$, or without a skip connection $y = \mathrm{ReLU}(F(x))$   (eq. 1).

    Where F changes the shape, $x$ is brought to it by a convolution of 1 by 1, the $W_s$ of eq. 2.
    """

    expansion: int
    """How many times the channels inside of F there are behind it."""
    relu: nn.Module
    downsample: nn.Module | None
    """What brings x to the shape of F(x); None without a skip connection."""

    def residual(self, x: Tensor) -> Tensor:
        """F(x)."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, in_channels, H, W) to (N, expansion * channels, H / stride, W / stride)."""
        y = self.residual(x)
        return self.relu(y if self.downsample is None else y + self.downsample(x))


def shortcut(in_channels: int, out_channels: int, stride: int, generator: torch.Generator | None) -> nn.Module:
    """Nothing where the shape stays; else a convolution of 1 by 1 and batch normalisation."""
    if (stride, in_channels) == (1, out_channels):
        return nn.Identity()
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False, generator=generator),
        nn.BatchNorm2d(out_channels),
    )


class BasicBlock(_Block):
    """Two convolutions of 3 by 3 (figure 5, left).

    Args:
        in_channels: Channels of x.
        channels: Kernels of both convolutions.
        stride: Of the first one.
        skip: Whether x is added.
        generator: Where the initial weights come from.
    """

    expansion = 1

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        *,
        skip: bool = True,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        conv = partial(nn.Conv2d, bias=False, generator=generator)
        self.conv1 = conv(in_channels, channels, 3, stride, padding=1)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = conv(channels, channels, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.downsample = shortcut(in_channels, channels, stride, generator) if skip else None

    def residual(self, x: Tensor) -> Tensor:
        """F(x)."""
        y = self.relu(self.bn1(self.conv1(x)))
        return self.bn2(self.conv2(y))


class Bottleneck(_Block):
    """Down to fewer channels, a convolution of 3 by 3 there, and up again (figure 5, right).

    The stride is that of the middle convolution, as in torchvision. In the paper it is that of the first one, which
    then does not see three quarters of its input.

    Args:
        in_channels: Channels of x.
        channels: Kernels of the first two convolutions; the third has four times as many.
        stride: Of the second one.
        skip: Whether x is added.
        generator: Where the initial weights come from.
    """

    expansion = 4

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        *,
        skip: bool = True,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        conv = partial(nn.Conv2d, bias=False, generator=generator)
        self.conv1 = conv(in_channels, channels, 1)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = conv(channels, channels, 3, stride, padding=1)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = conv(channels, 4 * channels, 1)
        self.bn3 = nn.BatchNorm2d(4 * channels)
        self.relu = nn.ReLU()
        self.downsample = shortcut(in_channels, 4 * channels, stride, generator) if skip else None

    def residual(self, x: Tensor) -> Tensor:
        """F(x)."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        return self.bn3(self.conv3(y))


@dataclass(frozen=True)
class Plan:
    """A column of table 1."""

    block: type[BasicBlock] | type[Bottleneck]
    blocks: tuple[int, ...]
    """How many, for each stage."""
    widths: tuple[int, ...] = (64, 128, 256, 512)
    """Channels inside the blocks of each stage."""
    in_channels: int = 3
    large_images: bool = True
    """Whether the stem halves the image twice."""


TABLE_1 = {
    18: Plan(BasicBlock, (2, 2, 2, 2)),
    34: Plan(BasicBlock, (3, 4, 6, 3)),
    50: Plan(Bottleneck, (3, 4, 6, 3)),
    101: Plan(Bottleneck, (3, 4, 23, 3)),
    152: Plan(Bottleneck, (3, 8, 36, 3)),
}


class ResNet(Chain):
    """ResNet, of 18, 34, 50, 101 or 152 layers with weights.

    A stem, four stages of blocks, the mean over all places, one linear layer. Each stage but the first halves the image
    in its first block, and doubles the channels.

    (He et al., 2016: Deep residual learning for image recognition, table 1; weights start as in He et al., 2015:
    Delving deep into rectifiers)

    Args:
        depth: 18, 34, 50, 101 or 152; or a plan of your own.
        num_classes: Number of outputs, which are logits.
        skip: Whether there are skip connections. Without, it is the paper's plain network of the same depth (figure 3,
            middle).
        generator: Where the initial weights come from; by default torch's global generator.

    Raises:
        ValueError: There is no ResNet of that depth.

    >>> with torch.device("meta"):
    ...     net = ResNet(50)
    >>> sum(p.numel() for p in net.parameters())
    25557032
    """

    def __init__(
        self,
        depth: int | Plan = 18,
        num_classes: int = 1000,
        *,
        skip: bool = True,
        generator: torch.Generator | None = None,
    ) -> None:
        plan = choose(depth, TABLE_1)
        first = stem(plan.in_channels, plan.widths[0], large_images=plan.large_images, generator=generator)
        super().__init__(
            **dict(zip(("conv1", "bn1", "relu", "maxpool"), first, strict=True)),
            **_stages(plan, skip, generator),
            avgpool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            fc=nn.Linear(plan.block.expansion * plan.widths[-1], num_classes, generator=generator),
        )
        initialise(self, nn.Conv2d, he(generator, "fan_out"))

    @classmethod
    def small(
        cls,
        in_channels: int = 1,
        num_classes: int = 10,
        *,
        depth: int = 8,
        skip: bool = True,
        generator: torch.Generator | None = None,
    ) -> Self:
        """A ResNet for small images, as section 4.2 of the paper has it: three stages of 16, 32 and 64 channels.

        Where the channels double, the paper adds channels of zeros to x. Here it is a convolution of 1 by 1, as above.

        Args:
            in_channels: Channels of the images, which may be of any size.
            num_classes: Number of outputs.
            depth: 6n + 2 layers with weights, for n blocks a stage: 8, 14, 20, 26, and so on.
            skip: Whether there are skip connections.
            generator: Where the initial weights come from.

        Raises:
            ValueError: The depth is not 6n + 2.

        >>> ResNet.small(depth=20)(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
        """
        n, rest = divmod(depth - 2, 6)
        if n < 1 or rest:
            raise ValueError(f"expected a depth of 6n + 2, such as 8, 14 or 20, got {depth}")
        plan = Plan(BasicBlock, (n, n, n), (16, 32, 64), in_channels, large_images=False)
        return cls(plan, num_classes, skip=skip, generator=generator)


def _stages(plan: Plan, skip: bool, generator: torch.Generator | None) -> dict[str, nn.Module]:
    """Layers ``layer1``, ``layer2`` and so on."""
    stages: dict[str, nn.Module] = {}
    channels = plan.widths[0]
    for i, (n, width) in enumerate(zip(plan.blocks, plan.widths, strict=True), start=1):
        blocks = []
        for stride in [1 if i == 1 else 2] + [1] * (n - 1):
            blocks.append(plan.block(channels, width, stride, skip=skip, generator=generator))
            channels = plan.block.expansion * width
        stages[f"layer{i}"] = nn.Sequential(*blocks)
    return stages
