r"""Convolution: one small set of weights, used at every place of a grid.

What deep learning calls convolution is cross-correlation: the kernel is not flipped. With the windows of an input as
the columns of a matrix (:func:`~course_lib.nn.windows.unfold`) it is a matrix product, and so is its transpose:

$$y = W \, \mathrm{unfold}(x) + b \qquad x' = \mathrm{fold}(W^\top y')$$

The right one, with the gradient of $y$ as $y'$, is the gradient of $x$. As a layer of its own it makes grids larger, in
generators and decoders.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Parameter

from course_lib.arrays import Array, namespace, pad

from . import init
from .windows import (
    Sizes,
    Windows,
    check_dimensions,
    conv_output_size,
    fold,
    per_dimension,
    place_windows,
    unfold,
    with_batch,
)

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def conv2d_naive(x: Array, W: Array, b: Array | None = None, stride: int = 1, padding: int = 0) -> Array:
    r"""Convolution as it is written: six loops.

    $y_{o i j} = b_o + \sum_{c, u, v} W_{o c u v}\, x_{c,\, i s + u,\, j s + v}$   (Deep Learning, eq. 9.7 and 9.8)

    Readable, and thousands of times slower than :class:`Conv2d`, which computes the same.

    Args:
        x: Images, shape (..., C, H, W), a NumPy array or a torch tensor.
        W: Kernels, shape (O, C, kernel height, kernel width).
        b: Biases, shape (O,).
        stride: $s$.
        padding: Rows and columns of zeros around the image.

    Returns:
        Shape (..., O, output height, output width).

    Raises:
        ValueError: A kernel does not fit, or has not as many channels as the image.

    >>> edge = torch.tensor([[[[-1.0, 1.0]]]])
    >>> conv2d_naive(torch.tensor([[[0.0, 0.0, 5.0, 5.0]]]), edge)
    tensor([[[0., 5., 0.]]])
    """
    xp = namespace(x, W)
    O, C, K, L = W.shape  # noqa: E741
    if x.shape[-3] != C:
        raise ValueError(f"expected {C} channels, as the kernels have, got images of shape {tuple(x.shape)}")
    height, width = (conv_output_size(n, k, stride, padding) for n, k in zip(x.shape[-2:], (K, L), strict=True))
    x = pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2)
    y = xp.zeros_like(x[..., :1, :1, :1]) + xp.zeros((O, height, width), dtype=x.dtype, device=x.device)
    for o in range(O):
        for i in range(height):
            for j in range(width):
                for c in range(C):
                    for u in range(K):
                        for v in range(L):
                            y[..., o, i, j] += W[o, c, u, v] * x[..., c, i * stride + u, j * stride + v]
    return y if b is None else y + b[:, None, None]


def conv(x: Tensor, W: Tensor, b: Tensor | None, windows: Windows, groups: int = 1) -> Tensor:
    r"""Convolution in any number of dimensions, as a matrix product.

    $y_n = W \, \mathrm{unfold}(x)_n + b$, in each group of channels for itself

    Args:
        x: Shape (N, C, \*size).
        W: Shape (O, C / groups, \*kernel_size).
        b: Shape (O,), or None.
        windows: Where the kernel is put.
        groups: Into how many groups channels are parted; output channels see the input channels of their group.

    Returns:
        Shape (N, O, \*count).
    """
    N, C, O = x.shape[0], x.shape[1], W.shape[0]  # noqa: E741
    K, L = math.prod(windows.kernel_size), math.prod(windows.count)
    columns = unfold(x, windows).reshape(N, groups, C // groups * K, L)
    y = W.reshape(groups, O // groups, C // groups * K) @ columns
    return _with_bias(y.reshape(N, O, *windows.count), b)


def conv_transpose(x: Tensor, W: Tensor, b: Tensor | None, windows: Windows, size: Sizes, groups: int = 1) -> Tensor:
    r"""The transpose of :func:`conv`: every input cell stamps the kernel, times its value, into the output.

    $y_n = \mathrm{fold}(W^\top x_n) + b$

    Args:
        x: Shape (N, C, \*count).
        W: Shape (C, O / groups, \*kernel_size).
        b: Shape (O,), or None.
        windows: Where each input cell puts its stamp in the output.
        size: Spatial size of the output.
        groups: As for :func:`conv`.

    Returns:
        Shape (N, O, \*size).
    """
    N, C, O = x.shape[0], x.shape[1], W.shape[1] * groups  # noqa: E741
    K, L = math.prod(windows.kernel_size), math.prod(windows.count)
    W = W.reshape(groups, C // groups, O // groups * K)
    columns = W.mT @ x.reshape(N, groups, C // groups, L)
    return _with_bias(fold(columns.reshape(N, O, *windows.kernel_size, *windows.count), windows, size), b)


def _with_bias(y: Tensor, b: Tensor | None) -> Tensor:
    return y if b is None else y + b.reshape(-1, *[1] * (y.ndim - 2))


def pad_by_index(x: Array, widths: Sequence[tuple[int, int]], mode: str) -> Array:
    """Continue an input over its border with its own values.

    Args:
        x: Shape (..., \\*size), a NumPy array or a torch tensor.
        widths: Cells to add before and after, for each spatial dimension.
        mode: "reflect" mirrors without repeating the border, "replicate" repeats the border, "circular" goes on at the
            other end.

    Raises:
        RuntimeError: There are not enough cells to mirror or to go round once.

    >>> pad_by_index(torch.tensor([[[1, 2, 3]]]), [(2, 1)], "reflect")
    tensor([[[3, 2, 1, 2, 3, 2]]])
    """
    xp = namespace(x)
    for axis, (before, after) in enumerate(widths, start=x.ndim - len(widths)):
        n = x.shape[axis]
        most = {"reflect": n - 1, "circular": n}.get(mode, math.inf)
        if max(before, after) > most:
            raise RuntimeError(f"expected padding of at most {most} for padding_mode={mode!r} and {n} cells")
        i = xp.arange(-before, n + after, device=x.device)
        if mode == "reflect":
            i = (n - 1) - xp.abs((n - 1) - xp.abs(i))
        elif mode == "replicate":
            i = xp.clip(i, 0, n - 1)
        else:
            i = i % n
        x = xp.take(x, i, axis=axis)
    return x


class _Conv(Module):
    """What convolutions of all kinds share: options, parameters and their first values."""

    dimensions: int
    transposed = False
    padding: Any  # a tuple of numbers, "same" or "valid"
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sizes,
        stride: int | Sizes,
        padding: int | Sizes | str,
        dilation: int | Sizes,
        output_padding: int | Sizes,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
        generator: torch.Generator | None,
    ) -> None:
        super().__init__()
        _check_channels(in_channels, out_channels, groups)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = per_dimension(kernel_size, self.dimensions)
        self.stride = per_dimension(stride, self.dimensions)
        self.padding = padding if isinstance(padding, str) else per_dimension(padding, self.dimensions)
        self.dilation = per_dimension(dilation, self.dimensions)
        self.transposed = type(self).transposed
        self.output_padding = per_dimension(output_padding, self.dimensions)
        self.groups = groups
        self.padding_mode = padding_mode
        _check_padding(self.padding, self.stride, padding_mode)
        ends = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = (ends[0], ends[1] // groups, *self.kernel_size)
        self.weight = Parameter(torch.empty(shape, device=device, dtype=dtype))
        self.register_parameter(
            "bias", Parameter(torch.empty(out_channels, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        r"""Draw the initial values anew, from $U[-1/\sqrt n, 1/\sqrt n]$ with $n$ the number of weights of a unit."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5), generator=generator)
        n = math.prod(self.weight.shape[1:])
        if self.bias is not None and n > 0:
            init.uniform_(self.bias, -1 / math.sqrt(n), 1 / math.sqrt(n), generator=generator)

    def _batch(self, input: Tensor) -> tuple[Tensor, bool]:
        x, batched = with_batch(input, self.dimensions, type(self).__name__)
        if x.shape[1] != self.in_channels:
            raise RuntimeError(f"expected {self.in_channels} channels, got an input of shape {tuple(input.shape)}")
        if x.dtype != self.weight.dtype:
            raise RuntimeError(f"expected an input of dtype {self.weight.dtype}, as the weights, got {x.dtype}")
        return x, batched

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        zeros, ones = (0,) * self.dimensions, (1,) * self.dimensions
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        defaults = {"padding": zeros, "dilation": ones, "output_padding": zeros, "groups": 1}
        parts += [f"{k}={getattr(self, k)}" for k, default in defaults.items() if getattr(self, k) != default]
        parts += ["bias=False"] if self.bias is None else []
        parts += [f"padding_mode={self.padding_mode}"] if self.padding_mode != "zeros" else []
        return ", ".join(parts)


def _check_channels(in_channels: int, out_channels: int, groups: int) -> None:
    if groups <= 0:
        raise ValueError(f"expected groups of at least 1, got {groups}")
    for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
        if channels % groups != 0:
            raise ValueError(f"expected {name} that {groups} groups can share, got {channels}")


def _check_padding(padding: Sizes | str, stride: Sizes, padding_mode: str) -> None:
    if isinstance(padding, str) and padding not in ("same", "valid"):
        raise ValueError(f"expected padding to be numbers, 'same' or 'valid', got {padding!r}")
    if padding == "same" and any(s != 1 for s in stride):
        raise ValueError(f"padding='same' keeps the size only with stride 1, got stride {stride}")
    if padding_mode not in PADDING_MODES:
        raise ValueError(f"expected padding_mode to be one of {PADDING_MODES}, got {padding_mode!r}")


class _ForwardConv(_Conv):
    """Convolution in one or two dimensions."""

    def forward(self, input: Tensor) -> Tensor:
        """Map (N, in_channels, ...) or (in_channels, ...) to (N, out_channels, ...) or (out_channels, ...).

        Raises:
            RuntimeError: The input has another number of dimensions or channels, or the kernel does not fit into it.
        """
        x, batched = self._batch(input)
        check_dimensions(self.dimensions, kernel_size=self.kernel_size, stride=self.stride, dilation=self.dilation)
        widths = self._padding()
        if self.padding_mode != "zeros":
            x = pad_by_index(x, widths, self.padding_mode)
            widths = [(0, 0)] * self.dimensions
        y = conv(x, self.weight, self.bias, self._windows(x.shape[2:], widths), self.groups)
        return y if batched else y.squeeze(0)

    def _padding(self) -> list[tuple[int, int]]:
        """Cells before and after the input in each dimension; "same" adds the odd one after it."""
        if self.padding == "valid":
            return [(0, 0)] * self.dimensions
        if self.padding == "same":
            total = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            return [(n // 2, n - n // 2) for n in total]
        check_dimensions(self.dimensions, padding=self.padding)
        return [(p, p) for p in self.padding]

    def _windows(self, size: Sizes, widths: list[tuple[int, int]]) -> Windows:
        around = tuple(n + before + after for n, (before, after) in zip(size, widths, strict=True))
        nothing = (0,) * self.dimensions
        if any(width < 0 for pair in widths for width in pair):
            raise RuntimeError(f"expected padding of at least 0, got {self.padding}")
        placed = place_windows(around, self.kernel_size, self.stride, nothing, self.dilation)
        return Windows(self.kernel_size, self.stride, self.dilation, tuple(widths), placed.count)


class Conv1d(_ForwardConv):
    r"""Convolution along a sequence.

    $y_{o i} = b_o + \sum_{c, u} W_{o c u}\, x_{c,\, i s + u d - p}$   (Deep Learning, section 9.1)

    The output has $\lfloor (n + 2p - d (k - 1) - 1) / s \rfloor + 1$ cells.

    Args:
        in_channels: Channels of the input.
        out_channels: Kernels, and channels of the output.
        kernel_size: $k$.
        stride: $s$, how far the kernel moves.
        padding: $p$, cells added on each side; "same": as many as keep the size; "valid": none.
        dilation: $d$, the distance between the cells that the kernel sees.
        groups: Into how many groups the channels are parted; a group of outputs sees one group of inputs.
        bias: Whether there is a $b$.
        padding_mode: What the padding holds: "zeros", or the input's values by "reflect", "replicate" or "circular".
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight: $W$, shape (out_channels, in_channels / groups, kernel_size).
        bias: $b$, shape (out_channels,), or None.

    Raises:
        ValueError: The groups do not divide the channels, or an option is unknown.

    >>> Conv1d(3, 8, kernel_size=5, stride=2)(torch.zeros(1, 3, 21)).shape
    torch.Size([1, 8, 9])
    """

    dimensions = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        padding: str | int | tuple[int] = 0,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, 0, groups, bias, padding_mode,
            device, dtype, generator,
        )  # fmt: skip


class Conv2d(_ForwardConv):
    r"""Convolution over an image.

    $y_{o i j} = b_o + \sum_{c, u, v} W_{o c u v}\, x_{c,\, i s + u d - p,\, j s + v d - p}$
    (LeCun et al., 1989; Deep Learning, eq. 9.7 and 9.8)

    The arguments are those of :class:`Conv1d`, with one number for both dimensions or a pair (vertical, horizontal).

    Attributes:
        weight: $W$, shape (out_channels, in_channels / groups, kernel height, kernel width).
        bias: $b$, shape (out_channels,), or None.

    >>> Conv2d(3, 8, kernel_size=3, padding="same")(torch.zeros(1, 3, 28, 28)).shape
    torch.Size([1, 8, 28, 28])
    """

    dimensions = 2

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: str | int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, 0, groups, bias, padding_mode,
            device, dtype, generator,
        )  # fmt: skip


class _TransposedConv(_Conv):
    """Transposed convolution in one or two dimensions."""

    transposed = True

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Map (N, in_channels, ...) or (in_channels, ...) to (N, out_channels, ...) or (out_channels, ...).

        Args:
            input: The input.
            output_size: The spatial size of the output, with a stride above 1 one of several that are possible; takes
                the place of ``output_padding``. Batch and channels may stand before it and are ignored.

        Raises:
            RuntimeError: The input has another number of dimensions or channels, or there would be no output.
            ValueError: The output size is not possible.
        """
        x, batched = self._batch(input)
        count = tuple(x.shape[2:])
        check_dimensions(
            self.dimensions, kernel_size=self.kernel_size, stride=self.stride, padding=self.padding,
            dilation=self.dilation, output_padding=self.output_padding,
        )  # fmt: skip
        if output_size is None:
            size = tuple(n + extra for n, extra in zip(self._least_size(count), self._extra(), strict=True))
        else:
            size = self._wanted_size(output_size, count)
        if min(size) < 1:
            raise RuntimeError(f"an input of shape {tuple(input.shape)} would make an output of size {size}")
        around = tuple((p, p) for p in self.padding)
        windows = Windows(self.kernel_size, self.stride, self.dilation, around, count)
        y = conv_transpose(x, self.weight, self.bias, windows, size, self.groups)
        return y if batched else y.squeeze(0)

    def _least_size(self, count: Sizes) -> Sizes:
        """What the stamps cover, without padding: $(n - 1) s - 2p + d (k - 1) + 1$."""
        along = zip(count, self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        return tuple((n - 1) * s - 2 * p + d * (k - 1) + 1 for n, k, s, p, d in along)

    def _extra(self) -> Sizes:
        """The output padding, which chooses among the sizes that a convolution maps to the same count."""
        for extra, s, d in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if not 0 <= extra < max(s, d):
                raise RuntimeError(
                    f"expected output_padding from 0 to below stride or dilation, got {self.output_padding} "
                    f"with stride {self.stride} and dilation {self.dilation}"
                )
        return self.output_padding

    def _wanted_size(self, output_size: Sequence[int], count: Sizes) -> Sizes:
        least = self._least_size(count)
        most = tuple(n + s - 1 for n, s in zip(least, self.stride, strict=True))
        size = tuple(output_size)[-self.dimensions :]
        fits = all(a <= n <= b for a, n, b in zip(least, size, most, strict=False))
        if len(output_size) not in (self.dimensions, self.dimensions + 2) or not fits:
            raise ValueError(f"expected output_size from {least} to {most}, got {tuple(output_size)}")
        return size


class ConvTranspose1d(_TransposedConv):
    r"""Transposed convolution along a sequence: every input cell stamps the kernel into the output.

    $y_{o j} = b_o + \sum_{c, u, i:\, i s + u d - p = j} W_{c o u}\, x_{c i}$   (Zeiler et al., 2010)

    The output has $(n - 1) s - 2p + d (k - 1) + 1$ cells, plus ``output_padding``.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel_size: $k$.
        stride: $s$, how far one stamp lies from the next.
        padding: $p$, cells cut off on each side.
        output_padding: Cells added at the end.
        groups: Into how many groups the channels are parted.
        bias: Whether there is a $b$.
        dilation: $d$, the distance between the cells of a stamp.
        padding_mode: Only "zeros" is possible.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight: $W$, shape (in_channels, out_channels / groups, kernel_size).
        bias: $b$, shape (out_channels,), or None.

    Raises:
        ValueError: The groups do not divide the channels, or an option is unknown.

    >>> ConvTranspose1d(8, 3, kernel_size=5, stride=2)(torch.zeros(1, 8, 9)).shape
    torch.Size([1, 3, 21])
    """

    dimensions = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        padding: int | tuple[int] = 0,
        output_padding: int | tuple[int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        _check_zeros(padding_mode)
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding, groups, bias,
            padding_mode, device, dtype, generator,
        )  # fmt: skip


class ConvTranspose2d(_TransposedConv):
    r"""Transposed convolution over an image.

    $y_{o k l} = b_o + \sum W_{c o u v}\, x_{c i j}$ over all $c, u, v, i, j$ with $i s + u d - p = k$ and
    $j s + v d - p = l$   (Zeiler et al., 2010)

    The arguments are those of :class:`ConvTranspose1d`, with one number for both dimensions or a pair.

    Attributes:
        weight: $W$, shape (in_channels, out_channels / groups, kernel height, kernel width).
        bias: $b$, shape (out_channels,), or None.

    >>> ConvTranspose2d(8, 3, kernel_size=4, stride=2, padding=1)(torch.zeros(1, 8, 14, 14)).shape
    torch.Size([1, 3, 28, 28])
    """

    dimensions = 2

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        output_padding: int | tuple[int, int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        _check_zeros(padding_mode)
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding, groups, bias,
            padding_mode, device, dtype, generator,
        )  # fmt: skip


def _check_zeros(padding_mode: str) -> None:
    if padding_mode != "zeros":
        raise ValueError(f"a transposed convolution has only padding_mode='zeros', got {padding_mode!r}")
