"""A page for each entity: where it stands, what is supported for it, what it lacks, whom it can learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.exhibits import Profile, Profiles
from xinzhi.analyses.pathways.city_tables import (
    distance_table,
    levels_table,
    pathways_table,
    peers_table,
    scores_table,
    tools_table,
    what_if_table,
)
from xinzhi.analyses.pathways.dose_tables import dose_sentences
from xinzhi.analyses.pathways.evidence import Evidence
from xinzhi.analyses.pathways.own_level import Level
from xinzhi.analyses.pathways.pathway_pages import lacking
from xinzhi.analyses.pathways.pathway_tables import STATUSES, in_turn
from xinzhi.analyses.pathways.pathways import Caution, CityPathways, OwnHelp
from xinzhi.analyses.pathways.view import PathwayView, number_or_none
from xinzhi.present import numbers
from xinzhi.wording import Wording, listed, message


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
        distance_table(view, city.entity),
        what_if_table(view, city.entity),
    )
    return Profile(
        key=city.entity,
        name=view.names.get(city.entity, city.entity),
        sentences=tuple(_entity_sentences(view, city)),
        tables=tuple(table for table in tables if table.rows),
        series=tuple(
            (int(row["period"]), number_or_none(row["score"])) for row in view.values[city.entity]
        ),
    )


def _entity_sentences(view: PathwayView, city: CityPathways) -> Iterator[Wording]:
    scored = [row for row in view.values[city.entity] if number_or_none(row["score"]) is not None]
    if scored:
        yield _standing(view, scored[-1])
    if city.groups:
        groups = listed([view.naming.group(*pair) for pair in city.groups.items()])
        yield message("Groups: {groups}.", groups=groups)
    elif len(view.result.groups.columns):
        yield message("This entity is in no group; the estimates for all entities apply to it.")
    yield from _advice(view, city)
    yield from _distances(view, city.entity)
    cautions = dict.fromkeys(each for pathway in city.pathways for each in pathway.cautions)
    yield from map(_caution, cautions)


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
    yield from _tools(view, city)
    yield from dose_sentences(view, city)
    others = [
        message("{pathway} ({status})", pathway=pathway.label, status=STATUSES[pathway.status])
        for pathway in city.pathways
        if pathway.status != "supported"
    ]
    if others:
        yield message("Not supported: {pathways}.", pathways=listed(others))
    if not city.supported:
        return
    if lacks := lacking(view, city):
        yield message("Below the median of its group: {levels}.", levels=lacks)
    if models := view.role_models(city):
        yield message("Role models: {models}.", models=models)
    else:
        yield message("None of its peers on the frontier is in its group: no role model.")


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
    levels: dict[str, Level] = {}
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


def _caution(caution: Caution) -> Wording:
    if caution.source == "estimates":
        return message("Caution by the estimates: {text}", text=caution.text)
    return message("Caution of the literature: {text}", text=caution.text)
