"""Every rule takes the path of its namesake in torch.optim, whatever the options, and each can take over midway."""

import copy
import inspect
import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import optim
from course_lib.arrays import torch_generator
from tests.optim.bowl import Bowl

RULES = ["SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "Rprop", "ASGD"]
LEFT_OUT = {"foreach", "fused", "capturable", "differentiable"}
CHOICES = {
    "Adagrad": {
        "lr_decay": (0, 0.1),
        "weight_decay": (0, 0.1),
        "initial_accumulator_value": (0, 0.5),
        "eps": (1e-10, 1e-2),
        "maximize": (False, True),
    },
    "RMSprop": {
        "alpha": (0.9, 0.5),
        "eps": (1e-8, 1e-2),
        "weight_decay": (0, 0.1),
        "momentum": (0, 0.9),
        "centered": (False, True),
        "maximize": (False, True),
    },
    "Adadelta": {"rho": (0.9, 0.5, 1.0), "eps": (1e-6, 1e-2), "weight_decay": (0, 0.1), "maximize": (False, True)},
    "Adam": {
        "betas": ((0.9, 0.999), (0.0, 0.5)),
        "eps": (1e-8, 1e-2),
        "weight_decay": (0, 0.1),
        "amsgrad": (False, True),
        "maximize": (False, True),
        "decoupled_weight_decay": (False, True),
    },
    "AdamW": {
        "betas": ((0.9, 0.999), (0.0, 0.5)),
        "weight_decay": (0, 0.01, 0.1),
        "amsgrad": (False, True),
        "maximize": (False, True),
    },
    "Rprop": {"etas": ((0.5, 1.2), (0.3, 3.0)), "step_sizes": ((1e-6, 50), (0.03, 0.2)), "maximize": (False, True)},
    "ASGD": {
        "lambd": (1e-4, 0.1),
        "alpha": (0.75, 0.5),
        "t0": (1e6, 0, 7),
        "weight_decay": (0, 0.1),
        "maximize": (False, True),
    },
}
CASES = [
    pytest.param(rule, dict(zip(choices, values, strict=True)), id=f"{rule} {values}")
    for rule, choices in CHOICES.items()
    for values in itertools.product(*choices.values())
]
ALL_AT_ONCE = {
    "SGD": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    "Adagrad": {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
    "RMSprop": {"momentum": 0.9, "centered": True, "weight_decay": 0.1},
    "Adadelta": {"rho": 0.5, "weight_decay": 0.1},
    "Adam": {"amsgrad": True, "weight_decay": 0.1},
    "AdamW": {"amsgrad": True},
    "Rprop": {"etas": (0.3, 1.4)},
    "ASGD": {"t0": 3, "lambd": 0.1, "weight_decay": 0.1},
    "DeltaBarDelta": {"kappa": 0.01, "weight_decay": 0.1},
}
OURS_ALONE = ["DeltaBarDelta"]


def ours_and_theirs(rule):
    return getattr(optim, rule), getattr(torch.optim, rule)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("rule", "options"), CASES)
def test_trajectory(rule, options, dtype):
    ours, theirs = (
        Bowl(dtype).walk(lambda params, make=make: make(params, lr=0.05, **options)) for make in ours_and_theirs(rule)
    )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    assert (ours[-1] - ours[0]).abs().max() > 1e-3  # both went somewhere


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("rule", RULES)
def test_the_defaults_lead_the_same_way(rule, dtype):
    ours, theirs = (Bowl(dtype).walk(make) for make in ours_and_theirs(rule))
    torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


@settings(deadline=None, max_examples=60)
@given(
    rule=st.sampled_from(["Adam", "RMSprop", "Adagrad", "Adadelta"]),
    lr=st.floats(1e-4, 0.5),
    weight_decay=st.floats(0, 0.5),
    eps=st.floats(1e-10, 1),
)
def test_trajectory_of_any_numbers(rule, lr, weight_decay, eps):
    ours, theirs = (
        Bowl(torch.float64).walk(lambda params, make=make: make(params, lr=lr, weight_decay=weight_decay, eps=eps))
        for make in ours_and_theirs(rule)
    )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


@pytest.mark.gpu
@pytest.mark.parametrize("rule", RULES)
def test_trajectory_on_a_gpu(rule):
    ours, theirs = (
        Bowl(torch.float64, "cuda").walk(lambda params, make=make: make(params, lr=0.05, **ALL_AT_ONCE[rule]))
        for make in ours_and_theirs(rule)
    )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-7)


@pytest.mark.parametrize("rule", RULES)
def test_complex_parameters_are_stepped_as_two_real_ones(rule):
    generator = torch_generator(0)
    start = torch.randn(4, generator=generator, dtype=torch.complex128)
    target = torch.randn(4, generator=generator, dtype=torch.complex128)
    ends = []
    for make in ours_and_theirs(rule):
        z = start.clone().requires_grad_()
        optimizer = make([z], lr=0.05, **ALL_AT_ONCE[rule])
        for _ in range(25):
            optimizer.zero_grad()
            (z - target).abs().square().sum().backward()
            optimizer.step()
        ends.append(z.detach())
        states = {name: x.dtype for name, x in optimizer.state[z].items() if x.ndim}
        assert set(states.values()) <= {torch.complex128}
    torch.testing.assert_close(*ends, rtol=1e-12, atol=1e-12)
    assert (ends[0] - start).abs().max() > 1e-3


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shape", [(), (1,)])
def test_the_rate_may_be_a_tensor(rule, shape):
    lr = torch.full(shape, 0.05, dtype=torch.float64)
    ours, theirs = (
        Bowl(torch.float64).walk(lambda params, make=make: make(params, lr=lr)) for make in ours_and_theirs(rule)
    )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-7)


def test_betas_may_be_tensors():
    betas = (torch.tensor(0.8, dtype=torch.float64), torch.tensor(0.99, dtype=torch.float64))
    ours, theirs = (
        Bowl(torch.float64).walk(lambda params, make=make: make(params, betas=betas))
        for make in ours_and_theirs("Adam")
    )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-7)


@pytest.mark.parametrize("rule", RULES)
def test_arguments_and_defaults_are_torchs(rule):
    """The same names, defaults and order; what torch's keyword-only marker comes after, ours does too."""
    ours, theirs = (inspect.signature(make).parameters for make in ours_and_theirs(rule))
    theirs = {name: p.default for name, p in theirs.items() if name not in LEFT_OUT}
    assert {name: p.default for name, p in ours.items()} == theirs
    positional = [name for name, p in ours.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == list(theirs)[: len(positional)]
    w = [torch.zeros(1, requires_grad=True)]
    mine, yours = (make(w).defaults for make in ours_and_theirs(rule))
    assert mine == {key: value for key, value in yours.items() if key not in LEFT_OUT}


@pytest.mark.parametrize("rule", RULES)
def test_groups_have_options_of_their_own(rule):
    ends = []
    for make in ours_and_theirs(rule):
        bowl = Bowl(torch.float64)
        path = bowl.walk(lambda p, make=make: make([{"params": [p[0]], "lr": 0.2}, {"params": [p[1]]}], lr=0.01))
        ends.append(path)
    torch.testing.assert_close(*ends, rtol=0, atol=0)


def steps(optimizer, params, n):
    for _ in range(n):
        optimizer.zero_grad()
        sum((p**2).sum() / 3 + p.sin().sum() for p in params).backward()
        optimizer.step()


def start():
    generator = torch_generator(3)
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in ((2, 3), (3,), ())]


@pytest.mark.parametrize(
    ("rule", "direction"),
    [
        *itertools.product(RULES, ["ours to theirs", "theirs to ours", "ours to ours"]),
        *itertools.product(OURS_ALONE, ["ours to ours"]),
    ],
)
def test_resumes_to_the_bit(rule, direction):
    libraries = {"ours": optim, "theirs": torch.optim}
    source, target = (getattr(libraries[name], rule) for name in direction.split(" to "))
    params = start()
    first = source(params, lr=0.05, **ALL_AT_ONCE[rule])
    steps(first, params, 6)
    resumed = [p.detach().clone().requires_grad_() for p in params]
    second = target(resumed)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    steps(first, params, 6)
    steps(second, resumed, 6)
    for a, b in zip(params, resumed, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


@pytest.mark.parametrize("rule", RULES)
def test_what_is_remembered_has_torchs_names_shapes_and_dtypes(rule):
    states = []
    for make in ours_and_theirs(rule):
        params = start()
        optimizer = make(params, lr=0.05, **ALL_AT_ONCE[rule])
        steps(optimizer, params[1:], 2)  # the first never gets a gradient
        states.append(optimizer.state_dict()["state"])
    ours, theirs = states
    assert ours.keys() == theirs.keys()
    for mine, yours in zip(ours.values(), theirs.values(), strict=True):
        assert {key: (x.shape, x.dtype) for key, x in mine.items()} == {
            key: (x.shape, x.dtype) for key, x in yours.items()
        }


def test_an_averaging_run_in_double_precision_resumes_to_the_bit():
    """Its rate is in single precision, as torch's; loading must not widen it."""
    params = [p.detach().double().requires_grad_() for p in start()]
    first = optim.ASGD(params, lr=0.05, **ALL_AT_ONCE["ASGD"])
    steps(first, params, 6)
    resumed = [p.detach().clone().requires_grad_() for p in params]
    second = optim.ASGD(resumed)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    steps(first, params, 6)
    steps(second, resumed, 6)
    for a, b in zip(params, resumed, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


def test_adamw_stays_adamw_after_a_state_of_adam():
    params = start()
    optimizer = optim.AdamW(params)
    optimizer.load_state_dict(optim.Adam(start(), weight_decay=0.1).state_dict())
    assert optimizer.param_groups[0]["decoupled_weight_decay"] is True
    assert optimizer.param_groups[0]["weight_decay"] == 0.1


def test_options_may_be_switched_on_on_the_way():
    for make, option in ((optim.RMSprop, {"momentum": 0.9, "centered": True}), (optim.Adam, {"amsgrad": True})):
        params = start()
        optimizer = make(params)
        steps(optimizer, params, 2)
        optimizer.param_groups[0].update(option)
        steps(optimizer, params, 2)
        assert all(p.isfinite().all() for p in params)


@pytest.mark.parametrize("rule", [*RULES, *OURS_ALONE])
def test_steps_in_place_and_leaves_the_gradient_alone(rule):
    w = torch.ones(3, requires_grad=True)
    w.grad = torch.tensor([1.0, -2.0, 3.0])
    place = w.data_ptr()
    optimizer = getattr(optim, rule)([w], lr=0.1, maximize=True, **ALL_AT_ONCE[rule])
    for _ in range(3):
        optimizer.step()
    assert w.data_ptr() == place
    assert w.requires_grad
    assert w.grad_fn is None
    assert torch.equal(w.grad, torch.tensor([1.0, -2.0, 3.0]))
    assert not any(x.requires_grad for x in optimizer.state[w].values())


def sparse_walk(make):
    table = torch.randn(5, 2, generator=torch_generator(0), dtype=torch.float64).requires_grad_()
    optimizer = make([table])
    for rows in ([0, 2, 2], [4], [0, 4, 1], [2]):
        optimizer.zero_grad()
        torch.nn.functional.embedding(torch.tensor(rows), table, sparse=True).sin().sum().backward()
        optimizer.step()
    return table.detach()


@pytest.mark.filterwarnings("ignore:Sparse invariant checks")  # torch's own rule warns
@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("SGD", {"lr": 0.1, "maximize": True}),
        ("Adagrad", {"lr": 0.1, "lr_decay": 0.1}),
        ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.5, "maximize": True}),
    ],
)
def test_sparse_gradients(rule, options):
    ours, theirs = (sparse_walk(lambda params, make=make: make(params, **options)) for make in ours_and_theirs(rule))
    torch.testing.assert_close(ours, theirs, rtol=1e-13, atol=1e-13)
    untouched = torch.randn(5, 2, generator=torch_generator(0), dtype=torch.float64)[3]
    assert torch.equal(ours[3], untouched)


@pytest.mark.parametrize("rule", [*sorted(set(RULES) - {"SGD", "Adagrad"}), *OURS_ALONE])
def test_sparse_gradients_are_refused(rule):
    with pytest.raises(RuntimeError, match=f"{rule} does not support sparse gradients"):
        sparse_walk(getattr(optim, rule))
    if rule not in OURS_ALONE:
        with pytest.raises(RuntimeError):
            sparse_walk(getattr(torch.optim, rule))


@pytest.mark.parametrize("rule", ["SGD", "Adagrad"])
def test_sparse_gradients_are_refused_beside_weight_decay(rule):
    for make, message in zip(ours_and_theirs(rule), ("weight_decay is not compatible", None), strict=True):
        with pytest.raises(RuntimeError, match=message):
            sparse_walk(lambda params, make=make: make(params, lr=0.1, weight_decay=0.1))


BAD = [
    *((rule, {"lr": -0.1}) for rule in RULES),
    *((rule, {"lr": torch.tensor([0.1, 0.2])}) for rule in RULES),
    *((rule, {"weight_decay": -1}) for rule in RULES if rule != "Rprop"),
    *((rule, {"eps": -1e-8}) for rule in ("Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW")),
    ("Adagrad", {"lr_decay": -1}),
    ("Adagrad", {"initial_accumulator_value": -1}),
    ("RMSprop", {"alpha": -1}),
    ("RMSprop", {"momentum": -1}),
    ("Adadelta", {"rho": -0.1}),
    ("Adadelta", {"rho": 1.1}),
    ("Adam", {"betas": (1.0, 0.9)}),
    ("Adam", {"betas": (0.9, 1.0)}),
    ("Adam", {"betas": (-0.1, 0.9)}),
    ("Adam", {"betas": (0.9, -0.1)}),
    ("Rprop", {"etas": (1.1, 1.2)}),
    ("Rprop", {"etas": (0.5, 0.9)}),
    ("Rprop", {"etas": (0.0, 1.2)}),
]


@pytest.mark.parametrize(("rule", "options"), BAD, ids=str)
def test_bad_options(rule, options):
    w = [torch.zeros(1, requires_grad=True)]
    with pytest.raises(ValueError, match="expected"):
        getattr(optim, rule)(w, **options)
    with pytest.raises(ValueError):
        getattr(torch.optim, rule)(w, **options)


def by_hand(rule, gradients, **options):
    w = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(optim, rule)([w], **options)
    path = []
    for gradient in gradients:
        w.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        path.append(w.item())
    return path


def test_two_steps_by_hand():
    """Gradients 3 and 4 from w = 1, with rate 0.1."""
    adagrad = by_hand("Adagrad", [3, 4], lr=0.1, eps=0)
    np.testing.assert_allclose(adagrad, [1 - 0.1, 0.9 - 0.1 * 4 / 5])
    rmsprop = by_hand("RMSprop", [3, 4], lr=0.1, alpha=0.5, eps=0)
    np.testing.assert_allclose(rmsprop, [1 - 0.3 / 4.5**0.5, 1 - 0.3 / 4.5**0.5 - 0.4 / 10.25**0.5])
    adam = by_hand("Adam", [3, 4], lr=0.1, betas=(0.5, 0.5), eps=0)
    second = 0.1 * (2.75 / 0.75) / (10.25 / 0.75) ** 0.5
    np.testing.assert_allclose(adam, [0.9, 0.9 - second])
    np.testing.assert_allclose(by_hand("Rprop", [3, 4, -1, -1], lr=0.1), [0.9, 0.78, 0.78, 0.84])
    averaged = by_hand("ASGD", [3, 4], lr=0.1, lambd=0.5, alpha=1.0)
    np.testing.assert_allclose(averaged, [0.65, 0.65 * (1 - 0.5 * 0.1 / 1.05) - 4 * 0.1 / 1.05], rtol=1e-7)


def test_a_settled_average_is_the_mean_of_the_path():
    w = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer = optim.ASGD([w], lr=0.1, lambd=0, t0=0)
    path = []
    for gradient in (3.0, -1.0, 4.0, -1.0, 5.0):
        w.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        path.append(w.item())
    # the second point replaces the first: torch begins to count one step late
    np.testing.assert_allclose(optimizer.state[w]["ax"].item(), np.mean(path[1:]), rtol=1e-6)
