"""One value that stands far from those beside it: a digit too many, another unit, a slip."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Flags, Floats, Rule, SeenPanel, of_column

LEAST = 4.0
"""Times that a value must be above or below its neighbours."""
TIMES = 4.0
"""Times that it must stand farther from them than any other of the entity does, on the scale of logarithms."""
FEWEST = 5
"""Other values of the entity without which nobody can tell what is usual."""
LEVEL = 0.5
"""Distance of the two neighbours from each other, as a share of that of the value: more is a change of level."""
AT_END = 1.5
"""Times that a first or last value, which has one neighbour, must stand farther off than this does."""
COUNTS = 2.0
"""Errors of a count, the root of it, that are usual whatever else the series shows."""


@RULES.add("spike")
class Spike(Rule):
    """One value is at least 4 times its neighbours in time, or a fourth, and the entity has nothing like it.

    Its distance from the mean of both neighbours, in logarithms, is at least 4 times as large as that of any
    other value of the entity, of which there are at least five; the neighbours are near each other, so that it is
    not a new level. A first or last value, or one beside a gap or a zero, has one neighbour. Only positive values; small whole numbers vary as
    counts do. What is a change of unit is told as that.
    """

    code = "plausible.spike"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look at each value between its neighbours."""
        if not seen.is_square or len(seen.panel.periods) < FEWEST + 2:
            return
        for column in seen.columns:
            rows = seen.rows_of(_spikes(seen.square(column.values)))
            if rows.any():
                yield Finding(
                    self.code,
                    (column.name,),
                    rows,
                    message("'{name}' stands far from the years beside it", name=column.name),
                    message("compare the cell with its source: a digit too many, or another unit?"),
                    of_column(column.values),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "times its neighbours, or the neighbours it", f"at least {LEAST:g}"
        yield "times the distance of any other value of the entity", f"at least {TIMES:g}"
        yield "other values", f"at least {FEWEST}"


def _spikes(table: Floats) -> Flags:
    """Mark the values that stand alone, (entities, periods).

    >>> smooth = np.array([3.0, 3.1, 3.3, 3.2, 3.5, 3.6, 3.8, 3.7])
    >>> wrong = smooth.copy()
    >>> wrong[4] *= 10
    >>> np.argwhere(_spikes(np.array([smooth, wrong]))).tolist()
    [[1, 4]]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(table > 0, np.log10(table), np.nan)
    hole = np.full((len(logs), 1), np.nan)
    before, after = np.hstack([hole, logs[:, :-1]]), np.hstack([logs[:, 1:], hole])
    both: Flags = np.isfinite(before) & np.isfinite(after)
    beside = np.where(both, (before + after) / 2, np.where(np.isfinite(before), before, after))
    distance = np.abs(logs - beside)
    far = distance >= np.log10(LEAST)
    if not far.any():
        return np.asarray(far)
    usual, n_others = _others(distance)
    if _are_whole(table):
        with np.errstate(over="ignore"):
            usual = np.fmax(usual, COUNTS / (np.log(10.0) * np.sqrt(10.0**beside)))
    # A spike throws its neighbours off, too: by half of its distance, or by all of it where it is their only
    # neighbour. Such a one counts by so much less as it would itself have to stand farther off.
    is_highest = np.where(
        both,
        distance >= _beside(np.where(both, distance, distance / AT_END)),
        distance >= AT_END * _beside(distance),
    )
    is_level = both & (np.abs(after - before) > LEVEL * distance)
    return np.asarray(
        far & (distance >= TIMES * usual) & (n_others >= FEWEST) & is_highest & ~is_level
    )


def _beside(distance: Floats) -> Floats:
    """Give the larger distance of the two neighbours, 0 where there is none."""
    none = np.zeros((len(distance), 1))
    return np.fmax(np.hstack([none, distance[:, :-1]]), np.hstack([distance[:, 1:], none]))


def _others(distance: Floats) -> tuple[Floats, Floats]:
    """Give the largest distance of the other values, neighbours left out, and their number."""
    known: Flags = np.isfinite(distance)
    filled = np.where(known, distance, 0.0)
    start = np.zeros((len(distance), 2))
    left = np.hstack([start, np.maximum.accumulate(filled, axis=1)])[:, : distance.shape[1]]
    turned = np.maximum.accumulate(filled[:, ::-1], axis=1)
    right = np.hstack([start, turned])[:, : distance.shape[1]][:, ::-1]
    total = known.sum(axis=1, keepdims=True)
    padded = np.pad(known, ((0, 0), (1, 1)))
    near = padded[:, :-2] + known.astype(int) + padded[:, 2:]
    return np.maximum(left, right), np.asarray(total - near, dtype=np.float64)


def _are_whole(table: Floats) -> bool:
    values = table[np.isfinite(table)]
    return bool((values == np.round(values)).all())
