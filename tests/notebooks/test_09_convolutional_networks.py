"""The numbers that lecture 09 shows are the numbers it promises."""

from __future__ import annotations

import re

import numpy as np
import pytest
import sklearn.datasets

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "09_convolutional_networks"


def rows(executed, cell: str, pattern: str) -> list[list[float]]:
    """The numbers in every printed line of a cell that begins with a pattern."""
    return [numbers(line) for line in executed.text(cell).splitlines() if re.match(pattern, line)]


def percents(text: str) -> list[float]:
    return [float(share) for share in re.findall(r"([\d.]+)%", text)]


def test_sums_approach_the_integral(executed):
    steps, errors = np.array(rows(executed, "convolution-run", "measured every")).T
    np.testing.assert_allclose(errors / steps, 5, rtol=0.1)
    assert executed.after("convolution-run", "lags by") == pytest.approx(1, abs=1e-3)
    before, after = numbers(executed.line("convolution-run", "noise of size"))
    assert after < 0.2 * before


def test_flipping_makes_it_commute(executed):
    expected = np.convolve([1, 2, 3], [4, 5])
    forth, back = re.findall(r"\[([^]]*)\]", executed.line("flipping-run", "x * w ="))
    assert numbers(forth) == numbers(back) == list(expected)
    assert executed.after("flipping-run", "with carries:") == 123 * 45
    forth, back = re.findall(r"\[([^]]*)\]", executed.line("flipping-run", "without the flip:"))
    assert numbers(forth) == numbers(back)[::-1] == list(np.correlate([1, 2, 3], [4, 5], "full"))


def test_the_layer_computes_what_the_loops_do_and_faster(executed):
    loops, layer = (numbers(executed.line("loops-run", f"{name}:")) for name in ("loops", "layer"))
    assert loops == layer
    assert executed.after("loops-run", "the layer is") > 20


def test_every_filter_on_a_photograph(executed):
    source = executed.cells["filters-run"].source
    for name in ("box_blur", "simple_edge", "sobel", "prewitt", "kirsch", "COMPASS", "sharpen"):
        assert f"filters.{name}" in source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs("filters-run"))


def test_output_sizes(executed):
    table = np.array(rows(executed, "sizes-run", r" *\d+ +\d")).astype(int)
    n, k, s, p, d, formula, layer = table.T
    np.testing.assert_array_equal(formula, (n + 2 * p - d * (k - 1) - 1) // s + 1)
    np.testing.assert_array_equal(formula, layer)
    sizes = {tuple(row[:4]): row[5] for row in table}
    assert [sizes[7, 3, 1, 0], sizes[7, 3, 1, 1], sizes[7, 3, 2, 0], sizes[7, 3, 3, 0]] == [5, 7, 3, 2]
    assert sizes[227, 11, 4, 0] == 55, "AlexNet's first layer"
    assert numbers(executed.line("sizes-run", "unpadded:"))[:5] == [16, 11, 6, 1, 3]


def test_convolution_is_a_matrix(executed):
    assert "matrix (9, 25) gives what the loops give: True" in executed.text("matrix-run")
    assert "a wave is an eigenvector of both: True" in executed.text("matrix-run")
    assert "CD = DC: True" in executed.text("matrix-run")


def test_edge_detection_counts(executed):
    assert executed.after("sparse-run", "kernel:") == 267_960 == 319 * 280 * 3
    entries, gigabytes, _, times = numbers(executed.line("sparse-run", "matrix:"))
    assert entries == 320 * 280 * 319 * 280 == pytest.approx(8e9, rel=0.001)
    assert gigabytes == pytest.approx(60, abs=0.5)
    assert times == pytest.approx(60_000, rel=0.01)
    assert "(280, 319)" in executed.text("sparse-run")


def test_weights_of_local_tiled_and_shared_kernels(executed):
    lines = dict(line.split(" weights of shape ") for line in executed.text("local-run").splitlines()[:4])
    counts = {name[:17].strip(): numbers(name[17:])[0] for name in lines}
    assert counts == {
        "convolution": 4 * 9,
        "tiled, t = 2": 4 * 4 * 9,
        "locally connected": 36 * 4 * 9,
        "fully connected": 64 * 36 * 4,
    }
    assert "(4, 6, 6, 1, 3, 3)" in lines.values(), "six indices"
    assert "all three agree: True" in executed.text("local-run")


def test_equivariant_to_shifts_only(executed):
    shift, turn, size = percents(executed.text("equivariance-run"))
    assert shift == 0
    assert min(turn, size) > 20


def test_one_network_for_inputs_of_any_size(executed):
    small, large = re.findall(r"input (\(.*?\)): output \(1, 10\), (\d+) weights", executed.text("formats-run"))
    assert small[0] != large[0]
    assert small[1] == large[1] == str(8 * 27 + 8 + 90)


def test_data_formats(executed):
    text = executed.text("formats-run")
    assert "NHWC: expected 3 channels" in text
    assert "NCHW: (1, 3, 427, 640) → (1, 8, 425, 638)" in text
    assert "copied: False" in text


def test_receptive_field_of_three_layers(executed):
    *_, pixels, everything, height, width = numbers(executed.text("field-run"))
    assert (height, width) == (7, 7)
    assert pixels == 49
    assert everything == 15 * 15


def test_four_indices_of_a_kernel(executed):
    assert "kernel (8, 3, 3, 3): 216 weights; sum over l, m, n = layer: True" in executed.text("channels-run")
    assert executed.after("channels-run", "1 channel: AB and BA differ by") < 1e-6
    assert executed.after("channels-run", "2 channels: AB and BA differ by") > 1e-2


def test_stride_is_cheaper_downsampling(executed):
    assert "every second row and column: True" in executed.text("channels-run")
    full, direct, saved = numbers(executed.line("channels-run", "products:"))
    assert full == 425 * 638 * 8 * 27
    assert saved == 75 == round(100 * (1 - direct / full))


def test_half_of_the_maxima_stay(executed):
    assert "[0.1 1.  0.2 0.1] [0.3 0.1 1.  0.2]" in executed.line("pooling-run", "detector")
    before, after = re.findall(r"\[([^]]*)\]", executed.line("pooling-run", "maximum"))
    assert numbers(before) == [1, 1, 1, 0.2]
    assert numbers(after) == [0.3, 1, 1, 1]
    assert numbers(executed.line("pooling-run", "maximum"))[-1] == 2, "half of four"
    assert numbers(executed.line("pooling-run", "weighted"))[-1] == 0


def test_pooling_over_directions(executed):
    low, high = numbers(executed.line("channels-pooling-run", "the kernel for north: from"))
    least, most = numbers(executed.line("channels-pooling-run", "the largest of eight: from"))
    assert low == pytest.approx(-high, abs=0.2)
    assert most - least < 0.15 * most


def test_pooling_saves_products(executed):
    without, pooled = (line[-1] for line in rows(executed, "downsampling-run", "pooling"))
    assert "conv2" in executed.text("downsampling-run")
    products = [float(x.replace(",", "")) for x in re.findall(r"conv2 has ([\d,]+)", executed.text("downsampling-run"))]
    assert products == [8 * 8 * 32 * 16 * 9, 4 * 4 * 32 * 16 * 9]
    assert without == products[0]
    assert pooled == products[1]


def test_transposed_convolution(executed):
    assert "Tᵀy: True ; from 6 back to 8" in executed.text("transposed-run")
    uneven, even = (re.search(r"\[(.*)\]", line).group(1) for line in executed.text("transposed-run").splitlines()[1:])
    assert numbers(uneven) == [1, 1, 2, 1, 2, 1, 2, 1, 1]
    assert set(numbers(even)[2:-2]) == {2}


def test_three_ways_to_blur(executed):
    assert executed.after("fast-run", "Sobel x: rank") == 1
    assert executed.after("fast-run", "Kirsch N: rank") == 2
    for size in ("3 × 3:", "31 × 31:"):
        text = executed.text("fast-run").split(f"\n{size}")[1].split("\n3")[0]
        assert len(set(re.findall(r"mean ([\d.]+)", text))) == 1
    milliseconds = {way: float(ms) for way, ms in re.findall(r"(\w+) (\d+) ms", text)}
    assert milliseconds["separable"] < milliseconds["direct"]


def test_the_network_reads_digits(executed):
    weights = 160 + 4640 + 16_416 + 330
    right = percents(executed.line("training-run", f"{weights:,} weights"))[0]
    assert right >= 97
    assert min(percents(executed.line("training-run", "from other first weights:"))) > 94
    misread = re.search(r"misread: \[(.*)\]", executed.text("training-run")).group(1).split(",")
    assert len(misread) == round(450 * (1 - right / 100))


def test_some_learned_kernels_find_edges(executed):
    before, after = percents(executed.text("learned-run"))
    assert after > 1.3 * before


def test_kernels_without_training(executed):
    shares = {count: {} for count in (8, 32)}
    for count in shares:
        line = executed.line("untrained-run", f"{count:2d} kernels:")
        shares[count] = {kind: float(share) for kind, share in re.findall(r"([a-z][a-z -]+) ([\d.]+)%", line)}
    assert min(min(part.values()) for part in shares.values()) > 90
    assert shares[32]["k-means"] > shares[8]["k-means"] > shares[8]["random"]
    assert shares[32]["k-means"] > shares[32]["trained"] - 1


def test_last_hidden_layer_as_feature_extractor(executed):
    table = {line.split(":")[0].strip(): percents(line) for line in executed.text("features-run").splitlines()}
    same, other = ({layer: shares[i] for layer, shares in table.items()} for i in range(2))
    assert max(same, key=same.get) == "relu3"
    assert same["relu3"] > same["pixels"] + 20
    assert other["relu3"] < other["pixels"] < other["pool1"]


def test_dreams_excite_their_channel(executed):
    dreams = rows(executed, "dream-run", "channel")
    assert len(dreams) == 3
    assert all(after > 2 * before for _, before, after in dreams)


def test_weights_of_the_landmarks(executed):
    lines = executed.text("landmarks-run").splitlines()
    assert {line[:13].strip(): int(numbers(line[13:])[0]) for line in lines} == {
        "LeNet-5": 61_706,
        "AlexNet": 61_100_840,
        "VGG-11": 132_863_336,
        "VGG-16": 138_357_544,
        "GoogLeNet": 6_624_904,
        "ResNet-18": 11_689_512,
        "ResNet-50": 25_557_032,
        "ResNet-152": 60_192_808,
        "DenseNet-121": 7_978_856,
    }


def test_small_landmarks_read_digits(executed):
    right = {line.split()[0]: percents(line)[0] for line in executed.text("small-run").splitlines()}
    assert list(right) == ["LeNet5", "AlexNet", "VGG", "GoogLeNet", "ResNet", "DenseNet"]
    assert min(right.values()) > 94


def test_skips_make_depth_trainable(executed):
    seen = {line.split(":")[0]: percents(line)[0] for line in executed.text("depth-run").splitlines()}
    assert seen["20 layers, with skips"] > seen["20 layers, no skips"] + 20
    assert seen["20 layers, with skips"] > seen[" 8 layers, with skips"]
    assert seen["20 layers, no skips"] < seen[" 8 layers, no skips"]


def test_same_as_torch(executed):
    lines = executed.text("same-run").splitlines()
    assert [line.split()[0] for line in lines] == [
        "Conv2d",
        "ConvTranspose2d",
        "MaxPool2d",
        "AvgPool2d",
        "LPPool2d",
        "AdaptiveAvgPool2d",
    ]
    for line in lines:
        ours, theirs = re.search(r"sum (\S+), torch (\S+),", line).groups()
        assert ours == theirs
        assert float(line.split()[-1]) < 1e-12


def test_photograph_is_the_real_one():
    """The cells above speak of a picture with 427 rows and 640 columns."""
    assert sklearn.datasets.load_sample_image("flower.jpg").shape == (427, 640, 3)


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("stepper-demo", "ConvolutionStepper"),
        ("sizes-demo", "WindowPlaces"),
        ("matrix-demo", "ToeplitzView"),
        ("field-demo", "ReceptiveField"),
        ("moved-demo", "MovedDigit"),
        ("maps-demo", "FeatureMaps"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
