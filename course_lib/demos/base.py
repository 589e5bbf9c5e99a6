"""The base of every demo: controls, a picture drawn off-screen, and a caption that says what is to be seen.

Matplotlib draws into memory. What never moves is drawn once and kept; for each new value only the moving artists are
drawn over it. The picture travels as a PNG inside an ``<img>``, so that it has a text for readers who cannot see it,
and stays behind in a saved notebook.
"""

from __future__ import annotations

import html
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.plotting import base64_text, image_tag, style


class Demo(widgets.VBox):
    """A picture that follows its controls.

    A subclass says what the picture shows in ``alt``, hands its controls to ``__init__``, draws once in ``setup`` and
    moves what it drew in ``update``:

    >>> class Circle(Demo):
    ...     alt = "A circle around the origin."
    ...
    ...     def __init__(self):
    ...         super().__init__(radius=widgets.FloatSlider(1, min=0, max=2, description="radius"))
    ...
    ...     def setup(self, fig):
    ...         self.angle = np.linspace(0, 2 * np.pi, 100)
    ...         (self.line,) = fig.add_subplot(xlim=(-2, 2), ylim=(-2, 2), aspect="equal").plot([], [])
    ...         return [self.line]
    ...
    ...     def update(self, radius):
    ...         self.line.set_data(radius * np.cos(self.angle), radius * np.sin(self.angle))
    ...         return f"The circle has area {np.pi * radius**2:.2f}."
    >>> Circle().caption
    'The circle has area 3.14.'

    Drawing touches neither pyplot nor any other global state: the callbacks of widgets arrive on a thread of their own,
    even while a cell runs. They are synchronous, because the browser sends only the newest value while one is drawn.

    Args:
        controls: Widgets with a ``description`` and a ``value``, by the names under which ``update`` takes the values.
    """

    alt: ClassVar[str]
    size: ClassVar[tuple[float, float]] = (7.6, 4.6)

    def __init__(self, **controls: Any) -> None:
        self.controls = controls
        self.caption = ""
        self._start = self.values
        self._lock = threading.RLock()
        self._settling = False
        self._background: Any = None
        self._picture = widgets.HTML()
        self._words = widgets.HTML()
        with style():
            self._figure = Figure(figsize=self.size, dpi=2 * 96)  # twice the pixels: sharp on a fine screen
            self._canvas = FigureCanvasAgg(self._figure)
            self._moving = sorted(self.setup(self._figure), key=Artist.get_zorder)
            for artist in self._moving:
                artist.set_animated(True)
            self._show(self.frame())
            self._figure.set_layout_engine("none")  # what moves later must not push the axes around
        for name, control in controls.items():
            control.observe(lambda _, name=name: self._moved(name), names="value")
        super().__init__([self._panel(), self._picture, self._words])

    def setup(self, fig: Figure) -> Sequence[Artist]:
        """Draw everything once; return the artists that ``update`` moves."""
        raise NotImplementedError

    def update(self, *_: Any, **values: Any) -> str:
        """Move the artists to the values of the controls; return a sentence that says what is to be seen."""
        raise NotImplementedError

    def follow(self, name: str) -> None:
        """Adjust other controls after the control ``name`` was moved and before the picture is drawn."""

    def stale(self) -> None:
        """Say, inside ``update``, that what never moves has moved after all: everything is drawn anew."""
        self._background = None

    @property
    def values(self) -> dict[str, Any]:
        """The values of the controls by name."""
        return {name: control.value for name, control in self.controls.items()}

    def reset(self) -> None:
        """Put every control back where it started, and draw once."""
        self.set(**self._start)

    def set(self, **values: Any) -> None:
        """Set several controls and draw once."""
        with self._lock:
            self._settling = True
            try:
                for name, value in values.items():
                    self.controls[name].value = value
                    self.follow(name)
            finally:
                self._settling = False
            self._redraw()

    def _moved(self, name: str) -> None:
        with self._lock:
            if not self._settling:
                self.set(**{name: self.controls[name].value})

    def _redraw(self) -> None:
        """Draw; should the demo fail, say so where the reader looks, then let the error go to the log."""
        with self._telling("draw"):
            self._show(self.frame())

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.caption = f"This demo failed to {what}. {type(error).__name__}: {error}"
            self._words.value = f'<p role="alert" style="{TEXT}"><b>{html.escape(self.caption)}</b></p>'
            raise

    def frame(self) -> NDArray[np.uint8]:
        """The picture for the present values: shape (height, width, 3), red, green and blue from 0 to 255."""
        with self._lock:
            self.caption = self.update(**self.values)
            if self._background is None:
                self._canvas.draw()
                self._background = self._canvas.copy_from_bbox(self._figure.bbox)
            self._canvas.restore_region(self._background)
            for artist in self._moving:
                artist.draw(self._canvas.get_renderer())
            return opaque(np.asarray(self._canvas.buffer_rgba()))

    def _show(self, frame: NDArray[np.uint8]) -> None:
        self._png = png(frame)
        self._picture.value = image_tag(self._png, self.alt)
        self._words.value = self._paragraph()

    def _paragraph(self) -> str:
        return f'<p aria-live="polite" style="{TEXT}">{html.escape(self.caption)}</p>'

    def _panel(self) -> widgets.Box:
        """The controls, two to a row where there is room, and a way back if there is more than one."""
        controls = list(self.controls.values())
        labels = [c.description for c in controls if not isinstance(c, widgets.Checkbox)]
        longest = max(map(len, labels), default=0)
        for control in controls:
            control.style.description_width = f"{0.65 * longest:.1f}em"  # sliders of one length, under each other
            if isinstance(control, widgets.Checkbox):
                control.indent = False  # its words stand behind the box, so no room is kept for any before it
            control.layout.width = "48%"
            control.layout.min_width = "22em"
        if len(controls) > 1:
            button = widgets.Button(description="Reset", layout=BUTTON)
            button.on_click(lambda _: self.reset())
            controls.insert(1 if len(controls) % 2 else len(controls), button)  # pairs of controls stay side by side
        return widgets.Box(
            controls, layout=widgets.Layout(flex_flow="row wrap", max_width=f"{self.size[0] * 96:.0f}px")
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The live widget, and for viewers without a kernel its picture and its words."""
        return {
            **super()._repr_mimebundle_(**kwargs),
            "image/png": base64_text(self._png),
            "text/html": image_tag(self._png, self.alt) + self._paragraph(),
            "text/plain": f"{self.alt} {self.caption}",
        }


class Running(Demo):
    """A demo that goes on by itself, such as a training: a computation in steps, a frame for each.

    Beside ``setup`` and ``update``, a subclass begins the computation in ``begin`` and carries it on in ``advance``.
    The reader runs and pauses it, takes one step, or starts over, and may move every control meanwhile:

    >>> class Countdown(Running):
    ...     alt = "A number that counts down to zero."
    ...     restarts = ("start",)
    ...
    ...     def __init__(self):
    ...         super().__init__(start=widgets.IntSlider(3, max=10, description="start"))
    ...
    ...     def setup(self, fig):
    ...         self.digit = fig.text(0.5, 0.5, "")
    ...         return [self.digit]
    ...
    ...     def begin(self, start):
    ...         self.count = start
    ...
    ...     def advance(self, start):
    ...         self.count -= 1
    ...         return self.count > 0
    ...
    ...     def update(self, start):
    ...         self.digit.set_text(f"{self.count}")
    ...         return f"{self.count} of {start} to go."
    >>> countdown = Countdown()
    >>> countdown.step()
    True
    >>> countdown.caption
    '2 of 3 to go.'

    The steps run on a thread of their own, so that the kernel stays free for other cells and for the controls; each
    step and its picture hold the demo's lock.
    """

    restarts: ClassVar[Sequence[str]] = ()
    """The controls that start the computation over when they are moved; ``advance`` sees the others move."""

    pause_between_frames: ClassVar[float] = 0.03
    """Seconds, in which the controls and the browser have their turn."""

    def __init__(self, **controls: Any) -> None:
        self._begun = False
        self._paused = threading.Event()
        self._paused.set()
        self._run = widgets.ToggleButton(description="Run", layout=BUTTON)
        self._run.observe(lambda change: self.run() if change["new"] else self.pause(), names="value")
        super().__init__(**controls)

    def begin(self, *_: Any, **values: Any) -> None:
        """Begin the computation anew from the values of the controls."""
        raise NotImplementedError

    def advance(self, *_: Any, **values: Any) -> bool:
        """Carry the computation on by what one frame shall show; return whether anything is left to do."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """Whether steps are being taken."""
        return not self._paused.is_set()

    def run(self) -> None:
        """Take step after step until paused or finished."""
        with self._lock:
            if self.running:
                return
            self._paused = threading.Event()  # one for each run: a run that is just ending keeps its own
            self._show_state()
            self._thread = threading.Thread(target=self._go_on, args=[self._paused], daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Take no further step."""
        with self._lock:
            self._paused.set()
            self._show_state()

    def step(self) -> bool:
        """Take one step and draw it; return whether anything is left to do."""
        with self._lock:
            if not self._begun:
                self._begin()
            with self._telling("go on"):
                left = self.advance(**self.values)
            self._redraw()
            return left

    def start_over(self) -> None:
        """Begin anew and draw that; a demo that runs goes on running."""
        with self._lock:
            self._begun = False
            self._redraw()

    def reset(self) -> None:
        """Pause, put every control back where it started, begin anew and draw once."""
        self.pause()
        self._begun = False
        super().reset()

    def follow(self, name: str) -> None:
        """A control that restarts was moved: the next frame shows the beginning."""
        if name in self.restarts:
            self._begun = False

    def frame(self) -> NDArray[np.uint8]:
        """The picture for the present state of the computation."""
        with self._lock:
            if not self._begun:
                self._begin()
            return super().frame()

    def _begin(self) -> None:
        self.begin(**self.values)
        self._begun = True

    def _go_on(self, paused: threading.Event) -> None:
        while not paused.is_set():
            with self._lock:
                if paused.is_set():
                    return
                try:
                    left = self.step()
                except Exception:
                    self.pause()
                    raise
                if not left:
                    self.pause()
            paused.wait(self.pause_between_frames)

    def _show_state(self) -> None:
        self._run.value = self.running
        self._run.description = "Pause" if self.running else "Run"

    def _panel(self) -> widgets.Box:
        step = widgets.Button(description="Step", layout=BUTTON)
        step.on_click(lambda _: self.step())
        over = widgets.Button(description="Start over", layout=BUTTON)
        over.on_click(lambda _: self.start_over())
        return widgets.VBox([super()._panel(), widgets.HBox([self._run, step, over])])


def opaque(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The red, green and blue of a picture without see-through places, channel by channel: a fifth of the time."""
    rgb = np.empty((*rgba.shape[:2], 3), np.uint8)
    for channel in range(3):
        rgb[..., channel] = rgba[..., channel]
    return rgb


def png(rgb: NDArray[np.uint8]) -> bytes:
    """Encode a picture of shape (height, width, 3) as PNG, in a quarter of the time that Pillow takes.

    Libraries try five filters on every row to save a few bytes; rows as they are, lightly compressed, do for a figure.
    Source: the PNG specification, third edition, sections 5 and 9.
    """
    height, width, _ = rgb.shape
    no_filter = np.zeros((height, 1), np.uint8)
    rows = np.concatenate([no_filter, rgb.reshape(height, 3 * width)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a channel, type 2: red, green, blue
    chunks = {b"IHDR": header, b"IDAT": zlib.compress(rows.data, 1), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks.items()
    )


def number(x: float, decimals: int = 2) -> str:
    """A number for a caption: some decimals, a proper minus sign, never a negative zero.

    >>> number(-1.0), number(-0.001), number(0.25, 1)
    ('−1.00', '0.00', '0.2')
    """
    return f"{round(x, decimals) + 0.0:.{decimals}f}".replace("-", "−")


BUTTON = {"width": "8em"}
TEXT = "font-size:15px;line-height:1.4;margin:0.3em 0;max-width:55em"
