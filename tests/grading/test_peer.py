"""What a test may do with a submission that lives in another process, and what a submission may do with a test."""

from __future__ import annotations

import collections.abc
import inspect
import math
import os
import pickle
import random
import socket
import textwrap
import types
import warnings

import numpy as np
import pytest
import torch

from course_lib.grading.changes import contents, same_contents
from course_lib.grading.examiner import open_to_students
from course_lib.grading.peer import Peer
from course_lib.grading.proxy import OPERATIONS, ByProxyError, Proxy, ask_for, type_of

SUBMISSION = textwrap.dedent("""
    import collections, random, warnings
    import numpy as np, torch

    def same(x): return x
    def shared(): pass
    def double_(x): x *= 2; return x
    def append(items, x): items.append(x); return items
    def tail(x): return x[1:]
    def forget(table): table.clear()
    def call(f, *args): return f(*args)
    def call_twice(f, x): return f(f(x))
    def draw(): return random.random(), np.random.rand(), torch.rand(1).item()
    def draw_from(rng): return rng.normal()
    def count(text): return collections.Counter(text)
    def grouped(): return collections.defaultdict(list, {"a": [1]})
    def point(): return collections.namedtuple("Point", "x y")(1, 2)
    def talk(): print("hello"); warnings.warn("careful", DeprecationWarning); return 1
    def divide(): return np.array(1.0) / np.array(0.0)
    def numbers(): yield from range(3)
    def peek(f, name): return getattr(f, name)
    def method(o, x): return o.scale(x) + o.factor
    def grow(o): o.factor = 10
    def deep(n): return [deep(n - 1)] if n else []

    def scaled(x, /, *rest, by: float = 2, **more) -> int: "Scale x."; return by * x
    class Stack(list): "A stack."
    def parameters_of(f): return str(__import__("inspect").signature(f)), f.__name__, f.__doc__
    def vectorized(f): return np.vectorize(f)([1, 2]).tolist()
    class BadError(ValueError): pass
    def fail(): raise BadError("no good")
    def stop(): raise SystemExit(0)
    def missing(): raise FileNotFoundError("no such file")
    def several(): raise ExceptionGroup("two", [ValueError(1), KeyError(2)])
    def end_the_loop(x): raise StopIteration
    def choose_numbers():
        np.random.set_state(("MT19937", np.zeros(624, np.uint32), 0))
        random.setstate((3, (*[0] * 624, 0), 0.0))
        state = torch.get_rng_state()
        state[24:5016] = 0
        torch.set_rng_state(state)
    def choose_settings():
        torch.set_default_dtype(torch.bfloat16); torch.set_grad_enabled(False); np.seterr(all="ignore")
    def restore_settings():
        torch.set_default_dtype(torch.float32); torch.set_grad_enabled(True); np.seterr(all="warn")
    class Zero:
        def __sub__(self, other): return 0.0
        __rsub__ = __sub__
        def __contains__(self, other): return True
        def allclose(self, other): return True
    def zero(): return Zero()
    def catch(f):
        try: f()
        except ValueError as error: return f"caught {error}"

    class Vector:
        def __init__(self, a, b): self.a, self.b = a, b
        def __add__(self, other): return Vector(self.a + other.a, self.b + other.b)
        def __rmul__(self, k): return Vector(k * self.a, k * self.b)
        def __neg__(self): return Vector(-self.a, -self.b)
        def __eq__(self, other):
            return (self.a, self.b) == ((other.a, other.b) if isinstance(other, Vector) else other)
        def __lt__(self, other): return self.a < other.a
        def __len__(self): return 2
        def __iter__(self): return iter((self.a, self.b))
        def __getitem__(self, i): return (self.a, self.b)[i]
        def __contains__(self, x): return x in (self.a, self.b)
        def __call__(self, x): return self.a + self.b * x
        def __enter__(self): self.entered = True; return self
        def __exit__(self, kind, error, traceback): self.left = str(error); return True
        def __float__(self): return float(self.a)
        def __repr__(self): return f"Vector({self.a}, {self.b})"

    class Liar:
        def __eq__(self, other): return True
        def __lt__(self, other): return True
        def __gt__(self, other): return True
        def __sub__(self, other): return self
        def __abs__(self): return self
        def __float__(self): return "3"
        def __array__(self, *_, **__): return self
        __class__ = float
    def lie(*_): return Liar()

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(3, 2)
        def forward(self, x): return self.linear(x)
    def square(x): return (x**2).sum()
    def train_(model):
        for p in model.parameters(): p.data -= 1
    def freeze_and_evaluate_(model): model.eval(); model[0].weight.requires_grad_(False)
    def backward_(model, x): model(x).sum().backward()
    def step_(model):
        with torch.no_grad():
            for p in model.parameters(): p -= 0.5 * p.grad
    class Node:
        def __init__(self, value): self.value = value
    def relabel(node): node.value = "new"; return node
""")


class Node:
    """The same class on both sides, as if from a locked cell."""

    def __init__(self, value):
        self.value = value


@pytest.fixture(scope="module")
def peer():
    here, there = socket.socketpair()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            here.close()
            names: dict = {}
            exec(SUBMISSION, names)
            names["is_locked"] = lambda f: f is names["shared"]
            other = Peer(there, trusting=True, operations=OPERATIONS | {"name": names.__getitem__})
            other.lock({"Node": names["Node"], "shared": names["shared"]})
            other.ambient.capture()
            other.ambient.settle()
            other.serve()
            status = 0
        finally:
            os._exit(status)
    there.close()
    peer = Peer(here, trusting=False)
    peer.operations |= open_to_students(peer)
    peer.lock({"Node": Node, "shared": shared})
    peer.ambient.settle()
    yield peer
    here.close()
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


def shared():
    """What a locked cell has defined on both sides."""


@pytest.fixture
def get(peer):
    return lambda name: peer.apply("name", name)


# ------------------------------------------------------------------------------------------------ arguments, results


def test_changes_in_place_come_back(get):
    x = np.arange(3.0)
    out = get("double_")(x)
    np.testing.assert_array_equal(x, [0, 2, 4])
    assert out is x
    items, table = [1], {"a": 1}
    assert get("append")(items, {"b": [2]}) is items
    assert items == [1, {"b": [2]}]
    get("forget")(table)
    assert table == {}


def test_a_result_that_looks_into_its_argument(get):
    x = np.arange(6.0).reshape(3, 2)
    assert np.shares_memory(get("tail")(x), x)
    assert not np.shares_memory(get("same")(x + 1), x)


def test_read_only_arrays_cannot_be_damaged(get):
    x = np.arange(3.0)
    x.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        get("double_")(x)


def test_collections_keep_their_kind(get):
    assert get("count")("aab") == {"a": 2, "b": 1}
    assert get("grouped")()["b"] == []
    assert get("point")() == (1, 2)
    assert get("point")().y == 2
    assert list(get("numbers")()) == [0, 1, 2]


def test_instances_of_a_locked_class_are_ones_on_both_sides(get):
    node = Node([1])
    out = get("relabel")(node)
    assert out is node
    assert node.value == "new"


def test_what_a_locked_cell_defined_is_each_sides_own(get):
    assert get("is_locked")(shared)
    assert get("same")(shared) is shared


# ---------------------------------------------------------------------------------------------------------- callbacks


def test_callbacks(get):
    assert get("call")(lambda x: x + 1, 2) == 3
    assert get("call_twice")(np.exp, 0.0) == pytest.approx(math.e)
    seen = []
    get("call")(seen.append, 5)
    assert seen == [5]


def test_callbacks_that_call_back(get):
    call = get("call")
    assert call(lambda n: call(lambda m: m * n, 3), 2) == 6


def test_an_error_in_a_callback_can_be_caught_there(get):
    def fail():
        raise ValueError("from the test")

    assert get("catch")(fail) == "caught from the test"
    with pytest.raises(ZeroDivisionError):
        get("call")(lambda: 1 / 0)


def test_calling_each_other_without_end(get):
    call = get("call")

    def again():
        return call(again)

    with pytest.raises(RecursionError):
        again()
    assert call(lambda: 1) == 1


def test_objects_of_a_test_can_be_used(get):
    class Scaler:
        factor = 2

        def scale(self, x):
            return self.factor * x

    scaler = Scaler()
    assert get("method")(scaler, 3) == 8
    get("grow")(scaler)
    assert scaler.factor == 10


@pytest.mark.parametrize("name", ["__globals__", "__code__", "__closure__", "__self__", "_hidden"])
def test_nothing_leads_from_a_callback_to_its_test(get, name):
    expected = 42
    with pytest.raises(AttributeError):
        get("peek")(lambda: expected, name)


def test_nothing_leads_from_a_generator_to_its_frame(get):
    def secret():
        yield 42

    with pytest.raises(AttributeError):
        get("peek")(secret(), "gi_frame")


# ------------------------------------------------------------------------------------------- objects of the submission


def test_operators_of_a_students_class(get):
    vector = get("Vector")
    ask_for(vector)
    v, w = vector(1, 2), vector(3, 4)
    assert (v + w) == vector(4, 6)
    assert (v + w) == (4, 6)
    assert v == (1, 2)
    assert v != w
    assert v < w
    assert (2 * v).b == 4
    assert (-v).a == -1
    assert len(v) == 2
    assert list(v) == [1, 2]
    assert v[1] == 2
    assert 2 in v
    assert v(10) == 21
    assert float(v) == 1.0
    assert repr(v) == "Vector(1, 2)"
    assert isinstance(v, vector)
    assert not isinstance(3, vector)
    assert sum([v, w], vector(0, 0)).a == 4
    v.a = 7
    assert v.a == 7
    assert hasattr(v, "a")
    assert not hasattr(v, "c")
    assert vector.__name__ == "Vector"


def test_context_managers(get):
    v = get("Vector")(1, 2)
    with v as inside:
        assert inside is v
        raise KeyError("x")
    assert v.entered
    assert "x" in v.left


def test_the_same_object_is_the_same_stand_in(get):
    assert get("Vector") is get("Vector")
    v = get("Vector")(1, 2)
    assert get("same")(v) is v
    assert len({v, get("same")(v)}) == 1


def test_objects_come_and_go_many_times(get):
    for _ in range(50):
        v = get("Vector")(1, 2)
        assert get("call")(lambda v=v: v) is v


def test_an_object_that_equals_everything_equals_no_plain_data(get):
    liar = get("lie")()
    assert isinstance(liar, Proxy)
    assert not isinstance(liar, float)
    assert not liar == 3  # noqa: SIM201 (the operator is meant)
    assert liar != 3
    assert 3 not in [liar]
    for question in (
        lambda: liar < 3,
        lambda: abs(liar - 3) < 1e-6,
        lambda: float(liar),
        lambda: math.isclose(liar, 3),
    ):
        with pytest.raises(TypeError):
            question()
    with pytest.raises((TypeError, ValueError)):
        np.allclose(liar, 3)


@pytest.mark.parametrize("question", [lambda z: z - 4, lambda z: 4 - z, lambda z: 4 in z, lambda z: z.allclose(4)])
def test_a_result_is_not_shown_what_is_expected(get, question):
    with pytest.raises((TypeError, AttributeError), match="plain data"):
        question(get("zero")())
    made = get("Zero")
    ask_for(made)
    assert question(made()) in (0.0, True)


# -------------------------------------------------------------------------------------------------------- descriptions


def test_functions_classes_and_generators_are_what_python_calls_so(get):
    function, kind, generator = get("scaled"), get("Stack"), get("numbers")()
    assert inspect.isfunction(function)
    assert not inspect.isclass(function)
    assert inspect.isclass(kind)
    assert not inspect.isfunction(kind)
    assert inspect.isgenerator(generator)
    assert isinstance(generator, collections.abc.Iterator)
    assert inspect.isgeneratorfunction(get("numbers"))
    assert not inspect.isgeneratorfunction(function)
    assert isinstance(kind, collections.abc.Callable)
    assert isinstance(kind(), kind)
    assert not isinstance(kind, kind)
    assert issubclass(kind, kind)
    assert issubclass(kind, list)
    assert not issubclass(kind, dict)
    assert not issubclass(get("Zero"), kind)
    assert get("same")(kind) is kind
    assert get("same")(generator) is generator


def test_signatures(get):
    assert str(inspect.signature(get("scaled"))) == "(x, /, *rest, by: 'float' = 2, **more) -> 'int'"
    assert list(inspect.signature(get("Node")).parameters) == ["value"]
    assert inspect.getfullargspec(get("append")).args == ["items", "x"]
    assert get("append").__code__.co_varnames == ("items", "x")


def test_docstrings(get):
    assert get("scaled").__doc__ == "Scale x."
    assert get("Stack").__doc__ == get("Stack")().__doc__ == "A stack."
    assert get("Vector")(1, 2).__doc__ is None


def test_the_type_of_an_object_over_there(get):
    v = get("Vector")(1, 2)
    assert type_of(v) is get("Vector")
    assert type_of(v).__name__ == "Vector"
    assert type_of(get("scaled")) is types.FunctionType
    assert type_of(get("numbers")()) is types.GeneratorType
    assert type_of(get("Vector")) is type
    assert type_of(get("lie")()).__name__ == "Liar"
    assert type_of(1.0) is float


def test_an_object_is_not_of_the_type_of_plain_data_whatever_the_submission_says(get, monkeypatch):
    v = get("Vector")(1, 2)
    monkeypatch.setattr(v._peer, "apply", lambda *_: float)
    with pytest.raises(ByProxyError):
        type_of(v)


@pytest.mark.parametrize(
    "said",
    [[[], {"eval": 1}], [[["x", 9, {}]], {}], [[["x y", 1, {}]], {}], [[["x", 1, {}], ["x", 1, {}]], {}], 5, None],
)
def test_a_signature_that_is_none(get, monkeypatch, said):
    function = get("scaled")
    monkeypatch.setattr(function._peer, "apply", lambda *_: said)
    with pytest.raises((TypeError, ValueError)):
        inspect.signature(function)


@pytest.mark.parametrize("ask", [lambda f: f.__globals__, pickle.dumps], ids=["globals", "pickle"])
def test_what_cannot_be_had_is_said(get, ask):
    with pytest.raises(ByProxyError):
        ask(get("scaled"))
    assert not hasattr(get("scaled"), "__globals__")


def test_a_submission_reads_the_names_of_a_callback_and_not_its_defaults(get):
    secret = 42

    def callback(x, key=secret):
        """Add."""
        return x + key

    assert get("parameters_of")(callback) == ("(x, key=Ellipsis)", "callback", "Add.")
    assert get("vectorized")(lambda x: x + secret) == [43, 44]


@pytest.mark.parametrize("operation", ["source", "type"])
def test_a_submission_does_not_ask_for_the_text_of_a_callback(peer, get, operation):
    def callback():
        return 42

    get("call")(len, [get("same")(callback)])  # now it is handed over
    assert OPERATIONS[operation](callback)
    assert operation not in open_to_students(peer)


# ---------------------------------------------------------------------------------------------------------- exceptions


def test_exceptions_are_of_their_kind(get):
    with pytest.raises(ValueError, match="no good") as raised:
        get("fail")()
    assert raised.type.__name__ == "BadError"
    own = get("BadError")
    with pytest.raises(own):
        get("fail")()
    assert get("same")(KeyError) is KeyError


def test_exceptions_with_constructors_of_their_own(get):
    with pytest.raises(FileNotFoundError, match="no such file"):
        get("missing")()
    with pytest.raises(Exception, match="two"):
        get("several")()


def test_no_exception_ends_a_loop_of_the_test(get):
    with pytest.raises(RuntimeError, match="StopIteration"):
        list(map(get("end_the_loop"), [1, 2]))


def test_ending_python_is_an_error_like_others(get):
    with pytest.raises(Exception, match="SystemExit"):
        get("stop")()


def test_a_result_too_deep_to_send_is_an_error(get):
    with pytest.raises(Exception, match="nested"):
        get("deep")(200)
    assert get("same")(1) == 1


# --------------------------------------------------------------------------------------------------------- surroundings


def test_a_seed_set_by_a_test_holds_in_the_submission(get):
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    here = random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    assert get("draw")() == here
    assert get("draw")() != here


def test_the_submission_moves_the_generators_on_by_drawing(get):
    def drawn():
        return random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002

    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    drawn()
    expected = drawn()
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    get("draw")()
    assert drawn() == expected


def test_the_submission_does_not_choose_the_numbers_nor_the_settings_of_a_test(get):
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    expected = random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    get("choose_numbers")()
    assert (random.random(), np.random.rand(), torch.rand(1).item()) == expected  # noqa: NPY002
    before = np.geterr()
    get("choose_settings")()
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32
    assert np.geterr() == before
    get("restore_settings")()


def test_a_generator_moves_on_for_both(get):
    mine, theirs = np.random.default_rng(0), np.random.default_rng(0)
    assert get("draw_from")(theirs) == mine.normal()
    assert theirs.normal() == mine.normal()


def test_what_is_printed_and_warned_of_comes_here(get, capsys):
    with pytest.warns(DeprecationWarning, match="careful"):
        assert get("talk")() == 1
    assert capsys.readouterr().out == "hello\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DeprecationWarning):
            get("talk")()


def test_floating_point_errors_are_handled_as_the_test_says(get):
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        get("divide")()
    with np.errstate(all="ignore"):
        assert get("divide")() == np.inf


# --------------------------------------------------------------------------------------------------------------- torch


def test_tensors_and_their_kinds(get):
    same = get("same")
    for dtype in (torch.float32, torch.float64, torch.int64, torch.bool, torch.bfloat16, torch.complex64):
        x = torch.tensor([[1, 0, 1]]).to(dtype)
        assert torch.equal(same([x])[0], x)
        assert same(x.clone()).dtype == dtype
        assert same(dtype) == dtype
    assert same(torch.Size([1, 2])) == (1, 2)
    assert same(torch.nn.ReLU) is torch.nn.ReLU
    assert same(torch.Tensor) is torch.Tensor
    assert same(torch.empty(0, 3)).shape == (0, 3)
    assert torch.equal(same(torch.ones(()).expand(1)), torch.ones(1))


def test_a_gradient_through_the_submission(get):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = get("square")(3 * x)
    y.backward()
    torch.testing.assert_close(x.grad, torch.tensor([18.0, 36.0]))


def test_a_module_of_the_submission(get):
    net = get("Net")()
    assert isinstance(net, torch.nn.Module)
    assert issubclass(get("Net"), torch.nn.Module)
    assert isinstance(net.linear, torch.nn.Linear)
    assert not isinstance(net, torch.nn.Linear)
    assert not isinstance(net.linear, torch.nn.Conv2d)
    assert type_of(net.linear) is torch.nn.Linear
    assert type_of(net) is get("Net")
    weight, bias = net.parameters()
    assert isinstance(weight, torch.nn.Parameter)
    x = torch.ones(4, 3, requires_grad=True)
    net(x).pow(2).sum().backward()
    w, b = (p.detach().clone().requires_grad_() for p in (weight, bias))
    mine = torch.ones(4, 3, requires_grad=True)
    (mine @ w.T + b).pow(2).sum().backward()
    for theirs, expected in ((weight, w), (bias, b), (x, mine)):
        torch.testing.assert_close(theirs.grad, expected.grad)
    with torch.no_grad():
        assert not net(x).requires_grad


def test_parameters_are_the_same_on_both_sides(get):
    net = get("Net")()
    parameters = list(net.parameters())
    before = parameters[0].detach().clone()
    get("train_")(net)
    torch.testing.assert_close(parameters[0].detach(), before - 1)
    optimizer = torch.optim.SGD(parameters, lr=0.1)
    x = torch.ones(2, 3)
    loss = net(x).pow(2).mean()
    loss.backward()
    optimizer.step()
    assert net(x).pow(2).mean() < loss
    optimizer.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_a_module_of_the_test_is_trained_in_place(get):
    layer = torch.nn.Linear(3, 2)
    before = layer.weight.detach().clone()
    get("train_")(layer)
    torch.testing.assert_close(layer.weight.detach(), before - 1)


def test_what_a_submission_does_to_a_module_of_the_test_is_seen(get):
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Dropout())
    get("freeze_and_evaluate_")(net)
    assert [module.training for module in net.modules()] == [False] * 3
    assert [parameter.requires_grad for parameter in net.parameters()] == [False, True]
    get("backward_")(net, torch.ones(4, 3))
    torch.testing.assert_close(net[0].bias.grad, torch.tensor([4.0, 4.0]))
    assert net[0].weight.grad is None
    before = net[0].bias.detach().clone()
    net[0].weight.grad = torch.zeros(2, 3)
    get("step_")(net)
    torch.testing.assert_close(net[0].bias.detach(), before - 2)
    torch.testing.assert_close(net[0].bias.grad, torch.tensor([4.0, 4.0]))


def test_a_module_that_nobody_changes_is_not_sent_back():
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    before = contents(net)
    assert same_contents(contents(net), before)
    net.eval()
    assert not same_contents(contents(net), before)
