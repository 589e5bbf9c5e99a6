"""Early stopping is algorithm 7.1, written out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.regularization import EarlyStopping


def algorithm_7_1(losses, p, min_delta):
    """The book's loop over given losses: when it stops, the best loss and its epoch."""
    j, v, i, best = 0, math.inf, 0, 0
    while j < p and i < len(losses):
        i += 1
        if losses[i - 1] < v - min_delta:
            j, best, v = 0, i, losses[i - 1]
        else:
            j += 1
    return i, v, best, j == p


@given(
    losses=st.lists(st.floats(0, 10), min_size=1, max_size=30),
    patience=st.integers(1, 6),
    min_delta=st.sampled_from([0.0, 0.5]),
)
def test_follows_the_book(losses, patience, min_delta):
    stopping = EarlyStopping(patience, min_delta)
    for loss in losses:
        before = stopping.best
        stop = stopping.update(loss)
        assert stop == stopping.stopped
        assert stopping.improved == (stopping.best < before)
        if stop:
            break
    found = stopping.epoch, stopping.best, stopping.best_epoch, stopping.stopped
    assert found == algorithm_7_1(losses, patience, min_delta)


def test_patience_of_one_stops_at_the_first_rise():
    stopping = EarlyStopping(1)
    assert [stopping.update(loss) for loss in (3, 2, 2)] == [False, False, True]


def test_before_the_first_epoch():
    stopping = EarlyStopping(2)
    assert (stopping.best, stopping.best_epoch, stopping.stopped, stopping.improved) == (math.inf, 0, False, False)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.array])
def test_takes_numbers_of_any_kind(kind):
    stopping = EarlyStopping(2)
    stopping.update(kind(0.5))
    assert type(stopping.best) is float


def test_goes_on_from_a_saved_state():
    losses = [0.9, 0.5, 0.6, 0.4, 0.7, 0.8, 0.9]
    whole, first = EarlyStopping(3), EarlyStopping(3)
    for loss in losses:
        whole.update(loss)
    for loss in losses[:3]:
        first.update(loss)
    second = EarlyStopping(3)
    second.load_state_dict(first.state_dict())
    for loss in losses[3:]:
        second.update(loss)
    assert second == whole


def test_more_patience_goes_on():
    stopped = EarlyStopping(1)
    stopped.update(1.0)
    stopped.update(2.0)
    patient = EarlyStopping(3)
    patient.load_state_dict(stopped.state_dict())
    assert not patient.stopped


def test_refusals():
    with pytest.raises(ValueError, match="patience to be at least 1, got 0"):
        EarlyStopping(0)
    with pytest.raises(ValueError, match="min_delta to be at least 0, got -1"):
        EarlyStopping(1, min_delta=-1)
    stopping = EarlyStopping(1)
    with pytest.raises(ValueError, match="got NaN: training has diverged"):
        stopping.update(math.nan)
    stopping.update(1.0)
    stopping.update(1.0)
    with pytest.raises(RuntimeError, match="stopped after epoch 2; to train again, make a new EarlyStopping"):
        stopping.update(0.1)
