"""Elimination step by step."""

import itertools

import numpy as np
import pytest
import torch

from course_lib.linear_algebra import elimination_steps, gaussian_elimination, solve

TEXTBOOK = [[1, 3, -2], [3, 5, 6], [2, 4, 3]], [5, 7, 8]


def test_the_textbook_system_step_by_step(asarray):
    steps = list(elimination_steps(asarray(TEXTBOOK[0]), asarray(TEXTBOOK[1]), pivot=False))
    assert [step.description for step in steps] == [
        "the system",
        "R2 ← R2 − 3 R1",
        "R3 ← R3 − 2 R1",
        "R2 ← R2 / (−4)",
        "R3 ← R3 + 2 R2",
        "R2 ← R2 + 3 R3",
        "R1 ← R1 + 2 R3",
        "R1 ← R1 − 3 R2",
    ]
    matrices = [step.matrix.tolist() for step in steps]
    assert matrices[0] == [[1, 3, -2, 5], [3, 5, 6, 7], [2, 4, 3, 8]]
    assert matrices[2] == [[1, 3, -2, 5], [0, -4, 12, -8], [0, -2, 7, -2]]
    assert matrices[4] == [[1, 3, -2, 5], [0, 1, -3, 2], [0, 0, 1, 2]]
    assert matrices[-1] == [[1, 0, 0, -15], [0, 1, 0, 8], [0, 0, 1, 2]]


def test_every_step_keeps_the_solution(asarray, rng, assert_agrees):
    A, b = rng.normal(size=(6, 6)), rng.normal(size=(6, 2))
    x = np.linalg.solve(A, b)
    steps = list(elimination_steps(asarray(A), asarray(b)))
    for step in steps:
        assert_agrees(step.matrix[:, :6] @ asarray(x), step.matrix[:, 6:].tolist(), rtol=1e-9)
    np.testing.assert_array_equal(steps[-1].matrix[:, :6].tolist(), np.eye(6))
    assert_agrees(steps[-1].matrix[:, 6:], x)


def test_steps_swap_rows_only_when_asked(asarray):
    A, b = asarray([[1, 2], [4, 1]]), asarray([3, 5])
    assert [s.description for s in elimination_steps(A, b)][:2] == ["the system", "R1 ↔ R2"]
    assert not any("↔" in s.description for s in elimination_steps(A, b, pivot=False))


def test_steps_leave_out_what_changes_nothing(asarray):
    assert [s.description for s in elimination_steps(asarray(np.eye(3)), asarray([1, 2, 3]))] == ["the system"]


def test_steps_do_not_divide_by_a_rounded_one():
    steps = list(elimination_steps(*(np.array(x, dtype=float) for x in TEXTBOOK)))
    assert not any(step.description.endswith("/ 1") for step in steps)
    np.testing.assert_array_equal(steps[-1].matrix[:, :3], np.eye(3))


def test_steps_show_no_minus_zero(asarray):
    steps = elimination_steps(asarray([[-2, 0, 4], [0, -1, 1], [1, 0, -3]]), asarray([0, 2, 1]))
    assert not any("-0.0" in str(step.matrix.tolist()) for step in steps)


@pytest.mark.parametrize("n", [1, 2, 7, 40])
@pytest.mark.parametrize("columns", [(), (1,), (3,)])
def test_elimination_solves(asarray, rng, assert_agrees, n, columns):
    A, b = rng.normal(size=(n, n)), rng.normal(size=(n, *columns))
    assert_agrees(gaussian_elimination(asarray(A), asarray(b)), np.linalg.solve(A, b))


def test_a_tiny_pivot_ruins_the_answer_only_without_swaps(asarray):
    A, b = asarray([[1e-20, 1], [1, 1]]), asarray([1, 2])
    assert gaussian_elimination(A, b, pivot=False).tolist() == [0, 1]
    assert gaussian_elimination(A, b).tolist() == [1, 1]


def test_elimination_keeps_the_precision(asarray, assert_agrees):
    A, b = asarray(TEXTBOOK[0], "float32"), asarray(TEXTBOOK[1], "float32")
    assert_agrees(gaussian_elimination(A, b), [-15, 8, 2], rtol=1e-4, dtype="float32")
    assert_agrees(list(elimination_steps(A, b))[-1].matrix[:, 3], [-15, 8, 2], rtol=1e-4, dtype="float32")


def test_a_singular_system_shows_how_far_elimination_gets(asarray):
    steps = elimination_steps(asarray([[1, 2], [2, 4]]), asarray([1, 2]), pivot=False)
    assert [next(steps).description, next(steps).description] == ["the system", "R2 ← R2 − 2 R1"]
    with pytest.raises(np.linalg.LinAlgError, match="pivot in row 2 is zero"):
        next(steps)


def test_steps_say_which_rows_they_change(asarray, rng):
    steps = list(elimination_steps(asarray(rng.normal(size=(4, 4))), asarray(np.ones(4))))
    for before, after in itertools.pairwise(steps):
        old, new = np.array(before.matrix.tolist()), np.array(after.matrix.tolist())
        assert tuple(np.flatnonzero((old != new).any(axis=1))) == after.rows
        assert old[after.pivot] != 0


@pytest.mark.parametrize(
    "function", [gaussian_elimination, lambda *system, **how: list(elimination_steps(*system, **how))]
)
def test_singular_systems_are_refused(asarray, function):
    with pytest.raises(np.linalg.LinAlgError, match="nothing is left in column 2"):
        function(asarray([[1, 2], [2, 4]]), asarray([1, 2]))
    with pytest.raises(np.linalg.LinAlgError, match="pivot in row 1 is zero; with pivot=True"):
        function(asarray([[0, 1], [1, 0]]), asarray([1, 2]), pivot=False)


@pytest.mark.parametrize("function", [gaussian_elimination, elimination_steps])
def test_one_system_at_a_time(asarray, function):
    with pytest.raises(ValueError, match=r"one matrix, \(n, n\), not a stack of them, got shape \(2, 3, 3\)"):
        function(asarray(np.ones((2, 3, 3))), asarray(np.ones(3)))
    with pytest.raises(ValueError, match=r"b of shape \(n,\) or \(n, k\), got \(2, 3, 1\)"):
        function(asarray(np.eye(3)), asarray(np.ones((2, 3, 1))))


def test_gradients_flow_through_elimination(rng):
    A = torch.from_numpy(rng.normal(size=(4, 4))).requires_grad_()
    b = torch.from_numpy(rng.normal(size=4)).requires_grad_()
    ours = torch.autograd.grad(gaussian_elimination(A, b).square().sum(), (A, b))
    theirs = torch.autograd.grad(solve(A, b).square().sum(), (A, b))
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-9, atol=1e-9)
