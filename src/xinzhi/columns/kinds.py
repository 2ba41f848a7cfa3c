"""What rules of plausibility compare, by the indicators of the vocabulary.

At which prices an amount is, as its heading says: of each year, of one year, of the year before.

A mark is looked for as a whole, never a part of one: 年价 ends 当年价 and 上年价 as well as 2008年价, and 实际
means constant prices only in front of an amount that has prices (实际GDP, not 实际利用外资).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from xinzhi.columns.indicators import packaged


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
_MARKS: tuple[tuple[Basis, str], ...] = (
    (
        "previous_year",
        r"上一?年(?:度)?(?:不变|可比)?价|前一年价|去年价|previous_year'?s?_prices?|prices?_of_(?:the_)?previous_year",
    ),
    (
        "current",
        (
            r"当年(?:度)?价|本年(?:度)?价|当年现价|当期价|报告期价|现行价|当前价|(?<!实)现价(?!值)|名义"
            r"|(?<![a-z])nominal(?![a-z])|(?<![a-z])current(?![a-z])(?!_(?:account|assets|liabilit))|(?<![a-z])unadjusted_for_inflation"
        ),
    ),
    (
        "constant",
        (
            r"(?<![非未])不变价(?!值)|(?<![非未])可比价(?!值)|固定价格|(?<![非未])真实(?!性)"
            rf"|(?<![非未])实际(?={_AMOUNT})(?!{_AMOUNT}.{{0,6}}增[长速幅])"
            rf"|(?:gdp|grp|总值|产值|增加值)[_(（]实际|{_YEAR}年?(?:不变|可比|固定)?价"
            rf"|以{_YEAR}年?为基|{_YEAR}年?(?:为)?基期|{_YEAR}年为基|基期(?:为)?{_YEAR}|{_YEAR}年不变"
            r"|(?<![a-z])constant(?![a-z])|(?<![a-z])real(?![a-z])(?!_?(?:estate|time|property|interest|exchange))"
            r"|(?<![a-z])chained(?![a-z])|(?<![a-z])deflated(?![a-z])"
            rf"|(?<!\d){_YEAR}_(?:constant_)?prices?|prices?_of_{_YEAR}|(?<![a-z])(?:rgdp|rgdppc|realgdp|rgdpna|rgdpe|rgdpo|rnna|rconna)(?![a-z])"
        ),
    ),
)
_FINDERS = tuple((basis, re.compile(pattern)) for basis, pattern in _MARKS)
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
    folded = re.sub(r"[\s\-/]+", "_", unicodedata.normalize("NFKC", text).strip()).casefold()
    if _INDEX.search(folded):
        return
    for basis, finder in _FINDERS:
        rest = finder.sub("|", folded)
        if rest != folded:
            yield basis
        folded = rest
