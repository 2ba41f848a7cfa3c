"""The small tables on the page of an entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.pathways.dose_tables import DOSE_COLUMNS, dose_cells
from xinzhi.analyses.pathways.empowerment import VERDICTS
from xinzhi.analyses.pathways.own_level import Level
from xinzhi.analyses.pathways.pathway_pages import OF_TOOLS, amount_cell, most_specific
from xinzhi.analyses.pathways.pathway_tables import (
    ESTIMATE_COLUMNS,
    HELPS,
    INTERACTIONS,
    STATUSES,
    estimate_cells,
)
from xinzhi.analyses.pathways.pathways import CityPathways, Pathway, Step
from xinzhi.analyses.pathways.view import PathwayView, number_or_none
from xinzhi.analyses.pathways.what_if_tables import COUNTS, DIRECTIONS, move_in_words
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.present import numbers
from xinzhi.present.options import measured_as
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message


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
                str(row["period"]) if view.has_periods else "",
                (
                    Cell(number_or_none(row["score"]), decimals=view.decimals),
                    Cell(number_or_none(row["rank"]), "count"),
                    *(() if classes is None else (Cell(classes.get(row["class"]), "text"),)),
                ),
            )
            for row in view.values[entity]
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


def _step_row(view: PathwayView, step: Step) -> Row:
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


def _level(view: PathwayView, level: Level) -> Row:
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


def distance_table(view: PathwayView, entity: str) -> Table:
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


def what_if_table(view: PathwayView, entity: str) -> Table:
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
