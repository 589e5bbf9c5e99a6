"""Judging a generative model by its samples: two-sample tests, covered modes, and the discriminator that is best."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from course_lib.arrays import Array, namespace
from course_lib.model_selection import KNeighborsClassifier
from course_lib.probability import kl_divergence
from course_lib.probability.functions import floating

Statistic = Callable[[Array, Array], float]
"""How different two samples look, larger for more different."""


class TwoSampleTest(NamedTuple):
    """What a two-sample test found.

    Attributes:
        statistic: How different the samples look.
        p_value: How often samples that differ by chance alone would look at least so different. Below your level
            alpha: reject that both come from one distribution.
        null: The statistic after each random exchange of the samples, shape (permutations,).
    """

    statistic: float
    p_value: float
    null: np.ndarray


def two_sample_test(
    x: Array,
    y: Array,
    *,
    statistic: str | Statistic = "classifier",
    permutations: int = 1000,
    classifier: Any = None,
    rng: np.random.Generator,
) -> TwoSampleTest:
    r"""Test whether two samples come from one distribution, by exchanging them at random.

    Under $H_0$: $p = q$ it does not matter which point came from which sample. Every exchange is as likely as what was
    seen, so the p-value is $\frac{1 + \#\{T_\pi \geq T\}}{1 + \#\pi}$. Reject $H_0$ if it is at most $\alpha$: that is,
    if the statistic *exceeds* the threshold that belongs to $\alpha$.

    "mean" looks at the distance of the means and sees nothing else. "classifier" trains a classifier on one half of the
    points to tell x from y; its accuracy on the other half is the statistic, for samples of one size 1/2 by chance. It
    sees whatever the classifier sees, as a GAN's discriminator does.   (Lopez-Paz and Oquab, Revisiting classifier
    two-sample tests, 2017)

    Args:
        x: Shape (n, ...), all further axes are features.
        y: Shape (m, ...), the same kind.
        statistic: "mean", "classifier", or a function of both samples, larger for more different ones.
        permutations: How many exchanges.
        classifier: Has ``fit(X, labels)`` and ``predict(X)``; by default the $\sqrt{n}$ nearest neighbours.
        rng: The NumPy generator that splits and exchanges.

    Returns:
        Statistic, p-value, and the statistic under exchanges. The classifier is trained once: its answers on the
        held-out points are fixed, and their true labels are exchanged.

    Raises:
        ValueError: There is no such statistic, the samples have different features, or one has under 2 points (4 for
            the classifier); or a negative number of permutations.
        TypeError: ``rng`` is no NumPy generator.

    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(100, 1)), rng.normal(1, 1, size=(100, 1))
    >>> two_sample_test(x, y, statistic="mean", rng=rng).p_value < 0.01
    True
    """
    if permutations < 0:
        raise ValueError(f"expected permutations of at least 0, got {permutations}")
    x, y = _rows(x, y, rng, least=4 if statistic == "classifier" else 2)
    if statistic == "classifier":
        observed, exchanged = _accuracy_of_classifier(x, y, classifier, permutations, rng)
    elif statistic == "mean" or callable(statistic):
        T: Statistic = statistic if callable(statistic) else _distance_of_means
        observed, exchanged = float(T(x, y)), _exchanged(T, x, y, permutations, rng)
    else:
        raise ValueError(f'expected statistic to be "mean", "classifier" or a function, got {statistic!r}')
    # Sums in another order differ by rounding; what is equal up to that is equal.
    as_large = int(np.count_nonzero(exchanged >= observed - 1e-9 * abs(observed)))
    return TwoSampleTest(observed, (1 + as_large) / (1 + permutations), exchanged)


def _distance_of_means(x: Array, y: Array) -> float:
    xp = namespace(x, y)
    return float(xp.sqrt(xp.sum((xp.mean(x, axis=0) - xp.mean(y, axis=0)) ** 2)))


def _exchanged(T: Statistic, x: Array, y: Array, permutations: int, rng: np.random.Generator) -> np.ndarray:
    """The statistic of samples of the same sizes, drawn from all points together."""
    xp = namespace(x, y)
    both = xp.concat([x, y])
    values = []
    for _ in range(permutations):
        order = xp.asarray(rng.permutation(len(both)), device=array_api_compat.device(x))
        values.append(float(T(both[order[: len(x)]], both[order[len(x) :]])))
    return np.asarray(values)


def _accuracy_of_classifier(
    x: Array, y: Array, classifier: Any, permutations: int, rng: np.random.Generator
) -> tuple[float, np.ndarray]:
    """The held-out accuracy, and what it is when the held-out labels are exchanged."""
    xp, device = namespace(x, y), array_api_compat.device(x)
    labels = np.repeat([0, 1], [len(x), len(y)])
    order = rng.permutation(len(labels))
    train, held_out = np.array_split(order, 2)
    both = xp.concat([x, y])
    if classifier is None:
        classifier = KNeighborsClassifier(n_neighbors=int(np.sqrt(len(train))))
    classifier.fit(both[xp.asarray(train, device=device)], xp.asarray(labels[train], device=device))
    said = np.asarray(array_api_compat.to_device(classifier.predict(both[xp.asarray(held_out, device=device)]), "cpu"))
    truth = labels[held_out]
    exchanged = [np.mean(said == rng.permutation(truth)) for _ in range(permutations)]
    return float(np.mean(said == truth)), np.asarray(exchanged)


def _rows(x: Array, y: Array, rng: object, least: int) -> tuple[Array, Array]:
    namespace(x, y)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"expected rng=np.random.default_rng(seed), got {type(rng).__name__}")
    if x.ndim == 0 or x.shape[1:] != y.shape[1:]:
        raise ValueError(f"expected samples of the same features, got shapes {tuple(x.shape)} and {tuple(y.shape)}")
    if min(len(x), len(y)) < least:
        raise ValueError(f"expected at least {least} points in each sample, got {len(x)} and {len(y)}")
    return x.reshape(len(x), -1), y.reshape(len(y), -1)


class Coverage(NamedTuple):
    """Which modes samples found.

    Attributes:
        modes: How many modes are covered.
        quality: The share of the samples that lie near any mode.
        counts: How many samples lie near each mode.
    """

    modes: int
    quality: float
    counts: list[int]


def modes_covered(samples: Array, centers: Any, std: float, *, within: float = 4.0, share: float = 0.1) -> Coverage:
    r"""Count the modes that samples reach, and the samples that reach any.

    A sample belongs to the centre that is nearest, if that is at most ``within`` times $\sigma$ away. A mode is covered
    if it has at least ``share`` of what it would have if all samples were spread evenly.

    Args:
        samples: Shape (n, d).
        centers: Shape (modes, d), any kind of array or list.
        std: $\sigma$ of each mode.
        within: How many standard deviations are near.
        share: From 0 to 1.

    Returns:
        How many modes, the share of good samples, and the counts.

    Raises:
        ValueError: The shapes do not fit, or there are no samples.

    >>> samples = np.array([[0.0, 0.1], [0.1, 0.0], [9.0, 0.0], [5.0, 5.0]])
    >>> modes_covered(samples, [[0, 0], [9, 0], [0, 9]], std=0.1)
    Coverage(modes=2, quality=0.75, counts=[2, 1, 0])
    """
    xp = namespace(samples)
    centers = xp.asarray(centers, dtype=samples.dtype, device=array_api_compat.device(samples))
    if samples.ndim != 2 or centers.ndim != 2 or samples.shape[1] != centers.shape[1] or 0 in samples.shape:
        raise ValueError(
            f"expected samples (n, d) and centers (modes, d), got {tuple(samples.shape)} and {tuple(centers.shape)}"
        )
    distance = xp.sqrt(xp.sum((samples[:, None, :] - centers[None, :, :]) ** 2, axis=2))
    nearest = xp.argmin(distance, axis=1)
    near = xp.min(distance, axis=1) <= within * std
    counts = [int(xp.sum(xp.astype(near & (nearest == k), xp.int64))) for k in range(len(centers))]
    wanted = max(1.0, share * len(samples) / len(centers))
    return Coverage(sum(count >= wanted for count in counts), sum(counts) / len(samples), counts)


def optimal_discriminator(p: Array, q: Array) -> Array:
    r"""The best that any discriminator can say of a point: the probability that it is real.

    $D^*(x) = \frac{p(x)}{p(x) + q(x)}$   (Goodfellow et al., Generative adversarial nets, 2014, proposition 1)

    Args:
        p: Density or probability of the data at some points, floating dtype.
        q: That of the generator at the same points.

    Returns:
        Numbers from 0 to 1; 1/2 where neither ever puts a point, and whatever $D$ says costs nothing.

    Raises:
        ValueError: A density is negative.

    >>> optimal_discriminator(np.array([0.2, 0.5, 0.0]), np.array([0.2, 0.0, 0.0]))
    array([0.5, 1. , 0.5])
    """
    xp = namespace(p, q)
    if not bool(xp.all((p >= 0) & (q >= 0))):
        raise ValueError("expected densities of at least 0, got a negative one, or NaN")
    total = p + q
    nowhere = total == 0
    return xp.where(nowhere, 0.5, p / xp.where(nowhere, 1.0, total))


def jensen_shannon(p: Array, q: Array, base: float | None = None, axis: int = -1) -> Array:
    r"""Jensen–Shannon divergence of probability vectors: how far each is from the middle.

    $\mathrm{JSD}(p \Vert q) = \frac12 D_\mathrm{KL}(p \Vert m) + \frac12 D_\mathrm{KL}(q \Vert m)$ with
    $m = \frac12 (p + q)$. Against the optimal discriminator, a GAN's value is $2\,\mathrm{JSD} - 2 \log 2$.
    (Goodfellow et al., 2014, theorem 1)

    It is symmetric, from 0 to $\log 2$, and that for any two distributions that do not overlap, near or far.

    Args:
        p: Probabilities that sum to one along ``axis``.
        q: Others.
        base: Base of the logarithm; by default $e$.
        axis: The axis of the outcomes.

    Returns:
        The divergences, without ``axis``.

    Raises:
        TypeError: The probabilities are no arrays of a floating dtype, or of two kinds.

    >>> round(float(jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0]))), 4)
    0.6931
    """
    xp = floating(p, q)
    tiny = xp.finfo(p.dtype).smallest_normal
    p, q = (
        xp.where(xp.abs(a) < tiny, 0.0, a) for a in (p, q)
    )  # halved, a number below that may become 0 where p is not
    m = (p + q) / 2
    return (kl_divergence(p, m, base, axis) + kl_divergence(q, m, base, axis)) / 2
