"""The numbers that lecture 03 shows are the numbers it promises."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "03_probability"


def test_three_sources_of_uncertainty(executed):
    assert 400 < executed.after("uncertainty-run", "identical atoms") < 600
    assert executed.after("uncertainty-run", "staying wins") == pytest.approx(100 / 3, abs=1)
    assert executed.after("uncertainty-run", "swapping wins") == pytest.approx(200 / 3, abs=1)
    steps, exact, rounded = numbers(executed.line("uncertainty-run", "rounded world:"))
    assert steps < 40
    assert abs(exact - rounded) >= 0.5


def test_frequency_settles_and_belief_sharpens(executed):
    rows = [numbers(text) for text in executed.text("readings-run").splitlines()]
    for n, frequency, mean, _, low, high in rows:
        heads = round(n * frequency)
        assert mean == pytest.approx((heads + 1) / (n + 2), abs=5e-3), "the mean of a Beta distribution"
        assert low < mean < high
    widths = [high - low for *_, low, high in rows]
    assert widths == sorted(widths, reverse=True)
    assert rows[-1][1] == pytest.approx(0.7, abs=0.05)
    assert rows[-1][4] < 0.7 < rows[-1][5]


def test_mass_and_density_are_normalised(executed):
    assert executed.after("variables-run", "P(X = 7) =") == pytest.approx(1 / 6, abs=1e-4)
    assert executed.after("variables-run", "sum of all P(X = x) =") == 1
    assert executed.after("variables-run", "p(0.05) =") == 10
    assert executed.after("variables-run", "integral of p =") == 1


def test_one_pixel_tells_a_zero(executed):
    assert executed.after("joint-run", "P(d = 0) =") == pytest.approx(178 / 1797, abs=1e-3)
    dark, grey, bright = (numbers(text)[1:] for text in executed.text("joint-run").splitlines()[1:])
    assert dark[0] > 0.4
    assert dark[1] == 0
    assert grey[0] < 0.01
    assert bright[0] < 0.01


def test_chain_rule(executed):
    assert "chain rule gives the joint back: True" in executed.text("chain-run")
    assert executed.after("chain-run", "all three bright:") > 2 * executed.after("chain-run", "of the marginals:")


def test_independence_and_conditional_independence(executed):
    text = executed.text("independence-run")
    assert "tests: independent False, given the third True" in text
    assert "coins: independent True, given the third False" in text
    assert numbers(text.splitlines()[1])[2] == pytest.approx(0.1 * 0.81 + 0.9 * 0.01)


def test_hundred_sick_in_a_million(executed):
    assert "P(positive) = 0.010098" in executed.text("bayes-run")
    assert "P(sick | positive) = 0.0098" in executed.text("bayes-run")
    assert numbers(executed.line("bayes-run", "by counting:")) == [99, 9999, 0.0098]
    assert "P(sick | positive) = 0.98%" in executed.plain("disease-demo")


def test_more_positive_tests(executed):
    for k, text in enumerate(executed.text("disease-again").splitlines(), start=1):
        sick, healthy = 100 * 0.99**k, 999_900 * 0.01**k
        assert numbers(text)[-1] == pytest.approx(sick / (sick + healthy), abs=1e-4)


def test_expectation_and_variance(executed):
    assert numbers(executed.line("expectation-run", "total of two dice:")) == pytest.approx([7, 35 / 6], abs=1e-4)
    assert numbers(executed.line("expectation-run", "one die, doubled:")) == pytest.approx([7, 35 / 3], abs=1e-4)


def test_variance_of_a_bernoulli(executed):
    coins = [numbers(text) for text in executed.text("expectation-run").splitlines() if text.startswith("coin")]
    assert [coin[0] for coin in coins] == [0.1, 0.5, 0.9]
    for phi, variance, *_, formula, sampled in coins:
        assert variance == formula == pytest.approx(phi * (1 - phi))
        assert sampled == pytest.approx(variance, abs=5e-3)


def test_correlation_turns_round(executed):
    text = executed.text("covariance-run")
    assert executed.after("covariance-run", "all flowers: covariance") < 0
    overall, *species = (numbers(rest)[0] for rest in text.split("correlation ")[1:])
    assert overall == pytest.approx(-0.12)
    assert species == pytest.approx([0.74, 0.53, 0.46])


def test_zero_covariance_without_independence(executed):
    assert executed.after("zero-run", "exact covariance:") == 0
    assert abs(executed.after("zero-run", "Cov(x, y) =")) < 0.01
    assert executed.after("zero-run", "correlation of x² and y² =") == 1
    assert executed.after("zero-run", "P(|y| < 0.5) =") == pytest.approx(0.5, abs=0.02)
    assert executed.after("zero-run", "if |x| < 0.5:") == 1


@pytest.mark.parametrize(
    ("name", "mean", "variance"),
    [("Bernoulli", 0.25, 3 / 16), ("Categorical", 0.75, 11 / 16), ("Uniform", 0, 1 / 3)],
)
def test_simple_distributions(executed, name, mean, variance):
    found = numbers(executed.line("zoo-run", name))
    assert found[:2] == pytest.approx([mean, variance], abs=1e-4)
    assert found[2:4] == pytest.approx([mean, variance], abs=0.01)


def test_normal_with_precision_and_central_limit(executed):
    assert executed.after("normal-run", "σ =") == 0.5
    *_, twelve = executed.text("normal-run").splitlines()
    within = [float(x) for x in re.findall(r"(0\.\d+) \(", twelve)]
    assert within == pytest.approx([math.erf(k / math.sqrt(2)) for k in (1, 2, 3)], abs=0.005)


def test_constant_of_the_multivariate_normal(executed):
    assert executed.after("multivariate-run", "integral with (2π)ⁿ:") == pytest.approx(1, abs=1e-3)
    assert executed.after("multivariate-run", "integral with (2π)²:") == pytest.approx(math.sqrt(2 * math.pi), abs=1e-3)
    sample = [numbers(row) for row in executed.text("multivariate-run").splitlines()[-3:]]
    np.testing.assert_allclose(sample, [[1, 0.6, 0], [0.6, 2, -0.5], [0, -0.5, 0.5]], atol=0.03)


def test_tails_and_mixture(executed):
    normal, laplace = (executed.after("shapes-run", f"{name} variance 1.00:") for name in ("Normal  ", "Laplace "))
    assert normal == pytest.approx(1e6 * math.erfc(4 / math.sqrt(2)), abs=40)
    assert laplace == pytest.approx(1e6 * math.exp(-4 * math.sqrt(2)), abs=250)
    bell, peak, mixture = (numbers(text)[-1] for text in executed.text("shapes-run").splitlines()[2:])
    assert mixture > bell + 0.5 > peak + 0.5


def test_empirical_distribution(executed):
    assert executed.after("shapes-figure", "median") == 4.35
    assert executed.after("shapes-figure", "by resampling") == pytest.approx(0.16, abs=0.03)


def test_identities_hold(executed):
    verdicts = executed.text("functions-run").splitlines()
    assert len(verdicts) == 8
    assert all(verdict.endswith("holds: True") for verdict in verdicts)


def test_information_of_a_letter(executed):
    surprises = [numbers(text)[-1] for text in executed.text("information-run").splitlines()[:4]]
    assert surprises == sorted(surprises)
    entropy, uniform = numbers(executed.line("information-run", "entropy of a letter:"))
    assert uniform == pytest.approx(math.log2(27), abs=1e-3)
    assert 3.8 < entropy < 4.3
    assert numbers(executed.line("information-run", "given the letter before:"))[0] < entropy - 0.5


def test_normal_has_most_entropy_at_its_variance(executed):
    rows = {text.split()[0]: numbers(text) for text in executed.text("information-run").splitlines()[-3:]}
    assert {variance for variance, _ in rows.values()} == {1}
    assert rows["Normal"][1] == pytest.approx(0.5 * math.log(2 * math.pi * math.e), abs=1e-3)
    assert rows["Laplace"][1] == pytest.approx(1 + math.log(math.sqrt(2)), abs=1e-3)
    assert rows["Uniform"][1] == pytest.approx(math.log(math.sqrt(12)), abs=1e-3)


def test_cross_entropy_and_divergence(executed):
    entropy, crossed = executed.after("divergence-run", "H(p) ="), executed.after("divergence-run", "H(p, q) =")
    forward, backward = (executed.after("divergence-run", f"D({pair}) =") for pair in ("p ‖ q", "q ‖ p"))
    assert crossed == pytest.approx(entropy + forward, abs=2e-4)
    assert 0 < forward != backward > 0
    assert "no z in the code: inf" in executed.text("divergence-run")
    assert executed.after("divergence-run", "no z in the text:") < 0.01


def test_two_directions_choose_two_fits(executed):
    forward, backward = (numbers(text) for text in executed.text("kl-fit").splitlines())
    weights, means, deviation = np.array([0.6, 0.4]), np.array([-2.5, 2.5]), 0.5
    mean = weights @ means
    assert forward == pytest.approx([mean, math.sqrt(deviation**2 + weights @ (means - mean) ** 2)], abs=0.06)
    assert backward == pytest.approx([means[0], deviation], abs=0.06)


def test_overflow_underflow_logsumexp(executed):
    text = executed.text("numerics-run")
    assert executed.after("numerics-run", "product:") == 0
    assert executed.after("numerics-run", "sum of logarithms:") == pytest.approx(1000 * math.log(0.4), abs=1e-3)
    assert "formula: -inf" in text
    assert "formula: inf" in text
    stable = [numbers(part)[0] for part in text.split("log-sum-exp:")[1:]]
    assert stable == pytest.approx([-1000 + math.log1p(math.exp(-1)), 1001 + math.log1p(math.exp(-1))], abs=1e-4)
    assert text.rstrip().endswith("inf")
    assert executed.outputs("softmax-source")


def test_error_of_a_sample_mean(executed):
    typical, law = re.findall(r"is ([\d.]+); the law says σ/√n = ([\d.]+)\.", executed.plain("montecarlo-demo"))[0]
    assert float(law) == pytest.approx(math.sqrt(math.pi * (4 - math.pi) / 64), abs=0.01)
    assert float(typical) == pytest.approx(float(law), rel=0.2)


def test_maximum_likelihood(executed):
    mu, sigma, without = numbers(executed.line("likelihood-run", "by the formula:"))
    assert [mu, sigma] == pytest.approx([5.006, 0.3489], abs=1e-3)
    assert without == 0
    assert numbers(executed.line("likelihood-run", "by search:")) == pytest.approx([mu, sigma], abs=2e-3)
    searched, counted = numbers(executed.line("likelihood-run", "the coin:"))
    assert searched == pytest.approx(counted, abs=5e-3)


def test_same_as_numpy_scipy_and_torch(executed):
    lines = executed.text("same-run").splitlines()
    assert len(lines) == 7
    assert all(numbers(text)[-1] < 1e-9 for text in lines)


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("explorer-demo", "DistributionExplorer"),
        ("disease-demo", "DiseaseTest"),
        ("ellipse-demo", "CovarianceEllipse"),
        ("kl-demo", "KLBothWays"),
        ("softmax-demo", "StableSoftmax"),
        ("montecarlo-demo", "MonteCarloError"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
