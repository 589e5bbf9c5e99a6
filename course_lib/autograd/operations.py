"""The operations: what each one computes, and beside it the derivative it passes back.

This is the table of derivatives of the tape. ``g`` is the gradient of the result ``y``; a line returns the gradient of
one input. Everything is written in operations of the same table, so there is a derivative of every derivative.

Three kinds say at the same time how a *tangent* goes forward (see ``dual``):

- ``elementwise``: the Jacobian is diagonal, so that forward and back are the same multiplication;
- ``linear`` in each input: the tangent goes through the operation itself;
- anything else states its ``jvp``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import array_api_compat.numpy
import array_api_compat.torch
import numpy as np
import torch

from course_lib.arrays import Array
from course_lib.autograd.tape import Operation


def _xp(x: Array) -> ModuleType:
    return array_api_compat.torch if type(x) is torch.Tensor else array_api_compat.numpy


def elementwise(name: str, forward: Callable[..., Array], *vjps: Callable[..., Any]) -> Operation:
    """An operation on each entry by itself, with broadcasting."""

    def jvp(tangents: Sequence[Any], y: Any, *inputs: Any, **settings: Any) -> Any:
        return total(vjp(t, y, *inputs, **settings) for vjp, t in zip(vjps, tangents, strict=True) if t is not None)

    return Operation(name, forward, vjps, jvp)


def linear(name: str, forward: Callable[..., Array], *vjps: Callable[..., Any]) -> Operation:
    """An operation that is linear in each of its inputs."""

    def jvp(tangents: Sequence[Any], y: Any, *inputs: Any, **settings: Any) -> Any:
        return total(
            operation(*inputs[:i], t, *inputs[i + 1 :], **settings) for i, t in enumerate(tangents) if t is not None
        )

    operation = Operation(name, forward, vjps, jvp)
    return operation


def total(terms: Any) -> Any:
    """The sum of at least one term."""
    first, *others = terms
    for term in others:
        first = first + term
    return first


# Arithmetic -----------------------------------------------------------------------------------------------------------

add = elementwise("add", lambda a, b: a + b, lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = elementwise("subtract", lambda a, b: a - b, lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = elementwise("multiply", lambda a, b: a * b, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
divide = elementwise("divide", lambda a, b: a / b, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b)
negative = elementwise("negative", lambda x: -x, lambda g, y, x: -g)


def _power_base(g: Any, y: Any, a: Any, b: Any) -> Any:
    """b aᵇ⁻¹; where a = b = 0 the constant a⁰ has slope 0."""
    if isinstance(b, int | float):
        return g * (b * a ** (b - 1)) if b else g * 0.0
    both_zero = (a.data == 0) & (b.data == 0) if hasattr(a, "data") else (b.data == 0) & (a == 0)
    return g * (b * a ** where(both_zero, 1.0, b - 1))


def _power_exponent(g: Any, y: Any, a: Any, b: Any) -> Any:
    """aᵇ log a; 0ᵇ stays 0 when b ≥ 0 moves."""
    if isinstance(a, int | float):
        return g * y * float(np.log(a)) if a else g * where(b.data >= 0, 0.0, y * -np.inf)
    constant = (a.data == 0) & ((b.data if hasattr(b, "data") else b) >= 0)
    return g * y * log(where(constant, 1.0, a))


power = elementwise("power", lambda a, b: a**b, _power_base, _power_exponent)

# Functions of one number ----------------------------------------------------------------------------------------------


def _stable_sigmoid(x: Array) -> Array:
    xp = _xp(x)
    e = xp.exp(-xp.abs(x))  # never above 1
    return xp.where(x >= 0, xp.ones_like(e), e) / (1 + e)


def _stable_softplus(x: Array) -> Array:
    xp = _xp(x)
    return _positive_part(x) + xp.log1p(xp.exp(-xp.abs(x)))


def _positive_part(x: Array) -> Array:
    return x.clamp(min=0) if type(x) is torch.Tensor else np.maximum(x, 0)


exp = elementwise("exp", lambda x: _xp(x).exp(x), lambda g, y, x: g * y)
log = elementwise("log", lambda x: _xp(x).log(x), lambda g, y, x: g / x)
sqrt = elementwise("sqrt", lambda x: _xp(x).sqrt(x), lambda g, y, x: g / (2 * y))
sin = elementwise("sin", lambda x: _xp(x).sin(x), lambda g, y, x: g * cos(x))
cos = elementwise("cos", lambda x: _xp(x).cos(x), lambda g, y, x: -g * sin(x))
tanh = elementwise("tanh", lambda x: _xp(x).tanh(x), lambda g, y, x: g * (1 - y * y))
sigmoid = elementwise("sigmoid", _stable_sigmoid, lambda g, y, x: g * (y * (1 - y)))
softplus = elementwise("softplus", _stable_softplus, lambda g, y, x: g * sigmoid(x))
relu = elementwise("relu", _positive_part, lambda g, y, x: where(x.data > 0, g, 0.0))
absolute = elementwise("abs", lambda x: _xp(x).abs(x), lambda g, y, x: g * _xp(x.data).sign(x.data))

# Choices: the gradient goes where the value came from; equal values share it -------------------------------------------


def _share(mine: Any, other: Any, sign: int) -> Array:
    """1 where the first is chosen, 1/2 where both are equal, 0 elsewhere."""
    a, b = getattr(mine, "data", mine), getattr(other, "data", other)
    like = b if isinstance(a, int | float) else a
    return 0.5 + 0.5 * _xp(like).sign(sign * (a - b))


def _extremum(name: str, choose: Callable[[ModuleType], Callable[..., Array]], sign: int) -> Operation:
    def forward(a: Array, b: Array) -> Array:
        like = b if isinstance(a, int | float) else a
        xp = _xp(like)
        device = array_api_compat.device(like)
        a, b = (xp.asarray(x, dtype=like.dtype, device=device) if isinstance(x, int | float) else x for x in (a, b))
        return choose(xp)(a, b)

    return elementwise(
        name, forward, lambda g, y, a, b: g * _share(a, b, sign), lambda g, y, a, b: g * _share(b, a, sign)
    )


maximum = _extremum("maximum", lambda xp: xp.maximum, 1)
minimum = _extremum("minimum", lambda xp: xp.minimum, -1)
_where = elementwise(
    "where",
    lambda a, b, condition: _xp(condition).where(condition, a, b),
    lambda g, y, a, b, condition: where(condition, g, 0.0),
    lambda g, y, a, b, condition: where(condition, 0.0, g),
)


def where(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, ``b`` elsewhere; the condition is an array of booleans."""
    return _where(
        a, b, condition=getattr(condition, "data", condition) if hasattr(condition, "operation") else condition
    )


# Shapes ---------------------------------------------------------------------------------------------------------------

_reshape = linear("reshape", lambda x, shape: x.reshape(shape), lambda g, y, x, shape: reshape(g, x.shape))
_transpose = linear(
    "transpose",
    lambda x, axes: _xp(x).permute_dims(x, axes),
    lambda g, y, x, axes: _transpose(g, axes=tuple(int(i) for i in np.argsort(axes))),
)
_broadcast_to = linear(
    "broadcast_to", lambda x, shape: _xp(x).broadcast_to(x, shape), lambda g, y, x, shape: sum_to(g, x.shape)
)
_cast = linear("cast", lambda x, dtype: _xp(x).astype(x, dtype), lambda g, y, x, dtype: cast(g, x.dtype))
_take = linear("index", lambda x, index: x[index], lambda g, y, x, index: _put(g, index=index, shape=tuple(x.shape)))


def _scatter(x: Array, index: Any, shape: tuple[int, ...]) -> Array:
    """Zeros, to which ``x`` is added where ``index`` points; the same place may be meant several times."""
    xp = _xp(x)
    device = array_api_compat.device(x)
    out = xp.zeros(shape, dtype=x.dtype, device=device)
    if all(isinstance(i, int | slice | type(None) | type(Ellipsis)) for i in index):
        out[index] = x
        return out
    places = xp.reshape(xp.arange(out.size if xp is array_api_compat.numpy else out.numel(), device=device), shape)
    places = xp.reshape(places[index], (-1,))
    flat = xp.reshape(out, (-1,))
    if xp is array_api_compat.torch:
        flat.index_add_(0, places, x.reshape(-1))
    else:
        np.add.at(flat, places, x.reshape(-1))
    return out


_put = linear("put", _scatter, lambda g, y, x, index, shape: _take(g, index=index))


def take(x: Any, index: Any) -> Any:
    """``x[index]`` with slices, integers, None, ``...``, and arrays of integers or booleans."""
    index = index if isinstance(index, tuple) else (index,)
    return _take(x, index=tuple(i.data if hasattr(i, "operation") else i for i in index))


def reshape(x: Any, shape: Sequence[int]) -> Any:
    """The same entries in another shape; one size may be -1."""
    return _reshape(x, shape=tuple(shape))


def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order; by default reversed."""
    n = x.ndim
    return _transpose(x, axes=tuple(range(n))[::-1] if axes is None else tuple(i % n for i in axes))


def broadcast_to(x: Any, shape: Sequence[int]) -> Any:
    """Repeat ``x`` along new and along one-sized axes until it has ``shape``."""
    return _broadcast_to(x, shape=tuple(shape))


def cast(x: Any, dtype: Any) -> Any:
    """The same numbers in another floating dtype."""
    return _cast(x, dtype=dtype)


def sum_to(x: Any, shape: Sequence[int]) -> Any:
    """Undo broadcasting: sum over the axes along which an array of ``shape`` would be repeated to match ``x``."""
    extra = x.ndim - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and x.shape[i + extra] != 1))
    return reshape(sum_(x, axis=axes, keepdims=True), shape)


def concat(tensors: Sequence[Any], axis: int = 0) -> Any:
    """Join along an axis that exists."""
    tensors = tuple(tensors)
    axis = axis % max(1, tensors[0].ndim)
    ends = np.cumsum([t.shape[axis] for t in tensors]).tolist()
    before = (slice(None),) * axis
    parts = [(*before, slice(end - t.shape[axis], end)) for t, end in zip(tensors, ends, strict=True)]

    def jvp(tangents: Sequence[Any], y: Any, *inputs: Any) -> Any:
        return total(
            _put(t, index=part, shape=tuple(y.shape)) for t, part in zip(tangents, parts, strict=True) if t is not None
        )

    vjps = [lambda g, y, *inputs, part=part: _take(g, index=part) for part in parts]
    return Operation("concat", lambda *arrays: _xp(arrays[0]).concat(arrays, axis=axis), vjps, jvp)(*tensors)


def stack(tensors: Sequence[Any], axis: int = 0) -> Any:
    """Join along a new axis."""
    return concat([expand_dims(t, axis) for t in tensors], axis)


def expand_dims(x: Any, axis: int) -> Any:
    """A new axis of size 1."""
    axis = axis % (x.ndim + 1)
    return reshape(x, (*x.shape[:axis], 1, *x.shape[axis:]))


# Reductions -----------------------------------------------------------------------------------------------------------


def _keep(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """Give a reduced tensor back the axes that it lost, with size 1."""
    if keepdims or x.ndim == 0:
        return g
    axes = range(x.ndim) if axis is None else {i % x.ndim for i in (axis if isinstance(axis, tuple) else (axis,))}
    return reshape(g, tuple(1 if i in axes else n for i, n in enumerate(x.shape)))


_sum = linear(
    "sum",
    lambda x, axis, keepdims: _xp(x).sum(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axis, keepdims: broadcast_to(_keep(g, x, axis, keepdims), x.shape),
)


def sum_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum over an axis, several, or all."""
    return _sum(x, axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean over an axis, several, or all."""
    summed = sum_(x, axis, keepdims)
    return summed / (_size(x) / (_size(summed) or 1))


def _size(x: Any) -> int:
    return int(np.prod(x.shape))


def _reduce(name: str, choose: Callable[[ModuleType], Callable[..., Array]]) -> Operation:
    def shares(y: Any, x: Any, axis: Any, keepdims: bool) -> Array:
        xp = _xp(x.data)
        chosen = xp.astype(x.data == _keep(y, x, axis, keepdims).data, x.dtype)
        return chosen / xp.sum(chosen, axis=axis, keepdims=True)

    return Operation(
        name,
        lambda x, axis, keepdims: choose(_xp(x))(x, axis=axis, keepdims=keepdims),
        [lambda g, y, x, axis, keepdims: _keep(g, x, axis, keepdims) * shares(y, x, axis, keepdims)],
        lambda tangents, y, x, axis, keepdims: sum_(tangents[0] * shares(y, x, axis, keepdims), axis, keepdims),
    )


_max = _reduce("max", lambda xp: xp.max)
_min = _reduce("min", lambda xp: xp.min)


def max_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest entry along an axis, several, or all. Equal largest entries share the gradient evenly."""
    return _max(x, axis=axis, keepdims=keepdims)


def min_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest entry along an axis, several, or all. Equal smallest entries share the gradient evenly."""
    return _min(x, axis=axis, keepdims=keepdims)


def _stable_logsumexp(x: Array, axis: Any, keepdims: bool) -> Array:
    xp = _xp(x)
    largest = xp.max(x, axis=axis, keepdims=True)
    y = xp.log(xp.sum(xp.exp(x - largest), axis=axis, keepdims=True)) + largest
    return y if keepdims else xp.reshape(y, xp.sum(x, axis=axis).shape)


_logsumexp = Operation(
    "logsumexp",
    _stable_logsumexp,
    [lambda g, y, x, axis, keepdims: _keep(g, x, axis, keepdims) * exp(x - _keep(y, x, axis, keepdims))],
    lambda tangents, y, x, axis, keepdims: sum_(tangents[0] * exp(x - _keep(y, x, axis, keepdims)), axis, keepdims),
)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    r"""$\log \sum_i \exp x_i$ without overflow; its gradient is the softmax."""
    return _logsumexp(x, axis=axis, keepdims=keepdims)


# Products of matrices -------------------------------------------------------------------------------------------------


def _flip(x: Any) -> Any:
    """Each matrix of a stack transposed."""
    return transpose(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def _matmul_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return expand_dims(g, -1) * b
    if a.ndim == 1:
        return (b @ expand_dims(g, -1))[..., 0]
    return g @ _flip(b)


def _matmul_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        return g * a if b.ndim == 1 else expand_dims(a, -1) * expand_dims(g, -2)
    if b.ndim == 1:
        return (_flip(a) @ expand_dims(g, -1))[..., 0]
    return _flip(a) @ g


matmul = linear("matmul", lambda a, b: a @ b, _matmul_left, _matmul_right)
