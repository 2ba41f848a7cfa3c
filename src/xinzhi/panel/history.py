"""How many cells of each variable and period were filled, from the ledger."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from xinzhi.panel.panel import Panel


def filled_by_year(panel: Panel, columns: Iterable[str]) -> pd.DataFrame:
    """Count the filled cells of each variable in each period.

    Cells that were computed from filled ones count as filled.

    Returns
    -------
    Variables down, periods across, with a column `share` of the filled among the cells that have
    a value; variables without filled cells are left out.
    """
    counts: dict[str, dict[int | str, float]] = {}
    for column in dict.fromkeys(columns):
        cells = _with_values(panel, column)
        if not cells:
            continue
        row: dict[int | str, float] = dict.fromkeys(panel.periods, 0)
        for _, period in cells:
            row[period] = row.get(period, 0) + 1
        n_values = int(panel.frame[column].notna().sum()) if column in panel.frame else 0
        row["share"] = len(cells) / n_values if n_values else float("nan")
        counts[column] = row
    return pd.DataFrame.from_dict(counts, orient="index", columns=[*panel.periods, "share"])


def _with_values(panel: Panel, column: str) -> frozenset[tuple[str, int]]:
    """Take the filled cells of a column that are in the panel and hold a value."""
    cells = panel.ledger.filled(column)
    if not cells or column not in panel.frame:
        return cells
    observed = panel.frame[column].dropna().index
    return cells & frozenset((str(entity), int(period)) for entity, period in observed)


def share_filled(panel: Panel, columns: Iterable[str], rows: pd.Index) -> float:
    """Share of filled cells among the cells of some columns in some rows.

    Parameters
    ----------
    rows
        Keys (entity, period) of the rows that a regression uses.

    Examples
    --------
    >>> from xinzhi.panel.ledger import Entry
    >>> from xinzhi.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["entity", "period"])
    >>> panel = panel_of(pd.DataFrame({"x": [1.0, 2.0]}, index=index))
    >>> entry = Entry("g", "interpolate", "x", "filled", "gap", (("a", 2),), 1)
    >>> share_filled(panel.with_columns({}, entry), ["x"], index)
    0.5
    """
    chosen = list(dict.fromkeys(columns))
    if not len(rows) or not chosen:
        return 0.0
    keys = {(str(entity), int(period)) for entity, period in rows}
    n = sum(len(panel.ledger.filled(column) & keys) for column in chosen)
    return n / (len(keys) * len(chosen))
