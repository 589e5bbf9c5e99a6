"""The mathematics behind the demos of lecture 03, and what they say at the ends of their sliders."""

from __future__ import annotations

import re

import hypothesis.strategies as st
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from scipy.special import softmax as scipy_softmax

from course_lib.demos import probability as demos
from course_lib.probability import MultivariateNormal, Normal, kl_divergence

share = st.floats(0, 1)


def numbers(text: str) -> list[float]:
    return [float(x) for x in re.findall(r"-?\d+\.?\d*", text.replace("−", "-").replace(",", ""))]


class TestDiseaseTest:
    def test_the_number_of_the_lecture(self):
        positive, posterior = demos.screening_result(0.0001, 0.99, 0.99)
        assert positive == pytest.approx(0.010098)
        assert posterior == pytest.approx(0.0001 * 0.99 / 0.010098)

    @given(share, share, share, st.integers(0, 20_000))
    def test_counts_add_up_and_are_near_what_is_expected(self, prevalence, sensitivity, specificity, people):
        counts = demos.screening_counts(prevalence, sensitivity, specificity, people)
        sick, healthy = prevalence, 1 - prevalence
        expected = [sick * (1 - sensitivity), sick * sensitivity, healthy * (1 - specificity), healthy * specificity]
        assert sum(counts) == people
        assert all(count >= 0 for count in counts)
        np.testing.assert_array_less(np.abs(np.array(counts) - people * np.array(expected)), 1 + 1e-6)

    def test_a_useless_test_teaches_nothing(self):
        demo = demos.DiseaseTest()
        demo.set(prevalence=0.2, sensitivity=0.5, specificity=0.5)
        assert "P(sick | positive) = 20%" in demo.caption

    def test_a_test_without_false_alarms_makes_sure(self):
        demo = demos.DiseaseTest()
        demo.set(specificity=1.0)
        assert "P(sick | positive) = 100%" in demo.caption
        assert "1 of them is sick" in demo.caption

    def test_icons_show_the_counts(self):
        demo = demos.DiseaseTest()
        demo.set(prevalence=0.1, sensitivity=0.8, specificity=0.9)
        assert [len(line.get_xdata()) for line in demo.people] == [200, 800, 900, 8100]
        assert [len(line.get_xdata()) for line in demo.positive] == [800, 900]
        x, y = np.concatenate([line.get_data() for line in demo.positive], axis=1)
        assert ((x > 0) & (x < 1) & (y > 0) & (y < 1)).all()


class TestDistributionExplorer:
    @pytest.mark.parametrize("family", demos.FAMILIES)
    @pytest.mark.parametrize("ends", ["min", "value", "max"])
    def test_right_at_the_ends_of_the_sliders(self, family, ends):
        demo = demos.DistributionExplorer()
        demo.set(family=family)
        demo.set(**{name: getattr(demo.controls[name], ends) for name in ("first", "second")})
        if demos.FAMILIES[family].faces is None:
            assert "the area below it is 1.00" in demo.caption
        else:
            np.testing.assert_allclose(demo.dots.get_ydata().sum(), 1)
        height = demo.ax.get_ylim()[1]
        assert max(*demo.curve.get_ydata(), *demo.dots.get_ydata()) <= height

    def test_a_density_may_exceed_one(self):
        demo = demos.DistributionExplorer()
        demo.set(family="normal", second=0.1)
        assert "The density reaches 3.99, above 1; the area below it is 1.00." in demo.caption
        demo.set(second=1.0)
        assert "above 1" not in demo.caption

    def test_a_family_without_a_second_parameter_hides_its_slider(self):
        demo = demos.DistributionExplorer()
        demo.controls["family"].value = "Bernoulli"
        assert demo.controls["second"].layout.visibility == "hidden"
        assert "φ" in demo.controls["first"].description
        demo.reset()
        assert demo.controls["second"].layout.visibility == "visible"
        assert demo.values == {"family": "normal", "size": 1_000, "first": 0.0, "second": 1.0}

    @pytest.mark.parametrize("family", demos.FAMILIES)
    def test_the_sample_comes_from_the_distribution(self, family):
        demo = demos.DistributionExplorer()
        demo.set(family=family, size=10_000)
        mean, variance, _, sample_mean, sample_variance = numbers(demo.caption.split("Mean")[1])
        assert sample_mean == pytest.approx(mean, abs=4 * np.sqrt(variance / 10_000) + 0.005)
        assert sample_variance == pytest.approx(variance, rel=0.1)

    def test_the_loaded_die_bulges_in_the_middle(self):
        middle = demos.loaded_die(0.0, 1.0).probs
        np.testing.assert_allclose(middle, middle[::-1])
        assert middle[2] > middle[1] > middle[0]
        np.testing.assert_allclose(demos.loaded_die(0.0, 0.0).probs, 1 / 6)


class TestCovarianceEllipse:
    def test_covariance_matrix_has_the_correlation(self):
        Sigma = demos.covariance_matrix(-0.5, 2.0, 3.0)
        assert Sigma[0, 1] / np.sqrt(Sigma[0, 0] * Sigma[1, 1]) == pytest.approx(-0.5)

    def test_within_is_the_distance_of_mahalanobis(self):
        Sigma = demos.covariance_matrix(0.6, 1.0, 2.0)
        p = MultivariateNormal(np.array([1.0, -1.0]), covariance_matrix=Sigma)
        x = np.random.default_rng(0).normal(size=(500, 2), scale=2)
        squared = np.einsum("ni,ij,nj->n", x - p.mean, np.linalg.inv(Sigma), x - p.mean)
        for radius in (0.5, 1.0, 2.0):
            assert demos.within(p, x, radius) == np.mean(squared <= radius**2)

    @pytest.mark.parametrize("rho", [-0.99, 0.0, 0.99])
    def test_the_ellipse_is_where_the_density_has_fallen_by_its_factor(self, rho):
        demo = demos.CovarianceEllipse()
        demo.set(rho=rho, s1=2.0, s2=0.2)
        p = scipy.stats.multivariate_normal(cov=demos.covariance_matrix(rho, 2.0, 0.2))
        for radius, line in zip((1, 2), demo.ellipses, strict=True):
            ratio = p.pdf(np.array(line.get_data()).T) / p.pdf([0, 0])
            np.testing.assert_allclose(ratio, np.exp(-(radius**2) / 2))

    def test_the_larger_the_sample_the_nearer_its_covariance(self):
        demo = demos.CovarianceEllipse()
        demo.set(size=3_000)
        covariance, sample = numbers(demo.caption.split("σ₂ =")[1])[:2]
        assert covariance == 1.2
        assert sample == pytest.approx(1.2, abs=0.15)


class TestKLBothWays:
    @settings(max_examples=30)
    @given(st.floats(-3, 3), st.floats(0.3, 2), st.floats(-3, 3), st.floats(0.3, 2))
    def test_the_integrand_integrates_to_the_divergence(self, mu_p, sigma_p, mu_q, sigma_q):
        p, q = Normal(mu_p, sigma_p), Normal(mu_q, sigma_q)
        x = np.linspace(-25, 25, 20_001)
        integral = np.trapezoid(demos.kl_integrand(p, q, x), x)
        assert integral == pytest.approx(float(kl_divergence(p, q)), rel=1e-5, abs=1e-7)

    def test_the_caption_names_the_costly_direction(self):
        demo = demos.KLBothWays()
        demo.set(mu_p=0.0, sigma_p=1.0, mu_q=0.0, sigma_q=2.0)
        assert "p is narrower" in demo.caption
        forward, backward = (float(x) for x in re.findall(r"= ([\d.]+)", demo.caption))
        assert backward > forward
        demo.set(sigma_q=1.0)
        assert demo.caption.endswith("p and q are the same.")
        demo.set(mu_q=1.0)
        assert "both directions agree" in demo.caption

    @pytest.mark.parametrize(("sigma_p", "sigma_q"), [(0.3, 0.3), (0.3, 2.0), (2.0, 0.3), (2.0, 2.0)])
    def test_the_curves_stay_inside_the_axes(self, sigma_p, sigma_q):
        demo = demos.KLBothWays()
        demo.set(mu_p=-3.0, mu_q=3.0, sigma_p=sigma_p, sigma_q=sigma_q)
        for ax, curve in zip(demo.panels, demo.curves, strict=True):
            bottom, top = ax.get_ylim()
            assert bottom <= min(curve.get_ydata())
            assert max(curve.get_ydata()) <= top


class TestStableSoftmax:
    def test_naive_is_right_where_nothing_overflows(self):
        x = np.random.default_rng(0).normal(size=5)
        np.testing.assert_allclose(demos.naive_softmax(x), scipy_softmax(x))

    @pytest.mark.parametrize("x", [[0.0, 800.0], [-800.0, -800.0]])
    def test_naive_fails_without_a_warning(self, x):
        assert np.isnan(demos.naive_softmax(np.array(x))).any()

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_float_range_is_where_exp_gives_up(self, dtype):
        low, high = demos.float_range(dtype)
        with np.errstate(all="ignore"):
            for edge in (low, high):
                powers = np.exp(np.array([0.99 * edge, edge / 0.99], dtype=dtype) * dtype(np.log(10)))
                assert 0 < powers[0] < np.inf
                assert powers[1] in (0, np.inf)

    @pytest.mark.parametrize(
        ("moves", "words"),
        [
            ({}, "Both ways find"),
            ({"shift": 90}, "overflows"),
            ({"shift": -200}, "underflows"),
            ({"shift": 90, "format": "float64"}, "Both ways find"),
            ({"shift": 10, "format": "float16"}, "overflows"),
            ({"shift": -100}, "The formula is wrong: it finds 0.033,"),
            ({"shift": -20, "format": "float16"}, "The formula is wrong: it finds 0.000, 0.000, 0.000, 1.000."),
        ],
    )
    def test_the_caption_says_what_becomes_of_the_formula(self, moves, words):
        demo = demos.StableSoftmax()
        demo.set(**moves)
        assert words in demo.caption
        assert demo.caption.endswith("0.032, 0.087, 0.237, 0.644.")

    @pytest.mark.parametrize("format", demos.StableSoftmax.formats)
    @pytest.mark.parametrize("shift", [-1000, 1000])
    @pytest.mark.parametrize("scale", [1, 500])
    def test_stable_at_the_ends_of_the_sliders(self, format, shift, scale):
        demo = demos.StableSoftmax()
        demo.set(shift=shift, scale=scale, format=format)
        assert sum(bar.get_height() for bar in demo.stable) == pytest.approx(1, abs=2e-3)


class TestMonteCarloError:
    @pytest.mark.parametrize(
        ("question", "frozen"),
        [
            ("π, by throwing darts", None),
            ("P(x > 2), x normal", scipy.stats.bernoulli(scipy.stats.norm.sf(2))),
        ],
    )
    def test_answer_and_sigma(self, question, frozen):
        asked = demos.QUESTIONS[question]
        answer, sigma = (np.pi, 4 * np.sqrt(np.pi / 4 * (1 - np.pi / 4))) if frozen is None else frozen.stats()
        if frozen is not None:
            sigma = np.sqrt(sigma)
        assert asked.answer == pytest.approx(answer)
        assert asked.sigma == pytest.approx(sigma)

    @pytest.mark.parametrize("question", ["π, by throwing darts", "P(x > 2), x normal"])
    def test_the_error_follows_the_law(self, question):
        asked = demos.QUESTIONS[question]
        means = demos.running_means(question)
        errors = np.sqrt(np.mean((means - asked.answer) ** 2, axis=0))
        np.testing.assert_allclose(demos.typical_errors(question), errors)
        np.testing.assert_allclose(errors, asked.sigma / np.sqrt(demos.SAMPLE_SIZES), rtol=0.25)

    def test_running_means_are_means(self):
        draws = demos.QUESTIONS["π, by throwing darts"].draw((200, 16_384), np.random.default_rng(3))
        means = demos.running_means("π, by throwing darts")
        np.testing.assert_allclose(means[:, 0], draws[:, 0])
        np.testing.assert_allclose(means[:, 5], draws[:, :32].mean(axis=1))
        np.testing.assert_allclose(means[:, -1], draws.mean(axis=1))

    def test_cauchy_draws_are_cauchy(self):
        draws = demos.cauchy((20_000,), np.random.default_rng(0))
        assert scipy.stats.kstest(draws, "cauchy").pvalue > 0.01

    def test_no_law_without_a_variance(self):
        demo = demos.MonteCarloError()
        demo.set(question="mean of x, x Cauchy", stop=14)
        assert "no law" in demo.caption
        assert np.isnan(demo.law.get_ydata()).all()
        assert demo.right.get_title() == "median absolute error"
        assert [text.get_text() for text in demo.legend.texts if text.get_visible()] == ["200 repetitions"]
        errors = demo.errors.get_ydata()
        np.testing.assert_allclose(errors, np.median(np.abs(demos.running_means("mean of x, x Cauchy")), axis=0))
        assert 0.7 < errors.min() <= errors.max() < 1.4, "the mean of Cauchy draws is itself a Cauchy draw"
        demo.reset()
        assert demo.right.get_title() == "root mean square error"
        assert all(text.get_visible() for text in demo.legend.texts)
