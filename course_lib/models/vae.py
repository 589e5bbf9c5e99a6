"""The variational autoencoder, and the bound that trains it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from course_lib import nn
from course_lib.arrays import standard_normal_like
from course_lib.models.conditioned import Conditioned
from course_lib.models.mlp import MLP
from course_lib.nn.functional import sigmoid, softplus
from course_lib.nn.inputs import require_inputs
from course_lib.probability import logsumexp


def gaussian_kl(mean: Tensor, log_var: Tensor) -> Tensor:
    r"""How far diagonal Gaussians are from the standard normal distribution, in closed form.

    $D_\mathrm{KL}\bigl(N(\mu, \mathrm{diag}\,\sigma^2) \,\Vert\, N(0, I)\bigr)
    = \frac12 \sum_j \bigl(\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2\bigr)$   (Kingma and Welling, 2014, appendix B)

    Args:
        mean: $\mu$, shape (..., k).
        log_var: $\log \sigma^2$, the same shape.

    Returns:
        Shape (...), in nats, never negative.

    Raises:
        ValueError: The shapes differ.

    >>> gaussian_kl(torch.tensor([1.0, 0.0]), torch.zeros(2))
    tensor(0.5000)
    """
    _check_same_shape(mean, log_var)
    return (mean.square() + torch.expm1(log_var) - log_var).sum(-1) / 2


def reparameterize(mean: Tensor, log_var: Tensor, generator: torch.Generator | None = None) -> Tensor:
    r"""Draw from diagonal Gaussians so that gradients flow through the draw to mean and variance.

    $z = \mu + \sigma \odot \varepsilon$ with $\varepsilon \sim N(0, I)$   (Deep Learning, eq. 20.55)

    Args:
        mean: $\mu$, any shape.
        log_var: $\log \sigma^2$, the same shape.
        generator: Where $\varepsilon$ comes from; by default torch's global generator.

    Returns:
        Shape of ``mean``.

    Raises:
        ValueError: The shapes differ.

    >>> reparameterize(torch.tensor([3.0]), torch.tensor([-100.0]))
    tensor([3.])
    """
    _check_same_shape(mean, log_var)
    epsilon = standard_normal_like(mean, generator)
    return mean + torch.exp(log_var / 2) * epsilon


class ELBO(NamedTuple):
    """The evidence lower bound by its two terms, each of shape (n,), in nats.

    Attributes:
        reconstruction: E log p(x | z) over z ~ q(z | x), estimated: how well the code tells the input.
        kl: KL(q(z | x) ‖ p(z)): how much the code tells at all.
    """

    reconstruction: Tensor
    kl: Tensor

    @property
    def total(self) -> Tensor:
        """The bound itself, ``reconstruction - kl``, at most log p(x) on average over the draws."""
        return self.reconstruction - self.kl


def elbo(model: LatentVariableModel, x: Tensor, *condition: Tensor, generator: torch.Generator | None = None) -> ELBO:
    r"""The evidence lower bound of each row, with one draw of the code.

    $\log p(x) \geq \mathbb{E}_{z \sim q(z \mid x)} \log p(x \mid z) - D_\mathrm{KL}(q(z \mid x) \Vert p(z))$
    (Kingma and Welling, Auto-encoding variational Bayes, 2014; Deep Learning, eq. 20.76 to 20.78)

    What the right side lacks to be $\log p(x)$ is $D_\mathrm{KL}(q(z \mid x) \Vert p(z \mid x))$.

    Args:
        model: Has ``encode`` and ``log_prob`` as :class:`LatentVariableModel` has them.
        x: Shape (n, ...).
        condition: What a conditional model is told besides, such as classes.
        generator: Where the draws come from; by default torch's global generator.

    Returns:
        Both terms, through which gradients flow to encoder and decoder.
    """
    mean, log_var = model.encode(x, *condition)
    z = reparameterize(mean, log_var, generator)
    return ELBO(model.log_prob(x, z, *condition), gaussian_kl(mean, log_var))


@torch.no_grad()
def importance_weighted_log_likelihood(
    model: LatentVariableModel,
    x: Tensor,
    num_samples: int,
    *condition: Tensor,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""A tighter bound on the log-likelihood, from several draws of the code: $\log p(x)$ itself as $k \to \infty$.

    $\log p(x) \geq \mathbb{E} \log \frac1k \sum_{i=1}^k \frac{p(x \mid z_i)\, p(z_i)}{q(z_i \mid x)}$ with
    $z_i \sim q(z \mid x)$   (Burda, Grosse and Salakhutdinov, Importance weighted autoencoders, 2016, eq. 8)

    Args:
        model: As for :func:`elbo`, and so are ``x``, ``condition`` and ``generator``.
        x: Shape (n, ...).
        num_samples: $k$; 1 gives the evidence lower bound.
        condition: What a conditional model is told besides.
        generator: Where the draws come from.

    Returns:
        One number per row, shape (n,), in nats, without gradient.

    Raises:
        ValueError: ``num_samples`` is not at least 1.
    """
    if num_samples < 1:
        raise ValueError(f"expected num_samples of at least 1, got {num_samples}")
    mean, log_var = model.encode(x, *condition)
    log_weights = []
    for _ in range(num_samples):
        z = reparameterize(mean, log_var, generator)
        log_prior = _normal_log_prob(z, torch.zeros_like(z), torch.zeros_like(z))
        log_weights.append(model.log_prob(x, z, *condition) + log_prior - _normal_log_prob(z, mean, log_var))
    return logsumexp(torch.stack(log_weights), axis=0) - math.log(num_samples)


class LatentVariableModel(nn.Module):
    r"""A normal code behind independent pixels from 0 to 1, and a network that guesses the code.

    $p(z) = N(0, I), \quad p(x \mid z) = \prod_i \mathrm{Bernoulli}(x_i; f_i(z)), \quad
    q(z \mid x) = N\bigl(\mu(x), \mathrm{diag}\,\sigma^2(x)\bigr)$
    (Kingma and Welling, Auto-encoding variational Bayes, 2014; Deep Learning, section 20.10.3)

    For grey pixels $x \log f + (1 - x) \log (1 - f)$ is a cross-entropy and a good loss, but no log-probability of $x$.
    Binarise the pixels where you want to compare likelihoods.

    Args:
        encoder: Returns $\mu$ and $\log \sigma^2$ side by side, shape (n, 2 latent_dim).
        decoder: Returns the logits of the pixels for codes of shape (n, latent_dim).
        latent_dim: The size of the code.
        generator: Where the noise comes from while training; by default torch's global generator.

    Both networks are handed ``condition``, if there is one, beside their input.
    """

    def __init__(
        self, encoder: nn.Module, decoder: nn.Module, latent_dim: int, *, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.latent_dim = latent_dim
        self._generator = generator

    def encode(self, x: Tensor, *condition: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z | x), each of shape (n, latent_dim)."""
        require_inputs(x)
        mean, log_var = self.encoder(x, *condition).chunk(2, dim=-1)
        return mean, log_var

    def decode(self, z: Tensor, *condition: Tensor) -> Tensor:
        """The expected pixels for codes of shape (n, latent_dim): numbers from 0 to 1, shape (n, pixels)."""
        return sigmoid(self.decoder(z, *condition))

    def log_prob(self, x: Tensor, z: Tensor, *condition: Tensor) -> Tensor:
        """log p(x | z) of each row, shape (n,)."""
        a = self.decoder(z, *condition)
        return (x * a - softplus(a)).flatten(1).sum(1)

    def loss(self, x: Tensor, *condition: Tensor) -> Tensor:
        """What training minimises: minus the mean evidence lower bound, with one draw of each code."""
        return -elbo(self, x, *condition, generator=self._generator).total.mean()

    @torch.no_grad()
    def sample(self, n: int, *condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Expected pixels for n codes from the prior, without the noise of single pixels; shape (n, pixels)."""
        z = standard_normal_like(next(self.parameters()).new_empty(n, self.latent_dim), generator)
        return self.decode(z, *condition)


class VAE(LatentVariableModel):
    r"""Variational autoencoder: :class:`LatentVariableModel` with fully connected networks.

    Args:
        sizes: Numbers of units: pixels, hidden layers, entries of the code. The decoder has them in reverse.
        activation: Makes one activation for each hidden layer.
        generator: Where initial weights and, while training, the noise come from; by default torch's global generator.

    Raises:
        ValueError: There are fewer than two sizes, or one is not positive.

    >>> vae = VAE([64, 128, 2])
    >>> vae.sample(5).shape
    torch.Size([5, 64])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: Callable[[], nn.Module] = nn.ReLU,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        pixels, hidden, k = _plan(sizes)
        encoder = MLP([pixels, *hidden, 2 * k], activation, generator=generator)
        decoder = MLP([k, *reversed(hidden), pixels], activation, generator=generator)
        super().__init__(encoder, decoder, k, generator=generator)


class ConditionalVAE(LatentVariableModel):
    r"""A variational autoencoder that is told the class: $p(x \mid y) = \int p(x \mid z, y)\, p(z)\, dz$.

    Encoder and decoder see the class one-hot beside their input. The code is free to tell what the class does not:
    slant and width instead of which digit. (Sohn, Lee and Yan, Learning structured output representation using deep
    conditional generative models, 2015)

    Args:
        sizes: As for :class:`VAE`, and so are ``activation`` and ``generator``.
        num_classes: How many classes.
        activation: Makes one activation for each hidden layer.
        generator: Where initial weights and noise come from.

    The methods take the classes, shape (n,), as one more argument.

    >>> vae = ConditionalVAE([64, 128, 2], num_classes=10)
    >>> vae.sample(3, torch.tensor([0, 1, 2])).shape
    torch.Size([3, 64])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        num_classes: int,
        activation: Callable[[], nn.Module] = nn.ReLU,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        pixels, hidden, k = _plan(sizes)
        encoder = MLP([pixels + num_classes, *hidden, 2 * k], activation, generator=generator)
        decoder = MLP([k + num_classes, *reversed(hidden), pixels], activation, generator=generator)
        super().__init__(Conditioned(encoder, num_classes), Conditioned(decoder, num_classes), k, generator=generator)


def _plan(sizes: Sequence[int]) -> tuple[int, list[int], int]:
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"expected at least two positive sizes, pixels and code, got {list(sizes)}")
    pixels, *hidden, k = sizes
    return pixels, hidden, k


def _normal_log_prob(z: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    r"""$\log N(z; \mu, \mathrm{diag}\,\sigma^2)$ of each row."""
    return -(((z - mean).square() / log_var.exp() + log_var + math.log(2 * math.pi)).sum(-1)) / 2


def _check_same_shape(mean: Tensor, log_var: Tensor) -> None:
    if mean.shape != log_var.shape:
        raise ValueError(f"expected mean and log_var of one shape, got {tuple(mean.shape)} and {tuple(log_var.shape)}")
