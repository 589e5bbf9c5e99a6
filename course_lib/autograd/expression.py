"""A formula typed by somebody, turned into operations of the tape. Nothing that is typed is ever executed as Python."""

from __future__ import annotations

import ast
import math
from typing import Any

import array_api_compat

from course_lib.arrays import namespace
from course_lib.autograd import operations
from course_lib.autograd.tensor import Tensor

LONGEST_TEXT = 300
DEEPEST = 60

_BINARY = {
    ast.Add: operations.add,
    ast.Sub: operations.subtract,
    ast.Mult: operations.multiply,
    ast.Div: operations.divide,
    ast.Pow: operations.power,
}
_FUNCTIONS = {
    **{name: getattr(operations, name) for name in ["exp", "log", "sin", "cos", "tanh", "relu", "sigmoid", "sqrt"]},
    "max": operations.maximum,
    "min": operations.minimum,
}
_ARGUMENTS = {name: ("two arguments", 2) if name in ("max", "min") else ("one argument", 1) for name in _FUNCTIONS}
_AS_PRINTED = str.maketrans("−×·÷", "-**/")
_ALLOWED = f"allowed are numbers, names, + - * / **, brackets, and the functions {', '.join(_FUNCTIONS)}"


class Expression:
    """A formula that has been read and can be computed; made by :func:`parse`."""

    def __init__(self, text: str, tree: ast.expr, variables: tuple[str, ...]):
        self.text = text
        self.variables = variables
        """The names in the formula, in the order in which they appear."""
        self._tree = tree

    def __call__(self, **tensors: Any) -> Tensor:
        """The value, with the whole computation on the tape.

        Args:
            tensors: One value for each variable. Arrays and numbers become leaves that require a gradient. Leaves
                without a name are given the variable's; intermediate results are named v1, v2, ….

        Raises:
            ValueError: A variable is missing, or one is given that the formula does not have.
        """
        if set(tensors) != set(self.variables):
            raise ValueError(
                f"expected values for {', '.join(self.variables) or 'no variable'}, got {', '.join(tensors) or 'none'}"
            )
        leaves = {name: _leaf(name, tensors[name]) for name in self.variables}
        like = next(iter(leaves.values())).data if leaves else Tensor(0.0).data
        numbers = iter(range(1, LONGEST_TEXT))
        return self._compute(self._tree, leaves, like, numbers)

    def _compute(self, tree: ast.expr, leaves: dict[str, Tensor], like: Any, numbers: Any) -> Any:
        def compute(part: ast.expr) -> Any:
            return self._compute(part, leaves, like, numbers)

        match tree:
            case ast.Constant(value=int() | float() as value):
                number = namespace(like).asarray(float(value), dtype=like.dtype, device=array_api_compat.device(like))
                return Tensor(number, name=f"{value:g}")
            case ast.Name(id=name):
                return leaves[name]
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return compute(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                out = -compute(operand)
            case ast.BinOp(left=left, op=op, right=right):
                out = _BINARY[type(op)](compute(left), compute(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                out = _FUNCTIONS[name](*map(compute, arguments))
        return out.named(f"v{next(numbers)}")

    def __repr__(self) -> str:
        return f"parse({self.text!r})"


def parse(text: str) -> Expression:
    """Read a formula.

    Args:
        text: Such as ``"(x + y) * z"`` or ``"1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))"``. The signs −, ×, · and ÷, as they
            come with copied text, are read as -, * and /.

    Returns:
        An :class:`Expression`: call it with a value for each of its variables.

    Raises:
        ValueError: It is no formula, uses something that is not allowed, or is too long or too deeply nested. The
            message shows the place.

    >>> formula = parse("(x + y) * z")
    >>> formula.variables
    ('x', 'y', 'z')
    >>> formula(x=-2.0, y=5.0, z=-4.0).item()
    -12.0
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"expected at most {LONGEST_TEXT} characters, got {len(text)}")
    text = " ".join(text.translate(_AS_PRINTED).split())
    if not text:
        raise ValueError(f"expected a formula, got nothing; {_ALLOWED}")
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise _unreadable(text, error) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"cannot read this formula ({error}); {_ALLOWED}") from None
    names: dict[str, None] = {}
    _check(text, tree, names, depth=1)
    return Expression(text, tree, tuple(names))


def _check(text: str, tree: ast.expr, names: dict[str, None], depth: int) -> None:
    """Every part is one of the few that are allowed; collects the names of variables."""
    if depth > DEEPEST:
        raise _complaint(text, tree.col_offset, f"nested more than {DEEPEST} deep")
    parts: list[ast.expr] = []
    match tree:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and math.isfinite(value):
            pass
        case ast.Name(id=name) if name in _FUNCTIONS:
            raise _complaint(text, tree.col_offset, f"the function {name} needs brackets: {name}(…)")
        case ast.Name(id=name):
            names[name] = None
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            parts = [operand]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            parts = [left, right]
        case ast.BinOp(op=ast.BitXor(), right=right):
            raise _complaint(text, right.col_offset, "a power is written **, not ^")
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords) if name in _FUNCTIONS:
            words, expected = _ARGUMENTS[name]
            if keywords or len(arguments) != expected:
                raise _complaint(text, tree.col_offset, f"the function {name} takes {words}")
            parts = arguments
        case ast.Call(func=ast.Name(id=name)):
            raise _complaint(text, tree.col_offset, f"there is no function {name}; a product needs a *")
        case _:
            raise _complaint(text, tree.col_offset, "this is not allowed")
    for part in parts:
        _check(text, part, names, depth + 1)


def _unreadable(text: str, error: SyntaxError) -> ValueError:
    reason, place = f"cannot read this ({error.msg})", (error.offset or 0) - 1
    if place < 0:  # how Python says that it came to the end
        reason, place = "something is missing at the end", len(text)
    elif error.msg == "invalid decimal literal":
        reason = "cannot read this number; a product needs a *, as in 2*x"
    return _complaint(text, len(text[:place].encode()), reason)


def _complaint(text: str, column: int, what: str) -> ValueError:
    """An error that marks a place, given in bytes as the syntax tree has it."""
    column = len(text.encode()[:column].decode(errors="ignore"))
    return ValueError(f"{what}\n  {text}\n  {' ' * column}^ here\n{_ALLOWED}")


def _leaf(name: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        return Tensor(value, requires_grad=True, name=name)
    return value if value.name else value.named(name)
