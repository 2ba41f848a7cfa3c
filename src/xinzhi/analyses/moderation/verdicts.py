"""Verdicts on interactions under other standard errors."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.moderation.compute import Moderated, interactions
from xinzhi.analyses.verdict_changes import left_under_defaults, other_than_printed, pairs_of
from xinzhi.wording import Wording


def other_verdicts(result: Moderated, shown: Shown) -> Iterator[Wording]:
    """Say which interactions the printed errors, or the default ones, judge otherwise."""
    inference = shown.style.inference
    twins = [one for one in result.paths if one.declared is not None]
    if twins and twins[0].declared is not None:
        here = interactions(one.judged for one in twins)
        pairs = pairs_of(here, interactions(one.found for one in twins), inference)
        yield from other_than_printed(pairs, twins[0].declared.estimates.covariance, shown)
    yield from left(result, shown)


def left(result: Moderated, shown: Shown) -> Iterator[Wording]:
    """Say what is left of the interactions with the default errors."""
    twins = [one for one in result.paths if one.default is not None]
    there = interactions(one.default for one in twins if one.default is not None)
    here = interactions(one.judged for one in twins)
    yield from left_under_defaults(pairs_of(here, there, shown.style.inference), shown)
