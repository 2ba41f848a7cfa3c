"""The mechanism in the example `oecd`: the numbers written down before, and null results called so."""

from __future__ import annotations

import json
import re

import pytest

pytestmark = pytest.mark.long

PRINTED = 5e-4
"""The study written down with the data prints three digits."""


@pytest.fixture(scope="module")
def tables(oecd):
    text = (oecd / "results" / "results.json").read_text(encoding="utf-8")
    return json.loads(text)["tables"]


def test_the_mediation_written_down_before(tables):
    """Coal on human capital -0.334, score on coal -0.084, mediated +0.028, on 224 rows."""
    (effect,) = tables["mechanism_effects"]["effects"]

    assert tables["mechanism_effects"]["n"] == 224
    assert effect["a"]["b"] == pytest.approx(-0.334, abs=PRINTED)
    assert effect["b"]["b"] == pytest.approx(-0.084, abs=PRINTED)
    assert effect["indirect"]["b"] == pytest.approx(0.028, abs=PRINTED)
    assert abs(effect["identity"]) < 1e-14
    assert (effect["interval"]["draws"], effect["interval"]["level"]) == (1000, 0.95)
    assert effect["share"] is None
    assert effect["share_remark"]


GROUPS = {
    ("income", "high"): 1.348,
    ("income", "low"): 0.112,
    ("coal_use", "high"): -0.306,
    ("coal_use", "low"): 0.701,
    ("union", "inside"): -0.126,
    ("union", "outside"): 0.018,
}


def test_the_groups_written_down_before(tables):
    """Slopes of human capital by income, coal and membership, as documented with the data."""
    columns = {(c["grouping"], c["group"]): c for c in tables["countries"]["columns"]}

    assert set(columns) == set(GROUPS)
    for key, slope in GROUPS.items():
        found = columns[key]["coefficients"]["human_capital"]["b"]
        assert found == pytest.approx(slope, abs=PRINTED)


def test_without_ireland_and_luxembourg(tables):
    """Trade without the two: +0.163, as documented with the data."""
    column = tables["robustness"]["columns"][4]

    assert column["coefficients"]["trade"]["b"] == pytest.approx(0.163, abs=PRINTED)
    assert column["n"] == 210
    assert column["label"] == "without Ireland, Luxembourg"


def test_few_clusters_are_bootstrapped_by_themselves(tables):
    """32 clusters are fewer than 40: wild p-values stand in every column clustered one way."""
    for table in ("baseline", "robustness"):
        for column in tables[table]["columns"]:
            has = "p_wild" in next(iter(column["coefficients"].values()))
            assert has == (column["covariance"]["kind"] == "cluster")


def test_the_curve_covers_all_choices(tables):
    """16 sets of controls x 2 effects x 2 windows x 2 returns to scale, none refused."""
    curve = tables["specification_curve"]

    assert curve["n_specifications"] == len(curve["specifications"]) == 128
    assert curve["n_refused"] == 0
    returns = {row["efficiency.returns_to_scale"] for row in curve["specifications"]}
    assert returns == {"constant", "variable"}
    baseline = tables["baseline"]["columns"][0]["coefficients"]["human_capital"]["b"]
    same = [
        row["estimate"]
        for row in curve["specifications"]
        if row["controls"].count(",") == 3
        and row["effects"] == "entity, period"
        and row["window"] == "2011, 2017"
        and row["efficiency.returns_to_scale"] == "constant"
    ]
    assert same == [pytest.approx(baseline, abs=1e-12)]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (
            "Mediation",
            r"through Coal share on Green efficiency is not statistically significant: ab = 0\.028",
        ),
        ("Moderation", r"is not statistically significant \(p = 0\.770\)"),
        ("Heterogeneity", r"in the slope of Human capital is not statistically significant"),
        ("Specification curve", r"so even the sign depends on the choices"),
    ],
)
def test_null_results_are_called_so(oecd, section, words):
    """Each section of the page says in plain words that nothing was found."""
    page = (oecd / "results" / "report.html").read_text(encoding="utf-8")

    assert section in page
    assert re.search(words, page)


def test_the_differences_are_adjusted_for_three_groupings(tables):
    """Holm over the three groupings: the smallest p is tripled, none is below 0.10."""
    found = [d["interaction"] for d in tables["countries_differences"]["differences"]]

    smallest = min(found, key=lambda one: one["p"])
    assert smallest["p_holm"] == pytest.approx(3 * smallest["p"], rel=1e-12)
    assert min(one["p_holm"] for one in found) > 0.10
