"""What surrounds a call, handed from one side to the other without a wire between them."""

import contextlib
import random
import sys
import warnings

import numpy as np
import pytest
import torch

from course_lib.grading.ambient import Ambient

GENERATORS = {
    "random": (random.seed, random.random, random.getstate, random.setstate),
    "numpy": (np.random.seed, np.random.rand, np.random.get_state, np.random.set_state),
    "torch": (torch.manual_seed, lambda: torch.rand(()).item(), torch.get_rng_state, torch.set_rng_state),
}


@pytest.fixture(autouse=True)
def everything_as_it_was():
    """Both sides are this process, so each test begins and ends with its surroundings."""
    states = {name: get() for name, (_, _, get, _) in GENERATORS.items()}
    errors, dtype, gradients, out = np.geterr(), torch.get_default_dtype(), torch.is_grad_enabled(), sys.stdout
    show = warnings.showwarning
    with warnings.catch_warnings():
        yield
    for name, (*_, put) in GENERATORS.items():
        put(states[name])
    np.seterr(**errors)
    torch.set_default_dtype(dtype)
    torch.set_grad_enabled(gradients)
    sys.stdout, warnings.showwarning = out, show


@pytest.fixture
def sides():
    """The student's side, which trusts, and the examiner's; both know the present surroundings."""
    student, examiner = Ambient(trusting=True), Ambient(trusting=False)
    student.settle()
    examiner.settle()
    return student, examiner


def test_nothing_changed_is_no_news(sides):
    assert [side.news() for side in sides] == [None, None]


@pytest.mark.parametrize("name", GENERATORS)
def test_a_seed_reaches_the_student(sides, name):
    student, examiner = sides
    seed, draw, _, put = GENERATORS[name]
    before = GENERATORS[name][2]()
    seed(7)
    news = examiner.news()
    expected = draw()
    put(before)
    student.take_over(news)
    assert draw() == expected
    assert set(news) == {name}


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("draws", [1, 700, 5000])
def test_the_test_goes_on_from_where_the_submission_has_drawn_to(sides, name, draws):
    student, examiner = sides
    seed, draw, get, put = GENERATORS[name]
    seed(3)
    for side in sides:
        side.settle()
    before = get()
    for _ in range(draws):
        draw()
    news, expected = student.news(), draw()
    put(before)
    examiner.take_over(news)
    assert draw() == expected


@pytest.mark.parametrize("name", GENERATORS)
def test_a_state_to_which_no_drawing_leads_is_not_taken(sides, name):
    student, examiner = sides
    seed, draw, get, put = GENERATORS[name]
    seed(3)
    for side in sides:
        side.settle()
    before = get()
    expected = draw()
    seed(4)
    news = student.news()
    put(before)
    examiner.take_over(news)
    assert draw() == expected


def test_settings_go_to_the_student_and_never_back(sides):
    student, examiner = sides
    np.seterr(all="raise")
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    news = examiner.news()
    assert set(news) == {"errors", "dtype", "gradients"}
    np.seterr(all="warn")
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    student.take_over(news)
    assert (np.geterr()["over"], torch.get_default_dtype(), torch.is_grad_enabled()) == ("raise", torch.float64, False)
    np.seterr(all="ignore")
    news = student.news()
    np.seterr(all="warn")
    examiner.take_over(news)
    assert np.geterr()["over"] == "warn"


def test_what_is_printed_and_warned_of_comes_across(sides, capsys):
    student, examiner = sides
    out = sys.stdout
    student.capture()
    print("hello")
    warnings.warn("careful", DeprecationWarning, stacklevel=1)
    news = student.news()
    sys.stdout = out
    with pytest.warns(DeprecationWarning, match="careful"):
        examiner.take_over(news)
    assert capsys.readouterr().out == "hello\n"


@pytest.mark.parametrize("news", [{"printed": 3}, {"warned": [["NoSuchWarning", 1]]}, {"dtype": "complex64"}, {"x": 1}])
def test_strange_news_change_nothing(sides, news, capsys):
    with contextlib.suppress(UserWarning):
        sides[1].take_over(news)
    assert torch.get_default_dtype() == torch.float32
    assert capsys.readouterr().out == ""
