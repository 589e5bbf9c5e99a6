"""What the cells of a notebook import: what to load before the first submission, and what of course_lib to show."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

PACKAGE = "course_lib"


def imported(sources: Iterable[str]) -> list[str]:
    """The modules that these cells import at their top level, sorted.

    >>> imported(["import numpy as np", "%time 1\\nfrom scipy import stats", "def f(: no Python"])
    ['numpy', 'scipy', 'scipy.stats']
    """
    return sorted({module for source in sources for module in _modules(source)})


def _modules(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError):
        return
    yield from _names(tree)


def _names(tree: ast.AST) -> Iterator[str]:
    """What a module imports; of ``from a import b`` both ``a`` and ``a.b``, which may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_of(modules: Iterable[str], package: Path) -> list[str]:
    """The files of course_lib that these modules are made of, with all that they import in turn.

    Args:
        modules: Names of modules; those of other packages are passed over.
        package: Where course_lib lies.

    Returns:
        Paths relative to the package.
    """
    files: set[Path] = set()
    left = [module for module in modules if module.partition(".")[0] == PACKAGE]
    while left:
        for file in _files(left.pop(), package):
            if file not in files:
                files.add(file)
                left += [m for m in _names(ast.parse(file.read_text("utf-8"))) if m.partition(".")[0] == PACKAGE]
    return sorted(str(file.relative_to(package)) for file in files)


def _files(module: str, package: Path) -> Iterator[Path]:
    """The file of a module, if it is one, and those of the packages around it."""
    place = package
    for part in module.split(".")[1:]:
        yield place / "__init__.py"
        if (place / f"{part}.py").is_file():
            yield place / f"{part}.py"
            return
        if not (place / part / "__init__.py").is_file():
            return
        place = place / part
    yield place / "__init__.py"
