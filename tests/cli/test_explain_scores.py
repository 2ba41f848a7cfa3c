"""`xinzhi explain-scores`: the convention behind another program's scores is found, or the rows that differ."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt, call
from needs import CASES as NO_CASES
from xinzhi_core.errors import DataError

pytestmark = pytest.mark.long

CASES = Path(__file__).parents[2].parent / "shared" / "cases" / "dea"
ROLES = {"inputs": ["labour", "capital"], "good_outputs": "gdp", "bad_outputs": "waste"}
KEYS = {"entity": "city", "period": "year"}
WORDS = [
    *("--entity", "city", "--period", "year", "--lang", "en"),
    *("--inputs", "labour,capital", "--good", "gdp", "--bad", "waste"),
]


@pytest.fixture(scope="module")
def frame():
    """Twelve cities over three years, each of a kind of its own, so that its years are its own peers."""
    rng = np.random.default_rng(21)
    names = [[f"城{i}" for i in range(12)], range(2008, 2011)]
    frame = pd.MultiIndex.from_product(names, names=["city", "year"]).to_frame(index=False)
    own = np.repeat(rng.uniform(1, 3, (12, 4)), 3, axis=0)
    frame[["labour", "capital", "gdp", "waste"]] = own * rng.uniform(0.9, 1.1, (len(frame), 4))
    return frame


CONVENTIONS = {
    "form B, variable returns": {"bads": "inputs", "returns_to_scale": "variable"},
    "one frontier a year": {"reference": "contemporaneous"},
    "the entity left out": {"exclude": "entity"},
    "without a super score": {"measure": "sbm", "returns_to_scale": "variable"},
    "input-oriented": {"orientation": "input"},
    "no combinations of rows": {"returns_to_scale": "free_disposal_hull", "exclude": "entity"},
    "a frontier of the first year": {"reference": "base", "returns_to_scale": "variable"},
}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_convention_of_rounded_scores_is_found(name, frame):
    """Four decimals, rows in another order: the options come out, and none that contradicts them."""
    options = {"measure": "super_sbm", **CONVENTIONS[name]}
    scores = xz.evaluate(frame, **ROLES, **KEYS, **options)
    theirs = frame[["city", "year"]].assign(TE=scores.scores.round(4)).iloc[::-1]
    measures = {} if "measure" in CONVENTIONS[name] else {"measure": "super_sbm"}

    found = xz.explain_scores(frame, theirs=theirs, **ROLES, **KEYS, **measures)

    assert found.is_reproduced
    best = found.candidates[0].convention
    assert best.printed == "score"
    for option, value in options.items():
        assert getattr(best.options, option) == value
    assert found.tolerance == pytest.approx(5e-5)


def test_the_reciprocal_and_the_cut_are_recognised(frame):
    """Some programs print 1/score, others cut super scores off at 1."""
    scores = xz.evaluate(frame, **ROLES, **KEYS, measure="super_sbm").scores
    keys = frame[["city", "year"]]
    given = {**ROLES, **KEYS, "measure": "super_sbm", "returns_to_scale": "constant"}

    reciprocal = xz.explain_scores(frame, theirs=keys.assign(t=(1 / scores).round(5)), **given)
    above = xz.explain_scores(frame, theirs=keys.assign(t=np.maximum(scores, 1).round(5)), **given)

    assert [one.candidates[0].convention.printed for one in (reciprocal, above)] == [
        "reciprocal",
        "at_least_best",
    ]


def test_rows_that_differ_are_named(frame):
    """Two scores were typed wrongly: the convention is still named as the nearest, and these rows."""
    scores = xz.evaluate(frame, **ROLES, **KEYS, measure="super_sbm").scores.round(4)
    scores[[5, 9]] += [0.3, 0.001]
    theirs = frame[["city", "year"]].assign(t=scores)

    found = xz.explain_scores(frame, theirs=theirs, measure="super_sbm", **ROLES, **KEYS)

    assert not found.is_reproduced
    assert found.candidates[0].n_agree == len(frame) - 2
    wrong = [tuple(frame.loc[row, ["city", "year"]]) for row in (5, 9)]
    assert found.differing().index.tolist() == wrong
    np.testing.assert_allclose(found.differing()["difference"], [-0.3, -0.001], atol=1e-4)


def test_names_that_carry_their_year_are_matched(tmp_path, frame):
    """城0_2008 as programs without periods want it; the command finds the columns by itself."""
    scores = xz.evaluate(frame, **ROLES, **KEYS, measure="super_sbm", bads="inputs").scores
    names = frame["city"] + "_" + frame["year"].astype(str)
    pd.DataFrame({"DMU": names, "Score": scores.round(4)}).to_csv(tmp_path / "t.csv", index=False)
    frame.to_csv(tmp_path / "d.csv", index=False)
    words = ["explain-scores", tmp_path / "d.csv", *WORDS, "--measure", "super_sbm"]

    done = call(*words, "--theirs", tmp_path / "t.csv")
    document = json.loads(call(*words, "--theirs", tmp_path / "t.csv", "--format", "json").stdout)

    assert "Reproduced: all 36 scores, to 5e-05." in done.stdout
    assert "bads=inputs" in done.stdout
    assert document["reproduced"] is True
    assert document["differing"] == []
    assert document["combinations"][0]["agree"] == 36


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"name": ["x", "y"], "score": [1.0, 0.5]}, "No row of the other program"),
        ({"city": ["城0", "城1"], "a": [1.0, 0.5], "b": [1.0, 0.5]}, "Several columns"),
    ],
)
def test_what_cannot_be_compared_is_said(columns, words, frame):
    """Other names; two columns that could be the scores."""
    theirs = pd.DataFrame(columns)
    one_year = frame[frame["year"] == 2008].drop(columns="year")

    with pytest.raises(DataError, match=words):
        xz.explain_scores(
            one_year, theirs=theirs, entity="city", their_entity=theirs.columns[0], **ROLES
        )


def test_a_column_that_is_not_there_is_named(tmp_path, frame):
    """With the nearest one, by the command."""
    frame.to_csv(tmp_path / "d.csv", index=False)
    frame.assign(score=0.5)[["city", "year", "score"]].to_csv(tmp_path / "t.csv", index=False)

    done = attempt(
        *("explain-scores", tmp_path / "d.csv", *WORDS),
        *("--theirs", tmp_path / "t.csv", "--column", "scores"),
    )

    assert done.code == 1
    assert "did you mean 'score'" in done.stderr


@pytest.mark.skipif(not CASES.exists(), reason=NO_CASES)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        (
            "super_sbm_undesirable_B_vrs_global_exclunit_30x2",
            {"measure": "super_sbm", "bads": "inputs", "exclude": "entity"},
        ),
        (
            "undesirable_sbm_vrs_sequential_30x3",
            {"measure": "sbm", "returns_to_scale": "variable", "reference": "sequential"},
        ),
        ("julia_radial_oo_crs", {"measure": "radial", "orientation": "output"}),
        ("teddf_radial_ddf_contemporaneous_crs", {"measure": "directional"}),
    ],
)
def test_conventions_of_other_programs_are_found(name, options):
    """Scores made by R, Julia and a program of our own outside the package."""
    case = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    columns = {}
    for kind in "xyb":
        values = np.array(case.get(kind) or np.empty((len(case["dmu"]), 0)), dtype=float)
        columns |= {f"{kind}{j}": values[:, j] for j in range(values.shape[1])}
    data = pd.DataFrame({"dmu": [str(one) for one in case["dmu"]], **columns})
    keys = {"entity": "dmu"}
    if case.get("period"):
        data["year"], keys["period"] = [int(one) for one in case["period"]], "year"
    theirs = data[[*keys.values()]].assign(score=case["expected"]["score"])

    found = xz.explain_scores(
        data,
        theirs=theirs,
        inputs=[c for c in columns if c[0] == "x"],
        good_outputs=[c for c in columns if c[0] == "y"],
        bad_outputs=[c for c in columns if c[0] == "b"] or None,
        measure=options["measure"],
        **keys,
    )

    assert found.is_reproduced
    best = found.candidates[0].convention.options
    assert {option: getattr(best, option) for option in options} == options
