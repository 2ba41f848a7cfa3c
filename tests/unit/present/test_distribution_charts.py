"""Distribution over time, heat map of groups, effects along a moderator."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pandas as pd
import pytest

from drawn import picture
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.heterogeneity.charts import FONT_SIZE, WIDTH, HeatCell, heat_map
from xinzhi.analyses.moderation.charts import EffectLine, band, conditional_effects
from xinzhi.analyses.ranks.charts import distribution_over_time
from xinzhi.present.chart import width_of


def data_with(chart, key, language="en"):
    sets = chart.specifications[language]["datasets"].values()
    return next(rows for rows in sets if rows and key in rows[0])


def test_bands_are_the_quantiles_of_each_period():
    """Numpy's quantiles are the witness; missing scores are no part of them."""
    generator = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([range(40), (2008, 2009)], names=["entity", "period"])
    scores = pd.Series(generator.random(80), index=index)
    scores.iloc[0] = nan

    rows = data_with(distribution_over_time("d", "D", scores, score="S"), "q50")

    for row in rows:
        known = scores.xs(row["period"], level="period").dropna()
        assert row["n"] == len(known)
        found = [row[name] for name in ("q05", "q25", "q50", "q75", "q95")]
        assert found == pytest.approx(np.quantile(known, [0.05, 0.25, 0.5, 0.75, 0.95]))


def test_heat_is_scaled_within_a_variable():
    """The largest of each variable has the full shade, whatever its unit; a missing one has none."""
    cells = [
        HeatCell("east", "a", 0.001, "**"), HeatCell("west", "a", -0.002),
        HeatCell("east", "b", 50.0), HeatCell("west", "b", nan),
    ]  # fmt: skip
    chart = heat_map("h", "H", cells)
    rows = data_with(chart, "share")

    assert [row["share"] for row in rows] == [0.5, -1.0, 1.0, None]
    assert [row["text"] for row in rows] == ["0.001**", "−0.002", "50.000", "—"]
    assert picture(chart, "zh", "svg").startswith(b"<svg")


def test_long_headings_of_a_heat_map_are_broken_into_lines():
    """Each line of a heading is no wider than its column, so that neighbours do not touch."""
    names = [f"Share of variable number {n} in output" for n in range(6)]
    chart = heat_map("h", "H", [HeatCell("east", name, 1.0) for name in names])
    lines = [row["heading"].split("\n") for row in data_with(chart, "heading")]

    assert all(" ".join(broken) == name for broken, name in zip(lines, names, strict=True))
    assert max(width_of(line) for broken in lines for line in broken) <= WIDTH / 6 / FONT_SIZE


def test_the_band_is_that_of_the_delta_method():
    """Effect -+ t sqrt(V11 + 2 w V13 + w2 V33), by draws of (b1, b3) as slow witness.

    40 000 draws: the standard deviation of a simulated deviation is 0.4 % of it; 2 % is allowed.
    """
    vcov = ((0.04, -0.01), (-0.01, 0.02))
    slope = ConditionalSlope(("x", "y"), "w", 0.5, -0.3, 0.04, -0.01, 0.02, inf, 50)
    line = EffectLine("x", "w", slope, -1.0, 2.0)
    w, effect, low, high = band(line)
    draws = np.random.default_rng(3).multivariate_normal([0.5, -0.3], vcov, size=40_000)
    spread = (draws[:, :1] + draws[:, 1:] * w).std(axis=0)

    assert effect == pytest.approx(0.5 - 0.3 * w)
    assert (high - low) / (2 * 1.96) == pytest.approx(spread, rel=0.02)


def test_the_line_is_thick_where_zero_is_outside_the_band():
    """Thick exactly where both edges have one sign."""
    slope = ConditionalSlope(("x", "y"), "w", 0.5, -0.3, 0.01, 0.0, 0.01, inf, 50)
    line = EffectLine("x", "w", slope, -1.0, 4.0)
    chart = conditional_effects("c", "C", [line, line])
    rows = data_with(chart, "clear")

    assert [row["clear"] is not None for row in rows] == [
        row["low"] * row["high"] > 0 for row in rows
    ]
    assert 0 < sum(row["clear"] is not None for row in rows) < len(rows)
    assert picture(chart, "zh", "png").startswith(b"\x89PNG")


def test_the_line_is_not_thick_where_its_variance_is_negative():
    """Errors clustered two ways may give V11 + 2 w V13 + w2 V33 < 0: nothing is tested there."""
    slope = ConditionalSlope(("x", "y"), "w", 0.5, -0.3, 0.01, 0.0, -0.01, inf, 50)
    chart = conditional_effects("c", "C", [EffectLine("x", "w", slope, -2.0, 2.0)] * 2)
    rows = data_with(chart, "clear")

    assert {row["clear"] for row in rows if abs(row["w"]) > 1} == {None}
    assert any(row["clear"] is not None for row in rows)
    assert picture(chart, "zh", "png").startswith(b"\x89PNG")
