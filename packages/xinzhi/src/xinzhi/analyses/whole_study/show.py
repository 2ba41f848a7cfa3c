"""Intervals over draws of the whole study beside the usual ones, and the draws that support pathways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from xinzhi.analyses.analysis import Shown, joint_statements
from xinzhi.analyses.effects import Quantity
from xinzhi.analyses.exhibits import Exhibits, whole_reading
from xinzhi.analyses.mediation.compute import MediationSection
from xinzhi.analyses.whole_study.compute import (
    QuantityInterval,
    Support,
    WholeStudy,
    WholeStudyOptions,
)
from xinzhi.analyses.whole_study.draws import (
    MANY,
    Place,
    distinct,
    effect_key,
    effect_record,
    excludes_zero,
    name_effect,
    name_in_section,
    not_drawn_notes,
    places_for_machines,
    rows_by_section,
)
from xinzhi.present import numbers
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.wording import Wording, listed, message

EFRON = (
    "Efron, B. (1979). Bootstrap methods: another look at the jackknife. The Annals of Statistics, "
    "7(1), 1–26. doi:10.1214/aos/1176344552"
)
KNEIP = (
    "Kneip, A., Simar, L., & Wilson, P. W. (2015). When bias kills the variance: central limit theorems "
    "for DEA and FDH efficiency scores. Econometric Theory, 31(2), 394–422. doi:10.1017/S0266466614000413"
)
POLITIS = (
    "Politis, D. N., Romano, J. P., & Wolf, M. (1999). Subsampling. Springer. "
    "doi:10.1007/978-1-4612-1554-7"
)


def exhibits(section: WholeStudyOptions, result: WholeStudy, shown: Shown) -> Exhibits:
    """Set all intervals, and the shares of draws that support pathways."""
    table = interval_table(result, shown)
    others = (main_table(result, shown), support_table(result, shown) if result.support else None)
    return Exhibits(
        (table, *(other for other in others if other is not None)),
        methods=(method(section, result, shown),),
        references=frozenset({POLITIS, KNEIP} if section.scheme == "subsample" else {EFRON}),
        prose=whole_reading(table),
    )


def method(section: WholeStudyOptions, result: WholeStudy, shown: Shown) -> Wording:
    """Say what is drawn, what is computed again, and what stays."""
    words = {"draws": numbers.count(len(result.draws)), "seed": shown.study.seed}
    drawn = (
        message(
            "Bootstrap of the whole study: {n} entities are drawn with replacement, each with all "
            "its periods ({draws} draws, seed {seed}); intervals are percentiles of the draws.",
            n=result.scheme.n,
            **words,
        )
        if section.scheme == "bootstrap"
        else message(
            "Subsamples of the whole study: {m} of {n} entities are drawn without replacement, each "
            "with all its periods ({draws} draws, seed {seed}); differences from their mean are "
            "multiplied by {factor}.{bias}",
            bias=_bias_in_words(result),
            m=result.scheme.m,
            n=result.scheme.n,
            factor=numbers.number(result.scheme.factor, 3),
            **words,
        )
    )
    if not result.has_frontier:
        return message(
            "{drawn} In each draw all regressions are computed again; the preparation of the data, the "
            "groups, the rows of each regression and the levels of moderators stay as they are.",
            drawn=drawn,
        )
    return message(
        "{drawn} In each draw the frontier, the scores, the variables made from them and all "
        "regressions are computed again; the preparation of the data, the groups, the rows of each "
        "regression and the levels of moderators stay as they are.",
        drawn=drawn,
    )


def _bias_in_words(result: WholeStudy) -> Wording:
    """Say which bias is taken out of which effects, and at which rate."""
    # Rates of effects that rest on scores; products without one have the rate 1.
    rates = sorted({i.rate for i in result.intervals if i.rests_on_score and not np.isnan(i.rate)})
    if not rates:
        return message(
            " The bias of products of slopes is corrected by the generalised jackknife at the rate 1; "
            "that of single slopes is not corrected."
        )
    return message(
        " In effects that rest on a score the bias of the frontier is corrected by the generalised "
        "jackknife, at the rate of the slowest of their scores ({rates}); products of slopes without a "
        "score are corrected at the rate 1, single slopes without a score are not corrected.",
        rates=listed([numbers.number(rate, 2) for rate in rates]),
    )


def interval_table(result: WholeStudy, shown: Shown) -> Table:
    """Set each effect with both intervals, section by section."""
    drawn = _over_draws(result)
    return Table(
        id=shown.name,
        title=shown.title,
        stub=message("Effect"),
        columns=(
            *_bounds(result),
            Column("std_error", message("Standard error"), drawn),
            Column("sign", message("Same sign"), drawn),
            Column("n", message("Draws"), drawn),
        ),
        rows=tuple(rows_by_section((_interval_row(i, shown) for i in result.intervals), shown)),
        notes=(
            *(_SCORES_AS_DATA if result.has_frontier else ()),
            message(
                "Same sign: share of the draws in which the effect has the sign of the estimate."
            ),
            message(
                "An effect that stands in several tables is counted once, by its first estimate."
            ),
            coverage_note(result),
            *not_drawn_notes(result.not_drawn, shown),
        ),
        reading=tuple(_reading(result, shown)),
        machine={
            "scheme": "bootstrap" if result.scheme.is_with_replacement else "subsample",
            "entities": result.scheme.n,
            "size": result.scheme.m,
            "draws": len(result.draws),
            "seed": result.scheme.seed,
            "level": result.level,
            "frontier": result.has_frontier,
            "lost_draws": result.n_lost,
            "rows_without_score": result.n_without_score,
            "intervals": [_interval_record(interval) for interval in result.intervals],
            "not_drawn": places_for_machines(result.not_drawn),
            "support": [_support_record(support) for support in result.support],
        },
    )


_SCORES_AS_DATA = (
    message(
        "The usual intervals take the scores as data. Those over draws of the study hold the "
        "error of the frontier too, as far as it shows among draws of entities."
    ),
)


def coverage_note(result: WholeStudy) -> Wording:
    """Say what the intervals assume and what was measured of them."""
    if not result.has_frontier:
        return message("Draws take entities as independent.")
    if result.scheme.is_with_replacement:
        return message(
            "The bootstrap takes entities as independent; that it holds for estimated frontiers is "
            "not proved, and its coverage in simulated studies is in the documentation."
        )
    return message(
        "Subsamples take entities as independent, and the bias of slacks-based scores to fall at the "
        "rate of radial ones; their coverage in simulated studies is in the documentation."
    )


def _over_draws(result: WholeStudy) -> Wording:
    return message("Over draws of the study ({level})", level=numbers.level(result.level))


def _bounds(result: WholeStudy) -> tuple[Column, ...]:
    usual, drawn = message("Usual interval"), _over_draws(result)
    return (
        Column("estimate", message("Estimate")),
        Column("usual_low", message("Lower bound"), usual),
        Column("usual_high", message("Upper bound"), usual),
        Column("low", message("Lower bound"), drawn),
        Column("high", message("Upper bound"), drawn),
    )


def _interval_row(
    interval: QuantityInterval, shown: Shown
) -> tuple[Place, Quantity, tuple[Cell, ...]]:
    cells = (
        *_bound_cells(interval, shown),
        Cell(interval.std_error, "number", decimals=shown.style.decimals),
        Cell(interval.share_of_sign, "percent"),
        Cell(interval.n_draws, "count"),
    )
    return interval.place, interval.quantity, cells


def _bound_cells(interval: QuantityInterval, shown: Shown) -> tuple[Cell, ...]:
    q = interval.quantity
    values = (q.estimate, q.low, q.high, interval.low, interval.high)
    return tuple(Cell(value, "number", decimals=shown.style.decimals) for value in values)


def _reading(result: WholeStudy, shown: Shown) -> Iterator[Wording]:
    """Say for how many effects the two intervals judge alike, and name the others."""
    # An effect without one of the two intervals is in neither count.
    complete = [
        interval
        for interval in distinct(result.intervals)
        if not np.isnan(
            [interval.quantity.low, interval.quantity.high, interval.low, interval.high]
        ).any()
    ]
    usual = [each for each in complete if excludes_zero(each.quantity.low, each.quantity.high)]
    both = [interval for interval in usual if excludes_zero(interval.low, interval.high)]
    if not usual:
        return
    counts = {"n": len(usual), "kept": len(both)}
    if result.has_frontier:
        yield message(
            "Of {n} effects whose usual interval leaves out zero, {kept} still leave it out when the "
            "frontier and everything after it are estimated again in each draw.",
            one="Of {n} effect whose usual interval leaves out zero, {kept} still leaves it out when "
            "the frontier and everything after it are estimated again in each draw.",
            **counts,
        )
    else:
        yield message(
            "Of {n} effects whose usual interval leaves out zero, {kept} still leave it out when "
            "all regressions are estimated again in each draw.",
            one="Of {n} effect whose usual interval leaves out zero, {kept} still leaves it out when "
            "all regressions are estimated again in each draw.",
            **counts,
        )
    others = [each for each in usual if each not in both and each.quantity.is_effect]
    if 0 < len(others) <= MANY:
        yield message(
            "Not among them: {effects}.",
            effects=listed([name_in_section(each.place, each.quantity, shown) for each in others]),
        )


MOST = 15
"""Rows of the table of main effects."""


def main_effects(result: WholeStudy, shown: Shown) -> tuple[QuantityInterval, ...]:
    """Choose the slopes of the first column of the study, and the mediated effects that start from it."""
    first = shown.study.first_column
    if first is None:
        return ()
    table, _, number = first.rpartition("/")

    def is_main(interval: QuantityInterval) -> bool:
        (key, name), q = interval.place, interval.quantity
        if q.kind == "slope":
            return (key, name, str(q.column)) == ("tables", table, number)
        section = shown.study.section(key, name)
        is_mediated = q.kind == "indirect" and isinstance(section, MediationSection)
        return is_mediated and section.base == first

    return tuple(filter(is_main, result.intervals))[:MOST]


def shared_outcome(intervals: Sequence[QuantityInterval]) -> str:
    """Name the outcome that all of them have; empty where they have several."""
    outcomes = {interval.quantity.links[-1] for interval in intervals}
    return outcomes.pop() if len(outcomes) == 1 else ""


def name_without_outcome(interval: QuantityInterval, outcome: str, shown: Shown) -> Wording:
    """Name an effect without the outcome that a heading names."""
    q = interval.quantity
    return name_effect(replace(q, links=q.links[:-1]) if outcome else q, shown)


def effect_on(outcome: str, shown: Shown) -> Wording:
    """Head the effects, by their outcome where all have one."""
    if not outcome:
        return message("Effect")
    return message("Effect on {outcome}", outcome=name_of(outcome, shown.style.labels))


def main_table(result: WholeStudy, shown: Shown) -> Table | None:
    """Set these effects with both intervals; nothing where there is none."""
    intervals = main_effects(result, shown)
    if not intervals:
        return None
    outcome = shared_outcome(intervals)
    return Table(
        id=f"{shown.name}_main",
        title=message("Main effects with intervals over draws of the whole study"),
        stub=effect_on(outcome, shown),
        columns=_bounds(result),
        rows=tuple(
            Row(
                name_without_outcome(interval, outcome, shown),
                _bound_cells(interval, shown),
                key=effect_key(interval.place, interval.quantity),
            )
            for interval in intervals
        ),
        notes=(
            message(
                "The usual intervals take the scores as data; those over draws of the study measure "
                "the frontier again in each draw. All effects stand in the appendix."
            )
            if result.has_frontier
            else message("All effects stand in the appendix."),
        ),
        machine={"effects": [effect_key(each.place, each.quantity) for each in intervals]},
        part="text",
    )


def support_table(result: WholeStudy, shown: Shown) -> Table:
    """Set each statement on signs with the share of draws in which all of them hold."""
    rows = [
        Row(
            joint_statements(support.place[0]).statement(support.signs, shown),
            (
                Cell(_groups(support, shown), "text"),
                Cell(support.signs.n_entities, "count"),
                Cell(len(support.signs.effects), "count"),
                Cell(support.share, "percent"),
                Cell(support.n_draws, "count"),
            ),
            key=f"{support.signs.name} {support.signs.groups}",
        )
        for support in result.support
    ]
    return Table(
        id=f"{shown.name}_support",
        title=message("Draws that support the pathways"),
        stub=message("Pathway"),
        columns=(
            Column("groups", message("By the estimates of")),
            Column("entities", message("Entities")),
            Column("effects", message("Effects")),
            Column("share", message("Draws that support it")),
            Column("n", message("Draws")),
        ),
        rows=tuple(rows),
        notes=(
            message(
                "A draw supports a pathway where all effects on which it rests have the sign that "
                "it asks for."
            ),
        ),
    )


def _groups(support: Support, shown: Shown) -> Wording:
    if not support.signs.groups:
        return message("all entities")
    return listed(
        [
            message(
                "{grouping}: {group}",
                grouping=shown.study.group_label(grouping),
                group=shown.study.member_label(grouping, group),
            )
            for grouping, group in support.signs.groups
        ]
    )


def _interval_record(interval: QuantityInterval) -> dict[str, object]:
    return {
        **effect_record(interval.place, interval.quantity),
        "whole_low": interval.low,
        "whole_high": interval.high,
        "whole_std_error": interval.std_error,
        "whole_p": interval.p_value,
        "rate": interval.rate,
        "rests_on_score": interval.rests_on_score,
        "share_of_sign": interval.share_of_sign,
        "n_draws": interval.n_draws,
    }


def _support_record(support: Support) -> dict[str, object]:
    signs = support.signs
    return {
        "name": signs.name,
        "groups": [list(pair) for pair in signs.groups],
        "entities": signs.n_entities,
        "effects": [list(links) for (links, *_), _ in signs.effects],
        "share": support.share,
        "n_draws": support.n_draws,
    }
