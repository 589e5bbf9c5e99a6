"""The base of the optimizers has torch's interface: groups, states, errors."""

import copy

import pytest
import torch

from course_lib import optim
from course_lib.arrays import torch_generator


def parameters(dtype=torch.float64):
    generator = torch_generator(0)
    return [torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in ((2, 3), (3,), (1,))]


def walk(optimizer, params, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        sum((p**2).sum() + p.sin().sum() for p in params).backward()
        optimizer.step()


MOMENTUM = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01, "nesterov": True}


def test_groups_have_options_of_their_own():
    ours, theirs = parameters(), parameters()
    for make, params in ((optim.SGD, ours), (torch.optim.SGD, theirs)):
        groups = [{"params": params[:1], "lr": 0.01, "momentum": 0.5}, {"params": params[1]}]
        optimizer = make(groups, lr=0.1)
        walk(optimizer, params[:2], 5)
        optimizer.param_groups[0]["lr"] = 0.2
        optimizer.add_param_group({"params": params[2:], "weight_decay": 0.1})
        walk(optimizer, params, 5)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def test_what_is_passed_is_not_changed():
    group = {"params": parameters(), "lr": 0.01}
    optimizer = optim.SGD([group], momentum=0.5)
    assert list(group) == ["params", "lr"]
    state = optimizer.state_dict()
    before = copy.deepcopy(state)
    optim.SGD(parameters()).load_state_dict(state)
    assert state == before


@pytest.mark.parametrize("source", [optim.SGD, torch.optim.SGD])
@pytest.mark.parametrize("target", [optim.SGD, torch.optim.SGD])
def test_resumes_to_the_bit(source, target):
    """Ours after theirs, theirs after ours, and each after itself."""
    params = parameters()
    first = source(params, **MOMENTUM)
    walk(first, params, 4)
    resumed = [p.detach().clone().requires_grad_() for p in params]
    second = target(resumed, lr=1.0)
    second.load_state_dict(copy.deepcopy(first.state_dict()))  # torch's would share the momentum
    assert second.param_groups[0]["lr"] == 0.1
    walk(first, params, 3)
    walk(second, resumed, 3)
    for a, b in zip(params, resumed, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


def test_state_has_torchs_keys_and_shapes():
    states = []
    for make in (optim.SGD, torch.optim.SGD):
        params = parameters()
        optimizer = make([{"params": params[:1]}, {"params": params[1:]}], **MOMENTUM)
        params[1].grad = torch.ones(3, dtype=torch.float64)  # only this one gets a state
        optimizer.step()
        states.append(optimizer.state_dict())
    ours, theirs = states
    assert ours.keys() == theirs.keys()
    assert ours["state"].keys() == theirs["state"].keys() == {1}
    assert ours["state"][1].keys() == theirs["state"][1].keys()
    torch.testing.assert_close(ours["state"][1]["momentum_buffer"], theirs["state"][1]["momentum_buffer"])
    for a, b in zip(ours["param_groups"], theirs["param_groups"], strict=True):
        assert a.items() <= b.items()
        assert b.keys() - a.keys() <= {"foreach", "differentiable", "fused"}


def test_a_loaded_state_is_a_copy_in_the_parameters_precision():
    params = parameters()
    optimizer = optim.SGD(params, **MOMENTUM)
    walk(optimizer, params, 2)
    single = parameters(torch.float32)
    other = optim.SGD(single)
    other.load_state_dict(optimizer.state_dict())
    assert {state["momentum_buffer"].dtype for state in other.state.values()} == {torch.float32}
    same = optim.SGD(parameters())
    same.load_state_dict(optimizer.state_dict())
    before = optimizer.state[params[0]]["momentum_buffer"].clone()
    next(iter(same.state.values()))["momentum_buffer"].zero_()
    assert torch.equal(optimizer.state[params[0]]["momentum_buffer"], before)


def test_options_that_an_older_state_lacks_keep_their_defaults():
    params = parameters()
    optimizer = optim.SGD(params)
    old = optimizer.state_dict()
    del old["param_groups"][0]["maximize"]
    optimizer.load_state_dict(old)
    walk(optimizer, params, 1)
    assert optimizer.param_groups[0]["maximize"] is False


def test_a_state_that_does_not_fit_changes_nothing():
    optimizer = optim.SGD(parameters(), **MOMENTUM)
    with pytest.raises(ValueError, match=r"groups of the sizes \[3\], got \[2\]"):
        optimizer.load_state_dict(optim.SGD(parameters()[:2]).state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_names_are_kept():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    ours = optim.SGD(model.named_parameters()).param_groups[0]
    theirs = torch.optim.SGD(model.named_parameters()).param_groups[0]
    assert ours["param_names"] == theirs["param_names"] == ["0.weight", "0.bias"]
    assert all(a is b for a, b in zip(ours["params"], theirs["params"], strict=True))


@pytest.mark.parametrize("set_to_none", [True, False])
def test_zero_grad(set_to_none):
    params = parameters()
    params[0].grad = torch.ones(2, 3, dtype=torch.float64)
    optim.SGD(params).zero_grad(set_to_none)
    assert params[0].grad is None if set_to_none else not params[0].grad.any()
    assert params[1].grad is None


def test_zero_grad_leaves_no_graph():
    w = torch.tensor([2.0], requires_grad=True)
    w.grad = 2 * w  # as after backward(create_graph=True)
    optim.SGD([w]).zero_grad(set_to_none=False)
    assert not w.grad.requires_grad


def test_closure():
    w = torch.tensor([1.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 1
    assert w.item() == 0
    assert optimizer.step() is None


def test_a_rule_is_one_method():
    class SignDescent(optim.Optimizer):
        def update(self, param, gradient, group):
            param.sub_(group["lr"] * gradient.sign())

    w = torch.tensor([1.0, -3.0], requires_grad=True)
    w.grad = torch.tensor([5.0, -0.1])
    SignDescent([w], {"lr": 0.5, "maximize": False}).step()
    assert w.tolist() == [0.5, -2.5]
    with pytest.raises(NotImplementedError, match="Optimizer has no rule"):
        optim.Optimizer([w], {"maximize": False}).step()


def test_it_can_be_copied_and_read():
    params = parameters()
    optimizer = optim.SGD(params, **MOMENTUM)
    walk(optimizer, params, 2)
    twin = copy.deepcopy(optimizer)
    walk(optimizer, params, 1)
    walk(twin, twin.param_groups[0]["params"], 1)
    assert torch.equal(params[0], twin.param_groups[0]["params"][0])
    assert "'lr': 0.1" in repr(optimizer)
    assert "tensor" not in repr(optimizer)


W = torch.zeros(1, requires_grad=True)
B = torch.zeros(1, requires_grad=True)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        (W, TypeError, "expected tensors in a list, or model.parameters.., got one Tensor"),
        (torch.nn.Linear(1, 1), TypeError, "got one Linear"),
        ([], ValueError, "got an empty list"),
        ([1.0], TypeError, "got float; pass model.parameters"),
        ([{"params": {W, B}}], TypeError, "fixed order, got a set"),
        ([2 * W], ValueError, "non-leaf tensor"),
        ([{"params": [W]}, {"params": [B, W]}], ValueError, "more than one parameter group"),
        ([("w", W), B], ValueError, "a name for every parameter"),
        ([{"params": [("w", W)]}, {"params": [B]}], ValueError, "every parameter group to have names, or none"),
        ([{"params": [W]}, [B]], TypeError, "expected a dictionary"),
    ],
)
def test_errors_are_of_torchs_types(params, error, message):
    with pytest.raises(error, match=message):
        optim.SGD(params)
    with pytest.raises(error):
        torch.optim.SGD(params)


def test_twice_in_a_group_is_warned_about():
    with pytest.warns(UserWarning, match="appears twice in one group"):
        optim.SGD([W, W])
