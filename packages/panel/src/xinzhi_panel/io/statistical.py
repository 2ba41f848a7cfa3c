"""Files of Stata, SPSS and SAS to rows of typed cells: variables keep names and labels, codes their labels."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import message
from xinzhi_panel.io.arrow import doubt_single
from xinzhi_panel.io.raw import Cell, RawTable, ReadingFindings, library, listed, shown_name
from xinzhi_panel.io.recognise.cells import cell_text, loose, tidy
from xinzhi_panel.io.stata import refuse_shifted
from xinzhi_panel.io.text.encoding import common_share
from xinzhi_panel.io.workbook.archive import corrupt

UNICODE_FROM = 118
SPECIAL = re.compile(r"[A-Za-z_]")
"""Letters of special missing values: .a of Stata, .A of SAS."""
PART_FORMAT = re.compile(r"%-?t([qmwh])")
PART_FORMAT_OF_SPSS = re.compile(r"(Q|MO|WK)YR")
DAY_ZERO_OF_SPSS = datetime(1582, 10, 14)  # noqa: DTZ001  days, without a zone
PARTS: Mapping[str, int] = MappingProxyType({"h": 2, "q": 4, "m": 12, "w": 52})
"""Format of dates of Stata -> parts of a year; all count from 1960."""
LIKELY = 0.85
"""Share of common characters from which on a text is believed to be Chinese in GB 18030."""
UNSURE = re.compile(r"(?:windows-125\d|iso-8859-\d+|us-ascii)?", re.IGNORECASE)
"""Encodings that take any byte, or that a file states without meaning it."""


@dataclass(frozen=True, slots=True)
class StatisticalProgram:
    """How files of one program are read."""

    function: str
    marks_missing: bool = True
    says_encoding: bool = True


KINDS: Mapping[str, StatisticalProgram] = MappingProxyType(
    {
        "dta": StatisticalProgram("read_dta"),
        "sav": StatisticalProgram("read_sav"),
        "sas7bdat": StatisticalProgram("read_sas7bdat"),
        "xport": StatisticalProgram("read_xport", marks_missing=False, says_encoding=False),
    }
)


def read_statistical(path: Path, kind: str, *, encoding: str | None = None) -> RawTable:
    """Read a file; the first row holds the names of its variables, `labels` their labels.

    Raises
    ------
    DataError
        `format.corrupt`, `encoding.unknown`.
    MissingExtra
        The library pyreadstat is not installed.
    """
    where = Where(file=shown_name(path))
    if kind == "dta":
        refuse_shifted(path)
    frame, meta, used = _read(library("pyreadstat", where), path, kind, where, encoding)
    findings, labelled = ReadingFindings(), []
    if encoding is None:
        findings.decide(
            "text.encoding", message("Encoding {name}: {reason}.", name=used, reason=_WHY), where
        )
    columns = []
    for name in frame.columns:
        labels = meta.variable_value_labels.get(name) or {}
        place = Where(file=where.file, column=str(name))
        cells = _column(frame[name], name, meta, place, findings)
        is_single = meta.readstat_variable_types.get(name) == "float"
        if is_single and (doubt := doubt_single(str(name), cells, where)):
            findings.warnings.append(doubt)
        if any(cell in labels for cell in cells):
            labelled.append(str(name))
            cells = _labelled(cells, labels, place, findings)
        columns.append(cells)
    if labelled:
        sentence = message(
            "Value labels were taken for values in: {names}.", names=", ".join(labelled)
        )
        findings.decide("stata.labels", sentence, where, len(labelled))
    rows: list[list[Cell]] = [list(map(str, frame.columns))]
    rows += [list(row) for row in zip(*columns, strict=True)]
    return RawTable(
        where.file or "",
        rows,
        kind=kind,
        encoding=used,
        labels=_labels(meta),
        decisions=tuple(findings.decisions),
        warnings=tuple(findings.warnings),
    )


_WHY = message("as the file declares or its bytes show")


def _read(
    pyreadstat: Any, path: Path, kind: str, where: Where, encoding: str | None
) -> tuple[pd.DataFrame, Any, str]:
    """Read with the first encoding that fits: as stated, that of the file, UTF-8, GB 18030."""
    how = KINDS[kind]
    # None asks the library for the encoding that the file declares.
    tried = [encoding] if encoding else [None, "utf-8", "gb18030"]
    if not encoding and (
        not how.says_encoding or (kind == "dta" and _version(path) < UNICODE_FROM)
    ):
        tried = ["utf-8", "gb18030"]
    options = {"user_missing": True} if how.marks_missing else {}
    errors = (
        *(pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError, ValueError),
        *(TypeError, KeyError, IndexError, OverflowError, UserWarning),
    )
    failure: str | Problem = ""
    fallback = None
    for name in tried:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # columns of one name are damage
                frame, meta = getattr(pyreadstat, how.function)(str(path), encoding=name, **options)
        except errors as error:
            failure = str(error)
            continue
        used = str(name or meta.file_encoding or "utf-8")
        texts = "".join(_texts(frame, meta))
        # A declared encoding that fits any bytes is used only where UTF-8 and GB 18030 fail.
        if name is None and UNSURE.fullmatch(meta.file_encoding or "") and not texts.isascii():
            fallback = (frame, meta, used) if meta.file_encoding else None
        elif used == "gb18030" and encoding is None and common_share(texts) < LIKELY:
            failure = Problem(
                "encoding.unknown",
                message("The encoding of the file is neither UTF-8 nor, clearly, GB 18030."),
                where,
                message("state the encoding, or save the file with a newer program."),
            )
        else:
            return frame, meta, used
    if fallback:
        return fallback
    raise DataError(corrupt(where, failure) if isinstance(failure, str) else failure)


def _version(path: Path) -> int:
    with path.open("rb") as stream:
        head = stream.read(64)
    if head.startswith(b"<stata_dta>"):
        digits = head.partition(b"<release>")[2][:3]
        return int(digits) if digits.isdigit() else UNICODE_FROM
    return head[0] if head else 0


def _texts(frame: pd.DataFrame, meta: Any) -> list[str]:
    """All words of a file: labels of variables and values, and cells."""
    texts = [t for t in meta.column_labels if isinstance(t, str)]
    for labels in meta.variable_value_labels.values():
        texts += [str(t) for t in labels.values()]
    for name in frame.columns:
        if frame[name].dtype.kind not in "fiu":
            texts += [t for t in frame[name].unique().tolist() if isinstance(t, str)]
    return texts


def _labels(meta: Any) -> dict[str, str]:
    """Labels of variables, where they say more than the names."""
    pairs = zip(meta.column_names, meta.column_labels, strict=True)
    return {name: tidy(label) for name, label in pairs if label and loose(label) != loose(name)}


def _column(
    values: pd.Series, name: str, meta: Any, where: Where, findings: ReadingFindings
) -> list[Cell]:
    """Cells of a variable: what the file declares missing is empty, parts of years are spelt out."""
    cells, marks = _cells(values, _missing(name, meta))
    for mark, n in sorted(marks.items()):
        sentence = message(
            "'{mark}' denotes a missing value in column '{name}'.", mark=mark, name=where.column
        )
        findings.decide("number.missing", sentence, where, n)
    written = meta.original_variable_types.get(name) or ""
    if part := PART_FORMAT.match(written):
        cells = [_part_of_stata(cell, part.group(1)) for cell in cells]
    elif part := PART_FORMAT_OF_SPSS.match(written):
        cells = [_part_of_spss(cell, part.group(1)) for cell in cells]
    if part:
        findings.decide(
            "labels.dates",
            message("Parts of years were spelt out in column '{name}'.", name=where.column),
            where,
        )
    return cells


def _missing(name: str, meta: Any) -> Callable[[Any], str | None]:
    """Tell the mark of a value that the file declares to be missing."""
    letters = set(meta.missing_user_values.get(name) or ())
    ranges = meta.missing_ranges.get(name) or ()

    def mark(value: object) -> str | None:
        if isinstance(value, str) and value in letters and SPECIAL.fullmatch(value):
            return f".{value}"
        for span in ranges:
            if isinstance(value, type(span["lo"])) and span["lo"] <= value <= span["hi"]:
                return cell_text(value)
        return None

    return mark


def _cells(
    values: pd.Series, missing: Callable[[object], str | None]
) -> tuple[list[Cell], dict[str, int]]:
    """Cells of a column; values that are declared to be missing are counted by their marks."""
    marks: dict[str, int] = {}
    mark_of = cache(missing)
    cells: list[Cell] = []
    for value in values.astype(object).tolist():
        if value is None or value is pd.NaT or value != value or value == "":  # noqa: PLR0124
            cells.append(None)
            continue
        if (mark := mark_of(value)) is not None:
            marks[mark] = marks.get(mark, 0) + 1
        cells.append(None if mark is not None else value)
    return cells, marks


def _labelled(
    cells: list[Cell], labels: Mapping[object, str], where: Where, findings: ReadingFindings
) -> list[Cell]:
    """Put labels in the place of codes; codes without one stay, and are named."""
    bare = {cell for cell in cells if cell is not None and cell not in labels}
    if bare:
        findings.warn(
            "labels.partly",
            message(
                "Of the values of '{name}' only some carry a label; without one are: {values}.",
                name=where.column,
                values=listed(sorted(map(cell_text, bare))),
            ),
            where,
            message("give each value a label, or none."),
        )
    return [labels.get(cell, cell) for cell in cells]


def _part_of_stata(cell: Cell, kind: str) -> Cell:
    """Spell out a half-year, quarter, month or week that Stata counts from 1960.

    >>> _part_of_stata(239.0, "q"), _part_of_stata(719.0, "m"), _part_of_stata(-1.0, "h")
    ('2019q4', '2019m12', '1959h2')
    """
    if not isinstance(cell, float) or not cell.is_integer():
        return cell
    year, part = divmod(int(cell), PARTS[kind])
    return f"{1960 + year}{kind}{part + 1}"


def _part_of_spss(cell: Cell, kind: str) -> Cell:
    """Spell out a quarter, month or week that SPSS counts in seconds from 1582.

    >>> _part_of_spss(13797129600.0, "Q"), _part_of_spss(13797129600.0, "MO")
    ('2019q4', '2019m12')
    """
    if not isinstance(cell, float) or not 0 <= cell < 1e12:
        return cell
    day = DAY_ZERO_OF_SPSS + timedelta(seconds=cell)
    week = (day.timetuple().tm_yday - 1) // 7 + 1
    part = {"Q": f"q{(day.month + 2) // 3}", "MO": f"m{day.month}", "WK": f"w{week}"}[kind]
    return f"{day.year}{part}"
