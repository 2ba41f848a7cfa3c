"""The small tables on the page of an entity.

The tables for each city: what if a factor moved, and how far the frontier is.

A page for each pathway, with the entities for which it is supported, and a table of all entities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.implied_change import FactorChange
from xinzhi.analyses.pathways.dose_tables import DOSE_COLUMNS, dose_cells
from xinzhi.analyses.pathways.evidence import frame_records
from xinzhi.analyses.pathways.pathway_tables import (
    ESTIMATE_COLUMNS,
    HELPS,
    INTERACTIONS,
    STATUSES,
    VERDICTS,
    PathwayView,
    amount_cell,
    by_pathway,
    choose_decimals,
    estimate_cells,
    none_supported,
    number_or_none,
    supported_sentences,
)
from xinzhi.analyses.pathways.pathways import (
    CityPathways,
    OwnHelp,
    OwnLevel,
    Pathway,
    PathwayStep,
    Tool,
)
from xinzhi.analyses.pathways.section import PathwayDeclaration
from xinzhi.analyses.pathways.what_if import Distance, WhatIf
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note
from xinzhi.present.options import measured_as
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, listed, message
from xinzhi_frontier.result import EfficiencyResult

DIRECTIONS: Mapping[str, Wording] = MappingProxyType(
    {
        "less": message("less"),
        "more": message("more"),
        "even": message("even"),
        "ahead": message("ahead"),
    }
)


def move_in_words(change: FactorChange) -> Wording:
    """Write a move: as a share of the own value, in units of the factor, or in standard deviations.

    >>> move_in_words(FactorChange(0.1)), move_in_words(FactorChange(-2, "absolute"))
    ('+10%', '−2')
    >>> str(move_in_words(FactorChange(1.0, "sd", 0.98)))
    '+1 standard deviation'
    """
    sign = "+" if change.amount > 0 else numbers.MINUS
    size = abs(change.amount)
    if change.kind == "relative":
        return f"{sign}{100 * size:.6g}%"
    if change.kind == "sd":
        return message("{n} standard deviation", n=f"{sign}{size:.6g}")
    return f"{sign}{size:.6g}"


COUNTS = frozenset({"works", "harms"})
"""Judgements by which an effect counts: what-ifs of other effects are not advice and are not printed."""


def what_if_table(view: PathwayView, what_if: WhatIf) -> Table:
    """Set the implied change of the score of each entity, factor by factor, with its interval.

    Where groups differ, an entity gets the estimates of its groups, one block of columns for each grouping.
    An effect that is not significant, or on which the groups of an entity disagree, implies nothing.
    """
    rows = what_if.by_city[what_if.by_city["judgement"].isin(COUNTS)]
    machine = MappingProxyType({"what_if": frame_records(what_if.by_city)})
    table_id, title = "what_if", message("What if a factor moved")
    if rows.empty:
        nothing = message(
            "No change is implied for any entity: no effect of {factors} is statistically significant, or the "
            "estimates for the groups disagree.",
            factors=listed([view.name(factor) for factor in view.section.what_if]),
        )
        return Table(table_id, title, (), (), reading=(nothing,), machine=machine)
    blocks = [
        (factor, str(grouping))
        for factor in view.section.what_if
        for grouping in dict.fromkeys(rows.loc[rows["factor"] == factor, "grouping"])
    ]
    return Table(
        id=table_id,
        title=title,
        stub=message("Entity"),
        columns=tuple(
            Column(f"{factor}:{grouping}:{key}", heading, _block(view, factor, grouping))
            for factor, grouping in blocks
            for key, heading in BOUNDS.items()
        ),
        rows=tuple(_row(view, entity, by_block, blocks) for entity, by_block in _by_entity(rows)),
        notes=(
            message(
                "Change of the score implied by the estimate that applies to the entity, all "
                "else equal. An association, not a forecast. Bounds: {confidence}, by the delta "
                "method from the error of the slope alone.",
                confidence=numbers.level(what_if.confidence),
            ),
            message(
                "Empty where the effect is not statistically significant for the entity, or the estimates "
                "for its groups disagree."
            ),
            *coverage_note(
                "what_if",
                rows["entity"].nunique(),
                len(view.shown.panel.periods) if view.has_periods else 1,
            ),
        ),
        reading=tuple(_reading(view, rows, blocks)),
        machine=machine,
    )


BOUNDS: Mapping[str, Wording] = MappingProxyType(
    {
        "change": message("Change"),
        "ci_low": message("Lower bound"),
        "ci_high": message("Upper bound"),
    }
)


def _block(view: PathwayView, factor: str, grouping: str) -> Wording:
    words = {
        "factor": view.name(factor),
        "move": move_in_words(view.moves[factor]),
    }
    if not grouping:
        return message("{factor} {move}", **words)
    return message(
        "{factor} {move}, estimates by {grouping}",
        grouping=view.naming.grouping(grouping),
        **words,
    )


Blocks = Mapping[tuple[str, str], Mapping[str, Any]]
"""(Factor, grouping) -> the what-if of one entity."""


def _by_entity(rows: pd.DataFrame) -> list[tuple[str, Blocks]]:
    """Give the what-ifs of each entity, entities in the order of their names."""
    by_entity: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for row in frame_records(rows):
        block = str(row["factor"]), str(row["grouping"])
        by_entity.setdefault(str(row["entity"]), {})[block] = row
    return sorted(by_entity.items())


def _row(view: PathwayView, entity: str, by_block: Blocks, blocks: list[tuple[str, str]]) -> Row:
    cells = [
        Cell(float(by_block[block][bound]), decimals=view.decimals) if block in by_block else EMPTY
        for block in blocks
        for bound in BOUNDS
    ]
    return Row(view.names.get(entity, entity), tuple(cells), key=entity)


def _reading(
    view: PathwayView, rows: pd.DataFrame, blocks: list[tuple[str, str]]
) -> Iterator[Wording]:
    for factor, grouping in blocks:
        block = rows[(rows["factor"] == factor) & (rows["grouping"] == grouping)]
        yield message(
            "{what}: the median implied change is {median} ({n} entities).",
            one="{what}: the median implied change is {median} ({n} entity).",
            what=_block(view, factor, grouping),
            median=numbers.number(float(block["change"].median()), view.decimals),
            n=len(block),
        )


def distance_table(view: PathwayView, distance: Distance) -> Table:
    """Set what each city would use and emit less, and make more, on the frontier."""
    columns = {name: words.both for name, words in view.columns.items()}
    frame = distance.by_city
    records = frame_records(frame.reset_index())
    by_row: dict[tuple[str, int], dict[str, Mapping[str, object]]] = {}
    for record in records:
        row = str(record["entity"]), int(record["period"])
        by_row.setdefault(row, {})[str(record["variable"])] = record
    # One number of decimals for a column, so that its cells can be compared.
    medians = frame["value"].groupby(level="variable").median()
    decimals = {name: numbers.digits_for(float(medians[name])) for name in columns}
    return Table(
        id="distance_to_frontier",
        title=message("Distance to the frontier"),
        stub=message("Entity, period"),
        columns=tuple(
            Column(f"{name}:{key}", heading, words)
            for name, words in columns.items()
            for key, heading in (("gap", message("Gap")), ("share", message("Share")))
        ),
        rows=tuple(
            _distance_row(entity, period, by_variable, decimals, view.shown.style)
            for (entity, period), by_variable in by_row.items()
        ),
        notes=(
            message(
                "Inputs and bad outputs: how much less; good outputs: how much more; with a minus "
                "sign the entity is ahead of its target by that. Own units. One optimum of possibly "
                "many."
            ),
        ),
        machine=MappingProxyType({"distance": records}),
    )


def _distance_row(
    entity: str,
    period: int,
    by_variable: Mapping[str, Mapping[str, Any]],
    decimals: Mapping[str, int],
    style: Style,
) -> Row:
    cells: list[Cell] = []
    for name, digits in decimals.items():
        record = by_variable.get(name)
        if record is None:
            cells += [Cell(None), Cell(None)]
            continue
        sign = -1.0 if record["direction"] == "ahead" else 1.0
        cells += [
            Cell(sign * float(record["gap"]), decimals=digits),
            Cell(sign * float(record["share"]), "percent"),
        ]
    words = style.entities.get(entity, entity)
    label = message("{city}, {period}", city=words, period=period) if period else words
    return Row(label, tuple(cells), key=f"{entity} {period_name(period)}")


OF_TOOLS = message(
    "A tool helps where it weakens no step of a supported pathway and strengthens one that is "
    "statistically significant at the entity's own level. Where that step is not significant, "
    "the tool would help at a higher level. It hinders where it weakens a step that is not "
    "significant at this level."
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
        rows=tuple(
            _page_row(view, entity, pathway, columns) for entity, pathway in supported.items()
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


def _page_row(view: PathwayView, entity: str, pathway: Pathway, columns: Sequence[Column]) -> Row:
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
            yield message(
                "Caution of the literature, for {n} entities: {text}",
                one="Caution of the literature, for {n} entity: {text}",
                **words,
            )
        else:
            yield message(
                "Caution by the estimates, for {n} entities: {text}",
                one="Caution by the estimates, for {n} entity: {text}",
                **words,
            )


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


def scores_table(view: PathwayView, entity: str) -> Table:
    """Set score, rank and class over time, and say how the score was measured."""
    classes = view.classes
    columns = [Column("score", message("Score")), Column("rank", message("Rank"))]
    if classes is not None:
        columns.append(Column("class", message("Class")))
    measured = view.shown.results.get("efficiency", {}).get(view.result.score or "")
    notes: tuple[Wording, ...] = ()
    if isinstance(measured, EfficiencyResult):
        notes = (measured_as(measured.options, has_bads=measured.has_bads),)
    return Table(
        id="scores",
        title=message("Score over time"),
        stub=message("Period"),
        columns=tuple(columns),
        rows=tuple(
            Row(
                period_name(row["period"]) if view.has_periods else "",
                (
                    Cell(number_or_none(row["score"]), decimals=view.decimals),
                    Cell(number_or_none(row["rank"]), "count"),
                    *(() if classes is None else (Cell(classes.get(row["class"]), "text"),)),
                ),
            )
            for row in view.values[entity]  # noqa: PD011 - a field of ours
        ),
        notes=notes,
    )


def pathways_table(view: PathwayView, city: CityPathways) -> Table:
    """Set each pathway with the estimates that speak for the entity."""
    return Table(
        id="pathways",
        title=message("Pathways and their evidence"),
        stub=message("Pathway"),
        columns=(
            *ESTIMATE_COLUMNS,
            Column("of", message("Estimate for")),
            Column("difference", message("p of the difference")),
        ),
        rows=tuple(row for pathway in city.pathways for row in _pathway_rows(view, pathway)),
    )


def _pathway_rows(view: PathwayView, pathway: Pathway) -> Iterator[Row]:
    status = Cell(STATUSES[pathway.status], "text")
    yield Row(pathway.label, (*(EMPTY,) * 4, status, *(EMPTY,) * 2), rule_above=True)
    has_channels = pathway.status in {"supported", "effect_only"}
    channels = [channel.indirect for channel in pathway.channels] if has_channels else []
    for applied in (e for resolved in (pathway.effect, *channels) for e in resolved.applicable):
        e, test = applied.evidence, applied.difference
        yield Row(
            view.naming.path(e.path),
            (
                *estimate_cells(view.decimals, e),
                Cell(VERDICTS[applied.verdict], "text"),
                Cell(view.naming.group(e.grouping, e.group), "text"),
                EMPTY if test is None else Cell(test.p, "p_value"),
            ),
        )


def tools_table(view: PathwayView, city: CityPathways) -> Table:
    """Set what each tool does to each step, and the effect of the step at the level of the entity."""
    return Table(
        id="tools",
        title=message("Tools at the entity's own level"),
        stub=message("Tool, step"),
        columns=(
            Column("b", message("Effect at this level")),
            *ESTIMATE_COLUMNS[1:],
            Column("acts", message("Interaction")),
            *(
                Column(key, heading, message("More of the tool until it is significant"))
                for key, heading in DOSE_COLUMNS.items()
            ),
        ),
        rows=tuple(row for pathway in city.supported for row in _tool_rows(view, pathway)),
        notes=(OF_TOOLS,),
    )


def _tool_rows(view: PathwayView, pathway: Pathway) -> Iterator[Row]:
    for tool in pathway.tools:
        if tool.steps:
            label = message("{pathway}: {tool}", pathway=pathway.label, tool=view.name(tool.name))
            help_cell = Cell(HELPS[tool.help], "text")
            yield Row(label, (*(EMPTY,) * 4, help_cell, *(EMPTY,) * 4), rule_above=True)
            yield from (_step_row(view, step) for step in tool.steps)


def _step_row(view: PathwayView, step: PathwayStep) -> Row:
    e, interaction = step.effect, Cell(INTERACTIONS[step.interaction.judgement], "text")
    cells = (Cell(None),) * 4 if e is None else estimate_cells(view.decimals, e)
    verdict = Cell(numbers.MISSING if e is None else VERDICTS[step.verdict], "text")
    return Row(
        view.naming.path(step.interaction.path),
        (*cells, verdict, interaction, *dose_cells(step.dose)),
    )


def levels_table(view: PathwayView, city: CityPathways) -> Table:
    """Set factors and tools of the entity beside the medians of the entities that it is compared with."""
    levels = most_specific(
        level
        for pathway in city.supported or city.pathways
        for level in (pathway.level, *(tool.level for tool in pathway.tools))
    )
    periods = (Column("period", message("Period")),) if view.has_periods else ()
    return Table(
        id="levels",
        title=message("Factors and tools beside its group"),
        stub=message("Variable"),
        columns=(
            *periods,
            Column("value", message("Value")),
            Column("median", message("Median")),
            Column("n", message("Entities")),
            Column("of", message("Compared with")),
        ),
        rows=tuple(_level(view, level) for level in levels),
    )


def _level(view: PathwayView, level: OwnLevel) -> Row:
    name, unit = view.name(level.variable), view.unit(level.variable)
    return Row(
        message("{name} ({unit})", name=name, unit=unit) if unit else name,
        (
            *((Cell(level.period, "year"),) if view.has_periods else ()),
            amount_cell(level.value),
            amount_cell(level.median),
            Cell(level.n, "count"),
            Cell(view.naming.groups(level.like), "text"),
        ),
    )


def peers_table(view: PathwayView, entity: str) -> Table:
    """List the peers with their intensities, and who is a role model."""
    shares = {row["model"]: row for row in view.models.get(entity, [])}
    return Table(
        id="peers",
        title=message("Peers on the frontier"),
        stub=message("Peer"),
        columns=(
            Column("intensity", message("Intensity")),
            Column("share", message("Share as role model")),
            Column("shared", message("Same group")),
        ),
        rows=tuple(
            _peer(view, row, shares.get(row["peer"], {})) for row in view.peers.get(entity, [])
        ),
    )


def _peer(view: PathwayView, row: Mapping[str, Any], model: Mapping[str, Any]) -> Row:
    label = view.names.get(str(row["peer"]), str(row["peer"]))
    if view.has_periods:
        label = message("{city}, {period}", city=label, period=row["peer_period"])
    groups = listed(view.shared_groups(model))
    return Row(
        label,
        (
            Cell(float(row["intensity"]), decimals=view.decimals),
            Cell(model["share"], "percent") if model else EMPTY,
            Cell(groups or numbers.MISSING, "text"),
        ),
    )


def entity_distance_table(view: PathwayView, entity: str) -> Table:
    """Set value, target and what lies between, in own units."""
    return Table(
        id="distance",
        title=message("Distance to the frontier"),
        stub=message("Input or output"),
        columns=(
            Column("value", message("Value")),
            Column("target", message("Target")),
            Column("gap", message("Gap")),
            Column("share", message("Share")),
            Column("direction", message("Direction")),
        ),
        rows=tuple(
            Row(
                view.columns[str(row["variable"])].both,
                (
                    # Value, target and gap are read against each other: one number of decimals.
                    *(
                        Cell(float(row[column]), decimals=numbers.digits_for(float(row["value"])))
                        for column in ("value", "target", "gap")
                    ),
                    Cell(float(row["share"]), "percent"),
                    Cell(DIRECTIONS[row["direction"]], "text"),
                ),
            )
            for row in view.distances.get(entity, [])
        ),
    )


def entity_what_if_table(view: PathwayView, entity: str) -> Table:
    """Set the implied change of the score, factor by factor."""
    has_periods = view.has_periods
    scores = (
        Column("score", message("Score")),
        Column("new_score", message("New score")),
        Column("change", message("Change")),
        Column("ci_low", message("Lower bound")),
        Column("ci_high", message("Upper bound")),
    )
    return Table(
        id="what_if",
        title=message("What if a factor moved"),
        stub=message("Factor"),
        columns=(
            *((Column("period", message("Period")),) if has_periods else ()),
            Column("value", message("Value")),
            Column("new_value", message("New value")),
            *scores,
            Column("of", message("Estimate for")),
            Column("outside", message("Beyond the data")),
        ),
        rows=tuple(
            Row(
                message(
                    "{factor} {move}",
                    factor=view.name(row["factor"]),
                    move=move_in_words(view.moves[row["factor"]]),
                ),
                (
                    *((Cell(view.result.base_periods[entity], "year"),) if has_periods else ()),
                    Cell(float(row["value"]), decimals=numbers.digits_for(row["value"])),
                    Cell(float(row["new_value"]), decimals=numbers.digits_for(row["value"])),
                    *(Cell(float(row[c.key]), decimals=view.decimals) for c in scores),
                    Cell(view.naming.group(row["grouping"], row["group"]), "text"),
                    Cell(message("yes") if row["is_outside"] else message("no"), "text"),
                ),
            )
            for row in view.what_ifs.get(entity, [])
            if row["judgement"] in COUNTS
        ),
    )
