"""AlexNet: five convolutions and three linear layers, the network that won ImageNet in 2012 and began the boom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch

from course_lib import nn
from course_lib.models.blocks import Chain


@dataclass(frozen=True)
class Plan:
    """The sizes of an AlexNet."""

    in_channels: int = 3
    first_kernel: int = 11
    first_stride: int = 4
    widths: tuple[int, int, int, int, int] = (64, 192, 384, 256, 256)
    """Kernels of the five convolutions."""
    pooling: int = 3
    """Size of the windows of max pooling, which move by 2: at 3 they overlap."""
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
                nn.Linear(plan.widths[-1] * plan.grid**2, plan.hidden, generator=generator),
                nn.ReLU(),
                nn.Dropout(dropout, generator=generator),
                nn.Linear(plan.hidden, plan.hidden, generator=generator),
                nn.ReLU(),
                nn.Linear(plan.hidden, num_classes, generator=generator),
            ),
        )

    @classmethod
    def small(cls, in_channels: int = 1, num_classes: int = 10, *, generator: torch.Generator | None = None) -> Self:
        """An AlexNet for images from 8 by 8 up: eight layers too, with kernels of 3 by 3 throughout and fewer of them.

        >>> AlexNet.small()(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
        """
        plan = Plan(in_channels, 3, 1, (16, 32, 64, 48, 48), pooling=2, grid=1, hidden=128)
        return cls(num_classes, dropout=0.2, plan=plan, generator=generator)


def _features(plan: Plan, generator: torch.Generator | None) -> nn.Sequential:
    a, b, c, d, e = plan.widths
    first, second = plan.first_kernel, min(5, plan.first_kernel)
    return nn.Sequential(
        nn.Conv2d(plan.in_channels, a, first, plan.first_stride, padding=min(2, first // 2), generator=generator),
        nn.ReLU(),
        nn.MaxPool2d(plan.pooling, 2),
        nn.Conv2d(a, b, second, padding=second // 2, generator=generator),
        nn.ReLU(),
        nn.MaxPool2d(plan.pooling, 2),
        nn.Conv2d(b, c, 3, padding=1, generator=generator),
        nn.ReLU(),
        nn.Conv2d(c, d, 3, padding=1, generator=generator),
        nn.ReLU(),
        nn.Conv2d(d, e, 3, padding=1, generator=generator),
        nn.ReLU(),
        nn.MaxPool2d(plan.pooling, 2),
    )
