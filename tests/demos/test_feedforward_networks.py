"""The mathematics behind the demos of lecture 06, and what they say at the ends of their sliders."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
import sklearn.linear_model
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.demos import feedforward_networks as demos
from course_lib.models import count_linear_regions


class TestXORHiddenSpace:
    def test_output_is_the_least_squares_fit(self, rng):
        H, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
        w, b = demos.best_linear_output(H, y)
        oracle = sklearn.linear_model.LinearRegression().fit(H, y)
        np.testing.assert_allclose(w, oracle.coef_)
        assert b == pytest.approx(oracle.intercept_)

    def test_starts_with_the_solution_of_the_lecture(self):
        demo = demos.XORHiddenSpace()
        assert demo.caption.endswith("XOR is solved exactly.")
        w, b = demos.best_linear_output(np.array([[0.0, 0], [1, 0], [1, 0], [2, 1]]), demos.XOR_Y)
        np.testing.assert_allclose([*w, b], [1, -2, 0], atol=1e-12)

    def test_no_linear_hidden_layer_helps(self, rng):
        demo = demos.XORHiddenSpace()
        demo.set(unit="none (linear)")
        for weights in rng.integers(-3, 4, (20, 6)) / 2:
            demo.set(**dict(zip(("w11", "w12", "w21", "w22", "c1", "c2"), weights, strict=True)))
            assert demo.caption.endswith("one half everywhere.")

    def test_a_poor_hidden_layer_is_called_so(self):
        demo = demos.XORHiddenSpace()
        demo.set(c2=0.0)  # both units alike: one feature, x₁ + x₂
        assert "0.50, 0.50, 0.50, 0.50" in demo.caption

    def test_points_of_both_planes_stand_where_the_layer_puts_them(self):
        demo = demos.XORHiddenSpace()
        places = np.array([point.get_xydata()[0] for point in demo.points])
        np.testing.assert_array_equal(places[:4], demos.XOR_X)
        np.testing.assert_array_equal(places[4:], [[0, 0], [1, 0], [1, 0], [2, 1]])
        assert [words.get_text() for words in demo.words[4:]] == ["(0, 0)", "(0, 1), (1, 0)", "", "(1, 1)"]


class TestActivationExplorer:
    @pytest.mark.parametrize("name", demos.UNITS)
    def test_derivative_is_the_slope(self, name, rng):
        unit = demos.UNITS[name](0.25, 4)
        z = rng.uniform(-4, 4, 60)  # no corner among them
        _, derivative = demos.value_and_derivative(unit, z)
        quotient = (
            demos.value_and_derivative(unit, z + 1e-6)[0] - demos.value_and_derivative(unit, z - 1e-6)[0]
        ) / 2e-6
        np.testing.assert_allclose(derivative, quotient, atol=1e-6)

    def test_every_unit_has_its_formula(self):
        assert set(demos.FORMULAS) == set(demos.UNITS)

    @pytest.mark.parametrize("pieces", [1, 2, 3, 8])
    def test_tangents_touch_the_parabola_from_below(self, pieces):
        z = np.linspace(-4, 4, 801)
        lines = demos.parabola_tangents(pieces) @ np.stack([z, np.ones_like(z)])
        assert (lines <= z**2 / 2 + 1e-12).all()
        for slope, intercept in demos.parabola_tangents(pieces):
            assert slope * slope + intercept == pytest.approx(slope**2 / 2)
        value, _ = demos.value_and_derivative(demos.parabola_maxout(pieces), z)
        np.testing.assert_allclose(value, lines.max(axis=0))

    def test_slope_and_name_follow_each_other(self):
        demo = demos.ActivationExplorer()
        demo.set(unit="absolute value")
        assert demo.values["slope"] == -1
        demo.set(slope=0.5)
        assert demo.values["unit"] == "PReLU"
        demo.set(slope=0.01)
        assert demo.values["unit"] == "leaky ReLU"
        demo.set(unit="tanh", slope=-1.0)
        assert demo.values["unit"] == "tanh"

    def test_saturation_is_told(self):
        demo = demos.ActivationExplorer()
        demo.set(unit="sigmoid", input=4.0)
        assert "Saturated" in demo.caption
        demo.set(input=0.0)
        assert "derivative 0.25. It passes gradient back" in demo.caption
        demo.set(unit="ReLU", input=2.0)
        assert "50% of the range shown is saturated" in demo.caption

    def test_a_jump_is_drawn_as_a_gap(self):
        np.testing.assert_array_equal(demos.broken_at_jumps(np.array([0.0, 0.0, 1.0, 1.0])), [0, np.nan, 1, 1])


class TestBumps:
    @pytest.mark.parametrize("unit", ["step", "sigmoid", "ReLU"])
    @pytest.mark.parametrize("target", demos.TARGETS)
    def test_bumps_add_up_to_the_output(self, unit, target):
        network = demos.bump_network(demos.TARGETS[target], 12, unit, 100.0)
        x = np.linspace(0, 1, 301)
        np.testing.assert_allclose(network.bumps(x).sum(axis=0), network(x), atol=1e-9)
        assert len(network.places) == len(network.weights) == 12

    def test_relu_network_is_the_broken_line_through_the_function(self):
        f = demos.TARGETS["chirp"]
        x, nodes = np.linspace(0, 1, 301), np.linspace(0, 1, 11)
        np.testing.assert_allclose(demos.bump_network(f, 10, "ReLU", 1.0)(x), np.interp(x, nodes, f(nodes)), atol=1e-9)

    def test_steps_are_the_function_at_the_middles(self):
        f = demos.TARGETS["wave"]
        middles = (np.arange(9) + 0.5) / 9
        np.testing.assert_allclose(demos.bump_network(f, 10, "step", 1.0)(middles), f(middles), atol=1e-12)

    @pytest.mark.parametrize(("unit", "factor"), [("step", 2), ("ReLU", 4)])
    def test_error_falls_as_the_caption_says(self, unit, factor):
        f, x = demos.TARGETS["wave"], np.linspace(0, 1, 2001)
        coarse, fine = (np.abs(demos.bump_network(f, n, unit, 1.0)(x) - f(x)).max() for n in (33, 65))
        assert coarse / fine == pytest.approx(factor, rel=0.1)

    def test_a_jump_stays_out_of_reach(self):
        demo = demos.BumpsToFunction()
        for units in (8, 128):
            demo.set(target="jump", unit="sigmoid", units=units)
            assert float(re.search(r"largest error is (\d\.\d+)", demo.caption)[1]) > 0.5


class TestFoldingRegions:
    @pytest.mark.parametrize(("width", "depth"), list(itertools.product((2, 3, 5), (1, 2, 3))))
    def test_folding_one_input(self, width, depth):
        net = demos.folding_network(1, width, depth)
        assert count_linear_regions(net, torch.tensor([[0.0], [1.0]])) == width**depth
        x = np.linspace(0, 1, width**depth + 1)
        np.testing.assert_allclose(demos.outputs(net, x[:, None]), np.arange(len(x)) % 2, atol=1e-9)

    @pytest.mark.parametrize(("width", "depth"), [(2, 2), (4, 1), (4, 2), (5, 2)])
    def test_folding_two_inputs(self, width, depth):
        pieces = ((width - width // 2) * (width // 2)) ** depth
        assert len(demos.counted_regions("folding, two inputs", depth, width, 1)) == pieces

    @pytest.mark.parametrize("network", [name for name in demos.NETWORKS if name.startswith("random")])
    def test_random_networks_keep_to_the_bound_and_the_frame(self, network):
        inputs, make = demos.NETWORKS[network]
        for depth, draw in itertools.product((1, 2, 3), (1, 2)):
            assert len(demos.counted_regions(network, depth, 4, draw)) <= demos.most_regions(inputs, 4, depth)
            values = demos.outputs(make(inputs, 4, depth, draw), np.random.default_rng(0).random((500, inputs)))
            assert -0.2 < values.min() < values.max() < 1.2

    def test_one_random_layer_reaches_its_bound_on_a_line(self):
        assert len(demos.counted_regions("random, one input", 1, 5, 1)) == demos.most_regions(1, 5, 1)

    @pytest.mark.parametrize(("lines", "pieces"), [(1, 2), (2, 4), (3, 7), (4, 11)])
    def test_lines_in_the_plane(self, lines, pieces):
        assert demos.most_regions(2, lines, 1) == pieces

    def test_caption_counts(self):
        demo = demos.FoldingRegions()
        demo.set(network="folding, one input", width=4, depth=3)
        assert "12 hidden units in 3 layers cut the inputs shown into 64 pieces" in demo.caption
        assert "more than 125; one layer of as many units makes at most 13" in demo.caption

    def test_a_crowd_of_bends_is_not_drawn(self):
        demo = demos.FoldingRegions()
        assert demo.bends.get_visible()
        demo.set(width=5, depth=4)
        assert not demo.bends.get_visible()


class TestExperiments:
    def test_loss_after_training_falls_and_repeats(self):
        x = torch.linspace(-1, 1, 21)[:, None]
        losses = [demos.loss_after_training((1, 8, 1), nn.Tanh, x, x, seed=0) for _ in range(2)]
        assert losses[0] == losses[1] < 0.01

    def test_wirings(self):
        """At depth 1 chain and plain torch agree; dense wiring reads everything that came before."""
        length, parameters = demos.nudge_through("chain", 1, width=3)
        generator = torch_generator(0)
        x = torch.randn(50, 3, generator=generator)
        hidden, output = (nn.Linear(m, n, generator=generator) for m, n in ((3, 3), (3, 1)))
        slopes = 1 - torch.tanh(hidden(x)) ** 2
        gradient = (slopes * output.weight) @ hidden.weight
        assert length == pytest.approx(gradient.norm(dim=1).mean().item(), rel=1e-5)
        assert parameters == 12
        assert demos.nudge_through("dense", 3, width=3)[1] == sum(3 * k * 3 + 3 for k in (1, 2, 3))
        assert demos.nudge_through("skip", 2, width=3)[1] == 24
