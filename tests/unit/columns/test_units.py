"""Units: what they measure, and how many single ones they hold."""

from __future__ import annotations

import pytest

from xinzhi.columns.recognise import heading
from xinzhi.columns.units import unit_of


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        *[("人", "persons", 1), ("万人", "persons", 1e4), ("亿元", "money", 1e8)],
        *[("万千瓦时", "electricity", 1e4), ("千瓦时", "electricity", 1), ("吨", "mass", 1)],
        *[("万吨标准煤", "energy", 1e4), ("平方公里", "area", 1), ("公顷", "area", 0.01)],
        *[("万美元", "dollars", 1e4), ("10k", None, 1e4), ("100m", None, 1e8), ("mt", "mass", 1e6)],
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

    assert [heading(name).is_real for name in names] == [True] * 4 + [False] * 3
