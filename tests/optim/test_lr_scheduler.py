"""Schedules give torch's learning rates to the bit: alone, several at once, one after the other, and resumed."""

import copy
import inspect
import math
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler as torchs

from course_lib import optim
from course_lib.optim import lr_scheduler as ours

LIBRARIES = [(ours, optim), (torchs, torch.optim)]
NAMES = ["LambdaLR", "StepLR", "LinearLR", "CosineAnnealingLR", "SequentialLR"]


class Decay:
    """A function of the epoch whose attributes are saved."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, epoch):
        return self.factor**epoch


def nested(m, o):
    """In torch, and so here, the inner sequence steps once while the outer is made, and warns of that."""
    inner = m.SequentialLR(o, [m.LinearLR(o, 0.2), m.StepLR(o, 2)], milestones=[3])
    with pytest.warns(UserWarning, match="before"):
        return m.SequentialLR(o, [inner, m.CosineAnnealingLR(o, 6)], milestones=[8])


SCHEDULES = {
    "lambda": lambda m, o: m.LambdaLR(o, lambda epoch: 0.95**epoch),
    "lambdas": lambda m, o: m.LambdaLR(o, [lambda epoch: 1 / (1 + epoch), Decay(0.9)]),
    "step": lambda m, o: m.StepLR(o, 3, gamma=0.3),
    "linear warm-up": lambda m, o: m.LinearLR(o),
    "linear decay": lambda m, o: m.LinearLR(o, 1.0, 0.01, total_iters=12),
    "linear to nothing": lambda m, o: m.LinearLR(o, 0.7, 0.0, total_iters=4),
    "cosine": lambda m, o: m.CosineAnnealingLR(o, 7, eta_min=0.01),
    "cosine of one epoch": lambda m, o: m.CosineAnnealingLR(o, 1),
    "one": lambda m, o: m.SequentialLR(o, [m.StepLR(o, 2)], []),
    "warm-up, cosine": lambda m, o: m.SequentialLR(
        o, [m.LinearLR(o, 0.1, total_iters=4), m.CosineAnnealingLR(o, 10)], milestones=[4]
    ),
    "three": lambda m, o: m.SequentialLR(
        o,
        [m.LinearLR(o, 0.5, 0.9, total_iters=3), m.LambdaLR(o, lambda epoch: 0.9**epoch), m.StepLR(o, 2)],
        milestones=[5, 9],
    ),
    "the first never": lambda m, o: m.SequentialLR(o, [m.StepLR(o, 1), m.LinearLR(o)], milestones=[0]),
    "nested": lambda m, o: nested(m, o),
}


def optimizer(library, tensor=False):
    groups = [torch.zeros(2, requires_grad=True), torch.zeros(3, requires_grad=True)]
    rates = [0.05, 0.3]
    if tensor:
        rates = [torch.tensor(rate, dtype=torch.float64) for rate in rates]
    return library.SGD([{"params": [p], "lr": rate} for p, rate in zip(groups, rates, strict=True)], lr=1.0)


def walk(opt, schedules, epochs):
    rates = []
    for _ in range(epochs):
        rates.append([float(group["lr"]) for group in opt.param_groups])
        assert [float(lr) for lr in schedules[-1].get_last_lr()] == rates[-1]
        opt.step()
        for schedule in schedules:
            schedule.step()
    return rates


@pytest.mark.parametrize("tensor", [False, True])
@pytest.mark.parametrize("name", SCHEDULES)
def test_every_rate(name, tensor):
    mine, yours = (
        walk(opt := optimizer(library, tensor), [SCHEDULES[name](module, opt)], 25) for module, library in LIBRARIES
    )
    assert mine == yours
    assert len({tuple(rates) for rates in mine}) > 1


@settings(deadline=None)
@given(T=st.integers(1, 20), low=st.floats(0, 0.04), a=st.floats(0.01, 1), b=st.floats(0, 1), tau=st.integers(1, 30))
def test_every_rate_for_any_numbers(T, low, a, b, tau):
    for name, arguments in (("CosineAnnealingLR", (T, low)), ("LinearLR", (a, b, tau)), ("StepLR", (tau, a))):
        mine, yours = (
            walk(opt := optimizer(library), [getattr(module, name)(opt, *arguments)], 30)
            for module, library in LIBRARIES
        )
        assert mine == yours


@pytest.mark.parametrize(
    "names", [("step", "linear warm-up"), ("linear decay", "cosine", "step"), ("cosine", "lambda")]
)
def test_several_at_once(names):
    mine, yours = (
        walk(opt := optimizer(library), [SCHEDULES[name](module, opt) for name in names], 25)
        for module, library in LIBRARIES
    )
    assert mine == yours


def test_the_closed_forms():
    """The equations of the docstrings."""
    opt = optimizer(optim)
    rates = [first for first, _ in walk(opt, [ours.CosineAnnealingLR(opt, 8, eta_min=0.01)], 9)]
    expected = [0.01 + 0.04 * (1 + math.cos(math.pi * t / 8)) / 2 for t in range(9)]
    assert rates == pytest.approx(expected, rel=1e-12)
    opt = optimizer(optim)
    rates = [first for first, _ in walk(opt, [ours.LinearLR(opt, 1.0, 0.01, total_iters=10)], 15)]
    alphas = [min(k / 10, 1) for k in range(15)]
    assert rates == pytest.approx([(1 - a) * 0.05 + a * 0.05 * 0.01 for a in alphas], rel=1e-12)


@pytest.mark.parametrize("source", [0, 1], ids=["from ours", "from torch's"])
@pytest.mark.parametrize("target", [0, 1], ids=["to ours", "to torch's"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_resumes(name, source, target):
    whole = optimizer(torch.optim)
    expected = walk(whole, [SCHEDULES[name](torchs, whole)], 20)
    module, library = LIBRARIES[source]
    first = optimizer(library)
    schedule = SCHEDULES[name](module, first)
    assert walk(first, [schedule], 8) == expected[:8]
    states = copy.deepcopy((first.state_dict(), schedule.state_dict()))
    module, library = LIBRARIES[target]
    second = optimizer(library)
    resumed = SCHEDULES[name](module, second)
    second.load_state_dict(states[0])
    resumed.load_state_dict(states[1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert walk(second, [resumed], 12) == expected[8:]


@pytest.mark.parametrize("name", SCHEDULES)
def test_states_hold_what_torchs_do_and_are_safe_to_load(name, tmp_path):
    states = []
    for module, library in LIBRARIES:
        opt = optimizer(library)
        schedule = SCHEDULES[name](module, opt)
        walk(opt, [schedule], 5)
        states.append(schedule.state_dict())
    mine, yours = states
    unused = {"_get_lr_called_within_step"}
    assert mine.keys() == yours.keys() - unused
    assert {k: v for k, v in mine.items() if k != "_schedulers"} == {
        k: v for k, v in yours.items() if k not in {*unused, "_schedulers"}
    }
    torch.save(mine, tmp_path / "state")
    assert torch.load(tmp_path / "state", weights_only=True) == mine


def test_loading_changes_nothing_in_the_state():
    for name in ("lambdas", "nested"):
        opt = optimizer(optim)
        schedule = SCHEDULES[name](ours, opt)
        state = schedule.state_dict()
        before = copy.deepcopy(state)
        schedule.load_state_dict(state)
        assert state == before


def test_attributes_of_callables_are_loaded():
    opt = optimizer(optim)
    state = ours.LambdaLR(opt, Decay(0.5)).state_dict()
    assert state["lr_lambdas"] == [{"factor": 0.5}, {"factor": 0.5}]
    schedule = ours.LambdaLR(opt, [Decay(0.9), Decay(0.8)])
    schedule.load_state_dict(state)
    assert [f.factor for f in schedule.lr_lambdas] == [0.5, 0.5]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "SequentialLR"])
@pytest.mark.parametrize("last_epoch", [0, 3, 9])
def test_goes_on_from_an_epoch(name, last_epoch):
    arguments = {"LambdaLR": (lambda epoch: 0.9**epoch,), "StepLR": (2,), "LinearLR": (), "CosineAnnealingLR": (5,)}[
        name
    ]
    mine, yours = [], []
    for (module, library), rates in zip(LIBRARIES, (mine, yours), strict=True):
        opt = optimizer(library)
        for group in opt.param_groups:
            group["initial_lr"] = 2 * group["lr"]
        rates += walk(opt, [getattr(module, name)(opt, *arguments, last_epoch=last_epoch)], 12)
    assert mine == yours


def test_to_go_on_it_needs_the_first_rates():
    for module, library in LIBRARIES:
        with pytest.raises(KeyError, match="initial_lr"):
            module.StepLR(optimizer(library), 2, last_epoch=3)


@pytest.mark.parametrize("name", ["lambda", "step", "linear decay", "cosine"])
def test_a_jump_is_deprecated_but_right(name):
    rates = []
    for module, library in LIBRARIES:
        opt = optimizer(library)
        schedule = SCHEDULES[name](module, opt)
        opt.step()
        with pytest.warns(UserWarning, match="deprecat"):
            schedule.step(5)
        opt.step()
        schedule.step()
        rates.append((schedule.last_epoch, schedule.get_last_lr()))
    assert rates[0] == rates[1]
    assert rates[0][0] == 6


def test_a_step_before_the_optimizers_is_warned_about():
    for module, library in LIBRARIES:
        schedule = module.StepLR(optimizer(library), 2)
        with pytest.warns(UserWarning, match=r"before .?optimizer.step()"):
            schedule.step()
        schedule.step()  # once


def test_the_last_rates_are_copies():
    opt = optimizer(optim, tensor=True)
    schedule = ours.StepLR(opt, 1)
    place = opt.param_groups[0]["lr"]
    schedule.get_last_lr()[0].fill_(7)
    assert opt.param_groups[0]["lr"].item() == 0.05
    opt.step()
    schedule.step()
    assert opt.param_groups[0]["lr"] is place
    assert place.item() == pytest.approx(0.005)


def test_a_schedule_is_one_method():
    class Halve(ours.LRScheduler):
        def get_lr(self):
            return [group["lr"] / 2 for group in self.optimizer.param_groups]

    opt = optimizer(optim)
    assert [first for first, _ in walk(opt, [Halve(opt)], 3)] == [0.025, 0.0125, 0.00625]
    with pytest.raises(NotImplementedError, match="LRScheduler has no rule"):
        ours.LRScheduler(opt)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_torchs(name):
    mine, yours = (inspect.signature(getattr(module, name)).parameters for module in (ours, torchs))
    assert [(n, p.default, p.kind) for n, p in mine.items()] == [(n, p.default, p.kind) for n, p in yours.items()]


OTHER = {library: optimizer(library) for _, library in LIBRARIES}


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda m, o: m.StepLR(torch.nn.Linear(1, 1), 2), TypeError, "got Linear, which is not an Optimizer"),
        (lambda m, o: m.LambdaLR(o, [math.exp]), ValueError, "expected one function, or 2"),
        (lambda m, o: m.LinearLR(o, start_factor=0.0), ValueError, "start_factor above 0"),
        (lambda m, o: m.LinearLR(o, start_factor=1.1), ValueError, "start_factor above 0"),
        (lambda m, o: m.LinearLR(o, end_factor=-0.1), ValueError, "end_factor from 0 to 1"),
        (lambda m, o: m.LinearLR(o, end_factor=1.1), ValueError, "end_factor from 0 to 1"),
        (lambda m, o: m.SequentialLR(o, [], []), ValueError, "at least one schedule"),
        (lambda m, o: m.SequentialLR(o, [m.StepLR(o, 1)], [3]), ValueError, "one milestone fewer"),
        (lambda m, o: m.SequentialLR(o, [m.StepLR(o, 1), 3], [3]), TypeError, "got int as number 1"),
        (
            lambda m, o: m.SequentialLR(o, [m.StepLR(OTHER[optim if m is ours else torch.optim], 1)], []),
            ValueError,
            "of another optimizer",
        ),
    ],
)
def test_errors_are_of_torchs_types(make, error, message):
    with pytest.raises(error, match=message):
        make(ours, optimizer(optim))
    with pytest.raises(error):
        make(torchs, optimizer(torch.optim))


def test_a_sequence_inside_another_comes_first():
    """Torch accepts it and fails when its turn comes."""
    opt = optimizer(optim)
    inner = ours.SequentialLR(opt, [ours.StepLR(opt, 1), ours.LinearLR(opt)], milestones=[2])
    with pytest.raises(ValueError, match="write its schedules and milestones into this one"):
        ours.SequentialLR(opt, [ours.StepLR(opt, 1), inner], milestones=[2])


def test_a_sequence_does_not_jump():
    for module, library in LIBRARIES:
        schedule = SCHEDULES["three"](module, optimizer(library))
        with pytest.raises(TypeError):
            schedule.step(3)


def test_a_network_warms_up_and_cools_down():
    """With each of our rules a schedule changes the step that is made."""
    w = torch.ones(1, requires_grad=True)
    opt = optim.SGD([w], lr=1.0)
    schedule = ours.LinearLR(opt, 0.25, total_iters=3)
    path = []
    for _ in range(4):
        w.grad = torch.ones(1)
        before = w.item()
        opt.step()
        schedule.step()
        path.append(before - w.item())
    assert path == [0.25, 0.5, 0.75, 1.0]
