"""Each chart says in its picture what its numbers say: places, directions, ends, colours, keys, titles, order."""

from __future__ import annotations

import math
from math import inf, nan

import numpy as np
import pandas as pd
import pytest

from drawn_marks import panel_of, panels_of, tips_of, told_of
from made_report import efficiency, estimates
from printed import digits
from printed_charts import BLUE, WHITE
from printed_maps import lightness
from xinzhi.analyses.classes.charts import class_counts
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.efficiency.charts import score_distribution, scores_over_time
from xinzhi.analyses.heterogeneity.charts import HeatCell, heat_map
from xinzhi.analyses.moderation.charts import EffectLine, band, conditional_effects
from xinzhi.analyses.productivity.charts import productivity_over_time
from xinzhi.analyses.ranks.charts import distribution_over_time
from xinzhi.analyses.specification_curve.charts import specification_curve
from xinzhi.present.coefficients import coefficient_plot
from xinzhi.present.effects import PlottedEffect, effects_plot
from xinzhi.present.plots import bars, curve, events
from xinzhi.present.style import Style
from xinzhi_core.wording import Label
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import ProductivityResult

PLACED = {"abs": 0.006}
"""Of the length of an axis: half a pixel of some hundred, by which labels are rounded."""
LANGUAGES = ("en", "zh")


def close(value, axis_range):
    """Allow for the rounding of pixels, relative to what the axis spans."""
    return pytest.approx(value, abs=0.006 * axis_range)


def span(axis):
    """Give the distance of the outer labels of an axis of numbers, as a value."""
    return abs(axis.value(max(axis.labels.values())) - axis.value(min(axis.labels.values())))


EFFECTS = (
    PlottedEffect(Label("one", zh="甲", en="one"), 0.5, 0.1, 1.4, is_clear=True),
    PlottedEffect(Label("two", zh="乙", en="two"), -0.8, -1.1, -0.7, is_clear=True),
    PlottedEffect(Label("three", zh="丙", en="three"), 0.2, -0.3, 0.4, is_clear=False),
    PlottedEffect(Label("four", zh="丁", en="four"), -0.1, nan, nan, is_clear=False),
)
"""No two alike in any number, so that an exchange shows; intervals are wider on one side."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_points_and_intervals_stand_at_their_numbers(language):
    """From the top in the order given; filled where it counts; each interval from its lower to its upper end."""
    axis = Label("axis", zh="系数", en="Coefficient")
    panel = panel_of(effects_plot("e", "E", EFFECTS, axis=axis, marks="m"), language)
    words = [getattr(one.words, language) for one in EFFECTS]
    wide = span(panel.x)

    assert panel.x.title == getattr(axis, language)
    assert panel.y.order == words
    points = {panel.y.label(m.points[0][1]): m for m in panel.of("symbol")}
    rules = [m for m in panel.of("rule") if m.stroke == BLUE]
    ends = {panel.y.label(m.points[0][1]): [panel.x.value(x) for x, _ in m.points] for m in rules}
    assert list(points) == words
    for effect, word in zip(EFFECTS, words, strict=True):
        place = panel.x.value(points[word].points[0][0])
        assert place == close(effect.estimate, wide)
        assert points[word].stroke == BLUE
        assert points[word].fill == (BLUE if effect.is_clear else WHITE)
        if math.isfinite(effect.low):
            assert sorted(ends[word]) == close([effect.low, effect.high], wide)
        else:
            assert word not in ends


def test_zero_is_dashed():
    """The only dashed line of a plot of effects stands upright at zero, over the whole height."""
    panel = panel_of(effects_plot("e", "E", EFFECTS, axis="a", marks="m"))

    (zero,) = [m for m in panel.of("rule") if m.dashes not in ("", "1,0")]
    (left, top), (right, foot) = zero.points
    assert panel.x.value(left) == close(0, span(panel.x))
    assert left == right
    assert abs(top - foot) >= 24 * len(EFFECTS)


def test_the_pointer_names_each_number_of_an_effect():
    """Lower and upper bound and the estimate under their own words, in both languages."""
    chart = effects_plot("e", "E", EFFECTS, axis=Label("a", zh="系数", en="Size"), marks="m")

    for tips in tips_of(chart.specifications["en"]):
        assert tips == {"Effect": "en", "Size": "b", "Lower bound": "low", "Upper bound": "high"}
    for tips in tips_of(chart.specifications["zh"]):
        assert tips == {"效应": "zh", "系数": "b", "下限": "low", "上限": "high"}
    (rows,) = [rows for rows in chart.specifications["en"]["datasets"].values() if len(rows) > 1]
    assert [(row["b"], row["low"], row["high"]) for row in rows[:3]] == [
        (one.estimate, one.low, one.high) for one in EFFECTS[:3]
    ]


def test_points_without_any_interval_keep_the_title_of_their_axis():
    """The title stands at the axis of the points where nothing else is drawn."""
    panel = panel_of(effects_plot("e", "E", EFFECTS[3:], axis="Size", marks="m"))

    assert panel.x.title == "Size"
    (point,) = panel.of("symbol")
    assert panel.x.value(point.points[0][0]) == close(-0.1, span(panel.x))


def test_coefficients_stand_at_their_numbers():
    """Of two columns, by variable and column; p under the pointer is p."""
    style = Style({"x": Label("x", zh="甲", en="X"), "z": Label("z", zh="乙", en="Z")})
    one = estimates({"x": (0.5, 0.1, 0.001), "z": (-0.9, 0.4, 0.03)})
    two = estimates({"x": (0.2, 0.3, 0.6), "z": (-0.3, 0.1, 0.01)})
    chart = coefficient_plot("c", "C", [one, two], style)
    panel = panel_of(chart)

    assert panel.x.title == "Coefficient"
    assert panel.y.order == ["X (1)", "X (2)", "Z (1)", "Z (2)"]
    found = {
        panel.y.label(m.points[0][1]): (panel.x.value(m.points[0][0]), m.fill)
        for m in panel.of("symbol")
    }
    expected = {"X (1)": (0.5, BLUE), "X (2)": (0.2, WHITE), "Z (1)": (-0.9, BLUE), "Z (2)": (-0.3, BLUE)}  # fmt: skip
    for word, (b, fill) in expected.items():
        assert found[word] == (close(b, span(panel.x)), fill)
    ends = {
        panel.y.label(m.points[0][1]): sorted(panel.x.value(x) for x, _ in m.points)
        for m in panel.of("rule")
        if m.stroke == BLUE
    }
    assert ends["Z (1)"] == close([-1.7, -0.1], span(panel.x))
    for tips in tips_of(chart.specifications["en"]):
        assert tips["p"] == "p"
        assert tips["Coefficient"] == "b"
    (rows,) = [rows for rows in chart.specifications["en"]["datasets"].values() if len(rows) > 1]
    assert {row["en"]: row["p"] for row in rows} == {
        "X (1)": 0.001, "X (2)": 0.6, "Z (1)": 0.03, "Z (2)": 0.01,
    }  # fmt: skip


COUNTS = pd.DataFrame(
    {"low": [5, 1], "middle": [2, 3], "high": [1, 4], "none": [1, 2]}, index=[2008, 2009]
)
CLASSES = {
    "low": Label("low", zh="低", en="Low"),
    "middle": Label("middle", zh="中", en="Middle"),
    "high": Label("high", zh="高", en="High"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_classes_are_stacked_from_low_to_high(language):
    """Each bar is as high as its count, low at the foot, darker for more, in the colour of its key."""
    chart = class_counts("c", "C", COUNTS, labels=CLASSES)
    panel = panel_of(chart, language)
    none = {"en": "No score", "zh": "无得分"}[language]
    words = [*(getattr(one, language) for one in CLASSES.values()), none]

    assert [one.words for one in panel.key] == words
    assert panel.x.title == {"en": "Period", "zh": "时期"}[language]
    assert panel.y.title == {"en": "Count", "zh": "数量"}[language]
    assert panel.x.order == ["2008", "2009"]
    shades = [lightness(one.colour) for one in panel.key[:3]]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == 3
    assert panel.key[3].colour == "#ffffff"
    named = {one.colour: one.words for one in panel.key}
    found = {}
    for bar in panel.of("rect") or panel.of("bar"):
        (left, top), (right, foot) = bar.points
        year = panel.x.label((left + right) / 2)
        low, high = panel.y.value(foot), panel.y.value(top)
        found.setdefault(year, []).append((low, named[bar.fill], high - low))
    for year, row in COUNTS.iterrows():
        bars = sorted(found[str(year)])
        assert [word for _, word, _ in bars] == words
        assert [size for *_, size in bars] == close(list(row), 8)


def test_a_single_class_and_many_classes_have_their_shades():
    """Two classes are pale and dark; more classes than shades begin again."""
    two = panel_of(class_counts("c", "C", COUNTS[["low", "high"]], labels=CLASSES))
    many = pd.DataFrame({str(n): [n + 1] for n in range(6)}, index=[2008])
    shades = [lightness(one.colour) for one in two.key]

    assert shades[0] > 3 * shades[1]
    key = panel_of(class_counts("c", "C", many, labels={})).key
    assert [one.words for one in key] == [str(n) for n in range(6)]
    assert key[5].colour == key[0].colour
    assert len({one.colour for one in key[:5]}) == 5


LABELS = [(name, year) for name in ("甲", "乙") for year in (2008, 2009, 2010)]
SCORES = [0.5, 0.7, 0.9, 1.5, 0.4, None]


def test_scores_over_time_are_drawn_at_their_values():
    """Band from lowest to highest, thick line at the mean, a thin line for each entity, dashes at the frontier."""
    result = efficiency(SCORES, LABELS)
    names = {"甲": Label("甲", zh="甲", en="Alpha")}
    chart = scores_over_time(
        "o", "O", result, score=Label("s", zh="得分", en="Score"), labels=names
    )
    panel = panel_of(chart)
    high = span(panel.y)

    assert (panel.x.title, panel.y.title) == ("Period", "Score")
    assert panel.x.order == ["2008", "2009", "2010"]
    (band_,) = panel.of("area")
    edges = {}
    for x, y in panel.values(band_):
        edges.setdefault(round(x), set()).add(round(y, 6))
    ends = {year: (min(ys), max(ys)) for year, ys in edges.items()}
    for year, pair in {2008: (0.5, 1.5), 2009: (0.4, 0.7), 2010: (0.9, 0.9)}.items():
        assert ends[year] == close(pair, high)
    (thick,) = [one for one in panel.of("line") if one.width > 2]
    means = [(2008, 1.0), (2009, 0.55), (2010, 0.9)]
    assert thick.stroke == BLUE
    assert [y for _, y in panel.values(thick)] == close([y for _, y in means], high)
    assert [x for x, _ in panel.values(thick)] == close([x for x, _ in means], 2)
    points = sorted(panel.values(one)[0] for one in panel.of("symbol"))
    assert [y for _, y in points] == close([y for _, y in means], high)
    thin = sorted(
        [round(y, 1) for _, y in panel.values(one)] for one in panel.of("line") if one.width < 1
    )
    assert thin == [[0.5, 0.7, 0.9], [1.5, 0.4]]
    (frontier,) = [one for one in panel.of("rule") if one.dashes == "4,3"]
    assert [y for _, y in panel.values(frontier)] == close([1, 1], high)
    tips = tips_of(chart.specifications["en"])
    assert {"Entity": "en", "Period": "period", "Score": "score"} in tips
    words = {"Period": "period", "Mean": "mean", "Lowest": "low", "Highest": "high", "Scores": "n"}
    assert words in tips
    told = next(one for one in told_of(chart.specifications["en"]) if "Lowest" in one)
    assert told == {
        "Period": [2008, 2009, 2010], "Mean": pytest.approx([1.0, 0.55, 0.9]), "Lowest": [0.5, 0.4, 0.9],
        "Highest": [1.5, 0.7, 0.9], "Scores": [2, 2, 1],
    }  # fmt: skip
    assert panel_of(chart, "zh").y.title == "得分"


def test_scores_of_one_period_are_counted_in_bars():
    """Each bar stands over its scores and is as high as their number; the frontier is at 1."""
    scores = [0.31, 0.32, 0.33, 0.52, 0.9, 1.12, 1.13]
    result = efficiency(scores, [(str(n), None) for n in range(len(scores))])
    chart = score_distribution("d", "D", result, score="Score")
    panel = panel_of(chart)

    assert (panel.x.title, panel.y.title) == ("Score", "Count")
    covered = 0
    bars = panel.of("rect") or panel.of("bar")
    for bar in bars:
        (left, foot), (right, top) = sorted(panel.values(bar))
        inside = sum(left - 0.004 <= s < right - 0.004 for s in scores)
        assert max(foot, top) == close(inside, 3)
        assert min(foot, top) == close(0, 3)
        covered += inside
        assert bar.fill == BLUE
    assert covered == len(scores)
    (rule,) = panel.of("rule")
    assert [x for x, _ in panel.values(rule)] == close([1, 1], span(panel.x))
    assert tips_of(chart.specifications["en"]) == [{"≥": "from", "<": "to", "Count": "n"}]


@pytest.mark.parametrize(("index", "language"), [("malmquist", "en"), ("luenberger", "zh")])
def test_an_index_over_time_has_a_line_of_its_own_for_each_component(index, language):
    """Line, colour and dashes of the key belong to the component of that name, at its levels."""
    is_sum = index == "luenberger"
    changes = np.array([0.8, 1.25, 1.1, 0.9]) - is_sum
    parts = {
        "efficiency_change": np.array([0.9, 1.2, 1.3, 0.7]) - is_sum,
        "technical_change": np.array([0.7, 1.5, 0.95, 1.05]) - is_sum,
    }
    made = ProductivityResult(
        index, Options(), ("a", "a", "b", "b"), (2008, 2009, 2008, 2009), (2009, 2010, 2009, 2010), changes, parts
    )  # fmt: skip
    chart = productivity_over_time("p", "P", made, index=Label("i", zh="指数", en="Index"))
    panel = panel_of(chart, language)
    words = {
        "en": ["Index", "Efficiency change", "Technical change"],
        "zh": ["指数", "技术效率变化", "技术变化"],
    }[language]

    assert [one.words for one in panel.key] == words
    assert panel.y.title == {"en": "Level", "zh": "水平值"}[language]
    assert panel.x.order == ["2008", "2009", "2010"]
    assert panel.key[0].colour == BLUE  # the index itself is in the first colour
    assert len({one.colour for one in panel.key}) == 3
    colours = {one.colour: one.words for one in panel.key}
    lines = {colours[one.stroke]: one for one in panel.of("line")}
    assert list(colours.values()) == words
    assert len({one.dashes for one in lines.values()}) == 3
    for word, values in zip(words, (changes, *parts.values()), strict=True):
        pairs = values.reshape(2, 2).T
        if is_sum:
            levels = [0.0, *np.cumsum(pairs.mean(axis=1))]
        else:
            levels = [1.0, *np.cumprod(np.exp(np.log(pairs).mean(axis=1)))]
        assert [y for _, y in panel.values(lines[word])] == close(levels, span(panel.y))
        dots = sorted(panel.values(m)[0] for m in panel.of("symbol") if colours[m.fill] == word)
        assert [y for _, y in dots] == close(levels, span(panel.y))
    (base,) = panel.of("rule")
    assert panel.values(base)[0][1] == close(0.0 if is_sum else 1.0, span(panel.y))
    keyed = {one.words: one.dashes for one in panel.key if one.dashes}
    assert keyed == {word: one.dashes for word, one in lines.items()}


def test_bands_of_a_distribution_lie_at_its_quantiles():
    """Pale from the 5th to the 95th, darker between the quartiles, the darkest line at the median."""
    draw = np.random.default_rng(7)
    index = pd.MultiIndex.from_product([range(31), (2008, 2009, 2010)], names=["entity", "period"])
    scores = pd.Series(draw.gamma(2.0, 0.2, 93), index=index)
    chart = distribution_over_time("d", "D", scores, score="Score")
    panel = panel_of(chart)
    high = span(panel.y)

    assert (panel.x.title, panel.y.title) == ("Period", "Score")
    pale, dark = panel.of("area")
    (median,) = panel.of("line")
    shades = [lightness(one) for one in (pale.fill, dark.fill, median.stroke)]
    assert shades == sorted(shades, reverse=True)
    for year in (2008, 2009, 2010):
        of = scores.xs(year, level="period")
        for area, ends in ((pale, (0.05, 0.95)), (dark, (0.25, 0.75))):
            ys = [y for x, y in panel.values(area) if round(x) == year]
            assert (min(ys), max(ys)) == close(tuple(of.quantile(list(ends))), high)
        (y,) = [y for x, y in panel.values(median) if round(x) == year]
        assert y == close(of.median(), high)
    (tips,) = tips_of(chart.specifications["en"])
    assert tips == {
        "Period": "period", "95th percentile": "q95", "Upper quartile": "q75", "Median": "q50",
        "Lower quartile": "q25", "5th percentile": "q05", "Scores": "n",
    }  # fmt: skip


CELLS = [
    HeatCell("east", "a", 0.001, "**"), HeatCell("west", "a", -0.002, "***"), HeatCell("north", "a", -0.0002, "*"),
    HeatCell("east", "b", 50.0), HeatCell("west", "b", 5.0, is_clear=False), HeatCell("north", "b", nan, is_clear=False),
]  # fmt: skip


def _rgb(colour):
    return [int(one) for one in colour.removeprefix("rgb(").removesuffix(")").split(", ")]


def test_the_heat_of_a_cell_is_that_of_its_number():
    """Its number stands in its row and column; blue above zero, orange below, none where it does not count."""
    panel = panel_of(heat_map("h", "H", CELLS))

    assert panel.x.order == ["a", "b"]
    assert panel.y.order == ["east", "west", "north"]
    texts = {
        (panel.y.label(y - 4), panel.x.label(x)): mark
        for mark in panel.of("text")
        for x, y in mark.points
    }
    fills = {}
    for mark in panel.of("rect"):
        (left, top), (right, foot) = mark.points
        place = panel.y.label((top + foot) / 2), panel.x.label((left + right) / 2)
        fills[place] = _rgb(mark.fill)
    for cell in CELLS:
        shown = "—" if math.isnan(cell.estimate) else digits(cell.estimate)
        assert texts[cell.row, cell.column].words == shown + cell.stars
        fill = fills.get((cell.row, cell.column))
        assert (fill is None) == (not cell.is_clear)
        if fill is not None:
            red, _, blue = fill
            assert (blue > red) == (cell.estimate > 0)
    # The larger within its variable, the darker; and its words turn white.
    strong, faint = sum(fills["west", "a"]), sum(fills["north", "a"])
    assert strong < faint
    assert texts["west", "a"].fill == texts["east", "b"].fill == "#ffffff"
    assert texts["north", "a"].fill == texts["west", "b"].fill == "#1f2933"


def test_each_panel_of_conditional_effects_shows_its_own_line():
    """Title, moderator, line, band and thick part belong together, three in a row, in their order."""
    slopes = [(0.5, -0.3, 0.01), (-0.2, 0.4, 0.02), (0.1, 0.05, 0.03), (0.9, 0.1, 0.01)]
    lines = [
        EffectLine(f"x{n} → y{n}", f"w{n}", ConditionalSlope(("x", "y"), "w", b1, b3, v, 0.0, v / 2, inf, 50), -1.0 - n, 3.0 + n)
        for n, (b1, b3, v) in enumerate(slopes)
    ]  # fmt: skip
    panels = panels_of(conditional_effects("c", "C", lines))

    assert [one.title for one in panels] == [str(line.words) for line in lines]
    for panel, line in zip(panels, lines, strict=True):
        panel.check_directions()
        w, effect, low, high = band(line)
        wide, tall = line.high - line.low, high.max() - low.min()
        assert (panel.x.title, panel.y.title) == (line.moderator, "Effect")
        (area,) = panel.of("area")
        thin, *thick = sorted(panel.of("line"), key=lambda one: one.width)
        found = panel.values(thin)
        assert [x for x, _ in found] == close(list(w), wide)
        assert [y for _, y in found] == close(list(effect), 2 * tall)
        edge = panel.values(area)
        upper, lower = edge[: len(w)], edge[len(w) :][::-1]
        ends = [sorted(pair) for pair in zip((y for _, y in upper), (y for _, y in lower), strict=True)]  # fmt: skip
        assert [a for a, _ in ends] == close(list(low), 2 * tall)
        assert [b for _, b in ends] == close(list(high), 2 * tall)
        drawn = {round(x, 2) for part in thick for x, _ in panel.values(part)}
        clear = [x for x, a, b in zip(w, low, high, strict=True) if a * b > 0]
        assert len(drawn) == len(clear)
        assert sorted(drawn) == close(clear, wide)
        (zero,) = panel.of("rule")
        assert panel.values(zero)[0][1] == close(0, tall)
    # Three in a row: the fourth stands beneath the first.
    left = [min(x for m in one.marks for x, _ in m.points) for one in panels]
    assert left[0] == pytest.approx(left[3], abs=1)
    assert left[0] < left[1] < left[2]


PART = pd.DataFrame(
    {
        "estimate": [0.4, -0.3, 0.1],
        "ci_low": [0.2, -0.4, -0.3],
        "ci_high": [0.9, -0.1, 0.2],
        "p_value": [0.01, 0.02, 0.5],
    },
    index=[10, 11, 12],
)


def test_a_specification_curve_rises_and_names_its_choices():
    """Points from the smallest to the largest with their own intervals; marks under the points that choose so."""
    ways = [
        ("with", pd.Series([True, False, True], index=PART.index)),
        ("without", pd.Series([False, True, False], index=PART.index)),
    ]
    chart, choices = specification_curve("s", "S", PART, ways, name="X")
    panel, below = panel_of(chart), panels_of(choices)[0]
    ordered = PART.sort_values("estimate")
    tall = span(panel.y)

    assert panel.x.title == "Specifications in ascending order of the estimate"
    points = sorted(panel.of("symbol"), key=lambda one: one.points)
    assert [panel.y.value(m.points[0][1]) for m in points] == close(list(ordered["estimate"]), tall)
    assert [m.fill for m in points] == [BLUE, WHITE, BLUE]
    (zero,) = [m for m in panel.of("rule") if m.dashes == "4,3"]
    assert panel.y.value(zero.points[0][1]) == close(0, tall)
    rules = sorted((m for m in panel.of("rule") if m is not zero), key=lambda one: one.points)
    for rule, point, (_, row) in zip(rules, points, ordered.iterrows(), strict=True):
        ends = sorted(panel.y.value(y) for _, y in rule.points)
        assert ends == close([row["ci_low"], row["ci_high"]], tall)
        assert rule.points[0][0] == pytest.approx(point.points[0][0], abs=1)
    assert below.y.order == ["with", "without"]
    places = [one.points[0][0] for one in points]
    made = {"with": [], "without": []}
    for mark in below.of("rect"):
        (left, top), (right, foot) = mark.points
        at = min(range(3), key=lambda n: abs(places[n] - (left + right) / 2))
        assert abs(places[at] - (left + right) / 2) < 4
        made[below.y.label((top + foot) / 2)].append(ordered.index[at])
    assert {key: sorted(rows) for key, rows in made.items()} == {"with": [10, 12], "without": [11]}
    (tips,) = {tuple(one.items()) for one in tips_of(chart.specifications["en"])}
    assert dict(tips) == {"X": "b", "Lower bound": "low", "Upper bound": "high"}


FOLLOWED = pd.DataFrame(
    {
        "time": [2008, 2009, 2011],
        "b": [0.5, -0.25, 1.0],
        "low": [0.25, -0.75, 0.8],
        "high": [0.9, 0.2, 1.5],
    }
)
"""No two alike in any number; a year is missing between the last two."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_of_a_frame_stand_at_its_numbers(language):
    """Points, bars and a curve at the values of their rows, intervals from end to end, one place a period."""
    x, y = (
        ("time", Label("t", zh="时期", en="Period")),
        ("b", Label("b", zh="估计值", en="Estimate")),
    )
    words = {"id": "c", "title": Label("c", zh="图", en="Chart")}
    titles = {"en": ("Period", "Estimate"), "zh": ("时期", "估计值")}[language]
    values = list(FOLLOWED["b"])

    panel = panel_of(events(FOLLOWED, x, y, **words), language)
    assert (panel.x.title, panel.y.title, panel.x.order) == (*titles, ["2008", "2009", "2011"])
    points = {
        panel.x.label(one.points[0][0]): panel.values(one)[0][1] for one in panel.of("symbol")
    }
    assert [points[year] for year in panel.x.order] == close(values, span(panel.y))
    ends = {}
    for one in panel.of("rule"):
        (_, first), (_, second) = panel.values(one)
        if first != pytest.approx(second):
            ends[panel.x.label(one.points[0][0])] = sorted((first, second))
        else:
            assert first == close(0.0, span(panel.y))  # the line of no effect
    for year, low, high in zip(panel.x.order, FOLLOWED["low"], FOLLOWED["high"], strict=True):
        assert ends[year] == close([low, high], span(panel.y))

    panel = panel_of(curve(FOLLOWED, x, y, levels=(0.75,), **words), language)
    (line,) = panel.of("line")
    assert (panel.x.title, panel.y.title) == titles
    assert [at for at, _ in panel.values(line)] == close([2008, 2009, 2011], span(panel.x))
    assert [value for _, value in panel.values(line)] == close(values, span(panel.y))
    (level,) = panel.of("rule")
    assert panel.values(level)[0][1] == close(0.75, span(panel.y))

    panel = panel_of(bars(FOLLOWED, x, y, **words), language)
    assert (panel.x.title, panel.y.title, panel.x.order) == (*titles, ["2008", "2009", "2011"])
    assert len(panel.of("rect")) == len(FOLLOWED)

    named = FOLLOWED.assign(time=["early", "later", "last"])
    panel = panel_of(bars(named, x, y, is_horizontal=True, **words), language)
    assert (panel.y.title, panel.x.title, panel.y.order) == (*titles, ["early", "later", "last"])
    assert len(panel.of("rect")) == len(FOLLOWED)
