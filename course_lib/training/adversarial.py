"""Training two networks against each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from tqdm.auto import tqdm

from course_lib.data.batches import Batches, over_and_over, parts_of
from course_lib.models.gan import GAN
from course_lib.training.loop import require_finite
from course_lib.training.progress import hidden


class AdversarialStep(NamedTuple):
    """What one step of both players cost.

    Attributes:
        step: Its number, from 1.
        discriminator_loss: Before the discriminator's last update of this step.
        generator_loss: Before the generator's update.
    """

    step: int
    discriminator_loss: float
    generator_loss: float


def adversarial_steps(
    gan: GAN,
    data: Batches,
    discriminator_optimizer: Any,
    generator_optimizer: Any,
    *,
    steps: int,
    critic_steps: int = 1,
    generator: torch.Generator | None = None,
) -> Iterator[AdversarialStep]:
    r"""Train a GAN step by step, and let the caller look on after each.

    One step is ``critic_steps`` updates of the discriminator, each on a batch of real and as many generated samples,
    then one of the generator (Goodfellow et al., Generative adversarial nets, 2014, algorithm 1). Whoever stops asking
    for steps stops training.

    Args:
        gan: Trained in place, in training mode.
        data: Batches ``(x,)``, or ``(x, y)`` where both networks are told the class y; gone through over and over.
        discriminator_optimizer: For ``gan.discriminator.parameters()``.
        generator_optimizer: For ``gan.generator.parameters()``.
        steps: How many.
        critic_steps: Updates of the discriminator in each.
        generator: Where the codes come from; by default torch's global generator.

    Yields:
        The losses of each step.

    Raises:
        FloatingPointError: A loss is NaN or infinite.
        ValueError: There is nothing to train on, or a number of steps is not at least 1.
        TypeError: The data can be gone through only once, or a batch is no tuple.
    """
    if steps < 1 or critic_steps < 1:
        raise ValueError(f"expected steps and critic_steps of at least 1, got {steps} and {critic_steps}")
    batches = over_and_over(data)
    gan.train()
    for step in range(1, steps + 1):
        for _ in range(critic_steps):
            real, *condition = parts_of(next(batches))
            with torch.no_grad():
                fake = gan(gan.draw_codes(len(real), generator=generator), *condition)
            d_loss = gan.discriminator_loss(real, fake, *condition)
            _descend(d_loss, discriminator_optimizer, f"of the discriminator in step {step}")

        fake = gan(gan.draw_codes(len(real), generator=generator), *condition)
        g_loss = gan.generator_loss(real, fake, *condition)
        _descend(g_loss, generator_optimizer, f"of the generator in step {step}")
        yield AdversarialStep(step, d_loss.item(), g_loss.item())


def fit_gan(
    gan: GAN,
    data: Batches,
    discriminator_optimizer: Any,
    generator_optimizer: Any,
    *,
    steps: int,
    critic_steps: int = 1,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> list[AdversarialStep]:
    """Run all of :func:`adversarial_steps`, with a progress bar where somebody watches.

    The arguments and errors are those of :func:`adversarial_steps`.

    Returns:
        The losses of each step.
    """
    losses = adversarial_steps(
        gan,
        data,
        discriminator_optimizer,
        generator_optimizer,
        steps=steps,
        critic_steps=critic_steps,
        generator=generator,
    )
    return list(tqdm(losses, total=steps, unit="step", disable=hidden(progress)))


def _descend(loss: torch.Tensor, optimizer: Any, where: str) -> None:
    """One step of one player. The other, which the loss depends on too, is left without gradients."""
    require_finite(loss.item(), where)
    own = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    optimizer.zero_grad()
    loss.backward(inputs=own)
    optimizer.step()
