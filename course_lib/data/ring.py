"""Gaussians on a ring: the smallest data set on which a GAN can be seen to forget half of the world."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from course_lib.arrays import Array, Generator, namespace, standard_normal, uniform


def gaussian_ring(n: int, *, modes: int = 8, radius: float = 2.0, std: float = 0.05, generator: Generator) -> Array:
    r"""Points from a mixture of equally likely, narrow normal distributions around the origin.

    $x = c_k + \sigma \varepsilon$ with $k$ uniform, $\varepsilon \sim N(0, I)$ and the centres $c_k$ of
    :func:`ring_centers`   (Metz et al., Unrolled generative adversarial networks, 2017, section 3.1)

    Args:
        n: How many points.
        modes: How many Gaussians.
        radius: The distance of their centres from the origin.
        std: $\sigma$.
        generator: A NumPy or torch generator; it decides the kind of the result.

    Returns:
        Shape (n, 2); float64 for NumPy, torch's default dtype for torch.

    Raises:
        ValueError: There is no mode, or ``n`` or ``std`` is negative.
        TypeError: ``generator`` is no generator.

    >>> X = gaussian_ring(500, generator=np.random.default_rng(0))
    >>> X.shape, bool(abs(np.hypot(*X.T) - 2).max() < 0.25)
    ((500, 2), True)
    """
    if n < 0 or not std >= 0:
        raise ValueError(f"expected n and std of at least 0, got n={n} and std={std}")
    places = ring_centers(modes, radius=radius)
    noise = standard_normal((n, 2), generator)
    xp = namespace(noise)
    # A draw in single precision can be so close to 1 that times `modes` it is rounded up: the remainder brings it back.
    chosen = xp.astype(modes * uniform((n,), generator), xp.int64) % modes
    centers = xp.asarray(places, dtype=noise.dtype, device=noise.device)
    return centers[chosen] + std * noise


def ring_centers(modes: int = 8, *, radius: float = 2.0) -> NDArray[np.float64]:
    r"""The centres of :func:`gaussian_ring`: $c_k = r\,(\cos\varphi_k, \sin\varphi_k)$ with $\varphi_k = 2\pi k / K$.

    Args:
        modes: $K$, at least 1.
        radius: $r$.

    Returns:
        Shape (modes, 2).

    Raises:
        ValueError: There is no mode.

    >>> ring_centers(4).round(6) + 0.0
    array([[ 2.,  0.],
           [ 0.,  2.],
           [-2.,  0.],
           [ 0., -2.]])
    """
    if modes < 1:
        raise ValueError(f"expected at least 1 mode, got {modes}")
    angle = 2 * math.pi * np.arange(modes) / modes
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
