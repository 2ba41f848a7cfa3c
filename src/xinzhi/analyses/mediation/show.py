"""The tables of mediation, its paragraph of methods and its references."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.mediation import prose, verdicts
from xinzhi.analyses.mediation.compute import MediatedEffect, Mediation, verdict_of
from xinzhi.analyses.mediation.section import MediationSection
from xinzhi.analyses.mediation.symbols import equations_in_symbols
from xinzhi.notices import Notice
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note, size_of
from xinzhi.present.plain_effects import interval as plain_interval
from xinzhi.present.regression import regression_table, with_headings
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import errors_in_words, star_note
from xinzhi.present.statistics import plain_statistic
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.resampling.cluster_bootstrap import Interval
from xinzhi.regression.verdict import Inference
from xinzhi.wording import Wording, message

SOBEL = (
    "Sobel, M. E. (1982). Asymptotic confidence intervals for indirect effects in structural "
    "equation models. Sociological Methodology, 13, 290–312. doi:10.2307/270723"
)
MACKINNON = (
    "MacKinnon, D. P., Lockwood, C. M., & Williams, J. (2004). Confidence limits for the indirect "
    "effect: Distribution of the product and resampling methods. Multivariate Behavioral Research, "
    "39(1), 99–128. doi:10.1207/s15327906mbr3901_4"
)
IMAI = (
    "Imai, K., Keele, L., & Yamamoto, T. (2010). Identification, inference and sensitivity analysis "
    "for causal mediation effects. Statistical Science, 25(1), 51–71. doi:10.1214/10-STS321"
)
REFERENCES = frozenset({SOBEL, MACKINNON, IMAI})


def exhibits(section: MediationSection, result: Mediation, shown: Shown) -> Exhibits:
    """Make the exhibits of a section."""
    equations, effects = _tables(section, result, shown)
    return Exhibits(
        (equations, effects),
        (_methods(section),),
        REFERENCES,
        prose=prose.prose(result, shown),
        abstract=tuple(prose.abstract(result, shown)),
        keywords=prose.keywords(result, shown),
        equations=tuple(equations_in_symbols(result, shown)),
    )


def _tables(section: MediationSection, result: Mediation, shown: Shown) -> Iterator[Table]:
    style = shown.style
    equations = message("{title}: equations", title=shown.title)
    yield mediation_equations(
        shown.name,
        equations,
        result,
        style,
    )
    effects = message("{title}: direct and mediated effects", title=shown.title)
    table = mediation_effects(
        f"{shown.name}_effects",
        effects,
        result,
        style,
        tests=section.tests,
    )
    yield replace(table, reading=(*table.reading, *verdicts.other_verdicts(result, shown)))


def _methods(section: MediationSection) -> Wording:
    return message(
        "Mediation: one mediator at a time, all equations on one common sample; ab tested by "
        "{tests}.",
        tests=_tests(section.tests, section.draws),
    )


def _tests(tests: tuple[str, ...], draws: int) -> Wording:
    bootstrap = message("percentiles of {draws} draws of the cluster bootstrap", draws=draws)
    sobel = message("Sobel's normal test")
    if "bootstrap" not in tests:
        return sobel
    if "sobel" not in tests:
        return bootstrap
    return message("{first} and {second}", first=sobel, second=bootstrap)


BOTH = ("sobel", "bootstrap")


def mediation_equations(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Mediation,
    style: Style,
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
    table = regression_table(id, title, estimates, style)
    return replace(with_headings(table, [words for words, _ in columns]), reading=())


def mediation_effects(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Mediation,
    style: Style,
    *,
    tests: tuple[str, ...] = BOTH,
) -> Table:
    """Set the decomposition of each effect: a, b, ab, its tests, direct, total, share.

    The errors stand beneath, that of ab by Sobel; a share stands only where it can be read as one.
    """
    rows = [row for one in found.effects for row in _rows(one, tests, style)]
    return Table(
        id=id,
        title=title,
        stub=message("Factor → mediator"),
        columns=_columns(tests),
        rows=tuple(rows),
        notes=tuple(_notes(found, style, tests)),
        reading=tuple(_reading(found, style)),
        machine=MappingProxyType(_plain(found, style.inference)),
        part="text",
    )


def _columns(tests: tuple[str, ...]) -> tuple[Column, ...]:
    sobel = (Column("z", message("Sobel z")), Column("p", message("p")))
    interval = (
        Column("low", message("Lower bound"), message("95% interval of ab")),
        Column("high", message("Upper bound"), message("95% interval of ab")),
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


def _rows(one: MediatedEffect, tests: tuple[str, ...], style: Style) -> tuple[Row, Row]:
    test, interval, decimals = one.sobel.sobel, one.interval, style.decimals
    has = isinstance(interval, Interval)
    label = message(
        "{factor} → {mediator}",
        factor=name_of(one.factor, style.labels),
        mediator=name_of(one.mediator, style.labels),
    )
    mark = numbers.marks(verdict_of(one, style.inference).p, style.stars)
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


def _notes(found: Mediation, style: Style, tests: tuple[str, ...]) -> Iterator[Wording]:
    yield message(
        "a: factor on mediator; b: mediator on outcome, given the factors; ab: mediated effect, "
        "with Sobel's standard error; share: ab as a share of the total effect."
    )
    if found.effects:
        yield _star_note(found, style)
    yield from errors_in_words([found.total], style)
    yield message(
        "All equations are estimated on one sample of {n} rows, so that total = direct + ab; the "
        "largest difference is {difference}.",
        n=numbers.count(found.n),
        difference=f"{max((abs(e.identity) for e in found.effects), default=0.0):.1e}",
    )
    if found.n_missing or found.n_singletons:
        yield message(
            "Excluded from all equations: {missing} rows with missing values, {singletons} "
            "singletons of a fixed effect.",
            missing=numbers.count(found.n_missing),
            singletons=numbers.count(found.n_singletons),
        )
    intervals = [e.interval for e in found.effects]
    drawn = [one for one in intervals if isinstance(one, Interval)]
    if drawn and "bootstrap" in tests:
        yield message(
            "Interval: percentiles of {n} draws of the cluster bootstrap; {lost} failed.",
            n=numbers.count(drawn[0].n_draws + drawn[0].n_lost),
            lost=numbers.count(max(one.n_lost for one in drawn)),
        )
        yield from _coverage_notes(found, message("Interval of ab"), "mediation_bootstrap")
    elif "bootstrap" in tests and intervals:
        yield message("No interval: {why}", why=getattr(intervals[0], "reason", ""))
    if "sobel" in tests:
        yield from _coverage_notes(found, message("Sobel's test"), "mediation_sobel")
    for e in found.effects:
        names = {
            "factor": name_of(e.factor, style.labels),
            "mediator": name_of(e.mediator, style.labels),
        }
        if e.share_remark:
            yield message("{factor} → {mediator}: {why}.", why=e.share_remark, **names)
        if math.isfinite(e.sensitivity.rho):
            yield message(
                "{factor} → {mediator}: ab is zero if the correlation between the errors of the "
                "two equations is {rho}; an omitted cause that explains {share} of the residual "
                "variance of mediator and outcome makes b zero.",
                rho=numbers.number(e.sensitivity.rho, 3),
                share=numbers.percent(e.sensitivity.robustness),
                **names,
            )
    for one in found.refused:
        name = name_of(one.name, style.labels)
        yield message("{name} could not be estimated: {why}", name=name, why=one.reason)


def _star_note(found: Mediation, style: Style) -> Wording:
    """State which test the stars of the mediated effects follow."""
    stars = star_note(style.stars)
    if any(verdict_of(e, style.inference).basis == "bootstrap" for e in found.effects):
        return message("Stars of ab by the cluster bootstrap: {stars}", stars=stars)
    return message("Stars of ab by Sobel's test: {stars}", stars=stars)


def _coverage_notes(found: Mediation, what: Wording, interval: str) -> Iterator[Wording]:
    """State how often an interval covers the true mediated effect, where that is too little."""
    for note in coverage_note(interval, *size_of(found.total.residuals.index)):
        yield message("{what}: {note}", what=what, note=note)


def _reading(found: Mediation, style: Style) -> Iterator[Wording]:
    for e in found.judged.effects:
        yield _read(e, found.total.regression.outcome, style)
    if found.effects:
        yield message(
            "This decomposes an effect; it does not show that the mediator is a cause: a common "
            "cause of mediator and outcome would give the same result."
        )


def _read(e: MediatedEffect, outcome: str, style: Style) -> Wording:
    words: dict[str, object] = {
        "factor": name_of(e.factor, style.labels),
        "mediator": name_of(e.mediator, style.labels),
        "outcome": name_of(outcome, style.labels),
        "ab": numbers.number(e.indirect, style.decimals),
        "sure": _sure(e, style.decimals),
    }
    if not verdict_of(e, style.inference).is_significant:
        return message(
            "The mediated effect of {factor} through {mediator} on {outcome} is not statistically "
            "significant: ab = {ab}; {sure}.",
            **words,
        )
    if e.share == e.share:
        return message(
            "Part of the association of {factor} with {outcome} is mediated by {mediator}: ab = {ab}, "
            "{share} of the total effect; {sure}.",
            share=numbers.percent(e.share),
            **words,
        )
    return message(
        "The mediated effect of {factor} through {mediator} on {outcome} is statistically significant: "
        "ab = {ab}; {sure}; no share of the total effect is given: {why}.",
        why=e.share_remark,
        **words,
    )


def _sure(e: MediatedEffect, decimals: int) -> Wording:
    z, p = numbers.number(e.sobel.sobel.value, 2), numbers.p_equals(e.sobel.sobel.p_value)
    if not isinstance(e.interval, Interval):
        return message("Sobel z = {z}, {p}", z=z, p=p)
    return message(
        "95% interval from {low} to {high}, Sobel z = {z}, {p}",
        low=numbers.number(e.interval.low, decimals),
        high=numbers.number(e.interval.high, decimals),
        z=z,
        p=p,
    )


def other_test(result: Mediation, style: Style) -> Iterator[Notice]:
    """Say where the test that is not declared judges a mediated effect otherwise."""
    asked = style.inference
    other = replace(asked, indirect="sobel" if asked.indirect == "bootstrap" else "bootstrap")
    for one in result.judged.effects:
        verdict, differs = verdict_of(one, asked), verdict_of(one, other)
        if not isinstance(one.interval, Interval) or verdict.direction == differs.direction:
            continue
        words = {
            "factor": one.factor,
            "mediator": one.mediator,
            "p": numbers.p_equals(one.sobel.sobel.p_value),
            "low": numbers.number(one.interval.low, style.decimals),
            "high": numbers.number(one.interval.high, style.decimals),
        }
        text = (
            message(
                "{factor} → {mediator}: judged by the bootstrap interval from {low} to {high}; "
                "Sobel's test ({p}) leads to another verdict.",
                **words,
            )
            if asked.indirect == "bootstrap"
            else message(
                "{factor} → {mediator}: judged by Sobel's test ({p}); the bootstrap interval from "
                "{low} to {high} leads to another verdict.",
                **words,
            )
        )
        yield Notice("pathways.interval", text)


def _plain(found: Mediation, inference: Inference) -> dict[str, object]:
    """Give all mediated effects, and the mediators that could not be estimated."""
    return {
        "n": found.n,
        "n_missing": found.n_missing,
        "n_singletons": found.n_singletons,
        "outcome": found.total.regression.outcome,
        "effects": [
            {**_plain_effect(e), "verdict": verdict_of(by, inference).direction}
            for e, by in zip(found.effects, found.judged.effects, strict=True)
        ],
        "refused": [{"name": one.name, "reason": str(one.reason)} for one in found.refused],
    }


def _plain_effect(e: MediatedEffect) -> dict[str, object]:
    return {
        "factor": e.factor,
        "mediator": e.mediator,
        "a": {"b": e.a, "se": e.a_error},
        "b": {"b": e.b, "se": e.b_error},
        "indirect": {"b": e.indirect, "se": e.sobel.std_error},
        "direct": {"b": e.direct, "se": e.direct_error},
        "total": {"b": e.total, "se": e.total_error},
        "identity": e.identity,
        "sobel": plain_statistic(e.sobel.sobel),
        "aroian": plain_statistic(e.sobel.aroian),
        "goodman": plain_statistic(e.sobel.goodman),
        "interval": plain_interval(e.interval),
        "share": e.share,
        "share_remark": str(e.share_remark),
        "sensitivity": {"rho": e.sensitivity.rho, "robustness": e.sensitivity.robustness},
    }
