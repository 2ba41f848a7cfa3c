"""A page for each entity: where it stands, what is supported for it, what it lacks, whom it can learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Profile, Profiles
from xinzhi.analyses.pathways.by_entity import Sorted, number_or_none, sort_findings
from xinzhi.analyses.pathways.by_entity_table import lacking
from xinzhi.analyses.pathways.city_tables import (
    distance_table,
    levels_table,
    pathways_table,
    peers_table,
    scores_table,
    tools_table,
    what_if_table,
)
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.evidence import Evidence
from xinzhi.analyses.pathways.own_level import Level
from xinzhi.analyses.pathways.pathway_tables import STATUSES, in_turn
from xinzhi.analyses.pathways.pathways import CityPathways, OwnHelp, Pathway
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.present import numbers
from xinzhi.wording import Wording, listed, message

OF_ESTIMATES = message("Caution by the estimates: {text}", text="").template
OF_LITERATURE = message("Caution of the literature: {text}", text="").template


def city_pages(result: PathwayResult, section: TypologySection, shown: Shown) -> Profiles:
    """Write the pages, one for each entity."""
    known = sort_findings(result, section, shown)
    mean = result.outcomes.groupby(level="period").mean()
    return Profiles(
        title=message("Entity by entity"),
        items=tuple(_entity_page(known, city) for city in result.pathways.by_city.values()),
        mean=tuple((int(str(p)), float(v)) for p, v in mean.dropna().items()),
    )


def _entity_page(known: Sorted, city: CityPathways) -> Profile:
    tables = (
        scores_table(known, city.entity),
        pathways_table(known, city),
        tools_table(known, city),
        levels_table(known, city),
        peers_table(known, city.entity),
        distance_table(known, city.entity),
        what_if_table(known, city.entity),
    )
    return Profile(
        key=city.entity,
        name=known.names.get(city.entity, city.entity),
        sentences=tuple(_entity_sentences(known, city)),
        tables=tuple(table for table in tables if table.rows),
        series=tuple(
            (int(row["period"]), number_or_none(row["score"])) for row in known.values[city.entity]
        ),
    )


def _entity_sentences(known: Sorted, city: CityPathways) -> Iterator[Wording]:
    scored = [row for row in known.values[city.entity] if number_or_none(row["score"]) is not None]
    if scored:
        yield _standing(known, scored[-1])
    if city.groups:
        groups = listed([known.group(*pair) for pair in city.groups.items()])
        yield message("Groups: {groups}.", groups=groups)
    elif len(known.found.groups.columns):
        yield message("This entity is in no group; the estimates for all entities apply to it.")
    yield from _advice(known, city)
    yield from _apart(known, city.entity)
    yield from _entity_cautions(city)


def _standing(known: Sorted, last: Mapping[str, Any]) -> Wording:
    words = {
        "score": numbers.number(float(last["score"]), known.decimals),
        "rank": int(last["rank"]),
        "n": known.n_ranked[last["period"]],
    }
    if not known.has_periods:
        return message("Score {score}: rank {rank} of {n}.", **words)
    return message("Score {score} in {period}: rank {rank} of {n}.", period=last["period"], **words)


def _advice(known: Sorted, city: CityPathways) -> Iterator[Wording]:
    """Say what is supported, on what evidence, which tools help at the own level, and what is lacking."""
    if not city.supported:
        yield message("The estimates support no pathway for this entity.")
    for one in city.supported:
        yield message(
            "{pathway}: higher {factor} goes with higher {outcome} ({effects}), in part through {channels}.",
            pathway=one.label,
            factor=known.name(one.factor),
            outcome=known.name(known.found.pathways.outcome),
            effects=in_turn(
                [_effect(known, applied.evidence) for applied in one.effect.applicable]
            ),
            channels=listed([known.name(c.mediator) for c in one.channels if c.works]),
        )
    yield from _tools(known, city)
    others = [one for one in city.pathways if one.status != "supported"]
    if others:
        said = [
            message("{pathway} ({status})", pathway=one.label, status=STATUSES[one.status])
            for one in others
        ]
        yield message("Not supported: {pathways}.", pathways=listed(said))
    if city.supported:
        lacks = lacking(known, city)
        if lacks:
            yield message("Below the median of its group: {levels}.", levels=lacks)
        yield _models(known, city)


def _effect(known: Sorted, e: Evidence) -> Wording:
    return message(
        "{b}, {confidence} interval {low} to {high}, estimate for {group}",
        b=numbers.number(e.b, known.decimals),
        low=numbers.number(e.ci_low, known.decimals),
        high=numbers.number(e.ci_high, known.decimals),
        confidence=numbers.level(1 - known.found.pathways.thresholds.level),
        group=known.naming.groups(() if e.is_common else ((e.grouping, e.group),)),
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


def _tools(known: Sorted, city: CityPathways) -> Iterator[Wording]:
    """Say what each tool does at the entity's own level of it, and for which pathways."""
    found: dict[tuple[str, OwnHelp], list[Pathway]] = {}
    levels: dict[str, Level] = {}
    for one in city.supported:
        for tool in one.tools:
            found.setdefault((tool.name, tool.help), []).append(one)
            levels[tool.name] = tool.level
    for (name, help_), pathways in found.items():
        if help_ in OF_TOOLS and levels[name].is_known:
            yield message(
                OF_TOOLS[help_],
                tool=known.name(name),
                level=known.amount(name, levels[name].value),
                pathways=listed([one.label for one in pathways]),
            )


def _models(known: Sorted, city: CityPathways) -> Wording:
    found = known.models_of(city.entity, [one.like for one in city.supported])
    if found:
        named = listed([known.model(row) for row in found])
        return message("Role models: {models}.", models=named)
    return message("None of its peers on the frontier is in its group: no role model.")


def _apart(known: Sorted, entity: str) -> Iterator[Wording]:
    """Say what the entity would use and emit less, and make more, on the frontier."""
    told = {
        "less": message("less {what} ({share}, {gap})"),
        "more": message("more {what} ({share}, {gap})"),
    }
    parts = [
        message(
            told[row["direction"]].template,
            what=known.columns[row["variable"]].label,
            share=numbers.percent(float(row["share"])),
            gap=known.in_units(row["variable"], float(row["gap"])),
        )
        for row in known.apart.get(entity, [])
        if row["direction"] in told
    ]
    if parts:
        yield message("On the frontier it would have {parts}.", parts=listed(parts))


def _entity_cautions(city: CityPathways) -> Iterator[Wording]:
    told: dict[Wording, None] = {}
    for pathway in city.pathways:
        for caution in pathway.cautions:
            template = OF_ESTIMATES if caution.source == "estimates" else OF_LITERATURE
            told[message(template, text=caution.text)] = None
    yield from told
