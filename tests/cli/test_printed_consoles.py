"""What the console prints is what the same command writes as JSON and csv: each number under its heading, in its row."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xinzhi
from cli_runner import attempt, call
from consoles import number, shows, table_from, table_under
from xinzhi_econometrics.estimates import FIT_LABELS

KEYS = ("--entity", "city", "--period", "year")
ENGLISH = ("--lang", "en")


@cache
def printed_by(*words):
    """What a command prints; each is run once."""
    return attempt(*words).stdout


def document(*words):
    """The JSON of a command, and what it prints."""
    return json.loads(printed_by(*words, "--format", "json")), printed_by(*words, *ENGLISH)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Sixty cities in six years: slopes of both signs, large and small, rows that are left out, two instruments."""
    draw = np.random.default_rng(8)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(60)], range(2010, 2016)], names=["city", "year"]
    )
    n = len(index)
    frame = pd.DataFrame(draw.normal(size=(n, 5)), index=index, columns=["x", "z", "w", "e", "u"])
    frame["t"] = 0.6 * frame["z"] + 0.5 * frame["w"] + draw.normal(size=n)
    frame["y"] = -2 * frame["x"] + 0.7 * frame["t"] + 0.02 * frame["u"] + frame["e"]
    frame["share"] = 1 / (1 + np.exp(-frame["y"] / 4))
    frame["big"] = 3e6 * frame["y"]
    frame["fixed"] = np.repeat(draw.normal(size=60), 6)
    frame.loc[frame.index[:4], "u"] = np.nan
    frame.loc[np.arange(n) >= n - 5, "x"] = np.nan  # one row of the last city is left
    path = tmp_path_factory.mktemp("consoles") / "data.csv"
    frame.to_csv(path, float_format="%.17g")
    return path


COEFFICIENTS = {
    "variable": "name", "estimate": "estimate", "std. error": "std_error", "t": "statistic",
    "p": "p_value", "95% low": "ci_low", "95% high": "ci_high",
}  # fmt: skip
"""Heading of the console -> key of the JSON; a new heading needs its key here."""
REGRESSIONS = {
    "two ways": ("--outcome", "y", "--regressors", "x,t,u"),
    "large": ("--outcome", "big", "--regressors", "x,t", "--covariance", "hc1", "--effects", "entity"),
    "left out": ("--outcome", "y", "--regressors", "x,t,u", "--controls", "fixed"),
    "pooled": ("--outcome", "y", "--regressors", "x,u", "--effects", "none"),
    "random": ("--outcome", "y", "--regressors", "x,u", "--estimator", "random_effects"),
    "shares": ("--outcome", "share", "--regressors", "x,t", "--estimator", "fractional_logit"),
    "instruments": ("--outcome", "y", "--regressors", "x,t", "--instruments", "z,w", "--endogenous", "t"),
}  # fmt: skip


@pytest.mark.parametrize("words", REGRESSIONS.values(), ids=REGRESSIONS)
def test_coefficients_stand_in_their_rows_and_columns(data, words):
    """Six digits and the sign of each estimate, error, t, p and end of the interval, under its own heading."""
    found, printed = document("regress", data, *KEYS, *words)
    head, rows = table_under(printed, words[1])

    assert [COEFFICIENTS.get(heading, heading) for heading in head] == [*COEFFICIENTS.values()]
    assert [row[0] for row in rows] == [one["name"] for one in found["coefficients"]]
    for row, one in zip(rows, found["coefficients"], strict=True):
        for heading, cell in zip(head[1:], row[1:], strict=True):
            assert shows(cell, one[COEFFICIENTS[heading]], ".6g"), (row[0], heading)
    signs = {np.sign(number(row[1])) for row in rows}
    assert len(rows) == 1 or signs == {1, -1}
    for row in rows:  # what a reader can check by himself
        b, se, t, p, low, high = map(number, row[1:7])
        assert t == pytest.approx(b / se, rel=1e-4)
        assert low < b < high
        assert (p < 0.05) == (low * high > 0)


@pytest.mark.parametrize("words", REGRESSIONS.values(), ids=REGRESSIONS)
def test_the_lines_under_the_coefficients(data, words):
    """N, the measures of fit, F and its degrees of freedom, clusters, rows left out, what was dropped and why."""
    found, printed = document("regress", data, *KEYS, *words)
    fit = found["fit"]

    (line,) = [one for one in printed.splitlines() if one.startswith("N ")]
    assert re.match(rf"N {found['n']},", line)
    degrees = re.search(r"F\((\d+), (\d+)\) (\S+)$", line)
    assert [int(one) for one in degrees.groups()[:2]] == [fit["f_df1"], fit["f_df2"]]
    assert degrees[3] == f"{fit['f']:.3f}"
    named = {"adjusted R²": "r2_adj", "within R²": "r2_within"}
    named |= {f"{label}:": key for key, label in FIT_LABELS.items()}
    # Each measure that the model has stands in the line.
    told = {key for words_, key in named.items() if re.search(rf"{re.escape(words_)} \S", line)}
    assert told == ({"r2_adj", "r2_within"} if "--estimator" not in words else set(fit) & set(FIT_LABELS))  # fmt: skip
    for words_, key in named.items():
        value = re.search(rf"{re.escape(words_)} ([-−\d.]+)(?=[,]|$)", line)
        if value:
            assert value[1] == f"{fit[key]:.4f}", key
    left = re.search(r"Excluded: (\d+) rows with missing values, (\d+) singletons", printed)
    counts = [found["n_missing"], found["n_singletons"]]
    assert [int(one) for one in left.groups()] == counts if left else counts == [0, 0]
    dropped = re.findall(r"^Dropped: (\w+): (.*)$", printed, re.MULTILINE)
    assert dropped == [(one["name"], one["reason"]) for one in found["dropped"]]
    assert f"small-sample correction: {found['covariance']['rule_in_words']}" in printed or (
        f"small-sample correction: {found['covariance']['rule']}" in printed
    )


def test_marginal_effects_are_those_of_the_model(data):
    """Their table has the headings of the coefficients, and other numbers of the same signs."""
    words = REGRESSIONS["shares"]
    printed = printed_by("regress", data, *KEYS, *words, *ENGLISH)
    fitted = xinzhi.fit(
        xinzhi.read(data, entity="city", period="year"), outcome="share", regressors=("x", "t"),
        estimator="fractional_logit",
    )  # fmt: skip
    head, rows = table_under(printed, "Average marginal effects")
    frame = fitted.marginal_effects.to_frame()

    assert [COEFFICIENTS[heading] for heading in head[1:]] == [*frame.columns[:-2]]
    assert [*frame.columns[-2:]] == ["df", "judge"]
    assert [row[0] for row in rows] == [*frame.index]
    for row in rows:
        for cell, value in zip(row[1:], frame.loc[row[0]].iloc[:-2], strict=True):
            assert shows(cell, value, ".6g")


TESTS = {
    "Kleibergen-Paap rk LM": "under_identification",
    "Kleibergen-Paap rk Wald F": "kleibergen_paap_f",
    "Cragg-Donald F": "cragg_donald_f",
    "Effective F": "effective_f",
    "Anderson-Rubin test of 0": "anderson_rubin_zero",
    "Over-identification": "over_identification",
    "Wu-Hausman": "endogeneity",
}


def test_each_test_of_instruments_has_its_own_line(data):
    """Value and p behind the name of their test; sets and critical values as in the JSON."""
    found, printed = document("regress", data, *KEYS, *REGRESSIONS["instruments"])
    lines = dict(re.findall(r"^([\w -]+): ([-\d.e]+, p \S+)$", printed, re.MULTILINE))
    tests = found["instruments"]

    for words, key in TESTS.items():
        p = tests[key]["p"]
        written = "—" if p is None else f"{p:.4g}"
        assert lines[words] == f"{tests[key]['value']:.3f}, p {written}", words
    (interval,) = tests["anderson_rubin"]["intervals"]
    low, high = re.search(r"Anderson-Rubin set \(95%\): \[(\S+), (\S+)\]", printed).groups()
    assert [number(low), number(high)] == pytest.approx(interval, abs=5e-4)
    size = re.search(r"Stock-Yogo, size .*: (.+)$", printed, re.MULTILINE)[1].split(" / ")
    assert [float(one) for one in size] == [*tests["stock_yogo"]["size"].values()]
    limits = re.search(r"Critical value of effective F.*: (.+)$", printed, re.MULTILINE)[1]
    simplified = [one["simplified"] for one in tests["effective_f_critical"].values()]
    assert limits.split(" / ") == [f"{one:.2f}" for one in simplified]


def csv_of(text):
    return list(csv.DictReader(io.StringIO(text)))


WEAK = ("--outcome", "y", "--regressors", "x,t", "--instruments", "u", "--endogenous", "t")
"""An instrument that says nothing of its regressor: the test of Anderson and Rubin judges."""


@pytest.mark.parametrize(
    "words", [*REGRESSIONS.values(), WEAK], ids=[*REGRESSIONS, "weak instrument"]
)
def test_csv_and_json_hold_the_same_coefficients(data, words):
    """Column by column, each number to its last digit; then what judges, and its set with all pieces."""
    found = json.loads(printed_by("regress", data, *KEYS, *words, "--format", "json"))
    rows = csv_of(printed_by("regress", data, *KEYS, *words, "--format", "csv"))

    has_sets = any(one["judge"] == "anderson_rubin" for one in found["coefficients"])
    assert has_sets == (words == WEAK)
    judged = ["df", "judge", *(["set"] if has_sets else [])]
    assert [*rows[0]] == [*COEFFICIENTS.values(), *judged]
    for row, one in zip(rows, found["coefficients"], strict=True):
        for key in ("name", "judge"):
            assert row.pop(key) == one[key]
        assert ("set" in one) == (one["judge"] == "anderson_rubin")
        assert row.pop("set", "") == " ∪ ".join(map(piece, one.get("set", ())))
        for key, cell in row.items():
            value = float(cell or "nan")
            # An infinite bound is named in JSON, as in csv; a number that does not exist is null.
            named = None if np.isnan(value) else cell
            assert (value if np.isfinite(value) else named) == one[key], key


def piece(ends):
    """A piece of a set as the csv writes it, from the ends of the JSON."""
    left, right = map(float, ends)
    return f"{'(' if np.isinf(left) else '['}{left:g}, {right:g}{')' if np.isinf(right) else ']'}"


@pytest.fixture(scope="module")
def firms(tmp_path_factory):
    """Fourteen firms in three years, their years in no order, one with a row that waste forbids."""
    draw = np.random.default_rng(12)
    rows = [
        (f"f{i:02d}", year, *draw.uniform(1, 6, 2), draw.uniform(2, 9), draw.uniform(1, 4))
        for year in (2012, 2010, 2011)
        for i in range(14)
    ]
    path = tmp_path_factory.mktemp("firms") / "firms.csv"
    pd.DataFrame(rows, columns=["firm", "year", "labour", "capital", "gdp", "waste"]).to_csv(path, index=False)  # fmt: skip
    return path


FIRMS = ("--dmu", "firm", "--period", "year", "--inputs", "labour,capital", "--good", "gdp")
MEASURES = {
    "super": (*FIRMS, "--bad", "waste"),
    "infeasible": (*FIRMS, "--bad", "waste", "--returns", "variable", "--reference", "contemporaneous"),
    "smoothed": (*FIRMS, "--measure", "radial", "--bootstrap", "8", "--resampling", "smoothed"),
    "subsampling": (*FIRMS, "--measure", "radial", "--bootstrap", "8", "--size", "9"),
    "sensitivity": (*FIRMS, "--measure", "sbm", "--bootstrap", "8", "--resampling", "sensitivity"),
}  # fmt: skip
RESAMPLED = {
    "Bias": "bias", "Bias-corrected": "corrected", "Lower bound": "low", "Upper bound": "high",
    "Mean over draws": "mean", "Std. dev. over draws": "sd", "Min. over draws": "min",
    "Max. over draws": "max",
}  # fmt: skip


@pytest.mark.parametrize("words", MEASURES.values(), ids=MEASURES)
def test_scores_stand_beside_their_firm_and_year(firms, words):
    """Name, year, score to six decimals, status, and what the draws say of the same row, in the order of the file."""
    found, printed = document("efficiency", firms, *words)
    head, rows = table_under(printed, "Efficiency")
    key = next((one for one in found["rows"][0] if one in ("bootstrap", "sensitivity_to_the_sample")), None)  # fmt: skip

    assert head[:4] == ["entity", "period", "score", "status"]
    source = pd.read_csv(firms)
    assert [(row[0], int(row[1])) for row in rows] == [*zip(source["firm"], source["year"], strict=True)]  # fmt: skip
    for row, one in zip(rows, found["rows"], strict=True):
        assert (row[0], int(row[1])) == (one["dmu"], one["period"])
        assert shows(row[2], one["score"], ".6f")
        assert row[3].startswith(one["status"])
        for heading, cell in zip(head[4:], row[4:], strict=True):
            assert shows(cell, one[key][RESAMPLED[heading]], ".6f"), heading
    if key and found["resampling"]["method"] != "subsampling":
        assert len(head) > 4
    summary = found["summary"]
    told = re.search(r"(\d+) of (\d+) scores certified, (\d+) infeasible, (\d+) unsolved, (\d+) undefined, (\d+) left out; worst certificate: primal (\S+), dual (\S+), gap (\S+)\.\n", printed)  # fmt: skip
    names = ("certified", "n", "infeasible", "unsolved", "undefined", "dropped")
    assert [int(one) for one in told.groups()[:6]] == [summary[name] for name in names]
    worst = [f"{summary['worst_certificate'][name]:.1e}" for name in ("primal", "dual", "gap")]
    assert [*told.groups()[6:]] == worst


@pytest.mark.parametrize("words", MEASURES.values(), ids=MEASURES)
def test_csv_and_json_hold_the_same_scores(firms, words):
    """Scores, statuses and draws of each row to their last digit; `--with-data` writes them beside the data."""
    found = json.loads(printed_by("efficiency", firms, *words, "--format", "json"))
    rows = csv_of(printed_by("efficiency", firms, *words, "--format", "csv"))
    beside = csv_of(printed_by("efficiency", firms, *words, "--with-data"))
    source = pd.read_csv(firms, dtype=str).to_dict("records")

    assert len(rows) == len(found["rows"]) == len(beside)
    names = {key for one in found["rows"] for key in one}
    (key,) = names & {"bootstrap", "sensitivity_to_the_sample"} or {None}
    for row, both, plain, one in zip(rows, beside, source, found["rows"], strict=True):
        for cells in (row, both):
            score = cells["score"]
            assert (float(score) if score else None) == one["score"]
            assert cells["status"] == one["status"]
            for name, value in (one.get(key) or {}).items():
                cell = cells[f"{key}_{name}"]
                if not isinstance(value, str):
                    assert (float(cell) if cell else None) == value
        for name, cell in plain.items():
            assert both[name] == cell or float(both[name]) == float(cell), name
        assert (both["firm"], int(both["year"])) == (one["dmu"], one["period"])


COMPONENTS = {
    "Efficiency change": "efficiency_change", "Technical change": "technical_change",
    "Pure efficiency change": "pure_efficiency_change", "Scale efficiency change": "scale_change",
    "index": "value",
}  # fmt: skip


@pytest.mark.parametrize(("index", "more"), [("malmquist", ("--measure", "radial")), ("luenberger", ("--measure", "ddf"))])  # fmt: skip
def test_an_index_stands_beside_its_pair_of_years(firms, index, more):
    """Value and components of each pair, as in the JSON and in the csv."""
    words = ("efficiency", firms, *FIRMS, "--index", index, *more)
    found, printed = document(*words)
    head, rows = table_under(printed, index)
    in_csv = csv_of(printed_by(*words, "--format", "csv"))

    assert head[:3] == ["entity", "period", "index"]
    assert len(rows) == len(found["index"]) == len(in_csv) == 28
    keys = [COMPONENTS[heading] for heading in head[2:]]
    for row, one, plain in zip(rows, found["index"], in_csv, strict=True):
        assert row[:2] == [one["dmu"], f"{one['from']}-{one['to']}"]
        assert [plain["entity"], int(plain["from"]), int(plain["to"])] == [one["dmu"], one["from"], one["to"]]  # fmt: skip
        values = {"value": one["value"], **one["components"]}
        assert set(values) == set(keys)
        for key, cell in zip(keys, row[2:], strict=True):
            assert shows(cell, values[key], ".6f"), key
            assert (float(plain[key]) if plain[key] else None) == values[key]


def test_an_explanation_says_what_changes(firms):
    """Value, target, change with its sign, share of the value, and the role models with their shares."""
    words = ("efficiency", firms, *FIRMS, "--bad", "waste", "--explain", "f03,2011")
    found, printed = document(*words)
    (explained,) = found["explain"]
    title = f"f03 2011: score {explained['score']:.6f}"
    head, rows = table_under(printed, title)

    assert head == ["variable", "value", "target", "change", "in percent"]
    assert [row[0] for row in rows] == [one["name"] for one in explained["changes"]]
    for row, one in zip(rows, explained["changes"], strict=True):
        value, target, change = map(number, row[1:4])
        assert (value, target) == pytest.approx((one["value"], one["target"]), rel=1e-3)
        # A change is written with the digits of an amount.
        assert change == pytest.approx(one["change"], rel=1e-3, abs=5e-4)
        assert one["change"] == pytest.approx(one["target"] - one["value"], abs=1e-9)
        assert row[3].startswith(("+", "-", "−")) or abs(change) < 5e-4
        assert row[4] == f"{100 * one['relative']:+.1f}%"
    models = re.findall(r"^role model: (\S+) (\d+), with intensity (\S+)$", printed, re.MULTILINE)
    assert models == [
        (one["label"][0], str(one["label"][1]), f"{one['intensity']:.4g}")
        for one in explained["examples"]
    ]


def test_scores_of_another_program_that_differ(firms, tmp_path):
    """Theirs, ours and the difference of each row under their own headings."""
    few = pd.read_csv(firms).query("year != 2012 and firm < 'f08'")
    few.to_csv(tmp_path / "few.csv", index=False, float_format="%.17g")
    words = ("efficiency", tmp_path / "few.csv", *FIRMS, "--measure", "radial")
    scores = json.loads(printed_by(*words, "--format", "json"))["rows"]
    theirs = pd.DataFrame(
        [(one["dmu"], one["period"], one["score"]) for one in scores],
        columns=["firm", "year", "theta"],
    )
    theirs.loc[4, "theta"] += 0.25
    theirs.loc[9, "theta"] -= 0.125
    theirs.to_csv(tmp_path / "theirs.csv", index=False, float_format="%.17g")
    plain = ["--entity" if word == "--dmu" else word for word in FIRMS]
    plain += ["--measure", "radial", "--returns", "constant", "--theirs", tmp_path / "theirs.csv"]
    found, printed = document("explain-scores", tmp_path / "few.csv", *plain)
    head, rows = table_under(printed, f"Rows that differ ({len(found['differing'])})")

    assert head == ["Row", "Theirs", "Ours", "Difference"]
    assert {row[0] for row in rows} == {"f04 2010", "f01 2011"}
    for row, one in zip(rows, found["differing"], strict=True):
        assert row[0] == f"{one['entity']} {one['period']}"
        for cell, key in zip(row[1:], ("theirs", "ours", "difference"), strict=True):
            assert shows(cell, one[key], ".6g"), key
        assert abs(one["difference"]) == pytest.approx(abs(one["theirs"] - one["ours"]))
    assert {abs(round(number(row[3]), 6)) for row in rows} == {0.25, 0.125}
    assert f"Not reproduced by any of {found['tried']} combinations." in printed
    assert "gives 14 of 16 scores" in printed


def test_the_profile_of_data(tmp_path):
    """Empty cells as shares with their places, range, both deviations, years, in the row of the column."""
    draw = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([list("abcdefgh"), range(2010, 2016)], names=["city", "year"])  # fmt: skip
    frame = pd.DataFrame(
        {"small": draw.normal(size=48), "large": 1e6 * draw.uniform(1, 2, 48), "fixed": np.repeat(draw.uniform(1, 2, 8), 6)},
        index=index,
    )  # fmt: skip
    frame.loc[(slice(None), 2011), "small"] = np.nan
    frame.loc[np.isin(np.arange(48), range(14, 18)), "large"] = np.nan  # of c, from 2012 on
    frame.to_csv(tmp_path / "data.csv")
    found, printed = document("check", tmp_path / "data.csv", *KEYS)
    profile = {one["column"]: one for one in found["profile"]}
    head, rows = table_from(printed, "column ", len(profile))

    assert [row[0] for row in rows] == [*profile]
    expected = ["column", "empty cells", "range", "within sd", "between sd", "periods", "odd"]
    assert head == expected
    for row in rows:
        one, own = profile[row[0]], frame[row[0]]
        cells = dict(zip(head, row, strict=True))
        assert one["missing"] == own.isna().sum()
        share = f"{own.isna().mean():.1%}"
        assert cells["empty cells"].startswith(share if one["missing"] else "0")
        low, high = map(number, cells["range"].split(" – "))
        assert (low, high) == pytest.approx((own.min(), own.max()), rel=5e-4)
        assert (one["minimum"], one["maximum"]) == (own.min(), own.max())
        means = own.groupby("city").mean()
        within = np.sqrt(((own - own.groupby("city").transform("mean")) ** 2).sum() / (own.count() - 1))  # fmt: skip
        assert number(cells["between sd"]) == pytest.approx(means.std(), rel=5e-4)
        assert number(cells["within sd"]) == pytest.approx(within, rel=5e-4, abs=1e-12)
        assert (one["between_sd"], one["within_sd"]) == (
            pytest.approx(means.std()), pytest.approx(within, rel=1e-9, abs=1e-9),
        )  # fmt: skip
        assert cells["periods"] == "2010-2015"
    assert "(2011)" in rows[0][1]
    assert "(c)" in rows[1][1]
    assert printed.startswith("48 rows, 8 entities, periods 2010-2015, 3 columns.")


PRINTED = """\
[table1.col1]
N = 200
adj_r2 = 0.40
x = { b = 0.50, se = 0.10, stars = 3 }
w = { b = -0.20, se = 0.18, stars = 2 }
"""


def test_an_audit_prints_each_figure_with_its_verdict(tmp_path):
    """Verdict, table, column, row, what was checked and the arithmetic, and how many of each."""
    (tmp_path / "printed.toml").write_text(PRINTED, encoding="utf-8")
    found = json.loads(call("audit", tmp_path / "printed.toml", "--format", "json").stdout)
    printed = call("audit", tmp_path / "printed.toml", "--all", *ENGLISH).stdout
    lines = printed.splitlines()

    checks = found["checks"]
    assert {one["verdict"] for one in checks} >= {"consistent", "inconsistent"}
    for one in checks:
        place = " · ".join(part for part in (one["table"], one["column"], one["row"]) if part)
        told = [
            after
            for line, after in pairwise(lines)
            if line.startswith(f"{one['verdict']}: {place}: {one['check']} ")
            and line.endswith(str(one["printed"]))
        ]
        assert told == [f"    {one['arithmetic']}"], one
    counts = [
        sum(one["verdict"] == verdict for one in checks)
        for verdict in ("inconsistent", "undecidable", "consistent")
    ]
    assert lines[-1].startswith(
        f"{len(checks)} figures checked: {counts[0]} inconsistent, {counts[1]} undecidable, {counts[2]} consistent."
    )


def test_judged_records_are_printed_as_they_are_written(tmp_path):
    """Counts and shares of the first lines; records under what became of them; terms with their counts."""
    rows = [
        ("a", "废水超标排放", 1), ("b", "虚假广告", 1), ("c", "废水直排入河", 0), ("d", "未缴罚款", 0),
        ("e", "废气超标排放", 1), ("f", "废水超标排放", 1), ("g", "无证经营", 1), ("h", "占道经营", 0),
    ]  # fmt: skip
    path = tmp_path / "judged.csv"
    pd.DataFrame(rows, columns=["编号", "案由", "真值"]).to_csv(path, index=False)
    found, printed = document("evaluate-terms", path, "--truth", "真值")

    counts = [int(one) for one in re.findall(r"\d+", printed.splitlines()[0])]
    assert counts == [found[key] for key in ("n", "right", "wrong", "missed", "rejected")]
    shares = [
        found[key][part] for key in ("precision", "recall") for part in ("value", "low", "high")
    ]
    told = re.findall(r"\d\.\d+", printed.splitlines()[1])
    assert told == [f"{one:.2f}" for one in shares]
    for title, key in (("missed", "records_missed"), ("wrongly taken", "records_wrong")):
        head, shown = table_under(printed, f"{title}: {len(found[key])}")
        assert head == ["record", "text", "reason"]
        assert [row[:2] for row in shown] == [[one["id"], one["text"]] for one in found[key]]
    head, shown = table_under(printed, f"Terms on which records were taken ({len(found['terms'])})")
    assert head == ["term", "right", "wrong"]
    assert shown == [[str(one[key]) for key in head] for one in found["terms"]]
    assert {one["id"] for one in found["records_missed"]} == {"b", "g"}


def test_commands_that_print_tables_are_read_here():
    """Every command that prints a table of its own has its reader; a new one fails until it has one."""
    source = Path(xinzhi.__file__).parent / "cli"
    makers = {
        file.relative_to(source).as_posix()
        for file in source.rglob("*.py")
        if any(
            isinstance(call_, ast.Call)
            and isinstance(call_.func, ast.Name)
            and call_.func.id in {"print_table", "profile_lines"}
            for call_ in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        )
    }

    assert makers == {
        "commands/regress.py",  # coefficients, marginal effects, tests of instruments
        "score_output.py",  # scores, index, explanation
        "commands/explain_scores.py",
        "check_output.py",
        "commands/show.py",  # tests/cells reads its tables
        "commands/analyse.py",  # the same tables
        "run_output.py",  # the same tables
        "commands/runs.py",  # test_runs_and_verify
        "commands/evaluate_terms.py",  # records missed and wrongly taken, terms
    }
