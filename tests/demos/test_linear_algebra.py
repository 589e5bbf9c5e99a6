"""The mathematics behind the demos of lecture 02, and what their captions claim."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as drawn_arrays

from course_lib.demos import linear_algebra as demos

ENTRIES = st.integers(-20, 20).map(lambda tenths: tenths / 10)
"""What the sliders of a 2×2 matrix can be set to."""

matrices = drawn_arrays(np.float64, (2, 2), elements=ENTRIES)


@given(matrices)
def test_eigenpairs_are_eigenpairs(A):
    for value, vector in demos.real_eigenpairs(A):
        np.testing.assert_allclose(A @ vector, value * vector, atol=1e-7)
        assert np.hypot(*vector) == pytest.approx(1)


@given(matrices)
def test_eigenpairs_are_as_many_as_there_are(A):
    """Two for distinct real eigenvalues, two for a multiple of I, one for other double ones, none for complex ones."""
    discriminant = round(100 * ((A[0, 0] - A[1, 1]) ** 2 + 4 * A[0, 1] * A[1, 0]))
    scalar = np.array_equal(A, A[0, 0] * np.eye(2))
    expected = 0 if discriminant < 0 else 2 if discriminant > 0 or scalar else 1
    values = [value for value, _ in demos.real_eigenpairs(A)]
    assert len(values) == expected
    if discriminant > 0:
        np.testing.assert_allclose(values, sorted(np.linalg.eigvals(A), reverse=True), atol=1e-7)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stretch along the diagonal", "det A = 3.00: areas are scaled by 3.00. Eigenvalues 3.00 and 1.00"),
        ("identity", "Every direction is an eigenvector, with eigenvalue 1.00."),
        ("rotation by 90°", "No real eigenvector: every direction turns."),
        ("shear", "One eigenvector direction only, with eigenvalue 1.00."),
        ("mirror", "det A = −1.00: areas are scaled by 1.00, and the plane is mirrored."),
        ("projection onto a line", "the plane is squashed flat, areas vanish. Eigenvalues 1.00 and 0.00"),
        ("zero", "Every direction is an eigenvector, with eigenvalue 0.00."),
    ],
)
def test_matrix_map_says_what_the_matrix_does(name, words):
    demo = demos.MatrixMap()
    demo.set(matrix=name)
    assert words in demo.caption


def test_matrix_map_names_the_preset_that_the_sliders_reach():
    demo = demos.MatrixMap()
    demo.set(matrix="identity")
    assert [demo.values[name] for name in "abcd"] == [1, 0, 0, 1]
    demo.controls["a"].value = 1.5
    assert demo.values["matrix"] == "your own"
    demo.controls["a"].value = 1.0
    assert demo.values["matrix"] == "identity"


SYSTEMS = {
    name: tuple(np.array(x, dtype=float) for x in system) for name, system in demos.EliminationStepper.systems.items()
}


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_row_operation_has_its_reason(name, swap):
    moves = demos.row_operations(*SYSTEMS[name], swap)
    for move in moves[:-1]:
        kind = move.step.description
        words = {
            "↔": "largest entry",
            " / ": "The pivot becomes 1.",
            " R": "becomes 0.",
            "the system": "Three equations",
        }
        assert next(reason for sign, reason in words.items() if sign in kind) in move.reason
    last = moves[-1]
    assert (
        last.step.description.startswith(("no pivot in column", "the pivot in row"))
        or "The identity is reached" in last.reason
    )


def test_row_operations_tell_how_it_ends():
    reasons = {
        (name, swap): demos.row_operations(*SYSTEMS[name], swap)[-1].reason
        for name in SYSTEMS
        for swap in (False, True)
    }
    assert "the solution, (−15, 8, 2)" in reasons["from the text", False]
    assert "the solution, (−15, 8, 2)" in reasons["from the text", True]
    assert reasons["zero in the first place", False].startswith("The pivot in row 1 is 0.")
    assert "the solution, (1, 2, 3)" in reasons["zero in the first place", True]
    for swap in (False, True):
        assert "0 = 1: no solution" in reasons["is it solvable?", swap]
        assert "0 = 0: infinitely many solutions" in reasons["is it, with one number changed?", swap]


def test_stepper_keeps_its_slider_inside():
    demo = demos.EliminationStepper()
    demo.set(step=7)
    assert "solution" in demo.caption
    demo.controls["system"].value = "zero in the first place"
    assert demo.values["step"] == 0
    assert demo.controls["step"].max == 1
    demo.set(step=1)
    demo.controls["swap"].value = True
    assert demo.controls["step"].max == len(demo.moves("zero in the first place", True)) - 1


@given(st.fractions(min_value=-50, max_value=50, max_denominator=999))
def test_fractions_are_recognised(fraction):
    assert demos.fraction_text(float(fraction)).replace("−", "-") == str(fraction)


@pytest.mark.parametrize("p", demos.UnitBalls.powers)
def test_unit_ball_has_norm_one_all_around(p):
    ball = demos.unit_ball(p)
    lengths = np.abs(ball).max(axis=0) if p == np.inf else (np.abs(ball) ** p).sum(axis=0)
    np.testing.assert_allclose(lengths, 1)
    np.testing.assert_allclose(ball[:, 0], ball[:, -1], atol=1e-12)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.5, "gives v the size 4.18, but it is no norm: the ball is not convex."),
        (1.0, "For p = 1 the norm of v = (1.2, 0.9) is 2.10. The ball is convex."),
        (2.0, "For p = 2 the norm of v = (1.2, 0.9) is 1.50. The ball is convex."),
        (np.inf, "For p = ∞ the norm of v = (1.2, 0.9) is 1.20. The ball is convex."),
    ],
)
def test_unit_balls_say_the_norm(p, words):
    demo = demos.UnitBalls()
    demo.set(p=p)
    assert words in demo.caption


@pytest.mark.parametrize("pivot", demos.PivotSize.pivots)
def test_pivot_errors_follow_the_law(pivot):
    """Without a swap the error is at most a few ε / pivot, or 1; with it, a few ε."""
    plain, swapped = demos.pivot_errors(pivot)
    assert plain <= min(2 * demos.EPSILON / pivot, 1.5)
    assert swapped <= 2 * demos.EPSILON


def test_without_a_swap_a_tiny_pivot_loses_everything():
    plain, swapped = demos.pivot_errors(1e-20)
    assert plain == 1
    assert swapped == 0


@pytest.mark.parametrize("name", ["china.jpg", "flower.jpg"])
def test_photograph_is_its_layers(name):
    pixels, factors = demos.decomposed_photograph(name)
    assert pixels.shape == (demos.PHOTO_HEIGHT, demos.PHOTO_WIDTH)
    assert 0 <= pixels.min() < 0.3
    assert 0.7 < pixels.max() <= 1
    U, s, Vh = np.linalg.svd(pixels, full_matrices=False)
    for rank in (1, 10, 120):
        approximation = demos.low_rank(factors, rank)
        np.testing.assert_allclose(approximation, (U[:, :rank] * s[:rank]) @ Vh[:rank], atol=1e-9)
        cut_off = np.sqrt((s[rank:] ** 2).sum())
        assert np.linalg.norm(pixels - approximation) == pytest.approx(cut_off, abs=1e-9)


def test_photograph_counts_and_errors():
    demo = demos.LowRankPhotograph()
    assert "3,010 numbers instead of 21,600, that is 14%" in demo.caption
    demo.set(rank=120)
    assert "36,120 numbers" in demo.caption
    assert "error is 0.0%" in demo.caption
    assert "More than the photograph itself" in demo.caption


@pytest.mark.parametrize("shape", demos.PCACloud.shapes.values(), ids=str)
def test_cloud_is_centred_has_its_shape_and_stays_in_the_picture(shape):
    X = demos.cloud(shape)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    deviations = np.sqrt(np.linalg.eigvalsh(np.cov(X.T))[::-1])
    np.testing.assert_allclose(deviations, shape, rtol=0.15)
    assert np.linalg.norm(X, axis=1).max() < 4.6


@given(st.integers(-180, 180), st.integers(-90, 90))
def test_views_are_rotations(turn, tilt):
    R = demos.view_from(turn, tilt)
    np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(R) == pytest.approx(1)


def test_no_direction_has_more_variance_than_the_first_axis():
    """And some view reaches it, so that the reader can find it."""
    demo = demos.PCACloud()
    shares = []
    for turn in range(-180, 181, 20):
        for tilt in range(-90, 91, 15):
            caption = demo.update("ellipsoid", 3, turn, tilt)
            horizontal, first = map(int, re.findall(r"(\d+)%", caption)[:2])
            shares.append(horizontal)
    assert first - 2 <= max(shares) <= first
    assert min(shares) < 10


@pytest.mark.parametrize(("x", "text"), [(-1.0, "−1.00"), (-0.001, "0.00"), (2.345, "2.35"), (1e6, "1000000.00")])
def test_numbers_in_captions(x, text):
    assert demos.number(x) == text
