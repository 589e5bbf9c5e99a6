"""The mathematics behind the demos of lecture 07, and what they say at the ends of their sliders."""

from __future__ import annotations

import re

import numpy as np
import pytest
import scipy.optimize
import torch

from course_lib.demos import gradient_based_learning as demos
from course_lib.demos import optimizer_race


def derivative(f, x, eps=1e-6):
    """Central differences of a function of an array, elementwise."""
    return (f(x + eps) - f(x - eps)) / (2 * eps)


def words_after(caption: str, words: str) -> float:
    return float(re.search(re.escape(words) + r" ([\d.e+-]*\d)", caption.replace(",", "")).group(1))


class TestRateOfDescent:
    @pytest.mark.parametrize("name", demos.CURVES)
    def test_derivatives(self, name):
        c, x = demos.CURVES[name], np.linspace(-2.5, 2.5, 41)
        np.testing.assert_allclose(c.slope(x), derivative(c.f, x), atol=1e-7)
        np.testing.assert_allclose(c.curvature(x), derivative(c.slope, x), atol=1e-7)

    @pytest.mark.parametrize("name", demos.CURVES)
    def test_minima(self, name):
        c = demos.CURVES[name]
        x = np.linspace(-3, 3, 6001)
        heights = c.f(x)
        lowest = x[1:-1][(heights[1:-1] < heights[:-2]) & (heights[1:-1] < heights[2:])]
        np.testing.assert_allclose(lowest, c.minima, atol=1e-3)
        np.testing.assert_allclose(c.slope(np.array(c.minima)), 0, atol=1e-11)

    def test_distance_is_multiplied_by_one_minus_rate_times_curvature(self):
        path = demos.descend(demos.CURVES["parabola"].slope, np.array([-2.0]), 0.3, 5)[:, 0]
        np.testing.assert_allclose(path, -2 * (1 - 0.3 * 2.0) ** np.arange(6))

    def test_all_rates_at_once_are_the_rates_one_by_one(self):
        slope, rates = demos.CURVES["two valleys"].slope, np.array([0.1, 0.4, 0.9])
        together = demos.descend(slope, np.full(3, 1.5), rates, 20)
        for k, rate in enumerate(rates):
            np.testing.assert_array_equal(together[:, k], demos.descend(slope, np.array([1.5]), rate, 20)[:, 0])

    def test_a_rate_below_the_limit_may_still_be_thrown_out_by_the_walls(self):
        demo = demos.RateOfDescent()
        demo.set(curve="two valleys", rate=0.56)
        assert "flown off" in demo.caption
        assert "creeps in" in demo.caption

    def test_a_runaway_stays_finite(self):
        path = demos.descend(demos.CURVES["two valleys"].slope, np.array([2.5]), 1.4, 40)
        assert np.isfinite(path).all()
        assert np.abs(path[-1]) > 1e6

    def test_the_dip_is_at_one_over_the_curvature(self):
        demo = demos.RateOfDescent()
        rates, away = demo.ends.get_data()
        assert rates[np.argmin(away)] == pytest.approx(0.5, abs=0.006)
        assert [line.get_xdata()[0] for line in demo.critical] == [0.5, 1.0]

    @pytest.mark.parametrize(
        ("rate", "words"), [(0.1, "creeps in"), (0.5, "lands"), (0.9, "swings in"), (1.0, "for ever"), (1.1, "out")]
    )
    def test_verdicts(self, rate, words):
        demo = demos.RateOfDescent()
        demo.set(rate=rate)
        assert words in demo.caption
        assert words_after(demo.caption, "the minimum is") == pytest.approx(2.2 * abs(1 - 2 * rate) ** 6, rel=0.02)

    def test_the_critical_rates_are_those_of_the_valley_it_comes_to(self):
        demo = demos.RateOfDescent()
        bends = set()
        for start in (-1.0, 1.0):
            demo.set(curve="two valleys", start=start, rate=0.1, steps=40)
            bends.add(words_after(demo.caption, "f″ ="))
        assert bends == {2.42, 1.51}


SURFACES = demos.SURFACES | optimizer_race.SURFACES
"""Those that descend by contours and those that are raced on."""


class TestContourDescent:
    @pytest.mark.parametrize("name", SURFACES)
    def test_derivatives(self, name, rng):
        s, x = SURFACES[name], rng.uniform(-2, 2, (30, 2))
        for i, step in enumerate(1e-6 * np.eye(2)):
            np.testing.assert_allclose(s.gradient(x)[:, i], (s.f(x + step) - s.f(x - step)) / 2e-6, atol=1e-7)
            column = (s.gradient(x + step) - s.gradient(x - step)) / 2e-6
            np.testing.assert_allclose(s.hessian(x)[..., i], column, atol=1e-6)

    @pytest.mark.parametrize("name", SURFACES)
    def test_minima(self, name):
        s = SURFACES[name]
        for minimum in s.minima:
            found = scipy.optimize.minimize(s.f, minimum + 0.05, jac=s.gradient, tol=1e-12).x
            np.testing.assert_allclose(found, minimum, atol=1e-5)
            assert s.f(minimum) == pytest.approx(s.lowest, abs=1e-10)

    def test_condition_numbers_are_as_promised(self):
        for name, kappa in (("round bowl (κ = 2)", 2), ("long valley (κ = 40)", 40)):
            w = np.linalg.eigvalsh(demos.SURFACES[name].hessian(np.zeros((1, 2)))[0])
            assert w[1] / w[0] == pytest.approx(kappa)
            assert w[1] == pytest.approx(2), "one critical rate for both: 2 / 2"

    def test_newton_lands_on_a_quadratic_in_one_step(self):
        demo = demos.ContourDescent()
        demo.set(surface="long valley (κ = 40)", beside=True)
        path = demo.newton.get_xydata()
        assert len(path) == 2
        np.testing.assert_allclose(path[-1], 0, atol=1e-12)

    def test_newton_climbs_onto_a_saddle_that_descent_leaves(self):
        demo = demos.ContourDescent()
        demo.set(surface="saddle", x=1.0, y=0.3, steps=300, beside=True)
        assert "gradient descent is at a minimum" in demo.caption
        assert "Newton's method, after 3, is at a saddle." in demo.caption

    def test_descent_from_the_ridge_ends_on_the_saddle(self):
        demo = demos.ContourDescent()
        demo.set(surface="saddle", y=0.0, steps=300)
        assert "at a saddle" in demo.caption

    @pytest.mark.parametrize(("rate", "arrives"), [(0.98, True), (1.05, False)])
    def test_the_critical_rate_of_the_valley(self, rate, arrives):
        demo = demos.ContourDescent()
        demo.set(surface="long valley (κ = 40)", rate=rate, steps=300)
        assert ("outside the picture" in demo.caption) != arrives

    def test_a_valley_is_slower_than_a_bowl_at_every_rate_that_works(self):
        above = {}
        for name in list(demos.SURFACES)[:2]:
            s = demos.SURFACES[name]
            above[name] = [s.f(demos.descend(s.gradient, np.array([-1.5, 1.2]), r, 50)[-1]) for r in (0.2, 0.5, 0.9)]
        bowl, valley = above.values()
        assert (np.array(bowl) < np.array(valley)).all()

    def test_nothing_moves_on_the_plateau(self):
        demo = demos.ContourDescent()
        demo.set(surface="plateau", x=-2.0, y=-2.0, rate=1.05, steps=300)
        assert "1 above the lowest point" in demo.caption

    def test_himmelblau_has_four_valleys(self):
        ends = set()
        for x in (-1.5, 1.5):
            for y in (-1.5, 1.5):
                s = demos.SURFACES["Himmelblau"]
                ends.add(tuple(demos.descend(s.gradient, np.array([x, y]), 0.1, 300)[-1].round(3)))
        assert ends == {tuple(m) for m in demos.SURFACES["Himmelblau"].minima.round(3)}


class TestSaturation:
    @pytest.mark.parametrize("truth", [0, 1])
    def test_losses_and_slopes_are_torchs(self, truth):
        z = torch.linspace(-10, 10, 41, dtype=torch.float64, requires_grad=True)
        y = torch.full_like(z, float(truth))
        oracles = {
            "cross-entropy": torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none"),
            "squared error": (torch.sigmoid(z) - y) ** 2,
        }
        for name, expected in oracles.items():
            loss, slope = demos.LOSSES[name]
            np.testing.assert_allclose(loss(z.detach().numpy(), truth), expected.detach().numpy(), atol=1e-15)
            (gradient,) = torch.autograd.grad(expected.sum(), z)
            np.testing.assert_allclose(slope(z.detach().numpy(), truth), gradient.numpy(), atol=1e-15)

    @pytest.mark.parametrize("name", demos.LOSSES)
    @pytest.mark.parametrize("truth", [0, 1])
    def test_the_race_follows_the_slopes(self, name, truth):
        path = demos.race(name, -4.0, truth, 0.7, 30)
        np.testing.assert_allclose(np.diff(path), -0.7 * demos.LOSSES[name][1](path[:-1], truth), rtol=1e-9)

    def test_cross_entropy_wins_and_squared_error_may_never_arrive(self):
        demo = demos.Saturation()
        demo.set(logit=-10.0)
        assert demo.caption.endswith("squared error not within 3,000 steps.")
        assert words_after(demo.caption, "90% or more from step") < 30

    def test_a_right_answer_is_right_from_the_start(self):
        demo = demos.Saturation()
        demo.set(logit=10.0)
        assert demo.caption.endswith("from step 0 on, with squared error from step 0 on.")

    def test_both_slopes_vanish_where_the_answer_is_right(self):
        for _, slope in demos.LOSSES.values():
            assert abs(slope(np.array([10.0]), 1)[0]) < 1e-4


class TestNoiseBall:
    def test_the_optimum_is_at_zero(self):
        problem = demos.LeastSquares.drawn(np.random.default_rng(0))
        np.testing.assert_allclose(problem.X.T @ problem.r, 0, atol=1e-9)
        assert problem.noise == pytest.approx(1, abs=0.1)

    def test_excess_is_the_cost_above_the_optimum(self, rng):
        problem = demos.LeastSquares.drawn(rng)

        def cost(d):
            return np.mean((problem.X @ d - problem.r) ** 2) / 2

        d = np.array([0.3, -0.7])
        assert problem.excess(d) == pytest.approx(cost(d) - cost(np.zeros(2)))

    def test_a_step_follows_the_gradient_of_its_rows(self):
        problem = demos.LeastSquares.drawn(np.random.default_rng(0))
        d, rows = np.array([1.0, -1.0]), np.random.default_rng(3).integers(1000, size=(1, 5))[0]
        (after,) = problem.sgd(d, 0.1, 5, 1, np.random.default_rng(3))
        x = torch.tensor(d, requires_grad=True)
        loss = ((torch.tensor(problem.X[rows]) @ x - torch.tensor(problem.r[rows])) ** 2).mean() / 2
        (gradient,) = torch.autograd.grad(loss, x)
        np.testing.assert_allclose(after, d - 0.1 * gradient.numpy())

    @pytest.mark.parametrize(("rate", "batch"), [(0.05, 4), (0.1, 16), (0.1, 64)])
    def test_the_ball_has_the_predicted_radius(self, rate, batch):
        problem = demos.LeastSquares.drawn(np.random.default_rng(7))
        walk = problem.sgd(np.zeros(2), rate, batch, 20_000, np.random.default_rng(1))
        assert demos.rms(walk[500:]) == pytest.approx(problem.noise * (rate / batch) ** 0.5, rel=0.1)

    def test_a_larger_batch_makes_a_smaller_ball(self):
        demo = demos.NoiseBall()
        for _ in range(60):
            demo.step()
        radii = demo.measured.get_ydata()
        assert (np.diff(radii) < 0).all()
        assert radii[0] / radii[-1] == pytest.approx(16, rel=0.35)

    def test_a_new_rate_makes_a_new_cloud_from_where_it_is(self):
        demo = demos.NoiseBall()
        demo.step()
        before = demo.walks[4][-1]
        demo.controls["rate"].value = 0.01
        assert "at rate 0.1, were" in demo.caption, "those steps were taken before"
        demo.step()
        assert "at rate 0.01, were" in demo.caption
        assert len(demo.walks[4]) == demo.steps_per_frame + 1
        np.testing.assert_array_equal(demo.walks[4][0], before)

    def test_ends(self):
        demo = demos.NoiseBall()
        demo.taken = demo.most - demo.steps_per_frame
        assert demo.step() is False
