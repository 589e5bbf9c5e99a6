"""Small mistakes, made in the syntax tree of a correct answer: the kind that people make."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.MatMult: ast.Mult,
}
COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
AXES = ("axis", "dim", "dims")
CONFUSED = (
    *(("sum", "mean"), ("prod", "sum"), ("max", "min"), ("amax", "amin"), ("argmax", "argmin"), ("any", "all")),
    *(("maximum", "minimum"), ("std", "var"), ("floor", "ceil"), ("zeros", "ones"), ("zeros_like", "ones_like")),
    *(("log", "log2"), ("sin", "cos"), ("cumsum", "cumprod"), ("append", "extend"), ("hstack", "vstack")),
    *(("rand", "randn"), ("float64", "float32"), ("int64", "int32"), ("double", "float"), ("eval", "train")),
)
"""Functions, methods and dtypes that are taken for each other."""
DROPPED = {
    *("abs", "sqrt", "exp", "log", "square", "sign", "tanh", "sigmoid", "sorted", "reversed", "round", "flip"),
    *("copy", "clone", "array", "list", "dict", "detach", "astype", "double", "squeeze", "ravel", "conj"),
    *("tril", "triu", "transpose", "clip", "clamp", "contiguous"),
}
"""Functions and methods whose argument is of the same kind as their value: without them an answer still runs."""
STATEMENTS = (ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.Raise, ast.Continue, ast.Break, ast.Delete)

Mistake = tuple[str, ast.AST]
"""In words, and the node that stands there instead."""


@dataclass(frozen=True)
class Mutant:
    """An answer with one mistake in it."""

    line: int
    description: str
    source: str


def mutants(source: str, lines: set[int] | None = None, *, endless: bool = False) -> Iterator[Mutant]:
    """Every answer that differs from a correct one by one small mistake.

    Args:
        source: The correct answer.
        lines: The lines that may be changed, counted from 1; by default all.
        endless: Whether to make mistakes inside ``while`` loops, too: such a loop might never end.

    Raises:
        SyntaxError: The answer is not Python.

    >>> [mutant.source for mutant in mutants("y = a - b")]
    ['pass', 'y = a + b', 'y = a', 'y = b']
    """
    tree = ast.parse(source)
    loops = [] if endless else [node for node in ast.walk(tree) if isinstance(node, ast.While)]
    spared = {id(inner) for loop in loops for inner in ast.walk(loop)} | _texts(tree)
    others = _other_names(tree)
    seen = {ast.unparse(tree)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", None)
        if id(node) in spared or line is None or (lines is not None and line not in lines):
            continue
        for description, wrong in itertools.chain(_mistakes(node), others.get(id(node), ())):
            mutated = ast.unparse(copy.deepcopy(tree, {id(node): wrong}))  # has `wrong` where the tree has `node`
            if mutated not in seen:
                seen.add(mutated)
                yield Mutant(line, description, mutated)


def _mistakes(node: ast.AST) -> Iterator[Mistake]:
    if isinstance(node, STATEMENTS):
        yield "dropped a statement", ast.Pass()
    for kind in KINDS:
        yield from kind(node)


def _operator(node: ast.AST) -> Iterator[Mistake]:
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATORS:
            other = OPERATORS[type(op)]
            yield _became(op, other), _but(node, op=other())
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield _became(op, other), _but(node, op=other())


def _comparison(node: ast.AST) -> Iterator[Mistake]:
    if isinstance(node, ast.Compare):
        op, *rest = node.ops
        for other in COMPARISONS[type(op)]:
            yield _became(op, other), _but(node, ops=[other(), *rest])


def _sign(node: ast.AST) -> Iterator[Mistake]:
    match node:
        case ast.UnaryOp(op=ast.USub()):
            yield "lost a minus", node.operand
        case ast.UnaryOp(op=ast.Not()):
            yield "lost a not", node.operand
        case ast.Return(value=ast.BinOp() | ast.Name() | ast.Call() | ast.Subscript() as value):
            yield "flipped the sign of the result", ast.Return(ast.UnaryOp(ast.USub(), value))


def _term(node: ast.AST) -> Iterator[Mistake]:
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult()):
            yield "dropped a term", node.left
            yield "dropped a term", node.right
        case ast.BinOp(op=ast.Div() | ast.Pow() | ast.Mod() | ast.FloorDiv()):
            yield "dropped a term", node.left


def _number(node: ast.AST) -> Iterator[Mistake]:
    match node:
        case ast.Constant(value=bool() as truth):
            yield "another constant", _but(node, value=not truth)
        case ast.Constant(value=int() as number):
            yield "off by one", _but(node, value=number + 1)
            if number > 0:
                yield "off by one", _but(node, value=number - 1)
        case ast.Constant(value=float() as number):
            yield "another constant", _but(node, value=2 * number or 1.0)


def _axis(node: ast.AST) -> Iterator[Mistake]:
    match node:
        case ast.keyword(arg=str(name), value=ast.Constant(value=int() as axis)) if name in AXES:
            yield "another axis", _but(node, value=ast.Constant(0 if axis else 1))
        case ast.keyword(arg=str(name), value=ast.UnaryOp(op=ast.USub())) if name in AXES:
            yield "another axis", _but(node, value=ast.Constant(0))
        case ast.Attribute(attr="T" | "mT"):
            yield "lost a transposition", node.value


def _word(node: ast.AST) -> Iterator[Mistake]:
    for pair in CONFUSED:
        for one, other in (pair, reversed(pair)):
            match node:
                case ast.Attribute(attr=name) if name == one:
                    yield f"{one} became {other}", _but(node, attr=other)
                case ast.Name(id=name) if name == one and one in ("max", "min", "any", "all"):
                    yield f"{one} became {other}", _but(node, id=other)


def _call(node: ast.AST) -> Iterator[Mistake]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[argument, *_]) if name in DROPPED:
            yield f"lost {name}", argument
        case ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id="np" | "torch")), args=[argument, *_]):
            if name in DROPPED:
                yield f"lost {name}", argument
        case ast.Call(func=ast.Attribute(attr=name, value=value)) if name in DROPPED:
            yield f"lost {name}", value


def _keyword(node: ast.AST) -> Iterator[Mistake]:
    if isinstance(node, ast.Call):
        for i, keyword in enumerate(node.keywords):
            if keyword.arg in ("dtype", "keepdim", "keepdims"):
                yield f"lost {keyword.arg}", _but(node, keywords=[*node.keywords[:i], *node.keywords[i + 1 :]])


def _in_place(node: ast.AST) -> Iterator[Mistake]:
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name) as target], value=ast.BinOp(left=ast.Name(id=same), op=op, right=right)
        ) if name == same:
            yield "in place", ast.AugAssign(target, op, right)


KINDS: tuple[Callable[[ast.AST], Iterator[Mistake]], ...] = (
    *(_operator, _comparison, _sign, _term, _number, _axis, _word, _call, _keyword, _in_place),
)


def _other_names(tree: ast.AST) -> dict[int, list[Mistake]]:
    """For each use of a variable in a function, another variable of that function: a parameter for a parameter."""
    found: dict[int, list[Mistake]] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args) if each.arg != "self"]
            names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
            assigned = dict.fromkeys(node.id for node in names if isinstance(node.ctx, ast.Store))
            for alike in (parameters, list(assigned)):
                after = dict(zip(alike, [*alike[1:], *alike[:1]], strict=True))
                for node in names:
                    if isinstance(node.ctx, ast.Load) and after.get(node.id, node.id) != node.id:
                        found[id(node)] = [("another variable", _but(node, id=after[node.id]))]
    return found


def _texts(tree: ast.AST) -> set[int]:
    """Docstrings, and what stands in annotations and error messages."""
    spared: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                spared.add(id(node))
            case ast.Raise(exc=ast.Call(args=arguments)):
                spared |= {id(inner) for argument in arguments for inner in ast.walk(argument)}
            case ast.arg(annotation=annotation) | ast.FunctionDef(returns=annotation) if annotation:
                spared |= {id(inner) for inner in ast.walk(annotation)}
    return spared


def _became(op: ast.AST, other: type) -> str:
    return f"{type(op).__name__} became {other.__name__}"


def _but(node: ast.AST, **changes: object) -> ast.AST:
    twin = copy.copy(node)
    for field, value in changes.items():
        setattr(twin, field, value)
    return twin
