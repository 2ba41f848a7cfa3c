"""One value in many entities."""

from __future__ import annotations

from collections.abc import Iterator
from math import lgamma, log

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Floats, Rule, SeenPanel, has_digits, of_column

FEWEST = 5
"""Entities with the value."""
ALONE = 0.9
"""Share of the other values that one entity alone must have: in a column of few values ties are usual."""
HALF = 0.5
"""Share of all values that others are at least."""
DENSER = 5.0
"""How much denser values may lie in the middle than on average."""
CHANCE = 0.001
"""Expected number of values that as many entities share by chance, below which one is named."""


@RULES.add("one_value")
class OneValue(Rule):
    """One value stands in many entities where nearly all others are of one entity alone: filled with a mean, perhaps.

    At least five entities, and more than chance gives (Poisson, from the number of values that two entities share).
    Zeros, values of one or two digits and the least and greatest value are left out.
    """

    code = "plausible.one_value"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Count the entities of each value."""
        for column in seen.columns:
            shared = _shared(column.values, seen.entity)
            if not len(shared):
                continue
            yield Finding(
                self.code,
                (column.name,),
                np.isin(column.values, shared),
                message("'{name}' has one value in many entities", name=column.name),
                message(
                    "look whether empty cells were filled with a mean; empty them, or declare the step under `prepare`."
                ),
                of_column(column.values),
            )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "entities", f"at least {FEWEST}"
        yield "other values that one entity alone has", f"at least {ALONE:.0%}"
        yield "expected number of such values by chance", f"below {CHANCE:g}"


def _shared(values: Floats, entity: np.ndarray) -> Floats:
    """List the values that too many entities share."""
    nothing = np.zeros(0)
    known = np.flatnonzero(np.isfinite(values) & (values != 0))
    if len(known) < FEWEST:
        return nothing
    unique, inverse = np.unique(values[known], return_inverse=True)
    if len(unique) == len(known) or len(unique) < FEWEST:
        return nothing
    n = int(entity.max()) + 1
    pairs = np.unique(inverse * n + entity[known]) // n
    entities = np.bincount(pairs, minlength=len(unique))
    many = entities >= FEWEST
    alone, two = int((entities == 1).sum()), int((entities == 2).sum())
    rest = int(entities[~many].sum())
    if not many.any() or alone < ALONE * rest or rest < HALF * int(entities.sum()):
        return nothing
    mean = DENSER * (2 * two + 1) / max(alone, 1)
    expected = np.array([log(alone) + (k - 1) * log(mean) - lgamma(k + 1) for k in entities[many]])
    found = unique[many][expected < log(CHANCE)]
    found = found[(found != unique[0]) & (found != unique[-1])]
    return np.asarray(found[has_digits(found)] if len(found) else nothing)
