"""The periods of the panel: whole numbers, years most often."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from xinzhi.errors import Where
from xinzhi.io.columnar import encode
from xinzhi.io.findings import ERRORS_PER_COLUMN, Findings
from xinzhi.io.numbers import tidy
from xinzhi.io.raw import Cell, RawTable
from xinzhi.io.years import Period, parse_period
from xinzhi.wording import Message, message

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
    "timezone": (
        message("'{cell}' is New Year by the clock of another time zone."),
        message("write dates without hours, or years."),
    ),
    "fraction": (message("'{cell}' is no whole number."), message("periods are whole numbers.")),
    "not_a_period": (
        message("'{cell}' is no period."),
        message("write the year as a whole number, such as 2008."),
    ),
}
DOUBTED: dict[str, tuple[Message, Message]] = {
    "two_digit": (
        message("Years have two digits: '{cell}' was read as {year}."),
        message("confirm {year}, or write years with four digits."),
    ),
    "one_part": (
        message(
            "'{cell}' is a part of a year, and of each year there is this part only: read as {year}."
        ),
        message("see that the values are of the whole year or of its end, or write the years."),
    ),
    "noted": (
        message("'{cell}' was read as {year}."),
        message("see what the note says: such figures are often revised or estimated."),
    ),
    "typed_year": (
        message("A year stands in a cell formatted as a date ('{cell}'): read as {year}."),
        message("format the column as a number, so that you see what is read."),
    ),
}
"""How a period was read that is worth a warning, and what to do; stated under `accept` it is confirmed."""
DECIDED: dict[str, tuple[str, Message]] = {
    "year": ("year.text", message("Years were read from texts such as '{cell}'.")),
    "date": ("year.date", message("Years were read from dates such as '{cell}'.")),
    "hanzi": ("year.numerals", message("Years were read from numerals such as '{cell}'.")),
}


def read_periods(
    cells: Sequence[Cell], rows: npt.NDArray[np.int64], table: RawTable, name: str, found: Findings
) -> npt.NDArray[np.int64]:
    """Read the periods; what is no period is an error with its row."""
    codes, distinct = encode(cells)
    known = _complete_years({cell: parse_period(cell) for cell in distinct}, name)
    known = _one_part(known)
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


def _one_part(known: dict[Cell, Period]) -> dict[Cell, Period]:
    """Read parts of years as years where all are the same part, as the ends of years are."""
    parts = {period.part[1] if period.part else None for period in known.values()}
    if len(parts) != 1 or None in parts:
        return known
    return {cell: Period(p.part[0], "one_part") for cell, p in known.items() if p.part}


def _say_how(
    known: dict[Cell, Period], counts: dict[Cell, int], where: Where, found: Findings
) -> None:
    hows = {period.how: cell for cell, period in reversed(list(known.items()))}
    for how, (code, what) in DECIDED.items():
        if how in hows:
            count = sum(n for cell, n in counts.items() if known[cell].how == how)
            found.decide(code, message(what.template, cell=hows[how]), where, count)
    for how, (what, remedy) in DOUBTED.items():
        if how in hows:
            cell, year = hows[how], known[hows[how]].value
            said = message(what.template, cell=_as_seen(cell), year=year)
            found.warn(f"year.{how}", said, where, message(remedy.template, year=year))


def _as_seen(cell: Cell) -> str:
    return cell.isoformat()[:10] if isinstance(cell, date) else tidy(str(cell))


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
    if is_year and ((values.min() >= 60 and values.max() < 1000) or values.min() > 2200):
        found.error(
            "year.implausible",
            message("{value} is no year of the common era.", value=int(values[0])),
            where,
            message("write the years, such as 2008; years of the Republic (民国) need 1911 more."),
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
