"""Entities in another unit than all others, and what only looks so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from needs import CASES
from places import SHARED
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.panel.scales import check_scales
from xinzhi_core.wording import say
from xinzhi_panel.io.read import read_panel

SEED = 20250505
COLUMNS = ["从业人员", "资本存量", "能源消费", "地区生产总值", "工业废水"]


def cities(n=12, years=4, spread=0.4, own=0.15):
    """Make cities of very different size whose columns move together, as those of real ones do."""
    rng = np.random.default_rng(SEED)
    size = np.repeat(rng.normal(5, spread * np.log(10), n), years)
    kind = np.repeat(rng.normal(0, own * np.log(10), (n, len(COLUMNS))), years, axis=0)
    logs = size[:, None] + kind + 0.05 * np.tile(np.arange(years), n)[:, None]
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(n)], range(2019, 2019 + years)], names=["entity", "period"]
    )
    return pd.DataFrame(np.exp(logs), index=index, columns=COLUMNS)


def changed(frame, column, entities, factor):
    frame = frame.copy()
    frame.loc[frame.index.isin(entities, level=0), column] *= factor
    return frame


def named(frame):
    return [(p.where.column, p.where.entity) for p in check_scales(panel_of(frame))]


@pytest.mark.parametrize("factor", [1e4, 1e-4, 1e8, 100, 0.01])
@pytest.mark.parametrize("entity", ["c00", "c05", "c11"])
def test_one_city_in_another_unit_is_named(entity, factor):
    """The largest and the smallest city alike: what counts is its other columns."""
    frame = changed(cities(), "地区生产总值", [entity], factor)
    assert named(frame) == [("地区生产总值", entity)]


def test_the_factor_is_said_in_the_direction_in_which_it_lies():
    """万元 among 亿元 is ten thousand times too much, 亿元 among 万元 a ten-thousandth."""
    for factor, words in ((1e4, "about 10,000 times"), (1e-4, "about a 10,000th")):
        frame = changed(cities(), "工业废水", ["c03"], factor)
        assert words in str(check_scales(panel_of(frame))[0].what)


@pytest.mark.parametrize(
    ("factor", "en", "zh"),
    [
        (1e4, "are about 10,000 times those of the other entities.", "约为其他个体的 10,000 倍。"),
        (
            1e-4,
            "are about a 10,000th of those of the other entities.",
            "约为其他个体的 10,000 分之一。",
        ),
    ],
)
def test_cities_of_any_size_are_seen_beside_another_column(factor, en, zh):
    """Where the cities differ a hundredfold, only the ratio of two columns tells the unit."""
    (found,) = check_scales(panel_of(changed(cities(spread=2.0), "工业废水", ["c03"], factor)))

    assert str(found.what) == f"Relative to '从业人员', the values of c03 {en}"
    assert say(found.what, "zh") == f"与“从业人员”相比，c03的数值{zh}"


@pytest.mark.parametrize("years", [1, 2, 4])
def test_half_of_the_cities_in_percents_are_named(years):
    """38.5 for six cities, 0.385 for six, and no sign: one of the halves is named."""
    frame = cities(years=years)
    share = np.where(np.arange(len(frame)) < len(frame) // 2, 38.5, 0.385)
    found = check_scales(panel_of(frame.assign(占比=share)))
    assert [p.where.column for p in found] == ["占比"]
    assert "c00, c01, c02, c03, c04, c05" in str(found[0].what)
    assert "about 100 times" in str(found[0].what)


def test_two_columns_of_one_city_are_both_named():
    """Capital and output in 万元: each is told by the three columns that are not."""
    frame = changed(cities(), ["资本存量", "地区生产总值"], ["c04"], 1e4)
    assert named(frame) == [("资本存量", "c04"), ("地区生产总值", "c04")]


def test_size_is_no_unit():
    """A county that is a hundredth in all its columns, and a total of all cities, are sizes."""
    frame = cities()
    assert named(changed(frame, COLUMNS, ["c02"], 0.01)) == []
    assert named(changed(frame, COLUMNS, ["c02"], 200)) == []


def test_ordinary_tables_raise_no_doubt():
    """Cities whose sizes span five powers of ten, marks, codes, zeros and a single column."""
    frame = cities(n=30, spread=1.0)
    marks = (np.arange(len(frame)) % 8 < 4).astype(float)
    assert named(frame.assign(mark=marks, code=110000.0 + np.arange(len(frame)))) == []
    assert named(frame[["地区生产总值"]]) == []
    assert named(frame.iloc[:12]) == []


@pytest.mark.parametrize(
    ("file", "entity", "power"),
    [("province_panel.csv", "province", 1e4), ("oecd_panel.csv", "country", 1e-4)],
)
def test_real_data_raise_no_doubt_until_one_place_changes_its_unit(file, entity, power):
    """Of real provinces and countries none is named; each of them is, once its output is in 万元."""
    path = SHARED / "data" / file
    if not path.exists():
        pytest.skip(CASES)
    panel = read_panel(path, entity=entity, period="year").panel
    assert check_scales(panel) == []
    column = next(c for c in panel.frame if str(c).startswith("gdp"))
    for place in panel.entities[::7]:
        frame = changed(panel.frame, column, [place], power)
        assert (column, place) in named(frame)
