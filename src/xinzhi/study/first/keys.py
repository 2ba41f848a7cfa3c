"""Find the keys of a table: the column that names the entity and the one of periods, and say why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from xinzhi.columns import vocabulary as words
from xinzhi.columns.recognise import found, kind_of
from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.raw import Cell, RawTable
from xinzhi.io.read import read_table
from xinzhi.io.recognise.cells import cell_text, has_chinese, parse_number, split_unit
from xinzhi.io.recognise.wide import variable_and_year
from xinzhi.io.recognise.years import looks_like_year
from xinzhi.wording import Message, message

SEARCHED = 60
YEARS = range(1900, 2101)
WIDE_ENOUGH = 0.6
"""Share of the widest row, and of words in it, from which a row can be that of headings."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a table."""

    entity: str
    period: str | None
    """None in a cross-section; of a wide table the name that the years get."""
    sheet: str | None
    is_wide: bool
    """Whether years stand across the columns."""
    reasons: Mapping[str, Message]
    """Key -> why it is one."""


def find_keys(path: Path, *, sheet: str | None = None) -> Keys:
    """Find the keys of a table from its headings and from what stands below them.

    Raises
    ------
    DataError
        No heading names an entity, or the file cannot be read; with the remedy.
    """
    table = read_table(path, sheet=sheet)
    names, columns = _columns(table)
    reasons: dict[str, Message] = {}
    period = _period(names, columns, reasons)
    is_wide = period is None and (_has_years_across(names) or _has_years_below(table))
    entity = _entity(names, columns, period, reasons)
    if entity is None:
        text = message("No column looks like the name of a city, province, country or firm.")
        remedy = message(
            "call the column 城市 or city, or write the study file by hand: the columns are {names}.",
            names=", ".join(names),
        )
        raise DataError(Problem("init.no_entity", text, Where(file=path.name), remedy))
    if is_wide:
        period = "年份" if has_chinese(entity) else "year"
        reasons[period] = message("the years stand across the columns")
    return Keys(entity, period, table.sheet, is_wide, MappingProxyType(reasons))


def _columns(table: RawTable) -> tuple[list[str], dict[str, list[str]]]:
    """Find the row of headings, names or else labels that say an entity, and what stands below each."""
    rows = [list(map(cell_text, row)) for row in table.rows]
    if table.labels and not any(found(name, words.ENTITY) for name in rows[0]):
        rows[0] = [table.labels.get(name, name) for name in rows[0]]
    heading = _heading_row(table.rows)
    names = [name for name in rows[heading] if name]
    places = [place for place, name in enumerate(rows[heading]) if name]
    below = {
        name: [row[place] for row in rows[heading + 1 :] if place < len(row)]
        for name, place in zip(names, places, strict=True)
    }
    return names, below


def _heading_row(rows: Sequence[Sequence[Cell]]) -> int:
    """Find the first row that is nearly as wide as the widest and holds words, or words and years."""
    seen = rows[:SEARCHED]
    width = max((sum(bool(cell_text(c)) for c in row) for row in seen), default=0)
    for number, row in enumerate(seen):
        filled = [cell_text(cell) for cell in row if cell_text(cell)]
        spoken = sum(parse_number(text) is None for text in filled)
        is_heading = spoken >= WIDE_ENOUGH * len(filled) or _has_years_across(filled)
        if filled and len(filled) >= WIDE_ENOUGH * width and is_heading and spoken:
            return number
    return 0


def _has_years_across(names: Sequence[str]) -> bool:
    """Whether a variable stands there for two years or more."""
    years: dict[str, set[int]] = {}
    for name in names:
        if split := variable_and_year(name):
            years.setdefault(split[0], set()).add(split[1])
    return any(len(of) > 1 for of in years.values())


def _has_years_below(table: RawTable) -> bool:
    """Whether the row below the headings holds years: variables stand above them."""
    below = _heading_row(table.rows) + 1
    row = table.rows[below] if below < len(table.rows) else ()
    filled = [text for text in map(cell_text, row) if text]
    years = [text for text in filled if looks_like_year(text)]
    return len(set(years)) > 1 and len(years) >= WIDE_ENOUGH * len(filled)


def heading_says(word: str) -> Message:
    """Give the commonest reason."""
    return message("the heading says '{word}'", word=word.removeprefix("="))


def _period(
    names: Sequence[str], columns: Mapping[str, Sequence[str]], reasons: dict[str, Message]
) -> str | None:
    # Words in the order of their certainty: a column 年份 is the period, whatever stands before it.
    for word in words.PERIOD:
        for name in names:
            if found(name, (word,)):
                reasons[name] = heading_says(word)
                return name
    for name in names:
        values = [v for v in columns[name] if v]
        if values and all(v.isdecimal() and int(v) in YEARS for v in values):
            reasons[name] = message("all values lie between 1900 and 2100")
            return name
    return None


def _entity(
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    period: str | None,
    reasons: dict[str, Message],
) -> str | None:
    """Choose the best heading whose values, with the period, name each row once; names before codes."""
    fitting = [
        (word, name)
        for word in words.ENTITY
        for name in names
        if name != period and found(name, (word,)) and not _measures(name, columns[name])
    ]
    named = [pair for pair in fitting if not _holds_codes(pair[1], columns)]
    unique = [pair for pair in named if _is_key(columns, pair[1], period)]
    unique += [pair for pair in fitting if _is_key(columns, pair[1], period)]
    for word, name in (*unique, *named, *fitting):
        reasons[name] = (
            message(
                "the heading says '{word}' and its values name each row once",
                word=word.removeprefix("="),
            )
            if unique
            else heading_says(word)
        )
        return name
    return None


def _holds_codes(name: str, columns: Mapping[str, Sequence[str]]) -> bool:
    """Whether a column numbers entities, by its heading or because it holds nothing but digits."""
    values = [value for value in columns[name] if value]
    return found(name, words.IDENTIFIER) is not None or all(v.isdecimal() for v in values)


def _measures(name: str, values: Sequence[str]) -> bool:
    """Whether a heading that names places, such as 地区生产总值, is that of a quantity.

    It has a unit, it is a known quantity over numbers, or one of its numbers is not whole.
    """
    read = [parse_number(value) for value in values if value]
    numbers = [number for number in read if number is not None]
    if not numbers or len(numbers) < len(read):
        return False
    is_whole = all(n.value.is_integer() for n in numbers if n.missing is None)
    return split_unit(name)[1] is not None or kind_of(name) is not None or not is_whole


def _is_key(columns: Mapping[str, Sequence[str]], name: str, period: str | None) -> bool:
    values = list(columns[name])
    # Rows can be shorter than the heading: columns then have different lengths.
    pairs = list(zip(values, columns[period], strict=False)) if period else [(v,) for v in values]
    filled = [pair for pair in pairs if all(pair)]
    return len(set(filled)) == len(filled) > 0
