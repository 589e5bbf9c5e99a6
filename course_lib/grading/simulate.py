"""A class of submissions to rehearse with, made from the instructor's solutions: right, wrong, odd and broken ones."""

from __future__ import annotations

import ast
import copy
import hashlib
import itertools
import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_lib.grading import notebook as nbk
from course_lib.grading.build import generated
from course_lib.grading.course import Course, CourseError
from course_lib.grading.mutants import mutants
from course_lib.grading.solutions import RightAnswer, right_answer

FIRST_NAMES = """amara anton beatriz chen daniel elif emma farid freya giulia hana hugo ines ivan jonas kavya lena
    linh luca maya mei mila nadia noah olga omar paula priya rafael ren sara sofia tariq tomas yara zoe"""
LAST_NAMES = """abadi andersson baumann bianchi carvalho costa dubois eriksen fischer garcia haddad ito ivanova
    jensen kaya kowalski kumar lang lopez mensah moreau nakamura nguyen novak okafor olsen park patel rossi sato
    schmidt silva singh tanaka varga weber yilmaz zhang"""
WRITTEN_ANSWERS = (
    "I am not sure.",
    "It has to do with rounding.",
    "Both give the same result on paper. On a computer the second one loses digits, because small errors are "
    "multiplied by large numbers on the way.",
)
WRONG_WAYS = ("wrong", "wrong", "blank", "crashing", "warning")
ODD_SUBMISSIONS = ("a test cell deleted", "file cut off", "nothing submitted")
SMALLEST_CLASS_WITH_ODD_ONES = 6
REHEARSAL = ".rehearsal"
"""Marks a directory of results as ours to remove."""


@dataclass(frozen=True)
class Simulated:
    """A student of the class, and what they handed in."""

    student: str
    submission: str


def simulate(course: Course, assignment: str, n: int, seed: int, out: Path) -> list[Simulated]:
    """Write the submissions of a class as ``out/<student>/<assignment>/``.

    The first student has everything right, the second has not begun; in a class of six or more the last three are odd.

    Args:
        course: Where the instructor's notebooks lie.
        assignment: Which assignment.
        n: The number of students.
        seed: The same class comes from the same seed.
        out: A directory that is new, empty, or an earlier simulation.

    Raises:
        CourseError: There is no such assignment, or the directory holds something that this did not make.
    """
    with generated(course, assignment) as released:
        _clear(out, assignment)
        if (_beside(out) / REHEARSAL).is_file():  # a gradebook of other tests would refuse the new ones
            shutil.rmtree(_beside(out))
        rng = random.Random(seed)
        names = rng.sample([".".join(pair) for pair in itertools.product(FIRST_NAMES.split(), LAST_NAMES.split())], n)
        odd = ODD_SUBMISSIONS if n >= SMALLEST_CLASS_WITH_ODD_ONES else ()
        kinds = ["everything right", "not begun", *[""] * n][: n - len(odd)] + list(odd)
        class_ = [
            Simulated(name, _hand_in(course, assignment, released, out / name / assignment, kind, rng))
            for name, kind in zip(names, kinds, strict=True)
        ]
    _write_manifest(out, assignment, {student.student for student in class_}, seed)
    return class_


def _hand_in(course: Course, assignment: str, released: Path, target: Path, kind: str, rng: random.Random) -> str:
    shutil.copytree(released, target)
    handed_in = f"2026-01-{rng.randint(10, 20)} {rng.randint(8, 23):02}:00:00.000000 UTC\n"
    (target / "timestamp.txt").write_text(handed_in, encoding="utf-8")
    skill = {"everything right": 1.0, "not begun": 0.0}.get(kind, rng.uniform(0.3, 1.0))
    answers: Counter[str] = Counter()
    for path in sorted(target.glob("*.ipynb")):
        notebook = nbk.read(path)
        solutions = nbk.by_grade_id(nbk.read(course.source(assignment) / path.name))
        for name, cell in nbk.by_grade_id(notebook).items():
            if not nbk.is_solution(cell):
                continue
            way = "blank" if kind == "not begun" else "right" if rng.random() < skill else rng.choice(WRONG_WAYS)
            way = "written" if cell.cell_type != "code" and way != "blank" else way
            answers[way] += 1
            cell.source = _answer(cell, right_answer(course, solutions[name]), way, rng)
        if kind == "a test cell deleted":
            tests = [cell for cell in notebook.cells if nbk.is_test(cell)]
            notebook.cells = [cell for cell in notebook.cells if not tests or cell is not tests[0]]
        text = nbformat.v4.writes(notebook) + "\n"
        path.write_text(text[: len(text) // 2] if kind == "file cut off" else text, encoding="utf-8")
        if kind == "nothing submitted":
            path.unlink()
    return kind or ", ".join(f"{count} {way}" for way, count in sorted(answers.items()))


def _answer(cell: NotebookNode, right: RightAnswer, way: str, rng: random.Random) -> str:
    if way == "blank":
        return cell.source
    if way == "written":
        return rng.choice(WRITTEN_ANSWERS)
    if way == "right":
        return right.source
    try:
        if way == "wrong":
            return rng.choice(list(mutants(right.source, right.lines))).source
        return _with_first_statement(right.source, FIRST_STATEMENTS[way])
    except (SyntaxError, IndexError):  # magics, or nothing in it that could be wrong
        return cell.source


FIRST_STATEMENTS = {
    "crashing": "reslut",
    "warning": "import warnings\nwarnings.warn('not tested for large inputs')",
}


def _with_first_statement(source: str, statement: str) -> str:
    """The source with a statement put first in its first function, or at its end if it has none."""
    tree = ast.parse(source)
    added = ast.parse(statement).body
    function = next((node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)), None)
    if function is None:
        tree.body += added
    else:
        after = 1 if ast.get_docstring(function) is not None else 0
        function.body[after:after] = copy.deepcopy(added)
    return ast.unparse(ast.fix_missing_locations(tree))


def is_simulated(directory: Path, assignment: str) -> bool:
    """Whether a directory of submissions was made here."""
    return _manifest(directory, assignment).is_file()


def rehearsal_settings(directory: Path) -> dict[str, str]:
    """Where the results of grading a simulated class belong: beside it, and not among those of real students."""
    beside = _beside(directory)
    beside.mkdir(parents=True, exist_ok=True)
    (beside / REHEARSAL).touch()
    return {
        "db_url": f"sqlite:///{beside / 'gradebook.db'}",
        "autograded_directory": str(beside / "autograded"),
        "feedback_directory": str(beside / "feedback"),
    }


def _beside(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}-graded")


def _manifest(directory: Path, assignment: str) -> Path:
    return directory / ".simulated" / f"{assignment}.json"


def _write_manifest(out: Path, assignment: str, students: set[str], seed: int) -> None:
    files = [path for student in sorted(students) for path in sorted((out / student / assignment).rglob("*"))]
    hashes = {str(path.relative_to(out)): _hash(path) for path in files if path.is_file()}
    manifest = _manifest(out, assignment)
    manifest.parent.mkdir(exist_ok=True)
    manifest.write_text(json.dumps({"seed": seed, "files": hashes}, indent=1) + "\n", encoding="utf-8")


def _clear(out: Path, assignment: str) -> None:
    """Remove an earlier simulation of the assignment, after making sure that nothing else lies there."""
    made: dict[str, str] = {}
    for manifest in (out / ".simulated").glob("*.json"):
        made |= json.loads(manifest.read_text(encoding="utf-8"))["files"]
    for path in sorted(out.rglob("*")) if out.exists() else []:
        name = str(path.relative_to(out))
        if path.is_dir() or name.startswith(".simulated") or ".ipynb_checkpoints" in path.parts:
            continue
        if made.get(name) != _hash(path):
            raise CourseError(
                f"{path} was not made by simulate-class, or was changed since. It stays as it is: "
                "choose another directory with --out DIR, or delete it."
            )
    for directory in out.glob(f"*/{assignment}"):
        shutil.rmtree(directory)
        if not any(directory.parent.iterdir()):
            directory.parent.rmdir()
    out.mkdir(parents=True, exist_ok=True)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
