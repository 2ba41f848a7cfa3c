"""A page for each city: score over time, rank, peers, slacks, groups, pathways, what-if."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Profile, Profiles
from xinzhi.analyses.pathways.by_entity import Sorted, number_or_none, sort_findings
from xinzhi.analyses.pathways.city_tables import (
    distance_table,
    pathways_table,
    peers_table,
    scores_table,
    what_if_table,
)
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.pathways import CityPathways
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.present import numbers
from xinzhi.wording import Wording, listed, message

HELPS = message("Tools that help: {tools}.", tools="").template
HINDERS = message("Tools that hinder: {tools}.", tools="").template
OF_ESTIMATES = message("Caution by the estimates: {text}", text="").template
OF_LITERATURE = message("Caution of the literature: {text}", text="").template


def city_pages(result: PathwayResult, section: TypologySection, shown: Shown) -> Profiles:
    """Write the pages, one for each entity."""
    known = sort_findings(result, section, shown)
    mean = result.outcomes.groupby(level="period").mean()
    return Profiles(
        title=message("Entity by entity"),
        items=tuple(_page(known, city) for city in result.pathways.by_city.values()),
        mean=tuple((int(str(p)), float(v)) for p, v in mean.dropna().items()),
    )


def _page(known: Sorted, city: CityPathways) -> Profile:
    tables = (
        scores_table(known, city.entity),
        pathways_table(known, city),
        peers_table(known, city.entity),
        distance_table(known, city.entity),
        what_if_table(known, city.entity),
    )
    return Profile(
        key=city.entity,
        name=known.names.get(city.entity, city.entity),
        sentences=tuple(_sentences(known, city)),
        tables=tuple(table for table in tables if table.rows),
        series=tuple(
            (int(row["period"]), number_or_none(row["score"])) for row in known.values[city.entity]
        ),
    )


def _sentences(known: Sorted, city: CityPathways) -> Iterator[Wording]:
    scored = [row for row in known.values[city.entity] if number_or_none(row["score"]) is not None]
    if scored:
        yield _standing(known, scored[-1])
    if city.groups:
        groups = listed([known.group(*pair) for pair in city.groups.items()])
        yield message("Groups: {groups}.", groups=groups)
    elif len(known.found.groups.columns):
        yield message("This entity is in no group; the estimates for all entities apply to it.")
    yield from _supported(known, city)
    yield from _cautions(city)


def _standing(known: Sorted, last: Mapping[str, Any]) -> Wording:
    words = {
        "score": numbers.number(float(last["score"]), known.decimals),
        "rank": int(last["rank"]),
        "n": known.n_ranked[last["period"]],
    }
    if not known.has_periods:
        return message("Score {score}: rank {rank} of {n}.", **words)
    return message("Score {score} in {period}: rank {rank} of {n}.", period=last["period"], **words)


def _supported(known: Sorted, city: CityPathways) -> Iterator[Wording]:
    if not city.supported:
        yield message("The estimates support no pathway for this entity.")
    for one in city.supported:
        channels = listed([known.name(c.mediator) for c in one.channels if c.works])
        yield message(
            "{pathway}: {factor} works, through {channels}.",
            pathway=one.label,
            factor=known.name(one.factor),
            channels=channels,
        )
        for what, template in (("helps", HELPS), ("hinders", HINDERS)):
            tools = one.tools_that(what)
            if tools:
                yield message(template, tools=listed([known.name(tool) for tool in tools]))


def _cautions(city: CityPathways) -> Iterator[Wording]:
    told: dict[Wording, None] = {}
    for pathway in city.pathways:
        for caution in pathway.cautions:
            template = OF_ESTIMATES if caution.source == "estimates" else OF_LITERATURE
            told[message(template, text=caution.text)] = None
    yield from told
