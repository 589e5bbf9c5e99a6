"""One end of the wire between the examiner and the student process; both ends work alike.

A request asks the other side to do something to an object of its own, and waits for the answer. Before it answers, the
other side may ask back (a test passes a callback), so requests nest like calls in one program. Arguments travel by
value. What the callee changes in them, in place, is sent back with the answer and changed here too: a test that looks
whether its input was damaged sees it.
"""

from __future__ import annotations

import collections
import importlib
import pickle
import socket
import sys
import types
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.grading import frames, raised, wire
from course_lib.grading.ambient import Ambient
from course_lib.grading.changes import contents, gradients_of, overwrite, portable, same_contents
from course_lib.grading.proxy import KINDS, CallableProxy, Proxy, UnsentProxy, python_kind
from course_lib.grading.tensors import TensorWords, class_of, is_module, nearest_class

MOST_EXPORTED = 200_000
DEEPEST_NESTING = 60
COLLECTIONS: dict[str, type] = {"OrderedDict": collections.OrderedDict, "Counter": collections.Counter}
FACTORIES: dict[str, type] = {each.__name__: each for each in (int, float, list, dict, set, str)}
IMPORTED_FROM = ("builtins", "cmath", "functools", "itertools", "math", "numpy", "operator", "pandas", "scipy", "torch")
"""Packages whose functions a test may hand to a submission, which then uses its own copy."""


class Peer:
    """One end of the wire.

    Args:
        connection: A stream socket to the other end.
        trusting: Whether the other end may name modules to import from, and send pickles: the student process trusts
            the examiner, never the other way round.
        operations: What the other side may ask for, by name.
    """

    def __init__(
        self, connection: socket.socket, *, trusting: bool, operations: dict[str, Callable[..., Any]] | None = None
    ) -> None:
        self.connection = connection
        self.trusting = trusting
        self.deadline: float | None = None
        self.broken: wire.WireError | None = None
        """What ended the conversation, if anything has."""
        self.ambient = Ambient(trusting=trusting)
        self.tensors = TensorWords(self)
        self.takes_frames = not trusting
        """Whether the other side can read what is pandas's: the examiner only when it has imported pandas."""
        self.unsent: Callable[[str], None] = lambda description: None
        """Told of what sort data is that came as a reference, when a test asks what it would answer by value."""
        self.operations: dict[str, Callable[..., Any]] = {
            **(operations or {}),
            "backward": self.tensors.backward,
            "gradient": self.tensors.gradient,
        }
        self._locked: dict[str, Any] = {}
        self._locked_names: dict[int, str] = {}
        self._own_kinds: dict[tuple[str, str], type[BaseException]] = {}
        self._exported: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._next = 0
        self._proxies: weakref.WeakValueDictionary[int, Proxy] = weakref.WeakValueDictionary()
        self._sent: Counter[int] = Counter()
        """How often each object of this side was handed over and not yet given back."""
        self._received: Counter[int] = Counter()
        self._released: list[list[int]] = []
        self._nesting = 0

    # ------------------------------------------------------------------------------------------------ conversation

    def apply(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Let the other side do something, and return what comes of it.

        Raises:
            Exception: What the other side raised.
            wire.WireError: The conversation is broken.
        """
        if self.broken:
            raise self.broken
        encoder = wire.Encoder(self.refer)
        header = {
            "do": operation,
            "args": encoder.nodes(args),
            "kwargs": [[k, encoder.node(v)] for k, v in kwargs.items()],
        }
        header["free"], self._released = self._released, []
        try:
            self._send(header, encoder)
            while True:
                header, buffers = wire.receive(self.connection, self.deadline)
                if type(header) is not dict:
                    raise wire.WireError("a message that is no table")
                if "do" not in header:
                    return self._taken(header, buffers, encoder.mutables, operation)
                self._answer(header, buffers)
        except wire.WireError as error:
            self.broken = self.broken or error
            raise

    def serve(self) -> None:
        """Answer requests until the other side is gone."""
        try:
            while True:
                self._answer(*wire.receive(self.connection))
        except wire.ClosedError:
            return

    def _send(self, header: dict[str, Any], encoder: wire.Encoder) -> None:
        header["news"] = encoder.node(self.ambient.news())
        header["tensors"] = encoder.node(self.tensors.news())
        header["frames"] = "pandas" in sys.modules
        header["sizes"] = [len(buffer) for buffer in encoder.buffers]
        wire.send(self.connection, header, encoder.buffers)

    def _taken(self, header: dict[str, Any], buffers: memoryview, sent: list[Any], operation: str) -> Any:
        """What an answer says, after it has taken effect here."""
        decoder = wire.Decoder(buffers, header.get("sizes", []), self.resolve, sent)
        try:
            changes = [(decoder.number(sent, place), decoder.value(node)) for place, node in header.get("changed", [])]
            value = decoder.value(header.get("value"))
            news, tensors = decoder.value(header.get("news")), decoder.value(header.get("tensors"))
            for target, contents in changes:
                overwrite(target, contents)
            self.tensors.take_over(tensors)
            error = raised.restored(header["raised"], self._own_kinds) if "raised" in header else None
        except wire.WireError:
            raise
        except Exception as error_here:
            raise wire.WireError("a malformed answer") from error_here
        self.ambient.take_over(news)
        if isinstance(error, StopIteration) and operation != "next":  # else it would end a loop of the test unseen
            raise RuntimeError("the submission raised StopIteration")
        if error is not None:
            raise error
        return value

    def _answer(self, header: Any, buffers: memoryview) -> None:
        """Do what a request asks for, and send what comes of it."""
        try:
            decoder = wire.Decoder(buffers, header.get("sizes", []), self.resolve)
            args = decoder.values(header.get("args"))
            kwargs = {str(name): decoder.value(node) for name, node in header.get("kwargs", [])}
            news, tensors = decoder.value(header.get("news")), decoder.value(header.get("tensors"))
            self._forget(header.get("free", []))
            self.takes_frames = not self.trusting or header.get("frames") is True
            known = decoder.mutables
            before = [contents(value) for value in known]
        except wire.WireError:
            raise
        except Exception as error:
            raise wire.WireError("a malformed request") from error
        self._nesting += 1
        try:
            self.ambient.take_over(news)
            self.tensors.take_over(tensors)
            if self._nesting > DEEPEST_NESTING:
                raise RecursionError("the two sides of a test call each other without end")
            self._reply(known, before, self.operations[header["do"]](*args, **kwargs))
        except wire.ClosedError:
            raise
        except BaseException as error:
            self._reply(known, before, error=error)
        finally:
            self._nesting -= 1

    def _reply(
        self, known: list[Any], before: list[Any], value: Any = None, error: BaseException | None = None
    ) -> None:
        encoder = wire.Encoder(self.refer, known)
        changed = [i for i, each in enumerate(known) if not same_contents(contents(each), before[i])]
        header: dict[str, Any] = {"changed": [[i, encoder.node(portable(known[i]))] for i in changed]}
        if error is None:
            header["value"] = encoder.node(value)
        else:
            header["raised"] = raised.described(error)
        self._send(header, encoder)

    # -------------------------------------------------------------------------------------------------- references

    def export(self, value: Any) -> int:
        """The number by which the other side may name an object of this side."""
        number = self._numbers.get(id(value))
        if number is None:
            if len(self._exported) >= MOST_EXPORTED:
                raise wire.WireError(f"more than {MOST_EXPORTED} objects handed over")
            self._next += 1
            number = self._numbers[id(value)] = self._next
            self._exported[number] = value
        return number

    def is_exported(self, value: Any) -> bool:
        """Whether the other side can name this object."""
        number = self._numbers.get(id(value))
        return number is not None and self._exported[number] is value

    def exported(self, number: int) -> Any:
        """The object of this side with a number."""
        if number not in self._exported:
            raise wire.WireError("a reference to nothing")
        return self._exported[number]

    def release(self, number: int) -> None:
        """Note that a stand-in is gone; the other side hears of it with the next request."""
        self._released.append([number, self._received.pop(number, 0)])

    def _forget(self, released: Any) -> None:
        """Let go of what the other side has given back as often as it was handed over: no more is on its way."""
        for number, times in released:
            self._sent[number] -= times
            if self._sent[number] <= 0:
                self._numbers.pop(id(self._exported.pop(number, None)), None)

    def lock(self, names: dict[str, Any]) -> None:
        """What a cell that both sides run has defined: each side uses its own in place of the other's."""
        for name, value in names.items():
            self._locked[name] = value
            self._locked_names[id(value)] = name

    def refer(self, encoder: wire.Encoder, value: Any) -> Any:
        """The node of a value that is not plain data."""
        if isinstance(value, Proxy) and value._peer is self:
            return ["yours", value._id]
        if id(value) in self._locked_names and self._locked[self._locked_names[id(value)]] is value:
            return ["locked", self._locked_names[id(value)]]
        for write in (self._exception_node, self.tensors.node, self._collection_node, self._instance_node):
            if (node := write(encoder, value)) is not None:
                return node
        if self.takes_frames and (node := frames.node(encoder, value)) is not None:
            return node
        if not self.trusting and (node := _import_node(encoder, value)) is not None:
            return node
        number = self.export(value)
        self._sent[number] += 1
        return ["ref", number, _kind(value), type(value).__name__]

    def _exception_node(self, encoder: wire.Encoder, value: Any) -> Any:
        if isinstance(value, type) and issubclass(value, BaseException):
            base = raised.nearest_known(value)
            if base is value:
                return ["exception", raised.NAMES[value]]
            self._own_kinds.setdefault((value.__name__, raised.NAMES[base]), value)
            return ["own exception", value.__name__, raised.NAMES[base]]
        return ["raised", raised.described(value)] if isinstance(value, BaseException) else None

    def _collection_node(self, encoder: wire.Encoder, value: Any) -> Any:
        kind = type(value)
        if COLLECTIONS.get(kind.__name__) is kind:
            encoder.remember(value)
            return [kind.__name__, [encoder.nodes(pair) for pair in value.items()]]
        if kind is collections.defaultdict and (
            value.default_factory is None or value.default_factory in FACTORIES.values()
        ):
            encoder.remember(value)
            factory = getattr(value.default_factory, "__name__", None)
            return ["defaultdict", factory, [encoder.nodes(pair) for pair in value.items()]]
        if kind is collections.deque:
            encoder.remember(value)
            return ["deque", value.maxlen, encoder.nodes(value)]
        if issubclass(kind, tuple) and kind.__bases__ == (tuple,) and hasattr(kind, "_fields"):
            return ["namedtuple", kind.__name__, list(kind._fields), encoder.nodes(value)]
        if kind is np.random.Generator:
            encoder.remember(value)
            return ["rng", type(value.bit_generator).__name__, encoder.node(value.bit_generator.state)]
        return None

    def _instance_node(self, encoder: wire.Encoder, value: Any) -> Any:
        """An instance of a class that both sides have from a locked cell: its attributes travel."""
        name = self._locked_names.get(id(type(value)))
        if name is None or not hasattr(value, "__dict__") or is_module(value):
            return None
        encoder.remember(value)
        return ["instance", name, encoder.node(dict(vars(value)))]

    def resolve(self, decoder: wire.Decoder, node: list[Any]) -> Any:
        """The value of such a node."""
        match node:
            case ["yours", int(number)]:
                return self.exported(number)
            case ["locked", str(name)] if name in self._locked:
                return self._locked[name]
            case ["ref", int(number), str(kind), str(name)]:
                return self._proxy(number, kind, name[:100])
            case ["exception", str(name)] if name in raised.KNOWN:
                return raised.KNOWN[name]
            case ["own exception", str(name), str(base)] if base in raised.KNOWN:
                return raised.own_kind(name[:100], raised.KNOWN[base], self._own_kinds)
            case ["raised", dict(description)]:
                return raised.restored(description, self._own_kinds)
            case ["OrderedDict" | "Counter" as name, list(pairs)]:
                return self._filled(decoder, COLLECTIONS[name](), pairs)
            case ["defaultdict", factory, list(pairs)]:
                return self._filled(decoder, collections.defaultdict(FACTORIES.get(factory)), pairs)
            case ["deque", longest, list(nodes)]:
                out: collections.deque = decoder.remember(collections.deque(maxlen=longest))
                out.extend(decoder.values(nodes))
                return out
            case ["namedtuple", str(name), list(fields), list(nodes)]:
                return collections.namedtuple(name, fields)(*decoder.values(nodes))
            case ["rng", "PCG64" | "MT19937" | "Philox" | "SFC64" | "PCG64DXSM" as name, state]:
                generator = decoder.remember(np.random.Generator(getattr(np.random, name)()))
                generator.bit_generator.state = decoder.value(state)
                return generator
            case ["instance", str(name), attributes] if isinstance(self._locked.get(name), type):
                made = decoder.remember(object.__new__(self._locked[name]))
                vars(made).update(decoder.value(attributes))
                return made
            case ["import", str(module), str(name)] if self.trusting:
                return _found(importlib.import_module(module), name)
            case ["pickle", int(number), gradients] if self.trusting:
                made = decoder.remember(pickle.loads(decoder.buffer(number)))
                for name, gradient in decoder.value(gradients):
                    made.get_parameter(name).grad = gradient
                return made
        if node[0] in frames.WORDS:
            return frames.value(decoder, node, trusting=self.trusting)
        return self.tensors.value(decoder, node)

    def _filled(self, decoder: wire.Decoder, out: Any, pairs: list[Any]) -> Any:
        decoder.remember(out)
        for key, value in map(decoder.values, pairs):
            out[key] = value
        return out

    def _proxy(self, number: int, kind: str, name: str) -> Proxy:
        self._received[number] += 1
        proxy = self._proxies.get(number)
        if proxy is None:
            kind, _, nearest = kind.partition(" ")
            proxy = PROXIES.get(kind, Proxy)(self, number, name)
            if kind == "module":
                object.__setattr__(proxy, "_nearest", class_of(nearest) or ModuleProxy)
            self._proxies[number] = proxy
        return proxy


class ModuleProxy(CallableProxy):
    """A stand-in for a ``torch.nn.Module``; what isinstance() asks is the nearest class that both sides know."""

    __slots__ = ("_nearest",)
    __class__ = property(lambda self: self._nearest)


PROXIES: dict[str, type[Proxy]] = {"callable": CallableProxy, "module": ModuleProxy, "frame": UnsentProxy, **KINDS}


def _kind(value: Any) -> str:
    if is_module(value):
        return f"module {nearest_class(value).__name__}"
    if frames.is_frame(value):
        return "frame"
    return python_kind(value) or ("callable" if callable(value) else "object")


def _import_node(encoder: wire.Encoder, value: Any) -> Any:
    """A node by which the student process finds its own copy of what a test hands over."""
    if isinstance(value, types.ModuleType):
        return ["import", value.__name__, ""] if _package(value.__name__) in IMPORTED_FROM else None
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None) or ("numpy" if isinstance(value, np.ufunc) else None)
    if isinstance(name, str) and isinstance(module, str):
        if _package(module) in IMPORTED_FROM and _found(sys.modules.get(module), name) is value:
            return ["import", module, name]
        return None
    kind = type(value)
    if (
        _package(kind.__module__) in ("__main__", "builtins")
        or _found(sys.modules.get(kind.__module__), kind.__qualname__) is not kind
    ):
        return None
    try:
        data = pickle.dumps(value)
    except Exception:
        return None
    encoder.remember(value)
    gradients = gradients_of(value) if is_module(value) else []  # these a pickle leaves out
    return ["pickle", encoder.buffer(data), encoder.node(gradients)]


def _package(module: str) -> str:
    return module.partition(".")[0]


def _found(place: Any, name: str) -> Any:
    for part in filter(None, name.split(".")):
        place = getattr(place, part, None)
    return place
