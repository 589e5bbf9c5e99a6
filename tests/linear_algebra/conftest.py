"""What the tests of linear algebra share."""

import numpy as np
import pytest
import torch


def to_numpy(x) -> np.ndarray:
    return x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)


@pytest.fixture
def assert_agrees(asarray):
    """That a result is what was expected, and an array of the kind and precision of the test."""

    def check(result, expected, rtol: float = 1e-10, atol: float | None = None, dtype: str = "float64"):
        expected = np.asarray(expected)
        sample = asarray([0.0], dtype=dtype)
        if isinstance(sample, torch.Tensor):
            assert isinstance(result, torch.Tensor)
            assert result.device == sample.device
        else:
            assert isinstance(result, np.ndarray | np.generic)
        assert result.dtype == sample.dtype
        size = float(np.max(np.abs(expected[np.isfinite(expected)]), initial=0.0))
        np.testing.assert_allclose(to_numpy(result), expected, rtol=rtol, atol=rtol * size if atol is None else atol)

    return check


@pytest.fixture
def make_spd(rng):
    """Random symmetric positive definite matrices, well conditioned."""

    def make(*shape: int) -> np.ndarray:
        X = rng.normal(size=(*shape, shape[-1]))
        return X @ X.mT + shape[-1] * np.eye(shape[-1])

    return make
