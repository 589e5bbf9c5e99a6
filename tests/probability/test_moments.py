"""Covariance and correlation, against NumPy."""

import numpy as np
import pytest

from course_lib.probability import correlation, covariance, marginal


def numbers(x):
    return np.asarray(x.tolist())


@pytest.mark.parametrize("rowvar", [True, False])
@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("shapes", [[(7,)], [(7,), (7,)], [(3, 7)], [(3, 7), (2, 7)], [(3, 7), (7,)], [(1, 7)]])
def test_as_numpy(asarray, rng, rowvar, ddof, shapes):
    samples = [rng.normal(size=shape) + 100 for shape in shapes]
    if not rowvar:
        samples = [x.T for x in samples]
    ours = covariance(*map(asarray, samples), rowvar=rowvar, ddof=ddof)
    theirs = np.cov(*samples, rowvar=rowvar, ddof=ddof)
    if samples[0].shape == (1, 7) or samples[0].shape == (7, 1):
        theirs = theirs.reshape(1, 1)  # NumPy forgets that this was a matrix of variables
    assert tuple(ours.shape) == theirs.shape
    np.testing.assert_allclose(numbers(ours), theirs, rtol=1e-10)
    ours, theirs = correlation(*map(asarray, samples), rowvar=rowvar), np.corrcoef(*samples, rowvar=rowvar)
    np.testing.assert_allclose(numbers(ours), theirs.reshape(ours.shape), rtol=1e-10)


def test_no_covariance_and_yet_dependent(asarray):
    """y = s x with a fair sign s: every straight line misses what the absolute value shows."""
    x = np.linspace(-1, 1, 21)
    x, y = np.concatenate([x, x]), np.concatenate([x, -x])
    assert abs(float(covariance(asarray(x), asarray(y))[0, 1])) < 1e-16
    assert float(covariance(asarray(abs(x)), asarray(abs(y)))[0, 1]) > 0.08
    joint = np.histogram2d(x, y, bins=3)[0] / x.size
    independent = np.outer(marginal(joint, keep=0), marginal(joint, keep=1))
    assert abs(joint - independent).max() > 0.1


def test_correlation_stays_within_its_bounds(rng):
    x = rng.normal(size=50)
    C = correlation(np.stack([x, 3 * x + 7, -x * 1e-8]))
    assert abs(C).max() <= 1
    np.testing.assert_allclose(C, [[1, 1, -1], [1, 1, -1], [-1, -1, 1]])


@pytest.mark.parametrize("constant", [0.0, 0.1])
def test_a_constant_correlates_with_nothing(asarray, constant):
    with pytest.raises(ValueError, match=f"no variable to be constant.*got {constant:g}"):
        correlation(asarray([1.0, 2.0, 3.0]), asarray([constant] * 3))


def test_too_few_samples(asarray):
    with pytest.raises(ValueError, match="more than ddof = 1 samples, got 1"):
        covariance(asarray([1.0]))
    with pytest.raises(ValueError, match="at least 2 samples, got 1"):
        correlation(asarray([1.0]))


def test_shapes_that_do_not_fit(asarray):
    with pytest.raises(ValueError, match="as many samples of y as of x, got 3 and 2"):
        covariance(asarray([1.0, 2.0]), asarray([1.0, 2.0, 3.0]))
    with pytest.raises(ValueError, match=r"expected shape \(n,\) or \(variables, n\), got \(1, 1, 2\)"):
        covariance(asarray([[[1.0, 2.0]]]))
