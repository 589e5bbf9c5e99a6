"""Adversarial examples: inputs that nobody could tell from the real ones, and that the network gets wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_lib.arrays import standard_normal_like, uniform_like
from course_lib.nn import CrossEntropyLoss
from course_lib.nn.functional import log_softmax, softmax
from course_lib.nn.inputs import require_inputs, require_within
from course_lib.nn.modes import Model, mode

Loss = Callable[[Tensor, Tensor], Tensor]
Bounds = tuple[float, float] | None
CROSS_ENTROPY = CrossEntropyLoss()


def fgsm(
    model: Model,
    x: Tensor,
    y: Tensor,
    epsilon: float,
    *,
    loss: Loss = CROSS_ENTROPY,
    bounds: Bounds = (0.0, 1.0),
) -> Tensor:
    r"""The fast gradient sign method: one step of size $\epsilon$ in every input that makes the loss larger.

    $\tilde x = x + \epsilon \, \mathrm{sign}(\nabla_x J(x, y))$   (Goodfellow, Shlens and Szegedy, Explaining and
    harnessing adversarial examples, 2015; Deep Learning, section 7.13)

    A linear model $w^\top x$ changes by $\epsilon \lVert w \rVert_1$, which grows with the number of inputs although
    none of them changes by more than $\epsilon$.

    Args:
        model: A network or a function from inputs to logits. It is attacked as it is used, in evaluation mode, and
            then is in the mode it was in. Its gradients are left alone.
        x: Inputs, shape (n, ...).
        y: Classes, shape (n,), or probabilities, shape (n, k); or whatever ``loss`` compares predictions with.
        epsilon: $\epsilon$, how much an input may change at most, at least 0.
        loss: ``loss(model(x), y)``, one number; cross-entropy by default.
        bounds: The smallest and largest value an input may have; None for no bounds.

    Returns:
        The adversarial examples, shape of ``x``, detached.

    Raises:
        ValueError: ``epsilon`` is negative, or ``x`` is out of bounds.
        TypeError: ``x`` is no tensor of a floating dtype.

    >>> w = torch.tensor([[1.0, -2.0], [0.0, 0.0]])
    >>> fgsm(lambda x: x @ w.T, torch.tensor([[0.5, 0.5]]), torch.tensor([0]), 0.25)
    tensor([[0.2500, 0.7500]])
    """
    return pgd(model, x, y, epsilon, step_size=epsilon, steps=1, loss=loss, bounds=bounds)


def pgd(
    model: Model,
    x: Tensor,
    y: Tensor,
    epsilon: float,
    *,
    step_size: float,
    steps: int,
    loss: Loss = CROSS_ENTROPY,
    bounds: Bounds = (0.0, 1.0),
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Projected gradient descent: many small steps of :func:`fgsm`, each brought back to within $\epsilon$ of $x$.

    $x^{(t+1)} = P\bigl(x^{(t)} + \alpha \, \mathrm{sign}(\nabla_x J(x^{(t)}, y))\bigr)$ where $P$ clips to
    $\lVert \tilde x - x \rVert_\infty \leq \epsilon$ and to the bounds   (Madry et al., Towards deep learning models
    resistant to adversarial attacks, 2018)

    Args:
        model: As for :func:`fgsm`, and so are ``x``, ``y``, ``epsilon``, ``loss``, ``bounds`` and the result.
        x: Inputs.
        y: Targets.
        epsilon: How much an input may change at most.
        step_size: $\alpha$, at least 0.
        steps: How many, at least 1.
        loss: ``loss(model(x), y)``.
        bounds: Smallest and largest value.
        generator: Where the random start within $\epsilon$ comes from; without one the start is ``x``.

    Raises:
        ValueError: A number is out of its range, or ``x`` is out of bounds.
        TypeError: ``x`` is no tensor of a floating dtype, or the generator no torch generator.
    """
    _check_attack(x, epsilon, step_size, steps, bounds)
    attacked = x.detach()
    low, high = attacked - epsilon, attacked + epsilon
    if bounds is not None:
        low, high = low.clamp(min=bounds[0]), high.clamp(max=bounds[1])
    if generator is not None:
        attacked = low + (high - low) * uniform_like(x, generator)
    with mode(model, training=False), torch.enable_grad():
        for _ in range(steps):
            attacked.requires_grad_()
            (slope,) = torch.autograd.grad(loss(model(attacked), y), attacked)
            attacked = torch.clamp(attacked.detach() + step_size * slope.sign(), low, high)
    return attacked


def virtual_adversarial_loss(
    model: Model,
    x: Tensor,
    *,
    epsilon: float,
    xi: float,
    steps: int = 1,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""How much the prediction changes in the direction in which it changes most. It needs no labels.

    $\frac1n \sum_i D_{KL}\bigl(p(\cdot \mid x_i) \,\Vert\, p(\cdot \mid x_i + r_i)\bigr)$ with
    $r_i = \arg\max_{\lVert r \rVert_2 \leq \epsilon} D_{KL}$   (Miyato et al., Virtual adversarial training, 2018)

    Near $r = 0$ the divergence is $\frac12 r^\top H r$. So $r$ is the first eigenvector of $H$, which power iteration
    finds from a random start: $d \leftarrow \nabla_r D_{KL} |_{r = \xi d}$, brought to length 1.

    Args:
        model: A network or a function from inputs to logits, shape (n, k). Used in evaluation mode, as the noise of
            dropout would drown the change; then it is in the mode it was in.
        x: Inputs, shape (n, ...).
        epsilon: $\epsilon$, how far to go.
        xi: $\xi$, how far to look for the direction; in float32 at least about 0.001.
        steps: How many power iterations.
        generator: Where the random direction comes from; by default torch's global generator.

    Returns:
        One number, through which gradients flow to the model. The first prediction and the direction count as given.

    Raises:
        ValueError: A number is out of its range.
        TypeError: ``x`` is no tensor of a floating dtype, or the generator no torch generator.
    """
    require_inputs(x)
    _require_least(("epsilon", epsilon, 0), ("steps", steps, 1))
    if not xi > 0:
        raise ValueError(f"expected xi above 0, got {xi}")
    x = x.detach()
    with mode(model, training=False):
        with torch.no_grad():
            before = model(x)
        direction = _unit(standard_normal_like(x, generator))
        for _ in range(steps):
            with torch.enable_grad():
                r = (xi * direction).requires_grad_()
                (slope,) = torch.autograd.grad(_divergence(before, model(x + r)), r)
            direction = _unit(slope, direction)
        return _divergence(before, model(x + epsilon * direction))


def _divergence(before: Tensor, after: Tensor) -> Tensor:
    r"""The mean of $D_{KL}(p \Vert q) = \sum_j p_j (\log p_j - \log q_j)$ of two sets of logits."""
    return (softmax(before, dim=1) * (log_softmax(before, dim=1) - log_softmax(after, dim=1))).sum(1).mean()


def _unit(r: Tensor, otherwise: Tensor | None = None) -> Tensor:
    """Every sample's direction at length 1; where it has none, the other one."""
    size = r.abs().flatten(1).amax(1).view(-1, *(1,) * (r.ndim - 1))
    scaled = r / torch.where(size > 0, size, 1)
    length = scaled.square().flatten(1).sum(1).sqrt().view(size.shape)
    unit = scaled / torch.where(size > 0, length, 1)
    return unit if otherwise is None else torch.where(size > 0, unit, otherwise)


def _check_attack(x: Tensor, epsilon: float, step_size: float, steps: int, bounds: Bounds) -> None:
    require_inputs(x)
    _require_least(("epsilon", epsilon, 0), ("step_size", step_size, 0), ("steps", steps, 1))
    if bounds is not None:
        require_within(x, bounds)


def _require_least(*checked: tuple[str, float, float]) -> None:
    for name, value, least in checked:
        if not least <= value < math.inf:
            raise ValueError(f"expected {name} of at least {least} and finite, got {value}")
