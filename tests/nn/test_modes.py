"""A mode for a while, and what was before comes back."""

from __future__ import annotations

import pytest

from course_lib import nn
from course_lib.nn.modes import mode


@pytest.fixture
def net():
    """Some layers train, some do not."""
    net = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout(), nn.ReLU()))
    net[1][0].eval()
    return net


def modes(net):
    return [module.training for module in net.modules()]


@pytest.mark.parametrize("training", [True, False])
def test_every_layer_is_in_it_and_comes_back(net, training):
    before = modes(net)
    with mode(net, training=training):
        assert modes(net) == [training] * 5
    assert modes(net) == before == [True, True, True, False, True]


def test_it_comes_back_after_an_error(net):
    before = modes(net)
    with pytest.raises(RuntimeError, match="broken"), mode(net, training=False):
        raise RuntimeError("broken")
    assert modes(net) == before


def test_one_within_the_other(net):
    with mode(net, training=False):
        with mode(net, training=True):
            assert all(modes(net))
        assert not any(modes(net))


def test_a_function_has_none():
    with mode(abs, training=False):
        assert abs(-1) == 1
