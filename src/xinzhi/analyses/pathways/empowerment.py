"""Differentiated empowerment: which factor works in which group, and whether groups differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.pathways.evidence import (
    NUMBERS,
    Findings,
    frame_records,
    join_path,
)
from xinzhi.analyses.pathways.naming import ALL, ARROW, Naming
from xinzhi.present import numbers
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, message


def empowerment(findings: Findings, outcome: str) -> pd.DataFrame:
    """Set out the effect of each factor on the outcome in each group.

    Returns
    -------
    pandas.DataFrame
        Indexed (grouping, group, factor), all cities first: `b`, `se`, `p`, `ci_low`, `ci_high`,
        `n`, `verdict` (works, harms, small, null, untested), `difference_p` (missing without a test),
        `speaks`: `own` where the groups differ, else `common` (the estimate for all speaks for the
        group too); `in_force`: the verdict of the one that speaks.

    Examples
    --------
    >>> frame = pd.DataFrame({"path": ["HEE -> GTFP"] * 2, "grouping": ["", "stage"],
    ...     "group": ["", "mature"], "b": [0.02, 0.03], "se": [0.01, 0.01], "p": [0.046, 0.003],
    ...     "n": [1840, 900]})
    >>> empowerment(build_findings(frame, None, Thresholds()), "GTFP")["speaks"].tolist()
    ['common', 'common']
    """
    thresholds = findings.thresholds
    # A path with a tool is an interaction, one of three links or more a mediated effect.
    paths = [path.split(ARROW) for path, _, _, tool in findings.estimates if tool == ALL]
    factors = dict.fromkeys(p[0] for p in paths if len(p) == 2 and p[1] == outcome)
    rows = []
    for (grouping, group), factor in product(findings.groups(), factors):
        path = join_path(factor, outcome)
        estimate = findings.estimate(path, grouping, group)
        if estimate is None:
            continue
        test = None if grouping == ALL else findings.difference(path, grouping)
        # Without a significant difference the group has no estimate of its own: the common one
        # speaks, even where the group's is significant and that for all is not.
        differs = bool(thresholds.differs(test))
        rows.append(
            {
                "grouping": grouping,
                "group": group,
                "factor": factor,
                **{name: getattr(estimate, name) for name in NUMBERS},
                "verdict": thresholds.verdict(estimate),
                "difference_p": float("nan") if test is None else test.p,
                "speaks": "own" if differs else "common",
                "in_force": thresholds.verdict(estimate if differs else findings.estimate(path)),
            }
        )
    keys = ["grouping", "group", "factor"]
    columns = [*keys, *NUMBERS, "verdict", "difference_p", "speaks", "in_force"]
    return pd.DataFrame(rows, columns=columns).set_index(keys)


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


def empowerment_table(
    table_id: str,
    title: Wording,
    effects: pd.DataFrame,
    *,
    outcome: str,
    level: float,
    naming: Naming,
    style: Style,
) -> Table:
    """Set the effect of each factor in each group, and whether the groups differ.

    `effects` are those of `empowerment`; `level` is that at which an estimate is significant.
    """
    keys = effects.index
    factors = list(dict.fromkeys(keys.get_level_values("factor")))
    studied = set(keys.get_level_values("grouping"))
    groupings = [ALL, *(grouping for grouping in naming.groupings if grouping in studied)]
    words = {"outcome": naming.variable(outcome), "level": numbers.level(level)}
    return Table(
        id=table_id,
        title=title,
        stub=message("Group"),
        columns=tuple(Column(factor, naming.variable(factor)) for factor in factors),
        rows=tuple(
            row
            for grouping in groupings
            for row in _grouping_rows(effects, grouping, factors, naming, style)
        ),
        notes=(
            message(
                "Slope of {outcome} on each factor, standard error beneath; p of the difference "
                "tests whether the slopes of the groups are equal. A group's own estimate is "
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
