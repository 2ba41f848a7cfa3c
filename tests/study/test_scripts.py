"""The exported scripts hold every regression of a study: R is run, Stata is read and estimated."""

# 1e-8: the R script regresses on explicit dummies.

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from cli_runner import call
from made_mechanism import STUDY, panel, write_study
from needs import R
from stata_reader import run_do_file, same
from xinzhi.study.run import run
from xinzhi_econometrics.estimates import Estimates

pytestmark = pytest.mark.long

MORE = """\
      - {covariance: {driscoll_kraay: 2}}
      - {covariance: {two_way: [entity, period]}}
      - {covariance: {cluster: region, as: stata}}
      - {covariance: {cluster: entity, as: areg}}
      - {effects: [entity]}
      - {effects: []}
  instrumented:
    from: baseline/1
    instruments: {talent: [distance]}
    columns:
      - {}
      - {instruments: {talent: [distance, students]}, covariance: hc1}
      - {effects: [], covariance: iid}
"""
OLD = "  instrumented: {from: baseline/1, instruments: {talent: [distance]}, columns: [{}]}\n"
MODELS = {
    *(f"baseline/{n}" for n in (1, 2)),
    *(f"robustness/{n}" for n in range(1, 12)),
    *(f"instrumented/{n}" for n in (1, 2, 3)),
    *(f"mechanism/{n}" for n in ("total", "firms/first", "firms/second", "firms/alone")),
    *(
        f"tools/{x} -> {y} | policy{within}"
        for x, y in (("talent", "firms"), ("patents", "firms"), ("firms", "green"))
        for within in ("", "/within")
    ),
    *(
        f"tools/{x} -> firms -> | policy/{stage}"
        for x in ("talent", "patents")
        for stage in ("first", "second")
    ),
    *(f"cities/region/{g}" for g in ("east", "other")),
    *(f"cities/size/{g}" for g in ("high", "low")),
}


def frame() -> pd.DataFrame:
    """Give the panel gaps, so that samples and lags differ."""
    found = panel()
    found.iloc[::17, found.columns.get_loc("firms")] = np.nan
    return found.loc[found.index != ("c03", 2012)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scripts")
    assert OLD in STUDY
    write_study(folder, frame(), STUDY.replace(OLD, MORE))
    call("run", folder)
    return folder


@pytest.fixture(scope="module")
def models(folder) -> dict[str, Estimates]:
    """Estimates of all regressions of the study, under the names of the scripts."""
    result = run(folder / "study.yaml", results=folder / "results", computes=False)
    found = {
        f"{t}/{i}": one
        for t, row in result.results["tables"].items()
        for i, one in enumerate(row.fitted, 1)
    }
    mediation = result.results["mediation"]["mechanism"]
    found["mechanism/total"] = mediation.total
    for kind in ("first", "second", "alone"):
        found[f"mechanism/firms/{kind}"] = getattr(mediation.through[0], kind)
    for path in result.results["moderation"]["tools"].paths:
        name = f"tools/{path.focal} -> {path.outcome} | {path.moderator}"
        found |= {name: path.found.estimates, f"{name}/within": path.found.double_demeaned}
    for chain in result.results["moderation"]["tools"].chains:
        name = f"tools/{chain.focal} -> {chain.mediator} -> | {chain.moderator}"
        found |= {f"{name}/first": chain.found.first, f"{name}/second": chain.found.second}
    for by, compared in result.results["heterogeneity"]["cities"].groupings.items():
        found |= {f"cities/{by}/{group}": one for group, one in compared.groups}
    return found


def test_no_regression_is_missing(folder, models):
    """Tables, instruments, mediation, lagged moderation, chains and groups: all are in the scripts."""
    text = (folder / "results" / "scripts" / "study.R").read_text(encoding="utf-8")

    assert set(models) == MODELS
    assert {name for name in MODELS if f'estimate(name = "{name}"' in text} == MODELS
    assert text.count("estimate(name = ") == len(MODELS)


def test_scripts_name_what_is_lagged(folder, models):
    """Slopes of the moderated paths stand in the scripts under the names of their lags."""
    text = (folder / "results" / "scripts" / "study.R").read_text(encoding="utf-8")

    for name in (name for name in models if name.startswith("tools/")):
        call = text.partition(f'estimate(name = "{name}"')[2].partition("slopes = c(")[2]
        slopes = call.partition(")")[0].split(", ")
        assert slopes
        assert all(slope.startswith('"L1.') for slope in slopes), slopes


def test_r_gives_every_slope_and_error(folder, models):
    """Every regression of the study comes out of R again, to 1e-8."""
    if shutil.which("Rscript") is None:
        pytest.skip(R)
    scripts = folder / "results" / "scripts"
    done = subprocess.run(
        ["Rscript", "--vanilla", "study.R"], cwd=scripts, capture_output=True, text=True, check=False,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )  # fmt: skip
    if "install.packages" in done.stderr:
        pytest.skip(R)
    assert done.returncode == 0, done.stderr

    found = pd.read_csv(scripts / "study_R.csv").set_index("model")

    assert set(found.index) == MODELS
    for model, ours in models.items():
        rows = found.loc[[model]]
        np.testing.assert_allclose(rows["estimate"], ours.estimate, rtol=1e-8, err_msg=model)
        np.testing.assert_allclose(rows["std_error"], ours.std_error, rtol=1e-8, err_msg=model)


def test_stata_asks_for_the_same_regressions(folder, models):
    """Each command of the do-file, read as Stata reads it, gives the slopes and errors of the study."""
    scripts = folder / "results" / "scripts"
    text = (scripts / "study.do").read_text(encoding="utf-8")

    found = run_do_file(text, (scripts / "panel.csv").read_text(encoding="utf-8"))

    assert set(found) == MODELS
    differ = {name for name, ours in models.items() if not same(found[name], ours, rtol=1e-8)}
    assert differ == set()
