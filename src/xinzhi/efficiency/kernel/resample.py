"""Scores of resampled entities, with the frontier estimated again in each draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.efficiency.kernel.frame import frame_of
from xinzhi.efficiency.kernel.optima import Codes
from xinzhi.efficiency.kernel.scores import Scores, super_scores
from xinzhi.efficiency.program import Program
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Flags


def scores_of_draw(
    whole: Scores, below: Program, above: Program, *, kept: Flags, codes: Codes
) -> Array:
    """Score the rows of a draw against the frontier that they make.

    A row outside the frame stays redundant while its support is drawn; so the frame of the draw
    lies in what is left of the whole frame and the rows whose support lost a part.

    Parameters
    ----------
    whole
        Scores of all rows of the reference set, each evaluated.
    below, above
        One program for all rows.
    kept
        Shape (n,): rows that are drawn; each stands once in the reference set.
    codes
        Shape (n,): rows with the same code leave together in the super program.

    Returns
    -------
    scores
        Shape (n,): NaN where the row is not drawn, infeasible, or not proved.
    """
    known, technology = whole.extremes, whole.extremes.technology
    rows = known.reference[kept[known.reference]]
    scores = np.full(len(kept), np.nan)
    if not len(rows):
        return scores
    frame = frame_of(
        technology.columns,
        bounded=technology.bounded.astype(np.uint8),
        allowed=known.disposal.astype(np.uint8),
        which=known.reference[candidates(whole, kept)[known.reference]],
    )
    drawn = replace(known, reference=rows, frame=frame)
    found = super_scores(
        technology, below, above, rows=rows, reference=rows, codes=codes, extremes=drawn
    )
    scores[rows] = found.score
    return scores


def candidates(whole: Scores, kept: Flags) -> Flags:
    """Mark the rows among which the frame of a draw lies, shape (n,)."""
    known, supports = whole.extremes, whole.supports
    possible = np.zeros(len(kept), dtype=bool)
    possible[known.frame] = True
    lost = np.repeat(~kept[known.frame], np.diff(supports.first))
    possible[supports.members[lost]] = True
    return np.asarray(possible & kept)
