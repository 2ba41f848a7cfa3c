"""Damage to right tables that looks at names, periods and units: each operator takes a table and returns it damaged.

A table is a frame with the columns 城市, 年份 and columns of numbers; nothing else is changed than what the
docstring says. What must come of it stands beside the operator in `EXPECTED`: refused, or warned by a code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

CITY, YEAR, GDP = "城市", "年份", "地区生产总值"
Operator = Callable[[pd.DataFrame], pd.DataFrame]


def republic_years(table: pd.DataFrame) -> pd.DataFrame:
    """Count the years of one city in the years of the Republic: 105 for 2016."""
    return _years(table, table[CITY] == table[CITY].iloc[0], lambda year: year - 1911)


def buddhist_years(table: pd.DataFrame) -> pd.DataFrame:
    """Count the last year of all cities in the Buddhist era: 2563 for 2020."""
    return _years(table, table[YEAR] == table[YEAR].max(), lambda year: year + 543)


def short_years(table: pd.DataFrame) -> pd.DataFrame:
    """Write all years but the last with two digits: 16 beside 2020."""
    return _years(table, table[YEAR] < table[YEAR].max(), lambda year: year - 2000)


def year_of_the_future(table: pd.DataFrame) -> pd.DataFrame:
    """Exchange two digits of one year: 2108 for 2018."""
    damaged = table.copy()
    damaged.loc[table.index[2], YEAR] = 2108
    return damaged


def numbered_years(table: pd.DataFrame) -> pd.DataFrame:
    """Number the periods 1, 2, 3 below the heading of years."""
    return _years(table, table[YEAR] > 0, lambda year: year - int(table[YEAR].min()) + 1)


def residual_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Add a remainder and a corps to the cities."""
    return _with_rows(table, {"其他": 0.3, "新疆生产建设兵团": 0.4})


def names_of_another_level(table: pd.DataFrame) -> pd.DataFrame:
    """Add a county-level city."""
    return _with_rows(table, {"昆山市": 0.45})


def unknown_name(table: pd.DataFrame) -> pd.DataFrame:
    """Add a place that is in no register."""
    return _with_rows(table, {"乌有乡": 0.45})


def copied_city(table: pd.DataFrame) -> pd.DataFrame:
    """Give one city the figures of another one, in all columns."""
    damaged = table.copy()
    first, second = table[CITY].unique()[:2]
    numbers = [c for c in table.columns if c not in (CITY, YEAR)]
    damaged.loc[table[CITY] == second, numbers] = table.loc[
        table[CITY] == first, numbers
    ].to_numpy()
    return damaged


def copied_column(table: pd.DataFrame) -> pd.DataFrame:
    """Give one city the figures of another one, in one column."""
    damaged = table.copy()
    first, second = table[CITY].unique()[:2]
    damaged.loc[table[CITY] == second, GDP] = table.loc[table[CITY] == first, GDP].to_numpy()
    return damaged


def two_currencies(table: pd.DataFrame) -> pd.DataFrame:
    """Write signs before amounts: ¥, and $ before those of one city."""
    return _marked(table, lambda value: f"¥{value}", lambda value: f"${value}")


def two_scales(table: pd.DataFrame) -> pd.DataFrame:
    """Write units behind amounts: 万元, and 亿元 behind those of one city."""
    return _marked(table, lambda value: f"{value}万元", lambda value: f"{value}亿元")


def some_percents(table: pd.DataFrame) -> pd.DataFrame:
    """Write % behind the figures of one city only."""
    return _marked(table, str, lambda value: f"{value}%")


def two_masses(table: pd.DataFrame) -> pd.DataFrame:
    """Write kg behind the figures, and t behind those of one city."""
    return _marked(table, lambda value: f"{value}kg", lambda value: f"{value}t")


EXPECTED: Mapping[Operator, str] = {
    republic_years: "year.implausible",
    buddhist_years: "year.implausible",
    short_years: "year.implausible",
    year_of_the_future: "year.future",
    numbered_years: "year.numbers",
    residual_rows: "names.residual",
    names_of_another_level: "names.level",
    unknown_name: "names.unknown",
    copied_city: "plausible.identical",
    copied_column: "plausible.identical_series",
    two_currencies: "number.mixed_units",
    two_scales: "number.mixed_units",
    some_percents: "number.mixed_units",
    two_masses: "number.mixed_units",
}
"""Operator -> code of what must be said of the table."""


def _years(table: pd.DataFrame, where: pd.Series, change: Callable[[int], int]) -> pd.DataFrame:
    damaged = table.copy()
    damaged[YEAR] = [
        change(int(year)) if hit else int(year)
        for year, hit in zip(table[YEAR], where, strict=True)
    ]
    return damaged


def _with_rows(table: pd.DataFrame, sizes: Mapping[str, float]) -> pd.DataFrame:
    """Add rows of other names, with the figures of the first city times a factor of their own."""
    first = table[table[CITY] == table[CITY].iloc[0]]
    numbers = [c for c in table.columns if c not in (CITY, YEAR)]
    more = []
    for name, size in sizes.items():
        rows = first.assign(**{CITY: name})
        rows[numbers] = (rows[numbers] * size + size).round(2)
        more.append(rows)
    return pd.concat([table, *more], ignore_index=True)


def _marked(
    table: pd.DataFrame, usual: Callable[[float], str], other: Callable[[float], str]
) -> pd.DataFrame:
    """Write the amounts of a column as texts, those of the last city otherwise."""
    last = table[CITY].iloc[-1]
    return table.assign(
        **{
            GDP: [
                (other if city == last else usual)(value)
                for city, value in zip(table[CITY], table[GDP], strict=True)
            ]
        }
    )
