"""The worked examples of the lecture on backpropagation, and a network that learns on the tape."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from course_lib import autograd as ag
from course_lib.autograd import Graph, Tensor, grad, hessian, hvp, jacobian, jvp, parse


def leaf(value):
    return Tensor(value, requires_grad=True)


def test_f_is_x_plus_y_times_z():
    x, y, z = leaf(-2.0), leaf(5.0), leaf(-4.0)
    q = x + y
    f = q * z
    f.backward()
    assert (q.item(), f.item()) == (3, -12)
    assert [v.grad.item() for v in (x, y, z)] == [-4, -4, 3]


def test_forward_mode_table_of_x1_x2_plus_sin_x1():
    """Each line of the table: the value, and the derivative with respect to x₁ that goes along with it."""
    x1, x2 = ag.Dual(2.0, 1.0), ag.Dual(5.0, 0.0)
    w3 = x1 * x2
    w4 = ag.sin(x1)
    w5 = w3 + w4
    assert [w.value.item() for w in (w3, w4, w5)] == pytest.approx([10, np.sin(2), 10 + np.sin(2)])
    assert [w.tangent.item() for w in (w3, w4, w5)] == pytest.approx([5, np.cos(2), 5 + np.cos(2)])
    _, by_x2 = jvp(lambda a, b: a * b + ag.sin(a), (2.0, 5.0), (0.0, 1.0))
    assert by_x2.item() == 2


NEURON = "1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))"
PLACE = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}


def test_sigmoid_neuron_node_by_node():
    graph = Graph(parse(NEURON)(**PLACE))
    table = {node.name: (round(node.item(), 2), round(graph.gradients[node].item(), 2)) for node in graph.nodes[1:]
             if graph.gradients[node] is not None}  # fmt: skip
    assert table == {
        "w0": (2.0, -0.2), "x0": (-1.0, 0.39), "v1": (-2.0, 0.2),
        "w1": (-3.0, -0.39), "x1": (-2.0, -0.59), "v2": (6.0, 0.2),
        "v3": (4.0, 0.2), "w2": (-3.0, 0.2), "v4": (1.0, 0.2),
        "v5": (-1.0, -0.2), "v6": (0.37, -0.53), "v7": (1.37, -0.53), "v8": (0.73, 1.0),
    }  # fmt: skip


def test_sigmoid_neuron_as_one_gate():
    """σ'(z) = σ (1 - σ) = 0.1966 at z = 1 gives the same gradients as the five small gates."""
    gate = Graph(parse("sigmoid(w0*x0 + w1*x1 + w2)")(**PLACE))
    nodes = Graph(parse(NEURON)(**PLACE))
    assert gate.output.item() == pytest.approx(0.7311, abs=5e-5)
    by_name = [{n.name: g.gradients[n].item() for n in g.nodes if n.name in PLACE} for g in (gate, nodes)]
    assert by_name[0] == pytest.approx(by_name[1], rel=1e-12)
    sigma = gate.output.item()
    assert by_name[0]["w2"] == pytest.approx(sigma * (1 - sigma), rel=1e-12)
    assert by_name[0]["w2"] == pytest.approx(0.1966, abs=5e-5)


def test_squared_length_of_a_matrix_vector_product(asarray):
    """q = Wx, f = ‖q‖²: ∇_W f = 2 q xᵀ and ∇ₓ f = 2 Wᵀ q."""
    W0, x0 = np.array([[0.1, 0.5], [-0.3, 0.8]]), np.array([0.2, 0.4])
    W, x = leaf(asarray(W0)), leaf(asarray(x0))
    q = W @ x
    f = (q * q).sum()
    f.backward()
    np.testing.assert_allclose(q.data.tolist(), [0.22, 0.26])
    assert f.item() == pytest.approx(0.116)
    np.testing.assert_allclose(W.grad.data.tolist(), [[0.088, 0.176], [0.104, 0.208]])
    np.testing.assert_allclose(x.grad.data.tolist(), [-0.112, 0.636])
    np.testing.assert_allclose(W.grad.data.tolist(), 2 * np.outer(W0 @ x0, x0))
    np.testing.assert_allclose(x.grad.data.tolist(), 2 * W0.T @ (W0 @ x0))


def test_a_function_of_a_function_of_a_function():
    """z = f(f(f(w))): dz/dw = f'(f(f(w))) f'(f(w)) f'(w), itself a graph that can be differentiated."""
    f, slope = ag.sin, np.cos
    w = leaf(0.4)
    z = f(f(f(w)))
    (dz,) = grad(z, w, create_graph=True)
    x, y = np.sin(0.4), np.sin(np.sin(0.4))
    assert dz.item() == pytest.approx(slope(y) * slope(x) * slope(0.4), rel=1e-14)
    (ddz,) = grad(dz, w)
    eps = 1e-5
    ends = [grad(f(f(f(v))), v)[0].item() for v in (leaf(0.4 + eps), leaf(0.4 - eps))]
    assert ddz.item() == pytest.approx((ends[0] - ends[1]) / (2 * eps), rel=1e-8)


def test_add_distributes_max_routes_multiply_swaps():
    a, b = leaf(2.0), leaf(-1.0)
    assert [g.item() for g in grad((a + b) * 2, [a, b])] == [2, 2]
    assert [g.item() for g in grad(ag.maximum(a, b) * 2, [a, b])] == [2, 0]
    assert [g.item() for g in grad(a * b * 2, [a, b])] == [-2, 4]


def test_forward_and_reverse_mode_build_the_same_jacobian():
    f = lambda x: ag.stack([x[0] * x[1], ag.sin(x[0]), x[1] ** 3])  # noqa: E731
    x = np.array([0.5, -2.0])
    columns = [jvp(f, (x,), (e,))[1].data for e in np.eye(2)]
    np.testing.assert_allclose(np.stack(columns, axis=1), jacobian(f, x).data)


def test_penalty_on_the_weights_of_a_network():
    """J + λ Ω with Ω = ½‖W‖²: the penalty adds λW to the gradient of the weights, and nothing to the biases'."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(5, 3)), rng.integers(0, 2, 5)
    W0, b0 = rng.normal(size=(3, 2)), rng.normal(size=2)
    gradients = []
    for weight in (0.0, 0.1):
        W, b = leaf(W0), leaf(b0)
        z = Tensor(X) @ W + b
        loss = (ag.logsumexp(z, axis=1) - z[np.arange(5), y]).mean() + weight * 0.5 * (W * W).sum()
        gradients.append(grad(loss, [W, b]))
    np.testing.assert_allclose(gradients[1][0].data - gradients[0][0].data, 0.1 * W0)
    np.testing.assert_allclose(gradients[1][1].data, gradients[0][1].data)


def test_newton_with_the_tapes_hessian_solves_a_quadratic_in_one_step():
    S, c = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0])
    f = lambda x: 0.5 * (x @ S @ x) - (x * c).sum()  # noqa: E731
    x = np.array([5.0, 7.0])
    step = np.linalg.solve(hessian(f, x).data, jacobian(f, x).data)
    np.testing.assert_allclose(jacobian(f, x - step).data, 0, atol=1e-12)
    np.testing.assert_allclose(hvp(f, x, step).data, S @ step)


def test_a_network_learns_the_digits(asarray):
    """64-128-10 with stochastic gradient descent and momentum, 25 epochs: at least 97 % on held-out digits."""
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16, y, test_size=450, random_state=0, stratify=y)
    rng = np.random.default_rng(0)
    sizes = [(64, 128), (128, 10)]
    parameters = []
    for n, m in sizes:
        parameters += [leaf(asarray(rng.normal(size=(n, m)) * np.sqrt(2 / n))), leaf(asarray(np.zeros(m)))]
    velocities = [p.data * 0 for p in parameters]

    def network(X):
        W1, b1, W2, b2 = parameters
        return ag.relu(Tensor(asarray(X)) @ W1 + b1) @ W2 + b2

    for _ in range(25):
        for batch in np.array_split(rng.permutation(len(X_train)), 21):
            z = network(X_train[batch])
            loss = (ag.logsumexp(z, axis=1) - z[np.arange(len(batch)), y_train[batch]]).mean()
            for p in parameters:
                p.grad = None
            loss.backward()
            for p, v in zip(parameters, velocities, strict=True):
                v *= 0.9
                v -= 0.1 * p.grad.data
                p.data += v
    with ag.no_grad():
        predicted = np.asarray(network(X_test).data.tolist()).argmax(axis=1)
    assert (predicted == y_test).mean() >= 0.97
