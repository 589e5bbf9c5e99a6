"""LeNet-5, which read the cheques of a bank: convolution and pooling, twice, then a small MLP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch

from course_lib import nn
from course_lib.models.blocks import Chain


@dataclass(frozen=True)
class Plan:
    """What depends on the size of the images."""

    in_channels: int = 1
    kernel_size: int = 5
    padding: tuple[int, int] = (2, 0)
    """Of c1 and of c3."""
    window: tuple[int, int] = (2, 2)
    """Rows and columns of which s2 and s4 take means; at 1, the images stay as they are."""
    grid: int = 5
    """Rows and columns behind s4."""


class LeNet5(Chain):
    r"""LeNet-5, with the paper's names for its layers: C convolves, S subsamples, F is fully connected.

    | layer | output | parameters |
    | --- | --- | --- |
    | c1: 6 kernels of 5 by 5 | 6 × 28 × 28 | 156 |
    | s2: means of 2 by 2 | 6 × 14 × 14 | |
    | c3: 16 kernels of 5 by 5 | 16 × 10 × 10 | 2,416 |
    | s4: means of 2 by 2 | 16 × 5 × 5 | |
    | c5: 120 kernels of 5 by 5 | 120 | 48,120 |
    | f6 | 84 | 10,164 |
    | output | 10 | 850 |

    61,706 together.   (LeCun et al., 1998: Gradient-based learning applied to document recognition, figure 2)

    The original puts digits of 28 by 28 on paper of 32 by 32. Here the padding of c1 is that paper, so images are 28 by
    28. The kernels of c5 cover all of s4: it is a linear layer, and is written as one. Three details of the original
    are left out. Each of its kernels in c3 saw only some channels, subsampling had a weight and a bias, and the output
    measured distances to drawings of the digits.

    Args:
        num_classes: Number of outputs, which are logits.
        plan: Sizes other than the paper's.
        generator: Where the initial weights come from; by default torch's global generator.

    >>> LeNet5()(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """

    def __init__(self, num_classes: int = 10, *, plan: Plan = Plan(), generator: torch.Generator | None = None) -> None:
        k, (p1, p3) = plan.kernel_size, plan.padding
        super().__init__(
            c1=nn.Conv2d(plan.in_channels, 6, k, padding=p1, generator=generator),
            tanh1=nn.Tanh(),
            s2=nn.AvgPool2d(plan.window[0]),
            c3=nn.Conv2d(6, 16, k, padding=p3, generator=generator),
            tanh3=nn.Tanh(),
            s4=nn.AvgPool2d(plan.window[1]),
            grid=nn.AdaptiveAvgPool2d(plan.grid),
            flatten=nn.Flatten(),
            c5=nn.Linear(16 * plan.grid**2, 120, generator=generator),
            tanh5=nn.Tanh(),
            f6=nn.Linear(120, 84, generator=generator),
            tanh6=nn.Tanh(),
            output=nn.Linear(84, num_classes, generator=generator),
        )

    @classmethod
    def small(cls, in_channels: int = 1, num_classes: int = 10, *, generator: torch.Generator | None = None) -> Self:
        """A LeNet-5 for images from 8 by 8 up: kernels of 3 by 3, nothing subsampled by s2, 4 by 4 places behind s4.

        >>> LeNet5.small()(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
        """
        plan = Plan(in_channels, kernel_size=3, padding=(1, 1), window=(1, 2), grid=4)
        return cls(num_classes, plan=plan, generator=generator)
