"""Units of measure: what a unit measures, and how many single ones it holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

TENS: Mapping[str, float] = MappingProxyType(
    {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
)
SCALES: Mapping[str, float] = MappingProxyType(
    {
        "": 1.0,
        "k": 1e3,
        "1k": 1e3,
        "10k": 1e4,
        "m": 1e6,
        "100m": 1e8,
        "bn": 1e9,
        "g": 1e9,
        "t": 1e12,
    }
)
BASES: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        **dict.fromkeys(("人", "persons", "person"), ("persons", 1.0)),
        **dict.fromkeys(("元", "cny", "rmb", "yuan"), ("money", 1.0)),
        **dict.fromkeys(("美元", "usd"), ("dollars", 1.0)),
        **dict.fromkeys(("千瓦时", "度", "kwh"), ("electricity", 1.0)),
        "wh": ("electricity", 1e-3),
        "mwh": ("electricity", 1e3),
        "gwh": ("electricity", 1e6),
        **dict.fromkeys(("吨", "t", "tonnes", "tons", "tonne", "ton"), ("mass", 1.0)),
        **dict.fromkeys(("吨标准煤", "吨标煤", "tce"), ("energy", 1.0)),
        **dict.fromkeys(("平方公里", "平方千米", "km2", "km²", "sqkm"), ("area", 1.0)),
        "公顷": ("area", 0.01),
        "ha": ("area", 0.01),
        "平方米": ("area", 1e-6),
        **dict.fromkeys(("件", "项", "个"), ("count", 1.0)),
        **dict.fromkeys(("%", "pct", "percent"), ("percent", 1.0)),
        "年": ("years", 1.0),
    }
)
"""Unit without multiples -> what it measures, and how many of the basic unit it is."""
ENGLISH: Mapping[str, float] = MappingProxyType(
    {"": 1.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
)
PLAIN = ("千瓦", "千克", "千米", "百分", "百克")
"""Units whose first character is not a multiple of another unit."""
WORDS = re.compile(
    r"(1(?:0{1,9}|0{0,2}(?:,000)+)(?=\s|$))?\s*(hundred|thousand|million|billion|)s?(?:\s+of)?(?:\s+|$)(.*)"
)
SUFFIX = re.compile(r"(100m|10k|1k|bn|m|k|g|t)?_?([a-z]+2?)?(\d*)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure."""

    dimension: str | None
    """What it measures; None for a bare multiple (万, 10k), which measures what its column does."""
    factor: float
    """Single persons, yuan, dollars, kWh, tonnes, square kilometres that one unit is."""


def unit_of(text: str | None) -> Unit | None:
    """Understand a unit; None where it is not known.

    >>> unit_of("万人"), unit_of("亿千瓦时"), unit_of("10k"), unit_of("km2"), unit_of("furlong")
    (Unit(dimension='persons', factor=10000.0), Unit(dimension='electricity', factor=100000000.0), \
Unit(dimension=None, factor=10000.0), Unit(dimension='area', factor=1.0), None)
    """
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in BASES:
        return Unit(*BASES[plain])
    if plain in SCALES:
        return Unit(None, SCALES[plain])
    return _in_words(plain) or _suffix(plain)


def singles_in(text: str | None) -> float:
    """Return the number of single units in a unit, of whatever it counts; 1 where it has no multiple.

    >>> singles_in("万台"), singles_in("thousand persons"), singles_in("千瓦时"), singles_in(None)
    (10000.0, 1000.0, 1.0, 1.0)
    """
    plain = unicodedata.normalize("NFKC", text or "").strip().casefold()
    if plain in SCALES:
        return SCALES[plain]
    return _multiple(plain)[0]


def ratio(above: str | None, below: str | None) -> float:
    """Return how many of one unit another one holds; of different things, both counted singly.

    >>> ratio("万元", "亿元"), ratio("gwh", "万千瓦时"), ratio("件", "万人")
    (0.0001, 100.0, 0.0001)
    """
    numerator, denominator = unit_of(above), unit_of(below)
    if numerator and denominator and numerator.dimension == denominator.dimension:
        return numerator.factor / denominator.factor
    return singles_in(above) / singles_in(below)


def _multiple(text: str) -> tuple[float, str]:
    """Part a unit into its multiple and the rest: 万人, 10,000 persons, million yuan."""
    words = WORDS.fullmatch(text)
    if words and (words[1] or words[2]):
        return float((words[1] or "1").replace(",", "")) * ENGLISH[words[2]], words[3]
    factor, rest = 1.0, text
    # A unit that is known whole ends the search: 千瓦时 is not a thousand 瓦时.
    while rest and rest[0] in TENS and rest not in BASES and not rest.startswith(PLAIN):
        factor, rest = factor * TENS[rest[0]], rest[1:]
    return factor, rest


def _in_words(text: str) -> Unit | None:
    """Understand a unit whose multiple stands before it."""
    factor, rest = _multiple(text)
    if not rest:
        return Unit(None, factor)
    if rest not in BASES:
        return None
    dimension, size = BASES[rest]
    return Unit(dimension, factor * size)


def _suffix(text: str) -> Unit | None:
    """Understand the end of an English heading: 10kt, 100m, m_usd."""
    match = SUFFIX.fullmatch(text)
    if match is None:
        return None
    base = match[2]
    if base is None:
        return Unit(None, SCALES[match[1]]) if match[1] else None
    if base not in BASES:
        return None
    dimension, size = BASES[base]
    return Unit(dimension, SCALES[match[1] or ""] * size)
