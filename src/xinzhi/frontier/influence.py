"""What rows without a score do to the scores of others while they stay in the reference set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xinzhi.frontier.activities import Activities, Label
from xinzhi.frontier.options import Options
from xinzhi.frontier.remarks import named
from xinzhi.frontier.result import Array, EfficiencyResult
from xinzhi.frontier.technology import Flags, Positions
from xinzhi.notices import Notice
from xinzhi.wording import Message, message

if TYPE_CHECKING:
    from xinzhi.frontier.productivity.index import ProductivityResult

SAME = 1e-8
"""Scores, each certified to 1e-9 (N2), that differ by less are the same; relative above 1."""

SCORES, VALUES = message("scores"), message("index values")
Evaluate = Callable[..., EfficiencyResult]


def influence_of(
    zeros: Flags,
    result: EfficiencyResult,
    evaluate: Evaluate,
    activities: Activities,
    *,
    options: Options,
    groups: Sequence[str] | None,
    reference_rows: Positions | None,
    jobs: int,
) -> Notice:
    """Name the rows whose scores the rows with a zero move: all are measured without these."""
    others = np.flatnonzero(~zeros)
    again = evaluate(
        activities.take(others.tolist()),
        options=replace(options, zeros="drop_row"),
        groups=None if groups is None else [groups[i] for i in others.tolist()],
        reference_rows=_renumbered(reference_rows, others),
        jobs=jobs,
    )
    labels = [result.labels[i] for i in others.tolist()]
    return _notice(labels, result.scores[others], again.scores, int(zeros.sum()), SCORES)


def index_influence(n_zeros: int, result: ProductivityResult, again: ProductivityResult) -> Notice:
    """Name the index values that the rows with a zero move; `again` is computed without them."""
    without = dict(zip(zip(again.entities, again.second, strict=True), again.values, strict=True))
    labels = list(zip(result.entities, result.second, strict=True))
    both = [place for place, label in enumerate(labels) if label in without]
    after = np.array([without[labels[place]] for place in both], dtype=np.float64)
    return _notice([labels[place] for place in both], result.values[both], after, n_zeros, VALUES)


def _renumbered(rows: Positions | None, others: Positions) -> Positions | None:
    """Positions of chosen rows among those that are left."""
    return None if rows is None else np.flatnonzero(np.isin(others, rows))


def _notice(
    labels: Sequence[Label], before: Array, after: Array, n_zeros: int, of: Message
) -> Notice:
    change = score_changes(before, after)
    moved = np.flatnonzero(change > SAME)
    if not len(moved):
        text = message(
            "The rows with a zero that stay in the reference set ({k}) change no other {of}.",
            k=n_zeros,
            of=of,
        )
        return Notice("dea.zeros_kept", text)
    largest = moved[np.argmax(change[moved])]
    return Notice(
        "dea.zeros_kept",
        message(
            "The rows with a zero that stay in the reference set ({k}) change {n} of {total} "
            "other {of}, most of all that of {who}: {new} instead of {old}. Changed: {rows}.",
            k=n_zeros,
            n=len(moved),
            total=len(labels),
            of=of,
            who=named([labels[largest]]),
            new=_written(before[largest]),
            old=_written(after[largest]),
            rows=named([labels[i] for i in moved.tolist()]),
        ),
    )


def score_changes(before: Array, after: Array) -> Array:
    """Return how far scores are apart; infinite where only one of both exists.

    >>> score_changes(np.array([1.0, np.nan, 2.0]), np.array([0.5, np.nan, np.nan])).tolist()
    [0.5, 0.0, inf]
    """
    apart = np.abs(before - after) / np.maximum(1.0, np.abs(before))
    one = np.isnan(before) != np.isnan(after)
    return np.where(one, np.inf, np.where(np.isnan(apart), 0.0, apart))


def _written(score: float) -> str:
    return "—" if np.isnan(score) else f"{score:.4f}"
