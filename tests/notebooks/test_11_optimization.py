"""The numbers that lecture 11 shows are the numbers it promises."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "11_optimization"


def rows(executed, cell: str, pattern: str) -> np.ndarray:
    """The numbers in every printed line of a cell that begins with a pattern, behind it: shape (lines, numbers)."""
    lines = [re.match(f"(?:{pattern})(.*)", line) for line in executed.text(cell).splitlines()]
    return np.array([numbers(line.group(1)) for line in lines if line])


def test_the_surrogate_teaches_on_and_the_best_stop_is_no_critical_point(executed):
    gone, best, end = (
        numbers(executed.line("learning-table", start).split("epoch")[1])
        for start in ("first without error", "new digits cost least", "end")
    )
    assert gone[1] == 0
    assert end[2] < 0.9 * gone[2], "errors on new digits"
    assert best[3] < min(gone[3], end[3]), "cost of new digits"
    assert best[4] > 30, "per cent of the first gradient"
    assert end[4] < 5


def test_a_scaled_twin_computes_the_same_with_another_gradient(executed):
    assert executed.after("symmetry-run", "outputs differ by") < 1e-3
    below, above = numbers(executed.line("symmetry-run", "network: "))
    twin_below, twin_above = numbers(executed.line("symmetry-run", "its twin: "))
    assert twin_below == pytest.approx(below / 10, abs=2e-3)
    assert twin_above == pytest.approx(above * 10, abs=0.02)


def test_orders_of_hidden_units(executed):
    assert f"64! = 10^{math.log10(math.factorial(64)):.0f}" in executed.text("symmetry-run")
    assert f"10^{3 * math.log10(math.factorial(64)):.0f}" in executed.text("symmetry-run")


def test_chains_have_plateaus_and_cliffs(executed):
    length, steps = rows(executed, "chain-run", "chain of").T
    np.testing.assert_array_equal(length, [2, 5, 10, 15])
    assert (np.diff(np.log(steps)) > 0.5).all()
    assert steps[-1] > 100 * steps[0]
    for w, slope, curvature in rows(executed, "chain-run", "20 weights of"):
        assert slope == pytest.approx(w**19, rel=0.05)
        assert curvature == pytest.approx(w**18, rel=0.05)


def test_clipping_saves_what_the_cliff_destroys(executed):
    words = executed.plain("cliff-demo").split("After")[1]
    _, _, free, clipped, *_ = numbers(words)
    assert clipped < 0.006 < 0.05 < free


def test_depth_makes_gradients_noisy_and_first_directions_misleading(executed):
    agreement, way, _ = rows(executed, "inexact-run", r"\d hidden layers").T
    assert agreement[0] > 1.5 * agreement[-1] > 0
    assert (np.diff(way) < 0).all()
    assert way[0] < 0.7


def test_conditions_on_the_rates(executed):
    steps = np.arange(2, 10_002)
    for name, schedule, distance in (
        ("0.1   :", np.full(10_000, 0.1), math.sqrt(0.1 / 1.9)),
        ("1/k   :", 1 / steps, 0.01),
        ("1/k²  :", 1 / steps**2, 5),
    ):
        total, squares, measured = numbers(executed.line("sgd-run", name))
        assert total == pytest.approx(schedule.sum(), abs=0.06)
        assert squares == pytest.approx((schedule**2).sum(), abs=1e-3)
        assert measured == pytest.approx(distance, rel=0.15)
    assert numbers(executed.line("sgd-run", "linear:"))[2] == pytest.approx(math.sqrt(0.001 / 2), rel=0.15)


def test_momentum_needs_the_root(executed):
    assert executed.after("momentum-run", "terminal velocity:") == pytest.approx(10, abs=0.01)
    kappa, plain, heavy, ahead = rows(executed, "momentum-run", "κ =").T
    np.testing.assert_array_equal(kappa, [10, 100, 1000])
    np.testing.assert_allclose(plain[1:] / plain[:-1], 10, rtol=0.02)
    assert (heavy[1:] / heavy[:-1] < 4).all()
    assert (ahead[1:] / ahead[:-1] < 4).all()


def test_equal_first_weights_stay_equal(executed):
    for name in ("all 0 ", "all 0.1"):
        units, _, wrong, _ = numbers(executed.line("first-run", name))
        assert units == 1
        assert wrong > 350
    units, _, wrong, _ = numbers(executed.line("first-run", "random"))
    assert units == 32
    assert wrong < 50


def test_variance_of_activations_by_depth(executed):
    """Against the factors that the formulas give for 100 inputs and outputs."""
    expected = {
        "none (linear)": {"N(0, 0.01²)": 0.01, "1/√N": 1 / 3, "Xavier": 1, "He": 2, "orthogonal": 1},
        "ReLU": {"N(0, 0.01²)": 0.005, "1/√N": 1 / 6, "Xavier": 1 / 2, "He": 1, "orthogonal": 1 / 2},
    }
    text = executed.text("scale-run")
    for activation, factors in expected.items():
        block = text.split(f"{activation}: variance")[1]
        for scheme, factor in factors.items():
            first, *_, last, measured = numbers(block.split(f"  {scheme}")[1].splitlines()[0])
            assert measured == pytest.approx(factor, rel=0.1)
            assert last == pytest.approx(first * factor**19, rel=5)
            assert first == pytest.approx(factor, rel=0.1)


def test_tanh_keeps_its_activations_with_xavier(executed):
    block = executed.text("scale-run").split("tanh: variance")[1]
    deepest = {
        name: numbers(block.split(f"  {name}")[1].splitlines()[0])[3] for name in ("1/√N", "Xavier", "orthogonal")
    }
    assert deepest["1/√N"] < 1e-8
    assert min(deepest["Xavier"], deepest["orthogonal"]) > 0.01


def test_the_output_bias_saves_the_first_epoch(executed):
    (_, plain, later), (_, informed, _) = rows(executed, "bias-run", "bias")
    entropy = -0.1 * math.log(0.1) - 0.9 * math.log(0.9)
    assert plain == pytest.approx(math.log(2), abs=0.05)
    assert informed == pytest.approx(entropy, abs=0.03)
    assert informed < later + 0.02


def test_steps_by_hand(executed):
    """Worked out here for the gradients 3 and 4 and the rate 0.1."""
    u = 0.1 * (math.sqrt(1e-6) / math.sqrt(0.9 + 1e-6) * 3) ** 2
    r1, r2 = 0.1 * 9, 0.9 * 0.1 * 9 + 0.1 * 16
    m, v = 0.9 * 0.1 * 3 + 0.1 * 4, 0.99 * 0.01 * 9 + 0.01 * 16
    expected = {
        "delta-bar-delta": (0.1 * 3, 0.15 * 4),
        "AdaGrad": (0.1 * 3 / 3, 0.1 * 4 / 5),
        "RMSProp": (0.1 * 3 / math.sqrt(r1), 0.1 * 4 / math.sqrt(r2)),
        "with momentum": (0.1 * 3 / math.sqrt(r1), 0.1 * (0.5 * 3 / math.sqrt(r1) + 4 / math.sqrt(r2))),
        "AdaDelta": (math.sqrt(1e-6 / (0.9 + 1e-6)) * 3, math.sqrt((u + 1e-6) / (r2 + 1e-6)) * 4),
        "Adam": (0.1, 0.1 * (m / (1 - 0.9**2)) / math.sqrt(v / (1 - 0.99**2))),
    }
    for name, steps in expected.items():
        assert numbers(executed.line("adaptive-run", name)) == pytest.approx(steps, abs=1.1e-5)
    adagrad, rmsprop, adam = numbers(executed.line("adaptive-run", "by hand:"))
    for name, value in (("AdaGrad", adagrad), ("RMSProp", rmsprop), ("Adam ", adam)):
        assert numbers(executed.line("adaptive-run", name))[1] == value


def test_turning_the_valley_costs_adagrad_its_advantage(executed):
    steps = {rule: numbers(executed.line("race-run", rule)) for rule in ("SGD", "momentum", "Nesterov", "AdaGrad")}
    along, turned = steps["AdaGrad"]
    assert along < min(steps[rule][0] for rule in ("SGD", "momentum", "Nesterov"))
    assert turned > 5 * along
    for rule in ("SGD", "momentum", "Nesterov"):
        assert 0.5 < steps[rule][1] / steps[rule][0] < 1.5


def test_decaying_schedules_leave_fewer_errors(executed):
    constant = numbers(executed.line("schedules-train", "constant"))[1]
    for name in ("linear", "steps", "cosine", "warm-up, cosine"):
        assert numbers(executed.line("schedules-train", name))[1] < constant


def test_schedules_are_drawn(executed):
    assert any("image/png" in output.get("data", {}) for output in executed.outputs("schedules-figure"))


def test_averages_are_nearer_than_the_end(executed):
    toy, net = (
        [line for line in executed.text("polyak-run").splitlines() if word in line] for word in ("dist", "wrong")
    )
    end, linear, running = (numbers(line)[0] for line in toy)
    assert end == pytest.approx(math.sqrt(0.1 / 1.9), rel=0.15)
    assert linear < running < 0.6 * end
    end, _, running = (numbers(line)[0] for line in net)
    assert running < end


def test_predicted_and_actual_decrease(executed):
    table = np.array([numbers(line) for line in executed.text("product-run").splitlines()[1:]])
    length, ones, smaller, random, normalised = table.T
    np.testing.assert_allclose(ones, 1 - (1 - 0.1 / length) ** length, atol=1e-4)
    output = 0.8**length
    np.testing.assert_allclose(smaller[:-1], (output * (1 - (1 - 0.1 / output / length) ** length))[:-1], atol=1e-3)
    assert random[0] == pytest.approx(0.1)
    assert abs(random[-2]) > 1e6
    np.testing.assert_allclose(normalised, 0.1, atol=1e-4)


def test_batch_norm_in_training_and_at_test(executed):
    mean, deviation = numbers(executed.line("norm-run", "after:"))
    assert mean == 0
    assert deviation == pytest.approx(1, abs=0.02)
    weights, bias = numbers(executed.line("norm-run", "gradient:"))
    assert bias < 1e-4 * weights
    assert executed.after("norm-run", "changes the output by") < 1e-2
    assert numbers(executed.line("norm-run", "training:"))[0] > 0.1
    assert numbers(executed.line("norm-run", "test:"))[0] == 0
    assert numbers(executed.line("norm-run", "layer norm"))[0] == 0


def test_greedy_pretraining_wakes_a_deep_network(executed):
    stuck, wrong, *_ = numbers(executed.line("greedy-run", "at once, momentum:"))
    assert stuck > 2.2
    assert wrong > 350
    assert numbers(executed.line("greedy-run", "at once, Adam:"))[1] < 60
    assert (rows(executed, "greedy-train", "layer \\d:")[:, 1] < 0.5).all()
    assert numbers(executed.line("greedy-train", "together:"))[1] < 60


def test_transfer_from_odd_and_even(executed):
    assert executed.after("transfer-run", "odd or even:") < 30
    wrong = rows(executed, "transfer-train", r"\d layers kept:")
    assert len(wrong) == 3
    np.testing.assert_allclose(wrong[:, 0], wrong[:, 2:].mean(axis=1), atol=0.06)
    assert wrong[1:, 0].max() < 0.75 * wrong[0, 0]


def test_hints_wake_a_thin_student(executed):
    assert executed.after("hints-run", "teacher:") == 64 * 256 + 256 + 256 * 256 + 256 + 2560 + 10
    size, *alone = numbers(executed.line("hints-run", "student: "))
    _, *hinted = numbers(executed.line("hints-run", "student with hints:"))
    assert size == 64 * 16 + 16 + 3 * (16 * 16 + 16) + 170
    assert all(few < many for few, many in zip(hinted, alone, strict=True))
    assert max(hinted) < 60


def test_easy_first_beats_hard_first(executed):
    wrong = rows(executed, "curriculum-run", r"start \d, (?:as they come|easy first|hard first):").reshape(2, 3)
    as_they_come, easy, hard = wrong.T
    assert (easy < 0.8 * as_they_come).all()
    assert (easy < 0.8 * hard).all()


def test_the_blur_leads_home(executed):
    plain = numbers(executed.line("continuation-run", "plain"))[0]
    blurred = numbers(executed.line("continuation-run", "blurred"))[0]
    assert plain < 15
    assert blurred > 95
    assert any("image/png" in output.get("data", {}) for output in executed.outputs("continuation-figure"))


def test_second_order_loses_on_minibatches(executed):
    size, first, second = rows(executed, "second-table", "from").T
    np.testing.assert_array_equal(size, [30, 100, 300, 1347])
    assert (first < 0).all()
    assert first[0] < 0.5 * first[-1], "a small batch does for a gradient step"
    assert second[0] > 0
    assert second[-1] < 2 * first[-1]
    whole, _, *parts = numbers(executed.line("lbfgs-run", "60 steps of L-BFGS:"))
    assert whole == pytest.approx(0.2595, abs=0.002)
    assert len(parts) == 5
    assert min(parts) > 1.2 * whole
    assert max(parts) > 3 * whole


def test_half_precision_loses_small_gradients(executed):
    half, brain = (executed.line("precision-run", name) for name in ("float16 ", "bfloat16"))
    lost = [float(re.search(r"([\d.]+)% lost", line).group(1)) for line in (half, brain)]
    assert lost[0] > 3
    assert lost[1] < 0.1
    assert half.endswith("= 1.0000")
    assert executed.line("precision-run", "float32").endswith("= 1.0004")
    assert executed.after("precision-run", "1,024:") < lost[0] / 2


def test_same_as_torch(executed):
    pairs = re.findall(r"ours (\d\.\d{10}), torch (\d\.\d{10})", executed.text("same-run"))
    assert len(pairs) == 9
    for ours, theirs in pairs:
        assert float(ours) == pytest.approx(float(theirs), abs=1e-9)
    differences = re.findall(r"\d+e[-+]\d+", executed.text("same-layers"))
    assert len(differences) == 5
    assert max(map(float, differences)) < 1e-12


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("cliff-demo", "Cliff"),
        ("scale-demo", "SignalByDepth"),
        ("race-demo", "OptimizerRace"),
        ("finder-demo", "RateFinder"),
        ("norm-demo", "WithBatchNorm"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
