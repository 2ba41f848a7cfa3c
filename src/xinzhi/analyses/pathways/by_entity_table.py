"""Pathways entity by entity: what is found, which tools help at its own level, what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from xinzhi.analyses.pathways.own_level import Level
from xinzhi.analyses.pathways.pathway_tables import STATUSES, none_supported
from xinzhi.analyses.pathways.pathways import CityPathways, OwnHelp
from xinzhi.analyses.pathways.view import PathwayView, choose_decimals
from xinzhi.present import numbers
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message


def pathways_by_city(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    view: PathwayView,
    scores: Mapping[str, float],
) -> Table:
    """List the entities: last score, status of each pathway, tools, what is lacking, role models."""
    pathways = view.result.pathways
    cities = pathways.by_city.values()
    machine = {"cities": {city.entity: _machine(city) for city in cities}}
    if not pathways.is_any_supported:
        return Table(id, title, (), (), reading=(none_supported(view),), machine=machine)
    texts = {
        column: {city.entity: write(city) for city in cities}
        for column, write in _writers(view).items()
    }
    # A column that is empty for every entity is left out.
    more = [column for column, by_city in texts.items() if any(by_city.values())]
    return Table(
        id=id,
        title=title,
        stub=message("Entity"),
        columns=(
            Column("score", message("Score")),
            *(Column(pathway.name, pathway.label) for pathway in next(iter(cities)).pathways),
            *more,
        ),
        rows=tuple(
            Row(
                view.names.get(city.entity, city.entity),
                (
                    Cell(scores.get(city.entity), decimals=view.decimals),
                    *(Cell(STATUSES[pathway.status], "text") for pathway in city.pathways),
                    *(Cell(texts[c][city.entity] or numbers.MISSING, "text") for c in more),
                ),
                key=city.entity,
            )
            for city in cities
        ),
        notes=(OF_TOOLS, OF_MEDIANS, OF_MODELS),
        machine=MappingProxyType(machine),
    )


def _writers(view: PathwayView) -> dict[Column, Callable[[CityPathways], Wording]]:
    """Give the columns of texts on an entity, each with what writes them."""

    def tools(help_: OwnHelp) -> Callable[[CityPathways], Wording]:
        return lambda city: listed([view.name(name) for name in city.tools_that(help_)])

    return {
        Column("helps", message("Tools that help")): tools("helps"),
        Column("needs_more", message("Tools that would help at a higher level")): tools(
            "needs_more"
        ),
        Column("hinders", message("Tools that hinder")): tools("hinders"),
        Column("lacks", message("Below the median of its group")): lambda city: lacking(view, city),
        Column("models", message("Role models")): view.role_models,
    }


OF_TOOLS = message(
    "A tool helps where it strengthens a step of a supported pathway, weakens none, and the step is "
    "statistically significant at the entity's own level of the tool; where it is not, the tool would help "
    "at a higher level. It hinders where it weakens a step that is not significant at this level."
)
OF_MEDIANS = message(
    "Medians are those of the entities in the groups whose estimates apply, of all entities where the "
    "estimate for all applies; each entity in its last year with a value."
)


OF_MODELS = message(
    "Role models are the peers on the frontier, with their years and shares, that are in the groups whose "
    "estimates apply; behind them what else they have in common with the entity."
)


def lacking(view: PathwayView, city: CityPathways) -> Wording:
    """Word what lies below the median of the peers in any supported pathway, with that median."""
    levels = most_specific(level for pathway in city.supported for level in pathway.lacks)
    return listed(
        [
            message(
                "{variable} ({value}, median {median})",
                variable=view.name(level.variable),
                value=view.amount(level.variable, level.value),
                median=numbers.number(level.median, choose_decimals(level.median)),
            )
            for level in levels
        ]
    )


def most_specific(levels: Iterable[Level]) -> list[Level]:
    """Keep one comparison of each variable: that with the entities that have most groups in common."""
    by_variable: dict[str, Level] = {}
    for level in levels:
        first = by_variable.setdefault(level.variable, level)
        by_variable[level.variable] = max(first, level, key=lambda each: len(each.like))
    return list(by_variable.values())


def _machine(city: CityPathways) -> dict[str, object]:
    return {
        "groups": dict(city.groups),
        "pathways": {
            pathway.name: {
                "factor": pathway.factor,
                "status": pathway.status,
                "evidence": [e.to_dict() for e in pathway.estimates],
                "channels": list(pathway.working_channels),
                "level": pathway.level.to_dict(),
                "tools": {tool.name: tool.to_dict() for tool in pathway.tools},
                "helps": list(pathway.tools_that("helps")),
                "needs_more": list(pathway.tools_that("needs_more")),
                "hinders": list(pathway.tools_that("hinders")),
                "lacks": [level.variable for level in pathway.lacks],
            }
            for pathway in city.pathways
        },
    }
