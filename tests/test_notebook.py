"""How a lecture begins, and how it shows code."""

from __future__ import annotations

import functools
import re

import matplotlib as mpl
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

import course_lib
from course_lib import arrays, notebook, plotting


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(notebook, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def test_begin_prepares_and_says_what_runs_where(capsys):
    with mpl.rc_context(), threadpool_limits():
        device = notebook.begin()
        assert mpl.rcParams["font.size"] == plotting.STYLE["font.size"]
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}
    assert torch.get_num_threads() == 1
    assert device == arrays.default_device()
    line = capsys.readouterr().out
    assert re.fullmatch(
        r"course_lib \d+\.\d+\.\d+ · Python 3\.\d+ · NumPy \d+\.\d+ · torch \d+\.\d+ · running on .+\n", line
    )
    assert torch.__version__.startswith(line.split("torch ")[1].split(" ")[0])


def test_show_source_names_the_place_and_shows_the_code(shown):
    course_lib.show_source(arrays.namespace)
    (bundle,) = shown
    place, source = bundle["text/plain"].split("\n", 1)
    assert re.fullmatch(r"# course_lib/arrays\.py, line \d+", place)
    assert source.startswith("def namespace(")
    text = re.sub(r"<[^>]*>", "", bundle["text/html"])
    assert "course_lib/arrays.py, line" in text
    assert "def namespace(*arrays: Array) -&gt; ModuleType:" in text


def test_show_source_looks_behind_decorators(shown):
    @functools.wraps(arrays.namespace)
    def wrapped():
        raise AssertionError

    notebook.show_source(wrapped)
    notebook.show_source(arrays.namespace)
    assert shown[0] == shown[1]


def test_show_source_shows_classes(shown):
    notebook.show_source(re.Scanner)
    assert shown[0]["text/plain"].startswith("# __init__.py, line")


@pytest.mark.parametrize("wrong", [3, len, "solve"])
def test_show_source_wants_something_written_in_python(shown, wrong):
    with pytest.raises(
        TypeError, match=f"expected a function or a class written in Python, got {re.escape(repr(wrong))}"
    ):
        notebook.show_source(wrong)
