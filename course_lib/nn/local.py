r"""Kernels that differ from place to place: no sharing, or sharing in a pattern.

Convolution uses one kernel everywhere. A locally connected layer has one for each place, a tiled convolution a few that
take turns. (Deep Learning, section 9.5)
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Parameter

from . import init
from .windows import Sizes, Windows, per_dimension, place_windows, unfold, with_batch


class _LocalLayer(Module):
    """What a layer has whose kernels look at windows of an image, wherever they stand."""

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = per_dimension(kernel_size, 2)
        self.stride = per_dimension(stride, 2)
        self.padding = per_dimension(padding, 2)
        self.dilation = per_dimension(dilation, 2)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        r"""Draw from $U[-1/\sqrt n, 1/\sqrt n]$, $n$ the weights of a unit, as :class:`~course_lib.nn.Conv2d` does."""
        n = self.in_channels * math.prod(self.kernel_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -1 / math.sqrt(n), 1 / math.sqrt(n), generator=generator)

    def _windows(self, size: Sizes) -> Windows:
        return place_windows(size, self.kernel_size, self.stride, self.padding, self.dilation)


class LocallyConnected2d(_LocalLayer):
    r"""A kernel of its own at each place: local like convolution, but nothing is shared.

    $y_{o i j} = b_{o i j} + \sum_{c, u, v} W_{o i j c u v}\, x_{c,\, i s + u d - p,\, j s + v d - p}$
    (LeCun, 1989; Deep Learning, eq. 9.9)

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        input_size: Height and width of the input, one number or a pair; the number of weights depends on it.
        kernel_size: As for :class:`~course_lib.nn.Conv2d`, one number or a pair.
        stride: $s$.
        padding: $p$.
        dilation: $d$.
        bias: Whether there is a $b$.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight: $W$, shape (out_channels, output height, output width, in_channels, kernel height, kernel width).
        bias: $b$, shape (out_channels, output height, output width), or None.

    Raises:
        RuntimeError: The kernel does not fit into the input.

    >>> layer = LocallyConnected2d(1, 2, input_size=8, kernel_size=3)
    >>> layer.weight.shape
    torch.Size([2, 6, 6, 1, 3, 3])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        input_size: int | tuple[int, int],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation)
        self.input_size = per_dimension(input_size, 2)
        places = (out_channels, *self._windows(self.input_size).count)
        kernel = (in_channels, *self.kernel_size)
        self.weight = Parameter(torch.empty((*places, *kernel), device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(torch.empty(places, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters(generator)

    def forward(self, input: Tensor) -> Tensor:
        """Map (N, in_channels, \\*input_size) to (N, out_channels, height, width); the batch may be missing.

        Raises:
            RuntimeError: The input has another shape.
        """
        x, batched = with_batch(input, 2, "LocallyConnected2d")
        expected = (self.in_channels, *self.input_size)
        if tuple(x.shape[1:]) != expected:
            raise RuntimeError(f"expected an input of shape (N, {expected}), got {tuple(input.shape)}")
        y = torch.einsum("oijcuv,ncuvij->noij", self.weight, unfold(x, self._windows(self.input_size)))
        y = y if self.bias is None else y + self.bias
        return y if batched else y.squeeze(0)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return (
            f"{self.in_channels}, {self.out_channels}, input_size={self.input_size}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, padding={self.padding}, dilation={self.dilation}, bias={self.bias is not None}"
        )


class TiledConv2d(_LocalLayer):
    r"""A few kernels that take turns, like the tiles of a floor: neighbours differ, and every $t$-th place is equal.

    $y_{o i j} = b_{o,\, i \% t,\, j \% t} + \sum_{c, u, v} W_{o c u v,\, i \% t,\, j \% t}\,
    x_{c,\, i s + u d - p,\, j s + v d - p}$   (Gregor and LeCun, 2010; Deep Learning, eq. 9.10)

    With $t = 1$ this is convolution; with $t$ as large as the output, locally connected.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel_size: As for :class:`~course_lib.nn.Conv2d`, one number or a pair.
        tile_size: $t$, one number or a pair.
        stride: $s$.
        padding: $p$.
        dilation: $d$.
        bias: Whether there is a $b$.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight: $W$, shape (out_channels, in_channels, kernel height, kernel width, \*tile_size).
        bias: $b$, shape (out_channels, \*tile_size), or None.

    Raises:
        ValueError: The tile size is not positive.

    >>> layer = TiledConv2d(1, 2, kernel_size=3, tile_size=2)
    >>> layer.weight.shape, layer(torch.zeros(1, 1, 8, 8)).shape
    (torch.Size([2, 1, 3, 3, 2, 2]), torch.Size([1, 2, 6, 6]))
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        tile_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation)
        self.tile_size = per_dimension(tile_size, 2)
        if min(self.tile_size) < 1:
            raise ValueError(f"expected tile_size of at least 1, got {tile_size}")
        shape = (out_channels, in_channels, *self.kernel_size, *self.tile_size)
        self.weight = Parameter(torch.empty(shape, device=device, dtype=dtype))
        shape = (out_channels, *self.tile_size)
        self.register_parameter("bias", Parameter(torch.empty(shape, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters(generator)

    def forward(self, input: Tensor) -> Tensor:
        """Map (N, in_channels, height, width) to (N, out_channels, ...); the batch may be missing.

        Raises:
            RuntimeError: The input has another number of dimensions or channels, or the kernel does not fit into it.
        """
        x, batched = with_batch(input, 2, "TiledConv2d")
        if x.shape[1] != self.in_channels:
            raise RuntimeError(f"expected {self.in_channels} channels, got an input of shape {tuple(input.shape)}")
        windows = self._windows(tuple(x.shape[2:]))
        W = _laid_out(self.weight, windows.count)
        y = torch.einsum("ocuvij,ncuvij->noij", W, unfold(x, windows))
        y = y if self.bias is None else y + _laid_out(self.bias, windows.count)
        return y if batched else y.squeeze(0)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, tile_size={self.tile_size}, "
            f"stride={self.stride}, padding={self.padding}, dilation={self.dilation}, bias={self.bias is not None}"
        )


def _laid_out(tile: Tensor, count: Sizes) -> Tensor:
    """The tile (..., t, t), repeated over a floor of (..., \\*count)."""
    i, j = (torch.arange(n, device=tile.device) % t for n, t in zip(count, tile.shape[-2:], strict=True))
    return tile.index_select(-2, i).index_select(-1, j)
