"""The numbers that lecture 01 shows are the numbers it promises."""

from __future__ import annotations

import itertools
import math
import re

import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "01_introduction"


def rows(executed, cell: str) -> list[list[float]]:
    """The numbers in each line that a cell prints."""
    return [numbers(text) for text in executed.text(cell).splitlines() if text.strip()]


def test_a_network_learns_to_read(executed):
    untrained, once, twenty = (row[-1] for row in rows(executed, "first-run"))
    assert untrained < 25
    assert once > 75
    assert twenty > 95


def test_spikes_begin_at_the_threshold(executed):
    below, above, far = (executed.after("neuron-run", f"at {words}:") for words in ("I = 0.9", "1.2", "2.4"))
    assert below == 0
    for rate, current in ((above, 1.2), (far, 2.4)):
        seconds_between = -0.01 * math.log(1 - 1 / current)  # how long v = I (1 − exp(−t/τ)) takes to reach 1
        assert rate == pytest.approx(1 / seconds_between, rel=0.02)


def test_a_neuron_computes_fourteen_functions(executed):
    text = executed.text("gates-run")
    assert re.search(r"AND +\[0 0 0 1\]", text)
    assert re.search(r"OR +\[0 1 1 1\]", text)
    assert re.search(r"NOT the first +\[1 1 0 0\]", text)
    assert "find 14 of the 16 functions" in text
    assert text.strip().endswith("XOR: False")


def test_perceptron_reads_zeros_and_ones(executed):
    images, mistakes, passes, right = numbers(executed.text("perceptron-run"))
    assert images == 269
    assert mistakes < 25
    assert passes < 10
    assert right > 97


def test_mistakes_stay_within_the_bound(executed):
    radius, gap, bound = (executed.after("bound-run", words) for words in ("R =", "γ =", "bound (R/γ)² ="))
    assert bound == pytest.approx((radius / gap) ** 2, rel=0.03)
    fewest, most = numbers(executed.line("bound-run", "mistakes in 50 random orders:"))
    assert 1 <= fewest <= most <= bound
    assert numbers(executed.text("perceptron-run"))[1] <= bound


def test_xor_never_stops_without_a_feature(executed):
    assert executed.after("xor-run", "x1, x2:") >= 1000
    assert "the last of 1000 passes still found" in executed.text("xor-run")
    mistakes, *classes = numbers(executed.line("xor-run", "x1, x2, x1·x2:"))
    assert mistakes < 200
    assert classes == [0, 1, 1, 0]


def test_learned_features_win(executed):
    *contest, raw = rows(executed, "features-run")
    assert raw == [64, pytest.approx(97, abs=1.5)]
    assert [k for k, *_ in contest] == [3, 6, 9, 12]
    assert all(learned > hand for _, hand, learned in contest)
    assert contest[1][2] > contest[3][1], "six learned features beat twelve by hand"


def test_chain_of_four_functions(executed):
    chains = [row for row in rows(executed, "chain-run") if len(row) == 5]
    assert [row[0] for row in chains] == [0, 0.5, -2]
    for x, cubed, raised, cosine, last in chains:
        assert cubed == pytest.approx(math.sin(x) ** 3, abs=1e-5)
        assert raised == pytest.approx(math.exp(math.sin(x) ** 3), abs=1e-5)
        assert cosine == pytest.approx(math.cos(math.exp(math.sin(x) ** 3)), abs=1e-5)
        assert last == pytest.approx(math.log(math.cos(math.exp(math.sin(x) ** 3))), abs=2e-5)
    assert executed.text("chain-run").count("equal to f: True") == 3


def test_chain_breaks_outside_its_domain(executed):
    assert executed.after("chain-run", "cos(exp(sin³ 1.5)) =") < 0
    edge = executed.after("chain-run", "f is real for x up to")
    assert math.cos(math.exp(math.sin(edge) ** 3)) == pytest.approx(0, abs=1e-3)
    assert executed.after("chain-run", "from π − 0.8745 on:") == pytest.approx(100 * (edge / math.pi + 0.5), abs=1)


def test_sums_pay_for_each_tent(executed):
    table = rows(executed, "sums-run")
    assert [row[:2] for row in table] == [[3, 4], [4, 8], [5, 16]]
    for before, after in itertools.pairwise(table):
        assert after[3] > 2.5 * before[3], "boosting"
        assert after[4] >= 1.5 * before[4], "kernels"
    assert table[-1][4] > 5, "composition takes five functions"


def test_edges_and_corners_are_few(executed):
    (pixels, edges, edge_share), (_, corners, corner_share) = rows(executed, "hierarchy-run")
    assert pixels == 427 * 640
    assert 100 * edges / pixels == pytest.approx(edge_share, abs=0.01)
    assert 3 < edge_share < 15
    assert 0.05 < corner_share < 0.5
    assert corners < edges / 10


def test_distributed_code_speaks_of_strangers(executed):
    local, distributed = numbers(executed.text("codes-run"))
    assert local == 50
    assert distributed == 100
    assert "8 things" not in executed.plain("codes-demo")
    assert "16 things" in executed.plain("codes-demo")


def test_polar_coordinates_separate_the_rings(executed):
    assert executed.after("polar-run", "Cartesian  best straight line:") < 80
    assert executed.after("polar-run", "polar      best straight line:") == 100
    _, radius, angle = numbers(executed.line("polar-run", "perceptron on polar coordinates:"))
    assert abs(radius) > 5 * abs(angle), "the radius decides"


def test_network_unwinds_the_spirals(executed):
    assert executed.after("learned-run", "network on the spirals:") > 99


def test_images_of_a_digit_lie_on_a_sheet(executed):
    noise, near, middle, far = (row[-1] for row in rows(executed, "manifold-run"))
    assert noise < 15
    assert near > 99
    assert near > middle > far > noise
    assert executed.after("manifold-figure", "64 =") == pytest.approx(17.0**64, rel=0.1)


def test_waves(executed):
    assert executed.after("waves-run", "Neocognitron, with convolutional layers:") == 1980
    assert executed.after("waves-run", "back-propagation:") == 1986
    assert executed.after("waves-run", "from the book on perceptrons to it:") == 17


def test_data_sets_double(executed):
    (_, slow), (_, fast) = (
        [float(x) for x in re.findall(r"[\d.]+", text)] for text in executed.text("growth-run").splitlines()
    )
    assert slow == pytest.approx(4, abs=1)
    assert fast == pytest.approx(1.8, abs=0.3)


def test_connections_per_neuron(executed):
    per_unit = [row[-1] for row in rows(executed, "connections-run")[:4]]
    assert per_unit == [17, 42, 1099, 16_384]
    assert executed.after("connections-run", "those of") == pytest.approx(130_000, rel=0.01)


def test_errors_fell_when_networks_came(executed):
    changes = {row[1]: row[2] for row in rows(executed, "uses-run")}
    assert min(changes, key=changes.get) == 2012
    assert changes[2012] == pytest.approx(-9.4)


def test_lower_halves_are_painted(executed):
    painted, blind = numbers(executed.text("half-run"))
    assert painted < blind / 1.8


def test_same_as_the_libraries(executed):
    text = executed.text("same-run")
    assert text.count("True") == 5
    assert "False" not in text


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("perceptron-demo", "PerceptronMistakes"),
        ("chain-demo", "FunctionChain"),
        ("codes-demo", "LocalVersusDistributed"),
        ("polar-demo", "PolarSwitch"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
