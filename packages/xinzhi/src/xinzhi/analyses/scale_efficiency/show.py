"""Scale efficiency of one score: a measurement asks for it by `scale_efficiency: true`.

Tables of scale efficiency: means and classes of returns by period, and the entities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.section import Section
from xinzhi.present.options import options_in_words
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, listed, message
from xinzhi_frontier.scale import Scale


class ScaleSection(Section):
    """Scale efficiency of one score."""

    score: str
    """The score whose inputs, outputs and options are used."""


EFFICIENCIES: Mapping[str, Wording] = MappingProxyType(
    {
        "constant": message("Efficiency, constant returns"),
        "variable": message("Efficiency, variable returns"),
        "scale": message("Scale efficiency"),
    }
)
RETURNS: Mapping[str, Wording] = MappingProxyType(
    {
        "increasing": message("Increasing returns"),
        "constant": message("Constant returns"),
        "decreasing": message("Decreasing returns"),
    }
)
NON_INCREASING = message("Efficiency, non-increasing returns")


def by_period(table_id: str, title: Wording, result: Scale, *, decimals: int) -> Table:
    """Set the mean efficiencies of each period, and how many rows have which returns.

    Rows without one of the three efficiencies are counted in no column.
    """
    frame = result.to_frame()
    complete = frame[frame["returns"] != "unknown"]
    periods = complete.index.get_level_values("period")
    parts: dict[str, pd.DataFrame] = {}
    if periods.notna().all():
        parts = {
            period_name(period): complete[periods == period] for period in sorted(set(periods))
        }
    rows = [_row(key, key, part, decimals) for key, part in parts.items()]
    rows.append(replace(_row(message("All"), "all", complete, decimals), rule_above=bool(rows)))
    n_left_out = len(frame) - len(complete)
    left_out = message(
        "{n} rows without one of the efficiencies are left out.",
        one="{n} row without one of the efficiencies is left out.",
        n=n_left_out,
    )
    counts = complete["returns"].value_counts()
    return Table(
        id=table_id,
        title=title,
        stub=message("Period"),
        columns=(
            Column("n", message("n")),
            *(Column(key, heading) for key, heading in EFFICIENCIES.items()),
            *(Column(f"{key}_returns", heading) for key, heading in RETURNS.items()),
        ),
        rows=tuple(rows),
        notes=(_note_measurement(result), *((left_out,) if n_left_out else ())),
        reading=(
            message(
                "Mean scale efficiency is {mean}; of {n} rows {increasing} have increasing, "
                "{constant} constant and {decreasing} decreasing returns to scale.",
                one="Mean scale efficiency is {mean}; of {n} rows {increasing} has increasing, {constant} constant and {decreasing} decreasing returns to scale.",
                counting="increasing",
                mean=f"{complete['scale'].mean():.{decimals}f}",
                n=len(complete),
                **{key: int(counts.get(key, 0)) for key in RETURNS},
            ),
        )
        if len(complete)
        else (),
        machine={"rows": frame.reset_index().to_dict("records")},
    )


def _row(label: Wording, key: str, part: pd.DataFrame, decimals: int) -> Row:
    counts = part["returns"].value_counts()
    return Row(
        label,
        (
            Cell(len(part), "count"),
            *(Cell(float(part[name].mean()), decimals=decimals) for name in EFFICIENCIES),
            *(Cell(int(counts.get(name, 0)), "count") for name in RETURNS),
        ),
        key=key,
    )


def by_entity(
    table_id: str,
    title: Wording,
    result: Scale,
    *,
    labels: Mapping[str, Wording],
    decimals: int,
) -> Table:
    """Set each entity of the last period: three efficiencies, scale efficiency, returns."""
    frame = result.to_frame()
    periods = frame.index.get_level_values("period")
    has_periods = bool(periods.notna().all())
    last = frame[periods == periods.max()] if has_periods else frame
    names = ("constant", "variable", "non_increasing", "scale")
    headings = {**EFFICIENCIES, "non_increasing": NON_INCREASING}
    words = {**RETURNS, "unknown": ""}
    rows = [
        Row(
            labels.get(str(entity), str(entity)),
            (
                *(Cell(float(row[name]), decimals=decimals) for name in names),
                Cell(words[row["returns"]], "text"),
            ),
            key=str(entity),
        )
        for (entity, _), (_, row) in zip(last.index, last.iterrows(), strict=True)
    ]
    note = message("Last period; all periods are in results.json.")
    return Table(
        id=table_id,
        title=title,
        stub=message("Entity"),
        columns=(
            *(Column(name, headings[name]) for name in names),
            Column("returns", message("Returns to scale")),
        ),
        rows=tuple(rows),
        notes=(_note_measurement(result), *((note,) if has_periods else ())),
        machine={"rows": last.reset_index().to_dict("records")},
    )


def scale_methods(result: Scale, score: Wording) -> Wording:
    """Say how scale efficiency and returns to scale were found."""
    return message(
        "Scale efficiency of {score} is the efficiency under constant returns over that under variable "
        "returns ({options}). Returns to scale are constant where the two agree, increasing where the "
        "efficiency under non-increasing returns is that under constant returns, and decreasing "
        "elsewhere.",
        score=score,
        options=listed(_options(result)),
    )


def _note_measurement(result: Scale) -> Wording:
    return message("Measurement: {options}.", options=listed(_options(result)))


def _options(result: Scale) -> list[Wording]:
    """Options in force but for the returns to scale, which are compared."""
    # The phrase on returns to scale is the one in which the two lists differ.
    constant, variable = (
        options_in_words(
            replace(result.options, returns_to_scale=returns), has_bads=result.has_bads
        )
        for returns in ("constant", "variable")
    )
    return [phrase for phrase in constant if phrase in variable]
