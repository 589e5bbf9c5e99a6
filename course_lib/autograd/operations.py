"""The operations: what each one computes, and beside it the derivative that goes back.

This is the table of derivatives of the tape. ``g`` is the gradient of the result ``y``; each line after the forward
computation returns the gradient of one input. Everything is written in operations of the same table, so every
derivative has a derivative.

There are three kinds. They differ in how a tangent goes *forward* (see ``dual``):

- ``elementwise``: the Jacobian is diagonal, so forward and back are the same multiplication;
- ``linear`` in each input: the tangent of an input goes through the operation in the input's place;
- anything else states its ``jvp``.

Where the derivative jumps, torch's convention holds: ``relu`` and ``abs`` have slope 0 at 0, equal candidates for
a maximum or a minimum share the gradient evenly (as ``torch.amax`` does it), and ``0**p`` has slope 0 in $p \\ge 0$.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import pairwise
from operator import add as plus
from types import ModuleType
from typing import Any

import array_api_compat.numpy
import array_api_compat.torch
import numpy as np

from course_lib.arrays import Array, is_torch
from course_lib.autograd.tape import Node, Operation

BROADCASTS = "from the right, each pair of sizes must be equal or hold a 1"
MULTIPLIES = "the last axis of the first must be as long as the last but one of the second (its only one, if a vector)"


def elementwise(name: str, forward: Callable[..., Array], *vjps: Callable[..., Any]) -> Operation:
    """An operation on each entry by itself, with broadcasting."""

    def jvp(tangents, y, *inputs, **settings):
        return total(vjp(t, y, *inputs, **settings) for vjp, t in zip(vjps, tangents, strict=True) if t is not None)

    return Operation(name, forward, vjps, jvp, fits=BROADCASTS)


def linear(name: str, forward: Callable[..., Array], *vjps: Callable[..., Any], fits: str = "") -> Operation:
    """An operation that is linear in each of its inputs."""

    def jvp(tangents, y, *inputs, **settings):
        places = [i for i, t in enumerate(tangents) if t is not None]
        return total(operation(*inputs[:i], tangents[i], *inputs[i + 1 :], **settings) for i in places)

    operation = Operation(name, forward, vjps, jvp, fits)
    return operation


def total(terms: Iterable[Any]) -> Any:
    """The sum of at least one term."""
    return reduce(plus, terms)


def data(x: Any) -> Any:
    """The array in a tensor; a number or an array as it is."""
    return x if isinstance(x, int | float | np.ndarray | np.generic) or is_torch(x) else x.data


def _xp(x: Array) -> ModuleType:
    return array_api_compat.torch if is_torch(x) else array_api_compat.numpy


# Arithmetic -----------------------------------------------------------------------------------------------------------

add = elementwise("add", lambda a, b: a + b, lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = elementwise("subtract", lambda a, b: a - b, lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = elementwise("multiply", lambda a, b: a * b, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
divide = elementwise("divide", lambda a, b: a / b, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b)
negative = elementwise("negative", lambda x: -x, lambda g, y, x: -g)


def _power_base(g, y, a, b):
    """The slope of aᵇ in a is b aᵇ⁻¹, and 0 at a = b = 0, where a⁰ is constant."""
    if isinstance(b, int | float):
        return g * (b * a ** (b - 1)) if b else g * 0.0
    both_zero = (data(a) == 0) & (b.data == 0)
    return g * (b * a ** where(both_zero, 1.0, b - 1))


def _power_exponent(g, y, a, b):
    """The slope of aᵇ in b is aᵇ log a, and 0 where a = 0 and b ≥ 0."""
    constant = (data(a) == 0) & (data(b) >= 0)
    if isinstance(a, int | float):
        slope = math.log(a) if a > 0 else -math.inf if a == 0 else math.nan
        return where(constant, 0.0, g * y * slope) if a == 0 else g * y * slope
    return g * y * log(where(constant, 1.0, a))


power = elementwise("power", lambda a, b: a**b, _power_base, _power_exponent)

# Functions of one number ----------------------------------------------------------------------------------------------


def _stable_sigmoid(x):
    xp = _xp(x)
    e = xp.exp(-xp.abs(x))  # at most 1: nothing overflows
    return xp.where(x >= 0, 1.0, e) / (1.0 + e)


def _stable_softplus(x):
    xp = _xp(x)
    return _positive_part(x) + xp.log1p(xp.exp(-xp.abs(x)))


def _positive_part(x):
    return x.clamp(min=0) if is_torch(x) else np.maximum(x, 0)


exp = elementwise("exp", lambda x: _xp(x).exp(x), lambda g, y, x: g * y)
log = elementwise("log", lambda x: _xp(x).log(x), lambda g, y, x: g / x)
sqrt = elementwise("sqrt", lambda x: _xp(x).sqrt(x), lambda g, y, x: g / (2 * y))
sin = elementwise("sin", lambda x: _xp(x).sin(x), lambda g, y, x: g * cos(x))
cos: Operation = elementwise("cos", lambda x: _xp(x).cos(x), lambda g, y, x: -g * sin(x))
tanh = elementwise("tanh", lambda x: _xp(x).tanh(x), lambda g, y, x: g * (1 - y * y))
sigmoid = elementwise("sigmoid", _stable_sigmoid, lambda g, y, x: g * (y * (1 - y)))
softplus = elementwise("softplus", _stable_softplus, lambda g, y, x: g * sigmoid(x))
relu = elementwise("relu", _positive_part, lambda g, y, x: _where(g, 0.0, condition=x.data > 0))
absolute = elementwise("abs", lambda x: _xp(x).abs(x), lambda g, y, x: g * _xp(x.data).sign(x.data))

# Choices: the gradient goes where the value came from -----------------------------------------------------------------


def _choice(name: str, pick: Callable[[ModuleType], Callable[..., Array]], sign: int) -> Operation:
    def forward(a, b):
        xp, like = (_xp(b), b) if isinstance(a, int | float) else (_xp(a), a)
        device = array_api_compat.device(like)
        return pick(xp)(
            *(xp.asarray(x, dtype=like.dtype, device=device) if isinstance(x, int | float) else x for x in (a, b))
        )

    def share(mine, other):  # 1 for the one that is picked, 1/2 if both are equal, else 0
        lead = data(mine) - data(other)
        return 0.5 + 0.5 * sign * _xp(lead).sign(lead)

    return elementwise(name, forward, lambda g, y, a, b: g * share(a, b), lambda g, y, a, b: g * share(b, a))


maximum = _choice("maximum", lambda xp: xp.maximum, +1)
minimum = _choice("minimum", lambda xp: xp.minimum, -1)
_where: Operation = elementwise(
    "where",
    lambda a, b, condition: _xp(condition).where(condition, a, b),
    lambda g, y, a, b, condition: _where(g, 0.0, condition=condition),
    lambda g, y, a, b, condition: _where(0.0, g, condition=condition),
)


def where(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, ``b`` elsewhere; the condition is an array of booleans, such as ``x > 0``."""
    return _where(a, b, condition=data(condition))


# Shapes ---------------------------------------------------------------------------------------------------------------

_reshape = linear("reshape", lambda x, shape: x.reshape(shape), lambda g, y, x, shape: reshape(g, x.shape))
_transpose: Operation = linear(
    "transpose",
    lambda x, axes: _xp(x).permute_dims(x, axes),
    lambda g, y, x, axes: _transpose(g, axes=tuple(sorted(range(len(axes)), key=axes.__getitem__))),
)
_broadcast_to = linear(
    "broadcast_to", lambda x, shape: _xp(x).broadcast_to(x, shape), lambda g, y, x, shape: sum_to(g, x.shape)
)
_cast = linear("cast", lambda x, dtype: _xp(x).astype(x, dtype), lambda g, y, x, dtype: cast(g, x.dtype))
_index = linear("index", lambda x, index: x[index], lambda g, y, x, index: _place(g, index=index, shape=x.shape))


def _placed(x, index, shape):
    """Zeros, to which ``x`` is added where ``index`` points; it may point several times to one place."""
    xp, device = _xp(x), array_api_compat.device(x)
    out = xp.zeros(shape, dtype=x.dtype, device=device)
    if all(isinstance(i, int | slice | type(None) | type(Ellipsis)) for i in index):
        out[index] = x
        return out
    places = xp.reshape(xp.arange(math.prod(shape), device=device), shape)[index]
    add_at = out.reshape(-1).index_add_ if is_torch(x) else lambda _, i, x: np.add.at(out.reshape(-1), i, x)
    add_at(0, places.reshape(-1), x.reshape(-1))
    return out


_place: Operation = linear("place", _placed, lambda g, y, x, index, shape: _index(g, index=index))


def _axis(axis: int, ndim: int) -> int:
    """Which of ``ndim`` axes is meant; negative ones count from the end."""
    if not -ndim <= axis < ndim:
        raise IndexError(f"expected an axis from {-ndim} to {ndim - 1}, got {axis}")
    return axis % ndim


def take(x: Any, index: Any) -> Any:
    """``x[index]`` with integers, slices, None, ``...``, and arrays of integers or booleans."""
    index = index if isinstance(index, tuple) else (index,)
    return _index(x, index=tuple(i.data if isinstance(i, Node) else i for i in index))


def reshape(x: Any, shape: Sequence[int]) -> Any:
    """The same entries in another shape; one size may be -1."""
    return _reshape(x, shape=tuple(shape))


def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order; by default reversed."""
    n = x.ndim
    return _transpose(x, axes=tuple(reversed(range(n))) if axes is None else tuple(_axis(i, n) for i in axes))


def broadcast_to(x: Any, shape: Sequence[int]) -> Any:
    """Repeat ``x`` along new axes and along axes of size 1 until it has ``shape``."""
    return _broadcast_to(x, shape=tuple(shape))


def sum_to(x: Any, shape: Sequence[int]) -> Any:
    """Undo :func:`broadcast_to`: sum over the axes along which an array of ``shape`` is repeated to match ``x``."""
    new = x.ndim - len(shape)
    axes = (*range(new), *(i for i, n in enumerate(shape, start=new) if n == 1 != x.shape[i]))
    return reshape(sum_(x, axis=axes), shape)


def cast(x: Any, dtype: Any) -> Any:
    """The same numbers in another floating dtype."""
    return _cast(x, dtype=dtype)


def expand_dims(x: Any, axis: int) -> Any:
    """A new axis of size 1."""
    axis = _axis(axis, x.ndim + 1)
    return reshape(x, (*x.shape[:axis], 1, *x.shape[axis:]))


def _join(name: str, tensors: Sequence[Any], axis: int, parts: list[Any]) -> Any:
    """Join tensors, each of which becomes its part of the result; an operation with as many inputs as it takes."""
    parts = [(*(slice(None),) * axis, part) for part in parts]

    def jvp(tangents, y, *inputs):
        pairs = zip(tangents, parts, strict=True)
        return total(_place(t, index=part, shape=y.shape) for t, part in pairs if t is not None)

    vjps = [lambda g, y, *inputs, part=part: _index(g, index=part) for part in parts]
    return Operation(name, lambda *arrays: getattr(_xp(arrays[0]), name)(arrays, axis=axis), vjps, jvp)(*tensors)


def concat(tensors: Sequence[Any], axis: int = 0) -> Any:
    """Join along an axis that they have; everywhere else their shapes must agree."""
    axis = _axis(axis, _ndim(tensors))
    ends = np.cumsum([t.shape[axis] for t in tensors]).tolist()
    return _join("concat", tensors, axis, [slice(*ends) for ends in pairwise([0, *ends])])


def stack(tensors: Sequence[Any], axis: int = 0) -> Any:
    """Join tensors of one shape along a new axis."""
    return _join("stack", tensors, _axis(axis, _ndim(tensors) + 1), list(range(len(tensors))))


def _ndim(tensors: Sequence[Any]) -> int:
    """The number of axes of tensors to join."""
    if not len(tensors):
        raise ValueError("expected at least one tensor to join, got none")
    for t in tensors:
        if not hasattr(t, "ndim"):
            raise TypeError(f"expected tensors to join, got {type(t).__name__}; wrap it in Tensor(...)")
    return tensors[0].ndim


# Reductions: axis is one axis, a tuple of axes, or None for all -------------------------------------------------------


def _keep(g, x, axis):
    """Give what is left of ``x`` after a reduction the reduced axes back, with size 1."""
    axes = range(x.ndim) if axis is None else {i % x.ndim for i in (axis if isinstance(axis, tuple) else (axis,))}
    shape = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    return g if g.shape == shape else reshape(g, shape)


_sum = linear(
    "sum",
    lambda x, axis, keepdims: _xp(x).sum(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axis, keepdims: broadcast_to(_keep(g, x, axis), x.shape),
)


def sum_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum."""
    return _sum(x, axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean."""
    y = sum_(x, axis, keepdims)
    return y / (math.prod(x.shape) / (math.prod(y.shape) or 1))


def _weighted(name: str, forward: Callable[..., Array], weights: Callable[..., Any]) -> Operation:
    """A reduction whose derivative in the entries is a set of weights."""
    return Operation(
        name,
        forward,
        [lambda g, y, x, axis, keepdims: _keep(g, x, axis) * weights(_keep(y, x, axis), x, axis)],
        lambda tangents, y, x, axis, keepdims: sum_(tangents[0] * weights(_keep(y, x, axis), x, axis), axis, keepdims),
    )


def _even_shares(y, x, axis):
    xp = _xp(x.data)
    chosen = xp.astype(x.data == y.data, x.dtype)
    return chosen / xp.sum(chosen, axis=axis, keepdims=True)


_max = _weighted("max", lambda x, axis, keepdims: _xp(x).max(x, axis=axis, keepdims=keepdims), _even_shares)
_min = _weighted("min", lambda x, axis, keepdims: _xp(x).min(x, axis=axis, keepdims=keepdims), _even_shares)


def max_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest entry. Equal largest entries share the gradient evenly."""
    return _max(x, axis=axis, keepdims=keepdims)


def min_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest entry. Equal smallest entries share the gradient evenly."""
    return _min(x, axis=axis, keepdims=keepdims)


def _stable_logsumexp(x, axis, keepdims):
    xp = _xp(x)
    largest = xp.max(x, axis=axis, keepdims=True)
    shift = xp.where(xp.isfinite(largest), largest, 0.0)
    with np.errstate(divide="ignore"):  # the logarithm of 0 is -inf, and meant
        y = xp.log(xp.sum(xp.exp(x - shift), axis=axis, keepdims=True)) + shift
    return y if keepdims else xp.squeeze(y, axis=tuple(range(x.ndim)) if axis is None else axis)


_logsumexp = _weighted("logsumexp", _stable_logsumexp, lambda y, x, axis: exp(x - y))


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    r"""$\log \sum_i \exp x_i$ without overflow. Its gradient is the softmax."""
    return _logsumexp(x, axis=axis, keepdims=keepdims)


# Products of matrices -------------------------------------------------------------------------------------------------


def _flip(x):
    """Each matrix of a stack transposed."""
    n = x.ndim
    return _transpose(x, axes=(*range(n - 2), n - 1, n - 2))


def _matmul_left(g, y, a, b):
    if b.ndim == 1:
        return expand_dims(g, -1) * b
    if a.ndim == 1:
        return (b @ expand_dims(g, -1))[..., 0]
    return g @ _flip(b)


def _matmul_right(g, y, a, b):
    if a.ndim == 1:
        return g * a if b.ndim == 1 else expand_dims(a, -1) * expand_dims(g, -2)
    if b.ndim == 1:
        return (_flip(a) @ expand_dims(g, -1))[..., 0]
    return _flip(a) @ g


matmul = linear("matmul", lambda a, b: a @ b, _matmul_left, _matmul_right, fits=MULTIPLIES)
