"""Files as strangers bring them, in small: what the first study makes of the habits of each source."""

from __future__ import annotations

import pytest

from made_studies import STUDIES, Size
from xinzhi.study.file.located import read_yaml
from xinzhi.study.first.study_file import first_study
from xinzhi.study.first.tables import first_tables
from xinzhi_core.wording import say


@pytest.fixture
def built(tmp_path):
    """Build the first study of one of the twelve, of 12 places in 6 years: its tables, its text, what it says."""

    def build(name):
        stranger = STUDIES[name](tmp_path, Size(12, 6))
        tables = first_tables(sorted(stranger.files), tmp_path, leaves_out=True)
        text = first_study(tables, tmp_path, "en").text
        return tables, text, read_yaml(text, "study.yaml").value

    return build


def test_a_heading_that_is_spread_over_a_row_of_units_is_the_key(built):
    """城 市 above a row of units: no quantity such as 地区生产总值 becomes the entity."""
    tables, _, spec = built("sheet_a_year")
    panel = tables.reading.panel

    assert panel.keys[0] == "城 市"
    assert (panel.n_entities, len(panel.periods)) == (12, 6)
    assert panel.units["地区生产总值"] == "万元"
    assert spec["efficiency"]["efficiency"]["bad_outputs"]


def test_a_merged_cell_above_the_names_is_no_row_of_headings(built):
    """经济 over five columns: the names stand in the row below, and their topic hides no meaning."""
    _, _, spec = built("provinces")
    measured = spec["efficiency"]["efficiency"]

    assert measured["inputs"] == ["经济 就业人员", "能源与环境 能源消费总量"]
    assert measured["good_outputs"] == ["实际地区生产总值"]
    assert measured["bad_outputs"] == ["能源与环境 二氧化硫排放总量", "能源与环境 二氧化碳排放量"]
    assert spec["variables"]["CO2"]["label"]["en"] == "Carbon dioxide emissions"


def test_firms_are_named_by_their_short_names_at_the_end_of_each_fiscal_year(built):
    """Neither the trade nor the code is the entity; the day that closes the books is its year."""
    tables, _, _ = built("firms")
    panel = tables.reading.panel

    assert panel.keys[:2] == ("证券简称", "会计期间")
    assert (panel.n_entities, panel.periods[0], panel.periods[-1]) == (12, 2013, 2018)


def test_a_sheet_that_lists_units_empties_no_panel(built):
    """It names none of the places: it is left out, with the reason."""
    tables, text, _ = built("wide_table")

    assert (tables.reading.panel.n_entities, len(tables.reading.panel.periods)) == (12, 6)
    said = "it holds no numbers, and none of the entities of the other sheets"
    assert [say(one.why, "en") for one in tables.left] == [said]
    assert said in text


@pytest.mark.parametrize("name", ["world_bank", "oecd_long"])
def test_investment_at_constant_prices_is_neither_capital_nor_deflated(built, name):
    """A code in brackets or the word volume hides no meaning; the remedy is an index of 100."""
    _, text, spec = built(name)

    assert "'Gross fixed capital formation" in text
    assert (
        " is at constant prices already, so its price index is a column of 100 in every row;"
        in text
    )
    assert "index_kind: fixed_base, base: " in text
    inputs = spec["efficiency"]["efficiency"]["inputs"]
    assert not [one for one in inputs if "capital" in one]
