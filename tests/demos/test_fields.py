"""What demos draw on a plane: colours, lines and boundaries stand where the numbers are."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_lib.demos import fields


def test_colours_lie_where_the_values_are():
    """The lower left is 0, orange; the upper right is 1, blue; the middle is one half, white."""
    fig = Figure(figsize=(2, 1), dpi=100)
    field = fields.Field(fig.add_axes((0, 0, 1, 1)))
    field.set_values(np.array([[0.0, 0.5], [0.5, 1.0]]))
    picture = painted(fig)
    lower_left, upper_right = picture[-5, 5], picture[5, -5]
    assert lower_left[0] > lower_left[2] + 50
    assert upper_right[2] > upper_right[0] + 50
    np.testing.assert_array_equal(picture[50, 100], 255)


def test_values_beyond_the_scale_have_its_end_colours_and_none_at_all_is_white():
    fig = Figure(figsize=(2, 1), dpi=100)
    field = fields.Field(fig.add_axes((0, 0, 1, 1)))
    pictures = []
    for low, high in ((0.0, 1.0), (-7.0, 9.0)):
        field.set_values(np.repeat([[low], [high]], 2, axis=1))
        pictures.append(painted(fig))
    np.testing.assert_array_equal(pictures[0][[0, -1]], pictures[1][[0, -1]])
    field.set_values(np.full((2, 2), np.nan))
    assert (painted(fig) == 255).all()


def painted(fig: Figure) -> np.ndarray:
    """The picture of a figure whose axes are not to be seen."""
    for ax in fig.axes:
        ax.axis("off")
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


@pytest.mark.parametrize(("w", "b"), [((1.0, 2.0), 0.3), ((0.0, -1.0), 0.0), ((3.0, 0.0), 5.0)])
def test_line_lies_on_its_zeros_and_crosses_the_square(w, b):
    ends = fields.line_through(np.array(w), b, -1, 1)
    np.testing.assert_allclose(np.array(w) @ ends + b, 0, atol=1e-12)
    assert np.hypot(*np.diff(ends)[:, 0]) > 2 * np.sqrt(2)


def test_no_weights_no_line():
    assert fields.line_through(np.zeros(2), 1.0, -1, 1).shape == (2, 0)


def test_polyline_keeps_lines_apart():
    lines = [np.array([[0.0, 0], [1, 1]]), np.array([[2.0, 2], [3, 3]])]
    np.testing.assert_array_equal(fields.polyline(lines)[0], [0, 1, np.nan, 2, 3, np.nan])
    assert np.isnan(fields.polyline([])).all()
