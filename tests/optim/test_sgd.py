"""SGD takes the same path as torch.optim.SGD, whatever the options."""

import itertools

import pytest
import torch

from course_lib import optim
from tests.optim.bowl import Bowl

OPTIONS = [
    {"momentum": momentum, "dampening": dampening, "weight_decay": decay, "nesterov": nesterov, "maximize": maximize}
    for momentum, dampening, decay, nesterov, maximize in itertools.product(
        (0, 0.9), (0, 0.3), (0, 0.1), (False, True), (False, True)
    )
    if not nesterov or (momentum and not dampening)
]
DTYPES = [torch.float32, torch.float64]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_trajectory(options, dtype):
    ours = Bowl(dtype).walk(lambda params: optim.SGD(params, lr=0.05, **options))
    theirs = Bowl(dtype).walk(lambda params: torch.optim.SGD(params, lr=0.05, **options))
    torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    assert (ours[-1] - ours[0]).abs().max() > 0.1  # both went somewhere


@pytest.mark.gpu
def test_trajectory_on_a_gpu():
    options = {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1, "nesterov": True}
    ours = Bowl(torch.float64, "cuda").walk(lambda params: optim.SGD(params, **options))
    theirs = Bowl(torch.float64, "cuda").walk(lambda params: torch.optim.SGD(params, **options))
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_options_may_be_tensors():
    half, decay = torch.tensor(0.05, dtype=torch.float64), torch.tensor(0.1, dtype=torch.float64)
    ours = Bowl(torch.float64).walk(lambda params: optim.SGD(params, lr=half, weight_decay=decay))
    plain = Bowl(torch.float64).walk(lambda params: optim.SGD(params, lr=0.05, weight_decay=0.1))
    torch.testing.assert_close(ours, plain, rtol=0, atol=0)


def test_defaults_are_torchs():
    w = torch.zeros(1, requires_grad=True)
    theirs = torch.optim.SGD([w]).defaults
    assert optim.SGD([w]).defaults == {key: theirs[key] for key in optim.SGD([w]).defaults}


def test_two_steps_by_hand():
    """On J = 3w with rate 0.1 and momentum 0.5: v = 3, then 1.5 + 3."""
    w = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.5)
    for expected in (1 - 0.3, 1 - 0.3 - 0.45):
        optimizer.zero_grad()
        (3 * w).sum().backward()
        optimizer.step()
        torch.testing.assert_close(w.detach(), torch.tensor([expected], dtype=torch.float64))


def test_steps_in_place_and_leaves_the_gradient_alone():
    w = torch.ones(3, requires_grad=True)
    w.grad = torch.ones(3)
    place = w.data_ptr()
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.1, nesterov=True, maximize=True)
    for _ in range(2):
        optimizer.step()
    assert w.data_ptr() == place
    assert w.requires_grad
    assert w.grad_fn is None
    assert torch.equal(w.grad, torch.ones(3))


@pytest.mark.parametrize(
    "options",
    [
        {"lr": -0.1},
        {"lr": torch.tensor([0.1, 0.2])},
        {"momentum": -0.9},
        {"weight_decay": -1},
        {"nesterov": True},
        {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
    ],
    ids=str,
)
def test_bad_options(options):
    w = [torch.zeros(1, requires_grad=True)]
    with pytest.raises(ValueError, match="expected one number as lr|to be at least 0, got|nesterov needs momentum"):
        optim.SGD(w, **options)
    with pytest.raises(ValueError):
        torch.optim.SGD(w, **options)


def test_a_rate_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="lr to be at least 0, got nan"):
        optim.SGD([torch.zeros(1, requires_grad=True)], lr=float("nan"))
