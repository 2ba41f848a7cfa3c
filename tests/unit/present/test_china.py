"""Maps of China: what every sheet shows, and legends that count what the tables count."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from drawn import picture
from xinzhi.analyses.classes.compute import classify, interval
from xinzhi.present.map.china import FRAME, INSET, sheet
from xinzhi.present.map.layers import china_map
from xinzhi.present.map.lines import albers
from xinzhi.study.outlines import built_in
from xinzhi_core.errors import DataError
from xinzhi_core.wording import Label
from xinzhi_econometrics.space.scores import choose_periods
from xinzhi_panel.places.boundaries import codes

CLASSES = {name: interval(words) for name, words in
           {"low": "< 0.30", "middle": "0.30-0.60", "high": "> 0.60"}.items()}  # fmt: skip
NAMES = {
    "low": Label("low", zh="低"),
    "middle": Label("middle", zh="中"),
    "high": Label("high", zh="高"),
}


def panel(**scores):
    """Scores of entities at two periods; None for no row at all."""
    rows = {
        (name, period): score
        for name, pair in scores.items()
        for period, score in zip((2008, 2023), pair, strict=True)
        if score is not None
    }
    index = pd.MultiIndex.from_tuples(list(rows), names=["entity", "period"])
    return pd.Series(list(rows.values()), index=index, dtype=float).sort_index()


def drawn(scores, **options):
    found = classify(scores, CLASSES)
    boundaries = built_in(scores.index.get_level_values("entity").unique())
    chart = china_map(
        "m", Label("m", zh="效率分布", en="Map"), scores, classes=found.of, names=NAMES,
        boundaries=boundaries, value=Label("s", zh="绿色效率", en="Score"), **options,
    )  # fmt: skip
    return chart, found


def legend(specification):
    """Counts of a legend: (period, words) -> n."""
    sets = (rows for rows in specification["datasets"].values() if isinstance(rows, list))
    rows = [r for rows in sets for r in rows if {"n", "text", "box"} <= r.keys()]
    return {(row["period"], row["text"]): row["n"] for row in rows}


def points(geometry):
    """All points of a geometry, whatever its depth."""
    flat: list = []

    def walk(part):
        if isinstance(part[0], (int, float)):
            flat.append(part)
        else:
            for one in part:
                walk(one)

    walk(geometry["coordinates"])
    return np.array(flat)


def inside(found, window):
    left, lower, right, upper = window
    x, y = found[:, 0], -found[:, 1]
    return (x >= left - 1) & (x <= right + 1) & (y >= lower - 1) & (y <= upper + 1)


PLACES = panel(山西省=(0.2, 0.5), 海南省=(0.4, 0.7), 广东省=(0.7, float("nan")))


def test_legends_count_what_the_tables_count():
    """Page and picture carry, class by class and period by period, the counts of the classification."""
    chart, found = drawn(PLACES)

    for specification in (chart.specifications["en"], chart.still["en"]):
        counts = legend(specification)
        for period, row in found.counts.iterrows():
            for word, column in (
                ("low", "low"),
                ("middle", "middle"),
                ("high", "high"),
                ("No score", "none"),
            ):
                assert counts[period, word] == row[column]


def test_an_empty_class_keeps_its_line():
    """A class without members stands in the legend with 0."""
    chart, _ = drawn(panel(山西省=(0.2, 0.2)))

    assert legend(chart.still["en"])[2008, "high"] == 0


@pytest.mark.long
def test_a_city_without_an_outline_is_counted_and_named():
    """Laiwu, abolished in 2019, is in the legend's counts, in a note, and on no map."""
    chart, found = drawn(panel(大同市=(0.2, 0.2), 莱芜市=(0.2, 0.7)))

    assert legend(chart.still["zh"])[2023, "高"] == found.counts.loc[2023, "high"] == 1
    assert any("莱芜市" in str(note) for note in chart.notes)
    assert "莱芜市" not in json.dumps(chart.specifications["zh"]["datasets"], ensure_ascii=False)


def test_a_row_that_is_missing_in_a_period_is_told():
    """An entity without a row in a year looks like the rest of the country: a note says so."""
    chart, _ = drawn(panel(山西省=(0.2, None), 山东省=(0.2, 0.7)))

    assert any("1 entity of the study has no row in 2023" in str(note) for note in chart.notes)


def test_a_group_of_one_is_drawn():
    """One entity, one period: a single large picture."""
    scores = panel(山西省=(0.2, None))
    chart, _ = drawn(scores)

    assert len(chart.still["en"]["concat"]) == 1
    assert picture(chart, "zh", "svg").startswith(b"<svg")


def test_pictures_show_four_periods_side_by_side():
    """At most four panels; each filters its own period."""
    assert choose_periods([2008, 2009]) == (2008, 2009)
    assert choose_periods(range(2003, 2020)) == (2003, 2008, 2014, 2019)
    chart, _ = drawn(PLACES)

    for panel_of, period in zip(chart.still["en"]["concat"], (2008, 2023), strict=True):
        filters = {
            t["filter"]
            for layer in panel_of["layer"]
            for t in layer.get("transform", [])
            if "filter" in t
        }
        assert filters == {f"datum.period === {period}"}  # fmt: skip


def test_the_page_has_a_slider_or_a_list():
    """Years that are unevenly spaced are chosen from a list, and names are under the pointer."""
    chart, _ = drawn(PLACES)
    specification = chart.specifications["zh"]

    assert [p["bind"]["input"] for p in specification["params"] if "bind" in p] == ["range"]
    layers = [layer.get("encoding", {}) for layer in specification["layer"]]
    tooltips = [one["field"] for layer in layers for one in layer.get("tooltip", [])]
    assert {"zh", "period", "value", "class_zh"} <= set(tooltips)


def test_taiwan_the_dashed_line_and_the_islands_are_on_the_sheet():
    """Taiwan lies in the main map, the dashes in both, Hainan's islands in the inset; nothing outside."""
    found = sheet(built_in(["台湾省", "海南省", "山西省"]))

    taiwan = points(found.areas["台湾省"])
    assert inside(taiwan, FRAME).all()
    assert inside(taiwan[~inside(taiwan, INSET)], FRAME).sum() > 10
    assert len(found.dashes["coordinates"]) >= 12
    assert inside(points(found.dashes), FRAME).all()
    south = points(found.areas["海南省"])
    assert inside(south, INSET).sum() > 100
    assert not inside(points(found.areas["山西省"]), INSET).any()


def test_the_inset_covers_nothing_of_the_main_map():
    """No part of the country of the main map lies under the inset: projected, all stay outside."""
    places = np.array([[121.9, 25.0], [120.85, 21.9], [122.8, 30.7], [118.0, 20.0]])

    assert not inside(albers(places) * (1, -1), INSET).any()


def test_each_area_is_where_it_is():
    """The capital of each of three provinces lies within the box of its area on the sheet."""
    capitals = {
        "山西省": (112.55, 37.87),
        "新疆维吾尔自治区": (87.62, 43.83),
        "黑龙江省": (126.64, 45.76),
    }
    found = sheet(built_in(capitals))

    for name, place in capitals.items():
        x, y = albers(np.array([place]))[0] * (1, -1)
        low, high = points(found.areas[name]).min(axis=0), points(found.areas[name]).max(axis=0)
        assert low[0] < x < high[0]
        assert low[1] < y < high[1]


def test_every_outline_is_drawn():
    """No place of prefecture level vanishes when its outline is made lighter."""
    names = sorted(codes("prefecture") - {"710000"})
    found = sheet(built_in(names, level="prefecture"))

    assert [name for name, shape in found.areas.items() if not shape["coordinates"]] == []


def test_the_approval_number_is_written_on_the_map():
    """In the page and in the picture."""
    chart, _ = drawn(PLACES, approval="GS(2024)0650号")

    assert "GS(2024)0650号" in json.dumps(chart.specifications["zh"], ensure_ascii=False)
    assert "GS(2024)0650号" in picture(chart, "zh", "svg").decode()


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_map_becomes_a_picture(kind):
    """Chinese words are in the picture, drawn with the font that comes along."""
    chart, _ = drawn(PLACES)
    content = picture(chart, "zh", kind, mark="模拟")

    assert content.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[kind])
    if kind == "svg":
        assert "绿色效率" in content.decode()
        assert "模拟" in content.decode()
    if kind == "pdf":
        assert b"NotoSansSC" in content


def test_entities_that_are_no_places_are_refused():
    """A map of China without a single place of China is an error, not an empty map."""
    with pytest.raises(DataError, match="No entity is a province"):
        built_in(["Atlantis"])
