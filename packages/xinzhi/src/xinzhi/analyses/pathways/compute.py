"""The pathways of a study: estimates and scores -> pathways, role models, distances, what-if.

Each entity gets the estimates of the other analyses that apply to it (`evidence.py`), the pathways
that these support, its distance to the frontier with the role models among its peers, and the change
of its outcome that a declared move of a factor implies.

What to keep in mind of the pathways: cautions of estimates and literature, and what is missing.

Find the pathways of entities: the estimates that speak for them, judged, at their own levels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.effects import default_inference, has_default_inference
from xinzhi.analyses.pathways.dose import Dose
from xinzhi.analyses.pathways.evidence import (
    ARROW,
    UNNAMED,
    Judgement,
    PathwayEvidence,
    ResolvedEstimates,
    Thresholds,
    build_findings,
    empowerment,
    join_path,
    resolve,
    summarise_help,
)
from xinzhi.analyses.pathways.pathways import (
    NO_LEVELS,
    Channel,
    CityPathways,
    EntityCaution,
    LevelComparison,
    OwnHelp,
    OwnLevel,
    OwnLevels,
    Pathway,
    Pathways,
    PathwayStep,
    Status,
    Tool,
    like_of,
    list_doses,
    read_levels,
)
from xinzhi.analyses.pathways.section import (
    KEYS,
    PathwayDeclaration,
    PathwayInputs,
    TypologySection,
    declared_pathways,
    find_outcome,
    gather_inputs,
)
from xinzhi.analyses.pathways.what_if import Distance, RoleModels, WhatIf, read_frontier, what_if
from xinzhi.analyses.unavailable import Unavailable
from xinzhi_core.errors import MethodError, Problem, StudyError, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import ENTITY, PERIOD
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.space.ranks import rank
from xinzhi_econometrics.space.scores import list_names


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


Groups = Mapping[str, str]


def find_pathways(
    findings: PathwayEvidence,
    groups: pd.DataFrame,
    declared: Sequence[PathwayDeclaration],
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
    >>> asked = PathwayDeclaration("education", "Education", "HEE", ("SEE",))
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

    declared: PathwayDeclaration
    groups: Groups
    status: Status
    effect: ResolvedEstimates
    channels: tuple[Channel, ...]
    interactions: Mapping[str, tuple[ResolvedEstimates, ...]]
    """Tool -> its interactions with the steps."""


def _shared(
    declared: PathwayDeclaration, findings: PathwayEvidence, groups: Groups, outcome: str
) -> Shared:
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
    level: OwnLevel,
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
            steps.append(PathwayStep(interaction, effect, verdict, dose))
    return Tool(level.variable, level, judge_help(steps), tuple(steps))


def judge_help(steps: Sequence[PathwayStep]) -> OwnHelp:
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


@dataclass(frozen=True, slots=True, eq=False)
class PathwayResult(InNotebook):
    """What the estimates support for each entity, and how far it is from the frontier."""

    declared: tuple[PathwayDeclaration, ...]
    """The pathways that the study asks for."""
    inputs: PathwayInputs
    """The estimates that were read."""
    findings: PathwayEvidence
    """The same, found by what they are about."""
    pathways: Pathways
    empowerment: pd.DataFrame
    """Effect of each factor in each group, as `empowerment` gives it."""
    groups: pd.DataFrame
    """Entity x grouping."""
    score: str | None
    """Score under `efficiency` that the outcome is made from; None where it is a column."""
    outcomes: pd.Series
    """Outcome in its own units, indexed (entity, period)."""
    ranks: pd.Series
    """Rank within the period, 1 the best; same index."""
    distance: Distance | None
    """Of the last period with a score of each entity; None without a score."""
    peers: pd.DataFrame
    """Columns entity, period, peer, peer_period, intensity, of the same rows."""
    role_models: RoleModels | None
    what_if: WhatIf | Unavailable | None
    base_periods: Mapping[str, int]
    """Entity -> period whose values the what-if starts from."""
    supported_by_default: Mapping[str, int] | None
    """Pathway, or empty for any of them -> entities for which the default errors, tests and families support
    it; None where the study declares these."""
    notices: tuple[Notice, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row an entity, rule and estimate that speaks for it."""
        return self.pathways.to_frame()

    @property
    def doses(self) -> pd.DataFrame:
        """One row an entity, tool and step: how much of the tool makes the step significant, with its interval."""
        rows = [
            {"entity": city.entity, "tool": tool, "path": path, **dose.to_dict()}
            for city in self.pathways.by_city.values()
            for (tool, path), dose in list_doses(city).items()
        ]
        columns = ["entity", "tool", "path", *Dose("unknown").to_dict()]
        return pd.DataFrame(rows, columns=columns)

    @property
    def measured_variables(self) -> tuple[str, ...]:
        """Inputs and outputs of the distances, in the order of the measurement."""
        if self.distance is None:
            return ()
        return tuple(map(str, self.distance.by_city.index.unique("variable")))


def compute_pathways(section: TypologySection, given: Given) -> PathwayResult:
    """Find what the estimates support for each entity, and how far it is from the frontier."""
    study = given.study
    _refuse_unmeasured(given, study.origin(find_outcome(section, study)).score)
    groups = read_groups(given)
    declared = declared_pathways(section, study)
    inputs = gather_inputs(section, study, given.results)
    thresholds = Thresholds(study.inference.level, section.minimum_effect)
    findings = build_findings(inputs.estimates, inputs.differences, thresholds)
    levels = read_levels(given, levels_read(declared), inputs.slopes.values(), thresholds)
    pathways = find_pathways(findings, groups, declared, outcome=inputs.outcome, levels=levels)
    frontier = read_frontier(given, inputs.outcome, groups)
    outcomes = own_values(given, inputs.outcome)
    base, implied = _what_if(section, given, inputs, findings, groups)
    notices = [*inputs.notices, *pathways.notices, *frontier.notices]
    if isinstance(implied, Unavailable):
        notices += (Notice(p.code, p.what, p.where) for p in implied.problems)
    elif implied is not None:
        notices += implied.notices
    return PathwayResult(
        declared=declared,
        inputs=inputs,
        findings=findings,
        pathways=pathways,
        empowerment=empowerment(findings, inputs.outcome),
        groups=groups,
        score=study.origin(inputs.outcome).score,
        outcomes=outcomes,
        ranks=rank(outcomes).of,
        distance=frontier.distance,
        peers=frontier.peers,
        role_models=frontier.models,
        what_if=implied,
        base_periods={str(entity): int(period) for entity, period in base[PERIOD].items()},
        supported_by_default=supported_by_default(section, given, groups),
        notices=tuple(dict.fromkeys(notices)),
    )


def levels_read(declared: tuple[PathwayDeclaration, ...]) -> tuple[str, ...]:
    """List the variables whose own level each entity is told: factors and moderators."""
    factors = [pathway.factor for pathway in declared]
    moderators = [name for pathway in declared for name in pathway.moderators]
    return tuple(dict.fromkeys([*factors, *moderators]))


def _refuse_unmeasured(given: Given, score: str | None) -> None:
    """Refuse an outcome whose score could not be measured, before any column is asked for."""
    if score is not None and isinstance(given.results["efficiency", score], Unavailable):
        text = message("The score '{name}' could not be measured.", name=score)
        raise MethodError(Problem("typology.no_score", text, Where(key=f"efficiency.{score}")))


def read_groups(given: Given) -> pd.DataFrame:
    """Give each entity its group in each grouping: that of its last period with one."""
    entities = pd.Index(given.panel.entities, name=ENTITY)
    groups = {
        name: members.dropna().groupby(level=ENTITY).last().reindex(entities)
        for name, members in given.members.items()
    }
    return pd.DataFrame(groups, index=entities, dtype=object)


def own_values(given: Given, name: str) -> pd.Series:
    """Values of a variable in its own units, not transformed."""
    return given.column(given.study.origin(name).column).astype(np.float64)


def _what_if(
    section: TypologySection,
    given: Given,
    inputs: PathwayInputs,
    findings: PathwayEvidence,
    groups: pd.DataFrame,
) -> tuple[pd.DataFrame, WhatIf | Unavailable | None]:
    """Give the values from which factors change, and what the changes imply or why nothing does."""
    changes, outcome = section.what_if, inputs.outcome
    transforms = {name: given.study.origin(name).transform for name in (outcome, *changes)}
    base = _base_values((outcome,), given)
    if not changes:
        return base, None
    try:
        base = _base_values((outcome, *changes), given)
        return base, what_if(
            base[outcome],
            base[list(changes)],
            applicable_slopes(inputs, findings, groups, tuple(changes)),
            changes,
            transforms=transforms,
            outcome_transform=transforms[outcome],
            without_zero={name for name in changes if not given.study.origin(name).has_zero},
            observed=pd.DataFrame({name: own_values(given, name) for name in changes}),
            confidence=given.study.inference.coverage(section.confidence),
        )
    except StudyError as error:
        return base, Unavailable("what_if", error.problems)


def _base_values(names: tuple[str, ...], given: Given) -> pd.DataFrame:
    """Give outcome and changing factors in the last period in which all are known, and the period."""
    values = pd.DataFrame({name: own_values(given, name) for name in names})
    values[PERIOD] = values.index.get_level_values(PERIOD)
    return values.dropna().groupby(level=ENTITY).last()


def applicable_slopes(
    inputs: PathwayInputs, findings: PathwayEvidence, groups: pd.DataFrame, factors: tuple[str, ...]
) -> pd.DataFrame:
    """List for each entity the estimates of the factors' effects that apply to it, and their judgement."""
    keyed = zip(*(inputs.estimates[key] for key in KEYS), strict=True)
    df = dict(zip(keyed, inputs.estimates["df"], strict=True))
    rows = []
    for entity, entity_groups in groups_by_entity(groups).items():
        for factor in factors:
            effect = resolve(findings, join_path(factor, inputs.outcome), entity_groups)
            for applied in effect.applicable:
                e = applied.evidence
                degrees = df[e.path, e.grouping, e.group, e.tool]
                slope = (e.grouping, e.group, e.b, e.se, degrees)
                rows.append((entity, factor, *slope, applied.verdict, effect.judgement))
    columns = ["entity", "factor", "grouping", "group", "b", "se", "df", "verdict", "judgement"]
    return pd.DataFrame(rows, columns=columns).astype({"b": float, "se": float, "df": float})
