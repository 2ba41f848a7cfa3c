"""Regressions estimated again on resampled entities, all of them at once.

A draw takes entities with all their rows; one that is taken twice enters as two, with effects of their
own. Regressions on the same rows with the same effects share their columns z, from which the effects are
partialled out together (Frisch, Waugh and Lovell), so that each regression is a small system in

    S = Z~'Z~,    b = S_xx⁻¹ S_xy,    with instruments  b = (S_xz S_zz⁻¹ S_zx)⁻¹ S_xz S_zz⁻¹ S_zy.

Columns that follow from the draw itself, such as scores measured again, are `moving`: they are handed in.

References
----------
Lovell (1963), doi:10.1080/01621459.1963.10480682; Cameron, Gelbach and Miller (2008),
doi:10.1162/rest.90.3.414 (whole clusters are drawn).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import StudyError
from xinzhi_core.panel.numbering import number_entities
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.least_squares import Array, Codes, group_codes, grouping
from xinzhi_econometrics.specification import LEAST_SQUARES, Covariance, Regression
from xinzhi_econometrics.within import within

SINGULAR = 1e-12
"""Smallest eigenvalue of the correlations of regressors that identifies their slopes."""
ABSORBED = 1e-9
"""Share of its norm in the study below which a column has no variation in a draw."""
Column = Array | int
"""Values on the rows of the regression, or the number of a moving column."""


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A regression and the rows and columns that it was estimated on."""

    regression: Regression
    slopes: tuple[str, ...]
    """Regressors and controls that were kept, without a constant."""
    rows: Codes
    """Positions among the rows of the study, shape (n,)."""
    columns: Mapping[str, Column]
    """Outcome, slopes and instruments."""
    effects: Mapping[str, Codes]
    """Effect -> level of each row."""
    endogenous: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class StudyRows:
    """The rows of a study: the number of the entity of each, and its period."""

    entity: Codes
    """Shape (N,), from 0; every entity has a row."""
    period: Codes
    n_entities: int
    sequence: Codes
    """Positions of all rows by number of the entity and period, shape (N,)."""

    @classmethod
    def of(cls, index: pd.Index, values: Array | None = None) -> StudyRows:
        """Read the index of a panel, which is sorted by entity and period.

        With `values`, shape (N, k), entities are numbered by their data: draws then do not depend on names.
        """
        entity, names = pd.factorize(index.get_level_values(0))
        entity = entity.astype(np.intp)
        period = index.get_level_values(1).to_numpy(dtype=np.intp)
        if values is not None:
            entity = number_entities(entity, period, values)[entity]
        return cls(entity, period, len(names), np.lexsort((period, entity)))

    def of_entities(self, entities: Codes) -> Codes:
        """Find the rows of entities, in their order."""
        starts, counts = _entity_runs(self.entity[self.sequence], self.n_entities)
        return self.sequence[runs(starts[entities], counts[entities])]

    def arranged(self, posed: Posed) -> Posed:
        """Put the rows of a regression into the sequence, and number the levels of its effects by it."""
        place = np.empty(len(self.sequence), dtype=np.intp)
        place[self.sequence] = np.arange(len(self.sequence))
        order = np.argsort(place[posed.rows], kind="stable")
        return replace(
            posed,
            rows=posed.rows[order],
            columns={
                name: column if isinstance(column, int) else np.ascontiguousarray(column[order])
                for name, column in posed.columns.items()
            },
            effects={
                name: grouping(name, levels[order]).codes for name, levels in posed.effects.items()
            },
        )


def runs(starts: Codes, counts: Codes) -> Codes:
    """List start, start + 1, … for each start, as many as counted.

    >>> runs(np.array([4, 0]), np.array([2, 3])).tolist()
    [4, 5, 0, 1, 2]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.repeat(starts - ends + counts, counts) + np.arange(total), dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class FixedEffect:
    """A fixed effect on the rows of a regression."""

    levels: Codes
    n_levels: int
    is_nested: bool
    """Whether each level belongs to one entity, so that a copy of the entity has levels of its own."""

    @classmethod
    def of(cls, levels: Codes, entity: Codes) -> FixedEffect:
        """Look whether the levels are nested in entities."""
        n_levels = int(levels.max()) + 1
        owner = np.full(n_levels, -1, dtype=np.intp)
        owner[levels] = entity
        return cls(levels, n_levels, bool(np.array_equal(owner[levels], entity)))

    def draw(self, places: Codes, copies: Codes) -> Codes:
        """Give the levels of drawn rows, each of which belongs to a copy of an entity."""
        levels = self.levels[places]
        return levels + copies * self.n_levels if self.is_nested else levels


@dataclass(frozen=True, slots=True, eq=False)
class PosedEquation:
    """A regression among the shared columns of its rows, by their numbers."""

    place: int
    """Among all regressions."""
    y: int
    x: Codes
    """Slopes that are estimated, endogenous ones first where there are instruments."""
    z: Codes | None
    """Instruments and exogenous regressors; None for least squares."""
    order: Codes
    """Places of x among the slopes as they are reported."""

    def solve(self, sums: Array, scale: Array) -> Array:
        """Solve for the slopes from sums of squares of scaled columns; NaN where they are not identified."""
        x, y = self.x, self.y
        if self.z is None:
            inner, right = sums[np.ix_(x, x)], sums[x, y]
        else:
            stage = _solve(sums[np.ix_(self.z, self.z)], sums[np.ix_(self.z, np.append(x, y))])
            both = sums[np.ix_(x, self.z)] @ stage
            inner, right = both[:, :-1], both[:, -1]
        slopes = np.empty(len(x))
        slopes[self.order] = _solve(inner, right[:, None])[:, 0] * scale[y] / scale[x]
        return slopes


def _solve(inner: Array, right: Array) -> Array:
    """Solve a positive definite system, its columns brought to norm 1; NaN where it is singular."""
    size = np.sqrt(np.maximum(np.diagonal(inner), 0.0))
    if not (size > ABSORBED).all():
        return np.full(right.shape, np.nan)
    unit = inner / (size[:, None] * size)
    if not np.linalg.eigvalsh(unit)[0] > SINGULAR:
        return np.full(right.shape, np.nan)
    return np.asarray(np.linalg.solve(unit, right / size[:, None]) / size[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class SharedRows:
    """Regressions on the same rows with the same effects."""

    rows: Codes
    starts: Codes
    """Place of the first row of each entity, shape (n_entities,)."""
    counts: Codes
    values: Array
    """All columns, shape (n, p); those that move are empty."""
    moving: tuple[tuple[int, int], ...]
    """(number among the columns, number of the moving column)."""
    scale: Array
    """Norm of each column in the study, without effects, shape (p,)."""
    effects: tuple[FixedEffect, ...]
    equations: tuple[PosedEquation, ...]

    def estimate(self, slopes: list[Array], entities: Codes, moving: Array) -> None:
        """Estimate the regressions on a draw and put their slopes in their places."""
        counts = self.counts[entities]
        places = runs(self.starts[entities], counts)
        copies = np.repeat(np.arange(len(entities)), counts)
        columns = self.values[places]
        for j, number in self.moving:
            columns[:, j] = moving[self.rows[places], number]
        if not (self.moving and np.isnan(columns[:, [j for j, _ in self.moving]]).any()):
            sums = self._sums(columns, places, copies)
            for equation in self.equations:
                slopes[equation.place] = equation.solve(sums, self.scale)
            return
        # A score that a draw does not give leaves out its row, of the regressions that use it alone.
        for equation in self.equations:
            used = [equation.y, *equation.x, *(() if equation.z is None else equation.z)]
            rows = ~np.isnan(columns[:, used]).any(axis=1)
            # Empty cells are left in columns of other regressions only, whose sums are not used.
            values = np.where(np.isnan(columns[rows]), 0.0, columns[rows])
            sums = self._sums(values, places[rows], copies[rows])
            slopes[equation.place] = equation.solve(sums, self.scale)

    def _sums(self, columns: Array, places: Codes, copies: Codes) -> Array:
        if len(columns) < 2:
            return np.zeros((columns.shape[1],) * 2)
        levels = (group_codes("", effect.draw(places, copies)) for effect in self.effects)
        left = within(tuple(levels)).demean(columns) / self.scale
        return np.asarray(left.T @ left)


@dataclass(frozen=True, slots=True, eq=False)
class OtherEstimator:
    """A regression of another estimator, which is fitted again as a whole."""

    place: int
    posed: Posed
    rows: StudyRows

    def estimate(self, slopes: list[Array], entities: Codes, moving: Array) -> None:
        """Fit it on a draw; what the estimator refuses is not estimated."""
        posed, regression = self.posed, self.posed.regression
        entity = self.rows.entity[posed.rows]
        starts, counts = _entity_runs(entity, self.rows.n_entities)
        places, counts = runs(starts[entities], counts[entities]), counts[entities]
        copies, base = np.repeat(np.arange(len(entities)), counts), posed.rows[places]
        index = pd.MultiIndex.from_arrays(
            [copies, self.rows.period[base]], names=["entity", "period"]
        )
        columns = {
            name: moving[base, column] if isinstance(column, int) else column[places]
            for name, column in posed.columns.items()
        }
        for name, levels in posed.effects.items():
            if name not in {"entity", "period"}:
                columns[name] = FixedEffect.of(levels, entity).draw(places, copies)
        # Slopes do not depend on the errors; clustered ones would need a column of their own.
        plain = Regression(
            regression.outcome,
            tuple(name for name in regression.regressors if name in posed.slopes),
            tuple(name for name in regression.controls if name in posed.slopes),
            regression.effects,
            Covariance("cluster", ("entity",)),
            estimator=regression.estimator,
            singletons=regression.singletons,
        )
        try:
            estimates = fit(pd.DataFrame(columns, index=index), plain)
        except StudyError:
            return
        reported = estimates.on_outcome
        by_name = dict(zip(reported.names, reported.estimate, strict=True))
        slopes[self.place] = np.array([by_name.get(name, np.nan) for name in posed.slopes])


def _entity_runs(entity: Codes, n_entities: int) -> tuple[Codes, Codes]:
    """First row and number of rows of each entity, of rows in the order of entities."""
    first = np.searchsorted(entity, np.arange(n_entities + 1))
    return first[:-1].astype(np.intp), np.diff(first).astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Reestimation:
    """All regressions of a study, ready to be estimated on draws of its entities."""

    n_slopes: tuple[int, ...]
    """Of each regression."""
    parts: tuple[SharedRows | OtherEstimator, ...]

    @classmethod
    def of(cls, posed: Sequence[Posed], rows: StudyRows, moving: Array) -> Reestimation:
        """Gather the regressions by their rows and effects.

        `moving` are the moving columns of the study itself, shape (N, m): they give the scale.
        """
        shared: dict[object, list[tuple[int, Posed]]] = {}
        others = []
        for place, regression in enumerate(map(rows.arranged, posed)):
            if regression.regression.estimator != LEAST_SQUARES:
                others.append(OtherEstimator(place, regression, rows))
                continue
            effects = tuple((n, levels.tobytes()) for n, levels in regression.effects.items())
            key = (regression.rows.tobytes(), effects)
            shared.setdefault(key, []).append((place, regression))
        parts = (_share_rows(members, rows, moving) for members in shared.values())
        return cls(tuple(len(regression.slopes) for regression in posed), (*parts, *others))

    def slopes(self, entities: Codes, moving: Array) -> Array:
        """Estimate all slopes, regression by regression, on drawn entities; NaN where there is no answer."""
        slopes = [np.full(n, np.nan) for n in self.n_slopes]
        for part in self.parts:
            part.estimate(slopes, entities, moving)
        return np.concatenate(slopes) if slopes else np.empty(0)


def _share_rows(members: Sequence[tuple[int, Posed]], rows: StudyRows, moving: Array) -> SharedRows:
    """Put the columns of regressions on the same rows side by side, each once."""
    first = members[0][1]
    numbers: dict[tuple[str, object], int] = {}
    values: list[Array] = []
    moved: list[tuple[int, int]] = []
    equations = []
    for place, regression in members:
        number_of = {}
        for name, column in regression.columns.items():
            # Columns of one name may differ between regressions: the content is part of the key.
            key = (name, column if isinstance(column, int) else column.tobytes())
            if key not in numbers:
                numbers[key] = len(values)
                if isinstance(column, int):
                    moved.append((len(values), column))
                    values.append(moving[first.rows, column])
                else:
                    values.append(column)
            number_of[name] = numbers[key]
        equations.append(_equation(place, regression, number_of))
    entity = rows.entity[first.rows]
    starts, counts = _entity_runs(entity, rows.n_entities)
    effects = tuple(FixedEffect.of(levels, entity) for levels in first.effects.values())
    table = np.column_stack(values)
    return SharedRows(
        first.rows,
        starts,
        counts,
        table,
        tuple(moved),
        _scale(table, effects),
        effects,
        tuple(equations),
    )


def _scale(table: Array, effects: tuple[FixedEffect, ...]) -> Array:
    """Norm of each column without the effects, on the rows where all columns have a value."""
    rows = ~np.isnan(table).any(axis=1)
    groups = tuple(group_codes("", effect.levels[rows]) for effect in effects)
    left = within(groups).demean(table[rows]) if rows.any() else table[rows]
    size = np.sqrt(np.einsum("ij,ij->j", left, left))
    return np.where(size > 0.0, size, 1.0)


def _equation(place: int, posed: Posed, numbers: Mapping[str, int]) -> PosedEquation:
    exogenous = tuple(name for name in posed.slopes if name not in posed.endogenous)
    x = (*posed.endogenous, *exogenous)
    outside = np.array([numbers[n] for n in (*posed.instruments, *exogenous)], dtype=np.intp)
    return PosedEquation(
        place,
        numbers[posed.regression.outcome],
        np.array([numbers[name] for name in x], dtype=np.intp),
        outside if posed.endogenous else None,
        np.array([posed.slopes.index(name) for name in x], dtype=np.intp),
    )
