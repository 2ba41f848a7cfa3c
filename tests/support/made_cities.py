"""A made study of cities whose pathways are known by construction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HOSTILE = "=cmd|' /C calc'!A0 </script><script>alert(1)</script> $\\input{x}"
STUDY = """\
title: {zh: 路径试验, en: Pathways}
seed: 1
sources: {c: {file: cities.csv, kind: panel, entity: city, period: year}}
panel: {from: c}
efficiency:
  GTFP: {inputs: [labour, capital], good_outputs: [gdp], bad_outputs: [waste]}
variables:
  transform: ln1p
  GTFP: {from: GTFP, label: {zh: 绿色发展效率, en: Green efficiency}}
  HEE: {column: hee, label: {zh: 高素质人才, en: Talent}}
  PGPP: {column: pgpp, label: {zh: 技术创新, en: Technology}}
  IRD: {column: ird, transform: none}
  SEE: {column: see, label: {zh: 产业更替, en: Substitution}}
  RDER: {column: rder, label: {zh: 资金政策, en: Funding}}
sets: {factors: [HEE, PGPP, IRD]}
groups:
  stage: {column: stage, young: [young], old: [old], label: {zh: 阶段, en: Stage}}
tables:
  baseline: {outcome: GTFP, effects: [entity, period], covariance: {cluster: entity}, columns: [{x: factors}]}
mediation: {mechanism: {from: baseline/1, through: SEE, tests: sobel}}
moderation: {tools: {from: baseline/1, moderators: RDER, draws: 0, paths: [HEE -> SEE, SEE -> GTFP]}}
heterogeneity: {cities: {from: baseline/1, by: stage, difference: interaction}}
typology:
  from: [baseline, mechanism, tools, cities]
  pathways:
    - {name: education_upgrading, factor: HEE, mediator: SEE, label: {zh: 教育驱动升级, en: Education-driven upgrading}}
    - {name: equipment_diversifying, factor: IRD, mediator: SEE, label: {zh: 设备推动多元, en: Equipment-driven diversification}}
    - {name: technology_substitution, factor: PGPP, mediator: SEE, label: {zh: 技术引领替代, en: Technology-led succession}}
  what_if: {HEE: 10%, PGPP: 10%, IRD: 2}
report: {languages: [zh, en], formats: [html, docx, xlsx, tex, md]}
"""


def cities(*, n_cities: int = 24, n_years: int = 6, strength: float = 0.5) -> pd.DataFrame:
    """Make cities: HEE raises SEE, SEE raises output; PGPP works in `old` cities only; IRD does nothing."""
    rng = np.random.default_rng(7)
    rows = []
    for c in range(n_cities):
        stage = None if c == 2 else ("young", "old")[c % 2]
        for t in range(n_years):
            hee, pgpp = rng.lognormal(3, 0.6), rng.lognormal(1, 0.6)
            see = np.exp(strength * np.log1p(hee) + rng.normal(0, 0.1))
            labour, capital = rng.lognormal(3, 0.4, 2)
            push = 0.5 * strength * np.log1p(see) + rng.normal(0, 0.03) + 0.02 * c
            push += strength * np.log1p(pgpp) * (stage == "old")
            gdp = (labour * capital) ** 0.5 * np.exp(push)
            waste = labour * np.exp(rng.normal(0, 0.1))
            name = HOSTILE if c == 0 else f"城{c:02d}"
            numbers = (labour, capital * 1000, gdp, waste, hee, pgpp, rng.lognormal(1, 0.5), see)
            rows.append((name, 2010 + t, *numbers, rng.uniform(0.5, 4), stage))
    names = "city year labour capital gdp waste hee pgpp ird see rder stage"
    return pd.DataFrame(rows, columns=names.split())


def write_study(folder: Path, frame: pd.DataFrame, study: str = STUDY) -> Path:
    """Write a study file with its data; return the study file."""
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / "cities.csv", index=False, encoding="utf-8")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    return folder / "study.yaml"
