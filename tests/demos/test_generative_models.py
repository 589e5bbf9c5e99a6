"""The demos of lecture 14: the mathematics against sums and quadrature, the words against the numbers."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.demos import generative_models as demos
from course_lib.demos.generative_models import CodePlane, CodeWalk, PixelByPixel, TwoSamples
from course_lib.models import FVSBN, VAE, elbo, importance_weighted_log_likelihood


def numbers(text: str) -> list[float]:
    return [float(x) for x in re.findall(r"-?\d+\.?\d*", text.replace("−", "-"))]


@pytest.fixture(scope="module")
def vae():
    return demos.small_vae(epochs=3)


@pytest.fixture(scope="module")
def digits():
    return demos.binary_digits()


@pytest.fixture(scope="module")
def drawing():
    return PixelByPixel(demos.small_models(epochs=1))


@pytest.fixture(scope="module")
def walk(vae):
    return CodeWalk(vae)


class TestPixelByPixel:
    def test_default_models_know_digits(self, digits):
        _, X_test, _ = digits
        nats = {name: -net.log_likelihood(X_test).mean().item() for name, net in demos.small_models().items()}
        assert 24 < nats["independent pixels"] < 25.5
        assert nats["FVSBN"] < 20

    def test_the_whole_picture_costs_its_log_likelihood(self, drawing):
        drawing.set(pixels=64, draw=3, model="FVSBN")
        net = drawing.models["FVSBN"]
        x = net.sample(1, generator=torch_generator(3))
        assert f"{-net.log_likelihood(x).item():.1f} nats" in drawing.caption

    def test_futures_begin_alike(self, drawing):
        drawing.set(pixels=0)
        open_at_first = numbers(drawing.caption)[-1]
        drawing.set(pixels=60)
        assert numbers(drawing.caption)[-1] <= 4 < open_at_first

    def test_independent_pixels_do_not_care(self, drawing):
        net = drawing.models["independent pixels"]
        x = torch.stack([torch.zeros(64), torch.ones(64)])
        with torch.no_grad():
            first, second = net.conditional(x)
        torch.testing.assert_close(first, second)

    def test_models_are_handed_in(self):
        demo = PixelByPixel({"fair coins": FVSBN(64)})
        assert demo.controls["model"].options == ("fair coins",)
        demo.set(pixels=10)
        assert f"{10 * np.log(2):.1f} nats" in demo.caption

    def test_unknown_pixels_are_blue(self):
        colors = demos.ink(torch.ones(64), torch.arange(64) < 8)
        np.testing.assert_array_equal(colors[0], 0)
        np.testing.assert_array_equal(colors[1:].reshape(-1, 3), [demos.UNKNOWN] * 56)


class TestCodePlane:
    def test_sum_over_the_plane_is_the_likelihood(self, vae, digits):
        x = digits[1][:1]
        many = importance_weighted_log_likelihood(vae, x, 3000, generator=torch_generator(0))
        assert CodePlane(vae).log_likelihood(x) == pytest.approx(float(many), abs=0.1)

    def test_bill_is_the_bound(self, vae, digits):
        x = digits[1][:1]
        with torch.no_grad():
            bill = CodePlane(vae).bill(x, *vae.encode(x))
            bound = elbo(vae, x.expand(5000, -1), generator=torch_generator(0))
        assert bill.reconstruction == pytest.approx(-float(bound.reconstruction.mean()), abs=0.2)
        assert bill.kl == pytest.approx(float(bound.kl[0]), rel=1e-5)
        assert bill.reconstruction + bill.kl >= bill.exact - 0.01

    def test_without_information_the_posterior_is_the_prior(self):
        vae = VAE([64, 8, 2], generator=torch_generator(0))
        with torch.no_grad():
            vae.decoder.layers[-1].weight.zero_()
            vae.decoder.layers[-1].bias.zero_()
        plane, x = CodePlane(vae), torch.ones(1, 64)
        assert plane.log_likelihood(x) == pytest.approx(-64 * np.log(2), abs=1e-3)
        radius = np.hypot(*plane.region(x))
        np.testing.assert_allclose(radius[np.isfinite(radius)], np.sqrt(2 * np.log(20)), atol=0.05)
        bill = plane.bill(x, torch.zeros(1, 2), torch.zeros(1, 2))
        assert bill.kl == 0
        assert bill.reconstruction == pytest.approx(bill.exact, abs=1e-3)

    def test_quadrature(self):
        z = demos.NODES.double()
        w = demos.NODE_WEIGHTS.double()
        assert float(w.sum()) == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(w @ z**2, 1, atol=1e-5)
        assert float(w @ z[:, 0] ** 4) == pytest.approx(3, abs=1e-4)


class TestCodeWalk:
    def test_bars_are_the_bill(self, walk):
        walk.reset()
        costs = [bar.get_height() for bar in walk.bars]
        assert costs[2] == pytest.approx(costs[0] + costs[1])
        assert costs[2] > costs[3]
        assert numbers(walk.caption)[1:4] == pytest.approx(costs[:3], abs=0.051)

    def test_a_narrower_guess_pays_for_the_code(self, walk):
        walk.reset()
        before = [bar.get_height() for bar in walk.bars]
        walk.set(spread=0.5)
        after = [bar.get_height() for bar in walk.bars]
        assert after[1] > before[1]
        assert after[3] == before[3]

    def test_by_hand_the_guess_follows_the_star(self, walk):
        walk.reset()
        walk.set(q=demos.HAND, z1=1.0, z2=-0.5)
        np.testing.assert_allclose(np.mean(walk.ellipse.get_data(), axis=1), [1.0, -0.5], atol=0.05)
        walk.set(q=demos.ENCODER)
        with torch.no_grad():
            mean, _ = walk.vae.encode(walk.X[3:4])
        np.testing.assert_allclose(np.mean(walk.ellipse.get_data(), axis=1), mean[0], atol=0.05)


class TestTwoSamples:
    @pytest.mark.parametrize("pair", demos.PAIRS)
    def test_no_difference_at_zero(self, pair):
        x, y = demos.PAIRS[pair](0.0, 4000, np.random.default_rng(0))
        np.testing.assert_allclose(x.mean(axis=0), y.mean(axis=0), atol=0.1)
        np.testing.assert_allclose(np.cov(x.T), np.cov(y.T), atol=0.15)

    def test_shapes_differ_without_mean_or_covariance(self):
        _, y = demos.ringed(1.0, 20_000, np.random.default_rng(0))
        np.testing.assert_allclose(y.mean(axis=0), 0, atol=0.03)
        np.testing.assert_allclose(np.cov(y.T), np.eye(2), atol=0.03)

    def test_a_mode_is_missing(self):
        _, y = demos.without_a_mode(1.0, 500, np.random.default_rng(0))
        assert y.shape == (500, 2)
        assert y[:, 0].max() < 1.7

    @pytest.mark.parametrize(
        ("pair", "amount", "mean", "classifier"),
        [
            ("their widths", 0.0, "do not reject", "do not reject"),
            ("their means", 1.0, "reject", "reject"),
            ("their shapes only", 1.0, "do not reject", "reject"),
        ],
    )
    def test_verdicts(self, pair, amount, mean, classifier):
        demo = TwoSamples()
        demo.set(pair=pair, amount=amount, n=400, draw=3)
        first, second = demo.caption.split("A classifier")
        assert first.split(": ")[1] == f"{mean}. "
        assert second.split(": ")[1].startswith(classifier + " ")
