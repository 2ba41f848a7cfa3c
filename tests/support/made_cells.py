"""Three small studies whose printed tables are compared with their results, cell by cell."""

from __future__ import annotations

import numpy as np
import pandas as pd

import made_everything
import made_mechanism
from printed import Printed
from xinzhi.study.run import run

MECHANISM = """\
title: Cells
seed: 3
inference: {level: 0.1}
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables:
  green: {column: green, label: {zh: 绿色, en: Green}}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  patents: {column: patents}
  firms: {column: firms, label: {zh: 企业, en: Firms}}
  rivals: {column: rivals, label: {zh: 竞争, en: Rivals}}
  policy: {column: policy, label: {zh: 政策, en: Policy}}
  control: {column: control}
  distance: {column: distance}
  coast: {column: coast}
  noise: {column: noise}
sets: {factors: [talent, patents], controls: [control]}
groups:
  region: {column: region, east: [1], other: rest, label: {zh: 区域, en: Region}}
  third: {column: region, first: [0], second: [1], third: [2]}
diagnostics: {of: baseline/1, tests: [vif, effects_f, hausman, mundlak, lm]}
tables:
  baseline:
    outcome: green
    covariance: {cluster: entity}
    columns:
      - {x: [factors, controls]}
      - {x: [talent], effects: [entity], covariance: hc1}
      - {x: [factors], covariance: {two_way: [entity, period]}, label: {zh: 双向, en: two ways}}
  part: {from: baseline/1, columns: [{drop: {third: [first, second]}}]}
  instrumented:
    from: baseline/1
    columns: [{instruments: {talent: [distance, coast]}}, {instruments: {talent: [noise]}}]
mediation:
  mechanism: {from: baseline/1, through: [firms, rivals], draws: 60}
  single: {from: baseline/1, through: [rivals], draws: 60}
moderation:
  tools: {from: baseline/1, moderators: [policy], lag: 0, paths: [factors -> firms, firms -> green, rivals -> green], draws: 60}
  later: {from: baseline/1, moderators: [policy], lag: 1, paths: [factors -> firms, firms -> green], draws: 60}
heterogeneity: {cities: {from: baseline/1, by: [region, third], draws: 60}}
specification_curve: {of: baseline/1, vary: {controls: each, window: [[2008, 2017], [2010, 2017]]}}
report: {languages: [en, zh], formats: [html]}
"""


def mechanism_frame():
    """Make the panel: firms raise green and rivals lower it; patents raise rivals, policy bends firms."""
    frame = made_mechanism.panel()
    draw = made_mechanism.np.random.default_rng(17)
    n = len(frame)
    frame["rivals"] = 3 + 0.5 * frame["patents"] + draw.normal(size=n)
    frame["green"] -= 0.6 * frame["rivals"] + 0.4 * frame["patents"]
    frame["green"] += 0.5 * frame["firms"] * (frame["policy"] - 1.5)
    frame["green"] -= 0.8 * frame["rivals"] * (frame["policy"] - 1.5)
    frame["green"] += 0.5 * frame["talent"] * (frame["region"] == 1)
    frame["green"] += 0.84 * frame["patents"] * (frame["region"] == 1)
    frame["coast"] = 0.4 * frame["talent"] + draw.normal(size=n)
    frame["noise"] = draw.normal(size=n)
    frame.loc[frame.index[::17], "control"] = float("nan")
    return frame


def printed(folder, write, frame, text):
    """Run a study, for what it prints."""
    return Printed(run(write(folder, frame, text)))


def mechanism(folder):
    """Run the study of a mechanism."""
    return printed(folder, made_mechanism.write_study, mechanism_frame(), MECHANISM)


def everything(folder):
    """Run the study of places; its factor and its channel are those of a pathway."""
    roles = "cities], roles: {technology: talent, substitution: firms}}, what_if"
    text = made_everything.STUDY.replace("cities]}, what_if", roles)
    return printed(folder, made_everything.write_study, made_everything.places(), text)


SCORES = """\
title: Scores
seed: 5
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
efficiency:
  green: {measure: radial, returns_to_scale: variable, inputs: [labour], good_outputs: [output], scale_efficiency: true}
  slack: {measure: sbm, inputs: [labour], good_outputs: [output]}
productivity: {luen: {index: luenberger, of: slack, label: {zh: 指标, en: Indicator}}}
inference: {scores: {draws: 20, size: 14, level: 0.9}}
second_stage:
  drivers: {score: green, regressors: [factors, age], draws: 40, bias_draws: 10, level: 0.9}
  plain: {score: green, regressors: [age], algorithm: 1, draws: 40, title: {zh: 年龄, en: Age}}
variables:
  green: {from: green, label: {zh: 绿色, en: Green}}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  age: {column: age}
sets: {factors: [talent]}
report: {languages: [en, zh], formats: [html]}
"""


def scores_frame():
    """Draw 24 cities in two years: age wastes output, talent saves it, sizes differ widely."""
    draw = np.random.default_rng(23)
    index = pd.MultiIndex.from_product(
        [[f"city{i:02d}" for i in range(24)], [2014, 2015]], names=["city", "year"]
    )
    n = len(index)
    frame = pd.DataFrame({"labour": draw.uniform(1, 6, n)}, index=index)
    frame["talent"], frame["age"] = draw.uniform(0, 1, (2, n))
    waste = np.exp(0.8 * frame["age"] - 0.3 * frame["talent"] + np.abs(0.2 * draw.normal(size=n)))
    frame["output"] = (frame["labour"] - 0.8) ** 0.7 / waste
    return frame


def scores(folder):
    """Run the study of scores."""
    return printed(folder, write_scores, scores_frame(), SCORES)


def write_scores(folder, frame, text):
    """Write data and study file."""
    frame.to_csv(folder / "data.csv", float_format="%.17g")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


RESAMPLED = """\
title: Resampled
seed: 11
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
efficiency:
  green: {measure: super_sbm, returns_to_scale: constant, inputs: [labour], good_outputs: [output], bad_outputs: [waste]}
inference:
  indirect: sobel
  whole_study: {draws: 40, scheme: subsample, level: 0.9}
  leave_one_out: {}
  placebo: {factors: [factors], draws: 39}
variables:
  green: {from: green, transform: ln, label: {zh: 绿色, en: Green}}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  age: {column: age}
  firms: {column: firms, label: {zh: 企业, en: Firms}}
sets: {factors: [talent, age]}
groups: {coast: {column: coast, east: [1], other: rest, label: {zh: 沿海, en: Coast}}}
tables:
  baseline: {outcome: green, columns: [{x: [factors]}, {x: [talent], effects: [entity]}, {x: [talent, "talent:age"]}]}
mediation:
  channel: {from: baseline/1, through: [firms], tests: [sobel]}
  other: {from: baseline/2, through: [firms], tests: [sobel]}
heterogeneity: {cities: {from: baseline/1, by: [coast], draws: 20}}
report: {languages: [en, zh], formats: [html]}
"""


def resampled_frame():
    """Draw 18 cities in five years: talent saves output and brings firms, one city is far from the others."""
    draw = np.random.default_rng(41)
    index = pd.MultiIndex.from_product(
        [[f"city{i:02d}" for i in range(18)], range(2011, 2016)], names=["city", "year"]
    )
    n = len(index)
    frame = pd.DataFrame({"labour": draw.uniform(1, 6, n)}, index=index)
    frame["talent"], frame["age"] = draw.normal(size=(2, n)) + np.repeat(draw.normal(size=18), 5)
    frame["firms"] = 0.6 * frame["talent"] + 0.5 * draw.normal(size=n)
    size = 0.3 * frame["talent"] - 0.1 * frame["age"] + 0.3 * frame["firms"] + draw.normal(size=n)
    frame["output"] = frame["labour"] * np.exp(0.3 * size)
    frame["waste"] = frame["labour"] * np.exp(0.2 * draw.normal(size=n))
    frame["coast"] = np.repeat(np.arange(18) % 2, 5)
    frame.loc[("city03", slice(None)), "output"] *= np.linspace(0.4, 1.6, 5)
    return frame


def resampled(folder):
    """Run the study whose numbers are computed again from some of its cities."""
    return printed(folder, write_scores, resampled_frame(), RESAMPLED)
