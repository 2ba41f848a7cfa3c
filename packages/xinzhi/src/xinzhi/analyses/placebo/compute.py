"""Placebo factors: how large a slope is when the factor is another entity's.

With b the slope of the study and b*_k that of permutation k of n,

    p = (1 + #{|b*_k| >= |b|}) / (1 + n)

is valid where the paths of the factor are exchangeable between entities: where any entity could as well
have had the path of any other, whatever its outcome and its controls.

References
----------
Fisher (1935), The Design of Experiments; Phipson and Smyth (2010), doi:10.2202/1544-6115.1585 (why a
p-value of permutations is never 0); DiCiccio and Romano (2017), doi:10.1080/01621459.2016.1202117 (what
correlated regressors do to the test).

Placebo factors: the section `inference.placebo` of a study file.

Slopes of a factor when its paths are permuted between the entities, by the number of the draw.

Entity i gets the values of entity π(i), period by period, and everything else stays: scores, other
variables, groups, rows. Where the other entity has no value in a period the row is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import EstimationData, Given
from xinzhi.analyses.effects import Quantity
from xinzhi.analyses.reads import Again
from xinzhi.analyses.section import OneOrMore, Refers, Section
from xinzhi.analyses.whole_study.draws import (
    Name,
    Place,
    StudyRegressions,
    classify_columns,
    is_same,
    list_quantities,
    not_drawn,
    pose,
    pose_again,
)
from xinzhi_core.errors import MethodError, Problem, StudyError
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import message
from xinzhi_econometrics.least_squares import Array, Codes
from xinzhi_econometrics.resampling.permutation import permutation_p
from xinzhi_econometrics.resampling.reestimation import Posed, Reestimation, StudyRows
from xinzhi_frontier.inference.replicates import stream


class PlaceboOptions(Section):
    """The paths of a factor over time are permuted between entities."""

    factors: Annotated[OneOrMore, Refers("variables")]
    """Variables, or sets of them, that are permuted, one at a time."""
    draws: int = Field(default=999, ge=19, le=1_000_000)
    """Number of permutations."""


Frames = Mapping[EstimationData, pd.DataFrame | StudyError]


@dataclass(frozen=True, slots=True, eq=False)
class MovableRows:
    """The rows of a panel by entity and period, so that values move between entities."""

    rows: StudyRows
    period: Codes
    """Number of the period of each row."""
    place: Codes
    """Row of each entity in each period, shape (entities, periods); -1 where there is none."""

    @classmethod
    def of(cls, index: pd.Index, values: Array | None = None) -> MovableRows:
        """Read the index of a panel; with `values` entities are numbered by their data."""
        rows = StudyRows.of(index, values)
        _, period = np.unique(rows.period, return_inverse=True)
        place = np.full((rows.n_entities, int(period.max()) + 1), -1, dtype=np.intp)
        place[rows.entity, period] = np.arange(len(index))
        return cls(rows, period.astype(np.intp), place)

    def permuted(self, column: Array, order: Codes) -> Array:
        """Give entity i the values of entity order[i]; NaN where that has no row."""
        source = self.place[order[self.rows.entity], self.period]
        return np.where(source >= 0, column[source], np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """The data of a study, in which a variable can be changed before anything is made from it."""

    given: Given
    again: Again
    scores: Array

    @classmethod
    def of(cls, given: Given) -> Data:
        """Measure the scores that stay as they are."""
        assert given.again is not None
        every = np.arange(len(given.again.index), dtype=np.intp)
        return cls(given, given.again, given.again.measured(every))

    def frames(self, name: str, values: Mapping[bytes, Array]) -> Frames:
        """Make the data with other values of a variable; `values` names them by those of the study."""

        def change(column: pd.Series) -> pd.Series:
            # The same variable stands in several frames, once under each frontier of its score:
            # its values tell which one it is.
            usual = column.to_numpy(np.float64)
            return pd.Series(values.get(usual.tobytes(), usual), index=column.index)

        every = np.arange(len(self.again.index), dtype=np.intp)
        return self.again.frames(every, self.scores, tuple(self.given.frames), {name: change})


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A factor and the regressions in which it stands on the right-hand side."""

    name: str
    columns: Array
    """Its values, shape (N, m); several columns where it is a score under several frontiers."""
    slopes: tuple[tuple[Name, str], ...]
    """Regression and name of each slope of the factor, of its lags and of its products."""
    reestimation: Reestimation
    """Regressions in which it stands as it is."""
    reestimated: tuple[tuple[Name, str], ...]
    """Regression and name of each of their slopes."""
    made_again: tuple[Name, ...]
    """Those in which something is made from it."""
    places: tuple[Place, ...]
    """Where these stand."""
    n_left_out: int = 0
    """Its slopes in regressions that cannot be made from other values."""

    def permuted(self, data: Data, paths: MovableRows, order: Codes) -> Array:
        """Estimate the slopes on permuted paths; NaN where they are not identified."""
        moving = np.column_stack([paths.permuted(column, order) for column in self.columns.T])
        everyone = np.arange(paths.rows.n_entities, dtype=np.intp)
        values = self.reestimation.slopes(everyone, moving)
        slopes = dict(zip(self.reestimated, map(float, values), strict=True))
        if self.made_again:
            frames = data.frames(self.name, _by_value(self.columns, moving))
            regressions = StudyRegressions(data.given, self.places)
            posed = pose_again(regressions, self.made_again, frames, data.again.index)
            complete = {name: _complete(regression) for name, regression in posed.items()}
            # Made from this draw, these columns are fixed in it: no variable moves with it.
            nothing = np.empty((len(moving), 0))
            again = Reestimation.of(tuple(complete.values()), paths.rows, nothing)
            names = [(name, each) for name in complete for each in complete[name].slopes]
            slopes |= zip(names, map(float, again.slopes(everyone, nothing)), strict=True)
        return np.array([slopes.get(slope, np.nan) for slope in self.slopes])


def _by_value(columns: Array, others: Array) -> dict[bytes, Array]:
    return {column.tobytes(): other for column, other in zip(columns.T, others.T, strict=True)}


def _complete(regression: Posed) -> Posed:
    """Leave out the rows in which a column has no value."""
    columns = {name: np.asarray(column) for name, column in regression.columns.items()}
    is_complete = ~np.isnan(np.column_stack(list(columns.values()))).any(axis=1)
    return replace(
        regression,
        rows=regression.rows[is_complete],
        columns={name: column[is_complete] for name, column in columns.items()},
        effects={name: levels[is_complete] for name, levels in regression.effects.items()},
    )


@dataclass(frozen=True, slots=True, eq=False)
class PlaceboDraws:
    """Permutes the paths of each factor by the number of the draw; it can be sent to another process."""

    data: Data
    paths: MovableRows
    factors: tuple[Factor, ...]
    seed: int

    def __call__(self, numbers: range) -> Array:
        """Compute draws, shape (len(numbers), slopes of all factors)."""
        return np.array([self.compute(self.order(k)) for k in numbers])

    def order(self, number: int) -> Codes:
        """Draw the permutation: the entity whose paths each entity gets."""
        n = self.paths.rows.n_entities
        return stream(self.seed, number, stage=8).permutation(n).astype(np.intp)

    def compute(self, order: Codes) -> Array:
        """Estimate the slopes of each factor, of which it alone is permuted."""
        return np.concatenate([f.permuted(self.data, self.paths, order) for f in self.factors])


def find_factor(name: str, data: Data, places: tuple[Place, ...]) -> Factor | None:
    """Find the regressions in which a factor stands on the right-hand side; None where there are none.

    What follows from the factor is found by changing it: a slope whose column changes is one of the factor,
    of its lags or of its products. Regressions whose outcome changes too are left out.
    """
    regressions, index = StudyRegressions(data.given, places), data.again.index
    usual = data.frames(name, {})
    columns = _columns(name, usual)
    # Any other numbers do: between 0.2 and 0.8 whatever is made of a variable is defined.
    other = np.random.default_rng(20240301).uniform(0.2, 0.8, columns.shape)
    changed = data.frames(name, _by_value(columns, other))
    estimated_after = regressions.estimated(changed)
    variables = {(name, number): number for number in range(columns.shape[1])}
    posed: dict[Name, Posed] = {}
    again: list[Name] = []
    slopes: list[tuple[Name, str]] = []
    n_left_out = 0
    for regression, estimated in regressions.estimated(usual).items():
        before = pose(*estimated, index)
        after = None
        if regression in estimated_after:
            after = pose(*estimated_after[regression], index)
        if before is None or after is None:
            n_left_out += before is not None and name in before.slopes
            continue
        moved = {n for n in before.columns if not is_same(before.columns[n], after.columns[n])}
        of_factor = [variable for variable in before.slopes if variable in moved]
        if not of_factor or before.regression.outcome in moved:
            continue
        slopes += ((regression, variable) for variable in of_factor)
        # Permutations keep all entities: nothing is compared on a part of them.
        in_draws = classify_columns(before, after, before, variables, other)
        if in_draws is None:
            again.append(regression)
        else:
            posed[regression] = replace(before, columns=in_draws)
    if not slopes:
        return None
    return Factor(
        name,
        columns,
        tuple(slopes),
        Reestimation.of(tuple(posed.values()), StudyRows.of(index, data.again.data), columns),
        tuple((key, variable) for key, each in posed.items() for variable in each.slopes),
        tuple(again),
        tuple(dict.fromkeys((key, section) for key, section, _ in again)),
        n_left_out,
    )


def _columns(name: str, frames: Frames) -> Array:
    """Gather the values of a variable in all frames, each once."""
    columns = [
        frame[name].to_numpy(np.float64)
        for frame in frames.values()
        if isinstance(frame, pd.DataFrame) and name in frame
    ]
    distinct = {values.tobytes(): values for values in columns}
    return np.column_stack(list(distinct.values())) if distinct else np.empty((0, 0))


NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Placebo:
    """A slope of a factor, and its distribution over permutations of the factor."""

    factor: str
    place: Place
    quantity: Quantity
    low: float
    """2.5 % of the permutations lie below."""
    high: float
    """97.5 % of them lie below."""
    std_error: float
    """Standard deviation of the permuted slopes."""
    p_value: float
    n: int
    """Permutations in which the slope was identified."""


@dataclass(frozen=True, slots=True, eq=False)
class Placebos(InNotebook):
    """The slopes of each factor under permutations of its paths."""

    slopes: tuple[Placebo, ...]
    draws: Array
    """Slopes of each permutation, shape (draws, slopes); NaN where not identified."""
    absent: tuple[str, ...]
    """Factors that stand in no regression."""
    n_entities: int
    seed: int
    is_balanced: bool
    """Whether every entity has a row in every period."""
    n_left_out: int
    """Slopes of the factors in regressions that could not be made from other values."""
    not_drawn: tuple[Place, ...] = ()
    """Sections that estimate and whose numbers are not computed again."""


def placebo(options: PlaceboOptions, given: Given, places: tuple[Place, ...]) -> Placebos:
    """Permute the paths of each factor and estimate its slopes in the analyses at `places`.

    Raises
    ------
    StudyError
        No factor stands in a regression.
    """
    data = Data.of(given)
    names = given.study.expand(options.factors)
    factors = {name: find_factor(name, data, places) for name in names}
    present = tuple(factor for factor in factors.values() if factor is not None)
    all_quantities = list(list_quantities(given, places))
    quantities = [_quantities(factor, all_quantities) for factor in present]
    if not any(quantities):
        text = message("None of the factors stands in a regression of the study.")
        remedy = message("name regressors of a table under `inference.placebo.factors`.")
        raise MethodError(Problem("placebo.nothing", text, remedy=remedy))
    paths = MovableRows.of(data.again.index, data.again.data)
    task = PlaceboDraws(data, paths, present, given.study.seed)
    slopes = given.engine.draws(
        task,
        options.draws,
        key=sha256(f"{given.key} placebo {names}".encode()).hexdigest(),
        name=message("permutations of factors"),
    )
    # A draw holds the slopes of all factors behind each other, those of lags and products too.
    columns, placebos, start = [], [], 0
    for factor, of_factor in zip(present, quantities, strict=True):
        for number, place, quantity in of_factor:
            columns.append(start + number)
            placebos.append(_judge(factor.name, place, quantity, slopes[:, columns[-1]]))
        start += len(factor.slopes)
    return Placebos(
        tuple(placebos),
        slopes[:, columns],
        tuple(name for name, factor in factors.items() if factor is None),
        paths.rows.n_entities,
        given.study.seed,
        bool((paths.place >= 0).all()),
        sum(factor.n_left_out for factor in present),
        not_drawn(given.study, places, [(p.place, p.quantity) for p in placebos]),
    )


def _quantities(
    factor: Factor, quantities: list[tuple[Place, Quantity]]
) -> list[tuple[int, Place, Quantity]]:
    """Find the quantities that are one slope of the factor, each with its number among these."""
    numbers = {slope: number for number, slope in enumerate(factor.slopes)}
    of_factor = []
    for place, quantity in quantities:
        # A slope is one term with weight 1; mediated effects and those at a level are not tested.
        lines = quantity.products[0]
        if len(quantity.products) == len(lines) == len(lines[0]) == 1:
            ((weight, (regression, variable)),) = lines[0]
            number = numbers.get(((*place, regression), variable))
            if number is not None and weight == 1.0:
                of_factor.append((number, place, quantity))
    return of_factor


def _judge(factor: str, place: Place, quantity: Quantity, draws: Array) -> Placebo:
    draws = draws[~np.isnan(draws)]
    if not len(draws):
        return Placebo(factor, place, quantity, NAN, NAN, NAN, NAN, 0)
    low, high = map(float, np.quantile(draws, [0.025, 0.975]))
    p = permutation_p(quantity.estimate, draws)
    return Placebo(factor, place, quantity, low, high, float(draws.std(ddof=1)), p, len(draws))
