"""The pathways that the evidence supports for each city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from xinzhi.errors import DuplicateKey, Problem, SpecError, Where, suggestion
from xinzhi.notices import Notice
from xinzhi.space.scores import named
from xinzhi.typology.applicable import Judgement, Spoken, speak
from xinzhi.typology.evidence import ARROW, CUSTOMARY, Findings, Thresholds, findings_of, path_of
from xinzhi.typology.pathway import Caution, Channel, CityPathways, Pathway, Pathways, Status
from xinzhi.typology.policy_tools import tool_effects
from xinzhi.typology.rule import ROLES, Rule, rules
from xinzhi.wording import Wording, message

NOTHING: Mapping[str, str] = MappingProxyType({})


def find_pathways(
    estimates: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    outcome: str,
    differences: pd.DataFrame | None = None,
    tools: Sequence[str] = (),
    roles: Mapping[str, str] = NOTHING,
    thresholds: Thresholds = CUSTOMARY,
) -> Pathways:
    """Find for each city the pathways that its groups' estimates support.

    Parameters
    ----------
    estimates, differences
        Frames as `xinzhi.typology.evidence` describes them.
    groups
        Cities (index) x groupings (columns): the group of each city; missing where it has none.
    outcome
        Last link of the paths, such as `GTFP`.
    tools
        Tools that the study declares; one without an estimate is told in a notice.
    roles
        Role -> variable of this study: technology, education, equipment, vitality, substitution;
        those of the paper where it names none.
    thresholds
        When an effect counts.

    Raises
    ------
    SpecError
        A role is unknown.
    DuplicateKey
        A city stands twice in `groups`.

    Examples
    --------
    >>> rows = [("HEE -> GTFP", 0.02, 0.009, 0.026), ("HEE -> SEE -> GTFP", 0.003, 0.001, 0.003)]
    >>> frame = pd.DataFrame(rows, columns=["path", "b", "se", "p"])
    >>> frame = frame.assign(grouping="", group="", n=1840)
    >>> cities = pd.DataFrame({"stage": ["mature"]}, index=["Datong"])
    >>> found = find_pathways(frame, cities, outcome="GTFP")
    >>> [pathway.rule for pathway in found.by_city["Datong"].supported]
    ['education_upgrading']
    """
    variables = _variables(roles)
    _check_cities(groups)
    findings = findings_of(estimates, differences, thresholds)
    by_city = {}
    for entity in sorted(map(str, groups.index)):
        own = _groups_of(groups, entity)
        pathways = tuple(_pathway(rule, findings, own, variables, outcome) for _, rule in rules)
        by_city[entity] = CityPathways(entity, own, pathways)
    notices = _notices(findings, by_city, variables, outcome, tools)
    return Pathways(by_city, outcome, thresholds, (*notices, *_group_notices(groups)))


def _pathway(
    rule: Rule,
    findings: Findings,
    groups: Mapping[str, str],
    variables: Mapping[str, str],
    outcome: str,
) -> Pathway:
    factor = variables[rule.factor]
    effect = speak(findings, path_of(factor, outcome), groups)
    channels = tuple(
        _channel(findings, factor, variables[role], outcome, groups) for role in rule.channels
    )
    status = _status(effect.judgement, any(channel.works for channel in channels))
    shown = channels if status == "supported" else tuple(_bare(channel) for channel in channels)
    return Pathway(
        rule=rule.name,
        label=rule.label,
        factor=factor,
        status=status,
        effect=effect,
        channels=shown,
        cautions=_cautions(rule, status, effect, shown, groups),
    )


def _channel(
    findings: Findings, factor: str, mediator: str, outcome: str, groups: Mapping[str, str]
) -> Channel:
    indirect = speak(findings, path_of(factor, mediator, outcome), groups)
    works = indirect.judgement == "works"
    tools = tool_effects(findings, factor, mediator, outcome, groups) if works else ()
    return Channel(mediator, indirect, tools)


def _bare(channel: Channel) -> Channel:
    """Keep the channel without tools: there is no pathway that they could help."""
    return Channel(channel.mediator, channel.indirect, ())


def _status(judgement: Judgement, has_channel: bool) -> Status:  # noqa: FBT001 - a fact
    if judgement == "works":
        return "supported" if has_channel else "effect_only"
    words: dict[str, Status] = {
        "contested": "contested",
        "harms": "opposed",
        "null": "unsupported",
    }
    return words.get(judgement, "untested")


def _cautions(
    rule: Rule,
    status: Status,
    effect: Spoken,
    channels: tuple[Channel, ...],
    groups: Mapping[str, str],
) -> tuple[Caution, ...]:
    said = list(effect.cautions)
    if status == "effect_only":
        said.append(_unshown(channels))
    for channel in channels:
        if status == "supported":
            said += channel.indirect.cautions
        said += [
            message(
                "{tool} weakens a step of the channel through {mediator}.",
                tool=tool.tool,
                mediator=channel.mediator,
            )
            for tool in channel.tools
            if tool.help in {"hinders", "mixed"}
        ]
    found = [Caution(text, "estimates") for text in said]
    if status in {"supported", "effect_only"}:
        found += [Caution(care.text, "literature") for care in rule.cares if care.meets(groups)]
    return tuple(found)


def _unshown(channels: tuple[Channel, ...]) -> Wording:
    mediators = ", ".join(channel.mediator for channel in channels)
    if all(channel.indirect.judgement == "untested" for channel in channels):
        return message("No indirect effect through {mediators} was estimated.", mediators=mediators)
    return message(
        "The factor works, but no indirect effect through {mediators} is shown.",
        mediators=mediators,
    )


def _variables(roles: Mapping[str, str]) -> Mapping[str, str]:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise SpecError(
            Problem(
                "pathways.role",
                message("There is no role '{name}' in the pathways.", name=name),
                Where(key=name),
                suggestion(name, tuple(ROLES)),
            )
            for name in unknown
        )
    return {**ROLES, **roles}


def _check_cities(groups: pd.DataFrame) -> None:
    twice = groups.index[groups.index.duplicated()].unique()
    if len(twice):
        raise DuplicateKey(
            Problem(
                "typology.group_twice",
                message("Entity {entity} stands in the groups twice.", entity=str(entity)),
                Where(entity=str(entity)),
                message("give each entity one group."),
            )
            for entity in twice
        )


def _groups_of(groups: pd.DataFrame, entity: str) -> Mapping[str, str]:
    row = groups.set_axis(groups.index.astype(str)).loc[entity].dropna()
    return MappingProxyType({str(grouping): str(group) for grouping, group in row.items()})


def _group_notices(groups: pd.DataFrame) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            "pathways.no_group",
            message(
                "{n} entities have no group of {grouping}; the estimates for all speak for them: "
                "{names}.",
                one="{n} entity has no group of {grouping}; the estimates for all speak for it: {names}.",
                n=int(groups[grouping].isna().sum()),
                grouping=str(grouping),
                names=named(sorted(map(str, groups.index[groups[grouping].isna()]))),
            ),
        )
        for grouping in groups.columns
        if groups[grouping].isna().any()
    )


def _notices(
    findings: Findings,
    by_city: Mapping[str, CityPathways],
    variables: Mapping[str, str],
    outcome: str,
    tools: Sequence[str],
) -> tuple[Notice, ...]:
    paths = {key[0] for key in findings.estimates}
    notices = [
        Notice(
            "pathways.no_factor",
            message(
                "Rule {rule} has no estimate of {path}: it cannot be judged.",
                rule=rule.label,
                path=path_of(variables[rule.factor], outcome),
            ),
        )
        for _, rule in rules
        if path_of(variables[rule.factor], outcome) not in paths
    ]
    if not any(path.count(ARROW) == 2 for path in paths):
        notices.append(
            Notice(
                "pathways.no_mediation",
                message(
                    "The study has no mediation: a factor can be shown to work, but no pathway."
                ),
            )
        )
    if not findings.differences:
        notices.append(
            Notice(
                "pathways.no_differences",
                message(
                    "No difference between groups was tested: every city gets the estimates for "
                    "all."
                ),
            )
        )
    notices += [
        Notice("pathways.no_tool", message("Tool {tool} has no estimate.", tool=tool))
        for tool in tools
        if tool not in findings.tools()
    ]
    if not any(city.supported for city in by_city.values()):
        notices.append(
            Notice("pathways.none", message("The evidence supports no pathway for any entity."))
        )
    return tuple(notices)
