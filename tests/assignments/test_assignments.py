"""Every assignment: the solution earns all points, the students' version none, each wrong answer what it deserves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from nbformat import NotebookNode

from course_lib.grading import notebook as nbk
from tests.assignments.harness import ASSIGNMENTS, ROOT, Answer, answers, exercise, release, run, solution

ANSWERS = [(assignment, answer) for assignment in ASSIGNMENTS for answer in answers(assignment)]

every_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)


def cells_with_tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if nbk.is_test(cell)]


def cells_to_write(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if nbk.is_solution(cell) and cell.cell_type == "code"]


def paragraph(statement: str, title: str) -> str:
    """The one paragraph of a statement that starts with a title, ``**Graded:**`` for instance."""
    [found] = [text for text in statement.split("\n\n") if text.startswith(f"**{title}:**")]
    return found


def lines_between(source: str, begin: str, end: str) -> set[str]:
    inside = re.findall(f"^.*{begin}\n(.*?)^.*{end}", source, flags=re.DOTALL | re.MULTILINE)
    return {line.strip() for block in inside for line in block.splitlines()} - {""}


# ------------------------------------------------------------------------------------------------- what answers earn


@every_assignment
def test_solution_earns_every_point(assignment):
    notebook = solution(assignment)
    outcomes = run(notebook)
    assert not [f"{name}: {outcome.message}" for name, outcome in outcomes.items() if outcome.message]
    assert sum(o.points for o in outcomes.values()) == sum(nbk.points(cell) for cell in cells_with_tests(notebook))


@every_assignment
def test_blank_version_earns_nothing_because_it_is_blank(assignment):
    """Were a test to fail for another reason, it might pass for another reason too."""
    for notebook in (release(assignment), with_hidden_tests(assignment)):
        for name, outcome in run(notebook).items():
            assert outcome == (0, "NotImplementedError: "), name


def with_hidden_tests(assignment: str) -> NotebookNode:
    """The students' version as it is graded: blank answers under the full tests."""
    full = nbk.by_grade_id(solution(assignment))
    cells = [full[nbk.grade_id(cell)] if nbk.is_test(cell) else cell for cell in release(assignment).cells]
    return NotebookNode({**release(assignment), "cells": cells})


@pytest.mark.parametrize(("assignment", "answer"), ANSWERS, ids=[f"{where}-{a.name}" for where, a in ANSWERS])
def test_answer_loses_exactly_its_points(assignment: str, answer: Answer):
    """An answer runs with the cells of its own exercise: none needs another to be right."""
    notebook = exercise(solution(assignment), answer.exercise)
    outcomes = run(notebook, {answer.cell: answer.source})
    lost = {
        nbk.grade_id(cell): (nbk.points(cell), outcomes[nbk.grade_id(cell)].message)
        for cell in cells_with_tests(notebook)
        if outcomes[nbk.grade_id(cell)].points < nbk.points(cell)
    }
    assert {name: points for name, (points, _) in lost.items()} == answer.loses, lost


@every_assignment
def test_there_are_enough_answers_of_both_kinds(assignment):
    wrong = Counter(answer.exercise for answer in answers(assignment) if answer.loses)
    right = Counter(answer.exercise for answer in answers(assignment) if not answer.loses)
    for cell in cells_to_write(solution(assignment)):
        name = cell.id.removesuffix("-solution")
        assert wrong[name] >= 6, f"{name}: only {wrong[name]} wrong answers"
        assert right[name] >= 2, f"{name}: only {right[name]} right answers in another style"


@every_assignment
def test_every_test_can_be_lost(assignment):
    lost = {name for answer in answers(assignment) for name in answer.loses}
    assert {nbk.grade_id(cell) for cell in cells_with_tests(solution(assignment))} <= lost


# --------------------------------------------------------------------------------------------- what the notebook says


@every_assignment
def test_points_are_what_the_text_promises(assignment):
    """The table, the headings and the line "Graded" of each statement agree with the cells."""
    notebook = solution(assignment)
    earned: Counter[str] = Counter()
    for cell in notebook.cells:
        if nbk.is_graded(cell):
            earned[cell.id.split("-")[0]] += int(nbk.points(cell))
    cells = {cell.id: cell for cell in notebook.cells}

    table = re.findall(r"^\| (\d+) \|.*\| (\d+) \|$", cells["title"].source, flags=re.MULTILINE)
    assert {f"ex{number}": int(points) for number, points in table} == earned
    assert f"| **{sum(earned.values())}** |" in cells["title"].source

    for name, points in earned.items():
        statement = cells[f"{name}-statement"].source
        assert re.match(rf"## Exercise {name[2:]}: .+ · {points} points\n", statement)
        tests = [cell for cell in cells_with_tests(notebook) if cell.id.startswith(f"{name}-")]
        if tests:
            promised = re.findall(r"\((\d+)\)", paragraph(statement, "Graded"))
            assert [int(n) for n in promised] == [nbk.points(cell) for cell in tests]


@every_assignment
def test_what_is_forbidden_is_said_and_kept(assignment):
    notebook = solution(assignment)
    cells = {cell.id: cell for cell in notebook.cells}
    for cell in cells_to_write(notebook):
        name = cell.id.removesuffix("-solution")
        forbidden = cell.metadata["course"]["forbid"]
        assert "course_lib" in forbidden
        said = paragraph(cells[f"{name}-statement"].source, "Not allowed")
        assert re.findall(r"`(.+?)`", said) == forbidden
        right = [answer.source for answer in answers(assignment) if answer.cell == cell.id and not answer.loses]
        for source in (cell.source, *right):
            used = source.replace("np.", "numpy.").replace("from numpy.linalg import LinAlgError", "")
            assert not [thing for thing in forbidden if re.search(rf"\b{re.escape(thing)}\b", used)]


@every_assignment
def test_one_question_is_read_by_a_person(assignment):
    notebook = solution(assignment)
    [answer] = [cell for cell in notebook.cells if nbk.is_graded(cell) and nbk.is_solution(cell)]
    assert answer.cell_type == "markdown"
    assert "**Rubric**" in answer.source
    assert nbk.by_grade_id(release(assignment))[nbk.grade_id(answer)].source == "YOUR ANSWER HERE"


@every_assignment
def test_every_test_cell_shows_something_and_hides_something(assignment):
    for cell in cells_with_tests(solution(assignment)):
        visible, mark, hidden = cell.source.partition("### BEGIN HIDDEN TESTS\n")
        assert "assert" in visible or "raise" in visible, cell.id
        assert mark, cell.id
        assert hidden.endswith("### END HIDDEN TESTS"), cell.id


@every_assignment
def test_cells_are_named_and_clean(assignment):
    for notebook in (solution(assignment), release(assignment)):
        names = [cell.id for cell in notebook.cells]
        assert len(set(names)) == len(names)
        for cell in notebook.cells:
            assert re.fullmatch(r"title|setup(-text)?|ex\d+-(statement|solution|answer|test-[a-z-]+)", cell.id)
            assert nbk.grade_id(cell) == cell.id
            assert cell.metadata["nbgrader"]["schema_version"] == 3
            assert cell.get("outputs", []) == []
            assert cell.get("execution_count") is None
        assert notebook.metadata["kernelspec"]["name"] == "python3"


# -------------------------------------------------------------------------------------------- what the students get


@every_assignment
def test_students_version_hides_solutions_and_hidden_tests(assignment):
    given = "\n".join(cell.source for cell in release(assignment).cells)
    assert not re.search("HIDDEN TESTS|(BEGIN|END) SOLUTION", given)
    shown = {line.strip() for line in given.splitlines()}
    for cell in solution(assignment).cells:
        hidden = lines_between(cell.source, "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
        hidden |= lines_between(cell.source, "### BEGIN SOLUTION", "### END SOLUTION")
        leaked = {line for line in hidden & shown if not _is_common(line)}
        assert not leaked, cell.id


def _is_common(line: str) -> bool:
    """Lines that say nothing, such as ``try:``; and those that a test repeats for its hidden inputs."""
    return len(line) < 25 or line.startswith("assert np.array_equal(")


@pytest.mark.parametrize("assignment", [ASSIGNMENTS[0], ASSIGNMENTS[-1]])
def test_students_version_is_what_plain_nbgrader_makes(assignment, tmp_path):
    """Two stand for all: ``course build --check`` compares every one with what nbgrader makes in this process."""
    shutil.copytree(ROOT / "solutions" / assignment, tmp_path / "solutions" / assignment)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    bin_directory = str(Path(sys.executable).parent)  # nbgrader calls alembic by name
    done = subprocess.run(
        [f"{bin_directory}/nbgrader", "generate_assignment", assignment],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{bin_directory}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    made = tmp_path / "exercises" / assignment
    kept = ROOT / "exercises" / assignment
    assert sorted(path.name for path in made.iterdir()) == sorted(path.name for path in kept.iterdir())
    for path in made.iterdir():
        assert (kept / path.name).read_bytes() == path.read_bytes(), f"run `course build {assignment}`"
