"""Layers that rearrange and compute nothing."""

from __future__ import annotations

from torch import Tensor
from torch.nn import Module


class Flatten(Module):
    """Lay several dimensions out in one: what stands between convolutions and a linear layer.

    Args:
        start_dim: The first of them; by default the one behind the batch.
        end_dim: The last of them.

    >>> import torch
    >>> Flatten()(torch.zeros(64, 32, 7, 7)).shape
    torch.Size([64, 1568])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """Map (N, ...) to (N, features).

        Raises:
            IndexError: The input has no such dimension.
            RuntimeError: The first dimension stands behind the last.
        """
        for name in ("start_dim", "end_dim"):
            dim, most = getattr(self, name), max(input.ndim, 1)
            if not -most <= dim < most:
                raise IndexError(f"expected {name} from {-most} to {most - 1}, got {dim}, for {tuple(input.shape)}")
        if input.ndim and self.start_dim % input.ndim > self.end_dim % input.ndim:
            raise RuntimeError(f"expected start_dim before end_dim, got {self.start_dim} and {self.end_dim}")
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
