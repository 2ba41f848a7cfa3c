"""Tables of an index, coordination, decoupling, decomposition, detector, densities and ellipses, cell by cell.

Every number is computed here from the data, with numpy and Python alone; a cell under another heading, or in
another row, fails.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f as f_distribution
from scipy.stats import ncf

from made_cells import printed
from printed import (
    MISSING,
    Expected,
    check,
    check_sentences,
    count,
    digits,
    number,
    p_value,
    percent,
    words,
)
from printed_charts import layers_of
from score_cells import CLOSE, shown

N, YEARS = 12, range(2010, 2014)
STUDY = """\
title: Index
seed: 3
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
prepare:
  - quality: {step: entropy_index, positive: [patents, talent], negative: [so2], dimensions: {people: [talent, patents]}, weights: critic, shift: 0}
  - together: {step: coupling, of: [quality, share]}
  - apart: {step: tapio, of: co2, by: gdp}
efficiency: {score: {measure: radial, inputs: [labour], good_outputs: [gdp]}}
groups: {coast: {column: coast, yes: [1], no: rest}}
variables: {outcome: {column: outcome}, soil: {column: soil}, wind: {column: wind}, talent: {column: talent}}
space_and_time:
  score:
    dates: [2010, 2013]
    obstacles: {of: quality, top: 2}
    density: {dates: [2010, 2013], by: coast}
    ellipse: {x: east, y: north, weights: talent, dates: [2010, 2013]}
decompose: {carbon: {of: co2, factors: [people, per_head], dates: [2010, 2013]}}
detector: {found: {outcome: outcome, factors: [soil, wind], date: 2011}}
report: {languages: [en, zh], formats: [html]}
"""
INDICATORS = ("patents", "talent", "so2")


def cities():
    draw = np.random.default_rng(8)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(N)], YEARS], names=["city", "year"]
    )
    n, city = len(index), index.codes[0]
    names = ("patents", "talent", "so2", "labour", "people", "per_head", "gdp", "outcome")
    frame = pd.DataFrame({name: draw.uniform(1, 9, n) for name in names}, index=index)
    year = index.get_level_values("year")
    frame["share"] = draw.uniform(0.1, 0.9, n) * np.where(year == 2010, 0.3, 1.0)  # another class
    frame["co2"] = frame.people * frame.per_head
    frame["coast"] = (city < 2).astype(int)
    frame["soil"], frame["wind"] = city % 3, city % 2
    frame["outcome"] += 2.0 * frame.soil + frame.wind
    frame["east"], frame["north"] = 1000.0 * draw.uniform(1, 9, n), 700.0 * draw.uniform(1, 9, n)
    return frame


@pytest.fixture(scope="module")
def frame():
    return cities()


@pytest.fixture(scope="module")
def study(tmp_path_factory, frame):
    def write(folder, data, text):
        data.to_csv(folder / "data.csv", float_format="%.17g")
        (folder / "study.yaml").write_text(text, encoding="utf-8")
        return folder / "study.yaml"

    return printed(tmp_path_factory.mktemp("index"), write, frame, STUDY)


@pytest.fixture(scope="module")
def scaled(frame):
    x = frame[list(INDICATORS)].to_numpy() * [1, 1, -1]
    return (x - x.min(axis=0)) / np.ptp(x, axis=0)


def check_computed(study, name, expected):
    """Compare every cell; a number computed here may differ from that of the sheet in its last digits."""
    table = study.tables[name]
    cells = {}
    for (row, column), cell in expected.cells.items():
        if cell.value is not None:
            found = float(shown(table, row, column))
            assert found == pytest.approx(cell.value, rel=CLOSE, abs=CLOSE), (name, row, column)
            cell = replace(cell, value=found)  # noqa: PLW2901 - the same cell, with the digits of the sheet
        cells[row, column] = cell
    check(study, name, replace(expected, cells=cells))


def rows_drawn(chart):
    """List the data of a chart; all of its layers read them."""
    (rows,) = chart.specifications["en"]["datasets"].values()
    return rows


def channels(chart, mark):
    """Give the fields of a mark by channel."""
    (layer,) = layers_of(chart.specifications["en"], mark)
    return {name: one["field"] for name, one in layer["encoding"].items() if "field" in one}


def bars_of(chart, x, y, *, is_horizontal=False):
    """Read the height of each bar, or the length of one that lies."""
    axes = {"x": y, "y": x} if is_horizontal else {"x": x, "y": y}
    assert axes.items() <= channels(chart, "bar").items()
    return {row[x]: row[y] for row in rows_drawn(chart)}


def entropy(z):
    p = z / z.sum(axis=0)
    e = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=0) / np.log(len(z))
    return (1 - e) / (1 - e).sum()


def critic(z):
    d = z.std(axis=0) * (1 - np.corrcoef(z.T)).sum(axis=0)
    return d / d.sum()


def pca(z):
    values, vectors = np.linalg.eigh(np.corrcoef(z.T))
    kept = values >= 1 - 1e-9
    return (vectors[:, kept] ** 2 * values[kept]).sum(axis=1) / values[kept].sum()


EQUAL = np.full(3, 1 / 3)
HALVES = np.array([0.25, 0.25, 0.5])
"""Talent and patents are one dimension, so2 is one of its own."""


def test_weights(study, scaled):
    """Chosen weights beside those of every other scheme, and their sum by dimension."""
    schemes = {
        "chosen": critic(scaled),
        "entropy": entropy(scaled),
        "pca": pca(scaled),
        "equal": EQUAL,
        "equal_dimensions": HALVES,
    }
    rows = {name: name for name in INDICATORS} | {"dimension people": "Sum of people"}
    cells = {}
    for at, name in enumerate(INDICATORS):
        cells[name, "direction"] = words(
            "negative indicator" if name == "so2" else "positive indicator"
        )
        cells |= {(name, scheme): number(weights[at]) for scheme, weights in schemes.items()}
    for row in ("patents", "talent", "dimension people"):
        cells[row, "dimension"] = words("people")
    cells |= {
        ("dimension people", scheme): number(weights[0] + weights[1])
        for scheme, weights in schemes.items()
    }
    cells["so2", "dimension"] = words("")
    cells["dimension people", "direction"] = MISSING
    columns = {
        "direction": "Direction",
        "dimension": "Dimension",
        "chosen": ("Weight", "CRITIC weights"),
        "entropy": ("For comparison", "entropy weights"),
        "pca": ("For comparison", "weights from principal components"),
        "equal": ("For comparison", "equal weights"),
        "equal_dimensions": ("For comparison", "equal weights of the dimensions"),
    }
    check_computed(study, "quality_weights", Expected(columns, rows, cells, "Indicator"))


def test_ranks_under_other_choices(study, frame, scaled):
    """How far ranks within a year move under every other choice, and the choice that moves them most."""
    chosen = scaled @ critic(scaled)
    years = frame.index.get_level_values("year")

    def ranks(index):
        return pd.Series(index).groupby(np.asarray(years)).rank(ascending=False).to_numpy()

    def closeness(weights):
        best, worst = (
            np.sqrt(((weights * (scaled - end)) ** 2).sum(axis=1))
            for end in (scaled.max(axis=0), scaled.min(axis=0))
        )
        return worst / (best + worst)

    others = {
        "weights entropy": ("entropy weights", scaled @ entropy(scaled)),
        "weights pca": ("weights from principal components", scaled @ pca(scaled)),
        "weights equal": ("equal weights", scaled @ EQUAL),
        "weights equal_dimensions": ("equal weights of the dimensions", scaled @ HALVES),
        "score topsis": ("TOPSIS closeness", closeness(critic(scaled))),
    }
    for at, name in enumerate(INDICATORS):
        rest = np.delete(scaled, at, axis=1)
        others[f"without {name}"] = (f"without {name}", rest @ critic(rest))
    cells, means = {}, {}
    for key, (_, index) in others.items():
        moved = np.abs(ranks(index) - ranks(chosen))
        means[key] = (moved.mean(), moved.max())
        cells |= {
            (key, "mean_change"): number(moved.mean(), 2),
            (key, "largest_change"): number(moved.max(), 1),
            (key, "share_moved"): percent((moved > 0).mean()),
            (key, "rank_correlation"): number(np.corrcoef(ranks(index), ranks(chosen))[0, 1]),
        }
    columns = {
        "mean_change": "Mean change",
        "largest_change": "Largest change",
        "share_moved": "Rows that move",
        "rank_correlation": "Correlation of ranks",
    }
    rows = {key: words_ for key, (words_, _) in others.items()}
    check_computed(study, "quality_weightings", Expected(columns, rows, cells, "Choice"))
    most = max(means, key=lambda key: means[key][0])
    mean, largest = means[most]
    said = f"The choice that moves ranks most: {rows[most]}, by {digits(mean, 2)} on average and at most by {digits(largest, 1)}."
    check_sentences(study, "quality_weightings", [said])
    chart = study.charts["quality_weightings_chart"]
    drawn = bars_of(chart, "choice", "mean_change", is_horizontal=True)
    assert drawn == pytest.approx({rows[key]: mean for key, (mean, _) in means.items()})


def test_obstacles(study, frame, scaled):
    """Means at the dates by indicator and dimension, and the two largest of each city at the last date."""
    lacking = critic(scaled) * (1 - scaled)
    shares = pd.DataFrame(
        lacking / lacking.sum(axis=1, keepdims=True), frame.index, list(INDICATORS)
    )
    means = shares.groupby("year").mean()
    rows = {name: name for name in INDICATORS} | {"dimension people": "Sum of people"}
    cells = {
        (name, f"share_{year}"): percent(means.loc[year, name])
        for name in INDICATORS
        for year in (2010, 2013)
    }
    cells |= {
        ("dimension people", f"share_{year}"): percent(
            means.loc[year, "talent"] + means.loc[year, "patents"]
        )
        for year in (2010, 2013)
    }
    columns = {"share_2010": "2010", "share_2013": "2013"}
    check_computed(study, "score_obstacles", Expected(columns, rows, cells, "Indicator"))

    largest, labels = {}, {}
    for city, row in shares.xs(2013, level="year").iterrows():
        labels[city] = city
        best = sorted(INDICATORS, key=lambda name: -row[name])[:2]
        largest |= {
            (city, f"rank {n}"): words(f"{name} ({digits(100 * row[name], 1)}%)")
            for n, name in enumerate(best, 1)
        }
    check_computed(
        study,
        "score_largest_obstacles",
        Expected({"rank 1": "1", "rank 2": "2"}, labels, largest, "Entity"),
    )


NAMES = (
    "extreme imbalance",
    "severe imbalance",
    "moderate imbalance",
    "mild imbalance",
    "near imbalance",
    "bare coordination",
    "primary coordination",
    "intermediate coordination",
    "good coordination",
    "superior coordination",
)


def test_coordination(study, frame, scaled):
    """Means of C, T and D, and the number of cities in each class of D that somebody is in."""
    index, share = scaled @ critic(scaled), frame["share"].to_numpy()
    t = (index + share) / 2
    c = np.sqrt(index * share) / t
    d = np.sqrt(c * t)
    classes = np.minimum((d * 10).astype(int), 9)
    years = frame.index.get_level_values("year").to_numpy()
    rows, cells = {}, {}
    keys = {k: NAMES[k].replace(" ", "_") for k in sorted(set(classes.tolist()))}
    for year in YEARS:
        at = years == year
        rows[str(year)] = str(year)
        cells |= {
            (str(year), name): number(values[at].mean())
            for name, values in (("coupling", c), ("development", t), ("degree", d))
        }
        cells |= {(str(year), key): count(int((classes[at] == k).sum())) for k, key in keys.items()}
    columns = {"coupling": "Coupling C", "development": "Development T", "degree": "Degree D"} | {
        key: ("Entities", NAMES[k]) for k, key in keys.items()
    }
    check_computed(study, "together_coordination", Expected(columns, rows, cells, "Period"))


STATES = (
    "strong_decoupling",
    "weak_decoupling",
    "expansive_coupling",
    "expansive_negative_decoupling",
    "strong_negative_decoupling",
    "weak_negative_decoupling",
    "recessive_coupling",
    "recessive_decoupling",
)


def state(before, after, by_before, by_after):
    """Name the state of one change."""
    e = (after / before - 1) / (by_after / by_before - 1)
    grows = by_after > by_before
    if e < 0:
        return "strong_decoupling" if grows else "strong_negative_decoupling"
    if e < 0.8:
        return "weak_decoupling" if grows else "weak_negative_decoupling"
    if e <= 1.2:
        return "expansive_coupling" if grows else "recessive_coupling"
    return "expansive_negative_decoupling" if grows else "recessive_decoupling"


def test_states(study, frame):
    """The number of cities in each state, year by year."""
    found = {year: Counter() for year in YEARS if year > 2010}
    for (city, year), row in frame.iterrows():
        if year > 2010:
            last = frame.loc[city, year - 1]
            found[year][state(last.co2, row.co2, last.gdp, row.gdp)] += 1
    table = study.tables["apart_states"]
    there = {name for counts in found.values() for name in counts}
    columns = {column.key: ("Entities", column.key.replace("_", " ")) for column in table.columns}
    assert set(columns) == there
    rows = {str(year): str(year) for year in found}
    cells = {
        (str(year), name): count(counts[name]) for year, counts in found.items() for name in columns
    }
    check_computed(study, "apart_states", Expected(columns, rows, cells, "Period"))


def test_decomposition(study, frame):
    """Parts of both factors in the change and in the ratio of the total."""
    parts = dict.fromkeys(("people", "per_head"), 0.0)
    for city in frame.index.unique("city"):
        a, b = frame.loc[city, 2010], frame.loc[city, 2013]
        weight = (b.co2 - a.co2) / math.log(b.co2 / a.co2)
        for name in parts:
            parts[name] += weight * math.log(b[name] / a[name])
    totals = frame["co2"].groupby("year").sum()
    first, last = totals[2010], totals[2013]
    mean = (last - first) / math.log(last / first)
    key = "2010–2013"
    columns = {"n": "Entities", "change": "Change"} | {
        f"factor {name}": ("Part of", name) for name in parts
    }
    cells = {(key, "n"): count(N), (key, "change"): number(last - first)} | {
        (key, f"factor {name}"): number(part) for name, part in parts.items()
    }
    assert sum(parts.values()) == pytest.approx(last - first)
    check_computed(study, "carbon_additive", Expected(columns, {key: key}, cells, "Interval"))
    columns = {"n": "Entities", "ratio": "Ratio"} | {
        f"factor {name}": ("Part of", name) for name in parts
    }
    cells = {(key, "n"): count(N), (key, "ratio"): number(last / first)} | {
        (key, f"factor {name}"): number(math.exp(part / mean)) for name, part in parts.items()
    }
    check_computed(study, "carbon_multiplicative", Expected(columns, {key: key}, cells, "Interval"))


def q_of(y, codes):
    within = sum(((y[codes == c] - y[codes == c].mean()) ** 2).sum() for c in np.unique(codes))
    return 1 - within / ((y - y.mean()) ** 2).sum()


def test_detector(study, frame):
    """Q and its test by factor, means by stratum, the pair, and the ecological detector."""
    data = frame.xs(2011, level="year")
    y = data["outcome"].to_numpy()
    codes = {name: data[name].to_numpy() for name in ("soil", "wind")}
    q = {name: q_of(y, c) for name, c in codes.items()}
    cells, strata, strata_rows = {}, {}, {}
    for name, c in codes.items():
        k = len(set(c.tolist()))
        means = np.array([y[c == h].mean() for h in range(k)])
        sizes = np.array([(c == h).sum() for h in range(k)])
        away = ((means**2).sum() - (np.sqrt(sizes) @ means) ** 2 / N) / y.var(ddof=1)
        f = (N - k) / (k - 1) * q[name] / (1 - q[name])
        cells |= {
            (name, "q"): number(q[name]),
            (name, "f_statistic"): number(f),
            (name, "p_value"): p_value(float(ncf.sf(f, k - 1, N - k, max(away, 0)))),
            (name, "n_strata"): count(k),
            (name, "rule"): words("values"),
        }
        for h in range(k):
            key = f"{name} & {h}"
            strata_rows[key] = key
            strata |= {(key, "n"): count(int(sizes[h])), (key, "mean"): number(means[h])}
    columns = {
        "q": "q",
        "f_statistic": "F",
        "p_value": "p (noncentral F)",
        "n_strata": "Strata",
        "rule": "Rule",
    }
    check_computed(
        study, "found", Expected(columns, {"soil": "soil", "wind": "wind"}, cells, "Factor")
    )
    check_computed(
        study,
        "found_strata",
        Expected({"n": "N", "mean": "Mean"}, strata_rows, strata, "Factor and stratum"),
    )

    both = codes["soil"] * 2 + codes["wind"]
    together = q_of(y, both)
    kind = "nonlinear enhancement" if together > q["soil"] + q["wind"] else "bivariate enhancement"
    key = "soil & wind"
    pair = {
        (key, "q_first"): number(q["soil"]),
        (key, "q_second"): number(q["wind"]),
        (key, "q"): number(together),
        (key, "kind"): words(kind),
        (key, "n_cells"): count(len(set(both.tolist()))),
        (key, "n_single"): count(sum(n == 1 for n in Counter(both.tolist()).values())),
    }
    columns = {
        "q_first": "q of the first",
        "q_second": "q of the second",
        "q": "q of both",
        "kind": "Kind",
        "n_cells": "Strata",
        "n_single": "Strata of one row",
    }
    check_computed(study, "found_interaction", Expected(columns, {key: key}, pair, "Factors"))
    check_sentences(
        study,
        "found_interaction",
        [f"The pair with the highest q is soil & wind: {digits(together)} ({kind})."],
    )

    f = (1 - q["soil"]) / (1 - q["wind"])
    cells = {
        (key, "f_statistic"): number(f),
        (key, "p_value"): p_value(float(f_distribution.cdf(f, N - 1, N - 1))),
    }
    columns = {"f_statistic": "F", "p_value": "p (lower tail)"}
    check_computed(study, "found_ecological", Expected(columns, {key: key}, cells, "Factors"))


def test_densities(study):
    """Of each date and region: n, bandwidth, peak and spread; n alone where ten values are not there."""
    scores = study.result.of("efficiency")["score"].to_frame()["score"]
    coast = study.result.panel.frame["coast"].groupby(level=0).first()
    rows, cells = {}, {}
    for year in (2010, 2013):
        for region in ("all", "no", "yes"):
            key = f"{year} {region}"
            rows[key] = str(year) if region == "all" else f"{year}, {region}"
            s = np.array(
                [
                    v
                    for (city, y), v in scores.items()
                    if int(y) == year
                    and (region == "all" or (coast[city] == 1) == (region == "yes"))
                ]
            )
            cells[key, "n"] = count(len(s))
            names = ("bandwidth", "mode", "height", "spread", "n_modes")
            if len(s) < 10:
                cells |= {(key, name): MISSING for name in names}
                continue
            low, high = np.quantile(s, [0.25, 0.75])
            h = 0.9 * min(s.std(ddof=1), (high - low) / 1.34) * len(s) ** -0.2
            grid = np.linspace(s.min() - 3 * h, s.max() + 3 * h, 201)
            curve = np.exp(-0.5 * ((grid[:, None] - s) / h) ** 2).sum(axis=1) / (
                len(s) * h * math.sqrt(2 * math.pi)
            )
            peaks = int(((curve[1:-1] > curve[:-2]) & (curve[1:-1] > curve[2:])).sum())
            values = (
                h,
                grid[curve.argmax()],
                curve.max(),
                np.subtract(*np.quantile(s, [0.9, 0.1])),
            )
            cells |= {
                (key, name): number(value) for name, value in zip(names, values, strict=False)
            }
            cells[key, "n_modes"] = count(peaks)
    columns = {
        "n": "n",
        "bandwidth": "Bandwidth",
        "mode": "Place of the peak",
        "height": "Height of the peak",
        "spread": "10th to 90th percentile",
        "n_modes": "Peaks",
    }
    check_computed(study, "score_density", Expected(columns, rows, cells, "Period"))


def test_ellipses(study, frame):
    """Centre, path, axes, angle and area by date, from the weighted covariance."""
    rows, cells, last = {}, {}, None
    for year in (2010, 2013):
        data = frame.xs(year, level="year")
        places, w = data[["east", "north"]].to_numpy(), data["talent"].to_numpy()
        centre = w @ places / w.sum()
        c = np.cov(places.T, aweights=w, ddof=0)
        trace, det = np.trace(c), np.linalg.det(c)
        major, minor = (
            math.sqrt(trace / 2 + sign * math.sqrt(trace**2 / 4 - det)) for sign in (1, -1)
        )
        angle = math.degrees(0.5 * math.atan2(2 * c[0, 1], c[1, 1] - c[0, 0])) % 180
        values = {
            "east": centre[0],
            "north": centre[1],
            "major": major,
            "minor": minor,
            "angle": angle,
            "area": math.pi * major * minor,
        }
        rows[str(year)] = str(year)
        cells[str(year), "n"] = count(N)
        cells |= {
            (str(year), name): number(value, 0 if name == "area" else 1)
            for name, value in values.items()
        }
        moved = None if last is None else centre - last
        cells[str(year), "shift"] = MISSING if moved is None else number(float(np.hypot(*moved)), 1)
        cells[str(year), "bearing"] = (
            MISSING if moved is None else number(math.degrees(math.atan2(*moved)) % 360, 1)
        )
        last = centre
    columns = {
        "n": "n",
        "east": "Centre, east",
        "north": "Centre, north",
        "shift": "Shift of the centre",
        "bearing": "Bearing of the shift (degrees)",
        "major": "Long half axis",
        "minor": "Short half axis",
        "angle": "Angle (degrees)",
        "area": "Area",
    }
    check_computed(study, "score_ellipse", Expected(columns, rows, cells, "Period"))


def test_sentences_beside_the_tables(study, frame, scaled):
    """The largest weight, obstacle and part, the course of the degree, the most frequent state."""
    weights = critic(scaled)
    at = int(weights.argmax())
    said = f"The indicator with the largest weight is {INDICATORS[at]} ({digits(100 * weights[at], 1)}%)."
    check_sentences(study, "quality_weights", [said])

    lacking = weights * (1 - scaled)
    shares = pd.DataFrame(lacking / lacking.sum(axis=1, keepdims=True), frame.index)
    last = shares.groupby("year").mean().loc[2013]
    said = f"In 2013 the largest obstacle on average is {INDICATORS[int(last.argmax())]} ({digits(100 * last.max(), 1)}%)."
    check_sentences(study, "score_obstacles", [said])

    index, share = scaled @ weights, frame["share"].to_numpy()
    degree = pd.Series(np.sqrt(np.sqrt(index * share)), frame.index).groupby("year").mean()
    first, end = (
        f"{digits(degree[year])} in {year} ({NAMES[int(degree[year] * 10)]})"
        for year in (2010, 2013)
    )
    check_sentences(
        study, "together_coordination", [f"The mean degree of coordination is {first} and {end}."]
    )

    states = Counter(
        state(
            frame.loc[(c, 2012), "co2"],
            frame.loc[(c, 2013), "co2"],
            frame.loc[(c, 2012), "gdp"],
            frame.loc[(c, 2013), "gdp"],
        )
        for c in frame.index.unique("city")
    )
    top = [name.replace("_", " ") for name in STATES if states[name] == max(states.values())]
    listed = " and ".join([", ".join(top[:-1]), top[-1]]) if len(top) > 1 else top[0]
    said = (
        f"The most frequent states in 2013 are {listed} ({max(states.values())} of {N} each)."
        if len(top) > 1
        else f"The most frequent state in 2013 is {listed} ({max(states.values())} of {N})."
    )
    check_sentences(study, "apart_states", [said])

    additive = study.result.of("decompose")["carbon"].additive.iloc[0]
    name = max(("people", "per_head"), key=lambda one: abs(additive[one]))
    said = f"Change of co2 from 2010 to 2013: {digits(additive['change'])}; the part that is largest in absolute value, {digits(additive[name])}, goes with {name}."
    check_sentences(study, "carbon_additive", [said])


def test_courses_of_densities_and_ellipses(study):
    """From the first date to the last, each number of its own date."""
    found = study.result.of("density")["score"].to_frame()
    a, b = found.loc[(2010, "all")], found.loc[(2013, "all")]
    said = (
        f"From 2010 to 2013 the peak of the density moved from {digits(a['mode'])} to {digits(b['mode'])}, its height from {digits(a['height'])} to {digits(b['height'])}, "
        f"and the distance of the 10th and the 90th percentile from {digits(a['spread'])} to {digits(b['spread'])}."
    )
    check_sentences(study, "score_density", [said])
    found = study.result.of("ellipse")["score"].to_frame()
    a, b = found.loc[2010], found.loc[2013]
    said = f"From 2010 to 2013 the centre of the ellipse moved by {digits(b['shift'], 1)}, and its area changed from {digits(a['area'], 0)} to {digits(b['area'], 0)}."
    check_sentences(study, "score_ellipse", [said])


def test_charts(study):
    """Each line and bar has the numbers of its own series; an outline goes round its ellipse."""
    rows = study.result.of("coupling")["together"].rows.groupby(level=1).mean(numeric_only=True)
    names = {"Coupling C": "coupling", "Development T": "development", "Degree D": "degree"}
    chart = study.charts["together_coordination_chart"]
    assert channels(chart, "line") == {"color": "series", "x": "period", "y": "value"}
    drawn = {(row["series"], row["period"]): row["value"] for row in rows_drawn(chart)}
    assert drawn == {
        (words_, int(year)): rows.loc[year, name]
        for words_, name in names.items()
        for year in rows.index
    }

    counts = study.result.of("tapio")["apart"].counts
    chart = study.charts["apart_states_chart"]
    assert {"color": "state", "x": "period", "y": "n"}.items() <= channels(chart, "bar").items()
    drawn = {
        (row["state"].replace(" ", "_"), int(row["period"])): row["n"] for row in rows_drawn(chart)
    }
    assert drawn == {
        (name, int(year)): int(counts.loc[year, name])
        for name in counts
        if counts[name].any()
        for year in counts.index
    }

    additive = study.result.of("decompose")["carbon"].additive
    drawn = {
        (row["factor"], row["interval"]): row["part"]
        for row in rows_drawn(study.charts["carbon_parts_chart"])
    }
    assert drawn == {
        (name, interval): additive.loc[interval, name]
        for name in ("people", "per_head")
        for interval in additive.index
    }

    q = study.result.of("detector")["found"].factors["q"]
    chart = study.charts["found_q"]
    assert bars_of(chart, "label", "q") == q.to_dict()
    assert [row["label"] for row in rows_drawn(chart)] == list(q.sort_values(ascending=False).index)

    curves = study.result.of("density")["score"].curves()
    for n, region in enumerate(("all", "no")):
        chart = study.charts[f"score_density_{n}"]
        assert channels(chart, "line") == {"color": "date", "x": "place", "y": "high"}
        shape = {"color": "date", "x": "place", "y": "high", "y2": "low"}
        assert channels(chart, "area") == shape
        # Each date on a line of its own, the first at the top; its height is its density.
        rows = rows_drawn(chart)
        lines = {
            date: {row["low"] for row in rows if row["date"] == date} for date in ("2010", "2013")
        }
        assert lines["2013"] == {0.0}
        assert lines["2010"] == {0.6 * max(row["density"] for row in rows)}
        assert all(
            row["high"] - row["low"] == pytest.approx(row["density"], abs=1e-12) for row in rows
        )
        own = curves[curves["region"] == region]
        expected = {(str(row.period), row.place): row.density for row in own.itertuples()}
        assert {
            (row["date"], row["place"]): row["density"] for row in rows_drawn(chart)
        } == expected

    found = study.result.of("ellipse")["score"].to_frame()
    chart = study.charts["score_ellipse_outlines"]
    assert channels(chart, "area") == {"color": "date", "x": "east", "y": "south", "y2": "north"}
    for year, one in found.iterrows():
        own = [row for row in rows_drawn(chart) if row["date"] == str(year)]
        assert all(row["south"] <= row["middle"] <= row["north"] for row in own)
        turn = math.radians(one["angle"])
        for row in own:
            for border in ("south", "north"):
                x, y = row["east"] - one["east"], row[border] - one["north"]
                along, across = (
                    x * math.sin(turn) + y * math.cos(turn),
                    x * math.cos(turn) - y * math.sin(turn),
                )
                assert (along / one["major"]) ** 2 + (across / one["minor"]) ** 2 == pytest.approx(
                    1, abs=1e-6
                )
