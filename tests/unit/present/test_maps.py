from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pandas as pd
import pytest

from xinzhi.analyses.maps.compute import Map, look_up
from xinzhi.present.map import layers
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.present.map.layers import BAR, GROUPS, LAND, PALETTE, Look, world_map
from xinzhi_core.errors import ReportError
from xinzhi_core.panel.panel import NO_PERIOD
from xinzhi_core.wording import Label, say


def square(name, arc):
    properties = {"iso3": name, "name_zh": f"{name}国", "name_en": name}
    return {"type": "Polygon", "properties": properties, "arcs": [[arc]]}


@pytest.fixture
def boundaries():
    """Two countries and the land behind them, each a ring of its own."""
    ring = [[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]
    topology = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "objects": {
            "countries": {"type": "GeometryCollection", "geometries": [square("A", 2), square("B", ~1)]},
            "land": {"type": "GeometryCollection", "geometries": [square("", 0)]},
        },
        "arcs": [ring, ring[::-1], ring],
    }  # fmt: skip
    return Boundaries(topology)


def values(**scores):
    keys = [(name, period) for name in scores for period in (2008, 2009)]
    index = pd.MultiIndex.from_tuples(keys, names=["entity", "period"])
    return pd.Series([score for pair in scores.values() for score in pair], index=index)


def drawn(boundaries, scores, names=None, **options):
    bound = scores.median()
    of = scores.map(lambda score: None if pd.isna(score) else str(int(score >= bound)))
    known = {"0": f"< {bound:g}", "1": f"≥ {bound:g}"}
    return world_map(
        "m", "Map", scores, classes=of, names=names or known, boundaries=boundaries,
        value=Label("s", zh="得分", en="Score"), **options,
    )  # fmt: skip


def data_with(chart, key, language="en"):
    sets = chart.specifications[language]["datasets"].values()
    return next(rows for rows in sets if isinstance(rows, list) and key in rows[0])


def test_the_legend_counts_the_areas_of_each_class(boundaries):
    """Counts per period add up to the areas drawn; missing values have a line of their own."""
    chart = drawn(boundaries, values(A=(0.2, 0.9), B=(0.8, float("nan"))))
    counts = {(row["period"], row["en"]): row["n"] for row in data_with(chart, "n")}

    assert counts == {
        (2008, "≥ 0.8"): 1, (2008, "< 0.8"): 1, (2008, "No score"): 0,
        (2009, "≥ 0.8"): 1, (2009, "< 0.8"): 0, (2009, "No score"): 1,
    }  # fmt: skip


def test_entities_without_an_outline_are_named(boundaries):
    """An entity that is not on the map is said in a note, drawn nowhere, and counted as in the table."""
    chart = drawn(boundaries, values(A=(0.2, 0.9), Atlantis=(0.5, 0.5)))

    assert "Atlantis" in " ".join(str(note) for note in chart.notes)
    assert {row["entity"] for row in data_with(chart, "value")} == {"A"}
    assert sum(row["n"] for row in data_with(chart, "n") if row["period"] == 2008) == 2


def test_names_come_with_the_outlines(boundaries):
    """Where no labels are given, the areas are called as the outlines call them."""
    rows = data_with(drawn(boundaries, values(A=(0.2, 0.9))), "value")

    assert (rows[0]["zh"], rows[0]["en"]) == ("A国", "A")
    assert say(boundaries.labels["B"], "zh") == "B国"


def test_outlines_keep_only_what_is_drawn(boundaries):
    """Cutting keeps each ring and its direction, under new numbers."""
    cut = boundaries.outlines({"B"})

    assert cut["arcs"] == [boundaries.topology["arcs"][1]]
    assert cut["objects"]["countries"]["geometries"][0]["arcs"] == [[~0]]


def test_both_languages_share_outlines_and_scores(boundaries):
    """The large data of a map are the same for both languages."""
    chart = drawn(boundaries, values(A=(0.2, 0.9)))
    zh, en = (set(chart.specifications[language]["datasets"]) for language in ("zh", "en"))

    assert len(zh & en) >= 4
    assert len(zh - en) == 1


def test_a_cross_section_has_no_slider(boundaries):
    """One period needs no choice: it is the one that is shown."""
    scores = values(A=(0.2, 0.9)).drop(2008, level="period")

    parameters = drawn(boundaries, scores).specifications["en"]["params"]
    assert [p for p in parameters if "bind" in p] == []
    assert [p["value"] for p in parameters if p["name"] == "period_shown"] == [2009]


@pytest.mark.parametrize(
    ("stages", "periods"),
    [(("young", "young"), [NO_PERIOD]), (("young", "old"), [2008, 2009])],
    ids=["never changes", "changes"],
)
def test_groups_that_never_change_are_drawn_once(stages, periods):
    """An entity in one group in all periods needs no slider; one that moves has a map a period."""
    groups = pd.Series(
        [*stages, "old", "old"],
        pd.MultiIndex.from_product([["A", "B"], [2008, 2009]], names=["entity", "period"]),
    )
    study = SimpleNamespace(members=lambda _: ("young", "old"))
    given = SimpleNamespace(members={"stage": groups}, study=study)

    found = look_up(Map(groups="stage", boundaries="built_in"), given)

    assert [*found.classes.index.get_level_values("period").unique()] == periods
    assert [*found.classes["A"]] == [*stages[: len(periods)]]
    assert found.names == ("young", "old")


def test_too_many_classes_are_refused(boundaries):
    """More classes than shades are an error with its remedy."""
    with pytest.raises(ReportError, match="5 classes or fewer"):
        drawn(boundaries, values(A=(0.2, 0.9)), names={str(i): str(i) for i in range(6)})


def lightness(colour):
    """Lightness L* of CIELAB (0 black, 100 white), from the relative luminance of sRGB."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * luminance ** (1 / 3) - 16


@pytest.mark.parametrize("palette", [(*GROUPS, LAND), (*PALETTE, LAND)])
def test_colours_of_a_map_differ_on_a_grey_print(palette):
    """Any two colours are 9 apart in lightness, the land around them too."""
    levels = sorted(lightness(colour) for colour in palette)

    assert min(b - a for a, b in pairwise(levels)) > 9


def test_the_land_is_the_backdrop_where_there_is_one(boundaries):
    """Without land all areas are drawn behind; with it the land alone."""
    assert boundaries.backdrop_object == "land"
    assert replace(boundaries, land="").backdrop_object == "countries"


def test_the_length_stands_over_the_middle_of_its_bar():
    """The words of the scale are centred on the bar, above it."""
    left, y, length = BAR
    line = layers._bar().to_dict()
    shapes = [one for data in line["datasets"].values() for one in data]
    ends = [point[0] for point in shapes[0]["geometry"]["coordinates"]]
    scale, *_ = layers._written(Look(600, 11, 100.0, 50.0, 300.0, 9), "en", "")
    ((words,),) = scale.to_dict()["datasets"].values()

    assert (min(ends), max(ends)) == (left, left + length)
    assert words["text"] == f"{length} km"
    assert words["x"] == pytest.approx((min(ends) + max(ends)) / 2)
    assert words["y"] < y
