"""The keys of the panel: entities as text, periods as whole numbers, each row once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import DuplicateKey, Where
from xinzhi.io.cells import LONGEST_NAME
from xinzhi.io.columnar import encode
from xinzhi.io.findings import ERRORS_PER_COLUMN, Findings, listed
from xinzhi.io.numbers import MISSING, tidy
from xinzhi.io.raw import Cell, RawTable
from xinzhi.io.years import Period, parse_period
from xinzhi.wording import Message, message

BLANK = MISSING - {"na", "nd", "无", "×"}
"""Marks that are no name of an entity; NA is Namibia."""
INNER = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
FOOTNOTE = re.compile(r"\s*(?:[①-⑳❶-❿⑴-⒇*＊†‡※]|\[\d{1,2}\]|［\d{1,2}］)+$")
TWIN_KEYS = ("\0entity", "\0period")
"""Names that no column of a file has."""
IS_YEAR = re.compile(r"年|year|yr", re.IGNORECASE)
BAD_PERIODS: dict[str, tuple[Message, Message]] = {
    "blank": (message("The period is empty."), message("fill it.")),
    "era": (
        message("'{cell}' counts years in another era."),
        message("write the year of the common era: add 1911 to years of the Republic (民国)."),
    ),
    "range": (
        message("'{cell}' is a range of years."),
        message("state one year a row."),
    ),
    "shorter": (
        message("'{cell}' is a part of a year."),
        message("aggregate to years first, or number the periods 1, 2, 3 …"),
    ),
    "fraction": (message("'{cell}' is no whole number."), message("periods are whole numbers.")),
    "not_a_period": (
        message("'{cell}' is no period."),
        message("write the year as a whole number, such as 2008."),
    ),
}
DECIDED: dict[str, Message] = {
    "year": message("Years were read from texts such as '{cell}'."),
    "date": message("Years were read from dates such as '{cell}'."),
    "hanzi": message("Years were read from numerals such as '{cell}'."),
}


def read_entities(
    cells: Sequence[Cell], rows: npt.NDArray[np.int64], table: RawTable, name: str, found: Findings
) -> npt.NDArray[np.object_]:
    """Read the names of entities: text, without invisible spaces; blank ones are errors."""
    codes, distinct = encode(cells)
    read = [_entity(cell) for cell in distinct]
    pairs = zip(distinct, read, strict=True)
    tidied = sum(isinstance(c, str) and e is not None and c != e for c, e in pairs)
    read = _without_footnotes(read, table, name, found)
    names = np.array([*read, None], dtype=object)[codes]
    blank = np.array([name is None for name in read], dtype=bool)
    for i in np.flatnonzero(blank[codes])[:ERRORS_PER_COLUMN].tolist():
        found.error(
            "panel.blank_key",
            message("The name of the entity is empty."),
            table.where(int(rows[i]), None, name),
            message("fill it; a row without a name cannot be used."),
        )
    if tidied:
        found.decide(
            message(
                "Spaces that do not belong to names were removed in column '{name}'.", name=name
            ),
            Where(file=table.file, sheet=table.sheet, column=name),
            tidied,
        )
    return names


def _without_footnotes(
    read: list[str | None], table: RawTable, name: str, found: Findings
) -> list[str | None]:
    """Take footnote marks off the ends of names, so that no city is cut in two by its notes."""
    bare = [
        FOOTNOTE.sub("", entity) or entity if entity and len(entity) <= LONGEST_NAME else entity
        for entity in read
    ]
    marked = [before for before, after in zip(read, bare, strict=True) if before != after]
    if marked:
        found.warn(
            "names.footnote",
            message(
                "Footnote marks were taken off names in column '{name}': {names}.",
                name=name,
                names=listed(marked),
            ),
            Where(file=table.file, sheet=table.sheet, column=name),
            message("see what the notes say: such rows often have another extent."),
        )
    return bare


def _entity(cell: Cell) -> str | None:
    if cell is None or isinstance(cell, bool):
        return None if cell is None else str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    text = unicodedata.normalize("NFC", tidy(str(cell)))
    text = INNER.sub("", re.sub(r"\s+", " ", text))
    return None if text.casefold() in BLANK else text


def read_periods(
    cells: Sequence[Cell], rows: npt.NDArray[np.int64], table: RawTable, name: str, found: Findings
) -> npt.NDArray[np.int64]:
    """Read the periods; what is no period is an error with its row."""
    codes, distinct = encode(cells)
    known = _complete_years({cell: parse_period(cell) for cell in distinct}, name)
    counts = dict(zip(distinct, np.bincount(codes, minlength=len(distinct)).tolist(), strict=True))
    where = Where(file=table.file, sheet=table.sheet, column=name)
    _say_how(known, counts, where, found)
    values = np.array([known[cell].value or 0 for cell in distinct] or [0], dtype=np.int64)[codes]
    bad = np.array([known[cell].value is None for cell in distinct], dtype=bool)
    at = np.flatnonzero(bad[codes]).tolist() if bad.any() else []
    for i in at[:ERRORS_PER_COLUMN]:
        how = known[cells[i]].how
        what, remedy = BAD_PERIODS[how]
        found.error(
            "panel.blank_key" if how == "blank" else f"year.{how}",
            message(what.template, cell=tidy(str(cells[i]))),
            table.where(int(rows[i]), None, name),
            remedy,
        )
    if at:
        return values
    _refuse_serials(values, rows, table, name, where, found)
    return values


def _complete_years(known: dict[Cell, Period], name: str) -> dict[Cell, Period]:
    """Read 98, 99, 00 as years where the column is one of years and all of them are short."""
    values = [period.value for period in known.values() if period.value is not None]
    short = [cell for cell, p in known.items() if p.value is not None and 0 <= p.value < 100]
    two_digit = any(period.how == "two_digit" for period in known.values())
    if not short or not (two_digit or (IS_YEAR.search(name) and len(short) == len(values))):
        return known
    completed = dict(known)
    for cell in short:
        value = known[cell].value or 0
        completed[cell] = Period(value + (2000 if value < 50 else 1900), "two_digit")
    return completed


def _say_how(
    known: dict[Cell, Period], counts: dict[Cell, int], where: Where, found: Findings
) -> None:
    hows = {period.how: cell for cell, period in reversed(list(known.items()))}
    for how, template in DECIDED.items():
        if how in hows:
            count = sum(n for cell, n in counts.items() if known[cell].how == how)
            found.decide(message(template.template, cell=hows[how]), where, count)
    if "two_digit" in hows:
        cell = hows["two_digit"]
        found.warn(
            "year.two_digit",
            message(
                "Years have two digits: '{cell}' was read as {year}.",
                cell=cell,
                year=known[cell].value,
            ),
            where,
            message("confirm {year}, or write years with four digits.", year=known[cell].value),
        )


def _refuse_serials(
    values: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    table: RawTable,
    name: str,
    where: Where,
    found: Findings,
) -> None:
    """Refuse day numbers of a spreadsheet, and mistyped years among years."""
    if not len(values):
        return
    is_year = bool(IS_YEAR.search(name))
    if is_year and values.min() >= 18_000 and values.max() <= 60_000:
        found.error(
            "year.serial",
            message(
                "The years look like day numbers of a spreadsheet ({value}).", value=int(values[0])
            ),
            where,
            message("format the column as a number and write the years, such as 2008."),
        )
        return
    plausible = (values >= 1500) & (values <= 2200)
    if plausible.mean() > 0.5:
        for i in np.flatnonzero(~plausible)[:ERRORS_PER_COLUMN].tolist():
            found.error(
                "year.implausible",
                message(
                    "{value} is no year, as the others of the column are.", value=int(values[i])
                ),
                table.where(int(rows[i]), None, name),
                message("write the year with four digits."),
            )


def refuse_or_drop_twins(
    frame: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    table: RawTable,
    found: Findings,
    *,
    has_periods: bool,
) -> npt.NDArray[np.bool_]:
    """Find rows with the same key: one of identical rows is kept, different ones are errors.

    Returns which rows stay.
    """
    stays = np.ones(len(frame), dtype=bool)
    if frame.index.is_unique:
        return stays
    twins = np.flatnonzero(frame.index.duplicated(keep=False))
    some = frame.iloc[twins].reset_index(names=[*TWIN_KEYS])
    keys = some.groupby([*TWIN_KEYS], sort=False).ngroup().to_numpy()
    is_new = ~some.duplicated(keep="first").to_numpy()
    differs = np.bincount(keys[is_new]) > 1
    stays[twins[~is_new & ~differs[keys]]] = False
    order = np.argsort(keys, kind="stable")
    groups = np.split(twins[order], np.flatnonzero(np.diff(keys[order])) + 1)
    for n, places in enumerate(groups[:ERRORS_PER_COLUMN]):
        _say_twins(frame, rows, places, table, found, same=not differs[n], dated=has_periods)
    return stays


def _say_twins(
    frame: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
    table: RawTable,
    found: Findings,
    *,
    same: bool,
    dated: bool,
) -> None:
    """Name the rows of one key that stands more than once."""
    entity, period = frame.index[int(places[0])]
    numbers = rows[places].tolist()
    key = f"{entity} {period}" if dated else str(entity)
    where = Where(
        file=table.file,
        sheet=table.sheet,
        row=numbers[-1],
        entity=str(entity),
        period=int(period) if dated else None,
    )
    if same:
        found.warn(
            "panel.duplicate",
            message("Rows {rows} are identical ({key}).", rows=listed(numbers), key=key),
            where,
            message("one is kept; remove the others from the file."),
        )
        return
    found.error(
        "panel.duplicate",
        message(
            "Rows {rows} carry the same key ({key}) with other values.",
            rows=listed(numbers),
            key=key,
        ),
        where,
        message("keep one row for each entity and period."),
        DuplicateKey,
    )
