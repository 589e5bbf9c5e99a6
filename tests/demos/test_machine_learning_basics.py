"""The mathematics behind the demos of lecture 04, and what they say at the ends of their sliders."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.linear_model
import sklearn.metrics
import sklearn.model_selection
import sklearn.neighbors
import sklearn.preprocessing
from scipy.stats import norm
from sklearn.pipeline import make_pipeline

from course_lib.demos import machine_learning_basics as demos

GRID = np.linspace(-1, 1, 41)


class TestUnderOverfit:
    def test_basis_is_orthonormal_on_the_inputs_and_the_same_polynomials_elsewhere(self):
        x = demos.spread_inputs(20)
        basis, basis_at = demos.orthonormal_polynomials(x, GRID, 6)
        np.testing.assert_allclose(basis @ basis.T, np.eye(7), atol=1e-12)
        for degree, (on_inputs, elsewhere) in enumerate(zip(basis, basis_at, strict=True)):
            np.testing.assert_allclose(np.polyval(np.polyfit(x, on_inputs, degree), GRID), elsewhere, atol=1e-9)

    def test_inputs_fill_the_interval_evenly(self):
        for n in (20, 200):
            assert np.histogram(demos.spread_inputs(n), n, (-1, 1))[0].tolist() == [1] * n

    @pytest.mark.parametrize("degree", [0, 1, 4, 9])
    def test_fits_are_least_squares(self, degree, rng):
        x = demos.spread_inputs(30)
        y = rng.standard_normal(30)
        on_inputs, at = demos.polynomial_fits(x, y, GRID, 9)
        oracle = make_pipeline(
            sklearn.preprocessing.PolynomialFeatures(degree), sklearn.linear_model.LinearRegression()
        ).fit(x[:, None], y)
        np.testing.assert_allclose(on_inputs[degree], oracle.predict(x[:, None]), atol=1e-9)
        np.testing.assert_allclose(at[degree], oracle.predict(GRID[:, None]), atol=1e-9)

    @pytest.mark.parametrize("name", demos.TRUTHS)
    def test_expected_errors_are_the_means_over_many_draws(self, name, rng):
        f, x, noise, highest, draws = demos.TRUTHS[name], demos.spread_inputs(30), 0.5, 5, 2000
        measured = np.zeros((2, highest + 1))
        for _ in range(draws):
            y = f(x) + noise * rng.standard_normal(30)
            fits, fits_at = demos.polynomial_fits(x, y, GRID, highest)
            y_test = f(GRID) + noise * rng.standard_normal(len(GRID))
            measured += ((y - fits) ** 2).mean(axis=1), ((y_test - fits_at) ** 2).mean(axis=1)
        expected = demos.expected_errors(f, x, noise, GRID, highest)
        np.testing.assert_allclose(measured / draws, expected, rtol=0.03)

    def test_training_error_falls_and_each_truth_wants_its_own_degree(self):
        x = demos.spread_inputs(50)
        best = {}
        for name, f in demos.TRUTHS.items():
            training, test = demos.expected_errors(f, x, 0.3, GRID, 15)
            assert (np.diff(training) < 0).all()
            best[name] = test.argmin()
            assert test[0] > 1.5 * test.min() or name == "near-linear"
            assert test[15] > 1.2 * test.min()
        assert best["near-linear"] == 1
        assert best["smooth"] in (3, 4, 5)
        assert best["wiggly"] in (10, 11, 12, 13)

    def test_verdict(self):
        test = np.array([1.0, 0.5, 0.2, 0.21, 0.5])
        words = [demos.verdict(degree, 2, test).split()[-1] for degree in range(5)]
        assert words == ["underfits.", "underfits.", "right.", "right.", "overfits."]

    def test_caption_and_marks_tell_the_same(self):
        demo = demos.UnderOverfit()
        demo.set(degree=12)
        assert "overfits" in demo.caption
        assert f"training error {demo.own_training.get_ydata()[0]:.3g}" in demo.caption
        assert f"test error {demo.own_test.get_ydata()[0]:.3g}" in demo.caption
        demo.set(degree=3)
        assert "about right" in demo.caption
        demo.set(truth="wiggly")
        assert "underfits" in demo.caption

    def test_where_the_lecture_says_that_the_bottom_is(self):
        best = {
            (n, noise): demos.expected_errors(
                demos.TRUTHS["smooth"], demos.spread_inputs(n), noise, demos.UnderOverfit.grid, 15
            )[1].argmin()
            for n, noise in [(20, 0.3), (30, 0.3), (50, 0.3), (100, 0.3), (200, 0.3), (30, 0.15), (30, 0.1)]
        }
        assert list(best.values()) == [3, 3, 3, 3, 5, 3, 5]

    @pytest.mark.parametrize(
        ("settings", "marker", "place"),
        [({"n": 20}, "^", 10.0), ({"noise": 0}, "v", 1e-3), ({"n": 200}, "s", None)],
    )
    def test_an_error_beyond_the_plane_is_an_arrow_at_its_edge(self, settings, marker, place):
        demo = demos.UnderOverfit()
        demo.set(degree=15, **settings)
        assert demo.own_test.get_marker() == marker
        error = demo.own_test.get_ydata()[0]
        assert error == place if place else 1e-3 < error < 10

    def test_another_draw_moves_the_fit_but_not_the_expectation(self):
        demo = demos.UnderOverfit()
        before, expected = demo.fitted.get_ydata(), demo.test.get_ydata()
        demo.set(draw=2)
        assert np.abs(demo.fitted.get_ydata() - before).max() > 0.01
        np.testing.assert_array_equal(demo.test.get_ydata(), expected)


class TestCurseOfDimensionality:
    @pytest.mark.parametrize("p", [1, 3])
    def test_errors_are_those_of_a_nearest_neighbour_regressor(self, p):
        n, highest, share = 100, 3, 0.1
        rng = np.random.default_rng(3)
        X, X_test = demos.uniform_points(n, highest), rng.random((100, highest))
        f, f_test = (np.sin(2.8 * (2 * inputs[:, 0] - 1)) for inputs in (X, X_test))
        y = f + demos.NOISE * rng.standard_normal(n)
        table = demos.dimension_errors(n, (share,), highest)
        for estimator, error in (
            (sklearn.neighbors.KNeighborsRegressor(10), table.neighbours[p - 1, 0]),
            (sklearn.linear_model.LinearRegression(), table.linear[p - 1]),
        ):
            predicted = estimator.fit(X[:, :p], y).predict(X_test[:, :p])
            expected = sklearn.metrics.mean_squared_error(f_test, predicted) + demos.NOISE**2
            assert error == pytest.approx(expected)

    def test_what_the_lecture_says_to_notice(self):
        """Where the line overtakes: at six dimensions; hardly later with more data, unless fewer neighbours average."""
        demo = demos.CurseOfDimensionality()
        for n, share, expected in ((100, 0.1, 6), (1000, 0.1, 7), (1000, 0.01, 12)):
            table = demo.tables[n]
            behind = table.neighbours[:, demo.shares.index(share)] > table.linear
            assert 1 + behind.argmax() == expected

    def test_neighbours_lose_their_lead(self):
        demo = demos.CurseOfDimensionality()
        assert "spans 10% of an axis" in demo.caption
        assert demo.caption.endswith("neighbours win.")
        demo.set(p=10)
        assert "spans 79% of an axis" in demo.caption
        assert demo.caption.endswith("the straight line wins.")

    def test_the_cube_holds_its_share_of_the_points(self):
        demo = demos.CurseOfDimensionality()
        for p in (1, 2, 5):
            demo.set(p=p, n=1000, share=0.2)
            inside, outside = len(demo.inside.get_xdata()), len(demo.outside.get_xdata())
            assert inside + outside == 1000
            assert inside == pytest.approx(200, abs=3 * np.sqrt(1000 * 0.2 * 0.8))


class TestThresholdViews:
    @pytest.mark.parametrize("separation", [0.0, 1.0, 2.0])
    def test_scores_have_the_area_of_two_normals(self, separation):
        y, score = demos.scored_samples(0.5, separation)
        assert sklearn.metrics.roc_auc_score(y, score) == pytest.approx(norm.cdf(separation / np.sqrt(2)), abs=0.02)

    @pytest.mark.parametrize("share", demos.ThresholdViews.shares)
    def test_share_of_positives(self, share):
        y, _ = demos.scored_samples(share, 1.0)
        assert y.mean() == pytest.approx(share)

    def test_judge(self, rng):
        y, predicted = rng.integers(0, 2, (2, 50))
        report = demos.judge(y, predicted == 1)
        np.testing.assert_array_equal(report.matrix, sklearn.metrics.confusion_matrix(y, predicted))
        assert report.accuracy == pytest.approx(sklearn.metrics.accuracy_score(y, predicted))
        assert report.precision == pytest.approx(sklearn.metrics.precision_score(y, predicted))
        assert report.recall == pytest.approx(sklearn.metrics.recall_score(y, predicted))
        assert report.specificity == pytest.approx(sklearn.metrics.recall_score(y, predicted, pos_label=0))
        assert report.f1 == pytest.approx(sklearn.metrics.f1_score(y, predicted))

    def test_where_nothing_is_called_positive_there_is_no_precision(self):
        demo = demos.ThresholdViews()
        demo.set(threshold=7.5, share=0.01)
        assert "accuracy 99.0%, precision undefined, recall 0.0%" in demo.caption

    def test_with_few_positives_most_alarms_are_false(self):
        demo = demos.ThresholdViews()
        demo.set(share=0.01)
        assert "accuracy 83.9%, precision 4.8%, recall 80.0%" in demo.caption
        assert demo.caption.endswith("Saying negative every time would have an accuracy of 99.0%.")

    def test_the_point_lies_on_the_curve(self):
        demo = demos.ThresholdViews()
        for threshold in (-4.5, 0.0, 1.0, 2.5, 7.5):
            demo.set(threshold=threshold, share=0.1)
            (fpr,), (tpr,) = demo.point.get_data()
            curve = demo.roc.get_xydata()
            below, above = curve[curve[:, 0] <= fpr + 1e-12][-1], curve[curve[:, 0] >= fpr - 1e-12][0]
            assert min(above[1], below[1]) - 1e-12 <= tpr <= max(above[1], below[1]) + 1e-12
            counts = [int(text.get_text().split()[1].replace(",", "")) for text in demo.counts]
            assert counts[1] / (counts[0] + counts[1]) == pytest.approx(fpr)
            assert counts[3] / (counts[2] + counts[3]) == pytest.approx(tpr)

    def test_histograms_hold_every_sample(self):
        for share in demos.ThresholdViews.shares:
            for separation in (0.0, 4.0):
                _, score = demos.scored_samples(share, separation)
                assert np.histogram(score, demos.ThresholdViews.edges)[0].sum() == 2000


class TestKFoldViewer:
    @pytest.mark.parametrize("k", [2, 5, 20])
    @pytest.mark.parametrize("shuffle", [False, True])
    def test_errors_are_those_of_cross_validation(self, k, shuffle):
        x, y = demos.fold_data(20)
        folds = sklearn.model_selection.KFold(k, shuffle=shuffle, random_state=0 if shuffle else None)
        cubic = make_pipeline(sklearn.preprocessing.PolynomialFeatures(3), sklearn.linear_model.LinearRegression())
        expected = -sklearn.model_selection.cross_val_score(
            cubic, x[:, None], y, cv=folds, scoring="neg_mean_squared_error"
        )
        _, errors = demos.fold_fits(x, y, list(folds.split(x)), GRID, 3)
        np.testing.assert_allclose(errors, expected)

    def test_leave_one_out_does_not_care_for_the_order(self):
        demo = demos.KFoldViewer()
        estimates = set()
        for shuffle in (False, True):
            demo.set(k=20, shuffle=shuffle)
            assert demo.caption.startswith("Leave-one-out: 20 fits, each on 19 of 20 samples.")
            estimates.add(demo.caption.split()[-1])
        assert len(estimates) == 1

    def test_unshuffled_halves_are_a_disaster(self):
        demo = demos.KFoldViewer()
        demo.set(k=2)
        assert float(demo.caption.split()[-1].rstrip(".")) > 10
        demo.set(shuffle=True)
        assert float(demo.caption.split()[-1].rstrip(".")) < 0.5

    def test_bars_and_mean_stay_on_their_axis(self):
        demo = demos.KFoldViewer()
        low, high = demo.span
        for k, shuffle in ((2, False), (2, True), (5, False), (20, True)):
            demo.set(k=k, shuffle=shuffle)
            errors, _, baseline = demo.bars.get_data()
            assert baseline == low < errors.min()
            assert errors.min() < demo.mean.get_xdata()[0] < errors.max() < high

    def test_every_sample_validates_once(self):
        demo = demos.KFoldViewer()
        for k in (3, 5, 20):
            demo.set(k=k)
            table = np.asarray(demo.table.get_array())
            assert table.shape == (k, 20)
            assert table.sum(axis=0).tolist() == [1] * 20

    def test_folds_to_show_follow_their_number(self):
        demo = demos.KFoldViewer()
        demo.set(fold=5)
        demo.set(k=3)
        assert demo.values["fold"] == 3
        demo.set(k=20)
        assert demo.controls["fold"].max == 20
        assert "each on 13 or 14 of 20" not in demo.caption
        demo.set(k=3)
        assert "each on 13 or 14 of 20" in demo.caption
