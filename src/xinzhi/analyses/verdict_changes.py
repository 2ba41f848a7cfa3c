"""Which effects are judged otherwise with other standard errors or other tests, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xinzhi.analyses.effects import Effect
from xinzhi.analyses.reads import Shown
from xinzhi.panel.panel import ENTITY
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import kind_of_errors
from xinzhi.regression.estimates import CovarianceRule
from xinzhi.regression.verdict import CUSTOMARY, Inference, Verdict, judge
from xinzhi.wording import Wording, listed, message

MANY = 6
"""Effects from which they are counted and not named."""
Key = tuple[tuple[str, ...], str, str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One effect, judged twice."""

    effect: Effect
    here: Verdict
    there: Verdict

    @property
    def is_kept(self) -> bool:
        """Whether it counts both times, in the same direction."""
        return self.here.is_significant and self.here.direction == self.there.direction

    @property
    def is_lost(self) -> bool:
        """Whether it counts here alone."""
        return self.here.is_significant and not self.is_kept

    @property
    def is_gained(self) -> bool:
        """Whether it counts there alone."""
        return self.there.is_significant and not self.is_kept


def pairs_of(
    here: Iterable[Effect], there: Iterable[Effect], inference: Inference
) -> tuple[Pair, ...]:
    """Set the verdicts on the same effects side by side; an effect that is known once is left out."""
    others = {_key(one): one for one in there}
    return tuple(
        Pair(one, _verdict(one, inference), _verdict(others[_key(one)], inference))
        for one in here
        if _key(one) in others
    )


def _key(one: Effect) -> Key:
    return one.links, one.grouping, one.group, one.moderator


def _verdict(one: Effect, inference: Inference) -> Verdict:
    # of more than two groups a difference has no estimate, and its test no direction
    b = one.estimate if one.test == "" or one.estimate == one.estimate else 1.0
    return judge(b, one.p_value, inference)


def under_defaults(inference: Inference) -> Inference:
    """Give the default errors, tests and families at the declared level."""
    return replace(CUSTOMARY, level=inference.level)


def declares_defaults(inference: Inference) -> bool:
    """Whether a study declares errors, tests and families as they are by default."""
    errors = inference.errors
    is_usual = not errors.is_stated or (errors.kind, errors.clusters) == ("cluster", (ENTITY,))
    return is_usual and replace(inference, errors=CUSTOMARY.errors) == under_defaults(inference)


def other_than_printed(
    pairs: Sequence[Pair], declared: CovarianceRule, shown: Shown
) -> Iterator[Wording]:
    """Say under a table which effects would be judged otherwise by the standard errors printed in it.

    Parameters
    ----------
    pairs
        Effects as they are judged, and by the errors that are printed.
    declared
        The errors that judge.
    """
    if not pairs:
        return
    words: dict[str, object] = {
        "errors": kind_of_errors(replace(declared, is_default=False), shown.style.labels),
        "gained": _names([one.effect for one in pairs if one.is_gained], shown),
        "lost": _names([one.effect for one in pairs if one.is_lost], shown),
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


def left_under_defaults(pairs: Sequence[Pair], shown: Shown) -> Iterator[Wording]:
    """Say what is left of the effects with the default errors and tests, where something is found."""
    how = defaults_in_words(
        shown.style.inference,
        mediated=any(len(one.effect.links) > 2 for one in pairs),
        differences=any(one.effect.test for one in pairs),
    )
    kept, lost, gained = (
        _names([one.effect for one in pairs if getattr(one, what)], shown)
        for what in ("is_kept", "is_lost", "is_gained")
    )
    if kept and lost:
        yield message(
            "With {how}, still statistically significant: {kept}; no longer: {lost}.",
            how=how,
            kept=kept,
            lost=lost,
        )
    elif lost:
        yield message(
            "With {how}, no longer statistically significant: {lost}.", how=how, lost=lost
        )
    elif kept:
        yield message("With {how}, still statistically significant: {kept}.", how=how, kept=kept)
    if gained:
        yield message(
            "With {how}, statistically significant only then: {gained}.", how=how, gained=gained
        )


def defaults_in_words(declared: Inference, *, mediated: bool, differences: bool) -> Wording:
    """Name the defaults that the study does not declare, of tests only where such effects are meant."""
    how: list[Wording] = [message("standard errors clustered by entity")]
    if mediated and declared.indirect != CUSTOMARY.indirect:
        how.append(message("mediated effects judged by draws of whole clusters"))
    if differences and declared.family != CUSTOMARY.family:
        how.append(message("p-values adjusted by Holm's method"))
    return listed(how)


def _names(effects: Sequence[Effect], shown: Shown) -> Wording:
    if len(effects) > MANY:
        return message("{n} effects", n=len(effects))
    return listed([effect_in_words(one, shown) for one in effects])


def effect_in_words(one: Effect, shown: Shown) -> Wording:
    """Name an effect: the factor alone of a slope, else its path, moderator and group."""
    links = [name_of(link, shown.style.labels) for link in one.links]
    words: Wording = links[0]
    if one.moderator or len(links) > 2:
        steps = links if one.moderator else links[:-1]
        for link in steps[1:]:
            words = message("{first} → {second}", first=words, second=link)
    if one.moderator:
        tool = name_of(one.moderator, shown.style.labels)
        words = message("{tool} on {path}", tool=tool, path=words)
    if not one.grouping:
        return words
    grouping = shown.study.group_label(one.grouping)
    if not one.group:
        return message("{effect} by {grouping}", effect=words, grouping=grouping)
    member = shown.study.member_label(one.grouping, one.group)
    return message("{effect} in {group}", effect=words, group=member)
