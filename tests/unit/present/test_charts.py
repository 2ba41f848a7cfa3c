from __future__ import annotations

import math

import altair as alt
import pandas as pd
import pytest
import vl_convert

from drawn import picture
from made_report import efficiency, estimates, four_scores
from xinzhi.analyses.classes.charts import class_counts
from xinzhi.analyses.efficiency.charts import score_distribution, scores_over_time
from xinzhi.present.chart_style import config
from xinzhi.present.coefficients import coefficient_plot
from xinzhi.present.regression import NotEstimated
from xinzhi.present.render import FORMATS, vega_lite
from xinzhi.present.style import Style
from xinzhi_core.wording import Label
from xinzhi_econometrics.specification import Regression


def first_data(chart, key, language="en"):
    sets = chart.specifications[language]["datasets"].values()
    return next(rows for rows in sets if rows and key in rows[0])


def test_coefficients_keep_the_number_of_their_column():
    """A column that failed is passed over; the others keep their numbers; controls are not drawn."""
    failed = NotEstimated(Regression("y", ("x",)), ())
    fitted = estimates({"x": (0.5, 0.1, 0.001), "z": (9, 1, 0.01)}, controls=("z",))
    chart = coefficient_plot("c", "C", [failed, fitted], Style({"x": Label("x", zh="甲", en="X")}))

    (row,) = first_data(chart, "clear")
    assert (row["en"], row["zh"], row["b"], row["clear"]) == ("X (2)", "甲 (2)", 0.5, True)
    assert (row["low"], row["high"]) == (0.3, 0.7)


def test_the_same_regressor_stands_together():
    """Estimates are sorted by regressor, then by column."""
    one = estimates({"a": (1, 1, 0.3), "b": (2, 1, 0.3)})
    chart = coefficient_plot("c", "C", [one, one])

    assert [row["en"] for row in first_data(chart, "clear")] == ["a (1)", "a (2)", "b (1)", "b (2)"]


def test_an_interval_that_does_not_exist_is_not_drawn():
    """An estimate without an error keeps its point; nothing in the chart is NaN."""
    chart = coefficient_plot("c", "C", [estimates({"x": (1, math.nan, math.nan)})])

    (row,) = first_data(chart, "clear")
    assert (row["b"], row["low"], row["p"], row["clear"]) == (1.0, None, None, False)


def test_class_counts_hide_an_empty_column():
    """Rows without a score are a class only where there are some."""
    counts = pd.DataFrame({"low": [1, 2], "none": [0, 0]}, index=[2008, 2009])
    chart = class_counts("c", "C", counts, labels={"low": "Low"})

    assert {row["said"] for row in first_data(chart, "n")} == {"Low"}


@pytest.mark.parametrize("scores", [[0.3, 0.3, 0.35, 1.0], [0.3], [0.05 * i for i in range(40)]])
def test_each_score_is_in_one_bar(scores):
    """Bars count every score once, and each lies between the bounds of a bar."""
    result = efficiency(scores, [(str(i), None) for i in range(len(scores))])
    bars = first_data(score_distribution("d", "D", result, score="Score"), "n")

    assert sum(bar["n"] for bar in bars) == len(scores)
    assert all(any(b["from"] - 1e-9 <= s < b["to"] for b in bars) for s in scores)


@pytest.mark.parametrize("kind", FORMATS)
def test_charts_become_pictures(kind):
    """A chart is written as SVG, PNG and PDF without a browser."""
    chart = scores_over_time("o", "O", four_scores(), score="得分")
    content = picture(chart, "zh", kind)

    assert content.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[kind])


def test_charts_do_not_search_for_the_nearest_point():
    """Vega-Lite loses words in the tooltips of such charts: it says undefined instead of a name."""
    chart = scores_over_time("o", "O", four_scores(), score="Score")
    written = dict(chart.specifications["en"])
    compiled = vl_convert.vegalite_to_vega(written, vl_version=vega_lite(written))

    assert not [mark for mark in compiled["marks"] if mark["name"].endswith("voronoi")]


def test_pictures_have_the_density_of_print():
    """300 dots an inch, said in the file, over the 158 mm of a Word page (half a pixel in a hundred)."""
    content = picture(scores_over_time("o", "O", four_scores(), score="得分"), "zh", "png")
    width = int.from_bytes(content[16:20], "big")
    at = content.index(b"pHYs") + 4
    dots_a_metre = int.from_bytes(content[at : at + 4], "big")

    assert dots_a_metre == pytest.approx(300 / 0.0254, rel=0.005)
    assert width / (158 / 25.4) >= 300


def test_the_look_is_a_valid_configuration():
    """It is laid over finished charts, where nothing checks it: the schema of Vega-Lite knows it."""
    alt.Config.from_dict(config(), validate=True)  # raises where it does not fit


def test_the_look_stands_whatever_theme_the_reader_enabled():
    """A theme without a configuration is no obstacle."""
    with alt.theme.enable("none"):
        drawn = scores_over_time("o", "O", four_scores(), score="Score").specifications["en"]

    assert drawn["config"] == config()
