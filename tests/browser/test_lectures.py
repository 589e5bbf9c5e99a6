"""Every lecture as a student meets it: it opens, runs to its end without a network, and its demos move."""

from __future__ import annotations

import re

import nbformat
import pytest

from .conftest import LECTURES

NAMES = sorted(path.stem for path in LECTURES.glob("*.ipynb"))

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
