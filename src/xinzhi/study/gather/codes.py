"""Codes beside names: a code that belongs to another place than its name is an error with both."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xinzhi.errors import Problem
from xinzhi.io.recognise.cells import loose
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.places.identity import Identity, Register, identify
from xinzhi.study.gather.tables import FileTable
from xinzhi.wording import message

HEADINGS = frozenset(
    {
        *(
            "代码",
            "城市代码",
            "地区代码",
            "行政区划代码",
            "行政代码",
            "区划代码",
            "省份代码",
            "市代码",
        ),
        *("省代码", "国家代码", "adcode", "code", "citycode", "city_code", "areacode", "area_code"),
        *("iso3", "iso", "iso2", "countrycode", "country_code", "provincecode", "province_code"),
    }
)
"""Headings of columns that may hold codes of the register; whether they do, the codes say."""
PROVINCES = frozenset(
    {"省份", "省", "所属省份", "所在省份", "省区", "province", "province_zh", "prov"}
)
"""Headings of columns that tell the province of a city."""
MOST = 20


def contradictions(table: FileTable, register: Register) -> Iterator[Problem]:
    """Find rows whose code is that of another place, once for each name and code.

    A column of numbers of another kind (1, 2, 3 …) is none of the register and is left alone, as is
    a code that the register does not know.
    """
    panel = table.panel
    for column in panel.frame.columns:
        if loose(column) in HEADINGS:
            yield from _compare_codes(panel, str(column), register)


def _compare_codes(panel: Panel, column: str, register: Register) -> Iterator[Problem]:
    index = panel.frame.index
    pairs = pd.DataFrame(
        {
            "name": index.get_level_values(ENTITY),
            "year": index.get_level_values(PERIOD),
            "code": [_write_code(value) for value in panel.frame[column]],
        }
    )
    # A place has many rows: each name is identified once, with the year of its first row.
    first = pairs[pairs["code"] != ""].drop_duplicates(["name", "code"])
    dated = register == "china_cities" and panel.has_periods
    years = [int(y) if dated else None for y in first["year"]]
    named = list(zip(first["name"], years, [None] * len(first), strict=True))
    coded = list(zip(first["code"], years, [None] * len(first), strict=True))
    places = identify([*named, *coded], register).found
    n_problems = 0
    for position, name, code in zip(first.index, named, coded, strict=True):
        mine, other = places[name], places[code]
        if not (isinstance(mine, Identity) and isinstance(other, Identity)):
            continue
        if mine.code != other.code and n_problems < MOST:
            n_problems += 1
            text = message(
                "{name} stands beside the code {code}, which is that of {other}; its own is {own}.",
                name=name[0],
                code=code[0],
                other=other.name,
                own=mine.code,
            )
            remedy = message(
                "correct the code or the name; until then nobody can tell whose figures these are."
            )
            yield Problem("names.code", text, panel.place(int(position), column), remedy)


def _write_code(value: object) -> str:
    """Write a code as text; nothing where the cell is empty."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
