"""A second real study: provinces of China, read from the reference folder beside the repository."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import PanelOLS
from scipy.optimize import linprog

pytestmark = pytest.mark.long

INPUTS = ["labour_10k", "capital_100m08", "energy_10ktce"]


def test_every_complete_row_has_a_certified_score(folder, raw):
    """510 rows with CO2; the rows without fertiliser or pesticide have no three-pollutant score."""
    table = pd.read_csv(folder / "results" / "scores.csv", encoding="utf-8-sig")
    complete = raw[["fertiliser_10kt", "pesticide_t"]].notna().all(axis=1).sum()

    assert table["measurement"].value_counts().to_dict() == {
        "carbon": 510,
        "three_pollutants": complete,
    }
    assert set(table["status"]) == {"certified"}


def sbm_by_scipy(x, y, b, o):
    """Solve Tone's SBM with bads for row o by SciPy; data are divided by the row's own values."""
    x, y, b = x / x[o], y / y[o], b / b[o]
    n, m, s = len(x), x.shape[1], y.shape[1] + b.shape[1]
    r = m + s
    # Unknowns: t, intensities (n), slacks of x, y, b.
    cost = np.concatenate([[1], np.zeros(n), -np.ones(m) / m, np.zeros(s)])
    columns = np.hstack([x, y, b]).T
    signs = np.diag(np.concatenate([np.ones(m), -np.ones(y.shape[1]), np.ones(b.shape[1])]))
    balance = np.hstack([-np.ones((r, 1)), columns, signs])
    unit = np.concatenate([[1], np.zeros(n), np.zeros(m), np.ones(s) / s])
    found = linprog(
        cost,
        A_eq=np.vstack([balance, unit]),
        b_eq=np.concatenate([np.zeros(r), [1]]),
        method="highs",
    )
    assert found.status == 0
    return found.fun


def test_scores_are_those_of_independent_programs(scores, raw):
    """Below the frontier a score is Tone's SBM with bads: SciPy finds the same on 9 rows (1e-7)."""
    x, y, b = (raw[names].to_numpy() for names in (INPUTS, ["gdp_100m08"], ["co2_mt"]))

    for o in range(0, len(raw), 60):
        score = scores.loc[raw.index[o], "carbon"]
        assert min(score, 1) == pytest.approx(sbm_by_scipy(x, y, b, o), abs=1e-7)


def test_the_slopes_are_those_of_independent_software(folder, scores, raw):
    """linearmodels, fed with the printed scores and the raw file, finds the same slopes (1e-8)."""
    tables = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))["tables"]
    column = tables["baseline"]["columns"][0]
    names = {
        "patents": "patents_per10k_workers",
        "investment": "gfcf_gdp_pct",
        "fiscal": "fiscal_gdp_pct",
        "education": "edu_share_pct",
    }
    frame = raw[list(names.values())].set_axis(list(names), axis=1)
    frame["score"] = scores["carbon"].rename_axis(frame.index.names)
    frame = np.log1p(frame.dropna())

    fitted = PanelOLS(
        frame["score"], frame[list(names)], entity_effects=True, time_effects=True
    ).fit()

    assert column["n"] == fitted.nobs == 300
    for name in names:
        assert column["coefficients"][name]["b"] == pytest.approx(fitted.params[name], abs=1e-8)


def test_rows_without_a_score_are_named(folder):
    """`missing: leave_out` is no silence: a notice counts and names them."""
    notices = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))[
        "notices"
    ]

    left_out = [n for n in notices if n["code"] == "efficiency.left_out"]
    assert "210 rows" in left_out[0]["text"]["en"]
    assert "上海市 2003" in left_out[0]["text"]["zh"]


def test_the_weights_of_the_index_are_in_the_report(folder):
    """The entropy step says its weights, which add up to 1."""
    page = (folder / "results" / "report.html").read_text(encoding="utf-8")

    told = page.split("weights: ")[1].split("<")[0]
    weights = [float(number) for number in re.findall(r"0\.\d{8}", told)]
    assert len(weights) == 3
    # Eight digits are printed of each.
    assert sum(weights) == pytest.approx(1, abs=2e-8)


def test_productivity_multiplies_out(folder):
    """A global index is the ratio of two scores on the same frontier, and its parts multiply to it."""
    tables = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))["tables"]
    values = tables["GML_productivity"]["values"]

    assert len(values) == 30 * 16
    for one in values:
        whole = one["efficiency_change"] * one["technical_change"]
        assert whole == pytest.approx(one["value"], abs=1e-9)


def test_the_sensitivity_of_scores_is_called_so(folder):
    """Five draws of entities: no bounds, and the words sensitivity and no confidence interval."""
    tables = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))["tables"]
    page = (folder / "results" / "report.html").read_text(encoding="utf-8")

    for row in tables["carbon_sensitivity"]["rows"]:
        assert "low" not in row
        if row["n_draws"]:
            assert 0 < row["min"] <= row["mean"] + 1e-9
            assert row["mean"] <= row["max"] + 1e-9
        else:
            assert row["min"] is None
    assert "sensitivity to the sample" in page
    assert "对样本的敏感性" in page
    assert "These are not confidence intervals" in page
