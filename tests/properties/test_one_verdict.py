"""No two places judge one effect differently: sentences, tables, charts, pathways and results over random estimates."""

from __future__ import annotations

import os
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from judged_sentences import READERS, of_chinese, of_english
from judgements import contradictions, counts, every_judgement, random_study
from made_report import estimates
from printed_charts import points_of
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.heterogeneity.compute import GroupComparisons
from xinzhi.analyses.mediation.charts import _mark as mediated_point
from xinzhi.analyses.mediation.compute import MediatedEffect, Sensitivity, sobel, verdict_of
from xinzhi.analyses.mediation.show import _read as mediated_sentence
from xinzhi.analyses.moderation.compute import Moderated
from xinzhi.analyses.pathways.evidence import Thresholds, build_findings
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.present.coefficients import coefficient_plot
from xinzhi.present.mechanism import DrawnPath, look_of
from xinzhi.present.regression import regression_table
from xinzhi.present.style import Style
from xinzhi.report.build import content_of
from xinzhi.study.run import run
from xinzhi.study.view import StudyView
from xinzhi_core.wording import catalogue
from xinzhi_econometrics.resampling.cluster_bootstrap import percentile
from xinzhi_econometrics.verdict import JudgementRule

pytestmark = pytest.mark.long

DRAWS = 200
LEVELS = (0.01, 0.05, 0.10)
OF_LOOK = {"": "positive", "7 4": "negative", "2 3": "not_significant"}
OF_PATHWAY = {"works": "positive", "harms": "negative", "null": "not_significant"}


def of_sentence(text):
    """Read the verdict of a sentence."""
    if "not statistically significant" in text:
        return "not_significant"
    return "positive" if "positively associated" in text else "negative"


def slopes(seed):
    """Draw an estimate, its error and its p-value; many near the usual levels."""
    draw = np.random.default_rng(seed)
    b = float(draw.normal())
    p = float(draw.choice([*(level + draw.normal() * 1e-3 for level in LEVELS), draw.uniform()]))
    return b, abs(b) / 2, min(max(p, 1e-9), 1.0)


def pathway(b, se, p, level, **bounds):
    """Judge as the pathways do."""
    row = {
        "path": "x -> y",
        "grouping": "",
        "group": "",
        "b": b,
        "se": se,
        "p": p,
        "n": 9,
        **bounds,
    }
    thresholds = Thresholds(level)
    found = build_findings(pd.DataFrame([row]), None, thresholds).estimate("x -> y")
    return OF_PATHWAY[thresholds.verdict(found)], found


@pytest.mark.parametrize("level", LEVELS)
def test_a_slope_has_one_verdict(level):
    """The sentence, the point of the plot, the arrow of the diagram and the pathway say the same."""
    style = Style(inference=JudgementRule(level=level))
    for seed in range(DRAWS):
        b, se, p = slopes(seed)
        found = estimates({"x": (b, se, p)})
        said = of_sentence(str(regression_table("t", "T", [found], style).reading[0]))
        (point,) = points_of(coefficient_plot("c", "C", [found], style))
        arrow = OF_LOOK[look_of(DrawnPath("x", "y", b, p).verdict(style.inference))[1]]

        verdict = style.judge(b, p).direction
        assert {said, arrow, pathway(b, se, p, level)[0]} == {verdict}, (seed, b, p)
        assert point.is_filled == (verdict != "not_significant")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("indirect", ["bootstrap", "sobel"])
def test_a_mediated_effect_has_one_verdict(level, indirect):
    """By the declared test, in the sentence, in the plot and among the channels of the pathways."""
    style = Style(inference=JudgementRule(level=level, indirect=indirect))
    for seed in range(DRAWS):
        draw = np.random.default_rng(seed)
        a, b = (float(one) for one in draw.normal(0.4, 0.3, 2))
        interval = percentile(draw.normal(a * b, abs(draw.normal(0.0, 0.15)), 400))
        effect = MediatedEffect(
            "x", "m", a, 0.1, b, 0.1, a * b, 0.0, 0.1, a * b, 0.1, sobel(a, 0.1, b, 0.1), interval,
            float("nan"), "", Sensitivity(0.0, 0.0, 0.0),
        )  # fmt: skip
        verdict = verdict_of(effect, style.inference)
        low, high = verdict.interval
        judged, found = pathway(a * b, effect.sobel.std_error, verdict.p, level, low=low, high=high)

        assert judged == verdict.direction
        said = str(mediated_sentence(effect, "y", style))
        assert ("not statistically significant" in said) != verdict.is_significant, seed
        assert mediated_point(effect, style).is_clear == verdict.is_significant
        if level == 0.05:
            leaves_out_zero = not found.ci_low <= 0 <= found.ci_high
            assert leaves_out_zero == verdict.is_significant


STUDIES = 200 if "XINZHI_TEST_ALL" in os.environ else 20
BLOCK = 10


@pytest.mark.parametrize("block", range(STUDIES // BLOCK))
def test_no_two_places_of_a_report_judge_an_effect_differently(block, tmp_path):
    """Random panels, errors, levels, tests and families: every judgement in every exhibit, in both languages."""
    seen = set()
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        frame, text = random_study(seed)
        frame.to_csv(tmp_path / "data.csv", float_format="%.17g")
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        result = run(tmp_path / "study.yaml")
        material = content_of(result)
        found = every_judgement(material)

        assert contradictions(found) == {}, text
        assert {said == drawn for _, said, drawn in counts(material)} <= {True}
        for path in result.results["moderation"]["tools"].paths:
            assert edges(path.found) == pytest.approx(StudyView(result.spec).inference.level)
        seen |= {(one.effect[0], one.direction) for one in found}
    assert {kind for kind, _ in seen} >= {"slope", "mediated", "interaction", "difference", "group"}
    assert {told for _, told in seen} >= {"positive", "negative", "not_significant", "significant"}


def edges(path):
    """Give the p-values of the effect at the ends of the region of Johnson and Neyman; they are those of the level."""
    combine, focal = path.estimates.combine, path.terms.focal
    bounds = path.region.bounds
    return np.array([combine({focal: 1.0, path.interaction: w}).p_value for w in bounds])


@pytest.mark.parametrize("seed", [3, 22])
def test_what_is_left_is_what_the_defaults_give(seed, tmp_path):
    """Effects under the defaults are, number by number, those of the same study that declares nothing but its level."""
    frame, text = random_study(seed)
    frame.to_csv(tmp_path / "data.csv", float_format="%.17g")
    found = []
    for how in ("errors: hc1, level: 0.3, indirect: sobel, family: none", "level: 0.3"):
        own = re.sub("inference: .*", f"inference: {{{how}}}", text)
        (tmp_path / "study.yaml").write_text(own, encoding="utf-8")
        found.append(run(tmp_path / "study.yaml"))
    declared, usual = found

    (one,), (other,) = (result.results["typology"].values() for result in found)
    assert one.supported_by_default == other.pathways.n_supported
    assert other.supported_by_default is None
    inference = JudgementRule(level=0.3)
    for key, name in (("mediation", "mechanism"), ("moderation", "tools"), ("heterogeneity", "cities"), ("tables", "baseline")):  # fmt: skip
        analysis, section = ANALYSES.get(key), declared.spec.sections(key)[name]
        left = analysis.under_defaults(declared.results[key][name])
        for of in ("effects", "differences"):
            here, there = (
                _effects(getattr(analysis, of), section, result, inference)
                for result in (left, usual.results[key][name])
            )
            assert here == pytest.approx(there, rel=1e-9, nan_ok=True)


PRINTED = "errors: {cluster: entity}, indirect: sobel, family: holm"


@pytest.mark.parametrize("key", ["tables", "mediation", "moderation", "heterogeneity"])
def test_the_declared_errors_decide_where_the_printed_ones_disagree(key, tmp_path):
    """The level is set between both p-values of an effect: a place that reads the printed one contradicts the others."""
    frame, text = random_study(5)
    frame.to_csv(tmp_path / "data.csv", float_format="%.17g")
    text = re.sub(
        "covariance: [^}]*}?}]",
        "covariance: hc1}]",
        re.sub("from: baseline/[13],", "from: baseline/3,", text),
    )
    text = re.sub("difference: .*}}", "difference: [interaction]}}", text)

    def material(level):
        own = re.sub("inference: .*", f"inference: {{{PRINTED}, level: {level!r}}}", text)
        # Sobel's test judges; few draws of the bootstrap would be refused at a low level.
        own = re.sub("draws: [0-9]+", "draws: 999", own)
        (tmp_path / "study.yaml").write_text(own, encoding="utf-8")
        return run(tmp_path / "study.yaml")

    analysis, usual = ANALYSES.get(key), material(0.05)
    (result,) = [
        one
        for name, one in usual.results[key].items()
        if name in {"baseline", "mechanism", "tools", "cities"}
    ]
    links = 3 if key == "mediation" else 2
    own, printed = (
        [
            one.p_value
            for one in analysis.effects(of, JudgementRule(indirect="sobel"))
            if len(one.links) == links
        ]
        for of in (result, as_printed(result))
    )
    ratios = np.abs(np.log(np.array(own) / np.array(printed)))
    at = int(np.argmax(ratios))
    level = float(np.sqrt(own[at] * printed[at]))

    assert ratios[at] > 0.05
    assert contradictions(every_judgement(content_of(material(level)))) == {}


def as_printed(result):
    """Forget the declared errors of a result."""
    if isinstance(result, RegressionColumns):
        return replace(result, declared={})
    if isinstance(result, Moderated):
        return replace(result, paths=tuple(replace(one, declared=None) for one in result.paths))
    if isinstance(result, GroupComparisons):
        return GroupComparisons(
            {by: replace(one, declared=None) for by, one in result.groupings.items()}
        )
    return replace(result, declared=None)


def test_an_effect_counts_below_the_level():
    """At the level and above it counts for nothing, a hair below it does."""
    for level in LEVELS:
        style = Style(inference=JudgementRule(level=level))
        assert style.judge(0.5, level * (1 - 1e-9)).direction == "positive"
        assert style.judge(-0.5, level * (1 - 1e-9)).direction == "negative"
        assert style.judge(0.5, level).direction == "not_significant"
        assert style.judge(0.5, level * 1.5).direction == "not_significant"


def _effects(listed, section, result, inference):
    """Give estimate and p-value of each effect or difference, one after the other."""
    words = (
        (section, result, inference) if listed.__name__ == "differences" else (result, inference)
    )
    return [number for one in listed(*words) for number in (one.estimate, one.p_value)]


def test_both_languages_say_the_same():
    """The Chinese of a judgement calls significant what the English does."""
    wrong = [
        text for text in READERS if text in catalogue("zh") and of_english(text) != of_chinese(text)
    ]

    assert wrong == []
