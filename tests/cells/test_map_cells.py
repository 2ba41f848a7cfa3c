"""Maps of scores and of groups: colours, class limits, counts and words are those of the numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from printed_maps import entities_of, lightness, page_of, pictures_of
from score_cells import scores_of
from xinzhi.analyses.classes.compute import classify, interval
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.present.map.china import TOLERANCE, sheet
from xinzhi.present.map.layers import china_map, rows_of, world_map
from xinzhi.report.exhibits import charts_of
from xinzhi.study.outlines import built_in
from xinzhi_core.wording import Label, message

LIMIT = 0.70
"""Of the study: low < 0.70, high >= 0.70."""
LAND, MISSING = "#eceef0", "#ffffff"
WORDS = {
    "en": {"high": "high (>= 0.70)", "low": "low (< 0.70)", "title": "Green efficiency"},
    "zh": {"high": "高 (>= 0.70)", "low": "低 (< 0.70)", "title": "绿色效率"},
}
OTHERS = {"en": ("Not in the study", "No score"), "zh": ("不在研究范围", "无得分")}


@pytest.fixture(scope="module")
def of_study(everything):
    charts = charts_of(everything.result).charts["efficiency"]
    return next(chart for chart in charts if chart.id == "places_map")


@pytest.fixture(scope="module")
def scores(everything):
    return scores_of(everything)


def check_panel(panel, classes, outlines, words, title):
    """Compare each area and each line of the legend with the class of each entity; None: no score."""
    order = list(words)
    shades = {line.words: line.fill for line in panel.legend}
    assert panel.title == title
    assert [line.words for line in panel.legend] == [words[one] for one in order]
    for one, line in zip(order, panel.legend, strict=True):
        n = sum(found == one for found in classes.values())
        assert line.count == ("" if one == "other" else str(n)), one
    drawn = entities_of(panel, outlines)
    assert drawn.keys() == classes.keys()
    for entity, area in drawn.items():
        assert area.fill == shades[words[classes[entity]]], entity
        assert area.is_dashed == (classes[entity] is None), entity


def class_of(score):
    return "high" if score >= LIMIT else "low"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("period", [2010, 2015])
def test_map_of_the_study(of_study, scores, language, period):
    """On the picture and on the page each city has the colour of its class in the period shown."""
    classes = {city: class_of(score) for (city, year), score in scores.items() if year == period}
    words = WORDS[language]
    lines = {"high": words["high"], "low": words["low"], "other": OTHERS[language][0]}
    title = f"{words['title']}{', ' if language == 'en' else '，'}{period}"
    boundaries = built_in(sorted(classes))
    pictures = {panel.title: panel for panel in pictures_of(of_study, language)}
    assert len(pictures) == 2
    assert list(pictures) == sorted(pictures)

    page = page_of(of_study, language, period)

    check_panel(page, classes, sheet(boundaries).areas, lines, title)
    small = sheet(boundaries, tolerance=2 * TOLERANCE).areas
    check_panel(pictures[title], classes, small, lines, title)


CLASSES = {"low": "< 0.30", "middle": "0.30-0.60", "high": "> 0.60"}
RANGES = {one: Label(one, zh=one, en=f"{one} {words}") for one, words in CLASSES.items()}


def panel_of(**scores):
    keys = [(name, 2020) for name in scores]
    index = pd.MultiIndex.from_tuples(keys, names=["entity", "period"])
    return pd.Series(list(scores.values()), index=index, dtype=float)


BY_YEAR = {
    2019: {"唐山市": 0.30, "大同市": 0.60, "赣州市": 0.2999, "徐州市": 0.6001, "榆林市": None},
    2020: {"唐山市": 0.1, "大同市": 0.7, "赣州市": 0.8, "徐州市": 0.9, "榆林市": 0.5},
}
OF_YEAR = {
    2019: ["middle", "middle", "low", "high", None],
    2020: ["low", "high", "high", "high", "middle"],
}


@pytest.fixture(scope="module")
def of_two_years():
    """Draw scores on the limits of three classes, and one that is missing."""
    keys = [(city, year) for year, row in BY_YEAR.items() for city in row]
    index = pd.MultiIndex.from_tuples(keys, names=["entity", "period"])
    values = pd.Series([BY_YEAR[year][city] for city, year in keys], index, dtype=float)
    found = classify(values, {one: interval(words) for one, words in CLASSES.items()})
    return china_map(
        "m", Label("m", zh="图", en="Map"), values, classes=found.of, names=RANGES,
        boundaries=built_in(BY_YEAR[2019]), value=Label("s", zh="得分", en="Score"),
        approval="GS(2024)0650",
    )  # fmt: skip


def test_limits_and_missing_scores(of_two_years):
    """A score on a limit belongs to the class that is written; one without a score is white and dashed."""
    lines = {
        "high": "high > 0.60", "middle": "middle 0.30-0.60", "low": "low < 0.30",
        None: "No score", "other": "Not in the study",
    }  # fmt: skip
    boundaries = built_in(BY_YEAR[2019])
    large, small = (sheet(boundaries, tolerance=n * TOLERANCE).areas for n in (1, 2))
    pictures = pictures_of(of_two_years, "en")
    assert [picture.title for picture in pictures] == ["Score, 2019", "Score, 2020"]
    for picture, (year, classes) in zip(pictures, OF_YEAR.items(), strict=True):
        by_city = dict(zip(BY_YEAR[year], classes, strict=True))
        page = page_of(of_two_years, "en", year)
        check_panel(page, by_city, large, lines, f"Score, {year}")
        check_panel(picture, by_city, small, lines, f"Score, {year}")
        for panel in (picture, page):
            assert {line.words: line.fill for line in panel.legend}["No score"] == MISSING
            assert "1000 km" in panel.texts
            assert "Map approval no. GS(2024)0650" in panel.texts


def test_higher_classes_are_darker(of_two_years):
    """The legend goes from high and dark to low and light; what is not studied has the colour of land."""
    high, middle, low, _, other = (line.fill for line in page_of(of_two_years, "en", 2019).legend)

    assert lightness(high) < lightness(middle) < lightness(low) < lightness(other)
    assert other == LAND


@pytest.mark.parametrize(
    ("language", "titles", "value"),
    [
        ("en", ["Entity", "Period", "Score", "Class"], "en"),
        ("zh", ["个体", "时期", "得分", "等级"], "zh"),
    ],
)
def test_pointer(of_two_years, language, titles, value):
    """Under the pointer stand the city, the year, its score with three digits and its class."""
    specification = of_two_years.specifications[language]
    (layer,) = [one for one in specification["layer"] if "tooltip" in one.get("encoding", {})]
    tips = layer["encoding"]["tooltip"]
    assert [one["title"] for one in tips] == titles
    assert [one.get("format") for one in tips] == [None, "d", ".3f", None]
    rows = specification["datasets"][layer["data"]["name"]]
    assert len(rows) == 10
    for row in rows:
        classes = dict(zip(BY_YEAR[row["period"]], OF_YEAR[row["period"]], strict=True))
        name = classes[row["entity"]]
        none = OTHERS[language][1]
        shown = [row[one["field"]] for one in tips]
        assert shown[1:] == [
            row["period"],
            BY_YEAR[row["period"]][row["entity"]],
            none if name is None else getattr(RANGES[name], value),
        ]


def test_groups_without_an_order():
    """Groups stand in the order in which they are named, each in a hue of its own."""
    values = panel_of(唐山市=float("nan"), 大同市=float("nan"), 赣州市=float("nan"))
    entities = values.index.get_level_values(0)
    classes = dict(zip(entities, ["growing", "mature", "growing"], strict=True))
    names = {one: Label(one, zh=one, en=one.title()) for one in ("growing", "mature")}
    boundaries = built_in(entities)

    chart = china_map(
        "m", Label("m", zh="图", en="Map"), values, names=names, boundaries=boundaries,
        classes=pd.Series([classes[one] for one in entities], values.index),
        value=Label("s", zh="阶段", en="Stage"), is_ordered=False,
    )  # fmt: skip

    lines = {"growing": "Growing", "mature": "Mature", "other": "Not in the study"}
    panel = page_of(chart, "en", 2020)
    check_panel(panel, classes, sheet(boundaries).areas, lines, "Stage, 2020")
    assert [line.fill for line in panel.legend[:2]] == ["#12436d", "#ecc853"]


def square(name, arc):
    properties = {"iso3": name, "name_zh": f"{name}国", "name_en": f"Land {name}"}
    return {"type": "Polygon", "properties": properties, "arcs": [[arc]]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_map_of_the_world(language):
    """Three countries from west to east: colours, limits and counts of each year; one has no score."""

    def ring(west):
        return [[west, 0], [0, 10], [10, 0], [0, -10], [-10, 0]]

    rings = {"A": -60, "B": 0, "C": 60}
    topology = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "objects": {
            "countries": {
                "type": "GeometryCollection",
                "geometries": [square(name, place) for place, name in enumerate(rings)],
            },
            "land": {"type": "GeometryCollection", "geometries": [square("", 0)]},
        },
        "arcs": [ring(west) for west in rings.values()],
    }
    by_year = {2019: {"A": 0.2, "B": 0.3, "C": 0.7}, 2020: {"A": 0.61, "B": 0.1, "C": None}}
    keys = [(name, year) for year, row in by_year.items() for name in row]
    index = pd.MultiIndex.from_tuples(keys, names=["entity", "period"])
    values = pd.Series([by_year[year][name] for name, year in keys], index, dtype=float)
    found = classify(values, {one: interval(words) for one, words in CLASSES.items()})
    ranges = {one: Label(one, zh=f"{one} {w}", en=f"{one} {w}") for one, w in CLASSES.items()}
    boundaries = Boundaries(topology)

    chart = world_map(
        "m", Label("m", zh="图", en="Map"), values, classes=found.of, names=ranges,
        boundaries=boundaries, value=Label("s", zh="得分", en="Score"),
    )  # fmt: skip

    expected = {2019: ["low", "middle", "high"], 2020: ["high", "low", None]}
    words = {"high": "high > 0.60", "middle": "middle 0.30-0.60", "low": "low < 0.30"}
    words[None] = OTHERS[language][1]
    score, comma = ("Score", ", ") if language == "en" else ("得分", "，")
    for year, classes in expected.items():
        panel = page_of(chart, language, year)
        assert panel.title == f"{score}{comma}{year}"
        legend = {line.words: line for line in panel.legend}
        assert list(legend) == list(words.values())
        counts = {one: int(legend[text].count) for one, text in words.items()}
        assert counts == {one: classes.count(one) for one in words}
        areas = sorted(panel.areas, key=lambda one: one.left)
        assert [area.fill for area in areas] == [legend[words[one]].fill for one in classes]
        assert [area.is_dashed for area in areas] == [one is None for one in classes]
    # a picture shows the last year
    (still,) = pictures_of(chart, language)
    assert still.title == f"{score}{comma}2020"


def test_an_entity_without_an_outline_is_counted_in_its_class():
    """Rows carry the class by its place among the names, from low to high."""
    values = panel_of(a=0.1, b=0.5)
    classes = pd.Series(["low", "high"], values.index)

    rows = rows_of(values, classes, {"low": message("low"), "high": message("high")}, {})

    assert [(row["entity"], row["class"], row["class_en"]) for row in rows] == [
        ("a", 0, "low"), ("b", 1, "high"),
    ]  # fmt: skip
