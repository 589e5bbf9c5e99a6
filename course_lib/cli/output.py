"""How the commands speak: tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that move the cursor, erase what stands there, or turn the direction of writing."""


class _Console(Console):
    """A terminal that no text can command: students choose the names of files and cells, and what their code says."""

    def render_str(self, text: str, **options: Any) -> Text:
        """A text as it is shown."""
        return super().render_str(CONTROL.sub("\ufffd", text), **options)


console = _Console()
errors = _Console(stderr=True)

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
