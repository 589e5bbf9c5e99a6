"""The machinery under the demos."""

from __future__ import annotations

import io
import threading

import numpy as np
import pytest
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider
from PIL import Image

from course_lib.demos.base import Demo, Running, png


class Dot(Demo):
    """A dot at (x, y), or at one of two named places; y must not be 5."""

    alt = 'A dot, "<b>".'
    size = (2, 2)

    def __init__(self):
        self.drawn = []
        super().__init__(
            place=Dropdown(options=["left", "right", "elsewhere"], description="Place"),
            x=FloatSlider(-1, min=-9, max=9, description="x"),
            y=FloatSlider(0, min=-9, max=9, description="y"),
        )

    def setup(self, fig):
        self.ax = fig.add_subplot(xlim=(-10, 10), ylim=(-10, 10))
        self.title = self.ax.set_title("one")
        (self.dot,) = self.ax.plot([], [], "ko")
        return [self.dot]

    def follow(self, name):
        if name == "place" and self.values["place"] != "elsewhere":
            self.controls["x"].value = {"left": -1, "right": 1}[self.values["place"]]
        elif name == "x":
            self.controls["place"].value = {-1: "left", 1: "right"}.get(self.values["x"], "elsewhere")

    def update(self, place, x, y):
        if y == 5:
            raise ArithmeticError("<five>")
        self.dot.set_data([x], [y])
        self.drawn.append((place, x, y))
        return f"The dot is <{place}>, at ({x:.0f}, {y:.0f})."


@pytest.fixture
def dot():
    demo = Dot()
    demo.drawn.clear()
    return demo


def test_starts_with_a_picture_and_a_caption():
    demo = Dot()
    assert demo.drawn == [("left", -1, 0)]
    assert demo.caption == "The dot is <left>, at (-1, 0)."


def test_a_moved_control_draws_once(dot):
    dot.controls["y"].value = 3
    assert dot.drawn == [("left", -1, 3)]


def test_controls_follow_each_other_and_draw_once(dot):
    dot.controls["place"].value = "right"
    dot.controls["x"].value = 4
    assert dot.drawn == [("right", 1, 0), ("elsewhere", 4, 0)]


def test_reset_draws_once(dot):
    dot.set(x=4, y=2)
    dot.reset()
    assert dot.drawn == [("elsewhere", 4, 2), ("left", -1, 0)]


def test_reset_button():
    """It resets; a demo with one control has none, since that control is its own way back."""
    dot = Dot()
    dot.controls["x"].value = 4
    button = next(child for child in dot.children[0].children if child.description == "Reset")
    button.click()
    assert dot.values == {"place": "left", "x": -1, "y": 0}

    class OnlyX(Dot):
        def __init__(self):
            self.drawn = []
            Demo.__init__(self, x=FloatSlider(description="x"))

        def follow(self, name):
            pass

        def update(self, x):
            return super().update("left", x, 0)

    assert [child.description for child in OnlyX().children[0].children] == ["x"]


def test_a_checkbox_begins_at_the_edge():
    class Switched(Dot):
        def __init__(self):
            self.drawn = []
            Demo.__init__(self, shown=Checkbox(True, description="a rather long description"))

        def update(self, shown):
            return super().update("left", 0, 0)

    assert Switched().controls["shown"].indent is False


def test_words_are_escaped(dot):
    assert "&lt;left&gt;" in dot._words.value
    assert 'alt="A dot, &quot;&lt;b&gt;&quot;."' in dot._picture.value
    assert "<left>" not in dot._repr_mimebundle_()["text/html"]
    assert dot._repr_mimebundle_()["text/plain"] == 'A dot, "<b>". The dot is <left>, at (-1, 0).'


def test_an_error_is_told_and_the_demo_goes_on(dot):
    picture = dot._picture.value
    with pytest.raises(ArithmeticError):
        dot.controls["y"].value = 5
    assert "ArithmeticError: &lt;five&gt;" in dot._words.value
    assert dot._picture.value == picture
    dot.controls["y"].value = 6
    assert dot.caption == "The dot is <left>, at (-1, 6)."
    assert "ArithmeticError" not in dot._words.value
    assert dot._picture.value != picture


def test_a_demo_that_fails_at_once_is_an_error():
    class Broken(Dot):
        def update(self, **values):
            raise ArithmeticError("five")

    with pytest.raises(ArithmeticError, match="five"):
        Broken()


def test_what_never_moves_is_drawn_again_only_when_stale(dot):
    before = dot.frame()
    dot.title.set_text("two")
    np.testing.assert_array_equal(dot.frame(), before)
    dot.stale()
    assert not np.array_equal(dot.frame(), before)


def test_frames_leave_no_traces(dot):
    before = dot.frame()
    dot.set(x=8, y=8)
    assert not np.array_equal(dot.frame(), before)
    dot.reset()
    np.testing.assert_array_equal(dot.frame(), before)


def test_two_threads_draw_one_after_the_other():
    """Callbacks come on a thread of their own while a cell may move controls too."""

    class Slow(Dot):
        def update(self, place, x, y):
            if (x, y) != (-1, 0):
                entered[x].set()
                assert proceed.wait(10)
            return super().update(place, x, y)

    entered, proceed = {2: threading.Event(), 3: threading.Event()}, threading.Event()
    demo = Slow()
    threads = [threading.Thread(target=demo.set, kwargs={"x": x}) for x in (2, 3)]
    threads[0].start()
    assert entered[2].wait(10)
    threads[1].start()
    assert not entered[3].wait(0.3), "the second thread must wait for the first"
    proceed.set()
    for thread in threads:
        thread.join(10)
    assert [x for _, x, _ in demo.drawn] == [-1, 2, 3]


def test_png_is_read_back_the_same(rng):
    picture = rng.integers(0, 256, size=(5, 7, 3), dtype=np.uint8)
    image = Image.open(io.BytesIO(png(picture)))
    assert image.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(image), picture)


class Counter(Running):
    """Counts steps up to ``limit``; ``start`` is where it begins."""

    alt = "A number."
    size = (2, 2)
    restarts = ("start",)
    pause_between_frames = 0.0

    def __init__(self):
        super().__init__(start=IntSlider(0, max=9, description="start"), limit=IntSlider(3, max=9, description="limit"))

    def setup(self, fig):
        self.digit = fig.text(0.5, 0.5, "")
        return [self.digit]

    def begin(self, start, limit):
        self.count = start

    def advance(self, start, limit):
        if limit == 0:
            raise ArithmeticError("no limit")
        self.count += 1
        return self.count < limit

    def update(self, start, limit):
        self.digit.set_text(str(self.count))
        return f"{self.count} steps."


def button(demo, description):
    return next(child for child in demo.children[0].children[1].children if child.description == description)


def test_runs_until_nothing_is_left():
    counter = Counter()
    button(counter, "Run").value = True
    counter._thread.join(30)
    assert counter.caption == "3 steps."
    assert not counter.running
    assert button(counter, "Run").value is False


def test_run_shows_pause_and_pauses():
    counter = Counter()
    with counter._lock:  # the thread cannot step yet
        counter.run()
        counter.run()  # no second thread
        toggle = button(counter, "Pause")
        assert toggle.value
        toggle.value = False
    assert not counter.running
    assert toggle.description == "Run"
    assert counter.caption == "0 steps."


def test_steps_and_starts_over():
    counter = Counter()
    button(counter, "Step").click()
    button(counter, "Step").click()
    assert counter.caption == "2 steps."
    button(counter, "Start over").click()
    assert counter.caption == "0 steps."


def test_only_a_control_that_restarts_begins_anew():
    counter = Counter()
    counter.step()
    counter.controls["limit"].value = 5
    assert counter.caption == "1 steps."
    counter.controls["start"].value = 4
    assert counter.caption == "4 steps."
    assert counter.step() is False


def test_reset_of_a_running_demo_pauses_and_begins_anew():
    counter = Counter()
    with counter._lock:
        counter.run()
        counter.step()
        counter.reset()
    assert not counter.running
    assert counter.caption == "0 steps."


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failing_step_is_told_and_ends_the_run():
    counter = Counter()
    counter.set(limit=0)
    counter.run()
    counter._thread.join(30)
    assert not counter.running
    assert "ArithmeticError: no limit" in counter._words.value
