"""Stand-ins for objects that live in the other process.

Whatever is done to a stand-in is done to the object, over there; what comes back is plain data or another stand-in. One
thing is not forwarded: what would show a result the plain data that a test expects. A submission could return an object
that claims to equal everything, or from which everything differs by zero. So such an object equals no plain data, is
not reckoned with plain data, and has no methods that compare. Only what the test itself made, by calling a class that
the exercise asks for, answers for itself, and what is computed from that.
"""

from __future__ import annotations

import copy
import inspect
import operator
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from course_lib.grading.peer import Peer


class ByProxyError(TypeError):
    """What a test wants cannot be done while the submission lives in another process; the message says why."""


class NotForwardedError(AttributeError, ByProxyError):
    """An attribute of Python's own that is not forwarded."""


COMPARING = {
    *("allclose", "count", "dist", "endswith", "eq", "equal", "equals", "find", "ge", "gt", "index", "isclose"),
    *("isdisjoint", "issubset", "issuperset", "le", "lt", "ne", "not_equal", "startswith", "sub", "subtract"),
}
"""Methods of plain data by which a test may ask whether it is what was expected."""
BY_VALUE_ALONE = COMPARING | {"__class__", "_compared", "_reckoned"}
"""What is answered otherwise where data did not come by value."""
DESCRIPTIVE = {
    *("__name__", "__qualname__", "__annotations__", "__defaults__", "__kwdefaults__", "__code__"),
    *("__dict__", "__bases__", "__mro__"),
}
"""What describes an object: answered by the submission, and no more to be believed than its other words."""


class Proxy:
    """A stand-in for an object of the other process."""

    __slots__ = ("__weakref__", "_description", "_id", "_made", "_peer")
    __array_ufunc__ = None  # array + proxy asks the proxy, which asks the object

    def __init__(self, peer: Peer, number: int, description: str) -> None:
        put = super().__setattr__
        put("_peer", peer)
        put("_id", number)
        put("_description", description)
        put("_made", False)

    def __init_subclass__(cls) -> None:
        cls.__doc__ = _DOC

    def _ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Let an operation be done over there; what comes of things that the test made counts as made by it."""
        result = self._peer.apply(operation, *args, **kwargs)
        _mark(result, _is_made([args, kwargs]))
        return result

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in DESCRIPTIVE:  # what Python, NumPy and torch ask for behind the scenes
            raise NotForwardedError(f"{name} of an object of type {self._description} does not pass")
        if name in COMPARING and not self._made:
            raise AttributeError(f"{name} of an object of type {self._description}, where plain data was expected")
        return self._ask("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._peer.apply("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._peer.apply("delattr", self, name)

    def __del__(self) -> None:
        self._peer.release(self._id)

    def __copy__(self) -> Any:
        return self._peer.apply("copy", self)

    def __deepcopy__(self, memo: Any) -> Any:
        return self._peer.apply("deepcopy", self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise ByProxyError(f"an object of type {self._description} cannot be pickled")

    def __hash__(self) -> int:
        return hash((id(self._peer), self._id))

    def __dir__(self) -> list[str]:
        return self._peer.apply("dir", self)

    def __contains__(self, value: Any) -> bool:
        return bool(self._reckoned("contains", self, value))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self._ask("array", self)
        if type(array) is not np.ndarray:
            raise TypeError(f"expected numbers, got an object of type {self._description}")
        return array.astype(dtype) if dtype is not None else array

    def __bool__(self) -> bool:
        return self._plainly("bool", bool)

    def __int__(self) -> int:
        return self._plainly("int", int)

    def __float__(self) -> float:
        return self._plainly("float", float)

    def __complex__(self) -> complex:
        return self._plainly("complex", complex)

    def __index__(self) -> int:
        return self._plainly("index", int)

    def __len__(self) -> int:
        return self._plainly("len", int)

    def __str__(self) -> str:
        return self._plainly("str", str)

    def __repr__(self) -> str:
        return self._plainly("repr", str)

    def __format__(self, spec: str) -> str:
        return self._plainly("format", str, spec)

    def __enter__(self) -> Any:
        return self._peer.apply("enter", self)

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> Any:
        return self._peer.apply("exit", self, kind, error)

    def _plainly(self, what: str, kind: type, *arguments: Any) -> Any:
        """What the object answers, if it is of the type that Python expects there."""
        answer = self._peer.apply(what, self, *arguments)
        if type(answer) is not kind:
            raise TypeError(f"expected {kind.__name__} from {what}() of an object of type {self._description}")
        return answer

    def _compared(self, name: str, other: Any) -> Any:
        if isinstance(other, Proxy) or self._made:
            return self._peer.apply(name, self, other)
        if name in ("eq", "ne"):
            return name == "ne"
        raise TypeError(f"expected plain data to compare with, got an object of type {self._description}")

    def _reckoned(self, name: str, *operands: Any) -> Any:
        if all(isinstance(each, Proxy) for each in operands) or _is_made(operands):
            return self._ask(name, *operands)
        raise TypeError(f"expected plain data to reckon with, got an object of type {self._description}")


_DOC: Any = property(lambda self: self._peer.apply("getattr", self, "__doc__"))
"""What a stand-in says of itself is what the object says, not its class's docstring here."""
Proxy.__doc__ = _DOC


def ask_for(value: ClassProxy) -> None:
    """Note that the instructor's answers, too, define a class of this name."""
    object.__setattr__(value, "_asked_for", True)


def _is_made(value: Any) -> bool:
    """Whether something that the test made is among the arguments of an operation."""
    if isinstance(value, Proxy):
        return value._made
    if isinstance(value, dict):
        return _is_made(list(value.values()))
    return isinstance(value, list | tuple) and any(map(_is_made, value))


def _mark(value: Any, made: bool) -> None:
    if isinstance(value, Proxy):
        object.__setattr__(value, "_made", made)
    elif isinstance(value, list | tuple):
        for each in value:
            _mark(each, made)


class CallableProxy(Proxy):
    """A stand-in for a function, a method, or an object that can be called."""

    __slots__ = ()

    @property
    def __name__(self) -> str:
        return str(self._peer.apply("getattr", self, "__name__"))

    @property
    def __signature__(self) -> inspect.Signature:
        parameters, returned = self._peer.apply("signature", self)
        return inspect.Signature(
            [inspect.Parameter(name, kind, **given) for name, kind, given in parameters], **returned
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object, over there."""
        return self._ask("call", self, *args, **kwargs)


class ClassProxy(CallableProxy):
    """A stand-in for a class. If the exercise asks for it, what a test makes by calling it answers for itself."""

    __slots__ = ("_asked_for",)
    __class__ = property(lambda self: type)

    def __init__(self, peer: Peer, number: int, description: str) -> None:
        super().__init__(peer, number, description)
        object.__setattr__(self, "_asked_for", False)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make an instance, over there."""
        made = super().__call__(*args, **kwargs)
        if self._asked_for:
            _mark(made, True)
        return made

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, Proxy) and bool(self._peer.apply("isinstance", instance, self))

    def __subclasscheck__(self, subclass: Any) -> bool:
        return isinstance(subclass, ClassProxy) and bool(self._peer.apply("issubclass", subclass, self))

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        raise ByProxyError("the test derives from a class of the submission")


class FunctionProxy(CallableProxy):
    """A stand-in for a function that was written in Python."""

    __slots__ = ()
    __class__ = property(lambda self: types.FunctionType)


class GeneratorProxy(Proxy):
    """A stand-in for what a function with ``yield`` returns."""

    __slots__ = ()
    __class__ = property(lambda self: types.GeneratorType)


class CodeProxy(Proxy):
    """A stand-in for the code of a function."""

    __slots__ = ()
    __class__ = property(lambda self: types.CodeType)


class UnsentProxy(Proxy):
    """A stand-in for data that goes by value but holds what does not. It tells when that makes a difference."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        if name in BY_VALUE_ALONE:
            self._peer.unsent(self._description)
        return super().__getattribute__(name)


KINDS: dict[str, type[Proxy]] = {
    "class": ClassProxy,
    "function": FunctionProxy,
    "generator": GeneratorProxy,
    "code": CodeProxy,
}
"""What stands in for things that Python itself tells apart."""
PYTHON_TYPES: dict[type, str] = {
    types.FunctionType: "function",
    types.GeneratorType: "generator",
    types.CodeType: "code",
}


def python_kind(value: Any) -> str | None:
    """The kind of stand-in that Python's own type of a value asks for."""
    return "class" if isinstance(value, type) else PYTHON_TYPES.get(type(value))


def type_of(value: Any) -> Any:
    """What ``type(value)`` is: of a stand-in the type that the object has over there."""
    if not isinstance(value, Proxy):
        return type(value)
    if (kind := value.__class__) is type or kind in PYTHON_TYPES:
        return kind
    answer = value._peer.apply("type", value)
    if not (isinstance(answer, ClassProxy) or answer is kind):  # a submission does not say that an object is plain data
        raise ByProxyError(f"the test asks for the type of an object of type {value._description}")
    return answer


def signature(function: Any) -> list[Any]:
    """Name, kind, default and annotation of each parameter of a function, and the annotation of what it returns."""
    made = inspect.signature(function)
    parameters = [
        [each.name, int(each.kind), _given(default=each.default, annotation=each.annotation)]
        for each in made.parameters.values()
    ]
    return [parameters, _given(return_annotation=made.return_annotation)]


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not inspect.Parameter.empty}


def _forwarded(name: str) -> Callable[..., Any]:
    return lambda self, *arguments: self._ask(name, self, *arguments)


def _binary(name: str) -> Callable[..., Any]:
    return lambda self, *others: self._reckoned(name, self, *others)


def _reflected(name: str) -> Callable[..., Any]:
    return lambda self, other: self._reckoned(name, other, self)


def _comparison(name: str) -> Callable[..., Any]:
    return lambda self, other: self._compared(name, other)


BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor", "lshift", "rshift")
UNARY = ("neg", "pos", "invert", "abs")
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
OTHERS = ("getitem", "setitem", "delitem", "iter", "next", "reversed", "round")

for _name in BINARY:
    _bare = _name.rstrip("_")
    setattr(Proxy, f"__{_bare}__", _binary(_name))
    setattr(Proxy, f"__r{_bare}__", _reflected(_name))
    setattr(Proxy, f"__i{_bare}__", _binary(f"i{_bare}"))
for _name in (*UNARY, *OTHERS):
    setattr(Proxy, f"__{_name}__", _forwarded(_name))
for _name in COMPARISONS:
    setattr(Proxy, f"__{_name}__", _comparison(_name))

OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in (*BINARY, *UNARY, *COMPARISONS)},
    **{f"i{name.rstrip('_')}": getattr(operator, f"i{name.rstrip('_')}") for name in BINARY},
    **{name: getattr(operator, name) for name in ("getitem", "setitem", "delitem", "contains", "index")},
    **{f.__name__: f for f in (len, iter, next, reversed, round, bool, int, float, complex, str, repr, format, dir)},
    **{f.__name__: f for f in (getattr, setattr, delattr, isinstance, issubclass, type, signature)},
    "source": inspect.getsource,
    "array": np.asarray,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "call": lambda function, *args, **kwargs: function(*args, **kwargs),
    "enter": lambda manager: type(manager).__enter__(manager),
    "exit": lambda manager, kind, error: type(manager).__exit__(manager, kind, error, None),
}
"""What may be done to an object, by the name that stands in a message."""
