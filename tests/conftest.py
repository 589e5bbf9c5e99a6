"""What all tests share: array kinds, and skipping what this machine cannot run."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
import torch

torch.set_num_threads(1)

NEEDS = {
    "gpu": (torch.cuda.is_available, "needs a CUDA device"),
    "browser": (lambda: shutil.which("chromium") is not None, "needs Chromium: apt-get install chromium"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark, (present, how_to_get_it) in NEEDS.items():
            if item.get_closest_marker(mark) and not present():
                item.add_marker(pytest.mark.skip(reason=how_to_get_it))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> object:
    """On CI everything is installed, so a skip there is a hole in the safety net: it fails. Only ``gpu`` may skip."""
    report = yield
    if (
        os.environ.get("CI")
        and report.skipped
        and not item.get_closest_marker("gpu")
        and not hasattr(report, "wasxfail")
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped on CI: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> object:
    """The same for a whole module that skips itself while it is collected."""
    report = yield
    if os.environ.get("CI") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped on CI: {report.longrepr}"
    return report


@pytest.fixture(params=["numpy", "torch", pytest.param("cuda", marks=pytest.mark.gpu)])
def asarray(request: pytest.FixtureRequest):
    """Makes a float64 array of each kind: ``asarray([[1, 2]])``; ``dtype="float32"`` for another precision."""

    def make(values, dtype: str = "float64"):
        array = np.asarray(values, dtype=dtype)
        if request.param == "numpy":
            return array
        return torch.from_numpy(array.copy()).to("cuda" if request.param == "cuda" else "cpu")

    return make


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest) -> str:
    """The devices that layers and models run on."""
    return request.param


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def browser():
    """A Chromium without a window: one for all tests of a process, since Playwright cannot be started twice in it."""
    from tests.browser import jupyter

    with jupyter.chromium() as chromium:
        yield chromium
