"""Charts that are ready for a frame: what is drawn, in which words, and what is left open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from drawn import picture
from xinzhi.present.plots import bars, curve, events
from xinzhi_core.wording import Label, message

A, B = Label("a", zh="甲", en="A"), Label("b", zh="乙", en="B")
FRAME = pd.DataFrame(
    {
        "time": [-1, 0, 1],
        "b": [0.1, np.nan, 0.3],
        "low": [-0.1, np.nan, 0.2],
        "high": [0.3, np.inf, 0.4],
    }
)
TWICE = pd.concat([FRAME.assign(of=A), FRAME.assign(of=B)])
X, Y = ("time", message("Period")), ("b", message("Estimate"))
WORDS = {"id": "c", "title": Label("t", zh="题", en="Title")}


def rows(chart, language="en"):
    """Rows of the chart."""
    sets = chart.specifications[language]["datasets"].values()
    return next(data for data in sets if "time" in data[0])


def inline(chart, layer):
    """Rows of a layer that has its own."""
    return chart.specifications["en"]["datasets"][layer["data"]["name"]]


def layers(chart, language="en"):
    """Kinds of marks, from the bottom."""
    return [layer["mark"]["type"] for layer in chart.specifications[language]["layer"]]


@pytest.mark.parametrize("plot", [curve, events, bars])
def test_a_chart_has_its_words_in_both_languages(plot):
    """Title, axes, series, notes and place; what is not finite is left open."""
    chart = plot(TWICE, X, Y, series="of", notes=["n"], reading=["r"], part="text", **WORDS)

    assert (chart.id, chart.title, chart.notes, chart.reading, chart.part) == (
        "c", WORDS["title"], ("n",), ("r",), "text",
    )  # fmt: skip
    for language, words in {
        "en": ("Title", "Period", "Estimate", {"A", "B"}),
        "zh": ("题", "时期", "估计值", {"甲", "乙"}),
    }.items():
        specification = chart.specifications[language]
        drawn = [each for each in specification["layer"] if "time" in str(each.get("encoding"))]
        titles = {drawn[-1]["encoding"][axis]["title"] for axis in "xy"}
        assert specification["description"] == words[0]
        assert titles == {*words[1:3]}
        assert {row["of"] for row in rows(chart, language)} == words[3]
        assert drawn[-1]["encoding"]["color"]["field"] == "of"
    assert rows(chart)[1]["b"] is None
    assert b"<svg" in picture(chart, "zh", "svg")[:400]


def test_a_curve_may_have_a_band_and_levels():
    """The band lies under the line, levels over it; without both there is the line alone."""
    chart = curve(FRAME, X, Y, band=("low", "high"), levels=(7.35, 1.0), **WORDS)
    specification = chart.specifications["en"]
    marked = [inline(chart, layer) for layer in specification["layer"][2:]]

    assert layers(chart) == ["area", "line", "rule", "rule"]
    assert marked == [[{"b": 7.35}], [{"b": 1.0}]]
    assert specification["layer"][0]["encoding"]["y"]["field"] == "low"
    assert specification["layer"][0]["encoding"]["y2"]["field"] == "high"
    assert specification["layer"][1]["encoding"]["x"]["type"] == "quantitative"
    assert rows(chart)[1] | {"index": 0} == {
        "index": 0, "time": 0, "b": None, "low": None, "high": None,
    }  # fmt: skip
    assert layers(curve(FRAME, X, Y, **WORDS)) == ["line"]


def test_estimates_over_time_keep_the_place_of_one_that_is_missing():
    """Zero is dashed beneath; each time has a place, in the order of the frame."""
    chart = events(FRAME, X, Y, **WORDS)
    zero, line, point = chart.specifications["en"]["layer"]

    assert layers(chart) == ["rule", "rule", "point"]
    assert inline(chart, zero) == [{"b": 0.0}]
    assert zero["mark"]["strokeDash"] == [4, 3]
    assert (line["encoding"]["y"]["field"], line["encoding"]["y2"]["field"]) == ("low", "high")
    assert point["encoding"]["y"]["field"] == "b"
    assert point["encoding"]["x"]["scale"]["domain"] == [-1, 0, 1]
    assert "xOffset" not in point["encoding"]
    both = events(TWICE, X, Y, bounds=("b", "high"), series="of", **WORDS)
    last = both.specifications["en"]["layer"]
    assert last[2]["encoding"]["xOffset"]["field"] == "of"
    assert last[1]["encoding"]["y"]["field"] == "b"


def test_the_time_may_be_the_index():
    """A frame that is indexed by the horizontal axis needs no column of it."""
    chart = bars(FRAME.set_index("time"), X, Y, **WORDS)

    assert layers(chart) == ["bar"]
    assert [row["time"] for row in rows(chart)] == [-1, 0, 1]
    assert chart.specifications["en"]["layer"][0]["encoding"]["x"]["scale"]["domain"] == [-1, 0, 1]
