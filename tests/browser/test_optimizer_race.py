"""The show piece of lecture 11 in the hands of a student: run it, meddle while it runs, pause, begin again."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SOURCE = "from course_lib.demos.optimizer_race import OptimizerRace\nOptimizerRace()"


@pytest.fixture(scope="module")
def opened(lab, lab_folder):
    """A notebook with nothing but the race, opened and run."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=[new_code_cell(SOURCE, id="race")], metadata=kernel), lab_folder / "race.ipynb")
    lab.open("race.ipynb")
    lab.run_all()
    return lab


@pytest.fixture
def demo(opened):
    """The race as it starts; no test may leave an error behind."""
    cell = opened.cell("race")
    cell.get_by_role("button", name="Reset").press("Enter")
    expect(cell).to_contain_text("After 2 steps at rate 0.1")
    yield cell
    assert opened.complaints() == []


def test_step_and_start_over(demo):
    demo.get_by_role("button", name="Step").click()
    expect(demo).to_contain_text("After 4 steps")
    demo.get_by_role("button", name="Start over").click()
    expect(demo).to_contain_text("After 2 steps")


def test_a_run_goes_to_the_end_and_stops(demo):
    demo.get_by_role("button", name="Run").click()
    expect(demo).to_contain_text("After 600 steps", timeout=60_000)
    expect(demo.get_by_role("button", name="Run")).to_be_visible()


def test_another_surface_is_a_new_race_that_goes_on(demo):
    demo.get_by_role("button", name="Run").click()
    expect(demo).to_contain_text(re.compile(r"After [1-9]\d\d steps"), timeout=30_000)
    demo.get_by_role("combobox", name="surface").select_option("plateau")
    expect(demo).to_contain_text(re.compile(r"After \d\d? steps"))
    expect(demo).to_contain_text(re.compile(r"After [1-9]\d\d steps"), timeout=30_000)
    demo.get_by_role("button", name="Pause").click()
    expect(demo.get_by_role("button", name="Run")).to_be_visible()


def test_a_rate_that_throws_some_out(demo):
    rate = demo.get_by_role("slider").first
    for _ in range(8):
        rate.press("ArrowRight")
    expect(demo).to_contain_text("at rate 1.2")
    demo.get_by_role("button", name="Run").click()
    expect(demo).to_contain_text("flown off: ", timeout=30_000)
    demo.get_by_role("button", name="Pause").click()
