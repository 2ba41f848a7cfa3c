"""The exported scripts: R is run, Stata is read."""

# 1e-8: the R script regresses on explicit dummies.

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import simulated_panel
from needs import R
from xinzhi_core.errors import MissingColumn
from xinzhi_econometrics.export.exported import export, r_script, safe_names, stata_script
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

HOWS = {
    "iid": Covariance(),
    "hc1": Covariance("hc1"),
    "cluster": Covariance("cluster", ("entity",)),
    "areg": Covariance("cluster", ("province",), rule="areg"),
    "stata": Covariance("cluster", ("province",), rule="stata"),
    "two way": Covariance("two_way", ("entity", "period")),
    "across": Covariance("cluster", ("industry",)),
    "driscoll-kraay": Covariance("driscoll_kraay", lag=2),
}


def study():
    """Estimate regressions of every kind of error and of effects, on rows with gaps."""
    data = simulated_panel(3, n_entities=20)
    data = data.rename(columns={"x1": '人才 "HEE"', "x2": "x × w"})
    data["twin"] = data["x × w"] * 2
    data.iloc[::11, data.columns.get_loc("x × w")] = np.nan
    data["noise"] = np.random.default_rng(0).normal(size=len(data))
    slopes = ('人才 "HEE"',)
    models = {
        f"{name}/{'-'.join(effects) or 'pooled'}": fit(
            data, Regression("y", slopes, ("x × w", "twin"), effects, how)
        )
        for name, how in HOWS.items()
        for effects in (("entity", "period"), ("entity",), ())
        if not (name == "across" and effects == ())
    }
    for rule in ("areg", "stata"):
        how = Covariance("driscoll_kraay", lag=1, rule=rule)
        models[f"driscoll-kraay {rule}"] = fit(data, Regression("y", slopes, covariance=how))
    for effects in (("entity", "period"), ()):
        how = Covariance("two_way", ("industry", "period"))
        found = fit(data, Regression("y", slopes, ("x × w", "noise"), effects, how))
        assert found.covariance.was_repaired
        models[f"repaired/{'-'.join(effects) or 'pooled'}"] = found
    years = data[data.index.get_level_values(1) != 2004]
    how = Covariance("driscoll_kraay", lag=2)
    models["driscoll-kraay gap"] = fit(years, Regression("y", slopes, covariance=how))
    assert models["driscoll-kraay gap"].covariance.has_gaps
    models["all rows"] = fit(data, Regression("y", slopes))
    return data, models


@pytest.mark.long
def test_r_script_gives_every_number(tmp_path):
    """Every coefficient and error of the study comes out of the R script again."""
    if shutil.which("Rscript") is None:
        pytest.skip(R)
    data, models = study()
    found = export(data, models)
    (tmp_path / "panel.csv").write_text(found.to_csv(), encoding="utf-8")
    (tmp_path / "study.R").write_text(r_script(found), encoding="utf-8")

    done = subprocess.run(
        ["Rscript", "--vanilla", "study.R"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )

    if "install.packages" in done.stderr:
        pytest.skip(R)
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "study_R.csv")
    for name, estimates in models.items():
        rows = table[table["model"] == name]
        assert tuple(rows["name"]) == estimates.names
        np.testing.assert_allclose(rows["estimate"], estimates.estimate, rtol=1e-8)
        np.testing.assert_allclose(rows["std_error"], estimates.std_error, rtol=1e-8)


def test_stata_script_has_a_command_a_regression():
    """Each regression is one command with the absorbed effects, errors and rows that it had."""
    data, models = study()

    text = stata_script(export(data, models))

    assert 'label variable var_4 "人才  HEE "' in text
    assert "reghdfe y var_4 var_5 if rows_1 == 1, absorb(id_1 id_2)\n" in text
    assert "reghdfe y var_4 var_5 if rows_4 == 1, absorb(id_1 id_2) vce(robust)" in text
    assert "reghdfe y var_4 var_5 if rows_7 == 1, absorb(id_1 id_2) vce(cluster id_1)" in text
    assert "areg y var_4 var_5 i.id_2 if rows_10 == 1, absorb(id_1) vce(cluster id_3)" in text
    assert "vce(cluster id_1 id_2)" in text
    assert "regress y var_4 var_5 if rows_9 == 1, vce(cluster id_1)" in text
    assert "xtscc y var_4 var_5 i.period if" in text
    assert "reghdfe y var_4, absorb(id_1 id_2)" in text


def test_hostile_names_stay_text():
    """Quotes, macros and line ends in names cannot become code."""
    data = simulated_panel()
    evil = 'x"); system("rm -rf /")\n`shell\' $S'
    data[evil] = data["x1"]
    found = export(data, {evil: fit(data, Regression("y", (evil,)))})

    r, stata = r_script(found), stata_script(found)

    assert '"x\\"); system(\\"rm -rf /\\")\\n`shell\' $S"' in r
    assert not {"`", "$"} & set(stata)
    assert stata.count("system") == 2  # in a label and in a comment


def test_columns_must_be_in_the_panel():
    """A regression on a column that the exported panel has not is refused."""
    data = simulated_panel()
    estimates = fit(data, Regression("y", ("x1",)))

    with pytest.raises(MissingColumn):
        export(data.drop(columns="x1"), {"a": estimates})


def test_safe_names_are_unique():
    """Names that Stata does not take are numbered, and never meet a name that is there."""
    names = safe_names(("var_2", "年", "v1", "if", "a" * 40, "ok"))

    assert len(set(names.values())) == 6
    assert names["ok"] == "ok"


def without_comments(text: str) -> list[str]:
    """Take comments out of a do-file as Stata does: blocks first, also in quotes and comment lines.

    Stata manual, [U] 16.1.2: blocks nest; /// joins the next line; // and a leading * end the line.
    """
    kept, depth, at = "", 0, 0
    while at < len(text):
        pair = text[at : at + 2]
        if pair == "/*" or (depth and pair == "*/"):
            depth, at = depth + (1 if pair == "/*" else -1), at + 2
        elif not depth and text[at : at + 3] == "///":
            at = text.find("\n", at) + 1 or len(text)
        elif not depth and pair == "//":
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        else:
            kept += "" if depth else text[at]
            at += 1
    return [line for line in kept.splitlines() if line and not line.startswith("*")]


@pytest.mark.parametrize(
    "name", ["a /* b", "a */ b", "all ///", "* star", "http://x", "/*", "*/*", "//", "a*/b/*"]
)
def test_signs_of_comments_in_values_hide_no_command(name):
    """A name with /*, */, // or /// costs no line: labels and comments stay what they are."""
    data = simulated_panel(3, n_entities=20).rename(columns={"x1": name})
    models = {f"{name}/{n}": fit(data, Regression("y", (name,), ("x2",))) for n in (1, 2)}

    lines = without_comments(stata_script(export(data, models)))

    starts = [line.split()[0] for line in lines]
    assert starts.count("reghdfe") == len(models)
    assert starts.count("rename") == len(export(data, models).frame.columns)
    assert starts.count("label") == starts.count("rename")
    assert all(line.count('"') == 2 for line in lines if line.startswith("label"))
