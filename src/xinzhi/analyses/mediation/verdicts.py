"""Verdicts on mediated effects under other standard errors and other tests."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.mediation.compute import Mediation, mediated
from xinzhi.analyses.verdict_changes import (
    Pair,
    compare_with_defaults,
    compare_with_printed,
    default_inference,
    pair_verdicts,
)
from xinzhi.wording import Wording


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
