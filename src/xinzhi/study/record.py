"""Results as bytes and back, without pickle: JSON for the shape, numpy's own format for arrays.

Only frozen dataclasses are ever made, by their names, and only those of this package and of packages
that add an analysis; a record can hold nothing else.
"""

from __future__ import annotations

import io
import json
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.errors import StudyError

Arrays = Mapping[str, np.ndarray]


def to_bytes(value: Any) -> bytes:
    """Write a result as bytes."""
    writer = _Writer()
    shape = json.dumps(writer.shape(value), ensure_ascii=False, allow_nan=True)
    buffer = io.BytesIO()
    np.savez(buffer, shape=np.frombuffer(shape.encode(), dtype=np.uint8), **writer.arrays)
    return buffer.getvalue()


class Unsound(Exception):
    """Bytes that are not a record, whatever their digest says."""


DAMAGES = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError),
    *(OSError, EOFError, ImportError, RuntimeError, MemoryError, StopIteration, SyntaxError),
    *(zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError, StudyError),
)
"""What reading raises where a record is damaged: the archive, an array, the shape or a class."""


def from_bytes(body: bytes) -> Any:
    """Read a result written by `to_bytes`.

    Raises
    ------
    Unsound
        The bytes are not a record.

    Examples
    --------
    >>> from_bytes(to_bytes((1, None, "gdp")))
    (1, None, 'gdp')
    """
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return _value(json.loads(arrays.pop("shape").tobytes().decode()), arrays)
    except DAMAGES as error:
        raise Unsound(type(error).__name__) from error


def is_result(kind: type) -> bool:
    """Whether a class is a frozen dataclass, made of its fields and of nothing else."""
    parameters = getattr(kind, "__dataclass_params__", None)
    return is_dataclass(kind) and bool(parameters and parameters.frozen)


@cache
def _roots() -> frozenset[str]:
    """List the packages whose classes a record may hold."""
    others = (type(analysis).__module__.partition(".")[0] for _, analysis in ANALYSES)
    return frozenset({__name__.partition(".")[0], *others})


@cache
def class_of(name: str) -> type:
    """Find the class of a record.

    Raises
    ------
    TypeError
        It is not a frozen dataclass of a package whose classes a record may hold.
    """
    module, _, class_name = name.partition(":")
    if module.partition(".")[0] in _roots():
        kind = getattr(import_module(module), class_name, None)
        if isinstance(kind, type) and is_result(kind) and kind.__module__ == module:
            return kind
    msg = f"a record cannot hold a {name}"
    raise TypeError(msg)


@cache
def _can_be_held(kind: type) -> bool:
    return is_result(kind) and kind.__module__.partition(".")[0] in _roots()


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


class _Writer:
    """Turns values into JSON and puts arrays aside."""

    def __init__(self) -> None:
        self.arrays: dict[str, Any] = {}

    def shape(self, value: Any) -> Any:  # noqa: PLR0911 - one line a kind of value
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, Decimal):
            return {"decimal": str(value)}
        if isinstance(value, np.ndarray):
            return {"array": self._aside(value)}
        if isinstance(value, pd.DataFrame):
            return self._frame(value)
        if isinstance(value, pd.Series):
            return {"series": self._frame(value.to_frame("value"))}
        if isinstance(value, (tuple, list)):
            return {"tuple": [self.shape(item) for item in value]}
        if isinstance(value, Mapping):
            return {"mapping": [[self.shape(k), self.shape(v)] for k, v in value.items()]}
        kind: Any = type(value)
        if _can_be_held(kind):
            inside = {name: self.shape(getattr(value, name)) for name in _names(kind)}
            return {"class": f"{kind.__module__}:{kind.__qualname__}", "fields": inside}
        msg = f"a record cannot hold a {type(value).__name__}"
        raise TypeError(msg)

    def _frame(self, frame: pd.DataFrame) -> dict[str, Any]:
        index = frame.index.to_frame(index=False)
        return {
            "frame": [[str(c), self._column(frame[c])] for c in frame.columns],
            "index": [
                [self.shape(n), self._column(index.iloc[:, i])]
                for i, n in enumerate(frame.index.names)
            ],
        }

    def _column(self, column: pd.Series) -> Any:
        if column.dtype.kind in "fiub":
            return {"array": self._aside(column.to_numpy())}
        gone = column.isna()
        # A column of pandas' own words is "string" to pandas whatever is missing in it.
        if not gone.any() and pd.api.types.infer_dtype(column, skipna=False) == "string":
            # A word that many rows share is written once.
            codes, words = pd.factorize(column.astype(object))
            return {"of": [self._aside(codes.astype(np.int32)), words.tolist()]}
        return {
            "words": [
                None if is_gone else self.shape(value)
                for value, is_gone in zip(column.astype(object), gone, strict=True)
            ]
        }

    def _aside(self, array: np.ndarray) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = array
        return name


def _value(shape: Any, arrays: Arrays) -> Any:
    if not isinstance(shape, dict):
        return shape
    if "class" in shape:
        inside = {name: _value(part, arrays) for name, part in shape["fields"].items()}
        return class_of(shape["class"])(**inside)
    if "frame" in shape:
        return _frame(shape, arrays)
    kind, part = next(iter(shape.items()))
    return READERS[kind](part, arrays)


def _series(part: Any, arrays: Arrays) -> pd.Series:
    return _frame(part, arrays)["value"].rename(None)


READERS: Mapping[str, Callable[[Any, Arrays], Any]] = MappingProxyType(
    {
        "array": lambda part, arrays: arrays[part],
        "words": lambda part, arrays: [
            np.nan if item is None else _value(item, arrays) for item in part
        ],
        "of": lambda part, arrays: [part[1][code] for code in arrays[part[0]].tolist()],
        "tuple": lambda part, arrays: tuple(_value(item, arrays) for item in part),
        "mapping": lambda part, arrays: MappingProxyType(
            {_value(k, arrays): _value(v, arrays) for k, v in part}
        ),
        "series": _series,
        "decimal": lambda part, _: Decimal(part),
    }
)


def _frame(shape: Mapping[str, Any], arrays: Arrays) -> pd.DataFrame:
    names = [name for name, _ in shape["index"]]
    levels = [_value(column, arrays) for _, column in shape["index"]]
    index: pd.Index = (
        pd.MultiIndex.from_arrays(levels, names=names)
        if len(levels) > 1
        else pd.Index(levels[0], name=names[0])
    )
    columns = {
        name: pd.Series(
            _value(column, arrays), index=index, dtype=None if "array" in column else object
        )
        for name, column in shape["frame"]
    }
    return pd.DataFrame(columns, index=index)
