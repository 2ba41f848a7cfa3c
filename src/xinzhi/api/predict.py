"""Fitted values of a regression, and what it predicts for other rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from xinzhi.api.arguments import Data
from xinzhi.api.formulas import FormulaTerms, terms_of
from xinzhi.columns.keys import Key
from xinzhi.errors import MethodError, Problem, Where
from xinzhi.panel.by_value import ByValue
from xinzhi.panel.panel import ENTITY, PERIOD
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.grouping import Array
from xinzhi.regression.sample import key_of
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.wording import message

CLOSE = 1e-7
"""Difference of two solutions, relative to the size of the effects, from which a sum of effects is not
identified."""
CONSTANT = "_cons"


@dataclass(frozen=True, slots=True, eq=False)
class LevelEffects:
    """Levels of a fixed effect, with its values in two solutions of the normal equations.

    Effects are identified up to constants only; a sum over the effects of a row is identified where both
    solutions agree on it.
    """

    name: str
    pairs: Mapping[object, tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class PredictionBasis(ByValue):
    """What predictions are computed from when they are asked for, beside the slopes."""

    data: pd.DataFrame
    """Outcome, regressors and effects as they were estimated, indexed (entity, period)."""
    keys: tuple[Key | None, Key | None]
    """Names of entity and period in the call."""


def basis_of(
    estimates: Estimates, frame: pd.DataFrame, keys: tuple[Key | None, Key | None]
) -> PredictionBasis:
    """Keep the columns of a regression."""
    effects = (name for name, _ in estimates.effects)
    names = (estimates.regression.outcome, *estimates.names, *effects)
    return PredictionBasis(
        frame[[name for name in dict.fromkeys(names) if name in frame.columns]], keys
    )


def fitted_values(estimates: Estimates, basis: PredictionBasis) -> pd.Series:
    """Compute outcome less residual in the rows used, indexed (entity, period)."""
    index = estimates.residuals.index
    outcome = basis.data[estimates.regression.outcome].loc[index]
    values = outcome.to_numpy(dtype=np.float64) - estimates.residuals.to_numpy()
    return pd.Series(values, index=index, name="fitted")


def predict(estimates: Estimates, basis: PredictionBasis, newdata: Data) -> pd.Series:
    """Predict the outcome in other rows; missing where a cell is, or where an effect is not known."""
    is_least_squares = estimates.estimator == LEAST_SQUARES
    fixed = {name for name, _ in estimates.effects}
    if estimates.estimator == "random_effects":
        fixed -= {ENTITY}
    if fixed and not is_least_squares:
        # Their dummies and means are not among the coefficients.
        name = estimates.estimator
        text = message(
            "New rows are not predicted by the estimator '{name}' with fixed effects.", name=name
        )
        remedy = message("leave newdata out for the rows that were used, or estimate without them.")
        raise MethodError(Problem("predict.new_rows", text, Where(key="newdata"), remedy))
    slopes = dict(zip(estimates.names, estimates.estimate.tolist(), strict=True))
    constant = slopes.pop(CONSTANT, 0.0)
    names = [name for name, _ in estimates.effects] if is_least_squares else []
    terms = terms_of(newdata, tuple(slopes), tuple(names), basis.keys)
    values = constant + terms.columns @ np.array([*slopes.values()])
    if names:
        values = values + _sums(_effects(estimates, basis), terms)
    if estimates.estimator == "fractional_logit":
        values = scipy.special.expit(values)
    return pd.Series(values, index=terms.index, name="predicted")


def _effects(estimates: Estimates, basis: PredictionBasis) -> tuple[LevelEffects, ...]:
    """Split what the slopes leave of the fitted values into the effects, from two starting points."""
    rows = basis.data.loc[estimates.residuals.index]
    slopes = rows[[*estimates.names]].to_numpy(dtype=np.float64) @ estimates.estimate
    sums = fitted_values(estimates, basis).to_numpy() - slopes
    coded = [(name, *pd.factorize(_levels(rows, name))) for name, _ in estimates.effects]
    ones, n = np.ones(len(sums)), np.arange(len(sums))
    dummies = scipy.sparse.hstack(
        [
            scipy.sparse.csr_array((ones, (n, codes)), (len(sums), len(levels)))
            for _, codes, levels in coded
        ],
        format="csr",
    )
    # LSMR keeps the part of its start that no row sees: where two starts disagree on a sum, the
    # data do not identify it.
    size = float(np.abs(sums).max())
    start = np.random.default_rng(0).normal(size=dummies.shape[1]) * size
    solutions = [
        scipy.sparse.linalg.lsmr(dummies, sums, atol=1e-15, btol=1e-15, maxiter=10_000, x0=x)[0]
        for x in (np.zeros(dummies.shape[1]), start)
    ]
    effects, first = [], 0
    for name, _, levels in coded:
        part = slice(first, first + len(levels))
        pairs = zip(*(solution[part].tolist() for solution in solutions), strict=True)
        effects.append(
            LevelEffects(name, dict(zip(np.asarray(levels).tolist(), pairs, strict=True)))
        )
        first += len(levels)
    return tuple(effects)


def _levels(rows: pd.DataFrame, name: str) -> pd.Series:
    """Give the level of each row."""
    if name in rows.columns:
        return rows[name]
    level = (ENTITY, PERIOD).index(key_of(rows, name))
    return pd.Series(rows.index.get_level_values(level), index=rows.index)


def _sums(effects: Sequence[LevelEffects], terms: FormulaTerms) -> Array:
    """Add the effects of each row; missing where their sum is not identified."""
    unknown = (np.nan, np.nan)
    both = np.zeros((len(terms.index), 2))
    for effect in effects:
        levels = terms.levels[effect.name]
        both += np.array([effect.pairs.get(level, unknown) for level in levels])
    size = max(abs(pair[0]) for effect in effects for pair in effect.pairs.values())
    is_identified = np.abs(both[:, 0] - both[:, 1]) <= CLOSE * size
    return np.where(is_identified, both[:, 0], np.nan)
