"""Beta convergence: whether low scores grow faster, and how fast gaps close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.errors import DataError, DuplicateKey, MethodError, OutOfDomain, Problem, Where
from xinzhi.notices import Notice
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.fit import fit_least_squares
from xinzhi.regression.specification import Covariance, Regression
from xinzhi.space.scores import check_index, pick, require, require_choice, wide
from xinzhi.wording import message

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
    start: int | None = None,
    end: int | None = None,
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
    start, end
        First and last period of the cross-section form; those of the data if None.

    Raises
    ------
    SpecError
        An option is unknown or would have no effect.
    OutOfDomain
        A score that is needed is zero or negative.
    DataError
        A period is not in the data, or `start` is not before `end`.
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
    _check_options(form, effects, start, end)
    table = wide(scores)
    rows = _long_difference(table, start, end) if form == "cross_section" else _steps(table)
    frame, n_left = _with_controls(rows, controls)
    span = float(frame["span"].iloc[0]) if len(frame) else 1.0
    names = [name for name in frame.columns if name not in {"growth", "span"}]
    regression = _growth_regression(frame, names, form, tuple(effects))
    at = regression.position("initial")
    b, se = float(regression.estimate[at]), float(regression.std_error[at])
    is_conditional = controls is not None or "entity" in effects
    speed, speed_error, half_life = _speed(b, se, span)
    return Beta(
        form=form,
        regression=regression,
        span=span,
        beta=b,
        std_error=se,
        p_value=float(regression.p_value[at]),
        speed=speed,
        speed_error=speed_error,
        half_life=half_life,
        is_conditional=is_conditional,
        n=len(frame),
        n_entities=frame.index.get_level_values("entity").nunique(),
        n_periods=1 + round(span) * frame.index.get_level_values("period").nunique(),
        notices=(*regression.notices, *_beta_notices(n_left, b, span, "entity" in effects)),
    )


def _check_options(form: Form, effects: Sequence[str], start: int | None, end: int | None) -> None:
    """Refuse options that would have no effect."""
    require(
        form == "panel" or not effects,
        "convergence.effects",
        message("A cross-section of growth rates has no effects."),
        message("use the form 'panel', or leave the effects out."),
    )
    require(
        form == "cross_section" or (start is None and end is None),
        "convergence.dates",
        message("The panel form takes all neighbouring periods: start and end have no effect."),
        message("leave them out, or give only the periods that are wanted."),
    )


def _speed(b: float, se: float, span: float) -> tuple[float, float, float]:
    nothing = float("nan")
    left = 1.0 + b * span
    if left <= 0:
        return nothing, nothing, nothing
    speed = -float(np.log(left)) / span
    return speed, se / left, float(np.log(2.0)) / speed if speed > 0 else nothing


def _long_difference(table: pd.DataFrame, start: int | None, end: int | None) -> pd.DataFrame:
    first = int(table.columns[0]) if start is None else start
    last = int(table.columns[-1]) if end is None else end
    if first >= last:
        raise DataError(
            Problem(
                "convergence.span",
                message(
                    "The growth rate from {first} to {last} is undefined.", first=first, last=last
                ),
                remedy=message("give a start before the end; two periods are needed."),
            )
        )
    return _growth(pick(table, (first, last)), [(first, last)])


def _steps(table: pd.DataFrame) -> pd.DataFrame:
    known = {int(p) for p in table.columns}
    pairs = [(p, p + 1) for p in sorted(known) if p + 1 in known]
    if not pairs:
        raise DataError(
            Problem(
                "convergence.no_steps",
                message("No two neighbouring periods are in the data."),
                remedy=message("use the form 'cross_section'."),
            )
        )
    return _growth(table, pairs)


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
    found = [
        (str(entity), int(str(period)), float(score))
        for period, column in table.items()
        for entity, score in column[column <= 0].items()
    ]
    if found:
        raise OutOfDomain(
            Problem(
                "convergence.log",
                message("Growth needs positive scores; this one is {score}.", score=score),
                Where(entity=entity, period=period),
                message("leave the entity out, or study the sigma form."),
            )
            for entity, period, score in found
        )


def _with_controls(rows: pd.DataFrame, controls: pd.DataFrame | None) -> tuple[pd.DataFrame, int]:
    if controls is not None:
        keys = pd.Series(0.0, index=controls.index)
        check_index(keys)
        # entity and period name effects and clusters of the regression, the others its own columns
        taken = sorted({"growth", "initial", "span", "entity", "period"} & set(controls.columns))
        if taken:
            raise DuplicateKey(
                Problem(
                    "convergence.control_name",
                    message("A control cannot be named '{name}'.", name=name),
                    remedy=message("give the column another name."),
                )
                for name in taken
            )
        rows = rows.join(controls.astype(float))
    whole = rows.dropna()
    return whole, len(rows) - len(whole)


def _growth_regression(
    frame: pd.DataFrame, names: list[str], form: Form, effects: tuple[str, ...]
) -> Estimates:
    """Regress growth on the start and the controls: HC1 errors, or clusters of entities."""
    how = Covariance("hc1") if form == "cross_section" else Covariance("cluster", ("entity",))
    # the effects of one level are the constant: a panel of two periods has one step
    varying = tuple(e for e in effects if len(frame.index.unique(e)) > 1)
    asked = Regression("growth", tuple(names), effects=varying, covariance=how, singletons="keep")
    try:
        return fit_least_squares(frame, asked)
    except MethodError as error:
        raise type(error)(_about_growth(problem) for problem in error.problems) from error


WORDS = {
    "reg.outcome_constant": message("All growth rates are the same."),
    "reg.constant": message("All scores at the start are the same."),
}


def _about_growth(problem: Problem) -> Problem:
    """Give a problem of the regression a code of convergence, and words without its columns."""
    is_about_scores = problem.where.column in {None, "initial"}
    what = WORDS.get(problem.code, problem.what) if is_about_scores else problem.what
    return replace(problem, code=f"convergence.{problem.code.removeprefix('reg.')}", what=what)


def _beta_notices(
    n_left: int,
    b: float,
    span: float,
    has_entity_effects: bool,  # noqa: FBT001 - a fact
) -> tuple[Notice, ...]:
    notices = []
    if n_left:
        notices.append(
            Notice(
                "convergence.rows_left_out",
                message(
                    "{n} growth rates are left out: a score or a control is missing.",
                    one="{n} growth rate is left out: a score or a control is missing.",
                    n=n_left,
                ),
            )
        )
    if 1.0 + b * span <= 0:
        notices.append(
            Notice(
                "convergence.no_speed",
                message(
                    "Beta is {beta}: entities overtake each other; no speed exists.",
                    beta=f"{b:.3f}",
                ),
            )
        )
    if has_entity_effects:
        notices.append(
            Notice(
                "convergence.nickell",
                message(
                    "With entity effects beta is biased towards convergence where periods are few "
                    "(Nickell 1981)."
                ),
            )
        )
    return tuple(notices)
