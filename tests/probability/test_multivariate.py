"""The multivariate normal, against SciPy and torch."""

import numpy as np
import pytest
import scipy.stats
import torch

from course_lib.arrays import torch_generator
from course_lib.probability import MultivariateNormal, Normal, kl_divergence


def numbers(x):
    return np.asarray(x.tolist())


def generator(asarray):
    like = asarray([0.0])
    return torch_generator(0, like.device) if isinstance(like, torch.Tensor) else np.random.default_rng(0)


def covariances(rng, *batch, n=3):
    A = rng.normal(size=(*batch, n, n))
    return A @ np.swapaxes(A, -1, -2) + 0.1 * np.eye(n)


def test_against_scipy(asarray, rng):
    loc, C = rng.normal(size=3), covariances(rng)
    p, oracle = MultivariateNormal(asarray(loc), asarray(C)), scipy.stats.multivariate_normal(loc, C)
    values = rng.normal(size=(5, 4, 3)) * 20
    np.testing.assert_allclose(numbers(p.log_prob(asarray(values))), oracle.logpdf(values), rtol=1e-9)
    assert float(p.entropy()) == pytest.approx(oracle.entropy())
    np.testing.assert_allclose(numbers(p.variance), np.diag(C))
    np.testing.assert_allclose(numbers(p.mean), loc)
    assert (p.batch_shape, p.event_shape) == ((), (3,))


@pytest.mark.parametrize("by", ["covariance_matrix", "precision_matrix", "scale_tril"])
@pytest.mark.parametrize("batches", [((), ()), ((2, 1), (4,)), ((5,), ()), ((), (2,))])
def test_against_torch(asarray, rng, by, batches):
    loc, matrix = rng.normal(size=(*batches[0], 3)), covariances(rng, *batches[1])
    if by == "scale_tril":
        matrix = np.tril(matrix)
    ours = MultivariateNormal(asarray(loc), **{by: asarray(matrix)})
    theirs = torch.distributions.MultivariateNormal(torch.from_numpy(loc), **{by: torch.from_numpy(matrix)})
    assert ours.batch_shape == theirs.batch_shape
    value = theirs.sample((6,))
    expected = theirs.log_prob(value)
    np.testing.assert_allclose(numbers(ours.log_prob(asarray(value.numpy()))), expected, rtol=1e-9)
    for name in ("mean", "variance", "covariance_matrix", "precision_matrix", "scale_tril"):
        np.testing.assert_allclose(numbers(getattr(ours, name)), getattr(theirs, name), rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(numbers(ours.entropy()), theirs.entropy())


def test_samples_have_its_covariance(asarray, rng):
    C = covariances(rng)
    draws = numbers(
        MultivariateNormal(asarray(np.ones(3)), asarray(C)).sample((200, 100), generator=generator(asarray))
    )
    assert draws.shape == (200, 100, 3)
    draws = draws.reshape(-1, 3)
    size = np.sqrt(np.diag(C))
    assert (abs(draws.mean(axis=0) - 1) < 4 * size / np.sqrt(20_000)).all()
    assert (abs(np.cov(draws.T) - C) < 5 * np.outer(size, size) * np.sqrt(2 / 20_000)).all()


def test_in_one_dimension_it_is_the_normal(asarray):
    p, q = MultivariateNormal(asarray([2.0]), asarray([[9.0]])), Normal(asarray(2.0), asarray(3.0))
    x = asarray([[-1.0], [2.0], [40.0]])
    np.testing.assert_allclose(numbers(p.log_prob(x)), numbers(q.log_prob(x[:, 0])))


def test_far_out_and_nearly_flat(asarray):
    """Variances 16 orders of magnitude apart, 40 standard deviations out."""
    C, x = np.diag([1e8, 1e-8]), np.array([4e5, 4e-3])
    found = float(MultivariateNormal(asarray(np.zeros(2)), asarray(C)).log_prob(asarray(x)))
    assert found == pytest.approx(-1600 - np.log(2 * np.pi), rel=1e-12)


def test_gradients(rng):
    C = torch.from_numpy(covariances(rng)).requires_grad_()
    loc, x = (torch.from_numpy(rng.normal(size=3)).requires_grad_() for _ in range(2))

    def log_prob(loc, C, x):
        return MultivariateNormal(loc, (C + C.mT) / 2).log_prob(x)

    assert torch.autograd.gradcheck(log_prob, (loc, C, x))
    draw = MultivariateNormal(loc, C).rsample((2,), generator=torch_generator(0))
    assert torch.autograd.grad(draw.sum(), loc)[0].tolist() == [2, 2, 2]


def test_divergence_against_torch(asarray, rng):
    locs, matrices = rng.normal(size=(2, 4, 3)), covariances(rng, 2, 4)
    pairs = list(zip(locs, matrices, strict=True))
    theirs = (torch.distributions.MultivariateNormal(*map(torch.from_numpy, pair)) for pair in pairs)
    expected = torch.distributions.kl_divergence(*theirs)
    found = kl_divergence(*(MultivariateNormal(*map(asarray, pair)) for pair in pairs))
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-8)


def test_precisions_are_promoted(asarray):
    p = MultivariateNormal(asarray([0.0, 0.0], "float32"), asarray(np.eye(2)))
    assert p.log_prob(asarray([1.0, 1.0], "float32")).dtype == asarray(0.0).dtype


@pytest.mark.parametrize(
    ("loc", "given", "words"),
    [
        ([0.0, 0.0], {}, "exactly one of covariance_matrix, precision_matrix, scale_tril, got 0"),
        ([0.0], {"scale_tril": [[1.0]], "covariance_matrix": [[1.0]]}, "got 2"),
        ([0.0, 0.0], {"covariance_matrix": [[1.0]]}, r"got \(2,\) and \(1, 1\)"),
        (0.0, {"covariance_matrix": [[1.0]]}, r"loc of shape \(..., n\)"),
        ([0.0, 0.0], {"covariance_matrix": [[1.0, 2.0], [2.0, 1.0]]}, "not positive definite"),
        ([0.0, 0.0], {"covariance_matrix": [[1.0, 0.5], [0.0, 1.0]]}, "symmetric"),
        ([0.0, 0.0], {"precision_matrix": [[1.0, 0.5], [0.0, 1.0]]}, "symmetric"),
        ([0.0, 0.0], {"scale_tril": [[1.0, 0.5], [0.0, 1.0]]}, "scale_tril to be 0 above the diagonal"),
        ([0.0, 0.0], {"scale_tril": [[1.0, 0.0], [0.5, -1.0]]}, "diagonal of scale_tril to be positive, got -1"),
        ([[0.0, 0.0]] * 3, {"covariance_matrix": [np.eye(2)] * 2}, "shape mismatch"),
    ],
)
def test_refused(asarray, loc, given, words):
    with pytest.raises(ValueError, match=words):
        MultivariateNormal(asarray(loc), **{name: asarray(matrix) for name, matrix in given.items()})


def test_a_value_must_be_a_vector(asarray):
    p = MultivariateNormal(asarray([0.0, 0.0]), asarray(np.eye(2)))
    with pytest.raises(ValueError, match=r"shape \(3, 1\) does not fit MultivariateNormal .* event_shape \(2,\)"):
        p.log_prob(asarray(np.zeros((3, 1))))
