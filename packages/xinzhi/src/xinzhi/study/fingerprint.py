"""Fingerprints of everything that a stage depends on, part by part.

Results as bytes and back, without pickle: JSON for the shape, numpy's own format for arrays.

Only frozen dataclasses are ever made, by their names, and only those of this package and of packages
that add an analysis; a record can hold nothing else.
"""

from __future__ import annotations

import io
import json
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import entry_points, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from inspect import getsource
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import (
    ANALYSES,
    AnyAnalysis,
    Given,
    Reads,
    computing_options,
)
from xinzhi.analyses.section import Section
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.work.lock import digest_of
from xinzhi.work.results import KERNEL
from xinzhi_core.errors import StudyError
from xinzhi_core.packages import PACKAGES, is_ours
from xinzhi_core.panel.panel import Panel

Arrays = Mapping[str, np.ndarray]


def to_bytes(value: object) -> bytes:
    """Write a result as bytes."""
    writer = _RecordWriter()
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
    return frozenset({*PACKAGES, *others})


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


class _RecordWriter:
    """Turns values into JSON and puts arrays aside."""

    def __init__(self) -> None:
        self.arrays: dict[str, Any] = {}

    def shape(self, value: object) -> object:  # noqa: PLR0911 - one line a kind of value
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

    def _column(self, column: pd.Series) -> object:
        if column.dtype.kind in "fiub":
            return {"array": self._aside(column.to_numpy())}
        gone = column.isna()
        # A column of pandas' own words is "string" to pandas whatever is missing in it; an empty one of any
        # type is written alike, as it is read without a type.
        if (
            len(column)
            and not gone.any()
            and pd.api.types.infer_dtype(column, skipna=False) == "string"
        ):
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


SHORT = 16
LIBRARIES = (
    *("numpy", "pandas", "scipy", "highspy"),
    # What reads files: another version can find other cells in them.
    *("pyarrow", "pyreadstat", "python-calamine"),
)
OF_OTHERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "frontier": ("xinzhi.measures",),
        "prepare": ("xinzhi.steps",),
        "regression": ("xinzhi.diagnostics",),
    }
)
"""Package of ours -> groups of entry points by which other packages add parts that it calls."""
ROOMS: Mapping[str, str] = MappingProxyType(
    {
        "columns": "xinzhi_panel.columns",
        "core": "xinzhi_core",
        "frontier": "xinzhi_frontier",
        "io": "xinzhi_panel.io",
        "places": "xinzhi_panel.places",
        "regression": "xinzhi_econometrics",
        "space": "xinzhi_econometrics.space",
    }
)
"""Methods whose code lies in a package of its own; that of the others lies in `xinzhi`."""
COMMON = ("core", "places", "study", "work")
"""What belongs to every method, as do the modules beside the folders of `xinzhi`: errors, p-values of draws, words."""


def of_text(text: str) -> str:
    """Fingerprint of a text."""
    return sha256(text.encode()).hexdigest()[:SHORT]


def of_options(options: object) -> str:
    """Fingerprint of options, as canonical JSON."""
    return of_text(json.dumps(options, sort_keys=True, ensure_ascii=False, default=str))


def of_column(column: pd.Series) -> str:
    """Fingerprint of the values of a column together with their keys."""
    return _with_keys(column, _of_keys(column.index))


def of_columns(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, str]:
    """Fingerprints of columns by name; a column that is not there is left out."""
    keys = _of_keys(frame.index)
    present = [name for name in dict.fromkeys(names) if name in frame]
    return {f"column {name}": _with_keys(frame[name], keys) for name in present}


def _with_keys(column: pd.Series, keys: bytes) -> str:
    return sha256(keys + _body(column)).hexdigest()[:SHORT]


def _of_keys(index: pd.Index) -> bytes:
    """Digest of the keys of all rows: each key once, in the order of its first row, and where it stands."""
    digest = sha256()
    levels, codes = (
        (index.levels, index.codes)
        if isinstance(index, pd.MultiIndex)
        else ([index], [np.arange(len(index))])
    )
    # By first appearance, as levels of pandas keep keys that no row has any more.
    for level, numbers in zip(levels, codes, strict=True):
        order, first = pd.factorize(np.asarray(numbers), use_na_sentinel=False)
        body = _body(level.to_series().iloc[first])
        digest.update(f"{len(body)}:".encode() + body + order.astype("<i8").tobytes())
    return digest.digest()


def _body(column: pd.Series) -> bytes:
    """Values as bytes: equal columns, equal bytes."""
    if column.dtype.kind in "fiub":
        values = np.ascontiguousarray(column.to_numpy(dtype="<f8"))
        # One bit pattern for every NaN, and 0.0 for -0.0: equal columns have equal fingerprints.
        return np.where(np.isnan(values), np.nan, values + 0.0).tobytes()
    # With their lengths, so that "ab", "c" is not "a", "bc" whatever they hold; a missing one is not empty.
    cells = zip(column.tolist(), column.isna().tolist(), strict=True)
    words = (None if is_gone else str(cell) for cell, is_gone in cells)
    return "".join("-" if word is None else f"{len(word)}:{word}" for word in words).encode()


def of_panel(panel: Panel) -> str:
    """Fingerprint what is known of a panel beside its values: units, labels, rows of the file, ledger."""
    about = {f.name: getattr(panel, f.name) for f in fields(panel) if f.name != "frame"}
    return sha256(to_bytes(about)).hexdigest()[:SHORT]


def of_outlines(outlines: Boundaries) -> str:
    """Fingerprint outlines: all of the file, and which of its areas are meant under which names."""
    return of_options([getattr(outlines, f.name) for f in fields(outlines) if f.name != "note"])


@cache
def of_method(package: str) -> str:
    """Fingerprint of a method: its package, what every method uses or is called by, the libraries."""
    # Code and versions of libraries: a result is never taken from a program that would compute another.
    parts = [f"{library} {version(library)}" for library in (*PACKAGES.values(), *LIBRARIES)]
    parts.append(digest_of(Path(os.environ.get(KERNEL, ""))))
    parts.extend(modules(files("xinzhi")))
    for name in (package, *COMMON):
        parts.extend(sources(files(ROOMS.get(name, f"xinzhi.{name}"))))
    points = (point for group in OF_OTHERS.get(package, ()) for point in entry_points(group=group))
    parts.extend(of_package(module) for module in sorted({point.module for point in points}))
    return of_text("\x1e".join(parts))


def of_methods(*packages: str) -> dict[str, str]:
    """Fingerprints of methods as parts of a key."""
    return {f"method {package}": of_method(package) for package in packages}


@cache
def of_package(module: str) -> str:
    """Fingerprint of the package that a module belongs to, whoever wrote it."""
    root = import_module(module.partition(".")[0])
    if not hasattr(root, "__path__"):
        return of_text(getsource(root))
    return of_text("\x1e".join(sources(files(root))))


def sources(folder: Traversable) -> list[str]:
    """Read everything that results of a package depend on: code, the compiled kernel's, and tables."""
    contents: list[str] = []
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            contents.extend(sources(item))
        elif item.name.endswith((".py", ".cpp", ".h", ".csv")):
            contents.append(item.name + item.read_text(encoding="utf-8"))
    return contents


def modules(root: Traversable) -> list[str]:
    """Read the modules that stand beside the packages."""
    items = sorted(root.iterdir(), key=lambda entry: entry.name)
    return [
        item.name + item.read_text(encoding="utf-8") for item in items if item.name.endswith(".py")
    ]


def key_of(parts: Mapping[str, str]) -> str:
    """Cache key of a stage: the fingerprint of all its parts."""
    return sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()[: 2 * SHORT]


def dependencies(
    analysis: AnyAnalysis, section: Section, reads: Reads, given: Given
) -> dict[str, str]:
    """Fingerprint everything but the results of other analyses."""
    options = repr((computing_options(analysis, section), reads, given.study.seed))
    return {
        "options": of_text(options),
        **of_methods(*reads.methods, "analyses"),
        **_other_package(analysis),
        **_inputs(given, reads),
    }


def _other_package(analysis: AnyAnalysis) -> dict[str, str]:
    """Fingerprint the code of an analysis of another package, so that a change invalidates its results."""
    module = type(analysis).__module__
    return {} if is_ours(module) else {f"method {module}": of_package(module)}


def _inputs(given: Given, reads: Reads) -> dict[str, str]:
    """Fingerprint the columns, frontier by frontier, the panel's, the members and the outlines."""
    prints = _frames(given)
    if isinstance(given.columns, StudyError):
        prints[f"data {', '.join(reads.panel)}"] = _refusal(given.columns)
    elif given.columns is not None:
        _add(prints, of_columns(given.columns.frame, reads.panel))
    for name, column in given.columns_of_a_part.items():
        print_ = _refusal(column) if isinstance(column, StudyError) else of_column(column)
        _add(prints, {f"column {name}": print_})
    for name, members in given.members.items():
        _add(prints, {f"column {name}": of_column(members)})
    for name, content in given.files.items():
        prints[f"file {name}"] = of_text(content.hex())
    for name, outline in given.outlines.items():
        prints[f"outlines {name}"] = (
            _refusal(outline) if isinstance(outline, StudyError) else of_outlines(outline)
        )
    return prints


def _frames(given: Given) -> dict[str, str]:
    """Fingerprint the data of regressions, frontier by frontier."""
    prints: dict[str, str] = {}
    for asked, frame in given.frames.items():
        of = "".join(f" ({option}: {value})" for option, value in asked.frontier)
        if isinstance(frame, StudyError):
            prints[f"data {', '.join(asked.columns)}{of}"] = _refusal(frame)
        else:
            columns = of_columns(frame, asked.columns)
            _add(prints, {f"{column}{of}": print_ for column, print_ in columns.items()})
    return prints


def _add(prints: dict[str, str], more: Mapping[str, str]) -> None:
    """Add fingerprints; where two things of one name are not the same, both count.

    Scores that are measured again under one frontier by one equation and not by another, a grouping and a column.
    """
    for name, print_ in more.items():
        same = prints.setdefault(name, print_) == print_
        prints[name] = print_ if same else of_text(f"{prints[name]} {print_}")


def _refusal(error: StudyError) -> str:
    return of_text(repr(error.problems))
