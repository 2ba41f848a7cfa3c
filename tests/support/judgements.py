"""Every judgement of an effect in a report, collected from all its places, and the studies that are drawn for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from judged_exhibits import of_charts, of_pathways, of_results, of_tables
from judged_sentences import NEGATIVE, NOTHING, POSITIVE, Judgement, inside, of_sentences
from printed_charts import points_of
from xinzhi_core.wording import Message

STUDY = """\
title: Random
seed: {seed}
inference: {inference}
sources: {{data: {{file: data.csv, kind: panel, entity: city, period: year}}}}
panel: {{from: data}}
variables:
  green: {{column: green, label: {{zh: 绿色, en: Green}}}}
  talent: {{column: talent, label: {{zh: 人才, en: Talent}}}}
  patents: {{column: patents, label: {{zh: 专利, en: Patents}}}}
  firms: {{column: firms, label: {{zh: 企业, en: Firms}}}}
  rivals: {{column: rivals, label: {{zh: 竞争, en: Rivals}}}}
  policy: {{column: policy, label: {{zh: 政策, en: Policy}}}}
  control: {{column: control}}
sets: {{factors: [talent, patents], controls: [control]}}
groups:
  region: {{column: region, east: [1], west: rest, label: {{zh: 区域, en: Region}}}}
  third: {{column: third, first: [0], second: [1], other: rest, label: {{zh: 三组, en: Third}}}}
tables:
  baseline:
    outcome: green
    columns: [{{x: [factors, controls]}}, {{x: [factors], effects: [entity]}}, {{x: [factors, controls], covariance: {printed}}}]
  second: {{from: baseline/3, columns: [{{}}]}}
mediation: {{mechanism: {{from: {base}, through: [firms, rivals], draws: {few}}}}}
moderation: {{tools: {{from: {base}, moderators: [policy], lag: 0, paths: [factors -> firms, firms -> green], draws: {few}}}}}
heterogeneity: {{cities: {{from: {base}, by: [region, third], difference: {tests}{draws}}}}}
specification_curve: {{of: baseline/1, vary: {{controls: each}}}}
typology: {{from: [baseline, mechanism, tools, cities], what_if: {{talent: 10%}}}}
report: {{languages: [en, zh], formats: [html]}}
"""


def random_study(seed):
    """Draw a small panel in which every effect may be there or not, and how its effects are judged."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(12)], range(2010, 2017)], names=["city", "year"]
    )
    n, city = len(index), index.codes[0]
    x = {name: draw.normal(size=n) for name in ("talent", "patents", "control")}
    policy = 1 + draw.uniform(size=n)
    size = draw.choice([0.0, 0.15, 0.4], size=9) * draw.choice([-1.0, 1.0], size=9)
    firms = (
        size[0] * x["talent"]
        + size[1] * x["patents"]
        + size[2] * x["talent"] * policy
        + draw.normal(size=n)
    )
    rivals = size[3] * x["patents"] + draw.normal(size=n)
    green = (
        size[4] * x["talent"]
        + size[5] * x["patents"] * (city % 2)
        + size[6] * firms
        + size[7] * rivals
    )
    frame = pd.DataFrame({**x, "policy": policy, "firms": firms, "rivals": rivals}, index=index)
    frame["green"] = (
        green + size[8] * firms * policy + draw.normal(size=n) + draw.normal(size=12)[city]
    )
    frame["region"], frame["third"] = city % 2, city % 3
    kinds = ("iid", "hc1", "{cluster: entity}", "{two_way: [entity, period]}", "{cluster: region}")
    tests = str(draw.choice(["[interaction, permutation]", "[interaction]", "[permutation]"]))
    errors = str(draw.choice(["", *(f"errors: {kind}, " for kind in kinds[:4])]))
    level, indirect, family = (
        draw.choice([0.01, 0.05, 0.1, 0.3]),
        draw.choice(["bootstrap", "sobel"]),
        draw.choice(["holm", "none"]),
    )
    return frame, STUDY.format(
        seed=seed,
        inference=f"{{{errors}level: {level}, indirect: {indirect}, family: {family}}}",
        printed=draw.choice(kinds[:4]),
        base=draw.choice(["baseline/1", "baseline/3"]),
        tests=tests,
        few=max(40, round(2 / level)),
        draws=f", draws: {max(30, round(1 / level))}" if "permutation" in tests else "",
    )


def every_judgement(material):
    """Collect what all places of a report say; fails where a sentence judges and nobody reads it."""
    found, unread = of_sentences(material)
    assert not unread, sorted(unread)
    found += [
        *of_tables(material),
        *of_results(material),
        *of_pathways(material),
        *of_charts(material),
    ]
    groups = {
        one.effect[3]: one.effect[2] for one in found if one.effect[0] == "group" and one.effect[2]
    }
    return [
        Judgement((*one.effect[:2], groups[one.effect[3]], one.effect[3]), one.place, one.direction)
        if one.effect[0] == "group"
        else one
        for one in found
    ]


def contradictions(found):
    """List the effects of which two places say different things."""
    by_effect = {}
    for one in found:
        by_effect.setdefault(one.effect, []).append(one)
    return {
        effect: sorted({(one.place, one.direction) for one in told})
        for effect, told in by_effect.items()
        if _disagree({one.direction for one in told})
    }


def _disagree(told):
    return len({one == NOTHING for one in told}) > 1 or {POSITIVE, NEGATIVE} <= told


COUNTS = (
    "Coefficients of interest that are statistically significant at the {level} level: none of {n}.",
    "{k} of {n} coefficients of interest have p < {level}; if all were zero, about {chance} would be expected.",
)
"""Sentences that count significant coefficients; the first counts none."""


def counts(material):
    """Set what sentences count beside the filled points of their table: place, said, drawn."""
    charts = {one.id: one for group in material.charts.values() for one in group}
    for table in (one for group in material.tables.values() for one in group):
        for words in table.reading:
            if isinstance(words, Message) and words.template in COUNTS:
                points = points_of(charts[f"{table.id}_coefficients"])
                yield table.id, inside(words).get("k", 0), sum(one.is_filled for one in points)
    curve = next(
        one
        for group in material.tables.values()
        for one in group
        if one.id == "specification_curve"
    )
    for row in (one for one in curve.rows if ":" not in one.key):
        share, points = row.cells[-1].value, points_of(charts[f"{curve.id}_{row.key}"], value="y")
        yield row.key, share, sum(one.is_filled for one in points) / len(points)
