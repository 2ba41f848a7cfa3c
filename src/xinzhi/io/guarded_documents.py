"""Documents as which results travel between a child process and the one that asked: JSON, and back again.

A table of cells, a panel, a series and what the reader decided and doubted each have one; the values
of a panel and a series travel beside it as Parquet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pandas as pd

from xinzhi.errors import Problem, Where
from xinzhi.io.load import ReadResult
from xinzhi.io.raw import Cell, Decision, RawTable, shown_name
from xinzhi.io.recognise.keys import TWIN_KEYS
from xinzhi.io.row_ledger import RowLedger
from xinzhi.io.series import LABELS, UNITS, SeriesResult
from xinzhi.panel.panel import ENTITY, PERIOD, panel_of
from xinzhi.wording import Label, Message, message

T = TypeVar("T", Decision, Problem)
TIMES: Mapping[type, str] = MappingProxyType(
    {date: "date", datetime: "datetime", time: "time", timedelta: "timedelta"}
)
TABLE = ("kind", "sheet", "first_column", "has_addresses", "labels", "delimiter", "encoding")
"""What is told of a table besides its cells, by the names of its fields."""


def table_of(path: Path, answer: dict[str, Any]) -> RawTable:
    """Restore a table of cells."""
    rows = [list(map(_cell, row)) for row in answer["rows"]]
    decisions, warnings = _decisions_and_warnings(answer)
    return RawTable(
        shown_name(path),
        rows,
        percents=frozenset(answer["percents"]),
        decisions=decisions,
        warnings=warnings,
        merged=tuple(map(tuple, answer["merged"])),
        faults=tuple(restored(Problem, fault) for fault in answer["faults"]),
        **{name: answer[name] for name in TABLE},
    )


def panel_result(answer: Mapping[str, Any], folder: Path) -> ReadResult:
    """Restore a panel, whose values lie in the folder, and what was decided and doubted."""
    frame = pd.read_parquet(folder / "frame.parquet").set_index([*TWIN_KEYS])
    frame.index.names = [ENTITY, PERIOD]
    kinds: dict[str, str] = answer["kinds"]
    panel = panel_of(
        frame.astype({name: kind for name, kind in kinds.items() if kind == "object"}),
        labels={name: Label(**label) for name, label in answer["labels"].items()},
        units=answer["units"],
        rows=tuple(answer["rows"]),
        source=answer["source"],
        has_periods=answer["has_periods"],
        keys=tuple(answer["keys"]),
    )
    return ReadResult(
        panel,
        *_decisions_and_warnings(answer),
        MappingProxyType(answer["columns"]),
        MappingProxyType(with_tuples(answer["stated"])),
        _ledgers(answer),
    )


def series_result(answer: Mapping[str, Any], folder: Path) -> SeriesResult:
    """Restore a table with keys of its own, whose values lie in the folder, and what was decided and doubted."""
    frame = pd.read_parquet(folder / "frame.parquet")
    n = len(answer["keys"])
    index = pd.MultiIndex.from_frame(frame.iloc[:, :n], names=answer["keys"])
    frame = frame.iloc[:, n:].set_axis(index if n > 1 else index.get_level_values(0))
    texts = [name for name in frame.columns if frame[name].dtype != "float64"]
    frame = frame.astype(dict.fromkeys(texts, object))
    frame.attrs[UNITS], frame.attrs[LABELS] = answer["units"], answer["labels"]
    return SeriesResult(
        frame,
        MappingProxyType(answer["units"]),
        *_decisions_and_warnings(answer),
        MappingProxyType(with_tuples(answer["stated"])),
        _ledgers(answer),
    )


def _decisions_and_warnings(
    answer: Mapping[str, Any],
) -> tuple[tuple[Decision, ...], tuple[Problem, ...]]:
    return (
        tuple(restored(Decision, decision) for decision in answer["decisions"]),
        tuple(restored(Problem, problem) for problem in answer["warnings"]),
    )


def _ledgers(answer: Mapping[str, Any]) -> tuple[RowLedger, ...]:
    return tuple(
        RowLedger(file, tuple((fate, n) for fate, n in runs), sheet)
        for file, runs, sheet in answer["ledgers"]
    )


def with_tuples(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give options their tuples back, which JSON writes as lists."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in document.items()}


def document_of_table(table: RawTable) -> dict[str, Any]:
    """Turn a table of cells into JSON."""
    document = {
        "rows": [list(map(_plain_cell, row)) for row in table.rows],
        "percents": sorted(table.percents),
        "labels": dict(table.labels),
        "merged": list(table.merged),
        "decisions": list(map(document_of, table.decisions)),
        "warnings": list(map(document_of, table.warnings)),
        "faults": list(map(document_of, table.faults)),
    }
    return {name: getattr(table, name) for name in TABLE} | document


def document_of_findings(result: ReadResult | SeriesResult) -> dict[str, Any]:
    """Turn what a reading decided, doubted and left out into JSON."""
    return {
        "decisions": list(map(document_of, result.decisions)),
        "warnings": list(map(document_of, result.warnings)),
        "stated": dict(result.stated),
        "ledgers": [[ledger.file, ledger.runs, ledger.sheet] for ledger in result.ledgers],
    }


def document_of(finding: Decision | Problem) -> dict[str, Any]:
    """Turn a decision or a problem into JSON."""
    values = {field.name: getattr(finding, field.name) for field in fields(finding)}
    return {key: _plain(value) for key, value in values.items()} | {"where": asdict(finding.where)}


def _plain(value: object) -> Any:
    """Turn a wording into JSON."""
    if isinstance(value, Message):
        inside = {k: _plain(v) for k, v in value.values.items()}  # noqa: PD011
        return {"say": value.template, "with": inside, "one": value.one}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, tuple):
        return list(map(_plain, value))
    return str(value)


def _plain_cell(value: Cell) -> Any:
    """Turn a cell into JSON; a date or a time of day stays one."""
    kind = TIMES.get(type(value))
    if kind:
        return {kind: value.total_seconds() if isinstance(value, timedelta) else str(value)}
    return _plain(value)


def _cell(value: Any) -> Cell:
    """Make a cell from its JSON."""
    if not isinstance(value, dict):
        cell: Cell = value
        return cell
    ((kind, said),) = value.items()
    if kind == "timedelta":
        return timedelta(seconds=said)
    if kind == "datetime":
        return datetime.fromisoformat(said)
    return time.fromisoformat(said) if kind == "time" else date.fromisoformat(said)


def _worded(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_worded, value))
    if isinstance(value, dict):
        inside = {k: _worded(v) for k, v in value["with"].items()}
        return message(value["say"], one=value["one"], **inside)
    return value


def restored(kind: type[T], document: Mapping[str, Any]) -> T:
    """Make a decision or a problem from its JSON."""
    values = {key: _worded(value) for key, value in document.items() if key != "where"}
    return kind(**values, where=Where(**document["where"]))
