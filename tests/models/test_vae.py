"""Variational autoencoders: closed forms against Monte Carlo and torch, bounds against integrals that can be done."""

from __future__ import annotations

import math

import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, load_digits
from course_lib.models import (
    VAE,
    ConditionalVAE,
    elbo,
    gaussian_kl,
    importance_weighted_log_likelihood,
    reparameterize,
)
from course_lib.optim import Adam
from course_lib.training import fit_own_loss


def test_kl_is_torchs_and_monte_carlos(device):
    g = torch_generator(0)
    mean, log_var = (torch.randn(4, 3, generator=g, dtype=torch.float64).to(device) for _ in range(2))
    q = torch.distributions.Normal(mean, (log_var / 2).exp())
    p = torch.distributions.Normal(torch.zeros_like(mean), 1.0)
    ours = gaussian_kl(mean, log_var)
    torch.testing.assert_close(ours, torch.distributions.kl_divergence(q, p).sum(1))
    z = reparameterize(mean.cpu().expand(20_000, 4, 3), log_var.cpu().expand(20_000, 4, 3), g).to(device)
    sampled = (q.log_prob(z) - p.log_prob(z)).sum(2).mean(0)
    torch.testing.assert_close(ours, sampled, rtol=0.03, atol=0.03)


def test_kl_of_nearly_the_prior_keeps_its_digits():
    """1e-8 of variance too much costs 1e-16 / 4: what exp(x) - 1 - x would round away."""
    tiny = torch.tensor([1e-6], dtype=torch.float64)
    assert gaussian_kl(torch.zeros(1, dtype=torch.float64), tiny).item() == pytest.approx(2.5e-13, rel=1e-3)


def test_reparameterised_draws_carry_gradients_to_mean_and_variance():
    mean = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    log_var = torch.tensor([math.log(9.0)], dtype=torch.float64, requires_grad=True)
    z = reparameterize(mean, log_var, torch_generator(0))
    epsilon = torch.randn(1, generator=torch_generator(0), dtype=torch.float64)
    torch.testing.assert_close(z, 2 + 3 * epsilon)
    z.backward()
    assert mean.grad.item() == 1
    assert log_var.grad.item() == pytest.approx(3 * epsilon.item() / 2)


class Linear(nn.Module):
    """x = W z + noise, with the true posterior made worse on purpose: everything about it can be computed."""

    def __init__(self, spoil: float) -> None:
        super().__init__()
        self.W = torch.tensor([[1.0, 0.5], [0.0, 2.0], [-1.0, 1.0]], dtype=torch.float64)
        self.spoil = spoil

    def encode(self, x):
        precision = torch.eye(2, dtype=torch.float64) + self.W.T @ self.W
        mean = torch.linalg.solve(precision, (x @ self.W).T).T
        log_var = -precision.diagonal().log().expand(len(x), 2)
        return mean + self.spoil, log_var

    def log_prob(self, x, z):
        return torch.distributions.Normal(z @ self.W.T, 1.0).log_prob(x).sum(1)

    def log_evidence(self, x):
        covariance = self.W @ self.W.T + torch.eye(3, dtype=torch.float64)
        zero = torch.zeros(3, dtype=torch.float64)
        return torch.distributions.MultivariateNormal(zero, covariance).log_prob(x)


@pytest.mark.parametrize("spoil", [0.0, 0.3])
def test_more_draws_bring_the_bound_up_to_the_evidence(spoil):
    model = Linear(spoil)
    x = torch.tensor([[1.0, -1.0, 0.5]], dtype=torch.float64).repeat(4000, 1)
    g, truth = torch_generator(0), model.log_evidence(x)[0].item()
    bounds = [importance_weighted_log_likelihood(model, x, k, generator=g).mean().item() for k in (1, 4, 64)]
    assert bounds[0] < bounds[1] < bounds[2] < truth + 0.01
    assert bounds[2] == pytest.approx(truth, abs=0.03)
    assert bounds[0] == pytest.approx(elbo(model, x, generator=g).total.mean().item(), abs=0.05)


def test_the_elbo_lacks_exactly_the_divergence_from_the_posterior():
    model = Linear(0.3)
    x = torch.tensor([[1.0, -1.0, 0.5]], dtype=torch.float64)
    mean, log_var = model.encode(x)
    precision = torch.eye(2, dtype=torch.float64) + model.W.T @ model.W
    posterior = torch.distributions.MultivariateNormal(mean[0] - 0.3, precision_matrix=precision)
    q = torch.distributions.MultivariateNormal(mean[0], log_var[0].exp().diag())
    gap = torch.distributions.kl_divergence(q, posterior)
    bound = elbo(model, x.repeat(40_000, 1), generator=torch_generator(0)).total.mean()
    torch.testing.assert_close(bound + gap, model.log_evidence(x)[0], atol=0.03, rtol=0)


def test_the_terms_of_a_vae_by_hand(device):
    vae = VAE([6, 5, 2], generator=torch_generator(0)).to(device)
    x = (torch.rand(3, 6, generator=torch_generator(1)) > 0.5).float().to(device)
    terms = elbo(vae, x, generator=torch_generator(2, device))
    mean, log_var = vae.encoder(x)[:, :2], vae.encoder(x)[:, 2:]
    epsilon = torch.randn(3, 2, generator=torch_generator(2, device), device=device)
    p = vae.decode(mean + (log_var / 2).exp() * epsilon)
    expected = torch.distributions.Bernoulli(p).log_prob(x).sum(1)
    torch.testing.assert_close(terms.reconstruction, expected)
    torch.testing.assert_close(terms.kl, gaussian_kl(mean, log_var))
    torch.testing.assert_close(terms.total, terms.reconstruction - terms.kl)


def test_the_loss_draws_from_the_generator_given():
    x = torch.rand(3, 6, generator=torch_generator(1))
    a, b = (VAE([6, 5, 2], generator=torch_generator(0)) for _ in range(2))
    assert torch.equal(a.loss(x), b.loss(x))
    assert not torch.equal(a.loss(x), a.loss(x))


def test_noise_follows_the_model_to_another_device():
    """The generator that drew the initial weights stays where it is."""
    vae = VAE([6, 5, 2], generator=torch_generator(0)).to("meta")
    x = torch.zeros(3, 6, device="meta")
    assert vae.loss(x).device == vae.sample(2, generator=torch_generator(1)).device == x.device


def test_images_keep_their_axes():
    """Networks that return images are summed over channels and pixels."""
    from course_lib.models import LatentVariableModel

    decoder = nn.Sequential(nn.Linear(2, 4), Reshape(1, 2, 2))
    model = LatentVariableModel(nn.Sequential(nn.Flatten(), nn.Linear(4, 4)), decoder, 2)
    x = torch.ones(5, 1, 2, 2)
    assert elbo(model, x).total.shape == (5,)
    assert model.sample(3).shape == (3, 1, 2, 2)


class Reshape(nn.Module):
    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(-1, *self.shape)


def test_training_raises_the_bound_of_digits_it_has_not_seen():
    digits = load_digits()
    vae = VAE([64, 64, 2], generator=torch_generator(0))
    before = elbo(vae, digits.X_test, generator=torch_generator(1)).total.mean().item()
    data = Minibatches(digits.X_train, batch_size=64, generator=torch_generator(0))
    fit_own_loss(vae, data, Adam(vae.parameters(), lr=3e-3), epochs=5, progress=False)
    after = elbo(vae, digits.X_test, generator=torch_generator(1)).total.mean().item()
    assert before < -40
    assert after > -31


def test_a_conditional_vae_draws_the_class_it_is_told():
    """Two classes, two images: the class says all, so the code should say nothing."""
    images = torch.tensor([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    y = torch.arange(64) % 2
    vae = ConditionalVAE([4, 16, 2], 2, generator=torch_generator(0))
    data = Minibatches(images[y], y, batch_size=64, generator=torch_generator(0))
    fit_own_loss(vae, data, Adam(vae.parameters(), lr=3e-2), epochs=200, progress=False)
    drawn = vae.sample(2, torch.tensor([0, 1]), generator=torch_generator(1))
    assert torch.equal((drawn > 0.5).float(), images)
    assert elbo(vae, images[y], y, generator=torch_generator(1)).kl.mean().item() < 0.05


@pytest.mark.parametrize("make", [VAE, lambda sizes: ConditionalVAE(sizes, 10)], ids=["VAE", "ConditionalVAE"])
@pytest.mark.parametrize("sizes", [[], [64], [64, 0]], ids=str)
def test_sizes_must_make_a_model(make, sizes):
    with pytest.raises(ValueError, match="at least two positive sizes"):
        make(sizes)


def test_shapes_and_numbers_of_draws_are_checked():
    for function in (gaussian_kl, reparameterize):
        with pytest.raises(ValueError, match="mean and log_var of one shape"):
            function(torch.zeros(2), torch.zeros(3))
    with pytest.raises(ValueError, match="num_samples of at least 1, got 0"):
        importance_weighted_log_likelihood(Linear(0.0), torch.zeros(1, 3), 0)
    with pytest.raises(TypeError, match="as a torch tensor"):
        elbo(VAE([3, 1]), [[0.0, 0.0, 0.0]])
