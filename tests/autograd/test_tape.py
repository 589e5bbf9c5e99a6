"""Recording and walking back: what is kept, what is freed, what is refused; long tapes; threads."""

import gc
import threading
import weakref

import numpy as np
import pytest
import torch

from course_lib import autograd as ag
from course_lib.autograd import Tensor, grad, no_grad


def leaf(value, **options):
    return Tensor(value, requires_grad=True, **options)


def test_a_node_that_is_used_twice_gets_both_parts():
    x = leaf(3.0)
    y = x * x
    (y * y + y + x).backward()  # x⁴ + x² + x
    assert x.grad.item() == 4 * 27 + 2 * 3 + 1


def test_a_diamond_is_walked_once_per_node():
    """Thirty doublings have 2³⁰ paths, and thirty nodes."""
    x = leaf(1.0)
    y = x
    for _ in range(30):
        y = y + y
    y.backward()
    assert x.grad.item() == 2**30


def test_a_chain_of_a_hundred_thousand_nodes():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1.0
    y.backward(retain_graph=True)
    assert x.grad.item() == 1
    assert grad(y, x)[0].item() == 1


def test_dropping_a_long_chain_does_not_overflow_the_stack():
    y = leaf(1.0)
    for _ in range(300_000):
        y = y * 1.0
    alive = weakref.ref(y)
    del y
    gc.collect()
    assert alive() is None


def test_a_tape_is_freed_without_the_garbage_collector():
    gc.disable()
    try:
        x = leaf(np.ones(3))
        y = (x.exp() * x.sigmoid()).sum()
        middle = weakref.ref(y._inputs[0])
        y.backward()
        assert middle() is None
    finally:
        gc.enable()


def test_gradients_of_different_computations_add_up():
    x = leaf(2.0)
    (x * 3).backward()
    (x * 4).backward()
    assert x.grad.item() == 7


def test_a_second_backward_is_refused_instead_of_doubling():
    x = leaf(2.0)
    y = x * x
    y.backward()
    with pytest.raises(RuntimeError, match=r"'multiply' was freed.*retain_graph=True"):
        y.backward()
    assert x.grad.item() == 4
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        (y + 1).backward()


def test_retain_graph_allows_a_second_backward():
    x = leaf(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 8


def test_grad_frees_what_it_walked_and_nothing_else():
    x, w = leaf(2.0), leaf(5.0)
    q = x * w
    z = q * q
    (dq,) = grad(z, q)
    assert dq.item() == 20
    assert grad(q, [x, w])[1].item() == 2  # what lies before q was not walked
    assert x.grad is None


def test_grad_of_several_outputs_and_unused_inputs():
    x, y, z = leaf(2.0), leaf(3.0), leaf(4.0)
    dx, dy, dz = grad([x * y, x], [x, y, z], [1.0, 10.0])
    assert (dx.item(), dy.item(), dz) == (13, 2, None)


def test_grad_with_respect_to_the_output_itself():
    x = leaf(2.0)
    y = x * 3
    assert [g.item() for g in grad(y, [y, x])] == [1, 3]


def test_backward_from_a_leaf():
    x = leaf(2.0)
    x.backward()
    assert x.grad.item() == 1


def test_create_graph_makes_grad_differentiable(asarray):
    x = leaf(asarray([1.0, 2.0]))
    y = (x**3).sum()
    y.backward(create_graph=True)
    assert [g.data.tolist() for g in grad(y, x)] == [[3, 12]]  # the tape was kept
    (second,) = grad(x.grad.sum(), x)
    np.testing.assert_allclose(second.data.tolist(), [6, 12])


@pytest.mark.parametrize("order", range(1, 7))
def test_derivatives_of_any_order(order):
    """The derivatives of exp(2x) sin x against the imaginary part of (2 + i)ⁿ exp((2 + i) x)."""
    x = leaf(0.3)
    y = ag.exp(2 * x) * ag.sin(x)
    for _ in range(order):
        (y,) = grad(y, x, create_graph=True)
    assert y.item() == pytest.approx(((2 + 1j) ** order * np.exp((2 + 1j) * 0.3)).imag, rel=1e-12)


def test_leaves_have_arrays_of_their_own(asarray):
    """A sum hands the same gradient to both terms; changing one leaf's gradient must not change the other's."""
    x, y = leaf(asarray([1.0, 2.0])), leaf(asarray([3.0, 4.0]))
    seed = asarray([1.0, 1.0])
    (x + y).backward(seed)
    x.grad.data[0] = 7.0
    assert y.grad.data.tolist() == seed.tolist() == [1.0, 1.0]
    z = leaf(asarray([1.0, 2.0]))
    z.sum().backward()
    z.grad.data[0] = 7.0  # not a read-only repetition of one number
    assert z.grad.data.tolist() == [7.0, 1.0]


def test_only_what_needs_a_gradient_is_recorded():
    x, c = leaf(2.0), Tensor(3.0)
    assert not (c * c).requires_grad
    assert (c * c).operation is None
    y = c * x
    y.backward()
    assert c.grad is None
    assert not x.grad.requires_grad


def test_detach_cuts():
    x = leaf(2.0)
    y = x * x.detach()
    assert x.detach().data is x.data
    y.backward()
    assert x.grad.item() == 2


# no_grad --------------------------------------------------------------------------------------------------------------


def test_no_grad_as_context_and_decorator():
    x = leaf(2.0)

    @no_grad()
    def square(x):
        """Documented."""
        return x * x

    with no_grad():
        assert not (x * x).requires_grad
        with no_grad():
            pass
        assert not (x * x).requires_grad
    assert not square(x).requires_grad
    assert not square(x).requires_grad
    assert square.__doc__ == "Documented."
    assert (x * x).requires_grad


def test_no_grad_ends_with_an_exception():
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0  # noqa: B018
    assert (leaf(1.0) * 2).requires_grad


def test_no_grad_in_one_thread_leaves_the_others_recording():
    entered, looked = threading.Event(), threading.Event()
    recorded = {}

    def other():
        assert entered.wait(10)
        recorded["other"] = (leaf(1.0) * 2).requires_grad
        looked.set()

    thread = threading.Thread(target=other)
    thread.start()
    with no_grad():
        entered.set()
        assert looked.wait(10)
        recorded["here"] = (leaf(1.0) * 2).requires_grad
    thread.join()
    assert recorded == {"other": True, "here": False}


def test_backward_in_many_threads_at_once():
    results = [None] * 8

    def work(i):
        x = leaf(float(i))
        for _ in range(50):
            x.grad = None
            ((x * x).exp() * 0.0 + x**3).backward()
        results[i] = x.grad.item()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [3.0 * i * i for i in range(8)]


# Changes between forward and backward ---------------------------------------------------------------------------------


def _assign(x):
    x.data = x.data * 2


def _subtract(x):
    x.data -= 1.0


@pytest.mark.parametrize("change", [_assign, _subtract])
@pytest.mark.parametrize("which", ["input", "result"])
def test_assigning_to_data_before_backward_is_noticed(asarray, change, which):
    x = leaf(asarray([1.0, 2.0]), name="weights")
    h = x.exp()
    y = h.sum()
    change(x if which == "input" else h)
    with pytest.raises(RuntimeError, match="update parameters after backward"):
        y.backward()


def test_the_changed_tensor_is_named():
    w = leaf(1.0, name="weights")
    y = w * w
    w.data -= 0.5
    with pytest.raises(RuntimeError, match="the data of weights was assigned to after 'multiply'"):
        y.backward()


def test_updates_after_backward_are_fine(asarray):
    x = leaf(asarray([1.0, 2.0]))
    array = x.data
    for _ in range(3):
        x.grad = None
        (x * x).sum().backward()
        x.data -= 0.25 * x.grad.data
    np.testing.assert_allclose(x.data.tolist(), [0.125, 0.25])
    np.testing.assert_allclose(array.tolist(), [0.125, 0.25])  # -= works in place: no copies


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [1, True, np.arange(3), torch.arange(3), torch.ones(2, dtype=torch.bool)])
def test_integers_have_no_gradient(data):
    with pytest.raises(TypeError, match=r"only floating-point data has gradients.*2\.0 for 2"):
        Tensor(data, requires_grad=True)


def test_backward_needs_a_single_number_or_a_gradient(asarray):
    y = leaf(asarray([1.0, 2.0])) * 2
    with pytest.raises(RuntimeError, match=r"shape \(2,\).*\.sum\(\)"):
        y.backward()
    with pytest.raises(ValueError, match=r"expected a gradient of shape \(2,\), got \(3,\)"):
        y.backward(asarray([1.0, 1.0, 1.0]))


def test_a_gradient_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="one kind"):
        (leaf(torch.ones(2)) * 2).backward(np.ones(2))


def test_nothing_to_differentiate():
    with pytest.raises(RuntimeError, match="requires_grad=True.*no_grad"):
        (Tensor(1.0) * 2).backward()
    x = leaf(1.0)
    with pytest.raises(RuntimeError, match="expected inputs that require a gradient"):
        grad(x * 2, Tensor(1.0))
    with pytest.raises(RuntimeError, match=r"got 1\.0"):
        grad(x * 2, 1.0)
    with pytest.raises(TypeError, match="expected a Tensor to differentiate, got float"):
        grad(2.0, x)
    with pytest.raises(ValueError, match="one member of grad_outputs per output, 1, got 2"):
        grad(x * 2, x, [1.0, 1.0])


# The tensor -----------------------------------------------------------------------------------------------------------


def test_what_a_tensor_tells(asarray):
    x = Tensor(asarray([[1.0, 2.0, 3.0]]), name="x")
    assert (x.shape, x.ndim, len(x), x.name, x.operation, x.T.shape) == ((1, 3), 2, 1, "x", None, (3, 1))
    assert x.dtype == asarray(0.0).dtype
    assert x[0, 1].item() == 2.0
    assert [row.shape for row in x] == [(3,)]
    assert (x * 2).named("twice").name == "twice"
    assert (x > 1.5).tolist() == [[False, True, True]]
    assert (x <= x[0, 0]).tolist() == [[True, False, False]]
    assert (x >= 3.0).tolist() == [[False, False, True]]
    assert (x < 3).tolist() == [[True, True, False]]
    assert float(x[0, 2]) == 3.0
    assert bool(x[0, 0] > 0)
    assert bool(x[0, 0])


def test_torch_autograd_is_left_out():
    t = torch.ones(2, requires_grad=True)
    x = leaf(t)
    assert not x.data.requires_grad
    (x * x).sum().backward()
    assert t.grad is None
    assert isinstance(leaf(torch.nn.Parameter(torch.ones(2))).exp().data, torch.Tensor)


def test_repr():
    assert repr(Tensor(np.array([1.0, 2.0]))) == "Tensor(array([1., 2.]))"
    assert repr(leaf(2.0, name="x")) == "Tensor(array(2.), name='x', requires_grad=True)"


def test_scalars_are_arrays():
    x = leaf(np.float64(2.0))
    assert isinstance((x * x).data, np.ndarray)
    assert isinstance(leaf(np.ones(3)).sum().data, np.ndarray)


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.bool(True), True])
def test_numbers_do_not_change_the_dtype(asarray, number):
    x = leaf(asarray([1.0, 2.0], "float32"))
    for y in (x * number, number * x, x + number, number - x, x / number, x**number):
        assert y.dtype == x.dtype
        assert y.requires_grad
    np.testing.assert_allclose((number * x).data.tolist(), [float(number), 2 * float(number)])


def test_arrays_may_stand_on_either_side(asarray):
    x, A = leaf(asarray([1.0, 2.0])), asarray([[1.0, 2.0], [3.0, 4.0]])
    for y in (A * x, x * A, A @ x, x @ A, A + x, A - x, A / x):
        assert isinstance(y, Tensor)
        assert y.requires_grad
    np.testing.assert_allclose((A @ x).data.tolist(), [5, 11])
    np.testing.assert_allclose((A / x).data.tolist(), [[1, 1], [3, 2]])


def test_numpy_gets_values_but_does_not_leave_the_tape_silently():
    np.testing.assert_array_equal(np.asarray(Tensor([1.0, 2.0])), [1, 2])
    with pytest.raises(TypeError, match=r"take \.data"):
        np.asarray(leaf([1.0, 2.0]))
    with pytest.raises(TypeError):
        np.exp(leaf([1.0, 2.0]))


def test_tensors_are_compared_by_identity():
    """So that they can be keys and members: the tape needs that, and so do lists of parameters."""
    x, y = leaf(1.0), leaf(1.0)
    assert x != y
    assert y not in [x]
    assert {x: "x"}[x] == "x"
