"""Abstract and running text: every factor has its sentence, every sentence its verdict, every number its result."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import made_cells
import made_report
from made_study import written
from printed import digits
from xinzhi.analyses.heterogeneity.compute import GroupComparisons, judge_differences
from xinzhi.analyses.mediation.compute import verdict_of
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.report.build import content_of
from xinzhi.report.deliver import results_json
from xinzhi.report.exhibits import exhibited, shown_alone
from xinzhi.report.head import abstract_of
from xinzhi.study.run import run
from xinzhi_core.wording import say
from xinzhi_econometrics.verdict import JudgementRule
from xinzhi_panel.io.json_text import json_text

SEEDS = range(60)
NAMES = {"talent": "Talent", "patents": "patents"}
INFERENCE = JudgementRule(level=0.1)
KINDS = ("positively", "negatively", "not significantly", "Neither")
OF_KIND = {
    "positively": "positive",
    "negatively": "negative",
    "not significantly": "not_significant",
    "Neither": "not_significant",
}


def with_results(result, **changed):
    """Put other results of sections into a study: tables={"baseline": …}."""
    results = {key: {**result.results[key], **new} for key, new in changed.items()}
    return replace(result, results={**result.results, **results})


def drawn(result, draw):
    """Draw slopes and p-values for the first column, near the declared level or anywhere."""
    real = result.results["tables"]["baseline"].columns[0]
    slopes = {
        name: (
            float(draw.normal()),
            float(draw.uniform(0.1, 1)),
            float(draw.choice([0.1 + draw.normal() * 1e-3, draw.uniform(), 0.001])),
        )
        for name in NAMES
    }
    made = made_report.estimates(slopes, outcome="green")
    others = result.results["tables"]["baseline"].columns[1:]
    return RegressionColumns((replace(made, residuals=real.residuals), *others))


def sentences_of(result, key):
    """Give what an analysis adds to the abstract, in English."""
    return [(one.part, str(one.text)) for one in shown_alone(result, key).exhibits.abstract]


def said_of(clause):
    """Read the direction of a clause."""
    return next(OF_KIND[kind] for kind in KINDS if kind in clause)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_factor_has_one_clause_that_agrees_with_its_verdict(mechanism, seed):
    """No factor is skipped or told twice, in the abstract and in the chapter."""
    draw = np.random.default_rng(seed)
    result = with_results(mechanism.result, tables={"baseline": drawn(mechanism.result, draw)})
    found = shown_alone(result, "tables").exhibits
    column = result.results["tables"]["baseline"].columns[0]
    told = [t for part, t in sentences_of(result, "tables") if part in ("lead", "nothing")]
    chapter = str(found.prose[0])

    for text in (told[0], chapter):
        clauses = text.split(". ")[0].split("; ")
        for at, (name, label) in enumerate(NAMES.items()):
            mine = [clause for clause in clauses if f"{label} (" in clause]
            p, b = float(column.p_value[at]), float(column.estimate[at])
            verdict = "not_significant" if p >= 0.1 else "positive" if b > 0 else "negative"
            assert len(mine) == 1, (name, text)
            assert said_of(mine[0]) == verdict
            assert f"{label} ({digits(b)}" in mine[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_channels_are_those_that_the_declared_test_finds(mechanism, seed):
    """Each significant pair of factor and mediator is named, and no other; else that there is none."""
    draw = np.random.default_rng(seed)
    real = mechanism.result.results["mediation"]["mechanism"]
    effects = tuple(
        replace(
            one,
            indirect=float(draw.normal()),
            share=float(draw.choice([0.2, float("nan")])),
            interval=replace(one.interval, p_value=float(draw.uniform(0, 0.3))),
        )
        for one in real.effects
    )
    result = with_results(mechanism.result, mediation={"mechanism": replace(real, effects=effects)})
    found = [one for one in effects if verdict_of(one, INFERENCE).is_significant]
    told = sentences_of(result, "mediation")

    if not found:
        assert told == [("neither", "indirect effects through Firms and Rivals")]
        return
    (part, text), *_ = told
    assert part == "finding"
    for mediator, label in (("firms", "Firms"), ("rivals", "Rivals")):
        _, _, after = text.partition(f"through {label} for ")
        clause = after.split("; through")[0]
        named = {name for name in NAMES if NAMES[name] in clause}
        assert named == {one.factor for one in found if one.mediator == mediator}


@pytest.mark.parametrize("seed", SEEDS)
def test_differences_are_those_of_the_verdicts(mechanism, seed):
    """Each factor is told with the groupings in which it differs after the declared adjustment."""
    draw = np.random.default_rng(seed)
    real = mechanism.result.results["heterogeneity"]["cities"]
    groupings = {
        by: replace(
            one,
            differences=tuple(
                replace(d, interaction=replace(d.interaction, p_value=float(draw.uniform(0, 0.2))))
                for d in one.differences
            ),
        )
        for by, one in real.groupings.items()
    }
    result = with_results(mechanism.result, heterogeneity={"cities": GroupComparisons(groupings)})
    section = mechanism.result.spec.sections("heterogeneity")["cities"]
    tested = judge_differences(tuple(groupings.values()), section.difference, INFERENCE)
    judged = {(name, by) for (by, name), verdict in tested.items() if verdict.is_significant}
    told = [text for part, text in sentences_of(result, "heterogeneity") if part == "finding"]

    clauses = told[0].split("; ") if told else []
    named = {
        (name, by)
        for name, label in NAMES.items()
        for by, words in (("region", "Region"), ("third", "third"))
        if any(f"association of {label} differs" in c for c in clauses)
        and words in _clause_of(told[0], label)
    }
    assert named == judged


def _clause_of(text, label):
    """Give the clause on one factor."""
    after = text.split(f"association of {label} differs by ")[1]
    return after.split("; the association")[0]


@pytest.mark.parametrize("fixture", ["mechanism", "everything"])
def test_every_number_of_the_abstract_comes_from_the_results(fixture, request):
    """Each is found again in results.json: estimates, intervals at the declared level, counts."""
    result = request.getfixturevalue(fixture).result
    material = content_of(result)
    known = _numbers(json.loads(json_text(results_json(result, material))), result)

    for language in ("en", "zh"):
        text = say(material.abstract[0], language)
        text = re.sub("|".join(map(re.escape, _labels(result, language))), " ", text)
        for found in re.findall(r"[−+]?\d[\d,.]*\d|[−+]?\d", text.replace("–", " ")):
            assert found.lstrip("+") in known, (found, text)


def _labels(result, language):
    return [
        "HC1",
        *(say(one.label.label(""), language) or "\0" for one in result.spec.groups.values()),
    ]


def _numbers(found, result):
    """Write every number that the abstract may hold, from results.json and the study file alone."""
    declared = result.spec.inference
    level = declared.level if declared else 0.05
    panel = result.panel
    known = {str(len(panel.entities)), f"{100 * level:g}", f"{100 * (1 - level):g}", "10", "0.001"}
    known |= {str(year) for year in panel.periods}
    for one in found["efficiency"].values():
        known |= {str(one["n"]), str(one["certified"])}
    for table in found["tables"].values():
        known |= {*_of_columns(table, level), *_of_periods(table), *_of_tests(table)}
    for one in found["effect_sizes"]["factors"].values():
        known.add(digits(one["change"]))
    return known | _counts(found["tables"])


def _of_columns(table, level):
    """Estimates, and the bounds of their intervals at the declared level, by the test that judges."""
    for column in table.get("columns", ()):
        yield str(column.get("n"))
        for slope in column.get("coefficients", {}).values():
            b, se, judging = slope["b"], slope["se"] or 0.0, slope.get("judge", "t")
            yield digits(b)
            if judging == "cr2":
                # Its error is not printed: it is the one by which b has the printed p.
                se = abs(b) / stats.t.isf(slope["p"] / 2, slope["df"])
            elif judging != "t":
                continue
            half = stats.t.ppf(1 - level / 2, slope.get("df", column["covariance"]["df"])) * se
            yield from map(digits, (b, b - half, b + half))


def _of_periods(table):
    """Means and counts of classes by period, and by how many each class changed."""
    periods = [one for one in table.get("periods", {}).values() if isinstance(one, dict)]
    for period in periods:
        yield from (digits(v) if k == "mean" else str(v) for k, v in period.items())
    if periods and "mean" not in periods[0]:
        counts = {k: v for k, v in periods[-1].items() if isinstance(v, int)}
        yield from (digits(v - periods[0].get(k, 0), 0) for k, v in counts.items())


def _of_tests(table):
    """Indirect effects with their shares, and p-values of differences."""
    for effect in (one for one in table.get("effects", ()) if isinstance(one, dict)):
        yield digits(effect["indirect"]["b"])
        yield digits(100 * (effect["share"] or 0.0), 1)
    for one in table.get("differences", ()):
        yield from (digits(one["interaction"].get(key, 0.0)) for key in ("p", "p_holm"))


def _counts(tables):
    """Entities by pathway, and numbers of effects and differences."""
    cities = tables.get("pathways_by_city", {}).get("cities", {}).values()
    supported = [any(p["status"] == "supported" for p in c["pathways"].values()) for c in cities]
    n_effects = len(tables.get("mechanism_effects", {}).get("effects", ()))
    n_tested = len(tables.get("cities_differences", {}).get("differences", ()))
    by_rule = tables.get("pathways", {}).get("pathways", {}).values()
    counts = range(max(n_effects, n_tested) + 1)
    return {
        str(n) for n in (sum(supported), *counts, *(n for one in by_rule for n in one.values()))
    }


def test_effect_sizes_are_computed_through_the_transforms(everything):
    """A rise by a tenth of the mean, carried through ln(1+x) on both sides."""
    result = everything.result
    sizes = results_json(result, content_of(result))["effect_sizes"]
    column = result.results["tables"]["baseline"].columns[0]
    frame = result.panel.frame.loc[column.residuals.index]
    x, y = float(frame["talent"].mean()), float(frame["green"].mean())
    transforms = {
        n: result.spec.variables.transform_of(v) for n, v in result.spec.variables.named.items()
    }
    forward = {"none": lambda v: v, "ln1p": np.log1p, "ln": np.log}
    back = {"none": lambda v: v, "ln1p": np.expm1, "ln": np.exp}
    b = float(column.estimate[column.names.index("talent")])
    moved = forward[transforms["talent"]](1.1 * x) - forward[transforms["talent"]](x)
    expected = back[transforms["green"]](forward[transforms["green"]](y) + b * moved) - y

    for name, one in sizes["factors"].items():
        assert name == "talent"
        assert one["change"] == pytest.approx(expected)
        assert (one["before"], one["after"]) == pytest.approx((x, 1.1 * x))


def test_nothing_significant_ends_the_abstract_in_one_sentence(mechanism):
    """The clause on the factors and the phrases on channels and groups make one sentence."""
    dull = made_report.estimates(
        {"talent": (0.1, 1.0, 0.9), "patents": (0.1, 1.0, 0.8)}, outcome="green"
    )
    result = mechanism.result
    others = result.results["tables"]["baseline"].columns[1:]
    real = result.results["mediation"]["mechanism"]
    effects = tuple(
        replace(one, interval=replace(one.interval, p_value=0.9)) for one in real.effects
    )
    groups = result.results["heterogeneity"]["cities"]
    same = {
        by: replace(
            one,
            differences=tuple(
                replace(d, interaction=replace(d.interaction, p_value=0.9)) for d in one.differences
            ),
        )
        for by, one in groups.groupings.items()
    }
    result = with_results(
        result,
        tables={"baseline": RegressionColumns((dull, *others))},
        mediation={
            "mechanism": replace(real, effects=effects),
            "single": replace(real, effects=effects),
        },
        heterogeneity={"cities": GroupComparisons(same)},
    )
    (abstract,) = abstract_of(exhibited(result).abstract)

    said, chinese = str(abstract), say(abstract, "zh")
    first = said.split(". ", maxsplit=1)[0]
    assert first.startswith(
        "Neither factor is significantly associated with Green of 24 entities over 2008–2017: "
    )
    assert first.endswith(
        "; nor are there significant indirect effects through Firms and Rivals, indirect effects "
        "through Firms and Rivals or differences between groups by Region and third"
    )
    assert "Holm" not in said
    assert chinese.split("。")[0].endswith("组间差异亦不显著")


def test_a_study_without_mediation_is_silent_on_channels(tmp_path):
    """No question of channels, no sentence on them."""
    text = made_cells.MECHANISM
    start, end = text.index("mediation:"), text.index("moderation:")
    folder = tmp_path / "study"
    folder.mkdir()
    place = made_cells.made_mechanism.write_study(
        folder, made_cells.mechanism_frame(), text[:start] + text[end:]
    )
    material = content_of(run(place))

    said = str(material.abstract[0])
    assert "channels" not in said
    assert "indirect" not in said
    assert "Talent" in said


def test_one_entity_has_a_text_that_is_whole(tmp_path):
    """Nothing can be estimated within one city: no association is told, and nothing breaks."""
    folder = written(tmp_path / "one")
    rows = (folder / "data.csv").read_text(encoding="utf-8").splitlines()
    kept = [rows[0], *(row for row in rows[1:] if row.startswith("甲"))]
    (folder / "data.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    material = content_of(run(folder / "study.yaml"))

    said = " ".join(str(one) for one in material.abstract)
    assert "associated" not in said
    assert "entities" not in said


def test_a_name_without_an_english_label_is_told_and_not_printed(tmp_path):
    """The English text leaves the paragraph out and a notice names what is missing; the Chinese keeps it."""
    text = made_cells.MECHANISM.replace(
        "talent: {column: talent, label: {zh: 人才, en: Talent}}", "人才: {column: talent}"
    )
    text = text.replace("factors: [talent,", "factors: [人才,").replace(
        "{x: [talent]", "{x: [人才]"
    )
    text = text.replace("instruments: {talent:", "instruments: {人才:")
    place = made_cells.made_mechanism.write_study(tmp_path, made_cells.mechanism_frame(), text)
    material = content_of(run(place))

    english = [str(one) for one in (*material.abstract, *material.keywords)]
    english += [str(one) for found in material.prose.values() for one in found]
    assert not [one for one in english if re.search("[一-鿿]", one)]
    assert "人才" in say(material.abstract[0], "zh")
    (notice,) = [one for one in material.notices if one.code == "report.no_english_label"]
    assert "人才" in str(notice.text)


def test_chinese_text_has_no_english_words(mechanism):
    """Every pattern is translated: what is left in Latin letters are names and symbols."""
    material = content_of(mechanism.result)
    paragraphs = [*material.abstract, *(one for found in material.prose.values() for one in found)]

    words = {word for one in paragraphs for word in re.findall(r"[A-Za-z]{2,}", say(one, "zh"))}
    known = {"Holm", "Sobel", "Mundlak", "VIF", "ln", "HC"}
    assert words - known <= {"patents", "control", "first", "second", "third", "east", "other"}


def test_no_text_claims_a_cause(mechanism, everything):
    """Associations are told as associations: no design of these studies gives a cause."""
    causal = re.compile(
        r"\b(cause[sd]?|raises|lowers|improves|promotes|leads to|drives)\b|促进|导致|推动了"
    )
    for found in (mechanism, everything):
        material = content_of(found.result)
        for one in (*material.abstract, *(p for ps in material.prose.values() for p in ps)):
            for language in ("en", "zh"):
                said = say(one, language).replace("a common cause of mediator and outcome", "")
                assert not causal.search(said), said
