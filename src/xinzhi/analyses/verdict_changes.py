"""Which effects are judged otherwise with other standard errors or other tests, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xinzhi.analyses.effects import Effect
from xinzhi.analyses.quantity import EffectKey
from xinzhi.analyses.reads import Shown
from xinzhi.panel.panel import ENTITY
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import kind_of_errors
from xinzhi.regression.estimates import CovarianceRule
from xinzhi.regression.verdict import CUSTOMARY, JudgementRule, Verdict, judge
from xinzhi.wording import Wording, enumerated, listed, message

MANY = 6
"""Effects from which they are counted and not named."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One effect, judged twice."""

    effect: Effect
    judged: Verdict
    """As the study declares it."""
    other: Verdict
    """By the errors that are printed, or by the default ones."""

    @property
    def is_kept(self) -> bool:
        """Whether it is significant both times, in the same direction."""
        return self.judged.is_significant and self.judged.direction == self.other.direction

    @property
    def is_lost(self) -> bool:
        """Whether it is significant only as it is judged."""
        return self.judged.is_significant and not self.is_kept

    @property
    def is_gained(self) -> bool:
        """Whether it is significant only otherwise."""
        return self.other.is_significant and not self.is_kept


def pair_verdicts(
    judged: Iterable[Effect], others: Iterable[Effect], inference: JudgementRule
) -> tuple[Pair, ...]:
    """Set the verdicts on the same effects side by side; an effect that is known once is left out."""
    by_key = {_key(effect): effect for effect in others}
    return tuple(
        Pair(effect, _verdict(effect, inference), _verdict(by_key[_key(effect)], inference))
        for effect in judged
        if _key(effect) in by_key
    )


def _key(effect: Effect) -> EffectKey:
    return effect.links, effect.grouping, effect.group, effect.moderator


def _verdict(effect: Effect, inference: JudgementRule) -> Verdict:
    # A joint test of more than two groups has no estimate and no direction: its p-value judges.
    is_joint = effect.test != "" and math.isnan(effect.estimate)
    return judge(1.0 if is_joint else effect.estimate, effect.p_value, inference)


def default_inference(inference: JudgementRule) -> JudgementRule:
    """Give the default errors, tests and families at the declared level."""
    return replace(CUSTOMARY, level=inference.level)


def has_default_inference(inference: JudgementRule) -> bool:
    """Whether a study declares errors, tests and families as they are by default."""
    errors = inference.errors
    is_usual = not errors.is_stated or (errors.kind, errors.clusters) == ("cluster", (ENTITY,))
    return is_usual and replace(inference, errors=CUSTOMARY.errors) == default_inference(inference)


def compare_with_printed(
    pairs: Sequence[Pair], declared: CovarianceRule, shown: Shown
) -> Iterator[Wording]:
    """Say under a table which effects would be judged otherwise by the standard errors printed in it.

    `declared` are the errors that judge.
    """
    if not pairs:
        return
    words: dict[str, object] = {
        "errors": kind_of_errors(replace(declared, is_default=False), shown.style.labels),
        "gained": _names((pair for pair in pairs if pair.is_gained), shown),
        "lost": _names((pair for pair in pairs if pair.is_lost), shown),
    }
    if words["gained"] and words["lost"]:
        yield message(
            "{errors}, as declared, decide; statistically significant only with those printed here: "
            "{gained}; not significant with these: {lost}.",
            **words,
        )
    elif words["gained"]:
        yield message(
            "{errors}, as declared, decide; statistically significant only with those printed here: "
            "{gained}.",
            **words,
        )
    elif words["lost"]:
        yield message(
            "{errors}, as declared, decide; not statistically significant with those printed here: "
            "{lost}.",
            **words,
        )
    else:
        yield message(
            "{errors}, as declared, decide; those printed here lead to the same verdicts.", **words
        )


def compare_with_defaults(pairs: Sequence[Pair], shown: Shown) -> Iterator[Wording]:
    """Say what is left of the effects with the default errors and tests, where something is found."""
    how = defaults_in_words(
        shown.style.inference,
        mediated=any(pair.effect.is_mediated for pair in pairs),
        differences=any(pair.effect.test for pair in pairs),
    )
    remaining = _names((pair for pair in pairs if pair.is_kept), shown)
    lost = _names((pair for pair in pairs if pair.is_lost), shown)
    gained = _names((pair for pair in pairs if pair.is_gained), shown)
    if remaining and lost:
        yield message(
            "With {how}, still statistically significant: {kept}; no longer: {lost}.",
            how=how,
            kept=remaining,
            lost=lost,
        )
    elif lost:
        yield message(
            "With {how}, no longer statistically significant: {lost}.", how=how, lost=lost
        )
    elif remaining:
        yield message(
            "With {how}, still statistically significant: {kept}.", how=how, kept=remaining
        )
    if gained:
        yield message(
            "With {how}, statistically significant only then: {gained}.", how=how, gained=gained
        )


def defaults_in_words(declared: JudgementRule, *, mediated: bool, differences: bool) -> Wording:
    """Name the defaults that the study does not declare, of tests only where such effects are meant."""
    how: list[Wording] = [message("standard errors clustered by entity")]
    if mediated and declared.indirect != CUSTOMARY.indirect:
        how.append(message("mediated effects judged by draws of whole clusters"))
    if differences and declared.family != CUSTOMARY.family:
        how.append(message("p-values adjusted by Holm's method"))
    return listed(how)


def _names(pairs: Iterable[Pair], shown: Shown) -> Wording:
    effects = [pair.effect for pair in pairs]
    if len(effects) > MANY:
        return message("{n} effects", n=len(effects))
    return listed([_name(effect, shown) for effect in effects])


def _name(effect: Effect, shown: Shown) -> Wording:
    """Name an effect: the factor alone of a slope, else its path, moderator and group."""
    links = [name_of(link, shown.style.labels) for link in effect.links]
    words: Wording = links[0]
    # The outcome of a mediated effect is that of the whole table; an interaction acts on a step.
    for link in links[1:] if effect.moderator else links[1:-1]:
        words = message("{first} → {second}", first=words, second=link)
    if effect.moderator:
        tool = name_of(effect.moderator, shown.style.labels)
        words = message("{tool} on {path}", tool=tool, path=words)
    if not effect.grouping:
        return words
    if not effect.group:
        grouping = shown.study.group_label(effect.grouping)
        return message("{effect} by {grouping}", effect=words, grouping=grouping)
    member = shown.study.member_label(effect.grouping, effect.group)
    return message("{effect} in {group}", effect=words, group=member)


def summarise_remaining(
    pairs: Sequence[Pair], kind: Wording, shown: Shown, *, has_other_errors: bool
) -> Iterator[Wording]:
    """Count how many of the significant effects remain so by default, where these are fewer.

    `kind` words the effects in the plural; `has_other_errors` tells whether the default errors differ
    from those that judge.
    """
    significant = [pair for pair in pairs if pair.judged.is_significant]
    remaining = [pair.effect for pair in significant if pair.is_kept]
    if len(remaining) == len(significant):
        return
    how = defaults_in_prose(
        shown,
        errors=has_other_errors,
        indirect=any(pair.effect.is_mediated for pair in significant),
        family=any(pair.effect.test for pair in significant),
    )
    words: dict[str, object] = {"how": how, "total": len(significant), "what": kind}
    if not remaining:
        yield message("With {how}, none of {total} {what} remains significant.", **words)
    elif len(remaining) == 1 and len(remaining[0].links) == 3:
        factor, mediator = (name_of(n, shown.style.labels) for n in remaining[0].links[:2])
        yield message(
            "With {how}, only one of {total} {what} remains significant, that of {factor} through "
            "{mediator}.",
            factor=factor,
            mediator=mediator,
            **words,
        )
    else:
        yield message(
            "With {how}, {n} of {total} {what} remain significant.",
            one="With {how}, {n} of {total} {what} remains significant.",
            n=len(remaining),
            **words,
        )


def defaults_in_prose(
    shown: Shown, *, errors: bool = True, indirect: bool = True, family: bool = True
) -> Wording:
    """Name the defaults that the study does not declare, of what concerns an effect, in running text."""
    declared, noun = shown.style.inference, shown.style.noun
    how: list[Wording] = []
    if declared.errors != CUSTOMARY.errors and errors:
        how.append(message("standard errors clustered by {names}", names=noun.one))
    if declared.indirect != CUSTOMARY.indirect and indirect:
        how.append(message("the bootstrap over {things}", things=noun.many))
    if declared.family != CUSTOMARY.family and family:
        how.append(message("Holm's adjustment"))
    return enumerated(how)
