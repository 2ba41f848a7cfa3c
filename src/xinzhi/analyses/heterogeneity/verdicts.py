"""Verdicts on slopes of groups and on their differences under other standard errors and families."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.effects import Effect, slopes
from xinzhi.analyses.heterogeneity.comparisons import differences
from xinzhi.analyses.heterogeneity.compute import Heterogeneity
from xinzhi.analyses.verdict_changes import (
    Pair,
    left_under_defaults,
    other_than_printed,
    pairs_of,
    under_defaults,
)
from xinzhi.regression.estimates import CovarianceRule, Estimates
from xinzhi.wording import Wording


def group_slopes(found: Sequence[Heterogeneity]) -> Iterator[Effect]:
    """List the slopes in each group, as they are judged."""
    for one in found:
        for group, estimates in one.judged.groups:
            if isinstance(estimates, Estimates):
                yield from slopes(estimates, grouping=one.grouping, group=group)


def slopes_otherwise(found: Sequence[Heterogeneity], shown: Shown) -> Iterator[Wording]:
    """Say which slopes the printed errors judge otherwise, and what is left of them by default."""
    inference, here = shown.style.inference, list(group_slopes(found))
    for rule in _declared(found):
        pairs = pairs_of(here, group_slopes(_printed(found)), inference)
        yield from other_than_printed(pairs, rule, shown)
    if any(one.default is not None for one in found):
        pairs = pairs_of(here, group_slopes(_default(found)), inference)
        yield from left_under_defaults(pairs, shown)


def differences_otherwise(
    found: Sequence[Heterogeneity], tests: tuple[str, ...], shown: Shown
) -> Iterator[Wording]:
    """Say which differences the printed errors, or the default errors and families, judge otherwise."""
    inference = shown.style.inference
    for rule in _declared(found):
        printed = differences(_printed(found), tests, inference)
        pairs = pairs_of(differences(found, tests, inference), printed, inference)
        yield from other_than_printed(pairs, rule, shown)
    yield from left(found, tests, shown)


def left(found: Sequence[Heterogeneity], tests: tuple[str, ...], shown: Shown) -> Iterator[Wording]:
    """Say what is left of the differences with the default errors and families."""
    yield from left_under_defaults(default_pairs(found, tests, shown), shown)


def default_pairs(
    found: Sequence[Heterogeneity], tests: tuple[str, ...], shown: Shown
) -> tuple[Pair, ...]:
    """Judge the differences as declared, and with the default errors and families where these differ."""
    inference = shown.style.inference
    defaults = under_defaults(inference)
    if inference.family == defaults.family and all(one.default is None for one in found):
        return ()
    there = differences(_default(found), tests, defaults)
    return pairs_of(differences(found, tests, inference), there, inference)


def _declared(found: Sequence[Heterogeneity]) -> tuple[CovarianceRule, ...]:
    """Give the errors that judge, where other ones are printed; one rule at most."""
    rules = (
        estimates.covariance
        for one in found
        if one.declared is not None
        for _, estimates in one.declared.groups
        if isinstance(estimates, Estimates)
    )
    return tuple(islice(rules, 1))


def _printed(found: Sequence[Heterogeneity]) -> list[Heterogeneity]:
    return [replace(one, declared=None) for one in found]


def _default(found: Sequence[Heterogeneity]) -> list[Heterogeneity]:
    return [one.default or one.judged for one in found]
