"""Scores of a study, and numbers computed again from them."""

from __future__ import annotations

import pytest

from printed import number

CLOSE = 1e-12
"""Rounding of means that are summed in another order; far below the digits that are compared."""


def scores_of(everything):
    """Give the certified scores as {(entity, period): score}."""
    found = everything.result.of("efficiency")["green"]
    assert set(found.statuses) == {"certified"}
    return dict(zip(found.labels, map(float, found.scores), strict=True))


def shown(table, row, column):
    """The number in a cell of the table, only to see that it is the one that is expected but for rounding."""
    at = [one.key for one in table.columns].index(column)
    return next(one for one in table.rows if one.key == row).cells[at].value


def settled(everything, name, numbers):
    """Expect numbers that were computed here: the sheet may hold a neighbour in the last digits."""
    table = everything.tables[name]
    for (row, column), value in numbers.items():
        assert shown(table, row, column) == pytest.approx(value, rel=CLOSE, abs=CLOSE), (
            row,
            column,
        )
    return {key: number(shown(table, *key)) for key in numbers}
