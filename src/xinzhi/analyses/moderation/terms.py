"""Terms of moderated equations: lags within the entity, and products of regressors with a moderator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.formula.parse import operand
from xinzhi.notices import Notice
from xinzhi.panel.group_means import subtract_group_means
from xinzhi.panel.panel import Panel
from xinzhi.problems import unknown_choice
from xinzhi.regression.lags import lag
from xinzhi.regression.sample import frame_of, with_keys
from xinzhi.regression.specification import Regression
from xinzhi.wording import message


def lagged_name(name: str, steps: int) -> str:
    """Name the lag of a column as Stata does; a lag of 0 is the column itself.

    >>> lagged_name("talent", 1), lagged_name("talent", 0)
    ('L1.talent', 'talent')
    """
    return f"L{steps}.{operand(name)}" if steps else name


def gaps(frame: pd.DataFrame, steps: int) -> int:
    """Count rows without the row of `steps` periods earlier though their entity had begun by then.

    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("a", 4)], names=["entity", "period"])
    >>> gaps(pd.DataFrame(index=index), 1)
    1
    """
    entity, period = (frame.index.get_level_values(level) for level in (0, 1))
    earlier = period - steps
    first = period.to_series().groupby(np.asarray(entity)).transform("min").to_numpy()
    is_missing = ~pd.MultiIndex.from_arrays([entity, earlier]).isin(frame.index)
    return int(np.sum(is_missing & (np.asarray(earlier) >= first)))


@dataclass(frozen=True, slots=True)
class ModeratedTerms:
    """Names in a moderated equation, each of which states its lag: `L1.talent × L1.policy`."""

    focal: str
    moderator: str

    @property
    def interaction(self) -> str:
        """Name of the product of both."""
        return product_name(self.focal, self.moderator)


def moderated_equation(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    focal: str,
    moderator: str,
    steps: int = 1,
    lagged: str = "all",
    others: tuple[str, ...] = (),
) -> tuple[pd.DataFrame, Regression, ModeratedTerms]:
    """Put the lags and interactions of a moderated path into frame and regression.

    Lags stand in columns of their own, `L1.x`; the names of regression and terms say which are used.
    """
    if focal not in regression.regressors or focal == moderator:
        text = message(
            "'{focal}' moderated by '{moderator}' is not a path of this regression.",
            focal=focal,
            moderator=moderator,
        )
        remedy = message("name a regressor, and another variable as its moderator.")
        raise SpecError(Problem("moderation.focal", text, Where(column=focal), remedy))
    regression = with_keys(frame_of(data), regression)
    frame, names = lagged_frame(data, regression, moderator, steps, lagged)
    regression = with_lags(regression, names)
    w = names.get(moderator, moderator)
    factors = [names.get(x, x) for x in (focal, *others)]
    products = {product_name(x, w): frame[x] * frame[w] for x in factors}
    terms = ModeratedTerms(factors[0], w)
    # The other products stand among the controls: only one path is of interest at a time.
    controls = (*(name for name in products if name != terms.interaction), *regression.controls)
    regression = replace(regression, controls=controls)
    return frame.assign(**products), with_interaction(regression, terms), terms


def product_name(first: str, moderator: str) -> str:
    """Name an interaction.

    >>> product_name("talent", "policy")
    'talent × policy'
    """
    return f"{operand(first)} × {operand(moderator)}"


def less_means(columns: pd.DataFrame) -> pd.DataFrame:
    """Take the means of entities out of columns."""
    entities = columns.index.get_level_values(0)
    inside = subtract_group_means(columns.to_numpy(np.float64), entities)
    return pd.DataFrame(inside, index=columns.index, columns=columns.columns)


def with_inner_product(used: pd.DataFrame, terms: ModeratedTerms) -> pd.DataFrame:
    """Put (x - x̄_i)(w - w̄_i) in the place of x·w, on the rows that a path uses."""
    left = less_means(used[[terms.focal, terms.moderator]])
    return used.assign(**{terms.interaction: left[terms.focal] * left[terms.moderator]})


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
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Add the lags of what is to be lagged, and say for each name the name of its lag."""
    frame = frame_of(data)
    columns = {
        "all": (*regression.regressors, *regression.controls, moderator),
        "moderator": (moderator,),
    }.get(lagged)
    if columns is None:
        raise SpecError(unknown_choice(lagged, "lagged", ("all", "moderator")))
    if steps == 0 and lagged != "all":
        text = message("`lagged` has no effect without a lag.")
        remedy = message("set the lag to 1, or leave out `lagged`.")
        raise SpecError(Problem("option.without_effect", text, remedy=remedy))
    # A moderator that is among the regressors too is lagged once.
    names = {name: lagged_name(name, steps) for name in dict.fromkeys(columns)}
    _refuse_taken_names(names, regression)
    shifted = lag(frame, tuple(names), steps)
    return frame.assign(**{names[name]: shifted[name] for name in names}), names


def with_lags(regression: Regression, names: Mapping[str, str]) -> Regression:
    """Put the lags in the place of regressors and controls."""
    return replace(
        regression,
        regressors=tuple(names.get(name, name) for name in regression.regressors),
        controls=tuple(names.get(name, name) for name in regression.controls),
    )


def with_interaction(regression: Regression, terms: ModeratedTerms) -> Regression:
    """Add the interaction as a variable of interest and the moderator beside the regressors."""
    pair = {terms.focal, terms.moderator}
    others = tuple(r for r in regression.regressors if r not in pair)
    controls = tuple(c for c in regression.controls if c != terms.moderator)
    return replace(
        regression,
        regressors=(terms.focal, terms.interaction),
        controls=(terms.moderator, *others, *controls),
    )


def _refuse_taken_names(names: Mapping[str, str], regression: Regression) -> None:
    """Refuse a lag that would have the name of another variable of the same equation."""
    used = {
        regression.outcome,
        *regression.regressors,
        *regression.controls,
        *regression.effects,
        *regression.covariance.clusters,
        *names,
    }
    clashes = [(name, new) for name, new in names.items() if new != name and new in used]
    if clashes:
        raise SpecError(
            Problem(
                "moderation.name_taken",
                message(
                    "The lag of '{name}' is called '{new}', as another variable of the equation is.",
                    name=name,
                    new=new,
                ),
                Where(column=new),
                message("rename the variable '{new}', or set the lag to 0.", new=new),
            )
            for name, new in clashes
        )
