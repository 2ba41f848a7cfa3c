"""Sigma convergence: whether the dispersion of the scores shrinks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError
from xinzhi.notices import Notice
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.inference import t_tails
from xinzhi.space.scores import list_names, require, require_choice, to_wide
from xinzhi.wording import message

Sample = Literal["common", "available"]


@dataclass(frozen=True, slots=True, eq=False)
class Sigma(InNotebook):
    """Dispersion of the scores by period, and its trend."""

    by_period: pd.DataFrame
    """`n`, `mean`, `sd`, `cv` (sd / mean), `sd_log`; missing where not defined."""
    slope: float
    """Change of the coefficient of variation per period, least squares; negative: converging."""
    slope_error: float
    slope_p: float
    """Two-sided, t with number of periods - 2 degrees of freedom; missing below 3 periods."""
    sample: Sample
    notices: tuple[Notice, ...] = ()


def sigma(scores: pd.Series, *, sample: Sample = "common") -> Sigma:
    """Describe the dispersion of the scores by period.

        cv_t = sd_t / mean_t,  sd with n - 1

    Parameters
    ----------
    scores
        Indexed (entity, period).
    sample
        `common`: only entities with a score in every period, so that a change of dispersion is
        never a change of members; `available`: all there are.

    Raises
    ------
    MethodError
        Fewer than two entities are left.

    References
    ----------
    Barro, R. J. and Sala-i-Martin, X. (1992), Journal of Political Economy 100, 223-251,
    doi:10.1086/261816.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> sigma(pd.Series([1.0, 2.0, 3.0, 2.0], index)).by_period["sd"].round(3).tolist()
    [1.414, 0.0]
    """
    require_choice("sample", sample, ("common", "available"))
    table = to_wide(scores)
    used = table.dropna() if sample == "common" else table
    require(
        used.notna().sum().max() >= 2,
        "convergence.few",
        message("Fewer than two entities have the scores that are needed."),
        message("use sample 'available', or fewer periods."),
        error=MethodError,
    )
    by_period = _dispersion(used)
    slope, error, p = _trend(by_period["cv"].dropna())
    return Sigma(by_period, slope, error, p, sample, _note_left_out(table, used))


def _dispersion(table: pd.DataFrame) -> pd.DataFrame:
    mean, sd = table.mean(), table.std(ddof=1)
    # A single score that is not positive leaves its period without logs, rather than out of them.
    is_positive = (table > 0).where(table.notna(), other=True).all()
    logs = np.log(table.where(table > 0))
    return pd.DataFrame(
        {
            "n": table.notna().sum(),
            "mean": mean,
            "sd": sd,
            "cv": sd / mean.where(mean > 0),
            "sd_log": logs.std(ddof=1).where(is_positive),
        }
    )


def _trend(cv: pd.Series) -> tuple[float, float, float]:
    """Regress the coefficient of variation on the period: slope, its standard error, p-value."""
    df = len(cv) - 2
    if df < 1:
        return (float("nan"),) * 3
    x, y = (v - v.mean() for v in (cv.index.to_numpy(float), cv.to_numpy(float)))
    slope = x @ y / (x @ x)
    error = float(np.linalg.norm(y - slope * x) / np.sqrt(df * (x @ x)))
    # An exact line has no error: t would be infinite, and a p-value of 0 would overstate what is known.
    return float(slope), error, float(t_tails(slope / error, df)) if error > 0 else float("nan")


def _note_left_out(table: pd.DataFrame, used: pd.DataFrame) -> tuple[Notice, ...]:
    left = table.index.difference(used.index)
    if left.empty:
        return ()
    return (
        Notice(
            "convergence.left_out",
            message(
                "{n} entities lack a score in some period and are left out: {names}.",
                one="{n} entity lacks a score in some period and is left out: {names}.",
                n=len(left),
                names=list_names(left),
            ),
        ),
    )
