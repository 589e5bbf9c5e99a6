"""The benchmark's two sides do the same work."""

import importlib
import sys
from pathlib import Path

import pytest


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    yield importlib.import_module("benchmarks.autograd")
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]


@pytest.mark.parametrize("steps", ["training_steps", "penalized_steps"])
def test_both_sides_do_the_same_work(bench, steps, monkeypatch):
    monkeypatch.setattr(bench, "STEP", 0.1)
    mine, theirs = getattr(bench, steps)((6, 5, 4, 3), 7)
    for _ in range(5):  # the parameters move, so that gradients are compared too
        assert mine() == pytest.approx(theirs(), rel=1e-10)


def test_every_case_has_a_gate(bench):
    families = bench.families()
    assert [(f.mean_gate, {c.gate for c in f.cases}) for f in families] == [(1.4, {2}), (1.6, {2.2})]
