"""Functions one after another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.models import compose


def double(x):
    return 2 * x


def increment(x):
    return x + 1


@given(st.integers())
def test_the_first_function_comes_first(x):
    assert compose(double, increment)(x) == 2 * x + 1
    assert compose(increment, double)(x) == 2 * (x + 1)


@given(st.integers())
def test_composition_is_associative_and_has_an_identity(x):
    f, g, h = double, increment, abs
    assert compose(compose(f, g), h)(x) == compose(f, compose(g, h))(x) == compose(f, g, h)(x)
    assert compose()(x) == x
    assert compose(compose(), f)(x) == f(x)


def test_the_chain_of_the_lecture(asarray):
    """log(cos(exp(sin³ x))) in four steps, where it is defined."""
    for x in (-2.0, 0.0, 0.5):
        chain = compose(math.sin, lambda u: u**3, math.exp, math.cos, math.log)
        assert chain(x) == math.log(math.cos(math.exp(math.sin(x) ** 3)))


def test_arrays_pass_through(asarray):
    x = asarray([1.0, 2.0])
    y = compose(double, increment)(x)
    assert type(y) is type(x)
    assert y.tolist() == [3.0, 5.0]


def test_calling_does_not_use_the_chain_up():
    chain = compose(*(f for f in (double, increment)))
    assert [chain(1), chain(1)] == [3, 3]


def test_only_functions():
    with pytest.raises(TypeError, match="expected functions, got float64 in place 2"):
        compose(abs, np.float64(1.0))
