"""Autoencoders whose code may be large, because something else than its size keeps them from copying.

Three ways: few units may be active at once (sparse), the input is damaged before it is seen (denoising), or the code
must not change when the input does (contractive). Deep Learning, section 14.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from course_lib import nn
from course_lib.arrays import Array, Generator, namespace, standard_normal_like, uniform_like
from course_lib.models.autoencoder import Autoencoder, MakeLayer, squared_error
from course_lib.nn.inputs import require_inputs
from course_lib.nn.modes import Model, mode
from course_lib.probability.functions import floating, require, xlog1py, xlogy

# Sparse ---------------------------------------------------------------------------------------------------------------


def kl_sparsity(rho_hat: Array, rho: float) -> Array:
    r"""A price on units that are more, or less, active on average than they should be.

    $\sum_j \mathrm{KL}(\rho \,\Vert\, \hat\rho_j) = \sum_j \rho \log \frac{\rho}{\hat\rho_j}
    + (1 - \rho) \log \frac{1 - \rho}{1 - \hat\rho_j}$   (Ng, 2011, Sparse autoencoder, CS294A lecture notes)

    It is 0 where every $\hat\rho_j = \rho$, and grows without bound as a unit falls silent or never rests.

    Args:
        rho_hat: $\hat\rho$, the mean activation of each unit over the batch, from 0 to 1, shape (..., units).
        rho: The mean activation that is wanted, between 0 and 1.

    Returns:
        The sum over the last axis, shape (...).

    Raises:
        TypeError: ``rho_hat`` is no array of a floating dtype.
        ValueError: ``rho`` is not between 0 and 1, or an activation is not from 0 to 1.

    >>> import numpy as np
    >>> float(kl_sparsity(np.array([0.5, 0.5]), 0.5))
    0.0
    """
    xp = floating(rho_hat)
    if not 0 < rho < 1:
        raise ValueError(f"expected rho between 0 and 1, got {rho}")
    require((rho_hat >= 0) & (rho_hat <= 1), "rho_hat", rho_hat, "mean activations from 0 to 1, as of sigmoid units")
    p = xp.full_like(rho_hat, rho)
    return xp.sum(xlogy(p, p) - xlogy(p, rho_hat) + xlog1py(1 - p, -p) - xlog1py(1 - p, -rho_hat), axis=-1)


class SparseAutoencoder(Autoencoder):
    r"""An autoencoder in whose code few units are active at once.

    $L(x) = \frac1d \lVert \hat x - x \rVert^2 + \lambda\, \Omega(h)$   (Deep Learning, eq. 14.2), where $\Omega$ is

    - "kl": $\sum_j \mathrm{KL}(\rho \,\Vert\, \hat\rho_j)$, with $\hat\rho_j$ the mean of $h_j$ over the batch: sigmoid
      units, see :func:`kl_sparsity`;
    - "l1": $\sum_j |h_j|$, the mean over the batch: rectified units. It is $-\log p(h)$ of a Laplace prior on the code,
      up to a constant (eq. 14.5 to 14.7). A decoder with large weights needs only small codes: give these weights a
      decay too.

    Args:
        sizes: As :class:`Autoencoder` takes them. The code may be larger than the input.
        penalty: "kl" or "l1".
        strength: $\lambda$.
        sparsity: $\rho$ of "kl", between 0 and 1; "l1" has none.
        options: What else :class:`Autoencoder` takes. The code's activation is ``nn.Sigmoid`` for "kl" and ``nn.ReLU``
            for "l1", unless another is named.

    Raises:
        ValueError: The penalty is unknown, or a number is out of range.

    >>> SparseAutoencoder([64, 100]).loss(torch.zeros(5, 64)).shape
    torch.Size([])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        penalty: str = "kl",
        strength: float = 1e-3,
        sparsity: float = 0.05,
        **options: Any,
    ) -> None:
        codes: dict[str, MakeLayer] = {"kl": nn.Sigmoid, "l1": nn.ReLU}
        if penalty not in codes:
            raise ValueError(f"expected penalty to be 'kl' or 'l1', got {penalty!r}")
        if not 0 < sparsity < 1:
            raise ValueError(f"expected sparsity, a mean activation, between 0 and 1, got {sparsity}")
        super().__init__(sizes, **{"code": codes[penalty], **options})
        self.penalty = penalty
        self.strength = _at_least_0("strength", strength)
        self.sparsity = sparsity

    def loss(self, x: Tensor) -> Tensor:
        r"""The squared error and $\lambda\, \Omega(h)$."""
        h = self.encode(x)
        return squared_error(self.decode(h), x) + self.strength * self._price(h)

    def _price(self, h: Tensor) -> Tensor:
        return kl_sparsity(h.mean(0), self.sparsity) if self.penalty == "kl" else h.abs().sum(1).mean()


# Denoising ------------------------------------------------------------------------------------------------------------


def corrupt(x: Array, p: float, *, kind: str = "mask", generator: Generator | None = None) -> Array:
    r"""Damage inputs at random: a draw $\tilde x$ from the corruption $C(\tilde x \mid x)$.

    - "mask": every entry is set to 0 with probability $p$, on its own;
    - "gaussian": noise from $N(0, p^2)$ is added to every entry;
    - "salt_pepper": every entry is set with probability $p$ to 0 or to 1, by a fair coin.

    (Vincent et al., 2010, Stacked denoising autoencoders, section 3.3)

    Args:
        x: Inputs of any shape, floating dtype.
        p: A probability, or for "gaussian" a standard deviation.
        kind: Of damage.
        generator: Of the array's kind; by default fresh for NumPy, and torch's global one for torch.

    Returns:
        The shape, dtype and device of ``x``, which is left as it was.

    Raises:
        TypeError: ``x`` is no array of a floating dtype, or the generator of another kind.
        ValueError: The kind is unknown, or ``p`` is no probability or standard deviation.

    >>> import numpy as np
    >>> corrupt(np.ones(6), 0.5, generator=np.random.default_rng(0))
    array([1., 0., 0., 0., 1., 1.])
    """
    floating(x)
    _check_corruption(p, kind)
    return CORRUPTIONS[kind](x, p, generator)


def _check_corruption(p: float, kind: str) -> None:
    if kind not in CORRUPTIONS:
        raise ValueError(f"expected kind to be one of {', '.join(map(repr, CORRUPTIONS))}, got {kind!r}")
    if not (p >= 0 and (p <= 1 or kind == "gaussian")):
        raise ValueError(f"expected p of at least 0, and as a probability at most 1, got {p} for {kind!r}")


def _mask(x: Array, p: float, generator: Generator | None) -> Array:
    xp = namespace(x)
    lost = uniform_like(x, generator) < p
    return xp.where(lost, xp.zeros_like(x), x)


def _gaussian(x: Array, p: float, generator: Generator | None) -> Array:
    return x + p * standard_normal_like(x, generator)


def _salt_pepper(x: Array, p: float, generator: Generator | None) -> Array:
    xp = namespace(x)
    u = uniform_like(x, generator)
    return xp.where(u < p / 2, xp.zeros_like(x), xp.where(u < p, xp.ones_like(x), x))


CORRUPTIONS: dict[str, Callable[[Array, float, Generator | None], Array]] = {
    "mask": _mask,
    "gaussian": _gaussian,
    "salt_pepper": _salt_pepper,
}


class DenoisingAutoencoder(Autoencoder):
    r"""An autoencoder that is shown damaged inputs and must return whole ones.

    $L(x) = \frac1d \lVert g(f(\tilde x)) - x \rVert^2$ with $\tilde x \sim C(\tilde x \mid x)$
    (Vincent et al., 2008; Deep Learning, eq. 14.9)

    Copying does not help: the input is not the target. The network must know which inputs are likely, and the step
    $g(f(\tilde x)) - \tilde x$ points from where nothing is likely to where data lie (Deep Learning, section 14.5.1).

    Args:
        sizes: As :class:`Autoencoder` takes them.
        corruption: $p$ of :func:`corrupt`.
        kind: Of :func:`corrupt`.
        generator: Where initial weights and damage come from; by default torch's global generator.
        options: What else :class:`Autoencoder` takes.

    Raises:
        ValueError: What :func:`corrupt` refuses.

    >>> net = DenoisingAutoencoder([64, 100], corruption=0.5)
    >>> net(torch.zeros(5, 64)).shape
    torch.Size([5, 64])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        corruption: float = 0.3,
        kind: str = "mask",
        generator: torch.Generator | None = None,
        **options: Any,
    ) -> None:
        super().__init__(sizes, generator=generator, **options)
        _check_corruption(corruption, kind)
        self.corruption = corruption
        self.kind = kind
        self._generator = generator

    def loss(self, x: Tensor) -> Tensor:
        r"""The squared error of what is made of a damaged $x$, in evaluation mode too."""
        damaged = corrupt(x, self.corruption, kind=self.kind, generator=self._generator)
        return squared_error(self(damaged), x)


# Contractive ----------------------------------------------------------------------------------------------------------


def contractive_penalty(encoder: Model, x: Tensor) -> Tensor:
    r"""How strongly codes react to small changes of their inputs.

    $\Omega = \frac1n \sum_i \left\lVert \frac{\partial f(x_i)}{\partial x} \right\rVert_F^2$   (Rifai et al., 2011;
    Deep Learning, eq. 14.18)

    Backpropagation gives one row of a Jacobian at a time, so it takes as many backward passes as the code has units,
    and another through all of them for the gradient. :func:`sigmoid_contractive_penalty` needs none.

    Args:
        encoder: A network or a function from inputs to codes (n, code size). Used in evaluation mode, in which each
            code depends on its own input alone; then it is in the mode it was in.
        x: Inputs, shape (n, ...).

    Returns:
        One number, through which gradients flow to the encoder's parameters.

    Raises:
        TypeError: ``x`` is no tensor of a floating dtype.
        ValueError: The codes are not of shape (n, code size).

    >>> W = torch.tensor([[1.0, 2.0], [0.0, 3.0]])
    >>> contractive_penalty(lambda x: x @ W.T, torch.ones(4, 2))
    tensor(14.)
    """
    require_inputs(x)
    with mode(encoder, training=False), torch.enable_grad():
        inputs = x.detach().requires_grad_()
        codes = encoder(inputs)
        if codes.ndim != 2 or len(codes) != len(x):
            raise ValueError(f"expected codes of shape ({len(x)}, code size), got {tuple(codes.shape)}")
        rows = [torch.autograd.grad(h.sum(), inputs, create_graph=True)[0] for h in codes.unbind(1)]
    return torch.stack([row.square().sum() for row in rows]).sum() / len(x)


def sigmoid_contractive_penalty(h: Tensor, W: Tensor) -> Tensor:
    r"""The contractive penalty of one sigmoid layer $h = \sigma(W x + b)$, in closed form.

    $\frac{\partial h_j}{\partial x_i} = h_j (1 - h_j) W_{ji}$, so
    $\Omega = \frac1n \sum_n \sum_j \bigl(h_j (1 - h_j)\bigr)^2 \sum_i W_{ji}^2$   (Rifai et al., 2011, section 5.1)

    It costs no more than the layer itself.

    Args:
        h: Codes, shape (n, units).
        W: The layer's weight, shape (units, inputs).

    Returns:
        One number, through which gradients flow.

    Raises:
        ValueError: The shapes do not belong to one layer.

    >>> sigmoid_contractive_penalty(torch.full((5, 1), 0.5), torch.tensor([[4.0, 8.0]]))
    tensor(5.)
    """
    if h.ndim != 2 or W.ndim != 2 or h.shape[1] != len(W):
        raise ValueError(f"expected h (n, units) and W (units, inputs), got {tuple(h.shape)} and {tuple(W.shape)}")
    return ((h * (1 - h)).square() @ W.square().sum(1)).mean()


class ContractiveAutoencoder(Autoencoder):
    r"""An autoencoder whose code hardly changes when the input moves a little.

    $L(x) = \frac1d \lVert \hat x - x \rVert^2
    + \lambda \left\lVert \frac{\partial f(x)}{\partial x} \right\rVert_F^2$   (Rifai et al., 2011; Deep Learning,
    eq. 14.18)

    The reconstruction needs the directions in which the data vary, so the code stays sensitive to those and to no
    others. What it says is local: about infinitely small moves. A code that shrinks while the decoder's weights grow
    would satisfy it without learning anything; ``tied=True`` keeps them from that.

    Args:
        sizes: As :class:`Autoencoder` takes them. With two, and a sigmoid code, the penalty has a closed form; a deeper
            encoder costs a backward pass for every unit of the code.
        strength: $\lambda$.
        options: What else :class:`Autoencoder` takes. The code's activation is ``nn.Sigmoid``, unless another is named.

    Raises:
        ValueError: The strength is negative.

    >>> ContractiveAutoencoder([64, 32], tied=True).loss(torch.zeros(5, 64)).shape
    torch.Size([])
    """

    def __init__(self, sizes: Sequence[int], *, strength: float = 1e-3, **options: Any) -> None:
        super().__init__(sizes, **{"code": nn.Sigmoid, **options})
        self.strength = _at_least_0("strength", strength)
        self._one_sigmoid_layer = len(sizes) == 2 and options.get("code", nn.Sigmoid) is nn.Sigmoid

    def loss(self, x: Tensor) -> Tensor:
        r"""The squared error and $\lambda$ times the contractive penalty."""
        h = self.encode(x)
        return squared_error(self.decode(h), x) + self.strength * self._penalty(x, h)

    def _penalty(self, x: Tensor, h: Tensor) -> Tensor:
        if not self._one_sigmoid_layer:
            return contractive_penalty(self.encoder, x)
        W, _ = self.encoder.parameters()
        return sigmoid_contractive_penalty(h, W)


def _at_least_0(name: str, value: float) -> float:
    if not value >= 0:
        raise ValueError(f"expected {name} of at least 0, got {value}")
    return value
