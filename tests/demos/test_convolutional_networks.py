"""The mathematics behind the demos of lecture 09, and what they say."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import load_digits
from course_lib.demos import convolutional_networks as demos
from course_lib.demos.convolutional_networks import Layer


def share(caption: str, words: str) -> float:
    """The percentage that a caption gives after some words."""
    return float(re.search(re.escape(words) + r" (?:changed )?by (\d+)%", caption).group(1))


class TestWindowPlaces:
    @pytest.fixture(scope="class")
    @classmethod
    def demo(cls):
        return demos.WindowPlaces()

    @pytest.mark.parametrize("n", [3, 7, 10])
    @pytest.mark.parametrize("k", [1, 3, 5])
    @pytest.mark.parametrize(("s", "p", "d"), [(1, 0, 1), (2, 1, 1), (3, 3, 1), (1, 2, 2), (4, 0, 3)])
    def test_sizes_are_those_of_torch(self, demo, n, k, s, p, d):
        demo.set(size=n, kernel=k, stride=s, padding=p, dilation=d)
        try:
            o = torch.nn.functional.conv2d(
                torch.zeros(1, 1, n, n), torch.zeros(1, 1, k, k), stride=s, padding=p, dilation=d
            ).shape[-1]
        except RuntimeError:
            assert "fits nowhere" in demo.caption
            return
        assert f"There are {o} places" in demo.caption
        assert demo.titles[1].get_text() == f"output {o} × {o}"
        assert demo.controls["place"].max == o * o - 1

    def test_cells_of_the_window_are_those_with_a_gradient(self, demo):
        demo.set(size=7, kernel=3, stride=2, padding=1, dilation=2, place=4)
        x = torch.zeros(1, 1, 7, 7, requires_grad=True)
        y = torch.nn.functional.conv2d(x, torch.ones(1, 1, 3, 3), stride=2, padding=1, dilation=2)
        y.flatten()[4].backward()
        orange = demo.cells[0].cells.view(np.uint8).reshape(9, 9, 4)[1:-1, 1:-1, :3] == demos.ORANGE
        np.testing.assert_array_equal(orange.all(axis=2), x.grad[0, 0].numpy() > 0)

    @pytest.mark.parametrize(("s", "missed"), [(1, 0), (2, 1), (3, 2)])
    def test_pixels_that_no_window_touches_are_counted(self, demo, s, missed):
        demo.set(size=8, kernel=3, stride=s, padding=0, dilation=1)
        if missed:
            assert f"No window touches {missed} of the 8 rows" in demo.caption
        else:
            assert "Every input pixel is touched" in demo.caption


class TestMovedDigit:
    @pytest.fixture(scope="class")
    @classmethod
    def demo(cls):
        return demos.MovedDigit()

    @pytest.mark.parametrize("right", [-4, 0, 3])
    @pytest.mark.parametrize("down", [-1, 4])
    def test_shifts_are_equivariant(self, demo, right, down):
        demo.set(change="shift only", right=right, down=down)
        assert "is the moved map, pixel by pixel" in demo.caption

    @pytest.mark.parametrize("change", list(demos.CHANGES)[1:])
    def test_turns_and_sizes_are_not(self, demo, change):
        demo.set(change=change, right=0, down=0)
        assert "is off the moved map" in demo.caption

    def test_one_window_over_all_is_invariant_to_shifts(self, demo):
        demo.set(change="shift only", right=3, down=-2, pool=24)
        assert share(demo.caption, "pooled over 24 by 24") == 0

    def test_pooling_makes_shifts_matter_less(self, demo):
        demo.set(change="shift only", right=1, down=0, pool=4)
        changes = [share(demo.caption, words) for words in ("the picture", "its map", "pooled over 4 by 4")]
        assert changes[2] < min(changes[:2])

    def test_without_pooling_map_and_pooled_map_are_one(self, demo):
        demo.set(right=2, pool=1)
        assert share(demo.caption, "its map") == share(demo.caption, "pooled over 1 by 1")

    def test_no_move_changes_nothing(self, demo):
        demo.set(change="shift only", right=0, down=0)
        assert "changed by 0%, its map by 0%" in demo.caption

    def test_nothing_of_the_digit_is_lost_at_the_border(self, demo):
        x = demo.digits[8]
        for change in demos.CHANGES:
            moved = demos.moved_picture(x, change, 4, -4)
            times = 4 if "large" in change else 1
            assert moved.sum() == pytest.approx(times * x.sum())

    def test_relative_change(self):
        assert demos.relative_change(np.array([3.0, 4.0]), np.array([3.0, 0.0])) == pytest.approx(0.8)


class TestToeplitzView:
    @pytest.fixture(scope="class")
    @classmethod
    def demo(cls):
        return demos.ToeplitzView()

    @pytest.mark.parametrize("mode", ["valid", "same", "full"])
    @pytest.mark.parametrize(("n", "k"), [(4, 1), (8, 3), (10, 4)])
    def test_matrix_is_the_correlation(self, mode, n, k, rng):
        x = rng.normal(size=n)
        w = np.arange(1.0, k + 1)
        T = demos.numbered_matrix(n, k, mode, 1)
        y = T @ x
        oracle = np.correlate(x, w, "full")
        first = (len(oracle) - len(y)) // 2
        np.testing.assert_allclose(y, oracle[first : first + len(y)] if mode != "same" else y)
        assert len(y) == {"valid": n - k + 1, "same": n, "full": n + k - 1}[mode]

    def test_matrix_of_a_picture_is_the_correlation(self, rng):
        x = rng.normal(size=(5, 5))
        T = demos.numbered_matrix(5, 3, "valid", 2)
        weights = torch.arange(1.0, 10, dtype=torch.float64).view(1, 1, 3, 3)
        y = torch.nn.functional.conv2d(torch.from_numpy(x)[None, None], weights)
        np.testing.assert_allclose(T @ x.ravel(), y.numpy().ravel())

    @pytest.mark.parametrize("dimensions", [1, 2])
    def test_circular_rows_are_all_equally_full(self, dimensions):
        T = demos.numbered_matrix(6, 3, "circular", dimensions)
        assert set(np.count_nonzero(T, axis=1)) == {3**dimensions}
        assert T.shape == (6**dimensions, 6**dimensions)

    def test_numbers_that_it_says(self, demo):
        demo.set(dimensions=2, size=5, kernel=3, mode="valid", row=4)
        assert demo.caption.startswith(
            "Row 4 reads 9 of 25 inputs. Of the matrix's 225 entries 81 are not zero; different weights: 9."
        )

    def test_the_input_shows_the_row(self, demo):
        demo.set(dimensions=1, size=8, kernel=3, mode="valid", row=2)
        shown = demo.cells["input"].cells.view(np.uint8).reshape(8, 4)[:, :3]
        assert (shown != 255).any(axis=1).tolist() == [False] * 2 + [True] * 3 + [False] * 3

    @pytest.mark.parametrize("count", [1, 2, 16])
    def test_every_weight_has_a_colour_of_its_own(self, count):
        palette = demos.weight_colors(count)
        assert len(np.unique(palette, axis=0)) == count + 1
        assert palette[0].tolist() == [255, 255, 255]


class TestFeatureMaps:
    @pytest.fixture(scope="class")
    @classmethod
    def demo(cls):
        return demos.FeatureMaps()

    def test_default_network_reads_digits(self, demo):
        split = load_digits(images=True)
        with torch.no_grad():
            right = (demo.model(split.X_test).argmax(dim=1) == split.y_test).double().mean()
        assert right > 0.95

    def test_layers_and_their_channels(self, demo):
        assert demo.controls["layer"].options == ("conv1", "relu1", "pool1", "conv2", "relu2")
        demo.set(layer="conv2")
        assert demo.controls["channel"].max == 15
        demo.set(channel=15)
        demo.set(layer="pool1")
        assert demo.values["channel"] == 7

    def test_maps_are_those_of_the_network(self, demo):
        with torch.no_grad():
            expected = demo.model[:3](demo.images[5:6])
        np.testing.assert_allclose(demos.layer_output(demo.model, demo.images[5:6], "pool1"), expected.numpy())

    def test_bars_are_probabilities(self, demo):
        demo.set(digit=3)
        widths = np.array([bar.get_width() for bar in demo.bars])
        assert widths.sum() == pytest.approx(1, abs=1e-5)
        assert f"read as {widths.argmax()}" in demo.caption

    def test_network_of_ones_own(self):
        generator = torch_generator(0)
        model = torch.nn.Sequential(demos.nn.Conv2d(1, 5, 3, generator=generator), torch.nn.Flatten())
        model.append(demos.nn.Linear(5 * 36, 10, generator=generator))
        demo = demos.FeatureMaps(model)
        assert demo.controls["layer"].options == ("0",)
        assert "5 channels of 6 by 6" in demo.caption
        assert demo.controls["channel"].max == 4

    def test_tiles_have_lines_between_them(self):
        sheet = demos.tiled(np.zeros((3, 8, 8, 3), np.uint8), 2)
        assert sheet.shape == (2 * 26, 2 * 26, 3)
        assert (sheet[:, [0, 25, 26, 51]] == 255).all()
        assert (sheet[1:25, 1:25] == 0).all()
        assert (sheet[26:, 26:] == 255).all(), "there are only three"


class TestReceptiveField:
    @pytest.fixture(scope="class")
    @classmethod
    def demo(cls):
        return demos.ReceptiveField()

    PLANS = (
        [Layer(3)],
        [Layer(3)] * 4,
        [Layer(5, stride=2)] * 3,
        [Layer(2, dilation=1), Layer(2, dilation=2), Layer(2, dilation=4)],
        [Layer(4, stride=3, dilation=2), Layer(3), Layer(2, stride=2)],
    )

    @pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{len(plan)} layers, kernel {plan[0].kernel}")
    def test_field_and_paths_are_the_gradient_of_ones(self, plan):
        field = demos.receptive_field(plan)
        x = torch.zeros(1, 1, field, requires_grad=True, dtype=torch.float64)
        y = x
        for layer in plan:
            y = torch.nn.functional.conv1d(
                y, torch.ones(1, 1, layer.kernel, dtype=torch.float64), stride=layer.stride, dilation=layer.dilation
            )
        assert y.numel() == 1, "as large as one unit sees, and no larger"
        y.sum().backward()
        np.testing.assert_array_equal(demos.path_counts(plan)[0], x.grad[0, 0].numpy())

    @pytest.mark.parametrize(("spread", "fields"), [("neither", [3, 5, 7, 9]), ("stride 2", [3, 7, 15, 31])])
    def test_growth(self, demo, spread, fields):
        found = []
        for layers in range(1, 5):
            demo.set(layers=layers, kernel=3, spread=spread)
            found.append(int(re.search(r"sees (\d+) inputs", demo.caption).group(1)))
        assert found == fields

    def test_weights_that_it_says(self, demo):
        demo.set(layers=3, kernel=3, spread="neither")
        assert "3 · 3² = 27 weights, one kernel of that size 49." in demo.caption
        assert "of the 27 paths begin in 5 of the 7 inputs" in demo.caption

    def test_the_unit_stands_over_the_middle_of_what_it_sees(self, demo):
        for spread in demos.SPREADS:
            demo.set(layers=3, kernel=3, spread=spread)
            x, level = demo.seen.get_data()
            top, bottom = x[level == 3], x[level == 0]
            assert len(top) == 1
            assert top[0] == pytest.approx((bottom.min() + bottom.max()) / 2)
