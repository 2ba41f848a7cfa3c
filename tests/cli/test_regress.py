"""`xinzhi regress`: the contract of its JSON, and the reference cases through the command."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS
from scipy.stats import t as t_dist

import xinzhi as xz
from cases_econometrics import CASES, agrees, case, frame, simulated_panel
from cli_runner import attempt, call


def regress(path, entity, period, *words):
    """Call the command on a file and read its JSON."""
    done = call("regress", path, "--entity", entity, "--period", period, *words, "--format", "json")
    return json.loads(done.stdout)


def of_case(name, *words):
    """Call the command on the data of a case, under the names of its own columns."""
    found = case(name)
    keys = found["panel"]
    return found, regress(CASES / found["data_file"], keys["entity"], keys["time"], *words)


def slopes(document, key, names):
    rows = {row["name"]: row for row in document["coefficients"]}
    return [rows[name][key] for name in names]


GRUNFELD = ["--outcome", "inv", "--regressors", "value,capital"]
ERRORS = {
    "iid": ["--covariance", "iid"],
    "hc1": ["--covariance", "hc1"],
    "cluster": ["--cluster", "firm"],
    "cluster_areg": ["--cluster", "firm", "--as", "areg"],
}


@pytest.mark.parametrize("kind", ERRORS)
def test_grunfeld_two_ways(kind):
    """Slopes, errors, t, p and fit are those of R fixest, for each kind of errors."""
    found, document = of_case("grunfeld_fe_twoway", *GRUNFELD, *ERRORS[kind])
    expected = found["expected"]
    errors = expected["vcov"][kind]
    names = list(errors["coef"])

    agrees(slopes(document, "estimate", names), errors["coef"], found)
    agrees(slopes(document, "std_error", names), errors["se"], found)
    agrees(slopes(document, "statistic", names), errors["t"], found)
    # Ten firms: CR2 judges where errors are clustered, and the usual p stands beside.
    agrees(slopes(document, "usual_p", names), errors["p"], found)
    is_few = document["covariance"]["kind"] == "cluster"
    assert {c["judge"] for c in document["coefficients"]} == {"cr2" if is_few else "t"}
    assert document["n"] == expected["N"]
    assert document["covariance"]["df"] == errors["df"]
    fit = document["fit"]
    agrees(
        [fit["r2"], fit["r2_adj"], fit["r2_within"], fit["rss"], fit["constant"]],
        [expected[key] for key in ("r2", "r2_adj", "r2_within", "rss", "cons_stata")],
        found,
    )


def test_the_names_of_the_contract():
    """Keys of the document are the ones that scripts rely on."""
    _, document = of_case("grunfeld_fe_twoway", *GRUNFELD, "--cluster", "firm")

    assert {"n", "n_singletons", "dropped", "coefficients", "fit", "covariance"} <= set(document)
    assert set(document["coefficients"][0]) == {
        "name",
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "ci_low",
        "ci_high",
        "judge",
        "judge_se",
        "df",
        "usual_p",
        "effective_clusters",
    }
    assert {"r2", "r2_adj", "r2_within", "f", "f_df1", "f_df2", "rss"} <= set(document["fit"])
    assert {"kind", "clusters", "rule"} <= set(document["covariance"])


MEDIATION = {
    ("m", "x"): ("a", "se_a"),
    ("y", "x"): ("total", "se_total"),
    ("y", "x,m"): ("direct", "se_direct"),
    ("y", "m"): ("m_only", "se_m_only"),
}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("iid", ["--covariance", "iid"]),
        ("cluster_city", ["--cluster", "city"]),
        ("cluster_city", []),
    ],
)
@pytest.mark.parametrize("equation", MEDIATION, ids=str)
def test_the_equations_of_a_planted_mediation(equation, kind, words):
    """Each equation of the planted mediation has the slopes and errors of R fixest."""
    outcome, regressors = equation
    found, document = of_case(
        "sim_mediation_planted",
        *("--outcome", outcome, "--regressors", regressors, "--controls", "c1,c2"),
        *words,
    )
    expected = found["expected"][kind]
    pair = (document["coefficients"][0]["estimate"], document["coefficients"][0]["std_error"])

    agrees(pair, [expected[key] for key in MEDIATION[equation]], found)
    assert document["n"] == found["expected"]["N"]


KINDS = {
    "se_iid": ["--covariance", "iid"],
    "se_hc1": ["--covariance", "hc1"],
    "se_cluster_city": ["--cluster", "city"],
    "se_cluster_prov": ["--cluster", "prov"],
    "se_cluster_prov_full": ["--cluster", "prov", "--as", "areg"],
}


@pytest.mark.parametrize("singletons", ["keep", "drop"])
@pytest.mark.parametrize("kind", KINDS)
def test_unbalanced_with_singletons(singletons, kind):
    """Gaps, singletons kept and dropped, clusters that nest the effects: R fixest, each rule."""
    found, document = of_case(
        "unbalanced_singletons_nested",
        *("--outcome", "y", "--regressors", "x", "--controls", "c1", "--singletons", singletons),
        *KINDS[kind],
    )
    expected = found["expected"][singletons]

    assert document["n"] == expected["N"]
    agrees(slopes(document, "estimate", ["x", "c1"]), expected["coef"], found)
    agrees(slopes(document, "std_error", ["x", "c1"]), expected[kind], found)
    agrees(document["fit"]["r2_adj"], [expected["r2"]["ar2"]], found)
    agrees(document["fit"]["r2_within"], [expected["r2"]["wr2"]], found)


def test_longley_without_effects(tmp_path):
    """NIST's Longley through the command: nine digits of slopes and errors."""
    found = case("nist_longley")
    data = frame(found)
    data.to_csv(tmp_path / "longley.csv")

    document = regress(
        tmp_path / "longley.csv",
        "entity",
        "period",
        *("--outcome", "y", "--regressors", "x1,x2,x3,x4,x5,x6", "--effects", "none"),
    )

    rows = {row["name"].replace("_cons", "const"): row for row in document["coefficients"]}
    expected = found["expected"]
    for name, value in expected["coef"].items():
        assert rows[name]["estimate"] == pytest.approx(value, rel=1e-9)
        assert rows[name]["std_error"] == pytest.approx(expected["se"][name], rel=1e-9)


@pytest.fixture
def instrumented(tmp_path):
    """Make a panel in which z and w move x1, and x1 is endogenous."""
    data = simulated_panel(3, n_entities=30)
    draw = np.random.default_rng(7)
    u = draw.normal(size=len(data))
    data["z"], data["w"] = draw.normal(size=len(data)), draw.normal(size=len(data))
    data["x1"] = data["z"] + 0.5 * data["w"] + u
    data["y"] = 0.4 * data["x1"] + u + draw.normal(size=len(data))
    data["weak"] = draw.normal(size=len(data))
    data.to_csv(tmp_path / "iv.csv")
    return tmp_path / "iv.csv", data


def test_two_stage_least_squares(instrumented):
    """Linearmodels' IV2SLS on demeaned columns has the same slope (1e-9); J is there, F is large."""
    path, data = instrumented
    words = ("--outcome", "y", "--regressors", "x1", "--effects", "entity", "--cluster", "entity")

    document = regress(
        path, "entity", "period", *words, "--instruments", "z,w", "--endogenous", "x1"
    )

    within = data - data.groupby(level=0).transform("mean")
    fitted = IV2SLS(within["y"], None, within["x1"], within[["z", "w"]]).fit()
    assert document["coefficients"][0]["estimate"] == pytest.approx(fitted.params["x1"], abs=1e-9)
    tests = document["instruments"]
    assert tests["effective_f"]["value"] > tests["critical_value"] > 10
    assert (tests["is_weak"], tests["stars_by"], tests["tau"]) == (
        False,
        document["coefficients"][0]["judge"],
        0.1,
    )
    assert tests["kleibergen_paap_f"]["value"] > 100
    assert tests["under_identification"]["p"] < 0.01
    assert tests["stock_yogo"]["size"]["0.1"] == 19.93
    assert 0 < tests["over_identification"]["p"] < 1
    assert tests["endogeneity"]["p"] < 0.05
    low, high = tests["anderson_rubin"]["intervals"][0]
    assert low < 0.4 < high


def test_weak_instruments_are_called_so(instrumented):
    """An instrument that moves nothing: a notice, and the set is open."""
    path, _ = instrumented
    words = ("--outcome", "y", "--regressors", "x1", "--effects", "entity")

    document = regress(
        path, "entity", "period", *words, "--instruments", "weak", "--endogenous", "x1"
    )

    assert document["instruments"]["is_weak"]
    assert document["instruments"]["stars_by"] == "anderson_rubin"
    assert [w["code"] for w in document["warnings"] if w["code"] == "iv.weak"]


def test_the_declared_tau_is_in_force(instrumented):
    """--tau chooses the critical value; without instruments it judges nothing and is refused."""
    path, _ = instrumented
    words = ("--outcome", "y", "--regressors", "x1", "--effects", "entity")

    document = regress(
        path, "entity", "period", *words,
        "--instruments", "z", "--endogenous", "x1", "--tau", "0.3",
    )  # fmt: skip
    done = attempt(
        "regress", path, "--entity", "entity", "--period", "period", *words, "--tau", "0.3",
        "--lang", "en",
    )  # fmt: skip

    assert document["instruments"]["critical_value"] == pytest.approx(12.05, abs=0.005)
    assert done.code == 1
    assert "leave `tau` out" in done.stderr


@pytest.mark.parametrize("words", [["--instruments", "z"], ["--endogenous", "x1"]])
def test_one_without_the_other_is_refused(instrumented, words):
    """Instruments without what they stand for have no meaning."""
    path, _ = instrumented

    done = attempt(
        "regress", path, "--entity", "entity", "--period", "period", "--outcome", "y",
        "--regressors", "x1", *words, "--lang", "en",
    )  # fmt: skip

    assert done.code == 1
    assert "--endogenous" in done.stderr


def test_instruments_are_written_in_two_ways(instrumented):
    """`z,w` with --endogenous, or the mapping of the study file: the same document."""
    path, _ = instrumented
    words = ("--outcome", "y", "--regressors", "x1", "--effects", "entity")

    listed = regress(path, "entity", "period", *words, "--instruments", "z,w", "--endogenous", "x1")
    mapped = regress(path, "entity", "period", *words, "--instruments", "{x1: [z, w]}")

    assert listed == mapped
    assert listed["options"]["instruments"] == {"x1": ["z", "w"]}


def test_options_of_a_column_reach_the_command(instrumented):
    """Window, percentiles, replaced variables and dropped rows: those of `xz.fit`, stated among the options."""
    path, data = instrumented
    years = sorted(data.index.get_level_values("period").unique())
    window = [int(years[1]), int(years[-2])]
    gone = str(data.index.get_level_values("entity")[0])
    words = ("--outcome", "y", "--regressors", "x1", "--window", str(window))

    document = regress(
        path, "entity", "period", *words,
        "--winsorise", "[5, 95]", "--replace", "{x1: w}", "--drop", f"{{entity: '{gone}'}}",
        "--covariance", "{driscoll_kraay: 1}",
    )  # fmt: skip

    expected = xz.fit(
        pd.read_csv(path, dtype={"entity": str}), outcome="y", regressors="x1", window=window,
        winsorise=(5, 95), replace={"x1": "w"}, drop={"entity": gone}, covariance="driscoll_kraay",
        lag=1, entity="entity", period="period",
    )  # fmt: skip
    (row,) = document["coefficients"]
    assert (row["name"], row["estimate"]) == ("w", pytest.approx(expected.estimate[0], rel=1e-12))
    assert row["std_error"] == pytest.approx(expected.std_error[0], rel=1e-12)
    assert document["n"] == expected.n < len(data)
    options = document["options"]
    assert (options["window"], options["winsorise"]) == (window, [5, 95])
    assert (options["replace"], options["drop"]) == ({"x1": "w"}, {"entity": [gone]})
    assert options["covariance"]["lag"] == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_prints_the_tests(instrumented, lang):
    """As a table the tests of the instruments stand below the slopes."""
    path, _ = instrumented

    done = call(
        "regress", path, "--entity", "entity", "--period", "period", "--outcome", "y",
        "--regressors", "x1", "--instruments", "z", "--endogenous", "x1", "--lang", lang,
    )  # fmt: skip

    assert "[" in done.stdout
    assert "x1" in done.stdout
    assert "16.38 / 8.96 / 6.66 / 5.53" in done.stdout
    assert "37.42 / 23.11 / 15.06 / 12.05" in done.stdout
    assert "Kleibergen-Paap rk Wald F" in done.stdout


def test_a_perfect_fit_is_printed_and_ends_with_1(tmp_path):
    """Slopes without a test: all is printed with the reason, and the exit code says it (E1)."""
    data = simulated_panel(1, n_entities=6)
    data["sum"] = 2 * data["x1"] - data["x2"]
    data.to_csv(tmp_path / "data.csv")
    entity, period = data.index.names

    done = call(
        "regress", tmp_path / "data.csv", "--entity", entity, "--period", period,
        "--outcome", "sum", "--regressors", "x1,x2", "--format", "json", code=1,
    )  # fmt: skip

    document = json.loads(done.stdout)
    np.testing.assert_allclose(slopes(document, "estimate", ["x1", "x2"]), [2, -1], rtol=1e-9)
    assert slopes(document, "p_value", ["x1", "x2"]) == [None, None]
    assert "reg.perfect_fit" in {one["code"] for one in document["warnings"]}


def test_the_level_of_intervals_is_declared(tmp_path):
    """Intervals of 90 %: half a width is the quantile of t times the error, and the headings say 90%."""
    data = simulated_panel(5, n_entities=60, keep=0.9)
    path = tmp_path / "panel.csv"
    data.reset_index().to_csv(path, index=False)
    keys = ["--entity", data.index.names[0], "--period", data.index.names[1]]
    model = ["--outcome", "y", "--regressors", "x1,x2", "--cluster", "entity"]
    wide, narrow = (
        json.loads(call("regress", path, *keys, *model, *level, "--format", "json").stdout)
        for level in ([], ["--level", "0.9"])
    )
    fitted = xz.fit(data, outcome="y", regressors=["x1", "x2"], cluster="entity", level=0.9)
    assert (wide["options"]["level"], narrow["options"]["level"]) == (0.95, 0.9)
    for row, other in zip(narrow["coefficients"], wide["coefficients"], strict=True):
        half = t_dist.ppf(0.95, row["df"]) * row["judge_se"]
        np.testing.assert_allclose(
            [row["ci_low"], row["ci_high"]], [row["estimate"] - half, row["estimate"] + half]
        )
        assert other["ci_low"] < row["ci_low"]
        frame_row = fitted.to_frame().loc[row["name"]]
        np.testing.assert_allclose(frame_row["ci_low"], row["ci_low"], rtol=1e-10)
    for lang, heading in (("en", "90% low"), ("zh", "90% 下限")):
        done = call("regress", path, *keys, *model, "--level", "0.9", "--lang", lang)
        assert heading in done.stdout
    refused = attempt("regress", path, *keys, *model, "--level", "90", "--lang", "en")
    assert refused.code == 1
    assert "write 0.95 for intervals of 95 %." in refused.stderr


def test_a_table_of_intervals_says_their_level():
    """The level of the fits where they have one; none where they differ, or where a frame does not say it."""
    data = simulated_panel(5, n_entities=60, keep=0.9)
    usual, narrow = (
        xz.fit(data, outcome="y", regressors="x1", level=level) for level in (0.95, 0.9)
    )
    for fits, words in (
        ([narrow], "90% confidence intervals in brackets"),
        ([usual], "95% confidence intervals in brackets"),
        ([usual, narrow], "Note: confidence intervals in brackets"),
        ([narrow.to_frame()], "Note: confidence intervals in brackets"),
    ):
        assert words in str(xz.table(fits, under="interval"))
    assert "方括号内为 90% 置信区间" in str(xz.table([narrow], under="interval", language="zh"))


def test_an_open_end_is_called_the_same_in_csv_and_json(tmp_path):
    """An instrument that says nothing: the Anderson-Rubin set has no ends, which is known, and not missing."""
    draw = np.random.default_rng(1)
    index = [(city, year) for city in range(40) for year in range(2010, 2016)]
    frame = pd.DataFrame(index, columns=["city", "year"])
    frame[["z", "x", "y"]] = draw.normal(size=(len(index), 3))
    frame.to_csv(tmp_path / "d.csv", index=False)
    words = (
        *("regress", tmp_path / "d.csv", "--entity", "city", "--period", "year", "--outcome", "y"),
        *("--regressors", "x", "--instruments", "z", "--endogenous", "x", "--effects", "entity"),
    )
    (row,) = csv.DictReader(io.StringIO(call(*words, "--format", "csv").stdout))
    (found,) = json.loads(call(*words, "--format", "json").stdout)["coefficients"]

    assert (row["ci_low"], row["ci_high"]) == ("-inf", "inf") == (found["ci_low"], found["ci_high"])
    assert (row["df"], found["df"]) == ("", None)  # a test without degrees of freedom
    assert (row["set"], found["set"]) == ("(-inf, inf)", [["-inf", "inf"]])
