"""The right side of a moderated path: lags, and products of regressors with the moderator."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from xinzhi.econometrics.lags import gaps, lag
from xinzhi.econometrics.sample import frame_of, with_keys
from xinzhi.econometrics.specification import Regression
from xinzhi.errors import Problem, SpecError, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.wording import message


def moderated_equation(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    focal: str,
    moderator: str,
    steps: int = 1,
    lagged: str = "all",
    beside: tuple[str, ...] = (),
) -> tuple[pd.DataFrame, Regression]:
    """Put the lags and interactions of a moderated path into frame and regression."""
    if focal not in regression.regressors or focal == moderator:
        raise SpecError(_wrong_focal(focal, moderator))
    regression = with_keys(frame_of(data), regression)
    frame = lagged_frame(data, regression, moderator, steps, lagged)
    products = {product_name(x, moderator): frame[x] * frame[moderator] for x in (focal, *beside)}
    name, *others = products
    regression = replace(regression, controls=(*others, *regression.controls))
    return frame.assign(**products), with_interaction(regression, focal, moderator, name)


def product_name(first: str, moderator: str) -> str:
    """Name an interaction.

    >>> product_name("talent", "policy")
    'talent × policy'
    """
    return f"{first} × {moderator}"


def less_means(columns: pd.DataFrame) -> pd.DataFrame:
    """Take the means of entities out of columns."""
    return columns - columns.groupby(level=0).transform("mean")


def with_inner_product(used: pd.DataFrame, focal: str, moderator: str) -> pd.DataFrame:
    """Put (x - x̄_i)(w - w̄_i) in the place of x·w, on the rows that a path uses."""
    left = less_means(used[[focal, moderator]])
    return used.assign(**{product_name(focal, moderator): left[focal] * left[moderator]})


def gap_notices(frame: pd.DataFrame, steps: int) -> tuple[Notice, ...]:
    """Say how many rows a lag loses to years that are not there."""
    lost = gaps(frame, steps)
    if not lost:
        return ()
    words = message(
        "The years have gaps: {n} rows have no row {steps} periods earlier and were left out; a lag "
        "never takes the row above in its place.",
        n=lost,
        steps=steps,
    )
    return (Notice("moderation.gaps", words),)


def lagged_frame(
    data: Panel | pd.DataFrame, regression: Regression, moderator: str, steps: int, lagged: str
) -> pd.DataFrame:
    """Replace what is to be lagged by its lag."""
    frame = frame_of(data)
    columns = {
        "all": (*regression.regressors, *regression.controls, moderator),
        "moderator": (moderator,),
    }.get(lagged)
    if columns is None:
        raise SpecError(
            Problem(
                "option.unknown",
                message("'{word}' is not a choice for {option}.", word=lagged, option="lagged"),
                remedy=message("use all or moderator."),
            )
        )
    shifted = lag(frame, tuple(dict.fromkeys(columns)), steps)
    return frame.assign(**{str(name): shifted[name] for name in shifted.columns})


def with_interaction(regression: Regression, focal: str, moderator: str, name: str) -> Regression:
    """Add the interaction as a variable of interest and the moderator beside the regressors."""
    others = tuple(r for r in regression.regressors if r not in {focal, moderator})
    controls = tuple(c for c in regression.controls if c != moderator)
    return replace(regression, regressors=(focal, name), controls=(moderator, *others, *controls))


def _wrong_focal(focal: str, moderator: str) -> Problem:
    return Problem(
        "moderation.focal",
        message(
            "'{focal}' moderated by '{moderator}' is not a path of this regression.",
            focal=focal,
            moderator=moderator,
        ),
        Where(column=focal),
        message("name a regressor, and another variable as its moderator."),
    )
