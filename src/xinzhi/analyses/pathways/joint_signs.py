"""The signs on which a supported pathway rests: of its effect, and of the effects through its channels."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.pathways.applicable import ResolvedEstimates
from xinzhi.analyses.pathways.evidence import Evidence
from xinzhi.analyses.pathways.naming import ARROW
from xinzhi.analyses.pathways.pathways import Pathway, Pathways
from xinzhi.analyses.quantity import EffectKey, JointSigns


def joint_signs(found: Pathways) -> Iterator[JointSigns]:
    """List each supported pathway once for all entities for which the same estimates apply."""
    counts: dict[tuple[str, tuple[EffectKey, ...]], int] = {}
    for city in found.by_city.values():
        for one in city.supported:
            key = one.name, tuple(dict.fromkeys(_effects(one)))
            counts[key] = counts.get(key, 0) + 1
    for (name, effects), n_entities in counts.items():
        groups = dict.fromkeys((grouping, group) for _, grouping, group, _ in effects if grouping)
        yield JointSigns(name, tuple(groups), n_entities, tuple((one, 1) for one in effects))


def _effects(one: Pathway) -> Iterator[EffectKey]:
    yield from _applied(one.effect)
    for channel in one.channels:
        if channel.works:
            yield from _applied(channel.indirect)


def _applied(resolved: ResolvedEstimates) -> Iterator[EffectKey]:
    for applied in resolved.applicable:
        e: Evidence = applied.evidence
        yield tuple(e.path.split(ARROW)), e.grouping, e.group, e.tool
