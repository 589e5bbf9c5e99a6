"""The optimizer race: its racers walk as torch's optimizers do, and what it says is what happened."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course_lib.demos import optimizer_race as demos
from course_lib.demos.optimizer_race import OptimizerRace, Race

TORCH = {
    "SGD": lambda p, rate: torch.optim.SGD(p, lr=rate),
    "momentum": lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.9),
    "Nesterov": lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.9, nesterov=True),
    "AdaGrad": lambda p, rate: torch.optim.Adagrad(p, lr=rate),
    "RMSProp": lambda p, rate: torch.optim.RMSprop(p, lr=rate, alpha=0.9),
    "AdaDelta": lambda p, rate: torch.optim.Adadelta(p),
    "Adam": lambda p, rate: torch.optim.Adam(p, lr=rate),
}
START = np.array([-1.5, 1.2])


def after(demo: OptimizerRace, steps: int, **values) -> OptimizerRace:
    demo.set(**values)
    demo.race.run(steps - demo.race.taken)
    return demo


class TestSurfaces:
    @pytest.mark.parametrize("degrees", [0, 30, 90])
    def test_valley_is_flat_along_its_angle(self, degrees):
        direction = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        H = demos.valley(degrees).hessian(np.zeros(2))
        assert direction @ H @ direction == pytest.approx(0.05)
        assert np.linalg.cond(H) == pytest.approx(40)

    def test_maps_are_white_where_it_is_low(self):
        for name, surface in demos.SURFACES.items():
            shades, lines = demos.terrain(surface, OptimizerRace.grid)
            assert shades.min() >= 0.5, name
            assert 0.85 < shades.max() <= 0.9
            assert len(lines) >= 8


class TestRace:
    @pytest.mark.parametrize("surface", ["the same valley, turned", "Rosenbrock's bent valley"])
    @pytest.mark.parametrize("rule", TORCH)
    def test_racers_walk_as_torchs_optimizers(self, rule, surface):
        s = demos.SURFACES[surface]
        race = Race(s, START, 0.05)
        race.run(40)
        x = torch.tensor(START)
        optimizer, path = TORCH[rule]([x], 0.05), [START]
        for _ in range(40):
            x.grad = torch.tensor(s.gradient(x.numpy()))
            optimizer.step()
            path.append(x.numpy().copy())
        np.testing.assert_allclose(race.paths[:, demos.NAMES.index(rule)], path, atol=1e-12)

    def test_delta_bar_delta_goes_faster_and_faster_down_a_slope(self):
        race = Race(demos.SURFACES["valley along an axis"], START, 0.1)
        race.run(20)
        steps = np.abs(np.diff(race.paths[:, demos.NAMES.index("delta-bar-delta"), 1]))
        sgd = np.abs(np.diff(race.paths[:, demos.NAMES.index("SGD"), 1]))
        assert steps[0] == pytest.approx(sgd[0])
        assert steps[10] > 1.5 * sgd[10]

    def test_heights_are_those_of_the_paths(self):
        race = Race(demos.SURFACES["saddle"], START, 0.1)
        race.run(5)
        assert race.paths.shape == (6, 8, 2)
        np.testing.assert_allclose(race.heights, demos.SURFACES["saddle"].f(race.paths) + 0.5)

    def test_everybody_gets_the_same_noise(self):
        rules = {"one": demos.RULES["SGD"], "two": demos.RULES["SGD"]}
        race = Race(demos.SURFACES["plateau"], START, 0.1, noise=0.5, rules=rules)
        race.run(30)
        np.testing.assert_array_equal(race.paths[:, 0], race.paths[:, 1])
        quiet = Race(demos.SURFACES["plateau"], START, 0.1, rules=rules)
        quiet.run(30)
        assert np.abs(race.paths - quiet.paths).max() > 0.1

    def test_who_flies_off_stays_there(self):
        race = Race(demos.SURFACES["valley along an axis"], START, 1.2)
        race.run(300)
        gone = ~race.inside
        assert gone[demos.NAMES.index("SGD")]
        assert not gone[demos.NAMES.index("AdaGrad")]
        assert np.isfinite(race.paths).all()
        np.testing.assert_array_equal(race.paths[-1, gone], race.paths[-50, gone])


class TestOptimizerRace:
    def test_start_over_repeats_the_race(self):
        demo = OptimizerRace()
        demo.set(noise=0.5)
        for _ in range(5):
            demo.step()
        first = demo.race.paths
        demo.start_over()
        for _ in range(5):
            demo.step()
        np.testing.assert_array_equal(demo.race.paths, first)

    @pytest.mark.parametrize(
        ("name", "value"), [("surface", "saddle"), ("rate", 0.3), ("x", 1.0), ("y", 0.0), ("noise", 0.1)]
    )
    def test_every_control_starts_a_new_race(self, name, value):
        demo = OptimizerRace()
        demo.step()
        demo.set(**{name: value})
        assert demo.race.taken == demo.steps_per_frame

    def test_caption_ranks_by_height(self):
        demo = after(OptimizerRace(), 100)
        demo.frame()
        told = demo.caption.split(": ")[1]
        order = [demos.NAMES[k] for k in np.argsort(demo.race.heights[-1])]
        assert sorted(order, key=told.index) == order
        assert demo.caption.startswith("After 100 steps at rate 0.1")

    def test_caption_tells_who_flew_off(self):
        demo = after(OptimizerRace(), 300, rate=1.2)
        demo.frame()
        assert "flown off: " in demo.caption
        assert "SGD" in demo.caption.split("flown off: ")[1]

    def test_dividing_rules_cross_the_plateau_first(self):
        demo = after(OptimizerRace(), 40, surface="plateau", x=-2.0, y=-1.0, rate=0.2)
        above = dict(zip(demos.NAMES, demo.race.heights[-1], strict=True))
        assert max(above["Adam"], above["RMSProp"]) < 0.1
        assert min(above["SGD"], above["delta-bar-delta"]) > 0.9

    def test_turning_the_valley_is_nothing_to_sgd_and_much_to_adagrad(self):
        """From the same place relative to the valley."""
        reached = {}
        for surface, degrees in (("valley along an axis", 90), ("the same valley, turned", 30)):
            a = np.radians(degrees)
            start = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ np.array([1.2, 1.5])
            race = Race(demos.SURFACES[surface], start, 0.9)
            race.run(60)
            reached[surface] = dict(zip(demos.NAMES, race.heights[-1], strict=True))
        along, turned = reached.values()
        assert along["SGD"] == pytest.approx(turned["SGD"], rel=1e-6)
        assert along["AdaGrad"] < 1e-6 * turned["AdaGrad"]

    def test_nobody_leaves_the_ridge_without_noise(self):
        still = after(OptimizerRace(), 200, surface="saddle", y=0.0)
        np.testing.assert_array_equal(still.race.paths[:, :, 1], 0)
        shaken = after(OptimizerRace(), 200, surface="saddle", y=0.0, noise=0.1)
        assert (np.abs(shaken.race.paths[-1, :, 1])[[0, 1, 2, 5, 7]] > 1).all()

    def test_ends(self):
        demo = OptimizerRace()
        demo.race.run(demo.most - 2 * demo.steps_per_frame)
        assert demo.step() is False

    def test_map_is_drawn_anew_for_another_surface(self):
        demo = OptimizerRace()
        before = demo.frame()
        demo.set(surface="saddle")
        assert demo.mapped == "saddle"
        width = before.shape[1]
        assert np.mean(demo.frame()[400:800, 100 : width // 3] != before[400:800, 100 : width // 3]) > 0.3
