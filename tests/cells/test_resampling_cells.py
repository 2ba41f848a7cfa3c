"""Draws of the whole study, leaving out an entity, placebo factors: every printed cell is its number."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest

from printed import (
    Expected,
    check,
    check_sentences,
    count,
    digits,
    number,
    p_value,
    percent,
    words,
)
from printed_charts import Point, points_of

NAMES = {"talent": "Talent", "age": "age", "firms": "Firms", "green": "Green"}
SECTIONS = {
    ("tables", "baseline"): "Green: regressions",
    ("mediation", "channel"): "Mediation: channel",
    ("mediation", "other"): "Mediation: other",
    ("heterogeneity", "cities"): "Heterogeneity",
}
MEMBERS = {"east": "east", "other": "other"}


@pytest.fixture
def whole(resampled):
    return resampled.result.results["whole_study"]["whole_study"]


@pytest.fixture
def without(resampled):
    return resampled.result.results["leave_one_out"]["leave_one_out"]


@pytest.fixture
def placebo(resampled):
    return resampled.result.results["placebo"]["placebo"]


def label(one):
    """What an effect is called."""
    named = [NAMES.get(name, name) for name in one.links]
    named = ["Talent × age" if name == "talent × age" else name for name in named]
    path = " → ".join(named)
    if one.kind == "difference":
        return f"{path}, {MEMBERS[one.group]} less {MEMBERS[one.other]}"
    if one.group:
        return f"{path}, {MEMBERS[one.group]}"
    if one.kind == "direct":
        return f"{path}, beside {NAMES[one.past]}"
    return f"({one.column}) {path}" if one.column else path


def key(place, one):
    """What an effect is called by a machine."""
    where = ".".join(place) + (f"/{one.column}" if one.column else "")
    kind = "" if one.kind == "slope" else f" {one.kind}"
    group = f" {one.grouping}: {one.group}" if one.group else ""
    less = f" less {one.other}" if one.other else ""
    past = f" beside {one.past}" if one.past else ""
    return f"{where} {' -> '.join(one.links)}{kind}{group}{less}{past}"


def full(place, one):
    """The name of an effect in a sentence."""
    return f"{label(one)} ({SECTIONS[place]})"


def by_section(items):
    """Group what has a place: name of the section and its members."""
    return [(place, list(members)) for place, members in groupby(items, key=lambda one: one.place)]


BOTH = {
    "estimate": "Estimate",
    "usual_low": ("Usual interval", "Lower bound"),
    "usual_high": ("Usual interval", "Upper bound"),
    "low": ("Over draws of the study (90%)", "Lower bound"),
    "high": ("Over draws of the study (90%)", "Upper bound"),
}
CHINESE = {"usual_low": "下限", "usual_high": "上限", "low": "下限", "high": "上限"}


def both_intervals(one):
    """Estimate and bounds of both intervals."""
    q = one.quantity
    return {
        "estimate": number(q.estimate),
        "usual_low": number(q.low),
        "usual_high": number(q.high),
        "low": number(one.low),
        "high": number(one.high),
    }


def test_intervals_over_draws(resampled, whole):
    """Each effect with its usual bounds and those of the draws, made from the draws here."""
    columns = BOTH | {
        "std_error": ("Over draws of the study (90%)", "Standard error"),
        "sign": ("Over draws of the study (90%)", "Same sign"),
        "n": ("Over draws of the study (90%)", "Draws"),
    }
    rows, cells = {}, {}
    values = iter(whole.draws.T)
    for place, members in by_section(whole.intervals):
        rows[".".join(place)] = SECTIONS[place]
        for one in members:
            at, draws, b = key(place, one.quantity), next(values), one.quantity.estimate
            rows[at] = label(one.quantity)
            shown = both_intervals(one) | {
                "std_error": number(one.std_error),
                "sign": percent(one.share_of_sign),
                "n": count(one.n_draws),
            }
            cells |= {(at, column): cell for column, cell in shown.items()}
            # 9 of 18 cities: the factor of such subsamples is 1; the bias grows at the rate 2/3 of one
            # input and two outputs
            centre = b
            if rests_on_score(one.quantity):
                centre -= (draws.mean() - b) / (2 ** (2 / 3) - 1)
            # of 40 draws the second from either side: 2 · 2/41 is below 0.1, 2 · 3/41 is not
            inside = np.sort(centre - draws + draws.mean())
            low, high = inside[1], inside[-2]
            assert (one.low, one.high) == pytest.approx((low, high))
            assert one.std_error == pytest.approx(np.std(draws, ddof=1))
            assert one.share_of_sign == np.mean((centre - draws + draws.mean()) * b > 0)

    check(resampled, "whole_study", Expected(columns, rows, cells, "Effect", CHINESE))


def rests_on_score(one):
    """Whether the score is the outcome of its regressions, or of the second of them."""
    return one.links[-1] == "green"


def once(effects):
    """Take each effect once, by its first estimate: with a mediator beside it, or in a group, it is another one."""
    seen = {}
    for one in effects:
        q = one.quantity
        seen.setdefault((q.links, q.group, q.other, q.past, q.kind == "interaction"), one)
    return [*seen.values()]


def in_short(one):
    """What it is called where a heading names the outcome."""
    return label(replace(one, links=one.links[:-1]))


def main_effects(whole):
    """Slopes of the first column, then the mediated effects that start from it."""
    return [
        one
        for one in whole.intervals
        if (one.place == ("tables", "baseline") and one.quantity.column == 1)
        or (one.place == ("mediation", "channel") and one.quantity.kind == "indirect")
    ]


def test_main_effects(resampled, whole):
    chosen = main_effects(whole)
    rows = {key(one.place, one.quantity): in_short(one.quantity) for one in chosen}
    cells = {
        (key(one.place, one.quantity), column): cell
        for one in chosen
        for column, cell in both_intervals(one).items()
    }

    assert len(chosen) == 4
    check(
        resampled,
        "whole_study_main",
        Expected(BOTH, rows, cells, f"Effect on {NAMES['green']}", CHINESE),
    )
    assert resampled.tables["whole_study_main"].part == "text"
    assert resampled.tables["whole_study"].part == "appendix"


def test_points_of_both_intervals(resampled, whole):
    """The usual interval above, that of the draws beneath; hollow where it holds zero."""
    expected = [
        Point(f"{in_short(q)}: {words}", q.estimate, low, high, is_filled=not low <= 0 <= high)
        for one in main_effects(whole)
        for q in (one.quantity,)
        for words, low, high in (("usual", q.low, q.high), ("over draws", one.low, one.high))
    ]
    chart = resampled.charts["whole_study_intervals"]

    assert points_of(chart) == expected
    assert chart.part == "text"
    assert {one.is_filled for one in expected} == {True, False}
    assert "重复抽样" in points_of(chart, "zh")[1].words


def test_sentences_of_draws(resampled, whole):
    """How many effects leave zero out by both, and which no longer."""
    known = once(one for one in whole.intervals if not np.isnan(one.quantity.low))
    usual = [one for one in known if one.quantity.low * one.quantity.high > 0]
    gone = [one for one in usual if one.low * one.high < 0]
    names = ", ".join(full(one.place, one.quantity) for one in gone)

    assert gone
    check_sentences(
        resampled,
        "whole_study",
        [
            (
                f"Of {len(usual)} effects whose usual interval leaves out zero, {len(usual) - len(gone)} still "
                "leave it out when the frontier and everything after it are estimated again in each draw."
            ),
            f"Not among them: {names}.",
        ],
    )


def test_without_each_entity(resampled, without):
    """Smallest and largest estimate with the entity left out, made from the estimates here."""
    columns = {
        "estimate": "Estimate",
        "low": ("Smallest estimate", "Estimate"),
        "without_low": ("Smallest estimate", "Without"),
        "high": ("Largest estimate", "Estimate"),
        "without_high": ("Largest estimate", "Without"),
        "std_error": "Jackknife standard error",
        "turned": "Other sign",
        "n": "Entities left out",
    }
    rows, cells = {}, {}
    values = iter(without.without.T)
    for place, members in by_section(without.ranges):
        rows[".".join(place)] = SECTIONS[place]
        for one in members:
            at, found, b = key(place, one.quantity), next(values), one.quantity.estimate
            rows[at] = label(one.quantity)
            cells |= {
                (at, "estimate"): number(b),
                (at, "low"): number(found.min()),
                (at, "without_low"): words(f"city{found.argmin():02d}"),
                (at, "high"): number(found.max()),
                (at, "without_high"): words(f"city{found.argmax():02d}"),
                (at, "std_error"): number(one.std_error),
                (at, "turned"): count(int(sum(found * b < 0))),
                (at, "n"): count(18),
            }
            assert one.std_error == pytest.approx(np.std(found) * 17**0.5)

    chinese = {"std_error": "刀切标准误", "turned": "符号改变", "n": "剔除的个体数"}
    check(resampled, "leave_one_out", Expected(columns, rows, cells, "Effect", chinese))


def changes_of(without):
    """Changes in jackknife standard errors, shape (entities, effects)."""
    estimates = np.array([one.quantity.estimate for one in without.ranges])
    return (without.without - estimates) / (np.std(without.without, axis=0) * 17**0.5)


def test_most_influential_entities(resampled, without):
    """Root mean square and largest of the changes, in falling order."""
    changes = changes_of(without)
    overall = (changes**2).mean(axis=1) ** 0.5
    order = np.argsort(-overall)
    rows, cells = {}, {}
    estimates = np.array([one.quantity.estimate for one in without.ranges])
    turned = (without.without * estimates < 0).sum(axis=1)
    for entity, i in ((f"city{i:02d}", i) for i in order):
        at = int(np.abs(changes[i]).argmax())
        rows[entity] = entity
        found = next(one for one in without.influences if one.entity == entity)
        assert (found.overall, found.largest) == pytest.approx((overall[i], changes[i, at]))
        cells |= {
            (entity, "overall"): number(found.overall, 2),
            (entity, "largest"): number(found.largest, 2),
            (entity, "effect"): words(full(without.ranges[at].place, without.ranges[at].quantity)),
            (entity, "turned"): count(int(turned[i])),
        }
    columns = {
        "overall": ("", "All effects"),
        "largest": ("Largest change", "Standard errors"),
        "effect": ("Largest change", "Effect"),
        "turned": ("", "Effects with the other sign"),
    }

    check(resampled, "leave_one_out_influence", Expected(columns, rows, cells, "Entity"))


def test_sentences_without_each_entity(resampled, without):
    effects = once(without.ranges)
    turned = [one for one in effects if one.n_turned]
    first = without.influences[0]
    effect = without.ranges[first.position]
    names = ", ".join(full(one.place, one.quantity) for one in turned)

    assert turned
    check_sentences(
        resampled,
        "leave_one_out",
        [
            (
                f"Each of 18 entities is left out of everything once, the frontier included: "
                f"{len(effects) - len(turned)} of {len(effects)} effects keep their sign without "
                "any one of them."
            ),
            f"The sign changes for {names}.",
            (
                f"Leaving out {first.entity} changes the effects most: by {digits(first.overall, 2)} jackknife "
                f"standard errors (root mean square over all effects), and by {digits(first.largest, 2)} for "
                f"{full(effect.place, effect.quantity)}."
            ),
        ],
    )


def test_placebo_factors(resampled, placebo):
    """Each slope beside the quantiles, the spread and the p-value of its permutations."""
    columns = {
        "estimate": "Estimate",
        "low": ("Permuted slopes", "2.5th percentile"),
        "high": ("Permuted slopes", "97.5th percentile"),
        "std_error": ("Permuted slopes", "Standard deviation"),
        "p_value": "Permutation p",
        "n": "Permutations",
    }
    rows, cells = {}, {}
    values = iter(placebo.draws.T)
    for factor, slopes in groupby(placebo.slopes, key=lambda one: one.factor):
        for place, members in by_section(slopes):
            rows[f"{factor}: {'.'.join(place)}"] = f"{NAMES[factor]} permuted: {SECTIONS[place]}"
            for one in members:
                at, draws = f"{factor}: {key(place, one.quantity)}", next(values)
                b = one.quantity.estimate
                rows[at] = label(one.quantity)
                low, high = np.quantile(draws, [0.025, 0.975])
                cells |= {
                    (at, "estimate"): number(b),
                    (at, "low"): number(low),
                    (at, "high"): number(high),
                    (at, "std_error"): number(np.std(draws, ddof=1)),
                    (at, "p_value"): p_value((1 + sum(abs(draws) >= abs(b))) / 40),
                    (at, "n"): count(39),
                }

    chinese = {"low": "2.5% 分位数", "high": "97.5% 分位数", "p_value": "置换检验 p 值"}
    check(resampled, "placebo", Expected(columns, rows, cells, "Slope", chinese))


def test_sentences_of_placebo_factors(resampled, placebo):
    sentences = []
    for factor, members in groupby(placebo.slopes, key=lambda one: one.factor):
        slopes = list(members)
        clear = [one for one in slopes if one.p_value < 0.05]
        verb = "has" if len(clear) == 1 else "have"
        sentences.append(
            f"With the paths of {NAMES[factor]} permuted between entities, {len(clear)} of its "
            f"{len(slopes)} slopes {verb} a permutation p-value below 0.05."
        )
        if clear:
            names = (f"{full(one.place, one.quantity)}, p = {digits(one.p_value)}" for one in clear)
            sentences.append(f"{'This is' if len(clear) == 1 else 'These are'} {', '.join(names)}.")

    assert len(sentences) in {3, 4}
    check_sentences(resampled, "placebo", sentences)
