"""Mixtures, against torch and against integration; the empirical distribution, against the data."""

import numpy as np
import pytest
import scipy.stats
import torch

from course_lib.arrays import torch_generator
from course_lib.probability import Bernoulli, Categorical, Empirical, MixtureSameFamily, MultivariateNormal, Normal


def numbers(x):
    return np.asarray(x.tolist())


def generator(asarray, seed=0):
    like = asarray([0.0])
    return torch_generator(seed, like.device) if isinstance(like, torch.Tensor) else np.random.default_rng(seed)


def mixtures(asarray, rng, batch=(), events=False):
    """Ours and torch's."""
    probs, loc = rng.dirichlet(np.ones(3), size=batch), rng.normal(size=(*batch, 3))
    scale = rng.uniform(0.1, 2, size=(*batch, 3))
    if events:
        given = (np.stack([loc, -loc], axis=-1), scale[..., None, None] * np.eye(2))
        ours, theirs = MultivariateNormal, torch.distributions.MultivariateNormal
    else:
        given, ours, theirs = (loc, scale), Normal, torch.distributions.Normal
    return (
        MixtureSameFamily(Categorical(asarray(probs)), ours(*map(asarray, given))),
        torch.distributions.MixtureSameFamily(
            torch.distributions.Categorical(torch.from_numpy(probs)), theirs(*map(torch.from_numpy, given))
        ),
    )


@pytest.mark.parametrize("batch", [(), (4,), (2, 5)])
@pytest.mark.parametrize("events", [False, True])
def test_mixture_against_torch(asarray, rng, batch, events):
    ours, theirs = mixtures(asarray, rng, batch, events)
    assert (ours.batch_shape, ours.event_shape) == (theirs.batch_shape, theirs.event_shape)
    value = theirs.sample((7,))
    np.testing.assert_allclose(numbers(ours.log_prob(asarray(value.numpy()))), theirs.log_prob(value), rtol=1e-9)
    np.testing.assert_allclose(numbers(ours.mean), theirs.mean, rtol=1e-9)
    np.testing.assert_allclose(numbers(ours.variance), theirs.variance, rtol=1e-9)
    draws = ours.sample((6, 1), generator=generator(asarray))
    assert tuple(draws.shape) == (6, 1, *batch, *ours.event_shape)


def test_mixture_draws_follow_its_density(asarray):
    p = MixtureSameFamily(Categorical(asarray([0.25, 0.75])), Normal(asarray([-4.0, 4.0]), asarray([1.0, 0.5])))
    draws = numbers(p.sample((4000,), generator=generator(asarray)))

    def cdf(x):
        return 0.25 * scipy.stats.norm(-4, 1).cdf(x) + 0.75 * scipy.stats.norm(4, 0.5).cdf(x)

    assert scipy.stats.kstest(draws, cdf).pvalue > 1e-3


def test_each_member_of_a_batch_chooses_for_itself(asarray):
    p = MixtureSameFamily(
        Categorical(asarray([0.5, 0.5])), Normal(asarray(np.full((400, 2), [-9.0, 9.0])), asarray(1.0))
    )
    assert p.batch_shape == (400,)
    left = numbers(p.sample(generator=generator(asarray))) < 0
    assert 150 < left.sum() < 250


def test_mixture_far_out(asarray):
    """Both densities underflow, their logarithms do not."""
    p = MixtureSameFamily(Categorical(asarray([0.5, 0.5])), Normal(asarray([0.0, 1.0]), asarray(1.0)))
    expected = scipy.stats.norm.logpdf(59) + np.log(0.5) + np.log1p(np.exp(-59.5))
    assert float(p.log_prob(60.0)) == pytest.approx(expected, rel=1e-14)
    p = MixtureSameFamily(Categorical(logits=asarray([-1000.0, 1000.0])), Normal(asarray([0.0, 100.0]), asarray(1.0)))
    assert float(p.log_prob(0.0)) == pytest.approx(scipy.stats.norm.logpdf(0) - 2000, rel=1e-14)


def test_a_ruled_out_component_has_a_gradient():
    probs = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    components = Normal(torch.tensor([0.0, 1.0], dtype=torch.float64), 1.0)
    MixtureSameFamily(Categorical(probs), components).log_prob(0.0).backward()
    np.testing.assert_allclose(probs.grad, [1, np.exp(-0.5)])


def test_mixture_of_coins(asarray):
    p = MixtureSameFamily(Categorical(asarray([0.5, 0.5])), Bernoulli(asarray([0.2, 0.6])))
    np.testing.assert_allclose(np.exp(numbers(p.log_prob(asarray([0.0, 1.0])))), [0.6, 0.4])
    assert set(p.sample((50,), generator=generator(asarray)).tolist()) == {0, 1}


def test_the_recipe_for_a_mixtures_entropy():
    mixture = MixtureSameFamily(Categorical(np.array([0.5, 0.5])), Normal(np.array([-50.0, 50.0]), 1.0))
    with pytest.raises(NotImplementedError, match=r"estimate it: -mixture.log_prob\(mixture.sample"):
        mixture.entropy()
    estimate = -mixture.log_prob(mixture.sample((100_000,), generator=np.random.default_rng(0))).mean()
    assert estimate == pytest.approx(np.log(2) + Normal(0.0, 1.0).entropy(), abs=0.01)


def test_mixture_refuses(asarray):
    with pytest.raises(ValueError, match=r"components of batch_shape \(2,\), one per probability, got \(3,\)"):
        MixtureSameFamily(Categorical(asarray([0.5, 0.5])), Normal(asarray([0.0, 1.0, 2.0]), asarray(1.0)))
    with pytest.raises(ValueError, match=r"batch_shape \(2,\), one per probability, got \(\)"):
        MixtureSameFamily(Categorical(asarray([0.5, 0.5])), Normal(asarray(0.0), asarray(1.0)))
    with pytest.raises(TypeError, match="a Categorical to choose a component, got Normal"):
        MixtureSameFamily(Normal(asarray(0.0), asarray(1.0)), Normal(asarray([0.0]), asarray(1.0)))
    with pytest.raises(TypeError, match="one kind"):
        MixtureSameFamily(Categorical(np.array([1.0])), Normal(torch.zeros(1), 1.0))


SAMPLES = np.array([3.0, 1.0, 3.0, -0.0, 3.0, 0.0])


def test_empirical(asarray):
    p = Empirical(asarray(SAMPLES))
    assert (p.batch_shape, p.event_shape) == ((), ())
    np.testing.assert_allclose(float(p.mean), SAMPLES.mean())
    np.testing.assert_allclose(float(p.variance), SAMPLES.var())
    found = numbers(p.log_prob(asarray([[0.0, 1.0], [3.0, 2.0]])))
    np.testing.assert_allclose(found, [[np.log(2 / 6), np.log(1 / 6)], [np.log(3 / 6), -np.inf]])
    assert float(p.entropy()) == pytest.approx(scipy.stats.entropy([2, 1, 3]))
    oracle = scipy.stats.ecdf(SAMPLES).cdf.evaluate
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.9, 3.0, 4.0])
    np.testing.assert_allclose(numbers(p.cdf(asarray(x))), oracle(x))


def test_weighted_empirical(asarray):
    weights = np.array([0.1, 0.2, 0.0, 0.3, 0.15, 0.25])
    p = Empirical(asarray(SAMPLES), asarray(weights))
    np.testing.assert_allclose(float(p.mean), np.average(SAMPLES, weights=weights))
    np.testing.assert_allclose(float(p.variance), np.cov(SAMPLES, aweights=weights, ddof=0))
    np.testing.assert_allclose(np.exp(numbers(p.log_prob(asarray([3.0, 1.0, 0.0])))), [0.25, 0.2, 0.55])
    np.testing.assert_allclose(numbers(p.cdf(asarray([0.0, 1.0, 3.0]))), [0.55, 0.75, 1])
    draws = numbers(p.sample((30, 300), generator=generator(asarray)))
    assert draws.shape == (30, 300)
    np.testing.assert_allclose([(draws == v).mean() for v in (3, 1, 0)], [0.25, 0.2, 0.55], atol=4 * 0.5 / 95)


def test_empirical_vectors(asarray, rng):
    rows = rng.integers(0, 3, size=(200, 2, 2)).astype(float)
    p = Empirical(asarray(rows))
    assert p.event_shape == (2, 2)
    np.testing.assert_allclose(numbers(p.mean), rows.mean(axis=0))
    np.testing.assert_allclose(numbers(p.variance), rows.var(axis=0))
    share = (rows == rows[:5, None]).all(axis=(2, 3)).mean(axis=1)
    np.testing.assert_allclose(numbers(p.log_prob(asarray(rows[:5]))), np.log(share))
    assert float(p.log_prob(asarray(np.full((2, 2), 9.0)))) == -np.inf
    _, counts = np.unique(rows, axis=0, return_counts=True)
    assert float(p.entropy()) == pytest.approx(scipy.stats.entropy(counts))
    draw = p.sample((3,), generator=generator(asarray))
    assert tuple(draw.shape) == (3, 2, 2)
    assert (numbers(p.log_prob(draw)) > -np.inf).all()
    with pytest.raises(ValueError, match="samples that are numbers"):
        p.cdf(asarray(rows))


@pytest.mark.parametrize("events", [(), (2,), (3, 2)])
def test_all_samples_distinct(asarray, rng, events):
    samples = asarray(rng.normal(size=(50, *events)))
    p = Empirical(samples)
    assert float(p.entropy()) == pytest.approx(np.log(50))
    np.testing.assert_allclose(numbers(p.log_prob(samples)), -np.log(50))


@pytest.mark.parametrize(
    ("samples", "weights", "words"),
    [
        (np.zeros(0), None, "at least one sample"),
        (1.0, None, "at least one sample"),
        ([1.0, np.nan], None, "samples to be finite, got nan"),
        ([1.0, 2.0], [1.0], r"weights of shape \(2,\), one per sample, got \(1,\)"),
        ([1.0, 2.0], [1.0, 1.0], "weights to sum to 1"),
    ],
)
def test_empirical_refuses(asarray, samples, weights, words):
    with pytest.raises(ValueError, match=words):
        Empirical(asarray(samples), None if weights is None else asarray(weights))
