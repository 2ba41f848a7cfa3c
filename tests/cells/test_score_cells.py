"""Tables of scores: descriptive statistics, efficiency, productivity, classes; every cell is its number."""

from __future__ import annotations

from statistics import fmean, geometric_mean, stdev

import numpy as np
import pytest

from printed import Expected, check, check_sentences, count, digits, percent
from printed_charts import layers_of, rows_of
from said import method_sentences
from score_cells import CLOSE, scores_of, settled
from xinzhi.report.exhibits import charts_of, exhibited

YEARS = range(2010, 2016)
STATISTICS = {"n": "n", "mean": "Mean", "sd": "Std. dev.", "min": "Min.", "max": "Max."}

COMPONENTS = {
    "efficiency_change": "Efficiency change",
    "technical_change": "Technical change",
    "pure_efficiency_change": "Pure efficiency change",
    "scale_change": "Scale efficiency change",
}


@pytest.fixture
def scores(everything):
    return scores_of(everything)


def statistics_of(values):
    """Mean, standard deviation of a sample, smallest and largest."""
    return {"mean": fmean(values), "sd": stdev(values), "min": min(values), "max": max(values)}


def test_descriptive(everything):
    """Each variable with its statistics; the standard deviation divides by n - 1."""
    frame, rows, cells, numbers = everything.result.variables, {}, {}, {}
    for name, label in (("green", "Green efficiency"), ("talent", "Talent")):
        values = [float(v) for v in frame[name]]
        rows[name] = label
        cells[name, "n"] = count(len(values))
        numbers |= {(name, key): value for key, value in statistics_of(values).items()}
    cells |= settled(everything, "descriptive", numbers)

    check(everything, "descriptive", Expected(STATISTICS, rows, cells, "Variable"))


def test_efficiency_by_period(everything, scores):
    """Each period with the statistics of its own scores, and all of them."""
    rows, cells, numbers = {}, {}, {}
    parts = {str(year): [s for (_, y), s in scores.items() if y == year] for year in YEARS}
    for key, values in (parts | {"all": list(scores.values())}).items():
        rows[key] = "All" if key == "all" else key
        cells |= {
            (key, "n"): count(len(values)),
            (key, "on_frontier"): count(sum(s >= 1 - 1e-9 for s in values)),
        }
        numbers |= {(key, name): value for name, value in statistics_of(values).items()}
    cells |= settled(everything, "green_by_period", numbers)

    columns = STATISTICS | {"on_frontier": "On the frontier"}
    check(
        everything,
        "green_by_period",
        Expected(columns, rows, cells, "Period", {"min": "最小值", "max": "最大值"}),
    )


def test_efficiency_sentences(everything, scores):
    """The mean of all, its ends, and that of the first and the last period."""
    values = list(scores.values())
    first, last = (fmean(s for (_, y), s in scores.items() if y == year) for year in (2010, 2015))

    check_sentences(
        everything,
        "green_by_period",
        [
            (
                f"The mean score is {digits(fmean(values))} (n = {len(values)}), from {digits(min(values))} to "
                f"{digits(max(values))}; rows on the frontier (score of 1 or more): "
                f"{sum(s >= 1 - 1e-9 for s in values)}."
            ),
            f"The mean was {digits(first)} in 2010 and {digits(last)} in 2015.",
        ],
    )


def test_ranking(everything, scores):
    """The highest mean is first; five at either end."""
    means = {}
    for (entity, _), score in scores.items():
        means.setdefault(entity, []).append(score)
    ordered = sorted(means, key=lambda entity: -fmean(means[entity]))
    rows, cells, numbers = {}, {}, {}
    for entity in (*ordered[:5], *ordered[-5:]):
        rows[entity] = entity
        cells |= {
            (entity, "rank"): count(ordered.index(entity) + 1),
            (entity, "n"): count(len(means[entity])),
        }
        numbers |= {
            (entity, "mean"): fmean(means[entity]),
            (entity, "min"): min(means[entity]),
            (entity, "max"): max(means[entity]),
        }
    cells |= settled(everything, "green_ranking", numbers)

    columns = {"rank": "Rank", "n": "n", "mean": "Mean", "min": "Min.", "max": "Max."}
    check(everything, "green_ranking", Expected(columns, rows, cells, "Entity"))


def test_productivity(everything):
    """Indices that multiply have geometric means, between each two periods and over all."""
    frame = everything.result.of("productivity")["gml"].to_frame().to_dict("records")
    names = ["value", *COMPONENTS]
    rows, cells, numbers = {}, {}, {}
    parts = {f"{year}-{year + 1}": [r for r in frame if r["from"] == year] for year in YEARS[:-1]}
    for key, part in (parts | {"all": frame}).items():
        rows[key] = "All" if key == "all" else key
        cells[key, "n"] = count(len(part))
        numbers |= {(key, name): geometric_mean(r[name] for r in part) for name in names}
    cells |= settled(everything, "gml_productivity", numbers)
    columns = {"n": "n", "value": "Index"} | COMPONENTS

    check(everything, "gml_productivity", Expected(columns, rows, cells, "Periods"))
    check_sentences(everything, "gml_productivity", ["Means are geometric."])


def test_an_index_is_the_product_of_its_parts(everything):
    """Malmquist: efficiency change times technical change; the former pure times scale."""
    for row in everything.result.of("productivity")["gml"].to_frame().to_dict("records"):
        parts = row["efficiency_change"] * row["technical_change"]
        pure = row["pure_efficiency_change"] * row["scale_change"]
        # each distance is certified to 1e-9, a ratio of four of them to a little more
        assert row["value"] == pytest.approx(parts, rel=1e-7)
        assert row["efficiency_change"] == pytest.approx(pure, rel=1e-7)


def test_productivity_over_time(everything):
    """Each point is the product of the mean changes up to its period; the first period is 1."""
    frame = everything.result.of("productivity")["gml"].to_frame().to_dict("records")
    chart = everything.charts["gml_over_time"].specifications["en"]
    (layer,) = layers_of(chart, "line")
    fields = [layer["encoding"][key]["field"] for key in ("color", "x", "y")]
    found = {tuple(row[f] for f in fields[:2]): row[fields[2]] for row in rows_of(chart, layer)}

    expected = {}
    for key, name in {"value": "gml", **COMPONENTS}.items():
        expected[name, 2010] = level = 1.0
        for year in YEARS[:-1]:
            level *= geometric_mean(r[key] for r in frame if r["from"] == year)
            expected[name, year + 1] = level
    assert found == pytest.approx(expected, rel=CLOSE)


def test_productivity_methods(everything):
    """The index, its score, its options and its components in words, with its references."""
    shown = exhibited(everything.result)
    methods = method_sentences(everything.result, shown.methods)

    (told,) = [one for one in methods if one.startswith("gml is the Malmquist index")]
    assert "with the inputs and outputs of Green efficiency: super-SBM" in told
    assert told.endswith(
        "Components: Efficiency change, Technical change, Pure efficiency change, Scale efficiency "
        "change. A value above 1 is growth."
    )
    assert sum("American Economic Review, 84(1), 66" in one for one in shown.references) == 1


def test_classes(everything, scores):
    """The number of scores below 0.70 and from it on, in each period."""
    rows, cells = {}, {}
    for year in YEARS:
        key = str(year)
        low = sum(s < 0.7 for (_, y), s in scores.items() if y == year)
        n = sum(y == year for _, y in scores)
        rows[key] = key
        cells |= {
            (key, "low"): count(low), (key, "high"): count(n - low), (key, "total"): count(n),
        }  # fmt: skip

    check(
        everything,
        "green_classes",
        Expected({"low": "low", "high": "high", "total": "Total"}, rows, cells, "Period"),
    )


def test_scores_over_time(everything, scores):
    """The thick line is the mean of each period, the band its smallest and largest score."""
    chart = everything.charts["green_over_time"].specifications["en"]
    (band,) = layers_of(chart, "area")
    (mean,) = [one for one in layers_of(chart, "line") if one["mark"]["color"] == "#1f5a8c"]
    ends = band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]
    for layer, fields in ((band, ends), (mean, (mean["encoding"]["y"]["field"],))):
        found = {
            row[layer["encoding"]["x"]["field"]]: [row[field] for field in fields]
            for row in rows_of(chart, layer)
        }
        assert list(found) == list(YEARS)
        for year, values in found.items():
            of = [s for (_, y), s in scores.items() if y == year]
            expected = [min(of), max(of)] if layer is band else [fmean(of)]
            assert values == pytest.approx(expected, rel=CLOSE)
    (lines,) = [one for one in layers_of(chart, "line") if one is not mean]
    fields = [
        lines["encoding"]["detail"]["field"],
        *(lines["encoding"][k]["field"] for k in ("x", "y")),
    ]
    drawn = {(row[fields[0]], row[fields[1]]): row[fields[2]] for row in rows_of(chart, lines)}
    assert drawn == scores


def test_classes_over_time(everything, scores):
    """Each bar is the number of scores of its class in its period."""
    chart = everything.charts["green_counts"].specifications["en"]
    layer = next(
        one for one in [*chart.get("layer", []), chart] if "color" in one.get("encoding", {})
    )
    encoding = layer["encoding"]
    fields = [encoding[key]["field"] for key in ("x", "color", "y")]
    found = {
        tuple(str(row[f]) for f in fields[:2]): row[fields[2]] for row in rows_of(chart, layer)
    }
    expected = {}
    for year in YEARS:
        low = sum(s < 0.7 for (_, y), s in scores.items() if y == year)
        expected |= {(str(year), "low"): low, (str(year), "high"): 12 - low}

    assert found == expected


def test_distribution_over_time(everything, scores):
    """The bands hold the middle nine tenths and the middle half of the scores, the line is their median."""
    chart = everything.charts["green_distribution_over_time"].specifications["en"]
    wide, middle = layers_of(chart, "area")
    (line,) = layers_of(chart, "line")
    for layer, shares in ((wide, (0.05, 0.95)), (middle, (0.25, 0.75)), (line, (0.5,))):
        channels = ("y", "y2")[: len(shares)]
        for row in rows_of(chart, layer):
            of = [s for (_, year), s in scores.items() if year == row["period"]]
            found = [row[layer["encoding"][channel]["field"]] for channel in channels]
            assert found == pytest.approx([float(np.quantile(of, q)) for q in shares], rel=CLOSE)


def test_shares_are_per_cent():
    """A share of a half is 50.0 %, here and in the package."""
    assert percent(0.5).text == "50.0%"


def test_scores_come_before_their_map(everything):
    """The section on efficiency opens with the scores over time; the maps follow."""
    drawn = [chart.id for chart in charts_of(everything.result).charts["efficiency"]]

    assert drawn.index("green_over_time") < drawn.index("places_map")
