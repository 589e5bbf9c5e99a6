"""Soft targets against torch's label smoothing; mixup against its definition and the moments of a beta distribution."""

import numpy as np
import pytest
import scipy.stats
import torch

from course_lib.arrays import torch_generator
from course_lib.regularization import label_smoothing, mixup


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.5, 1.0])
def test_spread_over_all_is_torchs(epsilon):
    logits = torch.randn(7, 5, generator=torch_generator(0), dtype=torch.float64)
    y = torch.arange(7) % 5
    expected = torch.nn.CrossEntropyLoss(label_smoothing=epsilon)(logits, y)
    smooth = label_smoothing(y, 5, epsilon, spread="all").double()
    torch.testing.assert_close(torch.nn.CrossEntropyLoss()(logits, smooth), expected, rtol=1e-6, atol=0)


@pytest.mark.parametrize("spread", ["others", "all"])
@pytest.mark.parametrize("k", [2, 10])
def test_rows_by_hand(asarray, spread, k):
    found = np.asarray(label_smoothing(asarray([0, k - 1], "int64"), k, 0.2, spread=spread).tolist())
    doubt = 0.2 / (k - 1) if spread == "others" else 0.2 / k
    expected = np.full((2, k), doubt)
    expected[0, 0] = expected[1, k - 1] = 0.8 if spread == "others" else 0.8 + 0.2 / k
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-6)


def test_the_two_ways_are_one_with_another_epsilon():
    y = np.arange(4)
    np.testing.assert_allclose(label_smoothing(y, 4, 0.2, spread="all"), label_smoothing(y, 4, 0.2 * 3 / 4), rtol=1e-14)


def test_no_doubt_is_one_hot(asarray):
    y = asarray([2, 0], "int32")
    found = label_smoothing(y, 3, 0.0)
    assert found.tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    assert found.dtype == (torch.float32 if isinstance(y, torch.Tensor) else np.float64)
    assert label_smoothing(y[:0], 3, 0.1).shape == (0, 3)


@pytest.mark.parametrize(("dtype", "k"), [("uint8", 300), ("int8", 200)])
def test_a_narrow_dtype_may_have_fewer_numbers_than_there_are_classes(asarray, dtype, k):
    found = label_smoothing(asarray([1, 44], dtype), k, 0.0)
    assert [np.flatnonzero(row).tolist() for row in found.tolist()] == [[1], [44]]


def test_label_smoothing_refuses(asarray):
    y = asarray([0, 3], "int64")
    with pytest.raises(ValueError, match="classes from 0 to 2, got 3"):
        label_smoothing(y, 3, 0.1)
    with pytest.raises(ValueError, match="classes from 0 to 2, got -1"):
        label_smoothing(asarray([-1], "int64"), 3, 0.1)
    with pytest.raises(TypeError, match="integer dtype, got .*float64"):
        label_smoothing(asarray([0.0]), 3, 0.1)
    with pytest.raises(ValueError, match=r"shape \(n,\), got shape \(1, 2\)"):
        label_smoothing(y[None], 4, 0.1)
    for wrong in (1, 4.0):
        with pytest.raises(ValueError, match="whole number of at least 2"):
            label_smoothing(y, wrong, 0.1)
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="epsilon from 0 to 1"):
            label_smoothing(y, 4, wrong)
    with pytest.raises(ValueError, match="'others' or 'all', got 'some'"):
        label_smoothing(y, 4, 0.1, spread="some")


@pytest.fixture(params=["numpy", "torch"])
def kind(request):
    """Makes arrays and generators of one kind."""
    if request.param == "numpy":
        return np.asarray, np.random.default_rng
    return lambda values: torch.from_numpy(np.array(values)), torch_generator


def test_mixup_mixes_inputs_and_targets_alike(kind, rng):
    array, generator = kind
    x, y = rng.normal(size=(30, 2, 3)), np.eye(30)
    mixed_x, mixed_y = (np.asarray(m) for m in mixup(array(x), array(y), alpha=0.4, generator=generator(1)))
    np.testing.assert_allclose(mixed_x, np.tensordot(mixed_y, x, axes=1), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(mixed_y.sum(axis=1), 1.0, rtol=1e-12)
    assert (np.count_nonzero(mixed_y, axis=1) <= 2).all()
    assert len(np.unique(mixed_y[mixed_y > 0])) > 20, "every sample has a λ of its own"


@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
def test_shares_are_beta_distributed(kind, alpha):
    """One of y's columns marks each sample; its own share λ stands on the diagonal (unless it was its own partner)."""
    array, generator = kind
    y = np.eye(2000)
    shares = np.diag(np.asarray(mixup(array(y), array(y), alpha=alpha, generator=generator(3))[1]))
    assert scipy.stats.kstest(shares[shares < 1], scipy.stats.beta(alpha, alpha).cdf).pvalue > 0.01


def test_a_tiny_alpha_mixes_nothing(kind):
    array, generator = kind
    y = array(np.eye(50))
    mixed = np.asarray(mixup(y, y, alpha=1e-4, generator=generator(0))[1])
    np.testing.assert_allclose(mixed.max(axis=1), 1.0, atol=1e-6)


def test_same_seed_same_mixture_and_nothing_changed(kind):
    array, generator = kind
    x, y = array(np.arange(12.0).reshape(6, 2)), array(np.eye(6))
    first, again, other = (mixup(x, y, alpha=1.0, generator=generator(seed)) for seed in (5, 5, 6))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not (first[0] == other[0]).all()
    np.testing.assert_array_equal(np.asarray(x), np.arange(12.0).reshape(6, 2))
    assert mixup(x, y, alpha=1.0)[0].shape == x.shape


def test_each_keeps_its_precision(kind):
    array, generator = kind
    x, y = array(np.ones((3, 2), dtype=np.float32)), array(np.eye(3))
    mixed_x, mixed_y = mixup(x, y, alpha=1.0, generator=generator(0))
    assert (mixed_x.dtype, mixed_y.dtype) == (x.dtype, y.dtype)


def test_mixup_refuses(kind):
    array, generator = kind
    x, y = array(np.ones((3, 2))), array(np.eye(3))
    with pytest.raises(TypeError, match="y of a floating dtype, got .*label_smoothing"):
        mixup(x, array(np.arange(3)), alpha=1.0)
    with pytest.raises(ValueError, match=r"each sample, got shapes \(3, 2\) and \(2, 3\)"):
        mixup(x, y[:2], alpha=1.0)
    with pytest.raises(ValueError, match=r"got shapes \(\) and \(\)"):
        mixup(array(np.array(1.0)), array(np.array(1.0)), alpha=1.0)
    for alpha in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="alpha above 0 and finite"):
            mixup(x, y, alpha=alpha)
    other = np.random.default_rng(0) if generator is torch_generator else torch_generator(0)
    with pytest.raises(TypeError, match="expected generator=.*of the data's kind, got"):
        mixup(x, y, alpha=1.0, generator=other)
