"""Demos, source and quiz in the hands of a student: keyboard, mouse, themes."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CELLS = {
    "begin": "from course_lib.notebook import begin, show_source\ndevice = begin()",
    "source": "show_source(begin)",
    "demo": "from course_lib.demos.linear_algebra import MatrixMap\nMatrixMap()",
    "quiz": "from course_lib.demos.quiz import quiz\nquiz('two.quiz.yml')",
}
QUIZ = r"""
- question: What is $\det I$?
  options:
    - {text: $1$, correct: true, why: The identity moves nothing.}
    - {text: $0$, why: That would squash space flat.}
- question: What is $1 + 1$?
  options:
    - {text: $2$, correct: true, why: Count.}
    - {text: $3$, why: Count again.}
"""


@pytest.fixture(scope="module")
def opened(lab, lab_folder):
    """A small notebook, opened and run."""
    cells = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), lab_folder / "small.ipynb")
    (lab_folder / "two.quiz.yml").write_text(QUIZ)
    lab.open("small.ipynb")
    lab.run_all()
    return lab


@pytest.fixture
def notebook(opened):
    """The same, with the demo as it starts; no test may leave an error behind."""
    demo = opened.cell("demo")
    demo.get_by_role("button", name="Reset").press("Enter")
    expect(demo).to_contain_text("det A = 3.00")
    yield opened
    assert opened.complaints() == []


def test_slider_by_keyboard_changes_picture_and_caption(notebook):
    demo = notebook.cell("demo")
    notebook.move_slider(demo)
    expect(demo).to_contain_text("det A = 2.80")
    expect(demo.get_by_role("combobox")).to_have_value("your own")


def test_slider_works_while_a_cell_runs(notebook):
    """Its callbacks then come on a thread of their own: from the second move on, as ipykernel 7.4 routes them."""
    demo = notebook.cell("demo")
    notebook.move_slider(demo)
    kernel = "window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel"
    notebook.page.evaluate(f"void {kernel}.requestExecute({{code: 'import threading; threading.Event().wait(60)'}})")
    notebook.move_slider(demo)
    notebook.page.evaluate(f"{kernel}.interrupt()")


def test_picture_has_its_words(notebook):
    picture = notebook.cell("demo").get_by_role("img", name="The plane with the unit circle")
    expect(picture).to_be_visible()
    assert picture.evaluate("img => img.naturalWidth / img.width") == pytest.approx(2, rel=0.01)


def test_quiz_answers_a_click_and_a_key(notebook):
    quiz = notebook.cell("quiz")
    expect(quiz.locator("mjx-container").first).to_be_visible()
    quiz.get_by_role("button", name="A", exact=True).first.click()
    expect(quiz).to_contain_text("A: ✗ Not this one. That would squash space flat.")
    quiz.get_by_role("button", name="B", exact=True).first.press("Enter")
    expect(quiz).to_contain_text("B: ✓ Right. The identity moves nothing.")
    expect(quiz).to_contain_text("1 of 2 right, 1 still to answer.")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_letters_can_be_read_in_both_themes(notebook, theme):
    notebook.use_theme(theme)
    quiz = notebook.cell("quiz")
    quiz.get_by_role("button", name="A", exact=True).first.click()
    letters = {
        "the source": notebook.cell("source").locator("pre").last,
        "where it stands": notebook.cell("source").get_by_text("course_lib/notebook.py, line"),
        "the caption": notebook.cell("demo").get_by_text("det A = 3.00"),
        "the quiz": quiz.get_by_text("Not this one."),
    }
    contrasts = {name: notebook.contrast(element) for name, element in letters.items()}
    assert min(contrasts.values()) >= 4.5, contrasts


def test_saved_notebook_keeps_its_picture(lab, lab_folder):
    """Reopened, before anything runs, a demo shows what it showed last."""
    cells = [new_code_cell(CELLS["demo"], id="demo")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), lab_folder / "saved.ipynb")
    lab.open("saved.ipynb")
    lab.run_all()
    lab.move_slider(lab.cell("demo"))
    before = lab.cell("demo").locator("img").get_attribute("src")
    lab.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    lab.open("saved.ipynb")
    picture = lab.cell("demo").locator("img")
    expect(picture).to_be_visible()
    assert picture.get_attribute("src") == before
    expect(lab.cell("demo")).not_to_contain_text("Error displaying widget")
