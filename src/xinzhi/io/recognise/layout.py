"""Where the table lies in its sheet: the rows of its heading, its columns and their units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.errors import MissingColumn
from xinzhi.io.raw import Cell, RawTable, ReadingFindings, listed
from xinzhi.io.recognise.cells import cell_text, is_filled, is_number, is_unit, loose, split_unit
from xinzhi.io.recognise.headings import SEARCHED, Keys, at_keys, names_of_rows, rows_below_names
from xinzhi.io.recognise.rows.texts import Remark, columns_of_text
from xinzhi.io.recognise.years import looks_like_year
from xinzhi.io.text.columns import column_of
from xinzhi.problems import missing_column
from xinzhi.wording import message


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns and where they stand."""

    row: int
    """Row of the file."""
    names: tuple[str, ...]
    """Name per column; unnamed columns are called by their number."""
    positions: tuple[int, ...]
    """Position of each column in the rows of the raw table."""
    units: dict[str, str]
    """Units read from the names or from a row of units."""
    full: dict[str, str]
    """Name -> name as it stands in the file, where a unit was taken off."""
    first_data: int
    """Row of the file at which the data begin."""
    remarks: tuple[Remark, ...] = ()
    """Text in columns that are not the table's."""


def find_header(
    table: RawTable,
    entity: str,
    period: str | None,
    findings: ReadingFindings,
    stated: int | None = None,
) -> Header:
    """Find the row of names: the first one that holds the names of the keys.

    Raises
    ------
    DataError
        `layout.no_header` where data stand where names should; `data.missing_column` otherwise.
    """
    row = stated or _row_with(table, entity, period)
    if row is None:
        row = _row_with(table, entity, None)
        near = table.rows[max(row - 2, 0) : row + 1] if row is not None else []
        # Years across the columns may stand a row above or below the names.
        if row is not None and period is not None and not any(map(_has_years, near)):
            _refuse_missing(table, row, [period], findings)
    if row is None:
        _explain_no_header(table, [entity, *([period] if period else [])], findings)
    findings.stop_if_wrong()
    assert row is not None
    if row > 1 and stated is None and any(cell_text(c) for r in table.rows[: row - 1] for c in r):
        findings.decide(
            "layout.header",
            message(
                "The names of the columns are in row {row}; what is above is a title.", row=row
            ),
            table.where(row),
        )
    return _header(table, row, (entity, period), findings)


def _row_with(table: RawTable, entity: str, period: str | None) -> int | None:
    wanted = {loose(entity)} | ({loose(period)} if period else set())
    for number, row in enumerate(table.rows[:SEARCHED], start=1):
        names = {loose(cell) for cell in row if cell is not None}
        names |= {loose(split_unit(cell)[0]) for cell in row if isinstance(cell, str)} - {""}
        if wanted <= names:
            return number
    return None


def _has_years(row: Sequence[Cell]) -> bool:
    years = [re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", cell_text(cell)) for cell in row]
    return sum(year is not None for year in years) >= 2


def _refuse_missing(table: RawTable, row: int, names: list[str], findings: ReadingFindings) -> None:
    headings = tuple(text for text in map(cell_text, table.rows[row - 1]) if text)
    for name in names:
        findings.refuse(missing_column(name, headings, table.where(row)), MissingColumn)


def _explain_no_header(table: RawTable, names: list[str], findings: ReadingFindings) -> None:
    if not table.rows:
        findings.error(
            "format.empty", message("The sheet is empty."), table.where(1), message("fill it.")
        )
        return
    first = next((n for n, row in enumerate(table.rows, 1) if sum(map(is_filled, row)) >= 2), 1)
    cells = [cell for cell in table.rows[first - 1] if is_filled(cell)]
    if cells and sum(map(is_number, cells)) >= len(cells) / 2 and not _has_years(cells):
        findings.error(
            "layout.no_header",
            message("Row {row} should hold the names of the columns but holds data.", row=first),
            table.where(first),
            message("add a header row with the names of the columns."),
        )
    else:
        _refuse_missing(table, first, names, findings)


def _header(table: RawTable, row: int, keys: Keys, findings: ReadingFindings) -> Header:
    cells = table.rows[row - 1]
    width = max(map(len, table.rows[row - 1 : row + SEARCHED]))
    texts = [cell_text(cells[i]) if i < len(cells) else "" for i in range(width)]
    texts = [re.sub(r"\s*[\r\n]+\s*", "", text) for text in texts]
    remarks = columns_of_text(table, row, texts, at_keys(texts, keys))
    texts = ["" if i in remarks else text for i, text in enumerate(texts)]
    texts, n_rows = names_of_rows(table, row, texts, keys, findings)
    below = table.rows[row:]
    positions = [
        i for i in range(width) if texts[i] or (i not in remarks and _is_occupied(cells, below, i))
    ]
    names, units, full = _names(
        table, row, [texts[i] for i in positions], positions, keys, findings
    )
    first_data, more = rows_below_names(
        table, row + n_rows, texts, names, positions, keys, findings
    )
    units = units or more or _unit_above(table, row, names, keys, findings)
    findings.stop_if_wrong()
    return Header(
        row=row,
        names=tuple(names),
        positions=tuple(positions),
        units={**units, **more},
        full=full,
        first_data=first_data,
        remarks=tuple(text for texts in remarks.values() for text in texts),
    )


UNIT_ABOVE = re.compile(r"(?:计量)?单位\s*[:：]\s*(.+)|units?\s*:\s*(.+)", re.IGNORECASE)


def _unit_above(
    table: RawTable, row: int, names: list[str], keys: Keys, findings: ReadingFindings
) -> dict[str, str]:
    """Take the unit of the title (单位：万人, 人口（万人）) for the one variable, a column or years across.

    Above several variables it may be that of some only.
    """
    wanted = {loose(key) for key in keys if key}
    values = [name for name in names if loose(name) not in wanted]
    if len(values) != 1 and not all(map(looks_like_year, values)):
        return {}
    for number, cells in enumerate(table.rows[: row - 1], start=1):
        for text in map(cell_text, cells):
            match = UNIT_ABOVE.fullmatch(text.strip("()（）"))
            unit = (match.group(1) or match.group(2)) if match else split_unit(text)[1]
            if unit and is_unit(unit):
                findings.decide(
                    "units.title",
                    message("The unit {unit} was read from the title.", unit=unit),
                    table.where(number),
                )
                return dict.fromkeys(values, unit)
    return {}


def _is_occupied(cells: Sequence[Cell], below: Sequence[Sequence[Cell]], i: int) -> bool:
    """Whether a column without a name holds anything, in the row of names or below it."""
    return (i < len(cells) and is_filled(cells[i])) or any(map(is_filled, column_of(below, i)))


def _names(
    table: RawTable,
    row: int,
    texts: list[str],
    positions: list[int],
    keys: Keys,
    findings: ReadingFindings,
) -> tuple[list[str], dict[str, str], dict[str, str]]:
    names, units, full = [], {}, {}
    bare = [split_unit(text) for text in texts]
    stems = [loose(name) for name, _ in bare]
    wanted = {loose(key) for key in keys if key}
    for split, text, position in zip(bare, texts, positions, strict=True):
        name, unit = split
        if not text:
            number = table.first_column + position
            name, unit = f"column_{number}", None
            # A field behind those of the heading is refused as a ragged row, with its row.
            if table.has_addresses or position < len(table.rows[row - 1]):
                findings.warn(
                    "layout.unnamed_column",
                    message("Column {number} has no name.", number=number),
                    table.where(row, position, str(number)),
                    message("name it; until then it is called '{name}'.", name=name),
                )
        # GDP（亿元） and GDP（%） are two columns: their units stay in their names.
        elif unit and (stems.count(loose(name)) > 1 or loose(text) in wanted):
            name, unit = text, None
        if unit:
            units[name], full[name] = unit, text
        elif labelled := split_unit(table.labels.get(name, ""))[1]:
            units[name] = labelled
        names.append(name)
    _refuse_twins(table, row, names, positions, findings)
    if units:
        findings.decide(
            "units.names",
            message(
                "Units were read from the labels of columns: {columns}."
                if table.labels
                else "Units were read from the names of columns: {columns}.",
                columns=listed(units),
            ),
            table.where(row),
            len(units),
        )
    return names, units, full


def _refuse_twins(
    table: RawTable, row: int, names: list[str], positions: list[int], findings: ReadingFindings
) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        if loose(name) in seen:
            findings.error(
                "layout.duplicate_column",
                message(
                    "Two columns are called '{name}': numbers {first} and {second}.",
                    name=name,
                    first=table.first_column + positions[seen[loose(name)]],
                    second=table.first_column + positions[place],
                ),
                table.where(row, positions[place], name),
                message("give each column a name of its own."),
            )
        seen.setdefault(loose(name), place)
