"""Find the keys of a table: the column that names the entity and the one of periods, and say why.

Headings suggest, rows decide: a column of entities is the better the more surely it names, with the
period, each row once. A heading that nobody knows is no obstacle: a column of places, or of names
that come back in every period, is taken for what it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from xinzhi.columns import vocabulary as words
from xinzhi.columns.recognise import found, kind_of
from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.raw import Cell, RawTable
from xinzhi.io.read import read_sheets, read_table
from xinzhi.io.recognise.cells import cell_text, has_chinese, loose, parse_number, split_unit
from xinzhi.io.recognise.gazetteer import is_place
from xinzhi.io.recognise.sheet_years import year_of_sheet
from xinzhi.io.recognise.wide import NAMES, VALUES, variable_and_year
from xinzhi.io.recognise.years import looks_like_year
from xinzhi.wording import Message, listed, message

SEARCHED = 60
YEARS = range(1900, 2101)
WIDE_ENOUGH = 0.6
"""Share of the widest row, and of words in it, from which a row can be that of headings."""
PLACES = 0.8
"""Share of known places from which a column names places, whatever its heading."""
NEARLY = 0.98
"""Share of different keys from which a column nearly names each row once."""
FILLED = 0.9
"""Share of filled cells from which a column can be a key without its heading saying so."""
AGAIN = 1.5
"""Rows of an entity on average from which a column without a known heading can be one of entities."""
SHOWN = 12


@dataclass(frozen=True, slots=True)
class TableKeys:
    """The keys of a table."""

    entity: str
    period: str | None
    """None in a cross-section; of a wide table the name that the years get."""
    sheet: str | None
    is_wide: bool
    """Whether years stand across the columns."""
    reasons: Mapping[str, Message]
    """Key -> why it is one."""
    sheets: tuple[str, ...] = ()
    """Sheets that are parts of the table, where others are not."""
    is_stacked: bool = False
    """Whether the table stands in several sheets."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Keys that a person named."""

    entity: str | None = None
    period: str | None = None


NOTHING_WANTED = Wanted()


def tables_in(path: Path, sheet: str | None) -> tuple[RawTable, ...]:
    """Read the sheets of a file that hold more than one row; the one that is named, if one is."""
    tables = read_sheets(path)
    if sheet is not None:
        named = tuple(table for table in tables if table.sheet == sheet)
        return named or (read_table(path, sheet=sheet),)
    filled = tuple(t for t in tables if sum(any(map(cell_text, row)) for row in t.rows) > 1)
    return filled or tables[:1]


def keys_of(table: RawTable, wanted: Wanted = NOTHING_WANTED) -> TableKeys:
    """Find the keys of a table.

    Raises
    ------
    DataError
        No column names an entity.
    """
    names, columns = _columns(table)
    reasons: dict[str, Message] = {}
    named = {loose(name): name for name in names}
    named |= {
        loose(split_unit(name)[0]): name
        for name in names
        if loose(split_unit(name)[0]) not in named
    }
    entity = named.get(loose(wanted.entity)) if wanted.entity else None
    period = named.get(loose(wanted.period)) if wanted.period else None
    periods = [period] if period else _periods(names, columns, entity, reasons)
    is_wide = not periods and (_has_years_across(names) or _has_years_below(table))
    if entity is None:
        entity, period = _entity(names, columns, periods, reasons)
    elif periods:
        period = periods[0]
    if entity is None:
        raise DataError(_no_entity(table, names))
    for key in (entity, period):
        if key and loose(key) in {loose(w) for w in (wanted.entity, wanted.period) if w}:
            reasons[key] = message("it was named")
    if is_wide:
        period = wanted.period or name_of_period(entity)
        reasons[period] = message("the years stand across the columns")
    reasons = {key: why for key, why in reasons.items() if key in (entity, period)}
    return TableKeys(entity, period, table.sheet, is_wide, MappingProxyType(reasons))


def name_of_period(entity: str) -> str:
    """Call the periods of a table that has no column of them.

    >>> name_of_period("城市"), name_of_period("city")
    ('年份', 'year')
    """
    return "年份" if has_chinese(entity) else "year"


def _no_entity(table: RawTable, names: Sequence[str]) -> Problem:
    text = message("No column looks like the name of a city, province, country or firm.")
    remedy = message(
        "name it: `--entity` and one of the columns: {names}.", names=listed(list(names)[:SHOWN])
    )
    return Problem("init.no_entity", text, Where(file=table.file, sheet=table.sheet), remedy)


def _columns(table: RawTable) -> tuple[list[str], dict[str, list[str]]]:
    """Find the row of headings, names or else labels that say an entity, and what stands below each."""
    rows = [list(map(cell_text, row)) for row in table.rows]
    if table.labels and not any(found(name, words.ENTITY) for name in rows[0]):
        rows[0] = [table.labels.get(name, name) for name in rows[0]]
    heading = _heading_row(table.rows)
    names = [name for name in rows[heading] if name]
    places = [place for place, name in enumerate(rows[heading]) if name]
    below = {
        name: [row[place] if place < len(row) else "" for row in rows[heading + 1 :]]
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


def _periods(
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    entity: str | None,
    reasons: dict[str, Message],
) -> list[str]:
    """List the columns that can be the period, the surest first."""
    fitting: list[str] = []
    # Figures of a year below a heading such as 2013年 may look like years themselves.
    names = [n for n in names if not (_has_years_across(names) and variable_and_year(n))]
    # Words in the order of their certainty: a column 年份 is the period, whatever stands before it.
    for word in words.PERIOD:
        for name in names:
            if name not in fitting and name != entity and found(name, (word,)):
                reasons[name] = heading_says(word)
                fitting.append(name)
    for name in names:
        values = [v for v in columns[name] if v]
        is_year = bool(values) and all(v.isdecimal() and int(v) in YEARS for v in values)
        if is_year and name not in fitting and name != entity:
            reasons[name] = message("all values lie between 1900 and 2100")
            fitting.append(name)
    return fitting


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    rank: tuple[int, ...]
    """What speaks for it, the smaller the better."""
    why: Message
    period: str | None
    is_unique: bool


def _entity(
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    periods: Sequence[str],
    reasons: dict[str, Message],
) -> tuple[str | None, str | None]:
    """Choose the column and the period that name each row once; names before codes, headings before values."""
    within = [name for name in names if loose(name) in NAMES]
    candidates: list[_Candidate] = []
    for number, name in enumerate(names):
        if name in periods or name in within or loose(name) in VALUES:
            continue
        kind = _kind(name, columns[name])
        if kind is None:
            continue
        for order, period in enumerate(periods or [None]):
            unique = _is_key(columns, name, period, within)
            if kind[0] > KNOWN and not (unique and _comes_back(columns[name], period)):
                continue
            rank = (2 - unique, kind[0], order, kind[1], number)
            candidates.append(_Candidate(name, rank, kind[2], period, unique > 0))
    best = min(candidates, key=lambda candidate: candidate.rank, default=None)
    if best is None:
        return None, next(iter(periods), None)
    reasons[best.name] = (
        message("{why} and its values name each row once", why=best.why)
        if best.is_unique
        else best.why
    )
    return best.name, best.period


KNOWN = 2
"""Kinds up to here are columns whose heading or values say that they name entities."""


def _kind(name: str, values: Sequence[str]) -> tuple[int, int, Message] | None:
    """Say how surely a column names entities: kind, order of its word, and why; None if it does not.

    0: a heading that says so, over names; 1: places; 2: such a heading over codes; 3: other names;
    4: other whole numbers.
    """
    filled = [value for value in values if value]
    if not filled or _measures(name, values):
        return None
    word = next((i for i, w in enumerate(words.ENTITY) if found(name, (w,))), None)
    are_codes = found(name, words.IDENTIFIER) is not None or all(v.isdecimal() for v in filled)
    if word is not None:
        return (KNOWN if are_codes else 0, word, heading_says(words.ENTITY[word]))
    distinct = dict.fromkeys(filled)
    if not are_codes and sum(map(is_place, distinct)) >= PLACES * len(distinct):
        return (1, 0, message("it holds names of places"))
    if len(filled) < FILLED * len(values) or len(distinct) < 2:
        return None
    numbers = [parse_number(value) for value in distinct]
    if all(number is not None for number in numbers):
        is_whole = all(value.isdecimal() for value in distinct)
        return (4, 0, message("it numbers what comes back in every period")) if is_whole else None
    return (3, 0, message("it holds names that come back in every period"))


def _comes_back(values: Sequence[str], period: str | None) -> bool:
    """Whether names come back from period to period; without periods each stands once anyway."""
    filled = [value for value in values if value]
    return period is None or len(filled) >= AGAIN * len(set(filled))


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


def _is_key(
    columns: Mapping[str, Sequence[str]], name: str, period: str | None, within: Sequence[str]
) -> int:
    """2 where a column with the period names each row once, 1 where it nearly does, 0 otherwise.

    Of a table that names indicators in a column, with the indicator.
    """
    keys = [name, *([period] if period else []), *within]
    rows = zip(*(columns[key] for key in keys), strict=True)
    filled = [row for row in rows if all(row)]
    different = len(Counter(filled))
    if not filled:
        return 0
    return 2 if different == len(filled) else 1 if different >= NEARLY * len(filled) else 0


def headings_of(table: RawTable) -> list[str]:
    """List the headings of a table, without their units."""
    return [split_unit(name)[0] for name in _columns(table)[0]]


def holds_numbers(table: RawTable) -> bool:
    """Whether a sheet has rows of two numbers or more, as tables have and words about them have not."""
    rows = (
        sum(parse_number(text) is not None for text in map(cell_text, r) if text)
        for r in table.rows
    )
    return sum(n > 1 for n in rows) > 1


def lone_period(table: RawTable, wanted: Wanted) -> str | None:
    """Find the column of periods of a sheet that has each of them once; None where there is none."""
    names, columns = _columns(table)
    periods = [name for name in names if wanted.period and loose(name) == loose(wanted.period)]
    for name in periods or _periods(names, columns, None, {}):
        values = [value for value in columns[name] if value]
        if 1 < len(values) == len(set(values)):
            return name
    return None


def has_year(table: RawTable, keys: TableKeys) -> bool:
    """Whether a sheet without a column of periods is one of a year."""
    return keys.period is None and year_of_sheet(table) is not None
