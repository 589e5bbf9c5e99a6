"""Values on a socket: plain data by value, everything else as a reference that only its owner can open.

Nothing here is ever executed on arrival: the notation has words for data alone, and what does not fit them is refused.
A frame is the length of a header, the header in JSON, and the raw bytes of arrays::

    4 bytes  length of the header      8 bytes  length of the buffers      header      buffers

In the header None, booleans, short integers, floats and strings stand for themselves; everything else is a list that
begins with a word: ``["tuple", [1, 2]]``, ``["array", "<f8", [2, 3], 0]`` (the last number counts the buffers).
"""

from __future__ import annotations

import itertools
import json
import operator
import select
import socket
import struct
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from types import EllipsisType, NotImplementedType
from typing import Any, Literal

import numpy as np
from numpy.lib.array_utils import byte_bounds

LARGEST_MESSAGE = 256 * 2**20
LARGEST_HEADER = 32 * 2**20
"""A header of so many bytes may take thirty times as many as Python objects."""
MOST_NODES = 1_000_000
DEEPEST = 60
LONGEST_INTEGER = 20_000
"""Bits of an integer; a longer one is refused, since printing it would take longer than grading."""

PREFIX = struct.Struct(">IQ")
TYPES: dict[str, type] = {
    each.__name__: each
    for each in (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, type(None), object)
}
NUMPY_TYPES = {name: getattr(np, name) for name in ("ndarray", "generic", "number", "integer", "floating")} | {
    each.__name__: each for each in set(np.sctypeDict.values())
}


class WireError(Exception):
    """A message that breaks the rules; the message says which."""


class ClosedError(WireError):
    """The other side is gone."""


class LateError(WireError):
    """The other side did not answer in time."""


# ---------------------------------------------------------------------------------------------------------- frames


def send(connection: socket.socket, header: Any, buffers: list[bytes]) -> None:
    """Send one message.

    Raises:
        WireError: It is too large.
        ClosedError: Nobody is there to read it.
    """
    text = json.dumps(header, separators=(",", ":")).encode()
    size = sum(map(len, buffers))
    _check_sizes(len(text), size)
    try:
        connection.sendall(b"".join([PREFIX.pack(len(text), size), text, *buffers]))
    except (BrokenPipeError, ConnectionResetError) as error:
        raise ClosedError("the other side is gone") from error


def receive(connection: socket.socket, deadline: float | None = None) -> tuple[Any, memoryview]:
    """The next message: its header and its buffers, one after the other.

    Args:
        connection: A stream socket.
        deadline: When to give up, on the clock of ``time.monotonic``.

    Raises:
        WireError: It is too large, or not a message.
        ClosedError: The other side is gone.
        LateError: The deadline has passed.
    """
    text_size, size = PREFIX.unpack(_exactly(connection, PREFIX.size, deadline))
    _check_sizes(text_size, size)
    text = _exactly(connection, text_size, deadline)
    buffers = _exactly(connection, size, deadline)
    try:
        return json.loads(bytes(text)), memoryview(buffers)
    except (ValueError, RecursionError) as error:
        raise WireError("a header that is not JSON") from error


def _check_sizes(header: int, buffers: int) -> None:
    for size, largest in ((header, LARGEST_HEADER), (header + buffers, LARGEST_MESSAGE)):
        if size > largest:
            raise WireError(f"a message of {size >> 20} MiB; at most {largest >> 20} MiB may pass")


def _exactly(connection: socket.socket, size: int, deadline: float | None) -> bytearray:
    data = bytearray(size)
    view, got = memoryview(data), 0
    while got < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([connection], [], [], left)[0]:
                raise LateError("no answer in time")
        try:
            n = connection.recv_into(view[got:])
        except ConnectionResetError:
            n = 0
        if n == 0:
            raise ClosedError("the other side is gone")
        got += n
    return data


# ---------------------------------------------------------------------------------------------------------- values


class Encoder:
    """Turns values into nodes; a mutable one that occurs twice is sent once.

    Args:
        refer: Finds a node for a value that is not plain data; called with this encoder and the value.
        known: Mutable values that the other side knows by a number.
    """

    def __init__(self, refer: Callable[[Encoder, Any], Any], known: list[Any] | None = None) -> None:
        self.refer = refer
        self.buffers: list[bytes] = []
        self.mutables: list[Any] = []
        """What was sent by value and can change, in the order in which the decoder meets it."""
        self._nodes: dict[int, Any] = {id(value): ["known", i] for i, value in enumerate(known or [])}
        self._arrays = [value for value in known or [] if type(value) is np.ndarray]
        self._depth = 0

    def node(self, value: Any) -> Any:
        """The node of a value."""
        kind = type(value)
        if value is None or kind in (bool, float, str) or (kind is int and -(2**53) < value < 2**53):
            return value
        if (seen := self._nodes.get(id(value))) is not None:
            return seen
        self._depth += 1
        if self._depth > DEEPEST:
            raise WireError(f"a value nested more than {DEEPEST} deep")
        try:
            write = WRITERS.get(kind)
            return write(self, value) if write else self._special(value)
        finally:
            self._depth -= 1

    def nodes(self, values: Any) -> list[Any]:
        """The nodes of several values."""
        return [self.node(value) for value in values]

    def remember(self, value: Any) -> None:
        """Let later occurrences of a mutable value be the same one."""
        self._nodes[id(value)] = ["again", len(self.mutables)]
        self.mutables.append(value)
        if type(value) is np.ndarray:
            self._arrays.append(value)

    def buffer(self, data: bytes) -> int:
        """The number of a new buffer."""
        self.buffers.append(data)
        return len(self.buffers) - 1

    def _special(self, value: Any) -> Any:
        kind = type(value)  # isinstance() would believe what a stand-in says of itself
        if issubclass(kind, np.generic) and not value.dtype.hasobject:
            return ["scalar", _dtype_node(value.dtype), self.buffer(value.tobytes())]
        if issubclass(kind, np.dtype) and not value.hasobject:
            return ["dtype", _dtype_node(value)]
        name = value.__name__ if issubclass(kind, type) else ""
        if TYPES.get(name) is value:
            return ["type", name]
        if NUMPY_TYPES.get(name) is value:
            return ["numpy", name]
        return self.refer(self, value)

    def _list(self, value: list) -> Any:
        self.remember(value)
        return ["list", self.nodes(value)]

    def _dict(self, value: dict) -> Any:
        self.remember(value)
        return ["dict", [self.nodes(pair) for pair in value.items()]]

    def _set(self, value: set) -> Any:
        self.remember(value)
        return ["set", self.nodes(value)]

    def _bytearray(self, value: bytearray) -> Any:
        self.remember(value)
        return ["bytearray", self.buffer(bytes(value))]

    def _array(self, value: np.ndarray) -> Any:
        if (view := self._view(value)) is not None:
            return view
        self.remember(value)
        if value.dtype == object:
            return ["objects", list(value.shape), self.nodes(value.ravel().tolist())]
        if value.dtype.hasobject:
            raise WireError(f"an array of dtype {value.dtype}, with objects inside")
        order: Literal["F", "C"] = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        return [
            "array",
            _dtype_node(value.dtype),
            list(value.shape),
            self.buffer(value.tobytes(order)),
            order,
            value.flags.writeable,
        ]

    def _view(self, value: np.ndarray) -> Any:
        """The node of an array that looks into one which was sent already."""
        if value.base is None or value.size == 0 or value.dtype.hasobject:
            return None
        low, high = byte_bounds(value)
        for whole in self._arrays:
            start, end = byte_bounds(whole)
            if start <= low and high <= end and whole.flags.c_contiguous and _fits(value.dtype, whole.dtype):
                node = self._nodes[id(whole)]
                first = value.ctypes.data - start
                return ["view", node, _dtype_node(value.dtype), list(value.shape), first, list(value.strides)]
        return None


def _fits(dtype: np.dtype, whole: np.dtype) -> bool:
    """Whether any bytes of an array are values of this dtype: not every byte is a boolean, nor four a character."""
    return not whole.hasobject and (dtype.kind in "iufcmM" or (dtype.kind == "b" and dtype == whole))


def _dtype_node(dtype: np.dtype) -> Any:
    return dtype.str if dtype.names is None else ["fields", np.lib.format.dtype_to_descr(dtype)]


WRITERS: dict[type, Callable[[Encoder, Any], Any]] = {
    int: lambda e, x: ["int", _checked_hex(x)],
    complex: lambda e, x: ["complex", x.real, x.imag],
    bytes: lambda e, x: ["bytes", e.buffer(x)],
    tuple: lambda e, x: ["tuple", e.nodes(x)],
    frozenset: lambda e, x: ["frozenset", e.nodes(x)],
    slice: lambda e, x: ["slice", e.nodes((x.start, x.stop, x.step))],
    range: lambda e, x: ["range", e.nodes((x.start, x.stop, x.step))],
    Fraction: lambda e, x: ["fraction", e.nodes((x.numerator, x.denominator))],
    Decimal: lambda e, x: ["decimal", str(x)],
    EllipsisType: lambda e, x: ["ellipsis"],
    NotImplementedType: lambda e, x: ["notimplemented"],
    list: Encoder._list,
    dict: Encoder._dict,
    set: Encoder._set,
    bytearray: Encoder._bytearray,
    np.ndarray: Encoder._array,
}


def _checked_hex(x: int) -> str:
    if x.bit_length() > LONGEST_INTEGER:
        raise WireError(f"an integer of {x.bit_length()} bits; at most {LONGEST_INTEGER} may pass")
    return hex(x)


class Decoder:
    """Turns nodes back into values; whatever the other side wrote, the result is plain data or comes from ``resolve``.

    Args:
        buffers: The bytes that came with the header.
        sizes: The length of each buffer.
        resolve: Turns a node whose word is not of this module into a value; called with this decoder and the node.
        known: The values that the other side may name by a number.
    """

    def __init__(
        self,
        buffers: memoryview,
        sizes: list[int],
        resolve: Callable[[Decoder, list[Any]], Any],
        known: list[Any] | None = None,
    ) -> None:
        if not isinstance(sizes, list) or any(type(n) is not int or n < 0 for n in sizes) or sum(sizes) != len(buffers):
            raise WireError("buffers of other sizes than announced")
        ends = np.cumsum([0, *sizes]).tolist()
        self._buffers = {i: buffers[a:b] for i, (a, b) in enumerate(itertools.pairwise(ends))}
        self.resolve = resolve
        self.known = known or []
        self.mutables: list[Any] = []
        self._nodes_left = MOST_NODES
        self._depth = 0

    def value(self, node: Any) -> Any:
        """The value of a node.

        Raises:
            WireError: It is none.
        """
        if node is None or type(node) in (bool, int, float, str):
            return node
        self.spend(1)
        self._depth += 1
        if self._depth > DEEPEST:
            raise WireError("a value nested too deeply")
        if type(node) is not list or not node or type(node[0]) is not str:
            raise WireError("a node without a word")
        read = READERS.get(node[0])
        try:
            return read(self, *node[1:]) if read else self.resolve(self, node)
        except WireError:
            raise
        except Exception as error:
            raise WireError(f"a malformed {node[0]}") from error
        finally:
            self._depth -= 1

    def values(self, nodes: Any) -> list[Any]:
        """The values of several nodes."""
        if type(nodes) is not list:
            raise WireError("a node where a list of nodes was expected")
        return [self.value(node) for node in nodes]

    def spend(self, parts: int) -> None:
        """Count parts of a value: a message has room for so many.

        Raises:
            WireError: It has no more.
        """
        self._nodes_left -= parts
        if self._nodes_left < 0:
            raise WireError("a value with too many parts")

    def remember(self, value: Any) -> Any:
        """Count a mutable value, as the encoder did."""
        self.mutables.append(value)
        return value

    def buffer(self, number: int) -> memoryview:
        """The bytes with a number. They are given out once: a small message must not become a large value."""
        if type(number) is not int or number not in self._buffers:
            raise WireError("a buffer that is not there, or was read before")
        return self._buffers.pop(number)

    def flat(self, dtype: Any, number: int) -> np.ndarray:
        """The numbers in a buffer, as an array of their own."""
        return _flat(_dtype(dtype), self.buffer(number)).copy()

    def number(self, table: list[Any], i: int) -> Any:
        """An entry of a table that the other side names by its place."""
        if type(i) is not int or i < 0:
            raise WireError("a place that is no number")
        return table[i]

    def _list(self, nodes: Any) -> list:
        out = self.remember([])
        out += self.values(nodes)
        return out

    def _dict(self, pairs: Any) -> dict:
        out = self.remember({})
        for key, value in map(self.values, pairs):
            out[key] = value
        return out

    def _set(self, nodes: Any) -> set:
        out = self.remember(set())
        out |= set(self.values(nodes))
        return out

    def _array(self, dtype: Any, shape: Any, number: int, order: str, writeable: bool) -> np.ndarray:
        flat = _flat(_dtype(dtype), self.buffer(number))
        out = flat.reshape(_shape(shape), order="F" if order == "F" else "C").copy(order="K")
        out.flags.writeable = writeable is True
        return self.remember(out)

    def _objects(self, shape: Any, nodes: Any) -> np.ndarray:
        out = self.remember(np.empty(len(nodes), dtype=object).reshape(_shape(shape)))
        flat = out.reshape(-1)
        for i, value in enumerate(self.values(nodes)):
            flat[i] = value
        return out

    def _view(self, of: Any, dtype: Any, shape: Any, offset: int, strides: Any) -> np.ndarray:
        base = self.value(of)
        if type(base) is not np.ndarray or not base.flags.c_contiguous or base.dtype.hasobject:
            raise WireError("a view of something that is no array")
        out: np.ndarray = np.ndarray(_shape(shape), _dtype(dtype), base, offset, tuple(strides))
        if not _fits(out.dtype, base.dtype):
            raise WireError("a view as something else")
        if out.nbytes > LARGEST_MESSAGE:
            raise WireError("a view that repeats an array too often")
        return out

    def _scalar(self, dtype: Any, number: int) -> Any:
        flat = _flat(_dtype(dtype), self.buffer(number))
        if flat.size != 1:
            raise WireError("a scalar with several values")
        return flat[0]


def _dtype(node: Any) -> np.dtype:
    if type(node) is str:
        dtype = np.dtype(node)
    elif type(node) is list and len(node) == 2 and node[0] == "fields":
        dtype = np.lib.format.descr_to_dtype(_descr(node[1]))
    else:
        raise WireError("an unknown dtype")
    if dtype.subdtype is not None or dtype.hasobject or (dtype.names is None and dtype.kind not in "biufcmMSUV"):
        raise WireError(f"arrays of dtype {dtype} do not pass")
    return dtype


def _descr(node: Any) -> Any:
    """The description of a structured dtype, with the tuples that JSON has turned into lists."""
    if type(node) is str:
        return node
    return [tuple(tuple(part) if i == 2 else _descr(part) for i, part in enumerate(field)) for field in node]


def _shape(node: Any) -> tuple[int, ...]:
    if type(node) is not list or len(node) > 64 or any(type(n) is not int or n < 0 for n in node):
        raise WireError("a shape that is none")
    return tuple(node)


def _flat(dtype: np.dtype, data: memoryview) -> np.ndarray:
    """The values in a buffer; booleans and characters are made valid ones, or refused."""
    if dtype.itemsize == 0:
        raise WireError("a dtype without size")
    if dtype.kind == "b":
        return np.frombuffer(data, np.uint8) != 0
    out = np.frombuffer(data, dtype)
    if dtype.kind == "U" and np.frombuffer(data, dtype.byteorder.replace("|", "=") + "u4").max(initial=0) > 0x10FFFF:
        raise WireError("characters that do not exist")
    if dtype.names is not None and any(dtype[name].base.kind in "bUV" for name in dtype.names):
        raise WireError("records of booleans, text or records do not pass")
    return out


READERS: dict[str, Callable[..., Any]] = {
    "int": lambda d, x: _integer(x),
    "complex": lambda d, re, im: complex(re, im),
    "bytes": lambda d, i: bytes(d.buffer(i)),
    "tuple": lambda d, x: tuple(d.values(x)),
    "frozenset": lambda d, x: frozenset(d.values(x)),
    "slice": lambda d, x: slice(*d.values(x)),
    "range": lambda d, x: range(*d.values(x)),
    "fraction": lambda d, x: Fraction(*map(operator.index, d.values(x))),  # of a text it would compute a power
    "decimal": lambda d, x: Decimal(x),
    "ellipsis": lambda d: ...,
    "notimplemented": lambda d: NotImplemented,
    "list": Decoder._list,
    "dict": Decoder._dict,
    "set": Decoder._set,
    "bytearray": lambda d, i: d.remember(bytearray(d.buffer(i))),
    "array": Decoder._array,
    "objects": Decoder._objects,
    "view": Decoder._view,
    "scalar": Decoder._scalar,
    "dtype": lambda d, x: _dtype(x),
    "type": lambda d, x: TYPES[x],
    "numpy": lambda d, x: NUMPY_TYPES[x],
    "again": lambda d, i: d.number(d.mutables, i),
    "known": lambda d, i: d.number(d.known, i),
}


def _integer(text: Any) -> int:
    if type(text) is not str or len(text) > LONGEST_INTEGER // 4 + 4:
        raise WireError("an integer that is too long")
    return int(text, 16)
