"""Verdicts on mediated effects under other standard errors and other tests."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.mediation.compute import Mediation, mediated
from xinzhi.analyses.verdict_changes import (
    Pair,
    left_under_defaults,
    other_than_printed,
    pairs_of,
    under_defaults,
)
from xinzhi.wording import Wording


def other_verdicts(result: Mediation, shown: Shown) -> Iterator[Wording]:
    """Say which mediated effects the printed errors, or the default errors and tests, judge otherwise."""
    inference, declared = shown.style.inference, result.declared
    if declared is not None:
        pairs = pairs_of(mediated(declared, inference), mediated(result, inference), inference)
        yield from other_than_printed(pairs, declared.total.covariance, shown)
    yield from left_under_defaults(default_pairs(result, shown), shown)


def default_pairs(result: Mediation, shown: Shown) -> tuple[Pair, ...]:
    """Judge the mediated effects as declared, and with the default errors and tests where these differ."""
    inference = shown.style.inference
    defaults = under_defaults(inference)
    if result.default is None and inference.indirect == defaults.indirect:
        return ()
    by_default = mediated(result.default or result.judged, defaults)
    return pairs_of(mediated(result.judged, inference), by_default, inference)
