"""One submission graded: bytes in, plain data out. Nothing on disk is read or written."""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook, new_output

from course_lib.grading import notebook as nbk
from course_lib.grading import preflight, sandbox, stamp
from course_lib.grading.collect import Job
from course_lib.grading.engine import Engine, Report
from course_lib.grading.plan import Plan
from course_lib.grading.regrade import Again
from course_lib.grading.results import Graded, Move, Outcome, PlannedTest, Status, Submission, Verdict, nothing_earned

NAMELESS = "no cell carries nbgrader's names"
LONGEST_MESSAGE = 500
LONGEST_TEXT = 100_000
LARGEST_PICTURE = 2_000_000
MOST_OUTPUTS = 20
BASE64 = re.compile(r"[A-Za-z0-9+/=\n]*")
MOST_NAMED = 5
ADDED = "*Added by the student:*"
"""What stands above a student's own text, which could be taken for the rubric below an answer."""
# nbgrader's pages for graders show HTML in Markdown as it stands, and follow any link.
IMAGE = re.compile(r"!(?=\[)")
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
    moves: list[Move]


def _graded(
    job: Job, plan: Plan, engine: Engine, name: str, original: NotebookNode, answers: preflight.Answers
) -> _Notebook:
    tests = {test.cell: test for test in plan.tests if test.notebook == name}
    prepared = preflight.prepare(original, answers, plan.expected, plan.classes)
    if not answers.known:
        nameless = {cell: replace(_absent(test), message=NAMELESS) for cell, test in tests.items()}
        node = _with_outputs(original, Again(prepared), {}, nameless)
        return _Notebook(name, nameless, prepared, node, [], [])
    before = job.earlier.get(name)
    why = stamp.everything(stamp.of(before), job, plan) if before else ""
    again = Again(prepared, None if why else before)
    reports = dict(zip(again.numbers, engine.examine(again.part, plan.rules.timeout, job.files), strict=True))
    verdicts = {cell: stamp.verdict(stamp.of(before), test) for cell, test in tests.items()} if before else {}
    earned = {r["name"]: verdict(tests[r["name"]], r) for r in reports.values() if r.get("name") in again.tests}
    moves = [
        Move(new.id, verdicts[cell].points, new.points, why or again.why(cell))
        for cell, new in earned.items()
        if cell in verdicts and verdicts[cell].points != new.points
    ]
    verdicts |= earned
    node = _with_outputs(original, again, reports, verdicts)
    return _Notebook(name, verdicts, prepared, node, _remarks(again, reports, tests), moves)


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


def _remarks(again: Again, reports: dict[int, Report], tests: dict[str, PlannedTest]) -> list[str]:
    """What a person should know about a notebook."""
    prepared = again.prepared
    said = []
    if prepared.missing:
        said.append(f"without the answer cells {_some(prepared.missing)}: perhaps an older release of the assignment")
    if prepared.unknown:
        said.append(f"has cells that the assignment does not: {_some(prepared.unknown)}; they earn nothing")
    if prepared.duplicated:
        said.append(f"several cells named {_some(prepared.duplicated)}: the last one counts")
    for report in reports.values():
        if report.get("outcome") in ("timeout", "memory", "crashed") and report["name"] not in tests:
            said.append(f"{report['name'] or 'an unnamed cell'}: {report['message']}, though it is no test")
        if "by_proxy" in report:
            said.append(f"{report['name']} cannot be run by proxy ({report['by_proxy']}): grade with --in-process")
    return said + again.remarks


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


# ---------------------------------------------------------------------------------------------- the graded notebook


def _with_outputs(
    original: NotebookNode, again: Again, reports: dict[int, Report], verdicts: dict[str, Verdict]
) -> NotebookNode:
    """The notebook as it was graded: what it printed and showed, and how each test ended, as text and PNG only."""
    cells = []
    for cell, number, before in again.cells():
        if cell.node is None:
            continue
        if cell.node.cell_type == "code":
            kept = before.outputs if before else []
            cell.node.outputs = _outputs(reports[number]) if number in reports else kept
        elif not nbk.is_locked(cell.node):
            added = "" if nbk.grade_id(cell.node) else f"{ADDED}\n\n"
            cell.node.source = added + _defused(cell.node.source)
        cells.append(cell.node)
    metadata = {key: original.metadata[key] for key in ("kernelspec", "language_info") if key in original.metadata}
    lines = {name: kept[5:] for name, kept in again.kept.items()}
    lines |= {r["name"]: [r.get("line"), r.get("error")] for r in reports.values() if r.get("name") in again.tests}
    metadata[stamp.NAME] = {
        "tests": {name: [*_as_list(each), *lines.get(name, [None, None])] for name, each in verdicts.items()}
    }
    return new_notebook(cells=[_with_id(cell, i) for i, cell in enumerate(cells)], metadata=metadata)


def _with_rubrics(name: str, cells: list[NotebookNode], plan: Plan) -> list[NotebookNode]:
    """Below each answer that people grade what the instructor's own notebook says there."""
    found = []
    for cell in cells:
        found.append(cell)
        if rubric := plan.rubrics.get((name, nbk.grade_id(cell) or "")):
            note = new_markdown_cell(f"*For those who grade; students do not see this.*\n\n{rubric}")
            found.append(NotebookNode(note, id=f"{cell.id}-rubric", metadata={stamp.NAME: {"rubric": True}}))
    return found


def _defused(markdown: str) -> str:
    """Markdown in which no browser finds a tag, a script or a picture that it would fetch.

    >>> _defused("<b>a</b> < c, [d](javascript:e), ![f](https://g)")
    '< b>a< /b> < c, [d](#javascript:e), [f](https://g)'
    """
    return IMAGE.sub("", STRANGE_LINK.sub(r"\1#", TAG.sub("< ", markdown)))


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
    remarks = dict.fromkeys([*job.remarks, *(remark for each in graded for remark in each.remarks)])
    result = Submission(
        job.student,
        "graded",
        tests,
        seconds,
        needs_manual_grade=None in by_hand.values(),
        remarks=tuple(remarks),
        moves=tuple(move for each in graded for move in each.moves),
    )
    notebooks = {}
    for each in graded:
        each.node.cells = _with_rubrics(each.name, each.node.cells, plan)
        each.node.metadata[stamp.NAME] |= stamp.made(job, plan) | {
            "remarks": list(result.remarks),
            "unanswered": sorted(each.prepared.unanswered),
            "moves": [asdict(move) for move in each.moves],
            "seconds": seconds,
        }
        notebooks[each.name] = nbformat.writes(each.node)
    again = any(stamp.of(each).get("submission") == job.version for each in job.earlier.values())
    return Graded(result, notebooks, scores | by_hand, frozenset(unanswered), again)


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
