"""Averages of a model's weights, against torch's and against the sums they stand for."""

import copy

import numpy as np
import pytest
import torch
from torch.optim import swa_utils as theirs

from course_lib.arrays import torch_generator
from course_lib.optim import swa_utils as ours

AVERAGES = {
    "default": lambda _: None,
    "linear": lambda m: m.get_swa_avg_fn(),
    "running": lambda m: m.get_ema_avg_fn(0.7),
}


def models(n=6):
    """A network along its way."""
    generator = torch_generator(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2)).double()
    for _ in range(n):
        with torch.no_grad():
            for p in net.parameters():
                p.copy_(torch.randn(p.shape, generator=generator, dtype=p.dtype))
            net(torch.randn(8, 3, generator=generator, dtype=torch.float64))
        yield net


@pytest.mark.parametrize("kind", AVERAGES)
@pytest.mark.parametrize("use_buffers", [False, True])
def test_averages_are_torchs(kind, use_buffers):
    pair = []
    for module in (ours, theirs):
        average = None
        for net in models():
            average = average or module.AveragedModel(net, avg_fn=AVERAGES[kind](module), use_buffers=use_buffers)
            average.update_parameters(net)
        pair.append(average)
    mine, yours = (average.state_dict() for average in pair)
    assert mine.keys() == yours.keys()
    torch.testing.assert_close(mine, yours, rtol=1e-13, atol=1e-13)
    x = torch.ones(2, 3, dtype=torch.float64)
    torch.testing.assert_close(pair[0].eval()(x), pair[1].eval()(x))
    assert not any(p.grad_fn for p in pair[0].parameters())


def test_linear_is_the_mean_and_running_the_weighted_sum():
    path = np.array([2.0, 4.0, 9.0, -1.0])
    w = torch.nn.Linear(1, 1, bias=False)
    linear, running = ours.AveragedModel(w), ours.AveragedModel(w, avg_fn=ours.get_ema_avg_fn(0.5))
    for value in path:
        torch.nn.init.constant_(w.weight, value)
        linear.update_parameters(w)
        running.update_parameters(w)
    assert linear.module.weight.item() == pytest.approx(path.mean())
    assert running.module.weight.item() == pytest.approx(path @ [1 / 8, 1 / 8, 1 / 4, 1 / 2])
    assert linear.n_averaged.item() == 4
    assert w.weight.item() == -1


def test_goes_on_from_a_state():
    nets = [copy.deepcopy(net) for net in models()]
    whole = ours.AveragedModel(nets[0])
    half = theirs.AveragedModel(nets[0])
    for net in nets[:3]:
        half.update_parameters(net)
    resumed = ours.AveragedModel(nets[0])
    resumed.load_state_dict(half.state_dict())
    for net in nets:
        whole.update_parameters(net)
    for net in nets[3:]:
        resumed.update_parameters(net)
    torch.testing.assert_close(whole.state_dict(), resumed.state_dict())


@pytest.mark.parametrize("decay", [-0.1, 1.1])
def test_bad_decay(decay):
    for module, message in ((ours, "expected decay between 0 and 1"), (theirs, None)):
        with pytest.raises(ValueError, match=message):
            module.get_ema_avg_fn(decay)
