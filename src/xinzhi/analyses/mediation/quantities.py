"""What draws of the whole study compute again of a mediation: paths, and the mediated effects a b."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.mediation.compute import MediatedEffect, Mediation
from xinzhi.analyses.quantity import Quantity, slope, slope_of
from xinzhi.regression.inference import normal_quantile
from xinzhi.regression.resampling.cluster_bootstrap import Interval


def quantities(result: Mediation) -> Iterator[Quantity]:
    """List total effects, and for each mediator a, b, the direct and the mediated effects."""
    judged = result.judged
    factors = judged.total.regression.regressors
    yield from (slope_of("total", judged.total, name) for name in factors)
    for one in judged.through:
        first, second = f"{one.mediator}/first", f"{one.mediator}/second"
        yield from (slope_of(first, one.first, name) for name in factors)
        yield slope_of(second, one.second, one.mediator)
        for name in factors:
            yield slope_of(second, one.second, name, kind="direct", past=one.mediator)
    outcome = judged.total.regression.outcome
    yield from (_indirect(effect, outcome) for effect in judged.effects)


def _indirect(effect: MediatedEffect, outcome: str) -> Quantity:
    m, drawn = effect.mediator, effect.interval
    low, high = (drawn.low, drawn.high) if isinstance(drawn, Interval) else _by_sobel(effect)
    lines = (slope(f"{m}/first", effect.factor), slope(f"{m}/second", m))
    return Quantity("indirect", (effect.factor, m, outcome), (lines,), effect.indirect, low, high)


def _by_sobel(effect: MediatedEffect) -> tuple[float, float]:
    """Interval of a b by Sobel's error, where no draws of clusters were asked for."""
    half = normal_quantile(0.975) * effect.sobel.std_error
    return effect.indirect - half, effect.indirect + half
