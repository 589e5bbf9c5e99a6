"""The floors of the house: a module imports only from floors below its own, and there are no circles."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "course_lib"

FLOORS = {
    "arrays": 0,
    "_estimators": 1,
    "linear_algebra": 1,
    "probability": 1,
    "metrics": 1,
    "text": 1,
    "autograd": 1,
    "data": 1,
    "decomposition": 2,
    "model_selection": 2,
    "regression": 2,
    "optimize": 2,
    "regularization": 2,
    "nn": 2,
    "optim": 2,
    "models": 3,
    "training": 3,
    "plotting": 4,
    "notebook": 4,
    "demos": 4,
    "grading": 4,
    "cli": 5,
}

# Within a floor one module may stand on another, in one direction only.
NEIGHBOURS = {
    ("probability", "linear_algebra"),
    ("text", "probability"),
    ("regularization", "nn"),
    ("training", "models"),
    ("notebook", "plotting"),
    ("demos", "plotting"),
    ("demos", "notebook"),
}

MODULES = sorted(path for path in LIBRARY.rglob("*.py") if path != LIBRARY / "__init__.py")


def room(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def rooms_imported_by(path: Path) -> set[str]:
    """The top-level modules of course_lib that a file imports, at the top or inside functions."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 1 and path.parent != LIBRARY, f"{path}: relative imports stay inside a package"  # noqa: PT018
            continue
        else:
            continue
        rooms |= {name.split(".")[1] for name in names if name.startswith("course_lib.")}
    return rooms


def test_every_room_has_a_floor():
    assert {room(path) for path in MODULES} <= set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_imports_go_downward(path):
    here = room(path)
    for other in rooms_imported_by(path) - {here}:
        assert other in FLOORS, f"{path} imports {other}, which has no floor"
        allowed = FLOORS[other] < FLOORS[here] or (here, other) in NEIGHBOURS
        assert allowed, f"{here} (floor {FLOORS[here]}) may not import {other} (floor {FLOORS[other]})"


def test_grading_stands_apart():
    """The instructor's side runs without the reference implementations: it must not depend on what it grades."""
    for path in (LIBRARY / "grading").rglob("*.py"):
        assert rooms_imported_by(path) <= {"grading"}, path
