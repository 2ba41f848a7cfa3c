"""Beta convergence: whether low scores grow faster, and how fast gaps close.

Sigma convergence: whether the dispersion of the scores shrinks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi_core.errors import DataError, DuplicateKey, MethodError, OutOfDomain, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.periods import period_name
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit_least_squares
from xinzhi_econometrics.inference import t_tails
from xinzhi_econometrics.space.scores import (
    check_index,
    list_names,
    require,
    require_choice,
    to_wide,
)
from xinzhi_econometrics.specification import Covariance, Regression

Form = Literal["cross_section", "panel"]


@dataclass(frozen=True, slots=True, eq=False)
class Beta(InNotebook):
    """Whether low starts go with fast growth, and how fast gaps close."""

    form: Form
    regression: Estimates
    """All slopes with errors; `initial` is beta."""
    span: float
    """Periods between start and end of a growth rate, T."""
    beta: float
    std_error: float
    p_value: float
    speed: float
    """lambda = -ln(1 + beta T) / T per period; missing where 1 + beta T <= 0."""
    speed_error: float
    """By the delta method, se(beta) / (1 + beta T)."""
    half_life: float
    """ln 2 / lambda, in periods; missing unless lambda > 0."""
    is_conditional: bool
    """Whether the regression has controls or entity effects."""
    n: int
    n_entities: int
    n_periods: int
    """Periods of the panel behind the growth rates."""
    notices: tuple[Notice, ...] = ()


def beta(
    scores: pd.Series,
    *,
    form: Form = "cross_section",
    controls: pd.DataFrame | None = None,
    effects: Sequence[str] = (),
) -> Beta:
    """Regress growth on the start: absolute convergence without controls, conditional with.

        cross_section   ln(y_iT / y_i0) / T   = a + beta ln y_i0 + x_i0' g + e_i      (HC1 errors)
        panel           ln(y_i,t+1 / y_it)    = a + beta ln y_it + x_it' g + mu_i + nu_t + e_it
                                                              (errors clustered by entity, T = 1)

    Parameters
    ----------
    scores
        Positive, indexed (entity, period).
    form
        One growth rate an entity, or one for each two neighbouring periods.
    controls
        Columns x indexed (entity, period), as they enter; taken at the start of each growth rate.
    effects
        Of the panel form: `entity`, `period` or both. With entity effects beta is conditional on
        each entity's own level and biased down in short panels (Nickell); a notice says so.

    Raises
    ------
    SpecError
        An option is unknown or would have no effect.
    OutOfDomain
        A score that is needed is zero or negative.
    DataError
        Two periods are needed; of the panel form, two neighbouring ones.
    MethodError
        Too few growth rates or entities (`convergence.too_few_rows`,
        `convergence.too_few_clusters`), growth rates or starts without variation
        (`convergence.outcome_constant`, `convergence.constant`), or a control that the others
        explain (`convergence.absorbed`, `convergence.collinear`).

    References
    ----------
    Barro, R. J. and Sala-i-Martin, X. (1992), Journal of Political Economy 100, 223-251,
    doi:10.1086/261816. Nickell, S. (1981), Econometrica 49, 1417-1426, doi:10.2307/1911408.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b", "c"], [0, 1]], names=["entity", "period"])
    >>> logs = pd.Series([-4.0, -2.0, -2.0, -1.0, -1.0, -0.5], index)  # gaps halve in a period
    >>> round(beta(np.exp(logs)).half_life, 6)
    1.0
    """
    require_choice("form", form, ("cross_section", "panel"))
    for effect in effects:
        require_choice("effects", effect, ("entity", "period"))
    require(
        form == "panel" or not effects,
        "convergence.effects",
        message("A cross-section of growth rates has no effects."),
        message("use the form 'panel', or leave the effects out."),
    )
    table = to_wide(scores)
    rows = _growth(table, _long_span(table) if form == "cross_section" else _steps(table))
    frame = (rows if controls is None else rows.join(_check_controls(controls))).dropna()
    span = float(frame["span"].iloc[0]) if len(frame) else 1.0
    names = [name for name in frame.columns if name not in {"growth", "span"}]
    regression = _growth_regression(frame, names, form, tuple(effects))
    position = regression.position("initial")
    b, se = float(regression.estimate[position]), float(regression.std_error[position])
    speed, speed_error, half_life = _speed(b, se, span)
    return Beta(
        form=form,
        regression=regression,
        span=span,
        beta=b,
        std_error=se,
        p_value=float(regression.p_value[position]),
        speed=speed,
        speed_error=speed_error,
        half_life=half_life,
        is_conditional=controls is not None or "entity" in effects,
        n=len(frame),
        n_entities=frame.index.get_level_values("entity").nunique(),
        n_periods=1 + round(span) * frame.index.get_level_values("period").nunique(),
        notices=(
            *regression.notices,
            *_notices(len(rows) - len(frame), b, span, has_entity_effects="entity" in effects),
        ),
    )


def _speed(b: float, se: float, span: float) -> tuple[float, float, float]:
    left = 1.0 + b * span  # the share of a gap that is left after the span
    if left <= 0:
        return np.nan, np.nan, np.nan
    speed = -float(np.log(left)) / span
    return speed, se / left, float(np.log(2.0)) / speed if speed > 0 else np.nan


def _long_span(table: pd.DataFrame) -> list[tuple[int, int]]:
    first, last = int(table.columns[0]), int(table.columns[-1])
    require(
        first < last,
        "convergence.span",
        message(
            "The growth rate from {first} to {last} is undefined.",
            first=period_name(first),
            last=period_name(last),
        ),
        message("give data of at least two periods."),
        error=DataError,
    )
    return [(first, last)]


def _steps(table: pd.DataFrame) -> list[tuple[int, int]]:
    periods = sorted(int(period) for period in table.columns)
    pairs = [(before, after) for before, after in pairwise(periods) if after == before + 1]
    require(
        bool(pairs),
        "convergence.no_steps",
        message("No two neighbouring periods are in the data."),
        message("use the form 'cross_section'."),
        error=DataError,
    )
    return pairs


def _growth(table: pd.DataFrame, pairs: Sequence[tuple[int, int]]) -> pd.DataFrame:
    """Growth rates and starts of the pairs, indexed (entity, period of the start)."""
    _check_positive(table[sorted({p for pair in pairs for p in pair})])
    logs = np.log(table)
    parts = [
        pd.DataFrame(
            {
                "growth": (logs[after] - logs[before]) / (after - before),
                "initial": logs[before],
                "span": float(after - before),
            }
        ).set_axis(pd.MultiIndex.from_product([table.index, [before]], names=["entity", "period"]))
        for before, after in pairs
    ]
    return pd.concat(parts).sort_index()


def _check_positive(table: pd.DataFrame) -> None:
    problems = [
        Problem(
            "convergence.log",
            message("Growth needs positive scores; this one is {score}.", score=float(score)),
            Where(entity=str(entity), period=int(str(period))),
            message("leave the entity out, or study the sigma form."),
        )
        for period, column in table.items()
        for entity, score in column[column <= 0].items()
    ]
    if problems:
        raise OutOfDomain(problems)


def _check_controls(controls: pd.DataFrame) -> pd.DataFrame:
    """Refuse controls that are not indexed (entity, period) or that take a name of the regression."""
    check_index(pd.Series(0.0, index=controls.index))
    # entity and period name effects and clusters of the regression, the others its own columns
    reserved = sorted({"growth", "initial", "span", "entity", "period"} & set(controls.columns))
    if reserved:
        raise DuplicateKey(
            Problem(
                "convergence.control_name",
                message("A control cannot be named '{name}'.", name=name),
                remedy=message("give the column another name."),
            )
            for name in reserved
        )
    return controls.astype(float)


def _growth_regression(
    frame: pd.DataFrame, names: list[str], form: Form, effects: tuple[str, ...]
) -> Estimates:
    """Regress growth on the start and the controls: HC1 errors, or clusters of entities."""
    covariance = (
        Covariance("hc1") if form == "cross_section" else Covariance("cluster", ("entity",))
    )
    # The effects of one level are the constant: a panel of two periods has one step.
    varying = tuple(effect for effect in effects if frame.index.unique(effect).size > 1)
    regression = Regression(
        "growth", tuple(names), effects=varying, covariance=covariance, singletons="keep"
    )
    try:
        return fit_least_squares(frame, regression)
    except MethodError as error:
        raise type(error)(_reword(problem) for problem in error.problems) from error


WORDS = {
    "reg.outcome_constant": message("All growth rates are the same."),
    "reg.constant": message("All scores at the start are the same."),
}


def _reword(problem: Problem) -> Problem:
    """Give a problem of the regression a code of convergence, and words without its columns."""
    is_about_scores = problem.where.column in {None, "initial"}
    words = WORDS.get(problem.code, problem.what) if is_about_scores else problem.what
    return replace(problem, code=f"convergence.{problem.code.removeprefix('reg.')}", what=words)


def _notices(
    n_left_out: int, b: float, span: float, *, has_entity_effects: bool
) -> Iterator[Notice]:
    if n_left_out:
        text = message(
            "{n} growth rates are left out: a score or a control is missing.",
            one="{n} growth rate is left out: a score or a control is missing.",
            n=n_left_out,
        )
        yield Notice("convergence.rows_left_out", text)
    if 1.0 + b * span <= 0:
        text = message(
            "Beta is {beta}: entities overtake each other, and the speed of convergence is not defined.",
            beta=f"{b:.3f}",
        )
        yield Notice("convergence.no_speed", text)
    if has_entity_effects:
        text = message(
            "With entity effects beta is biased towards convergence where periods are few "
            "(Nickell 1981)."
        )
        yield Notice("convergence.nickell", text)


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
