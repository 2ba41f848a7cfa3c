"""Find the pathways of entities: the estimates that speak for them, judged, at their own levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.pathways.applicable import Judgement, ResolvedEstimates, help_of, resolve
from xinzhi.analyses.pathways.declared import Declared
from xinzhi.analyses.pathways.doubts import cautions_of, group_notices, notices_of
from xinzhi.analyses.pathways.evidence import (
    CUSTOMARY,
    Findings,
    Thresholds,
    findings_of,
    path_of,
)
from xinzhi.analyses.pathways.own_level import NO_LEVELS, Compared, Level, OwnLevels
from xinzhi.analyses.pathways.pathways import (
    Channel,
    CityPathways,
    OwnHelp,
    Pathway,
    Pathways,
    Status,
    Step,
    Tool,
    like_of,
)
from xinzhi.space.scores import refuse_two_groups

Groups = Mapping[str, str]


def find_pathways(
    estimates: pd.DataFrame,
    groups: pd.DataFrame,
    declared: Sequence[Declared],
    *,
    outcome: str,
    differences: pd.DataFrame | None = None,
    levels: OwnLevels = NO_LEVELS,
    thresholds: Thresholds = CUSTOMARY,
) -> Pathways:
    """Find for each entity what the estimates say of each pathway.

    Parameters
    ----------
    estimates, differences
        Frames as `xinzhi.analyses.pathways.evidence` describes them.
    groups
        Entities (index) x groupings (columns): the group of each entity; missing where it has none.
    declared
        The pathways.
    outcome
        Last link of the paths, such as `GTFP`.
    levels
        Values of factors and moderators of the entities, and the effects at these values.
    thresholds
        When an effect counts.

    Raises
    ------
    DuplicateKey
        An entity stands twice in `groups`.

    Examples
    --------
    >>> rows = [("HEE -> GTFP", 0.02, 0.009, 0.026), ("HEE -> SEE -> GTFP", 0.003, 0.001, 0.003)]
    >>> frame = pd.DataFrame(rows, columns=["path", "b", "se", "p"])
    >>> frame = frame.assign(grouping="", group="", n=1840)
    >>> cities = pd.DataFrame({"stage": ["mature"]}, index=["Datong"])
    >>> asked = Declared("education", "Education", "HEE", ("SEE",))
    >>> found = find_pathways(frame, cities, [asked], outcome="GTFP")
    >>> [pathway.name for pathway in found.by_city["Datong"].supported]
    ['education']
    """
    refuse_two_groups(groups)
    findings = findings_of(estimates, differences, thresholds)
    own = groups_of(groups)
    compared = Compared(levels, own)
    shared: dict[tuple[tuple[str, str], ...], list[Shared]] = {}
    by_city = {}
    for entity in sorted(own):
        key = tuple(own[entity].items())
        if key not in shared:
            shared[key] = [_shared(one, findings, own[entity], outcome) for one in declared]
        pathways = tuple(_pathway(one, entity, compared, thresholds) for one in shared[key])
        by_city[entity] = CityPathways(entity, own[entity], pathways)
    notices = notices_of(findings, by_city, declared, outcome)
    return Pathways(by_city, outcome, thresholds, (*notices, *group_notices(groups)))


@dataclass(frozen=True, slots=True)
class Shared:
    """What all entities with the same groups have in common of one pathway."""

    declared: Declared
    findings: Findings
    groups: Groups
    status: Status
    effect: ResolvedEstimates
    channels: tuple[Channel, ...]
    interactions: Mapping[str, tuple[ResolvedEstimates, ...]]
    """Tool -> its interactions with the steps."""


def _shared(declared: Declared, findings: Findings, groups: Groups, outcome: str) -> Shared:
    factor = declared.factor
    effect = resolve(findings, path_of(factor, outcome), groups)
    channels = tuple(
        Channel(mediator, resolve(findings, path_of(factor, mediator, outcome), groups))
        for mediator in declared.mediators
    )
    works = [one.mediator for one in channels if one.works]
    status = _status(effect.judgement, has_channel=bool(works))
    through = works if status == "supported" else list(declared.mediators)
    paths = tuple(_steps(factor, through, outcome))
    return Shared(
        declared,
        findings,
        groups,
        status,
        effect,
        channels,
        {
            tool: tuple(resolve(findings, path, groups, tool) for path in paths)
            for tool in declared.moderators
        },
    )


def _steps(factor: str, mediators: Sequence[str], outcome: str) -> Iterator[str]:
    """List the steps that a tool may moderate: to each mediator, from it, and the direct one."""
    for mediator in mediators:
        yield path_of(factor, mediator)
        yield path_of(mediator, outcome)
    yield path_of(factor, outcome)


def _status(judgement: Judgement, *, has_channel: bool) -> Status:
    if judgement == "works":
        return "supported" if has_channel else "effect_only"
    words: dict[str, Status] = {
        "contested": "contested",
        "harms": "opposed",
        "small": "small",
        "null": "unsupported",
    }
    return words.get(judgement, "untested")


def _pathway(shared: Shared, entity: str, compared: Compared, thresholds: Thresholds) -> Pathway:
    declared, like = shared.declared, like_of(shared.effect)
    tools = tuple(
        _tool(name, entity, compared, compared.level(entity, name, like), steps, thresholds)
        for name, steps in shared.interactions.items()
    )
    return Pathway(
        name=declared.name,
        label=declared.label,
        factor=declared.factor,
        status=shared.status,
        effect=shared.effect,
        channels=shared.channels,
        level=compared.level(entity, declared.factor, like),
        tools=tools,
        cautions=cautions_of(
            declared, shared.status, shared.effect, shared.channels, tools, shared.groups,
        ),
    )  # fmt: skip


def _tool(
    name: str,
    entity: str,
    compared: Compared,
    level: Level,
    interactions: tuple[ResolvedEstimates, ...],
    thresholds: Thresholds,
) -> Tool:
    steps = tuple(
        Step(one, effect, thresholds.verdict(effect))
        for one in interactions
        if one.applicable
        for effect in (compared.levels.at(entity, one.path, name),)
    )
    return Tool(name, level, own_help(steps), steps)


def own_help(steps: tuple[Step, ...]) -> OwnHelp:
    """Say what a tool does at the level that the entity has of it.

    Its interactions tell whether it strengthens or weakens; whether that suffices is told by the
    effects at the own level of the very steps that it strengthens, or weakens.
    """
    summed = help_of(tuple(step.interaction for step in steps))
    if summed not in {"helps", "hinders"}:
        return summed
    acted_on = "works" if summed == "helps" else "harms"
    verdicts = {step.verdict for step in steps if step.interaction.judgement == acted_on}
    if "untested" in verdicts:
        return "unknown"
    is_shown = verdicts == {"works"}
    if summed == "helps":
        return "helps" if is_shown else "needs_more"
    return "none" if is_shown else "hinders"


def groups_of(groups: pd.DataFrame) -> dict[str, Groups]:
    """Give the groups of each entity: grouping -> group; one without a group has no entry."""
    names = [str(grouping) for grouping in groups.columns]
    return {
        str(entity): MappingProxyType(
            {name: str(group) for name, group in zip(names, row, strict=True) if not pd.isna(group)}
        )
        for entity, row in zip(groups.index, groups.to_numpy(dtype=object), strict=True)
    }
