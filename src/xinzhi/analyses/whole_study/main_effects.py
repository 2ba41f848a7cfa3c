"""The effects that the main text shows with both intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.mediation.section import MediationSection
from xinzhi.analyses.whole_study.compute import Interval, WholeStudy
from xinzhi.analyses.whole_study.names import key_of, named
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message

MOST = 15
"""Rows of the table."""


def main_effects(result: WholeStudy, shown: Shown) -> tuple[Interval, ...]:
    """Choose the slopes of the first column of the study, and the mediated effects that start from it."""
    first = shown.study.first_column
    if first is None:
        return ()
    table, _, number = first.rpartition("/")

    def is_main(one: Interval) -> bool:
        (key, name), q = one.place, one.quantity
        if q.kind == "slope":
            return (key, name, str(q.column)) == ("tables", table, number)
        section = shown.study.section(key, name)
        is_mediated = q.kind == "indirect" and isinstance(section, MediationSection)
        return is_mediated and section.base == first

    return tuple(one for one in result.intervals if is_main(one))[:MOST]


def outcome_of(chosen: Sequence[Interval]) -> str:
    """Name the outcome that all of them have; empty where they have several."""
    outcomes = {one.quantity.links[-1] for one in chosen}
    return outcomes.pop() if len(outcomes) == 1 else ""


def in_short(one: Interval, outcome: str, shown: Shown) -> Wording:
    """Name an effect without the outcome that a heading names."""
    q = one.quantity
    return named(replace(q, links=q.links[:-1]) if outcome else q, shown)


def effect_on(outcome: str, shown: Shown) -> Wording:
    """Head the effects, by their outcome where all have one."""
    if not outcome:
        return message("Effect")
    return message("Effect on {outcome}", outcome=name_of(outcome, shown.style.labels))


def main_table(result: WholeStudy, shown: Shown) -> Table | None:
    """Set these effects with both intervals; nothing where there is none."""
    chosen = main_effects(result, shown)
    if not chosen:
        return None
    outcome = outcome_of(chosen)
    usual = message("Usual interval")
    drawn = message("Over draws of the study ({level})", level=f"{result.level:.0%}")
    return Table(
        id=f"{shown.name}_main",
        title=message("Main effects with intervals over draws of the whole study"),
        stub=effect_on(outcome, shown),
        columns=(
            Column("estimate", message("Estimate")),
            Column("usual_low", message("Lower bound"), usual),
            Column("usual_high", message("Upper bound"), usual),
            Column("low", message("Lower bound"), drawn),
            Column("high", message("Upper bound"), drawn),
        ),
        rows=tuple(_row(one, outcome, shown) for one in chosen),
        notes=(
            message(
                "The usual intervals take the scores as data; those over draws of the study measure "
                "the frontier again in each draw. All effects stand in the appendix."
            ),
        ),
        machine={"effects": [key_of(one.place, one.quantity) for one in chosen]},
        part="text",
    )


def _row(one: Interval, outcome: str, shown: Shown) -> Row:
    q = one.quantity
    cells = (
        Cell(value, "number", decimals=shown.style.decimals)
        for value in (q.estimate, q.low, q.high, one.low, one.high)
    )
    return Row(in_short(one, outcome, shown), tuple(cells), key=key_of(one.place, q))
