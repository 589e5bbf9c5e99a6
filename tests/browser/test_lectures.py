"""Lectures as a student meets them: they open, run to their end without a network, and their demos move.

All of them take half an hour (COURSE_ALL_LECTURES=1); by default those that run in seconds stand for the others, which
are executed without a browser.
"""

from __future__ import annotations

import os
import re

import nbformat
import pytest

from .conftest import LECTURES

QUICK = ("02_linear_algebra", "08_backpropagation")
NAMES = sorted(path.stem for path in LECTURES.glob("*.ipynb")) if "COURSE_ALL_LECTURES" in os.environ else QUICK

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", NAMES)
def test_lecture_runs_and_its_demos_move(lab, name):
    requests = []
    lab.page.on("request", lambda request: requests.append(request.url))
    lab.open(f"lectures/{name}.ipynb")
    lab.run_all()
    assert lab.complaints() == []
    demos = [
        cell.id
        for cell in nbformat.read(LECTURES / f"{name}.ipynb", as_version=4).cells
        if cell.cell_type == "code" and re.match(r"demos\.\w+\(", cell.source)
    ]
    assert demos
    for demo in demos:
        lab.move_slider(lab.cell(demo))
    assert lab.complaints() == []
    elsewhere = [url for url in requests if not url.startswith((lab.url, "data:", "blob:"))]
    assert elsewhere == []
