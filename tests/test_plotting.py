"""Figures: what reaches the page, and what can be seen on it."""

from __future__ import annotations

import base64
import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from course_lib import plotting
from course_lib.training import History

ALT = 'A line that rises from 0 to 1, "steeply" & <fast>.'


@pytest.fixture
def shown(monkeypatch):
    """What reaches the page, instead of the page."""
    bundles = []
    monkeypatch.setattr(plotting, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.fixture
def ax():
    with plotting.style():
        fig, ax = plt.subplots(figsize=(3, 2))
    yield ax
    plt.close(fig)


def picture(bundle) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))


def test_show_carries_picture_and_words(ax, shown):
    ax.plot([0, 1])
    plotting.show(ax.figure, ALT)
    (bundle,) = shown
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert bundle["text/plain"] == ALT
    assert 'alt="A line that rises from 0 to 1, &quot;steeply&quot; &amp; &lt;fast&gt;."' in bundle["text/html"]
    assert bundle["image/png"] in bundle["text/html"]


def test_show_draws_twice_the_pixels_and_stays_in_the_page(ax, shown):
    plotting.show(ax.figure, ALT)
    width, height = picture(shown[0]).size
    assert f'width="{width // 2}" height="{height // 2}" style="max-width:100%;height:auto"' in shown[0]["text/html"]
    assert width / 2 == pytest.approx(3 * 96, rel=0.1)


def test_show_is_opaque_and_white(ax, shown):
    plotting.show(ax.figure, ALT)
    corner = picture(shown[0]).convert("RGBA").getpixel((0, 0))
    assert corner == (255, 255, 255, 255)


def test_show_closes(ax, shown):
    plotting.show(ax.figure, ALT)
    assert ax.figure.number not in plt.get_fignums()


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_show_wants_words(ax, shown, alt):
    with pytest.raises(ValueError, match="got an empty alt; say what is drawn"):
        plotting.show(ax.figure, alt)
    assert shown == []


def test_style_is_left_behind():
    before = mpl.rcParams["font.size"], mpl.rcParams["figure.dpi"]
    with mpl.rc_context({"figure.facecolor": "black"}), plotting.style():
        assert mpl.rcParams["figure.facecolor"] == "white"
        assert mpl.rcParams["font.size"] == plotting.STYLE["font.size"]
    assert (mpl.rcParams["font.size"], mpl.rcParams["figure.dpi"]) == before


def luminance(color) -> float:
    """Relative luminance as the Web Content Accessibility Guidelines define it."""
    c = np.array(to_rgb(color))
    return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


def contrast(color, other) -> float:
    darker, lighter = sorted([luminance(color), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["blue", "orange", "green", "grey", "black"])
def test_colours_for_lines_stand_out_from_white(name):
    assert contrast(plotting.COLORS[name], "white") >= 3


@pytest.mark.parametrize("level", np.linspace(0, 1, 21))
@pytest.mark.parametrize("cmap", [mpl.colormaps["Blues"], plotting.SIGNED, mpl.colormaps["gray"]])
def test_ink_can_be_read(cmap, level):
    color = cmap(level)[:3]
    assert contrast(plotting.ink_on(color), color) >= 4


def test_plane_has_equal_units_and_the_same_ticks(ax):
    assert plotting.plane(ax, limit=3.3) is ax
    assert ax.get_aspect() == 1
    assert ax.get_xlim() == ax.get_ylim() == (-3.3, 3.3)
    np.testing.assert_array_equal(ax.get_xticks(), ax.get_yticks())


@pytest.mark.parametrize("vector", [(2.0, 1.0), (-1.5, 0.5), (0.0, -2.0)])
def test_arrow_points_at_its_vector(ax, vector):
    """Its head is the painted point furthest out, and that is the vector's end, to the pixel."""
    plotting.plane(ax, limit=3)
    plotting.arrow(ax, np.array(vector), color="red")
    ax.figure.canvas.draw()
    painted = np.asarray(ax.figure.canvas.buffer_rgba())[..., :3]
    rows, columns = np.nonzero((painted[..., 0] > 200) & (painted[..., 1] < 60))
    points = ax.transData.inverted().transform(np.column_stack([columns, len(painted) - 1 - rows]) + 0.5)
    furthest = points[np.argmax(points @ vector)]
    pixel = 6 / ax.get_window_extent().width
    np.testing.assert_allclose(furthest, vector, atol=3 * pixel)


def test_arrow_of_zero_is_drawn(ax):
    arrow = plotting.arrow(plotting.plane(ax, 1), (0, 0))
    arrow.set_UVC(0.5, 0.5)
    ax.figure.canvas.draw()


def test_heatmap_writes_every_number_where_it_stands(ax):
    values = np.array([[1.0, -2.5, 0.0], [0.125, 100.0, 1 / 3]])
    plotting.heatmap(ax, values)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {
        (0, 0): "1",
        (1, 0): "−2.5",
        (2, 0): "0",
        (0, 1): "0.125",
        (1, 1): "100",
        (2, 1): "0.333",
    }


@pytest.mark.parametrize("values", [[[0.0, 2.0]], [[-1.0, 0.0, 2.0]], [[0.0]]])
def test_heatmap_shows_zero_as_white(ax, values):
    image = plotting.heatmap(ax, values)
    assert min(image.to_rgba(0.0)) > 0.95


def test_heatmap_passes_options_on(ax):
    assert plotting.heatmap(ax, np.eye(2), vmax=5).get_clim() == (0, 5)


def test_level_lines_of_a_cone_are_circles():
    x, y = np.linspace(-1, 1, 101), np.linspace(-2, 2, 201)
    lines = plotting.level_lines(x, y, np.hypot(y[:, None], x), 0.5)
    np.testing.assert_allclose(np.linalg.norm(np.concatenate(lines), axis=1), 0.5, atol=1e-3)


def test_level_lines_of_a_level_that_is_not_reached_are_none():
    assert plotting.level_lines([0, 1, 2], [0, 1, 2], np.eye(3), 5.0) == []


class Place:
    """Where a display can be changed: notes what is shown there."""

    def __init__(self, first):
        self.shown = [first]

    def update(self, bundle, raw):
        self.shown.append(bundle)


@pytest.fixture
def places(monkeypatch):
    """The places in the page where a live curve has been."""
    places = []

    def display(bundle, raw, display_id):
        places.append(Place(bundle))
        return places[-1]

    monkeypatch.setattr(plotting, "display", display)
    return places


class Clock:
    """A clock on which a drawing takes so long, and an epoch so long."""

    def __init__(self, drawing, epoch):
        self.now, self.drawing, self.epoch = 0.0, drawing, epoch

    def __call__(self):
        return self.now


def train(monkeypatch, watched, clock, epochs):
    """Runs a live curve through some epochs and returns the times at which it drew."""
    monkeypatch.setattr(plotting, "watched", lambda: watched)
    curve, history, times = plotting.LiveCurve(clock), History(), []
    draw = curve._draw

    def timed(history):
        times.append(clock.now)
        draw(history)
        clock.now += clock.drawing

    monkeypatch.setattr(curve, "_draw", timed)
    for epoch in range(1, epochs + 1):
        clock.now += clock.epoch
        history.append({"loss": 1 / epoch}, {"loss": 1 + 1 / epoch})
        curve(epoch, None, history)
    curve.finish(None, history)
    return times


def test_live_curve_draws_ten_times_a_second_at_most(monkeypatch, places):
    times = train(monkeypatch, True, Clock(drawing=0.01, epoch=0.03), epochs=30)
    assert np.diff(times[:-1]).min() >= 0.1 - 1e-9
    assert len(times) > 5
    assert len(places) == 1
    assert len(places[0].shown) == len(times)


def test_live_curve_takes_a_fifth_of_the_time_at_most(monkeypatch, places):
    clock = Clock(drawing=0.5, epoch=0.1)
    times = train(monkeypatch, True, clock, epochs=60)
    assert 0.5 * (len(times) - 2) / times[-2] <= 0.2


def test_live_curve_shows_the_whole_training_in_the_end(monkeypatch, places):
    train(monkeypatch, True, Clock(drawing=5.0, epoch=0.1), epochs=7)
    last = places[0].shown[-1]
    assert last["text/plain"] == (
        "The loss in epochs 1 to 7. Training: 1 at first, 0.143 at last. "
        "Validation: 1.14 at best, in epoch 7; 1.14 at last."
    )
    assert f'alt="{last["text/plain"]}"' in last["text/html"]


@pytest.mark.parametrize("watched", [False, None])
def test_live_curve_is_one_figure_where_nobody_watches(monkeypatch, places, watched):
    assert len(train(monkeypatch, watched, Clock(drawing=0.01, epoch=1.0), epochs=5)) == 1
    assert len(places) == len(places[0].shown) == 1


def test_live_curve_of_two_trainings_is_two_figures(monkeypatch, places):
    monkeypatch.setattr(plotting, "watched", lambda: True)
    curve, history = plotting.LiveCurve(clock=lambda: 0.0), History()
    history.append({"loss": 1.0}, {})
    for _ in range(2):
        curve(1, None, history)
        curve.finish(None, history)
    assert [len(place.shown) for place in places] == [2, 2]
    assert places[0].shown[-1]["text/plain"] == "The loss in epochs 1 to 1. Training: 1 at first, 1 at last."


def test_live_curve_of_nothing_is_no_figure(places):
    plotting.LiveCurve().finish(None, History())
    assert places == []


def test_live_curve_draws_both_losses():
    history = History()
    for loss in (3.0, 2.0, 1.0):
        history.append({"loss": loss}, {"loss": loss + 1})
    (ax,) = plotting._loss_figure(history).axes
    drawn = {line.get_label(): list(zip(*line.get_data(), strict=True)) for line in ax.lines}
    assert drawn == {"training": [(1, 3), (2, 2), (3, 1)], "validation": [(1, 4), (2, 3), (3, 2)]}
    assert len({line.get_linestyle() for line in ax.lines}) == 2  # to be told apart in grey
