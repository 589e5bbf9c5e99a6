r"""Forward mode: dual numbers, which carry a derivative along with every value.

A dual number $x + \dot x\,\varepsilon$ with $\varepsilon^2 = 0$ obeys
$f(x + \dot x\,\varepsilon) = f(x) + f'(x)\,\dot x\,\varepsilon$. So whoever computes with dual numbers gets the
derivative in the direction $\dot x$ in the same sweep, with nothing to remember and no way back. That is one forward
pass for each direction in the input, where the tape needs one backward pass for each number in the output.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from course_lib.autograd import operations
from course_lib.autograd.tape import Carrier, Operation, as_operand
from course_lib.autograd.tensor import Arithmetic, Tensor

_levels = itertools.count(start=1)


class Dual(Arithmetic, Carrier):
    r"""$x + \dot x\,\varepsilon$ with $\varepsilon^2 = 0$; every operation of the tape takes it.

    Args:
        value: $x$, a tensor, an array or a number.
        tangent: $\dot x$, of the same shape.
        level: Which $\varepsilon$. A derivative inside a derivative has an $\varepsilon$ of its own, and must not take
            the outer one for it.

    Raises:
        ValueError: The shapes differ.

    >>> x = Dual(3.0, 1.0)
    >>> x * x
    Dual(9.0 + 6.0 ε)
    """

    __slots__ = ("level", "tangent", "value")

    def __init__(self, value: Any, tangent: Any, level: int = 0):
        self.value, self.tangent = (x if isinstance(x, Arithmetic) else Tensor(x) for x in (value, tangent))
        if self.value.shape != self.tangent.shape:
            raise ValueError(
                f"expected a tangent of the value's shape {self.value.shape}, got one of shape {self.tangent.shape}"
            )
        self.level = level

    @property
    def data(self) -> Any:
        """The array of values."""
        return self.value.data

    def carry(self, operation: Operation, inputs: Sequence[Any], settings: dict[str, Any]) -> Dual:
        r"""$y + \dot y\,\varepsilon$ with $\dot y = \sum_i (\partial y / \partial x_i)\, \dot x_i$, the ``jvp``."""
        mine = [isinstance(x, Dual) and x.level == self.level for x in inputs]
        values = [x.value if m else as_operand(x, Tensor) for m, x in zip(mine, inputs, strict=True)]
        y = operation(*values, **settings)
        tangent = operation.jvp(
            [x.tangent if m else None for m, x in zip(mine, inputs, strict=True)], y, *values, **settings
        )
        return Dual(y, operations.broadcast_to(tangent, y.shape) if tangent.shape != y.shape else tangent, self.level)

    def __repr__(self) -> str:
        return f"Dual({self.value.data} + {self.tangent.data} ε)"


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    r"""The value of a function and its derivative in one direction, in one forward sweep.

    $\left(f(x),\; \sum_i \frac{\partial f}{\partial x_i}\, \dot x_i\right)$, the Jacobian times a vector.

    Args:
        f: Takes as many tensors as there are primals, and returns one.
        primals: $x_1, \dots, x_n$: tensors, arrays or numbers.
        tangents: $\dot x_1, \dots, \dot x_n$, each of the shape of its primal.

    Returns:
        The value and the tangent, both of the shape of what ``f`` returns.

    Raises:
        ValueError: There are more or fewer tangents than primals, or one has another shape.

    Source: Deep Learning, section 6.5.9 (forward mode accumulation).

    >>> value, tangent = jvp(lambda x, y: x * y + x.sin(), (2.0, 3.0), (1.0, 0.0))
    >>> round(tangent.item(), 4)
    2.5839
    """
    if len(primals) != len(tangents):
        raise ValueError(f"expected one tangent per primal, got {len(primals)} primals and {len(tangents)} tangents")
    level = next(_levels)
    out = f(*(Dual(x, t, level) for x, t in zip(primals, tangents, strict=True)))
    if isinstance(out, Dual) and out.level == level:
        return out.value, out.tangent
    out = as_operand(out, Tensor)
    return out, out * 0.0  # the function did not use its arguments
