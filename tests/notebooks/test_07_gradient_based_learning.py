"""The numbers that lecture 07 shows are the numbers it promises."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import sklearn.datasets

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "07_gradient_based_learning"


def columns(executed, cell: str, pattern: str) -> np.ndarray:
    """The numbers in every printed line of a cell that begins with a pattern: shape (lines, numbers)."""
    return np.array([numbers(line) for line in executed.text(cell).splitlines() if re.match(pattern, line)])


def test_a_random_network_costs_about_a_blind_guess(executed):
    parameters, cost, _, blind = numbers(executed.text("cost-run"))
    assert parameters == 64 * 32 + 32 + 32 * 10 + 10
    assert cost == pytest.approx(math.log(10), abs=0.2)
    assert blind == pytest.approx(math.log(10), abs=1e-3)


def test_difference_quotients_approach_the_derivative(executed):
    errors = columns(executed, "derivative-run", "nudge")[:, -1]
    np.testing.assert_allclose(errors[:-1] / errors[1:], 10, rtol=0.5)
    assert executed.after("derivative-run", "largest error") < 1e-7


def test_no_random_direction_comes_near_the_steepest(executed):
    slope, measured = numbers(executed.line("directional-run", "one direction:"))
    assert slope == pytest.approx(measured, abs=1e-6)
    assert executed.after("directional-run", "random ones") > 0.2 * executed.after("directional-run", "steepest")
    assert executed.after("directional-run", "typical |cos|:") == pytest.approx(2410**-0.5, rel=0.1)


def test_too_large_a_rate_flies_off(executed):
    costs = columns(executed, "descent-run", "rate")[:, 1]
    assert (np.diff(costs[:4]) < 0).all()
    assert costs[3] < 0.2
    assert costs[4] > math.log(10)


def test_critical_points_of_himmelblau(executed):
    assert executed.text("critical-run").strip() == "{'maximum': 1, 'minimum': 4, 'saddle': 4}"


def test_minima_are_rare_in_many_dimensions(executed):
    share = dict(columns(executed, "saddles-run", r" *\d+ dimensions"))
    assert share[1] == pytest.approx(50, abs=2)
    assert share[2] == pytest.approx(100 * (2 - 2**0.5) / 4, abs=1)
    assert share[4] < 1
    assert share[10] == 0


def test_nothing_moves_on_a_plateau(executed):
    slope, moved, steps = numbers(executed.line("saddles-run", "on a plateau:"))
    assert slope < 1e-3
    assert steps == 500
    assert moved < 0.05


def test_networks_are_not_convex_and_softmax_regression_is(executed):
    here, twin, half_way = numbers(executed.line("convex-run", "network:"))
    assert here == twin
    assert half_way > 2 * here
    assert numbers(executed.line("convex-run", "softmax regression:"))[0] == 0


def test_jacobian_and_curvature(executed):
    assert "diag(p) − ppᵀ: True" in executed.text("jacobian-run")
    low, high, smallest, largest = numbers(executed.text("jacobian-run").split("curvatures")[1])
    assert (low, high) == pytest.approx((smallest, largest), abs=1e-3)


def test_steps_grow_with_the_condition_number(executed):
    steps = dict(columns(executed, "condition-run", "κ"))
    assert steps[1] == 1
    assert steps[1000] / steps[100] == pytest.approx(10, rel=0.05)
    wine = sklearn.datasets.load_wine().data
    for name, A in {"raw": wine, "standardised": (wine - wine.mean(axis=0)) / wine.std(axis=0)}.items():
        A = np.column_stack([np.ones(len(A)), A])
        assert executed.after("condition-run", f"wine, {name}: κ =") == pytest.approx(np.linalg.cond(A) ** 2, rel=0.02)


def test_newton_needs_a_handful_of_steps(executed):
    for method, most in (("fixed rate", 50_000), ("line search", 50_000), ("Newton", 9)):
        steps, *x = numbers(executed.line("newton-run", method).lstrip(" :"))
        assert steps <= most
        assert x == pytest.approx([1, 1], abs=1e-3)
    assert executed.after("newton-run", "fixed rate :") > 1000


def test_hessian_vector_products_find_the_critical_rate(executed):
    for place, limit in (("start", 1.9), ("trained", 1.1)):
        curvature = executed.after("hvp-run", f"{place}: largest of 2,410 curvatures")
        rate = float(re.search(rf"{place}: .* rate ([\d.]+)", executed.text("hvp-run")).group(1))
        assert rate == pytest.approx(2 / curvature, rel=0.01)
        assert rate == pytest.approx(limit, abs=0.1)
    assert executed.after("hvp-run", "off by") < 1e-4


def test_newton_by_conjugate_gradients_beats_gradient_steps(executed):
    products = executed.after("krylov-run", "5 Newton steps,")
    newton = executed.after("krylov-run", "Hv: cost")
    assert 2 * products < 500
    assert newton < 0.5 * executed.after("krylov-run", "gradient steps: cost")


def test_multiplier_is_a_price(executed):
    for line in executed.text("constrained-run").splitlines():
        c, x1, x2, kkt, price, _, gain, _ = numbers(line)
        assert x1**2 + x2**2 <= c + 2e-3
        assert kkt < 1e-9
        assert price == pytest.approx(gain, abs=2e-3)
        assert (price > 0.01) == (c < 5)


def test_likelihood_and_kl_differ_by_the_entropy(executed):
    entropy = -(0.3 * math.log(0.3) + 0.7 * math.log(0.7))
    rows = columns(executed, "mle-run", "θ")
    np.testing.assert_allclose(rows[:, 3], entropy, atol=1e-4)
    np.testing.assert_allclose(rows[:, 1] - rows[:, 2], entropy, atol=2e-4)
    assert rows[np.argmin(rows[:, 1]), 0] == 0.7
    assert executed.after("mle-run", "entropy of the data:") == pytest.approx(entropy, abs=1e-4)


def test_gaussian_nll_without_its_constant_is_mse_over_two_variances(executed):
    y = sklearn.datasets.load_diabetes().target
    rows = columns(executed, "conditional-run", "σ")
    assert len(rows) == 3
    for sigma, nll, mse in rows[:, [0, 1, -1]]:
        assert nll == mse == pytest.approx(np.mean((y - 150) ** 2) / (2 * sigma**2), abs=1e-6)


def test_squares_ask_for_the_mean_and_absolute_errors_for_the_median(executed):
    y = sklearn.datasets.load_diabetes().target
    assert executed.after("conditional-run", "MSELoss is least at") == pytest.approx(y.mean(), abs=0.5)
    assert executed.after("conditional-run", "L1Loss is least at") == pytest.approx(np.median(y), abs=0.5)


def test_sigmoid_with_softplus(executed):
    for line in executed.text("sigmoid-run").splitlines()[:-1]:
        z, y = numbers(line)[:2]
        expected = max((1 - 2 * y) * z, 0) + math.log1p(math.exp(-abs(z)))
        softplus, builtin = (float(re.search(rf"{name} ?=? ([\d.]+)", line).group(1)) for name in (r"z\)", "Loss"))
        assert softplus == builtin == pytest.approx(expected, abs=1e-6)
        assert ("inf" in line) == ((1 - 2 * y) * z > 36)
    assert executed.after("sigmoid-run", "|z| ≤ 30:") < 1e-13


def test_softmax_with_squares_saturates(executed):
    for gap, lse, top, cross_entropy, pull, _, faint in columns(executed, "softmax-run", "behind"):
        assert lse == pytest.approx(math.log(1 + math.exp(gap) + math.exp(-1)), abs=1e-4)
        assert top == gap
        assert cross_entropy == pytest.approx(lse, abs=1e-3)
        assert pull > 0.5
        assert gap < 5 or faint < 0.1
    assert faint < 1e-7


def test_any_likelihood_gives_a_cost(executed):
    assert executed.after("any-run", "e^z =") == pytest.approx(1.5, abs=2e-3)
    narrow, wide = (numbers(line) for line in executed.text("any-figure").splitlines())
    assert wide[0] < narrow[0]
    assert narrow[1] - narrow[2] > 10
    assert abs(wide[1] - wide[2]) < 5


def test_hundred_times_the_work_for_ten_times_the_accuracy(executed):
    sizes, errors, cosines = columns(executed, "minibatch-run", "n =").T
    np.testing.assert_allclose(errors * np.sqrt(sizes), errors[0], rtol=0.15)
    assert executed.after("minibatch-run", "100 times the work:") == pytest.approx(10, rel=0.15)
    assert executed.after("minibatch-run", "100 times the work:") == pytest.approx(errors[2] / errors[4], rel=0.02)
    assert (np.diff(cosines) > 0).all()


def test_copies_do_not_improve_the_gradient(executed):
    assert executed.after("minibatch-run", "differs by") < 1e-12


def test_sorted_data_teach_nothing(executed):
    assert executed.after("epochs-run", "sorted:   cost") > executed.after("epochs-run", "shuffled: cost")
    right = [float(share) for share in re.findall(r"([\d.]+)% of new", executed.text("epochs-run"))]
    assert right[0] < 20 < 70 < right[1]
    shuffled, in_batches = (executed.line("epochs-run", words) for words in ("shuffled:", "batches of   32"))
    assert numbers(shuffled) == numbers(in_batches)[1:], "the same training, told twice"


def test_small_batches_make_more_steps_of_an_epoch(executed):
    sizes, steps, costs, _ = columns(executed, "epochs-run", "batches of").T
    np.testing.assert_array_equal(steps, 3 * np.ceil(1347 / sizes))
    assert (np.diff(costs) < 0).all()


def test_noise_ends_in_a_flatter_place(executed):
    size, rate, cost, _, curvature = columns(executed, "noise-run", "batches of").T
    np.testing.assert_array_equal(size, [10, 300, 300])
    assert rate[0] == rate[1] < rate[2]
    assert (cost < 0.1).all()
    assert curvature[0] < curvature[1] / 2


def test_the_network_learns_to_read(executed):
    assert executed.after("training-run", "misread:") > 94
    words = executed.plain("training-run")
    first, last = numbers(words.split("Training:")[1])[:2]
    assert last < 0.1 < 1 < first


def test_same_as_torch(executed):
    for name in ("MSELoss", "L1Loss", "BCEWithLogitsLoss", "CrossEntropyLoss", "GaussianNLLLoss"):
        ours, theirs = re.findall(r"\d+\.\d+", executed.line("same-run", name))
        assert ours == theirs
    ours, theirs = re.findall(r"\d+\.\d+", executed.line("same-run", "training cost"))
    assert float(ours) == pytest.approx(float(theirs), abs=1e-10)


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("descent-demo", "RateOfDescent"),
        ("surfaces-demo", "ContourDescent"),
        ("sigmoid-demo", "Saturation"),
        ("ball-demo", "NoiseBall"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
