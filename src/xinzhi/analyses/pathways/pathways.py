"""What is found of the pathways of a city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from xinzhi.analyses.pathways.applicable import (
    Judgement,
    ResolvedEstimates,
    ToolEffect,
    resolve,
    tool_effects,
)
from xinzhi.analyses.pathways.evidence import (
    ARROW,
    CUSTOMARY,
    NUMBERS,
    Evidence,
    Findings,
    Thresholds,
    findings_of,
    path_of,
)
from xinzhi.analyses.pathways.rule import ROLES, Rule, rules
from xinzhi.errors import DuplicateKey, Problem, SpecError, Where, suggestion
from xinzhi.notices import Notice
from xinzhi.space.scores import named
from xinzhi.wording import Wording, message

Status = Literal[
    "supported", "effect_only", "contested", "opposed", "small", "unsupported", "untested"
]
SHOWN = ("grouping", "group", *NUMBERS)


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to keep in mind, and who says it."""

    text: Wording
    source: Literal["estimates", "literature"]


@dataclass(frozen=True, slots=True)
class Channel:
    """The indirect effect through a mediator, and the tools that act on it."""

    mediator: str
    indirect: ResolvedEstimates
    tools: tuple[ToolEffect, ...]
    """Empty unless the pathway is supported and the channel works."""

    @property
    def works(self) -> bool:
        """Whether the indirect effect is shown."""
        return self.indirect.judgement == "works"


@dataclass(frozen=True, slots=True)
class Pathway:
    """What one rule finds for one city."""

    rule: str
    label: Wording
    factor: str
    status: Status
    """`supported`: the factor works, and through a channel; `effect_only`: it works, the channel is
    not shown; `contested`: estimates for the city's groups disagree; `opposed`: it lowers the
    outcome; `small`: its effect is below the smallest that counts; `unsupported`: its effect is not
    statistically significant; `untested`."""
    effect: ResolvedEstimates
    channels: tuple[Channel, ...]
    cautions: tuple[Caution, ...]

    def tools_that(self, what: str) -> tuple[str, ...]:
        """List tools by what they do: `helps`, `hinders`, `mixed`.

        A tool helps the pathway if it helps a channel that works and hinders or mixes none.
        """
        found: dict[str, set[str]] = {}
        for channel in self.channels:
            for tool in channel.tools:
                found.setdefault(tool.tool, set()).add(tool.help)
        return tuple(sorted(name for name, helps in found.items() if _sum_up(helps) == what))


def _sum_up(helps: set[str]) -> str:
    if "mixed" in helps or {"helps", "hinders"} <= helps:
        return "mixed"
    return next((word for word in ("helps", "hinders", "none") if word in helps), "untested")


def _speaking(pathway: Pathway) -> tuple[Evidence | None, ...]:
    return tuple(one.evidence for one in pathway.effect.applicable) or (None,)


@dataclass(frozen=True, slots=True)
class CityPathways:
    """All rules for one city."""

    entity: str
    groups: Mapping[str, str]
    pathways: tuple[Pathway, ...]
    """One for each rule, whatever its status."""

    @property
    def supported(self) -> tuple[Pathway, ...]:
        """Pathways that the evidence supports; none is an honest result."""
        return tuple(pathway for pathway in self.pathways if pathway.status == "supported")


@dataclass(frozen=True, slots=True)
class Pathways:
    """The pathways of all cities."""

    by_city: Mapping[str, CityPathways]
    outcome: str
    thresholds: Thresholds
    notices: tuple[Notice, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per city, rule and estimate that speaks for the city.

        A rule without an estimate has one row without numbers.
        """
        rows: list[dict[str, object]] = [
            {
                "entity": city.entity,
                "rule": pathway.rule,
                "factor": pathway.factor,
                "status": pathway.status,
                **{name: getattr(one, name, None) for name in SHOWN},
                "channels": ", ".join(c.mediator for c in pathway.channels if c.works),
                "tools_that_help": ", ".join(pathway.tools_that("helps")),
                "tools_that_hinder": ", ".join(pathway.tools_that("hinders")),
            }
            for city in self.by_city.values()
            for pathway in city.pathways
            for one in _speaking(pathway)
        ]
        columns = ["entity", "rule", "factor", "status", *SHOWN, "channels"]
        return pd.DataFrame(rows, columns=[*columns, "tools_that_help", "tools_that_hinder"])


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
        Frames as `xinzhi.analyses.pathways.evidence` describes them.
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
    effect = resolve(findings, path_of(factor, outcome), groups)
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
    indirect = resolve(findings, path_of(factor, mediator, outcome), groups)
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
        "small": "small",
        "null": "unsupported",
    }
    return words.get(judgement, "untested")


def _cautions(
    rule: Rule,
    status: Status,
    effect: ResolvedEstimates,
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
                message("Entity {entity} is listed in the groups twice.", entity=str(entity)),
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
                "{n} entities have no group of {grouping}; the estimates for all entities apply "
                "to them: {names}.",
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
                "Rule {rule} has no estimate of {path}: it cannot be evaluated.",
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
