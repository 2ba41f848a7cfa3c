"""The tables of mediation: the equations side by side, and the decomposed effects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.mediation import MediatedEffect, Mediation
from xinzhi.econometrics.resample import Interval
from xinzhi.tables import numbers
from xinzhi.tables.coverage import coverage_note, size_of
from xinzhi.tables.numbers import DECIMALS
from xinzhi.tables.plain_effects import machine_mediation
from xinzhi.tables.regression import STARS, regression_table, with_headings
from xinzhi.tables.regression.fitted import name_of
from xinzhi.tables.regression.notes import errors_in_words
from xinzhi.tables.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, message

BOTH = ("sobel", "bootstrap")


def mediation_equations(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Mediation,
    *,
    labels: Mapping[str, Wording],
    stars: Mapping[str, float] = STARS,
    decimals: int = DECIMALS,
) -> Table:
    """Set the equations side by side: total, then for each mediator (3), (5) and (4)."""
    columns: list[tuple[Wording, Estimates]] = [(message("total effect"), found.total)]
    for kind, words in (
        ("first", message("factors on the mediator")),
        ("second", message("factors and mediator")),
        ("alone", message("mediator alone")),
    ):
        columns += [(words, getattr(one, kind)) for one in found.through]
    estimates = [one for _, one in columns]
    table = regression_table(id, title, estimates, labels=labels, stars=stars, decimals=decimals)
    return replace(with_headings(table, [words for words, _ in columns]), reading=())


def mediation_effects(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Mediation,
    *,
    labels: Mapping[str, Wording],
    tests: tuple[str, ...] = BOTH,
    stars: Mapping[str, float] = STARS,
    decimals: int = DECIMALS,
) -> Table:
    """Set the decomposition of each effect: a, b, ab, its tests, direct, total, share.

    The errors stand beneath, that of ab by Sobel; a share stands only where it can be read as one.
    """
    rows = [row for one in found.effects for row in _rows(one, labels, tests, stars, decimals)]
    return Table(
        id=id,
        title=title,
        stub=message("Factor → mediator"),
        columns=_columns(tests),
        rows=tuple(rows),
        notes=tuple(_notes(found, labels, tests)),
        reading=tuple(_reading(found, labels, max(stars.values(), default=0.05), decimals)),
        machine=MappingProxyType(machine_mediation(found)),
    )


def _columns(tests: tuple[str, ...]) -> tuple[Column, ...]:
    sobel = (Column("z", message("Sobel z")), Column("p", message("p")))
    interval = (
        Column("low", message("Lower bound"), message("95 % interval of ab")),
        Column("high", message("Upper bound"), message("95 % interval of ab")),
    )
    return (
        Column("a", message("a")),
        Column("b", message("b")),
        Column("indirect", message("ab")),
        *(sobel if "sobel" in tests else ()),
        *(interval if "bootstrap" in tests else ()),
        Column("direct", message("direct")),
        Column("total", message("total")),
        Column("share", message("share")),
    )


def _rows(
    one: MediatedEffect,
    labels: Mapping[str, Wording],
    tests: tuple[str, ...],
    stars: Mapping[str, float],
    decimals: int,
) -> tuple[Row, Row]:
    test, interval = one.sobel.sobel, one.interval
    has = isinstance(interval, Interval)
    label = message(
        "{factor} → {mediator}",
        factor=name_of(one.factor, labels),
        mediator=name_of(one.mediator, labels),
    )
    mark = numbers.marks(test.p_value, stars) if "sobel" in tests else ""
    bounds = (interval.low, interval.high) if isinstance(interval, Interval) else (None, None)
    sobel = (Cell(test.value, "statistic", decimals=decimals), Cell(test.p_value, "p_value"))
    top = (
        Cell(one.a, "estimate", decimals=decimals),
        Cell(one.b, "estimate", decimals=decimals),
        Cell(one.indirect, "estimate", mark, decimals),
        *(sobel if "sobel" in tests else ()),
        *(tuple(Cell(b, decimals=decimals) for b in bounds) if "bootstrap" in tests else ()),
        Cell(one.direct, "estimate", decimals=decimals),
        Cell(one.total, "estimate", decimals=decimals),
        Cell(one.share, "percent"),
    )
    beneath = (
        Cell(one.a_error, "std_error", decimals=decimals),
        Cell(one.b_error, "std_error", decimals=decimals),
        Cell(one.sobel.std_error, "std_error", decimals=decimals),
        *((EMPTY, EMPTY) if "sobel" in tests else ()),
        *((EMPTY, EMPTY) if "bootstrap" in tests else ()),
        Cell(one.direct_error, "std_error", decimals=decimals),
        Cell(one.total_error, "std_error", decimals=decimals),
        EMPTY,
    )
    key = f"{one.factor} -> {one.mediator}"
    assert has or bounds == (None, None)
    return Row(label, top, key=key), Row("", beneath, key=f"{key}:std_error")


def _notes(
    found: Mediation, labels: Mapping[str, Wording], tests: tuple[str, ...]
) -> Iterator[Wording]:
    yield message(
        "a: factor on mediator; b: mediator on outcome beside the factors; ab: mediated effect, its "
        "error by Sobel; share: ab of the total."
    )
    yield from errors_in_words([found.total], labels)
    yield message(
        "All equations stand on one sample of {n} rows, so that total = direct + ab; the largest "
        "difference is {difference}.",
        n=numbers.count(found.n),
        difference=f"{max((abs(e.identity) for e in found.effects), default=0.0):.1e}",
    )
    if found.n_missing or found.n_singletons:
        yield message(
            "Left out of all equations: {missing} rows with an empty cell, {singletons} rows alone in "
            "their effect.",
            missing=numbers.count(found.n_missing),
            singletons=numbers.count(found.n_singletons),
        )
    intervals = [e.interval for e in found.effects]
    drawn = [one for one in intervals if isinstance(one, Interval)]
    if drawn and "bootstrap" in tests:
        yield message(
            "Interval: percentiles of {n} draws of whole clusters; lost draws: {lost}.",
            n=numbers.count(drawn[0].n_draws + drawn[0].n_lost),
            lost=numbers.count(max(one.n_lost for one in drawn)),
        )
        yield from _coverage_notes(found, message("Interval of ab"), "mediation_bootstrap")
    elif "bootstrap" in tests and intervals:
        yield message("No interval: {why}", why=getattr(intervals[0], "reason", ""))
    if "sobel" in tests:
        yield from _coverage_notes(found, message("Sobel's test"), "mediation_sobel")
    for e in found.effects:
        names = {"factor": name_of(e.factor, labels), "mediator": name_of(e.mediator, labels)}
        if e.share_remark:
            yield message("{factor} → {mediator}: {why}.", why=e.share_remark, **names)
        if math.isfinite(e.sensitivity.rho):
            yield message(
                "{factor} → {mediator}: ab is zero if the errors of the two equations correlate by "
                "{rho}; an omitted cause that explains {share} of the rest of mediator and outcome "
                "makes b zero.",
                rho=numbers.number(e.sensitivity.rho, 3),
                share=numbers.percent(e.sensitivity.robustness),
                **names,
            )
    for one in found.refused:
        name = name_of(one.name, labels)
        yield message("{name} could not be estimated: {why}", name=name, why=one.reason)


def _coverage_notes(found: Mediation, what: Wording, interval: str) -> Iterator[Wording]:
    """State how often an interval covers the true mediated effect, where that is too little."""
    for note in coverage_note(interval, *size_of(found.total.residuals.index)):
        yield message("{what}: {note}", what=what, note=note)


def _reading(
    found: Mediation, labels: Mapping[str, Wording], weakest: float, decimals: int
) -> Iterator[Wording]:
    for e in found.effects:
        yield _read(e, found.total.regression.outcome, labels, weakest, decimals)
    if found.effects:
        yield message(
            "This splits an effect into parts; it does not show that the mediator is a cause: "
            "something that moves mediator and outcome together would do the same."
        )


def _read(
    e: MediatedEffect,
    outcome: str,
    labels: Mapping[str, Wording],
    weakest: float,
    decimals: int,
) -> Wording:
    words: dict[str, object] = {
        "factor": name_of(e.factor, labels),
        "mediator": name_of(e.mediator, labels),
        "outcome": name_of(outcome, labels),
        "ab": numbers.number(e.indirect, decimals),
        "sure": _sure(e, decimals),
    }
    if not is_clear(e, weakest):
        return message(
            "The effect of {factor} on {outcome} through {mediator} cannot be told apart from zero: "
            "ab = {ab}; {sure}.",
            **words,
        )
    if e.share == e.share:
        return message(
            "Part of the estimated effect of {factor} on {outcome} goes through {mediator}: ab = {ab}, {share} of the total effect; "
            "{sure}.",
            share=numbers.percent(e.share),
            **words,
        )
    return message(
        "An effect of {factor} on {outcome} through {mediator} is found: ab = {ab}; {sure}; it is no share of the total: "
        "{why}.",
        why=e.share_remark,
        **words,
    )


def is_clear(e: MediatedEffect, weakest: float) -> bool:
    """Whether ab can be told apart from zero: by its interval, else by Sobel's test."""
    if isinstance(e.interval, Interval) and e.interval.low == e.interval.low:
        return not e.interval.low <= 0.0 <= e.interval.high
    return e.sobel.sobel.p_value < weakest


def _sure(e: MediatedEffect, decimals: int) -> Wording:
    z, p = numbers.number(e.sobel.sobel.value, 2), numbers.p_equals(e.sobel.sobel.p_value)
    if not isinstance(e.interval, Interval):
        return message("Sobel z = {z}, {p}", z=z, p=p)
    return message(
        "95 % interval from {low} to {high}, Sobel z = {z}, {p}",
        low=numbers.number(e.interval.low, decimals),
        high=numbers.number(e.interval.high, decimals),
        z=z,
        p=p,
    )
