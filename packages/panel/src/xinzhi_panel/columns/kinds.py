"""What rules of plausibility compare, by the indicators of the vocabulary.

At which prices an amount is, as its heading says: of each year, of one year, of the year before.

Words for prices are those of the table of marks. A mark is looked for as a whole, never a part of one: 年价 ends 当年价 and 上年价 as well as 2008年价, and 实际
means constant prices only in front of an amount that has prices (实际GDP, not 实际利用外资).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from xinzhi_panel.columns.indicators import packaged, parts, rows


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """What a column is."""

    ids: tuple[str, ...]
    """Indicators of the vocabulary that are of this kind."""
    dimension: str
    """persons, money, area, electricity, energy, mass, percent, years or count: what its unit measures."""

    @property
    def names(self) -> tuple[str, ...]:
        """All headings of its indicators."""
        indicators = packaged().indicators
        return tuple(name for one in self.ids for name in indicators[one].headings)


_INDICATORS: Mapping[str, Mapping[str, str]] = {
    "persons": {
        "residents": "population_resident population_year_end",
        "registered residents": "population_registered",
        "urban residents": "population_urban",
        "rural residents": "population_rural",
        "employed": "employed_total",
        "employed in primary industry": "employed_primary",
        "employed in secondary industry": "employed_secondary",
        "employed in tertiary industry": "employed_tertiary",
        "employed in mining": "employed_mining",
        "employed in manufacturing": "employed_manufacturing",
        "students in higher education": "university_students",
    },
    "money": {
        "gdp": "gdp gdp_constant",
        "value added of primary industry": "va_primary",
        "value added of secondary industry": "va_secondary",
        "value added of tertiary industry": "va_tertiary",
        "value added of industry": "va_industry",
        "gdp per head": "gdp_per_capita gdp_per_capita_constant",
        "fixed-asset investment": "fixed_asset_investment gfcf",
        "investment in real estate": "real_estate_investment",
        "capital stock": "capital_stock",
        "fiscal expenditure": "fiscal_expenditure",
        "expenditure on science": "fiscal_science",
        "expenditure on education": "fiscal_education",
        "fiscal revenue": "fiscal_revenue",
        "tax revenue": "tax_revenue",
        "expenditure on research": "rd_expenditure",
        "average wage": "wage_average",
    },
    "electricity": {
        "electricity": "electricity",
        "electricity of industry": "electricity_industry",
        "electricity of households": "electricity_households",
    },
    "energy": {"energy": "energy_consumption"},
    "area": {
        "land area": "land_area",
        "built-up area": "built_up_area",
        "green space of the built-up area": "green_built_up_area",
    },
    "mass": {"carbon dioxide": "co2_emissions", "sulphur dioxide": "so2_total so2_industrial"},
    "count": {
        "patents granted": "patents_granted",
        "patents applied for": "patents_applied",
        "invention patents granted": "invention_granted",
        "utility models granted": "utility_granted",
        "designs granted": "design_granted",
    },
    "percent": {
        "urban share": "urbanization_rate",
        "share of secondary industry": "share_secondary",
        "share of tertiary industry": "share_tertiary",
    },
    "years": {"years of schooling": "years_of_schooling"},
}
KINDS: Mapping[str, ColumnKind] = MappingProxyType(
    {
        kind: ColumnKind(tuple(ids.split()), dimension)
        for dimension, kinds in _INDICATORS.items()
        for kind, ids in kinds.items()
    }
)
"""Name of a kind that rules of plausibility compare -> its indicators, and what its unit measures."""
KIND_OF: Mapping[str, str] = MappingProxyType(
    {indicator: kind for kind, one in KINDS.items() for indicator in one.ids}
)
"""Indicator -> its kind."""


Basis = Literal["constant", "current", "previous_year", "unclear"]
_YEAR = r"(?<!\d)(?:1[89]|20)\d{2}"
_AMOUNT = (
    r"(?:(?:人均|户均|劳均)?(?:gdp|grp|地区生产|国内生产|国民生产|国民收入|生产总值|总产值|产值|产出|增加值|工资|资本存量|物质资本)"
    r"|人均(?:可支配)?收入)"
)
"""Amounts that have prices; what is 实际利用 or 实际完成 is what was in fact used or done."""
_REAL = (
    rf"(?<![非未])实际(?={_AMOUNT})(?!{_AMOUNT}.{{0,6}}增[长速幅])"
    r"|(?:gdp|grp|总值|产值|增加值)[_(（]实际"
)
_SAID: Mapping[str, Basis] = MappingProxyType(
    {"previous_year_prices": "previous_year", "current": "current", "constant": "constant"}
)
"""Prices in the table of marks -> here, in the order in which they are looked for."""


@cache
def _finders() -> tuple[tuple[Basis, re.Pattern[str]], ...]:
    """Compile the words for prices that the table of marks has, the longest first."""
    found: dict[str, list[str]] = {said: [] for said in _SAID}
    table = [row for row in rows("marks.csv") if row["kind"] in {"price_basis", "price_word"}]
    for row in sorted(table, key=lambda row: -len(row["mark"])):
        said = row["value"].partition(":")[0]
        if said in found:
            found[said].append(_pattern(row))
    return tuple((basis, re.compile("|".join(found[said]))) for said, basis in _SAID.items())


def _pattern(row: Mapping[str, str]) -> str:
    """Write a mark as a pattern: a Latin one is a word of its own, and some are not meant beside others."""
    if row["mark"] == "实际":
        return _REAL
    mark = _folded(row["mark"])
    body = re.escape(mark).replace(r"\{year\}", _YEAR)
    if re.match("[a-z]", mark):
        body = rf"(?<![a-z]){body}"
    if re.search(r"[a-z]\Z", mark):
        body = rf"{body}(?![a-z])"
    behind = rf"(?!_?(?:{row['not_before']}))" if row["not_before"] else ""
    before = "".join(rf"(?<!{word})" for word in parts(row["not_after"]))
    return f"{before}{body}{behind}"


_INDEX = re.compile(r"=100|为100|指数|index|deflator|平减")


def price_basis(*texts: str) -> Basis | None:
    """Say at which prices a column is; None where neither its name, label nor unit says it.

    Parameters
    ----------
    texts
        What the column is called: its heading as it stands in the file, its label, its unit.

    Returns
    -------
    str or None
        `constant`: prices of one year; `current`: of each year; `previous_year`: of the year before, which
        makes no series; `unclear`: the texts say two of these.

    Examples
    --------
    >>> price_basis("地区生产总值(当年价格)(万元)"), price_basis("GDP（2008年价）"), price_basis("实际GDP")
    ('current', 'constant', 'constant')
    >>> price_basis("实际利用外资"), price_basis("real_estate_investment"), price_basis("GDP")
    (None, None, None)
    """
    found = {basis for text in texts for basis in _bases(text)}
    if len(found) > 1:
        return "unclear"
    return next(iter(found), None)


def _bases(text: str) -> Iterable[Basis]:
    """Find the marks of one text; each is taken off, so that none is found inside another."""
    folded = _folded(text)
    if _INDEX.search(folded):
        return
    for basis, finder in _finders():
        rest = finder.sub("|", folded)
        if rest != folded:
            yield basis
        folded = rest


def _folded(text: str) -> str:
    """Fold width and case; blanks, hyphens and slashes are strokes."""
    return re.sub(r"[\s\-/]+", "_", unicodedata.normalize("NFKC", text).strip()).casefold()
