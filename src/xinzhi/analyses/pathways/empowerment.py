"""Differentiated empowerment: which factor works in which group, and whether groups differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.pathways.evidence import frame_records
from xinzhi.analyses.pathways.naming import ALL, Naming
from xinzhi.analyses.pathways.view import PathwayView
from xinzhi.present import numbers
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, message

VERDICTS: Mapping[str, Wording] = MappingProxyType(
    {
        "works": message("positive association"),
        "harms": message("negative association"),
        "small": message("association too small to count"),
        "null": message("not statistically significant"),
        "untested": message("not estimated"),
        "contested": message("groups disagree"),
    }
)
"""What the estimates say of an effect, in words."""
FAMILIES: Mapping[str, Wording] = MappingProxyType(
    {
        "holm": message("adjusted by Holm's method for the number of groupings"),
        "none": message("not adjusted for the number of groupings"),
    }
)
"""How p-values of differences are adjusted, in words."""


def empowerment_table(view: PathwayView) -> Table:
    """Set the effect of each factor in each group, and whether the groups differ."""
    result, naming, style = view.result, view.naming, view.shown.style
    effects = result.empowerment
    factors = list(dict.fromkeys(effects.index.get_level_values("factor")))
    studied = set(effects.index.get_level_values("grouping"))
    groupings = [ALL, *(grouping for grouping in naming.groupings if grouping in studied)]
    words = {
        "outcome": naming.variable(result.inputs.outcome),
        "level": numbers.level(result.pathways.thresholds.level),
    }
    return Table(
        id="empowerment",
        title=message("Differentiated empowerment by group"),
        stub=message("Group"),
        columns=tuple(Column(factor, naming.variable(factor)) for factor in factors),
        rows=tuple(
            row
            for grouping in groupings
            for row in _grouping_rows(effects, grouping, factors, naming, style)
        ),
        notes=(
            message(
                "Slope of {outcome} on each factor, beneath it the standard error on which its p-value "
                "rests; p of the difference tests whether the slopes of the groups are equal. A group's own estimate is "
                "used only where this p is below {level}, otherwise that for all entities.",
                **words,
            ),
            message("p of the difference: {family}.", family=FAMILIES[style.inference.family]),
        ),
        reading=tuple(_reading(effects, factors, naming, words)),
        machine=MappingProxyType({"empowerment": frame_records(effects.reset_index())}),
    )


def _grouping_rows(
    effects: pd.DataFrame, grouping: str, factors: Sequence[str], naming: Naming, style: Style
) -> Iterator[Row]:
    rows = effects[effects.index.get_level_values("grouping") == grouping]
    by_key = _by_key(rows)
    for position, group in enumerate(dict.fromkeys(rows.index.get_level_values("group"))):
        cells = [_cells(by_key.get((grouping, group, factor)), style) for factor in factors]
        key = f"{grouping}/{group}"
        # A rule sets each grouping apart from what stands above it; nothing stands above "All".
        rule = position == 0 and grouping != ALL
        estimates, errors = zip(*cells, strict=True)
        yield Row(naming.group(grouping, group), estimates, key=key, rule_above=rule)
        yield Row("", errors, key=f"{key}:std_error")
    if grouping != ALL and len(rows):
        # The test is about the grouping as a whole: all its groups carry the same p-value.
        tests = rows["difference_p"].groupby(level="factor").first()
        p_values = tuple(
            Cell(float(tests[factor]), "p_value") if factor in tests else EMPTY
            for factor in factors
        )
        words = message("{grouping}: p of the difference", grouping=naming.grouping(grouping))
        yield Row(words, p_values, key=f"{grouping}:difference")


def _cells(effect: Mapping[str, Any] | None, style: Style) -> tuple[Cell, Cell]:
    if effect is None:
        return EMPTY, EMPTY
    mark = numbers.marks(float(effect["p"]), style.stars)
    return (
        Cell(float(effect["b"]), "estimate", mark, style.decimals),
        Cell(float(effect["se"]), "std_error", decimals=style.decimals),
    )


def _reading(
    effects: pd.DataFrame, factors: Sequence[str], naming: Naming, words: Mapping[str, Wording]
) -> Iterator[Wording]:
    for factor in factors:
        name = naming.variable(factor)
        rows = effects[effects.index.get_level_values("factor") == factor]
        common = rows[rows.index.get_level_values("grouping") == ALL]
        if len(common):
            yield message(
                "{factor} and {outcome}, all entities: {verdict}.",
                factor=name,
                verdict=VERDICTS[str(common["verdict"].iloc[0])],
                outcome=words["outcome"],
            )
        of_groups = _by_key(rows[rows["speaks"] == "own"])
        for (grouping, group, _), effect in of_groups.items():
            yield message(
                "{factor} in {group}: {verdict} (difference between the groups: {p}).",
                factor=name,
                group=naming.group(grouping, group),
                verdict=VERDICTS[str(effect["verdict"])],
                p=numbers.p_equals(float(effect["difference_p"])),
            )
        if len(rows) > len(common) and not of_groups:
            yield message(
                "{factor}: no grouping shows a difference below {level}; the estimate for all "
                "entities is used throughout.",
                factor=name,
                level=words["level"],
            )


def _by_key(effects: pd.DataFrame) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Give the rows by (grouping, group, factor)."""
    return dict(zip(effects.index.tolist(), frame_records(effects), strict=True))
