"""Verdicts on slopes of groups and on their differences under other standard errors and families."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.effects import Effect, slopes
from xinzhi.analyses.heterogeneity.comparisons import differences
from xinzhi.analyses.heterogeneity.compute import Heterogeneity
from xinzhi.analyses.verdict_changes import (
    Pair,
    compare_with_defaults,
    compare_with_printed,
    default_inference,
    pair_verdicts,
)
from xinzhi.regression.estimates import CovarianceRule
from xinzhi.wording import Wording

Comparisons = Sequence[Heterogeneity]


def group_slopes(comparisons: Comparisons) -> Iterator[Effect]:
    """List the slopes in each group, as they are judged."""
    for comparison in comparisons:
        for group, estimates in comparison.judged.fitted:
            yield from slopes(estimates, grouping=comparison.grouping, group=group)


def slopes_otherwise(comparisons: Comparisons, shown: Shown) -> Iterator[Wording]:
    """Say which slopes the printed errors judge otherwise, and what is left of them by default."""
    inference, judged = shown.style.inference, list(group_slopes(comparisons))
    for rule in _declared(comparisons):
        pairs = pair_verdicts(judged, group_slopes(_printed(comparisons)), inference)
        yield from compare_with_printed(pairs, rule, shown)
    if any(comparison.default is not None for comparison in comparisons):
        pairs = pair_verdicts(judged, group_slopes(_by_default(comparisons)), inference)
        yield from compare_with_defaults(pairs, shown)


def differences_otherwise(
    comparisons: Comparisons, tests: tuple[str, ...], shown: Shown
) -> Iterator[Wording]:
    """Say which differences the printed errors, or the default errors and families, judge otherwise."""
    inference = shown.style.inference
    for rule in _declared(comparisons):
        printed = differences(_printed(comparisons), tests, inference)
        pairs = pair_verdicts(differences(comparisons, tests, inference), printed, inference)
        yield from compare_with_printed(pairs, rule, shown)
    yield from compare_with_defaults(default_pairs(comparisons, tests, shown), shown)


def default_pairs(
    comparisons: Comparisons, tests: tuple[str, ...], shown: Shown
) -> tuple[Pair, ...]:
    """Judge the differences as declared, and with the default errors and families where these differ."""
    inference = shown.style.inference
    defaults = default_inference(inference)
    if inference.family == defaults.family and all(c.default is None for c in comparisons):
        return ()
    by_default = differences(_by_default(comparisons), tests, defaults)
    return pair_verdicts(differences(comparisons, tests, inference), by_default, inference)


def _declared(comparisons: Comparisons) -> list[CovarianceRule]:
    """Give the errors that judge, where other ones are printed; one rule at most."""
    declared = (c.declared for c in comparisons if c.declared is not None)
    return [estimates.covariance for judged in declared for _, estimates in judged.fitted][:1]


def _printed(comparisons: Comparisons) -> list[Heterogeneity]:
    return [replace(comparison, declared=None) for comparison in comparisons]


def _by_default(comparisons: Comparisons) -> list[Heterogeneity]:
    return [comparison.default or comparison.judged for comparison in comparisons]
