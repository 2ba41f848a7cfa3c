"""A page for each pathway: what it means, and the entities for which it is supported, at their own level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from xinzhi.analyses.pathways.by_entity_table import OF_MEDIANS, OF_TOOLS
from xinzhi.analyses.pathways.declared import Declared
from xinzhi.analyses.pathways.pathway_tables import HELPS, by_pathway, supported_sentences
from xinzhi.analyses.pathways.pathways import Pathway, Tool
from xinzhi.analyses.pathways.view import PathwayView, choose_decimals, number_or_none
from xinzhi.present import numbers
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message


def pathway_pages(view: PathwayView, scores: Mapping[str, float]) -> Iterator[Table]:
    """Write a page for each pathway, in the order of the study file; `scores` are the last ones."""
    pathways = by_pathway(view.result.pathways)
    for declared in view.result.declared:
        if declared.name in pathways:
            yield _page(view, declared, pathways[declared.name], scores)


def _page(
    view: PathwayView,
    declared: Declared,
    of_entities: Mapping[str, Pathway],
    scores: Mapping[str, float],
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
        rows=tuple(
            _row(view, entity, pathway, scores.get(entity), columns)
            for entity, pathway in supported.items()
        ),
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


def _row(
    view: PathwayView,
    entity: str,
    pathway: Pathway,
    score: float | None,
    columns: Sequence[Column],
) -> Row:
    effects = [numbers.number(e.b, view.decimals) for e in pathway.estimates]
    groups = [view.naming.group(e.grouping, e.group) for e in pathway.estimates]
    channels = [view.name(mediator) for mediator in pathway.working_channels]
    cells = {
        "score": Cell(score, decimals=view.decimals),
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
    view: PathwayView, declared: Declared, of_entities: Mapping[str, Pathway]
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
