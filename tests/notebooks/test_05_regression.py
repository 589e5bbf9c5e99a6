"""The numbers that lecture 05 shows are the numbers it promises.

The lecture takes the Advertising data named by the environment variable ``COURSE_ADVERTISING``, or simulated ones. With
the real ones its tables must show the published digits; with either, what least squares gives by another way.
"""

from __future__ import annotations

import math
import os
import re

import numpy as np
import pytest
import scipy.stats

from course_lib.data import load_advertising, simulate_advertising

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "05_regression"


def table(executed, cell: str) -> dict[str, list[float]]:
    """The rows of a regression table by name: coefficient, standard error, t, p, and the ends of the interval."""
    rows = [re.split(r" {3,}", row.strip()) for row in executed.plain(cell).split("\n\n")[0].splitlines()[1:]]
    return {name: numbers(" ".join(cells)) for name, *cells in rows}


@pytest.fixture
def real(executed) -> bool:
    """Whether the lecture found the real data."""
    if "COURSE_ADVERTISING" in os.environ:
        assert "simulated" not in executed.text("data-run"), "the lecture did not take the file"
    return "simulated" not in executed.text("data-run")


@pytest.fixture
def ads(real):
    """The markets that the lecture used."""
    return (
        load_advertising(os.environ.get("COURSE_ADVERTISING"))
        if real
        else simulate_advertising(np.random.default_rng(112))
    )


def least_squares(X, y):
    """Coefficients, standard errors and RSS, by NumPy."""
    A = np.column_stack([np.ones(len(y)), X])
    beta, rss, *_ = np.linalg.lstsq(A, y)
    errors = np.sqrt(rss[0] / (len(y) - A.shape[1]) * np.diag(np.linalg.inv(A.T @ A)))
    return beta, errors, rss[0]


def test_says_where_the_numbers_are_from(executed, real):
    source = "the Advertising data" if real else "markets simulated from the published coefficients, not the real data"
    assert f"200 markets: {source}" in executed.text("data-run")


def test_line_by_hand(executed, ads):
    (b, w), _, rss = least_squares(ads.X[:, :1], ads.y)
    for start in ("by hand:", "library:"):
        assert numbers(executed.line("line-run", start)) == pytest.approx([b, w], abs=1e-4)
    assert executed.after("line-run", "RSS =") == pytest.approx(rss, abs=0.06)
    assert executed.after("line-run", "add up to") < 1e-9
    assert executed.after("line-run", "correlation with TV is") < 1e-9


def test_standard_error_and_coverage(executed, ads):
    _, errors, _ = least_squares(ads.X[:, :1], ads.y)
    assert executed.after("errors-run", "SE by the formula") == pytest.approx(errors[1], abs=1e-5)
    assert executed.after("errors-run", "1,000 slopes") == pytest.approx(errors[1], rel=0.1)
    assert 0.925 < executed.after("errors-run", "the true slope:") / 1000 < 0.975


def test_shuffling_gives_the_p_value(executed, ads):
    r, p = scipy.stats.pearsonr(ads.X[:, 2], ads.y)
    assert executed.after("tests-run", "t =") == pytest.approx(r * math.sqrt(198 / (1 - r**2)), abs=0.006)
    assert executed.after("tests-run", "p =") == pytest.approx(p, abs=6e-5)
    assert executed.after("tests-run", "as large in") == pytest.approx(p, abs=0.003)
    assert executed.after("tests-run", "5% of the deals:") == pytest.approx(scipy.stats.t.ppf(0.975, 198), abs=0.05)


def test_r2_is_the_squared_correlation(executed, ads, real):
    for medium, x in zip(ads.feature_names, ads.X.T, strict=True):
        rss, rse, r2, r, squared = numbers(executed.line("r2-run", medium))
        assert rss == pytest.approx(least_squares(x[:, None], ads.y)[2], abs=0.06)
        assert rse == pytest.approx(math.sqrt(rss / 198), abs=0.006)
        assert r == pytest.approx(np.corrcoef(x, ads.y)[0, 1], abs=1e-4)
        assert r2 == squared == pytest.approx(r**2, abs=2e-4)
    if real:
        assert "r = 0.7822" in executed.line("r2-run", "TV")


def test_three_media(executed, ads, real):
    beta, errors, _ = least_squares(ads.X, ads.y)
    by_hand = {row.split()[0]: numbers(row) for row in executed.text("multiple-run").splitlines()}
    np.testing.assert_allclose(list(by_hand.values()), np.column_stack([beta, errors]), atol=6e-4)
    rows = table(executed, "multiple-table")
    assert list(rows) == ["Intercept", "TV", "radio", "newspaper"]
    np.testing.assert_allclose([row[:2] for row in rows.values()], np.column_stack([beta, errors]), rtol=1e-3)
    p = 2 * scipy.stats.t.sf(abs(beta[3] / errors[3]), 196)
    assert rows["newspaper"][3] == pytest.approx(p, abs=6e-5)
    if real:
        published = {
            "intercept": [2.939, 0.3119],
            "TV": [0.046, 0.0014],
            "radio": [0.189, 0.0086],
            "newspaper": [-0.001, 0.0059],
        }
        assert by_hand == published
        shown = [[round(row[0], 3), round(row[1], 4)] for row in rows.values()]
        assert shown == list(published.values())
        assert rows["newspaper"][3] == 0.8599


def test_correlations(executed, ads, real):
    expected = np.corrcoef(np.column_stack([ads.X, ads.y]).T)
    shown = executed.after("together-run", "TV–sales"), executed.after("together-run", "radio–newspaper")
    assert shown == pytest.approx((expected[0, 3], expected[1, 2]), abs=6e-5)
    if real:
        assert shown == (0.7822, 0.3541)


def test_newspaper_takes_the_credit_of_radio(executed):
    alone, beside = numbers(executed.line("together-run", "newspaper's slope"))
    assert alone > 0.04
    assert abs(beside) < 0.005
    assert executed.after("together-run", "do not predict of newspaper:") == beside
    assert executed.after("tests-run", "p =") < 0.01


def test_noise_has_small_p_values_and_no_f(executed):
    few, _, smallest = numbers(executed.line("fstat-run", "100 columns of noise:"))
    assert 1 <= few <= 12
    assert smallest < 0.05
    assert 0.4 < executed.after("fstat-run", "R² =") < 0.6
    assert abs(executed.after("fstat-run", "adjusted R² =")) < 0.15
    f, p = numbers(executed.line("fstat-run", "F ="))
    assert p == pytest.approx(scipy.stats.f.sf(f, 100, 99), abs=0.02)
    assert p > 0.05
    assert executed.after("fstat-run", "three media: F =") > 100


def test_searches_disagree_on_the_patients(executed):
    best, forward, backward = executed.text("selection-run").splitlines()[:3]
    assert best.endswith("sex bmi bp s3 s5")
    assert forward.endswith("sex bmi bp s1 s2 s5")
    assert backward.endswith("sex bmi bp s1 s2 s5")
    assert numbers(best.split("BIC")[1])[0] < numbers(forward.split("BIC")[1])[0]
    assert "three media, by BIC: ['TV', 'radio']" in executed.text("selection-run")


def test_dummies_are_differences_from_the_baseline(executed):
    setosa, versicolor, warning = executed.text("dummies-run").splitlines()
    assert numbers(setosa)[:3] == pytest.approx([1.462, 4.26 - 1.462, 5.552 - 1.462])
    assert numbers(versicolor)[:3] == pytest.approx([4.26, 1.462 - 4.26, 5.552 - 4.26])
    assert setosa.split("R²")[1] == versicolor.split("R²")[1]
    assert warning.startswith("CollinearityWarning")


def test_synergy(executed, ads, real):
    budgets = ads.X[:, :2]
    beta, errors, rss = least_squares(np.column_stack([budgets, budgets.prod(axis=1)]), ads.y)
    rows = table(executed, "interaction-table")
    assert list(rows) == ["Intercept", "TV", "radio", "TV × radio"]
    np.testing.assert_allclose([row[:2] for row in rows.values()], np.column_stack([beta, errors]), rtol=1e-3)
    additive, tss = least_squares(budgets, ads.y)[2], np.sum((ads.y - ads.y.mean()) ** 2)
    shown = numbers(executed.line("interaction-run", "R²:"))
    assert shown == pytest.approx([100 * (1 - additive / tss), 100 * (1 - rss / tss)], abs=0.06)
    remaining = executed.after("interaction-run", "of what remained:")
    assert remaining == pytest.approx(100 * (1 - rss / additive), abs=0.6)
    if real:
        assert [round(row[0], 4) for row in rows.values()] == [6.7502, 0.0191, 0.0289, 0.0011]
        assert shown == [89.7, 96.8]
        assert remaining == 69


def test_radio_sells_more_where_tv_gets_more(executed, ads, real):
    budgets = ads.X[:, :2]
    beta, *_ = least_squares(np.column_stack([budgets, budgets.prod(axis=1)]), ads.y)
    text = executed.text("interaction-run")
    assert f"dollars for TV goes with {1000 * beta[1]:.0f} + {1000 * beta[3]:.1f} · radio" in text
    assert f"dollars for radio goes with {1000 * beta[2]:.0f} + {1000 * beta[3]:.1f} · TV" in text
    if real:
        assert "another 1,000 dollars for radio goes with 29 + 1.1 · TV units" in text


def test_a_parabola_finds_pi(executed):
    coefficient, _, low, high = numbers(executed.line("polynomial-run", "coefficient of r²:"))
    assert low < math.pi < high
    assert coefficient == pytest.approx(math.pi, rel=0.02)
    straight, rse, curved, smaller = (
        float(x) for x in re.findall(r"(?:R²|RSE) (\d+\.\d+)", executed.text("polynomial-run").splitlines()[0])
    )
    assert curved > straight > 0.97
    assert smaller < rse / 3


def test_ridge_shrinks_and_lasso_drops(executed):
    rows = {
        name: numbers(executed.line("shrink-run", name).split("(")[0])
        for name in ("LinearRegression", "Ridge", "Lasso")
    }
    least, ridge, lasso = rows.values()
    assert [round(c) for c in least[4:6]] == [-792, 477]
    assert max(map(abs, ridge)) < max(map(abs, least))
    assert 0 not in ridge
    assert lasso[4:6] == [0, 0]
    assert f"({lasso.count(0)} are zero)" in executed.text("shrink-run")


def test_easy_cases_move_the_line_but_not_the_logistic_boundary(executed):
    first, second, ends = executed.text("classes-run").splitlines()
    (boundary, right), (moved, worse) = (
        numbers(first.split("at")[1])[:2],
        numbers(second.split("at")[1])[:2],
    )
    assert moved > boundary + 3
    assert worse < right - 10
    low, high = numbers(ends)
    assert low < 0 < 1 < high
    before, with_easy_cases = numbers(executed.line("logistic-run", "boundary at"))
    assert before == with_easy_cases == pytest.approx(15.246 / 1.0336, abs=0.01)


def test_log_odds_and_thresholds(executed):
    intercept, slope, factor = numbers(executed.line("logistic-run", "log-odds ="))
    assert [intercept, slope] == pytest.approx([-15.246, 1.0336], abs=1e-3)
    assert factor == pytest.approx(math.exp(slope), abs=0.01)
    rows = [numbers(row) for row in executed.text("logistic-run").splitlines() if row.startswith("threshold")]
    _, missed, alarms = zip(*rows, strict=True)
    assert sorted(missed, reverse=True) == list(missed)
    assert sorted(alarms) == list(alarms)
    assert missed[1] < missed[0] / 2


def test_least_squares_is_the_most_likely(executed, ads):
    budgets = ads.X[:, :2]
    *_, rss = least_squares(np.column_stack([budgets, budgets.prod(axis=1)]), ads.y)
    assert "it rose 0 times" in executed.text("likelihood-run")
    formula, search, rse = numbers(executed.line("likelihood-run", "σ by the formula"))
    assert formula == pytest.approx(math.sqrt(rss / 200), abs=1e-4)
    assert search == pytest.approx(formula, abs=1e-3)
    assert rse == pytest.approx(math.sqrt(rss / 196), abs=1e-4)
    log_likelihood = -100 * math.log(2 * math.pi * math.e * rss / 200)
    assert executed.after("likelihood-run", "log L =") == pytest.approx(log_likelihood, abs=0.01)


def test_cross_entropy_and_its_gradient(executed):
    costs = [numbers(row) for row in executed.text("entropy-run").splitlines()[:3]]
    for chance, squared, crossed in costs:
        assert squared == pytest.approx((1 - chance) ** 2, abs=1e-3)
        assert crossed == pytest.approx(-math.log(chance), abs=1e-3)
    value, formula = numbers(executed.line("entropy-run", "J ="))
    assert value == formula
    gradient = numbers(executed.line("entropy-run", "gradient by autograd:"))
    assert gradient[:2] == gradient[2:]
    assert any(gradient)


def test_newton_does_not_care_for_units(executed):
    rows = dict(row.split(": gradient ") for row in executed.text("fits-count").splitlines())
    newton = {row.split("Newton ")[1] for row in rows.values()}
    assert newton == {"5"}
    scaled, centred, other_unit = (int(rows[name].split()[0]) for name in ("scaled ", "centred", "÷ 10   "))
    assert 2 * scaled < centred < other_unit / 2
    assert rows["raw    "].startswith("more than 5000")


def test_one_versus_rest_misses_the_middle(executed):
    softmax, rest = (numbers(row) for row in executed.text("softmax-run").splitlines())
    assert softmax[0] > rest[0] + 4
    assert softmax[2] > 70 > 40 > rest[2]


def test_digits(executed):
    rows = executed.text("digits-run").splitlines()
    assert len(rows) == 2
    for row in rows:
        train, test = numbers(row.split(":")[1])
        assert train > test > 94


def test_same_as_numpy_scikit_learn_and_torch(executed):
    rows = executed.text("same-table").splitlines()
    assert len(rows) == 9
    assert all(numbers(row)[-1] < 1e-9 for row in rows)


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("line-demo", "FitALine"),
        ("selection-demo", "StepwiseSelection"),
        ("surface-demo", "PlaneAndSurface"),
        ("boundary-demo", "FeatureBoundary"),
        ("climb-demo", "LikelihoodClimb"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
