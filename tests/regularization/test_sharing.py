"""Soft parameter sharing is half a squared distance."""

import numpy as np
import pytest
import torch

from course_lib import nn
from course_lib.regularization import soft_parameter_sharing


def test_half_the_squared_distance(asarray, rng):
    a, b = ([rng.normal(size=shape) for shape in ((2, 3), (4,))] for _ in range(2))
    difference = np.concatenate([np.ravel(x - y) for x, y in zip(a, b, strict=True)])
    found = soft_parameter_sharing([asarray(x) for x in a], [asarray(x) for x in b])
    assert float(found) == pytest.approx(0.5 * np.linalg.norm(difference) ** 2, rel=1e-14)
    assert float(soft_parameter_sharing(asarray(a[0]), asarray(a[0]))) == 0


def test_networks_pull_at_each_other():
    a, b = nn.Linear(3, 2), nn.Linear(3, 2)
    price = soft_parameter_sharing(a, b)
    assert price.item() == pytest.approx(
        soft_parameter_sharing([a.weight, a.bias], [b.weight, b.bias]).item(), rel=1e-6
    )
    price.backward()
    torch.testing.assert_close(a.weight.grad, (a.weight - b.weight).detach())
    torch.testing.assert_close(b.bias.grad, (b.bias - a.bias).detach())


def test_refusals():
    with pytest.raises(ValueError, match=r"same shapes, got \[\(2, 3\), \(2,\)\] and \[\(2, 2\), \(2,\)\]"):
        soft_parameter_sharing(nn.Linear(3, 2), nn.Linear(2, 2))
    used_up = nn.Linear(3, 2).parameters()
    for nothing in (used_up, []):
        list(nothing)
        with pytest.raises(ValueError, match="two models with parameters, got none"):
            soft_parameter_sharing(nothing, nn.Linear(3, 2))
    with pytest.raises(TypeError, match="got float"):
        soft_parameter_sharing([1.0], [1.0])
    with pytest.raises(TypeError, match="arrays of one kind"):
        soft_parameter_sharing(np.ones(1), torch.ones(1))
