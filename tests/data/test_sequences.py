"""Made sequences: by their own rules, read from the outside."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import adding_problem, copy_task, date_pairs, sine_waves

MAKERS = {
    "adding": lambda n, generator: adding_problem(n, 10, generator=generator)[0],
    "copy": lambda n, generator: copy_task(n, generator=generator)[0],
    "sines": lambda n, generator: sine_waves(n, 10, generator=generator),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_generator_decides(make):
    a, b, c = (make(5, torch_generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)
    with pytest.raises(ValueError, match="at least one sequence, got n=0"):
        make(0, torch_generator(0))


@pytest.mark.parametrize("length", [2, 3, 50])
def test_adding_one_mark_in_each_half(length):
    x, y = adding_problem(2000, length, generator=torch_generator(0))
    numbers, marks = x.unbind(2)
    assert x.dtype == y.dtype == torch.float32
    assert set(marks.flatten().tolist()) <= {0, 1}
    assert (marks[:, : length // 2].sum(1) == 1).all()
    assert (marks[:, length // 2 :].sum(1) == 1).all()
    assert (marks.sum(0) > 0).all(), "every step can be marked"
    torch.testing.assert_close(y, (numbers * marks).sum(1))
    assert ((numbers >= 0) & (numbers < 1)).all()


def test_adding_always_one_is_wrong_by_a_sixth():
    _, y = adding_problem(20_000, 10, generator=torch_generator(0))
    assert (y - 1).square().mean().item() == pytest.approx(1 / 6, rel=0.03)


def test_adding_needs_two_steps():
    with pytest.raises(ValueError, match="length of at least 2, got 1"):
        adding_problem(3, 1, generator=torch_generator(0))


@pytest.mark.parametrize(("symbols", "length", "delay"), [(8, 5, 20), (1, 1, 1), (3, 4, 2)])
def test_copying(symbols, length, delay):
    x, y = copy_task(300, symbols=symbols, length=length, delay=delay, generator=torch_generator(0))
    assert x.shape == y.shape == (300, 2 * length + delay)
    assert x.dtype == y.dtype == torch.int64
    assert set(x[:, :length].flatten().tolist()) == set(range(1, symbols + 1))
    assert torch.equal(x[:, :length], y[:, -length:])
    assert (x[:, length:].sum(1) == symbols + 1).all(), "one signal, else blanks"
    assert (x[:, length + delay - 1] == symbols + 1).all()
    assert (y[:, :-length] == 0).all()


@pytest.mark.parametrize("wrong", [{"symbols": 0}, {"length": 0}, {"delay": 0}])
def test_copying_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} of at least 1, got 0"):
        copy_task(3, **wrong, generator=torch_generator(0))


def test_waves_obey_the_recurrence_of_the_sine():
    """A sine goes on by x_{t+1} = 2 cos(2 pi / P) x_t - x_{t-1}; the factor tells the period."""
    x = sine_waves(500, 60, periods=(8, 30), generator=torch_generator(0)).double()
    before, now, after = x[:, :-2], x[:, 1:-1], x[:, 2:]
    factor = (now * (before + after)).sum(1) / now.square().sum(1)
    torch.testing.assert_close(after, factor[:, None] * now - before, atol=1e-4, rtol=0)
    period = 2 * np.pi / torch.acos(factor / 2)
    assert 7.9 < period.min() < 9
    assert 29 < period.max() < 30.1


def test_waves_with_noise():
    clean, noisy = (sine_waves(200, 50, noise=s, generator=torch_generator(0)) for s in (0.0, 0.3))
    assert (noisy - clean).std().item() == pytest.approx(0.3, rel=0.03)


@pytest.mark.parametrize("wrong", [{"periods": (0, 3)}, {"periods": (4, 3)}, {"noise": -1}])
def test_waves_refused(wrong):
    with pytest.raises(ValueError, match="positive periods in order and noise of at least 0"):
        sine_waves(3, 10, **wrong, generator=torch_generator(0))


FORMATS = ["%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%d.%m.%Y"]


def test_dates_mean_the_same_day():
    written, iso = date_pairs(500, generator=torch_generator(0))
    assert {len(text) for text in iso} == {10}
    used = set()
    for text, expected in zip(written, iso, strict=True):
        for form in FORMATS:
            try:
                day = datetime.strptime(text, form)
            except ValueError:
                continue
            assert day.date().isoformat() == expected
            used.add(form)
            break
        else:
            pytest.fail(f"{text} is no date")
    assert used == set(FORMATS)
    assert not any(re.match(r"0|\w+ 0", text) for text in written), "people write no leading zeros"


def test_dates_are_english_whatever_the_machine_speaks(monkeypatch):
    expected = date_pairs(50, generator=torch_generator(0))
    monkeypatch.setattr("calendar.month_name", ["", *["Monat"] * 12])
    monkeypatch.setattr("calendar.month_abbr", ["", *["Mon"] * 12])
    assert date_pairs(50, generator=torch_generator(0)) == expected


def test_dates_refused():
    with pytest.raises(ValueError, match="at least one sequence"):
        date_pairs(0, generator=torch_generator(0))
