"""What draws of the whole study compute again of a moderation.

The levels of the moderator, mean and mean ± SD, are those of the study in every draw.
"""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.moderation.compute import Moderated, ModeratedChain, ModeratedPath
from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.analyses.moderation.moderated_mediation import ModeratedMediation
from xinzhi.analyses.moderation.paths import Chain, Path
from xinzhi.analyses.quantity import Products, Quantity, along, minus, slope
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.resampling.cluster_bootstrap import Interval

NAN = float("nan")


def quantities(
    result: Moderated, paths: Iterator[Path], chains: Iterator[Chain]
) -> Iterator[Quantity]:
    """List interactions, effects at levels of the moderator, and mediated effects at them."""
    for path, one in zip(paths, result.paths, strict=True):
        if isinstance(one.judged, Moderation):
            yield from _of_path(str(path), one, one.judged)
    for chain, two in zip(chains, result.chains, strict=True):
        if isinstance(two.found, ModeratedMediation):
            yield from _of_chain(str(chain), two, two.found)


def _of_path(name: str, path: ModeratedPath, found: Moderation) -> Iterator[Quantity]:
    if found.interaction not in found.estimates.names:
        return
    at = found.estimates.position(found.interaction)
    links, terms = (path.focal, path.outcome), found.terms
    estimate, low, high = (
        float(values[at])
        for values in (found.estimates.estimate, found.estimates.ci_low, found.estimates.ci_high)
    )
    product = ((slope(name, terms.interaction),),)
    yield Quantity("interaction", links, product, estimate, low, high, moderator=path.moderator)
    for one in found.conditional:
        line = along(name, terms.focal, terms.interaction, one.moderator)
        yield Quantity(
            "conditional",
            links,
            ((line,),),
            one.effect,
            one.ci_low,
            one.ci_high,
            moderator=path.moderator,
            at=one.place,
        )


def _of_chain(name: str, chain: ModeratedChain, found: ModeratedMediation) -> Iterator[Quantity]:
    outcome = found.second.regression.outcome
    links = (chain.focal, chain.mediator, outcome)
    made: dict[str, Products] = {}
    for one in found.conditional:
        first, second = found.first_terms, found.second_terms
        made[one.place] = (
            (
                along(f"{name}/first", first.focal, first.interaction, one.moderator),
                along(f"{name}/second", second.focal, second.interaction, one.moderator),
            ),
        )
        low, high = _ends(one.interval)
        yield Quantity(
            "conditional",
            links,
            made[one.place],
            one.indirect,
            low,
            high,
            moderator=chain.moderator,
            at=one.place,
        )
    low, high = _ends(found.index_interval)
    change = (*made["high"], *minus(made["low"]))
    yield Quantity("index", links, change, found.index, low, high, moderator=chain.moderator)


def _ends(interval: Interval | Inapplicable) -> tuple[float, float]:
    if isinstance(interval, Inapplicable):
        return NAN, NAN
    return interval.low, interval.high
