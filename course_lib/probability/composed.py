"""Distributions made of others, or of data: MixtureSameFamily and Empirical."""

from __future__ import annotations

import math

import array_api_compat

from course_lib.arrays import Array, Generator, namespace, uniform
from course_lib.probability.discrete import Categorical
from course_lib.probability.distribution import Distribution, parameters
from course_lib.probability.functions import log, logsumexp, xlogy
from course_lib.probability.information import require_probabilities


class MixtureSameFamily(Distribution):
    r"""First throw a die to choose a component, then draw from it.

    $P(x) = \sum_i P(c = i)\, P(x \mid c = i)$   (Deep Learning, eq. 3.29)

    Args:
        mixture_distribution: A :class:`Categorical` over k components.
        component_distribution: The components, a distribution of batch_shape (..., k). The mixture's batch_shape is the
            part before k; ``mixture_distribution`` has that, or ().

    Raises:
        TypeError: ``mixture_distribution`` is not a :class:`Categorical`.
        ValueError: There are not as many components as probabilities.

    >>> import numpy as np
    >>> from course_lib.probability import Normal
    >>> two = MixtureSameFamily(Categorical(probs=np.array([0.5, 0.5])), Normal(np.array([-3.0, 3.0]), 1.0))
    >>> float(two.variance)
    10.0
    """

    arguments = ("mixture_distribution", "component_distribution")

    def __init__(self, mixture_distribution: Categorical, component_distribution: Distribution):
        if not isinstance(mixture_distribution, Categorical):
            raise TypeError(f"expected a Categorical to choose a component, got {type(mixture_distribution).__name__}")
        namespace(mixture_distribution.probs, component_distribution.like)
        k = mixture_distribution.probs.shape[-1]
        batch_shape = component_distribution.batch_shape
        if batch_shape[-1:] != (k,) or mixture_distribution.batch_shape not in ((), batch_shape[:-1]):
            expected = (*mixture_distribution.batch_shape, k)
            raise ValueError(f"expected components of batch_shape {expected}, one per probability, got {batch_shape}")
        self.mixture_distribution = mixture_distribution
        self.component_distribution = component_distribution
        self.like = component_distribution.like
        self.batch_shape = batch_shape[:-1]
        self.event_shape = component_distribution.event_shape

    @property
    def mean(self) -> Array:
        r"""$\sum_i p_i \mu_i$."""
        return self._expect(self.component_distribution.mean)

    @property
    def variance(self) -> Array:
        r"""$\sum_i p_i (\sigma_i^2 + (\mu_i - \mu)^2)$: the variance within the components and that between them."""
        components = self.component_distribution
        between = components.mean - self._to_each(self.mean)
        return self._expect(components.variance + between**2)

    def entropy(self) -> Array:
        """Raises ``NotImplementedError``: there is no closed form."""
        raise NotImplementedError(
            "the entropy of a mixture has no closed form; estimate it: "
            "-mixture.log_prob(mixture.sample((100_000,), generator=generator)).mean()"
        )

    def sample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        """Independent draws, shape ``sample_shape + batch_shape + event_shape``."""
        self._shape(sample_shape, generator)
        choice = self.mixture_distribution
        batch_left = self.batch_shape[: len(self.batch_shape) - len(choice.batch_shape)]
        chosen = choice.sample((*sample_shape, *batch_left), generator=generator)[..., None] == choice.faces
        draws = self.component_distribution.sample(sample_shape, generator=generator)
        xp = namespace(draws)
        chosen = self._beside_events(chosen)
        return xp.sum(xp.where(chosen, draws, xp.zeros_like(draws)), axis=self._axis, dtype=draws.dtype)

    def log_prob(self, value: Array) -> Array:
        r"""$\log \sum_i p_i\, P(x \mid c = i)$, by log-sum-exp."""
        each = self.component_distribution.log_prob(self._to_each(self._value(value)))
        choice = self.mixture_distribution
        if choice.by_logits:
            return logsumexp(each + choice.logits, axis=-1)
        return logsumexp(each, axis=-1, b=choice.probs)

    def _to_each(self, x: Array) -> Array:
        """An axis of length 1 where the components' axis is, so that each component gets the same ``x``."""
        return namespace(x).expand_dims(x, axis=self._axis)

    def _beside_events(self, x: Array) -> Array:
        """Axes of length 1 for the events behind the axis of the components."""
        return namespace(x).reshape(x, (*x.shape, *(1,) * len(self.event_shape)))

    def _expect(self, values: Array) -> Array:
        probs = self._beside_events(self.mixture_distribution.probs)
        return namespace(values).sum(probs * values, axis=self._axis)

    @property
    def _axis(self) -> int:
        return -1 - len(self.event_shape)


class Empirical(Distribution):
    r"""The distribution of the data themselves: draw one of the samples.

    $\hat p(x) = \sum_i w_i\, \delta(x - x^{(i)})$, by default with $w_i = 1/n$   (Deep Learning, eq. 3.28)

    All its mass lies on the samples, so ``log_prob`` is the logarithm of a probability, not of a density.

    Args:
        samples: Shape (n,) + event_shape, n ≥ 1.
        weights: Shape (n,), the probability of each sample.

    Raises:
        ValueError: There is no sample, or the weights are no distribution over them.

    >>> import numpy as np
    >>> p = Empirical(np.array([1.0, 2.0, 2.0, 4.0]))
    >>> float(p.mean), float(p.variance)
    (2.25, 1.1875)
    >>> p.cdf(np.array([0.0, 2.0, 4.0]))
    array([0.  , 0.75, 1.  ])
    """

    arguments = ("samples", "weights")

    def __init__(self, samples: Array, weights: Array | None = None):
        (self.samples,) = parameters(samples=samples)
        if self.samples.ndim == 0 or self.samples.shape[0] == 0:
            raise ValueError(f"expected at least one sample in the first axis, got shape {tuple(self.samples.shape)}")
        xp = namespace(self.samples)
        n = self.samples.shape[0]
        if weights is None:
            weights = xp.full(n, 1 / n, dtype=self.samples.dtype, device=array_api_compat.device(self.samples))
        (self.weights,) = parameters(weights=weights)
        namespace(self.samples, self.weights)
        if tuple(self.weights.shape) != (n,):
            raise ValueError(f"expected weights of shape ({n},), one per sample, got {tuple(self.weights.shape)}")
        require_probabilities("weights", self.weights)
        self.like = self.samples
        self.event_shape = tuple(self.samples.shape[1:])

    @property
    def mean(self) -> Array:
        r"""$\sum_i w_i x^{(i)}$."""
        return self._expect(self.samples)

    @property
    def variance(self) -> Array:
        r"""$\sum_i w_i (x^{(i)} - \mathbb{E}[x])^2$: with equal weights, division by n."""
        return self._expect((self.samples - self.mean) ** 2)

    def sample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        """Samples drawn with replacement (the bootstrap), shape ``sample_shape + event_shape``."""
        self._shape(sample_shape, generator)
        u = uniform(sample_shape, generator, self.like.dtype)
        xp = namespace(u)
        steps = xp.cumulative_sum(self.weights)
        return self.samples[xp.searchsorted(steps, u * steps[-1], side="right")]

    def log_prob(self, value: Array) -> Array:
        r"""The logarithm of the share of the samples that equal $x$."""
        x = self._value(value)
        batch = tuple(x.shape)[: x.ndim - len(self.event_shape)]
        group, mass = self._groups(x.reshape(math.prod(batch), -1))
        return log(mass[group[self.samples.shape[0] :]].reshape(batch))

    def entropy(self) -> Array:
        r"""$-\sum_x P(x) \log P(x)$ over the distinct samples, at most $\log n$."""
        _, mass = self._groups(self._rows[:0])
        return -namespace(mass).sum(xlogy(mass, mass))

    def cdf(self, value: Array) -> Array:
        r"""The share of the samples that are at most $x$; for samples that are numbers."""
        if self.event_shape:
            raise ValueError(f"expected samples that are numbers, which can be ordered, got events {self.event_shape}")
        x = self._value(value)
        xp = namespace(x)
        order = xp.argsort(self.samples)
        steps = xp.cumulative_sum(self.weights[order], include_initial=True)
        return (steps / steps[-1])[xp.searchsorted(self.samples[order], x, side="right")]

    @property
    def _rows(self) -> Array:
        return self.samples.reshape(self.samples.shape[0], -1)

    def _groups(self, more: Array) -> tuple[Array, Array]:
        """A group number for each sample and each further row, equal for equal rows; and the mass of each group."""
        xp = namespace(more)
        rows = xp.concat([self._rows, more])
        group = xp.zeros(rows.shape[0], dtype=xp.int64, device=array_api_compat.device(rows))
        for column in xp.unstack(rows, axis=1):
            _, rank = xp.unique_inverse(column)
            _, group = xp.unique_inverse(group * rows.shape[0] + rank)
        mass = xp.bincount(group[: len(self.samples)], weights=self.weights, minlength=rows.shape[0])
        return group, xp.astype(mass, self.weights.dtype)

    def _expect(self, values: Array) -> Array:
        return namespace(values).tensordot(self.weights, values, axes=1)
