"""The names that cells bind: whose they are decides what a name in a test stands for."""

from __future__ import annotations

import ast
import symtable

from IPython.core.inputtransformer2 import TransformerManager


def bound(source: str) -> set[str]:
    """The names that a cell binds at its top level, in whatever way.

    >>> sorted(bound("import math as m\\ndef f(x): y = 1\\n%time 1\\nfor i in []: (a, b) = 1, 2"))
    ['a', 'b', 'f', 'i', 'm']
    """
    try:
        table = symtable.symtable(_python(source), "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set()
    return {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()}


def classes(source: str) -> set[str]:
    """Those of them that are classes.

    >>> classes("class A: pass\\nB = 1")
    {'A'}
    """
    try:
        tree = ast.parse(_python(source))
    except (SyntaxError, ValueError, RecursionError):
        return set()
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def _python(source: str) -> str:
    """The cell without IPython's magic."""
    return TransformerManager().transform_cell(source)
