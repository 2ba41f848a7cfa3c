"""A page for each pathway: what it means, and the entities for which it is supported, at their own level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from xinzhi.analyses.pathways.by_entity import Sorted, number_or_none, places_of
from xinzhi.analyses.pathways.by_entity_table import OF_MEDIANS, OF_TOOLS
from xinzhi.analyses.pathways.declared import Declared
from xinzhi.analyses.pathways.pathway_tables import HELPS, by_pathway, supported_sentences
from xinzhi.analyses.pathways.pathways import Pathway, Tool
from xinzhi.present import numbers
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

Found = Mapping[str, Pathway]
"""Entity -> what is found of one pathway."""


def pathway_pages(known: Sorted, scores: Mapping[str, float]) -> Iterator[Table]:
    """Write a page for each pathway, in the order of the study file.

    Parameters
    ----------
    scores
        Last score by entity; an entity without is a dash.
    """
    found = by_pathway(known.found.pathways)
    for declared in known.found.declared:
        if declared.name in found:
            yield _page(known, declared, found[declared.name], scores)


def _page(known: Sorted, declared: Declared, found: Found, scores: Mapping[str, float]) -> Table:
    supported = {entity: one for entity, one in found.items() if one.status == "supported"}
    heads = _columns(known, supported)
    return Table(
        id=f"pathway_{declared.name}",
        title=message("{pathway}: entities for which it is supported", pathway=declared.label),
        stub=message("Entity") if supported else "",
        columns=tuple(heads.values()),
        rows=tuple(_row(known, entity, one, scores, heads) for entity, one in supported.items()),
        notes=(OF_TOOLS, OF_MEDIANS, *_cautions(found)) if supported else (),
        reading=tuple(_sentences(known, declared, found)),
        machine=MappingProxyType({"entities": list(supported)}),
    )


def _columns(known: Sorted, supported: Found) -> dict[str, Column]:
    """List the columns: the effect, the factor, and for each tool its level, the steps, what it does."""
    if not supported:
        return {}
    first = next(iter(supported.values()))
    factor = known.name(first.factor)
    columns = [
        Column("score", message("Score")),
        Column("effect", message("b")),
        Column("of", message("Estimate for")),
        Column("channels", message("Channels")),
        Column("level", message("Value"), factor),
        Column("median", message("Median"), factor),
    ]
    for tool in _tools(supported):
        name = known.name(tool.name)
        columns += [
            Column(f"{tool.name}:level", message("Value"), name),
            Column(f"{tool.name}:median", message("Median"), name),
            *(
                Column(f"{tool.name}:{path}", known.naming.path(path), name)
                for path in _paths(supported, tool.name)
            ),
            Column(f"{tool.name}:help", message("At this level"), name),
        ]
    return {column.key: column for column in columns}


def _tools(supported: Found) -> list[Tool]:
    """List the tools of which an interaction was estimated."""
    found = {tool.name: tool for one in supported.values() for tool in one.tools if tool.steps}
    return list(found.values())


def _paths(supported: Found, tool: str) -> list[str]:
    steps = (
        step.interaction.path
        for one in supported.values()
        for own in one.tools
        if own.name == tool
        for step in own.steps
    )
    return list(dict.fromkeys(steps))


def _row(
    known: Sorted,
    entity: str,
    one: Pathway,
    scores: Mapping[str, float],
    columns: Mapping[str, Column],
) -> Row:
    speaking = [applied.evidence for applied in one.effect.applicable]
    effects = [numbers.number(e.b, known.decimals) for e in speaking]
    groups = [known.group(e.grouping, e.group) for e in speaking]
    channels = [known.name(channel.mediator) for channel in one.channels if channel.works]
    cells = {
        "score": Cell(scores.get(entity), decimals=known.decimals),
        "effect": Cell(listed(effects), "text"),
        "of": Cell(listed(groups), "text"),
        "channels": Cell(listed(channels), "text"),
        "level": amount_cell(one.level.value),
        "median": amount_cell(one.level.median),
        **{key: cell for tool in one.tools for key, cell in _tool_cells(known, tool)},
    }
    row = tuple(cells.get(key, EMPTY) for key in columns)
    return Row(known.names.get(entity, entity), row, key=entity)


def _tool_cells(known: Sorted, tool: Tool) -> Iterator[tuple[str, Cell]]:
    yield f"{tool.name}:level", amount_cell(tool.level.value)
    yield f"{tool.name}:median", amount_cell(tool.level.median)
    yield f"{tool.name}:help", Cell(HELPS[tool.help], "text")
    for step in tool.steps:
        if step.effect is not None:
            mark = numbers.marks(step.effect.p, known.shown.style.stars)
            key = f"{tool.name}:{step.interaction.path}"
            yield key, Cell(step.effect.b, "estimate", mark, known.decimals)


def amount_cell(value: float) -> Cell:
    """Set a value in its own units; a dash where it is not known."""
    found = number_or_none(value)
    return Cell(found, decimals=0 if found is None else places_of(found))


def _sentences(known: Sorted, declared: Declared, found: Found) -> Iterator[Wording]:
    if declared.description:
        yield declared.description
    yield message(
        "Factor: {factor}. Channel: {channels}.",
        factor=known.name(declared.factor),
        channels=listed([known.name(mediator) for mediator in declared.mediators]),
    )
    yield from supported_sentences(known, found)
    yield from _by_groups(known, found)


def _by_groups(known: Sorted, found: Found) -> Iterator[Wording]:
    """Say for how many of each group it is supported, where it is for any."""
    supported = {entity for entity, one in found.items() if one.status == "supported"}
    if not supported:
        return
    for grouping, column in known.found.groups.items():
        members = column.dropna()
        parts = [
            message(
                "{group} {k} of {n}",
                group=known.naming.member(str(grouping), str(group)),
                k=sum(str(entity) in supported for entity in inside.index),
                n=len(inside),
            )
            for group, inside in members.groupby(members)
        ]
        yield message(
            "{grouping}: {parts}.",
            grouping=known.naming.grouping(str(grouping)),
            parts=listed(parts),
        )


def _cautions(found: Found) -> Iterator[Wording]:
    """Gather the cautions of the literature and of the estimates, with the number of entities."""
    told = Counter(caution for one in found.values() for caution in one.cautions)
    for caution, n in told.items():
        words = {"text": caution.text, "n": n}
        if caution.source == "literature":
            yield message("Caution of the literature, for {n} entities: {text}", **words)
        else:
            yield message("Caution by the estimates, for {n} entities: {text}", **words)
