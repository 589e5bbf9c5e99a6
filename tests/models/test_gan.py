"""GANs: losses against binary cross-entropy, penalties by hand, and each variant's two objectives."""

from __future__ import annotations

import math
from functools import partial

import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.models import (
    DCGAN,
    GAN,
    MLP,
    WGANGP,
    Conditioned,
    FeatureMatchingGAN,
    MinibatchDiscrimination,
    SpectralNorm,
    UnrolledGAN,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    r1_penalty,
)

BCE = torch.nn.functional.binary_cross_entropy_with_logits


def logits(seed):
    return 5 * torch.randn(7, 1, generator=torch_generator(seed), dtype=torch.float64)


def points(seed, n=6):
    return torch.randn(n, 2, generator=torch_generator(seed), dtype=torch.float64)


def players(seed=0):
    g = torch_generator(seed)
    return MLP([3, 8, 2], nn.Tanh, generator=g).double(), MLP([2, 8, 1], nn.Tanh, generator=g).double()


def test_losses_are_cross_entropies():
    real, fake = logits(0), logits(1)
    expected = BCE(real, torch.ones_like(real)) + BCE(fake, torch.zeros_like(fake))
    torch.testing.assert_close(discriminator_loss(real, fake), expected)
    torch.testing.assert_close(generator_loss(fake), BCE(fake, torch.ones_like(fake)))
    torch.testing.assert_close(generator_loss(fake, "minimax"), -BCE(fake, torch.zeros_like(fake)))


def test_only_the_non_saturating_loss_has_a_slope_where_the_discriminator_is_sure():
    slopes = {}
    for kind in ("minimax", "non-saturating"):
        a = torch.tensor([-20.0], dtype=torch.float64, requires_grad=True)
        (slopes[kind],) = torch.autograd.grad(generator_loss(a, kind), a)
    assert slopes["non-saturating"].item() == pytest.approx(-1)
    assert -1e-8 < slopes["minimax"].item() < 0


def test_sure_logits_do_not_overflow():
    far = torch.tensor([1000.0, -1000.0])
    assert discriminator_loss(far, far).item() == 1000
    assert generator_loss(far).item() == 500


@pytest.mark.parametrize("shape", [(4, 2), (4, 1, 3, 3)], ids=str)
def test_penalties_look_at_the_gradient_of_each_sample(shape):
    real, fake = (torch.randn(shape, generator=torch_generator(s), dtype=torch.float64) for s in (0, 1))

    def square(x):
        return x.flatten(1).square().sum(1)

    r1 = 4 * real.flatten(1).square().sum(1).mean()
    torch.testing.assert_close(r1_penalty(square, real), r1)
    u = torch.rand((4, *(1,) * (len(shape) - 1)), generator=torch_generator(2), dtype=torch.float64)
    between = (u * real + (1 - u) * fake).flatten(1)
    expected = (2 * between.norm(dim=1) - 1).square().mean()
    torch.testing.assert_close(gradient_penalty(square, real, fake, generator=torch_generator(2)), expected)


def test_penalties_teach_the_discriminator():
    w = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(r1_penalty(lambda x: x @ w, points(0)), w)
    torch.testing.assert_close(slope, 2 * w.detach())
    (slope,) = torch.autograd.grad(gradient_penalty(lambda x: x @ w, points(0), points(1)), w)
    torch.testing.assert_close(slope, 2 * (5 - 1) * w.detach() / 5)


def test_a_flat_critic_has_a_finite_gradient():
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(gradient_penalty(lambda x: x @ w, points(0), points(1)), w)
    assert torch.isfinite(slope).all()


def test_a_gans_objectives():
    G, D = players()
    real, fake = points(0), points(1)
    plain, penalised = GAN(G, D, 3, loss="minimax"), GAN(G, D, 3, r1=0.5)
    torch.testing.assert_close(plain.discriminator_loss(real, fake), discriminator_loss(D(real), D(fake)))
    torch.testing.assert_close(plain.generator_loss(real, fake), generator_loss(D(fake), "minimax"))
    torch.testing.assert_close(penalised.generator_loss(real, fake), generator_loss(D(fake)))
    expected = discriminator_loss(D(real), D(fake)) + 0.25 * r1_penalty(D, real)
    torch.testing.assert_close(penalised.discriminator_loss(real, fake), expected)


def test_a_wasserstein_gans_objectives():
    G, D = players()
    real, fake = points(0), points(1)
    gan = WGANGP(G, D, 3, penalty=7.0, random=torch_generator(2))
    penalty = gradient_penalty(D, real, fake, generator=torch_generator(2))
    expected = D(fake).mean() - D(real).mean() + 7 * penalty
    torch.testing.assert_close(gan.discriminator_loss(real, fake), expected)
    torch.testing.assert_close(gan.generator_loss(real, fake), -D(fake).mean())


def test_feature_matching_compares_means_of_a_layer():
    G, D = players()
    real, fake = points(0), points(1, n=9)
    gan = FeatureMatchingGAN(G, D, 3, layer="activations.0")
    h, h_fake = (torch.tanh(D.layers[0](x)).mean(0) for x in (real, fake))
    torch.testing.assert_close(gan.generator_loss(real, fake), (h - h_fake).square().sum())
    assert gan.generator_loss(real, real).item() == 0
    with pytest.raises(ValueError, match="no layer is called 'nowhere'"):
        FeatureMatchingGAN(G, D, 3, layer="nowhere")


def test_unrolling_is_what_the_discriminator_will_say_after_its_steps():
    G, D = players()
    real, fake = points(0), points(1)
    before = [p.clone() for p in D.parameters()]
    loss = UnrolledGAN(G, D, 3, unrolled_steps=2, unrolled_lr=0.5).generator_loss(real, fake)
    assert all(torch.equal(p, q) for p, q in zip(D.parameters(), before, strict=True))
    for _ in range(2):
        slopes = torch.autograd.grad(discriminator_loss(D(real), D(fake)), list(D.parameters()))
        with torch.no_grad():
            for p, slope in zip(D.parameters(), slopes, strict=True):
                p -= 0.5 * slope
    torch.testing.assert_close(loss, generator_loss(D(fake)))


def test_unrolling_differentiates_through_the_steps():
    G, D = players()
    gan, real = UnrolledGAN(G, D, 3, unrolled_steps=2, unrolled_lr=0.5), points(0)
    assert torch.autograd.gradcheck(partial(gan.generator_loss, real), points(1).requires_grad_())


def test_no_steps_ahead_is_the_plain_gan():
    G, D = players()
    loss = UnrolledGAN(G, D, 3, unrolled_steps=0).generator_loss(points(0), points(1))
    torch.testing.assert_close(loss, GAN(G, D, 3).generator_loss(points(0), points(1)))


def test_samples_come_from_the_generator_given():
    gan = GAN(*players(), 3)
    a, b, c = (gan.sample(4, generator=torch_generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)
    assert a.dtype == torch.float64
    assert not a.requires_grad
    torch.testing.assert_close(a, gan(gan.draw_codes(4, generator=torch_generator(0))))


def test_draws_follow_the_players_to_another_device():
    gan = WGANGP(*players(), 3, random=torch_generator(0)).to("meta")
    codes = gan.draw_codes(6, generator=torch_generator(1))
    assert gan.discriminator_loss(points(0).to("meta"), gan(codes)).device == codes.device == torch.device("meta")


@pytest.mark.parametrize("num_classes", [None, 10])
def test_dcgan_makes_and_judges_digits(num_classes, device):
    gan = DCGAN(5, 8, num_classes=num_classes, r1=0.1, random=torch_generator(0)).to(device)
    condition = () if num_classes is None else (torch.tensor([3, 1, 4], device=device),)
    fake = gan(gan.draw_codes(3, generator=torch_generator(1, device)), *condition)
    assert fake.shape == (3, 1, 8, 8)
    assert 0 <= fake.min() < fake.max() <= 1
    assert gan.discriminator(fake, *condition).shape == (3,)
    loss = gan.discriminator_loss(fake.detach(), fake, *condition) + gan.generator_loss(fake, fake, *condition)
    loss.backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in gan.parameters())


def test_dcgan_of_one_seed_is_one_network():
    a, b = (DCGAN(random=torch_generator(0)).state_dict() for _ in range(2))
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_conditions_are_features_or_planes():
    told = Conditioned(nn.Identity(), 3)
    y = torch.tensor([2, 0])
    one_hot = torch.nn.functional.one_hot(y, 3).float()
    torch.testing.assert_close(told(torch.ones(2, 4), y), torch.cat([torch.ones(2, 4), one_hot], 1))
    planes = told(torch.ones(2, 1, 5, 4), y)
    assert planes.shape == (2, 4, 5, 4)
    torch.testing.assert_close(planes[:, 1:], one_hot[:, :, None, None].expand(2, 3, 5, 4))
    with pytest.raises(ValueError, match=r"one class for each of 2 inputs, got shape \(3,\)"):
        told(torch.ones(2, 4), torch.zeros(3, dtype=torch.int64))
    with pytest.raises(ValueError, match="from 0 to 2, got 0 to 3"):
        told(torch.ones(2, 4), torch.tensor([0, 3]))
    with pytest.raises(TypeError, match="expected whole numbers"):
        told(torch.ones(2, 4), torch.tensor([0.0, 1.5]))


def test_minibatch_discrimination_by_hand():
    layer = MinibatchDiscrimination(3, 2, 4, generator=torch_generator(0)).double()
    x = torch.randn(5, 3, generator=torch_generator(1), dtype=torch.float64)
    out = layer(x)
    M = torch.tensordot(x, layer.weight, dims=1)
    for i in range(5):
        near = sum(torch.exp(-(M[i] - M[j]).abs().sum(1)) for j in range(5) if j != i)
        torch.testing.assert_close(out[i], torch.cat([x[i], near]))


@pytest.mark.parametrize(
    ("layer", "x"),
    [(nn.Linear(6, 4), torch.ones(2, 6)), (nn.Conv2d(2, 3, 3), torch.ones(2, 2, 5, 5))],
    ids=["linear", "conv"],
)
def test_spectral_norm_divides_by_the_largest_singular_value(layer, x):
    normed = SpectralNorm(layer, generator=torch_generator(0))
    for _ in range(200):
        normed(x)
    sigma = torch.linalg.svdvals(layer.weight.flatten(1))[0]
    ours = normed.eval()(x)
    before = normed.u.clone()
    with torch.no_grad():
        layer.weight /= sigma
    torch.testing.assert_close(ours, layer(x), rtol=1e-4, atol=1e-4)
    normed(x)
    assert torch.equal(normed.u, before)


def test_spectral_norm_starts_where_the_layer_is():
    for options in ({"dtype": torch.float64}, {"device": "meta"}):
        x = torch.ones(2, 6, **options)
        y = SpectralNorm(nn.Linear(6, 4, **options), generator=torch_generator(0))(x)
        assert (y.dtype, y.device) == (x.dtype, x.device)


def test_spectral_norm_learns_as_torchs_does():
    ours, theirs = nn.Linear(6, 4), torch.nn.Linear(6, 4)
    theirs.load_state_dict(ours.state_dict())
    normed = SpectralNorm(ours, generator=torch_generator(0))
    parametrised = torch.nn.utils.parametrizations.spectral_norm(theirs, n_power_iterations=300)
    for _ in range(300):
        normed(torch.ones(1, 6))
    x = torch.randn(5, 6, generator=torch_generator(1))
    normed(x).square().sum().backward()
    parametrised(x).square().sum().backward()
    expected = theirs.parametrizations.weight.original.grad
    torch.testing.assert_close(ours.weight.grad, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GAN(*players(), 3, loss="least squares"), "non-saturating"),
        (lambda: GAN(*players(), 3, r1=-1.0), "r1 of at least 0"),
        (lambda: WGANGP(*players(), 3, penalty=math.nan), "penalty of at least 0"),
        (lambda: UnrolledGAN(*players(), 3, unrolled_steps=-1), "unrolled_steps of at least 0, got -1"),
    ],
    ids=["loss", "r1", "penalty", "steps"],
)
def test_options_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()
