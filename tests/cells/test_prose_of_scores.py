"""Running text on scores and classes, written a second time: years, verbs, names and counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import second_writer as again
from made_shown import asked
from printed import in_english
from score_cells import scores_of
from xinzhi.analyses.classes import show as of_classes
from xinzhi.analyses.efficiency import show as of_scores
from xinzhi.analyses.transitions import show as of_moves
from xinzhi.analyses.transitions.compute import Moves
from xinzhi.report.build import content_of
from xinzhi_core.wording import say
from xinzhi_econometrics.space.transitions import ClassPaths

SEEDS = range(25)
SCORE, MANY, ONE = "Green efficiency", "provinces", "province"
DATES = (2010, 2015)


@pytest.fixture(scope="module")
def content(everything):
    return content_of(everything.result)


def by_year(scores):
    """Mean of each year, and of all."""
    years = sorted({year for _, year in scores})
    means = {str(y): float(np.mean([s for (_, at), s in scores.items() if at == y])) for y in years}
    return {**means, "all": float(np.mean(list(scores.values())))}


def ranking(scores):
    """Entities by their mean, the best first."""
    names = {name for name, _ in scores}
    means = {n: float(np.mean([s for (name, _), s in scores.items() if name == n])) for n in names}
    return sorted(((in_english(n), m) for n, m in means.items()), key=lambda pair: -pair[1])


def lows(scores, year):
    """How many are low and high in a year."""
    found = [s < 0.7 for (_, at), s in scores.items() if at == year]
    return {"low": sum(found), "high": len(found) - sum(found)}


def test_the_chapter_on_scores_is_that_of_the_scores(everything, content):
    """Level, years at both ends, entities at both ends: each from the scores, in this order."""
    scores = scores_of(everything)
    means = by_year(scores)
    told = [
        again.level_of_scores(SCORE, means, comparable=True),
        *again.extreme_years(means, comparable=True),
        *again.best_and_worst(ranking(scores)),
    ]

    assert str(content.prose["efficiency"][0]) == " ".join(told)
    assert again.level_in_brief(SCORE, means, comparable=True) in str(content.abstract[0])


def test_the_chapter_on_classes_is_that_of_the_scores(everything, content):
    """How many were low and high at the start, and at the end."""
    scores = scores_of(everything)
    first, last = (lows(scores, year) for year in DATES)
    told = again.counts_of_classes(("low", "high"), first, last, "2010", "2015", MANY, ONE)

    assert str(content.prose["classes"][0]) == told
    assert again.changes_of_classes(("low", "high"), first, last, MANY) in str(content.abstract[0])


def test_the_regions_at_the_last_date_are_those_of_the_scores(everything, content):
    """The lowest and the highest class by region, then who rose, fell and stayed."""
    scores = scores_of(everything)
    codes = everything.result.panel.frame["region"].groupby(level=0).first()
    told = []
    for name, holds in (("low", lambda s: s < 0.7), ("high", lambda s: s >= 0.7)):
        counts = {}
        for region, code in (("east", 1), ("other", 0)):
            held = [holds(scores[p, 2015]) for p in codes.index if (codes[p] == 1) == code]
            counts[region] = (sum(held), len(held))
        told.append(again.class_by_region(name, counts, 2015, MANY))
    ends = [tuple(scores[p, year] < 0.7 for year in DATES) for p in codes.index]
    told.append(
        f"Over the dates 2010, 2015, {ends.count((True, False))} of 12 provinces rose to a higher class without "
        f"falling back, {ends.count((False, True))} fell without rising, and {sum(a == b for a, b in ends)} stayed in "
        "their class."
    )

    assert " ".join(told) in [str(one) for one in content.prose["space"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_drawn_means_are_told_with_their_years(everything, seed):
    """Rising, falling and equal means, few years and many, frontiers that can be compared and such that cannot."""
    draw = np.random.default_rng(seed)
    one = asked(everything.result, "efficiency", "green")
    n = 1 + seed % 5
    values = draw.choice(
        [draw.uniform(0.2, 1.2, n), np.full(n, 0.5), np.round(draw.uniform(0.5, 0.502, n), 3)]
    )
    means = {str(2000 + at): float(v) for at, v in enumerate(values)}
    means = {**means, "all": float(np.mean(values))}
    reference = str(draw.choice(["global", "contemporaneous", "rows"]))
    result = replace(one.result, options=replace(one.result.options, reference=reference))
    names = sorted(one.shown.style.entities)[: int(draw.integers(0, 13))]
    ranked = pd.DataFrame(
        {"entity": names, "mean": sorted(draw.uniform(0, 1.5, len(names)), reverse=True)}
    )
    comparable = reference != "contemporaneous"
    pairs = [(in_english(name), float(mean)) for name, mean in ranked.to_numpy()]

    (said,) = of_scores.prose(result, means, ranked, one.shown)

    assert str(said) == " ".join(
        [
            again.level_of_scores(SCORE, means, comparable=comparable),
            *again.extreme_years(means, comparable=comparable),
            *again.best_and_worst(pairs),
        ]
    )
    _, level = of_scores.abstract(result, means, one.shown)
    assert str(level.text) == again.level_in_brief(SCORE, means, comparable=comparable)


@pytest.mark.parametrize("seed", SEEDS)
def test_drawn_classes_are_told_with_their_counts(everything, seed):
    """Three classes over one period or several, some of them empty."""
    draw = np.random.default_rng(seed)
    one = asked(everything.result, "classes", "green")
    names = ("poor", "fair", "good")
    years = list(range(2001, 2001 + int(draw.integers(1, 4))))
    counts = pd.DataFrame(draw.integers(0, 3, (len(years), 3)), index=years, columns=list(names))
    counts["none"] = 1
    result = replace(one.result, names=names, counts=counts)
    first, last = ({n: int(counts.loc[year, n]) for n in names} for year in (years[0], years[-1]))
    end = str(years[-1])
    if len(years) == 1:
        # Rows without a score are counted with the others.
        last_all = {**last, "none": 1}
        total = sum(last_all.values())
        told = (
            f"Of {again.things(total, ONE, MANY)}, {again.enumerated([str(last[n]) for n in names])} are in the "
            f"classes {again.enumerated(list(names))}."
        )
    else:
        told = again.counts_of_classes(names, first, last, str(years[0]), end, MANY, ONE)

    (said,) = of_classes.prose(result, one.shown)
    assert str(said) == told
    (brief,) = of_classes.abstract(result, one.shown)
    assert brief.part == "classes"
    in_brief = again.changes_of_classes(names, first, last, MANY) if len(years) > 1 else told
    assert str(brief.text) == in_brief


@pytest.mark.parametrize("seed", SEEDS)
def test_drawn_moves_are_told_with_their_counts(everything, seed):
    """Regions in falling order of the share of a class, at the last date; who rose, fell and stayed."""
    draw = np.random.default_rng(seed)
    one = asked(everything.result, "transitions", "green")
    names, regions = ("poor", "fair", "good"), ("North", "South", "West")
    index = pd.MultiIndex.from_product([DATES, regions], names=["period", "group"])
    table = pd.DataFrame(draw.integers(1, 9, (6, 3)), index=index, columns=list(names))
    kinds = pd.Series(draw.choice(["rose", "fell", "stayed", "mixed"], 9))
    route = ClassPaths(
        of=pd.DataFrame(index=range(9), columns=list(DATES)),
        kinds=kinds,
        counts=kinds.value_counts(),
    )
    found = Moves(regions, table, None, route)
    (said,) = of_moves.prose(found, {n: n for n in names}, {r: r for r in regions}, one.shown)

    last = table.loc[2015]
    told = [
        again.class_by_region(
            name, {r: (int(last.loc[r, name]), int(last.loc[r].sum())) for r in regions}, 2015, MANY
        )
        for name in ("poor", "good")
    ]
    rose, fell, stayed = (int((kinds == kind).sum()) for kind in ("rose", "fell", "stayed"))
    told.append(
        f"Over the dates 2010, 2015, {rose} of 9 provinces rose to a higher class without falling back, {fell} fell "
        f"without rising, and {stayed} stayed in their class."
    )
    assert str(said) == " ".join(told)
    assert f"{rose}个等级上升" in say(said, "zh")
    assert f"{fell}个等级下降" in say(said, "zh")


def test_a_measurement_is_told_with_what_is_certified(everything):
    """All scores certified, or how many of them."""
    one = asked(everything.result, "efficiency", "green")
    statuses = list(one.result.statuses)
    statuses[3] = "unsolved"
    part = replace(one.result, statuses=tuple(statuses))
    means = by_year(scores_of(everything))
    words = "Green efficiency is measured by super-SBM with undesirable outputs (a pooled frontier of all periods; "

    (whole, _), (some, _) = (of_scores.abstract(r, means, one.shown) for r in (one.result, part))

    assert str(whole.text) == f"{words}each score certified optimal)."
    assert str(some.text) == f"{words}71 of 72 scores certified optimal)."
