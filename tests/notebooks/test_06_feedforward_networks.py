"""The numbers that lecture 06 shows are the numbers it promises."""

from __future__ import annotations

import re

import numpy as np
import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "06_feedforward_networks"


def matrices(text: str) -> list[np.ndarray]:
    """The arrays that a cell prints, in order."""
    blocks = re.split(r".* =\n", text)[1:]
    return [np.array([numbers(row) for row in block.splitlines()]).squeeze() for block in blocks]


def test_network_is_a_composition(executed):
    text = executed.text("layers-run")
    assert "f³∘f²∘f¹ is the network: True" in text
    assert numbers(executed.line("layers-run", "parameters:"))[-1] == 64 * 32 + 32 + 32 * 16 + 16 + 16 * 10 + 10
    assert "one matrix of shape (10, 64) does it: True" in text
    assert executed.after("layers-run", "that g makes:") > 0.05


def test_features_beat_the_raw_inputs(executed):
    right = [executed.after("features-run", name) for name in ("raw", "cosines", "the radius", "hidden units")]
    raw, fixed, engineered, learned = right
    assert raw < 60
    assert min(fixed, engineered, learned) > 90
    assert engineered == max(right)
    assert learned > engineered - 5


def test_best_line_for_xor_is_one_half(executed):
    w1, w2, b = numbers(executed.text("xor-linear"))[:3]
    assert (w1, w2, b) == (0, 0, 0.5)
    assert numbers(executed.line("xor-linear", "it says"))[:4] == [0.5] * 4


def test_xor_network_with_every_matrix(executed):
    XW, XWc, H, f = matrices(executed.text("xor-network-run"))
    np.testing.assert_array_equal(XW, [[0, 0], [1, 1], [1, 1], [2, 2]])
    np.testing.assert_array_equal(XWc, [[0, -1], [1, 0], [1, 0], [2, 1]])
    np.testing.assert_array_equal(H, [[0, 0], [1, 0], [1, 0], [2, 1]])
    np.testing.assert_array_equal(f, [0, 1, 1, 0])


def test_training_seldom_finds_the_two_units(executed):
    two, eight = (executed.after("xor-learn", f"{width} hidden units:") for width in (2, 8))
    assert two <= 5
    assert 8 <= eight <= 19


def test_costs_are_likelihoods(executed):
    rows = [numbers(row.split("log p")[1]) for row in executed.text("outputs-run").splitlines()[1:]]
    assert len(rows) == 3
    assert all(likelihood == pytest.approx(cost, abs=1e-5) for likelihood, cost in rows)
    assert executed.after("outputs-run", "sum") == pytest.approx(1)


def test_clipped_unit_never_moves(executed):
    (clipped, stuck), (slow, _), (steep, arrived) = (
        numbers(row.split("gradient")[1].replace("100 steps", "")) for row in executed.text("clipped-run").splitlines()
    )
    assert (clipped, stuck) == (0, -3)
    assert steep < 5 * slow < 0
    assert arrived > 2


def test_softmax_shares_and_sigmoids_do_not(executed):
    assert numbers(executed.line("labels-run", "softmax:")) == pytest.approx([0.5, 0.5, 0])
    assert numbers(executed.line("labels-run", "sigmoids:"))[:2] == pytest.approx([0.982, 0.982])


def test_digits_are_read(executed):
    assert numbers(executed.text("digits-run"))[0] > 95


def test_hidden_units(executed):
    z = np.array([-4.0, -0.5, 0.5, 4.0])
    sigmoid = 1 / (1 + np.exp(-z))
    expected = {
        "ReLU": (np.maximum(0, z), z > 0),
        "absolute value": (abs(z), np.sign(z)),
        "leaky ReLU": (np.where(z > 0, z, 0.01 * z), np.where(z > 0, 1, 0.01)),
        "PReLU": (np.where(z > 0, z, 0.25 * z), np.where(z > 0, 1, 0.25)),
        "sigmoid": (sigmoid, sigmoid * (1 - sigmoid)),
        "tanh": (np.tanh(z), 1 - np.tanh(z) ** 2),
        "softplus": (np.log1p(np.exp(z)), sigmoid),
        "hard tanh": (np.clip(z, -1, 1), abs(z) < 1),
        "radial basis": (np.exp(-(z**2)), -2 * z * np.exp(-(z**2))),
        "cosine": (np.cos(z), -np.sin(z)),
    }
    for name, (value, derivative) in expected.items():
        found = numbers(executed.line("hidden-run", name))
        np.testing.assert_allclose(found, np.r_[value, derivative], atol=6e-4, err_msg=name)
    assert executed.after("hidden-run", "up to") < 1e-6


def test_maxout_imitates_and_learns(executed):
    assert "maxout with the pieces z and 0 is a ReLU: True" in executed.text("maxout-run")
    assert executed.after("maxout-run", "α =") == pytest.approx(-1, abs=0.01)
    rows = [numbers(row) for row in executed.text("maxout-fit").splitlines()]
    assert [pieces for pieces, _, _ in rows] == [2, 8, 32]
    errors, used = [error for _, error, _ in rows], [n for _, _, n in rows]
    assert errors == sorted(errors, reverse=True)
    assert used[0] == 2 < used[1] <= used[2] < 10


def test_left_and_right_derivative(executed):
    assert numbers(executed.line("kink-run", "ReLU")) == pytest.approx([0, 1, 0])
    left, right, reported = numbers(executed.line("kink-run", "absolute value"))
    assert (left, right) == pytest.approx((-1, 1))
    assert left <= reported <= right
    assert numbers(executed.line("kink-run", "softplus")) == pytest.approx([0.5, 0.5, 0.5])
    assert executed.after("kink-run", "exactly 0:") < 10


def test_a_network_that_exists_is_not_found(executed):
    written, *trained = (numbers(row.split("largest")[1]) for row in executed.text("promise-run").splitlines())
    assert written[0] < 0.03
    assert min(error for error, *_ in trained) / written[0] == pytest.approx(7, abs=0.5)
    assert all(abs(says - 1) > 0.1 for _, _, says in [written, *trained])


def test_boolean_functions(executed):
    counts = [numbers(row)[1:3] for row in executed.text("boolean-run").splitlines()[:4]]
    assert counts == [[4, 4], [14, 16], [104, 256], [1882, 65536]]
    assert executed.line("boolean-run", "missing for two bits").endswith("[0, 1, 1, 0] [1, 0, 0, 1]")
    assert executed.line("boolean-run", "a random table").endswith("True")


def test_folds_multiply(executed):
    rows = [numbers(row) for row in executed.text("folding-run").splitlines()]
    assert [row[1] for row in rows] == [2**depth for depth in range(1, 11)]
    assert [row[-1] for row in rows] == list(range(2, 12))


def test_random_networks_are_far_from_the_bound(executed):
    assert executed.line("regions-run", "the bound").endswith(f"{(1 + 8 + 28) ** 4:,}")
    counts = numbers(executed.line("regions-run", "ten random networks:"))
    assert len(counts) == 10
    assert max(counts) < 1000


def test_depth_pays_on_the_fast_wave(executed):
    rows = [row.split(" parameters, losses ") for row in executed.text("depth-width-run").splitlines()]
    parameters = [numbers(before)[-1] for before, _ in rows]
    assert parameters == [865] * 6
    slow_wide, slow_deep, wide, deep, wide_relu, deep_relu = (np.median(numbers(losses)) for _, losses in rows)
    assert max(slow_wide, slow_deep) < 1e-3
    assert 20 < wide / deep < 40
    assert deep_relu < wide_relu


def test_wiring_keeps_the_gradient(executed):
    chain, skip, dense = (numbers(row) for row in executed.text("wiring-run").splitlines()[-3:])
    assert chain[1] < 1e-6
    assert min(skip[1], dense[1]) > 0.05
    assert chain[2] == skip[2] == 30 * (16 * 16 + 16)
    assert dense[2] == sum(16 * k * 16 + 16 for k in range(1, 31))


def test_landmark_depths(executed):
    rows = [numbers(row.split(",")[1]) for row in executed.text("landmarks-run").splitlines()]
    assert rows == [[2012, 8], [2014, 16], [2014, 22], [2015, 152]]


def test_same_as_torch(executed):
    assert executed.after("same-run", "outputs:") < 1e-10
    assert executed.after("same-run", "gradients:") < 1e-10


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("xor-demo", "XORHiddenSpace"),
        ("hidden-demo", "ActivationExplorer"),
        ("playground-demo", "Playground"),
        ("bumps-demo", "BumpsToFunction"),
        ("regions-demo", "FoldingRegions"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
