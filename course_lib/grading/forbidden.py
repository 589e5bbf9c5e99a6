"""What an exercise does not allow and an answer uses all the same: a note for people, who decide what it costs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbformat import NotebookNode

from course_lib.grading import notebook as nbk


def remarks(notebook: NotebookNode, original: NotebookNode) -> list[str]:
    """A sentence for each answer that names something which the original's cell forbids in its metadata.

    Only names are looked at: what is reached through ``getattr`` or ``exec`` is not found.
    """
    trees = {id(cell): _parsed(cell) for cell in notebook.cells if cell.cell_type == "code"}
    meanings = dict(pair for tree in trees.values() for pair in _imports(tree))
    mine = nbk.by_grade_id(notebook)
    said = []
    for name, cell in nbk.by_grade_id(original).items():
        forbidden = cell.metadata.get("course", {}).get("forbid", [])
        if forbidden and id(mine.get(name)) in trees:
            used = set(_names(trees[id(mine[name])], meanings))
            found = [item for item in forbidden if any(f"{each}.".startswith(f"{item}.") for each in used)]
            said += [f"{name} uses {', '.join(found)}, which is not allowed"] if found else []
    return said


def _parsed(cell: NotebookNode) -> ast.AST:
    try:
        return ast.parse(cell.source)
    except (SyntaxError, ValueError, RecursionError):  # magics, or no Python at all
        return ast.Module([], [])


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Names that imports give, and what they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _names(tree: ast.AST, meanings: dict[str, str]) -> Iterator[str]:
    """What a cell imports or names, in full: ``numpy.linalg.det`` for ``np.linalg.det``. Errors are for everybody."""
    nodes = list(ast.walk(tree))
    parts = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    names = [node for node in nodes if isinstance(node, ast.Name | ast.Attribute) and id(node) not in parts]
    found = [*(meaning for _, meaning in _imports(tree)), *(_in_full(node, meanings) for node in names)]
    yield from (name for name in found if not name.endswith("Error"))


def _in_full(node: ast.expr, meanings: dict[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return meanings.get(name, name)
        case ast.Attribute(value=value, attr=attribute):
            return f"{_in_full(value, meanings)}.{attribute}"
    return ""
