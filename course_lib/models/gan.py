"""Generative adversarial networks: the two losses, what holds the discriminator back, and the variants.

Each class says in two methods what its discriminator and its generator minimise. The loop that trains them all is
:func:`course_lib.training.adversarial_steps`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import functional_call

from course_lib import nn
from course_lib.arrays import standard_normal_like, uniform_like
from course_lib.models.features import feature_extractor
from course_lib.nn.functional import softplus


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    r"""Cross-entropy of a discriminator that should call real samples real and fake ones fake.

    $-\mathbb{E}_{x \sim p} \log D(x) - \mathbb{E}_{x \sim q} \log(1 - D(x))
    = \mathbb{E}_p\, \zeta(-a(x)) + \mathbb{E}_q\, \zeta(a(x))$ with $D = \sigma(a)$
    (Goodfellow et al., Generative adversarial nets, 2014, eq. 1; Deep Learning, eq. 20.81)

    Args:
        real: Logits $a$ of real samples.
        fake: Logits of generated samples.

    Returns:
        One number; $2 \log 2$ for a discriminator that says 1/2 to everything.

    >>> discriminator_loss(torch.zeros(3), torch.zeros(3))
    tensor(1.3863)
    """
    return softplus(-real).mean() + softplus(fake).mean()


def generator_loss(fake: Tensor, kind: str = "non-saturating") -> Tensor:
    r"""What a generator minimises against a discriminator.

    Minimax: $\mathbb{E} \log(1 - D(G(z)))$, the discriminator's loss with the other sign. It is flat where the
    discriminator is sure. Non-saturating: $-\mathbb{E} \log D(G(z))$, with the same fixed point and a slope where it
    is needed.   (Goodfellow et al., 2014, section 3)

    Args:
        fake: Logits of generated samples.
        kind: "non-saturating" or "minimax".

    Returns:
        One number.

    Raises:
        ValueError: There is no loss of that name.

    >>> generator_loss(torch.zeros(3)), generator_loss(torch.zeros(3), "minimax")
    (tensor(0.6931), tensor(-0.6931))
    """
    if kind not in ("non-saturating", "minimax"):
        raise ValueError(f'expected kind to be "non-saturating" or "minimax", got {kind!r}')
    return softplus(-fake).mean() if kind == "non-saturating" else -softplus(fake).mean()


def r1_penalty(discriminator: nn.Module, real: Tensor, *condition: Tensor) -> Tensor:
    r"""How steep the discriminator is where the data are: $\mathbb{E}_{x \sim p} \lVert \nabla_x a(x) \rVert^2$.

    A discriminator that is flat on the data leaves the generator in peace once it has arrived there. Added as
    $\frac\gamma2 R_1$ to the discriminator's loss.   (Mescheder, Geiger and Nowozin, Which training methods for GANs
    do actually converge?, 2018, eq. 9)

    Args:
        discriminator: From samples to logits.
        real: Real samples, shape (n, ...).
        condition: What the discriminator is told besides.

    Returns:
        One number, through which gradients flow to the discriminator.

    >>> r1_penalty(lambda x: 3 * x[:, 0] + 4 * x[:, 1], torch.zeros(5, 2))
    tensor(25.)
    """
    return _slopes(discriminator, real, *condition).square().sum(1).mean()


def gradient_penalty(
    critic: nn.Module, real: Tensor, fake: Tensor, *condition: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    r"""How far a critic's slope is from 1 between real and generated samples.

    $\mathbb{E}\bigl(\lVert \nabla_{\hat x} f(\hat x) \rVert - 1\bigr)^2$ with $\hat x = u x + (1 - u) \tilde x$ and
    $u \sim U[0, 1]$   (Gulrajani et al., Improved training of Wasserstein GANs, 2017, eq. 3)

    Args:
        critic: From samples to scores.
        real: Real samples, shape (n, ...).
        fake: As many generated ones.
        condition: What the critic is told besides.
        generator: Where $u$ comes from; by default torch's global generator.

    Returns:
        One number, through which gradients flow to the critic.

    >>> gradient_penalty(lambda x: 3 * x[:, 0] + 4 * x[:, 1], torch.zeros(5, 2), torch.ones(5, 2))
    tensor(16.)
    """
    u = uniform_like(real.new_empty(len(real), *(1,) * (real.ndim - 1)), generator)
    slopes = _slopes(critic, torch.lerp(fake, real, u), *condition)
    # The root has no slope at 0; a little under it keeps the gradient finite where the critic is flat.
    return ((slopes.square().sum(1) + 1e-12).sqrt() - 1).square().mean()


def _slopes(discriminator: nn.Module, x: Tensor, *condition: Tensor) -> Tensor:
    """The gradient of each sample's logit by that sample, a row each, which can be differentiated again."""
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        (slopes,) = torch.autograd.grad(discriminator(x, *condition).sum(), x, create_graph=True)
    return slopes.flatten(1)


class GAN(nn.Module):
    r"""Generative adversarial network: a generator $G$ and a discriminator $D$ that play against each other.

    $\min_G \max_D \; \mathbb{E}_{x \sim p} \log D(x) + \mathbb{E}_{z \sim N(0, I)} \log(1 - D(G(z)))$
    (Goodfellow et al., Generative adversarial nets, 2014, eq. 1; Deep Learning, section 20.10.4)

    Args:
        generator: From codes of shape (n, latent_dim) to samples.
        discriminator: From samples to logits, n of them.
        latent_dim: The size of the code.
        loss: What the generator minimises: "non-saturating" or "minimax", see :func:`generator_loss`.
        r1: $\gamma$, the weight of :func:`r1_penalty`; 0 for none.

    Both networks are handed ``condition``, if there is one, beside their input: classes, for example, for
    :class:`Conditioned` networks.

    Raises:
        ValueError: There is no loss of that name, or ``r1`` is negative.

    >>> from course_lib.models import MLP
    >>> gan = GAN(MLP([2, 16, 2]), MLP([2, 16, 1]), latent_dim=2)
    >>> gan.sample(5).shape
    torch.Size([5, 2])
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent_dim: int,
        *,
        loss: str = "non-saturating",
        r1: float = 0.0,
    ) -> None:
        super().__init__()
        generator_loss(torch.zeros(1), loss)
        if not r1 >= 0:
            raise ValueError(f"expected r1 of at least 0, got {r1}")
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim = latent_dim
        self.loss = loss
        self.r1 = r1

    def forward(self, z: Tensor, *condition: Tensor) -> Tensor:
        """The samples that codes of shape (n, latent_dim) stand for."""
        return self.generator(z, *condition)

    def draw_codes(self, n: int, *, generator: torch.Generator | None = None) -> Tensor:
        """Codes z ~ N(0, I), shape (n, latent_dim), from a torch generator or by default torch's global one."""
        return standard_normal_like(next(self.parameters()).new_empty(n, self.latent_dim), generator)

    @torch.no_grad()
    def sample(self, n: int, *condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Draw n samples, with the random generator given or by default torch's global one.

        In the mode the generator is in; with batch normalisation, switch to ``eval()`` first.
        """
        return self(self.draw_codes(n, generator=generator), *condition)

    def discriminator_loss(self, real: Tensor, fake: Tensor, *condition: Tensor) -> Tensor:
        """What the discriminator minimises on a batch of real samples and one of generated samples."""
        D = self.discriminator
        loss = discriminator_loss(D(real, *condition), D(fake, *condition))
        return loss + self.r1 / 2 * r1_penalty(D, real, *condition) if self.r1 > 0 else loss

    def generator_loss(self, real: Tensor, fake: Tensor, *condition: Tensor) -> Tensor:
        """What the generator minimises; gradients reach it through ``fake``."""
        return generator_loss(self.discriminator(fake, *condition), self.loss)


class WGANGP(GAN):
    r"""Wasserstein GAN with gradient penalty: the critic's scores say how far the generator still has to go.

    $\max_f \; \mathbb{E}_p f(x) - \mathbb{E}_q f(\tilde x)$ over $f$ of slope at most 1 is the earth mover's distance
    of $p$ and $q$. The slope is held near 1 by :func:`gradient_penalty`.   (Arjovsky, Chintala and Bottou, 2017;
    Gulrajani et al., 2017, eq. 3)

    Train the critic several steps for each of the generator.

    Args:
        generator: As for :class:`GAN`, and so is ``latent_dim``.
        discriminator: The critic $f$. No batch normalisation: the penalty is on single samples.
        latent_dim: The size of the code.
        penalty: $\lambda$, the weight of the penalty.
        random: Where the points come from at which the slope is measured; by default torch's global generator.

    Raises:
        ValueError: The penalty is negative.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent_dim: int,
        *,
        penalty: float = 10.0,
        random: torch.Generator | None = None,
    ) -> None:
        super().__init__(generator, discriminator, latent_dim)
        if not penalty >= 0:
            raise ValueError(f"expected a penalty of at least 0, got {penalty}")
        self.penalty = penalty
        self._generator = random

    def discriminator_loss(self, real: Tensor, fake: Tensor, *condition: Tensor) -> Tensor:
        """Minus the estimated distance, and the penalty."""
        f = self.discriminator
        slope = gradient_penalty(f, real, fake, *condition, generator=self._generator)
        return f(fake, *condition).mean() - f(real, *condition).mean() + self.penalty * slope

    def generator_loss(self, real: Tensor, fake: Tensor, *condition: Tensor) -> Tensor:
        """Minus the mean score of generated samples."""
        return -self.discriminator(fake, *condition).mean()


class FeatureMatchingGAN(GAN):
    r"""A generator that should produce the same mean features as the data, instead of fooling the discriminator.

    $\bigl\lVert \mathbb{E}_p h(x) - \mathbb{E}_z h(G(z)) \bigr\rVert^2$ with $h$ a layer of the discriminator
    (Salimans et al., Improved techniques for training GANs, 2016, section 3.1)

    Args:
        generator: As for :class:`GAN`, and so are ``discriminator`` and ``latent_dim``.
        discriminator: From samples to logits.
        latent_dim: The size of the code.
        layer: The name of the discriminator's layer, as in ``discriminator.named_modules()``.
        r1: As for :class:`GAN`.

    Raises:
        ValueError: There is no such layer, or ``r1`` is negative.
    """

    def __init__(
        self, generator: nn.Module, discriminator: nn.Module, latent_dim: int, *, layer: str, r1: float = 0.0
    ) -> None:
        super().__init__(generator, discriminator, latent_dim, r1=r1)
        feature_extractor(discriminator, layer)
        self.layer = layer

    def generator_loss(self, real: Tensor, fake: Tensor, *condition: Tensor) -> Tensor:
        """The squared distance of the mean features."""
        h = feature_extractor(self.discriminator, self.layer)
        return (h(real, *condition).mean(0) - h(fake, *condition).mean(0)).square().sum()


class UnrolledGAN(GAN):
    r"""A generator that looks some steps ahead: it minimises its loss against the discriminator that will answer.

    $\theta_D^{k+1} = \theta_D^k - \eta \nabla L_D(\theta_D^k, \theta_G)$, and the generator descends
    $L_G(\theta_D^K(\theta_G), \theta_G)$ with gradients through all $K$ steps   (Metz et al., Unrolled generative
    adversarial networks, 2017, eq. 5 and 6)

    Running to one mode pays off only until the discriminator notices.

    Args:
        generator: As for :class:`GAN`, and so are ``discriminator`` and ``latent_dim``.
        discriminator: From samples to logits.
        latent_dim: The size of the code.
        unrolled_steps: $K$.
        unrolled_lr: $\eta$ of the imagined steps, which are plain gradient descent.

    Raises:
        ValueError: The number of steps is negative.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent_dim: int,
        *,
        unrolled_steps: int = 5,
        unrolled_lr: float = 0.1,
    ) -> None:
        super().__init__(generator, discriminator, latent_dim)
        if unrolled_steps < 0:
            raise ValueError(f"expected unrolled_steps of at least 0, got {unrolled_steps}")
        self.unrolled_steps = unrolled_steps
        self.unrolled_lr = unrolled_lr

    def generator_loss(self, real: Tensor, fake: Tensor, *condition: Tensor) -> Tensor:
        """The loss against the discriminator some steps later; the discriminator itself stays as it is."""
        weights: dict[str, Tensor] = dict(self.discriminator.named_parameters())

        def D(x: Tensor) -> Tensor:
            return functional_call(self.discriminator, weights, (x, *condition))

        for _ in range(self.unrolled_steps):
            loss = discriminator_loss(D(real), D(fake))
            slopes = torch.autograd.grad(loss, list(weights.values()), create_graph=True)
            weights = {name: w - self.unrolled_lr * g for (name, w), g in zip(weights.items(), slopes, strict=True)}
        return generator_loss(D(fake), self.loss)
