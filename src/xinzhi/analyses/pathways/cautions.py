"""What to keep in mind of the pathways: cautions of estimates and literature, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from xinzhi.analyses.pathways.applicable import ResolvedEstimates
from xinzhi.analyses.pathways.declared import PathwayDeclaration
from xinzhi.analyses.pathways.evidence import PathwayEvidence, join_path
from xinzhi.analyses.pathways.naming import ARROW, UNNAMED
from xinzhi.analyses.pathways.pathways import Channel, CityPathways, EntityCaution, Tool
from xinzhi.notices import Notice
from xinzhi.space.scores import list_names
from xinzhi.wording import Wording, listed, message


def list_cautions(
    declared: PathwayDeclaration,
    status: str,
    effect: ResolvedEstimates,
    channels: tuple[Channel, ...],
    tools: tuple[Tool, ...],
    groups: Mapping[str, str],
) -> tuple[EntityCaution, ...]:
    """Gather what estimates and literature ask to keep in mind of a pathway."""
    texts = list(effect.cautions)
    if status == "effect_only":
        texts.append(_unshown(channels))
    if status == "supported":
        texts += [text for c in channels if c.works for text in c.indirect.cautions]
        texts += _tool_cautions(tools)
    cautions = [EntityCaution(text, "estimates") for text in dict.fromkeys(texts)]
    if status in {"supported", "effect_only"}:
        cautions += [
            EntityCaution(care.text, "literature")
            for care in declared.cautions
            if care.concerns(groups)
        ]
    return tuple(cautions)


def _tool_cautions(tools: tuple[Tool, ...]) -> Iterator[Wording]:
    for tool in tools:
        if tool.help in {"hinders", "mixed"}:
            for step in tool.steps:
                if step.interaction.judgement == "harms":
                    yield message(
                        "{tool} weakens the step {step}.",
                        tool=tool.name,
                        step=UNNAMED.path(step.interaction.path),
                    )
        if tool.help in {"unknown", "mixed"} and not tool.level.is_known:
            yield message(
                "The level of {tool} is not known for this entity, and so is the effect at this level.",
                tool=tool.name,
            )


def _unshown(channels: tuple[Channel, ...]) -> Wording:
    mediators = listed([channel.mediator for channel in channels])
    if all(channel.indirect.judgement == "untested" for channel in channels):
        return message("No mediated effect through {mediators} was estimated.", mediators=mediators)
    return message(
        "The effect of the factor is significant, but no mediated effect through {mediators} is.",
        mediators=mediators,
    )


def group_notices(groups: pd.DataFrame) -> Iterator[Notice]:
    """Name the entities without a group."""
    for grouping in groups.columns:
        missing = groups[grouping].isna()
        if missing.any():
            text = message(
                "{n} entities have no group of {grouping}; the estimates for all entities apply "
                "to them: {names}.",
                one="{n} entity has no group of {grouping}; the estimates for all entities apply to it: {names}.",
                n=int(missing.sum()),
                grouping=str(grouping),
                names=list_names(sorted(map(str, groups.index[missing]))),
            )
            yield Notice("pathways.no_group", text)


def list_notices(
    findings: PathwayEvidence,
    by_city: Mapping[str, CityPathways],
    declared: Sequence[PathwayDeclaration],
    outcome: str,
) -> Iterator[Notice]:
    """Say which estimates the pathways miss."""
    paths = {path for path, *_ in findings.estimates}
    for pathway in declared:
        path = join_path(pathway.factor, outcome)
        if path not in paths:
            text = message(
                "Pathway {pathway} has no estimate of {path}: it cannot be judged.",
                pathway=pathway.label,
                path=UNNAMED.path(path),
            )
            yield Notice("pathways.no_factor", text)
    if not any(path.count(ARROW) == 2 for path in paths):
        text = message("The study has no mediation: a factor can be shown to work, but no pathway.")
        yield Notice("pathways.no_mediation", text)
    if not findings.differences:
        text = message(
            "No difference between groups was tested: the estimates for all apply to every entity."
        )
        yield Notice("pathways.no_differences", text)
    yield from _tool_notices(findings, declared, by_city)
    if not any(city.supported for city in by_city.values()):
        text = message("The evidence supports no pathway for any entity.")
        yield Notice("pathways.none", text)


def _tool_notices(
    findings: PathwayEvidence,
    declared: Sequence[PathwayDeclaration],
    by_city: Mapping[str, CityPathways],
) -> Iterator[Notice]:
    """Name moderators without an estimate, and entities whose level of one is not known."""
    estimated = findings.tools()
    for name in dict.fromkeys(tool for pathway in declared for tool in pathway.moderators):
        if name not in estimated:
            text = message("Tool {tool} has no estimate.", tool=name)
            yield Notice("pathways.no_tool", text)
            continue
        without_level = [
            entity
            for entity, city in by_city.items()
            if any(t.name == name and not t.level.is_known for p in city.pathways for t in p.tools)
        ]
        if without_level:
            text = message(
                "The level of {tool} is not known for {n} entities, and effects at their own level cannot be given: {names}.",
                one="The level of {tool} is not known for {n} entity, and effects at its own level cannot be given: {names}.",
                n=len(without_level),
                tool=name,
                names=list_names(without_level),
            )
            yield Notice("pathways.no_level", text)
