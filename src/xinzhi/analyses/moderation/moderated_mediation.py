"""Moderated mediation: how the mediated effect depends on the moderator.

m = a1 x + a2 w + a3 x·w + …,    y = c' x + b1 m + b2 w + b3 m·w + …
mediated effect at w:  (a1 + a3 w)(b1 + b3 w)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.analyses.mediation.compute import resample, slope_names
from xinzhi.analyses.moderation.moderated_effect import Conditional, conditional_effects
from xinzhi.analyses.moderation.terms import ModeratedTerms, lagged_frame, with_lags
from xinzhi.panel.panel import Panel
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.fit import fit_least_squares
from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import Inapplicable, normal_tails
from xinzhi.regression.resampling.cluster_bootstrap import BootstrapInterval, percentile
from xinzhi.regression.sample import common
from xinzhi.regression.specification import Regression


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
