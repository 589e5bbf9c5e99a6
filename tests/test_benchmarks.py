"""The benchmarks measure what they say, against a clock that the test moves; and both sides do the same work."""

import importlib
import pkgutil
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import benchmarks

GRADING = "grading"
"""This one runs nbgrader for minutes; tests/grading/test_against_nbgrader.py compares the two."""
MODULES = [
    module.name
    for module in pkgutil.iter_modules(benchmarks.__path__)
    if not module.name.startswith("_") and module.name != GRADING
]


@pytest.fixture
def bench():
    names = {"main": "__main__", "measure": "_measure"}
    return SimpleNamespace(**{short: importlib.import_module(f"benchmarks.{name}") for short, name in names.items()})


class Clock:
    """A clock that only moves when a function under test says how long it took."""

    def __init__(self):
        self.now = 0.0
        self.order = []

    def __call__(self):
        return self.now

    def taking(self, name, seconds):
        def function():
            self.order.append(name)
            self.now += seconds(len(self.order)) if callable(seconds) else seconds

        return function


def test_the_ratio_is_ours_over_theirs(bench):
    clock = Clock()
    case = bench.measure.Case("a case", clock.taking("ours", 0.03), clock.taking("theirs", 0.01), gate=4)
    result = bench.measure.measure("a family", case, clock)
    assert result.ratio == pytest.approx(3)
    assert (result.ours, result.theirs) == pytest.approx((0.03, 0.01))
    assert result.passed


def test_the_sides_take_turns_and_swap_who_is_first(bench):
    clock = Clock()
    case = bench.measure.Case("a case", clock.taking("ours", 0.25), clock.taking("theirs", 0.25), gate=1)
    bench.measure.measure("a family", case, clock)
    trials, rounds = clock.order[:4], clock.order[4:]
    assert trials == ["ours", "theirs"] * 2
    assert len(rounds) == 2 * bench.measure.FEWEST_ROUNDS
    assert rounds[:4] == ["ours", "theirs", "theirs", "ours"]


def test_short_functions_are_called_often_enough_to_be_timed(bench):
    clock = Clock()
    case = bench.measure.Case("a case", clock.taking("ours", 1e-4), clock.taking("theirs", 1e-3), gate=1)
    bench.measure.measure("a family", case, clock)
    assert clock.order[4:26] == ["ours"] * 20 + ["theirs"] * 2


def test_both_sides_are_timed_for_as_long_as_the_slower_takes(bench):
    clock = Clock()
    case = bench.measure.Case("a case", clock.taking("ours", 0.25), clock.taking("theirs", 0.0625), gate=9)
    assert bench.measure.measure("a family", case, clock).ratio == pytest.approx(4)
    assert clock.order[4:9] == ["ours", "theirs", "theirs", "theirs", "theirs"]


def test_a_slow_first_call_does_not_count(bench):
    clock = Clock()
    slow_at_first = clock.taking("ours", lambda call: 30.0 if call == 1 else 0.01)
    case = bench.measure.Case("a case", slow_at_first, clock.taking("theirs", 0.01), gate=1)
    result = bench.measure.measure("a family", case, clock)
    assert result.ratio == pytest.approx(1)
    assert clock.now == pytest.approx(30 + bench.measure.SECONDS_PER_CASE, rel=0.05)


def test_a_disturbance_does_not_move_the_median(bench):
    clock = Clock()
    disturbed = clock.taking("ours", lambda call: 9.0 if call == 8 else 0.2)
    case = bench.measure.Case("a case", disturbed, clock.taking("theirs", 0.1), gate=1)
    assert bench.measure.measure("a family", case, clock).ratio == pytest.approx(2)


def test_a_side_that_does_a_share_of_the_work_counts_for_all_of_it(bench):
    clock = Clock()
    case = bench.measure.Case("a case", clock.taking("ours", 1), clock.taking("theirs", 2), gate=1, share=0.1, rounds=3)
    result = bench.measure.measure("a family", case, clock)
    assert (result.ratio, result.theirs) == pytest.approx((0.05, 20))
    assert clock.order[4:].count("theirs") == 3


def test_a_family_is_judged_by_its_worst_case_and_its_geometric_mean(bench):
    clock = Clock()
    theirs = clock.taking("theirs", 0.1)
    cases = [bench.measure.Case(str(t), clock.taking("ours", t), theirs, gate=5) for t in (0.1, 0.4)]
    results = bench.measure.measure_family(bench.measure.Family("a family", cases, mean_gate=1.9), clock)
    assert [r.ratio for r in results] == pytest.approx([1, 4, 2])
    assert [r.passed for r in results] == [True, True, False]
    assert len(bench.measure.measure_family(bench.measure.Family("a family", cases), clock)) == 2


@pytest.mark.parametrize(("seconds", "verdict", "code"), [(0.1, "ok", 0), (0.3, "MISSED", 1)])
def test_the_command_prints_every_figure_and_fails_when_a_gate_is_missed(
    bench, monkeypatch, capsys, seconds, verdict, code
):
    name = "a case with a name as long as those of layers are, batch 64, 16 to 32 channels, no 3"
    result = bench.measure.Result("linear algebra", name, seconds / 0.1, 2.0, seconds, 0.1)
    monkeypatch.setattr(bench.main, "measure_family", lambda family: [result])
    assert bench.main.main(["linear_algebra"]) == code
    out = capsys.readouterr().out
    for shown in (
        "linear algebra",
        name,
        f"{1e3 * seconds:.3f}",
        "100.000",
        f"{seconds / 0.1:.2f}",
        "≤ 2",
        verdict,
    ):
        assert shown in out


def test_an_unknown_name_is_wrong_usage(bench, capsys):
    with pytest.raises(SystemExit, match="2"):
        bench.main.main(["nothing"])
    assert "no benchmarks called nothing; there are" in capsys.readouterr().err


@pytest.mark.parametrize("module", MODULES)
def test_both_sides_do_the_same_work(module):
    """Cases return what they computed. Signs may differ: eigenvectors and triangular factors have a choice."""
    for family in importlib.import_module(f"benchmarks.{module}").families():
        assert family.cases
        for case in family.cases:
            for _ in range(2):  # in the second turn, what the first has changed is compared
                mine, other = arrays(case.ours()), arrays(case.theirs())
            assert mine
            for a, b in zip(mine, other, strict=True):
                tolerance = 1e-4 * np.abs(b).max()  # single precision; iterations that stop at 1e-5
                np.testing.assert_allclose(np.abs(a), np.abs(b), rtol=1e-4, atol=tolerance, err_msg=case.name)


def arrays(result):
    results = result if isinstance(result, list | tuple) else [result]
    return [x.detach().numpy() if isinstance(x, torch.Tensor) else np.asarray(x) for x in results]
