"""Estimate many regressions on one frame, which is read only once.

The frame is read once, into arrays. Rows, effects and singletons are determined once for each set of rows
and effects, and each column is partialled out once there: by the theorem of Frisch and Waugh a column
without the effects is the same in every regression on these rows, whatever stands beside it.

References
----------
Frisch and Waugh (1933), doi:10.2307/1907330; Lovell (1963), doi:10.1080/01621459.1963.10480682.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import numpy as np
import pandas as pd

from xinzhi_econometrics.least_squares import Array, Codes, Grouping, group_codes
from xinzhi_econometrics.model import Model, assemble
from xinzhi_econometrics.specification import (
    Covariance,
    Mask,
    Regression,
    Sample,
    read_columns,
    select,
)
from xinzhi_econometrics.within import WithinProjection, within

Percentiles = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class BatchRows:
    """Rows and effects that several regressions share, and the columns that were used on them."""

    sample: Sample
    """Without columns."""
    places: Codes
    """Position of each row in the frame."""
    projection: WithinProjection
    columns: dict[tuple[str, Percentiles | None], tuple[Array, Array]] = field(default_factory=dict)
    """Column as it is, winsorised or not, and without the effects."""
    clusters: dict[str, Grouping] = field(default_factory=dict)


class Batch:
    """The columns of a frame, and the regressions on them."""

    def __init__(self, frame: pd.DataFrame, regressions: Iterable[Regression]) -> None:
        """Read all columns, effects and clusters of the regressions.

        Raises
        ------
        MissingColumn, NotNumeric, OutOfDomain
            A column is not there or does not hold finite numbers.
        """
        # Dictionaries for their order: that of the first regression that names a column.
        names: dict[str, None] = {}
        keys: dict[str, None] = {}
        for regression in regressions:
            names |= dict.fromkeys(
                (regression.outcome, *regression.regressors, *regression.controls)
            )
            keys |= dict.fromkeys((*regression.effects, *regression.covariance.clusters))
        values, self._codes = read_columns(frame, tuple(names), tuple(keys))
        assert isinstance(frame.index, pd.MultiIndex)
        self._index = frame.index
        self._columns = dict(zip(names, values.T, strict=True))
        empty = {name: np.isnan(column) for name, column in self._columns.items()}
        empty |= {key: levels < 0 for key, levels in self._codes.items()}
        self._empty = {name: rows for name, rows in empty.items() if rows.any()}
        self._last: tuple[object, BatchRows] | None = None

    def rows(self, regression: Regression, chosen: Mask) -> Mask:
        """Find the rows among those chosen that a regression can use."""
        names = (regression.outcome, *regression.regressors, *regression.controls)
        keys = (*regression.effects, *regression.covariance.clusters)
        with_gaps = [self._empty[name] for name in (*names, *keys) if name in self._empty]
        return chosen & ~np.any(with_gaps, axis=0) if with_gaps else chosen

    def model(
        self, regression: Regression, rows: Mask, percentiles: Percentiles | None = None
    ) -> Model:
        """Prepare a regression on some rows; its variables are winsorised where percentiles are given.

        Raises
        ------
        MethodError
            As `model.model`.
        """
        shared = self._share_rows(regression, rows)
        names = (regression.outcome, *regression.regressors, *regression.controls)
        self._partial_out(shared, names, percentiles)
        columns = [shared.columns[name, percentiles] for name in names]
        sample = replace(
            shared.sample,
            outcome=columns[0][0],
            design=np.array([raw for raw, _ in columns[1:]]).T,
            names=names[1:],
            n_of_interest=len(regression.regressors),
        )
        without_effects = np.array([left for _, left in columns]).T
        model = assemble(regression, sample, shared.projection, without_effects)
        return self.with_errors(model, regression.covariance)

    def with_errors(self, model: Model, covariance: Covariance) -> Model:
        """Give the last model other standard errors; none of its rows may lack a cluster."""
        assert self._last is not None
        shared = self._last[1]
        for key in covariance.clusters:
            if key not in shared.clusters:
                shared.clusters[key] = group_codes(key, self._codes[key][shared.places])
        clusters = tuple(shared.clusters[key] for key in covariance.clusters)
        return replace(
            model,
            regression=replace(model.regression, covariance=covariance),
            sample=replace(model.sample, clusters=clusters),
        )

    def _share_rows(self, regression: Regression, rows: Mask) -> BatchRows:
        """Determine rows and effects; only the last set is kept, so that memory stays bounded."""
        key = (regression.effects, regression.singletons, blake2b(rows.tobytes()).digest())
        if self._last is None or self._last[0] != key:
            self._last = (key, self._select(regression, rows))
        return self._last[1]

    def _select(self, regression: Regression, rows: Mask) -> BatchRows:
        places = np.flatnonzero(rows)
        # The outcome carries the position of each row through the selection of rows.
        bare = Regression(
            regression.outcome, (), effects=regression.effects, singletons=regression.singletons
        )
        sample = select(
            bare,
            self._index if rows.all() else self._index[rows],
            places[:, None].astype(np.float64),
            np.zeros(len(places), dtype=bool),
            {key: self._codes[key][places] for key in regression.effects},
        )
        return BatchRows(sample, sample.outcome.astype(np.intp), within(sample.effects))

    def _partial_out(
        self, shared: BatchRows, names: tuple[str, ...], percentiles: Percentiles | None
    ) -> None:
        """Partial the effects out of columns that are new on these rows."""
        missing = [name for name in names if (name, percentiles) not in shared.columns]
        if not missing:
            return
        raw = np.array([self._columns[name][shared.places] for name in missing])
        if percentiles is not None:
            # Percentiles of the rows that are used, not of all: as in a regression on its own.
            low, high = np.percentile(raw, percentiles, axis=1, keepdims=True)
            raw = np.clip(raw, low, high)
        left = shared.projection.demean(raw.T).T
        for name, column, without_effects in zip(missing, raw, left, strict=True):
            shared.columns[name, percentiles] = (column, without_effects)
