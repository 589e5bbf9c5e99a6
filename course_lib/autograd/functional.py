"""Derivatives of functions: products with the Jacobian, whole Jacobians and Hessians, and how to check a gradient.

A function here takes tensors and returns a tensor; anything else is a TypeError. Where it is differentiated may be
given as tensors, arrays or numbers. If you hand in a tensor that requires a gradient, the result is recorded too and
can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.arrays import is_torch
from course_lib.autograd.operations import broadcast_to, stack
from course_lib.autograd.tape import grad, recording_is
from course_lib.autograd.tensor import Tensor


def vjp(f: Callable[..., Tensor], *primals: Any) -> tuple[Tensor, Callable[..., tuple[Tensor, ...]]]:
    r"""The value of a function, and the map that takes a gradient of the value back to the arguments.

    $g \mapsto \left(\frac{\partial f}{\partial x_i}\right)^\top g$, a vector times the Jacobian   (book, eq. 6.46)

    Args:
        f: Takes as many tensors as there are primals, and returns one.
        primals: Where: tensors, arrays or numbers, floating.

    Returns:
        ``f(*primals)``, and a function that takes $g$, of the value's shape, and returns a tuple with one gradient for
        each primal. It can be called as often as you like.

    >>> value, pullback = vjp(lambda x: x**2, np.array([1.0, 3.0]))
    >>> pullback(np.array([1.0, 10.0]))
    (Tensor(array([ 2., 60.])),)
    """
    inputs = [_input(x) for x in primals]
    record = any(x is p for x, p in zip(inputs, primals, strict=True))
    value = _recorded(f, *inputs)

    def pullback(gradient: Any) -> tuple[Tensor, ...]:
        return _grad(value, inputs, gradient, record)

    return value if record else value.detach(), pullback


def jacobian(f: Callable[[Tensor], Tensor], x: Any) -> Tensor:
    r"""All partial derivatives of a function, row by row in reverse mode.

    $J_{ij} = \frac{\partial f(x)_i}{\partial x_j}$   (Deep Learning, section 4.3.1)

    Each entry of the output costs one backward pass. With few inputs and many outputs :func:`jvp` is cheaper.

    Args:
        f: Takes a tensor of the shape of ``x`` and returns a tensor.
        x: Where.

    Returns:
        Shape ``(*f(x).shape, *x.shape)``.

    >>> jacobian(lambda x: x**2, np.array([1.0, 3.0]))
    Tensor(array([[2., 0.],
           [0., 6.]]))
    """
    leaf = _input(x)
    return _jacobian(_recorded(f, leaf), leaf, record=leaf is x)


def hessian(f: Callable[[Tensor], Tensor], x: Any) -> Tensor:
    r"""All second derivatives of a function with a single number as value: the Jacobian of its gradient.

    $H_{ij} = \frac{\partial^2 f(x)}{\partial x_i\, \partial x_j}$   (Deep Learning, eq. 4.6)

    Args:
        f: Takes a tensor of the shape of ``x`` and returns a single number.
        x: Where.

    Returns:
        Shape ``(*x.shape, *x.shape)``.

    >>> hessian(lambda x: x[0] * x[0] * x[1], np.array([3.0, 1.0]))
    Tensor(array([[2., 6.],
           [6., 0.]]))
    """
    leaf = _input(x)
    return _jacobian(_gradient(f, leaf), leaf, record=leaf is x)


def hvp(f: Callable[[Tensor], Tensor], x: Any, v: Any) -> Tensor:
    r"""The Hessian times a vector, without forming the Hessian.

    $H v = \nabla_x \left[ (\nabla_x f(x))^\top v \right]$   (Deep Learning, eq. 6.59)

    It costs two backward passes, whatever the size of $x$: the gradient is itself a recorded computation.

    Args:
        f: Takes a tensor of the shape of ``x`` and returns a single number.
        x: Where.
        v: The vector, of the shape of ``x``.

    >>> hvp(lambda x: x[0] * x[0] * x[1], np.array([3.0, 1.0]), np.array([1.0, 0.0]))
    Tensor(array([2., 6.]))
    """
    leaf = _input(x)
    return _grad(_gradient(f, leaf), [leaf], v, record=leaf is x)[0]


class GradcheckError(RuntimeError):
    """A gradient differs from the difference quotients."""


@dataclass(frozen=True)
class GradientReport:
    """The entry of the Jacobian at which the backward pass and the difference quotients are furthest apart.

    Distances are measured against ``atol + rtol |numerical|``, so that ``ratio`` above 1 is a failure.
    """

    argument: int
    """Which input."""
    input_index: tuple[int, ...]
    output_index: tuple[int, ...]
    analytical: float
    numerical: float
    ratio: float

    def __str__(self) -> str:
        return (
            f"furthest apart: d output{list(self.output_index)} / d input {self.argument}{list(self.input_index)}: "
            f"backward {self.analytical:.10g}, difference quotient {self.numerical:.10g}, "
            f"{self.ratio:.3g} times the tolerance"
        )


def gradcheck(
    f: Callable[..., Tensor], inputs: Any, *, eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3
) -> bool:
    r"""Whether backward agrees with central difference quotients in every entry of the Jacobian.

    $\left| J_{ij} - \frac{f_i(x + \epsilon e_j) - f_i(x - \epsilon e_j)}{2 \epsilon} \right|
    \le \text{atol} + \text{rtol} \left| \frac{f_i(x + \epsilon e_j) - f_i(x - \epsilon e_j)}{2 \epsilon} \right|$

    Args:
        f: Takes the inputs and returns a tensor.
        inputs: A float64 tensor or several. Those that require a gradient are checked.
        eps: The step $\epsilon$.
        atol: Absolute tolerance.
        rtol: Relative tolerance.

    Returns:
        True.

    Raises:
        GradcheckError: They do not agree; it says where they are furthest apart.
        ValueError: No input requires a gradient, or there is no entry to compare.
        TypeError: An input that does is not float64; with less precision the quotients are mostly rounding.

    >>> gradcheck(lambda x: x.sin(), Tensor(np.array([0.0, 1.0]), requires_grad=True))
    True
    """
    report = gradient_report(f, inputs, eps=eps, atol=atol, rtol=rtol)
    if not report.ratio <= 1:
        raise GradcheckError(f"the gradient and the difference quotients disagree; {report}")
    return True


def gradient_report(
    f: Callable[..., Tensor], inputs: Any, *, eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3
) -> GradientReport:
    """Where backward and central difference quotients are furthest apart, and by how much.

    The arguments and the errors for bad inputs are those of :func:`gradcheck`.
    """
    inputs = tuple(inputs) if isinstance(inputs, list | tuple) else (inputs,)
    inputs = tuple(x if isinstance(x, Tensor) else Tensor(x, requires_grad=True) for x in inputs)
    checked = [i for i, x in enumerate(inputs) if x.requires_grad]
    if not checked:
        raise ValueError("expected at least one input with requires_grad=True, or there is nothing to check")
    for i in checked:
        if "float64" not in str(inputs[i].dtype):
            raise TypeError(
                f"expected float64, got {inputs[i].dtype} for input {i}: with fewer digits the difference quotient is "
                "mostly rounding; convert it with .astype(np.float64) or .double()"
            )
    leaves = [Tensor(x.data, requires_grad=i in checked) for i, x in enumerate(inputs)]
    value = _recorded(f, *leaves)
    if 0 in value.shape or any(0 in leaves[i].shape for i in checked):
        raise ValueError("expected inputs and a value with entries to compare, got an empty one")
    reports = []
    for i in checked:
        analytical = _to_numpy(_jacobian(value, leaves[i], record=False))
        numerical = numerical_jacobian(f, inputs, i, eps)
        with np.errstate(invalid="ignore"):
            ratios = np.abs(analytical - numerical) / (atol + rtol * np.abs(numerical))
        ratios = np.where(np.isnan(ratios), np.inf, ratios)
        place = tuple(int(k) for k in np.unravel_index(ratios.argmax(), ratios.shape))
        outputs, entries = place[: value.ndim], place[value.ndim :]
        figures = (float(array[place]) for array in (analytical, numerical, ratios))
        reports.append(GradientReport(i, entries, outputs, *figures))
    return max(reports, key=lambda report: report.ratio)


def numerical_jacobian(f: Callable[..., Tensor], inputs: Sequence[Tensor], i: int, eps: float = 1e-6) -> np.ndarray:
    """Central difference quotients of ``f(*inputs)`` in each entry of input ``i``, as the NumPy array of a Jacobian."""
    fixed = [x.detach() for x in inputs]
    x = fixed[i]
    columns = []
    for index in np.ndindex(x.shape):
        ends = []
        for step in (eps, -eps):
            moved = x.copy()
            moved.data[index] += step
            ends.append(_to_numpy(f(*fixed[:i], moved, *fixed[i + 1 :])))
        columns.append((ends[0] - ends[1]) / (2 * eps))
    return np.stack(columns, axis=-1).reshape(columns[0].shape + x.shape)


def _input(x: Any) -> Tensor:
    """A tensor to differentiate with respect to: the caller's own, if it requires a gradient, or a new leaf."""
    return x if isinstance(x, Tensor) and x.requires_grad else Tensor(x, requires_grad=True)


def _recorded(f: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
    """The value of a function, with its tape."""
    with recording_is(True):
        value = f(*inputs)
    if not isinstance(value, Tensor):
        raise TypeError(f"expected the function to return a Tensor, got {type(value).__name__}")
    return value


def _gradient(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return _grad(_recorded(f, x), [x], None, record=True)[0]


def _grad(y: Tensor, inputs: Sequence[Tensor], gradient: Any, record: bool) -> tuple[Tensor, ...]:
    """Gradients that can be taken again; zeros instead of None where nothing depends on an input."""
    if y.requires_grad:
        found = grad(y, inputs, gradient, create_graph=record, retain_graph=True)
    else:
        found = (None,) * len(inputs)
    return tuple(x.detach() * 0.0 if g is None else g for x, g in zip(inputs, found, strict=True))


def _jacobian(y: Tensor, x: Tensor, record: bool) -> Tensor:
    if 0 in y.shape:
        return broadcast_to(x.detach() * 0.0, y.shape + x.shape)
    rows = []
    for index in np.ndindex(y.shape):
        unit = y.copy()
        unit.data[...] = 0
        unit.data[index] = 1
        rows.append(_grad(y, [x], unit, record)[0])
    return stack(rows).reshape(y.shape + x.shape)


def _to_numpy(x: Tensor) -> np.ndarray:
    return x.data.cpu().numpy() if is_torch(x.data) else x.data
