"""The array helpers, against NumPy, SciPy and torch."""

import numpy as np
import pytest
import scipy.special
import torch

from course_lib import arrays


def test_namespace_follows_the_array(asarray):
    x = asarray([1.0, 2.0])
    assert arrays.namespace(x).exp(x).__class__ is x.__class__


def test_mixed_kinds_are_named():
    with pytest.raises(
        TypeError, match=r"argument 1: a NumPy array of shape \(2,\); argument 2: a torch tensor of shape"
    ):
        arrays.namespace(np.zeros(2), torch.zeros(3))


def test_mixed_devices_are_named():
    with pytest.raises(TypeError, match="on cpu.*on meta"):
        arrays.namespace(torch.zeros(2), torch.zeros(2, device="meta"))


@pytest.mark.parametrize("wrong", [[1.0, 2.0], 3.0, None, "x"])
def test_what_is_no_array_is_refused(wrong):
    with pytest.raises(TypeError, match=f"got {type(wrong).__name__}"):
        arrays.namespace(wrong)


@pytest.mark.parametrize("draw", [arrays.standard_normal, arrays.uniform])
@pytest.mark.parametrize("make", [np.random.default_rng, arrays.torch_generator])
def test_same_seed_same_numbers(draw, make):
    first, again, other = (draw((3, 2), make(seed)) for seed in (5, 5, 6))
    assert first.shape == (3, 2)
    assert (first == again).all()
    assert not (first == other).any()


def test_draws_have_the_moments_they_should():
    for make in (np.random.default_rng, arrays.torch_generator):
        normal, flat = arrays.standard_normal((40_000,), make(0)), arrays.uniform((40_000,), make(0))
        assert abs(float(normal.mean())) < 0.02
        assert abs(float(normal.std()) - 1) < 0.02
        assert abs(float(flat.mean()) - 0.5) < 0.01
        assert float(flat.min()) >= 0
        assert float(flat.max()) < 1


def test_draws_take_a_dtype():
    assert arrays.standard_normal((2,), np.random.default_rng(0), dtype=np.float32).dtype == np.float32
    assert arrays.uniform((), np.random.default_rng(0), dtype=np.float32).dtype == np.float32
    assert arrays.uniform((2,), arrays.torch_generator(0), dtype=torch.float64).dtype == torch.float64


@pytest.mark.parametrize("draw", [arrays.standard_normal, arrays.uniform])
def test_draws_like_an_array_are_those_of_its_shape_and_dtype(draw):
    like = {arrays.standard_normal: arrays.standard_normal_like, arrays.uniform: arrays.uniform_like}[draw]
    for make, x in (
        (np.random.default_rng, np.zeros((3, 2), np.float32)),
        (arrays.torch_generator, torch.zeros(2, 3, dtype=torch.float64).T),
    ):
        drawn, expected = like(x, make(5)), draw((3, 2), make(5), x.dtype)
        assert drawn.dtype == x.dtype
        assert (drawn == expected).all()


@pytest.mark.parametrize("like", [arrays.standard_normal_like, arrays.uniform_like])
def test_draws_like_an_array_are_on_its_device_wherever_the_generator_is(like):
    x = torch.zeros(3, device="meta")
    assert like(x, arrays.torch_generator(0)).device == x.device
    assert like(x).device == x.device


@pytest.mark.gpu
def test_draws_from_the_cpu_are_the_same_on_a_gpu():
    drawn = [arrays.uniform_like(torch.zeros(5, device=place), arrays.torch_generator(0)) for place in ("cpu", "cuda")]
    assert torch.equal(drawn[0], drawn[1].cpu())


@pytest.mark.parametrize("like", [arrays.standard_normal_like, arrays.uniform_like])
def test_draws_like_an_array_without_a_generator(like):
    assert not (like(np.zeros(3)) == like(np.zeros(3))).any()
    torch.manual_seed(3)
    first = like(torch.zeros(3))
    torch.manual_seed(3)
    assert torch.equal(like(torch.zeros(3)), first)


def test_draws_like_an_array_want_a_generator_of_its_kind():
    with pytest.raises(TypeError, match=r"expected generator=torch_generator\(seed\).*got Generator"):
        arrays.uniform_like(torch.zeros(3), np.random.default_rng(0))
    with pytest.raises(TypeError, match=r"expected generator=np.random.default_rng\(seed\).*got Generator"):
        arrays.uniform_like(np.zeros(3), arrays.torch_generator(0))


def test_single_precision_is_drawn_and_not_rounded():
    """A float64 just below 1 would become 1.0 in float32, outside of [0, 1)."""
    draws = arrays.uniform((1000,), np.random.default_rng(0), dtype=np.float32)
    np.testing.assert_array_equal(draws, np.random.default_rng(0).random(1000, dtype=np.float32))


def test_a_seed_is_not_a_generator():
    with pytest.raises(TypeError, match="expected a generator.*got int"):
        arrays.standard_normal((2,), 7)


def test_erf(asarray):
    x = asarray(np.linspace(-4, 4, 9))
    np.testing.assert_allclose(np.asarray(arrays.erf(x).tolist()), scipy.special.erf(np.linspace(-4, 4, 9)), rtol=1e-14)


def test_pad(asarray):
    values = np.arange(6.0).reshape(2, 3)
    widths = [(1, 0), (2, 3)]
    padded = arrays.pad(asarray(values), widths, value=-1.0)
    np.testing.assert_array_equal(padded.tolist(), np.pad(values, widths, constant_values=-1.0))


@pytest.mark.parametrize("widths", [[(1, 1)], [(1, 1), (-1, 0)]])
def test_pad_refuses(asarray, widths):
    with pytest.raises(ValueError, match="expected 2 pairs"):
        arrays.pad(asarray(np.zeros((2, 3))), widths)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_sliding_windows(asarray, axis):
    values = np.arange(20.0).reshape(4, 5)
    expected = np.lib.stride_tricks.sliding_window_view(values, 3, axis=axis)
    np.testing.assert_array_equal(arrays.sliding_windows(asarray(values), 3, axis).tolist(), expected)


@pytest.mark.parametrize("size", [0, 6])
def test_sliding_windows_refuses(asarray, size):
    with pytest.raises(ValueError, match="expected a window of 1 to 5"):
        arrays.sliding_windows(asarray(np.zeros(5)), size)


def test_gradients_flow_through():
    x = torch.ones(3, dtype=torch.float64, requires_grad=True)
    (arrays.erf(arrays.pad(x, [(1, 1)])).sum() + arrays.sliding_windows(x, 2).sum()).backward()
    np.testing.assert_allclose(x.grad, 2 / np.sqrt(np.pi) * np.exp(-1) + np.array([1, 2, 1]))


def test_device_and_threads():
    before = torch.get_num_threads()
    try:
        arrays.use_one_thread()
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
    assert arrays.default_device().type == ("cuda" if torch.cuda.is_available() else "cpu")
