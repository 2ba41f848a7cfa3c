"""Units: what they measure, and how many single ones they hold."""

from __future__ import annotations

import pytest

from xinzhi_panel.columns.meaning import read_heading
from xinzhi_panel.columns.units import singles_in, unit_of


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        *[("人", "persons", 1), ("万人", "persons", 1e4), ("亿元", "money", 1e8)],
        *[("万千瓦时", "electricity", 1e4), ("千瓦时", "electricity", 1), ("吨", "mass", 1)],
        *[("万吨标准煤", "energy", 1e4), ("平方公里", "area", 1), ("公顷", "area", 0.01)],
        *[("万美元", "dollars", 1e4), ("10k", None, 1e4), ("100m", None, 1e8), ("mt", "mass", 1e6)],
        *[("thousand persons", "persons", 1e3), ("10,000 persons", "persons", 1e4)],
        *[("million yuan", "money", 1e6), ("100 million yuan", "money", 1e8)],
        *[("1000 tons", "mass", 1e3), ("million", None, 1e6), ("billions of usd", "dollars", 1e9)],
        *[("10ktce", "energy", 1e4), ("km2", "area", 1), ("%", "percent", 1), ("万", None, 1e4)],
    ],
)
def test_a_unit_is_understood(text, dimension, factor):
    """Chinese multiples, English suffixes, bare multiples."""
    found = unit_of(text)

    assert found is not None
    assert (found.dimension, found.factor) == (dimension, pytest.approx(factor))


def test_what_is_not_known_is_no_unit():
    """Nothing is guessed."""
    assert [unit_of(text) for text in (None, "", "指数", "元/美元", "foo", "1e4")] == [None] * 6


@pytest.mark.parametrize(
    ("text", "singles"),
    [
        *[("万台", 1e4), ("百万件", 1e6), ("thousand robots", 1e3), ("10,000 households", 1e4)],
        *[("千瓦时", 1), ("千米", 1), ("百分点", 1), ("台", 1), ("robots", 1), (None, 1), ("", 1)],
        *[("10k", 1e4), ("公顷", 1), ("2010 prices", 1), ("1000", 1e3)],
    ],
)
def test_a_multiple_is_understood_of_whatever_is_counted(text, singles):
    """A rate divides by single ones; a unit of its own (千瓦时) is one."""
    assert singles_in(text) == singles


def test_constant_prices_are_told_from_current_ones():
    """gdp_100m08 and real_gdp are real; labour_10k is no price."""
    names = (
        "gdp_100m08",
        "gdp_musd2015",
        "real_gdp",
        "实际GDP",
        "gdp_100m",
        "labour_10k",
        "area_km2",
    )

    assert [read_heading(name).is_constant for name in names] == [True] * 4 + [False] * 3
