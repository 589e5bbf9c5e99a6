"""The stepper: what it computes, where its window goes, and what it says of a kernel that somebody typed."""

from __future__ import annotations

import re

import numpy as np
import pytest
import scipy.signal

from course_lib.demos.convolution_stepper import NOT_YET, ConvolutionStepper, as_text, picture, read_kernel


@pytest.fixture(scope="module")
def shared():
    return ConvolutionStepper()


@pytest.fixture
def demo(shared):
    shared.reset()
    return shared


def place(demo) -> tuple[int, int]:
    return demo.values["row"], demo.values["column"]


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("preset", ConvolutionStepper.presets)
def test_output_is_a_correlation_and_flipped_a_convolution(demo, preset, flip):
    demo.set(preset=preset, flip=flip)
    oracle = scipy.signal.convolve2d if flip else scipy.signal.correlate2d
    kernel = ConvolutionStepper.presets[preset]
    np.testing.assert_allclose(demo.output, oracle(picture("flower"), kernel, mode="valid"), atol=1e-12)


def test_sum_of_the_products_is_the_output_pixel(demo):
    demo.set(picture="china", preset="Kirsch, north", row=7, column=11)
    total = float((picture("china")[7:10, 11:14] * ConvolutionStepper.presets["Kirsch, north"]).sum())
    assert demo.output[7, 11] == pytest.approx(total)
    said = re.search(r"the sum of 9 products is (−?[\d.]+)\.", demo.caption).group(1)
    assert float(said.replace("−", "-")) == pytest.approx(total, abs=0.005)


def test_output_grows_as_far_as_the_window(demo):
    demo.set(row=5, column=9)
    shown = demo.grown.cells.view(np.uint8).reshape(40, 62, 4)
    assert (shown[5, 10:, :3] == NOT_YET).all()
    assert (shown[6:, :, :3] == NOT_YET).all()
    np.testing.assert_array_equal(shown[:5, :, :3], demo.colors[:5])
    np.testing.assert_array_equal(shown[5, :10, :3], demo.colors[5, :10])


def test_frames_are_where_the_window_and_its_pixel_are(demo):
    demo.set(row=5, column=9)
    assert demo.window.get_bbox().bounds == (9, 5, 3, 3)
    assert demo.newest.get_bbox().bounds == (10, 6, 1, 1), "the middle of the window"


def test_a_kernel_of_edges_is_shown_in_two_colours_and_a_blur_in_greys(demo):
    assert "blue is positive" in demo.caption
    demo.set(preset="box blur, 5 by 5")
    assert "blue" not in demo.caption
    assert (demo.colors[..., 0] == demo.colors[..., 2]).all()


def test_steps_go_place_by_place_and_from_the_end_to_the_start(demo):
    demo.start_over()
    assert place(demo) == (0, 0)
    assert demo.step()
    assert place(demo) == (0, 1)
    demo.set(column=61)
    demo.step()
    assert place(demo) == (1, 0)
    demo.set(row=39, column=60)
    assert not demo.step()
    assert place(demo) == (39, 61)
    assert demo.step()
    assert place(demo) == (0, 0)


def test_a_run_takes_the_first_row_place_by_place_and_then_row_by_row(demo, monkeypatch):
    monkeypatch.setattr(ConvolutionStepper, "running", True)
    demo.start_over()
    places = []
    while demo.step():
        places.append(place(demo))
    assert places[:61] == [(0, column) for column in range(1, 62)]
    assert places[61:] == [(row, 61) for row in range(1, 39)]
    assert place(demo) == (39, 61)


def test_a_typed_kernel_is_used_and_limits_the_window(demo):
    demo.set(numbers="1 1; 1 1; 1 1; 1 1; 1 1", row=39, column=61)
    assert demo.values["preset"] == "your own"
    assert demo.kernel.shape == (5, 2)
    assert demo.controls["row"].max == 42 - 5
    assert demo.controls["column"].max == 64 - 2
    assert demo.output.shape == (38, 63)


def test_typing_a_preset_selects_it(demo):
    demo.set(numbers=as_text(ConvolutionStepper.presets["sharpen, amount 8"]))
    assert demo.values["preset"] == "sharpen, amount 8"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "here they are 0"), ("1 x", "is no kernel"), ("1/0", "is no kernel"), ("1 2; 3", "equally many"),
     ("1 2 3 4 5 6", "1 to 5"), (";".join("111111"), "1 to 5")],
)  # fmt: skip
def test_what_is_no_kernel_keeps_the_last_one_and_says_why(demo, text, words):
    before = demo.kernel
    demo.set(numbers=text)
    assert demo.kernel is before
    assert words in demo.caption
    assert demo.caption.endswith("The picture keeps the last kernel that could be read.")
    assert demo.notice.get_text()
    demo.set(numbers="1")
    assert not demo.notice.get_text()


@pytest.mark.parametrize("preset", ConvolutionStepper.presets)
def test_a_kernel_written_and_read_is_the_same(preset):
    kernel = ConvolutionStepper.presets[preset]
    np.testing.assert_allclose(read_kernel(as_text(kernel)), kernel, atol=1e-15)


@pytest.mark.parametrize("name", ["flower", "china", "square and disc"])
def test_pictures_are_grey_and_of_one_size(name):
    x = picture(name)
    assert x.shape == (42, 64)
    assert 0 <= x.min() < x.max() <= 1
