"""Every primitive: value, first and second derivative against torch's autograd; difference quotients; dual numbers."""

import numpy as np
import pytest
import torch

from course_lib import autograd as ag
from course_lib.autograd import Tensor, grad, gradcheck, jacobian, jvp, operations

X = np.array([[0.7, -1.3, 2.1], [-0.4, 1.9, -2.6]])
Y = np.array([[1.2, 0.5, -0.8], [2.3, -1.7, 0.9]])
POSITIVE = np.abs(X) + 0.3
ROW = np.array([0.3, -1.1, 0.8])
BATCH = np.linspace(-1.5, 2.0, 24).reshape(2, 4, 3)
SQUARE = np.array([[0.2, 1.4, -0.5], [0.9, -0.3, 1.1], [1.6, 0.4, -0.7]])
MASK = np.array([[True, False, True], [False, False, True]])

CASES = {  # name: (ours, torch's, inputs)
    "add": (lambda a, b: a + b, lambda a, b: a + b, (X, Y)),
    "add, broadcast": (lambda a, b: a + b, lambda a, b: a + b, (X, ROW)),
    "add, both broadcast": (lambda a, b: a + b, lambda a, b: a + b, (X[:, :1], ROW)),
    "add a number": (lambda a: 2 + a + 1.5, lambda a: 2 + a + 1.5, (X,)),
    "subtract": (lambda a, b: a - b, lambda a, b: a - b, (X, ROW)),
    "subtract from a number": (lambda a: 1 - a, lambda a: 1 - a, (X,)),
    "multiply": (lambda a, b: a * b, lambda a, b: a * b, (X, ROW)),
    "multiply by a new axis": (lambda a, b: a * b, lambda a, b: a * b, (X, BATCH[:, :2])),
    "divide": (lambda a, b: a / b, lambda a, b: a / b, (X, ROW)),
    "divide a number": (lambda a: 2 / a, lambda a: 2 / a, (X,)),
    "negative": (lambda a: -a, lambda a: -a, (X,)),
    "square": (lambda a: a**2, lambda a: a**2, (X,)),
    "cube": (lambda a: a**3, lambda a: a**3, (X,)),
    "power 1": (lambda a: a**1, lambda a: a**1, (X,)),
    "power 0": (lambda a: a**0 * a, lambda a: a**0 * a, (X,)),
    "power -1.5": (lambda a: a**-1.5, lambda a: a**-1.5, (POSITIVE,)),
    "power": (lambda a, b: a**b, lambda a, b: a**b, (POSITIVE, ROW)),
    "power of a number": (lambda a: 2**a, lambda a: 2**a, (X,)),
    "exp": (ag.exp, torch.exp, (X,)),
    "log": (ag.log, torch.log, (POSITIVE,)),
    "sqrt": (ag.sqrt, torch.sqrt, (POSITIVE,)),
    "sin": (ag.sin, torch.sin, (X,)),
    "cos": (ag.cos, torch.cos, (X,)),
    "tanh": (ag.tanh, torch.tanh, (X,)),
    "sigmoid": (ag.sigmoid, torch.sigmoid, (X,)),
    "softplus": (ag.softplus, torch.nn.functional.softplus, (X,)),
    "relu": (ag.relu, torch.relu, (X,)),
    "abs": (ag.abs, torch.abs, (X,)),
    "builtin abs": (abs, torch.abs, (X,)),
    "maximum": (ag.maximum, torch.maximum, (X, Y)),
    "maximum with a number": (lambda a: ag.maximum(a, 0.5), lambda a: a.clamp(min=0.5), (X,)),
    "minimum": (ag.minimum, torch.minimum, (X, ROW)),
    "minimum with a number": (lambda a: ag.minimum(0.5, a), lambda a: a.clamp(max=0.5), (X,)),
    "where": (
        lambda a, b: ag.where(_mask(a), a, b * b),
        lambda a, b: torch.where(torch.tensor(MASK), a, b * b),
        (X, ROW),
    ),
    "where with a number": (
        lambda a: ag.where(_mask(a), 1.0, a),
        lambda a: torch.where(torch.tensor(MASK), 1.0, a),
        (X,),
    ),
    "sum": (lambda a: a.sum(), lambda a: a.sum(), (X,)),
    "sum over an axis": (lambda a: a.sum(axis=-1), lambda a: a.sum(-1), (X,)),
    "sum over axes": (lambda a: a.sum(axis=(0, 2), keepdims=True), lambda a: a.sum((0, 2), keepdim=True), (BATCH,)),
    "mean": (lambda a: a.mean(), lambda a: a.mean(), (X,)),
    "mean over an axis": (lambda a: a.mean(axis=0), lambda a: a.mean(0), (X,)),
    "max": (lambda a: a.max(), lambda a: a.amax(), (X,)),
    "max over an axis": (lambda a: a.max(axis=1), lambda a: a.amax(1), (BATCH,)),
    "max over axes": (lambda a: a.max(axis=(0, 1), keepdims=True), lambda a: a.amax((0, 1), keepdim=True), (BATCH,)),
    "min": (lambda a: a.min(axis=0), lambda a: a.amin(0), (X,)),
    "logsumexp": (lambda a: ag.logsumexp(a), lambda a: torch.logsumexp(a, (0, 1)), (X,)),
    "logsumexp over an axis": (lambda a: ag.logsumexp(a, axis=1), lambda a: torch.logsumexp(a, 1), (BATCH,)),
    "logsumexp, axes kept": (
        lambda a: ag.logsumexp(a, axis=(0, 2), keepdims=True),
        lambda a: torch.logsumexp(a, (0, 2), keepdim=True),
        (BATCH,),
    ),
    "reshape": (lambda a: a.reshape(3, -1), lambda a: a.reshape(3, -1), (X,)),
    "reshape to a number": (lambda a: a[:1, :1].reshape(), lambda a: a[:1, :1].reshape(()), (X,)),
    "reshape to a tuple": (lambda a: a.reshape((6,)), lambda a: a.reshape((6,)), (X,)),
    "T": (lambda a: a.T, lambda a: a.T, (X,)),
    "transpose": (lambda a: a.transpose((2, 0, 1)), lambda a: a.permute(2, 0, 1), (BATCH,)),
    "transpose, from the end": (lambda a: ag.transpose(a, (0, -1, -2)), lambda a: a.mT, (BATCH,)),
    "broadcast_to": (lambda a: ag.broadcast_to(a, (2, 2, 3)), lambda a: a.expand(2, 2, 3), (X,)),
    "concat": (lambda a, b: ag.concat([a, b, a]), lambda a, b: torch.cat([a, b, a]), (X, Y)),
    "concat, last axis": (lambda a, b: ag.concat([a, b], axis=-1), lambda a, b: torch.cat([a, b], -1), (X, Y)),
    "stack": (lambda a, b: ag.stack([a, b], axis=1), lambda a, b: torch.stack([a, b], 1), (X, Y)),
    "stack, last axis": (lambda a, b: ag.stack([a, b], axis=-1), lambda a, b: torch.stack([a, b], -1), (X, Y)),
    "index an entry": (lambda a: a[1, 2], lambda a: a[1, 2], (X,)),
    "index a row": (lambda a: a[-1], lambda a: a[-1], (X,)),
    "slice": (lambda a: a[:, 1:, ::2], lambda a: a[:, 1:, ::2], (BATCH,)),
    "index ...": (lambda a: a[..., None, 0], lambda a: a[..., None, 0], (BATCH,)),
    "index a list": (lambda a: a[[0, 1, 1, 0, 1]], lambda a: a[[0, 1, 1, 0, 1]], (X,)),
    "index pairs": (lambda a: a[[0, 1, 1], [2, 0, 0]], lambda a: a[[0, 1, 1], [2, 0, 0]], (X,)),
    "index a slice and a list": (lambda a: a[:, [2, 2, 0]], lambda a: a[:, [2, 2, 0]], (X,)),
    "index a mask": (lambda a: a[_mask(a)], lambda a: a[torch.tensor(MASK)], (X,)),
    "matmul": (lambda a, b: a @ b, lambda a, b: a @ b, (X, SQUARE)),
    "matmul, vectors": (lambda a, b: a @ b, lambda a, b: a @ b, (ROW, SQUARE[0])),
    "matmul, matrix and vector": (lambda a, b: a @ b, lambda a, b: a @ b, (X, ROW)),
    "matmul, vector and matrix": (lambda a, b: a @ b, lambda a, b: a @ b, (ROW, SQUARE)),
    "matmul, batch": (ag.matmul, torch.matmul, (BATCH, SQUARE)),
    "matmul, batches": (ag.matmul, torch.matmul, (BATCH, np.stack([SQUARE, 2 * SQUARE.T]))),
    "matmul, matrix and batch": (ag.matmul, torch.matmul, (SQUARE[:2], np.moveaxis(BATCH, 1, 2))),
    "matmul, batch and vector": (ag.matmul, torch.matmul, (BATCH, ROW)),
    "matmul, vector and batch": (ag.matmul, torch.matmul, (ROW, np.moveaxis(BATCH, 1, 2))),
    "cast": (lambda a: a.astype(a.dtype) * a, lambda a: a * a, (X,)),
}


def _mask(a):
    return torch.tensor(MASK, device=a.data.device) if isinstance(a.data, torch.Tensor) else MASK


def numbers(x):
    return x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)


@pytest.fixture(params=CASES, ids=list(CASES))
def case(request):
    return CASES[request.param]


def weights(shape):
    """Something to multiply outputs with, so that no two entries of a gradient are the same by accident."""
    return np.cos(np.arange(np.prod(shape, dtype=int))).reshape(shape) + 1.5


def second_order(f, inputs, differentiate, tensor):
    """Value, gradient, and the gradient of the weighted sum of squares of the gradient."""
    y = f(*inputs)
    first = differentiate((y * y * tensor(weights(tuple(y.shape)))).sum(), inputs, create_graph=True)
    penalty = sum((g * g * tensor(weights(tuple(g.shape)))).sum() for g in first)
    second = differentiate(penalty, inputs) if penalty.requires_grad else ()
    return y, first, second


def test_agrees_with_torch_to_second_order(case, asarray):
    ours, theirs, arrays = case
    mine = second_order(ours, [Tensor(asarray(x), requires_grad=True) for x in arrays], grad, asarray)
    other = second_order(
        theirs, [torch.tensor(x, requires_grad=True) for x in arrays], torch.autograd.grad, torch.tensor
    )
    assert type(mine[0].data) is type(asarray(0.0))
    np.testing.assert_allclose(numbers(mine[0].data), numbers(other[0]), rtol=1e-12, atol=1e-12)
    for a, b in zip((*mine[1], *mine[2]), (*other[1], *other[2]), strict=True):
        np.testing.assert_allclose(numbers(a.data), numbers(b), rtol=1e-10, atol=1e-10)


def test_difference_quotients(case, asarray):
    ours, _, arrays = case
    leaves = [Tensor(asarray(x), requires_grad=True) for x in arrays]
    assert gradcheck(ours, leaves)
    square = lambda *inputs: grad((ours(*inputs) ** 2).sum(), inputs, create_graph=True)[0]  # noqa: E731

    def slope(*inputs):
        return square(*[x if x.requires_grad else Tensor(x.data, requires_grad=True) for x in inputs])

    assert gradcheck(slope, leaves, atol=1e-4)


def test_dual_numbers_agree_with_the_jacobian(case, asarray, rng):
    ours, _, arrays = case
    leaves = [asarray(x) for x in arrays]
    tangents = [asarray(rng.normal(size=x.shape)) for x in arrays]
    value, tangent = jvp(ours, leaves, tangents)
    np.testing.assert_allclose(numbers(value.data), numbers(ours(*map(Tensor, leaves)).data))
    expected = 0.0
    for i, t in enumerate(tangents):
        J = jacobian(lambda x, i=i: ours(*map(Tensor, leaves[:i]), x, *map(Tensor, leaves[i + 1 :])), leaves[i])
        expected = expected + np.tensordot(numbers(J.data), numbers(t), axes=t.ndim)
    np.testing.assert_allclose(numbers(tangent.data), expected, rtol=1e-10, atol=1e-12)
    assert tangent.shape == value.shape
    assert type(tangent.data) is type(leaves[0])


def test_one_direction_leaves_the_other_inputs_alone(case, asarray, rng):
    """A dual number among constants: tensors, and bare arrays."""
    ours, _, arrays = case
    t = asarray(rng.normal(size=arrays[0].shape))
    zeros = [asarray(np.zeros_like(x)) for x in arrays[1:]]
    _, expected = jvp(ours, [asarray(x) for x in arrays], [t, *zeros])
    for constant in (Tensor, lambda x: x):
        _, tangent = jvp(lambda x, c=constant: ours(x, *(c(asarray(o)) for o in arrays[1:])), [asarray(arrays[0])], [t])
        np.testing.assert_allclose(numbers(tangent.data), numbers(expected.data), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_kept(case, asarray, dtype):
    ours, _, arrays = case
    leaves = [Tensor(asarray(x, dtype), requires_grad=True) for x in arrays]
    y = ours(*leaves)
    y.sum().backward()
    assert all(x.grad.dtype == y.dtype == asarray(0.0, dtype).dtype for x in leaves)
    assert all(x.grad.shape == x.shape for x in leaves)


def test_mixed_precision_gives_each_leaf_a_gradient_of_its_own(asarray):
    a, b = Tensor(asarray(X, "float32"), requires_grad=True), Tensor(asarray(Y), requires_grad=True)
    (a * b).sum().backward()
    assert (a.grad.dtype, b.grad.dtype) == (a.dtype, b.dtype)
    np.testing.assert_allclose(numbers(a.grad.data), Y, rtol=1e-6)


# Kinks and ends -------------------------------------------------------------------------------------------------------


def both(ours, theirs, values, asarray):
    """Value and gradient of ours and of torch's at the same place."""
    x, t = Tensor(asarray(values), requires_grad=True), torch.tensor(values, requires_grad=True)
    y, s = ours(x), theirs(t)
    with np.errstate(divide="ignore", invalid="ignore"):
        y.backward(asarray(np.ones(y.shape)))
    s.backward(torch.ones_like(s))
    return (numbers(y.data), numbers(x.grad.data)), (s.detach().numpy(), t.grad.numpy())


EXTREMES = np.array([-1e4, -800.0, -40.0, -1.0, 0.0, 1.0, 40.0, 800.0, 1e4])


@pytest.mark.parametrize("name", ["relu", "abs", "sigmoid", "softplus", "tanh"])
def test_kinks_and_extremes(name, asarray):
    theirs = torch.nn.functional.softplus if name == "softplus" else getattr(torch, name)
    mine, other = both(getattr(ag, name), theirs, EXTREMES, asarray)
    np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-300)


def test_sqrt_at_zero(asarray):
    mine, other = both(ag.sqrt, torch.sqrt, np.array([0.0, 4.0]), asarray)
    np.testing.assert_array_equal(mine, other)
    assert mine[1][0] == np.inf


@pytest.mark.parametrize("p", [0, 0.5, 1, 1.5, 2, 3, 0.0, 1.0])
def test_powers_of_zero(asarray, p):
    mine, other = both(lambda x: x**p, lambda x: x**p, np.array([0.0, 2.0]), asarray)
    np.testing.assert_allclose(mine, other, rtol=1e-14)


@pytest.mark.parametrize("base", [0.0, 0, 1.0, 2.0])
def test_a_number_to_the_power_of_a_tensor(asarray, base):
    mine, other = both(lambda x: base**x, lambda x: base**x, np.array([0.0, 0.5, 2.0]), asarray)
    np.testing.assert_allclose(mine, other, rtol=1e-14)


def test_tensor_to_the_power_of_a_tensor_at_zero(asarray):
    a, b = np.array([0.0, 0.0, 0.0, 2.0, 2.0]), np.array([0.0, 1.0, 2.0, 0.0, 3.0])
    mine = [Tensor(asarray(v), requires_grad=True) for v in (a, b)]
    other = [torch.tensor(v, requires_grad=True) for v in (a, b)]
    for x, y in (mine, other):
        (x**y).sum().backward()
    for x, t in zip(mine, other, strict=True):
        np.testing.assert_allclose(numbers(x.grad.data), t.grad, rtol=1e-14)


def test_mixed_second_derivative_of_a_power_at_exponent_zero():
    """d²(aᵇ)/(da db) = aᵇ⁻¹ (1 + b log a), which is 1/a at b = 0."""
    a, b = Tensor(2.0, requires_grad=True), Tensor(0.0, requires_grad=True)
    (slope,) = grad(a**b, a, create_graph=True)
    assert grad(slope, b)[0].item() == 0.5


def test_logsumexp_of_infinities(asarray):
    values = np.array([[-np.inf, -np.inf], [-np.inf, 1.0], [1000.0, 999.0], [-1000.0, -1001.0]])
    mine, other = both(lambda x: ag.logsumexp(x, axis=1), lambda x: torch.logsumexp(x, 1), values, asarray)
    for a, b in zip(mine, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)  # NaN for the gradient of the first row


@pytest.mark.parametrize("values", [[1.0, 1.0, 0.0], [2.0, 2.0, 2.0]])
@pytest.mark.parametrize(("name", "theirs"), [("max", torch.amax), ("min", torch.amin)])
def test_ties_share_as_in_torch(asarray, values, name, theirs):
    mine, other = both(getattr(ag, name), lambda x: theirs(x, 0), np.array(values), asarray)
    np.testing.assert_array_equal(mine[1], other[1])
    assert mine[1].sum() == 1


def test_equal_pairs_share_as_in_torch(asarray):
    for ours, theirs in ((ag.maximum, torch.maximum), (ag.minimum, torch.minimum)):
        mine, other = both(
            lambda x, f=ours: f(x, asarray([0.0, 1.0, 2.0])),
            lambda x, f=theirs: f(x, torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64)),
            np.array([1.0, 1.0, 1.0]),
            asarray,
        )
        np.testing.assert_array_equal(mine[1], other[1])


def test_zero_dimensional_and_empty(asarray):
    x = Tensor(asarray(2.0), requires_grad=True)
    (x.sum() * x.max() * ag.logsumexp(x) * x.reshape(1)[0]).backward()
    np.testing.assert_allclose(numbers(x.grad.data), 4 * 8)
    empty = Tensor(asarray(np.zeros((0, 3))), requires_grad=True)
    (empty * 2).sum().backward()
    assert empty.grad.shape == (0, 3)


def test_the_same_data_and_no_damage(case, asarray):
    """Inputs are read, never written."""
    ours, _, arrays = case
    given = [asarray(x) for x in arrays]
    leaves = [Tensor(x, requires_grad=True) for x in given]
    assert all(leaf.data is x for leaf, x in zip(leaves, given, strict=True) if isinstance(x, np.ndarray))
    ours(*leaves).sum().backward()
    for x, array in zip(given, arrays, strict=True):
        np.testing.assert_array_equal(numbers(x), array)


# Errors that teach ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda a, b: a + b, ValueError, r"add cannot take shapes \(2, 3\) and \(4,\): from the right"),
        (lambda a, b: a @ b, ValueError, r"matmul cannot take shapes \(2, 3\) and \(4,\): the last axis of the first"),
        (lambda a, b: ag.concat([a, b]), ValueError, r"concat cannot take shapes \(2, 3\) and \(4,\)"),
        (lambda a, b: a.reshape(4), ValueError, r"reshape cannot take shapes \(2, 3\)"),
        (lambda a, b: ag.broadcast_to(a, (4,)), ValueError, r"broadcast_to cannot take shapes \(2, 3\)"),
        (lambda a, b: a[5], IndexError, r"index cannot take shapes \(2, 3\): index 5"),
        (lambda a, b: a.sum(axis=2), IndexError, r"sum cannot take shapes \(2, 3\)"),
        (lambda a, b: ag.stack([a, a], axis=3), IndexError, "an axis from -3 to 2, got 3"),
        (lambda a, b: ag.concat([a, a], axis=-3), IndexError, "an axis from -2 to 1, got -3"),
        (lambda a, b: a.transpose((0, 2)), IndexError, "an axis from -2 to 1, got 2"),
        (lambda a, b: ag.where(a.data > 0, a, b), ValueError, r"where cannot take shapes \(2, 3\) and \(4,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(asarray, f, error, says):
    with pytest.raises(error, match=says):
        f(Tensor(asarray(X)), Tensor(asarray(np.zeros(4))))


def test_precisions_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"matmul cannot take .* in torch.float32 and torch.float64"):
        Tensor(torch.ones(2, 2)) @ Tensor(torch.ones(2, 2, dtype=torch.float64))


@pytest.mark.parametrize("join", [ag.concat, ag.stack])
def test_joining_nothing_is_refused(join):
    with pytest.raises(ValueError, match="at least one tensor"):
        join([])


def test_joining_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match=r"expected tensors to join, got float; wrap it in Tensor"):
        ag.stack([Tensor(1.0), 2.0])


def test_two_devices_are_named():
    """The device "meta" stands in for a GPU."""
    with pytest.raises(TypeError, match=r"one device.*on cpu.*on meta"):
        Tensor(torch.ones(2)) + Tensor(torch.ones(2, device="meta"))


def test_mixing_kinds_is_refused():
    with pytest.raises(TypeError, match="argument 1: a NumPy array.*argument 2: a torch tensor"):
        Tensor(np.ones(2)) + Tensor(torch.ones(2))
    with pytest.raises(TypeError, match="argument 1: a torch tensor.*argument 2: a NumPy array"):
        Tensor(torch.ones(2)) * np.ones(2)
    with pytest.raises(TypeError, match="mixed|one kind"):
        ag.concat([Tensor(np.ones(2)), Tensor(np.ones(2)), Tensor(torch.ones(2))])


def test_operations_need_a_tensor():
    with pytest.raises(TypeError, match=r"exp expects a Tensor.*Tensor\(\.\.\.\)"):
        ag.exp(2.0)
    with pytest.raises(TypeError, match="relu expects a Tensor"):
        ag.relu(np.ones(2))


@pytest.mark.parametrize("wrong", ["x", None, object(), 1j, {"a": 1}])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(TypeError, match="expected a NumPy array, a torch tensor or a number"):
        Tensor(1.0) + wrong


def test_names_of_operations():
    assert repr(operations.exp) == "Operation('exp')"
    x = Tensor(1.0, requires_grad=True)
    assert [y.operation for y in (x, x + 1, x * 2, x.exp(), x.sum(), abs(x))] == [
        None, "add", "multiply", "exp", "sum", "abs",
    ]  # fmt: skip
