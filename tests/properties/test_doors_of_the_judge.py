"""Every door gives the p-value, stars and interval of the test that judges: command, table, summary, study, report.

The judge is computed here a second time: CR2 from matrices of all rows, Anderson and Rubin's test by hand.
"""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pandas as pd
import pytest
import scipy

import xinzhi as xz
from cli_runner import call
from xinzhi.present.regression.reading import reading_beside
from xinzhi.present.style import PLAIN
from xinzhi.report.build import content_of
from xinzhi.study.run import run
from xinzhi_core.wording import say

STARS = {"*": 0.10, "**": 0.05, "***": 0.01}


def stars(p):
    """Give the stars of a p-value."""
    return "*" * sum(p < level for level in STARS.values())


def panel(seed, entities, periods, spread):
    """Draw entities of unequal size; the slope is near the edge of what a test finds."""
    rng = np.random.default_rng(seed)
    names = [f"c{i:03d}" for i in range(entities)]
    index = pd.MultiIndex.from_product([names, range(2010, 2010 + periods)], names=["city", "year"])
    size = np.repeat(np.exp(spread * rng.normal(size=entities)), periods)
    frame = pd.DataFrame(rng.normal(size=(len(index), 3)), columns=["x", "z", "e"], index=index)
    frame["x"] *= size
    frame["y"] = 0.15 * frame["x"] + 0.3 * frame["z"] + frame["e"] * size
    frame["w1"], frame["w2"] = rng.normal(size=(2, len(index)))
    return frame.drop(columns="e")


def dummies(frame):
    """Give the dummies of cities and years."""
    rows = frame.reset_index()
    return np.hstack([pd.get_dummies(rows[key]).to_numpy(float) for key in ("city", "year")])


def cr2(frame, names, outcome="y"):
    """Estimate by least squares with dummies; give estimate, p and interval of CR2 from n x n matrices."""
    design = np.column_stack([frame[names], dummies(frame)])
    inverse = np.linalg.pinv(design.T @ design)
    left = np.eye(len(frame)) - design @ inverse @ design.T
    y = frame[outcome].to_numpy()
    codes = pd.factorize(frame.index.get_level_values(0))[0]
    found = {}
    for j, name in enumerate(names):
        p, scores = [], []
        for g in range(codes.max() + 1):
            rows = np.flatnonzero(codes == g)
            values, vectors = np.linalg.eigh(left[np.ix_(rows, rows)])
            root = np.where(values > 1e-9, 1 / np.sqrt(np.maximum(values, 1e-9)), 0.0)
            along = (vectors * root) @ vectors.T @ design[rows] @ inverse[j]
            p.append(left[:, rows] @ along)
            scores.append(along @ (left @ y)[rows])
        among = np.array(p) @ np.array(p).T
        df = np.trace(among) ** 2 / np.sum(among**2)
        b, error = (inverse @ design.T @ y)[j], np.sqrt(np.sum(np.square(scores)))
        half = scipy.stats.t.ppf(0.975, df) * error
        found[name] = (b, 2 * scipy.stats.t.sf(abs(b / error), df), b - half, b + half)
    return found


def close(ours, theirs, rel=1e-6):
    """Compare numbers; infinite ends are equal."""
    assert list(map(float, ours)) == pytest.approx(list(map(float, theirs)), rel=rel, nan_ok=True)


FEW = [(seed, 10, 6, 1.0) for seed in range(3)] + [(3, 31, 5, 1.0)]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("shape", FEW, ids=str)
def test_few_clusters_have_one_verdict_at_every_door(shape, tmp_path):
    """Fit, summary, intervals, tables in all forms, command, its csv and what is made of it, study."""
    frame = panel(*shape)
    judged = cr2(frame, ["x", "z"])
    fit = xz.fit(frame, "y ~ x + z | city + year")

    assert fit.judge == ("cr2", "cr2")
    of_fit(fit, judged)
    of_tables({"(1)": fit}, judged)
    frame.reset_index().to_csv(tmp_path / "d.csv", index=False, float_format="%.17g")
    of_command(tmp_path, judged)
    of_study(tmp_path, judged, frame)


def of_fit(fit, judged):
    """Read the frame, the properties, the intervals, the summary and the plot."""
    ends, shown = fit.conf_int(), fit.summary()
    for name, (b, p, low, high) in judged.items():
        row = fit.to_frame().loc[name]
        close(row[["estimate", "p_value", "ci_low", "ci_high"]], (b, p, low, high))
        close([fit.pvalues[name], *ends.loc[name]], (p, low, high))
        close(fit.conf_int(0.95).loc[name], (low, high))
        (line,) = [one.split() for one in shown.splitlines() if one.split()[:1] == [name]]
        close(map(float, line[4:7]), (p, low, high), rel=1e-3)
    assert f"x ({fit.judge[0]}, df " in shown
    points = {row["en"]: row for row in points_of(fit.plot())}
    for name, (_, p, low, high) in judged.items():
        close([points[name]["low"], points[name]["high"], points[name]["p"]], (low, high, p))


def points_of(figure):
    """Find the rows that a plot of coefficients is drawn from."""
    found = []

    def walk(part):
        if isinstance(part, dict):
            if {"low", "high", "p"} <= set(part):
                found.append(part)
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(json.loads(json.dumps(dict(figure.chart.specifications["en"]), default=str)))
    return found


def cells(markdown, name):
    """Read the cell of a coefficient, and that beneath it, in a table of one column."""
    rows = [
        [cell.strip().replace("\\", "") for cell in line.strip().strip("|").split("|")]
        for line in markdown.splitlines()
        if line.startswith("|")
    ]
    at = [row[0] for row in rows].index(name)
    return rows[at][1], rows[at + 1][1]


def number(text):
    """Read a printed number."""
    return float(text.replace("−", "-").replace("∞", "inf").strip("()[]* "))


def bare(text):
    """Strip the marks of HTML and LaTeX off a text."""
    text = text.replace("&#8722;", "-").replace("−", "-")
    return re.sub(r"[\s{}\\$^]|<[^>]*>|textsuperscript", "", text)


def of_tables(fits, judged):
    """Read stars, p and intervals of a table in all its forms; the note says which test it is."""
    for name, (b, p, low, high) in judged.items():
        by_p, by_ends = (
            xz.table(fits, under=under, decimals=6, language="en") for under in ("p", "interval")
        )
        top, beneath = cells(by_p.to_markdown(), name)
        assert top.lstrip("−0123456789.") == stars(p)
        close([number(top)], [b], rel=1e-3)
        assert number(beneath.split("<")[-1]) == pytest.approx(p, abs=1e-3)
        ends = cells(by_ends.to_markdown(), name)[1]
        close(map(number, ends.split(", ")), (low, high), rel=1e-3)
        for text in (by_p.to_html(), by_p.to_latex()):
            assert bare(top) in bare(text)
        row = next(one for one in by_p.table.rows if one.key == name)
        assert row.cells[0].stars == stars(p)
    notes = " ".join(say(note, "en") for note in by_p.table.notes)
    assert "CR2 with Satterthwaite" in notes or "Anderson-Rubin" in notes
    chinese = " ".join(say(note, "zh") for note in by_p.table.notes)
    assert "CR2" in chinese or "Anderson-Rubin" in chinese


REGRESS = ("--outcome", "y", "--regressors", "x,z")


def of_command(folder, judged, *more):
    """Read console, csv and JSON of `regress`, and `table` on its csv."""
    words = ("regress", folder / "d.csv", "--entity", "city", "--period", "year", *REGRESS, *more)
    document = json.loads(call(*words, "--format", "json").stdout)
    text = call(*words, "--format", "csv").stdout
    (folder / "fit.csv").write_text(text, encoding="utf-8")
    shown = call(*words, "--format", "table", "--lang", "en").stdout
    printed = call("table", folder / "fit.csv", "--lang", "en", "--under", "interval").stdout
    in_json = {row["name"]: row for row in document["coefficients"]}
    in_csv = {row["name"]: row for row in csv.DictReader(io.StringIO(text))}
    for name, (b, p, low, high) in judged.items():
        close([in_json[name][key] for key in ("estimate", "p_value")], (b, p))
        close([in_csv[name][key] for key in ("estimate", "p_value")], (b, p))
        assert in_json[name]["judge"] == in_csv[name]["judge"] != "t"
        console = [line.split() for line in shown.splitlines() if line.split()[:1] == [name]]
        numbers = [
            word for word in console[0] if re.fullmatch(r"-?[\d.]+(e-?\d+)?|-?inf|nan", word)
        ]
        close([numbers[3]], [p], rel=1e-4)
        top, ends = cells(printed, name)
        assert top.lstrip("−0123456789.") == stars(p)
        if np.isfinite([low, high]).all():
            close([in_json[name][key] for key in ("ci_low", "ci_high")], (low, high))
            close([in_csv[name][key] for key in ("ci_low", "ci_high")], (low, high))
            close(numbers[4:6], (low, high), rel=1e-4)
            assert list(map(number, ends.split(", "))) == pytest.approx([low, high], abs=1e-3)
    for said in (shown, printed):
        assert "CR2" in said or "Anderson-Rubin" in said
    return document, in_csv, shown, printed


STUDY = """\
title: Doors
seed: 1
sources: {data: {file: d.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables:
  y: {column: y, label: {zh: 产出, en: Output}}
  x: {column: x, label: {zh: 投入, en: Input}}
  z: {column: z, label: {zh: 控制, en: Other}}
  w1: {column: w1, label: {zh: 政策, en: Policy}}
tables: {baseline: {outcome: y, columns: [{x: [x, z]}]}}
moderation: {tools: {from: baseline/1, moderators: [w1], lag: 0, paths: [x -> y]}}
specification_curve: {of: baseline/1, vary: {effects: [[entity, period]]}}
typology: {from: [baseline, tools], what_if: {x: 0.5}}
report: {languages: [en], formats: [html]}
"""


def of_study(folder, judged, frame):
    """Read results.json, table, reading, abstract, curve, moderated effects, pathways and what-ifs of a study."""
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    result = run(folder / "study.yaml")
    material = content_of(result)
    tables = {one.id: one for group in material.tables.values() for one in group}
    rows = tables["baseline"].machine["columns"][0]["coefficients"]
    for name, (b, p, low, high) in judged.items():
        slope = rows[name]
        close([slope[key] for key in ("b", "p", "ci_low", "ci_high")], (b, p, low, high))
        assert (slope["judge"], slope["stars"]) == ("cr2", stars(p))
        assert 0 < slope["df"] <= slope["effective_clusters"] + 1
        printed = next(row for row in tables["baseline"].rows if row.key == name)
        assert printed.cells[0].stars == stars(p)
        read = [say(one, "en") for one in tables["baseline"].reading]
        label = {"x": "Input", "z": "Other"}[name]
        (sentence,) = [one for one in read if f"{label} is " in one or f"of {label} with" in one]
        assert ("not statistically significant" in sentence) == (p >= 0.05)
        ends = re.search(r"interval from (\S+) to (\S+)\.$", sentence)
        assert [number(end) for end in ends.groups()] == pytest.approx([low, high], abs=1e-3)
    assert any("CR2" in say(note, "en") for note in tables["baseline"].notes)
    curve = result.results["specification_curve"]["specification_curve"].table
    close(
        curve.loc[curve["name"] == "x", ["p_value", "ci_low", "ci_high"]].iloc[0], judged["x"][1:]
    )
    of_moderation(result, frame)
    of_what_ifs(tables, judged, frame)


def of_moderation(result, frame):
    """Each effect at a level of the moderator is the slope at that origin of the moderator, judged by hand."""
    (path,) = result.results["moderation"]["tools"].paths
    for one in path.found.conditional:
        there = frame.assign(w=frame["w1"] - one.moderator)
        there["xw"] = there["x"] * there["w"]
        b, p, low, high = cr2(there, ["x", "z", "w", "xw"])["x"]
        close([one.effect, one.p_value, one.ci_low, one.ci_high], (b, p, low, high), rel=1e-5)


def of_what_ifs(tables, judged, frame):
    """The change of a what-if has the interval of the slope, at its declared level."""
    b, p, low, high = judged["x"]
    assert "what_if" in tables
    changes = tables["what_if"].machine["what_if"]
    assert len(changes) == len(frame.index.levels[0])
    for one in changes:
        if one["verdict"] in {"works", "harms"}:
            assert p < 0.05
        else:
            assert p >= 0.05
        close([one["change"], one["ci_low"], one["ci_high"]], (0.5 * b, 0.5 * low, 0.5 * high))


def weak(seed, instruments, strength=0.0):
    """Draw a cross-section panel whose instruments say little of the regressor; true slope 0, endogenous."""
    rng = np.random.default_rng(seed)
    names = [f"c{i:03d}" for i in range(60)]
    index = pd.MultiIndex.from_product([names, range(2010, 2014)], names=["city", "year"])
    frame = pd.DataFrame(index=index)
    e = rng.normal(size=len(index))
    frame["z"] = rng.normal(size=len(index))
    for k in range(instruments):
        frame[f"w{k}"] = rng.normal(size=len(index))
    first = sum(frame[f"w{k}"] for k in range(instruments)) * strength
    frame["x"] = first + 0.9 * e + 0.4 * rng.normal(size=len(index))
    frame["y"] = 0.2 * frame["z"] + e
    return frame


def anderson_rubin(frame, instruments):
    """AR(β) under HC1 by least squares with dummies; gives p at 0 and a function that says what is rejected."""
    design = np.column_stack([frame[instruments], frame["z"], dummies(frame)])
    rank = np.linalg.matrix_rank(design)
    n, q = len(frame), len(instruments)
    a = np.linalg.pinv(design)[:q]
    left = np.eye(n) - design @ np.linalg.pinv(design)

    def p_of(beta):
        u = frame["y"].to_numpy() - beta * frame["x"].to_numpy()
        g, scores = a @ u, a * (left @ u)
        value = g @ np.linalg.solve(scores @ scores.T * n / (n - rank), g) / q
        return scipy.stats.f.sf(value, q, n - rank)

    return p_of


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("seed", "k", "strength"),
    [(1, 5, 0.0), (2, 5, 0.05), (3, 1, 0.1), (4, 1, 0.0), (5, 2, 0.1), (13, 1, 0.06)],
)
def test_weak_instruments_have_one_verdict_at_every_door(seed, k, strength, tmp_path):
    """The p of Anderson and Rubin, its set in pieces, errors that stay, no star of a t-test, and words that say so."""
    frame = weak(seed, k, strength)
    names = [f"w{i}" for i in range(k)]
    p_of = anderson_rubin(frame, names)
    formula = f"y ~ z | city + year | x ~ {' + '.join(names)}"
    fit = xz.fit(frame, formula, covariance="hc1")
    p = p_of(0.0)

    assert fit.is_weak
    close([fit.pvalues["x"]], [p])
    assert np.isnan(fit.pvalues["z"])
    assert (fit.std_errors > 0).all()
    assert dict(zip(fit.estimates.names, fit.estimates.judge, strict=True)) == {
        "x": "anderson_rubin",
        "z": "none",
    }
    pieces = fit.conf_int().loc[["x"]].to_numpy()
    for level in (0.95, 0.80):
        for low, high in fit.conf_int(level).loc[["x"]].to_numpy():
            for end in (low, high):
                if np.isfinite(end):
                    assert p_of(end) == pytest.approx(1 - level, abs=1e-6)
    assert any(low <= fit.params["x"] <= high for low, high in pieces)
    ends = fit.to_frame().loc["x", ["ci_low", "ci_high"]]
    close(ends, pieces[0] if len(pieces) == 1 else (np.nan, np.nan))
    assert (seed in {2, 13}) == (len(pieces) == 2)
    sums = [fit.estimates.combine(weights) for weights in ({"x": 1.0, "z": 1.0}, {"x": 1.0})]
    assert [(one.judge, np.isnan(one.p_value)) for one in sums] == [("none", True)] * 2
    (sentence,) = [
        say(one, "en")
        for one in reading_beside([fit.estimates], PLAIN)
        if "Column" in say(one, "en")
    ]
    assert ("not statistically significant" in sentence) == (p >= 0.05)
    assert (" ∪ " in sentence) == (len(pieces) == 2)
    shown = fit.summary()
    assert shown.startswith("y by two-stage least squares")
    assert [
        w for w in ("The instruments may be weak", "Anderson-Rubin test of 0") if w not in shown
    ] == []

    made = xz.table({"2SLS": fit}, decimals=6, language="en")
    top, beneath = cells(made.to_markdown(), "x")
    assert top.lstrip("−0123456789.") == stars(p)
    close([number(beneath)], [fit.std_errors["x"]], rel=1e-3)
    notes = " ".join(say(note, "en") for note in made.table.notes)
    said = ("two-stage least squares", "effective F", "critical value", "Anderson-Rubin test of 0")
    assert [words for words in said if words not in notes] == []
    control, _ = cells(made.to_markdown(), "z")
    assert "*" not in control
    set_in_table = cells(xz.table(fit, under="interval").to_markdown(), "x")[1]
    assert set_in_table.count("∪") == len(pieces) - 1

    frame.reset_index().to_csv(tmp_path / "d.csv", index=False, float_format="%.17g")
    low, high = pieces[0] if len(pieces) == 1 else (np.nan, np.nan)
    judged = {"x": (fit.params["x"], p, low, high)}
    more = ("--covariance", "hc1", "--instruments", f"{{x: [{', '.join(names)}]}}")
    document, in_csv, console, printed = of_command(tmp_path, judged, *more)
    close([document["coefficients"][0]["std_error"]], [fit.std_errors["x"]])
    said = [[float(end) for end in piece] for piece in document["coefficients"][0]["set"]]
    assert said == [pytest.approx(list(piece)) for piece in pieces]
    assert in_csv["x"]["set"].count("∪") == len(pieces) - 1
    assert "*" not in cells(printed, "z")[0]
    assert "two-stage least squares" in console
    assert "no valid test of z: the instruments are weak." in printed


@pytest.mark.parametrize("seed", range(2))
def test_many_clusters_are_judged_by_the_usual_test(seed, tmp_path):
    """With 115 equal clusters p, stars and intervals are those of t at every door, and no note says otherwise."""
    frame = panel(seed, 115, 6, 0.0)
    fit = xz.fit(frame, "y ~ x + z | city + year")

    assert fit.judge == ("t", "t")
    t = fit.params / fit.std_errors
    close(fit.pvalues, 2 * scipy.stats.t.sf(abs(t), 114))
    half = scipy.stats.t.ppf(0.975, 114) * fit.std_errors
    close(fit.conf_int()["low"], fit.params - half)
    assert "CR2" not in xz.table(fit).to_markdown() + fit.summary()
    frame.reset_index().to_csv(tmp_path / "d.csv", index=False, float_format="%.17g")
    words = ("regress", tmp_path / "d.csv", "--entity", "city", "--period", "year")
    document = json.loads(call(*words, *REGRESS, "--format", "json").stdout)
    close([row["p_value"] for row in document["coefficients"]], fit.pvalues)
