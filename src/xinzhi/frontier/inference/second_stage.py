"""What efficiencies depend on: the two algorithms of Simar and Wilson (2007)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.errors import DataError, Problem, SolverFailure
from xinzhi.frontier.activities import Activities
from xinzhi.frontier.inference.numbered import in_order_of_data
from xinzhi.frontier.inference.radial_scores import (
    against,
    efficiencies,
    radial_only,
    shrink,
)
from xinzhi.frontier.inference.replicates import replicates
from xinzhi.frontier.inference.second_stage_notices import left_out, lost_draws, too_many, unreached
from xinzhi.frontier.inference.truncated import (
    Truncated,
    no_maximum,
    truncated_draw,
    truncated_regression,
)
from xinzhi.frontier.notices import named
from xinzhi.frontier.options import Options
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Flags
from xinzhi.frontier.zeros import PLACES
from xinzhi.notices import Notice
from xinzhi.panel.notebook import InNotebook
from xinzhi.resampled import zero_interval, zero_p
from xinzhi.wording import message

EFFICIENT = 1e-9
"""A distance within this of 1 is on the frontier and left out of the truncated regression."""
EDGE = 0.5
"""Log-likelihood by which a fit must exceed that of σ = ∞: at less, infinity lies within one standard error
of the estimate (twice the difference is then below 1), and σ with all that depends on it is not determined."""


@dataclass(frozen=True, slots=True, eq=False)
class SecondStage(InNotebook):
    """Coefficients of distances δ >= 1 (1/θ or φ) on second-stage variables."""

    algorithm: Literal[1, 2]
    names: tuple[str, ...]
    """Names of the coefficients, the last is sigma."""
    estimates: Array
    """Shape (p + 1,): a positive coefficient raises the distance, that is inefficiency."""
    std_errors: Array
    low: Array
    high: Array
    """Shape (p + 1,) each, from the replicates; missing where too many of them have no maximum."""
    p_values: Array
    """Shape (p + 1,): two-sided; below 1 - level exactly where the interval leaves out zero; missing as the bounds."""
    distances: Array
    """Shape (n,): δ; bias-corrected in algorithm 2."""
    n_fitted: int
    """m: rows with δ above 1, which the regression is fitted to and the bootstrap draws for."""
    level: float
    draws: int
    seed: int
    notices: tuple[Notice, ...] = ()
    lost: int = 0
    """Draws of the bootstrap in which the likelihood has no maximum."""

    @property
    def has_interval(self) -> bool:
        """Whether enough draws have a maximum."""
        return not np.isnan(self.low).any()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per coefficient."""
        return pd.DataFrame(
            {
                "estimate": self.estimates,
                "std_error": self.std_errors,
                "ci_low": self.low,
                "ci_high": self.high,
                "p_value": self.p_values,
            },
            index=pd.Index(self.names, name="name"),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Distances:
    """One replicate of algorithm 2, steps 3.1 to 3.4: distances on a drawn frontier."""

    activities: Activities
    options: Options
    distance: Array
    mean: Array
    sigma: float

    def __call__(self, rng: np.random.Generator) -> Array:
        drawn = truncated_draw(self.mean, self.sigma, 1.0, rng)
        frontier = shrink(self.activities, self.options, drawn / self.distance)
        return 1.0 / against(self.activities, frontier, self.options)


@dataclass(frozen=True, slots=True, eq=False)
class _Coefficients:
    """One replicate of the parametric bootstrap of a truncated regression."""

    design: Array
    mean: Array
    sigma: float

    def __call__(self, rng: np.random.Generator) -> Array:
        drawn = truncated_draw(self.mean, self.sigma, 1.0, rng)
        # A draw without a maximum is left out, and counted (`lost_draws`).
        try:
            fit = truncated_regression(drawn, self.design, left=1.0)
        except SolverFailure:
            return np.full(self.design.shape[1] + 1, np.nan)
        return np.append(fit.coefficients, fit.sigma)


def second_stage(
    activities: Activities,
    *,
    options: Options,
    variables: Array,
    names: tuple[str, ...],
    algorithm: Literal[1, 2] = 2,
    draws: int = 2000,
    bias_draws: int = 100,
    seed: int,
    level: float = 0.95,
    jobs: int = 1,
) -> SecondStage:
    """Regress distances on variables by truncated regression, with bootstrap intervals.

    δ_i = β_0 + z_i β + ε_i >= 1, ε normal and truncated. Algorithm 1 takes the distances as they
    are; algorithm 2 corrects their bias first, by `bias_draws` frontiers drawn from the fitted
    regression for all n rows. Both fit the rows with δ above 1, m of n, and then draw distances of
    these m rows from the last fit `draws` times, so that each replicate is a regression of the
    same size. Rows are drawn in an order that the data fix, not in that in which they are given.
    Draws without a maximum are left out and counted; where they are more than the share that the
    interval cuts off at one end, there is no interval, error or p-value.

    Parameters
    ----------
    activities, options
        n rows and a radial measure with an orientation.
    variables
        Shape (n, p), without a constant: one is added.
    names
        Names of the p variables.
    algorithm
        1 or 2 of the paper.

    Raises
    ------
    DataError
        A variable is missing or infinite in some row.
    NotIdentified
        The variables do not identify the regression.
    SolverFailure
        The likelihood has no maximum, or exceeds that of σ = ∞ by less than 0.5.

    References
    ----------
    Simar, L., Wilson, P. W. (2007). Estimation and inference in two-stage, semi-parametric models
    of production processes. Journal of Econometrics 136, doi 10.1016/j.jeconom.2005.07.009.
    """
    _check_variables(activities, variables, names)
    options = radial_only(options)
    efficiencies(activities, options)  # what is refused is named as in the data
    activities, order = in_order_of_data(activities, variables)
    variables = variables[order]
    distance = estimated = 1.0 / efficiencies(activities, options)
    design = np.column_stack([np.ones(len(distance)), variables])
    fit = _fit(distance, design)
    notices: tuple[Notice, ...] = ()
    if algorithm == 2:
        drawn = replicates(
            _Distances(activities, options, distance, design @ fit.coefficients, fit.sigma),
            draws=bias_draws,
            seed=seed,
            stage=1,
            jobs=jobs,
        )
        distance, notices = corrected(distance, drawn)
        fit = _fit(distance, design)
    fit = _determined(fit)
    # The bootstrap draws for the rows of the fit, so that each replicate has the size of the sample.
    fitted = design[_above(distance)]
    coefficients = replicates(
        _Coefficients(fitted, fitted @ fit.coefficients, fit.sigma),
        draws=draws,
        seed=seed,
        stage=2,
        jobs=jobs,
    )
    given = distance[np.argsort(order)]
    notices = (*left_out(estimated, distance, _above(distance)), *notices)
    return _summary(algorithm, names, fit, coefficients, given, (level, draws, seed), notices)


def corrected(distance: Array, drawn: Array) -> tuple[Array, tuple[Notice, ...]]:
    """Take the bias off distances: mean of the draws less the distance, over the draws that reach the row.

    Parameters
    ----------
    distance
        Shape (n,); missing without a score.
    drawn
        Shape (draws, n); missing where the drawn frontier does not reach the row.

    Returns
    -------
    tuple
        Corrected distances, shape (n,), missing where no draw reaches the row; and how many draws reach how many rows.
    """
    reached = (~np.isnan(drawn)).sum(axis=0)
    total = np.nansum(drawn, axis=0)
    mean = np.divide(total, reached, out=np.full(len(distance), np.nan), where=reached > 0)
    corrected = distance - (mean - distance)
    is_measured, n = ~np.isnan(distance), len(drawn)
    some = int((is_measured & (reached > 0) & (reached < n)).sum())
    none = int((is_measured & (reached == 0)).sum())
    return corrected, tuple(unreached(some, none, n))


def _check_variables(activities: Activities, variables: Array, names: tuple[str, ...]) -> None:
    """Refuse missing and infinite values, by variable, with the count and the first places."""
    if variables.shape != (activities.n, len(names)):
        msg = f"variables of shape {variables.shape} for {activities.n} rows and {len(names)} names"
        raise ValueError(msg)
    problems = [
        _bad_cells(activities, name, is_bad, is_infinite=is_infinite)
        for is_infinite, test in ((False, np.isnan), (True, np.isinf))
        for name, is_bad in zip(names, test(variables).T, strict=True)
        if is_bad.any()
    ]
    if problems:
        raise DataError(problems)


def _bad_cells(activities: Activities, name: str, is_bad: Flags, *, is_infinite: bool) -> Problem:
    """Name the first rows in which a second-stage variable cannot be used."""
    positions = np.flatnonzero(is_bad).tolist()
    rows = named([activities.labels[i] for i in positions], shown=PLACES)
    n = len(positions)
    what = (
        message(
            "The second-stage variable '{name}' is infinite in {n} rows: {rows}.",
            one="The second-stage variable '{name}' is infinite in {n} row: {rows}.",
            name=name,
            n=n,
            rows=rows,
        )
        if is_infinite
        else message(
            "The second-stage variable '{name}' is missing in {n} rows: {rows}.",
            one="The second-stage variable '{name}' is missing in {n} row: {rows}.",
            name=name,
            n=n,
            rows=rows,
        )
    )
    return Problem(
        "inference.infinite" if is_infinite else "inference.missing",
        what,
        activities.place(positions[0], name),
        message("fill the cells in a preparation step, or leave these rows out of both stages."),
    )


def _above(distance: Array) -> Flags:
    """Mark the rows off the frontier, which the truncated regression is of."""
    return np.asarray(distance > 1.0 + EFFICIENT)


def _fit(distance: Array, design: Array) -> Truncated:
    above = _above(distance)
    return truncated_regression(distance[above], design[above], left=1.0)


def _determined(fit: Truncated) -> Truncated:
    """Refuse to print a fit whose maximum lies at the edge."""
    if fit.above_limit > EDGE:
        return fit
    gain = f"{fit.above_limit:.2g}"
    raise no_maximum(
        message(
            "at σ = ∞ it is only {gain} below the largest value, so that σ is not determined.",
            gain=gain,
        )
    )


def _summary(
    algorithm: Literal[1, 2],
    names: tuple[str, ...],
    fit: Truncated,
    drawn: Array,
    distance: Array,
    settings: tuple[float, int, int],
    notices: tuple[Notice, ...],
) -> SecondStage:
    level, draws, seed = settings
    estimates = np.append(fit.coefficients, fit.sigma)
    lost = int(np.isnan(drawn).any(axis=1).sum())
    errors, low, high, p_values = _from_draws(estimates, drawn, level)
    return SecondStage(
        algorithm=algorithm,
        names=("constant", *names, "sigma"),
        estimates=estimates,
        std_errors=errors,
        low=low,
        high=high,
        p_values=p_values,
        distances=distance,
        n_fitted=int(_above(distance).sum()),
        level=level,
        draws=draws,
        seed=seed,
        notices=(
            Notice(
                "inference.separability",
                message(
                    "The second stage assumes that its variables do not affect the frontier "
                    "itself (separability)."
                ),
            ),
            *notices,
            *lost_draws(lost, draws, level),
        ),
        lost=lost,
    )


def _from_draws(estimates: Array, drawn: Array, level: float) -> tuple[Array, Array, Array, Array]:
    """Give errors, bounds and p-values, all missing where too many draws have no maximum."""
    kept = drawn[~np.isnan(drawn).any(axis=1)]
    if too_many(len(drawn) - len(kept), len(drawn), level) or len(kept) < 2:
        missing = np.full(len(estimates), np.nan)
        return missing, missing, missing, missing
    # The basic bootstrap: the spread of β* - β̂ stands for that of β̂ - β, turned around the estimate. The
    # p-value inverts this interval (`resampled`), which leaves out 0 exactly where it is below 1 - level.
    mirrored = 2.0 * estimates - kept
    low, high = np.array([zero_interval(column, level) for column in mirrored.T]).T
    p_values = np.array([zero_p(column) for column in mirrored.T])
    return kept.std(axis=0, ddof=1), low, high, p_values
