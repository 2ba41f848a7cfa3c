"""The exhibits of the pathways: tables, paragraphs of methods, references.

A page for each entity: where it stands, what is supported for it, what it lacks, whom it can learn from.

Two rules beside each other: significance within groups, as papers judge, and the test of the difference.

Many papers take a group as one for which a factor works because its estimate is significant there and not in
the other group. That shows no difference between the two (Gelman and Stern 2006); the typology takes the
estimate of a group only where the test of the difference says so. The table sets what both rules say of the
effect of a factor beside each other, entity by entity; it changes nothing of what is supported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits, Profile, ProfilePart, Profiles
from xinzhi.analyses.pathways import pathway_tables as prose
from xinzhi.analyses.pathways.city_tables import (
    distance_table,
    entity_distance_table,
    entity_what_if_table,
    lacking,
    levels_table,
    move_in_words,
    pathway_pages,
    pathways_by_city,
    pathways_table,
    peers_table,
    scores_table,
    tools_table,
    what_if_table,
)
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.dose_tables import dose_sentences, doses_table
from xinzhi.analyses.pathways.evidence import (
    ALL,
    Evidence,
    Naming,
    PathwayEvidence,
    ResolvedEstimates,
)
from xinzhi.analyses.pathways.pathway_tables import (
    STATUSES,
    EntityRow,
    PathwayView,
    build_view,
    by_pathway,
    channel_evidence,
    empowerment_table,
    in_turn,
    moves_of,
    number_or_none,
)
from xinzhi.analyses.pathways.pathway_tables import (
    pathways_table as table_of_pathways,
)
from xinzhi.analyses.pathways.pathways import (
    CityPathways,
    EntityCaution,
    OwnHelp,
    OwnLevel,
    Pathway,
)
from xinzhi.analyses.pathways.section import TypologySection, declared_pathways
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present import labelled, numbers
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import Cell, Column, Row, Table, not_computed_table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, listed, message


def city_pages(view: PathwayView) -> Profiles:
    """Write the pages, one for each entity."""
    result = view.result
    mean = result.outcomes.groupby(level="period").mean()
    return Profiles(
        title=message("Entity by entity"),
        items=tuple(_entity_page(view, city) for city in result.pathways.by_city.values()),
        mean=tuple((int(str(p)), float(v)) for p, v in mean.dropna().items()),
    )


def _entity_page(view: PathwayView, city: CityPathways) -> Profile:
    tables = (
        scores_table(view, city.entity),
        pathways_table(view, city),
        tools_table(view, city),
        levels_table(view, city),
        peers_table(view, city.entity),
        entity_distance_table(view, city.entity),
        entity_what_if_table(view, city.entity),
    )
    last = next(reversed(_scored(view, city.entity)), None)
    return Profile(
        key=city.entity,
        name=view.names.get(city.entity, city.entity),
        parts=tuple(part for part in _entity_parts(view, city) if part.sentences),
        tables=tuple(table for table in tables if table.rows),
        series=tuple(
            (int(row["period"]), number_or_none(row["score"])) for row in view.values[city.entity]
        ),
        score=None if last is None else float(last["score"]),
        rank=None if last is None else int(last["rank"]),
    )


def _entity_parts(view: PathwayView, city: CityPathways) -> Iterator[ProfilePart]:
    """Say where the entity stands, what separates it from its peers, and what the estimates support for it."""
    yield ProfilePart(message("Where it stands"), tuple(_where_it_stands(view, city)))
    yield ProfilePart(message("Beside its peers"), tuple(_beside_peers(view, city)))
    yield ProfilePart(message("Pathways"), tuple(_advice(view, city)))
    tools = (*_tools(view, city), *dose_sentences(view, city))
    yield ProfilePart(message("Policy tools"), tools)
    cautions = dict.fromkeys(each for pathway in city.pathways for each in pathway.cautions)
    yield ProfilePart(message("Cautions"), tuple(map(_caution, cautions)))


def _where_it_stands(view: PathwayView, city: CityPathways) -> Iterator[Wording]:
    scored = _scored(view, city.entity)
    if scored:
        yield _standing(view, scored[-1])
    if city.groups:
        groups = view.naming.groups(tuple(city.groups.items()))
        yield message("Groups: {groups}.", groups=groups)
    elif len(view.result.groups.columns):
        yield message("This entity is in no group; the estimates for all entities apply to it.")
    yield from _course(view, scored)


def _scored(view: PathwayView, entity: str) -> list[EntityRow]:
    """List the periods of an entity that have a score."""
    return [row for row in view.values[entity] if number_or_none(row["score"]) is not None]


def _course(view: PathwayView, scored: Sequence[EntityRow]) -> Iterator[Wording]:
    """Say how the score has changed since the first period, and the class of the last."""
    if len(scored) > 1:
        first, last = scored[0], scored[-1]
        best = max(scored, key=lambda row: float(row["score"]))
        values = {
            name: numbers.number(float(row["score"]), view.decimals)
            for name, row in (("first", first), ("last", last), ("best", best))
        }
        yield message(
            "The score was {first} in {begin} and {last} in {end}; its highest was {best} in {top}.",
            begin=period_name(first["period"]),
            end=period_name(last["period"]),
            top=period_name(best["period"]),
            **values,
        )
    name = (view.classes or {}).get(str(scored[-1].get("class"))) if scored else None
    if name is not None:
        yield message("Class of the last score: {name}.", name=name)


def _beside_peers(view: PathwayView, city: CityPathways) -> Iterator[Wording]:
    """Name the peers on the frontier, and what the entity lacks beside them, in units."""
    models = view.role_models(city) if city.supported else ""
    if models:
        yield message("Role models: {models}.", models=models)
    elif city.supported:
        yield message("None of its peers on the frontier is in its group: no role model.")
    if not models and (peers := view.first_peers(city.entity)):
        yield message("Peers on the frontier: {peers}.", peers=peers)
    yield from _distances(view, city.entity)
    if lacks := lacking(view, city):
        yield message("Below the median of its group: {levels}.", levels=lacks)


def _standing(view: PathwayView, last: Mapping[str, Any]) -> Wording:
    words = {
        "score": numbers.number(float(last["score"]), view.decimals),
        "rank": int(last["rank"]),
        "n": view.n_ranked[last["period"]],
    }
    if not view.has_periods:
        return message("Score {score}: rank {rank} of {n}.", **words)
    return message("Score {score} in {period}: rank {rank} of {n}.", period=last["period"], **words)


def _advice(view: PathwayView, city: CityPathways) -> Iterator[Wording]:
    """Say what is supported, on what evidence, which tools help at the own level, and what is lacking."""
    if not city.supported:
        yield message("The estimates support no pathway for this entity.")
    for pathway in city.supported:
        effects = [_effect(view, e) for e in pathway.estimates]
        yield message(
            "{pathway}: higher {factor} goes with higher {outcome} ({effects}), in part through {channels}.",
            pathway=pathway.label,
            factor=view.name(pathway.factor),
            outcome=view.name(view.result.pathways.outcome),
            effects=in_turn(effects),
            channels=listed([view.name(mediator) for mediator in pathway.working_channels]),
        )
    if city.supported:  # whoever reads this page alone must know how sure its pathways are
        yield from prose.under_defaults(view.result, view.shown)
        yield prose.not_established(view.shown)
    others = [
        message("{pathway} ({status})", pathway=pathway.label, status=STATUSES[pathway.status])
        for pathway in city.pathways
        if pathway.status != "supported"
    ]
    if others:
        yield message("Not supported: {pathways}.", pathways=listed(others))


def _effect(view: PathwayView, e: Evidence) -> Wording:
    return message(
        "{b}, {confidence} interval {low} to {high}, estimate for {group}",
        b=numbers.number(e.b, view.decimals),
        low=numbers.number(e.ci_low, view.decimals),
        high=numbers.number(e.ci_high, view.decimals),
        confidence=numbers.level(1 - view.result.pathways.thresholds.level),
        group=view.naming.groups(e.groups),
    )


OF_TOOLS: Mapping[OwnHelp, str] = {
    "helps": message("{tool} helps at the level of this entity ({level}): {pathways}.", tool="", level="", pathways="").template,
    "needs_more": message(
        "{tool} would help at a higher level than that of this entity ({level}): {pathways}.",
        tool="", level="", pathways="",
    ).template,
    "hinders": message("{tool} hinders at the level of this entity ({level}): {pathways}.", tool="", level="", pathways="").template,
    "mixed": message(
        "{tool} strengthens one step and weakens another, at the level of this entity ({level}): {pathways}.",
        tool="", level="", pathways="",
    ).template,
}  # fmt: skip


def _tools(view: PathwayView, city: CityPathways) -> Iterator[Wording]:
    """Say what each tool does at the entity's own level of it, and for which pathways."""
    labels: dict[tuple[str, OwnHelp], list[Wording]] = {}
    levels: dict[str, OwnLevel] = {}
    for pathway in city.supported:
        for tool in pathway.tools:
            labels.setdefault((tool.name, tool.help), []).append(pathway.label)
            levels[tool.name] = tool.level
    for (name, help_), pathways in labels.items():
        if help_ in OF_TOOLS and levels[name].is_known:
            yield message(
                OF_TOOLS[help_],
                tool=view.name(name),
                level=view.amount(name, levels[name].value),
                pathways=listed(pathways),
            )


def _distances(view: PathwayView, entity: str) -> Iterator[Wording]:
    """Say what the entity would use and emit less, and make more, on the frontier."""
    templates = {
        "less": message("less {what} ({share}, {gap})"),
        "more": message("more {what} ({share}, {gap})"),
    }
    parts = [
        message(
            templates[row["direction"]].template,
            what=view.columns[row["variable"]].label,
            share=numbers.percent(float(row["share"])),
            gap=view.column_amount(row["variable"], float(row["gap"])),
        )
        for row in view.distances.get(entity, [])
        if row["direction"] in templates
    ]
    if parts:
        yield message("On the frontier it would have {parts}.", parts=listed(parts))


def _caution(caution: EntityCaution) -> Wording:
    if caution.source == "estimates":
        return message("Caution by the estimates: {text}", text=caution.text)
    return message("Caution of the literature: {text}", text=caution.text)


Says = Literal["yes", "in_part", "no", "untested"]
WORDS: Mapping[Says, Wording] = MappingProxyType(
    {
        "yes": message("yes"),
        "in_part": message("in part"),
        "no": message("no"),
        "untested": message("not estimated"),
    }
)
Groups = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule says of the effect of a factor in an entity."""

    says: Says
    groups: Groups
    """Groups of the entity whose own positive, significant estimates speak for it; none: that for all."""

    def to_dict(self) -> dict[str, object]:
        """Give it for results.json."""
        return {"says": self.says, "groups": dict(self.groups)}


def by_significance(findings: PathwayEvidence, path: str, groups: Mapping[str, str]) -> Told:
    """Judge as papers do: positive and significant in the entity's group, and not in another one.

    A grouping in which the estimates of all groups say the same tells nothing; where none tells anything, the
    estimate for all entities speaks. `in_part`: it works in the group of one grouping and not in that of
    another.
    """
    works: list[tuple[str, str]] = []
    fails = 0
    for grouping, group in groups.items():
        verdicts = {
            member: findings.thresholds.verdict(e) == "works"
            for (p, g, member, tool), e in findings.estimates.items()
            if (p, g, tool) == (path, grouping, ALL)
        }
        if group not in verdicts or len(set(verdicts.values())) < 2:
            continue
        if verdicts[group]:
            works.append((grouping, group))
        else:
            fails += 1
    if works or fails:
        return Told("in_part" if works and fails else "yes" if works else "no", tuple(works))
    common = findings.estimate(path)
    if common is None:
        return Told("untested", ())
    return Told("yes" if findings.thresholds.verdict(common) == "works" else "no", ())


def by_difference(effect: ResolvedEstimates) -> Told:
    """Judge as the typology does: the estimates of the groups that the test of the difference tells apart."""
    if effect.judgement == "untested":
        return Told("untested", ())
    works = [one.evidence for one in effect.applicable if one.verdict == "works"]
    pairs = tuple(pair for evidence in works for pair in evidence.groups)
    if effect.judgement == "contested":
        return Told("in_part" if works else "no", pairs)
    return Told("yes" if works else "no", pairs)


def two_rules(findings: PathwayEvidence, city: CityPathways, pathway: Pathway) -> tuple[Told, Told]:
    """Say what both rules say of a pathway of an entity."""
    first = by_significance(findings, pathway.effect.path, city.groups)
    return first, by_difference(pathway.effect)


def two_rules_table(view: PathwayView) -> Table | None:
    """Set both rules beside each other by entity; None where nothing was estimated by group."""
    findings, pathways = view.result.findings, view.result.pathways
    cities = list(pathways.by_city.values())
    paths = {pathway.effect.path for city in cities for pathway in city.pathways}
    if not any(key[0] in paths and key[1] != ALL and key[3] == ALL for key in findings.estimates):
        return None
    told = {
        city.entity: {p.name: two_rules(findings, city, p) for p in city.pathways}
        for city in cities
    }
    labels = {name: next(iter(of.values())).label for name, of in by_pathway(pathways).items()}
    counts = {name: Counter(_pair(*told[city.entity][name]) for city in cities) for name in labels}
    return Table(
        id=f"{view.shown.name}_two_rules",
        title=message("Two rules for groups: significance and difference"),
        stub=message("Entity"),
        columns=tuple(
            Column(f"{name}/{rule}", heading, label)
            for name, label in labels.items()
            for rule, heading in (
                ("significance", message("As papers judge")),
                ("difference", message("As the difference test judges")),
            )
        ),
        rows=tuple(
            Row(
                view.names.get(city.entity, city.entity),
                tuple(
                    Cell(_in_words(view, one), "text")
                    for name in labels
                    for one in told[city.entity][name]
                ),
                key=city.entity,
            )
            for city in cities
        ),
        notes=(
            message(
                "As papers judge: the effect of the factor is positive and statistically significant in a "
                "group of the entity and not in another group of the same grouping. As the difference test "
                "judges: the estimate of a group is used only where the groups differ by a test. That one "
                "estimate is significant and another is not shows no difference between them (Gelman and "
                "Stern 2006)."
            ),
        ),
        reading=tuple(_sentence(labels[name], counts[name]) for name in labels),
        machine=MappingProxyType(
            {
                "counts": {name: dict(count) for name, count in counts.items()},
                "cities": {
                    entity: {
                        name: {"significance": a.to_dict(), "difference": b.to_dict()}
                        for name, (a, b) in rules.items()
                    }
                    for entity, rules in told.items()
                },
            }
        ),
    )


def _pair(first: Told, second: Told) -> str:
    """Sort an entity by which rule lets the factor work there, if only in part."""
    yes = ("yes", "in_part")
    if first.says in yes:
        return "both" if second.says in yes else "significance_only"
    return "difference_only" if second.says in yes else "neither"


def _sentence(label: Wording, counts: Mapping[str, int]) -> Wording:
    return message(
        "{pathway}: by both rules for {both} entities, only as papers judge for {first}, only as the difference "
        "test judges for {second}, by neither for {neither}.",
        one="{pathway}: by both rules for {both} entity, only as papers judge for {first}, only as the difference test judges for {second}, by neither for {neither}.",
        counting="both",
        pathway=label,
        both=counts.get("both", 0),
        first=counts.get("significance_only", 0),
        second=counts.get("difference_only", 0),
        neither=counts.get("neither", 0),
    )


def _in_words(view: PathwayView, told: Told) -> Wording:
    groups = tuple(_groups(view, told.groups))
    if not groups:
        return WORDS[told.says]
    return message("{answer} ({groups})", answer=WORDS[told.says], groups=listed(list(groups)))


def _groups(view: PathwayView, groups: Groups) -> Iterator[Wording]:
    for grouping, group in groups:
        yield view.naming.group(grouping, group)


GELMAN = (
    "Gelman, A., & Stern, H. (2006). The difference between “significant” and “not significant” is not "
    "itself statistically significant. The American Statistician, 60(4), 328–331. "
    "doi:10.1198/000313006X152649"
)

OF_DOSES = (
    (
        "Johnson, P. O., & Neyman, J. (1936). Tests of certain linear hypotheses and their application to some "
        "educational problems. Statistical Research Memoirs, 1, 57–93."
    ),
    (
        "Bauer, D. J., & Curran, P. J. (2005). Probing interactions in fixed and multilevel regression: "
        "Inferential and graphical techniques. Multivariate Behavioral Research, 40(3), 373–400. "
        "doi:10.1207/s15327906mbr4003_5"
    ),
    (
        "Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical Society: "
        "Series B, 16(2), 175–185. doi:10.1111/j.2517-6161.1954.tb00159.x"
    ),
)


def exhibits(section: TypologySection, result: PathwayResult, shown: Shown) -> Exhibits:
    """Set all tables, a page for each pathway and one for each entity."""
    view = build_view(result, section, shown)
    return Exhibits(
        tuple(_tables(view)),
        tuple(_methods(section, result, shown)),
        frozenset({GELMAN, *(OF_DOSES if result.inputs.slopes else ())}),
        profiles=city_pages(view),
        prose=prose.prose(result, shown),
        abstract=tuple(prose.abstract(result, shown)),
        head=tuple(prose.head(result, shown)),
    )


def apply_labels(result: PathwayResult, section: TypologySection, shown: Shown) -> PathwayResult:
    """Put the labels of pathways, variables and groups in the place of their names.

    The result holds names alone, so that a changed label computes nothing again.
    """
    study = shown.study
    declared = declared_pathways(section, study, shown.style.labels)
    members = {
        (str(grouping), group): study.member_label(str(grouping), group)
        for grouping, column in result.groups.items()
        for group in sorted(set(map(str, column.dropna())))
    }
    groupings = {name: study.group_label(name) for name in study.groupings}
    naming = Naming(shown.style.labels, groupings, members)
    labels, words = {each.name: each.label for each in declared}, naming.words()

    # The same few cautions stand at hundreds of entities: each is labelled once.
    @cache
    def label_caution(caution: EntityCaution) -> EntityCaution:
        return replace(caution, text=labelled.in_words(caution.text, words))

    def label_city(city: CityPathways) -> CityPathways:
        pathways = tuple(
            replace(
                pathway,
                label=labels[pathway.name],
                cautions=tuple(map(label_caution, pathway.cautions)),
            )
            for pathway in city.pathways
        )
        return replace(city, pathways=pathways)

    by_city = {name: label_city(city) for name, city in result.pathways.by_city.items()}
    return replace(
        result,
        declared=declared,
        findings=replace(result.findings, naming=naming),
        pathways=replace(result.pathways, by_city=by_city),
    )


def _tables(view: PathwayView) -> Iterator[Table]:
    result = view.result
    if not result.empowerment.empty:
        yield empowerment_table(view)
    yield table_of_pathways(view)
    evidence = channel_evidence(view)
    if evidence.rows:
        yield evidence
    yield from pathway_pages(view)
    yield pathways_by_city(view)
    doses = doses_table(view)
    if doses is not None:
        yield doses
    rules = two_rules_table(view)
    if rules is not None:
        yield rules
    if isinstance(result.what_if, Unavailable):
        title = message("What if a factor moved")
        yield not_computed_table("what_if", title, result.what_if.problems)
    elif result.what_if is not None:
        yield what_if_table(view, result.what_if)
    if result.distance is not None and not result.distance.by_city.empty:
        yield distance_table(view, result.distance)


def _methods(section: TypologySection, result: PathwayResult, shown: Shown) -> Iterator[Wording]:
    """Say when a pathway counts as supported, and how a what-if is computed."""
    limits = result.pathways.thresholds
    yield message(
        "A pathway is supported for an entity if the factor's effect and its effect through a "
        "channel are positive with p below {level}. The estimate of a group is used for its "
        "entities only where the groups differ (p below {level}); otherwise that for all "
        "entities is used.",
        level=numbers.level(limits.level),
    )
    if result.inputs.slopes:
        yield message(
            "The effect of a step at an entity's own level of a tool is b1 + b3 w, from the model with the "
            "interaction, w being the entity's last known value; its error is that of the delta method. It "
            "is never added to the effect in the entity's group, which is of another model."
        )
        yield message(
            "The dose of a tool is the level from which on this effect is positive and significant at the "
            "{level} level (Johnson and Neyman 1936; Bauer and Curran 2005); its interval of {confidence} inverts "
            "a test at each level (Fieller 1954). There is none where the interaction is not positive and "
            "significant, and none is read beyond the range of the data.",
            level=numbers.level(limits.level),
            confidence=numbers.level(1 - limits.level),
        )
    if limits.minimum_effect:
        yield message(
            "An effect below {least} does not count.",
            least=numbers.number(limits.minimum_effect, shown.style.decimals),
        )
    if section.what_if:
        words = shown.style.labels
        moves = [
            message("{factor} {move}", factor=name_of(name, words), move=move_in_words(change))
            for name, change in moves_of(result, section).items()
        ]
        yield message(
            "What-if ({moves}): the slope that applies to the entity times the change, converted "
            "back from logarithms; intervals of {confidence} by the delta method.",
            moves=listed(moves),
            confidence=numbers.level(shown.style.inference.coverage(section.confidence)),
        )
