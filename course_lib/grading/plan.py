"""What grading an assignment takes, as plain data that can be sent to another machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_lib.grading import imports, names, preflight
from course_lib.grading import notebook as nbk
from course_lib.grading.build import Registered
from course_lib.grading.course import Course, CourseError
from course_lib.grading.results import PlannedTest
from course_lib.grading.zygote import package_directory

DEFAULT_MEMORY = 2048


@dataclass(frozen=True)
class Rules:
    """How submissions are run."""

    timeout: int
    """Seconds a cell may run."""
    memory: int = DEFAULT_MEMORY
    """MiB that a submission may use."""
    sandboxed: bool = True
    in_process: bool = False
    """Whether tests run beside the student's code, as nbgrader runs them, instead of in a process of their own."""


@dataclass(frozen=True)
class Plan:
    """An assignment: its notebooks with all tests, and what running them needs."""

    assignment: str
    notebooks: dict[str, str]
    """The instructor's notebooks by name, as JSON: as they are handed out, but with the hidden tests."""
    tests: tuple[PlannedTest, ...]
    version: str
    """A hash of all that a verdict depends on, but for the submission and the limits."""
    rules: Rules
    expected: frozenset[str] = frozenset()
    """Names that the instructor's answers define."""
    classes: frozenset[str] = frozenset()
    """Those of them that are classes."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What lies beside the instructor's notebooks; these come before files of the same name in a submission."""
    preload: tuple[str, ...] = ()
    """Modules that the instructor's notebooks import."""
    visible: tuple[str, ...] = ()
    """Files of course_lib that the locked cells need."""
    rubrics: dict[tuple[str, str], str] = field(default_factory=dict)
    """The instructor's answers in words, for those who grade by hand, by notebook and cell."""
    given: str = ""
    """A hash like the version, but without what stands in the tests and what they are worth."""

    def originals(self) -> dict[str, NotebookNode]:
        """The instructor's notebooks."""
        return {name: nbformat.reads(text, as_version=4) for name, text in self.notebooks.items()}


def make(course: Course, assignment: str, registered: Registered, rules: Rules) -> Plan:
    """The plan of an assignment that the gradebook knows.

    Raises:
        CourseError: Its notebooks are not in Python.
    """
    for name, notebook in registered.notebooks.items():
        language = notebook.metadata.get("kernelspec", {}).get("language", "python")
        if language.lower() != "python":
            raise CourseError(f"{name}.ipynb is written in {language}. This grades Python only.")
    source = course.source(assignment)
    instructors = {path.stem: nbk.read(path) for path in sorted(source.glob("*.ipynb"))}
    solved = [cell for notebook in instructors.values() for cell in _code(notebook)]
    answers = [cell.source for cell in solved if nbk.is_solution(cell)]
    registered_cells = [cell for notebook in registered.notebooks.values() for cell in _code(notebook)]
    locked = [cell.source for cell in registered_cells if nbk.is_locked(cell)]
    visible = imports.files_of(imports.imported(locked), package_directory())
    files = _files_beside(source, set(course.may_be_changed(assignment)))
    expected, classes = names.of_all(names.bound, answers), names.of_all(names.classes, answers)
    given = _hash(
        [list(_given(notebook)) for notebook in registered.notebooks.values()],
        (sorted(expected), sorted(classes)),
        [(name, _hash(data)) for name, data in sorted(files.items())],
        [(package_directory() / name).read_bytes() for name in visible],
    )
    modules = imports.imported(cell.source for cell in (*solved, *registered_cells))
    return Plan(
        assignment=assignment,
        notebooks={name: nbformat.writes(notebook) for name, notebook in registered.notebooks.items()},
        tests=tuple(registered.plan),
        version=_hash(given, [(nbk.points(cell), cell.source) for cell in registered_cells if nbk.is_test(cell)]),
        rules=rules,
        expected=expected,
        classes=classes,
        files=files,
        preload=tuple(module for module in modules if _can_be_loaded(module, visible)),
        visible=tuple(visible),
        rubrics={
            (name, nbk.grade_id(cell) or ""): cell.source
            for name, notebook in instructors.items()
            for cell in filter(nbk.is_written, notebook.cells)
        },
        given=given,
    )


def _given(notebook: NotebookNode) -> Iterator[tuple[Any, ...]]:
    """What a verdict depends on besides the tests: which cells there are, in order, what they hold and forbid.

    What stands in tests is left out, and what stands in an answer is the student's.
    """
    for cell in preflight.prepare(notebook, preflight.Answers()).cells:
        if cell.step:
            yield cell.step.kind, cell.step.name, "" if cell.step.kind == "test" else cell.step.source, cell.step.forbid
        elif cell.node:
            yield "text", nbk.grade_id(cell.node)


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _code(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def _can_be_loaded(module: str, visible: list[str]) -> bool:
    """Whether students may see a module; of course_lib that is what the locked cells import."""
    top, _, rest = module.partition(".")
    place = rest.replace(".", "/")
    return top != imports.PACKAGE or f"{place}.py" in visible or f"{place}/__init__.py".lstrip("/") in visible


def _files_beside(source: Path, but: set[str]) -> dict[str, bytes]:
    paths = [path for path in sorted(source.rglob("*")) if path.is_file() and path.suffix != ".ipynb"]
    named = {path.relative_to(source).as_posix(): path for path in paths if "__pycache__" not in path.parts}
    return {name: path.read_bytes() for name, path in named.items() if name not in but}
