"""The profile of a panel: counts, places, variation and oddities against values computed by hand."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from layout import files
from xinzhi_core.errors import Problem, Where
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.panel.profile import ODD, profile_panel
from xinzhi_core.wording import say

CITIES, YEARS = [f"c{i:02}" for i in range(20)], range(2000, 2012)
INDEX = pd.MultiIndex.from_product([CITIES, YEARS], names=["entity", "period"])
CITY, YEAR = (INDEX.get_level_values(level) for level in ("entity", "period"))


def column(values, **options):
    panel = panel_of(pd.DataFrame({"x": values}, index=INDEX), **options)
    return profile_panel(panel).columns[0]


@pytest.fixture
def numbers():
    return np.random.default_rng(3).normal(10, 2, len(INDEX))


def test_range_and_variation_are_those_of_xtsum(numbers):
    """Between: of the means of entities. Within: about these means, with N - 1."""
    values = pd.Series(numbers, INDEX).mask(YEAR == 2005)
    found = column(values)

    means = values.groupby(level="entity").mean()
    differences = values - values.groupby(level="entity").transform("mean")
    assert (found.minimum, found.maximum) == (values.min(), values.max())
    assert found.mean == pytest.approx(values.mean(), rel=1e-12)
    assert found.between_sd == pytest.approx(means.std(ddof=1), rel=1e-12)
    within = np.sqrt((differences**2).sum() / (values.count() - 1))
    assert found.within_sd == pytest.approx(within, rel=1e-12)


@pytest.mark.parametrize(
    ("empty", "periods", "entities"),
    [
        (YEAR < 2002, (2000, 2001), ()),
        ((YEAR == 2003) | ((CITY == "c01") & (YEAR == 2008)), (2003,), ()),
        ((CITY == "c07") | (CITY == "c03"), (), ("c03", "c07")),
        (np.arange(len(INDEX)) % 7 == 0, (), ()),
        (np.ones(len(INDEX), dtype=bool), (), ()),
        (np.zeros(len(INDEX), dtype=bool), (), ()),
    ],
    ids=["two years", "mostly a year", "two cities", "scattered", "everywhere", "nowhere"],
)
def test_the_place_of_empty_cells_is_named_where_it_is_one(numbers, empty, periods, entities):
    """A few periods, else a few entities, that hold four in five of the empty cells."""
    found = column(np.where(empty, np.nan, numbers))

    assert found.missing == int(np.sum(empty))
    assert found.missing_share == pytest.approx(np.mean(empty))
    assert (found.missing_periods, found.missing_entities) == (periods, entities)


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        (np.full(len(INDEX), np.nan), ("empty",)),
        (np.full(len(INDEX), 3.5), ("constant",)),
        (np.zeros(len(INDEX)), ("all_zero",)),
        (np.arange(len(INDEX)) % 7 % 2, ("binary",)),
        (np.arange(len(INDEX)) % 7 + 1.0, ("integers",)),
        (np.where(np.arange(len(INDEX)) % 5, 1.5 + np.arange(len(INDEX)), 0), ("zeros",)),
        (np.arange(len(INDEX)) - 0.5, ("negative",)),
        (np.repeat(np.arange(20) + 0.5, 12), ("fixed_in_time",)),
        (np.tile(np.arange(12) + 0.5, 20), ("same_for_all",)),
        (np.array(["a", "b"] * (len(INDEX) // 2)), ("text",)),
        (np.random.default_rng(1).lognormal(size=len(INDEX)), ()),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) and value else "",
)
def test_what_is_odd_is_named(values, odd):
    """One word for each oddity, none for an ordinary column."""
    assert column(values).odd == odd


def test_zeros_are_counted_among_the_cells_that_are_not_empty(numbers):
    """Half of the cells are empty, a quarter of the rest is 0."""
    position = np.arange(len(INDEX))
    values = np.where(position % 2, np.nan, np.where(position % 8, numbers, 0.0))

    assert column(values).zero_share == 0.25


def test_years_and_unit_are_those_of_the_column(numbers):
    """First and last period with a value."""
    found = column(np.where((YEAR < 2004) | (YEAR > 2009), np.nan, numbers), units={"x": "万元"})

    assert (found.first_period, found.last_period, found.unit) == (2004, 2009, "万元")


def test_notices_about_a_column_stand_with_it(numbers):
    """Each code once, behind the words; those about other columns elsewhere."""
    panel = panel_of(pd.DataFrame({"x": numbers, "y": numbers}, index=INDEX))
    notices = [Problem("panel.unit_jump", "…", Where(column="x"), severity="warning")] * 2

    x, y = profile_panel(panel, notices).columns

    assert (x.odd, y.odd) == (("panel.unit_jump",), ())


def test_a_cross_section_has_no_periods_and_no_within_variation():
    """Each entity has one value."""
    index = pd.MultiIndex.from_product([["a", "b", "c"], [0]], names=["entity", "period"])
    panel = panel_of(pd.DataFrame({"x": [1.5, 2.0, 4.0]}, index=index), has_periods=False)

    (found,) = profile_panel(panel).columns

    assert (found.within_sd, found.first_period, found.missing_periods) == (None, None, ())
    assert found.between_sd == pytest.approx(np.std([1.5, 2, 4], ddof=1))


def test_the_verb_takes_a_frame_and_gives_a_frame(numbers):
    """`xz.profile` is the same function; a jump of units shows in its column."""
    numbers[5] *= 10_000
    frame = pd.DataFrame({"city": CITY, "year": YEAR, "x": numbers})

    found = xz.profile(frame, entity="city", period="year")

    assert found.to_frame().loc["x", "odd"] == ("panel.unit_jump",)
    assert found.to_frame().loc["x", "maximum"] == numbers.max()


@pytest.mark.long
def test_three_hundred_thousand_rows_are_profiled():
    """Twenty columns of 20,000 entities and 15 years, checks of the panel included: the range of each is that of its cells."""
    draw = np.random.default_rng(0)
    index = pd.MultiIndex.from_product([[f"c{i:05}" for i in range(20_000)], range(2005, 2020)])
    data = {f"v{i}": draw.lognormal(size=len(index)) for i in range(20)}
    panel = panel_of(pd.DataFrame(data, index=index.set_names(["entity", "period"])))

    found = xz.profile(panel).to_frame()

    assert len(found) == 20
    for name, values in data.items():
        assert found.loc[name, ["minimum", "maximum"]].tolist() == [
            values.min(),
            values.max(),
        ]


def test_every_rule_has_words_in_the_profile():
    """The column "odd" prints what a rule finds, and no code, in both languages."""
    codes = {code for code in declared_codes() if code.startswith("plausible.")}
    assert len(codes) >= 20
    assert codes - set(ODD) == set()
    for code in codes:
        assert say(ODD[code], "zh") != str(ODD[code]), code


def declared_codes():
    """Find the codes in the source of the rules, whatever gives them."""
    found = set()
    for path in files(".py"):
        if "columns" in path.parts:
            found |= set(re.findall(r'"(plausible\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    return found
