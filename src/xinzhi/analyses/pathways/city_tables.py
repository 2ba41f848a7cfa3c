"""The small tables on the page of an entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.pathways.applicable import ApplicableEstimate
from xinzhi.analyses.pathways.by_entity import Sorted, number_or_none
from xinzhi.analyses.pathways.by_entity_table import OF_TOOLS as WHAT_TOOLS_DO
from xinzhi.analyses.pathways.by_entity_table import most_specific
from xinzhi.analyses.pathways.empowerment import VERDICTS
from xinzhi.analyses.pathways.evidence_table import OF_TOOLS
from xinzhi.analyses.pathways.own_level import Level
from xinzhi.analyses.pathways.pathway_pages import amount_cell
from xinzhi.analyses.pathways.pathway_tables import (
    ESTIMATE_COLUMNS,
    HELPS,
    STATUSES,
    estimate_cells,
)
from xinzhi.analyses.pathways.pathways import CityPathways, Pathway, Step
from xinzhi.analyses.pathways.what_if_tables import COUNTS, DIRECTIONS, move_in_words
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.present import numbers
from xinzhi.present.options import measured_as
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message


def scores_table(known: Sorted, entity: str) -> Table:
    """Set score, rank and class over time."""
    classes, has_class = known.classes or {}, known.classes is not None
    more = (Column("class", message("Class")),) if has_class else ()
    return Table(
        id="scores",
        title=message("Score over time"),
        stub=message("Period"),
        columns=(Column("score", message("Score")), Column("rank", message("Rank")), *more),
        rows=tuple(
            Row(
                str(row["period"]) if known.has_periods else "",
                (
                    Cell(number_or_none(row["score"]), decimals=known.decimals),
                    Cell(number_or_none(row["rank"]), "count"),
                    *((Cell(classes.get(row["class"]), "text"),) if has_class else ()),
                ),
            )
            for row in known.values[entity]
        ),
        notes=_measured(known),
    )


def _measured(known: Sorted) -> tuple[Wording, ...]:
    """Say how the score was measured."""
    found = known.shown.results.get("efficiency", {}).get(known.found.score or "")
    if not isinstance(found, EfficiencyResult):
        return ()
    return (measured_as(found.options, has_bads=found.has_bads),)


def pathways_table(known: Sorted, city: CityPathways) -> Table:
    """Set each pathway with the estimates that speak for the entity."""
    rows = tuple(row for one in city.pathways for row in _pathway(known, one))
    return Table(
        id="pathways",
        title=message("Pathways and their evidence"),
        stub=message("Pathway"),
        columns=(
            *ESTIMATE_COLUMNS,
            Column("of", message("Estimate for")),
            Column("difference", message("p of the difference")),
        ),
        rows=rows,
    )


def _pathway(known: Sorted, one: Pathway) -> Iterator[Row]:
    status = Cell(STATUSES[one.status], "text")
    yield Row(one.label, (*(EMPTY,) * 4, status, *(EMPTY,) * 2), rule_above=True)
    has_channels = one.status in {"supported", "effect_only"}
    channels = [channel.indirect for channel in one.channels] if has_channels else []
    for resolved in (one.effect, *channels):
        for applied in resolved.applicable:
            yield _estimate(known, applied)


def _estimate(known: Sorted, applied: ApplicableEstimate) -> Row:
    e, test = applied.evidence, applied.difference
    return Row(
        known.naming.path(e.path),
        (
            *estimate_cells(known, e),
            Cell(VERDICTS[applied.verdict], "text"),
            Cell(known.group(e.grouping, e.group), "text"),
            EMPTY if test is None else Cell(test.p, "p_value"),
        ),
    )


def tools_table(known: Sorted, city: CityPathways) -> Table:
    """Set what each tool does to each step, and the effect of the step at the level of the entity."""
    return Table(
        id="tools",
        title=message("Tools at the entity's own level"),
        stub=message("Tool, step"),
        columns=(
            Column("b", message("Effect at this level")),
            *ESTIMATE_COLUMNS[1:],
            Column("acts", message("Interaction")),
        ),
        rows=tuple(row for one in city.supported for row in _tools(known, one)),
        notes=(WHAT_TOOLS_DO,),
    )


def _tools(known: Sorted, one: Pathway) -> Iterator[Row]:
    for tool in one.tools:
        if tool.steps:
            words = message("{pathway}: {tool}", pathway=one.label, tool=known.name(tool.name))
            said = Cell(HELPS[tool.help], "text")
            yield Row(words, (*(EMPTY,) * 4, said, EMPTY), rule_above=True)
            yield from (_step(known, step) for step in tool.steps)


def _step(known: Sorted, step: Step) -> Row:
    judgement, e = step.interaction.judgement, step.effect
    cells = (Cell(None),) * 4 if e is None else estimate_cells(known, e)
    said = numbers.MISSING if e is None else VERDICTS[step.verdict]
    acts = Cell(OF_TOOLS.get(judgement, VERDICTS[judgement]), "text")
    return Row(known.naming.path(step.interaction.path), (*cells, Cell(said, "text"), acts))


def levels_table(known: Sorted, city: CityPathways) -> Table:
    """Set factors and tools of the entity beside the medians of the entities that it is compared with."""
    levels = most_specific(
        level
        for one in city.supported or city.pathways
        for level in (one.level, *(tool.level for tool in one.tools))
    )
    periods = (Column("period", message("Period")),) if known.has_periods else ()
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
        rows=tuple(_level(known, level) for level in levels),
    )


def _level(known: Sorted, level: Level) -> Row:
    name, unit = known.name(level.variable), known.unit(level.variable)
    return Row(
        message("{name} ({unit})", name=name, unit=unit) if unit else name,
        (
            *((Cell(level.period, "year"),) if known.has_periods else ()),
            amount_cell(level.value),
            amount_cell(level.median),
            Cell(level.n, "count"),
            Cell(known.naming.groups(level.like), "text"),
        ),
    )


def peers_table(known: Sorted, entity: str) -> Table:
    """List the peers with their intensities, and who is a role model."""
    shares = {row["model"]: row for row in known.models.get(entity, [])}
    own = known.peers.get(entity, [])
    rows = tuple(_peer(known, row, shares.get(row["peer"], {})) for row in own)
    return Table(
        id="peers",
        title=message("Peers on the frontier"),
        stub=message("Peer"),
        columns=(
            Column("intensity", message("Intensity")),
            Column("share", message("Share as role model")),
            Column("shared", message("Same group")),
        ),
        rows=rows,
    )


def _peer(known: Sorted, row: Mapping[str, Any], model: Mapping[str, Any]) -> Row:
    name = known.names.get(str(row["peer"]), str(row["peer"]))
    when = row["peer_period"] if known.has_periods else None
    label = name if when is None else message("{city}, {period}", city=name, period=when)
    shared = [word for word in str(model.get("shared_groups", "")).split(", ") if word]
    groups = listed([known.shown.study.group_label(word) for word in shared])
    return Row(
        label,
        (
            Cell(float(row["intensity"]), decimals=known.decimals),
            Cell(model["share"], "percent") if model else EMPTY,
            Cell(groups or numbers.MISSING, "text"),
        ),
    )


def distance_table(known: Sorted, entity: str) -> Table:
    """Set value, target and what lies between, in own units."""
    columns = ("value", "target", "gap")
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
                known.columns[str(row["variable"])].both,
                (
                    *(_in_own_units(row, column) for column in columns),
                    Cell(float(row["share"]), "percent"),
                    Cell(DIRECTIONS[row["direction"]], "text"),
                ),
            )
            for row in known.apart.get(entity, [])
        ),
    )


def what_if_table(known: Sorted, entity: str) -> Table:
    """Set the implied change of the score, factor by factor."""
    has_periods = known.has_periods
    columns = ("score", "new_score", "change", "ci_low", "ci_high")
    headings = (
        message("Score"),
        message("New score"),
        message("Change"),
        message("Lower bound"),
        message("Upper bound"),
    )
    return Table(
        id="what_if",
        title=message("What if a factor moved"),
        stub=message("Factor"),
        columns=(
            *((Column("period", message("Period")),) if has_periods else ()),
            Column("value", message("Value")),
            Column("new_value", message("New value")),
            *(Column(c, heading) for c, heading in zip(columns, headings, strict=True)),
            Column("of", message("Estimate for")),
            Column("outside", message("Beyond the data")),
        ),
        rows=tuple(
            Row(
                message(
                    "{factor} {move}",
                    factor=known.name(row["factor"]),
                    move=move_in_words(known.section.what_if[row["factor"]]),
                ),
                (
                    *((Cell(known.found.base_periods[entity], "year"),) if has_periods else ()),
                    Cell(float(row["value"]), decimals=numbers.digits_for(row["value"])),
                    Cell(float(row["new_value"]), decimals=numbers.digits_for(row["value"])),
                    *(Cell(float(row[c]), decimals=known.decimals) for c in columns),
                    Cell(known.group(row["grouping"], row["group"]), "text"),
                    Cell(message("yes") if row["is_outside"] else message("no"), "text"),
                ),
            )
            for row in known.moved.get(entity, [])
            if row["judgement"] in COUNTS
        ),
    )


def _in_own_units(row: Mapping[str, Any], column: str) -> Cell:
    return Cell(float(row[column]), decimals=numbers.digits_for(float(row["value"])))
