"""Two-sample tests reject what they should and keep their level; coverage; what the best discriminator says."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import scipy.spatial.distance
from sklearn.linear_model import LogisticRegression

from course_lib.data import gaussian_ring, ring_centers
from course_lib.models import jensen_shannon, modes_covered, optimal_discriminator, two_sample_test


def test_the_p_value_of_all_exchanges_there_are(asarray, rng):
    """Two and three points can be exchanged in 10 ways, each as likely."""
    x, y = [[0.0], [1.0]], [[2.0], [5.0], [7.0]]
    values = np.array([0.0, 1.0, 2.0, 5.0, 7.0])
    gaps = []
    for chosen in itertools.combinations(range(5), 2):
        others = [i for i in range(5) if i not in chosen]
        gaps.append(abs(values[list(chosen)].mean() - values[others].mean()))
    exact = np.mean(np.array(gaps) >= gaps[0] - 1e-12)
    test = two_sample_test(asarray(x), asarray(y), statistic="mean", permutations=2000, rng=rng)
    assert test.statistic == pytest.approx(14 / 3 - 0.5)
    assert test.p_value == pytest.approx(exact, abs=0.03)
    assert test.null.shape == (2000,)


@pytest.mark.parametrize("statistic", ["mean", "classifier"])
def test_equal_distributions_are_rejected_as_often_as_the_level_says(statistic, rng):
    rejected = [
        two_sample_test(
            rng.normal(size=(30, 2)), rng.normal(size=(30, 2)), statistic=statistic, permutations=39, rng=rng
        ).p_value
        <= 0.1
        for _ in range(200)
    ]
    assert np.mean(rejected) < 0.17
    if statistic == "mean":  # few held-out points make the accuracy coarse, and its test careful
        assert np.mean(rejected) > 0.04


def test_a_classifier_sees_what_the_means_do_not(asarray, rng):
    """A ring and a cloud around the same mean."""
    x = asarray(gaussian_ring(200, generator=rng))
    y = asarray(rng.normal(size=(200, 2)))
    assert two_sample_test(x, y, statistic="mean", permutations=200, rng=rng).p_value > 0.05
    seen = two_sample_test(x, y, permutations=200, rng=rng)
    assert seen.p_value == pytest.approx(1 / 201)
    assert seen.statistic > 0.8
    blind = two_sample_test(x, y, classifier=OnNumPy(), permutations=200, rng=rng)
    assert blind.statistic < 0.65


class OnNumPy:
    """A linear classifier, whatever the arrays."""

    def fit(self, X, y):
        self.model = LogisticRegression().fit(np.asarray(X), np.asarray(y))

    def predict(self, X):
        return self.model.predict(np.asarray(X))


def test_a_statistic_of_your_own(rng):
    def spread(x, y):
        return abs(float(x.std()) - float(y.std()))

    x, y = rng.normal(size=(100, 1)), rng.normal(scale=3, size=(100, 1))
    assert two_sample_test(x, y, statistic=spread, permutations=200, rng=rng).p_value < 0.01
    assert two_sample_test(x, y, statistic=spread, permutations=0, rng=rng).p_value == 1


def test_images_are_compared_pixel_by_pixel(rng):
    x, y = rng.random((20, 1, 3, 3)), rng.random((20, 1, 3, 3)) + 1
    assert two_sample_test(x, y, permutations=100, rng=rng).p_value < 0.05


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "message"),
    [
        (np.zeros((5, 2)), np.zeros((5, 3)), {}, ValueError, "the same features"),
        (np.zeros((3, 2)), np.zeros((9, 2)), {}, ValueError, "at least 4 points"),
        (np.zeros((1, 2)), np.zeros((9, 2)), {"statistic": "mean"}, ValueError, "at least 2 points"),
        (np.zeros((5, 2)), np.zeros((5, 2)), {"statistic": "median"}, ValueError, "got 'median'"),
        (np.zeros((5, 2)), np.zeros((5, 2)), {"permutations": -1}, ValueError, "at least 0, got -1"),
        (np.zeros((5, 2)), np.zeros((5, 2)), {"rng": 0}, TypeError, "default_rng"),
        (np.zeros((5, 2)), [[0.0, 0.0]] * 5, {}, TypeError, "np.asarray"),
    ],
    ids=["features", "four", "two", "statistic", "permutations", "rng", "list"],
)
def test_samples_must_be_comparable(x, y, options, error, message):
    with pytest.raises(error, match=message):
        two_sample_test(x, y, **{"rng": np.random.default_rng(0), **options})


def test_coverage_by_hand(asarray):
    centers = ring_centers(4, radius=10.0)
    samples = np.concatenate([np.tile(centers[0], (90, 1)), np.tile(centers[1], (2, 1)), np.tile(centers[2], (8, 1))])
    samples[:30] += [0.3, 0.0]
    samples[30:40] += [0.5, 0.0]
    found = modes_covered(asarray(samples), centers, 0.1)
    assert found.counts == [80, 2, 8, 0]
    assert found.quality == pytest.approx(0.9)
    assert found.modes == 2  # two samples are less than a tenth of 25
    assert modes_covered(asarray(samples), centers, 0.1, share=0.0).modes == 3
    assert modes_covered(asarray(samples), centers, 0.1, within=6).counts == [90, 2, 8, 0]


def test_the_data_cover_all_of_their_own_modes(rng):
    found = modes_covered(gaussian_ring(2000, generator=rng), ring_centers(), 0.05)
    assert found.modes == 8
    assert found.quality == pytest.approx(1 - math.exp(-8), abs=0.003)  # a normal vector within 4 sigma


def test_coverage_needs_samples_of_the_centres_dimensions():
    for samples in (np.zeros((0, 2)), np.zeros((5, 3)), np.zeros(2)):
        with pytest.raises(ValueError, match=r"samples \(n, d\) and centers"):
            modes_covered(samples, ring_centers(), 0.05)


def test_the_best_discriminator_is_at_the_minimum_of_its_loss(asarray, rng):
    p, q = rng.random((2, 20))
    grid = np.linspace(0.001, 0.999, 999)
    loss = -p[:, None] * np.log(grid) - q[:, None] * np.log(1 - grid)
    best = optimal_discriminator(asarray(p), asarray(q))
    np.testing.assert_allclose(np.asarray(best), grid[loss.argmin(1)], atol=0.001)


def test_the_best_discriminator_where_one_or_both_never_are(asarray):
    best = optimal_discriminator(asarray([0.3, 0.0, 0.0]), asarray([0.0, 0.3, 0.0]))
    np.testing.assert_array_equal(np.asarray(best), [1.0, 0.0, 0.5])
    with pytest.raises(ValueError, match="at least 0"):
        optimal_discriminator(asarray([-0.1]), asarray([0.1]))


def test_jensen_shannon_is_scipys_distance_squared(asarray, rng):
    p, q = rng.dirichlet(np.ones(6), size=(2, 4))
    expected = scipy.spatial.distance.jensenshannon(p, q, axis=1) ** 2
    np.testing.assert_allclose(np.asarray(jensen_shannon(asarray(p), asarray(q))), expected)
    np.testing.assert_allclose(np.asarray(jensen_shannon(asarray(p), asarray(q), base=2)), expected / math.log(2))
    np.testing.assert_allclose(np.asarray(jensen_shannon(asarray(p.T), asarray(q.T), axis=0)), expected)


def test_jensen_shannon_of_counts_is_refused(asarray):
    with pytest.raises(TypeError, match="expected a floating dtype"):
        jensen_shannon(asarray([1, 0], "int64"), asarray([0, 1], "int64"))


def test_jensen_shannon_of_far_gaussians_is_log_2(asarray):
    """Their tails run out of floating point numbers, and no middle may vanish where one of them does not."""
    x = np.linspace(-1, 6, 7001)
    near, far = (np.exp(-(((x - at) / 0.05) ** 2) / 2) for at in (0.0, 5.0))
    assert ((near > 0) & (near < np.finfo(float).smallest_normal)).any()
    divergence = jensen_shannon(asarray(near / near.sum()), asarray(far / far.sum()))
    assert float(divergence) == pytest.approx(math.log(2))


def test_a_gans_value_at_the_best_discriminator_is_the_divergence(asarray, rng):
    """E_p log D + E_q log(1 - D) = 2 JSD - 2 log 2."""
    p, q = (asarray(rng.dirichlet(np.ones(6))) for _ in range(2))
    D = np.asarray(optimal_discriminator(p, q))
    value = (np.asarray(p) * np.log(D)).sum() + (np.asarray(q) * np.log(1 - D)).sum()
    assert value == pytest.approx(2 * float(jensen_shannon(p, q)) - 2 * math.log(2))
