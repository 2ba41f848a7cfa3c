"""How many of the effects that are found are left with the default errors, tests and families, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinzhi.analyses.reads import Shown
from xinzhi.analyses.verdict_changes import Pair
from xinzhi.regression.verdict import CUSTOMARY
from xinzhi.wording import Wording, enumerated, message

DIRECT = 2
"""Links of an effect that no mediator carries."""


def left_in_brief(
    pairs: Sequence[Pair], what: Wording, shown: Shown, *, has_other_errors: bool
) -> Iterator[Wording]:
    """Count how many of the effects that are found are left by default, where these are fewer.

    Parameters
    ----------
    what
        The effects, in the plural.
    has_other_errors
        Whether the default errors differ from those that judge.
    """
    found = [one for one in pairs if one.here.is_significant]
    kept = sum(one.is_kept for one in found)
    if kept == len(found):
        return
    how = stricter(
        shown,
        errors=has_other_errors,
        indirect=any(len(one.effect.links) > DIRECT for one in found),
        family=any(one.effect.test for one in found),
    )
    words: dict[str, object] = {"how": how, "total": len(found), "what": what}
    if not kept:
        yield message("With {how}, none of {total} {what} remains significant.", **words)
        return
    alone = [one.effect.links for one in found if one.is_kept]
    if kept == 1 and len(alone[0]) == DIRECT + 1:
        factor, mediator = (shown.style.labels.get(name, name) for name in alone[0][:DIRECT])
        yield message(
            "With {how}, only one of {total} {what} remains significant, that of {factor} through "
            "{mediator}.",
            factor=factor,
            mediator=mediator,
            **words,
        )
        return
    yield message(
        "With {how}, {n} of {total} {what} remain significant.",
        one="With {how}, {n} of {total} {what} remains significant.",
        n=kept,
        **words,
    )


def stricter(
    shown: Shown, *, errors: bool = True, indirect: bool = True, family: bool = True
) -> Wording:
    """List what the default inference has and the declared one lacks, of what concerns an effect."""
    declared, noun = shown.style.inference, shown.style.noun
    how: list[Wording] = []
    if declared.errors != CUSTOMARY.errors and errors:
        how.append(message("standard errors clustered by {names}", names=noun.one))
    if declared.indirect != CUSTOMARY.indirect and indirect:
        how.append(message("the bootstrap over {things}", things=noun.many))
    if declared.family != CUSTOMARY.family and family:
        how.append(message("Holm's adjustment"))
    return enumerated(how)
