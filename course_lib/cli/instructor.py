"""Commands for instructors: build assignments, rehearse with a class, grade, give feedback.

What they need of nbgrader takes two seconds to import, so each imports it when it is called.
"""

from __future__ import annotations

import itertools
import json
import os
import shlex
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column, Table

from course_lib.cli.output import CourseOption, JsonFlag, console, errors, number, print_json
from course_lib.grading.course import Course, CourseError, from_directory

if TYPE_CHECKING:
    from course_lib.grading.build import Registered
    from course_lib.grading.plan import Plan, Rules
    from course_lib.grading.results import Submission, Verdict

AssignmentArgument = Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="The name of an assignment.")]
SubmittedOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where the submissions lie: DIR/<student>/<assignment>/.")
]
GradebookOption = Annotated[
    str | None, typer.Option(metavar="URL", help="The gradebook's database (default: the course's own).")
]
MOST_WORKERS = 4
MOST_NAMED = 3
"""Of more tests with the same fate the table gives the number."""
MARKS = {
    "passed": "[green]✓[/]",
    "failed": "[red]✗[/]",
    "error": "[red]E[/]",
    "timeout": "[yellow]T[/]",
    "memory": "[yellow]M[/]",
    "crashed": "[yellow]![/]",
    "missing": "[yellow]?[/]",
}


def add_commands(app: typer.Typer) -> None:
    """Register this module's commands."""
    app.command()(build)
    app.command("simulate-class")(simulate_class)
    app.command()(grade)
    app.command()(feedback)


def build(
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="Which assignments (default: all).")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if anything would change.")
    ] = False,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the students' notebooks from the instructor's, and register them in the gradebook.

    Example: course build 02_linear_algebra
    """
    here = Course.find(course)
    names = assignments or here.assignments()
    for name in names:
        here.require_assignment(name)
    if check:
        _check_drift(here, names, as_json, everything=not assignments)
        return
    from course_lib.grading.build import build as build_one

    built = {name: build_one(here, name) for name in names}
    if as_json:
        print_json({name: _described(registered) for name, registered in built.items()})
        return
    title = f"built in {escape(str(here.root))}"
    table = Table("Assignment", "Notebooks", "Tests", "Points", "of them by hand", title=title)
    for name, registered in built.items():
        row = _described(registered)
        cells = [row[key] for key in ("notebooks", "tests", "points", "points_by_hand")]
        table.add_row(escape(name), *map(number, cells))
    console.print(table)


def _described(registered: Registered) -> dict[str, float]:
    automatic = sum(test.points for test in registered.plan)
    return {
        "notebooks": len(registered.notebooks),
        "tests": len(registered.plan),
        "points": automatic + registered.points_by_hand,
        "points_by_hand": registered.points_by_hand,
    }


def _check_drift(course: Course, names: list[str], as_json: bool, *, everything: bool) -> None:
    from course_lib.grading.build import drift

    drifted = {name: difference for name in names if (difference := drift(course, name))}
    if everything:
        orphans = {path.parent.name: path for path in course.released_notebooks()}.keys() - set(names)
        drifted |= {name: f"{course.release(name)} has no source" for name in sorted(orphans)}
    if as_json:
        print_json({"assignments": names, "drift": drifted})
    else:
        for difference in drifted.values():
            console.print(difference, markup=False, highlight=False, soft_wrap=True)
        if drifted:
            console.print(f"[red]Drifted:[/] {', '.join(drifted)}. Run `course build` and commit what it writes.")
        else:
            what = "1 assignment is as it" if len(names) == 1 else f"{len(names)} assignments are as they"
            console.print(f"{what} would be built now.", highlight=False)
    if drifted:
        raise typer.Exit(1)


def simulate_class(
    assignment: AssignmentArgument,
    n: Annotated[int, typer.Option("-n", min=1, max=1000, help="How many students.")] = 30,
    seed: Annotated[int, typer.Option(help="The same class comes from the same seed.")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to (default: build/class in the course).")
    ] = None,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make submissions of varied quality to rehearse with: right, wrong, blank, crashing, and some broken files.

    Example: course simulate-class 02_linear_algebra -n 30
    """
    from course_lib.grading.simulate import simulate

    here = Course.find(course)
    directory = (out or _simulated_class(here)).resolve()
    class_ = simulate(here, assignment, n, seed, directory)
    if as_json:
        print_json({"out": str(directory), "students": {each.student: each.submission for each in class_}})
        return
    table = Table("Student", "Hands in", title=f"{n} submissions of {escape(assignment)}")
    for each in class_:
        table.add_row(each.student, each.submission)
    console.print(table)
    console.print(f"Grade them: {_grade_command(assignment, directory)}", markup=False, highlight=False, soft_wrap=True)


def grade(
    assignment: AssignmentArgument,
    submitted: SubmittedOption = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many submissions at a time (default: a core each).")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Grade on a Dask cluster: tcp://HOST:PORT of its scheduler.")
    ] = None,
    gradebook: GradebookOption = None,
    timeout: Annotated[int | None, typer.Option(min=1, help="Seconds a cell may run (default: the course's).")] = None,
    memory: Annotated[int, typer.Option(min=256, metavar="MIB", help="Memory a submission may use.")] = 2048,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the results there.")] = None,
    no_sandbox: Annotated[bool, typer.Option("--no-sandbox", help="Student code may do what you may do.")] = False,
    in_process: Annotated[
        bool, typer.Option("--in-process", help="Run tests beside the student's code, for those that need it.")
    ] = False,
    regrade: Annotated[
        bool, typer.Option("--regrade", help="Also run again what changed tests can move, and show whose score moved.")
    ] = False,
    course: CourseOption = None,
) -> None:
    """Grade an assignment: all submissions that are new or changed. Scores and comments given by hand are kept.

    To grade a submission again that has not changed, delete its directory in autograded/.

    A class made by simulate-class is graded beside its directory, away from the real gradebook.

    Example: course grade 02_linear_algebra --json results.json
    """
    if json_file is not None:
        _require_writable(json_file)
    from course_lib.grading import batch
    from course_lib.grading.converters import seconds_a_cell_may_run
    from course_lib.grading.plan import Rules
    from course_lib.grading.sandbox import SandboxError, command
    from course_lib.grading.session import Session

    here = placed(Course.find(course), assignment, submitted, gradebook)
    if no_sandbox:
        errors.print("[yellow]No sandbox: student code runs with your rights.[/]")
    elif scheduler is None:
        try:
            command()
        except SandboxError as error:
            raise CourseError(str(error)) from error
    started = time.monotonic()
    rules = Rules(timeout or seconds_a_cell_may_run(here), memory, not no_sandbox, in_process)
    plan = _plan(here, assignment, rules)
    students = _students(here, assignment)
    session = Session(here, plan, students, regrade=regrade)
    results = []
    with _progress() as progress:
        task = progress.add_task(f"grading {assignment}", total=len(students))
        processes = workers or min(MOST_WORKERS, cores(), len(students))
        try:
            for submission in session.run(partial(batch.run, workers=processes, scheduler=scheduler)):
                results.append(submission)
                progress.advance(task)
        except KeyboardInterrupt:
            errors.print(f"Stopped: {len(results)} of {len(students)} are done. The same command goes on from there.")
            raise
    results.sort(key=lambda submission: submission.student)
    seconds = time.monotonic() - started
    _print_results(here, plan, results, seconds)
    if regrade:
        _print_moves([submission for submission in results if submission.moves])
    if json_file is not None:
        _write_results(json_file, assignment, results, seconds)


def _require_writable(json_file: Path) -> None:
    """Before an hour of grading, not after it."""
    if json_file.is_dir():
        raise CourseError(f"{json_file} cannot be written: it is a directory. Name a file in it.")
    if not json_file.resolve().parent.is_dir():
        raise CourseError(f"{json_file} cannot be written: there is no directory {json_file.parent}.")


def _write_results(json_file: Path, assignment: str, results: list[Submission], seconds: float) -> None:
    records = [submission.as_json() for submission in results]
    data = {"assignment": assignment, "seconds": round(seconds, 3), "submissions": records}
    try:
        json_file.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CourseError(
            f"{json_file} cannot be written: {error.strerror}. The gradebook has everything: "
            "grade again with another --json FILE, and nothing is run twice."
        ) from error


def placed(course: Course, assignment: str, submitted: Path | None, gradebook: str | None) -> Course:
    """The course with the submissions and the gradebook that the options name."""
    from course_lib.grading.simulate import is_simulated, rehearsal_settings

    course.require_assignment(assignment)
    settings: dict[str, Any] = {}
    if submitted is not None:
        directory = submitted.resolve()
        if not directory.is_dir():
            raise CourseError(f"There is no directory {submitted}.")
        settings["submitted_directory"] = str(directory)
        if is_simulated(directory, assignment):
            settings |= rehearsal_settings(directory)
    if gradebook is not None:
        settings["db_url"] = from_directory(gradebook, Path.cwd())
    return course.having(**settings)


def _plan(course: Course, assignment: str, rules: Rules) -> Plan:
    from course_lib.grading import plan
    from course_lib.grading.build import register

    registered, changed = register(course, assignment)
    if changed:
        errors.print(
            f"[yellow]Tests changed since the last build:[/] {escape(', '.join(changed))}. "
            "Grading uses them as they are now.",
            soft_wrap=True,
        )
    return plan.make(course, assignment, registered, rules)


def _students(course: Course, assignment: str) -> list[str]:
    """Everybody who submitted something, and everybody who is enrolled."""
    from course_lib.grading import gradebook
    from course_lib.grading.simulate import is_simulated

    students = set(course.by_student("submitted", assignment))
    if not is_simulated(Path(course.setting("submitted_directory")), assignment):
        students |= gradebook.students(course)
    if not students:
        raise CourseError(_no_submissions(course, assignment))
    return sorted(students)


def _no_submissions(course: Course, assignment: str) -> str:
    from course_lib.grading.simulate import is_simulated

    where = course.path("submitted", "<student>", assignment)
    message = f"There are no submissions: expected {where}/, one for each student."
    if is_simulated(class_ := _simulated_class(course), assignment):
        message += f" To grade the simulated class: {_grade_command(assignment, class_)}"
    return message


def _simulated_class(course: Course) -> Path:
    return course.root / "build" / "class"


def _grade_command(assignment: str, submitted: Path) -> str:
    return f"course grade {assignment} --submitted {shlex.quote(str(submitted))}"


def cores() -> int:
    """How many processes can run side by side here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    left = (TextColumn("left:"), TimeRemainingColumn())
    return Progress(*columns, *left, console=errors, transient=True, disable=not errors.is_terminal)


def _print_results(course: Course, plan: Plan, results: list[Submission], seconds: float) -> None:
    exercise_of = {test.id: (test.notebook, test.exercise) for test in plan.tests}
    title = f"{escape(plan.assignment)}, graded in {seconds:.0f} s"
    table = Table("Student", "Score", "Max", "Tests", Column("Look at", overflow="fold"), title=title)
    for submission in sorted(results, key=lambda each: (not each.needs_eyes, each.student)):
        marks = _marks(submission, exercise_of) if submission.status == "graded" else ""
        score, most = number(submission.score), number(submission.max_score)
        table.add_row(escape(submission.student), score, most, marks, escape(_what_to_look_at(submission)))
    console.print(table)
    console.print(
        "✓ passed  ✗ failed  E error  T timeout  M memory  ! crashed  ? missing; a gap between exercises",
        style="dim",
        soft_wrap=True,
    )
    count = Counter(submission.status for submission in results)
    by_hand = sum(submission.needs_manual_grade for submission in results)
    console.print(
        f"{count['graded']} graded, {count['unreadable']} unreadable, {count['missing']} missing; "
        f"{by_hand} have answers to be graded by hand. Gradebook: {course.gradebook_url}",
        highlight=False,
        soft_wrap=True,
    )
    stale = sum(submission.older_tests for submission in results)
    if stale:
        console.print(f"[yellow]{stale} were graded before the tests changed.[/] --regrade grades them again.")


def _print_moves(moved: list[Submission]) -> None:
    if not moved:
        return
    table = Table("Student", "Score", "was", Column("Why", overflow="fold"), title=f"{len(moved)} scores have moved")
    for submission in moved:
        gained = sum(move.after - move.before for move in submission.moves)
        why = "; ".join(
            f"{move.test} {number(move.before)} → {number(move.after)}: {move.why}" for move in submission.moves
        )
        score = submission.score
        table.add_row(escape(submission.student), number(score), number(score - gained), escape(why))
    console.print(table)


def _marks(submission: Submission, exercise_of: dict[str, tuple[str, str]]) -> str:
    by_exercise = itertools.groupby(submission.tests, lambda test: exercise_of[test.id])
    return " ".join("".join(MARKS[test.outcome] for test in tests) for _, tests in by_exercise)


def _what_to_look_at(submission: Submission) -> str:
    if submission.status != "graded":
        return f"{submission.status}: {submission.tests[0].message if submission.tests else ''}"
    odd: dict[str, list[Verdict]] = {}
    for test in submission.tests:
        if test.outcome not in ("passed", "failed", "error"):
            odd.setdefault(test.outcome, []).append(test)
    late = [f"late: -{number(submission.late_penalty)}"] if submission.late_penalty else []
    return ", ".join([*late, *submission.remarks, *itertools.starmap(_in_brief, odd.items())])


def _in_brief(outcome: str, tests: list[Verdict]) -> str:
    if len(tests) <= MOST_NAMED:
        return ", ".join(f"{test.id}: {outcome}" for test in tests)
    reasons = {test.message for test in tests}
    return f"{len(tests)} tests: {outcome}" + (f" ({reasons.pop()})" if len(reasons) == 1 else "")


def feedback(
    assignment: AssignmentArgument,
    submitted: SubmittedOption = None,
    gradebook: GradebookOption = None,
    course: CourseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write an HTML page for every graded student: their code, the visible tests, a verdict for each test.

    Example: course feedback 02_linear_algebra
    """
    from course_lib.grading.feedback import feedback as give_feedback

    here = placed(Course.find(course), assignment, submitted, gradebook)
    written, failed = [], {}
    for student, problem in give_feedback(here, assignment):
        if problem:
            failed[student] = problem
        else:
            written.append(student)
    if not written and not failed:
        raise CourseError(f"Nobody has been graded. Run `course grade {assignment}` first.")
    where = here.path("feedback", "<student>", assignment)
    if as_json:
        print_json({"written": written, "failed": failed, "where": str(where)})
    else:
        console.print(f"{len(written)} pages written: {where}", highlight=False, markup=False, soft_wrap=True)
        for student, problem in failed.items():
            console.print(f"[red]{escape(student)}[/]: {escape(problem)}")
    if failed:
        raise typer.Exit(1)
