"""Ranges of all effects when one entity is left out, and the entities that move them most."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits, whole_reading
from xinzhi.analyses.leave_one_out.compute import LeaveOneOut, LeaveOneOutInfluence, Range
from xinzhi.analyses.whole_study.draws import (
    MANY,
    distinct,
    effect_key,
    effect_record,
    name_in_section,
    not_drawn_notes,
    places_for_machines,
    rows_by_section,
)
from xinzhi.present import numbers
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.wording import Wording, listed, message

MILLER = (
    "Miller, R. G. (1974). The jackknife—A review. Biometrika, 61(1), 1–15. "
    "doi:10.1093/biomet/61.1.1"
)
MOST = 20
"""Entities in the table of influences."""


def exhibits(result: LeaveOneOut, shown: Shown) -> Exhibits:
    """Set the ranges and the influences."""
    table = range_table(result, shown)
    method = message(
        "Each of {entities} is left out of everything once, and all regressions are computed again from "
        "the others. Nothing is drawn at random; the preparation of the data, the groups and the levels "
        "of moderators stay as they are.",
        entities=shown.style.noun.count(len(result.entities)),
    )
    if result.has_frontier:
        method = message(
            "Each of {entities} is left out of everything once: the frontier, the scores, the variables "
            "made from them and all regressions are computed again from the others. Nothing is drawn at "
            "random; the preparation of the data, the groups and the levels of moderators stay as they "
            "are.",
            entities=shown.style.noun.count(len(result.entities)),
        )
    return Exhibits(
        (table, influence_table(result, shown)),
        methods=(method,),
        references=frozenset({MILLER}),
        prose=whole_reading(table),
    )


def range_table(result: LeaveOneOut, shown: Shown) -> Table:
    """Set each effect with its estimates without one entity, section by section."""
    smallest, largest = message("Smallest estimate"), message("Largest estimate")
    return Table(
        id=shown.name,
        title=shown.title,
        stub=message("Effect"),
        columns=(
            Column("estimate", message("Estimate")),
            Column("low", message("Estimate"), smallest),
            Column("without_low", message("Without"), smallest),
            Column("high", message("Estimate"), largest),
            Column("without_high", message("Without"), largest),
            Column("std_error", message("Jackknife standard error")),
            Column("turned", message("Other sign")),
            Column("n", message("Entities left out")),
        ),
        rows=tuple(
            rows_by_section(((e.place, e.quantity, _cells(e, shown)) for e in result.ranges), shown)
        ),
        notes=(
            message(
                "Other sign: number of entities whose absence alone turns the sign of the effect."
            ),
            message(
                "The jackknife takes entities as independent; it holds for estimates that change "
                "smoothly with the data, which a frontier through its best entities need not do."
            )
            if result.has_frontier
            else message(
                "The jackknife takes entities as independent; it holds for estimates that change "
                "smoothly with the data."
            ),
            *not_drawn_notes(result.not_drawn, shown),
        ),
        reading=tuple(_reading(result, shown)),
        machine={
            "entities": len(result.entities),
            "lost": list(result.lost),
            "not_drawn": places_for_machines(result.not_drawn),
            "effects": [_range_record(effect) for effect in result.ranges],
            "influences": [_influence_record(result, i) for i in result.influences[:MOST]],
        },
    )


def _cells(effect: Range, shown: Shown) -> tuple[Cell, ...]:
    decimals = shown.style.decimals
    return (
        Cell(effect.quantity.estimate, "number", decimals=decimals),
        Cell(effect.low, "number", decimals=decimals),
        Cell(_entity(effect.without_low, shown), "text"),
        Cell(effect.high, "number", decimals=decimals),
        Cell(_entity(effect.without_high, shown), "text"),
        Cell(effect.std_error, "number", decimals=decimals),
        Cell(effect.n_turned, "count"),
        Cell(effect.n, "count"),
    )


def _entity(name: str, shown: Shown) -> Wording:
    return shown.style.entities.get(name, name)


def influence_table(result: LeaveOneOut, shown: Shown) -> Table:
    """Set the entities whose absence changes the effects most."""
    largest = message("Largest change")
    rows = tuple(
        Row(
            _entity(influence.entity, shown),
            (
                Cell(influence.overall, "number", decimals=2),
                Cell(influence.largest, "number", decimals=2),
                Cell(_effect(result, influence, shown), "text"),
                Cell(influence.n_turned, "count"),
            ),
            key=influence.entity,
        )
        for influence in result.influences[:MOST]
    )
    return Table(
        id=f"{shown.name}_influence",
        title=message("Most influential entities"),
        stub=message("Entity"),
        columns=(
            Column("overall", message("All effects")),
            Column("largest", message("Standard errors"), largest),
            Column("effect", message("Effect"), largest),
            Column("turned", message("Effects with the other sign")),
        ),
        rows=rows,
        notes=(
            message(
                "Changes when the entity is left out, in jackknife standard errors of each effect; all "
                "effects: root mean square."
            ),
            message(
                "At most {n} entities, those with the largest change over all effects.", n=MOST
            ),
        ),
    )


def _effect(result: LeaveOneOut, influence: LeaveOneOutInfluence, shown: Shown) -> Wording:
    effect = result.ranges[influence.position]
    return name_in_section(effect.place, effect.quantity, shown)


def _reading(result: LeaveOneOut, shown: Shown) -> Iterator[Wording]:
    """Count the effects that keep their sign, and name the others and the entity that moves most."""
    effects = distinct(effect for effect in result.ranges if effect.n)
    turned = [effect for effect in effects if effect.n_turned]
    if not effects:
        return
    counts = {
        "entities": shown.style.noun.count(len(result.entities)),
        "kept": len(effects) - len(turned),
        "all": len(effects),
    }
    if result.has_frontier:
        yield message(
            "Each of {entities} is left out of everything once, the frontier included: {kept} of "
            "{all} effects keep their sign without any one of them.",
            one="Each of {entities} is left out of everything once, the frontier included: {kept} of {all} effects keeps its sign without any one of them.",
            counting="kept",
            **counts,
        )
    else:
        yield message(
            "Each of {entities} is left out of everything once: {kept} of {all} effects keep their sign "
            "without any one of them.",
            one="Each of {entities} is left out of everything once: {kept} of {all} effects keeps its sign without any one of them.",
            counting="kept",
            **counts,
        )
    if 0 < len(turned) <= MANY:
        yield message(
            "The sign changes for {effects}.",
            effects=listed([name_in_section(each.place, each.quantity, shown) for each in turned]),
        )
    if result.influences:
        first = result.influences[0]
        yield message(
            "Leaving out {entity} changes the effects most: by {change} jackknife standard errors (root "
            "mean square over all effects), and by {largest} for {effect}.",
            entity=_entity(first.entity, shown),
            change=numbers.number(first.overall, 2),
            largest=numbers.number(first.largest, 2),
            effect=_effect(result, first, shown),
        )


def _range_record(effect: Range) -> dict[str, object]:
    return {
        **effect_record(effect.place, effect.quantity),
        "smallest": effect.low,
        "without_smallest": effect.without_low,
        "largest": effect.high,
        "without_largest": effect.without_high,
        "jackknife_std_error": effect.std_error,
        "n_turned": effect.n_turned,
        "n_left_out": effect.n,
    }


def _influence_record(result: LeaveOneOut, influence: LeaveOneOutInfluence) -> dict[str, object]:
    effect = result.ranges[influence.position]
    return {
        "entity": influence.entity,
        "overall": influence.overall,
        "largest": influence.largest,
        "effect": effect_key(effect.place, effect.quantity),
        "n_turned": influence.n_turned,
    }
