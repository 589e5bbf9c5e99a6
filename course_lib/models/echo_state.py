"""Echo state networks: a recurrent network whose recurrence is random, and only whose output is learned."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Self

import array_api_compat
import numpy as np
import torch
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, namespace
from course_lib.regression import Ridge

SQUARINGS = 30
"""How often :func:`spectral_radius` squares its matrix."""


def spectral_radius(A: Array) -> float:
    r"""The largest size of an eigenvalue, real or not: $\rho(A) = \lim_{k \to \infty} \lVert A^k \rVert^{1/k}$.

    (Gelfand's formula.) Squaring the matrix again and again reaches $k = 2^{30}$ in 30 products; after each the length
    is taken out, so that nothing overflows.

    Args:
        A: One square matrix, floating.

    Returns:
        $\rho(A)$; 0 for a matrix whose powers vanish.

    Raises:
        ValueError: Not one square matrix.

    >>> round(spectral_radius(np.array([[0.0, -2.0], [2.0, 0.0]])), 6)  # eigenvalues 2i and -2i
    2.0
    """
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise ValueError(f"expected one square matrix, got shape {tuple(A.shape)}")
    xp = namespace(A)
    power, log_radius = A, 0.0
    for i in range(SQUARINGS + 1):
        length = float(xp.sum(power * power)) ** 0.5
        if length == 0:
            return 0.0
        log_radius += np.log(length) / 2**i
        power = power / length
        power = power @ power
    return float(np.exp(log_radius))


class EchoStateNetwork(RegressorMixin, BaseEstimator):
    r"""A reservoir of random recurrent units with a linear readout.

    $$x_t = (1 - \alpha) x_{t-1} + \alpha \tanh(W^{in} u_t + b + W x_{t-1}), \qquad \hat y_t = W^{out} x_t + c$$

    $W^{in}$, $b$ and $W$ are drawn once and never trained, so no gradient goes through time. $W$ is scaled to a
    spectral radius near 1: echoes of the input then fade slowly. The readout is a ridge regression. (Deep Learning,
    section 10.8; Jaeger and Haas, 2004)

    The rows are moments in time, in order, and the state before the first is 0.

    Args:
        hidden_size: Units of the reservoir.
        spectral_radius: $\rho(W)$.
        leak: $\alpha$, above 0 and up to 1; small is slow.
        input_scale: $W^{in}$ and $b$ are drawn uniformly from minus this to this.
        ridge: The readout's price on large weights.
        washout: So many moments at the beginning are not learned from: the state is still near 0.
        random_state: Seed or ``np.random.RandomState`` for the weights.

    Attributes:
        input_weights_: $W^{in}$, shape (hidden_size, features).
        bias_: $b$, shape (hidden_size,).
        weights_: $W$, shape (hidden_size, hidden_size).
        readout_: The fitted :class:`course_lib.regression.Ridge`, with $W^{out}$ and $c$.
        n_features_in_: How many features a moment has.
        feature_names_in_: The columns' names, if ``fit`` was given a data frame.

    >>> wave = np.sin(0.3 * np.arange(300))[:, None]
    >>> model = EchoStateNetwork(50, washout=50).fit(wave[:-1], wave[1:])
    >>> bool(np.abs(model.generate(wave, 20)[:, 0] - np.sin(0.3 * np.arange(300, 320))).max() < 0.05)
    True
    """

    def __init__(
        self,
        hidden_size: int = 100,
        *,
        spectral_radius: float = 0.9,
        leak: float = 1.0,
        input_scale: float = 1.0,
        ridge: float = 1e-6,
        washout: int = 0,
        random_state: Any = 0,
    ) -> None:
        self.hidden_size = hidden_size
        self.spectral_radius = spectral_radius
        self.leak = leak
        self.input_scale = input_scale
        self.ridge = ridge
        self.washout = washout
        self.random_state = random_state

    @torch.no_grad()
    def fit(self, X: Array, y: Array) -> Self:
        """Draw the reservoir, run it along the inputs, and fit the readout to its states.

        Args:
            X: Inputs $u_t$, shape (moments, features). NumPy array, data frame, or torch tensor on any device.
            y: Targets, shape (moments,) or (moments, outputs).

        Raises:
            ValueError: An argument is out of range, shapes do not fit, something is NaN or infinite, or no moment is
                left after the washout.
            TypeError: ``X`` and ``y`` are of two kinds or on two devices.
        """
        self._check_arguments()
        X, y = validate(self, X, y, multi_output=True, y_numeric=True, ensure_min_samples=2)
        if self.washout >= len(X):
            raise ValueError(f"expected washout to leave some of the {len(X)} moments, got {self.washout}")
        self._draw(X)
        states = self._run(X)
        self.readout_ = Ridge(self.ridge).fit(states[self.washout :], y[self.washout :])
        return self

    @torch.no_grad()
    def predict(self, X: Array) -> Array:
        """The outputs for a new sequence, from a state of 0: shape (moments,) or (moments, outputs)."""
        check_is_fitted(self)
        return self.readout_.predict(self._run(validate(self, X, reset=False)))

    @torch.no_grad()
    def generate(self, X: Array, n_steps: int) -> Array:
        """Go on with a sequence: read it, then predict the next moment, read that, and so on.

        For a network that was fitted to say what comes next, ``fit(X[:-1], X[1:])``.

        Args:
            X: The beginning, shape (moments, features).
            n_steps: How many moments to go on.

        Returns:
            Shape (n_steps, features).

        Raises:
            ValueError: The outputs are not such moments as the inputs are, or ``n_steps`` is below 1.
        """
        check_is_fitted(self)
        X = validate(self, X, reset=False)
        if self.readout_.coef_.ndim != 2 or len(self.readout_.coef_) != self.n_features_in_:
            raise ValueError(
                f"expected to be fitted with y of shape (moments, {self.n_features_in_}), the moments that follow; "
                "fit(X[:-1], X[1:])"
            )
        if n_steps < 1:
            raise ValueError(f"expected to go on for at least 1 step, got {n_steps}")
        x = self._run(X)[-1]
        written = [self.readout_.predict(x[None])[0]]
        for _ in range(n_steps - 1):
            x = self._step(x, self.input_weights_ @ written[-1] + self.bias_)
            written.append(self.readout_.predict(x[None])[0])
        return namespace(x).stack(written)

    def _run(self, U: Array) -> Array:
        """The states after each input, shape (moments, hidden_size)."""
        xp = namespace(U)
        x = xp.zeros_like(self.bias_)
        states = []
        for drive in U @ self.input_weights_.T + self.bias_:
            x = self._step(x, drive)
            states.append(x)
        return xp.stack(states)

    def _step(self, x: Array, drive: Array) -> Array:
        return (1 - self.leak) * x + self.leak * namespace(x).tanh(drive + self.weights_ @ x)

    def _draw(self, X: Array) -> None:
        """Random weights of the kind, dtype and device of X."""
        random, n = check_random_state(self.random_state), self.hidden_size
        W = random.uniform(-1, 1, (n, n))
        W *= self.spectral_radius / spectral_radius(W)
        xp, like = namespace(X), {"dtype": X.dtype, "device": array_api_compat.device(X)}
        scale = self.input_scale
        self.input_weights_ = xp.asarray(random.uniform(-scale, scale, (n, X.shape[1])), **like)
        self.bias_ = xp.asarray(random.uniform(-scale, scale, n), **like)
        self.weights_ = xp.asarray(W, **like)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _check_arguments(self) -> None:
        if not isinstance(self.hidden_size, Integral) or self.hidden_size < 1:
            raise ValueError(f"expected hidden_size to be a whole number of at least 1, got {self.hidden_size!r}")
        if not isinstance(self.washout, Integral) or self.washout < 0:
            raise ValueError(f"expected washout to be a whole number of at least 0, got {self.washout!r}")
        if not 0 < self.leak <= 1:
            raise ValueError(f"expected leak to be above 0 and at most 1, got {self.leak!r}")
        if not (self.spectral_radius >= 0 and self.input_scale >= 0):
            raise ValueError(
                "expected spectral_radius and input_scale to be at least 0, "
                f"got {self.spectral_radius!r} and {self.input_scale!r}"
            )
