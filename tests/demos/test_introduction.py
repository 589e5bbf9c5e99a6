"""The mathematics and the words of the demos of lecture 01."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.data import to_polar
from course_lib.demos import introduction as d
from course_lib.models import Perceptron, mistake_bound, with_constant


def all_steps(demo):
    """Carry on until nothing is left to do, and draw that."""
    while demo.advance(**demo.values):
        pass
    demo.step()


# ---- PerceptronMistakes


@pytest.fixture(scope="module")
def perceptron():
    return d.PerceptronMistakes()


@given(st.integers(0, 1000), st.sampled_from([0.02, 0.1, 0.4]))
def test_points_keep_their_distance_from_the_line(seed, gap):
    X, y, w = d.separable_points(gap, 0, np.random.default_rng(seed))
    assert np.hypot(w[0], w[1]) == pytest.approx(1)
    assert (y * (X @ w[:2] + w[2]) >= gap - 1e-12).all()
    assert np.abs(X).max() < d.PerceptronMistakes.limit


def test_as_many_labels_are_wrong_as_asked_for():
    right, wrong = (d.separable_points(0.1, flipped, np.random.default_rng(3))[1] for flipped in (0, 2))
    assert (right != wrong).sum() == 2


def test_learning_is_that_of_the_perceptron():
    X, y, teacher = d.separable_points(0.05, 0, np.random.default_rng(4))
    moments = list(d.learning(with_constant(X), y))
    model = Perceptron(shuffle=False).fit(X, y)
    assert [m.done for m in moments] == [False] * model.n_mistakes_ + [True]
    assert [m.mistakes for m in moments] == [*range(1, model.n_mistakes_ + 1), model.n_mistakes_]
    np.testing.assert_allclose(moments[-1].w, [*model.coef_[0], *model.intercept_])
    assert moments[-1].looked == model.n_iter_ * len(y)
    assert model.n_mistakes_ <= mistake_bound(with_constant(X), y, teacher)
    for moment in moments[:-1]:
        point = np.append(X[moment.row], 1)
        assert y[moment.row] * (moment.before @ point) <= 0
        np.testing.assert_allclose(moment.w, moment.before + y[moment.row] * point)


@given(st.tuples(*[st.floats(-5, 5)] * 3))
def test_boundary_and_half_plane(w):
    w = np.array(w)
    assume(np.hypot(w[0], w[1]) > 1e-3)
    ends = d.boundary_points(w, 2.0)
    np.testing.assert_allclose(w[:2] @ ends + w[2], 0, atol=1e-6 * (1 + np.abs(ends).max() * np.abs(w).max()))
    assert np.hypot(*(ends[:, 1] - ends[:, 0])) == pytest.approx(16)
    corners = d.half_plane(w, 2.0)
    assert (corners[2:] @ w[:2] + w[2] > 0).all()


def test_without_weights_there_is_no_boundary():
    assert np.isnan(d.boundary_points(np.array([0.0, 0.0, 1.0]), 2.0)).all()


def test_the_first_mistake_is_the_first_point(perceptron):
    perceptron.reset()
    assert "Mistake 1:" in perceptron.caption
    assert "turns" not in perceptron.caption, "there was no boundary before"
    assert perceptron.now.row == 0
    np.testing.assert_allclose(perceptron.now.w[:2], perceptron.y[0] * perceptron.X[0])


def test_the_turn_is_the_angle_between_the_boundaries(perceptron):
    perceptron.reset()
    perceptron.step()
    before, after = (math.atan2(w[1], w[0]) for w in (perceptron.now.before, perceptron.now.w))
    turn = abs(math.remainder(after - before, 2 * math.pi))
    assert f"turns the boundary by {math.degrees(turn):.0f}°" in perceptron.caption


def test_it_runs_to_the_end_within_the_bound(perceptron):
    perceptron.reset()
    all_steps(perceptron)
    assert perceptron.caption.startswith("Done: a whole pass without a mistake.")
    assert perceptron.now.mistakes <= perceptron.most_possible
    before = perceptron.caption
    assert not perceptron.step(), "nothing is left to do"
    assert perceptron.caption == before


def test_a_narrow_gap_raises_the_bound(perceptron):
    perceptron.reset()
    bounds = []
    for gap in (0.4, 0.1, 0.02):
        perceptron.set(gap=gap)
        bounds.append(perceptron.most_possible)
    assert bounds == sorted(bounds)


def test_wrong_labels_never_end(perceptron):
    perceptron.reset()
    perceptron.set(flipped=3)
    all_steps(perceptron)
    assert perceptron.now.mistakes == perceptron.most
    assert "no end" in perceptron.caption
    assert "nothing bounds" in perceptron.caption


def test_moving_a_control_starts_over(perceptron):
    perceptron.reset()
    perceptron.step()
    perceptron.set(draw=5)
    assert "Mistake 1:" in perceptron.caption


# ---- PolarSwitch


@given(st.floats(0.1, 3), st.floats(-3.1, 3.1))
def test_unrolling_begins_with_the_plane_and_ends_with_polar_coordinates(r, angle):
    X = np.array([[r * math.cos(angle), r * math.sin(angle)]])
    np.testing.assert_allclose(d.unroll(X, 0), X, atol=1e-12)
    np.testing.assert_allclose(d.unroll(X, 1), to_polar(X), atol=1e-12)
    np.testing.assert_allclose(d.unroll(X, 1 - 1e-5), to_polar(X), atol=1e-3, err_msg="no jump at the end")


@given(st.floats(0, 1))
def test_the_unit_circle_keeps_its_length(t):
    angle = np.linspace(-3, 3, 2001)
    curve = d.unroll(np.stack([np.cos(angle), np.sin(angle)], axis=1), t)
    assert np.hypot(*np.diff(curve, axis=0).T).sum() == pytest.approx(6, rel=1e-4)


def test_the_line_divides_in_the_middle_what_can_be_divided():
    X = np.array([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]])
    w, accuracy = d.best_line(X, np.array([0, 0, 1, 1]))
    assert accuracy == 1
    np.testing.assert_allclose(w, [1, 0, -2], atol=1e-12)


@given(st.integers(0, 1000))
def test_no_line_beats_the_best_line(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((30, 2)), rng.permutation(np.repeat([0, 1], 15))
    w, accuracy = d.best_line(X, y)
    share = np.mean((X @ w[:2] + w[2] > 0) == y)
    assert max(share, 1 - share) == pytest.approx(accuracy)
    angle = np.radians(3 * rng.integers(60, size=300))
    sides = X @ np.stack([np.cos(angle), np.sin(angle)]) > rng.uniform(-2, 2, 300)
    assert np.abs((sides == y[:, None]).mean(axis=0) - 0.5).max() <= accuracy - 0.5 + 1e-12


def test_polar_helps_rings_and_harms_blobs():
    demo = d.PolarSwitch()
    first, last = demo.accuracies[0], demo.accuracies[-1]
    assert first < 0.75 < 0.99 < last
    assert "In Cartesian coordinates" in demo.caption
    demo.set(t=1.0)
    assert "In polar coordinates" in demo.caption
    assert demo.horizontal.get_text() == "radius r"
    demo.set(points="blobs")
    assert demo.accuracies[0] > 0.99 > 0.8 > demo.accuracies[-1]
    demo.set(points="spirals", noise=0.0)
    assert 0.5 < min(demo.accuracies) <= max(demo.accuracies) < 0.8, "no textbook coordinates for spirals"


# ---- FunctionChain


@given(st.floats(-5, 5))
def test_the_chain_of_the_lecture(x):
    values = [float(v[0]) for v in d.stages(["sin³", "exp", "cos", "log"], np.array([x]))]
    cosine = math.cos(math.exp(math.sin(x) ** 3))
    assert values[2] == pytest.approx(cosine, abs=1e-12)
    if cosine > 1e-9:
        assert values[3] == pytest.approx(math.log(cosine), rel=1e-6, abs=1e-9)
    elif cosine < 0:
        assert math.isnan(values[3])


def test_a_broken_chain_stays_broken():
    values = d.stages(["log", "exp", "|x|", "x"], np.array([-1.0, 1.0]))
    assert all(np.isnan(v[0]) for v in values)
    assert [float(v[1]) for v in values] == [0, 1, 1, 1]


def test_overflow_breaks_the_chain_without_a_warning():
    values = d.stages(["exp", "exp", "exp", "cos"], np.array([5.0]))
    assert np.isnan(values[-1])
    assert "too large to hold" in d.narrated(["exp", "exp", "exp", "cos"], 5.0)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (0.5, "x = 0.50 → sin³ → 0.11 → exp → 1.12 → cos → 0.44 → log → −0.82. The whole is log(cos(exp(sin³ x)))."),
        (1.5, "here the chain breaks, for log of the last number is not a real number."),
    ],
)
def test_the_way_of_a_number_in_words(x, words):
    assert words in d.narrated(["sin³", "exp", "cos", "log"], x)


@pytest.mark.parametrize(
    ("names", "formula"),
    [
        (["x", "x", "x", "x"], "x"),
        (["2x", "1 − |x|", "2x", "1 − |x|"], "1 − |2(1 − |2x|)|"),
        (["−x", "√", "x³"], "(√(−x))³"),
        (["cos", "−x"], "−(cos x)"),
    ],
)
def test_formula(names, formula):
    assert d.formula(names) == formula


def test_where_the_chain_has_no_value_a_band_is_drawn():
    demo = d.FunctionChain()
    band = np.asarray(demo.gaps[-1].get_data().values) > 0
    broken = np.isnan(demo.curves[-1].get_ydata())[:-1]
    assert band.any()
    assert (band <= broken).all()
    assert not (np.asarray(demo.gaps[0].get_data().values) > 0).any()


# ---- LocalVersusDistributed


@pytest.mark.parametrize("n", [1, 2, 5])
def test_codes(n):
    local, distributed = d.local_code(n), d.distributed_code(n)
    np.testing.assert_array_equal(local @ local.T, np.eye(n))
    assert distributed.shape == (2**n, n)
    assert len({tuple(name) for name in distributed}) == 2**n
    np.testing.assert_array_equal(distributed @ 2 ** np.arange(n)[::-1], np.arange(2**n))


def test_two_things_share_units_only_when_distributed():
    demo = d.LocalVersusDistributed()
    assert "16 things have a name. ○○○● and ○○●●: things 1 and 3 share 1 active unit." in demo.caption
    demo.set(first=7, second=15)
    assert "○●●● and ●●●●: things 7 and 15 share 3 active units." in demo.caption
    demo.reset()
    demo.set(code="local")
    assert "4 units, local code: 4 things" in demo.caption
    assert "○●○○ and ○○○●: things 1 and 3 share nothing." in demo.caption


def test_sliders_reach_as_far_as_the_names():
    demo = d.LocalVersusDistributed()
    demo.set(n=8)
    assert demo.controls["first"].max == 255
    demo.set(first=255, second=255)
    demo.set(code="local")
    assert demo.controls["second"].max == demo.values["second"] == 7
    assert "one thing compared with itself" in demo.caption
