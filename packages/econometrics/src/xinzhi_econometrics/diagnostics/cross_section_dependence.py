"""Pesaran's CD test of cross-sectional dependence, before and after year effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError
from xinzhi_core.panel.panel import PERIOD, Panel
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable, Statistic, normal_tails
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import Covariance, Regression, frame_of, key_of

NAME = "cross_section_dependence"
NULL = message("The errors of different entities are not correlated.")
SHORTEST = 3
VARIES = 1e-14
"""Norm over largest value below which residuals of an entity do not vary."""
BLOCK = 1500
"""Entities whose pairs with all behind them are correlated at once."""


def pesaran_cd(
    residuals: pd.Series, *, name: str = NAME, remark: Wording = ""
) -> Statistic | Inapplicable:
    """Test the mean correlation of the residuals of all pairs of entities.

    CD = sqrt(2 / (N(N-1))) Σ_{i<j} sqrt(T_ij) ρ_ij, normal; T_ij common periods (at least 3), ρ_ij
    the correlation over them; N(N-1)/2 counts the pairs that have one.

    References
    ----------
    Pesaran (2015), doi:10.1080/07474938.2014.956623; after year effects CD is biased towards
    large negative values: Juodis and Reese (2022), doi:10.1080/07350015.2021.1906687.
    """
    sums = sums_of_pairs(residuals)
    pairs, total = (0, 0.0) if sums is None else sums[:2]
    for rho, shared in _blocks(residuals) if sums is None else ():
        total += float(np.sum(np.sqrt(shared) * rho))
        pairs += len(rho)
    if pairs == 0:
        return Inapplicable(name, message("no two entities share {n} periods.", n=SHORTEST))
    value = float(total / np.sqrt(pairs))
    return Statistic(name, NULL, value, "N(0, 1)", normal_tails(value), remark)


def correlations(residuals: pd.Series) -> tuple[Array, Array]:
    """Correlate all pairs of entities that share 3 periods: ρ_ij and T_ij, shape (pairs,) each."""
    rho, shared = zip(*_blocks(residuals), strict=True)
    return np.concatenate(rho), np.concatenate(shared)


def sums_of_pairs(residuals: pd.Series) -> tuple[int, float, float] | None:
    """Count all pairs, and sum z_ij = sqrt(T) ρ_ij and z_ij² over them; None in a panel with gaps.

    With U the residuals less the means of entities, columns of norm 1, shape (T, N),

        Σ_{i<j} ρ_ij = (|U 1|² - N) / 2,    Σ_{i<j} ρ_ij² = (|U U'|² - N) / 2,

    so that no pair is looked at.
    """
    index = residuals.index
    n_periods, n_entities = len(index.unique(1)), len(index.unique(0))
    is_sorted = index.is_monotonic_increasing
    if len(residuals) != n_periods * n_entities or n_periods < SHORTEST or not is_sorted:
        return None
    # Sorted and balanced: each entity has its periods one after the other.
    wide = residuals.to_numpy().reshape(n_entities, n_periods).T
    left = wide - wide.mean(axis=0)
    size = np.sqrt(np.einsum("ij,ij->j", left, left))
    varies = size > VARIES * np.abs(wide).max(axis=0)
    unit = left[:, varies] / size[varies]
    n = unit.shape[1]
    across, along = unit.sum(axis=1), unit @ unit.T
    total = (float(across @ across) - n) / 2
    squares = (float(np.sum(along**2)) - n) / 2
    return n * (n - 1) // 2, float(np.sqrt(n_periods)) * total, n_periods * squares


def _blocks(residuals: pd.Series) -> Iterator[tuple[Array, Array]]:
    """Correlate pairs block by block, so that the pairs of thousands of entities need no memory at once."""
    wide = residuals.unstack(level=0).to_numpy()  # noqa: PD010 (keys are unique: nothing to pool)
    observed = ~np.isnan(wide)
    x, d = np.where(observed, wide, 0.0), observed.astype(np.float64)
    for first in range(0, max(wide.shape[1], 1), BLOCK):
        block = slice(first, first + BLOCK)
        yield _correlate(x[:, block], d[:, block], x[:, first:], d[:, first:])


def _correlate(x: Array, d: Array, y: Array, e: Array) -> tuple[Array, Array]:
    """Correlate entities with those behind them: values, 0 where missing, and 1 where there is one."""
    n = d.T @ e
    # Sums over the common periods of each pair, for correlations without a loop.
    sx, sy, sxy = x.T @ e, (y.T @ d).T, x.T @ y
    sxx, syy = (x**2).T @ e, ((y**2).T @ d).T
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = sxy - sx * sy / n
        rho = covariance / np.sqrt((sxx - sx**2 / n) * (syy - sy**2 / n))
    upper = np.triu_indices(len(n), 1, n.shape[1])
    rho, shared = rho[upper], n[upper]
    usable = (shared >= SHORTEST) & np.isfinite(rho)
    return rho[usable], shared[usable]


def cross_section_dependence(
    data: Panel | pd.DataFrame, regression: Regression
) -> tuple[Statistic | Inapplicable, ...]:
    """Test the residuals with entity effects alone, and with year effects too."""
    tests: list[Statistic | Inapplicable] = []
    frame = frame_of(data)
    without = tuple(e for e in regression.effects if key_of(frame, e) != PERIOD)
    for name, effects, remark in (
        (f"{NAME}.before_period_effects", without, ""),
        (
            f"{NAME}.after_period_effects",
            (*without, PERIOD),
            message("year effects bias CD below zero: judge it by its size, not by its p-value."),
        ),
    ):
        try:
            estimates = fit(data, replace(regression, effects=effects, covariance=Covariance()))
            tests.append(pesaran_cd(estimates.residuals, name=name, remark=remark))
        except MethodError as error:
            tests.append(Inapplicable(name, error.problems[0].what))
    return tuple(tests)


@DIAGNOSTICS.add(NAME)
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Test for dependence between entities, before and after year effects."""
    return Diagnosis(NAME, cross_section_dependence(data, regression))
