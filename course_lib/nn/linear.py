"""The affine layer, and the layer that does nothing."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Parameter

from . import init


class Identity(Module):
    """Returns its input; a placeholder where a layer was or will be.

    Args:
        args: Ignored, and so are keyword arguments.

    >>> Identity()(torch.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Return the input."""
        return input


class Linear(Module):
    r"""Affine map of the last dimension.

    $y = x W^\top + b$   (Deep Learning, section 6.1)

    Weights and biases start as draws from $U[-1/\sqrt{n}, 1/\sqrt{n}]$ with $n$ the number of input features.

    Args:
        in_features: Length of the input's last dimension.
        out_features: Length of the output's last dimension.
        bias: Whether there is a $b$.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight: $W$, shape (out_features, in_features).
        bias: $b$, shape (out_features,), or None.

    >>> layer = Linear(3, 2)
    >>> layer(torch.ones(5, 3)).shape
    torch.Size([5, 2])
    """

    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.empty(out_features, in_features, device=device, dtype=dtype))
        self.register_parameter(
            "bias", Parameter(torch.empty(out_features, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the initial values anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5), generator=generator)
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0.0
            init.uniform_(self.bias, -bound, bound, generator=generator)

    def forward(self, input: Tensor) -> Tensor:
        """Map (..., in_features) to (..., out_features).

        Raises:
            RuntimeError: The last dimension of the input is not ``in_features`` long.
        """
        check_features(input, self.in_features)
        y = input @ self.weight.T
        return y if self.bias is None else y + self.bias

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


def check_features(input: Tensor, in_features: int) -> None:
    """Refuse an input whose last dimension is not ``in_features`` long."""
    if input.ndim == 0 or input.shape[-1] != in_features:
        raise RuntimeError(f"expected an input of shape (..., {in_features}), got {tuple(input.shape)}")
