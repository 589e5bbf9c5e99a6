"""Softer targets: probabilities instead of certainties."""

from __future__ import annotations

import math
from numbers import Integral

import numpy as np
import torch
from array_api_compat import device

from course_lib.arrays import Array, Generator, beside, generator_for, is_torch, namespace, uniform
from course_lib.probability import sigmoid


def label_smoothing(target: Array, num_classes: int, epsilon: float, *, spread: str = "others") -> Array:
    r"""Classes as probabilities that leave room for doubt.

    With ``spread="others"`` the right one of $k$ classes gets $1 - \epsilon$ and every other one
    $\frac{\epsilon}{k - 1}$ (Deep Learning, section 7.5.1). With ``spread="all"`` every class gets
    $\frac{\epsilon}{k}$, the right one too, which keeps $1 - \epsilon + \frac{\epsilon}{k}$ (Szegedy et al., 2016; the
    ``label_smoothing`` of ``CrossEntropyLoss``). The second with $\epsilon$ is the first with
    $\epsilon \frac{k - 1}{k}$.

    A softmax never says exactly 0 or 1. Hard targets let it push its weights up for ever; soft ones can be reached.

    Args:
        target: Classes 0 to k - 1, shape (n,), an integer dtype.
        num_classes: $k$, at least 2.
        epsilon: $\epsilon$, from 0 to 1.
        spread: ``"others"`` or ``"all"``: who shares $\epsilon$.

    Returns:
        Shape (n, k), rows that sum to one, in the kind's default floating dtype.

    Raises:
        TypeError: ``target`` is no array, or not of an integer dtype.
        ValueError: A class, the number of classes, $\epsilon$ or ``spread`` is not among those allowed.

    >>> label_smoothing(np.array([0, 2]), 3, 0.1)
    array([[0.9 , 0.05, 0.05],
           [0.05, 0.05, 0.9 ]])
    """
    xp = namespace(target)
    if not xp.isdtype(target.dtype, "integral"):
        raise TypeError(f"expected classes of an integer dtype, got {target.dtype}")
    if target.ndim != 1:
        raise ValueError(f"expected target of shape (n,), got shape {tuple(target.shape)}")
    if not isinstance(num_classes, Integral) or num_classes < 2:
        raise ValueError(f"expected num_classes as a whole number of at least 2, got {num_classes!r}")
    if not 0 <= epsilon <= 1:
        raise ValueError(f"expected epsilon from 0 to 1, got {epsilon}")
    if spread not in ("others", "all"):
        raise ValueError(f"expected spread to be 'others' or 'all', got {spread!r}")
    target = xp.astype(target, xp.int64)  # bytes could not count further than 255
    wrong = target[(target < 0) | (target >= num_classes)]
    if wrong.shape[0] > 0:
        raise ValueError(f"expected classes from 0 to {num_classes - 1}, got {int(wrong[0])}")
    doubt = epsilon / (num_classes - 1) if spread == "others" else epsilon / num_classes
    right = target[:, None] == xp.arange(num_classes, dtype=target.dtype, device=device(target))
    sure = 1 - (num_classes - 1) * doubt
    dtype = torch.get_default_dtype() if is_torch(target) else np.float64
    return xp.where(right, *(xp.asarray(p, dtype=dtype, device=device(target)) for p in (sure, doubt)))


def mixup(x: Array, y: Array, *, alpha: float, generator: Generator | None = None) -> tuple[Array, Array]:
    r"""Train on points between samples, and ask for predictions in between.

    $\tilde x = \lambda x_i + (1 - \lambda) x_j$ and $\tilde y = \lambda y_i + (1 - \lambda) y_j$ with
    $\lambda \sim \mathrm{Beta}(\alpha, \alpha)$   (Zhang et al., mixup: Beyond empirical risk minimization, 2018)

    Every sample of a batch gets a partner $j$ by one permutation of the batch, and a $\lambda$ of its own.

    Args:
        x: Inputs, shape (n, ...), floating dtype.
        y: Targets as probabilities, shape (n, k): ``label_smoothing(classes, k, 0.0)`` makes them of classes. Or any
            other targets that may be averaged, shape (n, ...).
        alpha: $\alpha > 0$. Near 0 nearly nothing is mixed; at 1 every $\lambda$ is as likely as any other.
        generator: Of the arrays' kind; by default fresh for NumPy, and torch's global one for torch.

    Returns:
        ``(x, y)`` of the same shapes.

    Raises:
        TypeError: ``x`` or ``y`` is not of a floating dtype, or kinds are mixed.
        ValueError: The lengths differ, or ``alpha`` is not positive and finite.

    >>> x, y = np.array([[0.0], [1.0]]), np.eye(2)
    >>> mixed_x, mixed_y = mixup(x, y, alpha=0.2, generator=np.random.default_rng(0))
    >>> bool((mixed_x[:, 0] == mixed_y[:, 1]).all())
    True
    """
    xp = namespace(x, y)
    for name, values in (("x", x), ("y", y)):
        if not xp.isdtype(values.dtype, "real floating"):
            raise TypeError(
                f"expected {name} of a floating dtype, got {values.dtype}; label_smoothing(y, k, 0.0) turns classes "
                "into probabilities"
            )
    if 0 in (x.ndim, y.ndim) or x.shape[0] != y.shape[0]:
        raise ValueError(f"expected one target for each sample, got shapes {tuple(x.shape)} and {tuple(y.shape)}")
    if not 0 < alpha < math.inf:
        raise ValueError(f"expected alpha above 0 and finite, got {alpha}")
    partner, share = _partners(x, alpha, generator)

    def mixed(values: Array) -> Array:
        part = xp.astype(xp.reshape(share, (-1, *(1,) * (values.ndim - 1))), values.dtype)
        return part * values + (1 - part) * values[partner]

    return mixed(x), mixed(y)


def _partners(x: Array, alpha: float, generator: Generator | None) -> tuple[Array, Array]:
    r"""A permutation of the samples, and a draw from Beta(α, α) for each.

    That is $g_1 / (g_1 + g_2)$ of two draws from a gamma distribution. These underflow where α is small, their
    logarithms do not: $g$ is distributed as $h u^{1 / \alpha}$ with $h$ from $\mathrm{Gamma}(\alpha + 1)$ and $u$
    uniform.
    """
    n, rng = x.shape[0], generator_for(x, generator)
    if not is_torch(x):
        return rng.permutation(n), rng.beta(alpha, alpha, size=n)
    partner = torch.randperm(n, generator=rng, device=rng.device)
    h = torch._standard_gamma(torch.full((2, n), alpha + 1, dtype=x.dtype, device=rng.device), generator=rng)
    log_g = h.log() + (1 - uniform((2, n), rng, x.dtype)).log() / alpha
    return beside(x, partner), beside(x, sigmoid(log_g[0] - log_g[1]))
