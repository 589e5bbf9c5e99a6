"""The graph: who was made of what, gradients on every node, where it is drawn, and what the drawing says."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch

from course_lib import autograd as ag
from course_lib.autograd import Graph, Tensor, grad, parse


def leaf(value, name=None):
    return Tensor(value, requires_grad=True, name=name)


def boxes(layout):
    assert len(set(layout.values())) == len(layout), "two nodes in one place"
    return layout


@pytest.fixture
def example():
    """f = (x + y) z at (-2, 5, -4)."""
    x, y, z = leaf(-2.0, "x"), leaf(5.0, "y"), leaf(-4.0, "z")
    q = (x + y).named("q")
    return Graph((q * z).named("f")), x, y, z, q


def test_inputs_consumers_and_operations(example):
    graph, x, y, z, q = example
    f = graph.output
    assert graph.nodes == (x, y, q, z, f)
    assert [graph.get_operation(n) for n in graph.nodes] == [None, None, "add", None, "multiply"]
    assert [graph.get_inputs(n) for n in (x, q, f)] == [(), (x, y), (q, z)]
    assert [graph.get_consumers(n) for n in (x, z, q, f)] == [(q,), (f,), (f,), ()]


def test_gradients_on_every_node(example):
    graph, *_ = example
    assert [graph.gradients[n].item() for n in graph.nodes] == [-4, -4, -4, 3, 1]
    assert all(n.grad is None for n in graph.nodes)


def test_the_graph_outlives_the_tape(example):
    graph, x, y, _, q = example
    graph.output.backward()
    assert graph.get_inputs(q) == (x, y)
    assert "−12" in graph._repr_svg_()
    with pytest.raises(RuntimeError, match="freed"):
        Graph(graph.output)


def test_a_node_used_twice_is_one_node():
    x = leaf(3.0, "x")
    graph = Graph(x * x)
    assert graph.get_inputs(graph.output) == (x, x)
    assert graph.get_consumers(x) == (graph.output,)
    assert len(graph.nodes) == 2


def test_constants_are_nodes_without_gradient():
    x = leaf(3.0, "x")
    graph = Graph(2 * x + Tensor(1.0, name="one"))
    labels = {graph.label(n): graph.gradients[n] for n in graph.nodes if graph.get_operation(n) is None}
    assert labels["x"].item() == 2
    assert labels["one"] is None
    assert len(labels) == 3


def test_the_derivative_has_a_graph_of_its_own():
    """z = f(f(f(w))): dz/dw is made of f'(w), f'(x), f'(y), all on the tape."""
    w = leaf(0.4, "w")
    x = ag.sin(w)
    y = ag.sin(x)
    z = ag.sin(y)
    (dz,) = grad(z, w, create_graph=True)
    graph = Graph(dz)
    assert [graph.get_operation(n) for n in graph.nodes].count("cos") == 3
    assert {w, x, y} <= set(graph.nodes)
    assert z not in graph.nodes


def test_layout_runs_from_left_to_right(example):
    graph, x, y, z, q = example
    places = boxes(graph.layout())
    for node in graph.nodes:
        for source in graph.get_inputs(node):
            assert places[source][0] < places[node][0]
    assert (places[x][0], places[y][0], places[q][0], places[z][0], places[graph.output][0]) == (0, 0, 1, 1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))",
        "x*x*x*x + x",
        "(a + b) * (a - b) / (a * b) + a",
        "x",
        "tanh(tanh(tanh(x)))",
    ],
)
def test_layout_and_drawing_of_many_graphs(text):
    formula = parse(text)
    graph = Graph(formula(**{name: 0.3 * i + 0.4 for i, name in enumerate(formula.variables)}))
    places = boxes(graph.layout())
    assert set(places) == set(graph.nodes)
    root = ET.fromstring(graph._repr_svg_())
    width, height = map(float, root.get("viewBox").split()[2:])
    rectangles = root.findall("{*}rect")[1:]
    assert len(rectangles) == len(graph.nodes)
    for r in rectangles:
        assert 0 <= float(r.get("x")) <= float(r.get("x")) + float(r.get("width")) <= width
        assert 0 <= float(r.get("y")) <= float(r.get("y")) + float(r.get("height")) <= height
    corners = [(float(r.get("x")), float(r.get("y"))) for r in rectangles]
    for i, (x, y) in enumerate(corners):
        for other_x, other_y in corners[:i]:
            assert abs(x - other_x) >= 118 or abs(y - other_y) >= 62, "two boxes overlap"


def test_a_ladder_has_no_crossings():
    """Two strands side by side are drawn side by side."""
    a, b = leaf(1.0), leaf(2.0)
    p, q = a, b
    for _ in range(4):
        p, q = ag.sin(p), ag.cos(q)
    graph = Graph(p + q)
    rows = graph.layout()
    strand = [n for n in graph.nodes if graph.get_operation(n) == "sin" or n is a]
    assert len({rows[n][1] for n in strand}) == 1


@pytest.mark.parametrize(("text", "most"), [("x*y + sin(x)", 0), ("exp(c)*(a+b) + tanh(a)", 0), ("a*b + c*d + a*d", 1)])
def test_few_edges_cross(text, most):
    formula = parse(text)
    graph = Graph(formula(**dict.fromkeys(formula.variables, 0.5)))
    curves = [path.get("d") for path in ET.fromstring(graph._repr_svg_()).findall("{*}path") if " C" in path.get("d")]
    pieces = []  # from bend to bend: (x, y) at both ends
    for curve in curves:
        points = [tuple(map(float, pair.split(","))) for pair in re.findall(r"[-\d.]+,[-\d.]+", curve)][::3]
        pieces += itertools.pairwise(points)
    crossings = [
        1
        for (a, b), (c, d) in itertools.combinations(pieces, 2)
        if abs(a[0] - c[0]) < 60 and (a[1] - c[1]) * (b[1] - d[1]) < 0
    ]
    assert len(crossings) <= most


def test_the_drawing_reads_without_eyes_and_without_colour(example):
    graph, *_ = example
    svg = graph._repr_svg_()
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find("{*}title").text == root.get("aria-label") == "Computational graph of 5 nodes"
    assert root.find("{*}desc").text == (
        "1, x: value −2, gradient −4. 2, y: value 5, gradient −4. 3, q: add of 1 and 2: value 3, gradient −4. "
        "4, z: value −4, gradient 3. 5, f: multiply of 3 and 4: value −12, gradient 1."
    )
    background = root.find("{*}rect")
    assert (background.get("fill"), background.get("width")) == ("white", "100%")
    texts = [t.text for t in root.findall("{*}text")]
    assert texts.count("∇ −4") == 3
    assert {"q: +", "f: ×", "−12"} <= set(texts)


def test_arrays_are_shown_by_shape_or_in_short(asarray):
    X, w = Tensor(asarray(np.ones((5, 2))), name="X"), leaf(asarray([0.5, -1.25]), "w")
    texts = [t.text for t in ET.fromstring(Graph((X @ w).sum())._repr_svg_()).findall("{*}text")]
    assert {"shape 5×2", "[0.5, −1.25]", "∇ [5, 5]", "∇ shape 5", "−3.75"} <= set(texts)


def test_without_a_single_number_there_are_no_gradients():
    graph = Graph(leaf(np.ones(3)) * 2)
    assert set(graph.gradients.values()) == {None}
    assert "∇" not in graph._repr_svg_()
    assert "constant" in Graph(Tensor(1.0))._repr_svg_()


def test_names_cannot_smuggle_markup():
    svg = Graph(leaf(1.0, '<script>alert("x")</script>') * 2)._repr_svg_()
    assert "<script" not in svg
    ET.fromstring(svg)


def test_a_graph_too_large_to_draw_says_so():
    x = leaf(1.0)
    y = x
    for _ in range(5000):
        y = y + 1.0
    graph = Graph(y)
    assert repr(graph) == "Graph of 10001 nodes"
    text = ET.fromstring(graph._repr_svg_()).find("{*}text").text
    assert re.match(r"A graph of 10,001 nodes: too many to draw, 200 at most", text)


def test_only_tensors_have_a_graph():
    with pytest.raises(TypeError, match="expected a Tensor, the result of a computation, got ndarray"):
        Graph(np.ones(2))


def test_on_torch_too():
    x = leaf(torch.tensor(2.0), "x")
    assert Graph(x * x).gradients[x].item() == 4
