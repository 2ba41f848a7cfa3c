"""Where the table lies in its sheet: header, units, data, repeated headers, totals, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.errors import MissingColumn, suggestion
from xinzhi.io.cells import cell_text, has_chinese, is_filled, is_number, is_unit, loose, split_unit
from xinzhi.io.findings import Findings, listed
from xinzhi.io.numbers import is_missing
from xinzhi.io.raw import Cell, RawTable
from xinzhi.io.years import looks_like_year
from xinzhi.wording import message

AT_KEYS = frozenset({"单位", "unit", "units", "计量单位", "年", "年份", "year", "没有单位"})
"""What a row of units says at the keys."""
SEARCHED = 60
"""Rows from the top among which the header is looked for."""


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


def find_header(
    table: RawTable, entity: str, period: str | None, found: Findings, stated: int | None = None
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
        if row is not None and period is not None and not _wide_at(table, row):
            _missing(table, row, [period], found)
    if row is None:
        _explain_no_header(table, [entity, *([period] if period else [])], found)
    found.stop_if_wrong()
    assert row is not None
    if row > 1 and stated is None and any(cell_text(c) for r in table.rows[: row - 1] for c in r):
        found.decide(
            message(
                "The names of the columns stand in row {row}; what is above is a title.", row=row
            ),
            table.where(row),
        )
    return _header(table, row, (entity, period), found)


def _row_with(table: RawTable, entity: str, period: str | None) -> int | None:
    wanted = {loose(entity)} | ({loose(period)} if period else set())
    for number, row in enumerate(table.rows[:SEARCHED], start=1):
        names = {loose(cell) for cell in row if cell is not None}
        names |= {loose(name) for name in map(_without_unit, row) if name}
        if wanted <= names:
            return number
    return None


def _without_unit(cell: Cell) -> str | None:
    return split_unit(cell)[0] if isinstance(cell, str) else None


def _is_wide(row: Sequence[Cell]) -> bool:
    years = [re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", cell_text(cell)) for cell in row]
    return sum(year is not None for year in years) >= 2


def _wide_at(table: RawTable, row: int) -> bool:
    return any(map(_is_wide, table.rows[row - 1 : row + 1]))


def _missing(table: RawTable, row: int, names: list[str], found: Findings) -> None:
    known = tuple(text for text in map(cell_text, table.rows[row - 1]) if text)
    for name in names:
        found.error(
            "data.missing_column",
            message("Column '{name}' is not in the data.", name=name),
            table.where(row),
            suggestion(name, known),
            MissingColumn,
        )


def _explain_no_header(table: RawTable, names: list[str], found: Findings) -> None:
    first = next((n for n, row in enumerate(table.rows, 1) if sum(map(is_filled, row)) >= 2), 1)
    cells = [c for c in (table.rows[first - 1] if table.rows else ()) if is_filled(c)]
    numbers = sum(is_number(cell) for cell in cells)
    if cells and numbers >= len(cells) / 2 and not _is_wide(cells):
        found.error(
            "layout.no_header",
            message("Row {row} should hold the names of the columns but holds data.", row=first),
            table.where(first),
            message("add a header row with the names of the columns."),
        )
    else:
        _missing(table, first, names, found) if table.rows else None
        if not table.rows:
            found.error(
                "format.empty", message("The sheet is empty."), table.where(1), message("fill it.")
            )


def _header(table: RawTable, row: int, keys: tuple[str, str | None], found: Findings) -> Header:
    cells = table.rows[row - 1]
    width = _width(table, row)
    texts = [cell_text(cells[i]) if i < len(cells) else "" for i in range(width)]
    texts = [re.sub(r"\s*[\r\n]+\s*", "", text) for text in texts]
    second = _second_names(table, row, width, keys)
    if second:
        texts = _combined(texts, second)
        found.decide(
            message("The names stand in two rows, {row} and {next}.", row=row, next=row + 1),
            table.where(row),
        )
    occupied = _occupied(table, row, width)
    positions = [i for i in range(width) if texts[i] or occupied[i]]
    names, units, full = _names(table, row, [texts[i] for i in positions], positions, keys, found)
    below = row + 2 if second else row + 1
    if not second and _is_translation(table, below, texts, keys):
        found.decide(
            message("Row {row} says the names again in another language.", row=below),
            table.where(below),
        )
        below += 1
    first_data, more = _unit_row(table, below, names, positions, keys, found)
    found.stop_if_wrong()
    return Header(row, tuple(names), tuple(positions), {**units, **more}, full, first_data)


def _second_names(table: RawTable, row: int, width: int, keys: tuple[str, str | None]) -> list[str]:
    """Names of a second row: words or years below the names, nothing new below the keys."""
    if row >= len(table.rows):
        return []
    first, second = table.rows[row - 1], table.rows[row]
    above = [cell_text(first[i]) if i < len(first) else "" for i in range(width)]
    below = [cell_text(second[i]) if i < len(second) else "" for i in range(width)]
    wanted = {loose(key) for key in keys if key}
    at_keys = [i for i, text in enumerate(above) if loose(split_unit(text)[0]) in wanted]
    if not at_keys or any(below[i] not in {"", above[i]} for i in at_keys):
        return []
    new = [i for i, text in enumerate(below) if text and text != above[i]]
    if len(at_keys) < len(wanted):
        years = max(sum(map(looks_like_year, row)) for row in (above, [below[i] for i in new]))
        return below if years >= 2 and len(new) >= 2 else []
    words = [not is_number(below[i]) and not is_unit(below[i].strip("()（）[]【】")) for i in new]
    return below if len(new) >= 2 and all(words) else []


def _is_translation(
    table: RawTable, row: int, names: list[str], keys: tuple[str, str | None]
) -> bool:
    """Tell whether a row says each name again in another script, also where numbers follow.

    Without a period it may be a row of data: a word where a year stands is never one.
    """
    if row >= len(table.rows) or keys[1] is None:
        return False
    cells = [*map(cell_text, table.rows[row - 1])]
    below = table.rows[row : row + SEARCHED]
    wanted = {loose(key) for key in keys if key}
    numbers = 0
    for i, name in enumerate(names):
        text = cells[i] if i < len(cells) else ""
        if not name and not text:
            continue
        is_key = loose(split_unit(name)[0]) in wanted
        same = loose(name) == loose(text) and not is_key
        if not text or is_number(text) or is_missing(text):
            return False
        if not same and has_chinese(name) == has_chinese(text):
            return False
        numbers += not is_key and sum(is_number(r[i]) for r in below if i < len(r)) > len(below) / 2
    return numbers > 0


def _combined(first: list[str], second: list[str]) -> list[str]:
    """Put the name of the second row behind the one that stands above it or to the left."""
    names, above = [], ""
    for text, below in zip(first, second, strict=True):
        above = text or above
        names.append(f"{above} {below}" if below and below != text else text)
    return names


def _width(table: RawTable, row: int) -> int:
    header = len(table.rows[row - 1])
    return max(header, max(map(len, table.rows[row : row + SEARCHED]), default=0))


def _occupied(table: RawTable, row: int, width: int) -> list[bool]:
    """Whether a column holds anything below the header; only unnamed columns are looked through."""
    cells = table.rows[row - 1]
    occupied = [i < len(cells) and is_filled(cells[i]) for i in range(width)]
    for i in (i for i, filled in enumerate(occupied) if not filled):
        occupied[i] = any(i < len(r) and is_filled(r[i]) for r in table.rows[row:])
    return occupied


def _names(
    table: RawTable,
    row: int,
    texts: list[str],
    positions: list[int],
    keys: tuple[str, str | None],
    found: Findings,
) -> tuple[list[str], dict[str, str], dict[str, str]]:
    names, units, full = [], {}, {}
    bare = [split_unit(text) for text in texts]
    stems = [loose(name) for name, _ in bare]
    wanted = {loose(key) for key in keys if key}
    for place, text in enumerate(texts):
        name, unit = bare[place]
        number = table.first_column + positions[place]
        if not text:
            name, unit = f"column_{number}", None
            if _is_field(table, row, positions[place]):
                _unnamed(table, row, positions[place], number, found)
        elif unit and (stems.count(loose(name)) > 1 or loose(text) in wanted):
            name, unit = text, None
        if unit:
            units[name], full[name] = unit, text
        names.append(name)
    _refuse_twins(table, row, names, positions, found)
    if units:
        found.decide(
            message("Units were read from the names of columns: {columns}.", columns=listed(units)),
            table.where(row),
            len(units),
        )
    return names, units, full


def _is_field(table: RawTable, row: int, position: int) -> bool:
    return table.has_addresses or position < len(table.rows[row - 1])


def _unnamed(table: RawTable, row: int, position: int, number: int, found: Findings) -> None:
    found.warn(
        "layout.unnamed_column",
        message("Column {number} has no name.", number=number),
        table.where(row, position, str(number)),
        message("name it; until then it is called '{name}'.", name=f"column_{number}"),
    )


def _refuse_twins(
    table: RawTable, row: int, names: list[str], positions: list[int], found: Findings
) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        if loose(name) in seen:
            found.error(
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


def _unit_row(
    table: RawTable,
    row: int,
    names: list[str],
    positions: list[int],
    keys: tuple[str, str | None],
    found: Findings,
) -> tuple[int, dict[str, str]]:
    """Recognise a row of units below the names: units where numbers will stand, no keys."""
    if row > len(table.rows):
        return row, {}
    cells = [table.rows[row - 1][i] if i < len(table.rows[row - 1]) else None for i in positions]
    wanted = {loose(key) for key in keys if key}
    units: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=True):
        text = cell_text(cell)
        if loose(name) in wanted:
            if not (is_missing(text) or loose(text) in AT_KEYS):
                return row, {}
        elif text and not is_missing(text):
            bare = text.strip("()（）[]【】")
            if not is_unit(bare):
                return row, {}
            units[name] = bare
    if not units:
        return row, {}
    found.decide(message("Row {row} holds the units.", row=row), table.where(row), len(units))
    return row + 1, units
