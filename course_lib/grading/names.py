"""The names that cells bind: whose they are decides what a name in a test stands for."""

from __future__ import annotations

import ast
import functools
import symtable
from collections.abc import Callable, Collection, Iterable, Sequence

from IPython.core.inputtransformer2 import TransformerManager

MOST_REMEMBERED = 1000
"""Cells whose names are kept: the instructor's, which stand in every submission."""


@functools.lru_cache(MOST_REMEMBERED)
def bound(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level, in whatever way.

    >>> sorted(bound("import math as m\\ndef f(x): y = 1\\n%time 1\\nfor i in []: (a, b) = 1, 2"))
    ['a', 'b', 'f', 'i', 'm']
    """
    try:
        table = symtable.symtable(_python(source), "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported())


@functools.lru_cache(MOST_REMEMBERED)
def classes(source: str) -> frozenset[str]:
    """Those of them that are classes.

    >>> sorted(classes("class A: pass\\nB = 1"))
    ['A']
    """
    try:
        tree = ast.parse(_python(source))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef))


@functools.lru_cache(MOST_REMEMBERED)
def used(source: str) -> frozenset[str]:
    """The names that a cell mentions anywhere.

    >>> sorted(used("def f(x): return g(x).y"))
    ['g', 'x']
    """
    try:
        tree = ast.parse(_python(source))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def of_all(find: Callable[[str], frozenset[str]], sources: Iterable[str]) -> frozenset[str]:
    """What a function of this module finds in any of several cells.

    >>> sorted(of_all(bound, ["a = 1", "a = b = 2"]))
    ['a', 'b']
    """
    return frozenset[str]().union(*map(find, sources))


def needed(sources: Sequence[str], wanted: Iterable[int], optional: Collection[int]) -> list[int]:
    """Which cells to run so that some cells find what they use.

    Args:
        sources: The cells of a notebook, in order.
        wanted: The numbers of those cells, counted from 0.
        optional: The numbers of the cells that may be left out where nothing they bind is used.

    Returns:
        The numbers of the cells to run, those that must not be left out among them, in order.

    >>> needed(["import math", "a = 1", "b = a", "c = 2", "print(b)"], [4], [1, 2, 3, 4])
    [0, 1, 2, 4]
    """
    chosen = {*wanted, *(set(range(len(sources))) - set(optional))}
    left = list(chosen)
    makers = [(number, bound(sources[number])) for number in optional]
    while left:
        names = used(sources[left.pop()])
        for number, made in makers:
            if number not in chosen and made & names:
                chosen.add(number)
                left.append(number)
    return sorted(chosen)


def _python(source: str) -> str:
    """The cell without IPython's magic."""
    return TransformerManager().transform_cell(source)
