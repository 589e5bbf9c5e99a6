"""DeltaBarDelta against the rule of the paper, written down number by number."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_lib import optim
from tests.optim.bowl import Bowl


def jacobs(w, gradients, lr, kappa, phi, theta):
    """One weight. Its rate first, then the step; the mean of the gradients is that of the steps before."""
    rate, mean = lr, 0.0
    for g in gradients:
        if mean * g > 0:
            rate = rate + kappa
        elif mean * g < 0:
            rate = rate - phi * rate
        w = w - rate * g
        mean = (1 - theta) * g + theta * mean
    return w, rate


numbers = st.floats(-3, 3).map(lambda x: round(x, 3))


@given(
    gradients=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12),
    lr=st.floats(0, 1),
    kappa=st.floats(0, 1),
    phi=st.floats(0, 0.99),
    theta=st.floats(0, 0.99),
)
def test_every_weight_goes_its_own_way(gradients, lr, kappa, phi, theta):
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = optim.DeltaBarDelta([w], lr=lr, kappa=kappa, phi=phi, theta=theta)
    for pair in gradients:
        w.grad = torch.tensor(pair, dtype=torch.float64)
        optimizer.step()
    rates = optimizer.state[w]["step_size"]
    for i, start in enumerate((1.0, -2.0)):
        expected = jacobs(start, [pair[i] for pair in gradients], lr, kappa, phi, theta)
        np.testing.assert_allclose((w[i].item(), rates[i].item()), expected, rtol=1e-9, atol=1e-12)


def test_descends_and_climbs():
    bowl, mirrored = Bowl(torch.float64), Bowl(torch.float64)
    down = bowl.walk(lambda params: optim.DeltaBarDelta(params, weight_decay=0.1))
    up = mirrored.walk(lambda params: optim.DeltaBarDelta(params, maximize=True))
    assert down[-1].norm() < up[-1].norm()


def test_along_a_valley_it_beats_one_rate_for_all():
    ends = {}
    for rule in (optim.SGD, optim.DeltaBarDelta):
        w = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
        optimizer = rule([w], lr=0.01)
        for _ in range(200):
            optimizer.zero_grad()
            ((w**2) * torch.tensor([10.0, 0.05])).sum().backward()
            optimizer.step()
        ends[rule] = w.detach().abs().max().item()
    assert ends[optim.DeltaBarDelta] < 0.2 < 0.7 < ends[optim.SGD]


@pytest.mark.parametrize("options", [{"lr": -1}, {"kappa": -1}, {"phi": 1}, {"phi": -0.1}, {"theta": 1}], ids=str)
def test_bad_options(options):
    with pytest.raises(ValueError, match=f"expected {next(iter(options))}"):
        optim.DeltaBarDelta([torch.zeros(1, requires_grad=True)], **options)
