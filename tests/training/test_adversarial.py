"""The loop of two players: who moves when, on what, and what stays as it was."""

from __future__ import annotations

import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, gaussian_ring
from course_lib.models import GAN, MLP, Conditioned
from course_lib.optim import SGD, Adam
from course_lib.training import adversarial_steps, fit_gan


def players(seed=0, **options):
    g = torch_generator(seed)
    return GAN(MLP([2, 8, 2], generator=g), MLP([2, 8, 1], generator=g), 2, **options)


def data(seed=0, n=64):
    g = torch_generator(seed)
    return Minibatches(gaussian_ring(n, generator=g), batch_size=32, generator=g)


def optimizers(gan, lr=0.1):
    return SGD(gan.discriminator.parameters(), lr=lr), SGD(gan.generator.parameters(), lr=lr)


def test_two_steps_by_hand():
    gan, other = players(), players()
    losses = list(adversarial_steps(gan, data(), *optimizers(gan), steps=2, generator=torch_generator(5)))
    g, batches = torch_generator(5), iter(data())
    for step in range(2):
        (real,) = next(batches)
        d = other.discriminator_loss(real, other.sample(32, generator=g))
        descend(d, other.discriminator)
        fake = other(other.draw_codes(32, generator=g))
        loss = other.generator_loss(real, fake)
        descend(loss, other.generator)
        assert losses[step].step == step + 1
        assert losses[step].discriminator_loss == pytest.approx(d.item())
        assert losses[step].generator_loss == pytest.approx(loss.item())
    for mine, yours in zip(gan.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, yours)


def descend(loss, player):
    weights = list(player.parameters())
    with torch.no_grad():
        for w, slope in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            w -= 0.1 * slope


def test_the_critic_moves_as_often_as_asked_on_a_batch_each():
    class Counting(GAN):
        seen = ()

        def discriminator_loss(self, real, fake, *condition):
            self.seen = (*self.seen, real)
            return super().discriminator_loss(real, fake, *condition)

    net = players()
    gan = Counting(net.generator, net.discriminator, 2)
    fit_gan(gan, data(), *optimizers(gan), steps=3, critic_steps=4)
    assert len(gan.seen) == 12
    assert not torch.equal(gan.seen[0], gan.seen[1])


def test_training_goes_no_further_than_it_is_asked_to():
    gan, other = players(), players()
    steps = adversarial_steps(gan, data(), *optimizers(gan), steps=100, generator=torch_generator(5))
    next(steps)
    fit_gan(other, data(), *optimizers(other), steps=1, generator=torch_generator(5))
    assert all(torch.equal(p, q) for p, q in zip(gan.parameters(), other.parameters(), strict=True))
    assert next(steps).step == 2


def test_one_players_loss_leaves_no_gradient_with_the_other():
    """The discriminator keeps what its own loss gave it, whatever the generator minimises."""
    kept = []
    for loss in ("minimax", "non-saturating"):
        gan = players(loss=loss)
        next(adversarial_steps(gan, data(), *optimizers(gan), steps=1, generator=torch_generator(0)))
        kept.append([p.grad for p in gan.discriminator.parameters()])
    torch.testing.assert_close(kept[0], kept[1])


def test_classes_reach_both_players():
    g = torch_generator(0)
    G, D = Conditioned(MLP([2 + 3, 4, 2], generator=g), 3), Conditioned(MLP([2 + 3, 4, 1], generator=g), 3)
    gan = GAN(G, D, 2, r1=0.1)
    X, y = gaussian_ring(60, generator=g), torch.arange(60) % 3
    losses = fit_gan(gan, Minibatches(X, y, batch_size=25, generator=g), *optimizers(gan), steps=4)
    assert len(losses) == 4
    assert gan.sample(3, torch.tensor([0, 1, 2])).shape == (3, 2)


def test_a_generator_finds_one_gaussian():
    g = torch_generator(0)
    gan = GAN(MLP([2, 16, 2], generator=g), MLP([2, 16, 1], generator=g), 2, r1=0.1)
    X = gaussian_ring(1000, modes=1, std=0.3, generator=g)
    rates = {"lr": 5e-3, "betas": (0.5, 0.9)}
    adams = Adam(gan.discriminator.parameters(), **rates), Adam(gan.generator.parameters(), **rates)
    fit_gan(gan, Minibatches(X, batch_size=100, generator=g), *adams, steps=200, generator=g)
    samples = gan.sample(1000, generator=g)
    assert samples.mean(0).tolist() == pytest.approx([2, 0], abs=0.75)
    assert 0.1 < samples.std(0).mean().item() < 0.6


def test_a_loss_that_is_no_number_says_whose_and_when():
    gan = players()
    broken = Minibatches(torch.full((8, 2), torch.nan), batch_size=4, shuffle=False)
    with pytest.raises(FloatingPointError, match="of the discriminator in step 1"):
        fit_gan(gan, broken, *optimizers(gan), steps=1)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"steps": 1, "critic_steps": 0}], ids=str)
def test_there_must_be_something_to_do(wrong):
    gan = players()
    with pytest.raises(ValueError, match="steps and critic_steps of at least 1"):
        fit_gan(gan, data(), *optimizers(gan), **wrong)


def test_data_must_last():
    gan = players()
    with pytest.raises(TypeError, match="again and again"):
        fit_gan(gan, iter(data()), *optimizers(gan), steps=1)
    with pytest.raises(TypeError, match=r"tuples, such as \(x,\), got a Tensor"):
        fit_gan(gan, [torch.zeros(4, 2)], *optimizers(gan), steps=1)
    with pytest.raises(ValueError, match="at least one batch"):
        fit_gan(gan, [], *optimizers(gan), steps=1)
