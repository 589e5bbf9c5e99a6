"""The sweep is the loop by hand, ends where the loss explodes, and leaves nothing behind."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.optim import SGD, Adam
from course_lib.regularization.augment import Augmented
from course_lib.training import Curriculum, find_learning_rate, fit


def sweep(task, **options):
    return find_learning_rate(task.model, task.data, task.loss, task.optimizer, **options)


def test_by_hand(make_task):
    """More steps than batches: the data are gone through again, in a new order."""
    task, hand = make_task(), make_task()
    torch.manual_seed(5)
    rates, losses = sweep(task, smallest=1e-4, largest=0.1, steps=11, smoothing=0.7)
    torch.manual_seed(5)
    batches = [batch for _ in range(3) for batch in hand.data]
    seen = []
    for t in range(11):
        x, y = batches[t]
        hand.optimizer.param_groups[0]["lr"] = rates[t]
        hand.optimizer.zero_grad()
        loss = hand.loss(hand.model(x), y)
        loss.backward()
        hand.optimizer.step()
        seen.append(loss.item())
    weights = [0.7 ** np.arange(t, -1, -1.0) for t in range(11)]
    expected = [np.average(seen[: t + 1], weights=w) for t, w in enumerate(weights)]
    np.testing.assert_allclose(rates, 1e-4 * 1000 ** (np.arange(11) / 10))
    np.testing.assert_allclose(losses, expected)


@pytest.mark.parametrize("rule", [SGD, Adam, torch.optim.Adam])
def test_afterwards_all_is_as_it_was(make_task, rule):
    """Weights, running moments, the optimizer's memory and rate, shuffling and dropout: training goes on to the bit."""
    ends = []
    for looked in (False, True):
        task = make_task()
        task.optimizer = rule(task.model.parameters(), lr=0.01)
        torch.manual_seed(1)
        fit(task.model, task.data, task.loss, task.optimizer, epochs=2)
        if looked:
            task.model.eval()
            before = task.weights()
            sweep(task)
            assert torch.equal(task.weights(), before)
            assert not task.model.training
        fit(task.model, task.data, task.loss, task.optimizer, epochs=2)
        ends.append(task.weights())
    assert torch.equal(*ends)


def test_a_curriculum_is_given_back_too(task):
    X, y = task.data.arrays
    task.data = Curriculum(X, y, difficulty=X[:, 0], batch_size=8, generator=torch_generator(0))
    sweep(task, steps=20)
    assert task.data.epoch == 0
    augmented, task.data = task.data, Augmented(task.data, lambda x: x + 1)
    sweep(task, steps=20)
    assert augmented.epoch == 0


def test_given_back_after_an_error(task):
    before, calls, loss = task.weights(), [], task.loss

    def failing(prediction, y):
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("broken")
        return loss(prediction, y)

    task.loss = failing
    with pytest.raises(RuntimeError, match="broken"):
        sweep(task)
    assert torch.equal(task.weights(), before)
    assert task.optimizer.param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize("offset", [0.0, -50.0])
def test_it_ends_where_the_loss_explodes(offset):
    """On L = w² / 2 gradient descent with a fixed rate diverges above 2; the sweep goes on a little, then ends."""
    model = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)
    one = torch.ones(1, 1, dtype=torch.float64)
    rates, losses = find_learning_rate(
        model,
        [(one, one)],
        lambda prediction, y: prediction.square().mean() / 2 + offset,
        SGD(model.parameters(), lr=1.0),
        smallest=1e-3,
        largest=1e5,
        steps=200,
        smoothing=0.0,
    )
    assert len(rates) == len(losses) < 200
    assert 2 < rates[-1] < 1e3
    assert 0.1 < rates[losses.argmin()] <= 3
    assert losses.max() <= losses.min() + 3 * abs(losses[0])


def test_it_ends_before_a_loss_that_is_no_number(task):
    calls, loss = [], task.loss
    task.loss = lambda prediction, y: loss(prediction, y) * (math.nan if calls.append(1) or len(calls) == 6 else 1)
    rates, losses = sweep(task)
    assert len(rates) == len(losses) == 5
    assert np.isfinite(losses).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"smallest": 0.0}, "0 < smallest < largest, got 0.0 and 10.0"),
        ({"smallest": 1.0, "largest": 1.0}, "got 1.0 and 1.0"),
        ({"largest": math.inf}, "got 1e-06 and inf"),
        ({"steps": 1}, "at least 2 steps"),
        ({"smoothing": 1.0}, "smoothing from 0 to below 1"),
        ({"smoothing": -0.1}, "got -0.1"),
    ],
)
def test_refusals(task, options, message):
    with pytest.raises(ValueError, match=message):
        sweep(task, **options)


def test_a_loss_that_is_no_number_from_the_start(task):
    task.loss = lambda prediction, y: prediction.sum() * math.nan
    with pytest.raises(FloatingPointError, match="nan before the first step"):
        sweep(task)


def test_data_that_come_only_once(task):
    task.data = iter(list(task.data))
    with pytest.raises(TypeError, match="again and again, got a list_iterator"):
        sweep(task)


def test_no_data(task):
    task.data = []
    with pytest.raises(ValueError, match="at least one batch"):
        sweep(task)
