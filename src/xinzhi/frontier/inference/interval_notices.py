"""What a reader of intervals of scores has to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from xinzhi.frontier.result import Array
from xinzhi.notices import Notice
from xinzhi.wording import message


def interval_notices(
    statuses: Sequence[str], unreached: Array, unsolved: Array, *, fewest: int, often: float
) -> Iterator[Notice]:
    """Say which rows have no interval, and which intervals rest on a convention.

    Parameters
    ----------
    statuses
        One per row.
    unreached, unsolved
        Shape (n,): shares of the draws.
    fewest
        Entities that a frontier needs.
    often
        Share of unreached draws from which the convention decides a bound.
    """
    few, unbounded, without = (
        statuses.count(status) for status in ("few_entities", "unbounded", "unsolved")
    )
    if few:
        text = message(
            "{n} scores have no confidence interval: their frontiers are made of fewer than "
            "{fewest} entities.",
            one="{n} score has no confidence interval: its frontier is made of fewer than "
            "{fewest} entities.",
            n=few,
            fewest=fewest,
        )
        yield Notice("inference.few_entities", text)
    if unbounded:
        text = message(
            "{n} scores have no confidence interval: the frontiers of too many subsamples "
            "cannot reach these rows, so that a bound is infinite.",
            one="{n} score has no confidence interval: the frontiers of too many subsamples "
            "cannot reach its row, so that a bound is infinite.",
            n=unbounded,
        )
        yield Notice("inference.unbounded", text)
    if without:
        text = message(
            "{n} scores have no confidence interval: no draw has a proved score.",
            one="{n} score has no confidence interval: no draw has a proved score.",
            n=without,
        )
        yield Notice("inference.unsolved", text)
    stands = np.array([status == "interval" for status in statuses])
    limit = int((stands & (unreached > often)).sum())
    if limit:
        text = message(
            "{n} confidence intervals are wide on one side by convention: the frontiers of "
            "more than {share} of the subsamples cannot reach these rows, and the worst "
            "possible distance is used for them.",
            one="{n} confidence interval is wide on one side by convention: the frontiers of "
            "more than {share} of the subsamples cannot reach its row, and the worst possible "
            "distance stands for them.",
            n=limit,
            share=f"{often:.1%}",
        )
        yield Notice("inference.unreached", text)
    if (lost := float(unsolved[stands].max(initial=0.0))) > 0:
        text = message(
            "Up to {share} of the draws of a row have no proved score and are left out.",
            share=f"{lost:.1%}",
        )
        yield Notice("inference.lost", text)
