"""Convolution by way of frequencies, against SciPy's without."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
import torch

from course_lib import nn
from course_lib.arrays import torch_generator


@pytest.mark.parametrize(("size", "kernel"), [((7, 8), (3, 3)), ((8, 7), (1, 4)), ((5, 5), (5, 5)), ((1, 1), (1, 1))])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_fourier_against_scipy(asarray, rng, size, kernel, dtype):
    x, W = rng.normal(size=(2, 3, *size)), rng.normal(size=(4, 3, *kernel))
    y = nn.conv2d_fft(asarray(x, dtype=dtype), asarray(W, dtype=dtype))
    one = [
        [[scipy.signal.correlate2d(x[n, c], W[o, c], mode="valid") for c in range(3)] for o in range(4)]
        for n in range(2)
    ]
    expected = np.sum(one, axis=2)
    tolerance = 1e-4 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(y.tolist(), expected, atol=tolerance)
    assert y.dtype == asarray(x, dtype=dtype).dtype


def test_fourier_differentiates():
    x = torch.randn(2, 2, 4, 5, generator=torch_generator(0), dtype=torch.float64, requires_grad=True)
    W = torch.randn(3, 2, 2, 3, generator=torch_generator(1), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(nn.conv2d_fft, (x, W))


def images(*shape, dtype=float):
    return np.zeros(shape, dtype=dtype)


@pytest.mark.parametrize(
    ("x", "weight", "error", "message"),
    [
        (images(1, 2, 4, 4), images(1, 3, 2, 2), ValueError, "as many channels"),
        (images(2, 4, 4), images(1, 2, 2, 2), ValueError, "as many channels"),
        (images(1, 2, 4, 4), images(1, 2, 5, 2), ValueError, "does not fit"),
        (images(1, 1, 4, 4, dtype=int), images(1, 1, 2, 2), TypeError, "floating dtype, got int64"),
        (images(1, 1, 4, 4), images(1, 1, 2, 2, dtype="f4"), TypeError, "one dtype, got float64 and float32"),
    ],
)
def test_errors(x, weight, error, message):
    with pytest.raises(error, match=message):
        nn.conv2d_fft(x, weight)
