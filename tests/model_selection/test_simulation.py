"""The bias–variance decomposition, against closed forms."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression

from course_lib.arrays import torch_generator
from course_lib.model_selection import KNeighborsRegressor, bias_variance

GRID = np.linspace(-1, 1, 15)[:, None]
X_TEST = np.array([[-0.8], [0.0], [0.5], [1.2]])


def truth(X):
    return X[:, 0] ** 2


def test_a_line_through_a_parabola():
    """With fixed inputs everything is known: a fit is linear in y, and its hat matrix H gives bias and variance."""
    sigma, n_datasets = 0.5, 4000
    found = bias_variance(
        LinearRegression(),
        truth,
        lambda generator: GRID,
        X_TEST,
        noise=sigma,
        n_datasets=n_datasets,
        generator=np.random.default_rng(0),
    )
    design, test = (np.hstack([np.ones_like(X), X]) for X in (GRID, X_TEST))
    H = test @ np.linalg.solve(design.T @ design, design.T)
    bias_squared, variance = (truth(X_TEST) - H @ truth(GRID)) ** 2, sigma**2 * (H**2).sum(axis=1)
    np.testing.assert_allclose(found.bias_squared, bias_squared, atol=0.02)
    np.testing.assert_allclose(found.variance, variance, rtol=5 * np.sqrt(2 / n_datasets))
    assert found.noise == 0.25
    expected = bias_squared + variance + sigma**2
    spread = np.sqrt((2 * (variance + sigma**2) ** 2 + 4 * bias_squared * (variance + sigma**2)) / n_datasets)
    assert (abs(found.expected_error - expected) < 4 * spread).all()


@pytest.mark.parametrize("k", [1, 5, 15])
def test_neighbours_trade_bias_for_variance(k):
    found = bias_variance(
        KNeighborsRegressor(k),
        truth,
        lambda generator: GRID,
        X_TEST[:1],
        noise=1.0,
        n_datasets=3000,
        generator=np.random.default_rng(k),
    )
    nearest = np.argsort(abs(GRID[:, 0] - X_TEST[0]), kind="stable")[:k]
    np.testing.assert_allclose(found.variance, 1 / k, rtol=5 * np.sqrt(2 / 3000))
    np.testing.assert_allclose(found.bias_squared, (truth(X_TEST[:1]) - truth(GRID[nearest]).mean()) ** 2, atol=0.05)


def test_the_three_add_up_to_the_measured_error(asarray):
    """With random inputs, on arrays and on tensors."""
    X_test = asarray(X_TEST)
    like_torch = isinstance(X_test, torch.Tensor)
    generator = torch_generator(1, X_test.device) if like_torch else np.random.default_rng(1)

    def draw(generator):
        if like_torch:
            return torch.rand(20, 1, generator=generator, device=generator.device, dtype=torch.float64) * 2 - 1
        return generator.uniform(-1, 1, size=(20, 1))

    found = bias_variance(KNeighborsRegressor(3), truth, draw, X_test, noise=0.3, n_datasets=1500, generator=generator)
    assert type(found.variance) is type(found.expected_error) is type(X_test)
    parts = found.bias_squared + found.variance + found.noise
    np.testing.assert_allclose(found.expected_error.tolist(), parts.tolist(), rtol=0.15)
    assert float(found.expected_error.mean()) == pytest.approx(float(parts.mean()), rel=0.07)


def test_same_seed_same_answer():
    run = lambda seed: bias_variance(  # noqa: E731
        LinearRegression(),
        truth,
        lambda generator: generator.normal(size=(9, 1)),
        X_TEST,
        noise=0.1,
        n_datasets=3,
        generator=np.random.default_rng(seed),
    ).expected_error.tolist()
    assert run(0) == run(0) != run(1)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n_datasets": 1}, "at least 2 training sets, got 1"),
        ({"noise": -1.0}, "standard deviation of at least 0 as noise, got -1"),
        ({"truth": lambda X: X}, r"expected truth to return shape \(15,\), one number per input, got \(15, 1\)"),
    ],
)
def test_refused(changed, words):
    given = {"truth": truth, "noise": 0.1, "n_datasets": 2, "generator": np.random.default_rng(0)} | changed
    with pytest.raises(ValueError, match=words):
        bias_variance(LinearRegression(), draw_inputs=lambda generator: GRID, X_test=X_TEST, **given)
