"""Results as bytes and back, without pickle: JSON for the shape, numpy's own format for arrays.

Only the classes listed here are ever made, by name; a record can hold nothing else.
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
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.econometrics.anderson_rubin import ConfidenceSet
from xinzhi.econometrics.diagnostic import Diagnosis
from xinzhi.econometrics.estimates import CovarianceRule, Dropped, Estimates, Fit
from xinzhi.econometrics.heterogeneity import Difference, Heterogeneity
from xinzhi.econometrics.indirect import Sensitivity, Sobel
from xinzhi.econometrics.instruments import Instrumented
from xinzhi.econometrics.interaction import Terms
from xinzhi.econometrics.mediation import MediatedEffect, Mediation, Through
from xinzhi.econometrics.moderated_mediation import ConditionalIndirect, ModeratedMediation
from xinzhi.econometrics.moderation import Conditional, Moderation, Region
from xinzhi.econometrics.permutation import Permutation
from xinzhi.econometrics.resample import Interval
from xinzhi.econometrics.robustness import Variation, Varied
from xinzhi.econometrics.specification import Covariance, Regression
from xinzhi.econometrics.specification_curve import SpecificationCurve
from xinzhi.econometrics.statistic import Inapplicable, Statistic
from xinzhi.econometrics.weak_instruments import Limit, Strength
from xinzhi.econometrics.wild import Wild
from xinzhi.efficiency.activities import Roles
from xinzhi.efficiency.inference.intervals import Resampling, ScoreInference
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.peers import Peers
from xinzhi.efficiency.productivity.index import ProductivityResult
from xinzhi.efficiency.result import Certificate, EfficiencyResult, Peer
from xinzhi.errors import Problem, StudyError, Where
from xinzhi.io.raw import Decision
from xinzhi.notices import Notice
from xinzhi.panel.ledger import Entry, Ledger
from xinzhi.panel.panel import Panel
from xinzhi.study.result import NotTested, Reading, SourceFile
from xinzhi.tables.regression import NotEstimated
from xinzhi.wording import Label, Message

Arrays = Mapping[str, np.ndarray]

CLASSES: Mapping[str, type] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (
            Certificate,
            Conditional,
            ConditionalIndirect,
            ConfidenceSet,
            Difference,
            Heterogeneity,
            Instrumented,
            Interval,
            Limit,
            MediatedEffect,
            Mediation,
            ModeratedMediation,
            Moderation,
            Permutation,
            Region,
            Sensitivity,
            Sobel,
            SpecificationCurve,
            Strength,
            Terms,
            Through,
            Variation,
            Varied,
            Wild,
            Covariance,
            CovarianceRule,
            Decision,
            Diagnosis,
            Dropped,
            EfficiencyResult,
            Entry,
            Estimates,
            NotEstimated,
            NotTested,
            Fit,
            Inapplicable,
            Label,
            Ledger,
            Message,
            Notice,
            Options,
            Panel,
            Peer,
            Peers,
            Problem,
            ProductivityResult,
            Reading,
            Regression,
            Resampling,
            Roles,
            ScoreInference,
            SourceFile,
            Statistic,
            Where,
        )
    }
)


def to_bytes(value: Any) -> bytes:
    """Write a result as bytes."""
    writer = _Writer()
    shape = json.dumps(writer.shape(value), ensure_ascii=False, allow_nan=True)
    buffer = io.BytesIO()
    np.savez(buffer, shape=np.frombuffer(shape.encode(), dtype=np.uint8), **writer.arrays)
    return buffer.getvalue()


class Unsound(Exception):
    """Bytes that are no record, whatever their digest says."""


DAMAGES = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError),
    *(OSError, EOFError, RuntimeError, MemoryError, StopIteration, SyntaxError),
    *(zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError, StudyError),
)
"""What reading raises where a record is damaged: the archive, an array, the shape or a class."""


def from_bytes(body: bytes) -> Any:
    """Read a result written by `to_bytes`.

    Raises
    ------
    Unsound
        The bytes are no record.

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
        if is_dataclass(value) and type(value).__name__ in CLASSES:
            inside = {f.name: self.shape(getattr(value, f.name)) for f in fields(value)}
            return {"class": type(value).__name__, "fields": inside}
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
        values = column.astype(object)
        return {"words": [None if pd.isna(v) else self.shape(v) for v in values]}

    def _aside(self, array: np.ndarray) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = array
        return name


def _value(shape: Any, arrays: Arrays) -> Any:
    if not isinstance(shape, dict):
        return shape
    if "class" in shape:
        inside = {name: _value(part, arrays) for name, part in shape["fields"].items()}
        return CLASSES[shape["class"]](**inside)
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
            _value(column, arrays), index=index, dtype=object if "words" in column else None
        )
        for name, column in shape["frame"]
    }
    return pd.DataFrame(columns, index=index)
