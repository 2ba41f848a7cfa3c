"""What the second stage says of rows and draws that it cannot use."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Flags
from xinzhi.notices import Notice
from xinzhi.wording import message


def unreached(some: int, none: int, draws: int) -> Iterator[Notice]:
    """Count the rows that frontiers drawn for the bias do not reach."""
    if some:
        text = message(
            "{n} rows are not reached by the frontiers of some of the {draws} draws: their bias is the mean over the others.",
            one="{n} row is not reached by the frontiers of some of the {draws} draws: its bias is the mean over the others.",
            n=some,
            draws=draws,
        )
        yield Notice("inference.bias_of_fewer_draws", text)
    if none:
        text = message(
            "{n} rows are reached by the frontier of none of the {draws} draws: their bias is not known, and they are "
            "left out of the second stage.",
            one="{n} row is reached by the frontier of none of the {draws} draws: its bias is not known, and it is "
            "left out of the second stage.",
            n=none,
            draws=draws,
        )
        yield Notice("inference.bias_unknown", text)


def too_many(lost: int, draws: int, level: float) -> bool:
    """Whether more draws are lost than an interval cuts off at one end; 5% of 200 are 10 despite rounding."""
    return lost > (1.0 - level) / 2.0 * draws * (1.0 + 1e-9)


def lost_draws(lost: int, draws: int, level: float) -> Iterator[Notice]:
    """Count the draws without a maximum, and say where they leave no interval.

    σ runs away in them: they belong beyond one end of the distribution, of which an interval cuts off
    (1 - level) / 2. Up to that share an end is at worst the most distant draw that was kept; beyond it no
    draw shows where the end is.
    """
    if too_many(lost, draws, level):
        text = message(
            "In {n} of {draws} draws of the bootstrap the likelihood has no maximum, more than the {share} "
            "beyond one end of an interval: no interval, standard error or p-value is given.",
            n=lost,
            draws=draws,
            share=f"{(1.0 - level) / 2.0:.3g}",
        )
        yield Notice("inference.no_maximum", text)
    elif lost:
        text = message(
            "In {n} of {draws} draws of the bootstrap the likelihood has no maximum; they are left out.",
            n=lost,
            draws=draws,
        )
        yield Notice("inference.lost", text)


def left_out(estimated: Array, distance: Array, is_above: Flags) -> Iterator[Notice]:
    """Count the rows that the regression leaves out: on the frontier after the correction, or without a score."""
    without = int(np.isnan(estimated).sum())
    efficient = int((~np.isnan(distance)).sum()) - int(is_above.sum())
    if efficient:
        text = message(
            "{n} of {total} rows lie on the estimated frontier; the truncated regression and its "
            "bootstrap leave them out.",
            one="{n} of {total} rows lies on the estimated frontier; the truncated regression "
            "and its bootstrap leave it out.",
            n=efficient,
            total=len(distance),
        )
        yield Notice("inference.on_frontier", text)
    if without:
        text = message(
            "{n} of {total} rows have no score and are left out of the second stage.",
            one="{n} of {total} rows has no score and is left out of the second stage.",
            n=without,
            total=len(distance),
        )
        yield Notice("inference.no_distance", text)
