"""Distributions of a real number: Uniform, Normal and Laplace."""

from __future__ import annotations

import math

from course_lib.arrays import Array, Generator, namespace, standard_normal, uniform
from course_lib.probability.distribution import Distribution, parameters
from course_lib.probability.functions import require


class Uniform(Distribution):
    r"""All numbers of an interval are equally likely.

    $u(x; a, b) = \frac{1}{b - a}$ for $a \le x \le b$, else 0   (Deep Learning, section 3.3.2)

    Args:
        low: The left end $a$.
        high: The right end $b$, above ``low``; broadcasts with it.

    Raises:
        ValueError: An interval is empty.

    >>> import numpy as np
    >>> Uniform(0.0, 0.5).log_prob(np.array([0.25, 0.75])).round(4)
    array([0.6931,   -inf])
    """

    arguments = ("low", "high")

    def __init__(self, low: Array | float, high: Array | float):
        self.low, self.high = parameters(low=low, high=high)
        require(self.high > self.low, "high", self.high, "to be above low")
        self.like = self.low
        self.batch_shape = tuple(self.low.shape)

    @property
    def mean(self) -> Array:
        r"""$(a + b) / 2$."""
        return (self.low + self.high) / 2

    @property
    def variance(self) -> Array:
        r"""$(b - a)^2 / 12$."""
        return (self.high - self.low) ** 2 / 12

    def rsample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        r"""$a + (b - a) u$ with $u \sim U[0, 1)$."""
        u = uniform(self._shape(sample_shape, generator), generator, self.like.dtype)
        return self.low + (self.high - self.low) * u

    def log_prob(self, value: Array) -> Array:
        r"""$-\log(b - a)$ inside, both ends included (torch leaves $b$ out); $-\infty$ outside."""
        x = self._value(value)
        xp = namespace(x)
        return xp.where((self.low <= x) & (x <= self.high), -self.entropy(), -xp.inf)

    def entropy(self) -> Array:
        r"""$\log(b - a)$, negative for an interval shorter than 1."""
        return namespace(self.low).log(self.high - self.low)


class LocationScale(Distribution):
    """A curve around ``loc`` that is stretched by ``scale``: what :class:`Normal` and :class:`Laplace` share."""

    arguments = ("loc", "scale")

    def __init__(self, loc: Array | float, scale: Array | float):
        self.loc, self.scale = parameters(loc=loc, scale=scale)
        require(self.scale > 0, "scale", self.scale, "to be positive")
        self.like = self.loc
        self.batch_shape = tuple(self.loc.shape)


class Normal(LocationScale):
    r"""The normal, or Gaussian, distribution.

    $\mathcal{N}(x; \mu, \sigma^2) = \frac{1}{\sqrt{2 \pi \sigma^2}} \exp\left(-\frac{(x - \mu)^2}{2 \sigma^2}\right)$
    (Deep Learning, eq. 3.21)

    Args:
        loc: The mean $\mu$.
        scale: The standard deviation $\sigma$, positive; broadcasts with ``loc``. For a precision $\beta$ give
            $1 / \sqrt\beta$.

    Raises:
        ValueError: A scale is not positive.

    >>> import numpy as np
    >>> Normal(0.0, 1.0).log_prob(np.array([0.0, 40.0])).round(4)
    array([  -0.9189, -800.9189])
    """

    @property
    def mean(self) -> Array:
        r"""$\mu$."""
        return self.loc

    @property
    def variance(self) -> Array:
        r"""$\sigma^2$."""
        return self.scale**2

    @property
    def precision(self) -> Array:
        r"""$\beta = 1 / \sigma^2$   (Deep Learning, eq. 3.22)."""
        return self.scale**-2

    def rsample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        r"""$\mu + \sigma \epsilon$ with $\epsilon \sim \mathcal{N}(0, 1)$."""
        return self.loc + self.scale * standard_normal(self._shape(sample_shape, generator), generator, self.like.dtype)

    def log_prob(self, value: Array) -> Array:
        r"""$-\frac{1}{2} z^2 - \log \sigma - \frac{1}{2} \log 2\pi$ with $z = (x - \mu) / \sigma$."""
        z = (self._value(value) - self.loc) / self.scale
        return -0.5 * z**2 - namespace(z).log(self.scale) - 0.5 * math.log(2 * math.pi)

    def entropy(self) -> Array:
        r"""$\frac{1}{2} \log(2 \pi e \sigma^2)$."""
        return namespace(self.scale).log(self.scale) + 0.5 * math.log(2 * math.pi * math.e)


class Laplace(LocationScale):
    r"""A sharp peak at $\mu$ with exponential slopes.

    $\mathrm{Laplace}(x; \mu, \gamma) = \frac{1}{2 \gamma} \exp\left(-\frac{|x - \mu|}{\gamma}\right)$
    (Deep Learning, eq. 3.26)

    Args:
        loc: The peak $\mu$.
        scale: The decay length $\gamma$, positive; broadcasts with ``loc``.

    Raises:
        ValueError: A scale is not positive.

    >>> import numpy as np
    >>> Laplace(0.0, 0.5).log_prob(np.array([1.0, -2.0]))
    array([-2., -4.])
    """

    @property
    def mean(self) -> Array:
        r"""$\mu$."""
        return self.loc

    @property
    def variance(self) -> Array:
        r"""$2 \gamma^2$."""
        return 2 * self.scale**2

    def rsample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        r"""$\mu + \gamma (e_1 - e_2)$: the difference of two exponential draws, each $-\log(1 - u)$."""
        shape = self._shape(sample_shape, generator)
        u1, u2 = (uniform(shape, generator, self.like.dtype) for _ in range(2))
        xp = namespace(u1)
        return self.loc + self.scale * (xp.log1p(-u2) - xp.log1p(-u1))

    def log_prob(self, value: Array) -> Array:
        r"""$-|x - \mu| / \gamma - \log 2\gamma$."""
        x = self._value(value)
        xp = namespace(x)
        return -xp.abs(x - self.loc) / self.scale - xp.log(2 * self.scale)

    def entropy(self) -> Array:
        r"""$1 + \log 2\gamma$."""
        return 1 + namespace(self.scale).log(2 * self.scale)
