"""A class whose answers are independent, with copies planted in it: what `course similarity` is measured on.

Each student takes for each exercise one of the answers in tests/assignments that were written on their own, and writes
it in a style of their own: other constructions for the same thing, some often, some never, and whims, right or wrong.
A copy is somebody else's answer, disguised: renamed, reordered, commented, constants written another way, statements
split by temporary variables, lines added that do nothing. No answer is run.

``python -m tests.grading.classmates [ASSIGNMENT …]`` prints what is found in classes of 300, and the time.
"""

from __future__ import annotations

import ast
import copy
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course
from course_lib.grading.similarity import compare
from course_lib.grading.solutions import right_answer
from tests.assignments import harness

Sources = dict[str, str]
"""By the name of the answer cell."""


def pools(assignment: str) -> dict[str, list[str]]:
    """For each code cell that students write, answers that people wrote for it."""
    course = Course.find(harness.ROOT)
    cells = nbk.by_grade_id(harness.solution(assignment)).items()
    found = {name: [right_answer(course, cell).source] for name, cell in cells if _is_answer(cell)}
    for answer in harness.answers(assignment):
        if answer.cell in found and "### BEGIN SOLUTION" not in answer.source:  # not the instructor's with a change
            found[answer.cell].append(answer.source)
    return found


def _is_answer(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "code" and nbk.is_solution(cell)


def independent(pool: dict[str, list[str]], rng: random.Random) -> Sources:
    """One student's own answers."""
    habits = {kind: rng.choice((0.0, 0.3, 0.9)) for kind in HABITS} | {Whims: rng.uniform(0.05, 0.25)}
    return {name: _own(rng.choice(answers), habits, rng) for name, answers in pool.items()}


def _own(source: str, habits: dict[type[Habit], float], rng: random.Random) -> str:
    tree = ast.parse(source)
    for kind, often in habits.items():
        tree = kind(rng, often).visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree))


class Habit(ast.NodeTransformer):
    """Writes something another way, each time with some probability."""

    def __init__(self, rng: random.Random, often: float) -> None:
        self.rng = rng
        self.often = often
        self.count = 0

    def now(self) -> bool:
        return self.rng.random() < self.often

    def new_name(self) -> str:
        self.count += 1
        return f"{self.rng.choice(('tmp', 'value', 'a', 'res', 'current'))}_{self.count}"


class Whims(Habit):
    """What somebody does a little differently, needed, wrong or neither."""

    def visit_Name(self, node):
        if (
            isinstance(node.ctx, ast.Load)
            and node.id not in ("np", "torch", "math")
            and self.rng.random() < self.often / 3
        ):
            return ast.parse(self.rng.choice(WHIMS).format(node.id), mode="eval").body
        return node

    def visit_Constant(self, node):
        if isinstance(node.value, int | float) and self.now():
            return ast.Constant(self.rng.choice((0, 1, 2, 1e-12, 1e-8, 0.5, -1, None, True)))
        return node

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if node.attr in METHODS and self.now():
            node.attr = self.rng.choice(sorted(METHODS))
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if self.now():
            node.op = self.rng.choice((ast.Add(), ast.Sub(), ast.Mult(), ast.Div(), ast.MatMult()))
        return node


class Temporaries(Habit):
    """A variable for an operand or an argument."""

    def visit(self, node):
        node = self.generic_visit(node)
        if isinstance(node, ast.Assign | ast.Return) and isinstance(node.value, ast.BinOp | ast.Call) and self.now():
            parts = [node.value.left, node.value.right] if isinstance(node.value, ast.BinOp) else node.value.args
            parts = [part for part in parts if isinstance(part, ast.BinOp | ast.Call | ast.Compare | ast.UnaryOp)]
            if parts:
                part, name = self.rng.choice(parts), self.new_name()
                before = ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(part))
                return [before, _replaced(node, part, ast.Name(name, ast.Load()))]
        return node


class Results(Habit):
    """A variable for what is returned."""

    def visit_Return(self, node):
        if node.value is not None and not isinstance(node.value, ast.Name) and self.now():
            name = self.new_name()
            return [ast.Assign([ast.Name(name, ast.Store())], node.value), ast.Return(ast.Name(name, ast.Load()))]
        return node


class Inverted(Habit):
    """The other branch first."""

    def visit_If(self, node):
        self.generic_visit(node)
        if node.orelse and self.now():
            return ast.If(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)
        return node


class Methods(Habit):
    """``x.sum()`` for ``np.sum(x)``, or the other way round."""

    def visit_Call(self, node):
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "torch"), attr=name), args=[first, *rest]):
                if name in METHODS and self.now():
                    return ast.Call(ast.Attribute(first, name, ast.Load()), rest, node.keywords)
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in METHODS and self.now():
                function = ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())
                return ast.Call(function, [value, *node.args], node.keywords)
        return node


class Powers(Habit):
    """``x * x`` for ``x ** 2``, ``np.sqrt`` for a power of a half."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=2)) if self.now():
                return ast.BinOp(left, ast.Mult(), copy.deepcopy(left))
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=0.5)) if self.now():
                return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), "sqrt", ast.Load()), [left], [])
            case ast.BinOp(left=left, op=ast.Div(), right=right) if self.now():
                return ast.BinOp(left, ast.Mult(), ast.BinOp(ast.Constant(1), ast.Div(), right))
        return node


class Indices(Habit):
    """A loop over numbers."""

    def visit_For(self, node):
        self.generic_visit(node)
        if isinstance(node.iter, ast.Name) and isinstance(node.target, ast.Name) and self.now():
            name = self.new_name()
            entry = ast.Subscript(copy.deepcopy(node.iter), ast.Name(name, ast.Load()), ast.Load())
            loop = ast.parse(f"for {name} in range(len({node.iter.id})): pass").body[0]
            loop.body = [ast.Assign([node.target], entry), *node.body]
            return loop
        return node


class Loops(Habit):
    """A loop for a comprehension."""

    def visit_Assign(self, node):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.ListComp(elt=entry, generators=[ast.comprehension(ifs=[])])
            ) if self.now():
                where = node.value.generators[0]
                loop = ast.parse(f"for x in y: {name}.append(x)").body[0]
                loop.target, loop.iter, loop.body[0].value.args = where.target, where.iter, [entry]
                return [ast.Assign(node.targets, ast.List([], ast.Load())), loop]
        return node


class Choices(Habit):
    """An ``if`` for a conditional expression."""

    def visit_Return(self, node):
        if isinstance(node.value, ast.IfExp) and self.now():
            value = node.value
            return [ast.If(value.test, [ast.Return(value.body)], []), ast.Return(value.orelse)]
        return node


class Additions(Habit):
    """What some people write into every function."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        arguments = [each.arg for each in node.args.args if each.arg != "self"]
        if arguments and self.now():
            line = self.rng.choice(ADDITIONS).format(self.rng.choice(arguments))
            at = 1 if ast.get_docstring(node) is not None else 0
            node.body[at:at] = ast.parse(line).body
        return node


METHODS = {"sum", "max", "min", "mean", "prod", "any", "all", "argmax", "argmin", "std", "var", "abs", "exp", "sqrt"}
WHIMS = (
    "float({})",
    "np.asarray({})",
    "{}.copy()",
    "np.array({}, dtype=float)",
    "({})[:]",
    "abs({})",
    "1.0 * {}",
    "{}.T",
)
ADDITIONS = (
    "print({0})",
    "if {0} is None:\n    return None",
    "assert {0} is not None, 'missing'",
    "{0} = {0} + 0",
    "n = len({0})",
    "if not isinstance({0}, object):\n    raise TypeError('wrong type')",
    "shape = {0}.shape",
)
HABITS: tuple[type[Habit], ...] = (
    *(Loops, Indices, Methods, Powers, Choices, Inverted, Temporaries, Results, Additions),
)


# --------------------------------------------------------------------------------------------------------- disguises


def renamed(source: str, rng: random.Random) -> str:
    """Other names for all variables and arguments, and a shortened module name."""
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} - {"self"}
    new = dict(zip(sorted(names), rng.sample(range(1000), len(names)), strict=True))
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if name in new:
                node.id = f"x{new[name]}"
            case ast.arg(arg=name) if name in new:
                node.arg = f"x{new[name]}"
            case ast.keyword(arg=name) if name in new and name not in ("axis", "dtype", "keepdims", "dim"):
                node.arg = f"x{new[name]}"
    return ast.unparse(tree)


def reordered(source: str, rng: random.Random) -> str:
    """Neighbouring statements that do not use each other's variables, exchanged; functions in another order."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for i in range(1, len(body) - 1):
            if _independent(body[i], body[i + 1]) and rng.random() < 0.8:
                body[i], body[i + 1] = body[i + 1], body[i]
    return ast.unparse(tree)


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    if not all(isinstance(each, ast.Assign | ast.AugAssign | ast.For | ast.FunctionDef) for each in (one, other)):
        return False
    bound = [
        {n.id for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} for s in (one, other)
    ]
    used = [{n.id for n in ast.walk(s) if isinstance(n, ast.Name)} for s in (one, other)]
    return not (bound[0] & used[1] or bound[1] & used[0])


def commented(source: str, rng: random.Random) -> str:
    """Comments of one's own, blank lines, no docstring of the other's."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Expr(ast.Constant(f"My solution number {rng.random()}."))
    lines = ast.unparse(tree).split("\n")
    return "\n".join(f"{line}  # step {i}" if rng.random() < 0.4 else line for i, line in enumerate(lines))


def other_constants(source: str, rng: random.Random) -> str:
    """Numbers written another way: 1e-3 for 0.001, 2.0 for 2; other words in messages."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if " " in text:
                node.value = f"error: {text}"
    text = ast.unparse(tree)
    return re.sub(r"(?<![\w.])(\d+\.\d+)(?![\w.])", lambda number: f"{float(number[1]):e}", text)


def split(source: str, rng: random.Random) -> str:
    """Temporary variables."""
    tree = Results(rng, 0.5).visit(Temporaries(rng, 0.5).visit(ast.parse(source)))
    return ast.unparse(ast.fix_missing_locations(tree))


def padded(source: str, rng: random.Random) -> str:
    """Lines that do nothing."""
    return ast.unparse(ast.fix_missing_locations(Additions(rng, 1.0).visit(ast.parse(source))))


def disguised(source: str, rng: random.Random) -> str:
    """All of that."""
    for way in (split, reordered, renamed, other_constants, padded, commented):
        source = way(source, rng)
    return source


DISGUISES: tuple[Callable[[str, random.Random], str], ...] = (
    *(renamed, reordered, commented, other_constants, split, padded, disguised),
)


# ------------------------------------------------------------------------------------------------- a class, measured


@dataclass(frozen=True)
class Planted:
    """A copy: who has it from whom, how it is disguised, and in which exercises."""

    students: tuple[str, str]
    disguise: str
    cells: tuple[str, ...]


def class_with_copies(assignment: str, n: int, copies: int, seed: int) -> tuple[dict[str, Sources], list[Planted]]:
    """Everybody's answers, and who has copied: every other one all exercises, the others half of them."""
    rng = random.Random(seed)
    pool = pools(assignment)
    answers = {f"student{number:03}": independent(pool, rng) for number in range(n)}
    chosen = rng.sample(sorted(answers), 2 * copies)
    planted = []
    for number, (one, other) in enumerate(zip(chosen[::2], chosen[1::2], strict=True)):
        disguise = DISGUISES[number % len(DISGUISES)]
        cells = sorted(pool) if number % 2 else rng.sample(sorted(pool), max(1, len(pool) // 2))
        answers[other] |= {cell: disguise(answers[one][cell], rng) for cell in cells}
        planted.append(Planted((min(one, other), max(one, other)), disguise.__name__, tuple(cells)))
    return answers, planted


def hand_in(answers: dict[str, Sources], assignment: str, directory: Path) -> None:
    """Write everybody's notebook."""
    for student, sources in answers.items():
        notebook = copy.deepcopy(harness.release(assignment))
        for name, source in sources.items():
            nbk.by_grade_id(notebook)[name].source = source
        path = directory / student / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def main(assignments: list[str]) -> None:
    for assignment in assignments or harness.ASSIGNMENTS:
        answers, planted = class_with_copies(assignment, 300, 21, seed=1)
        with tempfile.TemporaryDirectory() as directory:
            hand_in(answers, assignment, Path(directory))
            course = Course.find(harness.ROOT).having(submitted_directory=directory)
            started, computed = time.monotonic(), time.process_time()
            found = compare(course, assignment, 1000)
            seconds, computed = time.monotonic() - started, time.process_time() - computed
        shared = {pair.students: pair.shared for pair in found.pairs}
        missed = [each for each in planted if each.students not in shared]
        alarms = sorted((shared[pair] for pair in shared.keys() - {each.students for each in planted}), reverse=True)
        print(
            f"{assignment}: {len(planted) - len(missed)} of {len(planted)} copies found, {len(alarms)} false alarms "
            f"{[round(each) for each in alarms[:5]]}, {seconds:.1f} s ({computed:.1f} s of computing)"
        )
        for each in missed:
            print(f"    missed: {each.disguise}, {len(each.cells)} exercises")


def _replaced(node: ast.stmt, part: ast.expr, by: ast.expr) -> ast.stmt:
    return copy.deepcopy(node, {id(part): by})


if __name__ == "__main__":
    main(sys.argv[1:])
