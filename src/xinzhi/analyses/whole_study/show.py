"""Intervals over draws of the whole study beside the usual ones, and the draws that support pathways."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi.analyses.analysis import ANALYSES, Shown
from xinzhi.analyses.exhibits import Exhibits, whole_reading
from xinzhi.analyses.whole_study.compute import Interval, Support, WholeStudy
from xinzhi.analyses.whole_study.main_effects import main_table
from xinzhi.analyses.whole_study.names import (
    MANY,
    described,
    leaves_out_zero,
    machine_of,
    rows_by_section,
)
from xinzhi.analyses.whole_study.section import WholeStudyOptions
from xinzhi.present import numbers
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

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
        (table, *(one for one in others if one is not None)),
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
            "multiplied by {factor}, and the bias of the frontier is corrected by the generalised "
            "jackknife at the rate {rate}.",
            rate=numbers.number(result.scheme.rate, 2),
            m=result.scheme.m,
            n=result.scheme.n,
            factor=numbers.number(result.scheme.factor, 3),
            **words,
        )
    )
    return message(
        "{drawn} In each draw the frontier, the scores, the variables made from them and all "
        "regressions are computed again; the preparation of the data, the groups, the rows of each "
        "regression and the levels of moderators stay as they are.",
        drawn=drawn,
    )


def interval_table(result: WholeStudy, shown: Shown) -> Table:
    """Set each effect with both intervals, section by section."""
    usual = message("Usual interval")
    drawn = message("Over draws of the study ({level})", level=f"{result.level:.0%}")
    return Table(
        id=shown.name,
        title=shown.title,
        stub=message("Effect"),
        columns=(
            Column("estimate", message("Estimate")),
            Column("usual_low", message("Lower bound"), usual),
            Column("usual_high", message("Upper bound"), usual),
            Column("low", message("Lower bound"), drawn),
            Column("high", message("Upper bound"), drawn),
            Column("std_error", message("Standard error"), drawn),
            Column("sign", message("Same sign"), drawn),
            Column("n", message("Draws"), drawn),
        ),
        rows=tuple(rows_by_section(result.intervals, lambda one: _cells(one, shown), shown)),
        notes=(
            message(
                "The usual intervals take the scores as data. Those over draws of the study hold the "
                "error of the frontier too, as far as it shows among draws of entities."
            ),
            message(
                "Same sign: share of the draws in which the effect has the sign of the estimate."
            ),
            coverage_note(result),
        ),
        reading=tuple(_reading(result, shown)),
        machine={
            "scheme": "bootstrap" if result.scheme.is_with_replacement else "subsample",
            "entities": result.scheme.n,
            "size": result.scheme.m,
            "draws": len(result.draws),
            "seed": result.scheme.seed,
            "level": result.level,
            "rate": result.scheme.rate,
            "lost_draws": result.n_lost,
            "rows_without_score": result.n_without_score,
            "intervals": [_machine(one) for one in result.intervals],
            "support": [_support_machine(one) for one in result.support],
        },
    )


def coverage_note(result: WholeStudy) -> Wording:
    """Say what the intervals assume and what was measured of them."""
    if result.scheme.is_with_replacement:
        return message(
            "The bootstrap takes entities as independent; that it holds for estimated frontiers is "
            "not proved, and its coverage in simulated studies is in the documentation."
        )
    return message(
        "Subsamples take entities as independent, and the bias of slacks-based scores to fall at the "
        "rate of radial ones; their coverage in simulated studies is in the documentation."
    )


def _cells(one: Interval, shown: Shown) -> tuple[Cell, ...]:
    q, digits = one.quantity, shown.style.decimals
    values = (q.estimate, q.low, q.high, one.low, one.high, one.std_error)
    return (
        *(Cell(value, "number", decimals=digits) for value in values),
        Cell(one.share_of_sign, "percent"),
        Cell(one.n_draws, "count"),
    )


def _reading(result: WholeStudy, shown: Shown) -> Iterator[Wording]:
    """Say for how many effects the two intervals judge alike, and name the others."""
    known = [
        one
        for one in result.intervals
        if not np.isnan([one.quantity.low, one.quantity.high, one.low, one.high]).any()
    ]
    usual = [one for one in known if leaves_out_zero(one.quantity.low, one.quantity.high)]
    both = [one for one in usual if leaves_out_zero(one.low, one.high)]
    if not usual:
        return
    yield message(
        "Of {n} effects whose usual interval leaves out zero, {kept} still leave it out when the "
        "frontier and everything after it are estimated again in each draw.",
        one="Of {n} effect whose usual interval leaves out zero, {kept} still leaves it out when the "
        "frontier and everything after it are estimated again in each draw.",
        n=len(usual),
        kept=len(both),
    )
    gone = [one for one in usual if one not in both and one.quantity.is_effect]
    if gone and len(gone) <= MANY:
        yield message(
            "Not among them: {effects}.",
            effects=listed([described(one.place, one.quantity, shown) for one in gone]),
        )


def support_table(result: WholeStudy, shown: Shown) -> Table:
    """Set each statement on signs with the share of draws in which all of them hold."""
    rows = [
        Row(
            _statement(one, shown),
            (
                Cell(_groups(one, shown), "text"),
                Cell(one.signs.n_entities, "count"),
                Cell(len(one.signs.effects), "count"),
                Cell(one.share, "percent"),
                Cell(one.n_draws, "count"),
            ),
            key=f"{one.signs.name} {one.signs.groups}",
        )
        for one in result.support
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


def _statement(one: Support, shown: Shown) -> Wording:
    return ANALYSES.get(one.place[0]).statement(one.signs, shown)


def _groups(one: Support, shown: Shown) -> Wording:
    if not one.signs.groups:
        return message("all entities")
    return listed(
        [
            message(
                "{grouping}: {group}",
                grouping=shown.study.group_label(grouping),
                group=shown.study.member_label(grouping, group),
            )
            for grouping, group in one.signs.groups
        ]
    )


def _machine(one: Interval) -> dict[str, object]:
    return {
        **machine_of(one.place, one.quantity),
        "whole_low": one.low,
        "whole_high": one.high,
        "whole_std_error": one.std_error,
        "share_of_sign": one.share_of_sign,
        "n_draws": one.n_draws,
    }


def _support_machine(one: Support) -> dict[str, object]:
    return {
        "name": one.signs.name,
        "groups": [list(pair) for pair in one.signs.groups],
        "entities": one.signs.n_entities,
        "effects": [list(effect[0]) for effect, _ in one.signs.effects],
        "share": one.share,
        "n_draws": one.n_draws,
    }
