"""The bar moves where somebody watches; a notebook that a program executes stays still, with nothing on stderr."""

from types import SimpleNamespace

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from course_lib.training import fit, progress, watched

TRAIN = """
import torch
from course_lib.arrays import torch_generator, use_one_thread
from course_lib.data import Minibatches
from course_lib.plotting import LiveCurve
from course_lib.training import fit
use_one_thread()
X = torch.randn(64, 2, generator=torch_generator(0))
model = torch.nn.Linear(2, 1)
data = Minibatches(X, X[:, :1], batch_size=8, generator=torch_generator(0))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss = lambda prediction, y: (prediction - y).square().mean()
clock = iter(range(1000)).__next__  # every look at it is a second later, and a drawing has two
history = fit(model, data, loss, optimizer, epochs=12, validation=data, callbacks=[LiveCurve(clock)])
"""


def shell(metadata):
    return lambda: SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda channel: {"metadata": metadata}))


@pytest.mark.parametrize(
    ("get_ipython", "expected"),
    [
        (lambda: None, None),
        (lambda: SimpleNamespace(), None),  # IPython in a terminal
        (shell({}), False),
        (shell({"cellId": "a1", "recordTiming": True}), True),
    ],
)
def test_watched(monkeypatch, get_ipython, expected):
    monkeypatch.setattr(progress, "get_ipython", get_ipython)
    assert watched() is expected


def test_a_message_without_a_parent(monkeypatch):
    empty = lambda: SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda channel: {}))  # noqa: E731
    monkeypatch.setattr(progress, "get_ipython", empty)
    assert watched() is False


@pytest.mark.parametrize(
    ("is_watched", "wanted", "hidden"), [(True, False, True), (False, True, True), (True, True, False)]
)
def test_the_bar_is_shown_to_who_watches(monkeypatch, capsys, is_watched, wanted, hidden):
    monkeypatch.setattr(progress, "watched", lambda: is_watched)
    with progress.progress_bar([1, 2, 3], done=2, epochs=5, wanted=wanted) as bar:
        assert bar.disable == hidden
    assert (capsys.readouterr().err == "") == hidden


def test_the_bar_counts_the_batches_of_all_epochs(monkeypatch, capsys):
    monkeypatch.setattr(progress, "watched", lambda: True)
    with progress.progress_bar([1, 2, 3], done=2, epochs=5, wanted=True) as bar:
        assert (bar.n, bar.total) == (6, 15)
    with progress.progress_bar(SimpleNamespace(), done=2, epochs=5, wanted=True) as bar:
        assert (bar.n, bar.total) == (0, None)


def test_fit_moves_the_bar_to_its_end(monkeypatch, capsys, task):
    monkeypatch.setattr(progress, "watched", lambda: True)
    fit(task.model, task.data, task.loss, task.optimizer, epochs=3, validation=task.validation)
    err = capsys.readouterr().err
    assert "epoch 3 of 3: 100%" in err
    assert "12/12" in err
    assert "validation loss=" in err


def test_in_a_pipe_there_is_no_bar(capsys, task):
    fit(task.model, task.data, task.loss, task.optimizer, epochs=2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.notebook
def test_a_notebook_that_a_program_executes_keeps_one_figure():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TRAIN)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "display_data"
    assert set(output.data) == {"text/html", "image/png", "text/plain"}
    assert output.data["text/plain"].startswith("The loss in epochs 1 to 12.")
    assert "widgets" not in notebook.metadata


@pytest.mark.notebook
def test_a_notebook_that_somebody_watches_shows_a_bar_and_moves_one_figure():
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        make = client.session.msg
        client.session.msg = lambda kind, content=None, **rest: make(kind, content, **rest, metadata={"cellId": "a1"})
        messages = []
        reply = client.execute_interactive(TRAIN, output_hook=messages.append, timeout=120)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "ok"
    kinds = [message["msg_type"] for message in messages]
    figures = [m["content"] for m in messages if "image/png" in m["content"].get("data", {})]
    assert len({figure["transient"]["display_id"] for figure in figures}) == 1
    assert [figure["data"]["text/plain"].split(".")[0] for figure in figures] == [
        f"The loss in epochs 1 to {epoch}" for epoch in (1, 5, 9, 12)
    ]
    assert kinds.count("update_display_data") == 3
    assert any("widget-view" in str(m["content"].get("data")) for m in messages)
    assert "stream" not in kinds
