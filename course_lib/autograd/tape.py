"""The tape: how a computation is recorded while it runs, and how gradients travel back along the record.

A :class:`Node` holds an array. Every :class:`Operation` that reads nodes makes a new node, and notes on it which operation
it was and what it read. These notes are the tape. To differentiate, walk the tape from the output back to the inputs and
multiply by one Jacobian after the other (Deep Learning, section 6.5).

The products with the Jacobians are written in operations of the tape, not in arrays. So a gradient is again a recorded
computation and can be differentiated itself, as often as you like (section 6.5.5, symbol-to-symbol derivatives).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch

from course_lib.arrays import Array, namespace

_recording: ContextVar[bool] = ContextVar("recording", default=True)


@contextmanager
def recording_is(on: bool) -> Iterator[None]:
    """Switch recording on or off inside a ``with`` block, for this thread."""
    before = _recording.set(on)
    try:
        yield
    finally:
        _recording.reset(before)


def no_grad() -> Any:
    """Compute without recording: a context manager, ``with no_grad():``, and a decorator, ``@no_grad()``.

    It holds for the thread that enters it and for no other.

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

    __slots__ = ("__weakref__", "_inputs", "_operation", "_settings", "data", "grad", "name", "requires_grad")

    data: Array
    grad: Any
    name: str | None
    requires_grad: bool
    _operation: Operation | None
    _inputs: tuple[Any, ...] | None
    _settings: dict[str, Any]

    @property
    def operation(self) -> str | None:
        """What made this node, such as ``"add"``; None for a leaf, which nothing on the tape made."""
        return self._operation.name if self._operation else None

    def backward(self, gradient: Any = None, *, retain_graph: bool = False, create_graph: bool = False) -> None:
        r"""Add $\partial\,\text{self} / \partial\,\text{leaf}$ to ``grad`` of every leaf that requires it.

        The tape is used up: what was recorded on the way is freed, and a second ``backward`` through it raises an error
        instead of silently doubling the gradients. Gradients of *different* computations do add up in ``grad``, as in
        torch; set ``leaf.grad = None`` before the next step.

        The tape holds the tensors themselves, not copies. An array that is overwritten in place between the forward
        and the backward pass therefore gives wrong gradients.

        Args:
            gradient: The gradient with respect to this tensor, of its shape. May be left out if this is a single number.
            retain_graph: Keep the tape, so that ``backward`` can be called again.
            create_graph: Record the backward pass as well, so that ``grad`` can be differentiated; keeps the tape.

        Raises:
            RuntimeError: Nothing here requires a gradient, a gradient has to be given, or the tape has been freed.
            ValueError: ``gradient`` has another shape.
        """
        seed = _seed(self, gradient)
        order = _topological_order([self])
        leaves = [node for node in order if node._operation is None]
        gradients = _pull_back([(self, seed)], order, set(order), retain_graph or create_graph, create_graph)
        with recording_is(create_graph):
            for leaf in leaves:
                found = gradients[leaf] if create_graph else gradients[leaf].copy()
                leaf.grad = found if leaf.grad is None else leaf.grad + found


class Operation:
    r"""A step that the tape can record: how to compute $y = f(x_1, \dots, x_n)$, and how to go back.

    Args:
        name: What graphs and error messages call it.
        forward: Arrays (and settings) to array.
        vjps: For each input $x_i$ its vector–Jacobian product, a function of ``(g, y, *inputs, **settings)`` in tape
            operations: given $g = \partial L / \partial y$, return
            $\partial L / \partial x_i = (\partial y / \partial x_i)^\top g$. Broadcasting need not be undone here.
        jvp: How tangents go forward, for dual numbers; a function of ``(tangents, y, *inputs, **settings)`` with None
            for inputs that have no tangent.
    """

    __slots__ = ("forward", "jvp", "name", "vjps")

    def __init__(
        self, name: str, forward: Callable[..., Array], vjps: Sequence[Callable[..., Any]], jvp: Callable[..., Any]
    ):
        self.name, self.forward, self.vjps, self.jvp = name, forward, vjps, jvp

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Compute, and record if one of the inputs requires a gradient."""
        arrays = []
        kind = made = None
        requires_grad = False
        for x in inputs:
            if isinstance(x, Node):
                arrays.append(x.data)
                requires_grad = requires_grad or x.requires_grad
                made, before = type(x), kind
                kind = type(x.data)
                if before is not kind and before is not None:
                    namespace(*(x.data for x in inputs if isinstance(x, Node)))  # says what is mixed
            elif type(x) is float or type(x) is int:
                arrays.append(x)
            else:
                return _call_with_others(self, inputs, settings)
        if made is None:
            raise TypeError(f"{self.name} expects a Tensor among its arguments, got {inputs}; wrap one in Tensor(...)")
        try:
            out = made._of(self.forward(*arrays, **settings))
        except torch.OutOfMemoryError:
            raise
        except (ValueError, RuntimeError, TypeError, IndexError) as error:
            raise _explained(error, self.name, arrays) from error
        if requires_grad and _recording.get():
            out.requires_grad, out._operation, out._inputs, out._settings = True, self, inputs, settings
        return out


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
        RuntimeError: An output or an input does not require a gradient, a gradient has to be given, or the tape has been
            freed.
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
    order = _topological_order(outputs)
    on_the_way = set(inputs)
    for node in order:
        if node._inputs and not on_the_way.isdisjoint(x for x in node._inputs if isinstance(x, Node)):
            on_the_way.add(node)
    retain_graph = create_graph if retain_graph is None else retain_graph
    gradients = _pull_back(seeds, order, on_the_way, retain_graph, create_graph, set(inputs))
    return tuple(gradients.get(x) for x in inputs)


def _pull_back(seeds, order, on_the_way, retain_graph, create_graph, wanted=frozenset()) -> dict[Node, Any]:
    """Algorithm 6.6: from the outputs back, hand each node's gradient to its inputs, where it adds up."""
    gradients: dict[Node, Any] = {}
    with recording_is(create_graph):
        for node, seed in seeds:
            gradients[node] = gradients[node] + seed if node in gradients else seed
        for node in reversed(order):
            if node._operation is None or node not in on_the_way or node not in gradients:
                continue
            g = gradients[node] if node in wanted else gradients.pop(node)
            for vjp, x in zip(node._operation.vjps, node._inputs, strict=True):
                if x in on_the_way and isinstance(x, Node):
                    part = x._fit(vjp(g, node, *node._inputs, **node._settings))
                    gradients[x] = gradients[x] + part if x in gradients else part
            if not retain_graph:
                node._inputs = None
    return gradients


def _topological_order(outputs: Iterable[Node]) -> list[Node]:
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
        RuntimeError: That has been freed.
    """
    if node._inputs is None:
        raise RuntimeError(
            f"the tape behind this {node.operation!r} has been freed by an earlier backward pass. If you called backward "
            "twice by mistake, compute the output again; if you need it twice, pass retain_graph=True the first time"
        )
    return node._inputs


def _seed(y: Any, gradient: Any) -> Any:
    """The gradient with which a backward pass begins."""
    if not isinstance(y, Node):
        raise TypeError(f"expected a Tensor to differentiate, got {type(y).__name__}")
    if not y.requires_grad:
        raise RuntimeError(
            "this tensor does not depend on anything that requires a gradient: make a leaf with requires_grad=True, and "
            "do not compute under no_grad() or with the bare arrays in .data"
        )
    shape = tuple(y.data.shape)
    if gradient is None:
        if y.data.size != 1 if isinstance(y.data, np.ndarray) else y.data.numel() != 1:
            raise RuntimeError(
                f"only a single number has a gradient; this has shape {shape}. Reduce it, for instance with .sum(), "
                "or pass the gradient of what comes after it, of the same shape"
            )
        return y._ones()
    gradient = gradient if isinstance(gradient, Node) else type(y)(gradient)
    namespace(y.data, gradient.data)
    if tuple(gradient.data.shape) != shape:
        raise ValueError(f"expected a gradient of shape {shape}, got {tuple(gradient.data.shape)}")
    return gradient


def _call_with_others(operation: Operation, inputs: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    """Arguments that are neither tensors nor plain numbers: dual numbers, which know what to do, or constants."""
    duals = [x for x in inputs if hasattr(x, "apply")]
    if duals:
        return max(duals, key=lambda x: x.level).apply(operation, inputs, settings)
    tensor = next((type(x) for x in inputs if isinstance(x, Node)), None)
    if tensor is None:
        raise TypeError(f"{operation.name} expects a Tensor among its arguments; wrap one in Tensor(...)")
    return operation(*(constant(x, tensor) for x in inputs), **settings)


def constant(x: Any, tensor: type) -> Any:
    """An argument as operations know it: a tensor, a dual number, a Python number; anything else becomes a tensor."""
    if isinstance(x, Node) or hasattr(x, "apply"):
        return x
    if isinstance(x, np.generic):
        x = x.item()
    return x + 0 if isinstance(x, int | float) else tensor(x)


def _explained(error: Exception, name: str, arrays: list[Any]) -> Exception:
    """The same error in better words: which operation, and on which shapes."""
    shapes = [tuple(x.shape) for x in arrays if not isinstance(x, float | int)]
    listed = " and ".join(map(str, shapes))
    kind = ValueError if isinstance(error, RuntimeError) else type(error)
    try:
        np.broadcast_shapes(*shapes)
        why = str(error)
    except ValueError:
        why = "from the right, each pair of sizes must be equal or hold a 1"
    if name == "matmul":
        why = (
            "the last axis of the first must be as long as the second to last of the second (its only one, if a vector)"
        )
    return kind(f"{name} cannot take shapes {listed}: {why}")


def _as_tuple(x: Any) -> tuple[Any, ...]:
    return tuple(x) if isinstance(x, list | tuple) else (x,)
