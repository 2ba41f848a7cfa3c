"""Charts whose specifications are kept: what a kept one lacks in its key would be drawn as it was before."""

from __future__ import annotations

import json
from dataclasses import replace

import altair as alt
import numpy as np
import pandas as pd
import pytest

from made_report import efficiency, four_scores
from xinzhi.analyses.classes.charts import class_counts
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.efficiency.charts import scores_over_time
from xinzhi.analyses.heterogeneity.charts import HeatCell, heat_map
from xinzhi.analyses.moderation.charts import EffectLine, conditional_effects
from xinzhi.analyses.ranks.charts import distribution_over_time
from xinzhi.present.effects import PlottedEffect, effects_plot
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.present.map.layers import china_map, world_map
from xinzhi.work.parts import ReportParts
from xinzhi.work.store import Store
from xinzhi_core.wording import Label
from xinzhi_econometrics.verdict import JudgementRule

KEYS = pd.MultiIndex.from_product([("A", "B"), (2008, 2009)], names=["entity", "period"])
BASE = {
    "title": Label("m", zh="图", en="Map"),
    "values": pd.Series([0.1, 0.2, 0.3, 0.4], KEYS),
    "classes": pd.Series(["0", "0", "1", "1"], KEYS),
    "names": {"0": Label("0", zh="低", en="low"), "1": Label("1", zh="高", en="high")},
    "value": Label("s", zh="得分", en="Score"),
    "labels": {"A": Label("A", zh="甲", en="A"), "B": Label("B", zh="乙", en="B")},
    "decimals": 3,
}


def square(name: str, arc: int, by: str = "iso3") -> dict:
    return {"type": "Polygon", "arcs": [[arc]], "properties": {by: name, "other": f"x{name}"}}


def outlines(size: float = 1.0, **options: str) -> Boundaries:
    """Two squares in the east of China."""
    ring = [[110, 30], [110 + size, 30], [110 + size, 30 + size], [110, 30 + size], [110, 30]]
    rings = [ring, [[x + 3, y] for x, y in ring]]
    shapes = {"type": "GeometryCollection", "geometries": [square("A", 0), square("B", 1)]}
    land = {"type": "GeometryCollection", "geometries": [square("", 0)]}
    topology = {
        "type": "Topology",
        "objects": {"countries": shapes, "others": land, "land": land},
        "arcs": rings,
    }
    return Boundaries(topology, **options)


COMMON = {
    "the title": {"title": Label("m", zh="图", en="Another")},
    "the title in Chinese": {"title": Label("m", zh="另", en="Map")},
    "a value": {"values": pd.Series([0.1, 0.2, 0.3, 0.5], KEYS)},
    "a class": {"classes": pd.Series(["0", "0", "0", "1"], KEYS)},
    "the name of a class": {"names": BASE["names"] | {"1": Label("1", zh="高", en="top")}},
    "the value's name": {"value": Label("s", zh="得分", en="Index")},
    "the name of an area": {"labels": BASE["labels"] | {"A": Label("A", zh="甲", en="Alpha")}},
    "digits": {"decimals": 2},
    "an outline": {"boundaries": outlines(1.5)},
    "which areas carry values": {"boundaries": outlines(areas="others")},
    "the land": {"boundaries": outlines(land="")},
    "the property with the name": {"boundaries": outlines(key="other")},
}
CHINA = {"the approval": {"approval": "GS 1"}, "an order": {"is_ordered": False}}
MAPS = [
    *((world_map, name) for name in COMMON),
    *((china_map, name) for name in (*COMMON, *CHINA)),
]


def drawn(draw, parts=None, **changed):
    options = {"boundaries": outlines(), **BASE, **changed}
    title, values = options.pop("title"), options.pop("values")
    return draw("m", title, values, **options, parts=parts)


def written(chart) -> str:
    return json.dumps([chart.specifications, chart.still], sort_keys=True)


@pytest.mark.one_in(12)
@pytest.mark.parametrize(("draw", "name"), MAPS, ids=lambda each: getattr(each, "__name__", each))
def test_a_map_shows_what_has_changed(tmp_path, draw, name):
    """Each part of the key alone: beside a kept map, the new one is what it is without anything kept."""
    store, changed = Store(tmp_path / "store"), (COMMON | CHINA)[name]
    drawn(draw, ReportParts(store))
    new = written(drawn(draw, ReportParts(store), **changed))
    assert new == written(drawn(draw, **changed))
    assert new != written(drawn(draw))


def forbid(*_, **__):
    msg = "composed again"
    raise AssertionError(msg)


@pytest.mark.parametrize("draw", [world_map, china_map])
def test_a_map_that_has_not_changed_is_not_composed(tmp_path, monkeypatch, draw):
    """It is equal to the one that was, and the chart engine is not asked."""
    first = drawn(draw, ReportParts(Store(tmp_path / "store")))
    monkeypatch.setattr(alt, "LayerChart", forbid)
    second = drawn(draw, ReportParts(Store(tmp_path / "store")))
    assert written(second) == written(first)
    assert second.notes == first.notes


LINE = EffectLine(
    Label("p", zh="路径", en="Path"),
    Label("w", zh="调节", en="Moderator"),
    ConditionalSlope(("x", "y"), "w", 1.0, 0.2, 0.25, 0.0, 0.1, np.inf, 50),
    -1.0,
    1.0,
)
LINES = {
    "the path": replace(LINE, words=Label("p", zh="路径", en="Other")),
    "the moderator": replace(LINE, moderator=Label("w", zh="调节二", en="Moderator")),
    "the slope": replace(LINE, slope=replace(LINE.slope, b3=1.5)),
    "its error": replace(LINE, slope=replace(LINE.slope, v33=0.5)),
    "the lower end": replace(LINE, low=-2.0),
    "the upper end": replace(LINE, high=2.0),
    "the level": replace(LINE, inference=JudgementRule(level=0.1)),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", LINES)
def test_effects_along_a_moderator_show_what_has_changed(tmp_path, name):
    """Each part of the key alone, as of a map."""
    parts, line = ReportParts(Store(tmp_path / "store")), LINES[name]
    conditional_effects("c", "C", [LINE], parts=parts)
    new = written(conditional_effects("c", "C", [line], parts=parts))
    assert new == written(conditional_effects("c", "C", [line]))
    assert new != written(conditional_effects("c", "C", [LINE]))


def test_effects_along_a_moderator_have_their_title(tmp_path):
    """It is what a screen reader says."""
    parts = ReportParts(Store(tmp_path / "store"))
    conditional_effects("c", "C", [LINE], parts=parts)
    again = conditional_effects("c", "Another", [LINE], parts=parts)
    assert again.specifications["en"]["description"] == "Another"


def test_effects_that_have_not_changed_are_not_composed(tmp_path, monkeypatch):
    """They are equal to those that were."""
    store = Store(tmp_path / "store")
    first = conditional_effects("c", "C", [LINE], parts=ReportParts(store))
    monkeypatch.setattr(alt, "LayerChart", forbid)
    again = conditional_effects("c", "C", [LINE], parts=ReportParts(store))
    assert written(again) == written(first)


EFFECT = PlottedEffect(Label("e", zh="效应", en="Effect"), 0.5, 0.1, 0.9, is_clear=True)
CELL = HeatCell("g", Label("v", zh="变量", en="Variable"), 0.5, "*")
SCORES = pd.Series([0.1, 0.2, 0.3, 0.4], KEYS)
COUNTS = pd.DataFrame({"low": [1, 2], "none": [0, 1]}, index=pd.Index([2008, 2009], name="period"))
TITLE = Label("t", zh="标题", en="Title")
TITLES = {"title": Label("t", zh="标题", en="Another")}
WORDS = {"score": Label("s", zh="得分", en="Score")}
OTHER = {"score": Label("s", zh="指数", en="Score")}
KEPT = [
    (effects_plot, {"effects": [EFFECT], "axis": "b", "marks": ""}, changed)
    for changed in (
        TITLES,
        {"axis": Label("b", zh="系数", en="b")},
        *(
            {"effects": [replace(EFFECT, **one)]}
            for one in (
                {"words": Label("e", zh="其他", en="Effect")},
                {"estimate": 0.4},
                {"low": 0.2},
                {"high": 0.8},
                {"is_clear": False},
            )
        ),
    )
]
KEPT += [
    (heat_map, {"cells": [CELL]}, changed)
    for changed in (
        TITLES,
        {"decimals": 2},
        *(
            {"cells": [replace(CELL, **one)]}
            for one in (
                {"row": "h"},
                {"column": "w"},
                {"estimate": -0.5},
                {"stars": ""},
                {"is_clear": False},
            )
        ),
    )
]
KEPT += [
    (distribution_over_time, {"scores": SCORES, **WORDS}, changed)
    for changed in (TITLES, OTHER, {"scores": SCORES * 2})
]
KEPT += [
    (class_counts, {"counts": COUNTS, "labels": {"low": "Low"}}, changed)
    for changed in (TITLES, {"counts": COUNTS + 1}, {"labels": {"low": "Lowest"}})
]
KEPT += [
    (scores_over_time, {"result": four_scores(), **WORDS}, changed)
    for changed in (
        TITLES,
        OTHER,
        {"labels": {"甲": Label("a", zh="甲", en="Alpha")}},
        {"result": efficiency([0.5, 0.7, 1.4, None], four_scores().labels)},
    )
]


@pytest.mark.one_in(8)
@pytest.mark.parametrize(("draw", "options", "changed"), KEPT)
def test_each_kept_chart_shows_what_has_changed(tmp_path, monkeypatch, draw, options, changed):
    """Each part of the key alone; where nothing has changed the chart engine is not asked."""
    store = Store(tmp_path / "store")

    def written_with(parts, options):
        return written(draw("c", **{"title": TITLE, **options}, parts=parts))

    first = written_with(ReportParts(store), options)
    new = written_with(ReportParts(store), options | changed)
    assert new == written_with(None, options | changed)
    assert new != first == written_with(None, options)
    for engine in ("LayerChart", "Chart"):
        monkeypatch.setattr(alt, engine, forbid)
    assert written_with(ReportParts(store), options) == first
