"""How strong an assignment's tests are: small mistakes are put into the right answers, and each should cost points.

An answer cell is changed in one place at a time, and the tests of its exercise are run, hidden ones too, on the
processes that grade submissions. A mistake that costs nothing survives: a test is missing, or no input can tell the
mistake from the right answer. The second kind is listed, with the reason, in ``<assignment>.equivalent.yml`` beside the
assignment's directory. What was found is kept in ``<assignment>.audit.json`` there, until the notebooks change.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from nbformat import NotebookNode

from course_lib.grading import mutants, names, preflight, temporary
from course_lib.grading import notebook as nbk
from course_lib.grading.build import register
from course_lib.grading.converters import seconds_a_cell_may_run
from course_lib.grading.course import Course, CourseError
from course_lib.grading.engine import Engine, Report
from course_lib.grading.grade import open_engine, verdict
from course_lib.grading.mutants import Mutant
from course_lib.grading.plan import Plan, Rules, make
from course_lib.grading.results import PlannedTest
from course_lib.grading.solutions import RightAnswer, right_answer

ENOUGH = 0.95
"""The share of mistakes that the tests of an assignment should find."""
MOST_EQUIVALENT = 0.05
"""The share of an exercise's mistakes that may be said to make no difference; one always may."""
PATIENCE = 10
"""A cell may take this many times as long as with the right answer ..."""
SHORTEST_LIMIT = 3.0
"""... or so many seconds, whichever is longer."""


@dataclass(frozen=True)
class Change:
    """A mistake: where it was made, of what kind it is, and the lines before and after as ``-`` and ``+`` lines."""

    line: int
    description: str
    diff: str


@dataclass(frozen=True)
class Audited:
    """What the tests of an exercise made of mistakes in one of its answer cells."""

    notebook: str
    cell: str
    mutants: int
    survivors: tuple[Change, ...]
    """Mistakes that cost no points, and that nobody has explained."""
    equivalent: tuple[str, ...] = ()
    """The diffs of those that make no difference, as they are listed."""
    unfounded: tuple[str, ...] = ()
    """Diffs that are listed as making no difference, but cost points or are not among the mistakes."""

    @property
    def killed(self) -> int:
        """How many cost points."""
        return self.mutants - len(self.survivors) - len(self.equivalent)

    @property
    def too_many_equivalent(self) -> bool:
        """Whether more are said to make no difference than can be believed."""
        return len(self.equivalent) > max(1, MOST_EQUIVALENT * self.mutants)


def share_killed(audited: list[Audited]) -> float:
    """The share of mistakes that make a difference and cost points."""
    different = sum(each.mutants - len(each.equivalent) for each in audited)
    return sum(each.killed for each in audited) / different if different else 1.0


def is_strong(audited: list[Audited]) -> bool:
    """Whether an assignment's tests find what they should, and what is said to make no difference is believable."""
    doubtful = any(each.unfounded or each.too_many_equivalent for each in audited)
    return share_killed(audited) >= ENOUGH and not doubtful


def audit(course: Course, assignment: str, workers: int = 1, *, again: bool = False) -> Iterator[Audited]:
    """Audit an assignment, one answer cell after another; the gradebook is not touched.

    An answer whose code and tests are as they were when it was audited last is not audited again.

    Args:
        course: Where the instructor's notebooks lie.
        assignment: Which assignment.
        workers: How many mistakes to try at a time.
        again: Whether to audit again what has not changed.

    Raises:
        CourseError: A right answer does not get full points, or the list of equivalent mistakes cannot be read.
    """
    listed = _equivalents(course, assignment)
    before = {} if again else _remembered(course, assignment)
    now: dict[str, _Record] = {}
    with ExitStack() as opened:
        bench = None
        for exercise in _exercises(course, assignment):
            record = before.get(exercise.id)
            if record is None or record.of != exercise.fingerprint:
                bench = bench or opened.enter_context(_Bench(course, assignment, workers))
                record = bench.audit(exercise)
            now[exercise.id] = record
            _remember(course, assignment, {**before, **now})
            yield _judged(exercise, record, listed.get(exercise.cell, set()))
    _remember(course, assignment, now)


@dataclass(frozen=True)
class _Record:
    """What was found about an answer cell when it was audited."""

    of: str
    """A hash of all that the result depends on."""
    mutants: int
    survivors: tuple[Change, ...]
    """Mistakes that cost no points, explained or not."""


def _judged(exercise: _Exercise, record: _Record, claimed: set[str]) -> Audited:
    return Audited(
        exercise.notebook,
        exercise.cell,
        record.mutants,
        tuple(change for change in record.survivors if change.diff not in claimed),
        tuple(change.diff for change in record.survivors if change.diff in claimed),
        tuple(sorted(claimed - {change.diff for change in record.survivors})),
    )


class _Bench:
    """The processes on which an assignment's answers are tried."""

    def __init__(self, course: Course, assignment: str, workers: int) -> None:
        plan = _planned(course, assignment)
        self.limit = plan.rules.timeout
        with ExitStack() as opened:
            self.engine = opened.enter_context(open_engine(plan))
            self.threads = opened.enter_context(ThreadPoolExecutor(workers))
            self._opened = opened.pop_all()

    def __enter__(self) -> _Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def audit(self, exercise: _Exercise) -> _Record:
        """Try every mistake in an answer."""
        trial = _Trial(exercise, self.limit, self.engine)
        made = list(exercise.mutants())
        found = list(self.threads.map(trial.costs_points, made))
        survived = (exercise.change(mutant) for mutant, costs in zip(made, found, strict=True) if not costs)
        return _Record(exercise.fingerprint, len(made), tuple(survived))


def _planned(course: Course, assignment: str) -> Plan:
    with temporary.directory() as place:
        elsewhere = course.having(db_url=f"sqlite:///{place / 'gradebook.db'}")
        registered, _ = register(elsewhere, assignment)
        return make(course, assignment, registered, Rules(seconds_a_cell_may_run(course)))


# ------------------------------------------------------------------------------------------------------- one exercise


@dataclass(frozen=True)
class _Exercise:
    """An answer cell and the tests that look at it, in a notebook whose other answers are right."""

    notebook: str
    cell: str
    answer: RightAnswer
    prepared: preflight.Prepared
    """The cells to run, and no others."""
    tests: dict[str, PlannedTest]

    @property
    def id(self) -> str:
        """The cell's name with its notebook's."""
        return f"{self.notebook}/{self.cell}"

    @cached_property
    def fingerprint(self) -> str:
        """A hash of what an audit of this answer depends on: the cells that run, and the kinds of mistakes."""
        digest = hashlib.sha256(Path(mutants.__file__).read_bytes())
        for step in self.prepared.steps:
            source = re.sub(r"\s+$", "", step.source, flags=re.MULTILINE)
            digest.update(f"{step.kind}\0{step.name}\0{source}\0{step.forbid}\0".encode())
        digest.update(repr([(test.cell, test.points) for test in self.tests.values()]).encode())
        return digest.hexdigest()

    def mutants(self) -> Iterator[Mutant]:
        return mutants.mutants(self.answer.source, self.answer.lines, endless=True)

    def with_answer(self, source: str) -> preflight.Prepared:
        """The cells to run, with another answer."""
        cells = [
            replace(cell, step=replace(cell.step, source=source)) if cell.step and cell.step.name == self.cell else cell
            for cell in self.prepared.cells
        ]
        return replace(self.prepared, cells=cells)

    def change(self, mutant: Mutant) -> Change:
        before, after = ast.unparse(ast.parse(self.answer.source)).splitlines(), mutant.source.splitlines()
        lines = [line for line in difflib.unified_diff(before, after, n=0, lineterm="") if line[:2] not in ("@@", "--")]
        return Change(mutant.line, mutant.description, "\n".join(line for line in lines if line[:3] != "+++"))


def _exercises(course: Course, assignment: str) -> Iterator[_Exercise]:
    """Every answer cell that is Python and has tests in its exercise."""
    paths = sorted(course.source(assignment).glob("*.ipynb"))
    solved = {path.stem: nbk.read(path) for path in paths}
    for name, notebook in solved.items():
        cells = nbk.by_grade_id(notebook)
        right = {
            cell_name: right_answer(course, cell)
            for cell_name, cell in cells.items()
            if nbk.is_solution(cell) and cell.cell_type == "code"
        }
        whole = _all_right(notebook, solved.values())
        for title, (answer_cells, test_cells) in _by_title(notebook).items():
            tests = {test: PlannedTest(name, test, nbk.points(cells[test]), title, test) for test in test_cells}
            for cell in answer_cells:
                if cell in right and tests and _is_python(right[cell].source):
                    yield _Exercise(name, cell, right[cell], _only_what_is_needed(whole, {cell, *tests}), tests)


def _all_right(notebook: NotebookNode, solved: Iterable[NotebookNode]) -> preflight.Prepared:
    """The instructor's notebook as a submission; of all notebooks the names that answers define."""
    known = {name: preflight.Answer(cell.cell_type, cell.source) for name, cell in nbk.by_grade_id(notebook).items()}
    answers = [cell.source for each in solved for cell in each.cells if nbk.is_solution(cell)]
    return preflight.prepare(
        notebook, preflight.Answers(known), names.of_all(names.bound, answers), names.of_all(names.classes, answers)
    )


def _by_title(original: NotebookNode) -> dict[str, tuple[list[str], list[str]]]:
    """The answer cells and the tests of each exercise, by its title."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for title, cell in nbk.exercises(original):
        answers, tests = found.setdefault(title, ([], []))
        if name := nbk.grade_id(cell):
            (tests if nbk.is_test(cell) else answers if nbk.is_solution(cell) else []).append(name)
    return found


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _only_what_is_needed(whole: preflight.Prepared, wanted: set[str]) -> preflight.Prepared:
    """Without the answers and tests that the wanted cells do not use: a network that another exercise trains, say."""
    cells = [cell for cell in whole.cells if cell.step]
    steps = [cell.step for cell in cells if cell.step]
    numbers = [number for number, step in enumerate(steps) if step.name in wanted]
    optional = [number for number, step in enumerate(steps) if step.kind in ("solution", "test")]
    needed = names.needed([step.source for step in steps], numbers, optional)
    return replace(whole, cells=[cells[number] for number in needed])


class _Trial:
    """Tries answers to an exercise.

    Raises:
        CourseError: The right answer does not get full points.
    """

    def __init__(self, exercise: _Exercise, limit: float, engine: Engine) -> None:
        self.exercise = exercise
        self.engine = engine
        reports = engine.examine(exercise.with_answer(exercise.answer.source), limit)
        for report in filter(self._loses, reports):
            test = exercise.tests[report["name"]]
            points = verdict(test, report).points
            raise CourseError(
                f"{exercise.notebook}.ipynb: with the instructor's own answers {test.cell} gives {points:g} of "
                f"{test.points:g} points: {report['message'] or 'its last line is a value, and counts as the points'}"
            )
        slowest = max(report.get("seconds", 0.0) for report in reports)
        self.timeout = min(limit, max(SHORTEST_LIMIT, PATIENCE * slowest))

    def costs_points(self, mutant: Mutant) -> bool:
        """Whether some test notices the mistake."""
        prepared = self.exercise.with_answer(mutant.source)
        return any(map(self._loses, self.engine.examine(prepared, self.timeout, until=self._loses)))

    def _loses(self, report: Report) -> bool:
        test = self.exercise.tests.get(report.get("name", ""))
        return test is not None and verdict(test, report).points < test.points


# ----------------------------------------------------------------------------------------------- what lies beside them


def _equivalents(course: Course, assignment: str) -> dict[str, set[str]]:
    """The diffs that make no difference, by answer cell."""
    path = _beside(course, assignment, "equivalent.yml")
    if not path.exists():
        return {}
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for changes in listed.values():
            for each in changes:
                if set(each) != {"change", "reason"} or not all(str(text).strip() for text in each.values()):
                    raise ValueError(f"expected a change and a reason, got {each}")
        return {cell: {str(each["change"]).strip("\n") for each in changes} for cell, changes in listed.items()}
    except (yaml.YAMLError, ValueError, TypeError, AttributeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error


def _beside(course: Course, assignment: str, ending: str) -> Path:
    directory = course.source(assignment)
    return directory.with_name(f"{directory.name}.{ending}")


def _remembered(course: Course, assignment: str) -> dict[str, _Record]:
    """What earlier audits have found, by the id of the answer; nothing if it cannot be read."""
    try:
        kept: Any = json.loads(_beside(course, assignment, "audit.json").read_text(encoding="utf-8"))
        return {
            name: _Record(each["of"], each["mutants"], tuple(Change(**change) for change in each["survivors"]))
            for name, each in kept.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _remember(course: Course, assignment: str, found: dict[str, _Record]) -> None:
    text = json.dumps({name: asdict(record) for name, record in found.items()}, indent=1)
    _beside(course, assignment, "audit.json").write_text(text + "\n", encoding="utf-8")
