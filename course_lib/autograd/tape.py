"""The tape: how a computation is recorded while it runs, and how gradients travel back along the record.

A :class:`Node` holds an array. Every :class:`Operation` that reads nodes makes a new node, and notes on it which
operation it was and what it read. These notes are the tape. To differentiate, walk the tape from the output back to the
inputs and multiply by one Jacobian after the other (Deep Learning, section 6.5).

The products with the Jacobians are written in operations of the tape, not in arrays. So a gradient is again a recorded
computation and can be differentiated itself, as often as you like (section 6.5.5, symbol-to-symbol derivatives).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch

from course_lib.arrays import Array, is_torch, namespace

_recording: ContextVar[bool] = ContextVar("recording", default=True)


@contextmanager
def recording_is(on: bool) -> Iterator[None]:
    """Switch recording on or off inside a ``with`` block, for the thread that enters it and for no other."""
    before = _recording.set(on)
    try:
        yield
    finally:
        _recording.reset(before)


def no_grad() -> Any:
    """Compute without recording: a context manager, ``with no_grad():``, and a decorator, ``@no_grad()``.

    >>> from course_lib.autograd import Tensor
    >>> x = Tensor(2.0, requires_grad=True)
    >>> with no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """
    return recording_is(False)


class Node:
    """An array, and the note of where it came from. :class:`~course_lib.autograd.Tensor` adds the arithmetic."""

    __slots__ = (
        "__weakref__",
        "_array",
        "_arrays",
        "_inputs",
        "_operation",
        "_settings",
        "grad",
        "name",
        "requires_grad",
    )

    grad: Any
    name: str | None
    requires_grad: bool
    _operation: Operation | None
    """What made this node; the next three are notes beside it."""
    _inputs: tuple[Any, ...] | None
    """Tensors and plain numbers; None when the tape has been freed."""
    _settings: dict[str, Any]
    _arrays: list[Any]
    """The arrays of the inputs and of this node as they were then."""

    def __init__(self, array: Array, requires_grad: bool = False, name: str | None = None):
        self._array = array
        self.requires_grad = requires_grad
        self.name = name
        self.grad = self._operation = None
        self._inputs = ()

    def _constant(self, array: Array) -> Any:
        """A new node of the same class."""
        node = object.__new__(type(self))
        node._array = np.asarray(array) if isinstance(array, np.generic) else array
        node.requires_grad = False
        node.name = node.grad = node._operation = None
        node._inputs = ()
        return node

    def copy(self) -> Any:
        """A constant with an array of its own."""
        return self._constant(self._array.clone() if is_torch(self._array) else self._array.copy())

    @property
    def data(self) -> Array:
        """The array. It may be assigned to, as in ``w.data -= 0.1 * w.grad.data``, but not before ``backward``."""
        return self._array

    @data.setter
    def data(self, array: Array) -> None:
        self._array = array if array is not self._array else array[...]  # w.data -= 1 must be noticed as well

    @property
    def operation(self) -> str | None:
        """What made this node, such as ``"add"``; None for a leaf, which nothing on the tape made."""
        return self._operation.name if self._operation else None

    def backward(self, gradient: Any = None, *, retain_graph: bool = False, create_graph: bool = False) -> None:
        r"""Add $\partial\,\text{self} / \partial\,\text{leaf}$ to ``grad`` of every leaf that requires it.

        Gradients of different computations add up in ``grad``, as in torch: set ``leaf.grad = None`` before the next
        step. But a tape is used up when it has been walked, so that a second ``backward`` through the same computation
        raises an error instead of silently doubling the gradients.

        The tape holds the arrays themselves, not copies. Assigning to ``data`` between the forward and the backward
        pass is noticed and raises an error. Writing into the array, ``x.data[0] = 1.0``, is not noticed, and gives
        wrong gradients.

        Args:
            gradient: The gradient with respect to this tensor, of its shape. May be left out for a single number.
            retain_graph: Keep the tape, so that ``backward`` can be called again.
            create_graph: Record the backward pass as well, so that ``grad`` can be differentiated; keeps the tape.

        Raises:
            RuntimeError: Nothing here requires a gradient, ``gradient`` is missing, the tape has been freed, or data
                has been changed since it was recorded.
            ValueError: ``gradient`` has another shape.
        """
        seeds = [(self, _seed(self, gradient))]
        order = _topological_order([self])
        walk = [node for node in order if node._operation]
        gradients = _pull_back(seeds, walk, set(order), (), retain_graph or create_graph, create_graph)
        with recording_is(create_graph):
            for leaf, found in gradients.items():
                found = found if create_graph else found.copy()  # two leaves may have been handed the same array
                leaf.grad = found if leaf.grad is None else leaf.grad + found


class Operation:
    r"""A step that the tape can record: how to compute $y = f(x_1, \dots, x_n)$, and how to go back.

    Args:
        name: What graphs and error messages call it.
        forward: Takes the arrays of the inputs, and settings such as an axis; returns an array.
        vjps: For each input $x_i$ its vector–Jacobian product, a function of ``(g, y, *inputs, **settings)`` in
            operations of the tape: from $g = \partial L / \partial y$ it makes
            $\partial L / \partial x_i = (\partial y / \partial x_i)^\top g$. Broadcasting need not be undone.
        jvp: The Jacobian–vector product, for dual numbers: a function of ``(tangents, y, *inputs, **settings)``.
        fits: What the shapes of the inputs have to fulfil, for the error message.
    """

    __slots__ = ("fits", "forward", "jvp", "name", "vjps")

    def __init__(
        self,
        name: str,
        forward: Callable[..., Array],
        vjps: Sequence[Callable[..., Any]],
        jvp: Callable[..., Any],
        fits: str = "",
    ):
        self.name, self.forward, self.vjps, self.jvp, self.fits = name, forward, vjps, jvp, fits

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Compute, and record it if one of the inputs requires a gradient."""
        arrays = []
        like: Any = None
        requires_grad = False
        for x in inputs:
            if isinstance(x, Node):
                arrays.append(x._array)
                requires_grad = requires_grad or x.requires_grad
                if like is None:
                    like = x
                elif type(x._array) is not type(like._array):
                    namespace(*(x._array for x in inputs if isinstance(x, Node)))  # says what is mixed
            elif type(x) is float or type(x) is int:
                arrays.append(x)
            else:
                return self._call_with_others(inputs, settings)
        if like is None:
            raise TypeError(f"{self.name} expects a Tensor among its arguments; wrap one in Tensor(...)")
        try:
            y = like._constant(self.forward(*arrays, **settings))
        except (ValueError, RuntimeError, TypeError, IndexError) as error:
            raise self._explained(error, arrays) from error
        if requires_grad and _recording.get():
            arrays.append(y._array)
            y.requires_grad, y._operation = True, self
            y._inputs, y._settings, y._arrays = inputs, settings, arrays
        return y

    def _call_with_others(self, inputs: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        """Arguments that are neither tensors nor plain numbers: carriers, which know what to do, or constants."""
        carriers = [x for x in inputs if isinstance(x, Carrier)]
        if carriers:
            return max(carriers, key=lambda x: x.level).carry(self, inputs, settings)
        tensor = next((type(x) for x in inputs if isinstance(x, Node)), None)
        if tensor is None:
            raise TypeError(f"{self.name} expects a Tensor among its arguments; wrap one in Tensor(...)")
        return self(*(as_operand(x, tensor) for x in inputs), **settings)

    def _explained(self, error: Exception, arrays: list[Any]) -> Exception:
        """The same error in better words: which operation, which shapes, and what they would have to fulfil."""
        if isinstance(error, torch.OutOfMemoryError):
            return error
        kind = next((kind for kind in (IndexError, TypeError) if isinstance(error, kind)), ValueError)
        arrays = [x for x in arrays if not isinstance(x, float | int)]
        namespace(*arrays)  # says it if they are on two devices
        shapes = " and ".join(str(tuple(x.shape)) for x in arrays)
        dtypes = list(dict.fromkeys(str(x.dtype) for x in arrays))
        if len(dtypes) > 1:
            return kind(f"{self.name} cannot take shapes {shapes} in {' and '.join(dtypes)}: {error}")
        return kind(
            f"{self.name} cannot take shapes {shapes}: {self.fits if kind is ValueError and self.fits else error}"
        )

    def __repr__(self) -> str:
        return f"Operation({self.name!r})"


class Carrier:
    """What operations compute with beside tensors: it says itself how."""

    __slots__ = ()
    level: int
    """Of several carriers the one with the highest level is asked."""

    def carry(self, operation: Operation, inputs: Sequence[Any], settings: dict[str, Any]) -> Any:
        """The result of the operation."""
        raise NotImplementedError


def as_operand(x: Any, tensor: type) -> Any:
    """``x`` as operations take it: tensors, carriers and Python numbers; anything else becomes a tensor."""
    if isinstance(x, Node | Carrier):
        return x
    if isinstance(x, np.generic):
        x = x.item()
    return x + 0 if isinstance(x, int | float) else tensor(x)


def grad(
    outputs: Node | Sequence[Node],
    inputs: Node | Sequence[Node],
    grad_outputs: Any = None,
    *,
    create_graph: bool = False,
    retain_graph: bool | None = None,
) -> tuple[Any, ...]:
    r"""The gradients of outputs with respect to chosen inputs; no ``.grad`` is touched.

    $\sum_k \left(\frac{\partial y_k}{\partial x_i}\right)^\top g_k$ for each input $x_i$   (Deep Learning, eq. 6.46)

    Args:
        outputs: One tensor $y$ or several.
        inputs: One tensor $x$ or several, leaves or not.
        grad_outputs: $g$, one for each output and of its shape; None means 1 and is allowed for single numbers.
        create_graph: Record the backward pass, so that the gradients can be differentiated again.
        retain_graph: Keep the tape for another pass; by default the same as ``create_graph``.

    Returns:
        One gradient per input, always as a tuple; None for an input that the outputs do not depend on.

    Raises:
        RuntimeError: An output or an input does not require a gradient, a gradient is missing, the tape has been freed,
            or data has been changed since it was recorded.
        ValueError: A member of ``grad_outputs`` has another shape than its output, or there are too many or too few.

    >>> from course_lib.autograd import Tensor
    >>> x = Tensor(3.0, requires_grad=True)
    >>> (slope,) = grad(x**2, x, create_graph=True)
    >>> slope.item(), grad(slope, x)[0].item()
    (6.0, 2.0)
    """
    outputs, inputs = _as_tuple(outputs), _as_tuple(inputs)
    given = (None,) * len(outputs) if grad_outputs is None else _as_tuple(grad_outputs)
    if len(given) != len(outputs):
        raise ValueError(f"expected one member of grad_outputs per output, {len(outputs)}, got {len(given)}")
    for x in inputs:
        if not (isinstance(x, Node) and x.requires_grad):
            raise RuntimeError(f"expected inputs that require a gradient, got {x!r}; make it with requires_grad=True")
    seeds = [(y, _seed(y, g)) for y, g in zip(outputs, given, strict=True)]
    walk = []
    on_the_way = set(inputs)
    for node in _topological_order(outputs):
        if not on_the_way.isdisjoint(inputs_of(node)):
            on_the_way.add(node)
            walk.append(node)
    retain_graph = create_graph if retain_graph is None else retain_graph
    gradients = _pull_back(seeds, walk, on_the_way, inputs, retain_graph, create_graph)
    return tuple(gradients.get(x) for x in inputs)


def _pull_back(
    seeds: list[tuple[Node, Any]],
    walk: list[Node],
    on_the_way: set[Node],
    wanted: Sequence[Node],
    retain_graph: bool,
    create_graph: bool,
) -> dict[Node, Any]:
    """Back along ``walk``: each node hands its gradient to its inputs, where the parts add up (book, algorithm 6.6).

    Returns:
        The gradients of the nodes that are ``on_the_way``, without those of the walk that are not ``wanted``.
    """
    gradients: dict[Node, Any] = {}
    kept = set(wanted)

    def add(node: Node, part: Any) -> None:
        gradients[node] = gradients[node] + part if node in gradients else part

    with recording_is(create_graph):
        for node, seed in seeds:
            add(node, seed)
        for node in reversed(walk):
            operation, inputs = node._operation, inputs_of(node)
            assert operation
            _check_unchanged(node)
            g = gradients[node] if node in kept else gradients.pop(node)
            for vjp, x in zip(operation.vjps, inputs, strict=True):
                if x in on_the_way:
                    add(x, _fit(vjp(g, node, *inputs, **node._settings), x))
            if not retain_graph:
                node._inputs, node._settings, node._arrays = None, {}, []
    return gradients


def _fit(g: Any, x: Node) -> Any:
    """A gradient in the shape and the dtype of ``x``: what broadcasting has copied, going back adds up."""
    if g._array.shape != x._array.shape:
        g = g.sum_to(x._array.shape)
    return g if g._array.dtype == x._array.dtype else g.astype(x._array.dtype)


def _topological_order(outputs: Sequence[Node]) -> list[Node]:
    """All nodes that require a gradient, inputs before what is made of them. A stack, not recursion: tapes are long."""
    order: list[Node] = []
    seen: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(node, False) for node in outputs]
    while stack:
        node, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend([(x, False) for x in inputs_of(node) if isinstance(x, Node) and x.requires_grad])
    return order


def inputs_of(node: Node) -> tuple[Any, ...]:
    """What a node was made of: tensors and plain numbers; nothing for a leaf.

    Raises:
        RuntimeError: The tape has been freed.
    """
    if node._inputs is None:
        raise RuntimeError(
            f"the tape behind this {node.operation!r} was freed by an earlier backward pass. If you called backward "
            "twice by mistake, compute the output again; if you need it twice, pass retain_graph=True the first time"
        )
    return node._inputs


def _check_unchanged(node: Node) -> None:
    """The derivative is that of the computation as it was: refuse to use arrays that have been replaced since."""
    for x, array in zip((*inputs_of(node), node), node._arrays, strict=True):
        if isinstance(x, Node) and x._array is not array:
            raise RuntimeError(
                f"the data of {x.name or 'a tensor'} was assigned to after {node.operation!r} had used it, so that the "
                "gradient would be wrong: update parameters after backward, then compute a new output"
            )


def _seed(y: Any, gradient: Any) -> Any:
    """The gradient with which a backward pass begins."""
    if not isinstance(y, Node):
        raise TypeError(f"expected a Tensor to differentiate, got {type(y).__name__}")
    if not y.requires_grad:
        raise RuntimeError(
            "this tensor does not depend on anything that requires a gradient: make a leaf with requires_grad=True, "
            "and do not compute under no_grad() or with the bare arrays in .data"
        )
    shape = tuple(y.data.shape)
    if gradient is None and any(n != 1 for n in shape):
        raise RuntimeError(
            f"only a single number has a gradient; this has shape {shape}. Reduce it, for instance with .sum(), "
            "or pass the gradient of what comes after it, of the same shape"
        )
    seed: Any = type(y)(namespace(y.data).ones_like(y.data) if gradient is None else gradient)
    namespace(y.data, seed.data)
    if tuple(seed.data.shape) != shape:
        raise ValueError(f"expected a gradient of shape {shape}, got {tuple(seed.data.shape)}")
    return _fit(gradient if isinstance(gradient, Node) else seed, y)


def _as_tuple(x: Any) -> tuple[Any, ...]:
    return tuple(x) if isinstance(x, list | tuple) else (x,)
