"""What draws of the whole study compute again of a moderation.

The levels of the moderator, mean and mean ± SD, are those of the study in every draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from xinzhi.analyses.moderation.compute import Moderated
from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.analyses.moderation.moderated_mediation import ModeratedMediation
from xinzhi.analyses.moderation.paths import ChainOfPaths, PathModeration
from xinzhi.analyses.quantity import Products, Quantity, negate, slope, slope_at
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.resampling.cluster_bootstrap import BootstrapInterval


def quantities(
    result: Moderated, paths: Iterator[PathModeration], chains: Iterator[ChainOfPaths]
) -> Iterator[Quantity]:
    """List interactions, effects at levels of the moderator, and mediated effects at them."""
    for path, moderated in zip(paths, result.paths, strict=True):
        if isinstance(moderated.judged, Moderation):
            yield from _path(str(path), moderated.judged)
    for chain, moderated_chain in zip(chains, result.chains, strict=True):
        if isinstance(moderated_chain.found, ModeratedMediation):
            yield from _chain(str(chain), moderated_chain.found)


def _path(name: str, path: Moderation) -> Iterator[Quantity]:
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


def _chain(name: str, chain: ModeratedMediation) -> Iterator[Quantity]:
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
