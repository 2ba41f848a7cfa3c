"""A small panel, and one call of every function of Python that takes data."""

from __future__ import annotations

import numpy as np
import pandas as pd

import xinzhi as xz

ROLES = {"inputs": ["labour", "capital"], "good_outputs": "gdp"}
MODEL = {"outcome": "y", "regressors": ["x", "w"]}
NUMBERS = ["labour", "capital", "gdp", "waste", "share", "x", "w", "m", "y"]
CLASSES = {"low": "< 1.5", "high": ">= 1.5"}
KEYS = {"entity": "city", "period": "year"}


PLACES = [
    "北京市",
    "天津市",
    "河北省",
    "山西省",
    "河南省",
    "山东省",
    "江苏省",
    "安徽省",
    "浙江省",
    "陕西省",
]


def panel():
    """Ten places with known neighbours over five years, keys as columns."""
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([PLACES, range(2008, 2013)])
    frame = index.to_frame(index=False, name=["city", "year"])
    for name in NUMBERS[:4]:
        frame[name] = rng.uniform(1, 2, len(frame))
    frame["share"] = rng.uniform(0.1, 0.9, len(frame))
    for name in NUMBERS[5:]:
        frame[name] = rng.normal(size=len(frame))
    frame["part"], frame["product"] = 1 - frame["share"], frame["labour"] * frame["gdp"]
    frame["far"], frame["wide"] = 1000 * frame["waste"], 900 * frame["capital"]
    frame["half"] = np.where(frame["city"].isin(PLACES[:4]), "a", "b")
    return frame


def _theirs():
    return panel()[["city", "year", "gdp"]]


CALLS = {
    "evaluate": lambda f, k: xz.evaluate(f, **ROLES, bad_outputs="waste", **k),
    "productivity": lambda f, k: xz.productivity(f, index="gml", **ROLES, bad_outputs="waste", **k),
    "bootstrap_scores": lambda f, k: xz.bootstrap_scores(f, **ROLES, draws=5, size=5, seed=1, **k),
    "explain_scores": lambda f, k: xz.explain_scores(
        f, theirs=_theirs(), their_entity="city", their_period="year",
        inputs="labour", good_outputs="gdp", measure="radial", **k,
    ),
    "scale_efficiency": lambda f, k: xz.scale_efficiency(f, **ROLES, **k),
    "second_stage": lambda f, k: xz.second_stage(
        f, **ROLES, regressors="x", draws=40, measure="radial", **k
    ),
    "fit": lambda f, k: xz.fit(f, **MODEL, **k),
    "fit, random effects": lambda f, k: xz.fit(f, **MODEL, estimator="re", effects="entity", **k),
    "fit, fractional logit": lambda f, k: xz.fit(
        f, outcome="share", regressors="x", estimator="fractional_logit", **k
    ),
    "fit, Driscoll-Kraay": lambda f, k: xz.fit(f, **MODEL, covariance="dk", **k),
    "fit, instruments": lambda f, k: xz.fit(
        f, outcome="y", regressors="x", instruments={"x": ["w"]}, **k
    ),
    "fit, formula": lambda f, k: xz.fit(f, "y ~ x + x^2 + L1.w | half", **k),
    "fit, several": lambda f, k: xz.fit(f, "c(y, m) ~ csw(x, w)", **k),
    "regress": lambda f, k: xz.regress(f, **MODEL, **k),
    "vif": lambda f, k: xz.vif(f, **MODEL, **k),
    "hausman": lambda f, k: xz.hausman(f, **MODEL, **k),
    "mediate": lambda f, k: xz.mediate(f, outcome="y", regressors="x", through="m", draws=40, **k),
    "moderate": lambda f, k: xz.moderate(
        f, outcome="y", regressors="x", moderators="w", paths="x -> y", **k
    ),
    "compare_groups": lambda f, k: xz.compare_groups(f, **MODEL, by="half", draws=20, **k),
    "describe": lambda f, k: xz.describe(f, variables=["x", "y"], **k),
    "diagnose": lambda f, k: xz.diagnose(f, **MODEL, tests="effects_f", **k),
    "specification_curve": lambda f, k: xz.specification_curve(
        f, **MODEL, vary={"effects": [["entity"], ["entity", "period"]]}, **k
    ),
    "convergence": lambda f, k: xz.convergence(f, score="gdp", **k),
    "entropy_index": lambda f, k: xz.entropy_index(f, positive=["x", "gdp"], negative="waste", **k),
    "obstacles": lambda f, k: xz.obstacles(f, positive=["x", "gdp"], negative="waste", **k),
    "coupling": lambda f, k: xz.coupling(f, of=["share", "part"], **k),
    "tapio": lambda f, k: xz.tapio(f, of="waste", by="gdp", **k),
    "decompose": lambda f, k: xz.decompose(f, of="product", factors=["labour", "gdp"], **k),
    "inequality": lambda f, k: xz.inequality(f, score="gdp", regions="half", **k),
    "ellipse": lambda f, k: xz.ellipse(f, score="gdp", x="far", y="wide", **k),
    "density": lambda f, k: xz.density(f, score="gdp", **k),
    "detector": lambda f, k: xz.detector(
        f, outcome="gdp", factors="x", by="half", strata={"quantiles": 3}, **k
    ),
    "rank": lambda f, k: xz.rank(f, score="gdp", **k),
    "transitions": lambda f, k: xz.transitions(f, score="gdp", classes=CLASSES, **k),
    "spatial_markov": lambda f, k: xz.spatial_markov(f, score="gdp", neighbours="built_in", classes=2, **k),
    "classify": lambda f, k: xz.classify(f, score="gdp", classes=CLASSES, **k),
    "moran": lambda f, k: xz.moran(f, score="gdp", neighbours="built_in", permutations=99, **k),
    "local_moran": lambda f, k: xz.local_moran(f, score="gdp", neighbours="built_in", permutations=99, **k),
    "hot_spots": lambda f, k: xz.hot_spots(f, score="gdp", neighbours="built_in", **k),
    "profile": lambda f, k: xz.profile(f, **k),
    "prepare_panel": lambda f, k: xz.prepare_panel(
        f, {"d": {"step": "difference", "column": "x", "by": 1}}, **k
    ),
}  # fmt: skip
"""Name -> call with a frame and its keys."""
NO_DATA = {"audit", "compare", "pathways", "read", "run", "table"}
"""Functions that take no table of data."""
