"""Points in the plane in classes of known shape: rings, moons, spirals and blobs, drawn with a generator."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.arrays import Array, namespace

Labelled = tuple[NDArray[np.float64], NDArray[np.int64]]
"""Points X, shape (n, 2), and their classes y, shape (n,), from 0 upward. Rows are in random order."""


def make_rings(n_samples: int = 200, *, n_classes: int = 2, noise: float = 0.1, rng: np.random.Generator) -> Labelled:
    r"""Rings around the origin, one inside the other: class $k$ has radius $k + 1$.

    Args:
        n_samples: Points in all. The classes share them as evenly as can be.
        n_classes: How many rings.
        noise: The standard deviation of what is added to both coordinates.
        rng: The generator.

    Returns:
        X of shape (n_samples, 2) and y of shape (n_samples,).

    Raises:
        ValueError: There are fewer points than classes or the noise is negative.
        TypeError: ``rng`` is no NumPy generator.

    >>> X, y = make_rings(4, noise=0, rng=np.random.default_rng(0))
    >>> np.round(np.hypot(*X.T), 6) - y
    array([1., 1., 1., 1.])
    """
    y = _classes(n_samples, n_classes, noise, rng)
    angle = rng.uniform(0, 2 * np.pi, n_samples)
    return _noisy(_from_polar(y + 1.0, angle), noise, rng), y


def make_moons(n_samples: int = 200, *, noise: float = 0.1, rng: np.random.Generator) -> Labelled:
    r"""Two half circles that reach into each other.

    With $t \in [0, \pi]$, class 0 is $(\cos t, \sin t)$ and class 1 is $(1 - \cos t, \tfrac12 - \sin t)$.

    Arguments, result and errors are those of :func:`make_rings`.

    >>> X, y = make_moons(6, noise=0, rng=np.random.default_rng(0))
    >>> np.bincount(y), bool((X[y == 0, 1] >= 0).all())
    (array([3, 3]), True)
    """
    y = _classes(n_samples, 2, noise, rng)
    t = rng.uniform(0, np.pi, n_samples)
    upper, lower = np.stack([np.cos(t), np.sin(t)], axis=1), np.stack([1 - np.cos(t), 0.5 - np.sin(t)], axis=1)
    return _noisy(np.where(y[:, None] == 0, upper, lower), noise, rng), y


def make_spirals(
    n_samples: int = 200, *, n_classes: int = 2, turns: float = 1.0, noise: float = 0.03, rng: np.random.Generator
) -> Labelled:
    r"""Spirals wound around each other, from near the origin out to radius 1.

    With $r \in [0.1, 1]$, class $k$ of $K$ lies at radius $r$ and angle $2\pi (\text{turns} \cdot r + k / K)$.

    Args:
        n_samples: Points in all. The classes share them as evenly as can be.
        n_classes: How many arms.
        turns: How often an arm would wind around the origin from radius 0 to 1.
        noise: The standard deviation of what is added to both coordinates.
        rng: The generator.

    Result and errors are those of :func:`make_rings`.

    >>> X, y = make_spirals(90, n_classes=3, rng=np.random.default_rng(0))
    >>> X.shape, np.bincount(y)
    ((90, 2), array([30, 30, 30]))
    """
    y = _classes(n_samples, n_classes, noise, rng)
    radius = rng.uniform(0.1, 1, n_samples)
    return _noisy(_from_polar(radius, 2 * np.pi * (turns * radius + y / n_classes)), noise, rng), y


def make_blobs(
    n_samples: int = 200, *, centers: int | ArrayLike = 2, noise: float = 1.0, rng: np.random.Generator
) -> Labelled:
    """Round clouds, each a normal distribution around its centre.

    Args:
        n_samples: Points in all. The classes share them as evenly as can be.
        centers: The centres, shape (classes, 2), or how many there are: these lie evenly on a circle of radius 3.
        noise: The standard deviation of each coordinate around the centre.
        rng: The generator.

    Returns:
        X of shape (n_samples, 2) and y of shape (n_samples,).

    Raises:
        ValueError: ``centers`` has another shape, there are fewer points than classes, or the noise is negative.
        TypeError: ``rng`` is no NumPy generator.

    >>> X, y = make_blobs(4, centers=[[0, 0], [5, 5]], noise=0, rng=np.random.default_rng(0))
    >>> bool((X == 5 * y[:, None]).all())
    True
    """
    if isinstance(centers, int):
        places = _from_polar(np.full(centers, 3.0), 2 * np.pi * np.arange(centers) / max(centers, 1))
    else:
        places = np.asarray(centers, dtype=float)
    if places.ndim != 2 or places.shape[1] != 2:
        raise ValueError(f"expected centers to be a number or an array of shape (classes, 2), got shape {places.shape}")
    y = _classes(n_samples, len(places), noise, rng)
    return _noisy(places[y], noise, rng), y


def to_polar(X: Array) -> Array:
    r"""Points in the plane by distance and direction instead of left-right and up-down.

    $(x_1, x_2) \mapsto (r, \varphi)$ with $r = \sqrt{x_1^2 + x_2^2}$ and $\varphi = \mathrm{atan2}(x_2, x_1)$   (Deep
    Learning, figure 1.1)

    Args:
        X: Shape (..., 2), floating dtype.

    Returns:
        Radius and angle, the angle from $-\pi$ to $\pi$ and 0 at the origin; shape, kind and device of ``X``.

    Raises:
        ValueError: The last axis does not have two entries.

    >>> to_polar(np.array([[0.0, 2.0]])).round(4)
    array([[2.    , 1.5708]])
    """
    xp = namespace(X)
    if X.ndim == 0 or X.shape[-1] != 2:
        raise ValueError(f"expected points of the plane, shape (..., 2), got shape {tuple(X.shape)}")
    return xp.stack([xp.hypot(X[..., 0], X[..., 1]), xp.atan2(X[..., 1], X[..., 0])], axis=-1)


def _classes(n_samples: int, n_classes: int, noise: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """The classes of the points, in random order, as many of one as of another; and a look at the arguments."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"expected rng to be a generator, np.random.default_rng(seed), got {type(rng).__name__}")
    if not 1 <= n_classes <= n_samples:
        raise ValueError(f"expected at least one class and a point for each, got {n_classes} for {n_samples} points")
    if not noise >= 0:
        raise ValueError(f"expected the noise, a standard deviation, to be at least 0, got {noise}")
    return rng.permutation(np.arange(n_samples) % n_classes)


def _from_polar(radius: NDArray[np.floating], angle: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _noisy(X: NDArray[np.float64], noise: float, rng: np.random.Generator) -> NDArray[np.float64]:
    return X + noise * rng.standard_normal(X.shape)
