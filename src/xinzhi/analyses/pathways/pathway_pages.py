"""A page for each pathway, with the entities for which it is supported, and a table of all entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from xinzhi.analyses.pathways.declared import PathwayDeclaration
from xinzhi.analyses.pathways.own_level import OwnLevel
from xinzhi.analyses.pathways.pathway_tables import (
    HELPS,
    STATUSES,
    by_pathway,
    none_supported,
    supported_sentences,
)
from xinzhi.analyses.pathways.pathways import CityPathways, OwnHelp, Pathway, Tool
from xinzhi.analyses.pathways.view import PathwayView, choose_decimals, number_or_none
from xinzhi.present import numbers
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

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


def pathway_pages(view: PathwayView) -> Iterator[Table]:
    """Write a page for each pathway, in the order of the study file."""
    pathways = by_pathway(view.result.pathways)
    for declared in view.result.declared:
        if declared.name in pathways:
            yield _page(view, declared, pathways[declared.name])


def _page(
    view: PathwayView, declared: PathwayDeclaration, of_entities: Mapping[str, Pathway]
) -> Table:
    supported = {
        entity: pathway for entity, pathway in of_entities.items() if pathway.status == "supported"
    }
    columns = _columns(view, list(supported.values()))
    return Table(
        id=f"pathway_{declared.name}",
        title=message("{pathway}: entities for which it is supported", pathway=declared.label),
        stub=message("Entity") if supported else "",
        columns=columns,
        rows=tuple(_row(view, entity, pathway, columns) for entity, pathway in supported.items()),
        notes=(OF_TOOLS, OF_MEDIANS, *_cautions(of_entities)) if supported else (),
        reading=tuple(_sentences(view, declared, of_entities)),
        machine=MappingProxyType({"entities": list(supported)}),
    )


def _columns(view: PathwayView, supported: Sequence[Pathway]) -> tuple[Column, ...]:
    """List the columns: the effect, the factor, and for each tool its level, the steps, what it does."""
    if not supported:
        return ()
    factor = view.name(supported[0].factor)
    columns = [
        Column("score", message("Score")),
        Column("effect", message("b")),
        Column("of", message("Estimate for")),
        Column("channels", message("Channels")),
        Column("level", message("Value"), factor),
        Column("median", message("Median"), factor),
    ]
    # Entities have different steps estimated: the columns are those of any of them, and a tool
    # without an estimated interaction has none.
    steps: dict[str, dict[str, None]] = {}
    for tool in (tool for pathway in supported for tool in pathway.tools if tool.steps):
        steps.setdefault(tool.name, {}).update((s.interaction.path, None) for s in tool.steps)
    for tool_name, paths in steps.items():
        words = view.name(tool_name)
        columns += [
            Column(f"{tool_name}:level", message("Value"), words),
            Column(f"{tool_name}:median", message("Median"), words),
            *(Column(f"{tool_name}:{path}", view.naming.path(path), words) for path in paths),
            Column(f"{tool_name}:help", message("At this level"), words),
        ]
    return tuple(columns)


def _row(view: PathwayView, entity: str, pathway: Pathway, columns: Sequence[Column]) -> Row:
    effects = [numbers.number(e.b, view.decimals) for e in pathway.estimates]
    groups = [view.naming.group(e.grouping, e.group) for e in pathway.estimates]
    channels = [view.name(mediator) for mediator in pathway.working_channels]
    cells = {
        "score": Cell(view.last_scores.get(entity), decimals=view.decimals),
        "effect": Cell(listed(effects), "text"),
        "of": Cell(listed(groups), "text"),
        "channels": Cell(listed(channels), "text"),
        "level": amount_cell(pathway.level.value),
        "median": amount_cell(pathway.level.median),
        **{key: cell for tool in pathway.tools for key, cell in _tool_cells(view, tool)},
    }
    row = tuple(cells.get(column.key, EMPTY) for column in columns)
    return Row(view.names.get(entity, entity), row, key=entity)


def _tool_cells(view: PathwayView, tool: Tool) -> Iterator[tuple[str, Cell]]:
    yield f"{tool.name}:level", amount_cell(tool.level.value)
    yield f"{tool.name}:median", amount_cell(tool.level.median)
    yield f"{tool.name}:help", Cell(HELPS[tool.help], "text")
    for step in tool.steps:
        if step.effect is not None:
            mark = numbers.marks(step.effect.p, view.shown.style.stars)
            key = f"{tool.name}:{step.interaction.path}"
            yield key, Cell(step.effect.b, "estimate", mark, view.decimals)


def amount_cell(value: float) -> Cell:
    """Set a value in its own units; a dash where it is not known."""
    amount = number_or_none(value)
    return Cell(amount, decimals=0 if amount is None else choose_decimals(amount))


def _sentences(
    view: PathwayView, declared: PathwayDeclaration, of_entities: Mapping[str, Pathway]
) -> Iterator[Wording]:
    if declared.description:
        yield declared.description
    yield message(
        "Factor: {factor}. Channel: {channels}.",
        factor=view.name(declared.factor),
        channels=listed([view.name(mediator) for mediator in declared.mediators]),
    )
    yield from supported_sentences(view, of_entities)
    supported = {e for e, pathway in of_entities.items() if pathway.status == "supported"}
    if supported:
        yield from _group_shares(view, supported)


def _group_shares(view: PathwayView, supported: Collection[str]) -> Iterator[Wording]:
    """Say for how many entities of each group the pathway is supported."""
    for grouping, column in view.result.groups.items():
        members = column.dropna()
        parts = [
            message(
                "{group} {k} of {n}",
                group=view.naming.member(str(grouping), str(group)),
                k=sum(str(entity) in supported for entity in inside.index),
                n=len(inside),
            )
            for group, inside in members.groupby(members)
        ]
        yield message(
            "{grouping}: {parts}.",
            grouping=view.naming.grouping(str(grouping)),
            parts=listed(parts),
        )


def _cautions(of_entities: Mapping[str, Pathway]) -> Iterator[Wording]:
    """Gather the cautions of the literature and of the estimates, with the number of entities."""
    counts = Counter(caution for pathway in of_entities.values() for caution in pathway.cautions)
    for caution, n in counts.items():
        words = {"text": caution.text, "n": n}
        if caution.source == "literature":
            yield message("Caution of the literature, for {n} entities: {text}", **words)
        else:
            yield message("Caution by the estimates, for {n} entities: {text}", **words)


def pathways_by_city(view: PathwayView) -> Table:
    """List the entities: last score, status of each pathway, tools, what is lacking, role models."""
    pathways = view.result.pathways
    cities = pathways.by_city.values()
    table_id, title = f"{view.shown.name}_by_city", message("Pathways by entity")
    machine = {"cities": {city.entity: _machine(city) for city in cities}}
    if not pathways.is_any_supported:
        return Table(table_id, title, (), (), reading=(none_supported(view),), machine=machine)
    texts = {
        column: {city.entity: write(city) for city in cities}
        for column, write in _writers(view).items()
    }
    # A column that is empty for every entity is left out.
    more = [column for column, by_city in texts.items() if any(by_city.values())]
    return Table(
        id=table_id,
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
                    Cell(view.last_scores.get(city.entity), decimals=view.decimals),
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


def most_specific(levels: Iterable[OwnLevel]) -> list[OwnLevel]:
    """Keep one comparison of each variable: that with the entities that have most groups in common."""
    by_variable: dict[str, OwnLevel] = {}
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
