"""Negative amounts: admissible where a constant added to a column changes no score, else refused."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi.errors import OutOfDomain, Problem
from xinzhi.frontier.activities import Activities
from xinzhi.frontier.measure import Traits
from xinzhi.frontier.options import Options
from xinzhi.notices import Notice
from xinzhi.wording import listed, message


def has_negatives(activities: Activities) -> bool:
    """Whether any amount is below 0."""
    return any(bool((part < 0).any()) for part in activities.parts)


def check_negatives(activities: Activities, traits: Traits, options: Options) -> Iterator[Notice]:
    """Refuse negative amounts, or say why they are admissible.

    Raises
    ------
    OutOfDomain
        A measure that depends on where the scale of a column begins meets cells below 0, each named.
    """
    if not has_negatives(activities):
        return
    names, values = activities.roles.names, activities.values
    if not traits.is_translation_invariant(options):
        raise OutOfDomain(
            Problem(
                "dea.negative",
                message("{value} is not a possible amount.", value=float(values[row, column])),
                activities.place(int(row), names[column]),
                message(
                    "amounts are not negative: correct the cell. Where it is true (a loss, a net flow), the "
                    "measures range_adjusted and range_directional admit it with returns_to_scale: variable."
                ),
            )
            for row, column in np.argwhere(values < 0)
        )
    below = (values < 0).sum(axis=0).tolist()
    text = message(
        "Negative amounts ({cells}): a constant added to a column changes no score, slack or peer of "
        "{measure} under these returns, so that they are admissible. Under constant returns, and in "
        "measures that take shares of amounts, they have no meaning.",
        cells=listed(
            [f"{name} {count}" for name, count in zip(names, below, strict=True) if count]
        ),
        measure=options.measure,
    )
    yield Notice("dea.negative", text)
