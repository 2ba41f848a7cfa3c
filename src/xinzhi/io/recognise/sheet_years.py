"""Year of a sheet, by its name or by what stands above its table (2008, 2008年数据, 二〇〇八年)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from xinzhi.io.raw import Cell, RawTable
from xinzhi.io.recognise.cells import cell_text
from xinzhi.io.recognise.headings import SEARCHED

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
