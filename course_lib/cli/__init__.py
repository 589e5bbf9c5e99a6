"""The ``course`` command: what students and instructors do with the course outside a notebook."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from course_lib.cli import student
from course_lib.cli.output import errors
from course_lib.grading.course import CourseError
from course_lib.grading.kernels import prefer_this_python

NEEDED_FOR = {"nbgrader": "instructor", "jupyterlab": "lab", "voila": "lab", "ipywidgets": "lab", "nbclient": "lab"}


class Commands(TyperGroup):
    """Commands whose errors a user can read: one sentence on what to do, and exit status 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        prefer_this_python(os.environ)
        try:
            return super().invoke(ctx)
        except CourseError as error:
            message = str(error)
        except ModuleNotFoundError as error:
            package = (error.name or "").split(".")[0]
            if package not in NEEDED_FOR:
                raise
            message = f"This needs {package}, which is not installed: pip install -e '.[{NEEDED_FOR[package]}]'"
        errors.print(f"[bold red]Error:[/] {escape(message)}", highlight=False, soft_wrap=True)
        raise typer.Exit(2)


app = typer.Typer(
    cls=Commands,
    help="The deep-learning course: open the lectures, check your exercises; build, grade and give feedback.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
student.add_commands(app)
if importlib.util.find_spec("course_lib.cli.instructor"):  # students' copies of the course are without it
    from course_lib.cli import desk, exchange, instructor

    instructor.add_commands(app)
    desk.add_commands(app)
    exchange.add_commands(app)


def main() -> None:
    """The console script."""
    app()
