"""GDP per head that is not GDP over residents."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, SCOPES, Finding, Rule, SeenPanel, shown

APART = 1.3
"""Factor that year-end and mean residents, and revisions after a census, explain."""


@RULES.add("per_head")
class PerHead(Rule):
    """GDP per head is not GDP over residents: another unit, other residents, or another year.

    All three columns must be recognised by their headings, for one scope and in one kind of prices, with their units;
    more than a factor of 1.3.
    """

    code = "plausible.per_head"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Divide GDP by residents."""
        for scope in SCOPES:
            head, gdp, people = (seen.one(k, scope) for k in ("gdp per head", "gdp", "residents"))
            if head is None or gdp is None or people is None or head.is_real != gdp.is_real:
                continue
            values = [column.in_basic_units for column in (head, gdp, people)]
            if any(one is None for one in values):
                continue
            own, total, n = (np.asarray(one) for one in values)
            scale = head.unit.factor if head.unit else 1.0
            with np.errstate(divide="ignore", invalid="ignore"):
                computed = np.where(n > 0, total / n, np.nan)
                ratio = own / computed
                apart = (ratio > APART) | (ratio < 1 / APART)
            yield Finding(
                self.code,
                (head.name, gdp.name, people.name),
                apart & (own > 0) & (total > 0),
                message(
                    "'{head}' is not '{gdp}' over '{people}'",
                    head=head.name,
                    gdp=gdp.name,
                    people=people.name,
                ),
                message(
                    "compare the units, and whether it is divided by registered residents (户籍人口)."
                ),
                lambda i, a=own, b=computed, c=scale: (
                    f"{shown(a[i] / c)}, computed {shown(b[i] / c)}"
                ),  # type: ignore[misc]
            )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the threshold."""
        yield "factor", f"more than {APART:g}"
