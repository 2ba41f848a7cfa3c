"""Every interval that xinzhi prints for a panel, computed on one simulated sample.

A function of INTERVALS takes a panel of `designs` and a seed and yields
(interval, covers, width): whether the interval holds the true value. A test without an interval of
its own counts as the interval of the values that it does not reject, so that it covers where a true
null hypothesis stands at 5 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import designs
import numpy as np
import pandas as pd

import xinzhi as xz
from xinzhi.analyses.heterogeneity.compute import compare_groups
from xinzhi.analyses.implied_change import shift_of_score
from xinzhi.analyses.mediation.compute import mediate
from xinzhi.analyses.moderation.compute import moderate_mediation
from xinzhi.analyses.moderation.moderated_effect import moderate
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import t_quantile
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.resampling.cluster_bootstrap import BootstrapInterval
from xinzhi_econometrics.resampling.wild_bootstrap import wild_bootstrap
from xinzhi_econometrics.space.convergence import beta
from xinzhi_econometrics.specification import Covariance, Regression

Covered = tuple[str, bool, float]
DRAWS = 399
LEVEL = 0.05
CLUSTERED = Covariance("cluster", ("entity",))
KINDS = (
    Covariance("iid"),
    Covariance("hc1"),
    CLUSTERED,
    Covariance("two_way", ("entity", "period")),
    Covariance("driscoll_kraay", lag=2),
)


def slopes(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Slope of a two-way fixed-effects regression, under each kind of errors."""
    del seed
    for kind in KINDS:
        found = fit(frame, Regression("slope", ("x",), covariance=kind))
        yield _of_slope(kind.kind, found, "x", designs.SLOPE)


def wild(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Wild cluster bootstrap of a true null hypothesis."""
    found = wild_bootstrap(
        frame, Regression("null", ("x",), covariance=CLUSTERED), draws=DRAWS, seed=seed
    )
    yield "wild", bool(found.p_value[0] > LEVEL), float("nan")


def what_if(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Change of a score of 0.3 that ln(1 + score) = 0.5 x implies where x rises by 0.1."""
    del seed
    found = fit(frame, Regression("slope", ("x",), covariance=CLUSTERED))
    half = (found.ci_high[0] - found.ci_low[0]) / 2
    shift = shift_of_score(
        0.3,
        0.1,
        float(found.estimate[0]),
        float(found.std_error[0]),
        critical=float(half / found.std_error[0]),
    )
    true = 1.3 * np.expm1(designs.SLOPE * 0.1)
    yield "what_if", bool(shift.ci_low <= true <= shift.ci_high), shift.ci_high - shift.ci_low


def mediation(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Indirect effect, percentiles of 399 draws of whole entities; Sobel's normal interval."""
    regression = Regression("mediated", ("x",), covariance=CLUSTERED)
    (effect,) = mediate(frame, regression, ("mediator",), draws=DRAWS, seed=seed).effects
    true = designs.FIRST * designs.SECOND
    yield _of_interval("mediation_bootstrap", effect.interval, true)
    half = 1.959963984540054 * effect.sobel.std_error
    yield "mediation_sobel", bool(abs(effect.indirect - true) <= half), 2 * half


def conditional_effects(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Effect of x where the moderator is one standard deviation above its mean."""
    del seed
    regression = Regression("moderated", ("x",), covariance=CLUSTERED)
    high = moderate(frame, regression, focal="x", moderator="w", steps=0).conditional[2]
    true = designs.SLOPE + designs.INTERACTION * high.moderator
    yield (
        "conditional_effect",
        bool(high.ci_low <= true <= high.ci_high),
        high.ci_high - high.ci_low,
    )


def moderated_mediation(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Indirect effect at mean + SD less that at mean - SD of the moderator."""
    regression = Regression("moderated_mediated", ("x",), covariance=CLUSTERED)
    found = moderate_mediation(
        frame,
        regression,
        focal="x",
        mediator="moderated_mediator",
        moderator="w",
        steps=0,
        draws=DRAWS,
        seed=seed,
    )

    def indirect(w: float) -> float:
        first = designs.FIRST + designs.FIRST_INTERACTION * w
        return first * (designs.SECOND + designs.SECOND_INTERACTION * w)

    low, _, high = (one.moderator for one in found.conditional)
    yield _of_interval("moderated_mediation", found.index_interval, indirect(high) - indirect(low))


def group_difference(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Difference of a slope that is the same in both groups: interaction, and permutation."""
    regression = Regression("slope", ("x",), covariance=CLUSTERED)
    found = compare_groups(frame, regression, "group", draws=DRAWS, seed=seed)
    (difference,) = found.differences
    for name, test in (
        ("group_interaction", difference.interaction),
        ("group_permutation", difference.permutations[0]),
    ):
        p_value = getattr(test, "p_value", float("nan"))
        yield name, bool(p_value > LEVEL), float("nan")


def instruments(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Slope of an endogenous regressor: two-stage least squares and the Anderson-Rubin set."""
    del seed
    regression = Regression("instrumented", ("endogenous",), covariance=CLUSTERED)
    found = instrument(frame, regression, endogenous=("endogenous",), instruments=("z",))
    yield _of_slope("two_stage", found.estimates, "endogenous", designs.SLOPE)
    pieces = getattr(found.anderson_rubin, "intervals", ())
    holds = any(low <= designs.SLOPE <= high for low, high in pieces)
    yield "anderson_rubin", holds, sum(high - low for low, high in pieces)


def convergence(frame: pd.DataFrame, seed: int) -> Iterator[Covered]:
    """Slope of growth on the start: over the whole time, and from each period to the next."""
    del seed
    scores = np.exp(frame["log_score"])
    span = frame.index.get_level_values("period").nunique() - 1
    left = 1 - designs.CATCHING_UP
    for name, form, true in (
        ("convergence", "cross_section", (left**span - 1) / span),
        ("convergence_panel", "panel", left - 1),
    ):
        found = beta(scores, form=form)
        half = t_quantile(0.975, found.regression.covariance.df) * found.std_error
        yield name, bool(abs(found.beta - true) <= half), 2 * half


INTERVALS: tuple[Callable[[pd.DataFrame, int], Iterator[Covered]], ...] = (
    slopes,
    wild,
    what_if,
    mediation,
    conditional_effects,
    moderated_mediation,
    group_difference,
    instruments,
    convergence,
)


def scores_and_slope(design: designs.Design, rng: np.random.Generator) -> tuple[Estimates, float]:
    """Regress ln(1 + score) on x, with estimated scores; and the slope that true scores give."""
    frame, with_frontier = designs.production(design, rng)
    regression = Regression("score", ("x",), covariance=CLUSTERED)
    estimated = fit(frame.assign(score=np.log1p(_scores(frame))), regression)
    true = np.log1p(_scores(with_frontier)[: len(frame)])
    return estimated, float(fit(frame.assign(score=true), regression).estimate[0])


def _scores(frame: pd.DataFrame) -> np.ndarray:
    return xz.evaluate(
        frame,
        inputs=["labour", "capital", "energy"],
        good_outputs="output",
        bad_outputs="waste",
        solver="auto",
    ).scores


def _of_slope(name: str, found: Estimates, slope: str, true: float) -> Covered:
    at = found.position(slope)
    low, high = float(found.ci_low[at]), float(found.ci_high[at])
    return name, low <= true <= high, high - low


def _of_interval(name: str, found: object, true: float) -> Covered:
    assert isinstance(found, BootstrapInterval), found
    return name, found.low <= true <= found.high, found.high - found.low
