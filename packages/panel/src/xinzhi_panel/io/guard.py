"""Reading in a child process with limits of memory and time, for files that are not trusted.

The child reads the file and leaves the panel as Parquet and JSON in a folder of its own; the
parent takes both up. A child that is killed or runs out of memory is an error with a remedy.

Documents as which results travel between a child process and the one that asked: JSON, and back again.

A table of cells, a panel, a series and what the reader decided and doubted each have one; the values
of a panel and a series travel beside it as Parquet.

Files that are larger than memory: which they are, and how their cells come to lie on disk.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, TypeVar

import pandas as pd

from xinzhi_core import errors
from xinzhi_core.errors import DataError, Problem, StudyError, Where
from xinzhi_core.panel.panel import ENTITY, PERIOD, panel_of
from xinzhi_core.problems import TOO_SLOW
from xinzhi_core.process import end_with
from xinzhi_core.wording import Label, Message, message
from xinzhi_core.write import move
from xinzhi_panel.io.arrow import batches_of
from xinzhi_panel.io.raw import (
    GUARDED,
    LIMITS,
    MEGABYTE,
    NOTHING_STATED,
    Cell,
    Decision,
    Limits,
    RawTable,
    ReadOptions,
    shown_name,
    sniff,
)
from xinzhi_panel.io.recognise.keys import TWIN_KEYS
from xinzhi_panel.io.row_ledger import RowLedger
from xinzhi_panel.io.series import (
    LABELS,
    UNITS,
    ReadResult,
    SeriesResult,
    read_panel_here,
    read_series_here,
    read_sheets,
    read_table,
)
from xinzhi_panel.io.statistical import KINDS
from xinzhi_panel.io.stored import CELLS, BatchStore, StoredRows, Storing
from xinzhi_panel.io.text.stored_text import store_text
from xinzhi_panel.io.workbook.sheets import filled_sheets

T = TypeVar("T", Decision, Problem)
Answer = Mapping[str, Any]
"""What a child wrote as JSON: the document of a reading, or of a part of it."""
TIMES: Mapping[type, str] = MappingProxyType(
    {date: "date", datetime: "datetime", time: "time", timedelta: "timedelta"}
)
TABLE = ("kind", "sheet", "first_column", "has_addresses", "labels", "delimiter", "encoding")
"""What is told of a table besides its cells, by the names of its fields."""


def table_of(path: Path, answer: Answer) -> RawTable:
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


def panel_result(answer: Answer, folder: Path) -> ReadResult:
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


def series_result(answer: Answer, folder: Path) -> SeriesResult:
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
    answer: Answer,
) -> tuple[tuple[Decision, ...], tuple[Problem, ...]]:
    return (
        tuple(restored(Decision, decision) for decision in answer["decisions"]),
        tuple(restored(Problem, problem) for problem in answer["warnings"]),
    )


def _ledgers(answer: Answer) -> tuple[RowLedger, ...]:
    return tuple(
        RowLedger(file, tuple((fate, n) for fate, n in runs), sheet)
        for file, runs, sheet in answer["ledgers"]
    )


def with_tuples(document: Answer) -> dict[str, Any]:
    """Give options their tuples back, which JSON writes as lists."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in document.items()}


def document_of_table(table: RawTable) -> dict[str, object]:
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


def document_of_findings(result: ReadResult | SeriesResult) -> dict[str, object]:
    """Turn what a reading decided, doubted and left out into JSON."""
    return {
        "decisions": list(map(document_of, result.decisions)),
        "warnings": list(map(document_of, result.warnings)),
        "stated": dict(result.stated),
        "ledgers": [[ledger.file, ledger.runs, ledger.sheet] for ledger in result.ledgers],
    }


def document_of(finding: Decision | Problem) -> dict[str, object]:
    """Turn a decision or a problem into JSON."""
    values = {field.name: getattr(finding, field.name) for field in fields(finding)}
    return {key: _plain(value) for key, value in values.items()} | {"where": asdict(finding.where)}


def _plain(value: object) -> object:
    """Turn a wording into JSON."""
    if isinstance(value, Message):
        inside = {k: _plain(v) for k, v in value.values.items()}  # noqa: PD011
        return {"say": value.template, "with": inside, "one": value.one, "counting": value.counting}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, tuple):
        return list(map(_plain, value))
    return str(value)


def _plain_cell(value: Cell) -> object:
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
        return message(value["say"], one=value["one"], counting=value["counting"], **inside)
    return value


def restored(kind: type[T], document: Answer) -> T:
    """Make a decision or a problem from its JSON."""
    values = {key: _worded(value) for key, value in document.items() if key != "where"}
    return kind(**values, where=Where(**document["where"]))


LARGE: Mapping[str, int] = MappingProxyType({"text": 256 * MEGABYTE, "parquet": 32 * MEGABYTE})
"""Kind of file -> bytes from which on its cells are put on disk."""
UNLIMITED = replace(LIMITS, file_bytes=1024 * LIMITS.file_bytes)
STORE = "cells.arrow"


def large_kind(path: Path, limits: Limits = LIMITS) -> str | None:
    """Give the kind of a file whose cells are put on disk; None for every other file.

    Raises
    ------
    DataError
        As `sniff`.
    """
    # `Path.is_file` raises where a folder may not be looked into, or a name is too long for the system.
    if limits is not LIMITS or not os.path.isfile(path):  # noqa: PTH113
        return None
    if path.stat().st_size < min(LARGE.values()):
        return None
    kind = sniff(path, limits=UNLIMITED)
    return kind if path.stat().st_size >= LARGE.get(kind, UNLIMITED.file_bytes) else None


def table_of_text(path: Path, folder: Path, reading: ReadOptions) -> RawTable | None:
    """Put the cells of a text file into a folder; None where only the reader of whole files can."""
    return store_text(path, folder / STORE, encoding=reading.encoding, delimiter=reading.delimiter)


def store_parquet(path: Path, folder: Path) -> list[str]:
    """Put the cells of a Parquet file into a folder, and give the names of its columns."""
    names, schema, batches = batches_of(path, CELLS)
    storing = Storing(folder / STORE, schema)
    try:
        for batch in batches:
            storing.add(batch)
    finally:
        storing.close()
    return names


def table_of_parquet(path: Path, folder: Path, names: list[str]) -> RawTable:
    """Give the table whose cells lie in a folder."""
    store = BatchStore(folder / STORE, names=list(names))
    return RawTable(shown_name(path), StoredRows(store), kind="parquet")


FOREIGN = frozenset({"ole", "parquet", "feather", *KINDS})
"""Kinds whose damage can make their parsers claim all memory before anybody can look."""
SECONDS = 0.5
"""Time of the processor for each megabyte of a large file."""
WATCHED = 0.5
"""Seconds between two looks whether the process that asked still lives."""
OUT_OF_TIME = frozenset({-24, 152})
"""Return codes of a process that used up its time (SIGXCPU)."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What a child that reads a file may use."""

    seconds: int = 120
    """Time of its processor, and of the clock twice."""
    megabytes: int = 4096
    """Address space; the libraries alone take about one gigabyte of it."""


def read_guarded(
    path: str | Path,
    *,
    entity: str,
    period: str | None,
    sheet: str | None = None,
    units: Mapping[str, str] | None = None,
    reading: ReadOptions = NOTHING_STATED,
    guard: ReadingLimits | None = None,
) -> ReadResult:
    """Read a file as `read_panel` does, in a child process with limits.

    Raises
    ------
    DataError
        As `read_panel`; `limit.seconds` or `limit.memory` where the child was stopped.
    """
    request = {"entity": entity, "period": period, "sheet": sheet, "units": dict(units or {})}
    with TemporaryDirectory(prefix="xinzhi-", ignore_cleanup_errors=True) as folder:
        answer = _ask("panel", Path(path), request, Path(folder), reading, guard)
        return panel_result(answer, Path(folder))


def read_series_guarded(
    path: Path, *, keys: Sequence[str], sheet: str | None, reading: ReadOptions
) -> SeriesResult:
    """Read a file as `read_series` does, in a child process with limits."""
    with TemporaryDirectory(prefix="xinzhi-", ignore_cleanup_errors=True) as folder:
        request = {"keys": list(keys), "sheet": sheet}
        answer = _ask("series", path, request, Path(folder), reading)
        return series_result(answer, Path(folder))


def read_table_guarded(
    path: Path, *, sheet: str | None, names: Sequence[str], plain: bool = False
) -> RawTable:
    """Read the cells of a file as `read_table` does, in a child process."""
    with TemporaryDirectory(prefix="xinzhi-", ignore_cleanup_errors=True) as folder:
        request = {"names": list(names), "sheet": sheet, "plain": plain}
        return table_of(path, _ask("table", path, request, Path(folder)))


def sheets_guarded(path: Path) -> list[str]:
    """List the sheets of a workbook that hold more than one row, in a child process."""
    with TemporaryDirectory(prefix="xinzhi-", ignore_cleanup_errors=True) as folder:
        names: list[str] = _ask("names", path, {}, Path(folder))["names"]
        return names


def read_sheets_guarded(path: Path) -> tuple[RawTable, ...]:
    """Read the sheets of a workbook as `load.read_sheets` does, in a child process."""
    with TemporaryDirectory(prefix="xinzhi-", ignore_cleanup_errors=True) as folder:
        answer = _ask("sheets", path, {}, Path(folder))
        return tuple(table_of(path, sheet) for sheet in answer["sheets"])


def store_guarded(path: Path, folder: Path) -> RawTable:
    """Put the cells of a Parquet file into a folder, in a child process with limits; give the table."""
    size = path.stat().st_size // MEGABYTE
    longer = ReadingLimits(seconds=ReadingLimits().seconds + int(SECONDS * size))
    answer = _ask("store", path, {"folder": str(folder)}, folder, guard=longer)
    return table_of_parquet(path, folder, answer["names"])


def _ask(
    task: str,
    path: Path,
    request: Mapping[str, object],
    folder: Path,
    reading: ReadOptions = NOTHING_STATED,
    guard: ReadingLimits | None = None,
) -> Answer:
    """Let a child do a task; give its answer, or raise what it raised."""
    guard = guard or ReadingLimits(seconds=ReadingLimits().seconds + _more_seconds(path))
    whole = {
        "task": task,
        "path": str(path.resolve()),
        "reading": asdict(reading),
        "guard": asdict(guard),
        **request,
    }
    _run(whole, folder, guard, Where(file=shown_name(path)))
    answer: Answer = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    if "error" in answer:
        kind = getattr(errors, str(answer["error"]))
        raise kind(restored(Problem, problem) for problem in answer["problems"])
    return answer


def _more_seconds(path: Path) -> int:
    """Give a workbook time for each megabyte that it unpacks to; other files need none."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (OSError, ValueError, zipfile.BadZipFile):
        return 0
    return int(SECONDS * min(size, GUARDED.unpacked_bytes) / MEGABYTE)


def _run(request: Mapping[str, object], folder: Path, guard: ReadingLimits, where: Where) -> None:
    try:
        child = subprocess.run(  # noqa: S603  our own module, no shell
            [sys.executable, "-m", "xinzhi_panel.io.guard", str(folder)],
            input=json.dumps(request),
            text=True,
            capture_output=True,
            timeout=2 * guard.seconds,  # for a child that waits; a busy one meets RLIMIT_CPU first
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(_stopped(TOO_SLOW, where, guard)) from error
    except OSError as error:
        raise DataError.of(
            message(
                "The file is read by a process of its own, which the system refused: {reason}.",
                reason=error.strerror or str(error),
            ),
            where,
            message(
                "close other programs or raise the limits of the system, or save the table as csv."
            ),
            code="system.child",
        ) from error
    if (folder / "result.json").exists():
        return
    if child.returncode in OUT_OF_TIME:
        raise DataError(_stopped(TOO_SLOW, where, guard))
    if "MemoryError" in child.stderr:
        raise DataError(_stopped("limit.memory", where, guard))
    # Neither time nor a Python error: a parser crashed, or the system ended it.
    raise DataError.of(
        message(
            "Reading was stopped: the file is damaged, or needs more than {n} megabytes.",
            one="Reading was stopped: the file is damaged, or needs more than {n} megabyte.",
            n=guard.megabytes,
        ),
        where,
        message("download or export it again, or save the table as csv."),
        code="format.corrupt",
    )


def _stopped(code: str, where: Where, guard: ReadingLimits) -> Problem:
    return Problem(
        code,
        message(
            "Reading took more than {n} seconds and was stopped.",
            one="Reading took more than {n} second and was stopped.",
            n=guard.seconds,
        )
        if code == TOO_SLOW
        else message(
            "Reading took more than {n} megabytes and was stopped.",
            one="Reading took more than {n} megabyte and was stopped.",
            n=guard.megabytes,
        ),
        where,
        message("save the table as csv, or keep only what is needed."),
    )


def _child(folder: Path) -> None:
    """Read what the request says under its limits, and leave the result in the folder."""
    request = json.load(sys.stdin)
    guard = ReadingLimits(**request.pop("guard"))
    _limit("RLIMIT_AS", guard.megabytes * MEGABYTE)
    _limit("RLIMIT_CPU", guard.seconds)
    _end_in_time(2 * guard.seconds)
    reading = ReadOptions(**with_tuples(request.pop("reading")))
    task, path = TASKS[request.pop("task")], Path(request.pop("path"))
    try:
        document, frame = task(path, reading=reading, limits=GUARDED, **request)
    except StudyError as error:
        problems = list(map(document_of, error.problems))
        document = {"error": type(error).__name__, "problems": problems}
    else:
        import_module("pyarrow")
        frame.to_parquet(folder / "frame.parquet", index=False)
    # The result appears whole or not at all: a child that is stopped here has left none.
    (folder / "part.json").write_text(json.dumps(document), encoding="utf-8")
    move(folder / "part.json", folder / "result.json")


def _limit(name: str, most: int) -> None:
    """Limit this process where the system can; elsewhere the parent's clock has to do."""
    try:
        resource = import_module("resource")
    except ModuleNotFoundError:
        return
    limit = getattr(resource, name)
    _, hard = resource.getrlimit(limit)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (allowed, hard))


def _end_in_time(seconds: int) -> None:
    """End with the process that asked, and by the clock, whether anybody waits for the answer or not."""
    if sys.platform == "win32":  # it has no alarm: a thread ends it where the library lets one run
        clock = threading.Timer(seconds, os._exit, [1])
        clock.daemon = True
        clock.start()
    else:
        # What the system does with this signal is to end the process, even while a library is at work.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
    threading.Thread(target=end_with, args=(os.getppid(), WATCHED), daemon=True).start()


def _as_panel(path: Path, **request: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    result = read_panel_here(path, **request)
    panel = result.panel
    document = {
        "labels": {name: asdict(label) for name, label in panel.labels.items()},
        "units": dict(panel.units),
        "rows": list(panel.rows),
        "source": panel.source,
        "has_periods": panel.has_periods,
        "keys": list(panel.keys),
        "kinds": {str(name): str(kind) for name, kind in panel.frame.dtypes.items()},
        "columns": dict(result.columns),
        **document_of_findings(result),
    }
    return document, panel.frame.reset_index(names=[*TWIN_KEYS])


def _as_series(path: Path, **request: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    result = read_series_here(path, **request)
    keys = list(result.frame.index.names)
    flat = result.frame.reset_index(names=[f"\0{i}" for i in range(len(keys))])
    attrs = {"units": dict(result.units), "labels": result.frame.attrs[LABELS]}
    return {"keys": keys, **attrs, **document_of_findings(result)}, flat


def _as_table(path: Path, **request: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    request["names"] = tuple(request["names"])
    return document_of_table(read_table(path, **request)), pd.DataFrame()


def _as_names(path: Path, **request: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    return {"names": filled_sheets(path, limits=request["limits"])}, pd.DataFrame()


def _as_sheets(path: Path, **request: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    tables = read_sheets(path, limits=request["limits"])
    return {"sheets": list(map(document_of_table, tables))}, pd.DataFrame()


def _as_store(path: Path, **request: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    return {"names": store_parquet(path, Path(request["folder"]))}, pd.DataFrame()


TASKS: Mapping[str, Callable[..., tuple[dict[str, object], pd.DataFrame]]] = MappingProxyType(
    {
        "panel": _as_panel,
        "series": _as_series,
        "names": _as_names,
        "sheets": _as_sheets,
        "store": _as_store,
        "table": _as_table,
    }
)


if __name__ == "__main__":
    _child(Path(sys.argv[1]))
