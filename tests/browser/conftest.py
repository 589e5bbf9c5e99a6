"""JupyterLab in Chromium, for tests that do what a student does: open a notebook, run it, move a slider, look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import jupyter
from tests.browser.jupyter import SECONDS, TOKEN

LECTURES = Path(__file__).parents[2] / "lectures"


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that Lab shows: a copy of the lectures, to which tests add notebooks of their own."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(LECTURES, folder / "lectures")
    return folder


@pytest.fixture(scope="session")
def lab_url(lab_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running JupyterLab."""
    with jupyter.server(lab_folder, tmp_path_factory.mktemp("home")) as url:
        yield url


class Lab:
    """One page of JupyterLab with a notebook open in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def open(self, path: str) -> None:
        """Open a notebook and wait until its kernel is connected: before that, Lab forgets the commands it is given."""
        self.shut_down()
        self.page.goto(f"{self.url}/lab/tree/{path}?reset&token={TOKEN}")
        self.page.wait_for_function(
            """path => {
                const panel = window.jupyterapp?.shell?.currentWidget;
                return panel?.context?.path === path
                    && panel.context.sessionContext?.session?.kernel?.connectionStatus === 'connected';
            }""",
            arg=path,
            timeout=60 * SECONDS,
        )

    def shut_down(self) -> None:
        """End the kernel of the notebook that is open, if one is."""
        self.page.evaluate("window.jupyterapp?.shell?.currentWidget?.context?.sessionContext?.shutdown()")

    def run_all(self) -> None:
        """Run every cell and wait for the last."""
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def complaints(self) -> list[str]:
        """Errors and what came on stderr, from the outputs of the notebook's model: Lab itself reports none."""
        return self.page.evaluate(
            """() => {
                const found = [];
                for (const cell of window.jupyterapp.shell.currentWidget.model.cells) {
                    for (const output of cell.toJSON().outputs ?? []) {
                        if (output.output_type === 'error') found.push(cell.id + ': ' + output.evalue);
                        if (output.name === 'stderr') found.push(cell.id + ': ' + output.text);
                    }
                }
                return found;
            }"""
        )

    def cell(self, cell_id: str) -> Locator:
        """A cell's element, scrolled into view: what is out of sight Lab may not have drawn."""
        index = self.page.evaluate(
            """async id => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                const index = notebook.widgets.findIndex(cell => cell.model.id === id);
                await notebook.scrollToItem(index, 'start');
                return index;
            }""",
            cell_id,
        )
        cell = self.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"]')
        expect(cell).to_be_visible()
        return cell

    def move_slider(self, cell: Locator) -> None:
        """Move the first slider of a demo a step by keyboard, and wait until the picture is another one."""
        place = cell.element_handle()
        before = cell.locator("img").get_attribute("src")
        slider = cell.get_by_role("slider").first
        at_its_end = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
        slider.press("ArrowLeft" if at_its_end else "ArrowRight")
        self.page.wait_for_function(
            "([cell, before]) => cell.querySelector('img').getAttribute('src') !== before", arg=[place, before]
        )

    def use_theme(self, name: str) -> None:
        self.page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
        expect(self.page.locator(".jp-SplashScreen, #jupyterlab-splash")).to_have_count(0)

    def contrast(self, element: Locator) -> float:
        """How well the letters of an element stand out from what is painted behind them, from 1 to 21."""
        return element.evaluate(
            """element => {
                const channels = css => css.match(/[\\d.]+/g).map(Number);
                const luminance = rgb => {
                    const [r, g, b] = rgb.slice(0, 3).map(c => c / 255)
                        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const ink = channels(getComputedStyle(element).color);
                let behind = element;
                let paper = channels(getComputedStyle(behind).backgroundColor);
                while (paper[3] === 0 && behind.parentElement) {
                    behind = behind.parentElement;
                    paper = channels(getComputedStyle(behind).backgroundColor);
                }
                const [dark, light] = [luminance(ink), luminance(paper)].sort((a, b) => a - b);
                return (light + 0.05) / (dark + 0.05);
            }"""
        )


@pytest.fixture(scope="module")
def lab(browser: Browser, lab_url: str) -> Iterator[Lab]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    lab = Lab(context.new_page(), lab_url)
    yield lab
    lab.shut_down()
    context.close()
