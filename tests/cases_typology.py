"""Small panels and frames of estimates that the tests of the typology share."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def panel_of_scores(table: Mapping[str, Mapping[int, float]]) -> pd.Series:
    """Scores per entity and period, as a series indexed (entity, period)."""
    rows = {(entity, period): y for entity, row in table.items() for period, y in row.items()}
    index = pd.MultiIndex.from_tuples(list(rows), names=["entity", "period"])
    return pd.Series(list(rows.values()), index=index)


def one_period(values: Mapping[str, float], period: int = 2023) -> pd.Series:
    """Scores of one period."""
    return panel_of_scores({entity: {period: y} for entity, y in values.items()})


def codes(notices) -> list[str]:
    """Codes of notices, in order."""
    return [notice.code for notice in notices]


def estimates(*rows: tuple) -> pd.DataFrame:
    """Frame of estimates from (path, grouping, group, tool, b, p); the error follows from p."""
    from scipy import stats

    frame = pd.DataFrame(rows, columns=["path", "grouping", "group", "tool", "b", "p"])
    z = stats.norm.isf(frame["p"].astype(float) / 2)
    return frame.assign(se=frame["b"].abs() / z, n=100)


def differences(*rows: tuple) -> pd.DataFrame:
    """Frame of difference tests from (path, grouping, p)."""
    frame = pd.DataFrame(rows, columns=["path", "grouping", "p"])
    return frame.assign(b=0.1, se=0.05, n=100)
