"""What efficiencies depend on: the two algorithms of Simar and Wilson (2007).

Truncated normal regression by maximum likelihood, where a maximum exists.

Above `left` the density of u = y - left is an exponential family in κ = 1/σ² and a,

    f(u | z) ∝ exp(-κ u²/2 - (z'a) u),   z'a = (left - z'β)/σ²,

whose log-likelihood is concave in (κ, a). At its edge κ = 0, σ infinite, stand the exponential distributions
with rates λ = z'a > 0. If at the largest likelihood of these the derivative Σ(1/λ² - u²/2) by κ is not above 0,
no normal distribution is more likely: where u varies more than an exponential variable the likelihood rises
without end as σ grows, and there is no maximum, wherever an iteration may stop.

References
----------
Olsen, R. J. (1978), doi 10.2307/1913829; Orme, C. (1989), doi 10.1016/0165-1765(89)90103-1;
Barndorff-Nielsen, O. (1978). Information and Exponential Families in Statistical Theory, chapter 9.

What the second stage says of rows and draws that it cannot use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import scipy

from xinzhi_core.errors import DataError, NotIdentified, Problem, SolverFailure
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.maximum import MISSING, is_maximum
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.resampled import zero_interval, zero_p
from xinzhi_core.wording import Wording, message
from xinzhi_frontier.frames import FRAMES
from xinzhi_frontier.inference.intervals import (
    against,
    efficiencies,
    in_order_of_data,
    radial_only,
    shrink,
)
from xinzhi_frontier.inference.replicates import replicates
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, Array
from xinzhi_frontier.technology import Flags
from xinzhi_frontier.zeros import PLACES, named

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", FRAMES)

STEPS = 200
EXACT = 1e-10
"""Residuals relative to the outcome, or values relative to a constant, that are rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Truncated:
    """Coefficients of a truncated regression, at a proved maximum."""

    coefficients: Array
    """Shape (p,)."""
    sigma: float
    log_likelihood: float
    above_limit: float
    """Log-likelihood less its largest value at σ = ∞; infinite where no exponential limit exists."""


def truncated_regression(outcome: Array, design: Array, *, left: float) -> Truncated:
    """Fit y = Zβ + ε, ε ~ N(0, σ²), observed only where y > left.

    Maximises Σ log τ - (τ y - zγ)²/2 - log Φ(zγ - τ left), γ = β/σ, τ = 1/σ, which is concave, on
    orthonormal columns, so that whether there is a maximum does not depend on units.

    Parameters
    ----------
    outcome
        Shape (n,), all above `left`.
    design
        Shape (n, p), of full rank.

    Raises
    ------
    NotIdentified
        The design has not full column rank, or too few rows.
    SolverFailure
        The likelihood has no maximum: σ runs to infinity or to 0, or none could be proved.

    References
    ----------
    Olsen, R. J. (1978), doi 10.2307/1913829; Orme, C. (1989), doi 10.1016/0165-1765(89)90103-1.
    """
    n, p = design.shape
    largest = np.abs(design).max(axis=0) if n else np.ones(p)
    largest = np.where(largest > 0, largest, 1.0)
    scaled = design / largest
    if n <= p or np.linalg.matrix_rank(scaled) < p:
        text = message(
            "{rows} and {columns} do not identify the regression.",
            rows=message("{n} rows", one="{n} row", n=n),
            columns=message("{n} columns", one="{n} column", n=p),
        )
        remedy = message("leave out columns that others determine, or take more rows.")
        raise NotIdentified(Problem("inference.rank", text, remedy=remedy))
    q, r = np.linalg.qr(scaled)
    z = q * np.sqrt(n)
    unit = float(np.mean(outcome - left))
    y, edge = outcome / unit, left / unit
    limit = _exponential_limit(y - edge, z)
    start = z.T @ y / n
    sigma = float(np.sqrt(np.mean((y - z @ start) ** 2)))
    if sigma <= EXACT * float(np.abs(y).max()):
        raise no_maximum(message("σ shrinks to 0, as the variables explain the distances exactly."))
    theta = _newton(np.append(start / sigma, 1.0 / sigma), y, z, edge)
    gamma, tau = theta[:-1], float(theta[-1])
    value = _likelihood(theta, y, z, edge) - 0.5 * n * np.log(2 * np.pi)
    slopes = np.asarray(np.linalg.solve(r, gamma / tau * np.sqrt(n)) / largest)
    return Truncated(
        slopes * unit, unit / tau, float(value - n * np.log(unit)), float(value - limit)
    )


def no_maximum(why: Wording) -> SolverFailure:
    """Say why the likelihood of a truncated regression has no maximum."""
    text = message("The likelihood of the truncated regression has no maximum: {why}", why=why)
    remedy = message(
        "look at the largest distances, and use other second-stage variables or fewer of them."
    )
    return SolverFailure(Problem("inference.no_maximum", text, remedy=remedy))


def _exponential_limit(u: Array, z: Array) -> float:
    """Maximise Σ log λ - λu over rates λ = z'a above 0, and refuse data that are likeliest there.

    The function is self-concordant: damped Newton steps converge from every start with positive rates.
    """
    a = z.T @ np.ones(len(u)) / len(u)
    # Without a constant among the combinations of the columns no start is at hand, and no limit is known.
    if np.abs(z @ a - 1.0).max() > EXACT:
        return -np.inf
    for _ in range(STEPS):
        rate = z @ a
        gradient = z.T @ (1.0 / rate - u)
        ratio = z / rate[:, None]
        information = ratio.T @ ratio
        step = np.linalg.solve(information, gradient)
        decrement = float(np.sqrt(max(float(gradient @ step), 0.0)))
        if decrement**2 <= MISSING:
            break
        a = a + step / (1.0 + decrement if decrement > 0.25 else 1.0)
    if np.sum(1.0 / (z @ a) ** 2 - u**2 / 2) <= 0.0:
        raise no_maximum(
            message(
                "σ grows without end, as the distances beyond the frontier vary at least as much as "
                "an exponential distribution."
            )
        )
    return float(np.sum(np.log(z @ a) - (z @ a) * u))


def _newton(theta: Array, y: Array, z: Array, left: float) -> Array:
    """Climb by Newton steps, halved until they gain, up to a proved maximum."""
    value = _likelihood(theta, y, z, left)
    for _ in range(STEPS):
        gradient, information = _slopes(theta, y, z, left)
        if is_maximum(gradient, information):
            return theta
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        # The likelihood is concave in (γ, τ), so that some part of the step gains; τ stays above 0. Near
        # the maximum rounding may hide the gain: that much less is none.
        size, least = 1.0, value - 1e-13 * abs(value)
        while size > 1e-12:
            trial = theta + size * step
            if trial[-1] > 0 and (trial_value := _likelihood(trial, y, z, left)) >= least:
                break
            size /= 2
        else:
            break
        theta, value = trial, trial_value
    raise no_maximum(message("the iteration found none."))


def _likelihood(theta: Array, y: Array, z: Array, left: float) -> float:
    index = z @ theta[:-1]
    inside = index - theta[-1] * left
    return float(
        len(y) * np.log(theta[-1])
        - 0.5 * np.sum((theta[-1] * y - index) ** 2)
        - np.sum(scipy.special.log_ndtr(inside))
    )


def _slopes(theta: Array, y: Array, z: Array, left: float) -> tuple[Array, Array]:
    """Gradient, and minus the matrix of second derivatives."""
    index = z @ theta[:-1]
    residual = theta[-1] * y - index
    inside = index - theta[-1] * left
    mills = np.exp(-0.5 * inside**2 - 0.5 * np.log(2 * np.pi) - scipy.special.log_ndtr(inside))
    bend = -mills * (mills + inside)
    toward = np.column_stack([z, np.full(len(y), -left)])
    across = np.column_stack([-z, y])
    gradient = -across.T @ residual - toward.T @ mills
    gradient[-1] += len(y) / theta[-1]
    hessian = across.T @ across + toward.T @ (bend[:, None] * toward)
    hessian[-1, -1] += len(y) / theta[-1] ** 2
    return gradient, hessian


def truncated_draw(mean: Array, sigma: float, left: float, rng: np.random.Generator) -> Array:
    """Draw from N(mean, σ²) above `left`, by inverting the distribution on the safe side."""
    # By the logarithm of the upper tail: of a mean far below `left` the distribution there rounds to 1.
    bound = (left - mean) / sigma
    log_tail = scipy.special.log_ndtr(-bound) + np.log(rng.uniform(size=len(mean)))
    return np.asarray(
        np.maximum(mean - sigma * scipy.special.ndtri_exp(log_tail), np.nextafter(left, np.inf))
    )


def unreached(some: int, none: int, draws: int) -> Iterator[Notice]:
    """Count the rows that frontiers drawn for the bias do not reach."""
    if some:
        text = message(
            "{n} rows are not reached by the frontiers of some of the {draws} draws: their bias is the mean over the others.",
            one="{n} row is not reached by the frontiers of some of the {draws} draws: its bias is the mean over the others.",
            n=some,
            draws=draws,
        )
        yield Notice("inference.bias_of_fewer_draws", text)
    if none:
        text = message(
            "{n} rows are reached by the frontier of none of the {draws} draws: their bias is not known, and they are "
            "left out of the second stage.",
            one="{n} row is reached by the frontier of none of the {draws} draws: its bias is not known, and it is "
            "left out of the second stage.",
            n=none,
            draws=draws,
        )
        yield Notice("inference.bias_unknown", text)


def too_many(lost: int, draws: int, level: float) -> bool:
    """Whether more draws are lost than an interval cuts off at one end; 5% of 200 are 10 despite rounding."""
    return lost > (1.0 - level) / 2.0 * draws * (1.0 + 1e-9)


def lost_draws(lost: int, draws: int, level: float) -> Iterator[Notice]:
    """Count the draws without a maximum, and say where they leave no interval.

    σ runs away in them: they belong beyond one end of the distribution, of which an interval cuts off
    (1 - level) / 2. Up to that share an end is at worst the most distant draw that was kept; beyond it no
    draw shows where the end is.
    """
    if too_many(lost, draws, level):
        text = message(
            "In {n} of {draws} draws of the bootstrap the likelihood has no maximum, more than the {share} "
            "beyond one end of an interval: no interval, standard error or p-value is given.",
            n=lost,
            draws=draws,
            share=f"{(1.0 - level) / 2.0:.3g}",
        )
        yield Notice("inference.no_maximum", text)
    elif lost:
        text = message(
            "In {n} of {draws} draws of the bootstrap the likelihood has no maximum; they are left out.",
            one="In {n} of {draws} draws of the bootstrap the likelihood has no maximum; it is left out.",
            n=lost,
            draws=draws,
        )
        yield Notice("inference.lost", text)


def left_out(estimated: Array, distance: Array, is_above: Flags) -> Iterator[Notice]:
    """Count the rows that the regression leaves out: on the frontier after the correction, or without a score."""
    without = int(np.isnan(estimated).sum())
    efficient = int((~np.isnan(distance)).sum()) - int(is_above.sum())
    if efficient:
        text = message(
            "{n} of {total} rows lie on the estimated frontier; the truncated regression and its "
            "bootstrap leave them out.",
            one="{n} of {total} rows lies on the estimated frontier; the truncated regression "
            "and its bootstrap leave it out.",
            n=efficient,
            total=len(distance),
        )
        yield Notice("inference.on_frontier", text)
    if without:
        text = message(
            "{n} of {total} rows have no score and are left out of the second stage.",
            one="{n} of {total} rows has no score and is left out of the second stage.",
            n=without,
            total=len(distance),
        )
        yield Notice("inference.no_distance", text)


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
