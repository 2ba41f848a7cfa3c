"""Find the pathways of entities: the estimates that speak for them, judged, at their own levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.pathways.applicable import (
    Judgement,
    ResolvedEstimates,
    resolve,
    summarise_help,
)
from xinzhi.analyses.pathways.cautions import group_notices, list_cautions, list_notices
from xinzhi.analyses.pathways.declared import Declared, declared_pathways
from xinzhi.analyses.pathways.evidence import Findings, Thresholds, build_findings, join_path
from xinzhi.analyses.pathways.inputs import gather_inputs
from xinzhi.analyses.pathways.own_level import NO_LEVELS, Level, LevelComparison, OwnLevels
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
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.verdict_changes import default_inference, has_default_inference

Groups = Mapping[str, str]


def find_pathways(
    findings: Findings,
    groups: pd.DataFrame,
    declared: Sequence[Declared],
    *,
    outcome: str,
    levels: OwnLevels = NO_LEVELS,
) -> Pathways:
    """Find for each entity what the estimates say of each pathway.

    Parameters
    ----------
    findings
        All estimates and difference tests, and when an effect counts.
    groups
        Entities (index) x groupings (columns): the group of each entity; missing where it has none.
    declared
        The pathways.
    outcome
        Last link of the paths, such as `GTFP`.
    levels
        Values of factors and moderators of the entities, and the effects at these values.

    Examples
    --------
    >>> rows = [("HEE -> GTFP", 0.02, 0.009, 0.026), ("HEE -> SEE -> GTFP", 0.003, 0.001, 0.003)]
    >>> frame = pd.DataFrame(rows, columns=["path", "b", "se", "p"])
    >>> findings = build_findings(frame.assign(grouping="", group="", n=1840), None, Thresholds())
    >>> cities = pd.DataFrame({"stage": ["mature"]}, index=["Datong"])
    >>> asked = Declared("education", "Education", "HEE", ("SEE",))
    >>> found = find_pathways(findings, cities, [asked], outcome="GTFP")
    >>> [pathway.name for pathway in found.by_city["Datong"].supported]
    ['education']
    """
    by_entity = groups_by_entity(groups)
    comparison = LevelComparison(levels, by_entity)
    # Estimates apply by groups: entities with the same groups share everything but their levels.
    shared: dict[tuple[tuple[str, str], ...], list[Shared]] = {}
    by_city = {}
    for entity, entity_groups in sorted(by_entity.items()):
        key = tuple(entity_groups.items())
        if key not in shared:
            shared[key] = [_shared(each, findings, entity_groups, outcome) for each in declared]
        pathways = tuple(
            _pathway(each, entity, comparison, findings.thresholds) for each in shared[key]
        )
        by_city[entity] = CityPathways(entity, entity_groups, pathways)
    notices = list_notices(findings, by_city, declared, outcome)
    return Pathways(by_city, outcome, findings.thresholds, (*notices, *group_notices(groups)))


@dataclass(frozen=True, slots=True)
class Shared:
    """What all entities with the same groups have in common of one pathway."""

    declared: Declared
    groups: Groups
    status: Status
    effect: ResolvedEstimates
    channels: tuple[Channel, ...]
    interactions: Mapping[str, tuple[ResolvedEstimates, ...]]
    """Tool -> its interactions with the steps."""


def _shared(declared: Declared, findings: Findings, groups: Groups, outcome: str) -> Shared:
    factor = declared.factor
    effect = resolve(findings, join_path(factor, outcome), groups)
    channels = tuple(
        Channel(mediator, resolve(findings, join_path(factor, mediator, outcome), groups))
        for mediator in declared.mediators
    )
    working = [channel.mediator for channel in channels if channel.works]
    status = STATUSES[effect.judgement]
    if status == "supported" and not working:
        status = "effect_only"
    # A tool may moderate the step to each mediator, the step from it, and the direct one; of a
    # supported pathway only the mediators count through which an effect is shown.
    mediators = working if status == "supported" else declared.mediators
    ends = [pair for m in mediators for pair in ((factor, m), (m, outcome))]
    paths = [join_path(*pair) for pair in (*ends, (factor, outcome))]
    interactions = {
        tool: tuple(resolve(findings, path, groups, tool) for path in paths)
        for tool in declared.moderators
    }
    return Shared(declared, groups, status, effect, channels, interactions)


STATUSES: Mapping[Judgement, Status] = MappingProxyType(
    {
        "works": "supported",
        "contested": "contested",
        "harms": "opposed",
        "small": "small",
        "null": "unsupported",
        "untested": "untested",
    }
)
"""Judgement on the effect of the factor -> status of a pathway with a channel that works."""


def _pathway(
    shared: Shared, entity: str, comparison: LevelComparison, thresholds: Thresholds
) -> Pathway:
    declared, like = shared.declared, like_of(shared.effect)
    tools = tuple(
        _tool(comparison.level(entity, name, like), steps, comparison.levels, entity, thresholds)
        for name, steps in shared.interactions.items()
    )
    return Pathway(
        name=declared.name,
        label=declared.label,
        factor=declared.factor,
        status=shared.status,
        effect=shared.effect,
        channels=shared.channels,
        level=comparison.level(entity, declared.factor, like),
        tools=tools,
        cautions=list_cautions(
            declared, shared.status, shared.effect, shared.channels, tools, shared.groups,
        ),
    )  # fmt: skip


def _tool(
    level: Level,
    interactions: tuple[ResolvedEstimates, ...],
    levels: OwnLevels,
    entity: str,
    thresholds: Thresholds,
) -> Tool:
    steps = []
    for interaction in interactions:
        if interaction.applicable:
            effect = levels.at(entity, interaction.path, level.variable)
            verdict, judgement = thresholds.verdict(effect), interaction.judgement
            dose = levels.dose(entity, interaction.path, level.variable, verdict, judgement)
            steps.append(Step(interaction, effect, verdict, dose))
    return Tool(level.variable, level, judge_help(steps), tuple(steps))


def judge_help(steps: Sequence[Step]) -> OwnHelp:
    """Say what a tool does at the level that the entity has of it.

    Its interactions tell whether it strengthens or weakens; whether that suffices is told by the
    effects at the own level of the very steps that it strengthens, or weakens.
    """
    direction = summarise_help([step.interaction for step in steps])
    if direction not in {"helps", "hinders"}:
        return direction
    acted_on = "works" if direction == "helps" else "harms"
    verdicts = {step.verdict for step in steps if step.interaction.judgement == acted_on}
    # Without a level, or a model with the interaction, the effect at the own level is open.
    if "untested" in verdicts:
        return "unknown"
    is_shown = verdicts == {"works"}
    if direction == "helps":
        return "helps" if is_shown else "needs_more"
    return "none" if is_shown else "hinders"


def groups_by_entity(groups: pd.DataFrame) -> dict[str, Groups]:
    """Give the groups of each entity: grouping -> group; one without a group has no entry."""
    names = [str(grouping) for grouping in groups.columns]
    return {
        str(entity): MappingProxyType(
            {name: str(group) for name, group in zip(names, row, strict=True) if not pd.isna(group)}
        )
        for entity, row in zip(groups.index, groups.to_numpy(dtype=object), strict=True)
    }


def supported_by_default(
    section: TypologySection, given: Given, groups: pd.DataFrame
) -> Mapping[str, int] | None:
    """Count the entities for which each pathway, and any, is supported by default.

    None where the study declares the defaults: all that is read was judged by them.
    """
    study = given.study
    if has_default_inference(study.inference):
        return None
    defaults = default_inference(study.inference)
    results = {
        (key, name): result
        if isinstance(result, Unavailable)
        else ANALYSES.get(key).under_defaults(result)
        for (key, name), result in given.results.items()
    }
    inputs = gather_inputs(section, study, results, defaults)
    thresholds = Thresholds(defaults.level, section.minimum_effect)
    findings = build_findings(inputs.estimates, inputs.differences, thresholds)
    declared = declared_pathways(section, study)
    # Levels are left out: the status of a pathway does not depend on the own level of a tool.
    return find_pathways(findings, groups, declared, outcome=inputs.outcome).n_supported
