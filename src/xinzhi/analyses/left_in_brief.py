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
    declared, noun = shown.style.inference, shown.style.noun
    is_mediated = any(len(one.effect.links) > DIRECT for one in found)
    is_tested = any(one.effect.test for one in found)
    how: list[Wording] = []
    if has_other_errors:
        how.append(message("standard errors clustered by {names}", names=noun.one))
    if declared.indirect != CUSTOMARY.indirect and is_mediated:
        how.append(message("the bootstrap over {things}", things=noun.many))
    if declared.family != CUSTOMARY.family and is_tested:
        how.append(message("Holm's adjustment"))
    words: dict[str, object] = {"how": enumerated(how), "total": len(found), "what": what}
    if not kept:
        yield message("With {how}, none of {total} {what} remains significant.", **words)
        return
    yield message(
        "With {how}, {n} of {total} {what} remain significant.",
        one="With {how}, {n} of {total} {what} remains significant.",
        n=kept,
        **words,
    )
