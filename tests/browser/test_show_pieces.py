"""The show pieces of lectures 12 to 14 in the hands of a student: a control moves, words and picture follow."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SOURCES = {
    "gates": "from course_lib.demos.lstm_gates import LSTMGates\nLSTMGates()",
    "codes": "from course_lib.demos.latent_explorer import LatentExplorer\nLatentExplorer()",
    "player": "from course_lib.demos.gan_player import GANPlayer\nGANPlayer()",
}


@pytest.fixture(scope="module")
def opened(lab, lab_folder):
    """A notebook with nothing but the three, opened and run."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [new_code_cell(source, id=name) for name, source in SOURCES.items()]
    nbformat.write(new_notebook(cells=cells, metadata=kernel), lab_folder / "pieces.ipynb")
    lab.open("pieces.ipynb")
    lab.run_all()
    return lab


@pytest.mark.parametrize("name", SOURCES)
def test_a_slider_moves_the_picture(opened, name):
    demo = opened.cell(name)
    expect(demo.locator("img")).to_be_visible(timeout=60_000)
    opened.move_slider(demo)
    assert opened.complaints() == []


def test_a_jammed_gate_is_said(opened):
    demo = opened.cell("gates")
    before = demo.inner_text()
    demo.get_by_role("combobox", name="forget gate").select_option(index=1)
    expect(demo).not_to_have_text(before)
    demo.get_by_role("button", name="Reset").press("Enter")
    assert opened.complaints() == []


def test_a_game_goes_on_until_it_is_paused(opened):
    demo = opened.cell("player")
    demo.get_by_role("button", name="Run").click()
    expect(demo).to_contain_text(re.compile(r"Step \d{3},"), timeout=60_000)
    demo.get_by_role("combobox", name="who learns").select_option(index=1)
    demo.get_by_role("button", name="Pause").click()
    expect(demo.get_by_role("button", name="Run")).to_be_visible()
    demo.get_by_role("button", name="Start over").click()
    expect(demo).to_contain_text(re.compile(r"Step \d,"))
    assert opened.complaints() == []
