"""The demos of lecture 08, backpropagation and automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider, Text
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from numpy.typing import NDArray

from course_lib.autograd import Expression, Graph, Tensor, grad, operations, parse
from course_lib.demos.base import Demo, Running, number
from course_lib.demos.diagrams import WITH_GRADIENTS, WITH_VALUES, Card, Diagram, Parents, Wire
from course_lib.plotting import COLORS

__all__ = ["DerivativeGraph", "ForwardReverseCost", "GradientCheck", "GraphStepper"]

Vector = NDArray[np.floating]

NEURON: dict[str, float] = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}


class GraphStepper(Running):
    """A computational graph, forward and then backward, one node at a time; also for an expression that is typed."""

    alt = (
        "A computational graph from left to right: a card for each input and each operation, joined by arrows. Each "
        "card shows what it is, below that its value in blue, and at the bottom its gradient in orange. The node at "
        "work is shaded; while it hands its gradient back, its incoming arrows turn around and carry the local "
        "derivatives."
    )
    size = (9.8, 4.8)
    pause_between_frames = 1.2
    presets: ClassVar[dict[str, tuple[str, Mapping[str, float]]]] = {
        "a sum times a number": ("(x + y) * z", {"x": -2, "y": 5, "z": -4}),
        "a sigmoid neuron": ("1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))", NEURON),
        "the neuron as one gate": ("sigmoid(w0*x0 + w1*x1 + w2)", NEURON),
        "an input used twice": ("x1*x2 + sin(x1)", {"x1": 2, "x2": 3}),
        "max routes": ("max(a, b) * c + a", {"a": 4, "b": 1, "c": 5}),
        "f(f(f(w))), f = sin": ("sin(sin(sin(w)))", {"w": 1}),
        "a squared error": ("(relu(w*x + b) - y)**2", {"w": 1.5, "x": 2, "b": -1, "y": 3}),
    }
    own = "your own"

    def __init__(self) -> None:
        preset, (text, inputs) = next(iter(self.presets.items()))
        self.inputs = dict(inputs)
        variable, value = next(iter(inputs.items()))
        super().__init__(
            preset=Dropdown(options=[*self.presets, self.own], value=preset, description="Graph of"),
            expression=Text(text, description="or type your own"),
            input=Dropdown(options=list(inputs), value=variable, description="Input"),
            value=FloatSlider(value, min=-6, max=6, step=0.1, description="its value"),
            step=IntSlider(0, min=0, max=Trace(parse(text), inputs).steps, description="after step"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The room for the cards; above them the expression, and how far it has come."""
        self.diagram = Diagram(fig, (0.15, 0.05, 9.5, 4.1), WITH_GRADIENTS)
        self.headline = Headline(self.diagram)
        self.phase = self.diagram.ax.text(9.6, 4.55, "", ha="right", va="center", fontsize=14)
        self.expression = self._drawn(self.values["expression"])
        self._take(self.expression.text)
        return [*self.diagram.artists, *self.headline.artists, self.phase]

    def _take(self, text: str) -> None:
        """Show another expression; if it cannot be shown, say why and keep the old one."""
        self.expression = self.headline.read(text, self._drawn) or self.expression
        variable = self.controls["input"]
        if variable.options != self.expression.variables:
            variable.options = self.expression.variables
        self.controls["value"].value = self.inputs[variable.value]
        self.controls["step"].max = Trace(self.expression, self.inputs).steps

    def _drawn(self, text: str) -> Expression:
        """An expression that is laid out, with a value for each of its inputs."""
        expression = with_names_to_draw(parse(text))
        for k, name in enumerate(expression.variables):
            self.inputs.setdefault(name, FIRST_VALUES[k % len(FIRST_VALUES)])
        if not self.diagram.lay(Trace(expression, self.inputs).parents):
            raise ValueError(NO_ROOM)
        return expression

    def follow(self, name: str) -> None:
        """A preset writes the expression; an expression has its own inputs and steps; a value belongs to its input."""
        preset, text, variable, value = (self.values[key] for key in ("preset", "expression", "input", "value"))
        step = self.controls["step"]
        if name == "preset" and preset != self.own:
            text, inputs = self.presets[preset]
            self.inputs.update(inputs)
            self.controls["expression"].value = text
            self._take(text)
            step.value = 0
        elif name == "expression":
            self.controls["preset"].value = next((k for k, (t, _) in self.presets.items() if t == text), self.own)
            self._take(text)
            step.value = step.value if self.headline.complaint else step.max
        elif name == "input":
            self.controls["value"].value = self.inputs[variable]
        elif name == "value":
            self.inputs[variable] = value

    def begin(self, **values: Any) -> None:
        """Nothing to prepare: the slider knows how far it has come."""

    def start_over(self) -> None:
        """Back to the inputs."""
        self.set(step=0)

    def step(self) -> bool:
        """One step on; from the end, back to the inputs."""
        slider = self.controls["step"]
        with self._lock:
            self.set(step=(slider.value + 1) % (slider.max + 1))
            return slider.value < slider.max

    def update(self, input: str, step: int, **values: Any) -> str:
        """The cards as far as the computation has come."""
        trace = Trace(self.expression, self.inputs)
        moment = trace.moment(step)
        self.phase.set_text(moment.phase)
        self.diagram.paint(*stepper_cards(trace, moment, chosen=input))
        lost = any(np.isnan([*trace.values, *moment.table.values()]))
        advice = " NaN is no number: something has no value or no slope here. Move an input." if lost else ""
        return self.headline.complaint or moment.words + advice


FIRST_VALUES = 2.0, 3.0, -1.0, 0.5, 1.5, -2.0
"""What a variable is worth until somebody moves it."""


class Headline:
    """What was typed, above a diagram; if it cannot be drawn, with the place marked and the reason in words."""

    def __init__(self, diagram: Diagram) -> None:
        top = diagram.ax.get_ylim()[1]
        look: dict[str, Any] = {"family": "monospace", "va": "center", "parse_math": False}
        self.text = diagram.ax.text(0.2, top - 0.25, "", **look)
        self.mark = diagram.ax.text(0.2, top - 0.5, "", color=COLORS["orange"], weight="bold", **look)
        self.artists = [self.text, self.mark]

    def read(self, text: str, check: Callable[[str], Expression]) -> Expression | None:
        """Show a text, and return the expression that ``check`` makes of it, or None if it raises ValueError."""
        try:
            expression = check(text)
        except ValueError as error:
            reason, *place = str(error).split("\n")
            if place:  # the text and, on a line of its own, a mark under the place
                text, column = place[0][2:], place[1].index("^") - 2
                reason += f": “{text[:column]}▸{text[column:]}”; {place[2]}"
            self._show(text, " " * column + "^" if place else "")
            self.complaint = f"{reason[0].upper()}{reason[1:]}. The picture keeps the last graph that could be drawn."
            return None
        self._show(text, "")
        self.complaint = ""
        return expression

    def _show(self, text: str, mark: str) -> None:
        shrink = min(1.0, 58 / max(len(text), 1))
        for artist, words in ((self.text, drawable(text)), (self.mark, mark)):
            artist.set(text=words, fontsize=15 * shrink)


def drawable(text: str) -> str:
    """A text with a box for every letter that the font of the figures does not have.

    >>> drawable("αx + 😀")
    'αx + □'
    """
    font = get_font(findfont("monospace"))
    return "".join(letter if font.get_char_index(ord(letter)) else "□" for letter in text)


class Flow(NamedTuple):
    """What goes back along one edge."""

    parent: int
    partial: float
    """The derivative of the child with respect to this parent alone."""
    part: float
    """The gradient of the child, times that."""
    before: float | None
    """What the parent had, if anything."""


class Moment(NamedTuple):
    """How far a computation has come."""

    phase: str
    words: str
    computed: int
    """So many nodes have their value."""
    active: int | None = None
    table: Mapping[int, float] = {}
    """The gradients, as far as they have been added up."""
    waiting: frozenset[int] = frozenset()
    """The nodes to whose gradient something is still to be added."""
    flows: tuple[Flow, ...] = ()


class Trace:
    """A computation on numbers, taken apart: its nodes, and what the passes do at each, one step at a time.

    Step 0 knows the inputs. Each operation takes a step forward; then the output is given the gradient 1; then each
    operation takes a step backward, in the opposite order.

    Args:
        expression: What is computed.
        inputs: A number for each of its variables; others may be among them.
    """

    def __init__(self, expression: Expression, inputs: Mapping[str, float]) -> None:
        leaves = [Tensor(float(inputs[name]), requires_grad=True, name=name) for name in expression.variables]
        with np.errstate(all="ignore"):
            graph = Graph(expression(**dict(zip(expression.variables, leaves, strict=True))))
            made = [node for node in graph.nodes if node.requires_grad and graph.get_operation(node)]
            self.partials = [local_derivatives(graph, node) for node in (*leaves, *made)]
        self.graph = graph
        self.nodes = [*leaves, *made]
        self.values = [node.item() for node in self.nodes]
        self.names = [*expression.variables, *(f"v{subscript(k + 1)}" for k in range(len(made)))]
        self.inputs = len(leaves)
        place = {node: i for i, node in enumerate(self.nodes)}
        self.parents = tuple(tuple(place[x] for x in graph.get_inputs(node) if x in place) for node in self.nodes)
        self.name_of = dict(zip(self.nodes, self.names, strict=True))

    @property
    def steps(self) -> int:
        """The number of the last step."""
        return 2 * (len(self.nodes) - self.inputs) + 1

    def moment(self, step: int) -> Moment:
        """How things stand after some steps."""
        n, last = len(self.nodes), len(self.nodes) - 1
        if step == 0:
            pairs = zip(self.names, self.values[: self.inputs], strict=False)
            return Moment(
                "inputs",
                f"The inputs are {', '.join(f'{n} = {short(v)}' for n, v in pairs)}. Nothing else is known yet.",
                self.inputs,
            )
        if step <= n - self.inputs:
            node = self.inputs + step - 1
            return Moment("forward →", self._words_forward(node), node + 1, node)
        if step == n - self.inputs + 1:
            return Moment("← backward", self._words_of_seed(), n, last, {last: 1.0}, self._waiting(n, {last}))
        table, node = {last: 1.0}, n
        flows: tuple[Flow, ...] = ()
        for node in range(last, last - (step - (n - self.inputs) - 1), -1):
            flows = self._hand_back(node, table)
        words = self._words_backward(node, table, flows)
        return Moment("← backward", words, n, node, table, self._waiting(node, table.keys()), flows)

    def _hand_back(self, node: int, table: dict[int, float]) -> tuple[Flow, ...]:
        """Add to the gradient of each parent: the gradient of the node, times the local derivative."""
        flows = []
        for parent, partial in zip(self.parents[node], self.partials[node], strict=True):
            flow = Flow(parent, partial, table[node] * partial, table.get(parent))
            table[parent] = flow.part + (flow.before or 0.0)
            flows.append(flow)
        return tuple(flows)

    def _waiting(self, node: int, having: Set[int]) -> frozenset[int]:
        """Of the nodes that have a gradient, those with a consumer that has not handed its own back yet."""
        return frozenset(parent for above in self.parents[:node] for parent in above) & having

    def _words_forward(self, node: int) -> str:
        operands = self.graph.get_inputs(self.nodes[node])
        write = short if "(" in spelled(self.nodes[node], [""] * len(operands)) else bracketed
        symbols = [self.name_of.get(x) or write(x.item()) for x in operands]
        numbers = [write(x.item()) for x in operands]
        formula, filled_in = (spelled(self.nodes[node], texts) for texts in (symbols, numbers))
        return f"{self.names[node]} = {formula} = {filled_in} = {short(self.values[node])}."

    def _words_of_seed(self) -> str:
        name, value = self.names[-1], short(self.values[-1])
        return f"All values are known: {name} = {value}. Backward begins: {name} moves as fast as itself, gradient 1."

    def _words_backward(self, node: int, table: Mapping[int, float], flows: Sequence[Flow]) -> str:
        gradient = short(table[node])
        words = [f"{self.names[node]} has the gradient {gradient}. {RULES[self.nodes[node].operation]}"]
        for flow in flows:
            part = f"{self.names[flow.parent]} gets {gradient} × {bracketed(flow.partial)} = {short(flow.part)}"
            if flow.before is not None:
                part += f"; with the {short(flow.before)} it had, that makes {short(flow.part + flow.before)}"
            words.append(part + ".")
        if node == self.inputs:
            slopes = [f"{short(table[i])} in {self.names[i]}" for i in range(self.inputs)]
            words.append(f"Done: the slope of {self.names[-1]} is {', '.join(slopes)}.")
        return " ".join(words)


FORMULAS = {
    "add": "{} + {}",
    "subtract": "{} − {}",
    "multiply": "{} × {}",
    "divide": "{} ÷ {}",
    "power": "{} ** {}",
    "negative": "−{}",
    "maximum": "max({}, {})",
    "minimum": "min({}, {})",
    "sigmoid": "σ({})",
    "sqrt": "√({})",
}
"""Operations that are not written like functions."""

RULES = {
    "add": "add distributes: each input gets the gradient as it is.",
    "subtract": "The first input gets the gradient as it is, the second with its sign turned.",
    "multiply": "mul swaps: each input gets the gradient times the other.",
    "divide": "The slopes of a ÷ b are 1 ÷ b and −a ÷ b².",
    "power": "The slopes of a ** b are b × a ** (b − 1) in a and a ** b × log a in b.",
    "negative": "The sign turns.",
    "maximum": "max routes: the larger input gets all of the gradient; equal ones share it.",
    "minimum": "min routes: the smaller input gets all of the gradient; equal ones share it.",
    "exp": "exp is its own slope.",
    "log": "The slope of log a is 1 ÷ a.",
    "sin": "The slope of sin is cos.",
    "cos": "The slope of cos is −sin.",
    "tanh": "The slope of tanh is 1 − tanh².",
    "sigmoid": "The slope of σ is σ × (1 − σ).",
    "relu": "relu is a gate: open where its input is positive, else shut.",
    "sqrt": "The slope of √a is 1 ÷ (2√a).",
}
"""What each operation does with a gradient, in words."""


def spelled(node: Tensor, operands: Sequence[str]) -> str:
    """An operation, applied to operands in words."""
    operation = node.operation or ""
    return FORMULAS.get(operation, operation + "({})").format(*operands)


def card_title(node: Tensor, inputs: Sequence[Tensor]) -> str:
    """What stands on a card: the name of an input, or an operation with its constants.

    >>> x = Tensor(3.0, requires_grad=True)
    >>> y = 1.0 / x
    >>> card_title(y, Graph(y).get_inputs(y))
    '1 ÷'
    """
    if node.operation is None:
        return node.name or short(node.item())
    constants = ["" if x.requires_grad else short(x.item()) for x in inputs]
    words = spelled(node, constants)
    for more, less in (("(, ", "("), (", )", ")"), ("()", "")):
        words = words.replace(more, less)
    return words.strip()


def local_derivatives(graph: Graph, node: Tensor) -> list[float]:
    """The derivative of one operation in each of its inputs that is not constant; NaN where it has no value.

    >>> x = Tensor(3.0, requires_grad=True)
    >>> y = x * x
    >>> local_derivatives(Graph(y), y)
    [3.0, 3.0]
    """
    if node.operation is None:
        return []
    inputs = [Tensor(x.data, requires_grad=x.requires_grad) for x in graph.get_inputs(node)]
    moved = [x for x in inputs if x.requires_grad]
    if np.isnan(node.item()):
        return [np.nan] * len(moved)
    return [d.item() for d in grad(getattr(operations, node.operation)(*inputs), moved)]


def short(x: float) -> str:
    """A number in three digits.

    >>> short(-0.19661), short(3.0), short(123456.0), short(float("nan"))
    ('−0.197', '3', '1.2e5', 'NaN')
    """
    if not np.isfinite(x):
        return "NaN" if np.isnan(x) else "∞" if x > 0 else "−∞"
    if x != 0 and not 1e-3 <= abs(x) < 1e5:
        mantissa, exponent = f"{x:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    return f"{x + 0.0:.{3 if abs(x) < 1000 else 5}g}".replace("-", "−")


def bracketed(x: float) -> str:
    """The same, in brackets if it begins with a minus sign."""
    return f"({short(x)})" if short(x).startswith("−") else short(x)


def plural(count: int, one: str, many: str) -> str:
    """A count of things.

    >>> plural(1, "pass", "passes"), plural(1000, "pass", "passes")
    ('1 pass', '1,000 passes')
    """
    return f"{count:,} {one if count == 1 else many}"


def subscript(k: int) -> str:
    """A number in small digits below the line.

    >>> subscript(12)
    '₁₂'
    """
    return "".join(chr(ord("₀") + int(digit)) for digit in str(k))


def stepper_cards(trace: Trace, moment: Moment, chosen: str) -> tuple[list[Card], list[Wire]]:
    """What a diagram shows of a computation at some moment; the chosen input, which the slider moves, is framed."""
    cards = []
    for i, (node, name) in enumerate(zip(trace.nodes, trace.names, strict=True)):
        gradient = f"{short(moment.table[i])}{' + …' if i in moment.waiting else ''}" if i in moment.table else ""
        cards.append(
            Card(
                card_title(node, trace.graph.get_inputs(node)),
                short(trace.values[i]) if i < moment.computed else "?",
                gradient,
                name if i >= trace.inputs else "",
                face=ACTIVE if i == moment.active else INPUT if i < trace.inputs else "white",
                edge=COLORS["amber"] if i == moment.active else COLORS["blue" if name == chosen else "grey"],
            )
        )
    backward = iter([Wire(COLORS["orange"], 3, f"× {short(flow.partial)}", backward=True) for flow in moment.flows])
    forward = Wire(COLORS["blue"], 3) if moment.active is not None and not moment.table else Wire()
    wires = [
        next(backward, forward) if child == moment.active else Wire()
        for child, above in enumerate(trace.parents)
        for _ in above
    ]
    return cards, wires


ACTIVE, INPUT = "#FFF1CC", "#EAF3F9"


def with_names_to_draw(expression: Expression) -> Expression:
    """The same expression.

    Raises:
        ValueError: It is a mere number, or a name would not fit on a card.
    """
    if not expression.variables:
        raise ValueError("there is no variable in it; try x * x")
    for name in expression.variables:
        if len(name) > LONGEST_NAME or drawable(name) != name:
            raise ValueError(f"the name {name} does not fit on a card; take a Latin or Greek letter")
    return expression


LONGEST_NAME = 12
NO_ROOM = "this makes more nodes, or a longer chain of them, than there is room for"


class DerivativeGraph(Demo):
    """A function of one variable, its derivatives as further nodes of the same graph, and all of them as curves."""

    alt = (
        "Above, a computational graph from left to right. The nodes of the function are blue; those that a derivative "
        "adds are orange, for the second derivative green, for the third purple; each shows its operation and its "
        "value. Below, the function and its derivatives as curves in the same colours, with a dot on each."
    )
    size = (9.8, 6.0)
    presets: ClassVar = {
        "f(f(f(w))), f = sin": "sin(sin(sin(w)))",
        "the exponential": "exp(w)",
        "a cube": "w**3",
        "a bell": "exp(-w*w)",
        "a neuron": "tanh(2*w - 1)",
        "a gate": "w * relu(w)",
    }
    own = "your own"

    def __init__(self) -> None:
        preset, text = next(iter(self.presets.items()))
        super().__init__(
            preset=Dropdown(options=[*self.presets, self.own], value=preset, description="Graph of"),
            expression=Text(text, description="or type your own"),
            order=IntSlider(0, min=0, max=3, description="derivatives"),
            place=FloatSlider(1, min=-3, max=3, step=0.1, description="at"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The cards, and below them the plane of the curves."""
        self.diagram = Diagram(fig, (0.15, 2.4, 9.5, 3.0), WITH_VALUES)
        self.headline = Headline(self.diagram)
        width, height = self.size
        self.plane = fig.add_axes((0.7 / width, 0.55 / height, (width - 2.1) / width, 1.7 / height), xlim=(-3, 3))
        self.plane.axhline(0, color=COLORS["grey"], lw=1)
        styles = ("-", "--", "-.", ":")
        self.curves = [
            self.plane.plot([], [], ls=ls, color=color, label=f"f{mark}")[0]
            for ls, color, mark in zip(styles, GENERATIONS, PRIMES, strict=True)
        ]
        self.dots = [self.plane.plot([], [], "o", color=color)[0] for color in GENERATIONS]
        fig.legend(handles=self.curves, loc="lower right", bbox_to_anchor=(0.995, 0.08), fontsize=15)
        self.expression = self._drawn(self.values["expression"])
        self._take(self.expression.text)
        return [*self.diagram.artists, *self.headline.artists, *self.curves, *self.dots]

    def follow(self, name: str) -> None:
        """A preset writes the expression."""
        preset, text = self.values["preset"], self.values["expression"]
        if name == "preset" and preset != self.own:
            self.controls["expression"].value = text = self.presets[preset]
        elif name == "expression":
            self.controls["preset"].value = next((k for k, t in self.presets.items() if t == text), self.own)
        if name in ("preset", "expression"):
            self._take(text)

    def _take(self, text: str) -> None:
        """Show another function; if it cannot be shown, say why and keep the old one."""
        self.expression = self.headline.read(text, self._drawn) or self.expression
        self.controls["place"].description = f"at {self.expression.variables[0]} ="

    def _drawn(self, text: str) -> Expression:
        """A function of one variable that there is room for."""
        expression = with_names_to_draw(parse(text))
        if len(expression.variables) > 1:
            raise ValueError(f"a curve needs a single variable; here are {', '.join(expression.variables)}")
        if not self.diagram.lay(Derivatives(expression, 0.5, order=0).parents(0)):
            raise ValueError(NO_ROOM)
        return expression

    def update(self, order: int, place: float, **values: Any) -> str:
        """The graph of as many derivatives as there is room for; the curves of all."""
        derivatives = Derivatives(self.expression, place, order)
        drawn = next(k for k in range(order, -1, -1) if self.diagram.lay(derivatives.parents(k)))
        self.diagram.paint(*derivative_cards(derivatives, drawn))
        self._draw_curves(order, place, derivatives.values)
        if self.headline.complaint:
            return self.headline.complaint
        name = self.expression.variables[0]
        values_here = ", ".join(f"f{PRIMES[k]} = {short(v)}" for k, v in enumerate(derivatives.values))
        added = [f"f{PRIMES[k]} adds {n}" for k, n in enumerate(derivatives.added[1:], start=1)]
        nodes = ", ".join([f"f takes {plural(derivatives.added[0], 'node', 'nodes')}", *added]) + "."
        missing = f" There is no room to draw those of f{PRIMES[drawn + 1]}." if drawn < order else ""
        return f"At {name} = {number(place, 1)}: {values_here}. {nodes}{missing}"

    def _draw_curves(self, order: int, place: float, values: Sequence[float]) -> None:
        curves = curves_of_derivatives(self.expression, GRID, order)
        for k, (curve, dot) in enumerate(zip(self.curves, self.dots, strict=True)):
            curve.set_data(GRID, curves[k]) if k <= order else curve.set_data([], [])
            dot.set_data([place], [values[k]]) if k <= order else dot.set_data([], [])
        low, high = reach(np.concatenate(curves))
        if self.plane.get_ylim() != (low, high):
            self.plane.set_ylim(low, high)
            self.stale()


GENERATIONS = COLORS["blue"], COLORS["orange"], COLORS["green"], COLORS["purple"]
TINTS = "#E3EFF7", "#FBE9DF", "#DDF1EA", "#F8EAF2"
PRIMES = "", "′", "″", "‴"
GRID = np.linspace(-3, 3, 301)


class Derivatives:
    """A function of one variable and its derivatives at a place, as one graph that grows.

    Args:
        expression: The function.
        place: Where.
        order: How many derivatives.
    """

    def __init__(self, expression: Expression, place: float, order: int) -> None:
        (name,) = expression.variables
        w = Tensor(float(place), requires_grad=True, name=name)
        with np.errstate(all="ignore"):
            self.outputs = repeated_gradients(expression(**{name: w}), w, order)
            graphs = [Graph(output) for output in self.outputs]
        values = only_where_defined([np.array(output.item()) for output in self.outputs])
        self.values = [value.item() for value in values]
        self.made_of: dict[Tensor, tuple[Tensor, ...]] = {}
        self.added = []
        for graph in graphs:
            before = len(self.made_of)
            for node in graph.nodes:
                if node.requires_grad or node is graph.output:
                    self.made_of.setdefault(node, graph.get_inputs(node))
            self.added.append(len(self.made_of) - before)

    def nodes(self, order: int) -> list[Tensor]:
        """The nodes of the function and of so many derivatives, inputs before what is made of them."""
        return list(self.made_of)[: sum(self.added[: order + 1])]

    def parents(self, order: int) -> Parents:
        """For each of these nodes, the places of those it is made of; constants are left out."""
        place = {node: i for i, node in enumerate(self.nodes(order))}
        return tuple(tuple(place[x] for x in self.made_of[node] if x in place) for node in place)


def repeated_gradients(f: Tensor, w: Tensor, order: int) -> list[Tensor]:
    """f and its derivatives, each made by differentiating the graph of the one before.

    For an array the derivative is taken entry by entry, which is the gradient of the sum.
    """
    found = [f]
    for _ in range(order):
        last = found[-1]
        found += grad(last.sum() if last.ndim else last, w, create_graph=True) if last.requires_grad else [last * 0.0]
    return found


def curves_of_derivatives(expression: Expression, grid: Vector, order: int) -> list[Vector]:
    """The values of a function and of its derivatives at many places."""
    (name,) = expression.variables
    w = Tensor(grid, requires_grad=True)
    with np.errstate(all="ignore"):
        found = repeated_gradients(expression(**{name: w}), w, order)
        return only_where_defined([np.broadcast_to(f.data, grid.shape) for f in found])


def only_where_defined(derivatives: list[Vector]) -> list[Vector]:
    """A function and its derivatives, these without a value where the function has none."""
    return [np.where(np.isnan(derivatives[0]), np.nan, d) for d in derivatives]


def reach(values: Vector) -> tuple[float, float]:
    """Limits that show most of some values, with a margin; what runs away is cut off."""
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, [2, 98]) if len(finite) else (-1.0, 1.0)
    middle, half = (low + high) / 2, max(0.6 * (high - low), 0.5)
    return float(middle - half), float(middle + half)


def derivative_cards(derivatives: Derivatives, order: int) -> tuple[list[Card], list[Wire]]:
    """What a diagram shows of a function and of so many derivatives."""
    names = {output: f"f{prime}" for output, prime in zip(derivatives.outputs, PRIMES, strict=False)}
    generations = [k for k, count in enumerate(derivatives.added) for _ in range(count)]
    nodes = derivatives.nodes(order)
    cards = [
        Card(
            card_title(node, derivatives.made_of[node]),
            short(node.item()),
            name=names.get(node, ""),
            face=TINTS[k],
            edge=GENERATIONS[k],
        )
        for node, k in zip(nodes, generations, strict=False)
    ]
    wires = [
        Wire(GENERATIONS[k]) for above, k in zip(derivatives.parents(order), generations, strict=False) for _ in above
    ]
    return cards, wires


class ForwardReverseCost(Demo):
    """How many multiplications the derivatives of a network cost, forward and backward."""

    alt = (
        "Left, multiplications against the number of inputs, both logarithmic: three lines, for the network itself, "
        "for all its derivatives backward and for all of them forward. The forward line is the steepest; it crosses "
        "the backward line where there are as many inputs as outputs. Right, a map of inputs against outputs: below "
        "the diagonal backward is cheaper, above it forward; a dot marks the present network, crosses three others."
    )
    size = (10.0, 4.6)
    counts: ClassVar = tuple(round(10 ** (k / 2)) for k in range(13))

    def __init__(self) -> None:
        options = [(f"{n:,}", n) for n in self.counts]
        super().__init__(
            inputs=SelectionSlider(options=options, value=100, description="inputs n"),
            outputs=SelectionSlider(options=options, value=1, description="outputs m"),
            width=SelectionSlider(options=options[:7], value=100, description="width of hidden layers"),
            layers=IntSlider(2, min=1, max=6, description="hidden layers"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane of costs, and the map with its landmarks."""
        left, right = fig.subplots(1, 2, width_ratios=[1.1, 1])
        left.set(xscale="log", yscale="log", xlim=(0.7, 1.4e6), ylim=(1e2, 1e20))
        left.set(xlabel="inputs n", ylabel="multiplications")
        looks: dict[str, dict[str, Any]] = {
            "all derivatives, forward": {"color": COLORS["blue"], "ls": "--", "marker": "s"},
            "all derivatives, backward": {"color": COLORS["orange"], "marker": "o"},
            "the network itself": {"color": COLORS["grey"], "alpha": 0.35, "lw": 7, "zorder": 1},
        }
        self.lines = [left.plot([], [], ms=9, label=name, **look)[0] for name, look in looks.items()]
        left.legend(loc="upper left")

        right.set(xscale="log", yscale="log", xlim=(0.5, 2e6), ylim=(0.5, 2e6))
        right.set(xlabel="inputs n", ylabel="outputs m", aspect="equal")
        corners = [0.5, 2e6]
        right.fill_between(corners, corners, 2e6, color=COLORS["blue"], alpha=0.15, lw=0)
        right.fill_between(corners, 0.5, corners, color=COLORS["orange"], alpha=0.15, lw=0)
        for name, place in (("forward", (60, 5e3)), ("backward", (3e4, 60))):
            right.text(*place, f"{name}\nis cheaper", color=COLORS["grey"], va="center", ha="center", fontsize=14)
        for name, (n, m, side) in LANDMARKS.items():
            right.plot([n], [m], "x", ms=8, mew=2, color=COLORS["black"])
            right.annotate(name, (n, m), (8 * side, 0), textcoords="offset points", va="center", fontsize=11)
            right.texts[-1].set_ha("left" if side > 0 else "right")
        (self.place,) = right.plot([], [], "o", ms=11, color=COLORS["purple"], mec="black", clip_on=False)
        for ax in (left, right):
            ax.minorticks_off()
        return [*self.lines, self.place]

    def update(self, inputs: int, outputs: int, width: int, layers: int) -> str:
        """The three costs along the axis of inputs, and here."""
        costs = np.array([jacobian_cost([n, *[width] * layers, outputs]) for n in self.counts], dtype=float)
        here = jacobian_cost([inputs, *[width] * layers, outputs])
        for line, curve in zip(self.lines, costs.T, strict=True):
            line.set_data(self.counts, curve)
            line.set_markevery([self.counts.index(inputs)])
        self.place.set_data([inputs], [outputs])
        forward, backward, once = here
        runs = [plural(n, "pass", "passes") for n in (inputs, outputs)]
        return (
            f"The network takes {once:,} multiplications. All {inputs * outputs:,} derivatives take {forward:,} "
            f"forward, in {runs[0]}, and {backward:,} backward, in {runs[1]}. "
            f"{_verdict(inputs, outputs)} Backward has to remember the {width * layers:,} values of the hidden units; "
            "forward may forget them as it goes."
        )


LANDMARKS = {
    "the loss of a network": (1_000_000, 1, -1),
    "a robot's joints → its hand": (6, 3, 1),
    "one knob → a second of sound": (1, 44_100, 1),
}
"""Inputs, outputs, and on which side of its cross the name stands."""


def jacobian_cost(widths: list[int]) -> tuple[int, int, int]:
    r"""Multiplications for the whole Jacobian of a network, forward and backward, and for the network itself.

    A pass multiplies a vector by every weight matrix and by the slope of every hidden unit, from either end:

    $$J = W_L D_{L-1} W_{L-1} \cdots D_1 W_1, \qquad \dot{h} \mapsto J \dot{h}, \qquad g \mapsto J^\top g$$

    Forward takes a pass for every input, backward one for every output.

    Args:
        widths: Inputs, hidden units of each layer, outputs.

    >>> jacobian_cost([1000, 10, 1])
    (10020000, 10020, 10010)
    """
    once = sum(a * b for a, b in pairwise(widths))
    one_pass = once + sum(widths[1:-1])
    return widths[0] * one_pass, widths[-1] * one_pass, once


def _verdict(inputs: int, outputs: int) -> str:
    if inputs == outputs:
        return "As many inputs as outputs: a draw."
    winner, ratio = ("Backward", inputs / outputs) if inputs > outputs else ("Forward", outputs / inputs)
    return f"{winner} is {ratio:,.{0 if ratio >= 10 else 1}f} times cheaper."


class GradientCheck(Demo):
    """The error of a numerical derivative against its step: truncation on one side, rounding on the other."""

    alt = (
        "Left, a function seen through a window two steps wide to each side of a point, with its tangent, and the "
        "chords of the one-sided and the central difference; for tiny steps the function is a staircase. Right, the "
        "errors of both differences against the step, on logarithmic axes: two valleys. From the right they fall with "
        "slope 1 and 2; to the left of the lowest place both rise again, ragged, as the step shrinks. The other "
        "precision is drawn in grey."
    )
    size = (10.0, 4.5)
    steps: ClassVar = 10.0 ** (-np.arange(2, 33) / 2)
    places: ClassVar = (-1.0, -0.1, -0.01, -0.001, 0.0, 0.001, 0.01, 0.1, 0.5, 1.0, 2.0)
    span: ClassVar = (1e-17, 1e2)

    def __init__(self) -> None:
        super().__init__(
            function=Dropdown(options=list(CHECKED), description="f(x)"),
            place=SelectionSlider(options=[(number(x, 3), x) for x in self.places], value=1.0, description="x"),
            precision=Dropdown(options=["float64", "float32"], description="precision"),
            step=SelectionSlider(options=[(f"{h:.1e}", h) for h in self.steps], value=self.steps[0], description="ε"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The window, and the plane of errors."""
        left, right = fig.subplots(1, 2, width_ratios=[1, 1.25])
        left.set(xlim=(-2, 2), ylim=(-1.15, 1.15), yticks=(), xticks=(-1, 0, 1))
        left.set_xticklabels(["x − ε", "x", "x + ε"])
        left.set_title("f as the computer has it")
        (self.tangent,) = left.plot([], [], color=COLORS["green"], lw=5, alpha=0.45)
        (self.curve,) = left.plot([], [], color=COLORS["black"], lw=1.6)
        (self.chord,) = left.plot([], [], "s--", color=COLORS["blue"], ms=8)
        (self.wide_chord,) = left.plot([], [], "o-", color=COLORS["orange"], ms=6)

        right.set(xscale="log", yscale="log", xlim=(0.2, 5e-17), ylim=self.span)
        right.set(xlabel="step ε", ylabel="error of the derivative")
        right.set_xticks(10.0 ** np.arange(-2, -17, -2))
        right.set_yticks([1e-17, 1e-13, 1e-9, 1e-5, 1e-1], ["0", *(f"$10^{{{k}}}$" for k in (-13, -9, -5, -1))])
        right.minorticks_off()
        right.text(0.1, 8, "steps too long", color=COLORS["grey"])
        right.text(1e-16, 8, "too few digits", color=COLORS["grey"], ha="right")
        self.other = [right.plot([], [], color=COLORS["light"], lw=1.6, zorder=1)[0] for _ in range(2)]
        self.laws = [right.plot([], [], ls=":", color=COLORS["grey"], lw=1.4)[0] for _ in range(2)]
        (self.one_sided,) = right.plot([], [], "s--", color=COLORS["blue"], ms=4, lw=1.3)
        (self.central,) = right.plot([], [], "o-", color=COLORS["orange"], ms=4, lw=1.3)
        (self.here,) = right.plot([], [], ls="", marker="D", ms=11, mfc="none", mew=2, clip_on=False)
        self.here.set_color(COLORS["black"])
        key = [self.curve, self.tangent, self.chord, self.wide_chord, self.laws[0], self.other[0]]
        names = ["f", "true slope", "one-sided", "central", "what theory expects", "other precision"]
        fig.legend(key, names, loc="outside lower center", ncols=6, columnspacing=1.2, handlelength=1.4)
        moving = [self.tangent, self.curve, self.chord, self.wide_chord]
        return [*moving, *self.other, *self.laws, self.one_sided, self.central, self.here]

    def update(self, function: str, place: float, precision: str, step: float) -> str:
        """Differences for all steps; the window for the chosen one."""
        f = CHECKED[function]
        derivatives = exact_derivatives(f, place)
        slope = derivatives[1]
        self._draw_window(f, place, slope, precision, step)
        other = "float32" if precision == "float64" else "float64"
        for line, estimate in zip(self.other, differences(f, place, self.steps, other), strict=True):
            line.set_data(self.steps, self._visible(estimate - slope))
        found = differences(f, place, self.steps, precision)
        for line, estimate in zip((self.one_sided, self.central), found, strict=True):
            line.set_data(self.steps, self._visible(estimate - slope))
        for line, law in zip(self.laws, error_laws(derivatives, place, self.steps, precision), strict=True):
            line.set_data(self.steps, law)
        k = int(np.argmin(abs(self.steps - step)))
        one_sided, central = (float(estimate[k]) for estimate in found)
        self.here.set_data([step] * 2, self._visible(np.array([one_sided, central]) - slope))
        best = int(np.argmin(abs(found[1] - slope)))
        return (
            f"ε = {step:.1e}: the true slope is {number(slope, 10)}; one-sided {number(one_sided, 10)}, central "
            f"{number(central, 10)}. {self._remark(function, place, step)}Of all these ε, central does best at "
            f"{self.steps[best]:.0e}, with an error of {abs(found[1][best] - slope):.0e}."
        )

    def _draw_window(self, f: Function, x: float, slope: float, precision: str, step: float) -> None:
        t = np.linspace(-2, 2, 401)
        rise = (evaluate(f, x + t * step, precision) - evaluate(f, np.array(x), precision)) / step
        scale = max(float(abs(rise).max()), 2 * abs(slope), 1e-12)
        self.curve.set_data(t, rise / scale)
        self.tangent.set_data([-2, 2], [-2 * slope / scale, 2 * slope / scale])
        self.chord.set_data([0, 1], rise[[200, 300]] / scale)
        self.wide_chord.set_data([-1, 1], rise[[100, 300]] / scale)

    def _visible(self, error: Vector) -> Vector:
        return np.clip(abs(error), *self.span)

    def _remark(self, function: str, place: float, step: float) -> str:
        if "relu" not in function or abs(place) > step:
            return ""
        if place:
            return "The central difference reaches across the kink. "
        return "On the kink there is no slope; the engine says 0. "


Function = Callable[[Tensor], Tensor]

CHECKED: dict[str, Function] = {
    "sin x": lambda x: x.sin(),
    "exp x": lambda x: x.exp(),
    "x²": lambda x: x * x,
    "tanh 30x, a steep step": lambda x: (30 * x).tanh(),
    "relu x, a kink": lambda x: x.relu(),
}


def evaluate(f: Function, x: Vector, precision: str) -> Vector:
    """The values of f at many places, computed in one precision, handed on in float64."""
    return np.asarray(f(Tensor(np.asarray(x, dtype=precision))).data, dtype=np.float64)


def exact_derivatives(f: Function, x: float, order: int = 3) -> list[float]:
    """f(x), f'(x), f''(x) and so on, each by differentiating the graph of the one before.

    >>> exact_derivatives(lambda x: x**3, 2.0)
    [8.0, 12.0, 12.0, 6.0]
    """
    at = Tensor(float(x), requires_grad=True)
    return [derivative.item() for derivative in repeated_gradients(f(at), at, order)]


def differences(f: Function, x: float, steps: Vector, precision: str) -> tuple[Vector, Vector]:
    r"""The one-sided and the central difference for many steps, computed in one precision.

    $$\frac{f(x + \varepsilon) - f(x)}{\varepsilon}, \qquad
      \frac{f(x + \varepsilon) - f(x - \varepsilon)}{2\varepsilon}$$
    """
    below, here, above = (evaluate(f, x + side * steps, precision) for side in (-1, 0, 1))
    return (above - here) / steps, (above - below) / (2 * steps)


def error_laws(derivatives: list[float], x: float, steps: Vector, precision: str) -> tuple[Vector, Vector]:
    r"""The size of the error that Taylor and the floats lead one to expect, one-sided and central.

    $$\tfrac{\varepsilon}{2} |f''| + r, \qquad \tfrac{\varepsilon^2}{6} |f'''| + r, \qquad
      r = \tfrac{u}{\varepsilon} \bigl(|f| + |x f'|\bigr)$$

    where $u$ is half the distance of 1 to the next float.

    Args:
        derivatives: f, f', f'' and f''' at x.
        x: The place.
        steps: The steps ε.
        precision: float32 or float64.
    """
    f, first, second, third = (abs(d) for d in derivatives)
    rounding = float(np.finfo(precision).eps) / 2 * (f + abs(x) * first) / steps
    return steps / 2 * second + rounding, steps**2 / 6 * third + rounding
