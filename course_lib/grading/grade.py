"""One submission graded: bytes in, plain data out. Nothing on disk is read or written."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output

from course_lib.grading import notebook as nbk
from course_lib.grading import preflight, sandbox
from course_lib.grading.collect import Job
from course_lib.grading.engine import Engine, Report
from course_lib.grading.plan import Plan
from course_lib.grading.results import Graded, Outcome, PlannedTest, Status, Submission, Verdict, nothing_earned

LONGEST_MESSAGE = 500
LONGEST_TEXT = 100_000
LARGEST_PICTURE = 2_000_000
MOST_OUTPUTS = 20
BASE64 = re.compile(r"[A-Za-z0-9+/=\n]*")
MOST_NAMED = 5
STAMP = "course"
"""Under this name a graded notebook's metadata tell what was graded, and how it went."""
# nbgrader's pages for graders show HTML in Markdown as it stands, and follow any link.
TAG = re.compile(r"<(?=[A-Za-z/!?])")
STRANGE_LINK = re.compile(r"(\]\(\s*<?|\]:\s*<?)(?!https?://|mailto:|#)(?=[^\s)]*[:&\\])")


def open_engine(plan: Plan) -> Engine:
    """The processes that grade an assignment's submissions."""
    rules = plan.rules
    megabytes = sum(map(len, plan.files.values())) // sandbox.MIB
    limits = sandbox.Limits(
        memory=rules.memory,
        seconds=max(sandbox.Limits.seconds, 2 * rules.timeout),
        disk=sandbox.Limits.disk + megabytes,
        file=sandbox.Limits.file + megabytes,
    )
    return Engine(
        plan.preload,
        limits,
        sandboxed=rules.sandboxed,
        visible=plan.visible,
        in_process=rules.in_process,
        files=plan.files,
    )


def grade(job: Job, plan: Plan, engine: Engine) -> Graded:
    """Grade a submission.

    Args:
        job: The submission.
        plan: The assignment.
        engine: The processes that run it, opened for this plan.
    """
    if job.problem:
        return ungraded(job, plan)
    started = time.monotonic()
    originals = plan.originals()
    try:
        answers = {
            name: preflight.read(data, set(nbk.by_grade_id(originals[name]))) for name, data in job.notebooks.items()
        }
    except nbk.UnreadableNotebookError as error:
        return Graded(nothing_earned(job.student, "unreadable", plan.tests, "missing", f"{_file(job)}{error}"))
    graded = [_graded(job, plan, engine, name, originals[name], each) for name, each in sorted(answers.items())]
    return _together(job, plan, originals, graded, time.monotonic() - started)


def ungraded(job: Job, plan: Plan) -> Graded:
    """The record of a submission in which there is nothing to run."""
    status: Status = "missing" if job.missing else "unreadable"
    result = nothing_earned(job.student, status, plan.tests, "missing", job.problem[:LONGEST_MESSAGE])
    return Graded(replace(result, remarks=job.remarks))


def _file(job: Job) -> str:
    """The notebook's name, if there is only one."""
    return f"{next(iter(job.notebooks))}.ipynb: " if len(job.notebooks) == 1 else ""


@dataclass(frozen=True)
class _Notebook:
    """One notebook of a submission, graded."""

    name: str
    verdicts: dict[str, Verdict]
    """By the name of the test cell."""
    prepared: preflight.Prepared
    node: NotebookNode
    remarks: list[str]


def _graded(
    job: Job, plan: Plan, engine: Engine, name: str, original: NotebookNode, answers: preflight.Answers
) -> _Notebook:
    tests = {test.cell: test for test in plan.tests if test.notebook == name}
    prepared = preflight.prepare(original, answers, plan.expected, plan.classes)
    if not answers.known:
        nameless = [Verdict(t.id, 0.0, t.points, "missing", "no cell carries nbgrader's names") for t in tests.values()]
        reports: list[Report] = [{} for _ in prepared.steps]
        verdicts = dict(zip(tests, nameless, strict=True))
        remarks = []
    else:
        reports = engine.examine(prepared, plan.rules.timeout, job.files)
        verdicts = {r["name"]: verdict(tests[r["name"]], r) for r in reports if r.get("name") in tests}
        remarks = _remarks(prepared, reports, tests)
    node = _with_outputs(original, prepared, reports, verdicts)
    return _Notebook(name, verdicts, prepared, node, remarks)


def verdict(test: PlannedTest, report: Report) -> Verdict:
    """A report on a test cell in points: nbgrader's rule for partial credit."""
    outcome: Outcome = report["outcome"]
    message = report["message"]
    points = test.points if outcome == "passed" else 0.0
    if outcome == "passed" and report.get("partial") is not None:
        points = report["partial"]
        if points > test.points:
            outcome, points = "error", 0.0
            message = f"the test gave {report['partial']:g} points, more than the {test.points:g} that there are"
        elif points < test.points:
            outcome, message = "failed", "partial credit"
    return Verdict(test.id, points, test.points, outcome, message[:LONGEST_MESSAGE])


def _remarks(prepared: preflight.Prepared, reports: list[Report], tests: dict[str, PlannedTest]) -> list[str]:
    """What a person should know about a notebook."""
    said = []
    if prepared.missing:
        said.append(f"without the answer cells {_some(prepared.missing)}: perhaps an older release of the assignment")
    if prepared.duplicated:
        said.append(f"several cells named {_some(prepared.duplicated)}: the last one counts")
    for report in reports:
        if report.get("outcome") in ("timeout", "memory", "crashed") and report["name"] not in tests:
            said.append(f"{report['name'] or 'an unnamed cell'}: {report['message']}, though it is no test")
        if "by_proxy" in report:
            said.append(f"{report['name']} cannot be run by proxy ({report['by_proxy']}): grade with --in-process")
    return said


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


# ---------------------------------------------------------------------------------------------- the graded notebook


def _with_outputs(
    original: NotebookNode, prepared: preflight.Prepared, reports: list[Report], verdicts: dict[str, Verdict]
) -> NotebookNode:
    """The notebook as it was graded: what it printed and showed, and how each test ended, as text and PNG only."""
    ran = iter(reports)
    cells = []
    for cell in prepared.cells:
        report = next(ran, {}) if cell.step else {}
        if cell.node is None:
            continue
        if cell.node.cell_type == "code":
            cell.node.outputs = _outputs(report)
        elif not nbk.is_locked(cell.node):
            cell.node.source = _defused(cell.node.source)
        cells.append(cell.node)
    metadata = {key: original.metadata[key] for key in ("kernelspec", "language_info") if key in original.metadata}
    lines = {r["name"]: [r.get("line"), r.get("error")] for r in reports if r.get("name") in verdicts}
    metadata[STAMP] = {
        "tests": {name: [*_as_list(each), *lines.get(name, [None, None])] for name, each in verdicts.items()}
    }
    return new_notebook(cells=[_with_id(cell, i) for i, cell in enumerate(cells)], metadata=metadata)


def _defused(markdown: str) -> str:
    """Markdown in which no browser finds a tag or a script.

    >>> _defused("<b>a</b> < c, [d](javascript:e), [f](https://g)")
    '< b>a< /b> < c, [d](#javascript:e), [f](https://g)'
    """
    return STRANGE_LINK.sub(r"\1#", TAG.sub("< ", markdown))


def _as_list(verdict: Verdict) -> list[Any]:
    return [verdict.id, verdict.points, verdict.max_points, verdict.outcome, verdict.message]


def _with_id(cell: NotebookNode, number: int) -> NotebookNode:
    """The cell with an id of our own: two cells of a submission may have the same."""
    return NotebookNode(cell, id=f"cell-{number}")


def _outputs(report: Report) -> list[NotebookNode]:
    """What a cell printed and showed, and how it ended. The student process sends it, so it is looked at closely."""
    sent = report.get("outputs")
    shown = [each for output in (sent if isinstance(sent, list) else [])[:MOST_OUTPUTS] for each in _output(output)]
    error = report.get("error")
    if report.get("outcome", "passed") != "passed":
        name, message = error or report["outcome"], report["message"]
        where = f"line {report['line']}: " if report.get("line") else ""
        shown.append(new_output("error", ename=str(name), evalue=message, traceback=[f"{where}{message}"]))
    elif isinstance(error, list) and len(error) == 2:
        name, words = (str(part)[:LONGEST_TEXT] for part in error)
        shown.append(new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"]))
    return shown


def _output(sent: Any) -> list[NotebookNode]:
    """An output as text or PNG; none if it is neither."""
    match sent:
        case ["stdout" | "stderr" as name, str(text)]:
            return [new_output("stream", name=name, text=text[:LONGEST_TEXT])]
        case ["picture", str(text)] if len(text) <= LARGEST_PICTURE and BASE64.fullmatch(text):
            return [new_output("display_data", data={"image/png": text})]
        case ["text" | "result", str(text)]:
            return [new_output("display_data", data={"text/plain": text[:LONGEST_TEXT]})]
    return []


# ----------------------------------------------------------------------------------------------------- all notebooks


def _together(
    job: Job, plan: Plan, originals: dict[str, NotebookNode], graded: list[_Notebook], seconds: float
) -> Graded:
    verdicts = {(each.name, cell): verdict for each in graded for cell, verdict in each.verdicts.items()}
    tests = tuple(verdicts.get((test.notebook, test.cell)) or _absent(test) for test in plan.tests)
    scores: dict[tuple[str, str], float | None] = {key: verdict.points for key, verdict in verdicts.items()}
    for name, original in originals.items():
        scores |= dict.fromkeys(((name, cell) for cell in _graded_cells(original) if name not in job.notebooks), 0.0)
    unanswered = {(each.name, cell) for each in graded for cell in each.prepared.unanswered}
    by_hand = {key: 0.0 if key in unanswered else None for each in graded for key in _by_hand(each.name, originals)}
    remarks = [*job.remarks, *(remark for each in graded for remark in each.remarks)]
    result = Submission(
        job.student,
        "graded",
        tests,
        seconds,
        needs_manual_grade=None in by_hand.values(),
        remarks=tuple(remarks),
    )
    notebooks = {}
    for each in graded:
        each.node.metadata[STAMP] |= stamp(job, plan) | {"remarks": list(result.remarks), "seconds": seconds}
        notebooks[each.name] = nbformat.writes(each.node)
    return Graded(result, notebooks, scores | by_hand, frozenset(unanswered))


def stamp(job: Job, plan: Plan) -> dict[str, Any]:
    """What a graded notebook tells of the submission, the tests and the limits that gave its result."""
    rules = plan.rules
    return {
        "submission": job.version,
        "version": plan.version,
        "timeout": rules.timeout,
        "memory": rules.memory,
        "in_process": rules.in_process,
    }


def _absent(test: PlannedTest) -> Verdict:
    return Verdict(test.id, 0.0, test.points, "missing", "the notebook is missing from the submission")


def _graded_cells(original: NotebookNode) -> list[str]:
    return [name for name, cell in nbk.by_grade_id(original).items() if nbk.is_graded(cell)]


def _by_hand(name: str, originals: dict[str, NotebookNode]) -> list[tuple[str, str]]:
    """The answers that people grade; of those that are code nbgrader, too, looks only whether there is one."""
    cells = nbk.by_grade_id(originals[name]).items()
    return [
        (name, cell_name)
        for cell_name, cell in cells
        if nbk.is_graded(cell) and (nbk.is_solution(cell) or cell.cell_type != "code")
    ]
