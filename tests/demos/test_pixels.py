"""Cells of colour, and tables of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_lib.demos.pixels import NumberTable, Pixels, grey_colors, grid_axes, short, signed_colors


def drawn(ax_maker, size=(2.0, 2.0)):
    """The pixels of a figure whose axes fill it."""
    fig = Figure(figsize=size, dpi=50)
    canvas = FigureCanvasAgg(fig)
    ax_maker(fig.add_axes((0, 0, 1, 1)))
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


@pytest.mark.parametrize("upside_down", [False, True])
def test_row_0_is_above_and_cells_are_equally_large(upside_down):
    colors = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]]], np.uint8)

    def draw(ax):
        ax.set(xlim=(0, 2), ylim=(2, 0) if upside_down else (0, 2))
        ax.axis("off")
        Pixels(ax).show(colors, (0, 2, 2, 0) if upside_down else (0, 2, 0, 2))

    picture = drawn(draw)
    np.testing.assert_array_equal(picture, colors.repeat(50, axis=0).repeat(50, axis=1))


def test_cells_keep_their_place_when_only_colours_change():
    def draw(ax):
        ax.set(xlim=(0, 4), ylim=(0, 4))
        ax.axis("off")
        pixels = Pixels(ax)
        pixels.show(np.zeros((1, 1, 3), np.uint8), (1, 3, 1, 3))
        pixels.show(np.full((1, 1, 3), 7, np.uint8))

    picture = drawn(draw)
    assert (picture[25:75, 25:75] == 7).all()
    assert (picture == 7).all(axis=2).sum() == 50 * 50


def test_no_cells_draw_nothing():
    def draw(ax):
        ax.axis("off")
        Pixels(ax).show(np.empty((0, 0, 3), np.uint8))

    assert (drawn(draw) == 255).all()


def test_signed_colours():
    colors = signed_colors(np.array([-2.0, 0.0, 2.0, 9.0]), largest=2.0)
    assert colors[1].tolist() == [255, 255, 255]
    assert colors[0, 0] > colors[0, 2], "orange"
    assert colors[2, 2] > colors[2, 0], "blue"
    np.testing.assert_array_equal(colors[2], colors[3])
    assert (signed_colors(np.zeros(3)) == 255).all()


def test_grey_colours_are_cut_off_at_both_ends():
    assert grey_colors(np.array([-1.0, 0.5, 2.0]))[:, 0].tolist() == [0, 127, 255]
    assert (grey_colors(np.ones(2), low=1.0, high=1.0) == 0).all()


def test_table_writes_each_number_in_its_cell():
    fig = Figure()
    table = NumberTable(grid_axes(fig.add_subplot(), (4, 4)), 2.0, 2.0, "name")
    numbers = np.array([[1.0, -0.25], [0.0, 1 / 3]])
    table.show(numbers, np.zeros((2, 2, 3), np.uint8))
    written = [text.get_text() for text in table.texts if text.get_visible()]
    assert written == ["1", "−0.25", "0", "0.33"]
    xs, ys = (np.array([text.get_position()[k] for text in table.texts[:4]]) for k in (0, 1))
    assert xs[0] == xs[2] < xs[1] == xs[3]
    assert ys[0] == ys[1] > ys[2] == ys[3]


def test_short_numbers():
    assert [short(x) for x in (2.0, -2.0, 0.5, 1 / 9, -1e-12)] == ["2", "−2", "0.50", "0.11", "0"]
