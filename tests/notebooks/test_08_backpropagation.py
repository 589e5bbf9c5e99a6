"""The numbers that lecture 08 shows are the numbers it promises."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "08_backpropagation"


def rows(executed, cell: str) -> list[str]:
    return executed.text(cell).splitlines()


def test_rates_multiply(executed):
    dy_dx, dz_dy, product = numbers(rows(executed, "chain-run")[0])
    assert (dy_dx, product) == (3, pytest.approx(3 * np.cos(2.25), abs=1e-4))
    assert dz_dy == pytest.approx(np.cos(2.25), abs=1e-3)
    moved = numbers(rows(executed, "chain-run")[1])[-1]
    assert moved == pytest.approx(0.001 * product, abs=1e-5)


def test_transposed_jacobian_times_gradient(executed):
    *jacobian, by_hand, through = (numbers(row) for row in rows(executed, "jacobian-run")[1:])
    np.testing.assert_allclose(jacobian, [[2, 1, 0], [0, 1, np.cos(3).round(3)]])
    x = np.array([1.0, 2.0, 3.0])
    y = np.array([x[0] * x[1], x[1] + np.sin(x[2])])
    expected = [2 * y[0] * x[1], 2 * y[0] * x[0] + 2 * y[1], 2 * y[1] * np.cos(x[2])]
    np.testing.assert_allclose([by_hand, through], [expected, expected], atol=1e-4)


def test_graph_of_the_sum_times_z(executed):
    words = rows(executed, "graph-run")
    assert [numbers(row.split("=")[1])[0] for row in words] == [-2, 5, 3, -4, -12]
    assert "operation add" in words[2]
    assert "operation multiply" in words[4]
    assert "inputs ['v1', 'z']" in words[4]
    assert "consumers ['v1']" in words[0]


def test_gradient_table_of_the_sum_times_z(executed):
    table = {row.split()[0]: numbers(row.split(maxsplit=1)[1]) for row in rows(executed, "algorithm-run")[1:]}
    assert table == {"x": [-2, -4], "y": [5, -4], "v1": [3, -4], "z": [-4, 3], "v2": [-12, 1]}
    assert any("image/svg+xml" in output.get("data", {}) for output in executed.outputs("algorithm-run"))


def test_neuron_node_by_node_and_as_one_gate(executed):
    *nodes, gate = rows(executed, "neuron-run")
    found = {row.split("value")[0].strip(): numbers(row.split("value")[1]) for row in nodes}
    assert found == {
        "w0": [2, -0.2],
        "x0": [-1, 0.39],
        "v1: ×": [-2, 0.2],
        "w1": [-3, -0.39],
        "x1": [-2, -0.59],
        "v2: ×": [6, 0.2],
        "v3: +": [4, 0.2],
        "w2": [-3, 0.2],
        "v4: +": [1, 0.2],
        "v5: −": [-1, -0.2],
        "v6: exp": [0.37, -0.53],
        "v7: +": [1.37, -0.53],
        "v8: ÷": [0.73, 1],
    }
    assert executed.after("neuron-run", "σ(1 − σ) =") == 0.2
    for name in ("w0", "x0", "w1", "x1", "w2"):
        assert numbers(gate.split(f"'{name}':")[1])[0] == found[name][1]


def test_add_distributes_max_routes_mul_swaps(executed):
    assert "{'a': 11.0, 'b': 0.0, 'c': 4.0}" in executed.text("patterns-run")


def test_forward_table(executed):
    for seed, tangents in (("x1", [1, 0, 3, np.cos(2), 3 + np.cos(2)]), ("x2", [0, 1, 2, 0, 2])):
        pairs = executed.line("forward-run", f"seed {seed}:").split("   ")
        found = np.array([numbers(pair.split(maxsplit=1)[1]) for pair in pairs])
        np.testing.assert_allclose(found[:, 0], [2, 3, 6, np.sin(2), 6 + np.sin(2)], atol=5e-4)
        np.testing.assert_allclose(found[:, 1], tangents, atol=5e-4)
    assert numbers(executed.line("forward-run", "one backward run:")) == pytest.approx([3 + np.cos(2), 2], abs=5e-4)


def test_runs_by_inputs_or_by_outputs(executed):
    curve, loss = rows(executed, "modes-run")
    assert numbers(curve) == [1, 3]
    assert numbers(loss) == [1000, 1]
    assert curve.endswith("True")
    assert loss.endswith("True")


def test_own_operation(executed):
    products, own = rows(executed, "bprop-run")
    assert products.count("True") == 2
    assert "multiply of ['cube', 'x']" in own
    assert numbers(own)[0] == 32


def test_squared_norm_of_a_product(executed):
    q, by_w, by_x, rank = rows(executed, "vectorised-run")
    W, x = np.array([[0.1, 0.5], [-0.3, 0.8]]), np.array([0.2, 0.4])
    assert numbers(q) == pytest.approx([*(W @ x), np.sum((W @ x) ** 2)], abs=5e-4)
    np.testing.assert_allclose(numbers(by_w)[:4], 2 * np.outer(W @ x, x).ravel())
    np.testing.assert_allclose(numbers(by_x)[:2], 2 * W.T @ W @ x)
    assert by_w.endswith("True")
    assert by_x.endswith("True")
    assert numbers(rank) == [1]


def test_network_with_penalty_by_hand(executed):
    layers = rows(executed, "mlp-check")
    assert [row.split(",")[0] for row in layers] == ["layer 3: ∇W", "layer 2: ∇W", "layer 1: ∇W"]
    for row in layers:
        assert max(numbers(row.split("differs")[1])) < 1e-14


def test_network_learns_the_digits_on_the_engine(executed):
    weights, steps, first, last = numbers(rows(executed, "train-loop")[0].replace("→", " "))
    assert weights == 64 * 256 + 256 + 256 * 10 + 10
    assert steps == 30 * 22
    assert last < 0.1 * first
    assert numbers(executed.line("train-loop", "right on the test digits:"))[0] >= 97
    assert numbers(executed.line("train-loop", "right on the training digits:"))[0] > 99


def test_gradient_reaches_the_pixels(executed):
    mean, _, largest = numbers(executed.text("pixels-run"))
    assert 0 < mean < 1.5, "one can still see the 8"
    assert largest < 5


def test_gradient_checks(executed):
    assert [row.split()[1:] for row in rows(executed, "check-gradient-run")] == [
        ["pass", "pass"],
        ["pass", "FAIL"],
        ["FAIL", "FAIL"],
    ]


def test_derivative_graph_of_f_of_f_of_f(executed):
    z, slope = numbers(rows(executed, "symbols-run")[0])
    w = 1.0
    x, y = np.sin(w), np.sin(np.sin(w))
    assert (z, slope) == pytest.approx((np.sin(y), np.cos(y) * np.cos(x) * np.cos(w)), abs=5e-5)
    assert numbers(rows(executed, "symbols-run")[1])[-1] == slope
    assert "{'sin': 2, 'cos': 3, 'multiply': 3}" in executed.text("symbols-run")
    assert any("image/svg+xml" in output.get("data", {}) for output in executed.outputs("symbols-run"))


def test_higher_derivatives(executed):
    fourth = numbers(executed.line("higher-run", "sin: "))
    assert fourth[4] == fourth[0] == pytest.approx(np.sin(1), abs=5e-5)
    tower = numbers(executed.line("higher-run", "sin sin sin:"))
    assert tower[1] == pytest.approx(np.cos(np.sin(np.sin(1))) * np.cos(np.sin(1)) * np.cos(1), abs=5e-5)
    nodes = numbers(executed.line("higher-run", "nodes by order"))
    assert nodes[:2] == [4, 9]
    assert all(2.5 < more / fewer < 3.5 for fewer, more in pairwise(nodes[1:]))


def test_hessian_vector_products(executed):
    with_h, without = (executed.line("hvp-small", start) for start in ("H v:", "H v, without H:"))
    np.testing.assert_allclose(numbers(with_h), numbers(without), rtol=1e-6)
    (start, limit), (trained, _) = (numbers(row) for row in rows(executed, "hvp-run"))
    assert limit == pytest.approx(2 / start, abs=0.01)
    assert 6 < start / trained < 11, "eight times as flat"


def test_paths_are_many_and_nodes_are_few(executed):
    by_paths = [numbers(row) for row in rows(executed, "cost-run")]
    for doublings, slope, calls, entries in by_paths[:3]:
        assert slope == 2**doublings
        assert calls == 2 ** (doublings + 1) - 1
        assert entries == doublings + 1
    assert by_paths[3] == [30, 2**30, 31]


def test_cost_in_time_and_memory(executed):
    small, large = (numbers(row) for row in rows(executed, "memory-run"))
    first, second = 64 * 64 * 256, 64 * 256 * 10
    assert small[1:3] == [first + second, first + 2 * second]
    assert small[3] == pytest.approx(small[2] / small[1], abs=0.01)
    assert large[-1] == small[-1], "the weights do not grow with the batch"
    assert large[-2] > 5 * small[-2]


def test_a_loop_is_differentiated(executed):
    text = executed.text("not-run")
    slope, formula = (float(row.split()[-1]) for row in text.splitlines()[1:])
    assert slope == pytest.approx(formula, abs=1e-14)
    assert formula == pytest.approx(0.25 * 2**0.5)


def test_same_as_torch(executed):
    text = rows(executed, "same-run")
    assert len(text) == 6
    assert all(numbers(row)[-1] < 1e-5 for row in text[:5])
    assert text[5].endswith("True")


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("stepper-demo", "GraphStepper"),
        ("cost-demo", "ForwardReverseCost"),
        ("check-demo", "GradientCheck"),
        ("symbols-demo", "DerivativeGraph"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
