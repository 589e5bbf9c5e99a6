"""The mathematics behind the demos of lecture 08, and what they say and show."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_lib.autograd import Tensor, grad, parse
from course_lib.demos import backpropagation as demos
from course_lib.demos.diagrams import (
    MOST_NODES,
    WITH_GRADIENTS,
    Card,
    Column,
    Diagram,
    Field,
    Wire,
    crossings,
    layered,
    layers_of,
    smooth,
)

NEURON = parse("1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))")
FORMULAS = (
    "(x + y) * z",
    "1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))",
    "x1*x2 + sin(x1)",
    "sin(sin(sin(w)))",
    "(relu(w*x + b) - y)**2",
    "x*x*x - 2/x + sqrt(x)*log(x) - cos(x)",
    "tanh(a) * sigmoid(a*b) / (a - 3) + 2**b",
    "x",
)


def random_inputs(expression, rng):
    return {name: float(rng.uniform(0.3, 2)) for name in expression.variables}


class TestLayout:
    def graph(self, rng, nodes=14):
        """A random graph in which each node but the first few has one or two parents."""
        return tuple(
            () if v < 3 else tuple(int(p) for p in rng.integers(0, v, size=rng.integers(1, 3))) for v in range(nodes)
        )

    def test_everyone_stands_right_of_its_parents(self, rng):
        for _ in range(20):
            parents = self.graph(rng)
            layer = layers_of(parents)
            assert all(layer[p] < layer[v] for v, above in enumerate(parents) for p in above)
            assert min(layer) == 0

    def test_nobody_stands_on_another(self, rng):
        for _ in range(20):
            layout = layered(self.graph(rng))
            for a, b in itertools.combinations(layout.nodes, 2):
                assert a[0] != b[0] or abs(a[1] - b[1]) > 1 - 1e-9

    def test_wires_run_around_the_nodes_between(self, rng):
        for _ in range(20):
            parents = self.graph(rng)
            layout = layered(parents)
            assert sorted((p, v) for p, v, _ in layout.wires) == sorted(
                (p, v) for v, above in enumerate(parents) for p in above
            )
            for parent, child, points in layout.wires:
                np.testing.assert_array_equal(
                    points[:, 0], np.arange(layout.nodes[parent, 0] + 1, layout.nodes[child, 0])
                )
                for x, y in points:
                    others = layout.nodes[layout.nodes[:, 0] == x, 1]
                    assert (abs(others - y) > 0.69).all()

    def test_what_can_be_drawn_without_crossings_is(self):
        neuron = demos.Trace(NEURON, dict.fromkeys(NEURON.variables, 1.0)).parents
        layout = layered(neuron)
        layer = [int(x) for x in layout.nodes[:, 0]]
        assert crossings(layer, layout.nodes[:, 1], [(p, v) for v, above in enumerate(neuron) for p in above]) == 0

    def test_first_operand_stands_above_the_second(self):
        (x, y, plus, z, times) = layered(((), (), (0, 1), (), (2, 3))).nodes[:, 1]
        assert x < y
        assert plus < z
        assert plus < times < z

    def test_smooth_curves_pass_through_their_points(self):
        points = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, -1.0]])
        curve = smooth(points, samples=5)
        np.testing.assert_allclose(curve[[0, 4, 9]], points)


class TestDiagram:
    def diagram(self):
        return Diagram(Figure(figsize=(10, 5)), (0, 0, 10, 5), WITH_GRADIENTS)

    def test_cards_stay_in_the_room_and_apart(self, rng):
        diagram = self.diagram()
        for text in FORMULAS:
            expression = parse(text)
            assert diagram.lay(demos.Trace(expression, random_inputs(expression, rng)).parents)
            half = diagram.scale * np.array(WITH_GRADIENTS.card) / 2
            assert (diagram.centres >= half - 1e-9).all()
            assert (diagram.centres <= np.array([10, 5]) - half + 1e-9).all()
            for a, b in itertools.combinations(diagram.centres, 2):
                assert (abs(a - b) > 2 * half).any()

    def test_refuses_what_could_not_be_read(self):
        diagram = self.diagram()
        chain = tuple((v - 1,) if v else () for v in range(30))
        assert not diagram.lay(chain)
        assert not diagram.lay(((),) * (MOST_NODES + 1))
        assert diagram.lay(chain[:8])

    def test_wires_reach_from_card_to_card_and_operands_apart(self):
        diagram = self.diagram()
        diagram.lay(((), (0, 0)))
        first, second = diagram.curves
        np.testing.assert_allclose(first[0], second[0])
        assert first[-1, 0] == second[-1, 0] == pytest.approx(diagram.centres[1, 0] - diagram.scale * 0.46)
        assert first[-1, 1] != second[-1, 1]

    def test_paints_the_cards_asked_for_and_no_more(self):
        diagram = self.diagram()
        diagram.lay(((), (0,)))
        diagram.paint([Card("x", "1"), Card("sin", "0.84", "1")], [Wire(label="× 0.54", backward=True)])
        assert diagram.columns["title"].words == ["x", "sin"]
        assert diagram.columns["gradient"].words == ["", "1"]
        assert [text.get_text() for text in diagram.labels if text.get_visible()] == ["× 0.54"]


class TestColumn:
    def written(self, words, field, place=(1.0, 0.5)):
        """The pixels of some words on a figure of two inches by one, dark as 1."""
        fig = Figure(figsize=(2, 1), dpi=100)
        canvas = FigureCanvasAgg(fig)
        column = Column(field)
        fig.add_artist(column)
        column.write([words], np.array([place]), 1.0)
        canvas.draw()
        return 1 - np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=-1) / 255

    def test_words_stand_around_their_place(self):
        ink = self.written("HHH", Field("black", 20, 0, 0, letters=9))
        rows, columns = np.nonzero(ink > 0.5)
        assert (rows.min() + rows.max()) / 2 == pytest.approx(50, abs=1.5)
        assert (columns.min() + columns.max()) / 2 == pytest.approx(100, abs=1.5)

    def test_words_begin_at_their_place(self):
        ink = self.written("HHH", Field("black", 20, 0, 0, letters=9, centred=False))
        assert np.nonzero(ink > 0.5)[1].min() == pytest.approx(100, abs=4)

    def test_letters_look_as_matplotlib_draws_them(self):
        fig = Figure(figsize=(2, 1), dpi=100)
        canvas = FigureCanvasAgg(fig)
        fig.text(0.5, 0.5, "exp −2", fontsize=20, ha="center", va="center")
        canvas.draw()
        theirs = 1 - np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=-1) / 255
        ours = self.written("exp −2", Field("black", 20, 0, 0, letters=9))
        assert ours.sum() == pytest.approx(theirs.sum(), rel=0.1)

    def test_long_words_are_written_smaller(self):
        short, long = (self.written("H" * n, Field("black", 20, 0, 0, letters=4)) for n in (4, 12))
        widths = [np.ptp(np.nonzero(ink > 0.5)[1]) for ink in (short, long)]
        assert widths[0] == pytest.approx(widths[1], rel=0.1)


class TestTrace:
    @pytest.mark.parametrize("text", FORMULAS)
    def test_gradients_are_those_of_the_engine(self, text, rng):
        expression = parse(text)
        inputs = random_inputs(expression, rng)
        trace = demos.Trace(expression, inputs)
        leaves = {name: Tensor(value, requires_grad=True) for name, value in inputs.items()}
        output = expression(**leaves)
        table = trace.moment(trace.steps).table
        assert trace.values[-1] == pytest.approx(output.item())
        assert [table[i] for i in range(trace.inputs)] == pytest.approx(
            [g.item() for g in grad(output, [leaves[name] for name in expression.variables])]
        )

    @pytest.mark.parametrize("text", FORMULAS)
    def test_one_node_a_step_forward_then_backward(self, text, rng):
        expression = parse(text)
        trace = demos.Trace(expression, random_inputs(expression, rng))
        moments = [trace.moment(step) for step in range(trace.steps + 1)]
        operations = len(trace.nodes) - trace.inputs
        assert [m.computed for m in moments] == [
            *range(trace.inputs, len(trace.nodes) + 1),
            *[len(trace.nodes)] * (operations + 1),
        ]
        forward = [m.active for m in moments[1 : operations + 1]]
        backward = [m.active for m in moments[operations + 2 :]]
        assert forward == backward[::-1] == list(range(trace.inputs, len(trace.nodes)))
        assert moments[operations + 1].table == {len(trace.nodes) - 1: 1.0}

    def test_a_gradient_waits_for_all_consumers(self):
        trace = demos.Trace(parse("x1*x2 + sin(x1)"), {"x1": 2.0, "x2": 3.0})
        after_sin, after_product = trace.moment(6), trace.moment(7)
        assert 0 in after_sin.waiting
        assert after_sin.table[0] == pytest.approx(np.cos(2))
        assert not after_product.waiting
        assert after_product.table[0] == pytest.approx(3 + np.cos(2))
        cards, _ = demos.stepper_cards(trace, after_sin, chosen="x1")
        assert cards[0].gradient == "−0.416 + …"

    def test_words_carry_the_numbers(self):
        trace = demos.Trace(parse("(x + y) * z"), {"x": -2, "y": 5, "z": -4})
        words = [trace.moment(step).words for step in range(trace.steps + 1)]
        assert words[1] == "v₁ = x + y = (−2) + 5 = 3."
        assert words[2] == "v₂ = v₁ × z = 3 × (−4) = −12."
        assert "v₁ gets 1 × (−4) = −4. z gets 1 × 3 = 3." in words[4]
        assert words[5].endswith("Done: the slope of v₂ is −4 in x, −4 in y, 3 in z.")

    def test_every_operation_has_a_rule_in_words(self):
        formula = parse(
            "exp(x) + log(x) - sin(x) * cos(x) / tanh(x) ** relu(x) + sigmoid(-x) + sqrt(max(x, min(x, 2)))"
        )
        trace = demos.Trace(formula, {"x": 0.5})
        assert {node.operation for node in trace.nodes[trace.inputs :]} == set(demos.RULES)
        assert all(trace.moment(step).words.endswith(".") for step in range(trace.steps + 1))

    def test_brackets_only_where_a_sign_would_stand_behind_a_sign(self):
        trace = demos.Trace(parse("sigmoid(x) + max(x, y)"), {"x": -1.0, "y": -2.0})
        assert trace.moment(1).words.startswith("v₁ = σ(x) = σ(−1) = 0.269")
        assert trace.moment(2).words == "v₂ = max(x, y) = max(−1, −2) = −1."

    def test_max_routes(self):
        trace = demos.Trace(parse("max(a, b) * c + a"), {"a": 4.0, "b": 1.0, "c": 5.0})
        table = trace.moment(trace.steps).table
        assert [table[i] for i in range(3)] == [6, 0, 4]
        assert "max routes: the larger input gets all of the gradient" in trace.moment(trace.steps).words

    def test_constants_stand_on_the_card(self):
        trace = demos.Trace(parse("max(0, x) + max(x, 3) + max(x, y) + 2 * x ** 2"), {"x": 1.0, "y": 2.0})
        cards, _ = demos.stepper_cards(trace, trace.moment(0), chosen="x")
        titles = [card.title for card in cards[2:]]
        assert titles == ["max(0)", "max(3)", "+", "max", "+", "** 2", "2 ×", "+"]

    def test_no_slope_where_there_is_no_value(self):
        trace = demos.Trace(parse("log(x)"), {"x": -2.0})
        assert np.isnan(trace.moment(trace.steps).table[0])

    def test_outside_the_domain_nothing_breaks(self):
        trace = demos.Trace(parse("log(x) / (x - 1)"), {"x": -1.0})
        for step in range(trace.steps + 1):
            cards, _ = demos.stepper_cards(trace, trace.moment(step), chosen="x")
        assert cards[-1].value == "NaN"


class TestGraphStepper:
    def test_begins_with_a_riddle_and_ends_with_the_gradient(self):
        demo = demos.GraphStepper()
        assert demo.diagram.columns["value"].words == ["−2", "5", "−4", "?", "?"]
        demo.set(step=5)
        gradients = demo.diagram.columns["gradient"].words
        assert gradients == ["−4", "−4", "3", "−4", "1"]

    def test_typing_draws_the_whole_graph_with_all_gradients(self):
        demo = demos.GraphStepper()
        demo.controls["expression"].value = "a * a"
        assert demo.values["preset"] == demo.own
        assert demo.controls["input"].options == ("a",)
        assert demo.values["step"] == demo.controls["step"].max == 3
        assert "Done" in demo.caption
        demo.set(value=-3)
        assert demo.caption.endswith("the slope of v₁ is −6 in a.")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("(x + * y) * z", "“(x + ▸* y) * z”"),
            ("x ^ 2", "a power is written **"),
            ("f(x)", "there is no function f"),
            ("", "expected a formula"),
            (r"x + $\frac$", "▸$"),
            ("3 + 4", "no variable"),
            ("__import__('os')", "there is no function"),
            ("x" + " + x" * 50, "than there is room for"),
            ("x*" * 200 + "x", "300 characters"),
        ],
    )
    def test_what_cannot_be_drawn_is_explained_and_the_graph_kept(self, text, words):
        demo = demos.GraphStepper()
        demo.set(step=3)
        before = demo.diagram.columns["title"].words
        demo.set(expression=text)
        assert words in demo.caption.lower()
        assert "keeps the last graph" in demo.caption
        assert demo.diagram.columns["title"].words == before
        assert demo.values["step"] == 3
        demo.set(expression="x + y")
        assert "keeps" not in demo.caption

    @pytest.mark.parametrize("text", ["x + 😀", "変 * x", "a" * 13 + " * x"])
    def test_letters_without_a_picture_are_refused(self, text):
        demo = demos.GraphStepper()
        demo.set(expression=text)
        assert "keeps the last graph" in demo.caption
        assert demos.drawable(text) == demo.headline.text.get_text()

    def test_says_what_nan_means(self):
        demo = demos.GraphStepper()
        demo.set(expression="log(q)", value=-1)
        assert demo.caption.endswith("NaN is no number: something has no value or no slope here. Move an input.")
        demo.set(value=1)
        assert "NaN" not in demo.caption

    def test_a_step_draws_one_picture(self, monkeypatch):
        demo = demos.GraphStepper()
        drawn = []
        monkeypatch.setattr(demo, "_show", drawn.append)
        demo.step()
        assert len(drawn) == 1

    def test_the_mark_stands_under_the_place(self):
        demo = demos.GraphStepper()
        demo.set(expression="x + * y")
        mark = demo.headline.mark.get_text()
        assert demo.headline.text.get_text()[mark.index("^")] == "*"

    def test_an_input_keeps_its_value_while_others_move(self):
        demo = demos.GraphStepper()
        demo.set(input="y")
        assert demo.values["value"] == 5
        demo.set(value=1.5)
        demo.set(input="x")
        assert demo.inputs == {"x": -2, "y": 1.5, "z": -4}
        assert demo.values["value"] == -2

    def test_runs_to_the_end_and_again_from_the_beginning(self):
        demo = demos.GraphStepper()
        steps = demo.controls["step"]
        assert [demo.step() for _ in range(steps.max)] == [True] * (steps.max - 1) + [False]
        assert steps.value == steps.max
        demo.step()
        assert steps.value == 0
        demo.step()
        demo.start_over()
        assert steps.value == 0

    @pytest.mark.parametrize("preset", demos.GraphStepper.presets)
    def test_each_preset_fits_and_is_right(self, preset):
        demo = demos.GraphStepper()
        demo.set(preset=preset)
        text, inputs = demo.presets[preset]
        assert demo.values["expression"] == text
        assert {name: demo.inputs[name] for name in inputs} == inputs
        assert demo.values["step"] == 0
        assert set(demo.expression.variables) == set(inputs)


class TestDerivativeGraph:
    def test_derivatives_of_the_exponential_share_nodes(self):
        derivatives = demos.Derivatives(parse("exp(w)"), 0.7, order=3)
        assert derivatives.values == pytest.approx([np.exp(0.7)] * 4)
        assert derivatives.added == [2, 1, 1, 1]

    def test_values_of_a_chain(self):
        w = 0.4
        x, y = np.sin(w), np.sin(np.sin(w))
        derivatives = demos.Derivatives(parse("sin(sin(sin(w)))"), w, order=1)
        assert derivatives.values == pytest.approx([np.sin(y), np.cos(y) * np.cos(x) * np.cos(w)])
        operations = [node.operation for node in derivatives.nodes(1)]
        assert operations.count("cos") == operations.count("sin") == operations.count("multiply") == 3

    def test_parents_stand_before_their_children_at_every_order(self):
        derivatives = demos.Derivatives(parse("exp(-w*w)"), 0.3, order=2)
        for order in range(3):
            assert all(p < v for v, above in enumerate(derivatives.parents(order)) for p in above)
            assert len(derivatives.parents(order)) == sum(derivatives.added[: order + 1])

    def test_curves_are_the_derivatives_at_each_place(self):
        f, first, second = demos.curves_of_derivatives(parse("tanh(2*w - 1)"), np.array([-1.0, 0.2, 1.0]), 2)
        for k, w in enumerate((-1.0, 0.2, 1.0)):
            assert demos.Derivatives(parse("tanh(2*w - 1)"), w, 2).values == pytest.approx([f[k], first[k], second[k]])

    def test_no_derivative_where_there_is_no_value(self):
        logarithm = parse("log(x)")
        assert np.isnan(demos.Derivatives(logarithm, -1.0, order=1).values).all()
        value, slope = demos.curves_of_derivatives(logarithm, np.array([-1.0, 2.0]), 1)
        np.testing.assert_array_equal(np.isnan(value), [True, False])
        np.testing.assert_array_equal(slope, [np.nan, 0.5])

    def test_derivatives_of_a_line_end_in_zero(self):
        assert demos.Derivatives(parse("3 * x"), 1.0, order=2).values == [3, 3, 0]
        np.testing.assert_array_equal(demos.curves_of_derivatives(parse("3 * x"), demos.GRID, 2)[2], 0)

    def test_says_what_it_has_no_room_to_draw(self):
        demo = demos.DerivativeGraph()
        demo.set(order=3)
        assert "f takes 4 nodes, f′ adds 6" in demo.caption
        assert "no room to draw" in demo.caption

    def test_wants_one_variable(self):
        demo = demos.DerivativeGraph()
        demo.set(expression="x * y")
        assert "single variable; here are x, y" in demo.caption
        assert demo.expression.text == "sin(sin(sin(w)))"

    def test_names_the_variable(self):
        demo = demos.DerivativeGraph()
        demo.set(expression="t * t", place=2)
        assert demo.controls["place"].description == "at t ="
        assert demo.caption.startswith("At t = 2.0: f = 4.")

    def test_limits_hold_most_of_the_curves(self):
        low, high = demos.reach(np.array([0.0, 1.0, np.nan, np.inf]))
        assert low < 0 < 1 < high
        assert demos.reach(np.array([np.nan])) == (-1.2, 1.2)


class TestForwardReverseCost:
    @pytest.mark.parametrize("widths", [[5, 3, 2], [1, 4, 4, 6], [3, 1], [2, 7, 1]])
    def test_counts_what_the_passes_multiply(self, widths, rng):
        count = 0

        class Counted(float):
            def __mul__(self, other):
                nonlocal count
                count += 1
                return Counted(float(self) * float(other))

            def __add__(self, other):
                return Counted(float(self) + float(other))

        def counted(array):
            return np.vectorize(Counted, otypes=[object])(array)

        weights = [counted(rng.normal(size=(b, a))) for a, b in itertools.pairwise(widths)]
        slopes = [counted(rng.normal(size=n)) for n in widths[1:-1]]
        count, columns = 0, []
        for unit in np.eye(widths[0]):
            v = weights[0] @ counted(unit)
            for D, W in zip(slopes, weights[1:], strict=True):
                v = W @ (D * v)
            columns.append(v)
        forward, count, rows = count, 0, []
        for unit in np.eye(widths[-1]):
            g = weights[-1].T @ counted(unit)
            for D, W in zip(slopes[::-1], weights[-2::-1], strict=True):
                g = W.T @ (D * g)
            rows.append(g)
        np.testing.assert_allclose(np.array(columns, dtype=float).T, np.array(rows, dtype=float))
        assert demos.jacobian_cost(widths)[:2] == (forward, count)

    def test_who_wins(self):
        demo = demos.ForwardReverseCost()
        assert "Backward is 100 times cheaper" in demo.caption
        demo.set(inputs=1, outputs=1000)
        assert "Forward is 1,000 times cheaper" in demo.caption
        demo.set(inputs=1000)
        assert "a draw" in demo.caption

    def test_backward_keeps_to_the_network_itself(self):
        forward, backward, once = demos.jacobian_cost([10**6, 100, 100, 1])
        assert backward < 1.001 * once
        assert forward == 10**6 * backward


class TestGradientCheck:
    def test_exact_derivatives(self):
        assert demos.exact_derivatives(demos.CHECKED["sin x"], 0.3) == pytest.approx(
            [np.sin(0.3), np.cos(0.3), -np.sin(0.3), -np.cos(0.3)]
        )
        assert demos.exact_derivatives(demos.CHECKED["relu x, a kink"], 0.0) == [0, 0, 0, 0]

    @pytest.mark.parametrize(("function", "place"), [("sin x", 1.0), ("exp x", 0.5), ("tanh 30x, a steep step", 0.01)])
    def test_errors_follow_the_laws(self, function, place):
        f = demos.CHECKED[function]
        derivatives = demos.exact_derivatives(f, place)
        steps = np.array([1e-3, 1e-4])
        found = demos.differences(f, place, steps, "float64")
        for estimate, law in zip(found, demos.error_laws(derivatives, place, steps, "float64"), strict=True):
            np.testing.assert_allclose(abs(estimate - derivatives[1]), law, rtol=0.1)
        tiny = 10.0 ** -np.arange(9, 15)
        for precision in ("float64", "float32"):
            laws = demos.error_laws(derivatives, place, tiny, precision)
            for estimate, law in zip(demos.differences(f, place, tiny, precision), laws, strict=True):
                assert (abs(estimate - derivatives[1]) < 4 * law + abs(derivatives[1])).all()

    def test_central_is_exact_for_a_parabola(self):
        one_sided, central = demos.differences(demos.CHECKED["x²"], 0.5, np.array([0.125]), "float64")
        assert central == 1
        assert one_sided == 1.125

    def test_float32_is_computed_in_float32(self):
        value = demos.evaluate(demos.CHECKED["exp x"], np.array(1.0), "float32")
        assert value == np.exp(np.float32(1))
        assert value != np.exp(1.0)

    def test_a_kink_within_reach(self):
        demo = demos.GradientCheck()
        demo.set(function="relu x, a kink", place=0.001, step=demo.steps[2])
        assert "reaches across the kink" in demo.caption
        demo.set(step=demo.steps[6])
        assert "kink" not in demo.caption
        demo.set(place=0.0)
        assert "On the kink" in demo.caption


def test_short_numbers():
    assert [demos.short(x) for x in (0.0, -0.0, 1e-9, 99999.0, 1e20, np.inf, -np.inf)] == [
        "0",
        "0",
        "1.0e−9",
        "99999",
        "1.0e20",
        "∞",
        "−∞",
    ]
