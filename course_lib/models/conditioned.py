"""Telling a network the class."""

from __future__ import annotations

import torch
from torch import Tensor

from course_lib import nn
from course_lib.text import one_hot


class Conditioned(nn.Module):
    """A network that sees a class beside its input.

    The class is one-hot: as features behind those of a vector, or as planes of zeros and ones behind the channels of an
    image. So the network gets ``num_classes`` more features or channels. (Mirza and Osindero, Conditional generative
    adversarial nets, 2014)

    Args:
        net: Takes inputs of so many more features or channels.
        num_classes: How many classes.

    >>> net = Conditioned(nn.Identity(), num_classes=3)
    >>> net(torch.tensor([[0.5]]), torch.tensor([1]))
    tensor([[0.5000, 0.0000, 1.0000, 0.0000]])
    """

    def __init__(self, net: nn.Module, num_classes: int) -> None:
        super().__init__()
        self.net = net
        self.num_classes = num_classes

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The network's output for inputs (n, features) or (n, channels, height, width) of classes y, shape (n,).

        Raises:
            ValueError: There is not one class for each input, or one is not from 0 to ``num_classes - 1``.
            TypeError: The classes are not whole numbers.
        """
        if y.shape != x.shape[:1]:
            raise ValueError(f"expected one class for each of {len(x)} inputs, got shape {tuple(y.shape)}")
        told = one_hot(y, self.num_classes).to(x.dtype)
        grid = told.reshape(*told.shape, *(1,) * (x.ndim - 2)).expand(-1, -1, *x.shape[2:])
        return self.net(torch.cat([x, grid], dim=1))
