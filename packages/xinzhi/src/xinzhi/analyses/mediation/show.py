"""The tables of mediation, its paragraph of methods and its references.

The equations of mediation, in symbols.

Sentences on mediation: running text, and verdicts under other standard errors and other tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isnan
from types import MappingProxyType

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.effects import (
    Pair,
    compare_with_defaults,
    compare_with_printed,
    count_remaining,
    default_inference,
    pair_verdicts,
    summarise_remaining,
)
from xinzhi.analyses.equation import Symbols
from xinzhi.analyses.exhibits import AbstractSentence, Exhibits, HeadSentence
from xinzhi.analyses.mediation.compute import (
    MediatedEffect,
    Mediation,
    MediationSection,
    mediated,
    verdict_of,
)
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note, size_of
from xinzhi.present.equation.tree import Meaning, NumberedEquation, Symbol
from xinzhi.present.plain_effects import interval as plain_interval
from xinzhi.present.references import see
from xinzhi.present.regression import regression_table, with_headings
from xinzhi.present.regression.fitted import errors_in_words, name_of, staggered_in_words, star_note
from xinzhi.present.statistics import plain_statistic
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Wording, enumerated, in_a_row, in_series, listed, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.resampling.cluster_bootstrap import BootstrapInterval
from xinzhi_econometrics.verdict import JudgementRule


def equations_in_symbols(result: Mediation, shown: Shown) -> Iterator[NumberedEquation]:
    """Write the mediator on the factors, the outcome on the mediator, and on both."""
    if not result.through:
        return
    symbols = Symbols(shown.style.labels, shown.panel.has_periods)
    asked = result.total.regression
    mediators = [equations.mediator for equations in result.through]
    name = mediators[0] if len(mediators) == 1 else "M"
    mediator, outcome = symbols.variable(name), symbols.variable(asked.outcome)
    factors = [symbols.variable(factor) for factor in asked.regressors]
    words = listed([name_of(mediator, shown.style.labels) for mediator in mediators])
    meaning: Meaning = (
        Symbol(name),
        words
        if len(mediators) == 1
        else message("the mediator, one at a time: {names}", names=words),
    )
    named = symbols.meanings(asked.outcome, *asked.regressors)
    yield NumberedEquation(
        f"{shown.name}_first",
        message("{title}: the mediator is regressed on the factors:", title=shown.title),
        symbols.sum(mediator, "α", factors, asked),
        (meaning, *named, *symbols.rest("αφθ", asked)),
    )
    yield NumberedEquation(
        f"{shown.name}_alone",
        message("{title}: the outcome is regressed on the mediator:", title=shown.title),
        symbols.sum(outcome, "φ", [mediator], asked),
    )
    yield NumberedEquation(
        f"{shown.name}_second",
        message(
            "{title}: the outcome is regressed on the factors and the mediator:", title=shown.title
        ),
        symbols.sum(outcome, "θ", [*factors, mediator], asked),
    )


def abstract(result: Mediation, shown: Shown) -> Iterator[AbstractSentence]:
    """Name the significant channels; else say that there is none."""
    style = shown.style
    significant, _ = _by_significance(result, style)
    if significant:
        yield AbstractSentence("finding", _in_brief(significant, style))
        for is_left, phrase in _remaining(result, shown):
            yield AbstractSentence("left" if is_left else "gone", phrase)
        return
    if names := _mediators(result.judged.effects, style):
        phrase = message("indirect effects through {mediators}", mediators=enumerated(names))
        yield AbstractSentence("neither", phrase)


def head(result: Mediation, shown: Shown) -> Iterator[HeadSentence]:
    """Name the channels, and count how many indirect effects are left by default."""
    significant, _ = _by_significance(result, shown.style)
    if not significant:
        return
    channels = enumerated(_mediators(significant, shown.style))
    text = message("Significant indirect effects run through {mediators}.", mediators=channels)
    yield HeadSentence("found", text, 1)
    for is_left, phrase in _remaining(result, shown):
        yield HeadSentence("left" if is_left else "gone", phrase)


def _remaining(result: Mediation, shown: Shown) -> Iterator[tuple[bool, Wording]]:
    """Say whether and how many significant indirect effects are left by default, where another test judges."""
    if counts := count_remaining(default_pairs(result, shown)):
        k, n = counts
        some = message(
            "{k} of {n} indirect effects",
            one="{k} of {n} indirect effect",
            counting="n",
            k=k,
            n=n,
        )
        yield k > 0, some if k else message("indirect effect")


def keywords(result: Mediation, shown: Shown) -> tuple[Wording, ...]:
    """Name the mediators."""
    return tuple(_mediators(result.judged.effects, shown.style))


def prose(result: Mediation, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraph on mediation."""
    style, effects = shown.style, result.judged.effects
    if not effects:
        return ()
    exhibit = see(f"{shown.name}_effects")
    significant, others = _by_significance(result, style)
    if not significant:
        sentence = message(
            "No indirect effect through {mediators} is statistically significant{see}.",
            see=exhibit,
            mediators=enumerated(_mediators(effects, style)),
        )
        return (sentence,)
    sentences = [
        *_channels(significant, style, exhibit),
        *_not_significant(others, style),
        *_left(result, shown),
        message(
            "The decomposition describes associations: a common cause of mediator and outcome "
            "would give the same result."
        ),
    ]
    return (in_a_row(sentences),)


def _by_significance(
    result: Mediation, style: Style
) -> tuple[list[MediatedEffect], list[MediatedEffect]]:
    """Part the effects into significant and other ones."""
    parts: tuple[list[MediatedEffect], list[MediatedEffect]] = ([], [])
    for effect in result.judged.effects:
        parts[not verdict_of(effect, style.inference).is_significant].append(effect)
    return parts


def _by_mediator(effects: Sequence[MediatedEffect]) -> dict[str, list[MediatedEffect]]:
    mediators = dict.fromkeys(effect.mediator for effect in effects)
    return {name: [e for e in effects if e.mediator == name] for name in mediators}


def _mediators(effects: Sequence[MediatedEffect], style: Style) -> list[Wording]:
    return [name_of(name, style.labels) for name in _by_mediator(effects)]


def _in_brief(significant: Sequence[MediatedEffect], style: Style) -> Wording:
    """Say in one sentence through which mediators which factors have significant indirect effects."""
    channels = [
        message(
            "through {mediator} for {factors}",
            mediator=name_of(mediator, style.labels),
            factors=enumerated([name_of(effect.factor, style.labels) for effect in effects]),
        )
        for mediator, effects in _by_mediator(significant).items()
    ]
    is_drawn = any(isinstance(effect.interval, BootstrapInterval) for effect in significant)
    test = message("Sobel's test")
    if style.inference.indirect == "bootstrap" and is_drawn:
        test = message("the bootstrap over {things}", things=style.noun.many)
    return message(
        "By {test}, indirect effects are significant {channels}.",
        one="By {test}, an indirect effect is significant {channels}.",
        n=len(significant),
        test=test,
        channels=in_series(channels),
    )


def _channels(
    significant: Sequence[MediatedEffect], style: Style, exhibit: Wording
) -> Iterator[Wording]:
    """Say mediator by mediator for which factors the indirect effect counts."""
    for mediator, effects in _by_mediator(significant).items():
        yield message(
            "Indirect effects through {mediator} are significant for {factors}{see}.",
            one="An indirect effect through {mediator} is significant for {factors}{see}.",
            n=len(effects),
            mediator=name_of(mediator, style.labels),
            factors=enumerated([_item(effect, style) for effect in effects]),
            see=exhibit,
        )


def _item(effect: MediatedEffect, style: Style) -> Wording:
    words: dict[str, object] = {
        "factor": name_of(effect.factor, style.labels),
        "ab": numbers.number(effect.indirect, style.decimals),
        "p": numbers.p_equals(verdict_of(effect, style.inference).p),
    }
    if isnan(effect.share):
        return message("{factor} ({ab}, {p})", **words)
    return message(
        "{factor} ({ab}, {share} of the total effect, {p})",
        share=numbers.percent(effect.share),
        **words,
    )


def _not_significant(others: Sequence[MediatedEffect], style: Style) -> Iterator[Wording]:
    """Name the pairs without a significant indirect effect, so that none is passed over."""
    items = [
        message(
            "{factors} through {mediator}",
            factors=enumerated([name_of(effect.factor, style.labels) for effect in effects]),
            mediator=name_of(mediator, style.labels),
        )
        for mediator, effects in _by_mediator(others).items()
    ]
    if items:
        yield message("None is significant for {items}.", items=listed(items))


def _left(result: Mediation, shown: Shown) -> Iterator[Wording]:
    """Say how many indirect effects are left with the default errors and tests."""
    pairs, has_other = default_pairs(result, shown), result.default is not None
    yield from summarise_remaining(
        pairs, message("indirect effects"), shown, has_other_errors=has_other
    )


def other_verdicts(result: Mediation, shown: Shown) -> Iterator[Wording]:
    """Say which mediated effects the printed errors, or the default errors and tests, judge otherwise."""
    inference, declared = shown.style.inference, result.declared
    if declared is not None:
        pairs = pair_verdicts(mediated(declared, inference), mediated(result, inference), inference)
        yield from compare_with_printed(pairs, declared.total.covariance, shown)
    yield from compare_with_defaults(default_pairs(result, shown), shown)


def default_pairs(result: Mediation, shown: Shown) -> tuple[Pair, ...]:
    """Judge the mediated effects as declared, and with the default errors and tests where these differ."""
    inference = shown.style.inference
    defaults = default_inference(inference)
    if result.default is None and inference.indirect == defaults.indirect:
        return ()
    by_default = mediated(result.default or result.judged, defaults)
    return pair_verdicts(mediated(result.judged, inference), by_default, inference)


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
        prose=prose(result, shown),
        abstract=tuple(abstract(result, shown)),
        head=tuple(head(result, shown)),
        keywords=keywords(result, shown),
        equations=tuple(equations_in_symbols(result, shown)),
    )


def _tables(section: MediationSection, result: Mediation, shown: Shown) -> Iterator[Table]:
    equations = message("{title}: equations", title=shown.title)
    effects = message("{title}: direct and mediated effects", title=shown.title)
    yield mediation_equations(shown.name, equations, result, shown.style)
    table = mediation_effects(
        f"{shown.name}_effects", effects, result, shown.style, tests=section.tests
    )
    yield replace(table, reading=(*table.reading, *other_verdicts(result, shown)))


def _methods(section: MediationSection) -> Wording:
    tests = message("Sobel's normal test")
    if "bootstrap" in section.tests:
        drawn = message(
            "percentiles of {draws} draws of the cluster bootstrap", draws=section.draws
        )
        both = message("{first} and {second}", first=tests, second=drawn)
        tests = both if "sobel" in section.tests else drawn
    return message(
        "An indirect effect is the product ab of the factor's slope a on the mediator and the mediator's slope b "
        "on the outcome beside the factors: one mediator at a time, all equations on one common sample; ab tested "
        "by {tests}.",
        tests=tests,
    )


def mediation_equations(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    result: Mediation,
    style: Style,
) -> Table:
    """Set the equations side by side: total, then for each mediator (3), (5) and (4)."""
    columns: list[tuple[Wording, Estimates]] = [(message("total effect"), result.total)]
    for kind, words in (
        ("first", message("factors on the mediator")),
        ("second", message("factors and mediator")),
        ("alone", message("mediator alone")),
    ):
        columns += [(words, getattr(equations, kind)) for equations in result.through]
    table = regression_table(id, title, [estimates for _, estimates in columns], style)
    return replace(with_headings(table, [words for words, _ in columns]), reading=())


def mediation_effects(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    result: Mediation,
    style: Style,
    *,
    tests: tuple[str, ...] = ("sobel", "bootstrap"),
) -> Table:
    """Set the decomposition of each effect: a, b, ab, its tests, direct, total, share.

    The errors stand beneath, that of ab by Sobel; a share stands only where it can be read as one.
    """
    return Table(
        id=id,
        title=title,
        stub=message("Factor → mediator"),
        columns=_columns(tests, numbers.level(result.total.regression.level)),
        rows=tuple(row for effect in result.effects for row in _rows(effect, tests, style)),
        notes=tuple(_notes(result, style, tests)),
        reading=tuple(_reading(result, style)),
        machine=MappingProxyType(_plain(result, style.inference)),
        part="text",
    )


def _columns(tests: tuple[str, ...], level: str) -> tuple[Column, ...]:
    sobel = (Column("z", message("Sobel z")), Column("p", message("p")))
    interval = (
        Column("low", message("Lower bound"), message("{level} interval of ab", level=level)),
        Column("high", message("Upper bound"), message("{level} interval of ab", level=level)),
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


def _rows(effect: MediatedEffect, tests: tuple[str, ...], style: Style) -> tuple[Row, Row]:
    test, interval, decimals = effect.sobel.sobel, effect.interval, style.decimals
    mark = numbers.marks(verdict_of(effect, style.inference).p, style.stars)
    bounds = (
        (interval.low, interval.high) if isinstance(interval, BootstrapInterval) else (None, None)
    )
    sobel = (Cell(test.value, "statistic", decimals=decimals), Cell(test.p_value, "p_value"))
    tested = (
        *(sobel if "sobel" in tests else ()),
        *((Cell(b, decimals=decimals) for b in bounds) if "bootstrap" in tests else ()),
    )
    top = (
        Cell(effect.a, "estimate", decimals=decimals),
        Cell(effect.b, "estimate", decimals=decimals),
        Cell(effect.indirect, "estimate", mark, decimals),
        *tested,
        Cell(effect.direct, "estimate", decimals=decimals),
        Cell(effect.total, "estimate", decimals=decimals),
        Cell(effect.share, "percent"),
    )
    beneath = (
        Cell(effect.a_error, "std_error", decimals=decimals),
        Cell(effect.b_error, "std_error", decimals=decimals),
        Cell(effect.sobel.std_error, "std_error", decimals=decimals),
        *(EMPTY,) * len(tested),
        Cell(effect.direct_error, "std_error", decimals=decimals),
        Cell(effect.total_error, "std_error", decimals=decimals),
        EMPTY,
    )
    key = f"{effect.factor} -> {effect.mediator}"
    label = path_in_words(effect, style.labels)
    return Row(label, top, key=key), Row("", beneath, key=f"{key}:std_error")


def path_in_words(effect: MediatedEffect, labels: Mapping[str, Wording]) -> Wording:
    """Word the path from a factor to a mediator."""
    return message("{factor} → {mediator}", **_names(effect, labels))


def _names(effect: MediatedEffect, labels: Mapping[str, Wording]) -> dict[str, object]:
    return {
        "factor": name_of(effect.factor, labels),
        "mediator": name_of(effect.mediator, labels),
    }


def _notes(result: Mediation, style: Style, tests: tuple[str, ...]) -> Iterator[Wording]:
    yield message("a: factor on mediator; b: mediator on outcome; ab: mediated effect.")
    if result.effects:
        yield _star_note(result, style)
    yield message(
        "b is given the factors; ab has Sobel's standard error; share: ab as a share of the total "
        "effect."
    )
    yield from errors_in_words([result.total], style)
    yield from staggered_in_words([result.total], style.labels)
    yield message(
        "All equations are estimated on one sample of {n} rows, so that total = direct + ab; the "
        "largest difference is {difference}.",
        n=numbers.count(result.n),
        difference=f"{max((abs(effect.identity) for effect in result.effects), default=0.0):.1e}",
    )
    if result.n_missing or result.n_singletons:
        yield message(
            "Excluded from all equations: {missing}, {singletons}.",
            missing=message(
                "{n} rows with missing values",
                one="{n} row with missing values",
                n=numbers.count(result.n_missing),
            ),
            singletons=message(
                "{n} singletons of a fixed effect",
                one="{n} singleton of a fixed effect",
                n=numbers.count(result.n_singletons),
            ),
        )
    if "bootstrap" in tests and result.effects:
        yield from _bootstrap_notes(result)
    if "sobel" in tests:
        yield from _coverage_notes(result, message("Sobel's test"), "mediation_sobel")
    for effect in result.effects:
        names = _names(effect, style.labels)
        if effect.share_remark:
            yield message("{factor} → {mediator}: {why}.", why=effect.share_remark, **names)
        if math.isfinite(effect.sensitivity.rho):
            yield message(
                "{factor} → {mediator}: ab is zero if the correlation between the errors of the "
                "two equations is {rho}; an omitted cause that explains {share} of the residual "
                "variance of mediator and outcome makes b zero.",
                rho=numbers.number(effect.sensitivity.rho, 3),
                share=numbers.percent(effect.sensitivity.robustness),
                **names,
            )
    for refusal in result.refused:
        name = name_of(refusal.name, style.labels)
        yield message("{name} could not be estimated: {why}", name=name, why=refusal.reason)


def _bootstrap_notes(result: Mediation) -> Iterator[Wording]:
    """Count the draws of the intervals, or say why there is none: one bootstrap serves all effects."""
    drawn = [e.interval for e in result.effects if isinstance(e.interval, BootstrapInterval)]
    if not drawn:
        yield message("No interval: {why}", why=getattr(result.effects[0].interval, "reason", ""))
        return
    yield message(
        "Interval: percentiles of {n} draws of the cluster bootstrap; {lost} failed.",
        n=numbers.count(drawn[0].n_draws + drawn[0].n_lost),
        lost=numbers.count(max(interval.n_lost for interval in drawn)),
    )
    yield from _coverage_notes(result, message("Interval of ab"), "mediation_bootstrap")


def _star_note(result: Mediation, style: Style) -> Wording:
    """State which test the stars of the mediated effects follow."""
    stars = star_note(style.stars, style.level)
    if any(verdict_of(e, style.inference).basis == "bootstrap" for e in result.effects):
        return message("Stars of ab by the cluster bootstrap: {stars}", stars=stars)
    return message("Stars of ab by Sobel's test: {stars}", stars=stars)


def _coverage_notes(result: Mediation, what: Wording, interval: str) -> Iterator[Wording]:
    """State how often an interval covers the true mediated effect, where that is too little."""
    for note in coverage_note(interval, *size_of(result.total.residuals.index)):
        yield message("{what}: {note}", what=what, note=note)


def _reading(result: Mediation, style: Style) -> Iterator[Wording]:
    for effect in result.judged.effects:
        yield _read(effect, result.total.regression.outcome, style)
    if result.effects:
        yield message(
            "This decomposes an effect; it does not show that the mediator is a cause: a common "
            "cause of mediator and outcome would give the same result."
        )


def _read(effect: MediatedEffect, outcome: str, style: Style) -> Wording:
    words: dict[str, object] = {
        **_names(effect, style.labels),
        "outcome": name_of(outcome, style.labels),
        "ab": numbers.number(effect.indirect, style.decimals),
        "sure": _tests_in_words(effect, style),
    }
    if not verdict_of(effect, style.inference).is_significant:
        return message(
            "The mediated effect of {factor} through {mediator} on {outcome} is not statistically "
            "significant: ab = {ab}; {sure}.",
            **words,
        )
    if not math.isnan(effect.share):
        return message(
            "Part of the association of {factor} with {outcome} is mediated by {mediator}: ab = {ab}, "
            "{share} of the total effect; {sure}.",
            share=numbers.percent(effect.share),
            **words,
        )
    return message(
        "The mediated effect of {factor} through {mediator} on {outcome} is statistically significant: "
        "ab = {ab}; {sure}; no share of the total effect is given: {why}.",
        why=effect.share_remark,
        **words,
    )


def _tests_in_words(effect: MediatedEffect, style: Style) -> Wording:
    """Word both tests, that which judges first with its p and interval."""
    test, interval, verdict = (
        effect.sobel.sobel,
        effect.interval,
        verdict_of(effect, style.inference),
    )
    sobel: dict[str, object] = {
        "z": numbers.number(test.value, 2),
        "p": numbers.p_equals(test.p_value),
    }
    if not isinstance(interval, BootstrapInterval):
        return message("Sobel z = {z}, {p}", **sobel)
    drawn: dict[str, object] = {
        "level": numbers.level(interval.level),
        "low": numbers.number(interval.low, style.decimals),
        "high": numbers.number(interval.high, style.decimals),
    }
    if verdict.basis == "sobel":
        return message(
            "Sobel z = {z}, {p}; {level} interval of the cluster bootstrap from {low} to {high}",
            **sobel,
            **drawn,
        )
    return message(
        "{own} and {level} interval from {low} to {high} by the cluster bootstrap; Sobel z = {z}, {p}",
        own=numbers.p_equals(verdict.p),
        **sobel,
        **drawn,
    )


def other_test(result: Mediation, style: Style) -> Iterator[Notice]:
    """Say where the test that is not declared judges a mediated effect otherwise."""
    declared = style.inference
    by_bootstrap = declared.indirect == "bootstrap"
    other = replace(declared, indirect="sobel" if by_bootstrap else "bootstrap")
    for effect in result.judged.effects:
        directions = {verdict_of(effect, inference).direction for inference in (declared, other)}
        if not isinstance(effect.interval, BootstrapInterval) or len(directions) == 1:
            continue
        words = {
            "factor": effect.factor,
            "mediator": effect.mediator,
            "p": numbers.p_equals(effect.sobel.sobel.p_value),
            "low": numbers.number(effect.interval.low, style.decimals),
            "high": numbers.number(effect.interval.high, style.decimals),
        }
        text = (
            message(
                "{factor} → {mediator}: judged by the bootstrap interval from {low} to {high}; "
                "Sobel's test ({p}) leads to another verdict.",
                **words,
            )
            if by_bootstrap
            else message(
                "{factor} → {mediator}: judged by Sobel's test ({p}); the bootstrap interval from "
                "{low} to {high} leads to another verdict.",
                **words,
            )
        )
        yield Notice("pathways.interval", text)


def _plain(result: Mediation, inference: JudgementRule) -> dict[str, object]:
    """Give all mediated effects, and the mediators that could not be estimated."""
    return {
        "n": result.n,
        "n_missing": result.n_missing,
        "n_singletons": result.n_singletons,
        "outcome": result.total.regression.outcome,
        "effects": [
            {**_plain_effect(effect), "verdict": verdict_of(judged, inference).direction}
            for effect, judged in zip(result.effects, result.judged.effects, strict=True)
        ],
        "refused": [{"name": r.name, "reason": str(r.reason)} for r in result.refused],
    }


def _plain_effect(effect: MediatedEffect) -> dict[str, object]:
    return {
        "factor": effect.factor,
        "mediator": effect.mediator,
        "a": {"b": effect.a, "se": effect.a_error},
        "b": {"b": effect.b, "se": effect.b_error},
        "indirect": {"b": effect.indirect, "se": effect.sobel.std_error},
        "direct": {"b": effect.direct, "se": effect.direct_error},
        "total": {"b": effect.total, "se": effect.total_error},
        "identity": effect.identity,
        "sobel": plain_statistic(effect.sobel.sobel),
        "aroian": plain_statistic(effect.sobel.aroian),
        "goodman": plain_statistic(effect.sobel.goodman),
        "interval": plain_interval(effect.interval),
        "share": effect.share,
        "share_remark": str(effect.share_remark),
        "sensitivity": {
            "rho": effect.sensitivity.rho,
            "robustness": effect.sensitivity.robustness,
        },
    }
