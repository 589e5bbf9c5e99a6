"""The mathematics behind the other demos of lecture 11, and what they say at the ends of their sliders."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import load_digits
from course_lib.demos import optimization as demos


def numbers(text: str) -> list[float]:
    return [float(x) for x in re.findall(r"\d+\.?\d*(?:e[+-]?\d+)?", text.replace(",", ""))]


class TestCliff:
    def test_derivatives_are_autograds(self, rng):
        w, b = rng.uniform(3, 4.5, 20), rng.uniform(-3, -0.5, 20)
        W, B = (torch.tensor(v, requires_grad=True) for v in (w, b))
        x = torch.zeros(20, dtype=torch.float64)
        for _ in range(50):
            x = W * torch.sigmoid(x) + B
        expected = (torch.sigmoid(x) - 0.7) ** 2
        dw, db = torch.autograd.grad(expected.sum(), [W, B])
        cost, our_dw, our_db = demos.unrolled(w, b)
        np.testing.assert_allclose(cost, expected.detach().numpy(), rtol=1e-10)
        np.testing.assert_allclose(our_dw, dw.numpy(), rtol=1e-8)
        np.testing.assert_allclose(our_db, db.numpy(), rtol=1e-8)

    def test_numbers_and_arrays_agree(self):
        for w, b in ((5.5, -3.2), (3.6, -1.7)):
            together = [v[0] for v in demos.unrolled(np.array([w]), np.array([b]))]
            np.testing.assert_allclose(demos.unrolled(w, b, math.tanh), together, rtol=1e-12)

    def test_the_star_is_at_a_minimum(self):
        cost, dw, db = demos.unrolled(*demos.LOWEST, math.tanh)
        assert cost < 1e-6
        assert math.hypot(dw, db) < 1e-3

    def test_clipping_is_torchs(self):
        walk = demos.clipped_descent(5.5, -3.2, 0.7, 0.1, 30)
        p = torch.tensor([5.5, -3.2], dtype=torch.float64)
        for k in range(30):
            _, dw, db = demos.unrolled(*p.tolist(), math.tanh)
            p.grad = torch.tensor([dw, db], dtype=torch.float64)
            size = torch.nn.utils.clip_grad_norm_([p], 0.1)
            assert walk.size[k] == pytest.approx(size.item(), rel=1e-3)
            p -= 0.7 * p.grad
            np.testing.assert_allclose(walk.path[k + 1], p.numpy(), atol=1e-3)

    def test_no_step_is_longer_than_allowed(self):
        walk = demos.clipped_descent(5.5, -3.2, 1.0, 0.1, 150)
        assert np.linalg.norm(np.diff(walk.path, axis=0), axis=1).max() <= 0.1 + 1e-12
        free = demos.clipped_descent(5.5, -3.2, 1.0, math.inf, 150)
        np.testing.assert_allclose(np.linalg.norm(np.diff(free.path, axis=0), axis=1), free.size, atol=1e-12)
        assert free.size.max() > 5

    @pytest.mark.parametrize("start", [(5.5, -3.2), (6.0, -1.0), (6.5, -3.5)])
    def test_clipped_descent_arrives_and_the_other_does_not(self, start):
        assert demos.clipped_descent(*start, 1.0, 0.1, 150).cost[-1] < 0.006
        assert demos.clipped_descent(*start, 1.0, math.inf, 150).cost[-1] > 0.05

    def test_caption(self):
        demo = demos.Cliff()
        steps, rate, free, clipped, limit, longest, step, _ = numbers(demo.caption)
        assert (steps, rate, limit) == (150, 1, 0.1)
        assert free > 0.05 > 0.006 > clipped
        assert longest == pytest.approx(6.71, abs=0.01)
        assert 0 < step <= 150
        demo.set(threshold=math.inf)
        assert "the same without a limit" in demo.caption
        np.testing.assert_array_equal(demo.paths[0].get_xydata(), demo.paths[1].get_xydata())


class TestSignalByDepth:
    def test_gradients_are_those_of_a_torch_network(self):
        generator = torch_generator(0)
        weights = [torch.randn(5, 5, generator=generator, dtype=torch.float64) for _ in range(3)]
        x, g = torch.randn(2, 4, 5, generator=generator, dtype=torch.float64)
        layers, gradients = demos.propagate(weights, nn.Tanh, x, g)
        h, outputs = x, []
        for W in weights:
            h = torch.tanh(torch.nn.functional.linear(h, W.requires_grad_()))
            h.retain_grad()
            outputs.append(h)
        h.backward(g)
        for ours, theirs, gradient in zip(layers, outputs, gradients, strict=True):
            torch.testing.assert_close(ours, theirs.detach())
            torch.testing.assert_close(gradient, theirs.grad)

    @pytest.mark.parametrize(
        ("scheme", "activation", "factor"),
        [
            ("1/√N", "none (linear)", 1 / 3),
            ("Xavier", "none (linear)", 1),
            ("He", "none (linear)", 2),
            ("orthogonal", "none (linear)", 1),
            ("N(0, 0.01²)", "none (linear)", 0.01),
            ("Xavier", "ReLU", 1 / 2),
            ("He", "ReLU", 1),
            ("1/√N", "ReLU", 1 / 6),
        ],
    )
    def test_variance_per_layer(self, scheme, activation, factor):
        demo = demos.SignalByDepth()
        demo.set(scheme=scheme, activation=activation, depth=20)
        up, down = demo.forward.get_ydata(), demo.backward.get_ydata()
        changes = np.diff(np.log(up[up > 1e-6])), -np.diff(np.log(down[down > 1e-6]))
        for change in changes:
            assert np.exp(2 * change.mean()) == pytest.approx(factor, rel=0.15)

    def test_scale_multiplies_in_every_layer(self):
        demo = demos.SignalByDepth()
        sizes = {}
        for factor in (0.5, 1.0, 2.0):
            demo.set(scheme="orthogonal", activation="none (linear)", factor=factor, depth=10)
            sizes[factor] = demo.forward.get_ydata()[-1]
        assert sizes[2.0] / sizes[1.0] == pytest.approx(2**10)
        assert sizes[1.0] / sizes[0.5] == pytest.approx(2**10)

    def test_the_same_weights_whenever_a_scheme_is_chosen(self):
        first, second = demos.SignalByDepth(), demos.SignalByDepth()
        second.set(scheme="He")
        second.set(scheme="Xavier", depth=40)
        second.set(depth=20)
        assert second.caption == first.caption

    def test_histograms_are_of_the_layers_they_name(self):
        demo = demos.SignalByDepth()
        demo.set(depth=40)
        assert [t.get_text() for t in demo.titles] == [f"layer {k}" for k in (1, 11, 21, 30, 40)]
        assert all(bar.get_data().values.max() == 1 for bar in demo.bars)

    def test_dead_signals_are_told(self):
        demo = demos.SignalByDepth()
        demo.set(scheme="N(0, 0.01²)", depth=40)
        assert "a factor of 0.10 from layer to layer" in demo.caption
        assert demo.forward.get_ydata().min() > 0


class TestDeepNet:
    @pytest.mark.parametrize("depth", [1, 4])
    def test_same_first_weights_with_batch_norm_or_without(self, depth):
        plain, normal = (demos.deep_net(depth, nn.ReLU, 0.5, batch_norm) for batch_norm in (False, True))
        pairs = [[layer.weight for layer in net if isinstance(layer, nn.Linear)] for net in (plain, normal)]
        for ours, theirs in zip(*pairs, strict=True):
            torch.testing.assert_close(ours, theirs)
        assert sum(isinstance(layer, nn.BatchNorm1d) for layer in normal) == depth
        assert all(layer.bias is None for layer in list(normal)[:-1] if isinstance(layer, nn.Linear))

    def test_spreads_are_of_what_enters_the_units(self):
        net, x = demos.deep_net(3, nn.Tanh, 1.0, batch_norm=False), load_digits().X_train[:50]
        logits, spread = demos.forward_with_spreads(net, x)
        torch.testing.assert_close(logits, net(x))
        expected = [net[:k](x).std(dim=0).mean().item() for k in (1, 3, 5)]
        np.testing.assert_allclose(spread, expected, rtol=1e-5)

    def test_batch_norm_keeps_the_spread_at_one(self):
        _, spread = demos.forward_with_spreads(
            demos.deep_net(6, nn.ReLU, 4.0, batch_norm=True), load_digits().X_train[:256]
        )
        assert ((spread > 0.8) & (spread < 1.01)).all()  # less than 1 where pixels are the same in all digits


class TestWithBatchNorm:
    def test_survives_small_first_weights(self):
        demo = demos.WithBatchNorm()
        demo.set(scale=0.25)
        for _ in range(60):
            demo.step()
        _, plain, normal = np.array(demo.costs[-10:]).mean(axis=0)
        assert plain > 2.2
        assert normal < 0.7
        assert "plain costs 2.3" in demo.caption

    def test_overflow_is_told(self):
        demo = demos.WithBatchNorm()
        demo.set(scale=4.0, rate=3.0)
        for _ in range(10):
            demo.step()
        assert "plain has overflowed" in demo.caption
        assert "with batch norm costs" in demo.caption

    def test_ends(self):
        demo = demos.WithBatchNorm()
        demo.set(depth=1)
        demo.costs *= demo.most // demo.steps_per_frame - 1
        assert demo.step() is False

    def test_same_controls_same_training(self):
        demo = demos.WithBatchNorm()
        demo.set(depth=2)
        demo.step()
        first = list(demo.costs)
        demo.start_over()
        demo.step()
        assert demo.costs == first


class TestRateFinder:
    def test_steepest_fall_before_the_minimum(self):
        rates, losses = np.array([1.0, 2.0, 4.0, 8.0, 16.0]), np.array([3.0, 2.9, 2.0, 1.8, 9.0])
        assert demos.steepest(rates, losses, span=1) == 4
        assert demos.steepest(rates, losses + np.array([0, 0, 0, 0, -20.0]), span=1) == 16
        assert demos.steepest(rates, np.arange(5.0)) == 1

    def test_a_jump_of_the_first_averages_is_no_fall(self):
        rates = np.geomspace(1e-4, 10, 60)
        losses = 1 / (1 + (rates / 0.1) ** 2)
        losses[0] += 0.15
        assert 0.05 < demos.steepest(rates, losses) < 0.2

    @pytest.mark.parametrize("network", demos.NETWORKS)
    def test_told_rate_lies_on_the_slope(self, network):
        demo = demos.RateFinder()
        demo.set(network=network)
        rates, losses = demo.sweeps[network, "SGD"]
        assert rates[losses.argmin()] / 10 < demo.fastest.get_xdata()[0] < rates[losses.argmin()]

    def test_sweeps_are_those_of_the_finder(self):
        demo = demos.RateFinder()
        rates, losses = demo.sweeps["2 hidden layers", "SGD"]
        assert rates[0] == pytest.approx(1e-4)
        assert losses.min() < losses[0] - 0.2
        assert 0.1 < rates[losses.argmin()] < 5
        np.testing.assert_array_equal(demo.swept.get_xdata(), rates)

    def test_a_sweep_is_made_once(self):
        demo = demos.RateFinder()
        demo.set(rate=0.3)
        demo.set(optimizer="Adam")
        demo.set(optimizer="SGD")
        assert set(demo.sweeps) == {("2 hidden layers", "SGD"), ("2 hidden layers", "Adam")}

    def test_training_goes_at_the_chosen_rate(self):
        costs = {}
        for rate in (0.001, 0.3):
            demo = demos.RateFinder()
            demo.set(rate=rate)
            assert demo.stepper.param_groups[0]["lr"] == rate
            for _ in range(40):
                demo.step()
            costs[rate] = np.mean(demo.costs[-10:])
            assert f"After 82 steps at rate {rate:g} the cost is now {costs[rate]:.3f}." in demo.caption
        assert costs[0.3] < 0.5 < 2.2 < costs[0.001]

    def test_ends(self):
        demo = demos.RateFinder()
        demo.costs *= demo.most // len(demo.costs) - 1
        assert demo.step() is False
        demo.start_over()
        demo.costs.append(math.nan)
        demo.advance = lambda **_: None
        assert "overflowed" in demo.update(**demo.values)
