"""Tables with keys of their own."""

from __future__ import annotations

import pytest

from xinzhi_core.errors import DataError
from xinzhi_panel.io.read import read_series


def written(folder, text):
    path = folder / "s.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_keys_become_the_index_and_years_whole_numbers(tmp_path):
    """Employment by city and industry, robots by industry and year, totals by industry."""
    census = read_series(
        written(tmp_path, '城市,行业,从业人员（人）\n唐山市,制造,"1,200"\n唐山市,采矿,300\n'),
        keys=["城市", "行业"],
    )
    assert census.frame.loc[("唐山市", "制造"), "从业人员"] == 1200
    assert census.units["从业人员"] == "人"
    robots = read_series(
        written(tmp_path, "行业,年份,台数\n制造,2008年,40\n"), keys=["行业", "年份"]
    )
    assert robots.frame.index.tolist() == [("制造", 2008)]
    national = read_series(written(tmp_path, "行业,人数\n制造,800\n"), keys=["行业"])
    assert national.frame.loc["制造", "人数"] == 800


def test_years_across_the_columns_become_the_last_key(tmp_path):
    """Robots with years for names are spread out."""
    robots = read_series(
        written(tmp_path, "行业,2008,2009\n制造,40,80\n采矿,12,30\n"), keys=["行业", "年份"]
    )
    assert robots.frame.loc[("采矿", 2009)].iloc[0] == 30


def test_three_keys_are_possible(tmp_path):
    """Enterprises by city, industry and year."""
    counts = read_series(
        written(tmp_path, "城市,行业,年份,数\n唐山,制造,2008,4\n"), keys=["城市", "行业", "年份"]
    )
    assert counts.frame.index.tolist() == [("唐山", "制造", 2008)]


@pytest.mark.parametrize(
    ("text", "keys", "code"),
    [
        ("行业,人数\n制造,1\n制造,2\n", ["行业"], "panel.duplicate"),
        ("行业,人数\n,1\n", ["行业"], "panel.blank_key"),
        ("行业,人数\n制造,x\n采矿,1\n", ["行业"], "number.not_numeric"),
        ("行业,人数\n制造,1\n", ["城市", "行业"], "data.missing_column"),
    ],
)
def test_wrong_tables_are_refused(text, keys, code, tmp_path):
    """The rules are those of the panel."""
    with pytest.raises(DataError) as caught:
        read_series(written(tmp_path, text), keys=keys)
    assert caught.value.code == code
