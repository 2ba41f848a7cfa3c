"""A straight line that was interpolated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Flags, Floats, Rule, SeenPanel, last_digit

SURE = 20.0
"""Steps of at least this many times √n units of the last digit: fewer than one in a hundred panels has
four points on a line by chance."""


@RULES.add("straight_line")
class StraightLine(Rule):
    """Four or more periods of an entity lie on one straight line to the last digit: interpolated, perhaps.

    The step must be so large beside the last digit that chance does not explain it: at least 20·√n units of
    it, n the number of rows. Level stretches are `repeated`; a trend that all entities share is left out.
    """

    code = "plausible.straight_line"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look for steps that are equal two times running."""
        follows = seen.next_row
        n = len(follows)
        if n < 4:
            return
        inside = follows[:-3] & follows[1:-2] & follows[2:-1]
        for column in seen.columns:
            starts = np.flatnonzero(_on_a_line(column.values, inside))
            if not len(starts):
                continue
            rows = np.zeros(n, dtype=bool)
            for shift in (1, 2):  # the ends of a line may be observations
                rows[starts + shift] = True
            yield Finding(
                self.code,
                (column.name,),
                rows,
                message(
                    "'{name}' lies on a straight line over four periods or more", name=column.name
                ),
                message("look whether these years were interpolated; they are not observations."),
            )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "periods on the line", "at least 4"
        yield "step, in units of the last digit", f"at least {SURE:g}·√n"


def _on_a_line(values: Floats, inside: Flags) -> Flags:
    """Mark the rows from which on four periods lie on a line."""
    unit = last_digit(values)
    step = np.diff(values)
    with np.errstate(invalid="ignore"):
        equal = np.abs(np.diff(step)) <= 2 * unit
        large = np.abs(step[1:-1]) >= SURE * np.sqrt(len(values)) * unit
    line: Flags = inside & equal[:-1] & equal[1:] & large
    if not line.any():
        return line
    steps = step[1:-1]
    shared = np.ptp(steps[line]) <= 2 * unit and line.sum() > 0.5 * np.isfinite(steps[inside]).sum()
    return np.zeros_like(line) if shared else line
