"""What holds for every demo in the catalogue, whoever wrote it."""

from __future__ import annotations

import base64
import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_lib.demos import LECTURES, catalogue

DEMOS = catalogue()


@pytest.fixture(scope="module", params=DEMOS)
def shared(request):
    """One demo of each kind for all tests below."""
    return DEMOS[request.param]()


@pytest.fixture
def demo(shared):
    """A demo with its controls where they start."""
    shared.reset()
    return shared


def move_to(control, end: bool) -> None:
    """Put a control to its first or last value."""
    if hasattr(control, "index"):
        control.index = len(control.options) - 1 if end else 0
    elif isinstance(control.value, bool):
        control.value = end
    elif isinstance(control.value, str):
        control.value = "x * x" if end else ""
    else:
        control.value = control.max if end else control.min


def corners(controls):
    """Visit the combinations of ends in which all controls agree, but for one at most."""
    rows = [
        [end ^ (i == other) for i in range(len(controls))]
        for end in (False, True)
        for other in range(-1, len(controls))
    ]
    for ends in dict.fromkeys(map(tuple, rows)):
        for control, end in zip(controls, ends, strict=True):
            move_to(control, end)
        yield


def is_sentence(text: str) -> bool:
    return len(text) >= 20 and text.endswith(".") and "nan" not in text and "failed" not in text


def test_names_are_unique():
    assert len(LECTURES) == len(set(LECTURES))
    assert all(name == cls.__name__ for name, cls in DEMOS.items())


def test_every_end_of_every_control_draws_and_says_something_finite(demo):
    for _ in corners(list(demo.controls.values())):
        assert np.ptp(demo.frame()) > 0, demo.values
        assert is_sentence(demo.caption), f"{demo.values}: {demo.caption!r}"


def test_every_control_changes_the_picture(demo):
    """One of its ends does, for some ends of the other controls: a control may have nothing to do in some places."""
    for name, control in demo.controls.items():
        others = [other for other in demo.controls.values() if other is not control]
        assert any(an_end_changes_the_picture(demo, control) for _ in corners(others)), name
        demo.reset()


def an_end_changes_the_picture(demo, control) -> bool:
    before, value = demo.frame(), control.value
    changed = False
    for end in (False, True):
        move_to(control, end)
        changed |= not np.array_equal(demo.frame(), before)
    control.value = value
    return changed


def test_reset_brings_everything_back(demo):
    start, values, caption = demo.frame(), demo.values, demo.caption
    for control in demo.controls.values():
        move_to(control, True)
    demo.reset()
    assert demo.values == values
    assert demo.caption == caption
    np.testing.assert_array_equal(demo.frame(), start)


def test_frame_has_twice_the_pixels_of_the_page(demo):
    width, height = demo.size
    assert demo.frame().dtype == np.uint8
    np.testing.assert_allclose(demo.frame().shape, (192 * height, 192 * width, 3), atol=1)


def test_background_is_white(demo):
    """Opaque and white up to the rim: the picture reads in a dark theme, and nothing is cut off."""
    frame = demo.frame()
    rim = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
    assert (rim == 255).mean() > 0.95


def test_alt_text_describes(demo):
    assert len(demo.alt) >= 60
    assert is_sentence(demo.alt)


def test_every_control_has_a_label(demo):
    assert all(control.description.strip() for control in demo.controls.values())


def test_viewers_without_a_kernel_get_picture_and_words(demo):
    bundle = demo._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    np.testing.assert_array_equal(np.asarray(picture), demo.frame())
    assert f'alt="{demo.alt}"' in bundle["text/html"]
    assert bundle["text/plain"] == f"{demo.alt} {demo.caption}"
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == demo.model_id


def test_ignores_the_style_around_it(demo):
    start = demo.frame()
    with mpl.style.context("dark_background"):
        fresh = type(demo)()
        for control in fresh.controls.values():
            move_to(control, True)
        fresh.reset()
        np.testing.assert_array_equal(fresh.frame(), start)


def test_leaves_nothing_in_pyplot(demo):
    assert not plt.get_fignums()
