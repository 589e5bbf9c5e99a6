"""The computational graph behind a tensor: who was made of what, where to draw it, and the drawing."""

from __future__ import annotations

import html
import itertools
from typing import Any

from course_lib.autograd.tape import Node, grad, inputs_of
from course_lib.autograd.tensor import Tensor

MOST_NODES_DRAWN = 200

BLUE, ORANGE, GREY, BLACK = "#0072B2", "#D55E00", "#6E6E6E", "#222222"  # of Okabe and Ito, told apart by everybody
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 118, 62, 52, 22, 16
SYMBOLS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "power": "^", "negative": "−", "matmul": "@"}


class Graph:
    r"""The graph of the computation that led to a tensor, as it stands on the tape.

    Make it before ``backward``, which frees the tape. The graph keeps what it needs: values, and the gradient of the
    output with respect to every node, if the output is a single number.

    Args:
        output: A tensor.

    Raises:
        TypeError: The output is no tensor.
        RuntimeError: The tape has been freed.

    >>> x, y = Tensor(2.0, requires_grad=True, name="x"), Tensor(3.0, requires_grad=True, name="y")
    >>> graph = Graph(x * y + x)
    >>> [graph.get_operation(node) or node.name for node in graph.nodes]
    ['x', 'y', 'multiply', 'add']
    >>> [graph.get_operation(node) for node in graph.get_consumers(x)]
    ['multiply', 'add']
    """

    def __init__(self, output: Tensor):
        if not isinstance(output, Tensor):
            raise TypeError(f"expected a Tensor, the result of a computation, got {type(output).__name__}")
        self.output = output
        self._inputs: dict[Node, tuple[Node, ...]] = {}
        self._collect(output)
        self.nodes: tuple[Any, ...] = tuple(self._inputs)
        """All nodes, inputs before what is made of them."""
        self._consumers: dict[Node, list[Node]] = {node: [] for node in self.nodes}
        for node in self.nodes:
            for x in dict.fromkeys(self._inputs[node]):
                self._consumers[x].append(node)
        self.gradients: dict[Any, Any] = self._differentiate()
        """The gradient of the output with respect to each node, None for constants."""

    def _collect(self, output: Node) -> None:
        made_of: dict[Node, tuple[Node, ...]] = {}
        stack: list[tuple[Node, bool]] = [(output, False)]
        while stack:
            node, inputs_are_done = stack.pop()
            if inputs_are_done:
                self._inputs[node] = made_of[node]
            elif node not in made_of:
                made_of[node] = tuple(x if isinstance(x, Node) else Tensor(x) for x in inputs_of(node))
                stack.append((node, True))
                stack.extend((x, False) for x in reversed(made_of[node]))

    def _differentiate(self) -> dict[Node, Any]:
        wanted = [node for node in self.nodes if node.requires_grad]
        if not self.output.requires_grad or self.output.shape not in ((), (1,)):
            return dict.fromkeys(self.nodes)
        found = dict(zip(wanted, grad(self.output, wanted, retain_graph=True), strict=True))
        return {node: found.get(node) for node in self.nodes}

    def get_operation(self, node: Tensor) -> str | None:
        """The operation that made a node; None for a leaf   (Deep Learning, section 6.5.6)."""
        return node.operation

    def get_inputs(self, node: Tensor) -> tuple[Any, ...]:
        """The nodes that a node was made of, in order; ``x * x`` was made of ``(x, x)``."""
        return self._inputs[node]

    def get_consumers(self, node: Tensor) -> tuple[Any, ...]:
        """The nodes that were made of a node, each once."""
        return tuple(self._consumers[node])

    def layout(self) -> dict[Any, tuple[float, float]]:
        """Where to draw each node: ``{node: (column, row)}``, from left to right, rows centred on 0."""
        places = self._places()
        return {node: places[node] for node in self.nodes}

    def _columns(self) -> dict[Node, int]:
        """A node stands right of its inputs, and a leaf just before the first node that needs it."""
        column: dict[Node, int] = {}
        for node in self.nodes:
            column[node] = 1 + max((column[x] for x in self._inputs[node]), default=-1)
        for node in self.nodes:
            if not self._inputs[node] and self._consumers[node]:
                column[node] = min(column[c] for c in self._consumers[node]) - 1
        return column

    def _places(self) -> dict[Any, tuple[float, float]]:
        """Columns and rows of the nodes, and of a bend ``(x, node, column)`` wherever an edge crosses a column."""
        column = self._columns()
        neighbours: dict[Any, list[Any]] = {node: [] for node in self.nodes}
        columns: list[list[Any]] = [[] for _ in range(1 + max(column.values()))]
        for node in self.nodes:
            columns[column[node]].append(node)
        for node in self.nodes:
            for x in dict.fromkeys(self._inputs[node]):
                path = [x, *((x, node, k) for k in range(column[x] + 1, column[node])), node]
                for k, bend in enumerate(path[1:-1], start=column[x] + 1):
                    columns[k].append(bend)
                for a, b in itertools.pairwise(path):
                    neighbours.setdefault(a, []).append(b)
                    neighbours.setdefault(b, []).append(a)
        row = {item: i - (len(items) - 1) / 2 for items in columns for i, item in enumerate(items)}
        for sweep in range(8):  # each column is sorted by where its neighbours are, rightwards and leftwards in turn
            for items in columns if sweep % 2 else reversed(columns):
                items.sort(key=lambda item: sum(row[n] for n in neighbours[item]) / max(1, len(neighbours[item])))
                row.update({item: i - (len(items) - 1) / 2 for i, item in enumerate(items)})
        return {item: (float(k), row[item]) for k, items in enumerate(columns) for item in items}

    def label(self, node: Tensor) -> str:
        """What to call a node: its name, its operation, or its value if it is a nameless constant."""
        made = SYMBOLS.get(node.operation or "", node.operation or "")
        if node.name:
            return f"{node.name}: {made}" if made else node.name
        return made or ("leaf" if node.requires_grad else "constant")

    def __repr__(self) -> str:
        return f"Graph of {len(self.nodes)} nodes"

    def _repr_svg_(self) -> str:
        if len(self.nodes) > MOST_NODES_DRAWN:
            return _too_large(len(self.nodes))
        places = self._places()
        rows = [row for _, row in places.values()]
        top = min(rows)

        def centre(item: Any) -> tuple[float, float]:
            column, row = places[item]
            x = MARGIN + WIDTH / 2 + column * (WIDTH + GAP_X)
            return x, MARGIN + HEIGHT / 2 + (row - top) * (HEIGHT + GAP_Y)

        width = 2 * MARGIN + WIDTH + max(column for column, _ in places.values()) * (WIDTH + GAP_X)
        height = 2 * MARGIN + HEIGHT + (max(rows) - top) * (HEIGHT + GAP_Y)
        parts = []
        for node in self.nodes:
            for x in dict.fromkeys(self._inputs[node]):
                bends = sorted(item[2] for item in places if isinstance(item, tuple) and item[:2] == (x, node))
                parts.append(_edge([centre(x), *(centre((x, node, k)) for k in bends), centre(node)]))
        parts += [self._box(node, *centre(node)) for node in self.nodes]
        return _svg(width, height, f"Computational graph of {len(self.nodes)} nodes", self._description(), parts)

    def _box(self, node: Any, x: float, y: float) -> str:
        leaf = node.operation is None
        colour = BLACK if not leaf else BLUE if node.requires_grad else GREY
        lines = [(self.label(node), BLACK, "bold"), (_short(node), BLUE, "normal")]
        if self.gradients[node] is not None:
            lines.append((f"∇ {_short(self.gradients[node])}", ORANGE, "normal"))
        texts = [
            f'<text x="{x:.0f}" y="{y + 18 * (i - (len(lines) - 1) / 2) + 5:.0f}" fill="{fill}" font-weight="{weight}">'
            f"{html.escape(text)}</text>"
            for i, (text, fill, weight) in enumerate(lines)
        ]
        return (
            f'<rect x="{x - WIDTH / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{WIDTH}" height="{HEIGHT}" '
            f'rx="{4 if leaf else HEIGHT // 2}" fill="white" stroke="{colour}" '
            f'stroke-width="{3 if node is self.output else 1.5}"/>' + "".join(texts)
        )

    def _description(self) -> str:
        number = {node: i for i, node in enumerate(self.nodes, start=1)}
        sentences = []
        for node in self.nodes:
            made = f" of {' and '.join(str(number[x]) for x in self._inputs[node])}" if self._inputs[node] else ""
            slope = f", gradient {_short(self.gradients[node])}" if self.gradients[node] is not None else ""
            name = f"{node.name}: {node.operation}" if node.name and node.operation else node.name or node.operation
            sentences.append(f"{number[node]}, {name or self.label(node)}{made}: value {_short(node)}{slope}.")
        return " ".join(sentences)


def _short(tensor: Any) -> str:
    """A number in four digits, a short vector, or else the shape."""
    if tensor.ndim == 0:
        return f"{tensor.data.item():.4g}".replace("-", "−")
    if tensor.ndim == 1 and tensor.shape[0] <= 2:
        return f"[{', '.join(f'{v:.3g}' for v in tensor.data.tolist())}]".replace("-", "−")
    return f"shape {'×'.join(map(str, tensor.shape))}"


def _edge(points: list[tuple[float, float]]) -> str:
    """A smooth line from the right side of the first point's box to the left side of the last one's, with an arrow."""
    points = [(points[0][0] + WIDTH / 2, points[0][1]), *points[1:-1], (points[-1][0] - WIDTH / 2 - 7, points[-1][1])]
    path = f"M{points[0][0]:.0f},{points[0][1]:.0f}"
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        middle = (x0 + x1) / 2
        path += f" C{middle:.0f},{y0:.0f} {middle:.0f},{y1:.0f} {x1:.0f},{y1:.0f}"
    x, y = points[-1]
    arrow = f"M{x + 7:.0f},{y:.0f} l-8,-4 l0,8 z"
    return f'<path d="{path}" fill="none" stroke="{GREY}" stroke-width="1.5"/><path d="{arrow}" fill="{GREY}"/>'


def _svg(width: float, height: float, title: str, description: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(title)}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" style="max-width:100%;height:auto" '
        'font-family="sans-serif" font-size="14" text-anchor="middle">'
        f"<title>{html.escape(title)}</title><desc>{html.escape(description)}</desc>"
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'
    )


def _too_large(nodes: int) -> str:
    said = f"A graph of {nodes:,} nodes: too many to draw, {MOST_NODES_DRAWN} at most."
    text = f'<text x="260" y="30" fill="{BLACK}">{said}</text>'
    return _svg(520, 50, said, "Draw a smaller part of the computation.", [text])
