"""A made study in which every analysis with draws computes something, in seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

STUDY = """\
title: Draws
seed: 5
sources: {d: {file: d.csv, entity: city, period: year}}
panel: {from: d}
efficiency: {e: {measure: radial, returns_to_scale: constant, inputs: [labour], good_outputs: [gdp]}}
variables: {transform: none, e: {from: e}, talent: {column: talent}, firms: {column: firms}, policy: {column: policy}, wealth: {column: wealth}}
groups: {region: {column: region}}
tables:
  base:
    outcome: e
    effects: [entity, period]
    columns: [{x: [talent, wealth]}, {x: [talent, L1.e]}, {x: [talent, wealth], winsorise: [5, 95]}]
mediation: {through: {from: base/1, through: [firms], draws: 40}}
moderation: {tools: {from: base/1, moderators: [policy], lag: 0, paths: [talent -> firms, firms -> e], draws: 40}}
heterogeneity: {groups: {from: base/1, by: [region], draws: 40}}
second_stage: {why: {score: e, regressors: [wealth], draws: 40, bias_draws: 5}}
inference:
  level: 0.2
  scores: {draws: 10, level: 0.8, size: 8}
  whole_study: {draws: 16, level: 0.8}
  leave_one_out: {}
  placebo: {factors: [talent], draws: 20}
report: {formats: [md], languages: [en]}
"""
N, YEARS = 22, 5


def frame(seed: int = 4) -> pd.DataFrame:
    """Draw cities; talent moves firms, both move output."""
    rng = np.random.default_rng(seed)
    cities, years = [f"c{i:02d}" for i in range(N)], range(2010, 2010 + YEARS)
    index = pd.MultiIndex.from_product([cities, years], names=["city", "year"])
    n = len(index)
    data = {name: rng.normal(size=n).round(6) for name in ("talent", "policy", "wealth", "noise")}
    firms = (0.6 * data["talent"] + rng.normal(size=n)).round(6)
    labour = np.exp(rng.normal(0, 0.3, n)).round(6)
    gdp = labour * np.exp(0.2 * data["talent"] + 0.2 * firms - np.abs(rng.normal(0, 0.3, n)))
    region = np.repeat([i % 2 for i in range(N)], YEARS)
    columns = {**data, "firms": firms, "labour": labour, "gdp": gdp.round(6), "region": region}
    return pd.DataFrame(columns, index=index).reset_index()


def renamed(data: pd.DataFrame, seed: int = 9) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give the cities other names, in another order, and shuffle the rows."""
    rng = np.random.default_rng(seed)
    cities = sorted(set(data["city"]))
    words = [f"{'甲乙丙丁'[i % 4]}市{i}" for i in rng.permutation(len(cities))]
    names = dict(zip(cities, words, strict=True))
    other = data.assign(city=data["city"].map(names))
    return other.sample(frac=1.0, random_state=3), names


def write(folder: Path, data: pd.DataFrame | None = None, study: str = STUDY) -> Path:
    """Write the study and its data; give the study file."""
    folder.mkdir(parents=True, exist_ok=True)
    (frame() if data is None else data).to_csv(folder / "d.csv", index=False)
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    return folder / "study.yaml"
