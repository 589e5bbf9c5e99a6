"""Attacks against closed forms of linear models and against torch's cross-entropy; virtual adversarial loss against the
eigenvector it looks for and its definition."""

import numpy as np
import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.regularization import fgsm, pgd, virtual_adversarial_loss

CLASSES = torch.tensor([0, 2, 1, 1])


@pytest.fixture
def x():
    return torch.rand(4, 5, generator=torch_generator(0), dtype=torch.float64)


@pytest.fixture
def network():
    g = torch_generator(1)
    layers = nn.Linear(5, 8, generator=g), nn.Tanh(), nn.Linear(8, 3, generator=g)
    return nn.Sequential(*layers).double()


def torch_gradient(model, x, y):
    x = x.clone().requires_grad_()
    torch.nn.functional.cross_entropy(model(x), y).backward()
    return x.grad


def test_fgsm_is_a_step_of_the_sign(network, x):
    expected = (x + 0.1 * torch_gradient(network, x, CLASSES).sign()).clip(0, 1)
    torch.testing.assert_close(fgsm(network, x, CLASSES, 0.1), expected, rtol=0, atol=0)


def test_fgsm_of_a_linear_model(x):
    """wᵀx falls by exactly ε‖w‖₁, however the loss bends."""
    w = torch.tensor([1.0, -2.0, 0.5, 3.0, -0.1], dtype=torch.float64)
    attacked = fgsm(lambda x: x @ w, x, torch.ones(4), 0.05, loss=lambda z, y: (-z * y).exp().mean(), bounds=None)
    torch.testing.assert_close((x - attacked) @ w, torch.full((4,), 0.05 * w.abs().sum().item(), dtype=torch.float64))


def test_probabilities_are_targets_too(network, x):
    soft = torch.rand(4, 3, generator=torch_generator(2), dtype=torch.float64)
    soft /= soft.sum(1, keepdim=True)
    expected = (x + 0.1 * torch_gradient(network, x, soft).sign()).clip(0, 1)
    torch.testing.assert_close(fgsm(network, x, soft, 0.1), expected, rtol=0, atol=0)
    hard = torch.eye(3, dtype=torch.float64)[CLASSES]
    torch.testing.assert_close(fgsm(network, x, hard, 0.1), fgsm(network, x, CLASSES, 0.1), rtol=0, atol=0)


def test_nothing_is_touched(network, x):
    before, state = x.clone(), {k: v.clone() for k, v in network.state_dict().items()}
    attacked = pgd(network, x.requires_grad_(), CLASSES, 0.1, step_size=0.05, steps=3)
    assert not attacked.requires_grad
    assert x.grad is None
    assert all(p.grad is None for p in network.parameters())
    torch.testing.assert_close(x.detach(), before)
    torch.testing.assert_close(network.state_dict(), state)
    with torch.no_grad():
        torch.testing.assert_close(pgd(network, x, CLASSES, 0.1, step_size=0.05, steps=3), attacked)


def test_the_network_is_attacked_as_it_is_used(x):
    layer = nn.Linear(5, 3, generator=torch_generator(0)).double()
    whole = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(5).double(), layer)
    whole[0].eval()
    clean = nn.Sequential(nn.BatchNorm1d(5).double().eval(), layer)
    torch.testing.assert_close(fgsm(whole, x, CLASSES, 0.1), fgsm(clean, x, CLASSES, 0.1))
    assert [part.training for part in whole] == [False, True, True]
    assert whole[1].num_batches_tracked == 0


def test_one_step_of_pgd_is_fgsm_and_many_are_worse_for_the_network(network, x):
    def loss(attacked):
        return torch.nn.functional.cross_entropy(network(attacked), CLASSES).item()

    once = fgsm(network, x, CLASSES, 0.3)
    torch.testing.assert_close(pgd(network, x, CLASSES, 0.3, step_size=0.3, steps=1), once, rtol=0, atol=0)
    many = pgd(network, x, CLASSES, 0.3, step_size=0.05, steps=30)
    assert loss(many) >= loss(once) > loss(x)


@pytest.mark.parametrize("generator", [None, 3])
def test_pgd_stays_near_and_within_bounds(network, x, generator):
    generator = None if generator is None else torch_generator(generator)
    attacked = pgd(network, x, CLASSES, 0.2, step_size=0.15, steps=4, bounds=(0.0, 1.0), generator=generator)
    assert (attacked - x).abs().max() <= 0.2 + 1e-12
    assert attacked.min() >= 0
    assert attacked.max() <= 1


def test_pgd_steps_are_the_definition(network, x):
    expected = x
    for _ in range(3):
        expected = expected + 0.08 * torch_gradient(network, expected, CLASSES).sign()
        expected = torch.clip(x + torch.clip(expected - x, -0.2, 0.2), 0, 1)
    torch.testing.assert_close(pgd(network, x, CLASSES, 0.2, step_size=0.08, steps=3), expected)


def test_a_random_start_is_uniform_in_the_box_and_seeded(network):
    x = torch.full((4, 5), 0.5, dtype=torch.float64)
    starts = pgd(network, x, CLASSES, 0.2, step_size=0.0, steps=1, generator=torch_generator(0))
    assert len(starts.unique()) == 20
    again = pgd(network, x, CLASSES, 0.2, step_size=0.0, steps=1, generator=torch_generator(0))
    torch.testing.assert_close(starts, again, rtol=0, atol=0)
    many = pgd(lambda x: x, torch.full((4000, 3), 0.1), torch.zeros(4000, dtype=int), 0.2, step_size=0, steps=1,
               generator=torch_generator(0))  # fmt: skip
    assert float(many.min()) >= 0
    assert many.mean().item() == pytest.approx(0.15, abs=0.003)


def test_attacks_refuse(network, x):
    for arguments, words in (
        ({"epsilon": -0.1}, "epsilon of at least 0 and finite, got -0.1"),
        ({"epsilon": float("nan")}, "epsilon of at least 0"),
        ({"step_size": -1}, "step_size of at least 0"),
        ({"steps": 0}, "steps of at least 1 and finite, got 0"),
        ({"bounds": (0.0, 0.5)}, r"x from 0.0 to 0.5, got .* pass bounds="),
        ({"bounds": (1.0, 0.0)}, r"bounds=\(smallest, largest\), got \(1.0, 0.0\)"),
        ({"epsilon": float("inf")}, "epsilon of at least 0 and finite, got inf"),
    ):
        with pytest.raises(ValueError, match=words):
            pgd(network, x, CLASSES, **{"epsilon": 0.1, "step_size": 0.1, "steps": 1, **arguments})
    with pytest.raises(TypeError, match="x as a torch tensor, got ndarray"):
        fgsm(network, x.numpy(), CLASSES, 0.1)
    with pytest.raises(TypeError, match="floating dtype, got torch.int64"):
        fgsm(network, x.long(), CLASSES, 0.1)
    with pytest.raises(TypeError, match="generator=torch_generator"):
        pgd(network, x, CLASSES, 0.1, step_size=0.1, steps=1, generator=np.random.default_rng(0))


def divergence(before, after):
    log_p, log_q = torch.log_softmax(before, 1), torch.log_softmax(after, 1)
    return torch.nn.functional.kl_div(log_q, log_p, reduction="none", log_target=True).sum(1)


def test_virtual_adversarial_loss_finds_the_worst_direction(x):
    """For a linear model H = Wᵀ (diag p − p pᵀ) W, whose first eigenvector power iteration must reach."""
    W = torch.randn(3, 5, generator=torch_generator(4), dtype=torch.float64)
    logits = x @ W.T
    found = virtual_adversarial_loss(
        lambda x: x @ W.T, x, epsilon=1e-3, xi=1e-4, steps=200, generator=torch_generator(0)
    )
    p = torch.softmax(logits, 1)
    H = W.T @ (torch.diag_embed(p) - p[:, :, None] * p[:, None, :]) @ W
    top = torch.linalg.eigvalsh(H)[:, -1]
    assert found.item() == pytest.approx((0.5 * 1e-6 * top).mean().item(), rel=2e-3)


def test_no_direction_is_worse_when_tried(network, x):
    found = virtual_adversarial_loss(network, x, epsilon=0.05, xi=1e-4, steps=20, generator=torch_generator(0)).item()
    directions = torch.randn(500, 4, 5, generator=torch_generator(1), dtype=torch.float64)
    directions /= directions.norm(dim=2, keepdim=True)
    with torch.no_grad():
        tried = [divergence(network(x), network(x + 0.05 * d)) for d in directions]
    assert found >= 0.99 * torch.stack(tried).amax(0).mean().item()


def test_gradient_is_that_of_the_divergence_at_a_fixed_direction(network, x):
    def found():
        return virtual_adversarial_loss(network, x, epsilon=0.5, xi=1e-3, generator=torch_generator(0))

    found().backward()
    before = network(x).detach()
    directions = []
    network.register_forward_pre_hook(lambda module, args: directions.append(args[0].detach() - x))
    found()
    (r,) = directions[-1:]
    torch.testing.assert_close(r.norm(dim=1), torch.full((4,), 0.5, dtype=torch.float64))
    network[2].weight.grad, gradient = None, network[2].weight.grad
    expected = divergence(before, network(x + r)).mean()
    torch.testing.assert_close(torch.autograd.grad(expected, network[2].weight)[0], gradient)
    assert gradient.abs().max() > 0


def test_images_and_modes():
    generator = torch_generator(0)
    network = nn.Sequential(
        nn.Conv2d(1, 2, 3, generator=generator), nn.BatchNorm2d(2), nn.ReLU(), nn.Dropout(0.5), nn.Flatten()
    )
    x = torch.rand(3, 1, 5, 5, generator=generator)
    first, again = (
        virtual_adversarial_loss(network, x, epsilon=0.5, xi=0.01, generator=torch_generator(1)) for _ in range(2)
    )
    assert first.item() == again.item() > 0
    assert network[1].num_batches_tracked == 0
    assert all(part.training for part in network)
    first.backward()
    assert network[0].weight.grad.abs().max() > 0


def test_a_flat_model_has_no_worst_direction():
    x = torch.rand(3, 2, generator=torch_generator(0))
    flat = virtual_adversarial_loss(lambda x: 0 * x, x, epsilon=1.0, xi=0.1, generator=torch_generator(0))
    assert flat.item() == 0


def test_virtual_adversarial_loss_refuses(network, x):
    for arguments, words in (
        ({"epsilon": -1}, "epsilon of at least 0"),
        ({"xi": 0}, "xi above 0, got 0"),
        ({"steps": 0}, "steps of at least 1"),
    ):
        with pytest.raises(ValueError, match=words):
            virtual_adversarial_loss(network, x, **{"epsilon": 0.1, "xi": 0.01, **arguments})
    with pytest.raises(TypeError, match="x as a torch tensor"):
        virtual_adversarial_loss(network, x.numpy(), epsilon=0.1, xi=0.1)
