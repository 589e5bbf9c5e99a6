"""The show piece of lecture 09 in the hands of a student: place the window, run it, type a kernel."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SOURCE = "from course_lib.demos.convolutional_networks import ConvolutionStepper\nConvolutionStepper()"


@pytest.fixture(scope="module")
def opened(lab, lab_folder):
    """A notebook with nothing but the stepper, opened and run."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [new_code_cell(SOURCE, id="stepper")]
    nbformat.write(new_notebook(cells=cells, metadata=kernel), lab_folder / "stepper.ipynb")
    lab.open("stepper.ipynb")
    lab.run_all()
    return lab


@pytest.fixture
def demo(opened):
    """The stepper as it starts; no test may leave an error behind."""
    cell = opened.cell("stepper")
    cell.get_by_role("button", name="Reset").press("Enter")
    expect(cell).to_contain_text("Row 19, column 30")
    yield cell
    assert opened.complaints() == []


def test_arrow_keys_move_the_window(demo):
    for slider, words in enumerate(("Row 20, column 30", "Row 20, column 31")):
        demo.get_by_role("slider").nth(slider).press("ArrowRight")
        expect(demo).to_contain_text(words)


def test_step_and_start_over(demo):
    demo.get_by_role("button", name="Start over").click()
    expect(demo).to_contain_text("Row 0, column 0")
    demo.get_by_role("button", name="Step").click()
    expect(demo).to_contain_text("Row 0, column 1")


def test_a_run_goes_over_the_whole_picture_and_stops(demo):
    demo.get_by_role("button", name="Start over").click()
    expect(demo).to_contain_text("Row 0, column 0")
    demo.get_by_role("button", name="Run").click()
    expect(demo).to_contain_text("Row 39, column 61", timeout=60_000)
    expect(demo.get_by_role("button", name="Run")).to_be_visible()


def test_a_typed_kernel_is_used_and_nonsense_is_explained(demo):
    field = demo.get_by_role("textbox", name="or type your own")
    field.fill("0 0 1")
    field.press("Enter")
    expect(demo).to_contain_text("the sum of 3 products")
    expect(demo.get_by_role("combobox", name="kernel")).to_have_value("your own")
    field.fill("0 x 1")
    field.press("Enter")
    expect(demo).to_contain_text("“0 x 1” is no kernel")
    expect(demo.get_by_role("combobox", name="kernel")).to_have_value("your own")


def test_another_picture_and_preset(demo):
    before = demo.locator("img").get_attribute("src")
    demo.get_by_role("combobox", name="picture").select_option("china")
    demo.get_by_role("combobox", name="kernel").select_option("sharpen, amount 8")
    expect(demo).to_contain_text("9 products")
    expect(demo.get_by_role("textbox", name="or type your own")).to_have_value("0 -8 0; -8 33 -8; 0 -8 0")
    assert demo.locator("img").get_attribute("src") != before
