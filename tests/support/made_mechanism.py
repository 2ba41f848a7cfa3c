"""A small made panel with a mechanism in it, and a study that uses every section."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

N_CITIES, YEARS = 24, tuple(range(2008, 2018))
STUDY = """\
title: A mechanism
seed: 3
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables:
  green: {column: green, label: {zh: 绿色, en: Green}}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  patents: {column: patents}
  students: {column: students}
  firms: {column: firms, label: {zh: 企业, en: Firms}}
  policy: {column: policy}
  control: {column: control}
  distance: {column: distance}
sets: {factors: [talent, patents], controls: [control]}
groups:
  region: {column: region, east: [1], other: rest, label: {zh: 区域, en: Region}}
  size: {column: control, split: median}
diagnostics: {of: baseline/1, tests: [vif, effects_f, hausman, mundlak, lm, serial_correlation, cross_section_dependence, unit_root, influence]}
tables:
  baseline:
    outcome: green
    covariance: {cluster: entity}
    columns: [{x: [factors, controls]}, {x: [factors]}]
  robustness:
    from: baseline/1
    columns:
      - {replace: {talent: students}}
      - {window: [2010, 2017]}
      - {winsorise: [1, 99]}
      - {covariance: hc1}
      - {drop: {region: east}}
  instrumented: {from: baseline/1, instruments: {talent: [distance]}, columns: [{}]}
mediation: {mechanism: {from: baseline/1, through: [firms], draws: 200}}
moderation: {tools: {moderators: [policy], lag: 1, paths: [factors -> firms, firms -> green], draws: 200}}
heterogeneity: {cities: {from: baseline/1, by: [region, size], draws: 200}}
specification_curve: {of: baseline/1, vary: {controls: each, effects: [[entity], [entity, period]], window: [[2008, 2017], [2010, 2017]], drop: [null, {region: east}]}}
report: {languages: [en, zh], formats: [html]}
"""


def panel() -> pd.DataFrame:
    """Draw the panel: talent moves firms, firms move green; policy strengthens the second path."""
    draw = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(N_CITIES)], YEARS], names=["city", "year"]
    )
    n, city = len(index), index.codes[0]
    effect, year = draw.normal(size=N_CITIES)[city], draw.normal(size=len(YEARS))[index.codes[1]]
    distance = draw.normal(size=n)
    talent = 5 + effect + 0.9 * distance + draw.normal(size=n)
    patents = 3 + year + draw.normal(size=n)
    policy = 1 + draw.uniform(size=n)
    firms = 2 + 0.6 * talent + 0.3 * patents + effect + draw.normal(size=n)
    green = 0.2 * talent + 0.5 * firms + 0.3 * firms * policy + effect + year
    return pd.DataFrame(
        {
            "green": green + draw.normal(size=n),
            "talent": talent,
            "patents": patents,
            "students": talent + 0.3 * draw.normal(size=n),
            "firms": firms,
            "policy": policy,
            "control": draw.normal(size=n) + effect,
            "distance": distance,
            "region": city % 3,
        },
        index=index,
    )


def write_study(folder: Path, frame: pd.DataFrame, text: str = STUDY) -> Path:
    """Write data and study file; returns the place of the study file."""
    frame.to_csv(folder / "data.csv", encoding="utf-8", float_format="%.17g")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"
