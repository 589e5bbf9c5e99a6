"""How the commands speak: tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

console = Console()
errors = Console(stderr=True)

CourseOption = Annotated[
    Path | None,
    typer.Option("--course", metavar="DIR", help="The root of a course (default: the one around this folder)."),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def print_json(data: Any) -> None:
    """Print for programs: plain, and nothing else."""
    typer.echo(json.dumps(data, indent=2))


def number(value: float) -> str:
    """Points as people write them.

    >>> number(4.0), number(2.5)
    ('4', '2.5')
    """
    return f"{value:g}"
