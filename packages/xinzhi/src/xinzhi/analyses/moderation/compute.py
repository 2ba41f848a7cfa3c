"""Moderation inside a study: every path and every chain, each with its own answer or the reason why not.

Moderation: what strengthens or weakens a path.

Moderated mediation: how the mediated effect depends on the moderator.

m = a1 x + a2 w + a3 x·w + …,    y = c' x + b1 m + b2 w + b3 m·w + …
mediated effect at w:  (a1 + a3 w)(b1 + b3 w)

The paths and chains that a moderation asks for, and the data that each is estimated on.

What draws of the whole study compute again of a moderation.

The levels of the moderator, mean and mean ± SD, are those of the study in every draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.analysis import EstimationData, Given, Study
from xinzhi.analyses.effects import (
    Effect,
    Products,
    Quantity,
    estimate_again,
    negate,
    slope,
    slope_at,
    slope_effect,
)
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.mediation.compute import resample, slope_names
from xinzhi.analyses.moderation.moderated_effect import (
    Conditional,
    ModeratedTerms,
    Moderation,
    conditional_effects,
    lagged_frame,
    moderate,
    moderated_equation,
    with_lags,
)
from xinzhi.analyses.section import Box, OneOrMore, Refers, TitledSection, as_list
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.options import Refused
from xinzhi_core.errors import StudyError, quoted
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.diagnostics.error_tests import advice_of, with_advice
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit_least_squares
from xinzhi_econometrics.inference import Inapplicable, normal_tails
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.resampling.cluster_bootstrap import BootstrapInterval, percentile
from xinzhi_econometrics.specification import Regression, common

MODERATORS = Box(
    message("Moderators"),
    message("What strengthens or weakens a path, such as a policy."),
    order=40,
    role="moderator",
    name="tools",
)
ARROW = re.compile(r"\s*(?:->|→|－>|-＞)\s*")


def path(value: object) -> object:
    """Read a path: `factors -> NEPP`.

    >>> path("factors -> NEPP")
    ('factors', 'NEPP')
    """
    if isinstance(value, (list, tuple)):
        return tuple(value)
    ends = ARROW.split(str(value).strip())
    if len(ends) != 2 or not all(ends):
        raise Refused(
            message("'{value}' is not a path.", value=quoted(value)),
            message("write two variables with an arrow, such as `HEE -> GTFP`."),
        )
    return tuple(ends)


Path = Annotated[tuple[str, str], BeforeValidator(path, json_schema_input_type=str)]


class ModerationSection(TitledSection):
    """The paper's equations (6)-(7): paths whose strength depends on a moderator."""

    base: Annotated[str | None, Refers("column", first_if_left_out=True)] = Field(
        default=None, alias="from"
    )
    """Column of a table that gives other regressors, controls, effects and errors; the first of all where left out."""
    moderators: Annotated[OneOrMore, Refers("variables"), MODERATORS]
    """Variables or sets on which the paths depend."""
    lag: int = Field(default=1, ge=0)
    """Periods by which everything on the right is lagged inside the entity; 0 for none."""
    lagged: Literal["all", "moderator"] = "all"
    """What is lagged: all on the right, as in the paper, or the moderator alone."""
    paths: Annotated[
        tuple[Path, ...], BeforeValidator(as_list), Field(min_length=1), Refers("paths")
    ]
    """`x -> y`: variables, or a set on the left; all of a set are moderated in one equation."""
    draws: int = Field(default=1000, ge=0, le=100_000)
    """Draws for the moderated mediated effects, where the paths form x -> m -> y; 0 for none."""

    @model_validator(mode="after")
    def _lagged_has_effect(self) -> ModerationSection:
        if "lagged" in self.model_fields_set and self.lag == 0:
            raise Refused(
                message("`lagged` has no effect without a lag."),
                message("write `lag: 1`, or remove `lagged`."),
            )
        return self


@dataclass(frozen=True, slots=True)
class ConditionalIndirect:
    """The mediated effect at one value of the moderator."""

    place: str
    """low | mean | high"""
    moderator: float
    a: float
    a_error: float
    b: float
    b_error: float
    indirect: float
    std_error: float
    """Delta method, the two equations taken as independent: s² = b²s_a² + a²s_b²."""
    z: float
    p_value: float
    interval: BootstrapInterval | Inapplicable


@dataclass(frozen=True, slots=True, eq=False)
class ModeratedMediation:
    """Both equations and the mediated effect along the moderator."""

    focal: str
    mediator: str
    moderator: str
    lag: int
    lagged: str
    """all, or moderator: what carries the lag."""
    first_terms: ModeratedTerms
    """Names of x, w and x·w in the first equation; each states its lag."""
    second_terms: ModeratedTerms
    """Names of m, w and m·w in the second equation."""
    first: Estimates
    second: Estimates
    conditional: tuple[ConditionalIndirect, ...]
    index: float
    """Mediated effect at mean + SD less that at mean - SD: what the moderator changes."""
    index_interval: BootstrapInterval | Inapplicable
    first_stage_index: float
    """a3 (b1 + b3 w̄): Hayes' index where only the first path is moderated."""
    n: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row a value of the moderator."""
        return pd.DataFrame(list(self.conditional)).drop(columns="interval")


def moderate_mediation(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    focal: str,
    mediator: str,
    moderator: str,
    steps: int = 1,
    lagged: str = "all",
    draws: int = 1000,
    seed: int = 0,
) -> ModeratedMediation:
    """Estimate the mediated effect of one regressor at low, mean and high moderator.

    Parameters
    ----------
    regression
        Total equation: outcome, regressors (the focal one among them), controls, effects, errors.
    steps, lagged
        As for `moderate`; with `all` the mediator is lagged too where it stands on the right.
    draws, seed
        Of the percentile bootstrap over clusters; the three values of the moderator stay fixed.

    References
    ----------
    Hayes (2015), doi:10.1080/00273171.2014.962683; Preacher, Rucker and Hayes (2007),
    doi:10.1080/00273170701341316.
    """
    frame, equations, terms = chain_equations(
        data,
        regression,
        focal=focal,
        mediator=mediator,
        moderator=moderator,
        steps=steps,
        lagged=lagged,
    )
    first, second = (fit_least_squares(frame, equation) for equation in equations)
    left, right = terms
    w = frame[left.moderator].to_numpy(float)
    a_at = conditional_effects(first, left, w)
    b_at = conditional_effects(second, right, w)
    values = np.array([effect.moderator for effect in a_at])
    drawn, level = _draws(frame, first, second, terms, values, draws, seed), regression.level
    conditional = tuple(
        _conditional(
            a, b, drawn if isinstance(drawn, Inapplicable) else percentile(drawn[:, j], level=level)
        )
        for j, (a, b) in enumerate(zip(a_at, b_at, strict=True))
    )
    a3 = float(first.estimate[first.position(left.interaction)])
    return ModeratedMediation(
        focal=focal,
        mediator=mediator,
        moderator=moderator,
        lag=steps,
        lagged=lagged,
        first_terms=left,
        second_terms=right,
        first=first,
        second=second,
        conditional=conditional,
        index=conditional[2].indirect - conditional[0].indirect,
        index_interval=drawn
        if isinstance(drawn, Inapplicable)
        else percentile(drawn[:, 2] - drawn[:, 0], level=level),
        first_stage_index=a3 * conditional[1].b,
        n=first.n,
    )


def chain_equations(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    focal: str,
    mediator: str,
    moderator: str,
    steps: int,
    lagged: str,
) -> tuple[pd.DataFrame, tuple[Regression, Regression], tuple[ModeratedTerms, ModeratedTerms]]:
    """Put the lags and interactions of a chain into frame and equations, on one common sample.

    The mediator is lagged only where it stands on the right: y on L1.x, L1.m; m on L1.x.
    """
    # Among the controls the mediator gets its lag too.
    wide = replace(regression, controls=(*regression.controls, mediator))
    frame, names = lagged_frame(data, wide, moderator, steps, lagged)
    regression = with_lags(regression, names)
    x, m, w = (names.get(name, name) for name in (focal, mediator, moderator))
    left, right = ModeratedTerms(x, w), ModeratedTerms(m, w)
    products = {left.interaction: frame[x] * frame[w], right.interaction: frame[m] * frame[w]}
    others = tuple(r for r in regression.regressors if r != x)
    controls = (w, *others, *(c for c in regression.controls if c != w))
    first = replace(
        regression, outcome=mediator, regressors=(x, left.interaction), controls=controls
    )
    second = replace(regression, regressors=(x, m, right.interaction), controls=controls)
    # Columns of the first equation alone: both are estimated on the rows that have all of them.
    extra = tuple(dict.fromkeys(n for n in (mediator, left.interaction) if n != m))
    used = common(frame.assign(**products), second, extra)[0]
    return used, (first, second), (left, right)


def _draws(
    frame: pd.DataFrame,
    first: Estimates,
    second: Estimates,
    terms: tuple[ModeratedTerms, ModeratedTerms],
    values: Array,
    draws: int,
    seed: int,
) -> Array | Inapplicable:
    """Mediated effects at the three values in each draw, shape (B, 3)."""
    left, right = terms
    mediator = first.regression.outcome
    # Without a lag the mediator is a regressor of the second equation already.
    extra = tuple(dict.fromkeys(n for n in (mediator, left.interaction) if n != right.focal))
    resampled = resample(frame, second.regression, extra, draws, seed)
    if isinstance(resampled, Inapplicable):
        return resampled
    by_cluster, weights = resampled
    names = slope_names(first), slope_names(second)
    equations = ((mediator, names[0]), (second.regression.outcome, names[1]))
    a, b = by_cluster.many(weights, equations)
    return np.asarray(_at(a, names[0], left, values) * _at(b, names[1], right, values))


def _at(drawn: Array, names: tuple[str, ...], terms: ModeratedTerms, values: Array) -> Array:
    slope, change = (drawn[:, [names.index(n)]] for n in (terms.focal, terms.interaction))
    return np.asarray(slope + change * values)


def _conditional(
    a: Conditional, b: Conditional, interval: BootstrapInterval | Inapplicable
) -> ConditionalIndirect:
    error = float(np.hypot(b.effect * a.std_error, a.effect * b.std_error))
    z = a.effect * b.effect / error if error > 0.0 else float("nan")
    return ConditionalIndirect(
        a.place,
        a.moderator,
        a.effect,
        a.std_error,
        b.effect,
        b.std_error,
        a.effect * b.effect,
        error,
        z,
        normal_tails(z),
        interval,
    )


@dataclass(frozen=True, slots=True)
class PathModeration:
    """One moderated path, and what else stands in its equation."""

    focal: str
    outcome: str
    moderator: str
    others: tuple[str, ...]
    """Variables whose interactions with the moderator stand in the same equation."""
    lag: int
    lagged: str

    def __str__(self) -> str:
        return f"{self.focal} -> {self.outcome} | {self.moderator}"

    def data(self, equation: Equation) -> EstimationData:
        """Ask for the data of the path: its end is measured as the equation says."""
        used = (self.focal, self.outcome, self.moderator, *self.others)
        variables = (*equation.variables, self.outcome)
        return EstimationData(variables, used, equation.keys, equation.frontier)

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of `moderate` that say which path it is."""
        return {
            "focal": self.focal,
            "moderator": self.moderator,
            "steps": self.lag,
            "lagged": self.lagged,
            "others": self.others,
        }

    def regression(self, base: Regression) -> Regression:
        """Put the path and what is moderated with it before the regressors of the base equation."""
        right = dict.fromkeys((self.focal, *self.others, *base.regressors))
        return replace(
            base,
            outcome=self.outcome,
            # The end of a path may be a factor or a control of the base equation.
            regressors=tuple(name for name in right if name != self.outcome),
            controls=tuple(c for c in base.controls if c not in right and c != self.outcome),
        )

    def frame(self, equation: Equation, data: pd.DataFrame) -> pd.DataFrame:
        """Give the frame on which the path is estimated, its lags and interactions in it."""
        frame, base = equation.applied(data)
        return moderated_equation(frame, self.regression(base), **self.options)[0]


@dataclass(frozen=True, slots=True)
class ChainOfPaths:
    """One chain x -> m -> y of the total equation, both paths moderated."""

    focal: str
    mediator: str
    moderator: str
    lag: int
    lagged: str

    def __str__(self) -> str:
        return f"{self.focal} -> {self.mediator} -> | {self.moderator}"

    def data(self, equation: Equation) -> EstimationData:
        """Ask for the data of the chain."""
        return EstimationData.of(equation, self.focal, self.mediator, self.moderator)

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of `moderate_mediation` that say which chain it is."""
        return {
            "focal": self.focal,
            "mediator": self.mediator,
            "moderator": self.moderator,
            "steps": self.lag,
            "lagged": self.lagged,
        }

    def total(self, base: Regression) -> Regression:
        """Take the mediator out of the controls: the total effect goes through it."""
        return replace(base, controls=tuple(c for c in base.controls if c != self.mediator))

    def frame(self, equation: Equation, data: pd.DataFrame) -> pd.DataFrame:
        """Give the frame on which the chain is estimated, its lags and interactions in it."""
        frame, base = equation.applied(data)
        return chain_equations(frame, self.total(base), **self.options)[0]


def paths_of(section: ModerationSection, study: Study) -> Iterator[PathModeration]:
    """List the paths of a section."""
    for moderator in study.expand(section.moderators):
        for left, right in section.paths:
            lefts = study.expand((left,))
            for focal in lefts:
                others = tuple(name for name in lefts if name != focal)
                yield PathModeration(focal, right, moderator, others, section.lag, section.lagged)


def chains_of(
    section: ModerationSection, study: Study, total: Regression
) -> Iterator[ChainOfPaths]:
    """List the chains that the paths form, from a factor of the total equation to its outcome."""
    steps = [(x, right) for left, right in section.paths for x in study.expand((left,))]
    ends = {x for x, right in steps if right == total.outcome}
    for moderator in study.expand(section.moderators):
        for focal, mediator in steps:
            if mediator in ends and focal in total.regressors:
                yield ChainOfPaths(focal, mediator, moderator, section.lag, section.lagged)


@dataclass(frozen=True, slots=True)
class ModeratedPath:
    """One path x -> y and the moderator on which its strength depends."""

    focal: str
    outcome: str
    moderator: str
    found: Moderation | Unavailable
    declared: Moderation | None = None
    """The same with the declared errors, where its equation has others."""
    default: Moderation | None = None
    """The same with errors clustered by entity, where it is judged by others."""

    @property
    def judged(self) -> Moderation | Unavailable:
        """The path as it is judged."""
        return self.declared or self.found


@dataclass(frozen=True, slots=True)
class ModeratedChain:
    """One chain x -> m -> y and the moderator of both its paths."""

    focal: str
    mediator: str
    moderator: str
    found: ModeratedMediation | Unavailable


@dataclass(frozen=True, slots=True, eq=False)
class Moderated(InNotebook):
    """Paths and chains of one section."""

    paths: tuple[ModeratedPath, ...]
    chains: tuple[ModeratedChain, ...]
    observed: Mapping[str, tuple[float, float]]
    """Moderator -> its smallest and its largest value in all rows."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a path and value of the moderator; of a path that failed, one with why."""
        parts = {
            f"{path.focal} -> {path.outcome} | {path.moderator}": path.found.to_frame()
            if isinstance(path.found, Moderation)
            else pd.DataFrame({"failed": [str(path.found.problems[0].what)]})
            for path in self.paths
        }
        return pd.concat(parts, names=["path", "row"])


def interactions(paths: Iterable[Moderation | Unavailable | None]) -> Iterator[Effect]:
    """List the interactions, each with its moderator."""
    for path in paths:
        if isinstance(path, Moderation) and path.interaction in path.estimates.names:
            links = (path.focal, path.outcome)
            yield slope_effect(path.estimates, path.interaction, links, moderator=path.moderator)


def moderate_in_study(section: ModerationSection, equation: Equation, given: Given) -> Moderated:
    """Estimate every path, and every chain that they form; one that fails leaves the others."""
    study, draws = given.study, section.draws
    return Moderated(
        tuple(_path(path, equation, given) for path in paths_of(section, study)),
        tuple(
            ModeratedChain(
                chain.focal, chain.mediator, chain.moderator, _chain(chain, equation, given, draws)
            )
            for chain in chains_of(section, study, equation.regression)
        ),
        _observed(section, equation, given),
    )


def _path(path: PathModeration, equation: Equation, given: Given) -> ModeratedPath:
    """Estimate equation (6) or (7): the interactions of one set stand in one equation."""
    ends, level = (path.focal, path.outcome, path.moderator), given.study.inference.level
    try:
        data = given.frame(path.data(equation))
        frame, base = equation.applied(data)

        def estimate(base: Regression) -> Moderation:
            return moderate(frame, path.regression(base), level=level, **path.options)

        moderation = estimate(base)
        estimates = with_advice(path.frame(equation, data), moderation.estimates)
    except StudyError as error:
        return ModeratedPath(*ends, Unavailable(str(path), error.problems))
    notices = (*moderation.notices, *advice_of(estimates))
    moderation = replace(moderation, estimates=estimates, notices=notices)
    declared, default = estimate_again(frame, base, equation.declared, estimate)
    return ModeratedPath(*ends, moderation, declared, default)


def _chain(
    chain: ChainOfPaths, equation: Equation, given: Given, draws: int
) -> ModeratedMediation | Unavailable:
    try:
        frame, base = equation.applied(given.frame(chain.data(equation)))
        return moderate_mediation(
            frame, chain.total(base), draws=draws, seed=given.study.seed, **chain.options
        )
    except StudyError as error:
        return Unavailable(str(chain), error.problems)


def _observed(
    section: ModerationSection, equation: Equation, given: Given
) -> dict[str, tuple[float, float]]:
    """Take the range of each moderator whose data could be computed."""
    ranges: dict[str, tuple[float, float]] = {}
    for path in paths_of(section, given.study):
        try:
            values = given.frame(path.data(equation))[path.moderator]
        except StudyError:  # The path itself says why.
            continue
        ranges[path.moderator] = (float(values.min()), float(values.max()))
    return ranges


def quantities(
    result: Moderated, paths: Iterator[PathModeration], chains: Iterator[ChainOfPaths]
) -> Iterator[Quantity]:
    """List interactions, effects at levels of the moderator, and mediated effects at them."""
    for path, moderated in zip(paths, result.paths, strict=True):
        if isinstance(moderated.judged, Moderation):
            yield from _path_quantities(str(path), moderated.judged)
    for chain, moderated_chain in zip(chains, result.chains, strict=True):
        if isinstance(moderated_chain.found, ModeratedMediation):
            yield from _chain_quantities(str(chain), moderated_chain.found)


def _path_quantities(name: str, path: Moderation) -> Iterator[Quantity]:
    estimates, terms = path.estimates, path.terms
    if path.interaction not in estimates.names:
        return
    i = estimates.position(path.interaction)
    quantity = partial(Quantity, links=(path.focal, path.outcome), moderator=path.moderator)
    yield quantity(
        "interaction",
        products=((slope(name, terms.interaction),),),
        estimate=float(estimates.estimate[i]),
        low=float(estimates.ci_low[i]),
        high=float(estimates.ci_high[i]),
    )
    for effect in path.conditional:
        yield quantity(
            "conditional",
            products=((slope_at(name, terms.focal, terms.interaction, effect.moderator),),),
            estimate=effect.effect,
            low=effect.ci_low,
            high=effect.ci_high,
            at=effect.place,
        )


def _chain_quantities(name: str, chain: ModeratedMediation) -> Iterator[Quantity]:
    links = (chain.focal, chain.mediator, chain.second.regression.outcome)
    quantity = partial(Quantity, links=links, moderator=chain.moderator)
    first, second = chain.first_terms, chain.second_terms
    products: dict[str, Products] = {}
    for effect in chain.conditional:
        a = slope_at(f"{name}/first", first.focal, first.interaction, effect.moderator)
        b = slope_at(f"{name}/second", second.focal, second.interaction, effect.moderator)
        products[effect.place] = ((a, b),)
        low, high = _bounds(effect.interval)
        yield quantity(
            "conditional",
            products=products[effect.place],
            estimate=effect.indirect,
            low=low,
            high=high,
            at=effect.place,
        )
    low, high = _bounds(chain.index_interval)
    change = (*products["high"], *negate(products["low"]))
    yield quantity("index", products=change, estimate=chain.index, low=low, high=high)


def _bounds(interval: BootstrapInterval | Inapplicable) -> tuple[float, float]:
    if isinstance(interval, Inapplicable):
        return float("nan"), float("nan")
    return interval.low, interval.high
