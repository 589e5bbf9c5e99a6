"""Windows and their transpose, convolution by six loops and by a matrix, kernels that differ from place to place."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import conv2d

from course_lib import nn
from course_lib.arrays import namespace, torch_generator
from course_lib.nn.conv import pad_by_index
from course_lib.nn.windows import Windows, fold, unfold, window_sum

SMALL = st.integers(1, 3)


def numbers(*shape, seed=0):
    return torch.randn(shape, generator=torch_generator(seed), dtype=torch.float64)


# Windows --------------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(n=st.integers(0, 12), k=SMALL, s=SMALL, p=st.integers(0, 3), d=SMALL)
def test_output_sizes_count_the_windows_that_fit(n, k, s, p, d):
    reach = d * (k - 1) + 1
    starts = [i for i in range(-p, n + p, s) if i + reach <= n + p]
    if starts:
        assert nn.conv_output_size(n, k, s, p, d) == len(starts)
    else:
        with pytest.raises(ValueError, match="larger than the padded input"):
            nn.conv_output_size(n, k, s, p, d)


@pytest.mark.parametrize("bad", [{"size": -1}, {"kernel_size": 0}, {"stride": 0}, {"padding": -1}, {"dilation": 0}])
def test_output_sizes_refuse_numbers_that_mean_nothing(bad):
    (name,) = bad
    with pytest.raises(ValueError, match=name):
        nn.conv_output_size(**({"size": 5, "kernel_size": 3} | bad))


@settings(deadline=None, max_examples=60)
@given(data=st.data(), dimensions=st.integers(1, 2))
def test_fold_is_the_transpose_of_unfold(data, dimensions):
    """⟨unfold(x), C⟩ = ⟨x, fold(C)⟩, for windows of every kind."""
    k, s, d, size, around = (
        tuple(data.draw(numbers) for _ in range(dimensions))
        for numbers in (SMALL, SMALL, SMALL, st.integers(7, 9), st.tuples(st.integers(0, 2), st.integers(0, 2)))
    )
    count = tuple(
        nn.conv_output_size(n + sum(p), *rest)
        for n, p, *rest in zip(size, around, k, s, [0] * dimensions, d, strict=True)
    )
    windows = Windows(k, s, d, around, count)
    x, C = numbers(2, 3, *size), numbers(2, 3, *k, *count, seed=1)
    torch.testing.assert_close((unfold(x, windows) * C).sum(), (x * fold(C, windows, size)).sum())
    torch.testing.assert_close(window_sum(x, windows), unfold(x, windows).flatten(2, 1 + dimensions).sum(2))


def test_windows_differentiate_as_often_as_one_likes():
    windows = Windows((3, 2), (2, 1), (1, 2), ((1, 0), (0, 1)), (3, 4))
    x, C = numbers(1, 2, 6, 5).requires_grad_(), numbers(1, 2, 3, 2, 3, 4).requires_grad_()
    for f in (lambda x: unfold(x, windows) ** 3, lambda x: window_sum(x, windows) ** 3):
        assert torch.autograd.gradcheck(f, [x])
        assert torch.autograd.gradgradcheck(f, [x])
    assert torch.autograd.gradgradcheck(lambda C: fold(C, windows, (6, 5)) ** 3, [C])


@pytest.mark.parametrize(("mode", "names"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
def test_padding_by_index_is_that_of_numpy(mode, names):
    x = numbers(2, 3, 4, 5)
    widths = [(3, 1), (0, 4)]
    expected = np.pad(x.numpy(), [(0, 0), (0, 0), *widths], mode=names)
    np.testing.assert_array_equal(pad_by_index(x, widths, mode).numpy(), expected)


# Six loops ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"stride": 2}, {"padding": 2}, {"stride": 3, "padding": 1}])
@pytest.mark.parametrize("batch", [(), (2,)])
def test_the_six_loops_compute_what_the_layer_computes(options, batch, asarray):
    x, W, b = numbers(*batch, 3, 6, 5), numbers(4, 3, 3, 2, seed=1), numbers(4, seed=2)
    layer = nn.Conv2d(3, 4, (3, 2), **options, dtype=torch.float64)
    layer.load_state_dict({"weight": W, "bias": b})
    y = nn.conv2d_naive(*map(asarray, (x.numpy(), W.numpy(), b.numpy())), **options)
    assert namespace(y) is namespace(asarray([1.0]))
    np.testing.assert_allclose(np.asarray(y.tolist()), layer(x).detach().numpy(), rtol=1e-12, atol=1e-12)


def test_the_six_loops_differentiate_too():
    x, W = numbers(1, 2, 4, 4).requires_grad_(), numbers(2, 2, 2, 2, seed=1).requires_grad_()
    mine = torch.autograd.grad(nn.conv2d_naive(x, W).square().sum(), [x, W])
    torch.testing.assert_close(mine, torch.autograd.grad(conv2d(x, W).square().sum(), [x, W]))


def test_the_six_loops_say_what_does_not_fit(asarray):
    x = asarray(np.zeros((3, 4, 4)))
    with pytest.raises(ValueError, match="2 channels"):
        nn.conv2d_naive(x, asarray(np.zeros((1, 2, 3, 3))))
    with pytest.raises(ValueError, match="larger than the padded input"):
        nn.conv2d_naive(x, asarray(np.zeros((1, 3, 5, 5))))


def test_equivariance_to_shifts():
    x = numbers(1, 1, 8, 8)
    layer = nn.Conv2d(1, 2, 3, padding=1, padding_mode="circular", dtype=torch.float64)
    shifted = torch.roll(x, (2, 3), dims=(2, 3))
    torch.testing.assert_close(layer(shifted), torch.roll(layer(x), (2, 3), dims=(2, 3)))


# Local and tiled kernels ----------------------------------------------------------------------------------------------


def test_locally_connected_has_a_kernel_for_each_place():
    layer = nn.LocallyConnected2d(2, 3, (5, 6), (3, 2), stride=(2, 1), padding=1, dilation=(1, 2), dtype=torch.float64)
    x = numbers(4, 2, 5, 6)
    padded = torch.zeros(4, 2, 7, 8, dtype=torch.float64)
    padded[:, :, 1:-1, 1:-1] = x
    expected = layer.bias + torch.zeros(4, 3, 3, 6, dtype=torch.float64)
    for i in range(3):
        for j in range(6):
            seen = padded[:, :, 2 * i : 2 * i + 3, j : j + 3 : 2]
            expected[:, :, i, j] += torch.einsum("ncuv,ocuv->no", seen, layer.weight[:, i, j])
    torch.testing.assert_close(layer(x), expected)
    torch.testing.assert_close(layer(x[0]), expected[0])


def as_convolution(layer):
    """A convolution with the same geometry, and the weights of the tile's first place."""
    conv = nn.Conv2d(2, 3, layer.kernel_size, layer.stride, layer.padding, layer.dilation, dtype=torch.float64)
    conv.load_state_dict({"weight": layer.weight[..., 0, 0], "bias": layer.bias[:, 0, 0]})
    return conv


def test_a_tile_of_one_is_a_convolution():
    tiled = nn.TiledConv2d(2, 3, (3, 2), 1, stride=(2, 1), padding=1, dtype=torch.float64)
    x = numbers(2, 2, 6, 6).requires_grad_()
    y, expected = tiled(x), as_convolution(tiled)(x)
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(*(torch.autograd.grad(out.square().sum(), x) for out in (y, expected)))


def test_kernels_take_turns():
    tiled = nn.TiledConv2d(2, 3, 3, (2, 3), padding=1, dtype=torch.float64)
    x = numbers(2, 2, 7, 8)
    y = tiled(x)
    for a in range(2):
        for b in range(3):
            alone = conv2d(x, tiled.weight[..., a, b], tiled.bias[:, a, b], padding=1)
            torch.testing.assert_close(y[:, :, a::2, b::3], alone[:, :, a::2, b::3])
    torch.testing.assert_close(tiled(x[0]), y[0])


def test_a_tile_as_large_as_the_output_is_locally_connected():
    tiled = nn.TiledConv2d(2, 3, 3, 4, bias=False, dtype=torch.float64)
    local = nn.LocallyConnected2d(2, 3, 6, 3, bias=False, dtype=torch.float64)
    local.load_state_dict({"weight": tiled.weight.permute(0, 4, 5, 1, 2, 3)})
    x = numbers(2, 2, 6, 6)
    torch.testing.assert_close(tiled(x), local(x))


@pytest.mark.parametrize(
    "make",
    [
        lambda **options: nn.LocallyConnected2d(3, 4, 6, 3, **options),
        lambda **options: nn.TiledConv2d(3, 4, 3, 2, **options),
    ],
)
def test_first_numbers_come_from_the_generator_and_are_as_large_as_those_of_a_convolution(make):
    layer, again = (make(generator=torch_generator(0)) for _ in range(2))
    torch.testing.assert_close(layer.state_dict(), again.state_dict())
    bound = (3 * 3 * 3) ** -0.5
    assert 0.9 * bound < layer.weight.abs().max() <= bound
    assert make(bias=False).bias is None
    assert "bias=True" in repr(layer)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.LocallyConnected2d(1, 1, 2, 3), RuntimeError, "larger than the padded input"),
        (lambda: nn.LocallyConnected2d(1, 1, 4, 3)(torch.zeros(1, 1, 5, 4)), RuntimeError, "(1, 4, 4)"),
        (lambda: nn.LocallyConnected2d(1, 1, 4, 3)(torch.zeros(4, 4)), RuntimeError, "channels"),
        (lambda: nn.TiledConv2d(1, 1, 3, 0), ValueError, "tile_size"),
        (lambda: nn.TiledConv2d(2, 1, 3, 2)(torch.zeros(1, 1, 5, 5)), RuntimeError, "2 channels"),
    ],
)
def test_local_kernels_say_what_does_not_fit(call, error, words):
    with pytest.raises(error) as raised:
        call()
    assert words in str(raised.value)


# Convolution as a matrix ----------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 8), k=st.integers(1, 6), mode=st.sampled_from(["full", "same", "valid", "circular"]))
def test_a_toeplitz_matrix_convolves(n, k, mode):
    rng = np.random.default_rng(10 * n + k)
    w, x = rng.normal(size=k), rng.normal(size=n)
    if mode in ("valid", "circular") and k > n:
        with pytest.raises(ValueError, match="does not fit"):
            nn.toeplitz(w, n, mode)
        return
    T = nn.toeplitz(w, n, mode)
    if mode == "circular":
        expected = np.fft.ifft(np.fft.fft(x) * np.fft.fft(w, n)).real
    else:
        expected = scipy.signal.convolve(x, w, mode, method="direct")
    np.testing.assert_allclose(T @ x, expected, atol=1e-12)


@pytest.mark.parametrize("mode", ["full", "same", "valid", "circular"])
def test_a_doubly_block_toeplitz_matrix_convolves_images(mode, asarray, rng):
    w, x = rng.normal(size=(3, 2)), rng.normal(size=(4, 5))
    T = nn.toeplitz(asarray(w), (4, 5), mode)
    if mode == "circular":
        expected = np.fft.ifft2(np.fft.fft2(x) * np.fft.fft2(w, x.shape)).real
    else:
        expected = scipy.signal.convolve2d(x, w, mode)
    y = T @ asarray(x.ravel())
    assert namespace(T) is namespace(y)
    np.testing.assert_allclose(np.asarray(y.tolist()), expected.ravel(), atol=1e-12)


def test_the_layer_is_the_matrix_of_its_flipped_kernel():
    layer = nn.Conv2d(1, 1, 3, bias=False, dtype=torch.float64)
    T = nn.toeplitz(layer.weight[0, 0].flip(0, 1), (5, 6), "valid")
    x = numbers(1, 1, 5, 6)
    torch.testing.assert_close(T @ x.flatten(), layer(x).flatten())
    assert T.requires_grad


def test_a_toeplitz_matrix_has_equal_numbers_along_its_diagonals(asarray):
    T = nn.toeplitz(asarray([1, 2, 3]), 6, "circular")
    assert all(bool((T[i, (i + s) % 6] == T[0, s]).item()) for i in range(6) for s in range(6))
    assert int((T != 0).sum()) == 3 * 6


@pytest.mark.parametrize(
    ("w", "size", "mode", "words"),
    [
        (np.zeros((2, 2, 2)), (4, 4, 4), "full", "one or two dimensions"),
        (np.zeros((2, 2)), 4, "full", "as many sizes"),
        (np.zeros(2), 4, "half", "'half'"),
        (np.zeros(0), 4, "full", "at least 1"),
        (np.zeros(2), 0, "full", "at least 1"),
    ],
)
def test_toeplitz_says_what_does_not_fit(w, size, mode, words):
    with pytest.raises(ValueError, match=words):
        nn.toeplitz(w, size, mode)
