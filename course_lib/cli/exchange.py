"""Commands for what comes in from a learning platform: who the students are, and what they have handed in."""

from __future__ import annotations

import enum
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from course_lib.cli.desk import Format
from course_lib.cli.instructor import AssignmentArgument, GradebookOption, placed
from course_lib.cli.output import CourseOption, JsonFlag, console, errors, print_json
from course_lib.grading.course import Course, from_directory

if TYPE_CHECKING:
    from course_lib.grading.roster import Enrolled
    from course_lib.grading.zip_collect import Collected


class Platform(enum.StrEnum):
    """Whose archive is read."""

    MOODLE = "moodle"
    CANVAS = "canvas"


def add_commands(app: typer.Typer) -> None:
    """Register this module's commands."""
    app.command()(roster)
    app.command()(collect)


def roster(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A list of students.")],
    format_: Annotated[
        Format | None, typer.Option("--format", help="Whose list it is (default: its columns say that).")
    ] = None,
    gradebook: GradebookOption = None,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Enrol the students of a list from Moodle or Canvas. Nobody is ever deleted; a second time changes nothing.

    Canvas: the export of the gradebook. A student's id here is the SIS Login ID, without what follows an @.

    Moodle: the participants as CSV, or the grading worksheet of any assignment. The id is the Username if the list has
    that, else what stands before the @ of the address.

    Anything else: nbgrader's own columns id, first_name, last_name, email, lms_user_id.

    Who is in the gradebook already, by the platform's number or by address, keeps the id there.

    Example: course roster gradebook.csv
    """
    from course_lib.grading import exports
    from course_lib.grading.roster import enrol

    here = Course.find(course)
    if gradebook is not None:
        here = here.having(db_url=from_directory(gradebook, Path.cwd()))
    export = exports.read(file)
    platform = format_ or exports.platform_of(export)
    done = enrol(here, exports.people(export, platform), by_id=platform == Format.PLAIN)
    if as_json:
        print_json(vars(done))
    else:
        _print_enrolled(here, done)


def _print_enrolled(course: Course, done: Enrolled) -> None:
    numbers = f"{len(done.new)} new, {len(done.changed)} changed, {len(done.unchanged)} as before"
    console.print(f"{numbers}. Gradebook: {course.gradebook_url}", markup=False, highlight=False, soft_wrap=True)
    for what, names in (("New", done.new), ("Changed", done.changed)):
        if names:
            console.print(f"{what}: {', '.join(names)}", markup=False, highlight=False, soft_wrap=True)
    if done.gone:
        words = f"[yellow]In the gradebook, but not in the list:[/] {escape(', '.join(done.gone))}"
        console.print(words, highlight=False, soft_wrap=True)


def collect(
    assignment: AssignmentArgument,
    download: Annotated[Path, typer.Argument(metavar="DOWNLOAD.zip", help="The submissions, as downloaded.")],
    worksheet: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="When everybody handed in; may be given more than once."),
    ] = None,
    format_: Annotated[
        Platform | None, typer.Option("--format", help="Whose download it is (default: its names say that).")
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Moodle's time zone (default: nbgrader's Exchange.timezone, or this computer's).",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also replace what is not known to be older.")] = False,
    gradebook: GradebookOption = None,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take submissions out of a download of Moodle or Canvas and put them where grade finds them.

    Run roster first: only its students are known. Exit with 1 if something is left out; the table says why.

    Moodle: Download all submissions. Times stand in the assignment's grading worksheet, in the time zone that you have
    set in Moodle: give it with --worksheet. Without it students are known by their names only, and nothing is late.

    Canvas: Download Submissions. The archive says LATE, but no times. Canvas shows them at the address
    /api/v1/courses/COURSE/assignments/ASSIGNMENT/submissions?per_page=100 (and &page=2, ...), with the numbers that
    stand in the address of the assignment's page: save that, and give it with --worksheet.

    Example: course collect 02_linear_algebra submissions.zip --worksheet worksheet.csv
    """
    from course_lib.grading import zip_collect

    here = placed(Course.find(course), assignment, None, gradebook)
    zone = zip_collect.zone_of(here, timezone)
    platform = format_ or zip_collect.platform_of(download)
    worksheets = worksheet or []
    done = zip_collect.collect(here, assignment, download, worksheets, platform=platform, zone=zone, force=force)
    if as_json:
        print_json([each.as_json() for each in done])
    else:
        _print_collected(assignment, done)
    if worksheets and platform == Platform.MOODLE:
        where = escape(str(zone)) if zone else f"this computer's, {datetime.now().astimezone():UTC%z}"
        errors.print(f"Moodle's times were taken to be in the time zone {where}.", soft_wrap=True, highlight=False)
    undated = [each.who for each in done if each.late and each.submitted is None]
    if undated:
        errors.print(
            f"[yellow]Late, but nobody says when, so no penalty:[/] {escape(', '.join(undated))}. "
            "`course collect --help` says where Canvas shows the times.",
            soft_wrap=True,
            highlight=False,
        )
    if any(each.status == "left out" for each in done):
        raise typer.Exit(1)


def _print_collected(assignment: str, done: list[Collected]) -> None:
    from course_lib.grading.zip_collect import SHOWN

    table = Table(
        "Student", "Submission", "Handed in (UTC)", Column("Remark", overflow="fold"), title=escape(assignment)
    )
    for each in sorted(done, key=lambda each: (each.status != "left out", not each.remark, each.who)):
        time = f"{each.submitted:{SHOWN}}" if each.submitted else "LATE" if each.late else ""
        table.add_row(escape(each.who), each.status, time, escape(each.remark))
    console.print(table)
    count = Counter(each.status for each in done)
    console.print(", ".join(f"{number} {status}" for status, number in sorted(count.items())) + ".", highlight=False)
