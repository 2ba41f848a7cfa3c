"""Rows of totals and of regions: foreign among cities, entities where nothing else stands."""

from __future__ import annotations

import pytest

from xinzhi_panel.io.read import read_panel

REGIONS = ("东部地区", "中部地区", "西部地区")
CITIES = ("唐山市", "大同市", "阜新市", "鹤岗市")


@pytest.mark.parametrize(
    ("names", "stay"),
    [
        ((*CITIES, *REGIONS), CITIES),
        ((*CITIES, "合计", REGIONS[0]), CITIES),
        # As many regions as others: they are what the table is about.
        ((*CITIES[:2], *REGIONS[:2]), (*CITIES[:2], *REGIONS[:2])),
        (REGIONS, REGIONS),
        (("合计", *REGIONS), REGIONS),
        (("合计",), ("合计",)),
    ],
)
def test_regions_are_left_out_where_most_rows_are_of_others(tmp_path, names, stay):
    """More cities than regions leave the regions out; regions alone, or a total alone, are the data."""
    path = tmp_path / "a.csv"
    rows = [f"{name},{year},{i + 1}.5" for i, name in enumerate(names) for year in (2001, 2002)]
    path.write_text("\n".join(["city,year,x", *rows]), encoding="utf-8")

    found = read_panel(path, entity="city", period="year").panel

    assert set(found.entities) == set(stay)
    assert len(found.frame) == 2 * len(stay)
