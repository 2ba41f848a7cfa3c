"""Countries and regions of ISO 3166 by code and by the names that data files give them.

Names are compared without case, accents, punctuation, "the" and the difference between "St." and
"Saint", "&" and "and". A name that two countries bear (Congo, 多米尼加) is left to a person.
Sources and licences: `data/SOURCES.md`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from xinzhi.places.divisions import rows

CUTOFF = 0.75
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Country:
    """A country, or a region with a code of its own."""

    code: str
    """Three letters of ISO 3166-1: `DEU`."""
    name: str
    """Usual English name."""
    chinese: str
    """Usual Chinese name."""

    def __str__(self) -> str:
        return f"{self.name} {self.chinese} ({self.code})"


def find_countries(text: str) -> tuple[Country, ...]:
    """Find the countries that a name or code can mean: one, several or none.

    Examples
    --------
    >>> [country.code for country in find_countries("Korea, Rep.")]
    ['KOR']
    >>> [country.code for country in find_countries("刚果")]
    ['COD', 'COG']
    >>> find_countries("CZE") == find_countries("Czech Republic") == find_countries("捷克")
    True
    """
    return _by_name().get(_bare(text), ())


def nearest_countries(text: str) -> tuple[Country, ...]:
    """Find up to three countries whose names are spelled most like an unknown one.

    >>> [country.name for country in nearest_countries("Germny")]
    ['Germany']
    """
    close = difflib.get_close_matches(_bare(text), _by_name(), n=NEAREST, cutoff=CUTOFF)
    return tuple(dict.fromkeys(country for name in close for country in _by_name()[name]))


@cache
def _by_name() -> Mapping[str, tuple[Country, ...]]:
    bearers_of: dict[str, dict[Country, None]] = defaultdict(dict)
    for row in rows("countries.csv"):
        country = Country(row["iso3"], row["name"], row["name_zh"])
        also = filter(None, row["also"].split(";"))
        for name in (country.code, row["iso2"], country.name, country.chinese, *also):
            bearers_of[_bare(name)][country] = None
    return MappingProxyType({name: tuple(bearers) for name, bearers in bearers_of.items()})


def _bare(text: str) -> str:
    """Reduce a name to letters and digits in one case."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"\bst\b\.?", "saint", re.sub(r"\bthe\b", "", plain))
    # Letters of every script stay: names are Chinese, too.
    return "".join(c for c in plain if c.isalnum())
