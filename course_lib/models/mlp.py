"""The multilayer perceptron: affine maps with a nonlinearity between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from course_lib import nn


class MLP(nn.Module):
    r"""Feedforward network of fully connected layers.

    $h_0 = x, \quad h_i = g(W_i h_{i-1} + b_i), \quad y = W_l h_{l-1} + b_l$   (Deep Learning, eq. 6.40)

    The last layer has no activation: its outputs are logits or means, and the loss knows what to do with them.

    Args:
        sizes: Numbers of units: inputs, hidden layers, outputs.
        activation: Makes one activation for each hidden layer: a class such as ``nn.ReLU``, or any function
            without arguments.
        generator: Where the initial weights come from; by default torch's global generator.

    Attributes:
        layers: The affine layers, one fewer than ``sizes``.
        activations: What follows each of them but the last.

    Raises:
        TypeError: The activation is a layer instead of what makes one.
        ValueError: There are fewer than two sizes, or one is not positive.

    >>> net = MLP([2, 16, 16, 1])
    >>> net(torch.zeros(5, 2)).shape
    torch.Size([5, 1])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: Callable[[], nn.Module] = nn.ReLU,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"expected at least two positive sizes, inputs and outputs, got {list(sizes)}")
        if isinstance(activation, nn.Module):
            raise TypeError(f"expected what makes an activation, such as nn.ReLU without brackets, got {activation}")
        self.layers = nn.ModuleList(nn.Linear(m, n, generator=generator) for m, n in pairwise(sizes))
        self.activations = nn.ModuleList(activation() for _ in sizes[1:-1])

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., sizes[0]) to (..., sizes[-1])."""
        *hidden, last = self.layers
        h = x
        for layer, g in zip(hidden, self.activations, strict=True):
            h = g(layer(h))
        return last(h)
