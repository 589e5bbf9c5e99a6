"""Where two answers are alike: a place to look, never a verdict.

Each answer is a set of fragments (see :mod:`course_lib.grading.fragments`). What was handed out is taken off, and what
many in the class have counts little: a fragment weighs 1 if only two have it and nothing if a tenth of the class has it
(inverse document frequency; Spärck Jones 1972). Two answers share the weight of their common fragments; how alike they
are is that weight as a share of the lighter answer's, so that padding hides nothing.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from nbformat import NotebookNode
from scipy import sparse

from course_lib.grading import notebook as nbk
from course_lib.grading import preflight
from course_lib.grading.collect import collect
from course_lib.grading.course import Course, CourseError
from course_lib.grading.fragments import Fragments, Names, fragments
from course_lib.grading.pages import render

COMMON = 0.1
"""The share of the class from which on a fragment is what everybody writes."""
FEWEST_COMMON = 6
"""In a small class, so many students."""
ALIKE = 0.6
"""How alike two answers to an exercise are before it is counted."""
ENOUGH = 3.0
"""What they must share for that: less is too short to say."""
LEAST = 15.0
"""What two students must share over the assignment to be shown.

In four simulated classes of 300 no two students who had worked alone reached it, and 83 of 84 copies did; in a class of
30 two pairs did that had worked alone (``python -m tests.grading.classmates``).
"""
TOO_SHORT = 200
"""Characters that two students may write alike by chance."""
LONGEST = 50_000
"""Characters of an answer that is compared."""
LONGEST_EXCERPT = 80
"""Lines."""

Answers = Mapping[str, Mapping[str, str]]
"""By exercise and student, what was written there."""
Students = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """Of an excerpt."""

    text: str
    shared: bool
    """Whether something begins here that both have and few others."""


@dataclass(frozen=True)
class Alike:
    """An exercise in which two answers are alike."""

    exercise: str
    similarity: float
    """Between 0 and 1."""
    shared: float
    """The weight of the fragments in common: how many that nobody else has."""
    excerpts: tuple[list[Line], list[Line]]


@dataclass(frozen=True)
class Pair:
    """Two students whose answers somebody should look at."""

    students: Students
    shared: float
    """The weight of all they share."""
    exercises: tuple[Alike, ...]


@dataclass(frozen=True)
class Comparison:
    """What came of comparing everybody's answers."""

    assignment: str
    students: int
    """How many were compared."""
    exercises: int
    found: int
    """How many pairs share enough."""
    pairs: tuple[Pair, ...]
    """The first of them, those that share most first."""
    identical: tuple[tuple[str, ...], ...] = ()
    """Students who have written the same, to the last character, in everything they answered."""
    left_out: tuple[tuple[str, str], ...] = ()
    """A student, and what of theirs was not compared and why."""


def compare(course: Course, assignment: str, most: int) -> Comparison:
    """Compare what lies in the directory of submissions.

    Args:
        course: Where the assignment lies.
        assignment: Which one.
        most: How many pairs to return.

    Raises:
        CourseError: There is no such assignment, or it has not been built.
    """
    course.require_assignment(assignment)
    originals = {path.stem: nbk.read(path) for path in sorted(course.release(assignment).glob("*.ipynb"))}
    if not originals:
        raise CourseError(f"{assignment} has not been built. Run `course build {assignment}` first.")
    cells = {stem: preflight.answer_cells(original) for stem, original in originals.items()}
    written: defaultdict[str, dict[str, str]] = defaultdict(dict)
    left_out: list[tuple[str, str]] = []
    students = course.by_student("submitted", assignment)
    for student, directory in students.items():
        job = collect(student, directory, cells)
        if job.problem:
            left_out.append((student, job.problem))
        for stem, data in job.notebooks.items():
            try:
                for title, source in _written(originals[stem], data).items():
                    exercise = f"{stem}: {title}" if len(originals) > 1 else title or stem
                    if len(source) <= LONGEST:
                        written[exercise][student] = source
                    else:
                        left_out.append((student, f"{exercise}: {len(source)} characters are too many to compare"))
            except nbk.UnreadableNotebookError as error:
                left_out.append((student, str(error)))
    handed_out = [cell.source for original in originals.values() for cell in original.cells if cell.cell_type == "code"]
    found, pairs = similar(written, handed_out, most)
    compared = {student for answers in written.values() for student in answers}
    return Comparison(assignment, len(compared), len(written), found, pairs, tuple(identical(written)), tuple(left_out))


def identical(answers: Answers) -> Iterator[tuple[str, ...]]:
    """Groups of students who have written the same, to the last character: more than what is too short to say."""
    whole: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for exercise, written in answers.items():
        for student, source in written.items():
            whole[student][exercise] = source
    groups: defaultdict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for student, theirs in whole.items():
        if sum(map(len, theirs.values())) >= TOO_SHORT:
            groups[tuple(sorted(theirs.items()))].append(student)
    yield from sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def _written(original: NotebookNode, data: bytes) -> dict[str, str]:
    """The code that a student has written, by the exercise's title; what was handed out is not theirs."""
    answers = preflight.read(data, set(nbk.by_grade_id(original)))
    handed_out = {cell.source for cell in original.cells}
    cells: defaultdict[str, list[str]] = defaultdict(list)
    cells[""] = [each.source for each in answers.added.get(preflight.START, []) if each.kind == "code"]
    for title, cell in nbk.exercises(original):
        name = nbk.grade_id(cell)
        if name in answers.known and cell.cell_type == "code" and not nbk.is_locked(cell):
            cells[title].append(answers.known[name].source)
        if name:
            cells[title] += [each.source for each in answers.added.get(name, []) if each.kind == "code"]
    theirs = {title: [source for source in sources if source not in handed_out] for title, sources in cells.items()}
    return {title: "\n\n".join(sources) for title, sources in theirs.items() if sources}


def similar(answers: Answers, handed_out: Iterable[str], most: int) -> tuple[int, tuple[Pair, ...]]:
    """The pairs of students that share enough: how many, and the first of them.

    Args:
        answers: What everybody has written.
        handed_out: The code cells that all were given.
        most: How many pairs to return.
    """
    given = list(handed_out)
    names = Names.of(given)
    known = {digest for source in given for digest in fragments(source, names)}
    exercises = [_Exercise(title, written, names, known) for title, written in answers.items()]
    found: defaultdict[Students, list[tuple[_Exercise, float, float]]] = defaultdict(list)
    for exercise in exercises:
        for students, similarity, shared in exercise.alike():
            found[students].append((exercise, similarity, shared))
    total = {students: sum(shared for *_, shared in where) for students, where in found.items()}
    shown = sorted((students for students in total if total[students] >= LEAST), key=lambda s: (-total[s], s))
    return len(shown), tuple(
        Pair(
            students,
            total[students],
            tuple(
                Alike(exercise.title, similarity, shared, exercise.excerpts(students))
                for exercise, similarity, shared in found[students]
            ),
        )
        for students in shown[:most]
    )


class _Exercise:
    """What everybody wrote in an exercise, as fragments with their weights."""

    def __init__(self, title: str, written: Mapping[str, str], names: Names, known: set[int]) -> None:
        self.title = title
        self.written = written
        read = {student: fragments(source, names) for student, source in sorted(written.items())}
        self.fragments = {
            student: {digest: lines for digest, lines in found.items() if digest not in known}
            for student, found in read.items()
        }
        self.weights = _weights(self.fragments)

    def alike(self) -> Iterator[tuple[Students, float, float]]:
        """Two students, how alike their answers are, and what they share."""
        if not self.weights:
            return
        students = list(self.fragments)
        column = {digest: number for number, digest in enumerate(self.weights)}
        entries = [(row, digest) for row, student in enumerate(students) for digest in self.fragments[student]]
        rows, columns = [row for row, _ in entries], [column[digest] for _, digest in entries]
        roots = np.sqrt([self.weights[digest] for _, digest in entries])
        has = sparse.csr_array((roots, (rows, columns)), shape=(len(students), len(column)))
        shared = (has @ has.T).toarray()
        own = shared.diagonal()
        similarity = shared / np.maximum(np.minimum.outer(own, own), ENOUGH)
        for one, other in np.argwhere(np.triu((similarity >= ALIKE) & (shared >= ENOUGH), k=1)):
            yield (students[one], students[other]), float(similarity[one, other]), float(shared[one, other])

    def excerpts(self, students: Students) -> tuple[list[Line], list[Line]]:
        """The two answers, with what they share marked."""
        both = self.fragments[students[0]].keys() & self.fragments[students[1]].keys()
        unusual = {digest for digest in both if self.weights[digest] > 0}
        one, other = (self._excerpt(student, unusual) for student in students)
        return one, other

    def _excerpt(self, student: str, unusual: set[int]) -> list[Line]:
        marked = {number for digest in unusual for number in self.fragments[student][digest]}
        lines = self.written[student].split("\n")
        left = [Line(f"… {len(lines) - LONGEST_EXCERPT} more lines", False)] if len(lines) > LONGEST_EXCERPT else []
        shown = enumerate(lines[:LONGEST_EXCERPT], start=1)
        return [Line(text, number in marked) for number, text in shown] + left


def _weights(found: Mapping[str, Fragments]) -> dict[int, float]:
    """What each fragment counts: 1 if at most two have it, 0 if it is common, by the logarithm between."""
    having = Counter(digest for each in found.values() for digest in each)
    common = max(COMMON * len(found), FEWEST_COMMON)
    return {digest: max(0.0, math.log(common / max(n, 2)) / math.log(common / 2)) for digest, n in having.items()}


def page(comparison: Comparison) -> str:
    """The pairs with their answers side by side, as one HTML page that asks the network for nothing."""
    return render("similarity.html", comparison=comparison)
