"""What students get back: their code, the tests they could see, a verdict for every test; nothing of the hidden ones.

nbgrader's feedback shows the graded notebook as it was run, with the hidden tests. So here the instructor's cells are
shown as they were handed out, no output is shown at all, and of a hidden test only words that the instructor wrote for
the student: the message of the assertion that failed, without the values filled in.
"""

from __future__ import annotations

import ast
import builtins
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearHiddenTests

from course_lib.grading import gradebook, stamp
from course_lib.grading import notebook as nbk
from course_lib.grading.build import generated
from course_lib.grading.converters import ConversionError, FeedbackConverter, convert
from course_lib.grading.course import Course
from course_lib.grading.results import Outcome

LONGEST_CELL = 100_000
"""How many characters of a cell are shown."""
LONGEST_VALUE = 80
"""How many characters a value may take that an assertion's message fills in."""


def feedback(course: Course, assignment: str) -> Iterator[tuple[str, str]]:
    """Write the feedback of every student who has been graded.

    Yields:
        The student, and what went wrong; an empty string if nothing did.
    """
    gradebook.settle(course, assignment)
    quiet = course.having(ignore=["*"])  # what student code left in the directory of its graded notebook stays there
    with generated(course, assignment) as released:
        handed_out = {path.stem: nbk.by_grade_id(nbk.read(path)) for path in released.glob("*.ipynb")}
        marks = ClearHiddenTests(config=course.config)

        def hide(notebook: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
            known = handed_out[resources["nbgrader"]["notebook"]]
            tests = stamp.of(notebook).get("tests", {})
            notebook.cells = [cell for cell in notebook.cells if not stamp.is_rubric(cell)]
            for cell in notebook.cells:
                _show(cell, known, tests, marks.begin_test_delimeter, marks.end_test_delimeter)
            return notebook, resources

        settings = {
            "GenerateFeedback": {"force": True},
            "FeedbackConverter": {"last_step": hide},
            "HTMLExporter": {"filters": {"markdown2html": _markdown_without_html}},
        }
        for student in course.by_student("autograded", assignment):
            try:
                convert(FeedbackConverter, quiet, assignment, student, **settings)
            except ConversionError as error:
                yield student, str(error)
                continue
            shutil.copytree(
                released,
                course.path("feedback", student, assignment),
                ignore=shutil.ignore_patterns("*.ipynb"),
                dirs_exist_ok=True,
            )
            yield student, ""


def _markdown_without_html(source: str) -> str:
    """Markdown as HTML; HTML in it is shown as text, since an instructor reads these pages, too."""
    return MarkdownWithMath(IPythonRenderer(escape=True, allow_harmful_protocols=False)).render(source)


def _show(
    cell: NotebookNode, handed_out: dict[str, NotebookNode], ended: dict[str, list[Any]], begin: str, end: str
) -> None:
    """Leave in a cell of a graded notebook what its author may see."""
    name = nbk.grade_id(cell) or ""
    original = handed_out.get(name)
    if (more := len(cell.source) - LONGEST_CELL) > 0:
        cell.source = f"{cell.source[:LONGEST_CELL]}\n# ... and {more} characters more"
    if original is not None and nbk.is_locked(original):
        tests, cell.source = cell.source, original.source
        if nbk.is_test(original):
            said = verdict(Ended(*ended[name][3:]), tests, begin, end) if name in ended else "It was not run."
            cell.outputs = [new_output("stream", name="stdout", text=said)]
            return
    if cell.cell_type == "code":
        error = nbk.error(cell)
        note = f"This cell stopped with {_kind(error.ename)}." if error else ""
        cell.outputs = [new_output("stream", name="stdout", text=note)] if note else []


@dataclass(frozen=True)
class Ended:
    """How a test cell ended."""

    outcome: Outcome
    message: str = ""
    line: int | None = None
    """Where in the cell."""
    error: str | None = None
    """The name of the exception."""


def verdict(ended: Ended, tests: str, begin: str = nbk.BEGIN_HIDDEN, end: str = nbk.END_HIDDEN) -> str:
    """A sentence on the outcome of a test cell that gives nothing of its hidden tests away.

    Args:
        ended: How it ended.
        tests: Its source, with the hidden tests.
        begin: What marks the beginning of hidden tests.
        end: What marks their end.
    """
    if ended.outcome in PLAINLY:
        return PLAINLY[ended.outcome]
    if ended.error is None:
        return "The tests gave only part of the points."
    where, hidden = _which_test(ended.line, tests, nbk.hidden_lines(tests, begin, end))
    if ended.outcome != "failed":
        return f"{where}: your code raised {_kind(ended.error)}."
    said = next((pattern for pattern in messages(tests) if pattern.fullmatch(ended.message)), None)
    if said is None or not ended.message:
        return f"{where}."
    return f"{where}: {_topic(said, ended.message) if hidden else ended.message}"


PLAINLY: dict[Outcome, str] = {
    "passed": "All tests passed.",
    "timeout": "The tests ran out of time.",
    "memory": "The tests ran out of memory.",
    "crashed": "Python stopped, in these tests or before them.",
    "missing": "It was not run, because the answer is missing.",
}


def _which_test(line: int | None, tests: str, hidden: set[int]) -> tuple[str, bool]:
    """Whether it was a visible test, and which; and whether it was a hidden one."""
    lines = tests.split("\n")
    number = line or 0
    if 1 <= number <= len(lines) and number not in hidden:
        shown = lines[number - 1].strip()
        return "A test that you can see failed" + ("" if shown.startswith("except") else f", `{shown}`"), False
    return "A hidden test failed", True


def _topic(pattern: re.Pattern[str], message: str) -> str:
    """What the instructor wrote, without the values that the test filled in."""
    match = pattern.fullmatch(message)
    spans = [match.span(i + 1) for i in range(pattern.groups)] if match else []
    for start, end in reversed(spans):
        message = f"{message[:start]}…{message[end:]}"
    return message


def messages(tests: str) -> list[re.Pattern[str]]:
    """What the assertions of a test cell may say, with short gaps where a value is filled in.

    Student code can raise an AssertionError, too, with anything in it. Only what the instructor wrote is passed on.

    >>> [pattern.pattern for pattern in messages("assert x, f'wrong for n = {n}'")]
    ['wrong\\\\ for\\\\ n\\\\ =\\\\ (.{0,80})']
    """
    try:
        nodes = list(ast.walk(ast.parse(tests)))
    except SyntaxError:  # magics
        return []
    said = [node.msg for node in nodes if isinstance(node, ast.Assert)]
    said += [node.exc.args[0] for node in nodes if isinstance(node, ast.Raise) and _has_argument(node.exc)]  # type: ignore[union-attr]
    return [re.compile(pattern) for message in said if (pattern := _pattern(message)) is not None]


def _has_argument(raised: ast.expr | None) -> bool:
    return isinstance(raised, ast.Call) and len(raised.args) == 1


def _pattern(message: ast.expr | None) -> str | None:
    match message:
        case ast.Constant(value=str() as text):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            gap = f"(.{{0,{LONGEST_VALUE}}})"
            return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else gap for part in parts)
    return None


def _kind(name: str) -> str:
    """The name of an exception, if it is one of Python's own; student code could write anything into another."""
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, BaseException) else "an error"
