"""Commands for students: open the lectures, try the demos, check an exercise."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from course_lib.cli.output import CourseOption, JsonFlag, console, errors, number, print_json
from course_lib.cli.workspace import bring_up_to_date
from course_lib.grading.course import Course, CourseError, near

if TYPE_CHECKING:
    from course_lib.grading.check import Report

PortOption = Annotated[int | None, typer.Option(min=1, max=65535, help="The port to serve on (default: a free one).")]
LECTURES = "lectures"
WORK = "work"
LAB_SETTINGS = Path(__file__).parent / "lab_settings"
"""Settings for JupyterLab: widgets are saved with a notebook, so that a demo shows its picture when it is reopened."""


def add_commands(app: typer.Typer) -> None:
    """Register this module's commands."""
    app.command()(lab)
    app.command()(demo)
    app.command()(check)


def lab(
    port: PortOption = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    course: CourseOption = None,
) -> None:
    """Open JupyterLab on the lectures, in your own copy of them.

    The folder work/ is yours: what you change there is never overwritten. Lectures and exercises that you have not
    touched are brought up to date.

    Example: course lab
    """
    here = Course.find(course)
    folders = [name for name in (LECTURES, here.setting("release_directory")) if (here.root / name).is_dir()]
    if not folders:
        raise CourseError(f"{here.root} has neither lectures nor exercises to open.")
    work = here.root / WORK
    for note in bring_up_to_date(here.root, folders, work):
        remark = f" ({note.remark})" if note.remark else ""
        console.print(f"{note.kind:8}{WORK}/{note.path}{remark}", highlight=False, markup=False, soft_wrap=True)
    paths = [str(LAB_SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)
    raise typer.Exit(serve(lab_command(work, folders[0], port, no_browser)))


def lab_command(work: Path, folder: str, port: int | None, no_browser: bool) -> list[str]:
    """The command line that starts JupyterLab in a folder, showing one of its folders."""
    options = [f"--ServerApp.root_dir={work}", f"--LabApp.default_url=/lab/tree/{folder}"]
    options += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [sys.executable, "-m", "jupyterlab", *options, *_server_options(port, no_browser)]


def _server_options(port: int | None, no_browser: bool) -> list[str]:
    options = [f"--port={port}"] if port else []
    options += ["--no-browser"] if no_browser else []
    return options


def serve(command: list[str]) -> int:
    """Run a server until it ends, or until we are told to; then it ends before us.

    Ctrl-C reaches the server by itself, since it shares our terminal; it may want to ask whether that was meant.
    """
    with subprocess.Popen(command) as server:
        before = {
            signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
            signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: server.terminate()),
        }
        try:
            return server.wait()
        finally:
            for which, handler in before.items():
                signal.signal(which, handler)


def demo(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Which demo (default: all).")] = None,
    port: PortOption = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the demos and do not start any.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Serve one interactive demo, or all of them, as web pages without code.

    Example: course demo MatrixMap
    """
    from course_lib.demos import catalogue  # imports matplotlib and torch, which the other commands need not wait for

    demos = catalogue()
    if list_:
        _list_demos(demos, as_json)
        return
    if name is not None and name not in demos:
        raise CourseError(f"There is no demo {name!r}. {near(name, demos)} (`course demo --list` shows them all.)")
    with tempfile.TemporaryDirectory(prefix="course-demo-") as directory:
        for each in [name] if name else demos:
            path = Path(directory, f"{each}.ipynb")
            path.write_text(_demo_notebook(each, demos[each]), encoding="utf-8")
        served = Path(directory, f"{name}.ipynb") if name else Path(directory)
        status = serve([sys.executable, "-m", "voila", str(served), *_server_options(port, no_browser)])
    raise typer.Exit(status)


def _list_demos(demos: dict[str, Any], as_json: bool) -> None:
    summaries = {name: (kind.__doc__ or "").strip().split("\n")[0] for name, kind in demos.items()}
    if as_json:
        print_json(summaries)
        return
    table = Table("Demo", "What it shows")
    for name, summary in summaries.items():
        table.add_row(name, summary)
    console.print(table)


def _demo_notebook(name: str, kind: Any) -> str:
    from nbformat import v4  # takes a second to import

    summary = (kind.__doc__ or "").strip().split("\n")[0]
    code = f"from course_lib.demos import catalogue\n\ncatalogue()[{name!r}]()"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [v4.new_markdown_cell(f"# {name}\n\n{summary}"), v4.new_code_cell(code)]
    return v4.writes(v4.new_notebook(cells=cells, metadata=kernel))


def check(
    exercise: Annotated[Path, typer.Argument(metavar="EXERCISE.ipynb", help="Your notebook.")],
    timeout: Annotated[int, typer.Option(min=1, help="Seconds that one cell may run.")] = 30,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Run the visible tests of your exercises. Hidden tests decide in the end.

    Example: course check work/exercises/02_linear_algebra/02_linear_algebra.ipynb
    """
    from course_lib.grading.check import check as run_tests

    here = Course.find(course) if course else Course.around(Path.cwd()) or Course.around(exercise.parent)
    with errors.status("") as status:
        report = run_tests(exercise, here, timeout, lambda done, of: status.update(f"cell {done + 1} of {of}"))
    if as_json:
        rows = [asdict(row) | {"reachable": row.reachable} for row in report.rows]
        print_json({"notebook": str(exercise), "passed": report.passed, "rows": rows, "remarks": report.remarks})
    else:
        _print_report(report)
    raise typer.Exit(0 if report.passed else 1)


def _print_report(report: Report) -> None:
    table = Table("Exercise", "Test", "Points in reach", "Result", "Message", title=escape(report.notebook.name))
    colors = {"passed": "green", "by hand": "cyan", "not started": "yellow"}
    previous = None
    for row in report.rows:
        color = colors.get(row.outcome, "red")
        points = f"{number(row.reachable)} of {number(row.points)}" if row.outcome != "by hand" else ""
        kind = row.id.rpartition("test-")[2]
        title = row.exercise if row.exercise != previous else ""
        table.add_row(escape(title), escape(kind), points, f"[{color}]{row.outcome}[/]", escape(row.message))
        previous = row.exercise
    console.print(table)
    for remark in report.remarks:
        console.print(f"[yellow]Note:[/] {escape(remark)}", highlight=False)
    by_hand = sum(row.points for row in report.rows if row.outcome == "by hand")
    reachable = sum(row.reachable for row in report.rows)
    total = sum(row.points for row in report.rows) - by_hand
    more = f" {number(by_hand)} more are given by hand, for answers that a person reads." if by_hand else ""
    console.print(
        f"{number(reachable)} of {number(total)} points are in reach. These are the visible tests; "
        f"the hidden tests decide.{more}",
        highlight=False,
    )
