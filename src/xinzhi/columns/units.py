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
    return _chinese(plain) or _suffix(plain)


def _chinese(text: str) -> Unit | None:
    factor, rest = 1.0, text
    while rest and rest[0] in TENS and rest not in BASES:
        factor, rest = factor * TENS[rest[0]], rest[1:]
    if not rest:
        return Unit(None, factor)
    if rest not in BASES:
        return None
    dimension, one = BASES[rest]
    return Unit(dimension, factor * one)


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
    dimension, one = BASES[base]
    return Unit(dimension, SCALES[match[1] or ""] * one)
