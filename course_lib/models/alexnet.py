"""AlexNet: five convolutions and three linear layers, the network that won ImageNet in 2012 and began the boom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch

from course_lib import nn
from course_lib.models.blocks import Chain, he, initialise


@dataclass(frozen=True)
class Plan:
    """The sizes of an AlexNet."""

    in_channels: int = 3
    kernels: tuple[tuple[int, int], ...] = ((64, 11), (192, 5), (384, 3), (256, 3), (256, 3))
    """How many there are in each convolution, and how large they are."""
    stride: int = 4
    """Of the first convolution."""
    pooled: tuple[int, ...] = (1, 2, 5)
    """The convolutions that max pooling follows."""
    window: int = 3
    """Rows and columns of a window of max pooling. Windows move by 2, so those of 3 overlap."""
    grid: int = 6
    """Rows and columns that the linear layers see."""
    hidden: int = 4096


class AlexNet(Chain):
    r"""AlexNet: what LeNet-5 does, larger, with ReLU, overlapping max pooling and dropout.

    $224^2 \to 55^2 \to 27^2 \to 13^2 \to 6^2$ places, and $3 \to 64 \to 192 \to 384 \to 256 \to 256$ channels. Of
    61,100,840 parameters 58.6 million are in the linear layers.

    (Krizhevsky et al., 2012: ImageNet classification with deep convolutional neural networks, figure 2; numbers of
    channels from Krizhevsky, 2014: One weird trick for parallelizing convolutional neural networks, as torchvision has
    them. The original of 2012 divided 96, 256, 384, 384 and 256 kernels between two GPUs, and normalised neighbouring
    channels.)

    Args:
        num_classes: Number of outputs, which are logits.
        dropout: How much of the inputs of the first two linear layers is dropped in training.
        plan: Sizes other than these.
        generator: Where the initial weights and the masks come from; by default torch's global generator.

    >>> with torch.device("meta"):
    ...     net = AlexNet()
    >>> sum(p.numel() for p in net.parameters())
    61100840
    """

    def __init__(
        self,
        num_classes: int = 1000,
        dropout: float = 0.5,
        *,
        plan: Plan = Plan(),
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(
            features=_features(plan, generator),
            avgpool=nn.AdaptiveAvgPool2d(plan.grid),
            flatten=nn.Flatten(),
            classifier=nn.Sequential(
                nn.Dropout(dropout, generator=generator),
                nn.Linear(plan.kernels[-1][0] * plan.grid**2, plan.hidden, generator=generator),
                nn.ReLU(),
                nn.Dropout(dropout, generator=generator),
                nn.Linear(plan.hidden, plan.hidden, generator=generator),
                nn.ReLU(),
                nn.Linear(plan.hidden, num_classes, generator=generator),
            ),
        )

    @classmethod
    def small(cls, in_channels: int = 1, num_classes: int = 10, *, generator: torch.Generator | None = None) -> Self:
        """An AlexNet for images from 4 by 4 up: eight layers too, with kernels of 3 by 3 throughout and two poolings.

        Weights start as in He et al. (2015): eight layers of ReLU without normalisation learn much sooner so.

        >>> AlexNet.small()(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
        """
        kernels = ((16, 3), (32, 3), (48, 3), (32, 3), (32, 3))
        plan = Plan(in_channels, kernels, stride=1, pooled=(1, 5), window=2, grid=2, hidden=64)
        net = cls(num_classes, dropout=0.2, plan=plan, generator=generator)
        initialise(net, nn.Conv2d, he(generator))
        initialise(net, nn.Linear, he(generator))
        return net


def _features(plan: Plan, generator: torch.Generator | None) -> nn.Sequential:
    layers: list[nn.Module] = []
    channels, stride = plan.in_channels, plan.stride
    for i, (width, size) in enumerate(plan.kernels, start=1):
        padding = 2 if size > 5 else size // 2
        layers += [nn.Conv2d(channels, width, size, stride, padding, generator=generator), nn.ReLU()]
        if i in plan.pooled:
            layers.append(nn.MaxPool2d(plan.window, 2))
        channels, stride = width, 1
    return nn.Sequential(*layers)
