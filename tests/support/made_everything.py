"""A small made study of provinces that uses every section of a study file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

PLACES = [
    "北京市",
    "天津市",
    "河北省",
    "山西省",
    "内蒙古自治区",
    "辽宁省",
    "吉林省",
    "黑龙江省",
    "山东省",
    "河南省",
    "陕西省",
    "甘肃省",
]
YEARS = tuple(range(2010, 2016))
STUDY = """\
title: {zh: 全部分析, en: Everything}
seed: 1
sources: {c: {file: places.csv, kind: panel, entity: place, period: year}}
panel: {from: c}
efficiency:
  green: {inputs: [labour, capital], good_outputs: [gdp], bad_outputs: [waste], classes: {low: "< 0.70", high: ">= 0.70"}}
  plain: {measure: radial, inputs: [labour, capital], good_outputs: [gdp]}
productivity: {gml: {of: green, index: malmquist}}
inference: {scores: {of: [plain], draws: 40}}
variables:
  green: {from: green, label: {zh: 绿色效率, en: Green efficiency}}
  plain: {from: plain}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  firms: {column: firms}
  policy: {column: policy}
  control: {column: control}
sets: {factors: [talent], controls: [control]}
groups: {region: {column: region, east: [1], other: rest}}
describe: {variables: [green, talent]}
diagnostics: {of: baseline/1, tests: [vif]}
tables:
  baseline: {outcome: green, covariance: {cluster: entity}, columns: [{x: [factors, controls]}]}
  second: {outcome: firms, columns: [{x: [factors, controls]}]}
mediation: {mechanism: {from: baseline/1, through: [firms], draws: 400}}
moderation: {tools: {from: baseline/1, moderators: [policy], paths: [talent -> firms, firms -> green], draws: 40}}
heterogeneity: {cities: {from: baseline/1, by: [region], draws: 40}}
specification_curve: {of: baseline/1, vary: {controls: each}}
space_and_time: {green: {regions: region, dates: [2010, 2015], top: 3, convergence: [sigma, beta], inequality: [theil, dagum], neighbours: built_in, association: [moran, hot_spots, local_moran], permutations: 99}}
typology: {from: [baseline, mechanism, tools, cities], what_if: {talent: 10%}}
maps: {places: {value: green, in: [2010, 2015], boundaries: built_in}}
compare: {published: printed.toml, tables: {table3: mechanism_effects, table5: baseline}}
report: {languages: [en, zh], formats: [html]}
"""
PRINTED = """\
[table5.col1]
N = 72
talent = { b = 0.1, se = 0.1, stars = 0 }

[table3.firms]
talent = { effect = 0.1, z = 1.0, stars = 0, share = 0.5 }
"""


def places() -> pd.DataFrame:
    """Draw the panel; talent moves firms, both move output."""
    draw = np.random.default_rng(11)
    index = pd.MultiIndex.from_product([PLACES, YEARS], names=["place", "year"])
    n, place = len(index), index.codes[0]
    talent, policy = draw.normal(size=n) + 5, 1 + draw.uniform(size=n)
    firms = 0.5 * talent + 0.2 * draw.normal(size=n) + 1
    labour, capital = draw.lognormal(3, 0.3, (2, n))
    gdp = np.sqrt(labour * capital) * np.exp(0.1 * firms + 0.02 * place + 0.1 * draw.normal(size=n))
    return pd.DataFrame(
        {
            "labour": labour,
            "capital": capital,
            "gdp": gdp,
            "waste": labour * np.exp(0.1 * draw.normal(size=n)),
            "talent": talent,
            "firms": firms,
            "policy": policy,
            "control": draw.normal(size=n) + 3,
            "region": place % 2,
        },
        index=index,
    )


def write_study(folder: Path, frame: pd.DataFrame, text: str = STUDY) -> Path:
    """Write data, printed figures and study file; returns the place of the study file."""
    frame.to_csv(folder / "places.csv", encoding="utf-8", float_format="%.17g")
    (folder / "printed.toml").write_text(PRINTED, encoding="utf-8")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"
