"""Sums that do not match their parts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, SCOPES, Finding, Rule, SeenPanel, comparable, of_column

SUMS = (
    (
        "gdp",
        (
            "value added of primary industry",
            "value added of secondary industry",
            "value added of tertiary industry",
        ),
    ),
    ("residents", ("urban residents", "rural residents")),
    ("patents granted", ("invention patents granted", "utility models granted", "designs granted")),
    (
        "employed",
        (
            "employed in primary industry",
            "employed in secondary industry",
            "employed in tertiary industry",
        ),
    ),
)
"""(Whole, all of its parts)."""
SLACK = 0.01
"""Share of the whole that rounding and revisions explain."""


@RULES.add("sums")
class PartsAndWhole(Rule):
    """A whole differs from the sum of its parts by more than 1%, where all parts are in the data.

    Three industries and GDP, urban and rural residents, the three kinds of patents, employment by industry.
    """

    code = "plausible.sum"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Add the parts up."""
        for scope in SCOPES:
            for whole_kind, part_kinds in SUMS:
                whole = seen.one(whole_kind, scope)
                parts = [part for kind in part_kinds if (part := seen.one(kind, scope))]
                if whole is None or len(parts) < len(part_kinds):
                    continue
                pairs = [pair for part in parts if (pair := comparable(part, whole))]
                if len(pairs) < len(parts) or any(p.is_real != whole.is_real for p in parts):
                    continue
                total, base = np.sum([values for values, _ in pairs], axis=0), pairs[0][1]
                with np.errstate(divide="ignore", invalid="ignore"):
                    wrong = np.abs(total - base) > SLACK * np.abs(base)
                    ratio = total / base
                names = [part.name for part in parts]
                yield Finding(
                    self.code,
                    (whole.name, *names),
                    wrong,
                    message(
                        "'{whole}' differs by more than 1% from {parts}",
                        whole=whole.name,
                        parts=" + ".join(names),
                    ),
                    message("compare the cells with the yearbook, and their units."),
                    of_column(100 * ratio, " %"),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the sums."""
        for whole, parts in SUMS:
            yield whole, " + ".join(parts)
