"""The numbers that lecture 02 shows are the numbers it promises."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "02_linear_algebra"


def matrices(text: str) -> list[np.ndarray]:
    """The printed matrices of a cell, in order."""
    blocks = re.findall(r"\[\[.*?\]\]", text, flags=re.DOTALL)
    return [np.array([numbers(row) for row in block.splitlines()]) for block in blocks]


def test_tensors_by_number_of_indices(executed):
    lines = executed.text("tensors-run").splitlines()
    assert [re.findall(r"\d+ indices", text)[0][0] for text in lines] == ["0", "1", "2", "3"]
    assert lines[3].endswith("(1797, 8, 8)")


def test_only_commutativity_fails(executed):
    verdicts = executed.text("products-run").splitlines()
    assert [("holds" in v) for v in verdicts] == [True, True, False, True, True]


def test_determinants(executed):
    assert numbers(executed.line("determinant-run", "2 × 2:"))[0] == 3
    assert numbers(executed.line("determinant-run", "3 × 3:"))[0] == 2 * 3 - 0 + 1 * 1
    assert numbers(executed.line("determinant-run", "dependent rows:"))[0] == 0
    assert numbers(executed.line("determinant-run", "det MM, (det M)²:")) == pytest.approx([9, 9])
    assert numbers(executed.line("determinant-run", "area of its image:"))[0] == pytest.approx(3)


def test_system_is_solved_step_by_step(executed):
    steps = matrices(executed.text("systems-steps"))
    assert len(steps) >= 6
    np.testing.assert_allclose(steps[0], [[1, 3, -2, 5], [3, 5, 6, 7], [2, 4, 3, 8]])
    np.testing.assert_allclose(steps[-1], [[1, 0, 0, -15], [0, 1, 0, 8], [0, 0, 1, 2]])
    for before, after in itertools.pairwise(steps):
        assert (np.abs(before - after) > 1e-12).any(axis=1).sum() == 1, "a step changes one row"
        np.testing.assert_allclose(after @ [-15, 8, 2, -1], 0, atol=1e-9, err_msg="a step keeps the solution")


def test_solution(executed):
    assert numbers(executed.line("systems-verify", "x ="))[:3] == pytest.approx([-15, 8, 2])
    assert "A⁻¹A = I: True" in executed.text("systems-verify")


def test_small_pivot_loses_x1(executed):
    assert numbers(executed.line("pivoting-run", "as it stands:")) == pytest.approx([0, 1])
    assert numbers(executed.line("pivoting-run", "rows swapped:")) == pytest.approx([1, 1])


def test_twice_the_size_is_eight_times_the_work(executed):
    ratios = [float(r) for r in re.findall(r"= ([\d.]+) × the last", executed.text("cost-run"))]
    assert len(ratios) == 4
    assert all(7.5 < r < 8.5 for r in ratios)


def test_lu_columns_make_the_inverse(executed):
    columns = [numbers(c) for c in re.findall(r"column of A⁻¹: \[(.*?)\]", executed.text("cost-run"))]
    A = np.array([[1.0, 3, -2], [3, 5, 6], [2, 4, 3]])
    np.testing.assert_allclose(A @ np.array(columns).T, np.eye(3), atol=1e-6)


def test_hilbert_error_is_large_and_residual_small(executed):
    condition, error, residual = numbers(executed.text("conditioning-run").split("number")[1])
    assert condition > 1e15
    assert error > 1e-4
    assert residual < 1e-14


def test_conjugate_gradient_needs_few_steps(executed):
    condition, steps = numbers(executed.text("cg-run"))[:2]
    assert condition < 10
    assert steps < 30


def test_norms(executed):
    assert numbers(executed.line("norms-run", "L1, L2, L∞ of (3, -4):")) == [7, 5, 4]
    assert numbers(executed.line("norms-run", "Frobenius norm of M:"))[0] == pytest.approx(10**0.5)
    broken = ["broken" in text for text in executed.text("norms-run").splitlines() if text.startswith("p =")]
    assert broken == [True, False, False, False]


def test_angles_between_digits(executed):
    assert 0 < numbers(executed.text("angle-run"))[-1] < 60


def test_orthogonal_matrix_keeps_length_angle_and_volume(executed):
    text = executed.text("special-run")
    assert text.count("True") == 4
    before, after = numbers(executed.line("special-run", "‖x‖ and ‖Qx‖:"))
    assert before == pytest.approx(after)
    assert abs(numbers(executed.line("special-run", "det Q:"))[0]) == 1


def test_eigenvalues_by_characteristic_polynomial(executed):
    text = executed.text("eigen-run")
    assert "3 -4 λ +1 λ²" in text
    assert re.search(r"λ = 1: v = \[ ?1\. +-1\.\]", text)
    assert re.search(r"λ = 3: v = \[ ?1\. +1\.\]", text)
    assert "product of the eigenvalues: 3, det M: 3" in text


def test_power_iteration_gains_a_factor_three_a_step(executed):
    off = [float(x) for x in re.findall(r"([\d.]+) degrees off", executed.text("power-run"))]
    assert off[-1] < 0.01
    assert off[-1] / off[-2] == pytest.approx(1 / 3, rel=0.05)
    assert numbers(executed.line("power-run", "library:"))[0] == pytest.approx(3)


def test_eigendecomposition_gives_powers(executed):
    assert "weather = V diag(λ) V⁻¹: True" in executed.text("eigendecomposition-run")
    after = numbers(executed.text("eigendecomposition-run").split("in 30 days:")[1])
    expected = np.linalg.matrix_power(np.array([[0.9, 0.5], [0.1, 0.5]]), 30)
    np.testing.assert_allclose(np.reshape(after, (2, 2)), expected, atol=1e-6)


def test_spectral_theorem(executed):
    assert "M = QΛQᵀ: True" in executed.text("spectral-run")


def test_svd_finds_the_layers(executed):
    values, _, distance = executed.text("svd-run").partition("distance to W:")
    sigma = numbers(values.splitlines()[0])
    assert sigma[0] > sigma[1] > sigma[2] == 0
    assert numbers(distance)[0] == pytest.approx(sigma[1], abs=1e-6)


def test_definiteness(executed):
    verdicts = [text.endswith("True") for text in executed.text("definite-run").splitlines()]
    assert verdicts == [True, False, False, False]


def test_least_squares(executed):
    left, right = executed.line("lstsq-run", "intercept, slope:").split("the same from lstsq:")
    assert numbers(left) == pytest.approx(numbers(right))
    assert max(map(abs, numbers(executed.line("lstsq-run", "residual · columns of A:")))) < 1e-12
    assert numbers(executed.line("lstsq-run", "x1 + x2 = 2:")) == pytest.approx([1, 1])


def test_pca_of_the_digits(executed):
    percent, components, total = numbers(executed.text("pca-digits").split("components:")[1].replace("90%", ""))
    assert 25 < percent < 35
    assert components < total == 64


def test_same_as_numpy_and_torch(executed):
    assert all(numbers(text)[-1] < 1e-9 for text in executed.text("same-run").splitlines())
    assert executed.text("torch-run").count("True") == 2


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("maps-demo", "MatrixMap"),
        ("systems-demo", "EliminationStepper"),
        ("pivoting-demo", "PivotSize"),
        ("norms-demo", "UnitBalls"),
        ("svd-demo", "LowRankPhotograph"),
        ("pca-demo", "PCACloud"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
