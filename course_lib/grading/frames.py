"""pandas on the wire: Series, DataFrames and indexes by value, column by column.

Of a column its bytes are sent, or its values one by one; what arrives is put together by this side's own pandas, so
that a comparison is the test's own. Columns of other kinds (time zones, intervals, sparse) stay references, and so does
all of pandas while the examiner has not imported it: it never does so because a submission sends something.

Nodes::

    ["series", index, name, column]                  ["index", column, freq, name]
    ["frame", index, labels, [column]]               ["range index", start, stop, step, name]
    ["moment", "Timestamp" or "Timedelta", scalar]   ["multi index", [index], [[dtype, buffer]], [name]]
    ["missing", "NA" or "NaT"]

with columns ``["numbers", dtype, buffer]``, ``["objects", [node]]``, ``["values", dtype, [value or None]]`` and
``["categories", dtype, buffer, index, ordered]``. A buffer is read once, so that nothing grows on its way.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np

from course_lib.grading import wire

WORDS = {"series", "frame", "index", "range index", "multi index", "moment", "missing"}
VALUES = {"str", "string", "boolean", "Float32", "Float64"} | {
    f"{i}nt{n}" for i in ("I", "UI") for n in (8, 16, 32, 64)
}
"""Dtypes of pandas's own whose values are Python's, but for missing ones."""
MOST_ROWS = wire.LARGEST_MESSAGE // 8
MOST_COLUMNS = 5_000
WEIGHT = 50
"""A column or an index counts as so many parts of a value: each takes kilobytes to hold."""


def is_frame(value: Any) -> bool:
    """Whether a value is a Series, a DataFrame or an index."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.Series | pandas.DataFrame | pandas.Index)


def can_change(value: Any) -> bool:
    """Whether a value is a Series or a DataFrame."""
    return is_frame(value) and not isinstance(value, sys.modules["pandas"].Index)


def written(value: Any) -> Any:
    """All that would be sent of a Series or DataFrame, to compare with later; objects in it by their identity."""
    if not _passes(value):
        return None
    encoder = wire.Encoder(lambda _, part: ["object", id(part)])
    return repr(_node(encoder, value)).encode() + b"".join(encoder.buffers)


def node(encoder: wire.Encoder, value: Any) -> Any:
    """The node of something of pandas's, or None."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return None
    if value is pandas.NA or value is pandas.NaT:
        return ["missing", "NA" if value is pandas.NA else "NaT"]
    if type(value) is pandas.Timestamp and value.tz is None:
        return ["moment", "Timestamp", encoder.node(value.to_datetime64())]
    if type(value) is pandas.Timedelta:
        return ["moment", "Timedelta", encoder.node(value.to_timedelta64())]
    if not _passes(value):
        return None
    made = _node(encoder, value)
    if can_change(value):
        encoder.remember(value)
    return made


def value(decoder: wire.Decoder, node: list[Any], *, trusting: bool) -> Any:
    """The value of such a node; a trusting side imports pandas for it."""
    pandas = importlib.import_module("pandas") if trusting else sys.modules.get("pandas")
    if pandas is None:
        raise wire.WireError("a frame for a test that does not know pandas")
    match node:
        case ["series", index, name, column]:
            series = _series(decoder, column, _index(decoder, index))
            series.name = decoder.value(name)
            return decoder.remember(series)
        case ["frame", index, labels, list(columns)] if len(columns) <= MOST_COLUMNS:
            rows = _index(decoder, index)
            frame = pandas.DataFrame({i: _series(decoder, each, rows) for i, each in enumerate(columns)}, index=rows)
            frame.columns = _index(decoder, labels)
            return decoder.remember(frame)
        case ["moment", "Timestamp" | "Timedelta" as name, scalar]:
            return getattr(pandas, name)(_moment(decoder.value(scalar)))
        case ["missing", "NA" | "NaT" as name]:
            return getattr(pandas, name)
    return _index(decoder, node)


# ------------------------------------------------------------------------------------------------------------- writing


def _passes(value: Any) -> bool:
    """Whether a value is of pandas's own classes and holds only what can be sent."""
    pandas: Any = sys.modules["pandas"]
    kind = type(value)
    if kind is pandas.RangeIndex:
        return len(value) <= MOST_ROWS
    if kind is pandas.MultiIndex:
        return all(map(_passes, value.levels))
    if kind in (pandas.Index, pandas.DatetimeIndex, pandas.TimedeltaIndex, pandas.CategoricalIndex):
        return _dtype_passes(value.dtype)
    if kind is pandas.Series:
        return _dtype_passes(value.dtype) and _passes(value.index)
    if kind is pandas.DataFrame and len(value.columns) <= MOST_COLUMNS:
        return all(map(_dtype_passes, value.dtypes)) and _passes(value.index) and _passes(value.columns)
    return False


def _dtype_passes(dtype: Any) -> bool:
    pandas: Any = sys.modules["pandas"]
    if isinstance(dtype, np.dtype):
        return dtype.kind in "biufcmMO"
    if type(dtype) is pandas.CategoricalDtype:
        return _passes(dtype.categories)
    return dtype.name in VALUES and dtype == pandas.array([], dtype=dtype.name).dtype


def _node(encoder: wire.Encoder, value: Any) -> Any:
    pandas: Any = sys.modules["pandas"]
    match value:
        case pandas.Series():
            return ["series", _node(encoder, value.index), encoder.node(value.name), _column(encoder, value)]
        case pandas.DataFrame():
            columns = [_column(encoder, value.iloc[:, i]) for i in range(value.shape[1])]
            return ["frame", _node(encoder, value.index), _node(encoder, value.columns), columns]
        case pandas.RangeIndex():
            return ["range index", value.start, value.stop, value.step, encoder.node(value.name)]
        case pandas.MultiIndex():
            levels = [_node(encoder, level) for level in value.levels]
            return ["multi index", levels, [_bytes(encoder, each) for each in value.codes], encoder.nodes(value.names)]
    return ["index", _column(encoder, value), getattr(value, "freqstr", None), encoder.node(value.name)]


def _column(encoder: wire.Encoder, column: Any) -> Any:
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind == "O":
        return ["objects", encoder.nodes(column.to_numpy().tolist())]
    if isinstance(dtype, np.dtype):
        return ["numbers", *_bytes(encoder, column.to_numpy())]
    if isinstance(dtype, sys.modules["pandas"].CategoricalDtype):
        codes = _bytes(encoder, column.array.codes)
        return ["categories", *codes, _node(encoder, dtype.categories), bool(dtype.ordered)]
    values, missing = column.array.tolist(), column.isna().tolist()
    return ["values", dtype.name, [None if gone else each for each, gone in zip(values, missing, strict=True)]]


def _bytes(encoder: wire.Encoder, numbers: Any) -> list[Any]:
    return [numbers.dtype.str, encoder.buffer(numbers.tobytes())]


# ------------------------------------------------------------------------------------------------------------- reading


def _series(decoder: wire.Decoder, node: Any, index: Any) -> Any:
    column = _array(decoder, node)
    if len(column) != len(index):
        raise wire.WireError("a column of another length than its index")
    return sys.modules["pandas"].Series(column, index=index, dtype=column.dtype)


def _index(decoder: wire.Decoder, node: Any) -> Any:
    decoder.spend(WEIGHT)
    pandas: Any = sys.modules["pandas"]
    match node:
        case ["range index", int(start), int(stop), int(step), name]:
            if len(range(start, stop, step)) > MOST_ROWS:
                raise wire.WireError("an index with too many rows")
            return pandas.RangeIndex(start, stop, step, name=decoder.value(name))
        case ["multi index", list(levels), list(codes), list(names)]:
            parts = [_index(decoder, level) for level in levels]
            places = [_numbers(decoder, dtype, number, "i") for dtype, number in codes]
            return pandas.MultiIndex(parts, places, names=decoder.values(names))
        case ["index", column, freq, name]:
            labels = _array(decoder, column)
            if labels.dtype.kind == "O":
                for label in labels:
                    hash(label)
            index = pandas.Index(labels, dtype=labels.dtype, name=decoder.value(name))
            if freq is not None:
                index.freq = str(freq)[:20]
            return index
    raise wire.WireError("an index that is none")


def _array(decoder: wire.Decoder, node: Any) -> Any:
    """The values of a column."""
    decoder.spend(WEIGHT)
    pandas: Any = sys.modules["pandas"]
    match node:
        case ["numbers", str(dtype), number]:
            return _numbers(decoder, dtype, number, "biufcmM")
        case ["objects", list(nodes)]:
            out = np.empty(len(nodes), dtype=object)
            for i, each in enumerate(decoder.values(nodes)):
                out[i] = each
            return out
        case ["categories", str(dtype), number, categories, bool(ordered)]:
            codes = _numbers(decoder, dtype, number, "i")
            return pandas.Categorical.from_codes(codes, _index(decoder, categories), ordered=ordered)
        case ["values", str(name), list(values)] if name in VALUES and all(map(_is_value, values)):
            return pandas.array(values, dtype=name)
    raise wire.WireError("a column that is none")


def _numbers(decoder: wire.Decoder, name: str, number: int, kinds: str) -> np.ndarray:
    out = decoder.flat(name, number)
    if out.dtype.kind not in kinds:
        raise wire.WireError(f"a column of dtype {out.dtype}")
    return out


def _is_value(value: Any) -> bool:
    return value is None or type(value) in (str, bool, int, float)


def _moment(scalar: Any) -> Any:
    if not isinstance(scalar, np.datetime64 | np.timedelta64):
        raise wire.WireError("a moment that is none")
    return scalar
