"""The playground: what it computes, what it keeps when a control moves, and what it says."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.linear_model
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.demos import playground
from course_lib.demos.playground import Playground
from course_lib.models import MLP


class TestPlayground:
    def test_learns_the_rings(self):
        demo = Playground()
        for _ in range(60):
            assert demo.advance(**demo.values)
        assert demo.epoch == 60 * playground.EPOCHS_A_FRAME
        assert demo.testing["right"] > 0.95
        assert len(demo.history) == 61

    def test_same_draw_same_training(self):
        first, second = Playground(), Playground()
        for demo in (first, second):
            for _ in range(3):
                demo.step()
        assert first.history == second.history
        second.start_over()
        assert second.history == first.history[:1]

    def test_depth_zero_is_logistic_regression(self):
        demo = Playground()
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
        demo = Playground()
        demo.step()
        before, epoch = demo.net, demo.epoch
        demo.set(**{name: value})
        assert demo.net is before
        assert demo.epoch == epoch

    def test_activation_keeps_the_weights(self):
        demo = Playground()
        demo.step()
        before = [p.clone() for p in demo.net.parameters()]
        demo.set(activation="tanh")
        assert all(torch.equal(p, q) for p, q in zip(before, demo.net.parameters(), strict=True))

    def test_draw_starts_over(self):
        demo = Playground()
        demo.step()
        demo.set(draw=2)
        assert demo.epoch == 0
        assert len(demo.history) == 1

    def test_too_large_a_rate_is_told_and_ends_the_run(self):
        demo = Playground()
        with torch.no_grad():
            demo.net.layers[0].weight.fill_(float("nan"))
        assert demo.step() is False
        assert "overflowed" in demo.caption

    def test_overfitting_is_told(self):
        demo = Playground()
        demo.history = [(0, 0.7, 0.7), (50, 0.3, 0.3)]
        demo.epoch, demo.training, demo.testing = 100, {"loss": 0.1, "right": 0.95}, {"loss": 0.5, "right": 0.8}
        assert "lowest, 0.300, at epoch 50" in demo._describe()

    @pytest.mark.parametrize(("name", "value"), [("data", "spirals"), ("depth", 0), ("width", 1)])
    def test_a_change_is_seen_in_the_curves_at_once(self, name, value):
        demo = Playground()
        demo.step()
        demo.set(**{name: value})
        assert demo.history[-1] == (demo.epoch, demo.training["loss"], demo.testing["loss"])
        assert demo.curves[0].get_ydata()[-1] == demo.training["loss"] != demo.history[-2][1]

    @pytest.mark.parametrize(("name", "value"), [("data", "spirals"), ("depth", 4), ("activation", "cosine")])
    def test_losses_before_a_change_are_not_compared(self, name, value):
        demo = Playground()
        demo.history = [(0, 0.1, 0.1)]
        demo.set(**{name: value})
        demo.training, demo.testing = {"loss": 0.1, "right": 0.95}, {"loss": 0.5, "right": 0.8}
        assert "lowest" not in demo._describe()

    def test_axis_of_the_epochs_doubles(self):
        demo = Playground()
        for epoch, end in ((0, 100), (100, 100), (102, 200), (400, 400), (402, 800)):
            demo.epoch = epoch
            demo.frame()
            assert demo.loss.get_xlim() == (0, end)

    @pytest.mark.parametrize("data", playground.CLASSES)
    @pytest.mark.parametrize("noise", [0, 1, 2])
    def test_data_lie_in_the_square(self, data, noise):
        X, y = playground.two_classes(data, noise, np.random.default_rng(0))
        assert X.shape == (200, 2)
        assert y.shape == (200, 1)
        assert y.mean() == 0.5
        assert (X.abs() < 1).all(dim=1).float().mean() > 0.95

    def test_classes_of_four_corners_lie_across(self):
        X, y = playground.four_corners(100, noise=0.01, rng=np.random.default_rng(0))
        np.testing.assert_array_equal(y, X[:, 0] * X[:, 1] < 0)

    def test_views_are_what_the_layers_compute(self):
        net = MLP((2, 3, 4, 1), nn.Tanh, generator=torch_generator(0))
        X = torch.randn(7, 2, generator=torch_generator(1))
        output, (first, second) = playground.views_of_units(net, X)
        theirs = torch.nn.Sequential(*[torch.nn.Linear(m, n) for m, n in ((2, 3), (3, 4), (4, 1))])
        theirs.load_state_dict({k.removeprefix("layers."): v for k, v in net.state_dict().items()})
        a, b, c = theirs
        with torch.no_grad():
            h = torch.tanh(a(X))
            np.testing.assert_allclose(first, h.T, rtol=1e-5)
            np.testing.assert_allclose(second, torch.tanh(b(h)).T, rtol=1e-5)
            np.testing.assert_allclose(output, c(torch.tanh(b(h)))[:, 0], rtol=1e-5)

    def test_sheet_of_tiles_begins_at_the_upper_left(self):
        n = len(Playground.grid)
        sheet = playground.tiles([np.ones((1, n * n), np.float32), -np.ones((2, n * n), np.float32)])
        side = sheet.shape[0] // playground.MAX_DEPTH
        middles = sheet[side // 2 :: side, side // 2 :: side][::-1]
        np.testing.assert_array_equal(middles[0, :3], [1, 0.5, 0.5])
        np.testing.assert_array_equal(middles[1, :3], [0, 0, 0.5])
        np.testing.assert_array_equal(middles[2:], 0.5)


class TestAdaptedNetwork:
    X = torch.randn(50, 2, generator=torch_generator(5))

    def net(self, *hidden: int, unit=nn.ReLU) -> MLP:
        return MLP((2, *hidden, 1), unit, generator=torch_generator(0))

    def adapted(self, old: MLP, *hidden: int, unit=nn.ReLU) -> MLP:
        return playground.adapted_network(old, (2, *hidden, 1), unit, torch_generator(1))

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


def test_share_right():
    logits, y = torch.tensor([[1.0], [-1.0], [2.0], [0.5]]), torch.tensor([[1.0], [0.0], [0.0], [1.0]])
    assert playground.share_right(logits, y) == 0.75
