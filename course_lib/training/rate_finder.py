"""Which learning rate to begin with: try them all, from far too small to far too large."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import torch

from course_lib.data.batches import Batches, over_and_over
from course_lib.nn.modes import mode
from course_lib.training.generators import find_generators, get_states, set_states
from course_lib.training.loop import Loss, forward_and_loss, pairs, require_finite, with_state


def find_learning_rate(
    model: torch.nn.Module,
    data: Batches,
    loss: Loss,
    optimizer: Any,
    *,
    smallest: float = 1e-6,
    largest: float = 10.0,
    steps: int = 100,
    smoothing: float = 0.9,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Train for a few steps while the learning rate grows from tiny to huge, and take down the loss.

    $\epsilon_t = \epsilon_0 (\epsilon_{T-1} / \epsilon_0)^{t / (T - 1)}$

    At first nothing happens, then the loss falls, then it explodes. A good rate lies where it falls fastest, several
    times below the one where it begins to rise. Losses of single batches jump, so each is averaged with those before:
    $\bar L_t = \sum_{s \le t} \beta^{t - s} L_s \,/ \sum_{s \le t} \beta^{t - s}$.

    Model, optimizer, data and random generators are given back as they were.

    Args:
        model: Returns one tensor; trained in training mode.
        data: Pairs (x, y) of minibatches, gone through as often as the steps take.
        loss: ``loss(model(x), y)``.
        optimizer: Ours or torch's, for the model's parameters. All its groups get the same rate.
        smallest: $\epsilon_0$.
        largest: $\epsilon_{T-1}$.
        steps: $T$. The sweep ends sooner when the averaged loss is no number, or lies above its minimum by more than
            three times the first loss.
        smoothing: $\beta$, from 0 (each loss for itself) to below 1.

    Returns:
        The rates and the averaged losses before the step with each, as arrays of one length.

    Raises:
        FloatingPointError: The loss is NaN or infinite before the first step.
        ValueError: The rates do not grow, there are fewer than 2 steps, or $\beta$ is out of range.
        TypeError: As :func:`~course_lib.training.fit` does.

    Source: Smith (2017), Cyclical learning rates for training neural networks, section 3.3, where the rate grows by
    equal steps.
    """
    if not 0 < smallest < largest < math.inf:
        raise ValueError(f"expected 0 < smallest < largest, got {smallest} and {largest}")
    if steps < 2:
        raise ValueError(f"expected at least 2 steps, got {steps}")
    if not 0 <= smoothing < 1:
        raise ValueError(f"expected smoothing from 0 to below 1, got {smoothing}")
    generators = find_generators(data, model)
    changing: list[Any] = [part for part in (model, optimizer, with_state(data)) if hasattr(part, "state_dict")]
    before = copy.deepcopy([part.state_dict() for part in changing])
    random_before = get_states(generators)
    try:
        return _sweep(model, data, loss, optimizer, np.geomspace(smallest, largest, steps), smoothing)
    finally:
        optimizer.zero_grad()
        for part, state in zip(changing, before, strict=True):
            part.load_state_dict(state)
        set_states(generators, random_before)


def _sweep(
    model: torch.nn.Module, data: Batches, loss: Loss, optimizer: Any, rates: np.ndarray, smoothing: float
) -> tuple[np.ndarray, np.ndarray]:
    batches = pairs(over_and_over(data))
    losses: list[float] = []
    total = weight = 0.0
    with mode(model, training=True):
        for rate in rates:
            number, x, y = next(batches)
            _, value = forward_and_loss(model, loss, x, y, number)
            total, weight = smoothing * total + value.item(), smoothing * weight + 1
            if not losses:
                require_finite(total, "before the first step")
            elif not total / weight <= min(losses) + 3 * abs(losses[0]):
                break
            losses.append(total / weight)
            for group in optimizer.param_groups:
                group["lr"] = float(rate)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
    return rates[: len(losses)], np.array(losses)
