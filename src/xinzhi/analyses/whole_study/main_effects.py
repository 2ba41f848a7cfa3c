"""The effects that the main text shows with both intervals."""

from __future__ import annotations

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.mediation.section import MediationSection
from xinzhi.analyses.whole_study.compute import Interval, WholeStudy
from xinzhi.analyses.whole_study.names import key_of, named
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import message

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


def main_table(result: WholeStudy, shown: Shown) -> Table | None:
    """Set these effects with both intervals; nothing where there is none."""
    chosen = main_effects(result, shown)
    if not chosen:
        return None
    usual = message("Usual interval")
    drawn = message("Over draws of the study ({level})", level=f"{result.level:.0%}")
    return Table(
        id=f"{shown.name}_main",
        title=message("Main effects with intervals over draws of the whole study"),
        stub=message("Effect"),
        columns=(
            Column("estimate", message("Estimate")),
            Column("usual_low", message("Lower bound"), usual),
            Column("usual_high", message("Upper bound"), usual),
            Column("low", message("Lower bound"), drawn),
            Column("high", message("Upper bound"), drawn),
        ),
        rows=tuple(_row(one, shown) for one in chosen),
        notes=(
            message(
                "The usual intervals take the scores as data; those over draws of the study measure "
                "the frontier again in each draw. All effects stand in the appendix."
            ),
        ),
        machine={"effects": [key_of(one.place, one.quantity) for one in chosen]},
        part="text",
    )


def _row(one: Interval, shown: Shown) -> Row:
    q = one.quantity
    cells = (
        Cell(value, "number", decimals=shown.style.decimals)
        for value in (q.estimate, q.low, q.high, one.low, one.high)
    )
    return Row(named(q, shown), tuple(cells), key=key_of(one.place, q))
