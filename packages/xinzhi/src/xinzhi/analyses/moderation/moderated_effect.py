"""Moderation: whether the effect of one variable depends on another.

y = b1 x + b2 w + b3 x·w + other regressors + controls + effects
effect of x at w:  b1 + b3 w,   s² = V11 + 2 w V13 + w² V33

Terms of moderated equations: lags within the entity, and products of regressors with a moderator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from xinzhi.analyses.effects import ConditionalSlope, JudgedLine
from xinzhi_core.errors import MethodError, Problem, SpecError, Where
from xinzhi_core.formula.parse import operand
from xinzhi_core.notices import Notice
from xinzhi_core.panel.group_means import subtract_group_means
from xinzhi_core.panel.panel import Panel
from xinzhi_core.problems import unknown_choice
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit_least_squares
from xinzhi_econometrics.inference import Inapplicable, t_quantile
from xinzhi_econometrics.lags import lag
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import Regression, frame_of, with_keys
from xinzhi_econometrics.verdict import LEVEL as SIGNIFICANCE
from xinzhi_econometrics.whole_line import WholeLine


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
        "The years have gaps: {n} rows have no row {span} earlier and were left out; a lag "
        "never takes the row above in its place.",
        one="The years have gaps: {n} row has no row {span} earlier and was left out; a lag "
        "never takes the row above in its place.",
        n=lost,
        span=message("{n} periods", one="{n} period", n=steps),
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


GRID = 2001
"""Points at which a region with degrees of freedom that change is searched for its bounds."""
CONSTANT = 1e-12
"""Movement, relative to the size of a variable, that is rounding."""


@dataclass(frozen=True, slots=True)
class Conditional:
    """The effect of x at one value of the moderator."""

    place: str
    """low | mean | high: mean of the moderator less, without, plus its standard deviation."""
    moderator: float
    effect: float
    std_error: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class Region:
    """Johnson and Neyman's region: values of the moderator where the effect is significant."""

    bounds: tuple[float, ...]
    """Values at which |t| is the critical one: none, one or two."""
    intervals: tuple[tuple[float, float], ...]
    """Significant stretches within the observed range of the moderator."""
    share: float
    """Share of the rows used that lie in them; NaN where the effect has no error."""


@dataclass(frozen=True, slots=True, eq=False)
class Moderation:
    """One path with its moderator."""

    focal: str
    moderator: str
    outcome: str
    lag: int
    lagged: str
    """all, or moderator: what carries the lag."""
    terms: ModeratedTerms
    """Names of x, w and x·w among the estimates; each states its lag: `L1.x`, `L1.x × L1.w`."""
    estimates: Estimates
    moderator_mean: float
    moderator_sd: float
    conditional: tuple[Conditional, ...]
    region: Region
    double_demeaned: Estimates | Inapplicable
    """The same with (x - x̄_i)(w - w̄_i): only what happens within entities."""
    notices: tuple[Notice, ...]

    @property
    def interaction(self) -> str:
        """Name of x·w among the estimates."""
        return self.terms.interaction

    def to_frame(self) -> pd.DataFrame:
        """Return one row a value of the moderator."""
        return pd.DataFrame(list(self.conditional))


def moderate(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    focal: str,
    moderator: str,
    steps: int = 1,
    lagged: str = "all",
    others: tuple[str, ...] = (),
    level: float = SIGNIFICANCE,
) -> Moderation:
    """Estimate how the moderator changes the effect of one regressor.

    Parameters
    ----------
    data
        A panel, or a frame indexed (entity, period).
    regression
        Outcome, regressors (the focal one among them), controls, effects, errors.
    focal, moderator
        x and w; w need not be among the regressors.
    steps
        Lag in periods inside the entity; 0 for none.
    lagged
        `all`: regressors, controls and moderator are lagged, as in the paper's equations (6)-(7);
        `moderator`: only the moderator.
    others
        Other regressors whose interactions with the moderator stand in the same equation.
    level
        Level of significance of the region.

    Raises
    ------
    NotIdentified
        The interaction or the focal regressor is not identified.

    References
    ----------
    Johnson and Neyman (1936); Bauer and Curran (2005), doi:10.1207/s15327906mbr4003_5;
    Giesselmann and Schmidt-Catran (2022), doi:10.1177/0049124120914934.
    """
    frame, crossed, terms = moderated_equation(
        data,
        regression,
        focal=focal,
        moderator=moderator,
        steps=steps,
        lagged=lagged,
        others=others,
    )
    estimates = fit_least_squares(frame, crossed)
    used = frame.loc[estimates.residuals.index]
    w = used[terms.moderator].to_numpy(float)
    return Moderation(
        focal=focal,
        moderator=moderator,
        outcome=regression.outcome,
        lag=steps,
        lagged=lagged,
        terms=terms,
        estimates=estimates,
        moderator_mean=float(w.mean()),
        moderator_sd=float(w.std(ddof=1)),
        conditional=conditional_effects(estimates, terms, w),
        region=johnson_neyman(estimates, terms, w, level),
        double_demeaned=_double_demeaned(used, crossed, terms),
        notices=(*_notices(used[terms.moderator], moderator), *gap_notices(frame, steps)),
    )


def slope_along(
    estimates: Estimates, terms: ModeratedTerms, links: tuple[str, ...] = ()
) -> ConditionalSlope:
    """Take the effect of x as a line in w, with the variances of both coefficients."""
    i, j = estimates.position(terms.focal), estimates.position(terms.interaction)
    b, v = estimates.estimate, estimates.vcov
    return ConditionalSlope(
        links,
        terms.moderator,
        b1=float(b[i]),
        b3=float(b[j]),
        v11=float(v[i, i]),
        v13=float(v[i, j]),
        v33=float(v[j, j]),
        df=estimates.covariance.df,
        n=estimates.n,
        judging=_judged_line(estimates, i, j),
    )


def _judged_line(estimates: Estimates, i: int, j: int) -> JudgedLine | None:
    """Give what judges the line where CR2 judges one of its two coefficients."""
    judgement = estimates.judgement
    if (
        judgement is None
        or judgement.few is None
        or "cr2" not in (estimates.judge[i], estimates.judge[j])
    ):
        return None
    if not np.isfinite(estimates.vcov[np.ix_([i, j], [i, j])]).all():
        return None  # A slope without an error has none here either.
    units, few = np.eye(len(estimates.names)), judgement.few
    top, bottom = few.line(units[i], units[j])
    v = few.vcov
    return JudgedLine(
        (float(v[i, i]), float(v[i, j]), float(v[j, j])),
        tuple(top.tolist()),
        tuple(bottom.tolist()),
    )


def conditional_effects(
    estimates: Estimates, terms: ModeratedTerms, w: Array
) -> tuple[Conditional, ...]:
    """Effects of x at mean - SD, mean and mean + SD of the moderator, with their bands, at the level of the regression."""
    slope = slope_along(estimates, terms)
    mean, sd = float(w.mean()), float(w.std(ddof=1))
    effects = []
    for place, value in (("low", mean - sd), ("mean", mean), ("high", mean + sd)):
        b, error, p_value = map(float, slope.at(value))
        half = float(slope.reach(value, 1 - estimates.regression.level))
        effects.append(Conditional(place, value, b, error, p_value, b - half, b + half))
    return tuple(effects)


def johnson_neyman(
    estimates: Estimates, terms: ModeratedTerms, w: Array, level: float = SIGNIFICANCE
) -> Region:
    """Solve (b1 + b3 w)² = t²(V11 + 2wV13 + w²V33) for w, and keep what was observed.

    t is the critical value of the level, so that the effect is significant where its p is below it.

    The band is the usual pointwise one: it does not correct for looking at all values at once.
    """
    slope = slope_along(estimates, terms)
    b1, b3, v11, v13, v33 = slope.b1, slope.b3, slope.v11, slope.v13, slope.v33
    if not np.isfinite((v11, v13, v33)).all():  # Without errors no effect is significant anywhere.
        return Region((), (), float("nan"))
    low, high = float(w.min()), float(w.max())
    if slope.judging is not None:

        def excess(at: Array) -> Array:
            return np.asarray(np.abs(slope.at(at)[0]) - slope.reach(at, level))

        # The critical value changes with w where CR2 judges: the bounds are roots of no quadratic.
        bounds = WholeLine.around(low, high).sign_changes(excess, GRID).crossings
    else:
        t2 = t_quantile(1 - level / 2, slope.df) ** 2
        a, b, c = b3**2 - t2 * v33, 2 * (b1 * b3 - t2 * v13), b1**2 - t2 * v11

        def excess(at: Array) -> Array:
            return np.asarray(np.polyval((a, b, c), at))

        bounds = _roots(a, b, c)
    edges = [low, *(x for x in bounds if low < x < high), high]
    # Between two roots the sign does not change: the midpoint of a piece decides for all of it.
    pieces = [
        (left, right)
        for left, right in pairwise(edges)
        if excess(np.array((left + right) / 2)) > 0.0
    ]
    return Region(bounds, tuple(pieces), float(np.mean(excess(w) > 0.0)))


def _roots(a: float, b: float, c: float) -> tuple[float, ...]:
    """Real roots of ax² + bx + c, ascending, without cancellation."""
    if a == 0.0:
        return () if b == 0.0 else (-c / b,)
    discriminant = b * b - 4 * a * c
    if discriminant < 0.0:
        return ()
    # b and the root have one sign in q, so that no digits cancel; the other root is c / q.
    q = -0.5 * (b + float(np.copysign(np.sqrt(discriminant), b)))
    return tuple(sorted({q / a, c / q} if q != 0.0 else {0.0}))


def _double_demeaned(
    used: pd.DataFrame, crossed: Regression, terms: ModeratedTerms
) -> Estimates | Inapplicable:
    name = terms.interaction
    if "entity" not in crossed.effects:
        return Inapplicable(name, message("There are no entity effects."))
    # A variable that is constant within entities leaves rounding alone, whose product is noise.
    parts = used[[terms.focal, terms.moderator]]
    deviation = np.abs(less_means(parts)).max()
    for column in parts:
        if deviation[column] <= CONSTANT * float(np.abs(parts[column]).max()):
            return Inapplicable(name, message("'{name}' is constant within entities.", name=column))
    try:
        return fit_least_squares(with_inner_product(used, terms), crossed)
    except MethodError as error:
        return Inapplicable(name, error.problems[0].what)


def _notices(w: pd.Series, moderator: str) -> tuple[Notice, ...]:
    """Warn when the moderator does not move within entities, or within periods."""
    within_entities = message(
        "'{name}' does not change within any entity: its interaction compares entities, not what happens when it changes.",
        name=moderator,
    )
    within_periods = message(
        "'{name}' is the same for all entities of a period: its interaction compares periods.",
        name=moderator,
    )
    notices = []
    for level, words in enumerate((within_entities, within_periods)):
        grouped = w.groupby(level=level)
        if float((grouped.max() - grouped.min()).max()) <= CONSTANT * float(np.abs(w).max()):
            notices.append(Notice("moderation.constant", words, Where(column=moderator)))
    return tuple(notices)
