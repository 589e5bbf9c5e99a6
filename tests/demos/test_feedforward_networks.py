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
from course_lib.models import MLP, count_linear_regions


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

    @pytest.mark.parametrize(("w", "b"), [((1.0, 2.0), 0.3), ((0.0, -1.0), 0.0), ((3.0, 0.0), 5.0)])
    def test_line_lies_on_its_zeros_and_crosses_the_square(self, w, b):
        ends = demos.line_through(np.array(w), b, -1, 1)
        np.testing.assert_allclose(np.array(w) @ ends + b, 0, atol=1e-12)
        assert np.hypot(*np.diff(ends)[:, 0]) > 2 * np.sqrt(2)

    def test_no_weights_no_line(self):
        assert demos.line_through(np.zeros(2), 1.0, -1, 1).shape == (2, 0)

    def test_polyline_keeps_lines_apart(self):
        lines = [np.array([[0.0, 0], [1, 1]]), np.array([[2.0, 2], [3, 3]])]
        np.testing.assert_array_equal(demos.polyline(lines)[0], [0, 1, np.nan, 2, 3, np.nan])
        assert np.isnan(demos.polyline([])).all()

    def test_contour_of_a_cone_is_a_circle(self):
        x = np.linspace(-1, 1, 101)
        lines = demos.contour_lines(x, np.hypot(x[:, None], x), 0.5)
        np.testing.assert_allclose(np.hypot(*np.concatenate(lines).T), 0.5, atol=1e-3)


class TestField:
    def test_colours_lie_where_the_values_are(self):
        """The lower left is 0, orange; the upper right is 1, blue; the middle is one half, white."""
        demo = demos.Playground()
        demo.field.set_values(np.array([[0.0, 0.5], [0.5, 1.0]]))
        for artist in (demo.bends, demo.boundary, *demo.points):
            artist.set_visible(False)
        demo.update = lambda **values: "The field alone."
        frame = demo.frame()
        left, bottom, right, top = demo.field.axes.bbox.extents.astype(int)
        height = len(frame)
        lower_left, upper_right = frame[height - bottom - 10, left + 10], frame[height - top + 10, right - 10]
        middle = frame[height - (bottom + top) // 2, (left + right) // 2]
        assert lower_left[0] > lower_left[2] + 50
        assert upper_right[2] > upper_right[0] + 50
        assert middle.min() > 240


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


class TestPlayground:
    def test_learns_the_rings(self):
        demo = demos.Playground()
        for _ in range(60):
            assert demo.advance(**demo.values)
        assert demo.epoch == 60 * demos.EPOCHS_A_FRAME
        assert demo.testing["right"] > 0.95
        assert len(demo.history) == 61

    def test_same_draw_same_training(self):
        first, second = demos.Playground(), demos.Playground()
        for demo in (first, second):
            for _ in range(3):
                demo.step()
        assert first.history == second.history
        second.start_over()
        assert second.history == first.history[:1]

    def test_depth_zero_is_logistic_regression(self):
        demo = demos.Playground()
        demo.set(data="blobs", depth=0, rate=1.0)
        for _ in range(100):
            demo.advance(**demo.values)
        X, y = (part.numpy() for part in demo.train)
        oracle = sklearn.linear_model.LogisticRegression(C=np.inf).fit(X, y[:, 0])
        assert demo.training["right"] == pytest.approx(oracle.score(X, y[:, 0]), abs=0.011)
        demo.frame()
        assert not demo.bends.get_segments()
        assert not demo.views.get_visible()
        assert [name.get_text() for name in demo.names if name.get_visible()] == [
            "no hidden layer: logistic regression"
        ]

    @pytest.mark.parametrize(("name", "value"), [("rate", 1.0), ("data", "moons"), ("noise", 2)])
    def test_rate_and_data_keep_the_network(self, name, value):
        demo = demos.Playground()
        demo.step()
        before, epoch = demo.net, demo.epoch
        demo.set(**{name: value})
        assert demo.net is before
        assert demo.epoch == epoch

    def test_activation_keeps_the_weights(self):
        demo = demos.Playground()
        demo.step()
        before = [p.clone() for p in demo.net.parameters()]
        demo.set(activation="tanh")
        assert all(torch.equal(p, q) for p, q in zip(before, demo.net.parameters(), strict=True))

    def test_draw_starts_over(self):
        demo = demos.Playground()
        demo.step()
        demo.set(draw=2)
        assert demo.epoch == 0
        assert len(demo.history) == 1

    def test_too_large_a_rate_is_told_and_ends_the_run(self):
        demo = demos.Playground()
        with torch.no_grad():
            demo.net.layers[0].weight.fill_(float("nan"))
        assert demo.step() is False
        assert "overflowed" in demo.caption

    def test_overfitting_is_told(self):
        demo = demos.Playground()
        demo.history = [(0, 0.7, 0.7), (50, 0.3, 0.3)]
        demo.epoch, demo.training, demo.testing = 100, {"loss": 0.1, "right": 0.95}, {"loss": 0.5, "right": 0.8}
        assert "lowest, 0.300, at epoch 50" in demo._describe()

    @pytest.mark.parametrize(("name", "value"), [("data", "spirals"), ("depth", 4), ("activation", "cosine")])
    def test_losses_before_a_change_are_not_compared(self, name, value):
        demo = demos.Playground()
        demo.history = [(0, 0.1, 0.1)]
        demo.set(**{name: value})
        demo.training, demo.testing = {"loss": 0.1, "right": 0.95}, {"loss": 0.5, "right": 0.8}
        assert "lowest" not in demo._describe()

    def test_axis_of_the_epochs_doubles(self):
        demo = demos.Playground()
        for epoch, end in ((0, 100), (100, 100), (102, 200), (400, 400), (402, 800)):
            demo.epoch = epoch
            demo.frame()
            assert demo.loss.get_xlim() == (0, end)

    @pytest.mark.parametrize("data", demos.CLASSES)
    @pytest.mark.parametrize("noise", [0, 1, 2])
    def test_data_lie_in_the_square(self, data, noise):
        X, y = demos.two_classes(data, noise, np.random.default_rng(0))
        assert X.shape == (200, 2)
        assert y.shape == (200, 1)
        assert y.mean() == 0.5
        assert (X.abs() < 1).all(dim=1).float().mean() > 0.95

    def test_classes_of_four_corners_lie_across(self):
        X, y = demos.four_corners(100, noise=0.01, rng=np.random.default_rng(0))
        np.testing.assert_array_equal(y, X[:, 0] * X[:, 1] < 0)

    def test_views_are_what_the_layers_compute(self):
        net = MLP((2, 3, 4, 1), nn.Tanh, generator=torch_generator(0))
        X = torch.randn(7, 2, generator=torch_generator(1))
        output, (first, second) = demos.views_of_units(net, X)
        theirs = torch.nn.Sequential(*[torch.nn.Linear(m, n) for m, n in ((2, 3), (3, 4), (4, 1))])
        theirs.load_state_dict({k.removeprefix("layers."): v for k, v in net.state_dict().items()})
        a, b, c = theirs
        with torch.no_grad():
            h = torch.tanh(a(X))
            np.testing.assert_allclose(first, h.T, rtol=1e-5)
            np.testing.assert_allclose(second, torch.tanh(b(h)).T, rtol=1e-5)
            np.testing.assert_allclose(output, c(torch.tanh(b(h)))[:, 0], rtol=1e-5)

    def test_sheet_of_tiles_begins_at_the_upper_left(self):
        n = len(demos.Playground.grid)
        sheet = demos.tiles([np.ones((1, n * n), np.float32), -np.ones((2, n * n), np.float32)])
        side = sheet.shape[0] // demos.MAX_DEPTH
        middles = sheet[side // 2 :: side, side // 2 :: side][::-1]
        np.testing.assert_array_equal(middles[0, :3], [1, 0.5, 0.5])
        np.testing.assert_array_equal(middles[1, :3], [0, 0, 0.5])
        np.testing.assert_array_equal(middles[2:], 0.5)


class TestAdaptedNetwork:
    X = torch.randn(50, 2, generator=torch_generator(5))

    def net(self, *hidden: int, unit=nn.ReLU) -> MLP:
        return MLP((2, *hidden, 1), unit, generator=torch_generator(0))

    def adapted(self, old: MLP, *hidden: int, unit=nn.ReLU) -> MLP:
        return demos.adapted_network(old, (2, *hidden, 1), unit, torch_generator(1))

    @pytest.mark.parametrize("unit", [nn.ReLU, nn.Tanh, nn.Cosine])
    def test_wider_computes_the_same(self, unit):
        old = self.net(4, 4, unit=unit)
        torch.testing.assert_close(self.adapted(old, 7, 7, unit=unit)(self.X), old(self.X))

    def test_new_units_can_learn(self):
        new = self.adapted(self.net(4, 4), 7, 7)
        new(self.X).sum().backward()
        assert (new.layers[1].weight.grad[:4, 4:].abs().sum() + new.layers[2].weight.grad[:, 4:].abs().sum()) > 0

    def test_deeper_computes_the_same_with_rectifiers(self):
        old = self.net(5, 5)
        torch.testing.assert_close(self.adapted(old, 5, 5, 5, 5)(self.X), old(self.X))

    def test_narrower_keeps_the_first_units(self):
        old = self.net(6, 6)
        new = self.adapted(old, 3, 3)
        assert torch.equal(new.layers[1].weight, old.layers[1].weight[:3, :3])
        assert torch.equal(new.layers[2].bias, old.layers[2].bias)

    def test_shallower_keeps_the_first_layers(self):
        old = self.net(4, 4, 4)
        new = self.adapted(old, 4)
        assert torch.equal(new.layers[0].weight, old.layers[0].weight)
        assert torch.equal(new.layers[1].weight, old.layers[3].weight)

    def test_from_no_hidden_layer_and_back(self):
        new = self.adapted(self.net(), 4, 4)
        assert self.adapted(new)(self.X).isfinite().all()

    def test_the_old_network_stays(self):
        old = self.net(4)
        before = {name: value.clone() for name, value in old.state_dict().items()}
        self.adapted(old, 6)
        assert all(torch.equal(before[name], value) for name, value in old.state_dict().items())


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

    def test_share_right(self):
        logits, y = torch.tensor([[1.0], [-1.0], [2.0], [0.5]]), torch.tensor([[1.0], [0.0], [0.0], [1.0]])
        assert demos.share_right(logits, y) == 0.75
