"""Results in Python: the names that users of other packages know, notebooks, copies, tables and figures."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251 - users do it
import re
from importlib.resources import files

import linearmodels
import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import SpecError, StudyError

ROLES = {"inputs": ["l", "k"], "good_outputs": "g", "bad_outputs": "b"}
MODEL = {"outcome": "y", "regressors": ["x", "w"]}


@pytest.fixture(scope="module")
def frame():
    """Thirty cities over six years."""
    rng = np.random.default_rng(4)
    index = pd.MultiIndex.from_product([[f"c{i:02}" for i in range(30)], range(2008, 2014)])
    frame = pd.DataFrame(rng.normal(size=(180, 4)), index=index, columns=["x", "w", "m", "e"])
    frame["y"] = 0.3 * frame["x"] + frame["e"]
    frame[["l", "k", "g", "b"]] = rng.uniform(1, 2, (180, 4))
    frame["half"] = np.repeat(["a", "b"], 90)
    return frame.rename_axis(index=["city", "year"])


def test_estimates_have_the_names_that_users_of_linearmodels_know(frame):
    """And the same numbers; intervals of any level are those of the t distribution."""
    ours = xz.fit(frame, **MODEL, covariance="iid")
    model = linearmodels.PanelOLS(
        frame["y"], frame[["x", "w"]], entity_effects=True, time_effects=True
    )
    theirs = model.fit(cov_type="unadjusted")

    assert list(ours.params.index) == list(theirs.params.index)
    for name in ("params", "std_errors", "tstats", "pvalues"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-9)
    np.testing.assert_allclose(ours.cov, theirs.cov, rtol=1e-9)
    for level in (0.95, 0.9):
        np.testing.assert_allclose(ours.conf_int(level), theirs.conf_int(level), rtol=1e-9)
    assert ours.nobs == theirs.nobs
    assert ours.params.index.tolist() == ["x", "w"]
    np.testing.assert_allclose(ours.conf_int(), ours.to_frame()[["ci_low", "ci_high"]])


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.1])
def test_a_level_outside_its_range_is_refused(level, frame):
    """95 is no level."""
    with pytest.raises(SpecError, match=re.escape("0.95 for intervals of 95 %")):
        xz.fit(frame, **MODEL).conf_int(level)


def test_a_summary_says_what_was_estimated_and_how(frame):
    """Effects, clusters with their numbers, fit, what was dropped."""
    twice = frame.assign(z=2 * frame["w"])
    text = xz.fit(twice, outcome="y", regressors="x", controls=["w", "z"]).summary()

    for words in (
        "N 180",
        "entity (30), period (6)",
        "cluster by entity (30)",
        "dropped: z",
        "r2_within",
    ):
        assert words in text


RESULTS = {
    "evaluate": lambda f: xz.evaluate(f, **ROLES),
    "productivity": lambda f: xz.productivity(f, index="gml", **ROLES),
    "fit": lambda f: xz.fit(f, **MODEL),
    "instruments": lambda f: xz.fit(f, outcome="y", regressors="x", instruments={"x": ["w"]}),
    "vif": lambda f: xz.vif(f, **MODEL),
    "hausman": lambda f: xz.hausman(f, **MODEL),
    "mediate": lambda f: xz.mediate(f, outcome="y", regressors="x", through="m", draws=40),
    "moderate": lambda f: xz.moderate(
        f, outcome="y", regressors="x", moderators="w", paths="x -> y"
    ),
    "compare_groups": lambda f: xz.compare_groups(f, **MODEL, by="half", draws=20),
    "describe": lambda f: xz.describe(f, variables="x"),
    "diagnose": lambda f: xz.diagnose(f, **MODEL, tests="effects_f"),
    "convergence": lambda f: xz.convergence(f, score="g"),
    "inequality": lambda f: xz.inequality(f, score="g", regions="half"),
    "ellipse": lambda f: xz.ellipse(
        f.assign(a=1e3 * f["l"], b=1e3 * f["k"]), score="g", x="a", y="b"
    ),
    "density": lambda f: xz.density(f, score="g", by="half"),
    "detector": lambda f: xz.detector(f, outcome="y", factors="x", strata={"quantiles": 4}),
    "rank": lambda f: xz.rank(f, score="g"),
    "transitions": lambda f: xz.transitions(
        f, score="g", classes={"low": "< 1.5", "high": ">= 1.5"}
    ),
    "scale_efficiency": lambda f: xz.scale_efficiency(f, **ROLES),
    "profile": xz.profile,
    "table": lambda f: xz.table(xz.fit(f, **MODEL)),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_shown_briefly_pickled_and_copied(name, frame):
    """A notebook shows the head of each table, not 23,737 characters; a copy shows the same."""
    result = RESULTS[name](frame)

    shown = result._repr_html_()
    assert "<table" in shown
    assert len(shown) < 12_000
    for other in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):  # noqa: S301 - our own
        assert other._repr_html_() == shown


@pytest.fixture(scope="module")
def study():
    return xz.run(files("xinzhi") / "examples" / "oecd" / "study.yaml", only="baseline")


def test_a_study_gives_its_tables_as_objects(study):
    """The cells are those of the estimates, in both languages."""
    table = study.tables["baseline"].in_language("en")
    slopes = study.results["tables"]["baseline"].fitted[0].params

    printed = table.to_frame()
    label = printed.index[0]
    assert printed.iloc[0, 0].rstrip("*").replace("−", "-") == f"{slopes.iloc[0]:.3f}"
    assert label != study.tables["baseline"].in_language("zh").to_frame().index[0]
    assert r"\toprule" in table.to_latex()
    with pytest.raises(KeyError, match="did you mean 'baseline'"):
        study.tables["basline"]


@pytest.mark.long
def test_a_study_gives_its_figures_as_objects(study, tmp_path):
    """SVG, PNG, PDF, HTML; a suffix that is not a format has its nearest."""
    figure = next(iter(study.figures.values()))

    assert figure.to_svg().startswith("<svg")
    assert figure.to_png()[:4] == b"\x89PNG"
    assert figure.to_pdf()[:4] == b"%PDF"
    assert "<figcaption>" in figure.to_html()
    assert figure.save(tmp_path / "a.png").stat().st_size > 1000
    with pytest.raises(SpecError, match="did you mean 'png'"):
        figure.save(tmp_path / "a.pngg")


@pytest.mark.long
def test_a_study_is_pickled_and_equal_to_its_copy(study):
    """With its tables and figures."""
    other = pickle.loads(pickle.dumps(study))  # noqa: S301 - our own

    assert other == study
    assert other.tables["baseline"] == study.tables["baseline"]
    assert next(iter(other.figures.values())) == next(iter(study.figures.values()))


def test_settings_take_the_place_of_keys():
    """`settings` in Python is `--set`: another seed, said among the notices."""
    path = files("xinzhi") / "examples" / "oecd" / "study.yaml"
    study = xz.run(path, only="describe", settings={"seed": 7, "title": "x: y"})
    assert (study.spec.seed, study.spec.title.en) == (7, "x: y")
    assert any("seed=7" in str(one.text) for one in study.notices)
    with pytest.raises(StudyError, match="sed"):
        xz.run(path, settings={"sed": 7})
