"""Tables, sentence and tiles of a spatial Markov chain, cell by cell, computed from the data alone."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from made_cells import printed
from printed import MISSING, Expected, check, check_sentences, count, digits, number, p_value
from score_cells import CLOSE, shown
from xinzhi_core.wording import say

SIDE, YEARS, K, M = 4, range(2010, 2016), 3, 2
PLACES = [f"p{row}{column}" for row in range(SIDE) for column in range(SIDE)]
STUDY = """\
title: Chains
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables: {score: {column: score}}
maps: {squares: {value: score, classes: {low: "< 1", high: ">= 1"}, boundaries: squares.geojson, key: name}}
space_and_time: {score: {spatial_markov: {neighbours: squares, weights: queen, classes: 3, lag_classes: 2}}}
report: {languages: [en, zh], formats: [html]}
"""


def squares():
    """Write a chessboard of areas."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"p{y}{x}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, y], [x, y + 1], [x + 1, y + 1], [x + 1, y], [x, y]]],
            },
        }
        for y in range(SIDE)
        for x in range(SIDE)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def frame():
    """Sixteen places; in the lowest class nobody reaches the highest."""
    draw = np.random.default_rng(6)
    index = pd.MultiIndex.from_product([PLACES, YEARS], names=["city", "year"])
    start = np.repeat(draw.uniform(0.2, 4, len(PLACES)), len(YEARS))
    return pd.DataFrame({"score": start + draw.normal(0, 0.5, len(index)) ** 2}, index=index)


@pytest.fixture(scope="module")
def study(tmp_path_factory, frame):
    def write(folder, data, text):
        data.to_csv(folder / "data.csv", float_format="%.17g")
        (folder / "squares.geojson").write_text(squares(), encoding="utf-8")
        (folder / "study.yaml").write_text(text, encoding="utf-8")
        return folder / "study.yaml"

    return printed(tmp_path_factory.mktemp("chains"), write, frame, STUDY)


@pytest.fixture(scope="module")
def chains(frame):
    """Count transitions place by place: pooled first, then by the class of the king's neighbours."""
    score = frame["score"].to_dict()

    def mean(place, year):
        y, x = int(place[1]), int(place[2])
        near = [
            score[f"p{a}{b}", year]
            for a in range(SIDE)
            for b in range(SIDE)
            if max(abs(a - y), abs(b - x)) == 1
        ]
        return sum(near) / len(near)

    around = {key: mean(*key) for key in score}
    own_cuts = np.quantile(list(score.values()), [1 / 3, 2 / 3])
    cuts = np.quantile(list(around.values()), [1 / 2])
    counts = np.zeros((M + 1, K, K), dtype=int)
    for place in PLACES:
        for now, then in pairwise(YEARS):
            i, j = (int((score[place, year] > own_cuts).sum()) for year in (now, then))
            m = int((around[place, now] > cuts).sum())
            counts[0, i, j] += 1
            counts[m + 1, i, j] += 1
    return counts, own_cuts, cuts


def statistics_of(counts):
    """Compute Q, LR and their degrees of freedom, term by term."""
    q = lr = df = 0.0
    for i in range(K):
        pooled = counts[0, i] / counts[0, i].sum()
        used = [chain[i] for chain in counts[1:] if chain[i].sum()]
        df += (len(used) - 1) * ((pooled > 0).sum() - 1)
        for row in used:
            for n, p in zip(row, pooled, strict=True):
                if p:
                    q += (n - row.sum() * p) ** 2 / (row.sum() * p)
                if n:
                    lr += 2 * n * math.log(n / row.sum() / p)
    return q, lr, int(df)


def named(m, i):
    chain = "All neighbours" if m == 0 else f"Neighbours of class {m}"
    return f"{chain}, from class {i + 1}"


def test_matrices(study, chains):
    """Each share under its class, in the row of its neighbours and the class left."""
    counts, own, around = chains
    rows, cells = {}, {}
    for m in range(M + 1):
        for i in range(K):
            rows[f"{m}/{i + 1}"] = named(m, i)
            n = int(counts[m, i].sum())
            for j in range(K):
                share = number(counts[m, i, j] / n) if n else MISSING
                cells[f"{m}/{i + 1}", str(j + 1)] = share
            cells[f"{m}/{i + 1}", "n"] = count(n)
    columns = {str(j + 1): f"To class {j + 1}" for j in range(K)} | {"n": "Number of transitions"}
    check(study, "score_spatial_markov", Expected(columns, rows, cells, "From class"))
    notes = " ".join(say(note, "en") for note in study.tables["score_spatial_markov"].notes)
    assert f"Upper bounds of the classes: {digits(own[0])}, {digits(own[1])};" in notes
    assert f"of the neighbours' mean: {digits(around[0])}." in notes


def test_tests(study, chains):
    """Both statistics with their degrees of freedom and p, in the table and the sentence."""
    q, lr, df = statistics_of(chains[0])
    rows = {"q": "Q (Pearson)", "lr": "LR (likelihood ratio)"}
    cells = {}
    for name, value in (("q", q), ("lr", lr)):
        p = float(chi2.sf(value, df))
        cells |= {
            (name, "statistic"): number(value),
            (name, "df"): count(df),
            (name, "p_value"): p_value(p),
        }
    columns = {"statistic": "Statistic", "df": "Degrees of freedom", "p_value": "p"}
    table = study.tables["score_spatial_markov_tests"]
    for at, cell in cells.items():
        found = float(shown(table, *at))
        assert found == pytest.approx(cell.value, rel=CLOSE, abs=CLOSE)
        cells[at] = replace(cell, value=found)  # the same cell, with the digits of the sheet
    check(study, "score_spatial_markov_tests", Expected(columns, rows, cells, "Test"))
    of_q, of_lr = (digits(float(chi2.sf(value, df))) for value in (q, lr))
    said = (
        "That transitions are alike whatever the class of the neighbours is tested by "
        f"Q = {digits(q)} (p = {of_q}) and LR = {digits(lr)} (p = {of_lr}), each with {df} degrees of freedom."
    )
    check_sentences(study, "score_spatial_markov", [said])


def test_tiles(study, chains):
    """Each tile has the share of its cell; a row without a transition stays open."""
    counts, _, _ = chains
    chart = study.charts["score_spatial_markov_tiles"]
    (rows,) = chart.specifications["en"]["datasets"].values()
    totals = counts.sum(axis=2)
    assert {(row["row"], row["to"]): row["share"] for row in rows} == {
        (named(m, i), str(j + 1)): pytest.approx(counts[m, i, j] / totals[m, i])
        for m in range(M + 1)
        for i in range(K)
        for j in range(K)
        if totals[m, i]
    } | {
        (named(m, i), str(j + 1)): None
        for m in range(M + 1)
        for i in range(K)
        for j in range(K)
        if not totals[m, i]
    }
    layers = chart.specifications["en"]["layer"]
    squares_, words = (layer["encoding"] for layer in layers)
    assert [squares_[name]["field"] for name in ("x", "y", "color")] == ["to", "row", "share"]
    assert words["text"]["field"] == "share"
