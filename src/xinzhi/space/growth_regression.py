"""Least squares for the growth regressions of convergence, with robust errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from xinzhi.errors import MethodError, Problem
from xinzhi.panel.group_means import group_sums, subtract_group_means
from xinzhi.wording import message

Array = npt.NDArray[np.float64]
RANK_TOLERANCE = 1e-9
"""A column whose part not explained by the others is smaller than this share of it is refused."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Slopes with their errors."""

    names: tuple[str, ...]
    estimates: Array
    errors: Array
    df: int
    """Degrees of freedom of t."""
    errors_kind: str
    """`hc1` or `cluster`."""

    def slope(self, name: str) -> float:
        """Slope of a column."""
        return float(self.estimates[self.names.index(name)])

    def std_error(self, name: str) -> float:
        """Error of a slope."""
        return float(self.errors[self.names.index(name)])

    def p_value(self, name: str) -> float:
        """Two-sided p-value of a slope; missing where its error is 0."""
        error = self.std_error(name)
        if not error > 0:
            return float("nan")
        return float(2.0 * stats.t.sf(abs(self.slope(name)) / error, self.df))


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """Columns without their entity and period effects."""

    columns: pd.DataFrame
    n_counted: int
    """Parameters to count beside the slopes: entity effects are nested in the clusters and count
    as the one constant they hold, as in fixest and reghdfe; period effects count in full."""


def sweep(frame: pd.DataFrame, effects: tuple[str, ...]) -> Swept:
    """Sweep entity and period effects out of all columns, exactly, balanced or not."""
    values = frame.to_numpy(float)
    entity, period = (frame.index.get_level_values(name) for name in ("entity", "period"))
    dummies = pd.get_dummies(period, dtype=float).to_numpy()
    counted = 0
    if "entity" in effects:
        values, dummies = (subtract_group_means(part, entity) for part in (values, dummies))
        counted = 1
    if "period" in effects:
        values = values - dummies @ np.linalg.lstsq(dummies, values)[0]
        counted += int(np.linalg.matrix_rank(dummies))
    return Swept(pd.DataFrame(values, index=frame.index, columns=frame.columns), counted)


def fit_line(
    outcome: pd.Series,
    columns: pd.DataFrame,
    *,
    constant: bool,
    clusters: npt.NDArray[np.object_] | None = None,
    absorbed: int = 0,
    sizes: Array | None = None,
) -> Line:
    """Fit least squares with errors robust to unequal variances (HC1) or clustered.

    Parameters
    ----------
    outcome, columns
        Shapes (n,), (n, k), without missing cells.
    constant
        Whether to add a constant, named `_cons`.
    clusters
        Cluster of each row, or None for HC1 errors.
    absorbed
        Parameters to count beside the slopes, for effects that were swept out.
    sizes
        Norms of the columns before sweeping, shape (k,): what is nothing beside them is nothing.

    Raises
    ------
    MethodError
        There are not more rows (or clusters) than slopes, or the columns are dependent.
    """
    X = columns.to_numpy(float)
    names = tuple(str(name) for name in columns.columns)
    if constant:
        X, names = np.column_stack([X, np.ones(len(X))]), (*names, "_cons")
    n, k = X.shape
    n_clusters = len(set(clusters)) if clusters is not None else 0
    _check_size(n - absorbed, k, n_clusters if clusters is not None else None)
    norms = np.linalg.norm(X, axis=0)
    if sizes is not None:
        norms[: len(sizes)] = sizes
    _check_rank(X, norms, names)
    bread = np.linalg.inv(X.T @ X)
    b = bread @ X.T @ outcome.to_numpy(float)
    scores = X * (outcome.to_numpy(float) - X @ b)[:, None]
    spare = n - k - absorbed
    if clusters is None:
        factor, df, kind = n / spare, spare, "hc1"
    else:
        scores = group_sums(scores, pd.factorize(clusters, sort=True)[0])
        factor = n_clusters / (n_clusters - 1) * (n - 1) / spare
        df, kind = n_clusters - 1, "cluster"
    variance = factor * bread @ (scores.T @ scores) @ bread
    return Line(names, b, np.sqrt(np.diag(variance)), df, kind)


def _check_size(n: int, k: int, n_clusters: int | None) -> None:
    if n <= k or (n_clusters is not None and n_clusters < 2):
        raise MethodError(
            Problem(
                "convergence.few_rows",
                message("{n} rows are too few for {k} coefficients.", n=max(n, 0), k=k),
                remedy=message("use more entities or periods, or fewer controls."),
            )
        )


def _check_rank(X: Array, sizes: Array, names: tuple[str, ...]) -> None:
    """Refuse each column that the columns before it explain."""
    problems = [
        Problem(
            "convergence.dependent",
            message("'{name}' cannot be told from the other columns.", name=name),
            remedy=message("leave it out; what is the same everywhere tells nothing."),
        )
        for j, name in enumerate(names)
        if _unexplained(X[:, j], X[:, :j]) <= RANK_TOLERANCE * sizes[j]
    ]
    if problems:
        raise MethodError(problems)


def _unexplained(column: Array, others: Array) -> float:
    if others.shape[1] == 0:
        return float(np.linalg.norm(column))
    return float(np.linalg.norm(column - others @ np.linalg.lstsq(others, column)[0]))
