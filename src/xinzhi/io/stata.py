"""Stata files to rows of typed cells: labels become values and titles."""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from xinzhi.errors import DataError, MissingExtra, Problem, Where
from xinzhi.io.archive import corrupt
from xinzhi.io.cells import loose
from xinzhi.io.findings import Findings
from xinzhi.io.raw import Cell, RawTable, shown_name
from xinzhi.io.text import common_share
from xinzhi.wording import message

UNICODE_FROM = 118
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


def read_stata(path: Path, *, names: tuple[str, ...] = (), encoding: str | None = None) -> RawTable:
    """Read a Stata file; the first row holds the titles: variable labels, else variable names.

    Variable names are the titles where the wanted `names` are among them and not among the labels.

    Raises
    ------
    DataError
        `format.corrupt`, `encoding.unknown`.
    MissingExtra
        The library pyreadstat is not installed.
    """
    where = Where(file=shown_name(path))
    pyreadstat = _library(where)
    frame, meta, used = _read(pyreadstat, path, where, encoding)
    found = Findings()
    if encoding is None:
        found.decide(message("Encoding {name}: {reason}.", name=used, reason=_WHY), where)
    titles = _titles(meta, names)
    labelled = [str(n) for n in meta.variable_value_labels if n in frame.columns]
    if labelled:
        what = message("Value labels were taken for values in: {names}.", names=", ".join(labelled))
        found.decide(what, where, len(labelled))
    columns = []
    for name in frame.columns:
        cells, letters = _cells(frame[name], set(meta.missing_user_values.get(name, [])))
        for letter, n in sorted(letters.items()):
            what = message(
                "'{mark}' stands for a missing value in column '{name}'.",
                mark=f".{letter}",
                name=titles[name],
            )
            found.decide(what, Where(file=where.file, column=titles[name]), n)
        columns.append(cells)
    rows: list[list[Cell]] = [[titles[name] for name in frame.columns]]
    rows += [list(row) for row in zip(*columns, strict=True)]
    return RawTable(
        where.file or "", rows, kind="dta", encoding=used, decisions=tuple(found.decisions)
    )


_WHY = message("as the file says or its bytes prove")


def _library(where: Where) -> Any:
    try:
        return import_module("pyreadstat")
    except ModuleNotFoundError as error:
        raise MissingExtra(
            Problem(
                "format.library",
                message("Reading this file needs the library {name}.", name="pyreadstat"),
                where,
                message("install it: pip install {name}", name="pyreadstat"),
            )
        ) from error


def _read(
    pyreadstat: Any, path: Path, where: Where, encoding: str | None
) -> tuple[pd.DataFrame, Any, str]:
    """Read with the first encoding that fits: as stated, that of the file, UTF-8, GB 18030."""
    tried = [encoding] if encoding else [None, "utf-8", "gb18030"]
    if not encoding and _version(path) < UNICODE_FROM:
        tried = ["utf-8", "gb18030"]
    errors = (
        *(pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError, ValueError),
        *(TypeError, KeyError, IndexError, OverflowError, UserWarning),
    )
    failure = ""
    for name in tried:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # columns of one name are damage
                frame, meta = pyreadstat.read_dta(
                    str(path), apply_value_formats=True, user_missing=True, encoding=name
                )
        except errors as error:
            failure = str(error)
            continue
        used = str(name or meta.file_encoding or "utf-8")
        _refuse_unlikely(frame, meta, used, where, stated=encoding is not None)
        return frame, meta, used
    raise DataError(corrupt(where, failure))


def _version(path: Path) -> int:
    with path.open("rb") as stream:
        head = stream.read(64)
    if head.startswith(b"<stata_dta>"):
        digits = head.partition(b"<release>")[2][:3]
        return int(digits) if digits.isdigit() else UNICODE_FROM
    return head[0] if head else 0


def _refuse_unlikely(
    frame: pd.DataFrame, meta: Any, used: str, where: Where, *, stated: bool
) -> None:
    texts = [t for t in meta.column_labels if isinstance(t, str)]
    for name in frame.columns:
        texts += [t for t in frame[name].unique().tolist() if isinstance(t, str)]
    if used == "gb18030" and not stated and common_share("".join(texts)) < 0.85:
        raise DataError(
            Problem(
                "encoding.unknown",
                message("The encoding of the file is neither UTF-8 nor, clearly, GB 18030."),
                where,
                message("state the encoding, or save the file with a newer Stata."),
            )
        )


def _titles(meta: Any, names: tuple[str, ...]) -> dict[str, str]:
    """Title of each variable: its label, unless the wanted names are variable names."""
    labels = [
        label or name for name, label in zip(meta.column_names, meta.column_labels, strict=True)
    ]
    by_label = {loose(label) for label in labels}
    by_name = {loose(name) for name in meta.column_names}
    wanted = {loose(name) for name in names}
    twice = len(by_label) < len(labels)
    if twice or (wanted and not wanted <= by_label and wanted <= by_name):
        return {name: name for name in meta.column_names}
    return dict(zip(meta.column_names, labels, strict=True))


def _cells(values: pd.Series, missing: set[object]) -> tuple[list[Cell], dict[str, int]]:
    """Cells of a column; the letters of extended missing values are counted."""
    letters: dict[str, int] = {}
    cells: list[Cell] = []
    for value in values.astype(object).tolist():
        if value in missing and isinstance(value, str) and value in LETTERS:
            letters[value] = letters.get(value, 0) + 1
            cells.append(None)
        elif value is None or value is pd.NaT or value != value or value == "":  # noqa: PLR0124
            cells.append(None)
        else:
            cells.append(value)
    return cells, letters
