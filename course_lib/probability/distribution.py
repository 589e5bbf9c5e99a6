"""What all distributions share, after ``torch.distributions.Distribution``.

A distribution object holds a whole batch: its parameters broadcast against each other to ``batch_shape``. A draw from
each member has ``event_shape``, which is ``()`` for a number and ``(n,)`` for a vector.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

import array_api_compat
import numpy as np
import torch

from course_lib.arrays import Array, Generator, is_torch, namespace
from course_lib.probability.functions import require


class Distribution:
    """A batch of distributions of one family; the families are its subclasses."""

    batch_shape: tuple[int, ...] = ()
    event_shape: tuple[int, ...] = ()
    like: Array  # any parameter: it tells the kind, dtype and device of what is returned
    arguments: tuple[str, ...] = ()  # the names of the parameters that describe it

    def __repr__(self) -> str:
        described = ", ".join(f"{name}={getattr(self, name)}" for name in self.arguments)
        return f"{type(self).__name__}({described})"

    @property
    def mean(self) -> Array:
        r"""The expectation $\mathbb{E}[x]$."""
        raise NotImplementedError

    @property
    def variance(self) -> Array:
        r"""The variance $\mathbb{E}[(x - \mathbb{E}[x])^2]$."""
        raise NotImplementedError

    @property
    def stddev(self) -> Array:
        r"""The standard deviation $\sqrt{\mathrm{Var}(x)}$."""
        return namespace(self.like).sqrt(self.variance)

    def log_prob(self, value: Array) -> Array:
        r"""The logarithm of the probability, or density, at ``value``; $-\infty$ where there is none."""
        raise NotImplementedError

    def entropy(self) -> Array:
        r"""The expected self-information $\mathbb{E}[-\log p(x)]$ in nats."""
        raise NotImplementedError

    def rsample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        """Draws through which gradients flow back to the parameters (the reparametrisation trick)."""
        raise NotImplementedError(f"{type(self).__name__} has no draws that are differentiable; use sample")

    def sample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        """Independent draws.

        Args:
            sample_shape: How many from each member of the batch.
            generator: ``np.random.default_rng(seed)``, or ``torch_generator(seed, device)`` for torch parameters.

        Returns:
            Shape ``sample_shape + batch_shape + event_shape``.
        """
        with torch.no_grad():
            return self.rsample(sample_shape, generator=generator)

    def _shape(self, sample_shape: tuple[int, ...], generator: Generator) -> tuple[int, ...]:
        """The shape of a sample, once it is sure that the generator can make it."""
        if is_torch(self.like):
            fits = isinstance(generator, torch.Generator) and generator.device == self.like.device
            fitting = f'torch_generator(seed, "{self.like.device}")'
        else:
            fits = isinstance(generator, np.random.Generator)
            fitting = "np.random.default_rng(seed)"
        if not fits:
            given = f"a generator on {generator.device}" if hasattr(generator, "device") else type(generator).__name__
            raise TypeError(f"expected a generator like {fitting}, of the parameters' kind and place, got {given}")
        if not isinstance(sample_shape, tuple):
            raise TypeError(f"expected sample_shape as a tuple such as (1000,), got {sample_shape!r}")
        return (*sample_shape, *self.batch_shape, *self.event_shape)

    def _value(self, value: Array) -> Array:
        """A value of the parameters' kind that fits the batch."""
        value = _as(self.like, value, self.like.dtype) if isinstance(value, Real) else value
        namespace(value, self.like)
        try:
            np.broadcast_shapes(value.shape, self.batch_shape + self.event_shape)
            fits = tuple(value.shape)[value.ndim - len(self.event_shape) :] == self.event_shape
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(
                f"a value of shape {tuple(value.shape)} does not fit {type(self).__name__} with batch_shape "
                f"{self.batch_shape} and event_shape {self.event_shape}"
            )
        return value


def parameters(**given: Array | float) -> list[Array]:
    """Make parameters ready: one kind, one floating dtype, one shape.

    Args:
        given: Arrays and numbers by name. Numbers join the arrays beside them; numbers alone become NumPy arrays.

    Returns:
        Finite arrays, broadcast against each other, in the order given.

    Raises:
        TypeError: Something is neither a number nor an array, or the kinds are mixed.
        ValueError: A number is NaN or infinite, or the shapes do not broadcast.
    """
    arrays = [value for value in given.values() if not isinstance(value, Real)]
    like = arrays[0] if arrays else np.zeros(())
    xp = namespace(like, *arrays)
    dtype = xp.result_type(like, *arrays)
    if not xp.isdtype(dtype, "real floating"):
        dtype = xp.asarray(0.0).dtype
    ready = [_as(like, value, dtype) for value in given.values()]
    for name, value in zip(given, ready, strict=True):
        require(xp.isfinite(value), name, value, "to be finite")
    try:
        shape = np.broadcast_shapes(*(value.shape for value in ready))
    except ValueError:
        shapes = ", ".join(f"{name} {tuple(value.shape)}" for name, value in zip(given, ready, strict=True))
        raise ValueError(f"expected parameters of shapes that broadcast, got {shapes}") from None
    return [xp.broadcast_to(value, shape) for value in ready]


def _as(like: Array, value: Array | float, dtype: Any) -> Array:
    """A number as an array beside ``like``; an array in that dtype."""
    xp = namespace(like)
    if isinstance(value, Real):
        return xp.asarray(value, dtype=dtype, device=array_api_compat.device(like))
    return xp.astype(value, dtype, copy=False)
