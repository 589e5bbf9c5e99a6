"""Sequences without recurrence: a window over the last inputs."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Parameter

from course_lib.arrays import pad, sliding_windows

from . import init
from .linear import check_features


class TDNN(Module):
    r"""A layer of a time-delay network: each output sees the input of its time and of a few times before.

    $y_t = b + \sum_{d=0}^{D} W_d\, x_{t-d}$   (Waibel et al., 1989; Deep Learning, chapter 10, introduction)

    It is a convolution over time that never looks ahead. What is more than $D$ steps ago is forgotten; before the first
    input there are zeros.

    Args:
        input_size: Features of the input.
        output_size: Features of the output.
        delays: $D$, how many steps back the window reaches.
        bias: Whether there is a $b$.
        batch_first: Whether inputs and outputs are (batch, time, features) instead of (time, batch, features).
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight: $W$, shape (output_size, input_size, D + 1); ``weight[..., d]`` meets the input of $d$ steps ago.
        bias: $b$, shape (output_size,), or None.

    Raises:
        ValueError: The number of delays is negative.

    >>> layer = TDNN(1, 1, delays=2, bias=False)
    >>> with torch.no_grad():
    ...     layer.weight[:] = torch.tensor([1.0, 10.0, 100.0])
    >>> layer(torch.tensor([[1.0], [2.0], [3.0], [4.0]])).squeeze().tolist()
    [1.0, 12.0, 123.0, 234.0]
    """

    bias: Parameter | None

    def __init__(
        self,
        input_size: int,
        output_size: int,
        delays: int,
        bias: bool = True,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if delays < 0:
            raise ValueError(f"expected delays, how many steps back the window reaches, of at least 0, got {delays}")
        self.input_size = input_size
        self.output_size = output_size
        self.delays = delays
        self.batch_first = batch_first
        self.weight = Parameter(torch.empty(output_size, input_size, delays + 1, device=device, dtype=dtype))
        self.register_parameter(
            "bias", Parameter(torch.empty(output_size, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        r"""Draw the initial values anew, from $U[-1/\sqrt n, 1/\sqrt n]$ with $n$ the number of weights of a unit."""
        bound = 1 / math.sqrt(self.input_size * (self.delays + 1))
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound, generator)

    def forward(self, input: Tensor) -> Tensor:
        """Map (T, N, input_size), with ``batch_first`` (N, T, input_size), or (T, input_size) to as many outputs.

        Raises:
            ValueError: The input has another number of dimensions.
            RuntimeError: Its last dimension is not ``input_size`` long, or the sequence is empty.
        """
        if input.ndim not in (2, 3):
            raise ValueError(f"expected an input with 2 or 3 dimensions, got {tuple(input.shape)}")
        check_features(input, self.input_size)
        time = 1 if self.batch_first and input.ndim == 3 else 0
        if input.shape[time] == 0:
            raise RuntimeError(f"expected a sequence of at least 1 step, got an input of shape {tuple(input.shape)}")
        before = [(self.delays if axis == time else 0, 0) for axis in range(input.ndim)]
        windows = sliding_windows(pad(input, before), self.delays + 1, axis=time)  # in a new last axis, oldest first
        y = windows.flatten(-2) @ self.weight.flip(-1).flatten(1).T
        return y if self.bias is None else y + self.bias

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        parts = [f"{self.input_size}, {self.output_size}, delays={self.delays}"]
        parts += ["bias=False"] if self.bias is None else []
        parts += ["batch_first=True"] if self.batch_first else []
        return ", ".join(parts)
