"""Distributions over outcomes that can be counted: Bernoulli and Categorical."""

from __future__ import annotations

import numpy as np

from course_lib.arrays import Array, Generator, namespace, uniform
from course_lib.probability.distribution import Distribution, parameters
from course_lib.probability.functions import log, logsumexp, require, sigmoid, softmax, softplus, xlog1py, xlogy
from course_lib.probability.information import require_probabilities


class Discrete(Distribution):
    """A distribution over finitely many outcomes, given by probabilities or by logits."""

    probs: Array
    logits: Array

    @property
    def outcome_probs(self) -> tuple[Array, ...]:
        """The probabilities of all outcomes, in the form that ``expected_log_prob`` takes."""
        raise NotImplementedError

    def expected_log_prob(self, *outcome_probs: Array) -> Array:
        r"""The expectation $\sum_i w_i \log p_i$ of ``log_prob`` when outcome $i$ has probability $w_i$."""
        raise NotImplementedError

    def entropy(self) -> Array:
        r"""$-\sum_i p_i \log p_i$."""
        return 0.0 - self.expected_log_prob(*self.outcome_probs)  # a bare minus would turn certainty into -0.0


class Bernoulli(Discrete):
    r"""One toss of a coin: 1 with probability $\phi$, else 0.

    $P(x) = \phi^x (1 - \phi)^{1 - x}$   (Deep Learning, eq. 3.18)

    Args:
        probs: $\phi$, from 0 to 1, any shape. Give this or ``logits``.
        logits: The log-odds $z = \log \frac{\phi}{1 - \phi}$, so that $\phi = \sigma(z)$; finite.

    Raises:
        ValueError: Both or neither are given, or a value is out of its range.

    >>> import numpy as np
    >>> coin = Bernoulli(probs=np.array([0.5, 1.0]))
    >>> coin.variance
    array([0.25, 0.  ])
    >>> coin.log_prob(np.array([1.0, 0.0])).round(4)
    array([-0.6931,    -inf])
    """

    arguments = ("probs",)

    def __init__(self, probs: Array | float | None = None, logits: Array | float | None = None):
        _exactly_one(probs, logits)
        self.by_logits = logits is not None
        if logits is not None:
            (self.logits,) = parameters(logits=logits)
            self.probs = sigmoid(self.logits)
        else:
            (self.probs,) = parameters(probs=probs)
            require((self.probs >= 0) & (self.probs <= 1), "probs", self.probs, "to be from 0 to 1")
            self.logits = log(self.probs) - xlog1py(_ones(self.probs), -self.probs)
        self.like = self.probs
        self.batch_shape = tuple(self.probs.shape)

    @property
    def mean(self) -> Array:
        r"""$\mathbb{E}[x] = \phi$."""
        return self.probs

    @property
    def variance(self) -> Array:
        r"""$\mathrm{Var}(x) = \phi (1 - \phi)$."""
        zero, one = self.outcome_probs
        return zero * one

    @property
    def outcome_probs(self) -> tuple[Array, ...]:
        """The probabilities of 0 and of 1."""
        return (sigmoid(-self.logits) if self.by_logits else 1 - self.probs), self.probs

    def sample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        """Independent zeros and ones, shape ``sample_shape + batch_shape``, in the dtype of the parameters."""
        shape = self._shape(sample_shape, generator)
        tosses = uniform(shape, generator, self.like.dtype) < self.probs
        return namespace(tosses).astype(tosses, self.like.dtype)

    def log_prob(self, value: Array) -> Array:
        r"""$\log P(x)$; $-\infty$ for anything but 0 and 1."""
        x = self._value(value)
        xp = namespace(x)
        zero, one = (xp.astype(x == outcome, self.like.dtype) for outcome in (0, 1))
        return xp.where((x == 0) | (x == 1), self.expected_log_prob(zero, one), -xp.inf)

    def expected_log_prob(self, *outcome_probs: Array) -> Array:
        r"""$w_0 \log(1 - \phi) + w_1 \log \phi$."""
        zero, one = outcome_probs
        if self.by_logits:
            return -zero * softplus(self.logits) - one * softplus(-self.logits)
        return xlog1py(zero, -self.probs) + xlogy(one, self.probs)


class Categorical(Discrete):
    r"""One throw of a loaded die with faces $0, \dots, k - 1$: the multinoulli distribution.

    $P(x = i) = p_i$   (Deep Learning, section 3.9.2)

    Args:
        probs: Shape (..., k), the $p_i$, which sum to one over the last axis. Give this or ``logits``.
        logits: Shape (..., k), any numbers $z$ with $p = \mathrm{softmax}(z)$; $-\infty$ makes a face impossible.

    ``logits``, the attribute, is normalised: it holds $\log p$.

    Raises:
        ValueError: Both or neither are given, or they are no distribution.

    >>> import numpy as np
    >>> die = Categorical(probs=np.array([0.5, 0.25, 0.25]))
    >>> die.log_prob(np.array([0, 3])).round(4)
    array([-0.6931,    -inf])
    >>> float(die.mean)
    0.75
    """

    arguments = ("probs",)

    def __init__(self, probs: Array | None = None, logits: Array | None = None):
        _exactly_one(probs, logits)
        self.by_logits = logits is not None
        if logits is not None:
            self.logits = _normalised(logits)
            self.probs = softmax(self.logits)
        else:
            (self.probs,) = parameters(probs=probs)
            require_probabilities("probs", self.probs)
            self.logits = log(self.probs)
        self.like = self.probs
        self.batch_shape = tuple(self.probs.shape[:-1])

    @property
    def mean(self) -> Array:
        r"""$\sum_i i\, p_i$, the expected face. (torch returns NaN: faces need not be numbers.)"""
        return self._expect(self.faces)

    @property
    def variance(self) -> Array:
        r"""$\sum_i (i - \mathbb{E}[x])^2 p_i$."""
        return self._expect((self.faces - self.mean[..., None]) ** 2)

    def sample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        """Independent faces, integers of shape ``sample_shape + batch_shape``."""
        u = uniform(self._shape(sample_shape, generator), generator, self.like.dtype)
        xp = namespace(u)
        steps = xp.cumulative_sum(self.probs, axis=-1)
        return xp.sum(xp.astype(steps <= (u * steps[..., -1])[..., None], xp.int64), axis=-1)

    def log_prob(self, value: Array) -> Array:
        r"""$\log p_i$ for the face $i$; $-\infty$ for what is no face."""
        x = self._value(value)
        xp = namespace(x)
        k = self.probs.shape[-1]
        a_face = (x >= 0) & (x < k) & (x == xp.round(x))
        shape = np.broadcast_shapes(x.shape, self.batch_shape)
        face = xp.broadcast_to(xp.astype(xp.where(a_face, x, xp.zeros_like(x)), xp.int64), shape)[..., None]
        table = xp.broadcast_to(self.logits if self.by_logits else self.probs, (*shape, k))
        found = xp.take_along_axis(table, face, axis=-1)[..., 0]
        return xp.where(a_face, found if self.by_logits else log(found), -xp.inf)

    @property
    def outcome_probs(self) -> tuple[Array, ...]:
        """The probabilities of all faces, in the last axis of one array."""
        return (self.probs,)

    def expected_log_prob(self, *outcome_probs: Array) -> Array:
        r"""$\sum_i w_i \log p_i$."""
        (weights,) = outcome_probs
        xp = namespace(weights, self.probs)
        if not self.by_logits:
            return xp.sum(xlogy(weights, self.probs), axis=-1)
        ruled_out = (weights == 0) & (self.logits == -xp.inf)
        return xp.sum(weights * xp.where(ruled_out, xp.zeros_like(self.logits), self.logits), axis=-1)

    @property
    def faces(self) -> Array:
        """The outcomes 0 to k − 1, in the dtype of the parameters."""
        return namespace(self.probs).cumulative_sum(_ones(self.probs), axis=-1) - 1

    def _expect(self, values: Array) -> Array:
        return namespace(values).sum(values * self.probs, axis=-1)


def _normalised(logits: Array) -> Array:
    """Log-probabilities: logits less their log-sum-exp."""
    xp = namespace(logits)
    if logits.ndim == 0:
        raise ValueError("expected logits to have an axis of outcomes, got a single number")
    require(logits < xp.inf, "logits", logits, "to be numbers or -inf")
    total = logsumexp(logits, axis=-1, keepdims=True)
    require(total > -xp.inf, "the largest logit", total, "to be finite: some outcome must be possible")
    return logits - total


def _ones(x: Array) -> Array:
    return namespace(x).ones_like(x)


def _exactly_one(probs: Array | float | None, logits: Array | float | None) -> None:
    if (probs is None) == (logits is None):
        raise ValueError("expected either probs or logits, got " + ("neither" if probs is None else "both"))
