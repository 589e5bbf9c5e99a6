"""The tensor: an array with a tape behind it, and the arithmetic that one writes with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from course_lib.arrays import Array
from course_lib.autograd import operations
from course_lib.autograd.tape import Node


class Arithmetic:
    """The operators and methods that tensors and dual numbers share: each calls the operation of its name."""

    __slots__ = ()
    __array_ufunc__ = None  # so that array * tensor asks the tensor

    @property
    def data(self) -> Array:
        """The array of values."""
        raise NotImplementedError

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes."""
        return tuple(self.data.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def dtype(self) -> Any:
        """The dtype of the array."""
        return self.data.dtype

    @property
    def T(self) -> Any:
        """The axes in reverse order."""
        return operations.transpose(self)

    def __add__(self, other: Any) -> Any:
        return operations.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return operations.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return operations.subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return operations.subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return operations.multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return operations.multiply(other, self)

    def __truediv__(self, other: Any) -> Any:
        return operations.divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return operations.divide(other, self)

    def __pow__(self, other: Any) -> Any:
        return operations.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return operations.power(other, self)

    def __matmul__(self, other: Any) -> Any:
        return operations.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return operations.matmul(other, self)

    def __neg__(self) -> Any:
        return operations.negative(self)

    def __abs__(self) -> Any:
        return operations.absolute(self)

    def __getitem__(self, index: Any) -> Any:
        return operations.take(self, index)

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __lt__(self, other: Any) -> Any:
        return self.data < operations.data(other)

    def __le__(self, other: Any) -> Any:
        return self.data <= operations.data(other)

    def __gt__(self, other: Any) -> Any:
        return self.data > operations.data(other)

    def __ge__(self, other: Any) -> Any:
        return self.data >= operations.data(other)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __float__(self) -> float:
        return float(self.data)

    def item(self) -> float:
        """The only entry, as a Python number."""
        return self.data.item()

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """See :func:`course_lib.autograd.sum`."""
        return operations.sum_(self, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        """See :func:`course_lib.autograd.mean`."""
        return operations.mean(self, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        """See :func:`course_lib.autograd.max`."""
        return operations.max_(self, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        """See :func:`course_lib.autograd.min`."""
        return operations.min_(self, axis, keepdims)

    def reshape(self, *shape: Any) -> Any:
        """The same entries in another shape, given as ``(2, 3)`` or as ``2, 3``."""
        return operations.reshape(self, shape[0] if shape and isinstance(shape[0], Sequence) else shape)

    def broadcast_to(self, shape: Sequence[int]) -> Any:
        """See :func:`course_lib.autograd.broadcast_to`."""
        return operations.broadcast_to(self, shape)

    def sum_to(self, shape: Sequence[int]) -> Any:
        """Undo broadcasting: sum over the axes along which an array of ``shape`` would be repeated to match this."""
        return operations.sum_to(self, shape)

    def astype(self, dtype: Any) -> Any:
        """The same numbers in another floating dtype."""
        return operations.cast(self, dtype)

    def transpose(self, axes: Sequence[int] | None = None) -> Any:
        """See :func:`course_lib.autograd.transpose`."""
        return operations.transpose(self, axes)

    def exp(self) -> Any:
        """See :func:`course_lib.autograd.exp`."""
        return operations.exp(self)

    def log(self) -> Any:
        """See :func:`course_lib.autograd.log`."""
        return operations.log(self)

    def sqrt(self) -> Any:
        """See :func:`course_lib.autograd.sqrt`."""
        return operations.sqrt(self)

    def sin(self) -> Any:
        """See :func:`course_lib.autograd.sin`."""
        return operations.sin(self)

    def cos(self) -> Any:
        """See :func:`course_lib.autograd.cos`."""
        return operations.cos(self)

    def tanh(self) -> Any:
        """See :func:`course_lib.autograd.tanh`."""
        return operations.tanh(self)

    def relu(self) -> Any:
        """See :func:`course_lib.autograd.relu`."""
        return operations.relu(self)

    def sigmoid(self) -> Any:
        """See :func:`course_lib.autograd.sigmoid`."""
        return operations.sigmoid(self)

    def softplus(self) -> Any:
        """See :func:`course_lib.autograd.softplus`."""
        return operations.softplus(self)

    def abs(self) -> Any:
        """See :func:`course_lib.autograd.abs`."""
        return operations.absolute(self)


class Tensor(Node, Arithmetic):
    """An array that remembers how it was computed.

    Args:
        data: A NumPy array, a torch tensor or a number. Arrays are not copied; torch's own autograd is not used.
        requires_grad: Whether gradients with respect to this tensor are wanted.
        name: What graphs call it.

    Raises:
        TypeError: The data is none of these, or ``requires_grad`` is asked of integers or booleans.

    >>> x = Tensor(np.array([1.0, 2.0]), requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    Tensor(array([2., 4.]))
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = False, *, name: str | None = None):
        array = _as_array(data)
        if requires_grad and not _is_floating(array):
            raise TypeError(
                f"only floating-point data has gradients, got {array.dtype}; "
                "write 2.0 for 2, or convert the array with .astype(float) or .double()"
            )
        super().__init__(array, requires_grad, name)

    def named(self, name: str) -> Tensor:
        """Give this tensor a name for graphs, and return it."""
        self.name = name
        return self

    def detach(self) -> Tensor:
        """The same array as a constant: no gradient flows through it."""
        return self._constant(self.data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.requires_grad:
            raise TypeError("NumPy would leave the tape, and no gradient would flow; take .data if that is meant")
        return np.array(self.data, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        return f"Tensor({self.data!r}{name}{', requires_grad=True' if self.requires_grad else ''})"


def _as_array(data: Any) -> Array:
    if isinstance(data, Node):
        return data.data
    if isinstance(data, torch.Tensor):
        return data.detach()
    array = np.asarray(data)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"expected a NumPy array, a torch tensor or a number, got {type(data).__name__}: {data!r}")
    return array


def _is_floating(data: Array) -> bool:
    return data.is_floating_point() if isinstance(data, torch.Tensor) else data.dtype.kind == "f"
