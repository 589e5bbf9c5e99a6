r"""Windows that slide over an input: what convolution and pooling have in common.

A window has a size (the *kernel size*), moves by a *stride*, reaches over the border into some *padding*, and may pick
its cells with gaps between them (*dilation*). Cutting an input into its windows is a linear map, :func:`unfold`. Its
transpose, :func:`fold`, puts the windows back and adds where they overlap. The gradient of a linear map $y = Ax$ is
$A^\top g$, so each of the two is the derivative of the other, and both differentiate as often as one likes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.autograd import Function

Sizes: TypeAlias = tuple[int, ...]
"""One number for each spatial dimension."""


def conv_output_size(
    size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, ceil_mode: bool = False
) -> int:
    r"""How many positions a window has along one dimension.

    $o = \left\lfloor \frac{n + 2p - d (k - 1) - 1}{s} \right\rfloor + 1$   (Dumoulin and Visin, 2016)

    Args:
        size: $n$, cells of the input.
        kernel_size: $k$, cells of the window.
        stride: $s$, how far it moves.
        padding: $p$, cells added on each side.
        dilation: $d$, the distance between two cells of the window.
        ceil_mode: Whether a last window may hang over the end, as long as it begins inside.

    Raises:
        ValueError: A number is too small, or the window does not fit into the padded input.

    >>> conv_output_size(28, kernel_size=5, stride=2, padding=2)
    14
    """
    for name, value, least in (
        ("size", size, 0),
        ("kernel_size", kernel_size, 1),
        ("stride", stride, 1),
        ("padding", padding, 0),
        ("dilation", dilation, 1),
    ):
        if value < least:
            raise ValueError(f"expected {name} of at least {least}, got {value}")
    free = size + 2 * padding - dilation * (kernel_size - 1) - 1
    if free < 0 and not (ceil_mode and free > -stride):
        reach = dilation * (kernel_size - 1) + 1
        raise ValueError(
            f"the window is larger than the padded input: it reaches over {reach} cells, "
            f"and {size} + 2 · {padding} = {size + 2 * padding} are there"
        )
    count = (-(-free // stride) if ceil_mode else free // stride) + 1
    begins_outside = ceil_mode and (count - 1) * stride >= size + padding
    return count - 1 if begins_outside else count


@dataclass(frozen=True)
class Windows:
    """Windows over one input, described by one number (for ``padding`` two) per spatial dimension.

    Args:
        kernel_size: Cells of a window.
        stride: How far it moves.
        dilation: The distance between two of its cells.
        padding: Zeros before and after the input. A window may need fewer of those after it.
        count: How many positions there are.
    """

    kernel_size: Sizes
    stride: Sizes
    dilation: Sizes
    padding: tuple[tuple[int, int], ...]
    count: Sizes

    def view(self, padded: Tensor) -> Tensor:
        """All windows of (N, C, \\*padded size), shape (N, C, \\*kernel_size, \\*count), sharing its memory.

        Entry $(u, i)$ is cell $u d + i s$ of the padded input. Memory is a line, and each index of a tensor is a step
        along it: here both $u$ and $i$ walk along the same dimension, one in steps of $d$, the other in steps of $s$.
        """
        batch, channel, *step = padded.stride()
        within = [d * one for d, one in zip(self.dilation, step, strict=True)]
        between = [s * one for s, one in zip(self.stride, step, strict=True)]
        shape = (*padded.shape[:2], *self.kernel_size, *self.count)
        return padded.as_strided(shape, (batch, channel, *within, *between), padded.storage_offset())

    def offsets(self) -> Iterator[Sizes]:
        """Every cell of a window: (0, 0), (0, 1), ..."""
        yield from itertools.product(*map(range, self.kernel_size))

    def cells(self, padded: Tensor) -> Iterator[Tensor]:
        """One cell of all windows after the other, shape (N, C, \\*count), sharing the memory of the padded input."""
        view = self.view(padded)
        for u in self.offsets():
            index: tuple[Any, ...] = (slice(None), slice(None), *u)
            yield view[index]

    def padded(self, x: Tensor, value: float = 0.0) -> Tensor:
        """The input with its padding, contiguous."""
        if not any(map(any, self.padding)):
            return x.contiguous()
        out = x.new_full(self._padded_shape(x.shape), value)
        self.cropped(out, x.shape[2:]).copy_(x)
        return out

    def empty(self, columns: Tensor, size: Sizes) -> Tensor:
        """Zeros where the padded input of these windows was."""
        return columns.new_zeros(self._padded_shape((*columns.shape[:2], *size)))

    def cropped(self, padded: Tensor, size: Sizes) -> Tensor:
        """What is left of a padded tensor without its padding, as a view."""
        for i, ((before, _), n) in enumerate(zip(self.padding, size, strict=True)):
            padded = padded.narrow(2 + i, before, n)
        return padded

    def _padded_shape(self, shape: Sizes) -> Sizes:
        return (*shape[:2], *(n + sum(p) for n, p in zip(shape[2:], self.padding, strict=True)))


class _Unfold(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, windows: Windows) -> Tensor:
        ctx.windows, ctx.size = windows, x.shape[2:]
        return windows.view(windows.padded(x)).contiguous()

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        return fold(g, ctx.windows, ctx.size), None


class _Fold(Function):
    @staticmethod
    def forward(ctx: Any, columns: Tensor, windows: Windows, size: Sizes) -> Tensor:
        ctx.windows = windows
        x = windows.empty(columns, size)
        parts = columns.flatten(2, 1 + len(size)).unbind(2)
        for cell, part in zip(windows.cells(x), parts, strict=True):
            cell += part
        return windows.cropped(x, size).contiguous()

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None, None]:
        return unfold(g, ctx.windows), None, None


def unfold(x: Tensor, windows: Windows) -> Tensor:
    r"""Cut an input into its windows.

    $C_{n c u i} = x_{n c,\, i s + u d - p}$ for every dimension, and $\partial L / \partial x = \mathrm{fold}(g)$

    Args:
        x: Shape (N, C, \*size).
        windows: Where they lie.

    Returns:
        Shape (N, C, \*kernel_size, \*count).

    >>> pairs = Windows(kernel_size=(2,), stride=(1,), dilation=(1,), padding=((0, 0),), count=(3,))
    >>> unfold(torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]), pairs)
    tensor([[[[1., 2., 3.],
              [2., 3., 4.]]]])
    """
    return _Unfold.apply(x, windows)


def fold(columns: Tensor, windows: Windows, size: Sizes) -> Tensor:
    r"""Put windows back where they came from, and add where they overlap: the transpose of :func:`unfold`.

    $x_{n c j} = \sum_{u, i:\, i s + u d - p = j} C_{n c u i}$, and $\partial L / \partial C = \mathrm{unfold}(g)$

    Args:
        columns: Shape (N, C, \*kernel_size, \*count).
        windows: Where they lie.
        size: Spatial size of the result.

    Returns:
        Shape (N, C, \*size).

    >>> pairs = Windows(kernel_size=(2,), stride=(1,), dilation=(1,), padding=((0, 0),), count=(3,))
    >>> fold(torch.ones(1, 1, 2, 3), pairs, (4,))
    tensor([[[1., 2., 2., 1.]]])
    """
    return _Fold.apply(columns, windows, size)


class _WindowSum(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, windows: Windows) -> Tensor:
        ctx.windows, ctx.size = windows, x.shape[2:]
        cells = windows.cells(windows.padded(x))
        y = next(cells).clone(memory_format=torch.contiguous_format)
        for cell in cells:
            y += cell
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        columns = g[(slice(None), slice(None), *[None] * len(ctx.size))]
        columns = columns.expand(*g.shape[:2], *ctx.windows.kernel_size, *g.shape[2:])
        return fold(columns, ctx.windows, ctx.size), None


def window_sum(x: Tensor, windows: Windows) -> Tensor:
    r"""The sum of every window, without storing the windows.

    $y_{n c i} = \sum_u \mathrm{unfold}(x)_{n c u i}$; its transpose hands $g_{n c i}$ to every cell of window $i$.

    Args:
        x: Shape (N, C, \*size).
        windows: Where they lie.

    Returns:
        Shape (N, C, \*count).
    """
    return _WindowSum.apply(x, windows)


def with_batch(x: Tensor, dimensions: int, layer: str) -> tuple[Tensor, bool]:
    """The input as a batch, and whether it was one; a single example (C, \\*size) becomes a batch of one.

    Raises:
        RuntimeError: It has neither one nor two dimensions more than there are spatial ones.
    """
    if x.ndim not in (dimensions + 1, dimensions + 2):
        names = ", ".join(("height", "width")[:dimensions]) if dimensions == 2 else "length"
        raise RuntimeError(
            f"expected the input of {layer} to be (batch, channels, {names}) or (channels, {names}), "
            f"got shape {tuple(x.shape)}"
        )
    batched = x.ndim == dimensions + 2
    return (x if batched else x.unsqueeze(0)), batched


def per_dimension(value: int | Iterable[int], dimensions: int) -> Sizes:
    """One number for every spatial dimension: a number is repeated, a sequence becomes a tuple.

    >>> per_dimension(3, 2)
    (3, 3)
    """
    return tuple(value) if isinstance(value, Iterable) else (value,) * dimensions


def check_dimensions(dimensions: int, **options: Sizes) -> None:
    """Refuse options that have not one number per spatial dimension."""
    for name, value in options.items():
        if len(value) != dimensions:
            raise RuntimeError(f"expected {name} to be one number or {dimensions}, got {value}")


def place_windows(
    size: Sizes, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool = False
) -> Windows:
    """Windows over an input of some size, with the same padding before and after.

    Raises:
        RuntimeError: A number is too small, or a window does not fit.
    """
    check_dimensions(len(size), kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)
    along = list(zip(size, kernel_size, stride, padding, dilation, strict=True))
    try:
        count = tuple(conv_output_size(*numbers, ceil_mode=ceil_mode) for numbers in along)
    except ValueError as error:
        raise RuntimeError(f"{error} (input {size}, kernel_size {kernel_size})") from error
    needed = [(o - 1) * s + d * (k - 1) + 1 - n - p for o, (n, k, s, p, d) in zip(count, along, strict=True)]
    around = tuple((p, max(p, after)) for p, after in zip(padding, needed, strict=True))
    return Windows(kernel_size, stride, dilation, around, count)
