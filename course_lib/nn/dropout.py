"""Noise while training: on hidden units or inputs, switched off by ``eval()``."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import Module

from course_lib.arrays import standard_normal_like, uniform_like


class Dropout(Module):
    r"""Sets each number to 0 with probability $p$ and enlarges the others, so that the mean stays.

    $y = x \cdot m / (1 - p)$ with $m \in \{0, 1\}$, $P(m = 0) = p$   (Srivastava et al., 2014; Deep Learning,
    section 7.12)

    In evaluation mode $y = x$: enlarging while training takes the place of scaling the weights afterwards.

    Args:
        p: Probability of being dropped.
        inplace: Whether to overwrite the input.
        generator: Where the masks come from; by default torch's global generator.

    Raises:
        ValueError: $p$ is no probability.

    >>> layer = Dropout(0.5, generator=torch.Generator().manual_seed(0))
    >>> layer(torch.ones(5))
    tensor([0., 2., 0., 0., 0.])
    >>> layer.eval()(torch.ones(5))
    tensor([1., 1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"expected p, the probability of being dropped, from 0 to 1, got {p}")
        self.p = p
        self.inplace = inplace
        self._generator = generator

    def forward(self, input: Tensor) -> Tensor:
        """Drop numbers in training mode; hand the input on in evaluation mode.

        Raises:
            RuntimeError: The input is not of a floating dtype.
        """
        if not self.training or self.p == 0:
            return input
        if not input.is_floating_point():
            raise RuntimeError(f"expected an input of a floating dtype, got {input.dtype}; convert it with x.float()")
        u = uniform_like(input, self._generator)
        mask = (u >= self.p).to(input.dtype)
        if self.p < 1:
            mask.div_(1 - self.p)
        return input.mul_(mask) if self.inplace else input * mask

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"p={self.p}, inplace={self.inplace}"


class GaussianNoise(Module):
    r"""Adds noise while training, which makes the network insensitive to small changes of its input.

    $y = x + \varepsilon$ with $\varepsilon \sim N(0, \sigma^2)$   (Deep Learning, section 7.5)

    Args:
        std: $\sigma$.
        generator: Where the noise comes from; by default torch's global generator.

    Raises:
        ValueError: The standard deviation is negative.

    >>> GaussianNoise(0.1).eval()(torch.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, std: float = 0.1, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if not std >= 0:
            raise ValueError(f"expected std of at least 0, got {std}")
        self.std = std
        self._generator = generator

    def forward(self, input: Tensor) -> Tensor:
        """Add noise in training mode; hand the input on in evaluation mode."""
        if not self.training:
            return input
        noise = standard_normal_like(input, self._generator)
        return input + self.std * noise

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"std={self.std}"
