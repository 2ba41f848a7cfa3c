"""Descriptive statistics of columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.analyses.describe.correlations import Correlations, correlate
from xinzhi.panel.notebook import InNotebook
from xinzhi.panel.panel import Panel
from xinzhi.regression.grouping import Array
from xinzhi.regression.sample import columns_of


@dataclass(frozen=True, slots=True, eq=False)
class Description(InNotebook):
    """Descriptive statistics; the arrays follow `names` and are NaN where a column is empty."""

    names: tuple[str, ...]
    n: tuple[int, ...]
    """Cells with a number."""
    missing: tuple[int, ...]
    """Empty cells."""
    mean: Array
    sd: Array
    """Standard deviation of the sample, divided by n - 1."""
    minimum: Array
    maximum: Array
    correlations: Correlations | None = None
    """Of more than one variable."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a column: n, mean, sd, min, max, missing."""
        return pd.DataFrame(
            {
                "n": self.n,
                "mean": self.mean,
                "sd": self.sd,
                "min": self.minimum,
                "max": self.maximum,
                "missing": self.missing,
            },
            index=pd.Index(self.names, name="name"),
        )


def describe(data: Panel | pd.DataFrame, columns: tuple[str, ...]) -> Description:
    """Describe columns: n, mean, standard deviation, smallest, largest, number missing.

    Raises
    ------
    MissingColumn, NotNumeric, OutOfDomain
        A column is not there, or holds something else than finite numbers.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"x": [1.0, 2.0, np.nan, 6.0]}, index=index)
    >>> print(describe(frame, ("x",)).to_frame().to_string(index=False))
     n  mean       sd  min  max  missing
     3   3.0 2.645751  1.0  6.0        1
    """
    values = columns_of(data, columns)
    # Each variable by its own cells; correlations alone need rows that are complete.
    present = [values[~np.isnan(values[:, j]), j] for j in range(values.shape[1])]
    return Description(
        names=columns,
        n=tuple(len(column) for column in present),
        missing=tuple(len(values) - len(column) for column in present),
        mean=np.array([column.mean() if len(column) else np.nan for column in present]),
        sd=np.array([column.std(ddof=1) if len(column) > 1 else np.nan for column in present]),
        minimum=np.array([column.min() if len(column) else np.nan for column in present]),
        maximum=np.array([column.max() if len(column) else np.nan for column in present]),
        correlations=correlate(data, columns) if len(columns) > 1 else None,
    )
