"""Clipping changes gradients as torch.nn.utils does."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import utils

from course_lib.arrays import torch_generator
from course_lib.optim import clip_grad_norm_, clip_grad_value_

NORMS = [2.0, 2, 1, 0, 0.5, 3, math.inf, -math.inf, "inf", -1]


def parameters(dtype=torch.float64, scale=1.0):
    generator = torch_generator(1)
    made = [torch.zeros(shape, dtype=dtype) for shape in ((3, 4), (2,), (), (5,))]
    for p in made[:-1]:  # the last has no gradient
        p.grad = scale * torch.randn(p.shape, generator=generator, dtype=dtype)
    return made


def assert_same_gradients(ours, theirs, **tolerance):
    for a, b in zip(ours, theirs, strict=True):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            torch.testing.assert_close(a.grad, b.grad, **tolerance)


@pytest.mark.parametrize("norm_type", NORMS)
@pytest.mark.parametrize("max_norm", [0.5, 100.0, 0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex128])
@pytest.mark.filterwarnings("ignore:Casting complex values")  # torch's own, for the norm of order 0
def test_norm(norm_type, max_norm, dtype):
    ours, theirs = parameters(dtype), parameters(dtype)
    place = ours[0].grad.data_ptr()
    a = clip_grad_norm_(ours, max_norm, norm_type)
    b = utils.clip_grad_norm_(theirs, max_norm, norm_type)
    torch.testing.assert_close(a, b)
    assert_same_gradients(ours, theirs)
    assert ours[0].grad.data_ptr() == place


def test_half_precision_is_summed_in_single():
    ours, theirs = parameters(torch.float16, scale=200), parameters(torch.float16, scale=200)
    assert clip_grad_norm_(ours, 1.0).item() == pytest.approx(utils.clip_grad_norm_(theirs, 1.0).item(), rel=2e-3)
    assert_same_gradients(ours, theirs, rtol=2e-3, atol=1e-3)


@given(scale=st.floats(1e-3, 1e3), max_norm=st.floats(1e-3, 1e3))
def test_afterwards_the_norm_is_at_most_the_largest_and_the_direction_the_same(scale, max_norm):
    params = parameters(scale=scale)
    before = torch.cat([p.grad.reshape(-1) for p in params[:-1]])
    total = clip_grad_norm_(params, max_norm)
    after = torch.cat([p.grad.reshape(-1) for p in params[:-1]])
    torch.testing.assert_close(total, before.norm())
    assert after.norm() <= max_norm * (1 + 1e-9)
    torch.testing.assert_close(after, before * min(1, max_norm / (before.norm().item() + 1e-6)))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite(bad):
    ours, theirs = parameters(), parameters()
    for params in (ours, theirs):
        params[0].grad[0, 0] = bad
    for clip, params in ((clip_grad_norm_, ours), (utils.clip_grad_norm_, theirs)):
        with pytest.raises(RuntimeError, match="non-finite, so it cannot be clipped"):
            clip(params, 1.0, error_if_nonfinite=True)
    assert_same_gradients(ours, theirs, equal_nan=True)
    assert ours[1].grad.any()
    clip_grad_norm_(ours, 1.0), utils.clip_grad_norm_(theirs, 1.0)
    assert_same_gradients(ours, theirs, equal_nan=True)


@pytest.mark.parametrize("value", [0.3, 100, 0])
def test_value(value):
    ours, theirs = parameters(), parameters()
    assert clip_grad_value_(ours, value) is None
    utils.clip_grad_value_(theirs, value)
    assert_same_gradients(ours, theirs, rtol=0, atol=0)


def test_one_tensor_a_generator_and_nothing():
    ours, theirs = parameters(), parameters()
    clip_grad_norm_(ours[0], 0.1), utils.clip_grad_norm_(theirs[0], 0.1)
    clip_grad_value_(ours[1], 0.1), utils.clip_grad_value_(theirs[1], 0.1)
    assert_same_gradients(ours, theirs)
    torch.testing.assert_close(clip_grad_norm_((p for p in ours), 0.05), utils.clip_grad_norm_(iter(theirs), 0.05))
    assert_same_gradients(ours, theirs)
    assert clip_grad_norm_([], 1.0).item() == 0
    assert clip_grad_norm_([torch.zeros(2)], 1.0).item() == 0
    clip_grad_value_([torch.zeros(2)], 1.0)


def test_a_used_up_generator_is_warned_about():
    with pytest.warns(UserWarning, match="generator of parameters is empty"):
        clip_grad_norm_((p for p in ()), 1.0)


def test_no_graph_is_kept():
    w = torch.ones(2, requires_grad=True)
    w.grad = 3 * w
    assert not clip_grad_norm_([w], 1.0).requires_grad
