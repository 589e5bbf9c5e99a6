"""Small mistakes, made in the syntax tree of a correct answer: the kind that people make."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

SWAPPED: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
SIMPLE_STATEMENTS = (ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.Raise)


@dataclass(frozen=True)
class Mutant:
    """An answer with one mistake in it."""

    line: int
    description: str
    source: str


def mutants(source: str, lines: set[int] | None = None) -> Iterator[Mutant]:
    """Every answer that differs from a correct one by one small mistake.

    Nothing inside a ``while`` loop is changed: it might never end.

    Args:
        source: The correct answer.
        lines: The lines that may be changed, counted from 1; by default all.

    Raises:
        SyntaxError: The answer is not Python.

    >>> [mutant.source for mutant in mutants("y = a - b")]
    ['pass', 'y = a + b']
    """
    tree = ast.parse(source)
    spared = {id(inner) for loop in ast.walk(tree) if isinstance(loop, ast.While) for inner in ast.walk(loop)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", None)
        if id(node) in spared or line is None or (lines is not None and line not in lines):
            continue
        for description, wrong in _mistakes(node):
            mutated = copy.deepcopy(tree, {id(node): wrong})  # the copy has `wrong` where the tree has `node`
            yield Mutant(line, description, ast.unparse(mutated))


def _mistakes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What can go wrong at a node: in words, and as the node that then stands there."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in SWAPPED:
            yield _swap(op), _but(node, op=SWAPPED[type(op)]())
        case ast.Compare(ops=[op, *rest]) if type(op) in SWAPPED:
            yield _swap(op), _but(node, ops=[SWAPPED[type(op)](), *rest])
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            yield "off by one", _but(node, value=number + 1)
        case ast.UnaryOp(op=ast.USub()):
            yield "lost a minus", node.operand
        case ast.Return(value=ast.BinOp() | ast.Name() | ast.Call() | ast.Subscript() as value):
            yield "flipped the sign of the result", ast.Return(ast.UnaryOp(ast.USub(), value))
    if isinstance(node, SIMPLE_STATEMENTS) and not _is_docstring(node):
        yield "dropped a statement", ast.Pass()


def _swap(op: ast.AST) -> str:
    return f"{type(op).__name__} became {SWAPPED[type(op)].__name__}"


def _but(node: ast.AST, **changes: object) -> ast.AST:
    twin = copy.copy(node)
    for field, value in changes.items():
        setattr(twin, field, value)
    return twin


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
