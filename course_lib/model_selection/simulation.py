"""The bias–variance decomposition, by simulation: draw many training sets and see how the predictions scatter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sklearn.base import clone

from course_lib.arrays import Array, Generator, namespace, standard_normal


class BiasVariance(NamedTuple):
    """What the expected squared error at each test input is made of."""

    bias_squared: Array
    variance: Array
    noise: float
    expected_error: Array


def bias_variance(
    estimator: Any,
    truth: Callable[[Array], Array],
    draw_inputs: Callable[[Generator], Array],
    X_test: Array,
    *,
    noise: float,
    n_datasets: int = 200,
    generator: Generator,
) -> BiasVariance:
    r"""Split the expected test error into bias², variance and noise.

    $\mathbb{E}[(y - \hat f(x))^2] = (f(x) - \mathbb{E}\hat f(x))^2 + \mathrm{Var}\,\hat f(x) + \sigma^2$
    (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, eq. 7.9)

    Every training set has fresh inputs and fresh noise, and so has every test target: the error is measured, not added
    up from the other three.

    Args:
        estimator: Has ``fit`` and ``predict``; a fresh copy is fitted to every training set.
        truth: $f$, from inputs of shape (n, features) to shape (n,).
        draw_inputs: Makes the inputs of a training set, shape (n, features), from the generator. For fixed inputs
            return the same every time.
        X_test: Shape (m, features), where to look.
        noise: $\sigma$, the standard deviation of the normal noise on every target.
        n_datasets: How many training sets, at least 2.
        generator: A NumPy or torch generator, of the kind of the inputs.

    Returns:
        ``bias_squared``, ``variance`` and the measured ``expected_error``, each of shape (m,), and ``noise``,
        $\sigma^2$. Take means over the test inputs for one number each. The error differs from the sum by chance
        alone, less and less with more training sets.

    Raises:
        ValueError: There are fewer than 2 training sets, the noise is negative, or ``truth`` or ``predict`` does not
            return one number for each input.

    >>> import numpy as np
    >>> from course_lib.model_selection import KNeighborsRegressor
    >>> result = bias_variance(
    ...     KNeighborsRegressor(n_neighbors=1),
    ...     truth=lambda X: X[:, 0] ** 2,
    ...     draw_inputs=lambda generator: np.linspace(0, 1, 11)[:, None],
    ...     X_test=np.array([[0.5]]),
    ...     noise=0.1,
    ...     n_datasets=2000,
    ...     generator=np.random.default_rng(0),
    ... )
    >>> result.bias_squared.round(3), result.variance.round(3), result.noise, result.expected_error.round(3)
    (array([0.]), array([0.01]), 0.010000000000000002, array([0.021]))
    """
    if n_datasets < 2:
        raise ValueError(f"expected at least 2 training sets, got {n_datasets}")
    if not noise >= 0:
        raise ValueError(f"expected a standard deviation of at least 0 as noise, got {noise}")

    def observe(X: Array) -> Array:
        y = _one_for_each("truth", truth(X), X)
        return y + noise * standard_normal(y.shape, generator, y.dtype)

    predictions, errors = [], []
    for _ in range(n_datasets):
        X = draw_inputs(generator)
        model = clone(estimator).fit(X, observe(X))
        predictions.append(_one_for_each("predict", model.predict(X_test), X_test))
        errors.append((observe(X_test) - predictions[-1]) ** 2)
    xp = namespace(X_test)
    f_hat = xp.stack(predictions)
    mean = xp.mean(f_hat, axis=0)
    return BiasVariance(
        bias_squared=(truth(X_test) - mean) ** 2,
        variance=xp.mean((f_hat - mean) ** 2, axis=0),
        noise=noise**2,
        expected_error=xp.mean(xp.stack(errors), axis=0),
    )


def _one_for_each(name: str, y: Array, X: Array) -> Array:
    if y.shape != X.shape[:1]:
        raise ValueError(f"expected {name} to return shape ({X.shape[0]},), one number per input, got {tuple(y.shape)}")
    return y
