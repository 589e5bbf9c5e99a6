"""Code as a set of fragments that renaming, reordering, comments and layout leave as they are.

A fragment is a part of the syntax tree with the names that its author chose left out (Baxter et al. 1998, clone
detection by hashed subtrees). Statements stand for themselves, wherever they are in a block, as the fingerprints of
winnowing do (Schleimer, Wilkerson & Aiken 2003). Nothing is executed.
"""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MOST_REPAIRS = 20
"""Lines of a cell that are left out so that the others can be read as Python."""
SMALLEST = 3
"""Nodes of a fragment: a name with an index is one, a name is none."""
WINDOW = 5
"""Words of a fragment of code that is not Python."""
CHOSEN = "name"
"""What stands for a name that its author chose."""
LEFT_OUT = {"ctx", "annotation", "returns", "type_comment", "kind", "type_params"}
BLOCKS = {"body", "orelse", "finalbody", "handlers", "cases"}
COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
TURNED = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python's parser raises, the last two for nests that are too deep."""

Fragments = dict[int, set[int]]
"""By the fragment's hash, the numbers of the lines where it begins, counted from 1."""


@dataclass(frozen=True)
class Names:
    """What names mean before a student has written anything."""

    given: frozenset[str] = frozenset()
    """Functions, classes and attributes of the handed-out cells: these are not chosen."""
    modules: dict[str, str] = field(default_factory=dict)
    """What the handed-out cells import: ``numpy`` by ``np``."""

    @classmethod
    def of(cls, sources: Iterable[str]) -> Names:
        """The names in the handed-out cells."""
        trees = [tree for source in sources if (tree := parse(source))]
        defined = (name for tree in trees for name in _defined(tree))
        modules = {alias: module for tree in trees for alias, module in _imported(tree)}
        return cls(frozenset(defined), modules)


def parse(source: str) -> ast.Module | None:
    """The tree of a cell; of lines that are not Python (magics, mistakes) it has nothing. None if there are many.

    >>> ast.unparse(parse("%matplotlib inline\\nx = 1"))
    'pass\\nx = 1'
    """
    lines = source.split("\n")
    for _ in range(MOST_REPAIRS):
        try:
            with warnings.catch_warnings():  # about the student's escapes and comparisons
                warnings.simplefilter("ignore")
                return ast.parse("\n".join(lines))
        except SyntaxError as error:
            at = min(error.lineno or 1, len(lines)) - 1
            indent = re.match(r"\s*", lines[at])
            repaired = f"{indent[0] if indent else ''}pass"
            lines[at] = "" if lines[at] == repaired else repaired
        except UNREADABLE:
            return None
    return None


def fragments(source: str, names: Names) -> Fragments:
    """The fragments of a piece of code: of its tree, or of its words where it has none.

    >>> one = fragments("s = 0  # sum\\nfor x in range(9):\\n    s += x * 2", Names())
    >>> two = fragments("for i in range(9): t = t + 2.0*i\\nt = 0", Names())
    >>> one.keys() == two.keys()
    True
    """
    tree = parse(source)
    if tree is not None:
        try:
            return _Reader(tree, names).found
        except RecursionError:
            pass
    return _of_words(source, names)


def _of_words(source: str, names: Names) -> Fragments:
    """Windows over the words of code that does not parse."""
    known = {*names.given, *names.modules, *dir(builtins)}
    words: list[tuple[str, int]] = []
    for number, line in enumerate(source.split("\n"), start=1):
        found = re.findall(r"[^\W\d]\w*|\d[\w.]*|[^\w\s]", line.partition("#")[0])
        words += [(CHOSEN if word.isidentifier() and word not in known else word, number) for word in found]
    made: Fragments = {}
    for at in range(len(words) - WINDOW + 1):
        window = words[at : at + WINDOW]
        made.setdefault(hash(tuple(word for word, _ in window)), set()).add(window[0][1])
    return made


def _defined(tree: ast.AST) -> Iterator[str]:
    """Functions, classes, and attributes that are set."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def _variables(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each imported name with what it stands for."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    top = alias.name.partition(".")[0]
                    yield alias.asname or top, alias.name if alias.asname else top
            case ast.ImportFrom(module=module, names=aliases):
                yield from ((alias.asname or alias.name, f"{module}.{alias.name}") for alias in aliases)


class _Reader:
    """Walks a tree from its leaves up; ``found`` holds what it has come across."""

    def __init__(self, tree: ast.Module, names: Names) -> None:
        self.found: Fragments = {}
        self.modules = {**names.modules, **dict(_imported(tree))}
        self.defined = {*_defined(tree)} - names.given
        self.chosen = self.defined | {*_variables(tree)}
        self._block(tree.body, None)

    def _block(self, statements: Iterable[ast.AST], outer: int | None) -> None:
        for statement in statements:
            if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass) or _is_text(statement):
                continue
            digest, size = self._node(_simplified(statement))
            self._add(digest, size, statement)
            if outer is not None:
                self._add(hash((outer, digest)), size, statement)
            for name in sorted(BLOCKS):
                inner = getattr(statement, name, None)
                self._block(inner if isinstance(inner, list) else [], digest)

    def _add(self, digest: int, size: int, node: ast.AST) -> None:
        line = getattr(node, "lineno", None)
        if size >= SMALLEST and line is not None:
            self.found.setdefault(digest, set()).add(line)

    def _node(self, node: ast.AST) -> tuple[int, int]:
        """The hash and the number of nodes of an expression, or of a statement without the blocks in it."""
        if (name := self._name(node)) is not None:
            return hash(name), 1
        if isinstance(node, ast.Constant | ast.JoinedStr):
            return hash(_constant(node)), 1
        parts, size = [], 1
        for key, value in ast.iter_fields(node):
            if key in LEFT_OUT or (key in BLOCKS and isinstance(value, list)):
                continue
            chosen = self.defined if isinstance(node, ast.Attribute | ast.keyword) else self.chosen
            children = [self._part(each, chosen) for each in (value if isinstance(value, list) else [value])]
            digests = [digest for digest, _ in children]
            parts.append((key, *digests))
            size += sum(number for _, number in children)
        if _commutes(node):
            digest = hash((type(node).__name__, *sorted(hash(part[1:]) for part in parts)))
        else:
            digest = hash((type(node).__name__, *parts))
        if isinstance(node, ast.expr):
            self._add(digest, size, node)
        return digest, size

    def _part(self, value: object, chosen: set[str]) -> tuple[int, int]:
        if isinstance(value, ast.AST):
            return self._node(_simplified(value))
        return hash(CHOSEN if value in chosen else value), 0

    def _name(self, node: ast.AST) -> str | None:
        """A variable, or the full name of what was imported."""
        match node:
            case ast.Name(id=name):
                return CHOSEN if name in self.chosen else self.modules.get(name, name)
            case ast.arg():
                return CHOSEN
            case ast.Attribute(value=ast.Name() | ast.Attribute() as value, attr=attribute):
                root = self._name(value)
                return f"{root}.{attribute}" if root and self._is_imported(value) else None
        return None

    def _is_imported(self, node: ast.AST) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules and node.id not in self.chosen


def _simplified(node: ast.AST) -> ast.AST:
    """The same thing in the one of several ways to write it."""
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            return ast.copy_location(ast.Assign([target], ast.copy_location(ast.BinOp(target, op, value), node)), node)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return ast.copy_location(ast.Assign([target], value), node)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in TURNED:
            return ast.copy_location(ast.Compare(right, [TURNED[type(op)]()], [left]), node)
    return node


def _commutes(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=op):
            return isinstance(op, COMMUTATIVE)
        case ast.Compare(ops=[op]):
            return isinstance(op, ast.Eq | ast.NotEq)
    return isinstance(node, ast.BoolOp | ast.Set)


def _constant(node: ast.Constant | ast.JoinedStr) -> str:
    """A number by its value, however it is written; any text is like any other."""
    value = getattr(node, "value", "")
    if isinstance(value, str | bytes):
        return "text"
    return f"{type(value).__name__} {value}" if value is None or isinstance(value, bool) else f"number {hash(value)}"


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr)
