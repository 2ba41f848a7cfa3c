"""Pathways entity by entity: what is found, which tools help at its own level, what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from xinzhi.analyses.pathways.by_entity import Sorted, places_of
from xinzhi.analyses.pathways.evidence import Evidence
from xinzhi.analyses.pathways.own_level import Level
from xinzhi.analyses.pathways.pathway_tables import STATUSES, none_supported
from xinzhi.analyses.pathways.pathways import CityPathways, OwnHelp, Tool
from xinzhi.present import numbers
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message


def pathways_by_city(id: str, title: Wording, known: Sorted, scores: Mapping[str, float]) -> Table:  # noqa: A002
    """List the entities: last score, what is found of each pathway, tools, what is lacking, role models.

    Parameters
    ----------
    scores
        Last score by entity; an entity without is a dash.
    """
    found = known.found.pathways
    machine = {"cities": {one.entity: _machine(one) for one in found.by_city.values()}}
    if not found.is_any_supported:
        return Table(id, title, (), (), reading=(none_supported(known),), machine=machine)
    told, words = _told(known)
    columns = [
        Column("score", message("Score")),
        *(Column(one.name, one.label) for one in next(iter(found.by_city.values())).pathways),
    ]
    rows = (
        Row(
            known.names.get(city.entity, city.entity),
            (
                Cell(scores.get(city.entity), decimals=known.decimals),
                *(Cell(STATUSES[one.status], "text") for one in city.pathways),
                *(Cell(words[key][city.entity] or numbers.MISSING, "text") for key in told),
            ),
            key=city.entity,
        )
        for city in found.by_city.values()
    )
    return Table(
        id=id,
        title=title,
        stub=message("Entity"),
        columns=(*columns, *(Column(key, told[key]) for key in told)),
        rows=tuple(rows),
        notes=(OF_TOOLS, OF_MEDIANS, OF_MODELS),
        machine=MappingProxyType(machine),
    )


def _told(known: Sorted) -> tuple[dict[str, Wording], dict[str, dict[str, Wording]]]:
    """Word what is told of each entity: headings and texts; what is told of none is left out."""
    write: dict[str, tuple[Wording, Callable[[CityPathways], Wording]]] = {
        "helps": (message("Tools that help"), lambda city: _tools(known, city, "helps")),
        "needs_more": (
            message("Tools that would help at a higher level"),
            lambda city: _tools(known, city, "needs_more"),
        ),
        "hinders": (message("Tools that hinder"), lambda city: _tools(known, city, "hinders")),
        "lacks": (message("Below the median of its group"), lambda city: lacking(known, city)),
        "models": (message("Role models"), lambda city: _models(known, city)),
    }
    cities = known.found.pathways.by_city.values()
    words = {key: {city.entity: word(city) for city in cities} for key, (_, word) in write.items()}
    return {key: write[key][0] for key in words if any(words[key].values())}, words


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


def _tools(known: Sorted, city: CityPathways, what: OwnHelp) -> Wording:
    return listed([known.name(name) for name in city.tools_that(what)])


def lacking(known: Sorted, city: CityPathways) -> Wording:
    """Word what lies below the median of the peers in any supported pathway."""
    levels = most_specific(level for one in city.supported for level in one.lacks)
    return listed([in_short(known, level) for level in levels])


def most_specific(levels: Iterable[Level]) -> list[Level]:
    """Keep one comparison of each variable: that with the entities that have most groups in common."""
    found: dict[str, Level] = {}
    for level in levels:
        told = found.setdefault(level.variable, level)
        found[level.variable] = max(told, level, key=lambda one: len(one.like))
    return list(found.values())


def in_short(known: Sorted, level: Level) -> Wording:
    """Word a level and the median beside it."""
    return message(
        "{variable} ({value}, median {median})",
        variable=known.name(level.variable),
        value=known.amount(level.variable, level.value),
        median=numbers.number(level.median, places_of(level.median)),
    )


def _models(known: Sorted, city: CityPathways) -> Wording:
    """Word the role models that share the groups of a supported pathway."""
    found = known.models_of(city.entity, [one.like for one in city.supported])
    return listed([known.model(row) for row in found])


def _machine(city: CityPathways) -> dict[str, object]:
    return {
        "groups": dict(city.groups),
        "pathways": {
            one.name: {
                "factor": one.factor,
                "status": one.status,
                "evidence": [plain(applied.evidence) for applied in one.effect.applicable],
                "channels": [c.mediator for c in one.channels if c.works],
                "level": plain_level(one.level),
                "tools": {tool.name: _plain_tool(tool) for tool in one.tools},
                "helps": list(one.tools_that("helps")),
                "needs_more": list(one.tools_that("needs_more")),
                "hinders": list(one.tools_that("hinders")),
                "lacks": [level.variable for level in one.lacks],
            }
            for one in city.pathways
        },
    }


def _plain_tool(tool: Tool) -> dict[str, object]:
    return {
        **plain_level(tool.level),
        "help": tool.help,
        "steps": [
            {**plain(step.effect), "verdict": step.verdict} for step in tool.steps if step.effect
        ],
    }


def plain_level(level: Level) -> dict[str, object]:
    """Give a level for results.json."""
    return {
        "value": level.value if level.is_known else None,
        "period": level.period,
        "median": level.median if level.n else None,
        "n": level.n,
        "like": [list(pair) for pair in level.like],
    }


def plain(e: Evidence) -> dict[str, object]:
    """Give an estimate for results.json."""
    names = ("path", "grouping", "group", "b", "se", "p", "ci_low", "ci_high", "n")
    return {name: getattr(e, name) for name in names}
