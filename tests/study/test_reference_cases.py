"""Reference cases of mediation and moderation through a study file, against R fixest."""

from __future__ import annotations

import json
import shutil

import pytest

from cases_econometrics import CASES, agrees, case
from cli_runner import call

MEDIATION = """\
title: Planted mediation
sources: {data: {file: sim_mediation.csv, entity: city, period: year}}
panel: {from: data}
variables: {y: {column: y}, x: {column: x}, m: {column: m}, c1: {column: c1}, c2: {column: c2}}
sets: {controls: [c1, c2]}
tables: {baseline: {outcome: y, covariance: COVARIANCE, columns: [{x: [x, controls]}]}}
mediation: {planted: {from: baseline/1, through: m, tests: TESTS}}
report: {formats: [md], languages: [en]}
"""
MODERATION = """\
title: Planted moderated mediation
sources: {data: {file: sim_modmed.csv, entity: city, period: year}}
panel: {from: data}
variables: {y: {column: y}, x: {column: x}, m: {column: m}, g: {column: g}, c1: {column: c1}}
sets: {controls: [c1]}
tables: {baseline: {outcome: y, covariance: {cluster: entity}, columns: [{x: [x, controls]}]}}
moderation: {planted: {moderators: g, lag: 1, lagged: moderator, paths: [x -> m, m -> y], draws: 400}}
report: {formats: [md], languages: [en]}
"""


def tables(folder, text, name):
    """Run a study on the data of a case; gives the case and the tables of results.json."""
    found = case(name)
    shutil.copy(CASES / found["data_file"], folder)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    call("run", folder)
    text = (folder / "results" / "results.json").read_text(encoding="utf-8")
    return found, json.loads(text)["tables"]


@pytest.mark.parametrize(
    ("kind", "covariance", "tests"),
    [("iid", "iid", "sobel"), ("cluster_city", "{cluster: entity}", "[sobel, bootstrap]")],
)
def test_a_planted_mediation(tmp_path, kind, covariance, tests):
    """a, b, direct, total, their errors, the share and the three normal tests; the truth is inside."""
    text = MEDIATION.replace("COVARIANCE", covariance).replace("TESTS", tests)

    found, written = tables(tmp_path, text, "sim_mediation_planted")

    expected = found["expected"][kind]
    (effect,) = written["planted_effects"]["effects"]
    for ours, theirs in (("a", "a"), ("b", "b"), ("direct", "direct"), ("total", "total")):
        pair = [effect[ours]["b"], effect[ours]["se"]]
        agrees(pair, [expected[theirs], expected[f"se_{theirs}"]], found)
    agrees([effect["indirect"]["b"], effect["share"]], [expected["indirect"], expected["share_of_total"]], found)  # fmt: skip
    for name in ("sobel", "aroian", "goodman"):
        pair = [effect[name]["value"], effect[name]["p"]]
        agrees(pair, [expected[name]["z"], expected[name]["p"]], found)
    if kind == "iid":
        assert "inapplicable" in effect["interval"]
    else:
        truth = found["planted_truth"]["indirect"]
        assert effect["interval"]["low"] < truth < effect["interval"]["high"]


def test_a_planted_moderated_mediation(tmp_path):
    """Interactions, conditional effects and the mediated effects along the lagged moderator."""
    found, written = tables(tmp_path, MODERATION, "sim_moderated_mediation_lag")
    expected = found["expected"]

    first = next(p for p in written["planted"]["paths"] if p["outcome"] == "m")
    agrees(
        [first["n"], first["interaction"]["b"], first["interaction"]["se"]],
        [expected["N"], expected["eq_m"]["coef"]["xg"], expected["eq_m"]["se"]["xg"]],
        found,
    )
    agrees(
        [first["moderator_mean"], first["moderator_sd"]],
        [expected["gl_mean"], expected["gl_sd"]],
        found,
    )
    second = next(p for p in written["planted"]["paths"] if p["outcome"] == "y")
    agrees(
        [second["interaction"]["b"], second["interaction"]["se"]],
        [expected["eq_y"]["coef"]["mg"], expected["eq_y"]["se"]["mg"]],
        found,
    )
    (chain,) = written["planted_chains"]["chains"]
    for place, name in (("low", "lo"), ("mean", "mid"), ("high", "hi")):
        one = next(c for c in chain["conditional"] if c["place"] == place)
        theirs = expected["conditional_indirect"][name]
        agrees(
            [one["moderator"], one["indirect"], one["se"], one["z"]],
            [theirs["g"], theirs["indirect"], theirs["se_delta"], theirs["z"]],
            found,
        )
    assert chain["index_interval"]["low"] > 0
