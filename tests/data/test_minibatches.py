"""Minibatches: every sample once an epoch, in a new order each time."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches

KINDS = [np.random.default_rng, torch_generator]


@pytest.mark.parametrize("make", KINDS)
@given(n=st.integers(1, 40), batch_size=st.integers(1, 45), shuffle=st.booleans())
def test_every_sample_once_with_its_partner(make, n, batch_size, shuffle):
    x = np.arange(n)
    batches = Minibatches(x, 10 * x, batch_size=batch_size, generator=make(0), shuffle=shuffle)
    epoch = list(batches)
    assert len(batches) == len(epoch) == np.ceil(n / batch_size)
    assert {len(a) for a, _ in epoch[:-1]} <= {batch_size}
    assert len(epoch[-1][0]) == (n - 1) % batch_size + 1
    assert sorted(np.concatenate([a for a, _ in epoch])) == list(x)
    assert all((b == 10 * a).all() for a, b in epoch)


@pytest.mark.parametrize("make", KINDS)
def test_a_new_order_each_epoch_and_the_same_from_the_same_seed(asarray, make):
    x = asarray(np.arange(50.0))
    batches, again = (Minibatches(x, batch_size=7, generator=make(3)) for _ in range(2))
    epochs = [[batch.tolist() for (batch,) in batches] for _ in range(2)]
    assert epochs[0] != epochs[1]
    assert epochs == [[batch.tolist() for (batch,) in again] for _ in range(2)]


@pytest.mark.parametrize("make", KINDS)
def test_batches_are_of_the_arrays_kind(asarray, make):
    x = asarray(np.zeros((5, 2, 3)), dtype="float32")
    for (batch,) in Minibatches(x, batch_size=2, generator=make(0)):
        assert type(batch) is type(x)
        assert batch.dtype == x.dtype
        assert batch.shape[1:] == (2, 3)


def test_orders_are_uniform():
    """Each sample comes first equally often: 3,000 epochs of 3, four standard errors."""
    generator = np.random.default_rng(0)
    batches = Minibatches(np.arange(3), batch_size=1, generator=generator)
    firsts = np.bincount([next(iter(batches))[0][0] for _ in range(3000)])
    np.testing.assert_allclose(firsts, 1000, atol=4 * np.sqrt(3000 * 2 / 9))


def test_unshuffled_batches_keep_the_order_and_need_no_generator():
    assert [x.tolist() for (x,) in Minibatches(torch.arange(5), batch_size=2, shuffle=False)] == [[0, 1], [2, 3], [4]]


def test_the_arrays_are_not_changed():
    x = np.arange(9.0)
    for (batch,) in Minibatches(x, batch_size=4, generator=np.random.default_rng(0)):
        batch[:] = -1
    np.testing.assert_array_equal(x, np.arange(9.0))


def test_loops_inside_one_another_do_not_disturb_each_other():
    batches = Minibatches(np.arange(4), batch_size=2, generator=np.random.default_rng(0))
    pairs = [(a, b) for (x,) in batches for (y,) in batches for a in x for b in y]
    assert len(set(pairs)) == len(pairs) == 16


@pytest.mark.parametrize(
    ("arrays", "options", "error", "message"),
    [
        ([np.zeros(3), np.zeros(4)], {}, ValueError, "got lengths 3, 4"),
        ([], {}, ValueError, "at least one array, got none"),
        ([np.zeros((0, 2))], {}, ValueError, r"at least one sample, got arrays of shape \(0, 2\)"),
        ([np.float64(1.0)], {}, ValueError, "at least one sample"),
        ([[1, 2]], {}, TypeError, "got list"),
        ([np.zeros(3), torch.zeros(3)], {}, TypeError, "one kind"),
        ([np.zeros(3)], {"batch_size": 0}, ValueError, "batch_size to be a whole number of at least 1, got 0"),
        ([np.zeros(3)], {"batch_size": 1.5}, ValueError, "got 1.5"),
        ([np.zeros(3)], {"generator": None}, TypeError, "pass generator=.*or pass shuffle=False; got NoneType"),
        ([np.zeros(3)], {"generator": 7}, TypeError, "got int"),
    ],
)
def test_refusals(arrays, options, error, message):
    with pytest.raises(error, match=message):
        Minibatches(*arrays, **{"batch_size": 2, "generator": np.random.default_rng(0), **options})
