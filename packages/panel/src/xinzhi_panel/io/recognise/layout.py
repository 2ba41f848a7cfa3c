"""Where the table lies in its sheet: the rows of its heading, its columns and their units.

The rows of a heading: names over two or three rows, units, other languages, symbols, column numbers.

A heading of a key that means the same in the other language is taken, `city` for `--entity 城市`, only
where the named one is not there and one translation is; the reader says so.

Year of a sheet, by its name or by what stands above its table (2008, 2008年数据, 二〇〇八年).

Cells with errors (#REF!, formulas without a value): they stop a reading unless nobody reads their column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from xinzhi_core.errors import MissingColumn, Problem
from xinzhi_core.problems import missing_column
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import Cell, RawTable, ReadingFindings, ReadOptions, listed
from xinzhi_panel.io.recognise.cells import (
    cell_text,
    has_chinese,
    is_filled,
    is_missing,
    is_note,
    is_number,
    is_unit,
    loose,
    split_unit,
)
from xinzhi_panel.io.recognise.rows.texts import Remark, columns_of_text
from xinzhi_panel.io.recognise.rows.totals import is_sentence
from xinzhi_panel.io.recognise.years import looks_like_year, parse_period
from xinzhi_panel.io.text.columns import column_of

AT_KEYS = frozenset({"单位", "unit", "units", "计量单位", "年", "年份", "year", "没有单位"})
"""What a row of units says at the keys."""
SEARCHED = 60
"""Rows from the top among which the header is looked for."""
LEVELS = 3
"""Rows over which names may stand."""
EXPLAINED = 5
"""Rows below the names that may explain them."""
NUMBERED = frozenset({"", "甲", "乙", "序号", "编号", "栏次", "列次", "no.", "no"})
"""What a row that numbers the columns says at the keys."""
Keys = tuple[str, str | None]


def names_of_rows(
    table: RawTable, row: int, texts: list[str], keys: Keys, findings: ReadingFindings
) -> tuple[list[str], int]:
    """Put names over several rows together; give them and the number of rows from the header on."""
    texts, rows = _with_names_above(table, row, texts, keys)
    has_years = sum(map(looks_like_year, texts)) >= 2 or len(rows) > 1
    upper, last = texts, row
    while len(rows) < LEVELS:
        second = _lower_names(table, last, upper, keys, has_years=has_years)
        if not second:
            break
        has_years = has_years or sum(map(looks_like_year, second)) >= 2
        texts = _combine(texts, second)
        upper = [low or up for up, low in zip(upper, second, strict=True)]
        last += 1
        rows.append(last)
    if len(rows) == 2:
        findings.decide(
            "layout.two_rows",
            message("The names are in two rows, {row} and {next}.", row=rows[0], next=rows[1]),
            table.where(rows[0]),
        )
    elif len(rows) > 2:
        findings.decide(
            "layout.name_rows",
            message("The names are in rows {rows}.", rows=listed(rows)),
            table.where(row),
        )
    return texts, last - row + 1


def _cells(table: RawTable, row: int, width: int) -> list[str]:
    cells = table.rows[row - 1]
    return [cell_text(cells[i]) if i < len(cells) else "" for i in range(width)]


def at_keys(texts: Sequence[str], keys: Keys) -> list[int]:
    """Positions of the keys among names."""
    wanted = {loose(key) for key in keys if key}
    return [i for i, text in enumerate(texts) if loose(split_unit(text)[0]) in wanted]


def _with_names_above(
    table: RawTable, row: int, texts: list[str], keys: Keys
) -> tuple[list[str], list[int]]:
    """Put groups or years of the row above in front of the names below them."""
    key_places = at_keys(texts, keys)
    others = [loose(text) for i, text in enumerate(texts) if text and i not in key_places]
    if row == 1:
        return texts, [row]
    above = _cells(table, row - 1, len(texts))
    if any(above[i] for i in key_places) or sum(map(bool, above)) < 2:
        return texts, [row]
    if len(set(others)) == len(others) and not _are_groups(above, texts, key_places):
        return texts, [row]
    filled: list[str] = []
    for i, text in enumerate(above):
        filled.append(text or (filled[-1] if filled and i not in key_places else ""))
    names = [low and _join(up, low) for up, low in zip(filled, texts, strict=True)]
    return names, [row - 1, row]


def _are_groups(above: Sequence[str], texts: Sequence[str], key_places: Sequence[int]) -> bool:
    """Whether two texts or more above names are those of groups: one of them stands above several.

    A title stands above the keys, a note or a unit alone at an end: neither groups the columns.
    """
    first = next(i for i, text in enumerate(above) if text)
    starts = [i for i in range(first, len(above)) if above[i] and above[i] != above[i - 1]]
    ends = [*starts[1:], len(above)]
    widths = [sum(map(bool, texts[i:j])) for i, j in zip(starts, ends, strict=True)]
    words = [above[i] for i in starts]
    is_word = all(not is_number(w) and not is_note(w) and not is_sentence(w) for w in words)
    return len(starts) > 1 and max(widths) > 1 and is_word and first > max(key_places, default=-1)


def _join(group: str, name: str) -> str:
    """Put the name of a group in front of a name; the unit of the group goes to its end.

    >>> _join("增加值（亿元）", "第一产业"), _join("工业", "产值（亿元）"), _join("", "产值")
    ('增加值 第一产业（亿元）', '工业 产值（亿元）', '产值')
    """
    if not group or not name or group == name:
        return name or group
    bare, unit = split_unit(group)
    if unit and split_unit(name)[1] is None:
        return f"{bare} {name}（{unit}）"
    return f"{group} {name}"


def _lower_names(
    table: RawTable, row: int, above: list[str], keys: Keys, *, has_years: bool
) -> list[str]:
    """Names of a lower row: words or years below the names, nothing new below the keys."""
    if row >= len(table.rows):
        return []
    below = _cells(table, row + 1, len(above))
    key_places = at_keys(above, keys)
    if not key_places or any(below[i] not in {"", above[i]} for i in key_places):
        return []
    new = [i for i, text in enumerate(below) if text and text != above[i]]
    words = all(
        not is_number(below[i]) and not is_unit(below[i].strip("()（）[]【】")) for i in new
    )
    # A name above several columns has empty or repeated cells beside it.
    has_groups = any(not above[i] for i in new) or any(
        above[i] == above[j] for i, j in pairwise(new)
    )
    is_lower = words and (has_groups or _is_same_script(above, below, new))
    # The period is not among the names where the years stand across the columns.
    if len(key_places) < sum(map(bool, keys)):
        years = sum(looks_like_year(below[i]) for i in new)
        is_lower = (years >= 2 and not has_years) or (has_years and is_lower)
    return below if is_lower and len(new) >= 2 else []


def _is_same_script(above: Sequence[str], below: Sequence[str], new: Sequence[int]) -> bool:
    """Whether words below names are in the same script and no symbols: then they are names too."""
    alike = any(has_chinese(below[i]) for i in new) == any(has_chinese(above[i]) for i in new)
    return alike and not all(below[i].isascii() and len(below[i]) <= 3 for i in new)


def _combine(first: list[str], second: list[str]) -> list[str]:
    """Put the name of the second row behind the one that stands above it or to the left."""
    names, above = [], ""
    for text, below in zip(first, second, strict=True):
        above = text or above
        names.append(_join(above, below) if below and below != text else text)
    return names


def rows_below_names(
    table: RawTable,
    row: int,
    texts: list[str],
    names: list[str],
    positions: list[int],
    keys: Keys,
    findings: ReadingFindings,
) -> tuple[int, dict[str, str]]:
    """Find the first row of data and the units below the names; what explains names is left out."""
    units: dict[str, str] = {}
    explained: list[int] = []
    for _ in range(EXPLAINED):
        after, more = _unit_row(table, row, names, positions, keys, findings)
        if after > row:
            units |= {name: unit for name, unit in more.items() if name not in units}
        elif _is_translation(table, row, texts, keys):
            findings.decide(
                "layout.translation",
                message("Row {row} repeats the names in another language.", row=row),
                table.where(row),
            )
        elif _explains(table, row, texts, keys):
            explained.append(row)
        elif row >= len(table.rows) or any(map(cell_text, table.rows[row - 1])):
            break
        row += 1
    if explained:
        findings.decide(
            "layout.explained",
            message(
                "Rows {rows} explain the names of the columns; kept out of the data.",
                one="Row {rows} explains the names of the columns; kept out of the data.",
                n=len(explained),
                rows=listed(explained),
            ),
            table.where(explained[0]),
            len(explained),
        )
    return row, units


def _explains(table: RawTable, row: int, texts: list[str], keys: Keys) -> bool:
    """Whether a row holds symbols, words or numbers of columns where numbers follow."""
    key_places = at_keys(texts, keys)
    if row > len(table.rows) or not key_places:
        return False
    cells = _cells(table, row, len(texts))
    others = [i for i, cell in enumerate(cells) if cell and i not in key_places]
    cells_at_keys = [cells[i] for i in key_places]
    if not others or not _are_words(cells_at_keys):
        return False
    if _numbers_columns([cells[i] for i in others], cells_at_keys):
        return True
    below = table.rows[row : row + SEARCHED]
    words = all(not is_number(cells[i]) and not is_missing(cells[i]) for i in others)
    follow = (sum(is_number(r[i]) for r in below if i < len(r)) for i in others)
    return words and any(2 * n > len(below) for n in follow)


def _are_words(cells: Sequence[str]) -> bool:
    """Whether the cells at the keys are all empty, or all words and no period among them."""
    if not any(cells):
        return True
    # Without a period, any word may be the name of an entity.
    if len(cells) == 1:
        return cells[0].casefold() in NUMBERED - {"甲", "乙"}
    return all(cells) and all(parse_period(cell).value is None for cell in cells)


def _numbers_columns(cells: Sequence[str], key_places: Sequence[str]) -> bool:
    """Whether cells count the columns: 1, 2, 3 or (1), (2), (3)."""
    bare = [cell.strip("()（）") for cell in cells]
    if len(bare) < 2 or not all(re.fullmatch(r"\d{1,3}", cell, re.ASCII) for cell in bare):
        return False
    if not all(key.strip("()（）").casefold() in NUMBERED or key.isdecimal() for key in key_places):
        return False
    return all(int(b) == int(a) + 1 for a, b in pairwise(bare)) and int(bare[0]) <= 3


def _is_translation(table: RawTable, row: int, names: list[str], keys: Keys) -> bool:
    """Tell whether a row says each name again in another script, also where numbers follow.

    Without a period it may be a row of data: a word where a year stands is never one.
    """
    if row >= len(table.rows) or keys[1] is None:
        return False
    cells = [*map(cell_text, table.rows[row - 1])]
    below = table.rows[row : row + SEARCHED]
    key_places = at_keys(names, keys)
    numbers = 0
    for i, name in enumerate(names):
        text = cells[i] if i < len(cells) else ""
        if not name and not text:
            continue
        # GDP may stand in both rows; a key must be said in the other language.
        same = loose(name) == loose(text) and i not in key_places
        if not text or is_number(text) or is_missing(text):
            return False
        if not same and has_chinese(name) == has_chinese(text):
            return False
        numbers += (
            i not in key_places
            and sum(is_number(r[i]) for r in below if i < len(r)) > len(below) / 2
        )
    return numbers > 0


def _unit_row(
    table: RawTable,
    row: int,
    names: list[str],
    positions: list[int],
    keys: Keys,
    findings: ReadingFindings,
) -> tuple[int, dict[str, str]]:
    """Recognise a row of units below the names: units where numbers will stand, no keys."""
    if row > len(table.rows):
        return row, {}
    texts = _cells(table, row, max(positions, default=-1) + 1)
    wanted = {loose(key) for key in keys if key}
    units: dict[str, str] = {}
    for name, position in zip(names, positions, strict=True):
        text = texts[position]
        if loose(name) in wanted:
            if not (is_missing(text) or loose(text).strip("()[]【】") in AT_KEYS):
                return row, {}
        elif text and not is_missing(text):
            bare = text.strip("()（）[]【】")
            if not is_unit(bare):
                return row, {}
            units[name] = bare
    if not units:
        return row, {}
    findings.decide(
        "units.row", message("Row {row} holds the units.", row=row), table.where(row), len(units)
    )
    return row + 1, units


SAME: tuple[frozenset[str], ...] = (
    frozenset(("城市", "city")),
    frozenset(("年份", "年度", "year")),
    frozenset(("省份", "province")),
    frozenset(("国家", "country")),
    frozenset(("地区", "region")),
    frozenset(("行业", "industry")),
    frozenset(("企业", "firm")),
)


def translate_key(table: RawTable, key: str, findings: ReadingFindings) -> str:
    """Return the heading of a key: the key itself, or its one translation in the table."""
    headings = {loose(cell) for row in table.rows[:SEARCHED] for cell in row if cell is not None}
    if any(heading.startswith(loose(key)) for heading in headings):
        return key
    others = {w for words in SAME if loose(key) in words for w in words} & headings
    if len(others) != 1:
        return key
    (other,) = others
    texts = (cell_text(cell) for row in table.rows[:SEARCHED] for cell in row)
    heading = next(text for text in texts if loose(text) == other)
    findings.decide(
        "layout.translated",
        message(
            "Column '{key}' does not exist; '{heading}' has the same meaning and was used.",
            key=key,
            heading=heading,
        ),
        table.where(1, column=heading),
    )
    return heading


YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def year_of_sheet(table: RawTable) -> float | None:
    """Year of a sheet, by its name or else by the one year in the first rows that hold words only."""
    named = year_in(table.sheet or "")
    return named if named is not None else title_year(table.rows[:SEARCHED])


def year_in(text: str) -> float | None:
    """Year that a text names, where it names one.

    >>> year_in("2019年"), year_in("二〇一九年数据"), year_in("2019-2020"), year_in("数据")
    (2019.0, 2019.0, None, None)
    """
    plain = unicodedata.normalize("NFKC", text)
    years = set(YEAR.findall(plain)) or set(YEAR.findall(plain.translate(NUMERALS)))
    return float(next(iter(years))) if len(years) == 1 else None


def title_year(rows: Sequence[Sequence[Cell]]) -> float | None:
    """Year in the rows of one or two texts above a table."""
    years: set[float] = set()
    for row in rows:
        texts = [text for text in map(cell_text, row) if text]
        if len(set(texts)) > 2:
            break
        years |= {year for text in texts if (year := year_in(text)) is not None}
    return next(iter(years)) if len(years) == 1 else None


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
    title: str = ""
    """What stands above years across the columns and says of what they are: 工业废水排放量（万吨）."""


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
        title=_title_above(table, row, names, keys),
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


NUMBERED_TITLE = re.compile(
    r"(?:附?表\s*)?(?:\d{1,2}(?:\s*[-—–.．]\s*\d{1,3})*\s+)?(?:\(?（?(?:19|20)\d{2}\s*年?\s*[-—–~～至]+\s*(?:19|20)\d{2}\s*年?\)?）?)?\s*"
    r"(?:(?:全国|全省|我国)?(?:各|分)(?:地级市|地区|城市|省市|省份|区县|市县|省|市|县|国)的?)?"
)
"""What stands before the indicator in a title: 表3-2 2009—2018年各市工业废水排放量."""
SPAN_BEHIND = re.compile(
    r"\s*[（(]?(?:19|20)\d{2}\s*年?\s*[-—–~～至]+\s*(?:19|20)\d{2}\s*年?[）)]?\Z"
)


def indicator_of_title(title: str) -> str:
    """Take the number of the table, the years and the kind of places off a title.

    >>> indicator_of_title("表3-2 2009—2018年各市工业废水排放量（万吨）"), indicator_of_title("GDP (2009-2018)")
    ('工业废水排放量（万吨）', 'GDP')
    """
    return SPAN_BEHIND.sub("", NUMBERED_TITLE.sub("", title.strip(), count=1)).strip()


def _title_above(table: RawTable, row: int, names: list[str], keys: Keys) -> str:
    """Give the title of a table of one indicator by years; empty where it has none, or several lines that may be it."""
    wanted = {loose(key) for key in keys if key}
    values = [name for name in names if loose(name) not in wanted]
    if not values or not all(map(looks_like_year, values)):
        return ""
    texts = (text for cells in table.rows[: row - 1] for text in map(cell_text, cells) if text)
    titles = [text for text in texts if not UNIT_ABOVE.fullmatch(text.strip("()（）"))]
    title = indicator_of_title(titles[0]) if len(set(titles)) == 1 else ""
    # Only a title with a unit, or with the name of its sheet in it, is surely that of an indicator.
    is_indicator = split_unit(title)[1] is not None or loose(table.sheet or title) in loose(title)
    return title if is_indicator else ""


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
    _refuse_twins(table, row, names, positions, wanted, findings)
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
    table: RawTable,
    row: int,
    names: list[str],
    positions: list[int],
    wanted: set[str],
    findings: ReadingFindings,
) -> None:
    seen: dict[str, int] = {}
    stems = [loose(name) for name in names]
    # Keys that stand twice with columns of their own behind them begin a second table.
    is_second_table = any(stems.count(key) > 1 for key in wanted)
    remedy = (
        message(
            "several tables may stand side by side here: give each a sheet or a file of its own."
        )
        if is_second_table
        else message("give each column a name of its own.")
    )
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
                remedy,
            )
        seen.setdefault(loose(name), place)


ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def position_of(table: RawTable, cell: str) -> int | None:
    """Position in the rows of a table of a cell, by its address.

    >>> position_of(RawTable("a.xlsx", [], first_column=2), "D7")
    2
    """
    match = ADDRESS.fullmatch(cell)
    if match is None:
        return None
    number = 0
    for letter in match[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - table.first_column


def hold_faults(
    table: RawTable,
    header: Header,
    keys: Sequence[str | None],
    reading: ReadOptions,
    findings: ReadingFindings,
) -> None:
    """Hold the errors of cells in the columns that are read; without chosen columns these are all."""
    chosen = {loose(name) for name in (*reading.columns, *filter(None, keys))}
    places: dict[int | None, str] = dict(zip(header.positions, header.names, strict=True))

    def placed(fault: Problem) -> Problem:
        name = places.get(position_of(table, fault.where.cell or ""))
        return replace(fault, where=replace(fault.where, column=name))

    def is_read(fault: Problem) -> bool:
        name = fault.where.column
        return name is None or bool(chosen & {loose(name), loose(header.full.get(name, name))})

    # Of sheets below one another those of their columns are held already.
    faults = table.faults if table.places else [*map(placed, table.faults)]
    is_all = bool(table.places) or not reading.columns
    findings.held += [fault for fault in faults if is_all or is_read(fault)]
