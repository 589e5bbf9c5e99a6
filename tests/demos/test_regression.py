"""The mathematics behind the demos of lecture 05, and what they say at the ends of their sliders."""

from __future__ import annotations

import itertools
import re
import warnings

import numpy as np
import pytest
import sklearn.linear_model
import sklearn.metrics

from course_lib.data import advertising_head, simulate_advertising
from course_lib.demos import regression as demos
from course_lib.probability import sigmoid


class TestFitALine:
    def test_no_line_beats_the_optimum(self, rng):
        demo = demos.FitALine()
        least = demos.residual_squares(demo.x, demo.y, *demo.best)
        w, b = np.polyfit(demo.x, demo.y, 1)
        assert demo.best == pytest.approx((b, w))
        for intercept, slope in rng.uniform([0, 0], [14, 1], (200, 2)):
            assert demos.residual_squares(demo.x, demo.y, intercept, slope) >= least

    def test_the_squares_stand_on_the_errors_and_add_up(self):
        demo = demos.FitALine()
        demo.set(intercept=3.0, slope=0.7)
        boxes = [path.vertices for path in demo.squares.get_paths()]
        sides = [np.ptp(box, axis=0) for box in boxes]
        np.testing.assert_allclose([side[0] for side in sides], [side[1] for side in sides])
        missed = demo.y - 3.0 - 0.7 * demo.x
        np.testing.assert_allclose([side[1] for side in sides], np.abs(missed))
        (total,) = demo.sum.get_paths()
        assert np.prod(np.ptp(total.vertices, axis=0)) == pytest.approx(np.sum(missed**2))
        assert f"squares of {np.sum(missed**2):.1f} in all" in demo.caption

    def test_the_squares_stay_in_the_picture(self):
        demo = demos.FitALine()
        for intercept in (0.0, 14.0):
            for slope in (0.0, 1.0):
                demo.set(intercept=intercept, slope=slope)
                corners = np.concatenate([path.vertices for path in demo.squares.get_paths()])
                assert demo.span[0] < corners.min()
                assert corners.max() < demo.span[1]

    def test_a_square_looks_like_one(self):
        left, right = demos.FitALine()._figure.axes
        for ax in (left, right):
            width, height = ax.get_window_extent().size
            assert width == pytest.approx(height)
            assert np.ptp(ax.get_xlim()) == np.ptp(ax.get_ylim())

    def test_the_sum_fits_into_its_picture(self):
        demo = demos.FitALine()
        low, high = demo._figure.axes[1].get_xlim()
        for intercept in (0.0, 14.0):
            for slope in (0.0, 1.0):
                assert low < demos.residual_squares(demo.x, demo.y, intercept, slope) ** 0.5 < high

    def test_the_optimum_is_a_secret_until_asked_for(self):
        demo = demos.FitALine()
        assert "least possible" not in demo.caption
        assert not demo.best_line.get_visible()
        demo.set(intercept=8.2, slope=0.52, optimum=True)
        assert demo.caption.endswith("yours is 1.00 times as much.")
        assert demo.best_line.get_visible()

    def test_the_markets_are_real(self):
        demo = demos.FitALine()
        np.testing.assert_array_equal(demo.y, advertising_head().y)
        np.testing.assert_allclose(10 * demo.x, advertising_head().X[:, 0])


class TestPlaneAndSurface:
    @pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (30, 20), (-135, 80), (90, 90)])
    def test_projection_turns_and_does_not_stretch(self, azimuth, elevation, rng):
        points = rng.standard_normal((5, 3))
        turned = demos.projection(points, azimuth, elevation)
        np.testing.assert_allclose(turned @ turned.T, points @ points.T, atol=1e-12)
        axes = demos.projection(np.eye(3), azimuth, elevation)
        assert np.linalg.det(axes) == pytest.approx(1)
        assert axes[2, 1] >= -1e-12, "up stays up"

    def test_projection_from_the_x_axis_sees_y_to_the_right(self):
        np.testing.assert_allclose(demos.projection(np.eye(3), 0, 0), [[0, 0, 1], [1, 0, 0], [0, 1, 0]], atol=1e-12)

    def test_quadrilaterals_go_round_each_cell(self):
        i, j = np.indices((3, 4))
        cells = demos.quadrilaterals(np.stack([i, j], axis=-1).astype(float))
        assert cells.shape == (6, 4, 2)
        following = np.roll(cells, -1, axis=1)
        assert (np.abs(cells - following).sum(axis=-1) == 1).all()
        assert len({tuple(cell.mean(axis=0)) for cell in cells}) == 6

    @pytest.mark.parametrize("product", [False, True])
    def test_fits_are_least_squares(self, product):
        markets = simulate_advertising(np.random.default_rng(0))
        X = markets.X[:, :2]
        model = demos.fit_surface(X, markets.y, product)
        columns = np.column_stack([X, X.prod(axis=1)]) if product else X
        oracle = sklearn.linear_model.LinearRegression().fit(columns, markets.y)
        fitted = demos.predict_surface(model, X.reshape(20, 10, 2))
        np.testing.assert_allclose(fitted.ravel(), oracle.predict(columns))
        assert demos.r_squared(markets.y, fitted.ravel()) == pytest.approx(oracle.score(columns, markets.y))

    def test_the_line_steepens_only_on_the_surface(self):
        demo = demos.PlaneAndSurface()
        told = {}
        for product in (False, True):
            for radio in (0, 50):
                demo.set(product=product, radio=radio)
                told[product, radio] = int(demo.caption.split("TV sell ")[1].split(" units")[0])
        assert told[False, 0] == told[False, 50]
        assert told[True, 0] == pytest.approx(19, abs=3)
        assert told[True, 50] == pytest.approx(74, abs=5)

    def test_the_plane_misses_with_a_pattern_and_the_surface_without(self):
        demo = demos.PlaneAndSurface()
        missed = {}
        for product in (False, True):
            demo.set(product=product)
            missed[product] = [
                int(size) if side == "above" else -int(size)
                for size, side in re.findall(r"(\d+) units (above|below)", demo.caption)
            ]
        assert missed[False][0] > 500
        assert missed[False][1] < -500
        assert max(map(abs, missed[True])) < 100

    def test_points_are_full_above_and_hollow_below(self):
        demo = demos.PlaneAndSurface()
        assert len(demo.above.get_xdata()) + len(demo.below.get_xdata()) == 200
        assert len(demo.stems.get_segments()) == 200

    def test_shows_the_markets_it_is_given(self):
        markets = simulate_advertising(np.random.default_rng(3), n=50)
        demo = demos.PlaneAndSurface(markets)
        assert len(demo.stems.get_segments()) == 50
        assert demo._figure.axes[0].get_title() == markets.source


class TestStepwiseSelection:
    def test_forward_misses_the_pair_that_best_subset_finds(self):
        X, y, _ = demos.hidden_pair()
        sets = {name: search(X, y).features for name, search in demos.StepwiseSelection.searches.items()}
        assert set(sets["best subset"][4]) == set(sets["backward"][4]) == {0, 1, 2, 3}
        assert set(sets["best subset"][3]) > {0, 1}
        assert next(size for size, chosen in enumerate(sets["forward"]) if {0, 1} <= set(chosen)) == 6
        assert 4 in sets["forward"][2]

    def test_membership(self):
        path = demos.forward_selection(np.eye(4)[:, :2], np.array([1.0, 3.0, 0.0, 0.0]))
        np.testing.assert_array_equal(demos.membership(path, 2), [[0, 0], [0, 1], [1, 1]])

    def test_caption_names_who_came_and_who_went(self):
        demo = demos.StepwiseSelection()
        demo.set(search="best subset", predictors=5)
        assert "With 5 predictors: sex, bmi, bp, s3, s5." in demo.caption
        assert "Against 4: sex, s3 came and s1 went." in demo.caption
        demo.set(search="forward")
        assert "went" not in demo.caption

    @pytest.mark.parametrize(("criterion", "best"), [("BIC", 6), ("AIC", 6), ("Cp", 6), ("adjusted R²", 8), ("R²", 10)])
    def test_criteria_charge_more_or_less(self, criterion, best):
        demo = demos.StepwiseSelection()
        demo.set(criterion=criterion)
        assert f"{criterion} prefers {best} predictors" in demo.caption
        assert demo.best.get_xdata()[0] == best

    def test_curve_is_in_its_frame(self):
        demo = demos.StepwiseSelection()
        for criterion in demo.criteria:
            demo.set(criterion=criterion)
            heights = demo.curve.get_ydata()
            assert (heights.min(), heights.max()) == (0, 1)


def shares(demo: demos.FeatureBoundary, **values) -> tuple[float, float]:
    """Per cent of the training points that are right, and of new ones."""
    demo.set(**values)
    train, test = re.search(r"([\d.]+)% of the 80 training points are right, and ([\d.]+)%", demo.caption).groups()
    return float(train), float(test)


class TestFeatureBoundary:
    def test_powers(self, rng):
        X = rng.standard_normal((4, 2))
        made = demos.powers(X, 3)
        assert made.shape == (4, 9)
        expected = [X[:, 0] ** i * X[:, 1] ** (d - i) for d in (1, 2, 3) for i in range(d, -1, -1)]
        np.testing.assert_allclose(made, np.stack(expected, axis=1))

    @pytest.mark.parametrize("shape", demos.SHAPES)
    def test_both_classes_occur(self, shape):
        X, y = demos.two_classes(shape, 1000, seed=0)
        assert X.shape == (1000, 2)
        assert 0.2 < y.mean() < 0.8

    @pytest.mark.parametrize("threshold", [0.5, 0.8])
    def test_shares_of_right_answers(self, threshold):
        demo = demos.FeatureBoundary()
        demo.set(degree=2, threshold=threshold)
        (X, y), _ = demo.samples["ring"]
        oracle = sklearn.linear_model.LogisticRegression(C=10.0, solver="newton-cholesky", tol=1e-8)
        probability = oracle.fit(demos.powers(X, 2), y).predict_proba(demos.powers(X, 2))[:, 1]
        right = sklearn.metrics.accuracy_score(y, probability > threshold)
        assert f"{right:.1%} of the {len(y)} training points" in demo.caption

    def test_the_boundary_is_where_the_probability_equals_the_threshold(self):
        demo = demos.FeatureBoundary()
        demo.set(degree=2, threshold=0.8)
        (X, y), _ = demo.samples["ring"]
        model = sklearn.linear_model.LogisticRegression(C=10.0, solver="newton-cholesky", tol=1e-8)
        model.fit(demos.powers(X, 2), y)
        line = np.concatenate(demo.boundary.get_segments())
        np.testing.assert_allclose(model.predict_proba(demos.powers(line, 2))[:, 1], 0.8, atol=0.01)

    def test_a_ring_needs_degree_two(self):
        demo = demos.FeatureBoundary()
        assert shares(demo, degree=2)[1] > 88
        assert shares(demo, degree=1)[1] < 75
        assert demo.caption.endswith("No boundary crosses the picture: every point is called 0.")
        assert not demo.boundary.get_segments()

    def test_four_corners_learn_the_noise_at_degree_six_unless_it_costs(self):
        """The numbers that the lecture quotes."""
        demo = demos.FeatureBoundary()
        demo.set(shape="four corners")
        assert shares(demo, degree=2, C=1000.0) == (86.2, 85.9)
        assert shares(demo, degree=6, C=1000.0) == (92.5, 80.6)
        assert shares(demo, degree=6, C=10.0) == (87.5, 83.3)
        assert shares(demo, degree=6, C=0.1) == (80.0, 68.9)
        assert "boundary crosses" not in demo.caption

    def test_every_fit_converges(self):
        demo = demos.FeatureBoundary()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for shape in demos.SHAPES:
                for C in (0.01, 10.0, 1000.0):
                    demo.set(shape=shape, degree=6, C=C)


class TestLikelihoodClimb:
    def test_mean_nll_is_scikit_learns_log_loss(self, rng):
        X, y, W = rng.standard_normal((30, 2)), rng.integers(0, 2, 30), rng.standard_normal((4, 2))
        expected = [sklearn.metrics.log_loss(y, sigmoid(X @ w)) for w in W]
        np.testing.assert_allclose(demos.mean_nll(W, X, y), expected)

    @pytest.mark.parametrize("centred", [True, False])
    def test_the_top_is_the_fit(self, centred):
        hill = demos.LikelihoodClimb().hills[centred]
        oracle = sklearn.linear_model.LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10)
        oracle.fit(hill.J.X[:, 1:], hill.J.Y[:, 0])
        np.testing.assert_allclose(hill.top, [oracle.intercept_[0], oracle.coef_[0, 0]], rtol=1e-6)
        (b_low, b_high), (w_low, w_high) = hill.intercepts, hill.slopes
        assert b_low < hill.top[0] < b_high
        assert w_low < hill.top[1] < w_high

    def test_contours_lie_at_their_heights(self):
        hill = demos.LikelihoodClimb().hills[True]
        for line, level in zip(hill.segments, hill.levels, strict=True):
            np.testing.assert_allclose(hill.height(line) - hill.lowest, np.exp(-level), rtol=0.1, atol=2e-4)

    def test_gradient_steps_follow_the_gradient(self):
        J = demos.tumour_likelihood(centred=True)
        path = demos.gradient_ascent(J, 0.5, 3)
        assert path.shape == (4, 2)
        for before, after in itertools.pairwise(path):
            p = sigmoid(J.X @ before)
            np.testing.assert_allclose(after, before - 0.5 * (p - J.Y[:, 0]) @ J.X / len(p))

    def test_newton_arrives_in_the_same_number_of_steps_whether_centred_or_not(self):
        demo = demos.LikelihoodClimb()
        demo.set(rate=10.0)
        assert "gradient needs 11 steps and Newton needs 5 steps" in demo.caption
        demo.set(centred=False)
        assert "gradient needs more than 60 and Newton needs 5 steps" in demo.caption

    def test_no_rate_but_the_largest_arrives(self):
        demo = demos.LikelihoodClimb()
        for rate in (0.03, 0.1, 0.3, 1.0, 3.0):
            demo.set(rate=rate, step=60)
            assert "gradient needs more than 60" in demo.caption
        assert "2.8e-05 nats per tumour below the top" in demo.caption

    def test_what_overshoots_stays_in_the_picture(self):
        demo = demos.LikelihoodClimb()
        demo.set(rate=10.0, centred=False)
        low, high = demo._figure.axes[1].get_ylim()
        assert low < demo.gradient.get_ydata().max() < high

    def test_path_ends_at_the_dot(self):
        demo = demos.LikelihoodClimb()
        for method in ("gradient", "Newton"):
            demo.set(method=method, step=4)
            path = demo.path.get_xydata()
            assert len(path) == 5
            np.testing.assert_array_equal(path[0], [0, 0])
            np.testing.assert_array_equal(path[-1], demo.here.get_xydata()[0])
        demo.set(step=60)
        assert "at the top, to the last digit" in demo.caption
