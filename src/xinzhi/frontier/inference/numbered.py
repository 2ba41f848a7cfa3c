"""Rows in an order that their data fix, for draws by place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.frontier.activities import Activities, number_by_data
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Positions, canonical_order


def in_order_of_data(
    activities: Activities, others: Array | None = None
) -> tuple[Activities, Positions]:
    """Sort rows by number of the entity and period, under these numbers in place of names.

    Rows of one label are told apart by their values, and by `others`, shape (n, k).

    Returns
    -------
    tuple
        The rows, and the place of each among those that were given.
    """
    numbered = replace(activities, labels=number_by_data(activities))
    values = activities.values
    order = canonical_order(
        numbered.labels, values if others is None else np.hstack([values, others])
    )
    return numbered.take(order.tolist()), order
