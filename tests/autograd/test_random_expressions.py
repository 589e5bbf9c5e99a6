"""Random expressions: the tape against torch's autograd, to second order, in both modes."""

import operator

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import autograd as ag
from course_lib.autograd import Tensor, grad, hvp, jvp

SHAPES = [(), (3,), (2, 1), (2, 3)]
BINARY = [operator.add, operator.sub, operator.mul, lambda a, b: a / (b * b + 1)]
NAMES = [
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "exp of tanh",
    "log of square",
    "sqrt of square",
    "square",
    "cube",
    "negative",
]


def unary(name, library):
    return {
        "exp of tanh": lambda x: library.exp(library.tanh(x)),
        "log of square": lambda x: library.log(x * x + 1),
        "sqrt of square": lambda x: library.sqrt(x * x + 0.5),
        "square": lambda x: x**2,
        "cube": lambda x: x**3,
        "negative": operator.neg,
    }.get(name) or getattr(library, name)


@st.composite
def programs(draw):
    """Leaves, and steps that each take earlier results; so results are reused, as in real programs."""
    leaves = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
    steps = []
    for known in range(len(leaves), len(leaves) + draw(st.integers(1, 8))):
        a, b = draw(st.integers(0, known - 1)), draw(st.integers(0, known - 1))
        steps.append(
            draw(st.sampled_from([("unary", name, a, a) for name in NAMES] + [("binary", k, a, b) for k in range(4)]))
        )
    return leaves, steps, draw(st.integers(0, 2**32 - 1))


def run(steps, leaves, library):
    """The sum of the squashed results of all steps."""
    known = list(leaves)
    for kind, which, a, b in steps:
        f = unary(which, library) if kind == "unary" else BINARY[which]
        known.append(library.tanh(f(known[a]) if kind == "unary" else f(known[a], known[b])))
    out = known[len(leaves)].sum()
    for value in known[len(leaves) + 1 :]:
        out = out + value.sum()
    return out


@settings(max_examples=60, deadline=None)
@given(programs())
def test_against_torch(program):
    shapes, steps, seed = program
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=shape) for shape in shapes]
    mine = [Tensor(x, requires_grad=True) for x in arrays]
    other = [torch.tensor(x, requires_grad=True) for x in arrays]
    y, t = run(steps, mine, ag), run(steps, other, torch)
    np.testing.assert_allclose(y.data, t.item(), rtol=1e-10, atol=1e-12)

    first = [x * 0.0 if g is None else g for x, g in zip(mine, grad(y, mine, create_graph=True), strict=True)]
    theirs = torch.autograd.grad(t, other, create_graph=True, allow_unused=True, materialize_grads=True)
    for a, b in zip(first, theirs, strict=True):
        np.testing.assert_allclose(a.data, b.detach(), rtol=1e-9, atol=1e-10)

    slope, their_slope = sum((g * g).sum() for g in first), sum((g * g).sum() for g in theirs)
    second = grad(slope, mine)
    their_second = torch.autograd.grad(their_slope, other, allow_unused=True, materialize_grads=True)
    for a, b in zip(second, their_second, strict=True):
        np.testing.assert_allclose(0.0 if a is None else a.data, b, rtol=1e-8, atol=1e-8)


@settings(max_examples=30, deadline=None)
@given(programs())
def test_forward_mode_against_reverse_mode(program):
    shapes, steps, seed = program
    rng = np.random.default_rng(seed)
    arrays, tangents = ([rng.normal(size=shape) for shape in shapes] for _ in range(2))
    leaves = [Tensor(x, requires_grad=True) for x in arrays]
    value, tangent = jvp(lambda *xs: run(steps, xs, ag), arrays, tangents)
    gradients = grad(run(steps, leaves, ag), leaves)
    expected = sum(np.sum(g.data * t) for g, t in zip(gradients, tangents, strict=True) if g is not None)
    np.testing.assert_allclose(tangent.data, expected, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(value.data, run(steps, leaves, ag).data)


@settings(max_examples=20, deadline=None)
@given(programs())
def test_a_hessian_is_symmetric(program):
    shapes, steps, seed = program
    rng = np.random.default_rng(seed)
    x, *others = (rng.normal(size=shape) for shape in shapes)
    v, w = rng.normal(size=x.shape), rng.normal(size=x.shape)
    f = lambda x: run(steps, [x, *map(Tensor, others)], ag)  # noqa: E731
    np.testing.assert_allclose(np.sum(w * hvp(f, x, v).data), np.sum(v * hvp(f, x, w).data), rtol=1e-7, atol=1e-8)
