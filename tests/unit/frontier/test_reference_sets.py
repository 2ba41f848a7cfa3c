"""Which rows make the frontier of each row, written out for three periods and two groups."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import activities
from xinzhi_frontier.evaluate import KINDS, gap_ratios, reference_sets
from xinzhi_frontier.options import Options

LABELS = [("a", 1), ("a", 2), ("a", 4), ("b", 1), ("b", 2), ("c", 4)]
GROUPS = ["coast", "coast", "coast", "inland", "inland", "coast"]
FIRST, SECOND, LAST = {0, 3}, {1, 4}, {2, 5}
EVERY = FIRST | SECOND | LAST
EXPECTED = {
    "contemporaneous": ({}, [FIRST, SECOND, LAST]),
    "sequential": ({}, [FIRST, FIRST | SECOND, EVERY]),
    "window": ({"window": 2}, [FIRST, FIRST | SECOND, SECOND | LAST]),
    "biennial": ({}, [FIRST | SECOND, SECOND | LAST, SECOND | LAST]),
    "global": ({}, [EVERY, EVERY, EVERY]),
    "base": ({"base_period": 2}, [SECOND, SECOND, SECOND]),
    "rows": ({}, [{2, 4}, {2, 4}, {2, 4}]),
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_kind_of_set_by_hand(kind):
    """Periods 1, 2 and 4: neighbours are those that occur in the data."""
    more, sets = EXPECTED[kind]

    found = reference_sets(
        LABELS, options=Options(reference=kind, **more), reference_rows=np.array([4, 2])
    )

    peers = {row: set(one.rows.tolist()) for one in found for row in one.evaluated.tolist()}
    by_period = dict(zip((1, 2, 4), sets, strict=True))
    assert peers == {row: by_period[period] for row, (_, period) in enumerate(LABELS)}


def test_a_group_has_its_rows_of_all_periods():
    """The last kind does not depend on the period."""
    found = reference_sets(LABELS, options=Options(reference="group", group="g"), groups=GROUPS)

    peers = {row: set(one.rows.tolist()) for one in found for row in one.evaluated.tolist()}
    coast, inland = {0, 1, 2, 5}, {3, 4}
    assert peers == {row: inland if row in inland else coast for row in range(6)}
    assert set(KINDS) == {*EXPECTED, "group"}


def test_a_gap_ratio_by_hand():
    """Output per input is 2 and 4 in one group, 3 and 8 in the other: 8 is the metafrontier."""
    rows = activities([[1], [1], [1], [1]], [[2], [4], [3], [8]])

    found = gap_ratios(
        rows, options=Options("radial", orientation="input"), groups=["a", "a", "b", "b"]
    )

    np.testing.assert_allclose(found.group_efficiency, [1 / 2, 1, 3 / 8, 1])
    np.testing.assert_allclose(found.meta_efficiency, [2 / 8, 4 / 8, 3 / 8, 1])
    np.testing.assert_allclose(found.ratio, [1 / 2, 1 / 2, 1, 1])
