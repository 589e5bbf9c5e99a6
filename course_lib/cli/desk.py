"""Commands for the instructor's desk: how strong the tests are, how the class did, what students get."""

from __future__ import annotations

import enum
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from course_lib.cli.instructor import AssignmentArgument, GradebookOption, SubmittedOption, cores, placed
from course_lib.cli.output import CourseOption, JsonFlag, console, errors, number, print_json
from course_lib.grading.course import Course, CourseError

if TYPE_CHECKING:
    from course_lib.grading.audit import Audited
    from course_lib.grading.similarity import Comparison
    from course_lib.grading.standings import Standings


class Format(enum.StrEnum):
    """Whose tables are read or written."""

    PLAIN = "plain"
    MOODLE = "moodle"
    CANVAS = "canvas"


def add_commands(app: typer.Typer) -> None:
    """Register this module's commands."""
    app.command()(audit)
    app.command()(report)
    app.command()(similarity)
    app.command()(bundle)


def audit(
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="Which assignments (default: all).")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also audit again what has not changed.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many mistakes to try at a time (default: a core each).")
    ] = None,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Put small mistakes into the right answers and see whether the tests find them; exit with 1 if too few are found.

    What was found is kept in ASSIGNMENT.audit.json beside the assignment's directory: an answer is audited again when
    it or its tests have changed.

    A mistake that no input can tell from the right answer is listed in ASSIGNMENT.equivalent.yml beside the
    assignment's directory: under the name of its cell a `change`, as it is shown here, and the `reason`.

    Example: course audit 02_linear_algebra
    """
    from course_lib.grading import audit as auditing

    here = Course.find(course)
    chosen = assignments or here.assignments()
    for name in chosen:
        here.require_assignment(name)
    found: dict[str, list[Audited]] = {}
    for name in chosen:
        started = time.monotonic()
        found[name] = []
        with errors.status(f"auditing {escape(name)}") as status:
            for each in auditing.audit(here, name, workers or cores(), again=again):
                found[name].append(each)
                status.update(f"auditing {escape(name)}, after {escape(each.cell)}")
        if not as_json:
            _print_audit(name, found[name], time.monotonic() - started)
    if as_json:
        print_json({name: [_described(each) for each in audited] for name, audited in found.items()})
    weak = [name for name, audited in found.items() if not auditing.is_strong(audited)]
    if weak:
        errors.print(f"[red]Too weak:[/] {escape(', '.join(weak))}", soft_wrap=True)
        raise typer.Exit(1)


def _print_audit(assignment: str, audited: list[Audited], seconds: float) -> None:
    from course_lib.grading.audit import share_killed

    title = f"{escape(assignment)}, audited in {seconds:.0f} s: {share_killed(audited):.1%} found"
    table = Table("Answer", "Mistakes", "Found", "Equivalent", "Survived", title=title)
    for each in audited:
        numbers = (each.mutants, each.killed, len(each.equivalent), len(each.survivors))
        table.add_row(escape(each.cell), *map(str, numbers))
    console.print(table)
    for each in audited:
        for change in each.survivors:
            words = f"{each.cell}, line {change.line}: {change.description}\n{change.diff}\n"
            console.print(words, markup=False, highlight=False, soft_wrap=True)
        for diff in each.unfounded:
            words = f"{each.cell}: listed as equivalent, but it costs points or is no mistake that is made\n{diff}\n"
            console.print(words, markup=False, highlight=False, soft_wrap=True)
        if each.too_many_equivalent:
            console.print(f"{each.cell}: {len(each.equivalent)} are too many to be equivalent.", highlight=False)


def _described(each: Audited) -> dict[str, Any]:
    return {
        "notebook": each.notebook,
        "answer": each.cell,
        "mistakes": each.mutants,
        "found": each.killed,
        "equivalent": len(each.equivalent),
        "survived": [vars(change) for change in each.survivors],
    }


def report(
    assignment: Annotated[
        str | None, typer.Argument(metavar="[ASSIGNMENT]", help="Which assignment (default: totals of all).")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page about the assignment there.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write everybody's grades there.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="For whom the CSV file is.")] = Format.PLAIN,
    worksheet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Moodle's grading worksheet, to be filled in.")
    ] = None,
    submitted: SubmittedOption = None,
    gradebook: GradebookOption = None,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show how the class did: as a table, as a page that prints well, as grades for a spreadsheet, Moodle or Canvas.

    Moodle takes back the worksheet that it gives on the assignment's page: Download grading worksheet, then Upload
    grading worksheet. Canvas takes grades in its gradebook: Import; it asks which assignment a new name means.

    Example: course report 02_linear_algebra --html report.html --csv grades.csv --format canvas

    Example: course report 02_linear_algebra --csv grades.csv --format moodle --worksheet worksheet.csv
    """
    from course_lib.grading import gradebook as grades
    from course_lib.grading.report import page
    from course_lib.grading.sheets import as_csv
    from course_lib.grading.standings import graded_assignments, standings

    _require_worksheet(format_, worksheet, csv)
    here = Course.find(course)
    if assignment is not None:
        here = placed(here, assignment, submitted, gradebook)
    elif html is not None:
        raise CourseError("A page is about one assignment: name it.")
    names = [assignment] if assignment else graded_assignments(here)
    for name in names:
        grades.settle(here, name)
    found = [standings(here, name) for name in names]
    if html is not None:
        _write(html, page(here, found[0]))
    if csv is not None:
        _write(csv, as_csv(_sheet(format_, found, worksheet)))
        _print_unfinished(csv, found)
    if as_json:
        print_json({each.assignment: _summary(each) for each in found})
    else:
        _print_summary(found)


def _require_worksheet(format_: Format, worksheet: Path | None, csv: Path | None) -> None:
    if worksheet is None and format_ is Format.MOODLE and csv is not None:
        raise CourseError(
            "Moodle takes back the grading worksheet that it gave: choose Download grading worksheet on the "
            "assignment's page, and name the file with --worksheet FILE."
        )
    if worksheet is not None and (format_ is not Format.MOODLE or csv is None):
        raise CourseError("A worksheet is filled in for Moodle only: give --csv FILE and --format moodle, too.")


def _sheet(format_: Format, found: list[Standings], worksheet: Path | None) -> list[list[Any]]:
    from course_lib.grading import exports, sheets

    if worksheet is None:
        return sheets.FORMATS[format_](found)
    export = exports.read(worksheet)
    table = sheets.moodle(found, export)
    if without := sheets.without_row(found, export):
        errors.print(
            f"[yellow]Graded, but not in the worksheet:[/] {escape(', '.join(without))}",
            soft_wrap=True,
            highlight=False,
        )
    return table


def _print_unfinished(csv: Path, found: list[Standings]) -> None:
    """Say which of the grades that go out are not the last word."""
    errors.print(f"{csv} is written.", markup=False, highlight=False, soft_wrap=True)
    for each in found:
        by_hand = [student.student for student in each.graded if student.needs_manual_grade]
        without = [student.student for student in each.students if student.status != "graded"]
        for what, students in (("answers left to grade by hand", by_hand), ("no grade", without)):
            if students:
                words = f"[yellow]{escape(each.assignment)}, {what}:[/] {escape(', '.join(students))}"
                errors.print(words, highlight=False, soft_wrap=True)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}") from error


def _summary(standings: Standings) -> dict[str, Any]:
    scores = [each.score for each in standings.graded]
    return {
        "students": len(standings.students),
        "graded": len(scores),
        "mean": sum(scores) / len(scores) if scores else None,
        "max_score": standings.max_score,
        "by_hand": sum(each.needs_manual_grade for each in standings.students),
    }


def _print_summary(found: list[Standings]) -> None:
    table = Table("Assignment", "Students", "Graded", "Mean", "Out of", "Left to grade by hand")
    for each in found:
        row = _summary(each)
        mean = "" if row["mean"] is None else f"{row['mean']:.1f}"
        numbers = (number(row[key]) for key in ("students", "graded"))
        table.add_row(escape(each.assignment), *numbers, mean, number(row["max_score"]), number(row["by_hand"]))
    console.print(table)


def similarity(
    assignment: AssignmentArgument,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the pairs' answers side by side there.")
    ] = None,
    most: Annotated[int, typer.Option("--pairs", min=1, help="How many pairs to show.")] = 20,
    submitted: SubmittedOption = None,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show which students' answers are most alike, however renamed and reordered: a place to look, never a verdict.

    What was handed out and what many in the class have written does not count.

    Example: course similarity 02_linear_algebra --html alike.html
    """
    from course_lib.grading.similarity import compare, page

    here = Course.find(course)
    with errors.status(f"comparing {escape(assignment)}"):
        found = compare(placed(here, assignment, submitted, None), assignment, most)
    if html is not None:
        _write(html, page(found))
    if as_json:
        print_json(_compared(found))
    else:
        _print_comparison(found)


def _compared(found: Comparison) -> dict[str, Any]:
    return {
        "students": found.students,
        "found": found.found,
        "pairs": [
            {
                "students": list(pair.students),
                "shared": pair.shared,
                "exercises": {
                    each.exercise: {"similarity": each.similarity, "shared": each.shared} for each in pair.exercises
                },
            }
            for pair in found.pairs
        ],
        "identical": [list(group) for group in found.identical],
        "left_out": [{"student": student, "why": why} for student, why in found.left_out],
    }


def _print_comparison(found: Comparison) -> None:
    title = f"{escape(found.assignment)}: a place to look ({len(found.pairs)} of {found.found} pairs)"
    table = Table("Students", "In common", "Where", title=title)
    for pair in found.pairs:
        where = "\n".join(f"{each.exercise}: {each.similarity:.0%}" for each in pair.exercises)
        table.add_row(escape("\n".join(pair.students)), f"{pair.shared:.0f}", escape(where), end_section=True)
    if found.pairs:
        console.print(table)
    else:
        console.print("No two students share enough of what is unusual.")
    for group in found.identical:
        words = f"The same to the last character: {', '.join(group)}"
        console.print(words, highlight=False, markup=False, soft_wrap=True)
    for student, why in found.left_out:
        console.print(f"{student} was not compared: {why}", highlight=False, markup=False, soft_wrap=True)
    words = (
        f"{found.students} students were compared. Answers are alike for many reasons: work together that was allowed, "
        "the same source, the obvious solution. Read both, and ask."
    )
    console.print(words, highlight=False, markup=False, soft_wrap=True)


def bundle(
    out: Annotated[Path, typer.Option(metavar="FILE", help="The archive to write.")] = Path("build/course.zip"),
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the archive that students get: lectures, exercises, the library, set-up; no solutions, no hidden tests.

    Example: course bundle --out course.zip
    """
    from course_lib.grading.bundle import bundle as make

    here = Course.find(course)
    out = out if out.is_absolute() else Path.cwd() / out
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        names = make(here, out)
    except OSError as error:
        raise CourseError(f"{out} cannot be written: {error.strerror}") from error
    if as_json:
        print_json({"out": str(out), "bytes": out.stat().st_size, "files": names})
    else:
        words = f"{out}: {len(names)} files, {out.stat().st_size / 2**20:.1f} MiB"
        console.print(words, highlight=False, markup=False, soft_wrap=True)
