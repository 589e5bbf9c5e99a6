"""What a test asks about things: ``type(x)``, ``inspect.getsource(f)``, where a stand-in itself cannot answer."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from course_lib.grading.proxy import Proxy

TYPE = "__type__"
"""What a test's ``type`` is called while it runs."""


def asking_for_types(tree: ast.Module) -> ast.Module:
    """A test in which ``type(x)`` and ``x.__class__`` are the type of the object, not of what stands in for it.

    >>> ast.unparse(asking_for_types(ast.parse("assert type(f(x)) is int and isinstance(x, type)")))
    'assert __type__(f(x)) is int and isinstance(x, type)'
    >>> ast.unparse(asking_for_types(ast.parse("[type(2) for type in (int, float)]")))
    '[type(2) for type in (int, float)]'
    """
    bound = (node.arg if isinstance(node, ast.arg) else _stored(node) for node in ast.walk(tree))
    return tree if "type" in bound else _Types().visit(tree)


def _stored(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else None


class _Types(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("type") as name, [_], []):
                node.func = ast.copy_location(ast.Name(TYPE, ast.Load()), name)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr != "__class__" or not isinstance(node.ctx, ast.Load):
            return node
        asked = ast.Call(ast.Name(TYPE, ast.Load()), [node.value], [])
        return ast.fix_missing_locations(ast.copy_location(asked, node))


_find = inspect.findsource


def find_sources_of_stand_ins() -> None:
    """Let ``inspect.getsource`` ask the submission for the text of its functions."""

    def findsource(thing: Any) -> Any:
        if not isinstance(thing, Proxy):
            return _find(thing)
        text = thing._peer.apply("source", thing)
        if type(text) is not str:
            raise OSError("could not get source code")
        return text.splitlines(keepends=True), 0

    inspect.findsource = findsource  # type: ignore[assignment]
