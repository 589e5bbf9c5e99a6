"""The families, against SciPy (the oracle at the boundaries, where torch clamps) and torch.distributions."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
import torch

from course_lib.arrays import torch_generator
from course_lib.probability import Bernoulli, Categorical, Laplace, Normal, Uniform, kl_divergence

LOC, SCALE = np.array([[-1.0], [0.0], [1e3]]), np.array([0.1, 2.0])
CONTINUOUS = {
    "Normal": (Normal, (LOC, SCALE), scipy.stats.norm(LOC, SCALE), torch.distributions.Normal),
    "Laplace": (Laplace, (LOC, SCALE), scipy.stats.laplace(LOC, SCALE), torch.distributions.Laplace),
    "Uniform": (Uniform, (LOC, LOC + SCALE), scipy.stats.uniform(LOC, SCALE), torch.distributions.Uniform),
}
continuous = pytest.mark.parametrize(("family", "given", "scipys", "torchs"), CONTINUOUS.values(), ids=CONTINUOUS)
PROBS = np.array([0.0, 1e-300, 0.3, 0.5, 1 - 1e-16, 1.0])


def numbers(x):
    return np.asarray(x.tolist())


def generator(asarray, seed=0):
    like = asarray([0.0])
    return torch_generator(seed, like.device) if isinstance(like, torch.Tensor) else np.random.default_rng(seed)


@continuous
def test_against_scipy(asarray, family, given, scipys, torchs):
    p = family(*map(asarray, given))
    assert p.batch_shape == (3, 2)
    assert p.event_shape == ()
    values = scipys.mean() + scipys.std() * np.linspace(-40, 40, 41).reshape(-1, 1, 1)
    np.testing.assert_allclose(numbers(p.log_prob(asarray(values))), scipys.logpdf(values), rtol=1e-11)
    np.testing.assert_allclose(numbers(p.mean), np.broadcast_to(scipys.mean(), (3, 2)))
    np.testing.assert_allclose(numbers(p.variance), np.broadcast_to(scipys.var(), (3, 2)), rtol=1e-10)
    np.testing.assert_allclose(numbers(p.stddev), np.broadcast_to(scipys.std(), (3, 2)), rtol=1e-10)
    np.testing.assert_allclose(numbers(p.entropy()), np.broadcast_to(scipys.entropy(), (3, 2)), rtol=1e-10, atol=1e-12)


@continuous
def test_against_torch(family, given, scipys, torchs):
    ours, theirs = (f(*map(torch.from_numpy, given)) for f in (family, torchs))
    assert ours.batch_shape == theirs.batch_shape
    value = theirs.sample((5,))
    torch.testing.assert_close(ours.log_prob(value), theirs.log_prob(value))
    for moment in ("mean", "variance", "stddev"):
        torch.testing.assert_close(getattr(ours, moment), getattr(theirs, moment))
    torch.testing.assert_close(ours.entropy(), theirs.entropy())


@continuous
def test_samples_are_of_the_distribution(asarray, family, given, scipys, torchs):
    p = family(*map(asarray, given))
    draws = numbers(p.sample((4000,), generator=generator(asarray)))
    assert draws.shape == (4000, 3, 2)
    for i, j in np.ndindex(3, 2):
        alone = scipys.dist(*(np.broadcast_to(a, (3, 2))[i, j] for a in scipys.args))
        assert scipy.stats.kstest(draws[:, i, j], alone.cdf).pvalue > 1e-3


@continuous
def test_log_prob_gradients(family, given, scipys, torchs):
    given = [torch.from_numpy(a).requires_grad_() for a in given]
    value = torch.from_numpy(scipys.mean() + 0.3 * scipys.std()).requires_grad_()
    assert torch.autograd.gradcheck(lambda *a: family(*a[:2]).log_prob(a[2]), (*given, value), rtol=1e-2)
    assert torch.autograd.gradcheck(lambda *a: family(*a).entropy(), given)


@continuous
def test_reparametrised_draws(family, given, scipys, torchs):
    given = [torch.from_numpy(a).requires_grad_() for a in given]
    assert torch.autograd.gradcheck(lambda *a: family(*a).rsample((2,), generator=torch_generator(0)), given)
    assert not family(*given).sample(generator=torch_generator(0)).requires_grad


@pytest.mark.parametrize("family", [Normal, Laplace])
def test_gradients_in_the_far_tail(family):
    loc, scale, value = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (0.0, 1.0, 40.0))
    gradients = torch.autograd.grad(family(loc, scale).log_prob(value), (loc, scale, value))
    expected = (40, 1599, -40) if family is Normal else (1, 39, -1)
    np.testing.assert_allclose([float(g) for g in gradients], expected)


def test_gradient_at_the_peak_of_a_laplace():
    x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    Laplace(torch.tensor(2.0, dtype=torch.float64), 1.0).log_prob(x).backward()
    assert x.grad == 0


def test_uniform_at_and_beyond_its_ends(asarray):
    p = Uniform(asarray(0.0), asarray(2.0))
    found = numbers(p.log_prob(asarray([-0.1, 0.0, 1.0, 2.0, 2.1])))
    np.testing.assert_array_equal(found, [-np.inf, -np.log(2), -np.log(2), -np.log(2), -np.inf])


def test_a_density_may_exceed_one(asarray):
    assert float(Uniform(asarray(0.0), asarray(0.5)).log_prob(asarray(0.2))) == pytest.approx(np.log(2))


def test_precision_is_one_over_the_variance(asarray):
    p = Normal(asarray(0.0), asarray([0.5, 2.0]))
    assert p.precision.tolist() == [4, 0.25]


def test_bernoulli_at_its_boundaries(asarray):
    p = Bernoulli(probs=asarray(PROBS))
    for value in (0.0, 1.0, 2.0, 0.5):
        with np.errstate(divide="ignore"):
            expected = scipy.stats.bernoulli(PROBS).logpmf(value)
        np.testing.assert_allclose(numbers(p.log_prob(value)), expected, rtol=1e-14)
    np.testing.assert_allclose(numbers(p.variance), PROBS * (1 - PROBS), err_msg="the variance is φ(1 − φ)")
    np.testing.assert_allclose(numbers(p.mean), PROBS)
    expected = scipy.special.entr(PROBS) - scipy.special.xlog1py(1 - PROBS, -PROBS)
    np.testing.assert_allclose(numbers(p.entropy()), expected, rtol=1e-14)
    assert not np.signbit(numbers(p.entropy())).any(), "a certain toss is worth 0, not -0"


def test_bernoulli_from_logits(asarray):
    z = np.array([-1000.0, -50.0, 0.0, 3.0, 50.0, 1000.0])
    p = Bernoulli(logits=asarray(z))
    np.testing.assert_allclose(numbers(p.log_prob(1.0)), -np.logaddexp(0, -z), rtol=1e-14)
    np.testing.assert_allclose(numbers(p.log_prob(0.0)), -np.logaddexp(0, z), rtol=1e-14)
    e = np.exp(-np.abs(z))
    np.testing.assert_allclose(numbers(p.variance), e / (1 + e) ** 2, rtol=1e-14, err_msg="exact in both tails")
    np.testing.assert_allclose(numbers(p.entropy()), np.log1p(e) + np.abs(z) * e / (1 + e), rtol=1e-13)


def test_probs_and_logits_tell_the_same(asarray):
    p = Bernoulli(probs=asarray([0.1, 0.7]))
    np.testing.assert_allclose(numbers(Bernoulli(logits=p.logits).probs), [0.1, 0.7])
    assert Bernoulli(probs=asarray([0.0, 1.0])).logits.tolist() == [-np.inf, np.inf]
    q = Categorical(probs=asarray([0.1, 0.7, 0.2]))
    np.testing.assert_allclose(numbers(Categorical(logits=q.logits + 5).probs), [0.1, 0.7, 0.2])


def test_bernoulli_gradients_at_the_boundaries():
    p = torch.tensor([0.0, 1.0, 0.25], dtype=torch.float64, requires_grad=True)
    log_prob = Bernoulli(probs=p).log_prob(torch.tensor([0.0, 1.0, 1.0]))
    np.testing.assert_allclose(torch.autograd.grad(log_prob.sum(), p)[0], [-1, 1, 4])
    z = torch.tensor([-1000.0, -1000.0, 0.0, 1000.0, 1000.0], dtype=torch.float64, requires_grad=True)
    log_prob = Bernoulli(logits=z).log_prob(torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0]))
    np.testing.assert_allclose(torch.autograd.grad(log_prob.sum(), z)[0], [0, 1, 0.5, -1, 0])


@pytest.mark.parametrize("by", ["probs", "logits"])
def test_categorical(asarray, rng, by):
    probs = rng.dirichlet(np.ones(4), size=(2, 3))
    given = probs if by == "probs" else np.log(probs) + 700
    ours = Categorical(**{by: asarray(given)})
    theirs = torch.distributions.Categorical(**{by: torch.from_numpy(given)})
    assert ours.batch_shape == theirs.batch_shape
    faces = rng.integers(0, 4, size=(5, 1, 3))
    expected = theirs.log_prob(torch.from_numpy(faces)).tolist()
    np.testing.assert_allclose(numbers(ours.log_prob(asarray(faces, "int64"))), expected)
    np.testing.assert_allclose(numbers(ours.log_prob(asarray(faces))), expected, err_msg="faces may be floats")
    np.testing.assert_allclose(numbers(ours.entropy()), theirs.entropy().tolist())
    np.testing.assert_allclose(numbers(ours.mean), probs @ np.arange(4))
    np.testing.assert_allclose(numbers(ours.variance), probs @ np.arange(4) ** 2 - (probs @ np.arange(4)) ** 2)


def test_categorical_without_some_faces(asarray):
    for p in (
        Categorical(probs=asarray([0.5, 0.0, 0.5])),
        Categorical(logits=asarray([0.0, -np.inf, 0.0])),
        Categorical(logits=asarray([1000.0, -1000.0, 1000.0])),
    ):
        found = numbers(p.log_prob(asarray([0, 2, 3, -1, 0.5])))
        np.testing.assert_allclose(found, [-np.log(2), -np.log(2), -np.inf, -np.inf, -np.inf])
        assert float(p.entropy()) == pytest.approx(np.log(2))
        assert set(p.sample((200,), generator=generator(asarray)).tolist()) == {0, 2}


def test_categorical_gradients():
    p = torch.tensor([0.25, 0.0, 0.75], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(Categorical(probs=p).log_prob(torch.tensor(0)), p)
    assert gradient.tolist() == [4, 0, 0]
    z = torch.tensor([1000.0, -1000.0, -np.inf], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(Categorical(logits=z).log_prob(torch.tensor(1)), z)
    assert gradient.tolist() == [-1, 1, 0]


def test_tosses_and_throws_have_their_frequencies(asarray):
    tosses = numbers(Bernoulli(probs=asarray([0.0, 0.3, 1.0])).sample((9000,), generator=generator(asarray)))
    np.testing.assert_allclose(tosses.mean(axis=0), [0, 0.3, 1], atol=4 * np.sqrt(0.21 / 9000))
    p = np.array([[0.5, 0.2, 0.3], [0.1, 0.9, 0.0]])
    throws = numbers(Categorical(probs=asarray(p)).sample((3, 3000), generator=generator(asarray)))
    assert throws.shape == (3, 3000, 2)
    counts = np.stack([np.bincount(row, minlength=3) for row in throws.reshape(-1, 2).T])
    np.testing.assert_allclose(counts / 9000, p, atol=4 * np.sqrt(0.25 / 9000))


ALL = [
    lambda a: Normal(a(0.0), a(1.0)),
    lambda a: Laplace(a(0.0), a(1.0)),
    lambda a: Uniform(a(0.0), a(1.0)),
    lambda a: Bernoulli(probs=a(0.5)),
    lambda a: Categorical(probs=a([0.5, 0.25, 0.25])),
]


@pytest.mark.parametrize("make", ALL)
def test_same_seed_same_draws(asarray, make):
    first, again, other = (make(asarray).sample((50,), generator=generator(asarray, seed)) for seed in (5, 5, 6))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_is_kept(asarray, make, dtype):
    p = make(lambda x: asarray(x, dtype))
    expected = asarray(0.0, dtype).dtype
    assert p.log_prob(asarray(0.0, dtype)).dtype == p.entropy().dtype == p.variance.dtype == expected
    if not isinstance(p, Categorical):
        assert p.sample((2,), generator=generator(asarray)).dtype == expected


@pytest.mark.parametrize("make", ALL)
def test_a_generator_of_the_other_kind(make):
    with pytest.raises(TypeError, match=r'a generator like torch_generator\(seed, "cpu"\).*got Generator'):
        make(torch.tensor).sample(generator=np.random.default_rng(0))
    with pytest.raises(TypeError, match=r"a generator like np.random.default_rng\(seed\).*got a generator on cpu"):
        make(np.asarray).sample(generator=torch_generator(0))
    with pytest.raises(TypeError, match="got int"):
        make(np.asarray).sample(generator=0)


def test_a_shape_is_a_tuple():
    with pytest.raises(TypeError, match=r"a tuple such as \(1000,\), got 5"):
        Normal(0.0, 1.0).sample(5, generator=np.random.default_rng(0))


def test_numbers_join_the_arrays_beside_them():
    assert Normal(0, 1).sample(generator=np.random.default_rng(0)).shape == ()
    p = Normal(torch.zeros(2), 1)
    assert p.scale.dtype == torch.float32
    assert p.log_prob(0).shape == (2,)
    assert Normal(np.array([0, 1]), 2).loc.dtype == np.float64
    assert Bernoulli(0.5).log_prob(1) == pytest.approx(-np.log(2))


def test_numerals_for_people():
    assert repr(Normal(0.0, 1.0)) == "Normal(loc=0.0, scale=1.0)"
    assert repr(Categorical(probs=np.array([0.5, 0.5]))) == "Categorical(probs=[0.5 0.5])"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda a: Normal(a(0.0), a([1.0, -2.0])), "expected scale to be positive, got -2"),
        (lambda a: Laplace(a(0.0), a(0.0)), "expected scale to be positive, got 0"),
        (lambda a: Normal(a([0.0, np.nan]), a(1.0)), "expected loc to be finite, got nan"),
        (lambda a: Uniform(a(1.0), a(1.0)), "expected high to be above low, got 1"),
        (lambda a: Normal(a([0.0, 0.0]), a([1.0, 1.0, 1.0])), r"broadcast, got loc \(2,\), scale \(3,\)"),
        (lambda a: Bernoulli(probs=a(1.5)), "expected probs to be from 0 to 1, got 1.5"),
        (lambda a: Bernoulli(logits=a(np.inf)), "expected logits to be finite, got inf"),
        (lambda a: Bernoulli(), "expected either probs or logits, got neither"),
        (lambda a: Categorical(a([1.0]), a([0.0])), "expected either probs or logits, got both"),
        (lambda a: Categorical(probs=a([0.5, 0.6])), "probs to sum to 1 .* got a sum of 1.1; divide by the sum"),
        (lambda a: Categorical(probs=a(1.0)), "probs to have an axis of outcomes"),
        (lambda a: Categorical(logits=a(1.0)), "logits to have an axis of outcomes"),
        (lambda a: Categorical(logits=a([np.nan, 0.0])), "expected logits to be numbers or -inf, got nan"),
        (lambda a: Categorical(logits=a([-np.inf, -np.inf])), "some outcome must be possible, got -inf"),
        (lambda a: Normal(a([0.0, 1.0]), a(1.0)).log_prob(a([1.0, 2.0, 3.0])), r"a value of shape \(3,\) does not fit"),
    ],
)
def test_refused(asarray, make, words):
    with pytest.raises(ValueError, match=words):
        make(asarray)


def test_kinds_are_not_mixed():
    with pytest.raises(TypeError, match="arrays of one kind"):
        Normal(np.zeros(2), torch.ones(2))
    with pytest.raises(TypeError, match="arrays of one kind"):
        Normal(0.0, 1.0).log_prob(torch.zeros(2))
    with pytest.raises(TypeError, match="got list"):
        Normal([0.0], 1.0)


KL_PAIRS = {
    "Normal": ((LOC, SCALE), (LOC + 0.1, SCALE[::-1].copy())),
    "Laplace": ((LOC, SCALE), (LOC + 0.1, SCALE[::-1].copy())),
    "Uniform": ((LOC, LOC + SCALE), (LOC - 0.5, LOC + 1.0)),
    "Bernoulli": ((np.array([0.2, 0.9]),), (np.array([0.5, 0.7]),)),
    "Categorical": ((np.array([[0.2, 0.8], [0.5, 0.5]]),), (np.array([0.7, 0.3]),)),
}


@pytest.mark.parametrize("name", KL_PAIRS)
def test_divergence_against_torch(asarray, name):
    p, q = KL_PAIRS[name]
    ours, theirs = globals()[name], getattr(torch.distributions, name)
    expected = torch.distributions.kl_divergence(theirs(*map(torch.from_numpy, p)), theirs(*map(torch.from_numpy, q)))
    found = kl_divergence(ours(*map(asarray, p)), ours(*map(asarray, q)))
    np.testing.assert_allclose(numbers(found), expected.tolist(), rtol=1e-10, atol=1e-13)
    in_bits = kl_divergence(ours(*map(asarray, p)), ours(*map(asarray, q)), base=2)
    np.testing.assert_allclose(numbers(in_bits) * np.log(2), numbers(found))
    itself = ours(*map(asarray, p))
    np.testing.assert_allclose(numbers(kl_divergence(itself, itself)), 0, atol=1e-13)


def test_divergence_of_logits_far_out(asarray):
    p, q = Bernoulli(logits=asarray([1000.0, -1000.0])), Bernoulli(logits=asarray([-1000.0, -1000.0]))
    assert kl_divergence(p, q).tolist() == [1000, 0]
    assert kl_divergence(Bernoulli(asarray(1.0)), Bernoulli(logits=asarray(-1000.0))) == 1000
    p, q = Categorical(logits=asarray([0.0, -np.inf])), Categorical(probs=asarray([1.0, 0.0]))
    assert kl_divergence(p, q) == kl_divergence(q, p) == 0


def test_divergence_from_what_is_ruled_out(asarray):
    assert kl_divergence(Bernoulli(asarray(0.5)), Bernoulli(asarray(0.0))) == np.inf
    assert kl_divergence(Bernoulli(asarray(0.0)), Bernoulli(asarray(0.0))) == 0
    assert kl_divergence(Categorical(asarray([0.5, 0.5])), Categorical(asarray([1.0, 0.0]))) == np.inf
    assert kl_divergence(Uniform(asarray(0.0), asarray(2.0)), Uniform(asarray(1.0), asarray(3.0))) == np.inf


def test_divergence_gradient_at_a_boundary():
    q = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    kl_divergence(Bernoulli(torch.tensor(0.0, dtype=torch.float64)), Bernoulli(q)).backward()
    assert q.grad == 1


def test_divergence_refuses():
    with pytest.raises(NotImplementedError, match="no closed form for Normal and Laplace; estimate it"):
        kl_divergence(Normal(0.0, 1.0), Laplace(0.0, 1.0))
    with pytest.raises(TypeError, match="two arrays or two distributions, got Normal and ndarray"):
        kl_divergence(Normal(0.0, 1.0), np.array([1.0]))
