"""Reference cases of the diagnostics through a study file, against R plm and car."""

from __future__ import annotations

import csv
import json
import shutil

from cases_econometrics import CASES, agrees, case
from cli_runner import call

STUDY = """\
title: Diagnostics
sources: {data: {file: data.csv, entity: ENTITY, period: PERIOD}}
panel: {from: data}
variables: {VARIABLES}
tables: {baseline: {outcome: OUTCOME, effects: [EFFECTS], covariance: iid, columns: [{x: [SLOPES]}]}}
diagnostics: {of: baseline/1, tests: [TESTS]}
report: {formats: [md], languages: [en]}
"""


def tables(folder, *, keys, outcome, slopes, effects, tests):
    """Run a study on data.csv and give the tables of results.json."""
    variables = ", ".join(f"{name}: {{column: {name}}}" for name in (outcome, *slopes))
    text = STUDY
    for word, value in (
        ("ENTITY", keys[0]), ("PERIOD", keys[1]), ("VARIABLES", variables), ("OUTCOME", outcome),
        ("SLOPES", ", ".join(slopes)), ("EFFECTS", effects), ("TESTS", ", ".join(tests)),
    ):  # fmt: skip
        text = text.replace(word, value)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    call("run", folder)
    written = (folder / "results" / "results.json").read_text(encoding="utf-8")
    return json.loads(written)["tables"]


def test_random_effects_and_hausman_of_grunfeld(tmp_path):
    """Swamy-Arora slopes, the classic contrast and the Lagrange multiplier test."""
    found = case("grunfeld_re_hausman")
    shutil.copy(CASES / found["data_file"], tmp_path / "data.csv")

    written = tables(
        tmp_path,
        keys=("firm", "year"),
        outcome="inv",
        slopes=("value", "capital"),
        effects="entity",
        tests=("hausman", "lm"),
    )

    expected, told = found["expected"], written["tests"]["tests"]
    for name, row in written["hausman"]["slopes"].items():
        pair = [row["random"], row["difference"]]
        agrees(pair, [expected["coef"][name], expected["hausman"]["diff"][name]], found)
    for ours, theirs in (("hausman", "hausman"), ("lm.entity", "bp_lm")):
        pair = [told[ours]["value"], told[ours]["p"]]
        agrees(pair, [expected[theirs]["chi2"], expected[theirs]["p"]], found)


def test_a_negative_hausman_is_no_statistic(tmp_path):
    """No p-value of a negative contrast; sigmamore and the clustered Mundlak test stand in."""
    found = case("hausman_negative")
    with (tmp_path / "data.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(found["data_inline"])
        rows.writerows(zip(*found["data_inline"].values(), strict=True))

    written = tables(
        tmp_path,
        keys=("id", "t"),
        outcome="y",
        slopes=("x1", "x2"),
        effects="entity",
        tests=("hausman", "mundlak"),
    )

    expected, told = found["expected"], written["tests"]["tests"]
    agrees([told["hausman"]["value"]], [expected["classic_chi2"]], found)
    assert told["hausman"]["p"] is None
    pair = [told["hausman.sigmamore"]["value"], told["hausman.sigmamore"]["p"]]
    agrees(pair, [expected["sigmamore_chi2"], expected["sigmamore_p"]], found)
    mundlak = expected["mundlak_cluster"]
    agrees([told["mundlak"]["value"], told["mundlak"]["p"]], [mundlak["F"], mundlak["p_F"]], found)


def test_collinearity_of_longley(tmp_path):
    """VIF and tolerance of six regressors; a year is both their sixth and the key."""
    found = case("vif_longley")
    lines = (CASES / found["data_file"]).read_text(encoding="utf-8").split()
    keyed = [f"nation,year,{lines[0]}"] + [f"US,{line.split(',')[-1]},{line}" for line in lines[1:]]
    (tmp_path / "data.csv").write_text("\n".join(keyed), encoding="utf-8")

    written = tables(
        tmp_path,
        keys=("nation", "year"),
        outcome="y",
        slopes=tuple(found["expected"]["vif"]),
        effects="",
        tests=("vif",),
    )

    for name, row in written["vif"]["variables"].items():
        expected = [found["expected"][kind][name] for kind in ("vif", "tolerance")]
        agrees([row["vif"], row["tolerance"]], expected, found)
