"""Graphs drawn in layers: where the cards stand, which way the wires run, and how both are painted.

A graph is given by the parents of each node, as places in the list of nodes; parents stand before their children.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, pairwise, zip_longest
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from course_lib.plotting import COLORS

Points = NDArray[np.float64]
Heights = NDArray[np.float64]
Parents = tuple[tuple[int, ...], ...]


class Layout(NamedTuple):
    """Where everything stands, one unit from layer to layer and from row to row."""

    nodes: Points
    """Shape (nodes, 2): the layer, from 0 at the left; the height, centred at 0."""
    wires: list[tuple[int, int, Points]]
    """For each edge: parent, child, and the points between them through which it passes, shape (points, 2)."""

    @property
    def size(self) -> tuple[float, float]:
        """Layers and rows that the drawing needs."""
        points = np.concatenate([self.nodes, *(points for _, _, points in self.wires)])
        layers, rows = np.ptp(points, axis=0) + 1
        return float(layers), float(rows)


@lru_cache(maxsize=64)
def layered(parents: Parents) -> Layout:
    """Lay a graph out in layers from left to right, with few crossings.

    Every node stands right of its parents, a leaf just left of its first child. An edge that skips layers gets a
    stand-in in each, so that it runs around the nodes there. To and fro, each layer is sorted and placed by the heights
    of its neighbours; the picture with the fewest crossings, and then the shortest wires, is kept.
    Source: Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981).
    """
    layer = layers_of(parents)
    edges: list[tuple[int, int]] = []
    chains = []
    for child, above in enumerate(parents):
        for parent in above:
            between = list(range(len(layer), len(layer) + layer[child] - layer[parent] - 1))
            layer += range(layer[parent] + 1, layer[child])
            edges += pairwise([parent, *between, child])
            chains.append((parent, child, between))
    height = min(
        _sweeps(layer, edges, len(parents)), key=lambda h: (crossings(layer, h, edges), _wire_length(h, edges))
    )
    height -= (height.min() + height.max()) / 2
    points = np.column_stack([np.asarray(layer, dtype=float), height])
    return Layout(points[: len(parents)], [(parent, child, points[between]) for parent, child, between in chains])


def layers_of(parents: Parents) -> list[int]:
    """The layer of each node: one more than its parents'; for a leaf one less than its first child's.

    >>> layers_of(((), (), (0, 1), (), (2, 3)))
    [0, 0, 1, 1, 2]
    """
    layer: list[int] = []
    for above in parents:
        layer.append(1 + max((layer[p] for p in above), default=-1))
    for v, above in enumerate(parents):
        children = [layer[c] for c, others in enumerate(parents) if v in others]
        if not above and children:
            layer[v] = min(children) - 1
    return layer


def _sweeps(layer: list[int], edges: list[tuple[int, int]], nodes: int, sweeps: int = 12) -> list[Heights]:
    """Heights after each of some sweeps, to the right and to the left in turn; stand-ins need little room."""
    room = np.where(np.arange(len(layer)) < nodes, 1.0, 0.4)
    order = _operands_in_order(len(layer), edges)
    rows = [[v for v in order if layer[v] == k] for k in range(max(layer) + 1)]
    height = np.zeros(len(layer))
    for row in rows:
        height[row] = _stacked(room[row])
    found = [height.copy()]
    for sweep in range(sweeps):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wish = {v: _wish(v, height, edges, behind=sweep % 2) for v in row}
            row.sort(key=wish.__getitem__)
            least = _stacked(room[row])
            height[row] = isotonic_regression([wish[v] for v in row] - least).x + least
        found.append(height.copy())
    return found


def _stacked(room: Heights) -> Heights:
    """The middles of things of some heights that stand on each other."""
    return np.cumsum(room) - room / 2


def _operands_in_order(nodes: int, edges: list[tuple[int, int]]) -> list[int]:
    """The nodes as one meets them in reading the formula, so that a first operand begins above a second."""
    parents: list[list[int]] = [[] for _ in range(nodes)]
    for parent, child in edges:
        parents[child].append(parent)
    ends = set(range(nodes)) - {parent for parent, _ in edges}
    stack, met = sorted(ends, reverse=True), dict[int, None]()
    while stack:
        v = stack.pop()
        if v not in met:
            met[v] = None
            stack += reversed(parents[v])
    return list(met)


def _wish(v: int, height: Heights, edges: list[tuple[int, int]], behind: int) -> float:
    """Where a node would stand if it were alone: amid its neighbours on one side, or on the other."""
    sides = [height[[edge[1 - side] for edge in edges if edge[side] == v]] for side in (1 - behind, behind)]
    return float(next((near.mean() for near in sides if len(near)), height[v]))


def crossings(layer: Sequence[int], height: Heights, edges: Sequence[tuple[int, int]]) -> int:
    """How many pairs of edges between the same two layers cross.

    >>> crossings([0, 0, 1, 1], np.array([0.0, 1.0, 0.0, 1.0]), [(0, 3), (1, 2)])
    1
    """
    return sum(
        layer[a] == layer[c] and bool((height[a] - height[c]) * (height[b] - height[d]) < 0)
        for (a, b), (c, d) in combinations(edges, 2)
    )


def _wire_length(height: Heights, edges: list[tuple[int, int]]) -> float:
    return float(sum((height[a] - height[b]) ** 2 for a, b in edges))


class Card(NamedTuple):
    """What a node shows: what it is, and below that its value and its gradient; in a corner its name."""

    title: str
    value: str = ""
    gradient: str = ""
    name: str = ""
    face: str = "white"
    edge: str = COLORS["grey"]


class Wire(NamedTuple):
    """How an edge looks, and what is written on it."""

    color: str = COLORS["grey"]
    width: float = 1.4
    label: str = ""
    backward: bool = False


class Diagram:
    """Cards joined by wires, on axes that cover a figure and are measured in inches.

    Args:
        fig: The figure.
        room: Left, bottom, width and height of the place for the cards.
        cards: The size of the cards and of the gaps between them.
    """

    def __init__(self, fig: Figure, room: tuple[float, float, float, float], cards: Sizes) -> None:
        fig.set_layout_engine("none")
        width, height = fig.get_size_inches()
        self.ax = fig.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        self.ax.axis("off")
        self.sizes = cards
        self.room = np.array(room[2:])
        self.middle = np.array(room[:2]) + self.room / 2
        self.lines = self.ax.add_collection(LineCollection([], zorder=1))
        self.heads = self.ax.add_collection(PolyCollection([], zorder=2, lw=0))
        self.boxes = self.ax.add_collection(PolyCollection([], zorder=3))
        self.columns = {name: Column(field) for name, field in FIELDS.items()}
        for column in self.columns.values():
            self.ax.add_artist(column)
        look: dict[str, Any] = {"color": COLORS["orange"], "ha": "center", "va": "center", "zorder": 2.5}
        paper = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        self.labels = [self.ax.text(0, 0, "", bbox=paper, **look) for _ in range(2)]
        self.artists: list[Artist] = [self.lines, self.heads, self.boxes, *self.columns.values(), *self.labels]

    def lay(self, parents: Parents) -> bool:
        """Take another graph, and as much of the room as it needs; return whether the cards can be read."""
        if len(parents) > MOST_NODES:
            return False
        layout = layered(parents)
        size, least = np.array(layout.size), np.array(self.sizes.card) + self.sizes.gap
        scale = float(min(LARGEST, *(self.room / size / least)))
        if scale < SMALLEST:
            return False
        self.scale, self.outline = scale, scale * rounded_rectangle(*self.sizes.card, radius=0.12)
        pitch = np.minimum(self.room / size, 1.5 * scale * least)
        self.centres = self._places(layout.nodes, size, pitch)
        self.edges = [(parent, child) for parent, child, _ in layout.wires]
        self.curves = self._curves([self._places(points, size, pitch) for _, _, points in layout.wires])
        return True

    def _places(self, points: Points, size: Points, pitch: Points) -> Points:
        """From layers and heights to inches; the first row is the highest."""
        return self.middle + (points - [(size[0] - 1) / 2, 0]) * pitch * [1, -1]

    def _curves(self, between: list[Points]) -> list[Points]:
        """The wires as curves, from the right side of a parent to a place of its own on the left side of its child."""
        half = self.scale * np.array(self.sizes.card) / 2
        curves: list[Points] = [np.empty((0, 2))] * len(self.edges)
        for child in {child for _, child in self.edges}:
            wires = [e for e, (_, end) in enumerate(self.edges) if end == child]
            last = {e: between[e][-1] if len(between[e]) else self.centres[self.edges[e][0]] for e in wires}
            for place, e in enumerate(sorted(wires, key=lambda e: last[e][1])):
                port = 2 * (place + 1) / (len(wires) + 1) - 1
                start = self.centres[self.edges[e][0]] + [half[0], 0]
                end = self.centres[child] + [-half[0], port * half[1]]
                around = [(x + side * half[0], y) for x, y in between[e] for side in (-1, 1)]
                curves[e] = smooth(np.array([start, *around, end]))
        return curves

    def paint(self, cards: Sequence[Card], wires: Sequence[Wire]) -> None:
        """Write the cards and colour the wires, in the order of the nodes and of ``edges``."""
        self.lines.set(segments=self.curves, colors=[w.color for w in wires], linewidths=[w.width for w in wires])
        self.heads.set(verts=[self._head(c, w) for c, w in zip(self.curves, wires, strict=True)])
        self.heads.set_facecolor([w.color for w in wires])
        self.boxes.set(verts=[centre + self.outline for centre in self.centres], linewidths=1.8)
        self.boxes.set(facecolors=[c.face for c in cards], edgecolors=[c.edge for c in cards])
        width, height = self.sizes.card
        for name, column in self.columns.items():
            shift = self.scale * np.array([column.field.x * width, height / 2 - column.field.y])
            column.write([getattr(card, name) for card in cards], self.centres + shift, max(self.scale, 0.6))
        written = [(curve, wire) for curve, wire in zip(self.curves, wires, strict=True) if wire.label]
        for text, item in zip_longest(self.labels, written):
            text.set_visible(item is not None)
            if item is not None:
                curve, wire = item
                text.set(text=wire.label, position=curve[-8], fontsize=12 * max(self.scale, 0.8))

    def _head(self, curve: Points, wire: Wire) -> Points:
        """The arrow head: at the end of the wire, or at its beginning if something runs backward."""
        tip, turn = (curve[0], -1) if wire.backward else (curve[-1], 1)
        return tip + self.scale * turn * np.array([[0, 0], [-0.16, 0.065], [-0.16, -0.065]])


class Sizes(NamedTuple):
    """Width and height in inches, at full size."""

    card: tuple[float, float]
    gap: tuple[float, float]


WITH_GRADIENTS = Sizes(card=(0.92, 0.86), gap=(0.62, 0.3))
WITH_VALUES = Sizes(card=(0.86, 0.6), gap=(0.4, 0.3))

MOST_NODES = 40

LARGEST, SMALLEST = 1.25, 0.48
"""Bounds of the scale: letters neither shout nor vanish."""


class Field(NamedTuple):
    """A line on every card."""

    color: str
    size: int
    x: float
    """Widths of the card from its middle."""
    y: float
    """Inches from its top."""
    letters: int
    """So many have room; longer words are written smaller."""
    bold: bool = False
    centred: bool = True


FIELDS = {
    "title": Field(COLORS["black"], 14, 0.0, 0.18, letters=7, bold=True),
    "value": Field(COLORS["blue"], 13, 0.0, 0.44, letters=9),
    "gradient": Field(COLORS["orange"], 13, 0.0, 0.69, letters=8),
    "name": Field(COLORS["grey"], 13, -0.47, -0.11, letters=5, centred=False),
}


class Column(Artist):
    """The same field of all cards: words drawn from stored pictures, as a Text is laid out anew for every frame."""

    zorder = 4

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.words: list[str] = []

    def write(self, words: list[str], places: Points, scale: float) -> None:
        """Write on each card, at a place in inches, or nothing where the words are empty."""
        self.words, self.places, self.scale = words, places, scale

    def draw(self, renderer: Any) -> None:
        """Draw the words at their places."""
        color, size, *_ = self.field
        gc = renderer.new_gc()
        for words, place in zip(self.words, self.places, strict=True):
            if words:
                fitting = size * self.scale * min(1, self.field.letters / len(words))
                picture, middle = rasterised(words, fitting, color, self.field.bold, renderer.dpi)
                left = picture.shape[1] / 2 if self.field.centred else 0
                corner = np.round(place * renderer.dpi - [left, middle])
                renderer.draw_image(gc, *corner, picture)
        gc.restore()


@lru_cache(maxsize=4096)
def rasterised(words: str, size: float, color: str, bold: bool, dpi: float) -> tuple[NDArray[np.uint8], float]:
    """A picture of words, its rows from below, and how many pixels the middle of a capital stands above its edge."""
    font = get_font(findfont(FontProperties(weight="bold" if bold else "normal")))
    font.set_size(size, dpi)
    font.set_text(words)
    font.draw_glyphs_to_bitmap()
    ink = np.asarray(font.get_image())
    picture = np.empty((*ink.shape, 4), np.uint8)
    picture[..., :3] = np.multiply(to_rgba(color)[:3], 255)
    picture[..., 3] = ink[::-1]
    margin = 1
    return picture, margin + font.get_descent() / 64 + CAPITAL / 2 * size * dpi / 72


CAPITAL = 0.73
"""The height of a capital, in sizes of the letters."""


def rounded_rectangle(width: float, height: float, radius: float) -> Points:
    """The outline of a rectangle with round corners, around the origin."""
    angles = np.linspace(0, np.pi / 2, 7) + np.arange(4)[:, None] * np.pi / 2
    corners = np.sign(np.cos(angles[:, 3])), np.sign(np.sin(angles[:, 3]))
    x = corners[0][:, None] * (width / 2 - radius) + radius * np.cos(angles)
    y = corners[1][:, None] * (height / 2 - radius) + radius * np.sin(angles)
    return np.column_stack([x.ravel(), y.ravel()])


def smooth(points: Points, samples: int = 16) -> Points:
    """A curve through points that leaves and enters each of them horizontally."""
    t = np.linspace(0, 1, samples)[:, None]
    pieces = []
    for a, b in pairwise(points):
        bend = np.array([(b[0] - a[0]) / 2, 0])
        pieces.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * (a + bend) + 3 * (1 - t) * t**2 * (b - bend) + t**3 * b)
    return np.concatenate(pieces)
