"""Running text on mediation: which factor is associated with the outcome through which mediator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinzhi.analyses.abstract import AbstractSentence
from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.left_in_brief import left_in_brief
from xinzhi.analyses.mediation.compute import MediatedEffect, Mediation, verdict_of
from xinzhi.analyses.mediation.verdicts import default_pairs
from xinzhi.present import numbers
from xinzhi.present.references import see
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.regression.resampling.cluster_bootstrap import Interval
from xinzhi.wording import Wording, enumerated, in_a_row, in_series, listed, message


def abstract(result: Mediation, shown: Shown) -> Iterator[AbstractSentence]:
    """Name the significant channels, each with its share of the total effect; else that there is none."""
    style = shown.style
    found = _significant(result, style)
    if found:
        yield AbstractSentence("finding", _in_brief(found, style))
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
    found = _significant(result, style)
    if not found:
        sentence = message(
            "No indirect effect through {mediators} is statistically significant{see}.",
            see=see(f"{shown.name}_effects"),
            mediators=enumerated(_mediators(effects, style)),
        )
        return (sentence,)
    sentences = [*_channels(found, style, see(f"{shown.name}_effects")), *_not_found(result, style)]
    sentences += _left(result, shown)
    sentences.append(
        message(
            "The decomposition describes associations: a common cause of mediator and outcome "
            "would give the same result."
        )
    )
    return (in_a_row(sentences),)


def _in_brief(found: Sequence[MediatedEffect], style: Style) -> Wording:
    """Say in one sentence through which mediators which factors have significant indirect effects."""
    channels = [
        message(
            "through {mediator} for {factors}",
            mediator=name_of(mediator, style.labels),
            factors=enumerated([_share(one, style) for one in found if one.mediator == mediator]),
        )
        for mediator in dict.fromkeys(one.mediator for one in found)
    ]
    return message(
        "By {test}, indirect effects are significant {channels}.",
        one="By {test}, an indirect effect is significant {channels}.",
        n=len(found),
        test=_test(found, style),
        channels=in_series(channels),
    )


def _test(found: Sequence[MediatedEffect], style: Style) -> Wording:
    drawn = any(isinstance(one.interval, Interval) for one in found)
    if style.inference.indirect == "bootstrap" and drawn:
        return message("the bootstrap over {things}", things=style.noun.many)
    return message("Sobel's test")


def _share(one: MediatedEffect, style: Style) -> Wording:
    """Name a factor with the share of its total effect; with the indirect effect where it has none."""
    name = name_of(one.factor, style.labels)
    if one.share != one.share:
        ab = numbers.number(one.indirect, style.decimals)
        return message("{factor} ({ab})", factor=name, ab=ab)
    share = numbers.percent(one.share)
    return message("{factor} ({share} of its total effect)", factor=name, share=share)


def _significant(result: Mediation, style: Style) -> list[MediatedEffect]:
    return [one for one in result.judged.effects if verdict_of(one, style.inference).is_significant]


def _mediators(effects: Sequence[MediatedEffect], style: Style) -> list[Wording]:
    return [name_of(name, style.labels) for name in dict.fromkeys(e.mediator for e in effects)]


def _channels(
    found: Sequence[MediatedEffect], style: Style, exhibits: Wording = ""
) -> Iterator[Wording]:
    """Say mediator by mediator for which factors the indirect effect counts."""
    for mediator in dict.fromkeys(one.mediator for one in found):
        items = [_item(one, style) for one in found if one.mediator == mediator]
        yield message(
            "Indirect effects through {mediator} are significant for {factors}{see}.",
            one="An indirect effect through {mediator} is significant for {factors}{see}.",
            n=len(items),
            mediator=name_of(mediator, style.labels),
            factors=enumerated(items),
            see=exhibits,
        )


def _item(one: MediatedEffect, style: Style) -> Wording:
    words: dict[str, object] = {
        "factor": name_of(one.factor, style.labels),
        "ab": numbers.number(one.indirect, style.decimals),
        "p": numbers.p_equals(verdict_of(one, style.inference).p),
    }
    if one.share != one.share:
        return message("{factor} ({ab}, {p})", **words)
    return message(
        "{factor} ({ab}, {share} of the total effect, {p})",
        share=numbers.percent(one.share),
        **words,
    )


def _not_found(result: Mediation, style: Style) -> Iterator[Wording]:
    """Name the pairs without a significant indirect effect, so that none is passed over."""
    left = [
        one for one in result.judged.effects if not verdict_of(one, style.inference).is_significant
    ]
    items = [
        message(
            "{factors} through {mediator}",
            factors=enumerated(
                [name_of(one.factor, style.labels) for one in left if one.mediator == mediator]
            ),
            mediator=name_of(mediator, style.labels),
        )
        for mediator in dict.fromkeys(one.mediator for one in left)
    ]
    if items:
        yield message("None is significant for {items}.", items=listed(items))


def _left(result: Mediation, shown: Shown) -> Iterator[Wording]:
    """Say how many indirect effects are left with the default errors and tests."""
    pairs, has_other = default_pairs(result, shown), result.default is not None
    yield from left_in_brief(pairs, message("indirect effects"), shown, has_other_errors=has_other)
