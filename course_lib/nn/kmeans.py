r"""Kernels learned without labels: the centres of clusters of small image patches.

k-means looks for $k$ centres such that every point is near one of them. Of raw patches it would find little more than
blurs of different brightness, because neighbouring pixels are almost equal. So each patch first gets the same
brightness and contrast, and then all directions get the same variance (Coates and Ng, 2012, Learning feature
representations with k-means). What remains to tell patches apart is the shape of the edges in them.
"""

from __future__ import annotations

import torch
from torch import Tensor

from course_lib.arrays import uniform
from course_lib.linear_algebra import eigh
from course_lib.nn.inputs import require_inputs

PATCHES = 10_000
"""How many patches are looked at, at most."""


def kmeans_kernels(
    images: Tensor, num_kernels: int, kernel_size: int, *, generator: torch.Generator | None = None
) -> Tensor:
    r"""Kernels for a convolution, from patches of images, without labels and without gradients.

    Patches are normalised (:func:`normalized`), whitened (:func:`whitening`) and clustered (:func:`kmeans`). Whitening
    is linear, so it can be done to the centres once instead of to every patch: with $P$ the whitening matrix,
    $c \cdot P x = (P c) \cdot x$, and the kernels are the vectors $P c$, each divided by its length. Patches have the
    mean 0, and so have the kernels: like an edge detector they do not see brightness.

    Args:
        images: Shape (N, C, height, width), floating.
        num_kernels: $k$.
        kernel_size: Rows and columns of a kernel.
        generator: Where the patches and the first centres come from; by default torch's global generator.

    Returns:
        Shape (num_kernels, C, kernel_size, kernel_size): a weight for ``Conv2d``.

    Raises:
        TypeError: The images are no tensor of a floating dtype.
        ValueError: They have another shape, hold NaN or infinity, or show nothing; the kernel does not fit into them;
            there are fewer different patches than kernels.

    Source: Deep Learning, section 9.9; Coates and Ng (2012).
    """
    require_inputs(images, "images")
    patches = normalized(_random_patches(images.detach(), kernel_size, generator))
    P = whitening(patches)
    centres, _ = kmeans(patches @ P, num_kernels, generator=generator)
    kernels = centres @ P
    kernels = kernels / kernels.square().sum(1, keepdim=True).sqrt()
    return kernels.reshape(num_kernels, images.shape[1], kernel_size, kernel_size)


def _random_patches(images: Tensor, size: int, generator: torch.Generator | None) -> Tensor:
    """Shape (patches, C · size · size): all there are, or PATCHES of them from places drawn at random."""
    _require_finite(images, 4, "images of shape (N, C, height, width)")
    if not isinstance(size, int) or not 1 <= size <= min(images.shape[2:]):
        raise ValueError(f"a kernel of {size} times {size} does not fit into images of {tuple(images.shape[2:])}")
    windows = images.unfold(2, size, 1).unfold(3, size, 1).movedim(1, 3)  # N, rows, columns, C, size, size
    places = windows.shape[:3]
    chosen = torch.arange(places.numel())
    if len(chosen) > PATCHES:
        chosen = (uniform((PATCHES,), generator or torch.default_generator, torch.float64) * len(chosen)).long()
    n, i, j = torch.unravel_index(chosen.to(images.device), places)
    return windows[n, i, j].flatten(1)


def normalized(patches: Tensor) -> Tensor:
    r"""Patches with the same brightness and contrast: $(x - \bar x) / \sqrt{\mathrm{var}(x) + \varepsilon}$.

    $\varepsilon$ is a hundredth of the mean variance: the noise of an almost flat patch is not blown up. Coates and Ng
    take 10 for pixels from 0 to 255, which is about as much. Flat patches show nothing and are left out.

    Args:
        patches: Shape (n, pixels).

    Returns:
        Shape (those with any contrast, pixels).

    Raises:
        ValueError: All patches are flat.
    """
    x = patches - patches.mean(1, keepdim=True)
    variance = x.square().mean(1, keepdim=True)
    epsilon = variance.mean() / 100
    rounding = (torch.finfo(x.dtype).eps * patches).square().mean()
    seen = (variance > epsilon + rounding).squeeze(1)
    if not seen.any():
        raise ValueError("expected patches with some contrast, but in each of them all pixels are equal")
    return (x / (variance + epsilon).sqrt())[seen]


def whitening(x: Tensor, epsilon: float = 0.1) -> Tensor:
    r"""The symmetric matrix that gives all directions about the same variance: $P = (\Sigma + \varepsilon I)^{-1/2}$.

    $\Sigma = Q \Lambda Q^\top$ is the covariance, and $P = Q (\Lambda + \varepsilon I)^{-1/2} Q^\top$ stretches each
    direction by one over its standard deviation. It is called ZCA. $\varepsilon$ keeps directions in which there is
    hardly any variance from being stretched without limit.

    Args:
        x: Shape (n, features).
        epsilon: $\varepsilon$; 0.1 suits patches that :func:`normalized` returned.

    Returns:
        Shape (features, features).
    """
    x = x - x.mean(0)
    w, Q = eigh(x.mT @ x / len(x))
    return Q * (w.clamp(min=0) + epsilon).rsqrt() @ Q.mT


def kmeans(
    x: Tensor, num_clusters: int, *, max_iter: int = 100, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    r"""Cluster points around centres, by Lloyd's algorithm.

    It takes turns: every point joins its nearest centre, every centre moves to the mean of its points. Both lower
    $\sum_i \min_j \lVert x_i - c_j \rVert^2$, so it ends, in a local minimum. The first centres are drawn far apart
    (k-means++, Arthur and Vassilvitskii, 2007).

    Args:
        x: Shape (n, features), floating.
        num_clusters: How many centres.
        max_iter: How many turns at most.
        generator: Where the first centres come from; by default torch's global generator.

    Returns:
        The centres, shape (num_clusters, features), and for each point the number of its nearest.

    Raises:
        TypeError: ``x`` is no tensor of a floating dtype.
        ValueError: It has another shape, holds NaN or infinity, or has fewer different points than centres.

    >>> centres, label = kmeans(torch.tensor([[0.0], [9.0], [1.0], [8.0]]), 2)
    >>> centres.sort(0).values.ravel(), bool(label[0] == label[2])
    (tensor([0.5000, 8.5000]), True)
    """
    require_inputs(x)
    _require_finite(x, 2, "points of shape (n, features)")
    if not isinstance(num_clusters, int) or num_clusters < 1:
        raise ValueError(f"expected num_clusters to be a whole number of at least 1, got {num_clusters!r}")
    c = _first_centres(x, num_clusters, generator)
    label = _nearest(x, c)
    for _ in range(max_iter):
        c = moved(c, x, label)
        before, label = label, _nearest(x, c)
        if torch.equal(label, before):
            break
    return c, label


def _first_centres(x: Tensor, num_clusters: int, generator: torch.Generator | None) -> Tensor:
    """Points drawn one after the other, each with a probability that grows with its distance from those before."""
    distance = torch.ones(len(x), dtype=x.dtype, device=x.device)
    centres: list[Tensor] = []
    while len(centres) < num_clusters:
        total = distance.cumsum(0)
        if len(x) == 0 or not total[-1] > 0:
            raise ValueError(f"expected at least {num_clusters} different points, got {len(centres)}")
        r = uniform((1,), generator or torch.default_generator).to(x) * total[-1]
        chosen = torch.searchsorted(total, r, right=True).clamp(max=len(x) - 1)
        centres.append(x[chosen])
        here = (x - centres[-1]).square().sum(1)
        distance = here if len(centres) == 1 else torch.minimum(distance, here)
    return torch.cat(centres)


def moved(c: Tensor, x: Tensor, label: Tensor) -> Tensor:
    """Every centre where the mean of its points is. A centre without points stays."""
    members = (label[:, None] == torch.arange(len(c), device=x.device)).to(x.dtype)
    counts = members.sum(0)[:, None]
    return torch.where(counts > 0, members.mT @ x / counts.clamp(min=1), c)


def _nearest(x: Tensor, c: Tensor) -> Tensor:
    r"""The number of the nearest centre: of $\lVert x - c \rVert^2$ what depends on $c$ decides."""
    return (c.square().sum(1) - 2 * x @ c.mT).argmin(1)


def _require_finite(x: Tensor, ndim: int, expected: str) -> None:
    if x.ndim != ndim:
        raise ValueError(f"expected {expected}, got shape {tuple(x.shape)}")
    if not bool(x.isfinite().all()):
        raise ValueError(f"expected {expected} with finite numbers, got NaN or infinity among them")
