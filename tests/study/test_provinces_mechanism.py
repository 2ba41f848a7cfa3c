"""The mechanism in the study of the provinces: every number by linearmodels from the raw file."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS
from linearmodels.panel import PanelOLS

from cli_runner import call

pytestmark = pytest.mark.long

NAMES = {
    "patents": "patents_per10k_workers",
    "investment": "gfcf_gdp_pct",
    "fiscal": "fiscal_gdp_pct",
    "education": "edu_share_pct",
    "hightech": "hightech_firms_per10k_workers",
    "science": "st_share_pct",
    "researchers": "rd_fte_per10k_workers",
}
X = ["patents", "investment", "fiscal", "education"]


@pytest.fixture(scope="session")
def tables(folder) -> dict:
    text = (folder / "results" / "results.json").read_text(encoding="utf-8")
    return json.loads(text)["tables"]


@pytest.fixture(scope="session")
def frame(scores, raw) -> pd.DataFrame:
    """Variables of the study from the raw file and the printed scores, as ln(1+x)."""
    found = raw[list(NAMES.values())].set_axis(list(NAMES), axis=1)
    found["carbon"] = scores["carbon"].rename_axis(found.index.names)
    return np.log1p(found).join(raw[["coal_province", "region4"]])


def two_way(frame, outcome, names):
    """Fit by linearmodels with both effects, errors by province (its own small-sample rule)."""
    used = frame[[outcome, *names]].dropna()
    return PanelOLS(used[outcome], used[names], entity_effects=True, time_effects=True).fit(
        cov_type="clustered", cluster_entity=True
    )


def test_the_mediation_is_that_of_independent_software(tables, frame):
    """a, b, direct and total of each mediator by linearmodels on the common sample (1e-8)."""
    used = frame.dropna()

    effects = {e["mediator"]: e for e in tables["industry_effects"]["effects"]}

    assert set(effects) == {"hightech", "science"}
    total = two_way(used, "carbon", X).params["patents"]
    for mediator, effect in effects.items():
        a = two_way(used, mediator, X).params["patents"]
        second = two_way(used, "carbon", [*X, mediator]).params
        assert tables["industry_effects"]["n"] == len(used)
        assert effect["a"]["b"] == pytest.approx(a, abs=1e-8)
        assert effect["b"]["b"] == pytest.approx(second[mediator], abs=1e-8)
        assert effect["direct"]["b"] == pytest.approx(second["patents"], abs=1e-8)
        assert effect["total"]["b"] == pytest.approx(total, abs=1e-8)
        assert effect["indirect"]["b"] == pytest.approx(total - second["patents"], abs=1e-8)


def test_the_interval_is_that_of_refits(tables, frame):
    """Thirty draws of provinces fitted again by linearmodels stay within the spread of ours.

    The errors of two bootstraps of one quantity: a ratio between 0.6 and 1.6 for 30 draws.
    """
    used = frame.dropna()
    draw = np.random.default_rng(1)
    names = used.index.get_level_values(0).unique()
    drawn = []
    for _ in range(30):
        parts = [
            used.loc[[name]].rename(index={name: f"{k}"}, level=0)
            for k, name in enumerate(draw.choice(names, size=len(names)))
        ]
        again = pd.concat(parts)
        a = two_way(again, "hightech", X).params["patents"]
        drawn.append(a * two_way(again, "carbon", [*X, "hightech"]).params["hightech"])

    found = tables["industry_effects"]["effects"][0]["interval"]

    assert 0.6 < np.std(drawn) / found["se"] < 1.6
    assert (found["draws"], found["lost"]) == (500, 0)


def test_the_moderated_path_is_that_of_independent_software(tables, frame):
    """Everything on the right a year earlier, then x·w by linearmodels: the same slope (1e-8)."""
    names = [*X, "science"]
    moved = frame[names].copy()
    moved.index = moved.index.set_levels(moved.index.levels[1] + 1, level=1)
    lagged = moved.reindex(frame.index).assign(hightech=frame["hightech"])
    lagged["crossed"] = lagged["patents"] * lagged["science"]

    fitted = two_way(lagged, "hightech", ["patents", "crossed", "science", *X[1:]])

    path = tables["funding"]["paths"][0]
    assert path["n"] == fitted.nobs
    assert path["interaction"]["b"] == pytest.approx(fitted.params["crossed"], abs=1e-8)
    b1, b3 = fitted.params["patents"], fitted.params["crossed"]
    for one in path["conditional"]:
        assert one["effect"] == pytest.approx(b1 + b3 * one["moderator"], abs=1e-8)


def test_each_group_is_that_of_independent_software(tables, frame):
    """The slope of each group by linearmodels on its rows (1e-8); the split is at the median."""
    columns = {(c["grouping"], c["group"]): c for c in tables["provinces"]["columns"]}

    assert {group for grouping, group in columns if grouping == "intensity"} == {"high", "low"}
    for (grouping, group), column in columns.items():
        rows = {
            "coal": frame["coal_province"].map({1: "coal", 0: "other"}) == group,
            "region": frame["region4"] == group,
        }.get(grouping)
        if rows is None or "not_estimated" in column:
            continue
        fitted = two_way(frame.loc[rows], "carbon", X)
        assert column["n"] == fitted.nobs
        assert column["coefficients"]["patents"]["b"] == pytest.approx(
            fitted.params["patents"], abs=1e-8
        )


def test_the_difference_between_groups_is_tested_by_one_model(tables, frame):
    """F of the interaction for two groups is t² of patents·coal in the fully interacted model."""
    used = frame[["carbon", *X, "coal_province"]].dropna()
    wide = {f"{name}_{g}": used[name] * (used["coal_province"] == g) for name in X for g in (0, 1)}
    effects = pd.DataFrame({"cell": used.index.get_level_values(1) * 10 + used["coal_province"]})
    effects["cell"] = effects["cell"].astype("category")
    fitted = PanelOLS(
        used["carbon"], pd.DataFrame(wide), entity_effects=True, other_effects=effects
    ).fit()

    found = next(
        d for d in tables["provinces_differences"]["differences"] if d["grouping"] == "coal"
    )

    difference = fitted.params["patents_1"] - fitted.params["patents_0"]
    assert found["permutations"][0]["difference"] == pytest.approx(difference, abs=1e-8)
    assert found["interaction"]["p_holm"] >= found["interaction"]["p"]


def test_two_stage_least_squares_is_that_of_independent_software(tables, frame):
    """IV2SLS of linearmodels on columns without both effects has the same slope (1e-8)."""
    used = frame[["carbon", *X, "researchers", "science"]].dropna()
    for position, instruments in enumerate([["researchers"], ["researchers", "science"]]):
        column = tables["instrumented"]["columns"][position]
        within = used - used.groupby(level=0).transform("mean")
        for _ in range(200):
            within = within - within.groupby(level=1).transform("mean")
            within = within - within.groupby(level=0).transform("mean")

        fitted = IV2SLS(within["carbon"], within[X[1:]], within[["patents"]], within[instruments])

        slope = fitted.fit().params["patents"]
        assert column["coefficients"]["patents"]["b"] == pytest.approx(slope, abs=1e-8)
        assert column["instruments"]["instruments"] == instruments


def test_the_named_changes_are_what_they_say(tables, frame):
    """Each column of the robustness table by hand: replaced, cut, without provinces (1e-8)."""
    columns = tables["robustness"]["columns"]
    years, names = frame.index.get_level_values(1), frame.index.get_level_values(0)
    swapped = frame.rename(columns={"patents": "p", "researchers": "patents"})
    used = frame[["carbon", *X]].dropna()
    by_hand = [
        swapped,
        frame.loc[years >= 2011],
        used.clip(*np.percentile(used, [1, 99], axis=0), axis=1),
        frame,
        frame.loc[frame["coal_province"] == 0],
        frame.loc[~names.isin(["北京市", "上海市"])],
    ]
    for position, changed in enumerate(by_hand):
        name = "researchers" if position == 0 else "patents"
        fitted = two_way(changed, "carbon", X)
        column = columns[position]
        assert column["n"] == fitted.nobs
        assert column["coefficients"][name]["b"] == pytest.approx(
            fitted.params["patents"], abs=1e-8
        )
    assert columns[5]["label"] == "without Beijing and Shanghai"


def test_another_frontier_is_measured_again(tables, folder):
    """`efficiency.exclude: entity` regresses the scores that a study of its own measures so."""
    other = folder / "other"
    other.mkdir()
    shutil.copy(folder / "province_panel.csv", other)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "    missing: leave_out\n    classes",
        "    exclude: entity\n    missing: leave_out\n    classes",
    )
    (other / "study.yaml").write_text(text, encoding="utf-8")
    call("run", other, "--only", "baseline")
    results = json.loads((other / "results" / "results.json").read_text(encoding="utf-8"))

    expected = results["tables"]["baseline"]["columns"][0]["coefficients"]
    changed = tables["robustness"]["columns"][6]["coefficients"]
    plain = tables["baseline"]["columns"][0]["coefficients"]
    assert changed["patents"]["b"] == pytest.approx(expected["patents"]["b"], abs=1e-12)
    assert changed["patents"]["b"] != plain["patents"]["b"]


def test_the_curve_holds_every_combination(tables, frame):
    """8 sets of controls x 2 effects x 2 errors x 2 samples; one of them by linearmodels (1e-8)."""
    curve = tables["specification_curve"]

    assert curve["n_specifications"] == len(curve["specifications"]) == 64
    one = next(
        row
        for row in curve["specifications"]
        if (row["controls"], row["effects"], row["drop"])
        == ("fiscal", "entity, period", "region: West")
        and row["covariance"] == "hc1"
    )
    fitted = two_way(frame.loc[frame["region4"] != "West"], "carbon", ["patents", "fiscal"])
    assert one["estimate"] == pytest.approx(fitted.params["patents"], abs=1e-8)
    assert one["n"] == fitted.nobs


def test_only_a_section_takes_its_table_along(folder, tmp_path):
    """--only industry: the mediation, the table it starts from, its score, and nothing else."""
    out = tmp_path / "results"

    call("run", folder, "--only", "industry", "--out", out)

    stages = json.loads((out / "run.json").read_text(encoding="utf-8"))["stages"]
    assert {s["name"].split("/")[0] for s in stages} == {
        "read", "prepare", "efficiency.carbon", "classes.carbon", "efficiency.three_pollutants", "tables.baseline",
        "mediation.industry",
    }  # fmt: skip
