r"""Pooling: a window of neighbours is summed up in one number.

Small shifts of the input change few of these numbers, which makes a network nearly invariant to them. With a stride,
later layers have fewer cells to look at. (Deep Learning, section 9.3)
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn import Module

from .windows import Sizes, Windows, per_dimension, place_windows, window_sum, with_batch


class _MaxPool(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, windows: Windows) -> tuple[Tensor, Tensor]:
        lowest = -math.inf if x.is_floating_point() else torch.iinfo(x.dtype).min
        rows, columns = _first_cells(windows, x.device)
        W = x.shape[3]
        first = rows[:, None] * W + columns
        cells = windows.cells(windows.padded(x, lowest))
        y = next(cells).clone(memory_format=torch.contiguous_format)
        argmax = torch.zeros_like(y, dtype=torch.int64)  # how far behind its window's first cell
        if any(map(any, windows.padding)):  # until something larger is found, the first cell in the input
            argmax += _inside(rows, windows, 0)[:, None] * W + _inside(columns, windows, 1) - first
        for cell, (u, v) in zip(cells, list(windows.offsets())[1:], strict=True):
            larger = (cell > y).logical_or_(cell != cell)  # what is not a number wins
            argmax.masked_fill_(larger, u * windows.dilation[0] * W + v * windows.dilation[1])
            torch.maximum(y, cell, out=y)
        argmax += first
        ctx.save_for_backward(argmax)
        ctx.mark_non_differentiable(argmax)
        ctx.shape = x.shape
        return y, argmax

    @staticmethod
    def backward(ctx: Any, g: Tensor, _: Tensor) -> tuple[Tensor, None]:
        (argmax,) = ctx.saved_tensors
        N, C, H, W = ctx.shape
        dx = g.new_zeros(N, C, H * W).scatter_add(2, argmax.flatten(2), g.flatten(2))
        return dx.reshape(ctx.shape), None


def _first_cells(windows: Windows, device: torch.device) -> list[Tensor]:
    """Row and column of the first cell of every window; in the padding they are negative."""
    along = zip(windows.count, windows.stride, windows.padding, strict=True)
    return [torch.arange(o, device=device) * s - before for o, s, (before, _) in along]


def _inside(first: Tensor, windows: Windows, dim: int) -> Tensor:
    """The first cell that lies in the input, not in the padding."""
    return torch.where(first < 0, first % windows.dilation[dim], first)


def max_pool2d(x: Tensor, windows: Windows) -> tuple[Tensor, Tensor]:
    r"""The largest number in every window, and where it was.

    $y_i = \max_u x_{i s + u d - p}$; the gradient $g_i$ goes to the first cell with that number

    Args:
        x: Shape (N, C, H, W).
        windows: Where the windows lie. Padding never wins.

    Returns:
        The maxima and their positions, counted row by row through the image, both of shape (N, C, \*count).
    """
    return _MaxPool.apply(x, windows)


class _Pool2d(Module):
    """What pooling layers share: a batch of images goes through, or a single one."""

    def forward(self, input: Tensor) -> Any:
        """Map (N, C, height, width) or (C, height, width) to fewer rows and columns.

        Raises:
            RuntimeError: The input has another number of dimensions, or a window does not fit into it.
        """
        x, batched = with_batch(input, 2, type(self).__name__)
        if 0 in x.shape[1:]:
            raise RuntimeError(f"expected an input with channels, rows and columns, got shape {tuple(input.shape)}")
        y = self._pooled(x)
        if batched:
            return y
        return tuple(part.squeeze(0) for part in y) if isinstance(y, tuple) else y.squeeze(0)

    def _pooled(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        raise NotImplementedError


def _pool_windows(
    x: Tensor,
    kernel_size: int | Sizes,
    stride: int | Sizes,
    padding: int | Sizes = 0,
    dilation: int | Sizes = 1,
    ceil_mode: bool = False,
) -> Windows:
    """The windows of a pooling layer over this input."""
    kernel_size, stride, padding, dilation = (per_dimension(v, 2) for v in (kernel_size, stride, padding, dilation))
    if any(p > k / 2 for p, k in zip(padding, kernel_size, strict=False)):
        raise RuntimeError(f"expected padding of at most half the kernel size {kernel_size}, got {padding}")
    return place_windows(tuple(x.shape[2:]), kernel_size, stride, padding, dilation, ceil_mode)


class MaxPool2d(_Pool2d):
    r"""Largest number of every window.

    $y_{c i j} = \max_{u, v} x_{c,\, i s + u d - p,\, j s + v d - p}$   (Zhou and Chellappa, 1988; Deep Learning,
    section 9.3)

    Args:
        kernel_size: Rows and columns of a window, one number or a pair.
        stride: $s$, how far it moves; by default its size, so that windows do not overlap.
        padding: $p$, cells added on each side. They never win.
        dilation: $d$, the distance between the cells of a window.
        return_indices: Whether to return also where each maximum was, counted row by row through the image.
        ceil_mode: Whether a last window may hang over the end.

    >>> MaxPool2d(2)(torch.tensor([[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 0.0]]]))
    tensor([[[4., 5.]]])
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def _pooled(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        windows = _pool_windows(x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)
        y, indices = max_pool2d(x, windows)
        return (y, indices) if self.return_indices else y

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class AvgPool2d(_Pool2d):
    r"""Mean of every window.

    $y_{c i j} = \frac1n \sum_{u, v} x_{c,\, i s + u - p,\, j s + v - p}$ with $n$ the number of cells
    (LeCun et al., 1989; Deep Learning, section 9.3)

    Args:
        kernel_size: Rows and columns of a window, one number or a pair.
        stride: $s$, how far it moves; by default its size.
        padding: $p$, zeros added on each side.
        ceil_mode: Whether a last window may hang over the end. What hangs over never counts.
        count_include_pad: Whether $n$ counts the padding.
        divisor_override: Takes the place of $n$.

    >>> AvgPool2d(2)(torch.tensor([[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 0.0]]]))
    tensor([[[2.5000, 1.2500]]])
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def _pooled(self, x: Tensor) -> Tensor:
        if self.divisor_override == 0:
            raise RuntimeError("expected a divisor_override other than 0")
        windows = _pool_windows(x, self.kernel_size, self.stride, self.padding, ceil_mode=self.ceil_mode)
        if self.divisor_override is not None:
            return window_sum(x, windows) / self.divisor_override
        border = per_dimension(self.padding, 2) if self.count_include_pad else (0, 0)
        return window_sum(x, windows) / _cells(x, windows, border)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


def _cells(x: Tensor, windows: Windows, border: Sizes) -> Tensor | int:
    """How many cells of each window lie on the image or on a border of that width around it."""
    if all(before <= b and after <= b for (before, after), b in zip(windows.padding, border, strict=True)):
        return math.prod(windows.kernel_size)
    rows, columns = (
        (first + k).clamp(max=n + b) - first.clamp(min=-b)
        for first, k, n, b in zip(
            _first_cells(windows, x.device), windows.kernel_size, x.shape[2:], border, strict=True
        )
    )
    return (rows[:, None] * columns).to(x.dtype)


class _Root(Function):
    r"""$y = x^{1/p}$, and $\partial L / \partial x = g \cdot \frac1p x^{1/p - 1}$, but 0 where $x = 0$."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, p: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.p = p
        return x.sqrt() if p == 2 else x.pow(1 / p)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        slope = x.masked_fill(x == 0, 1).pow(1 / ctx.p - 1) / ctx.p
        return g * slope.masked_fill(x == 0, 0), None


class LPPool2d(_Pool2d):
    r"""$L^p$ norm of every window: with $p = 1$ the sum, with $p = \infty$ the maximum of the sizes.

    $y_{c i j} = \bigl(\sum_{u, v} x_{c,\, i s + u,\, j s + v}^p\bigr)^{1/p}$   (Sermanet et al., 2012)

    Where a window is zero, as happens behind rectifiers, the norm has no derivative, and 0 is used.

    Args:
        norm_type: $p$.
        kernel_size: Rows and columns of a window, one number or a pair.
        stride: $s$, how far it moves; by default its size.
        ceil_mode: Whether a last window may hang over the end; its sum is scaled up to that of a whole one.

    >>> LPPool2d(2, kernel_size=2)(torch.tensor([[[3.0, 0.0], [4.0, 0.0]]]))
    tensor([[[5.]]])
    """

    def __init__(
        self,
        norm_type: float,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def _pooled(self, x: Tensor) -> Tensor:
        p = float(self.norm_type)
        stride = self.kernel_size if self.stride is None else self.stride
        windows = _pool_windows(x, self.kernel_size, stride, ceil_mode=self.ceil_mode)
        if math.isinf(p):
            sign = math.copysign(1, p)
            return sign * max_pool2d(sign * x.abs(), windows)[0]
        whole = math.prod(windows.kernel_size)
        return _Root.apply(window_sum(x.pow(p), windows) * (whole / _cells(x, windows, (0, 0))), p)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, ceil_mode={self.ceil_mode}"
        )


class AdaptiveAvgPool2d(_Pool2d):
    r"""Means over as many windows as are wanted, whatever the size of the input.

    $y_{c i j}$ is the mean of rows $\lfloor i H / h \rfloor$ to $\lceil (i + 1) H / h \rceil - 1$ and of the columns
    likewise. (He et al., 2015) It lets a network with a linear layer take images of any size.

    Args:
        output_size: $h$ and the number of columns, one number or a pair; None keeps that of the input.

    >>> AdaptiveAvgPool2d(1)(torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[2.5000]]])
    """

    def __init__(self, output_size: int | tuple[int | None, int | None] | None) -> None:
        super().__init__()
        self.output_size = output_size

    def _pooled(self, x: Tensor) -> Tensor:
        wanted = self.output_size if isinstance(self.output_size, tuple | list) else (self.output_size,) * 2
        if len(wanted) != 2 or any(n is not None and n < 0 for n in wanted):
            raise RuntimeError(f"expected output_size to be one number or two, of at least 0, got {self.output_size}")
        A, B = (_averages(n if o is None else o, n, x) for o, n in zip(wanted, x.shape[2:], strict=True))
        return A @ x @ B.T

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"output_size={self.output_size}"


def _averages(outputs: int, inputs: int, x: Tensor) -> Tensor:
    """The matrix whose rows average: row i is 1 / length on its window and 0 elsewhere."""
    i, j = torch.arange(outputs, device=x.device)[:, None], torch.arange(inputs, device=x.device)
    first, end = i * inputs // max(outputs, 1), -(-(i + 1) * inputs // max(outputs, 1))
    return ((first <= j) & (j < end)).to(x.dtype) / (end - first)
