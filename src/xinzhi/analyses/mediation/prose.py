"""Sentences on mediation: running text, and verdicts under other standard errors and other tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import AbstractSentence
from xinzhi.analyses.mediation.compute import MediatedEffect, Mediation, mediated, verdict_of
from xinzhi.analyses.verdict_changes import (
    Pair,
    compare_with_defaults,
    compare_with_printed,
    default_inference,
    pair_verdicts,
    summarise_remaining,
)
from xinzhi.present import numbers
from xinzhi.present.references import see
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.regression.resampling.cluster_bootstrap import BootstrapInterval
from xinzhi.wording import Wording, enumerated, in_a_row, in_series, listed, message


def abstract(result: Mediation, shown: Shown) -> Iterator[AbstractSentence]:
    """Name the significant channels, each with its share of the total effect; else that there is none."""
    style = shown.style
    significant, _ = _by_significance(result, style)
    if significant:
        yield AbstractSentence("finding", _in_brief(significant, style))
        for sentence in _left(result, shown):
            yield AbstractSentence("caveat", sentence)
        return
    if names := _mediators(result.judged.effects, style):
        phrase = message("indirect effects through {mediators}", mediators=enumerated(names))
        yield AbstractSentence("neither", phrase)


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
            factors=enumerated([_share(effect, style) for effect in effects]),
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


def _share(effect: MediatedEffect, style: Style) -> Wording:
    """Name a factor with the share of its total effect; with the indirect effect where it has none."""
    name = name_of(effect.factor, style.labels)
    if isnan(effect.share):
        ab = numbers.number(effect.indirect, style.decimals)
        return message("{factor} ({ab})", factor=name, ab=ab)
    share = numbers.percent(effect.share)
    return message("{factor} ({share} of its total effect)", factor=name, share=share)


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
