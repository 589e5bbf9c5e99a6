r"""Losses: what training makes small.

Nearly all of them are negative log-likelihoods. A network's output describes a distribution over the target, and the
loss is $-\log$ of the probability it gave to what happened: a Gaussian gives squared error, a Bernoulli binary
cross-entropy, a multinoulli cross-entropy. (Deep Learning, sections 5.5 and 6.2)
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from course_lib.probability.functions import xlogy

from .functional import cross_entropy, log_softmax, softplus


class _Loss(Module):
    """What all losses share: how the losses of the entries become one number."""

    reductions: tuple[str, ...] = ("none", "mean", "sum")

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
            warnings.warn(f"size_average and reduce are old names; use reduction={reduction!r}", stacklevel=3)
        self.reduction = reduction

    def _reduced(self, losses: Tensor) -> Tensor:
        """The mean or the sum of the losses, or the losses themselves."""
        if self.reduction not in self.reductions:
            raise ValueError(f"expected reduction to be one of {self.reductions}, got {self.reduction!r}")
        if self.reduction == "mean":
            return losses.mean()
        return losses if self.reduction == "none" else losses.sum()


class MSELoss(_Loss):
    r"""Mean squared error: up to a constant, the negative log-likelihood of a Gaussian with fixed variance.

    $\ell_i = (x_i - y_i)^2$   (Deep Learning, section 5.5.1)

    Args:
        size_average: Old name; see ``reduction``.
        reduce: Old name; see ``reduction``.
        reduction: "mean" or "sum" of the entries' losses, or "none": all of them.

    >>> MSELoss()(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0]))
    tensor(2.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare predictions with targets of the same shape."""
        _warn_of_broadcasting(input, target)
        return self._reduced((input - target) ** 2)


class L1Loss(_Loss):
    r"""Mean absolute error: up to a constant, the negative log-likelihood of a Laplace distribution.

    $\ell_i = |x_i - y_i|$

    It is least where the input is the median, not the mean, of what the targets can be.
    (Deep Learning, section 6.2.1.2)

    Args:
        size_average: Old name; see ``reduction``.
        reduce: Old name; see ``reduction``.
        reduction: "mean" or "sum" of the entries' losses, or "none": all of them.

    >>> L1Loss()(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0]))
    tensor(1.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare predictions with targets of the same shape."""
        _warn_of_broadcasting(input, target)
        return self._reduced(torch.abs(input - target))


def _warn_of_broadcasting(input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        warnings.warn(
            f"input {tuple(input.shape)} and target {tuple(target.shape)} differ in shape and will be broadcast: "
            "every prediction may be compared with every target. Reshape one of them",
            stacklevel=3,
        )


class _WeightedLoss(_Loss):
    """A loss with weights that travel with the model: a buffer called ``weight``."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class BCELoss(_WeightedLoss):
    r"""Binary cross-entropy of probabilities: the negative log-likelihood of a Bernoulli variable.

    $\ell_i = -w_i \bigl(y_i \log x_i + (1 - y_i) \log(1 - x_i)\bigr)$   (Deep Learning, section 6.2.2.2)

    Logarithms count as at least $-100$, so that a certain and wrong prediction costs 100, not $\infty$. Where the
    probabilities come out of a sigmoid, :class:`BCEWithLogitsLoss` is exact and its gradient does not vanish.

    Args:
        weight: $w$, broadcast with the input.
        size_average: Old name; see ``reduction``.
        reduce: Old name; see ``reduction``.
        reduction: "mean" or "sum" of the entries' losses, or "none": all of them.

    >>> BCELoss()(torch.tensor([0.5, 1.0]), torch.tensor([1.0, 1.0]))
    tensor(0.3466)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare probabilities with targets between 0 and 1 of the same shape.

        Raises:
            ValueError: The shapes differ.
            RuntimeError: An input or a target is no probability.
        """
        _check_same_shape(input, target)
        for name, values in (("input", input), ("target", target)):
            if not bool(((values >= 0) & (values <= 1)).all()):
                raise RuntimeError(f"expected {name} between 0 and 1; logits belong in BCEWithLogitsLoss")
        losses = _BinaryCrossEntropy.apply(input, target)
        return self._reduced(losses if self.weight is None else self.weight * losses)


class _BinaryCrossEntropy(torch.autograd.Function):
    r"""As above, and $\partial \ell / \partial x = (x - y) / (x (1 - x))$ with a denominator of at least $10^{-12}$."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
        ctx.save_for_backward(x, y)
        return -(y * _bounded_log(x) + (1 - y) * _bounded_log(1 - x))

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor | None]:
        x, y = ctx.saved_tensors
        dx = g * (x - y) / (x * (1 - x)).clamp(min=1e-12)
        dy = g * (_bounded_log(1 - x) - _bounded_log(x)) if ctx.needs_input_grad[1] else None
        return dx, dy


def _bounded_log(p: Tensor) -> Tensor:
    return torch.log(p).clamp(min=-100)


class BCEWithLogitsLoss(_WeightedLoss):
    r"""Binary cross-entropy of logits: a sigmoid and :class:`BCELoss` in one, exact for logits of any size.

    $\ell_i = w_i \bigl(p\, y_i\, \zeta(-z_i) + (1 - y_i)\, \zeta(z_i)\bigr)$ with the softplus
    $\zeta(z) = \log(1 + e^z)$

    For $y \in \{0, 1\}$ and no weights this is $\zeta((1 - 2y) z)$. (Deep Learning, section 6.2.2.2) Its gradient
    $\sigma(z) - y$ vanishes only where the answer is right.

    Args:
        weight: $w$, broadcast with the input.
        size_average: Old name; see ``reduction``.
        reduce: Old name; see ``reduction``.
        reduction: "mean" or "sum" of the entries' losses, or "none": all of them.
        pos_weight: $p$, how much positive examples count beside negative ones; broadcast with the input.

    >>> BCEWithLogitsLoss()(torch.tensor([0.0, -1000.0]), torch.tensor([1.0, 1.0]))
    tensor(500.3466)
    """

    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare logits with targets between 0 and 1 of the same shape.

        Raises:
            ValueError: The shapes differ.
        """
        _check_same_shape(input, target)
        positive = target if self.pos_weight is None else self.pos_weight * target
        losses = positive * softplus(-input) + (1 - target) * softplus(input)
        return self._reduced(losses if self.weight is None else self.weight * losses)


def _check_same_shape(input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        raise ValueError(
            f"expected a target of the shape of the input, {tuple(input.shape)}, got {tuple(target.shape)}"
        )


class NLLLoss(_WeightedLoss):
    r"""Negative log-likelihood of a multinoulli variable, given log-probabilities.

    $\ell_n = -w_{y_n} x_{n, y_n}$; the mean divides by $\sum_n w_{y_n}$   (Deep Learning, section 6.2.2.3)

    Args:
        weight: $w$, one weight per class.
        size_average: Old name; see ``reduction``.
        ignore_index: Targets of this value count for nothing.
        reduce: Old name; see ``reduction``.
        reduction: "mean" or "sum" of the examples' losses, or "none": all of them.

    >>> NLLLoss()(torch.log(torch.tensor([[0.5, 0.5], [0.0, 1.0]])), torch.tensor([0, 1]))
    tensor(0.3466)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare log-probabilities (N, C, ...) or (C,) with classes (N, ...) or ().

        Raises:
            ValueError: The shapes do not fit.
            IndexError: A target is no class.
            RuntimeError: The targets are not of dtype int64.
        """
        dim = _class_dim(input)
        _check_classes(input, target, dim)
        try:
            return self._loss_of_classes(input, target, dim)
        except (IndexError, RuntimeError) as error:
            strange = target[((target < 0) | (target >= input.shape[dim])) & (target != self.ignore_index)]
            if strange.numel() == 0:
                raise
            raise IndexError(f"expected classes from 0 to {input.shape[dim] - 1}, got {int(strange[0])}") from error

    def _loss_of_classes(self, log_p: Tensor, target: Tensor, dim: int) -> Tensor:
        y, w = self._classes_and_weights(log_p, target, dim)
        return self._weighted_mean(_surprise(log_p, y, w, dim), w)

    def _classes_and_weights(self, input: Tensor, target: Tensor, dim: int) -> tuple[Tensor, Tensor]:
        """The class and the weight of every example; what is ignored counts as class 0 with weight 0."""
        self._check_weight(input.shape[dim])
        kept = target != self.ignore_index
        y = target * kept
        return y, kept.to(input.dtype) if self.weight is None else self.weight[y] * kept

    def _weighted_mean(self, losses: Tensor, w: Tensor) -> Tensor:
        """The mean weighs; everything else is reduced as ever."""
        return losses.sum() / w.sum() if self.reduction == "mean" else self._reduced(losses)

    def _check_weight(self, classes: int) -> None:
        if self.weight is not None and self.weight.shape != (classes,):
            raise RuntimeError(f"expected {classes} weights, one per class, got shape {tuple(self.weight.shape)}")


def _surprise(log_p: Tensor, y: Tensor, w: Tensor, dim: int) -> Tensor:
    r"""$-w_n \log p_{n, y_n}$ for every example; 0 where the weight is 0."""
    losses = -w * log_p.gather(dim, y.unsqueeze(dim)).squeeze(dim)
    return losses.masked_fill(w == 0, 0)


class CrossEntropyLoss(NLLLoss):
    r"""Cross-entropy of logits: log-softmax and :class:`NLLLoss` in one.

    $\ell_n = -\sum_c w_c\, q_{nc} \log \mathrm{softmax}(x_n)_c$   (Deep Learning, section 6.2.2.3)

    $q_n$ is one-hot for a class as target, and the target itself if that is a distribution. Label smoothing mixes it
    with the uniform distribution, $q \leftarrow (1 - \varepsilon) q + \varepsilon / C$. The gradient with respect to
    the logits is $\mathrm{softmax}(x) - q$: it vanishes only where the answer is right.

    Args:
        weight: $w$, one weight per class.
        size_average: Old name; see ``reduction``.
        ignore_index: Classes of this value count for nothing.
        reduce: Old name; see ``reduction``.
        reduction: "mean" or "sum" of the examples' losses, or "none": all of them. With classes as targets the mean
            divides by $\sum_n w_{y_n}$, with distributions by the number of examples.
        label_smoothing: $\varepsilon$, from 0 to 1.

    >>> CrossEntropyLoss()(torch.tensor([[0.0, 0.0], [0.0, 1000.0]]), torch.tensor([0, 1]))
    tensor(0.3466)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, ignore_index, reduce, reduction)
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare logits (N, C, ...) or (C,) with classes (N, ...) or (), or with distributions shaped like the logits.

        Raises:
            ValueError: The shapes do not fit.
            IndexError: A target is no class.
            RuntimeError: Classes are not of dtype int64, distributions not floating, or the smoothing not from 0 to 1.
        """
        if not 0 <= self.label_smoothing <= 1:
            raise RuntimeError(f"expected label_smoothing from 0 to 1, got {self.label_smoothing}")
        if target.shape != input.shape:
            return super().forward(input, target)
        dim = _class_dim(input)
        self._check_distributions(target, dim)
        epsilon = self.label_smoothing
        q = (1 - epsilon) * target + epsilon / target.shape[dim] if epsilon > 0 else target
        return self._reduced(self._expected_surprise(log_softmax(input, dim), q, dim))

    def _loss_of_classes(self, x: Tensor, target: Tensor, dim: int) -> Tensor:
        plain = self.label_smoothing == 0 and self.reduction in ("mean", "sum") and self.weight is None
        if plain and self.ignore_index not in target:
            return cross_entropy(x, target, self.reduction, dim)  # the everyday case, in one step
        log_p = log_softmax(x, dim)
        y, w = self._classes_and_weights(x, target, dim)
        losses = _surprise(log_p, y, w, dim)
        if self.label_smoothing > 0:
            uniform = torch.full_like(log_p, 1 / log_p.shape[dim])
            spread = self._expected_surprise(log_p, uniform, dim).masked_fill(target == self.ignore_index, 0)
            losses = (1 - self.label_smoothing) * losses + self.label_smoothing * spread
        return self._weighted_mean(losses, w)

    def _expected_surprise(self, log_p: Tensor, q: Tensor, dim: int) -> Tensor:
        r"""$-\sum_c w_c q_c \log p_c$ for every example."""
        if self.weight is not None:
            q = q * self.weight.reshape(-1, *[1] * (q.ndim - dim - 1))
        return -(q * log_p).sum(dim)

    def _check_distributions(self, q: Tensor, dim: int) -> None:
        self._check_weight(q.shape[dim])
        if not q.is_floating_point():
            raise RuntimeError(
                f"expected distributions of a floating dtype, as the target has the shape of the input, got {q.dtype}; "
                "classes would have no class dimension"
            )
        if self.ignore_index >= 0:
            raise RuntimeError(f"ignore_index={self.ignore_index} names a class, but the targets are distributions")


def _class_dim(input: Tensor) -> int:
    return 0 if input.ndim == 1 else 1


def _check_classes(input: Tensor, target: Tensor, dim: int) -> None:
    if input.ndim == 0:
        raise ValueError("expected an input with a dimension of classes, got a single number")
    expected = input.shape[:dim] + input.shape[dim + 1 :]
    if target.shape != expected:
        same_batch = target.ndim > 0 and target.shape[0] == input.shape[0]
        raise (RuntimeError if same_batch else ValueError)(
            f"expected a target of shape {tuple(expected)} for an input of shape {tuple(input.shape)}, "
            f"whose dimension {dim} counts the classes, got {tuple(target.shape)}"
        )
    if target.dtype != torch.int64:
        raise RuntimeError(f"expected classes of dtype torch.int64, got {target.dtype}; convert them with y.long()")


class KLDivLoss(_Loss):
    r"""Kullback--Leibler divergence of the target from the input, which is given in log-space.

    $\ell_i = y_i (\log y_i - x_i)$   (Deep Learning, eq. 3.50)

    Args:
        size_average: Old name; see ``reduction``.
        reduce: Old name; see ``reduction``.
        reduction: "batchmean" is the divergence, averaged over the first dimension. "mean" divides by the number of
            entries, which is less than the divergence. "sum", or "none": every entry's term.
        log_target: Whether the target is in log-space too.

    >>> KLDivLoss(reduction="sum")(torch.tensor([0.5, 0.5]).log(), torch.tensor([1.0, 0.0]))
    tensor(0.6931)
    """

    reductions = ("none", "mean", "sum", "batchmean")

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare log-probabilities with probabilities (or log-probabilities) of the same shape."""
        if self.reduction == "mean":
            warnings.warn(
                "reduction='mean' divides by the number of entries, so this is not the divergence; "
                "reduction='batchmean' is",
                stacklevel=2,
            )
        terms = torch.exp(target) * (target - input) if self.log_target else xlogy(target, target) - target * input
        if self.reduction == "batchmean":
            return terms.sum() / (input.shape[0] if input.ndim > 0 else 1)
        return self._reduced(terms)


class GaussianNLLLoss(_Loss):
    r"""Negative log-likelihood of a Gaussian whose mean and variance the network both predicts.

    $\ell_i = \frac12 \left(\log v_i + \frac{(x_i - y_i)^2}{v_i}\right)$, plus $\frac12 \log 2\pi$ if ``full``
    (Nix and Weigend, 1994; Deep Learning, section 6.2.2.4)

    Args:
        full: Whether to add the constant.
        eps: The least variance; a smaller one counts as this much, but keeps its gradient.
        reduction: "mean" or "sum" of the entries' losses, or "none": all of them.

    >>> GaussianNLLLoss()(torch.zeros(2), torch.ones(2), torch.ones(2))
    tensor(0.5000)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """Compare means and variances with targets.

        Args:
            input: Means.
            target: What was observed, broadcast with the means.
            var: Variances: of the shape of the means, or with its last dimension 1 or missing, or one number for all.

        Raises:
            ValueError: A variance is negative, or there are not as many as needed.
        """
        v = _shaped_like(input, var)
        if bool((v < 0).any()):
            raise ValueError("expected var of at least 0; predict its logarithm, or put it through a softplus")
        v = v + (v.clamp(min=self.eps) - v).detach()
        losses = 0.5 * (torch.log(v) + (input - target) ** 2 / v)
        return self._reduced(losses + 0.5 * math.log(2 * math.pi) if self.full else losses)


def _shaped_like(input: Tensor, var: Tensor | float) -> Tensor:
    """Variances that broadcast with the input."""
    if not isinstance(var, Tensor):
        return torch.full_like(input, var)
    if var.shape == input.shape:
        return var
    if var.shape == input.shape[:-1]:
        return var.unsqueeze(-1)
    different = [v for x, v in zip(input.shape, var.shape, strict=False) if x != v]
    if var.ndim == input.ndim and different == [1]:
        return var
    raise ValueError(
        f"expected var of shape {tuple(input.shape)}, with one dimension 1 or the last one missing, "
        f"got {tuple(var.shape)}"
    )
