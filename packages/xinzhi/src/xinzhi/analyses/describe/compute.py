"""Descriptive statistics of columns.

Descriptive statistics: which variables.

Correlations of the variables, the lower half of their matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from xinzhi.analyses.section import Names, Refers, Section
from xinzhi.present import numbers
from xinzhi.present.regression.fitted import star_note
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.inference import t_tails
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import columns_of


class DescribeSection(Section):
    """Descriptive statistics."""

    variables: Annotated[Names, Refers("variables")]
    """Variables or sets."""


@dataclass(frozen=True, slots=True, eq=False)
class Correlations:
    """Pearson correlations on the rows in which every variable has a value."""

    names: tuple[str, ...]
    n: int
    r: Array
    """Shape (k, k); NaN where a variable does not vary."""
    p_value: Array
    """Of the t test with n - 2 degrees of freedom, which takes the rows to be independent."""

    def to_frame(self) -> pd.DataFrame:
        """Return the matrix of correlations."""
        return pd.DataFrame(self.r, index=list(self.names), columns=list(self.names))


def correlate(data: Panel | pd.DataFrame, names: tuple[str, ...]) -> Correlations:
    """Correlate columns on their complete rows.

    r = s_xy / (s_x s_y), t = r sqrt((n - 2) / (1 - r^2)).

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, 4.0]}, index=index)
    >>> float(correlate(frame, ("x", "y")).r[1, 0].round(12))
    0.8
    """
    values = columns_of(data, names)
    complete = values[~np.isnan(values).any(axis=1)]
    n = len(complete)
    centred = complete - complete.mean(axis=0) if n else complete
    size = np.sqrt((centred**2).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        # Rounding may carry a perfect correlation past 1, where t would be NaN.
        r = np.clip(centred.T @ centred / np.outer(size, size), -1.0, 1.0)
        t = r * np.sqrt((n - 2) / (1.0 - r**2)) if n > 2 else np.full_like(r, np.nan)
    return Correlations(names, n, r, t_tails(t, n - 2))


def correlation_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    correlations: Correlations,
    style: Style,
) -> Table:
    """Set the correlations below the diagonal, the variables numbered down and across."""
    names, r, p = correlations.names, correlations.r, correlations.p_value
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=tuple(Column(name, f"({n})") for n, name in enumerate(names, 1)),
        rows=tuple(
            Row(
                message("({n}) {label}", n=i + 1, label=style.labels.get(name, name)),
                tuple(_cell(correlations, i, j, style) for j in range(len(names))),
                key=name,
            )
            for i, name in enumerate(names)
        ),
        notes=(
            message("Pearson correlations, n = {n}.", n=numbers.count(correlations.n)),
            message("Stars treat the observations as independent."),
            star_note(style.stars),
        ),
        machine={
            "n": correlations.n,
            "correlations": {
                name: {
                    other: {"r": float(r[i, j]), "p": float(p[i, j])}
                    for j, other in enumerate(names[:i])
                }
                for i, name in enumerate(names)
            },
        },
    )


def _cell(correlations: Correlations, i: int, j: int, style: Style) -> Cell:
    if j > i:
        return EMPTY
    r = float(correlations.r[i, j])
    if i == j:
        return Cell(1.0 if np.isfinite(r) else None, decimals=style.decimals)
    stars = numbers.marks(float(correlations.p_value[i, j]), style.stars)
    return Cell(r, "estimate", stars, style.decimals)


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
