"""The names that cells bind: whose they are decides what a name in a test stands for."""

from __future__ import annotations

import ast
import functools
import symtable
from collections.abc import Callable, Collection, Iterable, Sequence

from IPython.core.inputtransformer2 import TransformerManager

MOST_REMEMBERED = 10_000
"""Cells, and statements of cells, whose names are kept: the instructor's, which stand in every submission."""
BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
OPAQUE = frozenset({"exec", "eval", "globals", "locals", "vars", "get_ipython"})
"""A cell that mentions one of these may bind and use any name."""
NOT_PYTHON = (SyntaxError, ValueError)
TOO_MUCH = (RuntimeError, MemoryError)
"""What Python's parser raises at nests that are too deep, and IPython at hundreds of magics."""


@functools.lru_cache(MOST_REMEMBERED)
def bound(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level, in whatever way.

    >>> sorted(bound("import math as m\\ndef f(x): y = 1\\n%time 1\\nfor i in []: (a, b) = 1, 2"))
    ['a', 'b', 'f', 'i', 'm']
    """
    try:
        table = symtable.symtable(_python(source), "<cell>", "exec")
    except (*NOT_PYTHON, *TOO_MUCH):
        return frozenset()
    return frozenset(each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported())


@functools.lru_cache(MOST_REMEMBERED)
def classes(source: str) -> frozenset[str]:
    """Those of them that are classes.

    >>> sorted(classes("class A: pass\\nB = 1"))
    ['A']
    """
    return frozenset(each.name for each in _statements(source) if isinstance(each, ast.ClassDef))


@functools.lru_cache(MOST_REMEMBERED)
def used(source: str) -> frozenset[str]:
    """The names that a cell takes from elsewhere: those that it mentions before it binds them.

    Of a cell that cannot be looked at, these are ``OPAQUE``; one that is not Python is not run, and takes none.

    >>> sorted(used("def f(x): return g(x).y\\na = b\\nfor i in c: a += d + i\\nd = e = 1"))
    ['b', 'c', 'd', 'g']
    """
    try:
        return frozenset(_taken(ast.parse(_python(source)).body, frozenset()))
    except NOT_PYTHON:
        return frozenset()
    except TOO_MUCH:
        return OPAQUE


def _taken(statements: Iterable[ast.stmt], own: frozenset[str]) -> set[str]:
    """The names that statements take from elsewhere, if they own some to begin with."""
    taken: set[str] = set()
    for statement in statements:
        if not isinstance(statement, BLOCKS):
            taken |= _mentioned(statement) - own
            own |= bound(ast.unparse(statement))
            continue
        heads, lines = _parts(statement)
        targets = _names(heads, ast.Store)
        taken |= _names(heads, ast.Load) - targets - own
        taken |= _taken(lines, own | targets)
        if isinstance(statement, ast.With):
            own |= targets | of_all(bound, map(ast.unparse, lines))
    return taken


def _parts(block: ast.AST) -> tuple[list[ast.AST], list[ast.stmt]]:
    """What stands in the head of a block, or of its parts, and the statements in it."""
    heads: list[ast.AST] = []
    lines: list[ast.stmt] = []
    for child in ast.iter_child_nodes(block):
        if isinstance(child, ast.stmt):
            lines.append(child)
        elif isinstance(child, ast.ExceptHandler):
            inner = _parts(child)
            heads += inner[0]
            lines += inner[1]
        else:
            heads.append(child)
    return heads, lines


def _names(nodes: Iterable[ast.AST], context: type[ast.expr_context]) -> set[str]:
    every = (node for each in nodes for node in ast.walk(each))
    return {node.id for node in every if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def _mentioned(statement: ast.stmt) -> set[str]:
    """The global names that a statement reads, changes or deletes, also within functions and comprehensions."""
    table = symtable.symtable(ast.unparse(statement), "<cell>", "exec")
    changed = statement if isinstance(statement, (ast.AugAssign, ast.Delete)) else ast.Pass()
    return _read(table) | {node.id for node in ast.walk(changed) if isinstance(node, ast.Name)}


def _read(table: symtable.SymbolTable) -> set[str]:
    here = {each.get_name() for each in table.get_symbols() if each.is_global() and _is_mentioned(each)}
    return here.union(*map(_read, table.get_children()))


def _is_mentioned(symbol: symtable.Symbol) -> bool:
    """Whether a name is read, or is one that a function declares ``global``."""
    return symbol.is_referenced() or symbol.is_declared_global()


@functools.lru_cache(MOST_REMEMBERED)
def variables(source: str) -> frozenset[str]:
    """The names that a cell binds to a value that other cells can change: neither a function, a class nor a module.

    >>> sorted(variables("import math\\ndef f(): pass\\na = 1"))
    ['a']
    """
    try:
        return of_all(bound, (ast.unparse(each) for each in _statements(source) if not isinstance(each, DEFINITIONS)))
    except TOO_MUCH:
        return frozenset()


@functools.lru_cache(MOST_REMEMBERED)
def acts(source: str) -> bool:
    """Whether a cell does more than define and import.

    >>> acts("import math\\ndef f(): pass"), acts("f()")
    (False, True)
    """
    return not all(isinstance(each, DEFINITIONS) for each in _statements(source))


@functools.lru_cache(MOST_REMEMBERED)
def seeds(source: str) -> bool:
    """Whether a cell seeds a generator that all cells share.

    >>> seeds("import numpy as np\\nnp.random.seed(0)"), seeds("_ = torch.manual_seed(0)")
    (True, True)
    >>> seeds("def f(): torch.manual_seed(0)"), seeds("mine = torch.Generator().manual_seed(0)")
    (False, False)
    """
    run = (each for each in _statements(source) if not isinstance(each, DEFINITIONS))
    return any(_is_shared_seed(node) for each in run for node in ast.walk(each))


def _is_shared_seed(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute(), attr=name) | ast.Name(id=name)):
            return name.endswith("seed")
    return False


def _statements(source: str) -> list[ast.stmt]:
    """Those of a cell; none if it is not Python, or cannot be looked at."""
    try:
        return ast.parse(_python(source)).body
    except (*NOT_PYTHON, *TOO_MUCH):
        return []


def of_all(find: Callable[[str], frozenset[str]], sources: Iterable[str]) -> frozenset[str]:
    """What a function of this module finds in any of several cells.

    >>> sorted(of_all(bound, ["a = 1", "a = b = 2"]))
    ['a', 'b']
    """
    return frozenset[str]().union(*map(find, sources))


def needed(sources: Sequence[str], wanted: Iterable[int], optional: Collection[int]) -> list[int]:
    """Which cells to run so that some cells find what they use, as it would be if all were run.

    Args:
        sources: The cells of a notebook, in order.
        wanted: The numbers of those cells, counted from 0.
        optional: The numbers of the cells that may be left out: where nothing that they bind is used, and no variable
            that they mention.

    Returns:
        The numbers of the cells to run, those that must not be left out among them, in order.

    >>> needed(["import math", "a = []", "b = [a]", "c = 2", "a.append(1)", "print(b)"], [5], [1, 2, 3, 4, 5])
    [0, 1, 2, 4, 5]
    """
    links = Links(sources)
    chosen = {*wanted, *(set(range(len(sources))) - set(optional))}
    left = list(chosen)
    while left:
        later = left.pop()
        new = {number for number in optional if number not in chosen and links.affects(number, later)}
        chosen |= new
        left += new
    return sorted(chosen)


class Links:
    """How the cells of a notebook depend on each other.

    Args:
        sources: The cells, in order.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self.sources = sources
        self.variables = of_all(variables, sources)
        self.made: dict[str, list[int]] = {}
        """By its name, the cells that bind it."""
        self._reached: dict[int, frozenset[str]] = {}
        for number, source in enumerate(sources):
            for name in bound(source):
                self.made.setdefault(name, []).append(number)

    def affects(self, earlier: int, later: int) -> bool:
        """Whether what a cell does can make a difference to a later one."""
        if earlier >= later:
            return False
        reached = self.reached(later)
        if bound(self.sources[earlier]) & reached:
            return True
        return acts(self.sources[earlier]) and bool(self.reached(earlier) & reached & self.variables)

    def reached(self, number: int) -> frozenset[str]:
        """The names that a cell uses, and those that the functions use which it finds under these names."""
        if number not in self._reached:
            found: set[str] = set()
            left = set(used(self.sources[number]))
            while left:
                name = left.pop()
                found.add(name)
                for maker in self.made.get(name, []):
                    left |= used(self.sources[maker]) - found
            self._reached[number] = frozenset(found)
        return self._reached[number]


def _python(source: str) -> str:
    """The cell without IPython's magic."""
    return TransformerManager().transform_cell(source)
