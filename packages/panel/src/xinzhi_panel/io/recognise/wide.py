"""Tables of another shape than one row for each entity and period: wide ones, and ones by indicator.

Wide tables have years across the columns: columns called by years alone (one variable), by a variable
and a year ("GDP2008", "2008年GDP"), or two rows of names with variables above years. Tables by indicator
have the names of variables in a column; each becomes a column.

The rows of the table below its header, as columns of cells with row numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, compress, repeat

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import MissingColumn
from xinzhi_core.periods import FIRST, LAST
from xinzhi_core.problems import DUPLICATE_KEY, WIDE_TABLE, missing_column
from xinzhi_core.wording import Wording, message
from xinzhi_panel.io.raw import (
    ERRORS_PER_COLUMN,
    Cell,
    RawTable,
    ReadingFindings,
    ReadOptions,
    listed,
)
from xinzhi_panel.io.recognise.cells import LONGEST_NAME, cell_text, is_missing, loose
from xinzhi_panel.io.recognise.layout import Header
from xinzhi_panel.io.recognise.merged_cells import check_merged
from xinzhi_panel.io.recognise.rows import left_out
from xinzhi_panel.io.recognise.rows.data_rows import rows_of_data
from xinzhi_panel.io.recognise.rows.excluded_rows import KeyColumns, RowFates
from xinzhi_panel.io.recognise.rows.texts import text_behind
from xinzhi_panel.io.recognise.years import (
    DOUBTED,
    looks_like_year,
    other_calendars,
    parse_period,
    span,
    without_note,
)
from xinzhi_panel.io.text.columns import ColumnRows, column_of, lengths_of


@dataclass(frozen=True, slots=True)
class Body:
    """Columns of cells and the row of the file of each."""

    columns: dict[str, Sequence[Cell]]
    rows: npt.NDArray[np.int64]
    fates: RowFates
    """What became of every row of the table."""


def find_body(
    table: RawTable,
    header: Header,
    entity: str,
    findings: ReadingFindings,
    *,
    period: str | None = None,
    entities: tuple[str, ...] = (),
    leave_out: tuple[str, ...] = (),
    is_panel: bool = False,
) -> Body:
    """Take the data rows; blank rows, repeated headers, totals and notes are left out and named.

    Raises
    ------
    DataError
        `layout.ragged` for rows with more or fewer fields than there are names,
        `layout.second_table` for a table with other columns below, `layout.no_rows` for none at all.
    """
    lines = table.rows[header.first_data - 1 :]
    numbers = np.arange(header.first_data, header.first_data + len(lines))
    places = dict(zip(map(loose, header.names), header.positions, strict=True))
    when = places.get(loose(period)) if period else None
    keys = KeyColumns(places[loose(entity)], when, is_panel, frozenset(entities))
    fates = RowFates(len(table.rows))
    _leave_out_heading(table, header, fates)
    keep = rows_of_data(table, header, lines, keys, fates, findings)
    if leave_out:
        names = column_of(lines, keys.entity)
        stay = left_out.stays(names, header.first_data, leave_out, table, findings)
        fates.leave_out(numbers[~stay].tolist(), "stated")
        keep = keep & stay
    if not table.has_addresses:
        _refuse_ragged(table, header, lines, keep, findings)
    if not keep.any():
        findings.error(
            "layout.no_rows",
            message("The table has names of columns but no rows of data."),
            table.where(header.row),
            message("write the rows below the names, or name the sheet that has them."),
        )
    check_merged(table, header, keys, keep, findings)
    findings.stop_if_wrong()
    if isinstance(lines, ColumnRows):
        cells = (lines if keep.all() else lines.select(keep)).columns
        columns = {n: cells[i] for n, i in zip(header.names, header.positions, strict=True)}
        return Body(columns, numbers[keep], fates)
    data = lines if keep.all() else list(compress(lines, keep.tolist()))
    return Body(_columns(header, data), numbers[keep], fates)


def _leave_out_heading(table: RawTable, header: Header, fates: RowFates) -> None:
    """Count the rows above the data: titles, names and units, and blank ones among them."""
    above = range(1, header.first_data)
    blank = [row for row in above if not any(map(cell_text, table.rows[row - 1]))]
    fates.leave_out(blank, "blank")
    fates.leave_out(above, "heading")


def _columns(header: Header, lines: Sequence[Sequence[Cell]]) -> dict[str, Sequence[Cell]]:
    width = max(header.positions) + 1
    if min(map(len, lines), default=width) < width:
        lines = [[*line, *([None] * (width - len(line)))] for line in lines]
    return {
        name: [line[i] for line in lines]
        for name, i in zip(header.names, header.positions, strict=True)
    }


def _refuse_ragged(
    table: RawTable,
    header: Header,
    lines: Sequence[Sequence[Cell]],
    keep: npt.NDArray[np.bool_],
    findings: ReadingFindings,
) -> None:
    width = len(table.rows[header.row - 1])
    lengths = lengths_of(lines)
    if lengths is None:
        return
    n_wrong = 0
    for i in np.flatnonzero((lengths != width) & keep).tolist():
        line = lines[i]
        # A remark behind the table, or fields that no heading names, are not shifted cells.
        if len(line) > width and text_behind(table, header.first_data + i, width) is not None:
            continue
        if len(line) < width and not any(map(cell_text, table.rows[header.row - 1][len(line) :])):
            continue
        n_wrong += 1
        if n_wrong <= ERRORS_PER_COLUMN:
            findings.error(
                "layout.ragged",
                message(
                    "The row has {n} fields where the header has {width}.",
                    one="The row has {n} field where the header has {width}.",
                    n=len(line),
                    width=width,
                ),
                table.where(header.first_data + i),
                message(
                    "quote the cell that holds the separator, or add or remove the field; "
                    "columns are never shifted and rows never dropped silently."
                ),
            )


def key_columns(
    table: RawTable, body: Body, keys: Sequence[str], row: int, findings: ReadingFindings
) -> list[str]:
    """Find the keys among the columns, whatever their width and case.

    Raises
    ------
    MissingColumn
        A key is not a column, with the columns that there are.
    """
    by_name = {loose(name): name for name in body.columns}
    for key in keys:
        if loose(key) not in by_name:
            findings.refuse(
                missing_column(key, tuple(body.columns), table.where(row)), MissingColumn
            )
    findings.stop_if_wrong()
    return [by_name[loose(key)] for key in keys]


DEFAULT_VALUE = "value"
YEAR_LAST = re.compile(r"(.*?\D)[\s_.\-—–:：/(（\[]*((?:19|20)\d{2})\s*年?[)）\]]?", re.DOTALL)
YEAR_FIRST = re.compile(r"((?:19|20)\d{2})\s*年?[\s_.\-—–:：/]*(\D.*)", re.DOTALL)
EDGES = " _.-—–:：/(（["


def variable_and_year(name: str) -> tuple[str, int] | None:
    """Split the name of a column into a variable and a year; None where there is no year.

    >>> variable_and_year("GDP_2008"), variable_and_year("2008年人口"), variable_and_year("2008")
    (('GDP', 2008), ('人口', 2008), ('', 2008))
    """
    text = without_note(name.strip())
    if len(text) > LONGEST_NAME:
        return None
    if looks_like_year(text):
        return "", parse_period(text).value or 0
    if match := YEAR_LAST.fullmatch(text):
        return match.group(1).strip(EDGES), int(match.group(2))
    if match := YEAR_FIRST.fullmatch(text):
        return match.group(2).strip(EDGES), int(match.group(1))
    return None


def is_wide(header: Header, period: str) -> bool:
    """Whether there is no column of periods but there are columns that are called by years."""
    names = {loose(name) for name in header.names}
    return loose(period) not in names and len(_by_variable(header.names)) > 0


def has_years_in_labels(table: RawTable, period: str) -> bool:
    """Whether years stand in the labels of columns and neither they nor the period among the names.

    Stata calls columns of a sheet by letters where their headings are years, and keeps these as labels.
    """
    if not table.labels:
        return False
    names = [str(name) for name in table.rows[0]]
    labels = [table.labels.get(name, name) for name in names]
    is_named = loose(period) in set(map(loose, names))
    return not is_named and not _by_variable(names) and len(_by_variable(labels)) > 0


def warn_years_beside(table: RawTable, header: Header, findings: ReadingFindings) -> None:
    """Warn of columns called by years alone beside a column of periods."""
    years = list(_by_variable(header.names).get("", {}).values())
    if years:
        findings.warn(
            "layout.years_beside_period",
            message(
                "Columns {names} are named after years although there is a column of periods.",
                one="Column {names} is named after a year although there is a column of periods.",
                n=len(years),
                names=listed(years),
            ),
            table.where(header.row, None, years[0]),
            message("they are read as variables of their own; take out what does not belong."),
        )


def _by_variable(names: Sequence[str]) -> dict[str, dict[int, str]]:
    """Variable -> year -> column, for variables that stand there for two years or more."""
    variables: dict[str, dict[int, str]] = {}
    for name in names:
        split = variable_and_year(name)
        if split is not None:
            # The first of two columns of one year stays here; `_report_doubts` refuses the second.
            variables.setdefault(split[0], {}).setdefault(split[1], name)
    return {variable: years for variable, years in variables.items() if len(years) > 1}


def unpivot(
    table: RawTable,
    header: Header,
    body: Body,
    period: str,
    reading: ReadOptions,
    findings: ReadingFindings,
) -> Body:
    """Turn columns called by years into rows; missing combinations become empty cells."""
    variables = _by_variable(header.names)
    value = reading.value or table.sheet or DEFAULT_VALUE
    _report(table, header, variables, value, reading, findings)
    years = sorted({year for columns in variables.values() for year in columns})
    dated = {name for by_year in variables.values() for name in by_year.values()}
    n = len(years)
    columns: dict[str, Sequence[Cell]] = {
        name: [cell for cell in cells for _ in range(n)]
        for name, cells in body.columns.items()
        if name not in dated
    }
    columns[period] = [float(year) for year in years] * len(body.rows)
    # A variable that lacks a year has empty cells there.
    nothing: list[Cell] = [None] * len(body.rows)
    for variable, by_year in variables.items():
        wide = [body.columns[by_year[year]] if year in by_year else nothing for year in years]
        columns[variable or value] = list(chain.from_iterable(zip(*wide, strict=True)))
    return Body(columns, np.repeat(body.rows, n), body.fates)


def units_of_variables(
    table: RawTable, header: Header, value: str, findings: ReadingFindings
) -> Header:
    """Give the units of columns by years to their variables; a unit that changes is an error."""
    units = dict(header.units)
    for variable, by_year in _by_variable(header.names).items():
        mine = {year: units.pop(name) for year, name in by_year.items() if name in units}
        different = dict.fromkeys(mine.values())
        if len(different) > 1:
            findings.error(
                "units.differ",
                message(
                    "The unit of '{name}' changes between the years: {units}.",
                    name=variable or value,
                    units=listed(f"{year} {unit}" for year, unit in sorted(mine.items())),
                ),
                table.where(header.row, None, variable or value),
                message("convert the values to one unit."),
            )
        if different:
            units[variable or value] = next(iter(different))
    titled = {value: header.title} if header.title and "" in _by_variable(header.names) else {}
    return replace(header, units=units, full={**header.full, **titled})


def _report(
    table: RawTable,
    header: Header,
    variables: dict[str, dict[int, str]],
    value: str,
    reading: ReadOptions,
    findings: ReadingFindings,
) -> None:
    where = table.where(header.row)
    if "" in variables and reading.value is None:
        findings.warn(
            WIDE_TABLE,
            message(
                "Years are spread over {n} columns; they were turned into rows, and the values "
                "are called '{name}'.",
                one="Years stand across {n} column; they were turned into rows, the values are called '{name}'.",
                n=len(variables[""]),
                name=value,
            ),
            where,
            message("state the name of the values (`value`)."),
        )
    _report_doubts(table, header, variables, findings)
    named = [variable for variable in variables if variable]
    if named:
        findings.decide(
            WIDE_TABLE,
            message(
                "Columns of variables by years were turned into rows: {names}.", names=listed(named)
            ),
            where,
            sum(len(variables[variable]) for variable in named),
        )


def _refuse_other_calendars(
    table: RawTable, header: Header, variables: dict[str, dict[int, str]], findings: ReadingFindings
) -> None:
    """Refuse headings that count years otherwise, beside those of years: 105年, 2555, GDP_105."""
    dated = {name for by_year in variables.values() for name in by_year.values()}
    for name in header.names:
        for variable, by_year in variables.items():
            rest = name.removeprefix(variable)
            stands_apart = not variable or (rest != name and rest[:1] in EDGES)
            if name in dated or not stands_apart:
                continue
            meaning = _other_year(rest.strip(EDGES), sorted(by_year))
            if meaning is None:
                continue
            findings.error(
                "year.implausible",
                message(
                    "The heading '{name}' is not a year of the common era, as those beside it are ({years}).",
                    name=name,
                    years=span(min(by_year), max(by_year)),
                ),
                table.where(header.row, None, name),
                message(
                    "write the years of all columns in one calendar, with four digits: it may be {years}.",
                    years=meaning,
                )
                if str(meaning)
                else message("write the year with four digits."),
            )
            break


def _other_year(text: str, years: Sequence[int]) -> Wording | None:
    """Tell which year a text may be in another calendar; empty where nobody can, None where it is not a year."""
    period = parse_period(text)
    if period.how in {"era", "lunar"}:
        digits = re.search(r"\d{1,4}", text)
        value = int(digits[0]) if digits else None
        return "" if value is None else other_calendars(np.array([*years, value])).get(value, "")
    if period.how not in {"plain", "two_digit"} or not text[:1].isdigit():
        return None
    value = int(text[:4]) if text.isdigit() else None
    if value is None:
        return None
    meaning = other_calendars(np.array([*years, value])).get(value, "")
    return meaning if str(meaning) or FIRST <= value <= LAST else None


def _report_doubts(
    table: RawTable, header: Header, variables: dict[str, dict[int, str]], findings: ReadingFindings
) -> None:
    """Warn of years with a note; refuse two columns of one variable and year, and years of other calendars."""
    _refuse_other_calendars(table, header, variables, findings)
    key_of = {
        name: (variable, year) for variable, by in variables.items() for year, name in by.items()
    }
    noted = {name: year for name, (_, year) in key_of.items() if without_note(name) != name}
    if noted:
        name, year = next(iter(noted.items()))
        sentence, remedy = DOUBTED["noted"]
        doubt = message(sentence.template, cell=name, year=year)
        findings.warn("year.noted", doubt, table.where(header.row, None, name), remedy)
    for name in header.names:
        key = variable_and_year(name)
        if key is not None and name not in key_of and key in key_of.values():
            first = next(other for other, its_key in key_of.items() if its_key == key)
            findings.error(
                "layout.duplicate_column",
                message(
                    "Columns '{first}' and '{second}' are of one year.", first=first, second=name
                ),
                table.where(header.row, None, name),
                message("keep one of them."),
            )


NAMES = frozenset(
    {
        *("指标", "指标名称", "指标名", "项目", "变量", "变量名", "变量名称"),
        *("indicator", "indicatorname", "series", "seriesname", "variable", "variablename"),
    }
)
UNITS = frozenset({"单位", "计量单位", "unit", "units", "unitofmeasure", "unitmeasure"})
MOST_UNITS = 4
"""Units of one indicator that are named."""
POWERS = frozenset({"powercode", "unitmultiplier", "数量级"})
"""Columns that say in hundreds, thousands or millions of what the unit is: Millions beside US Dollar."""
VALUES = frozenset({"数值", "值", "取值", "数据", "value", "values", "obs_value", "data"})


def has_indicators(body: Body, keys: Sequence[str], value: str | None) -> bool:
    """Whether one column names indicators, one holds values, and keys repeat."""
    if _indicator(body) is None or _value(body, value) is None:
        return False
    rows = _keys(body, keys)
    return len(set(rows)) < len(rows)


def _keys(body: Body, keys: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(map(cell_text, body.columns[key]) for key in keys), strict=True))


def _indicator(body: Body) -> str | None:
    columns = [name for name in body.columns if loose(name) in NAMES]
    return columns[0] if len(columns) == 1 else None


def _value(body: Body, value: str | None) -> str | None:
    columns = [name for name in body.columns if loose(name) in VALUES or name == value]
    return columns[0] if len(columns) == 1 else None


def units_of_indicators(
    table: RawTable, body: Body, keys: Sequence[str], findings: ReadingFindings
) -> dict[str, str]:
    """Read the unit of each indicator that a column names; one that has several is an error.

    GDP of each country in its own currency would be no series of one thing.
    """
    indicator = _indicator(body) or ""
    unit = next((name for name in body.columns if loose(name) in UNITS), None)
    if unit is None or unit in keys:
        return {}
    powers = next((name for name in body.columns if loose(name) in POWERS), None)
    factors = map(cell_text, body.columns[powers]) if powers else repeat("")
    found: dict[str, dict[str, int]] = {}
    cells = zip(body.columns[indicator], body.columns[unit], factors, strict=False)
    for i, (name, cell, factor) in enumerate(cells):
        text = cell_text(cell)
        said = f"{factor} {text}" if factor and loose(factor) not in UNITS else text
        if text and not is_missing(text):
            found.setdefault(cell_text(name), {}).setdefault(said, i)
    for name, rows_of in found.items():
        if len(rows_of) > 1:
            findings.error(
                "units.differ",
                message(
                    "The indicator '{name}' is given in several units: {units}.",
                    name=name,
                    units=listed(list(rows_of)[:MOST_UNITS]),
                ),
                table.where(int(body.rows[[*rows_of.values()][1]]), None, name),
                message("convert the values to one unit."),
            )
    return {name: next(iter(rows_of)) for name, rows_of in found.items()}


def spread(
    table: RawTable, body: Body, keys: Sequence[str], value: str | None, findings: ReadingFindings
) -> Body:
    """Turn indicators into columns; a combination that stands twice is an error.

    Columns that are the same in all rows of a key are kept, others (codes, units) are left out.
    """
    indicator, values = _indicator(body) or "", _value(body, value) or ""
    # A key becomes one row, at the place where it is met first.
    numbers: dict[tuple[str, ...], int] = {}
    places = [numbers.setdefault(key, len(numbers)) for key in _keys(body, keys)]
    first = {place: i for i, place in reversed(list(enumerate(places)))}
    order = [first[place] for place in range(len(numbers))]
    columns: dict[str, Sequence[Cell]] = {
        name: [cells[i] for i in order]
        for name, cells in body.columns.items()
        if name in keys or (name not in {indicator, values} and _is_constant(cells, places, order))
    }
    seen: set[tuple[int, str]] = set()
    names = [cell_text(cell) for cell in body.columns[indicator]]
    spread_out: dict[str, list[Cell]] = {name: [None] * len(order) for name in dict.fromkeys(names)}
    for i, (place, name) in enumerate(zip(places, names, strict=True)):
        if (place, name) in seen:
            findings.error(
                DUPLICATE_KEY,
                message("The indicator '{name}' is given twice for one key.", name=name),
                table.where(int(body.rows[i]), None, indicator),
                message("keep one row for each key and indicator."),
            )
        seen.add((place, name))
        spread_out[name][place] = body.columns[values][i]
    findings.decide(
        "layout.indicators",
        message("Indicators named in column '{name}' were turned into columns.", name=indicator),
        table.where(int(body.rows[0]), None, indicator),
        len(spread_out),
    )
    body.fates.merge(body.rows, body.rows[np.array(order, dtype=np.int64)[places]])
    return Body({**columns, **spread_out}, body.rows[np.array(order, dtype=np.int64)], body.fates)


def _is_constant(cells: Sequence[Cell], places: list[int], order: list[int]) -> bool:
    return all(cells[i] == cells[order[place]] for i, place in enumerate(places))
