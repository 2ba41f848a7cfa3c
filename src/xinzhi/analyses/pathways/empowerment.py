"""Differentiated empowerment: which factor works in which group, and whether groups differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.pathways.evidence import (
    CUSTOMARY,
    NUMBERS,
    Thresholds,
    findings_of,
    path_of,
)
from xinzhi.analyses.pathways.naming import ALL
from xinzhi.present import numbers
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, message


def empowerment(
    estimates: pd.DataFrame,
    *,
    factors: Sequence[str],
    outcome: str,
    differences: pd.DataFrame | None = None,
    thresholds: Thresholds = CUSTOMARY,
) -> pd.DataFrame:
    """Set out the effect of each factor on the outcome in each group.

    Parameters
    ----------
    estimates, differences
        Frames as `xinzhi.analyses.pathways.evidence` describes them.
    factors, outcome
        Ends of the paths.
    thresholds
        When an effect counts.

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
    >>> empowerment(frame, factors=["HEE"], outcome="GTFP")["speaks"].tolist()
    ['common', 'common']
    """
    findings = findings_of(estimates, differences, thresholds)
    rows = []
    for grouping, group in findings.groups():
        for factor in factors:
            path = path_of(factor, outcome)
            found = findings.estimate(path, grouping, group)
            if found is None:
                continue
            test = None if grouping == ALL else findings.difference(path, grouping)
            own = bool(thresholds.differs(test))
            in_force = found if own else findings.estimate(path)
            rows.append(
                {
                    "grouping": grouping,
                    "group": group,
                    "factor": factor,
                    **{name: getattr(found, name) for name in NUMBERS},
                    "verdict": thresholds.verdict(found),
                    "difference_p": float("nan") if test is None else test.p,
                    "speaks": "own" if own else "common",
                    "in_force": thresholds.verdict(in_force),
                }
            )
    keys = ["grouping", "group", "factor"]
    columns = [*keys, *NUMBERS, "verdict", "difference_p", "speaks", "in_force"]
    return pd.DataFrame(rows, columns=columns).set_index(keys)


Member = Callable[[str, str], Wording]
"""From grouping and group to words."""
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
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: pd.DataFrame,
    *,
    outcome: str,
    level: float,
    groupings: Mapping[str, Wording],
    member: Member,
    style: Style,
) -> Table:
    """Set the effect of each factor in each group, and whether the groups differ.

    Parameters
    ----------
    found
        As `typology.empowerment` gives it: indexed (grouping, group, factor).
    outcome, level
        What the factors work on; the level at which an estimate counts.
    groupings, member
        Words for groupings, in the order in which they shall stand, and for their groups.
    """
    factors = list(dict.fromkeys(found.index.get_level_values("factor")))
    rows: list[Row] = []
    for grouping in (ALL, *groupings):
        rows += _grouping(found, grouping, factors, groupings, member, style)
    words = {"outcome": name_of(outcome, style.labels), "level": numbers.level(level)}
    return Table(
        id=id,
        title=title,
        stub=message("Group"),
        columns=tuple(Column(factor, name_of(factor, style.labels)) for factor in factors),
        rows=tuple(rows),
        notes=(
            message(
                "Slope of {outcome} on each factor, standard error beneath; p of the difference "
                "tests whether the slopes of the groups are equal. A group's own estimate is "
                "used only where this p is below {level}, otherwise that for all entities.",
                **words,
            ),
            message("p of the difference: {family}.", family=FAMILIES[style.inference.family]),
        ),
        reading=tuple(_reading(found, factors, groupings, member, style, words)),
        machine=MappingProxyType({"empowerment": _machine(found)}),
    )


def _grouping(
    found: pd.DataFrame,
    grouping: str,
    factors: Sequence[str],
    groupings: Mapping[str, Wording],
    member: Member,
    style: Style,
) -> Iterator[Row]:
    own = found[found.index.get_level_values("grouping") == grouping]
    for at, group in enumerate(dict.fromkeys(own.index.get_level_values("group"))):
        words = message("All") if grouping == ALL else _named(grouping, group, groupings, member)
        cells = [_cells(own, (grouping, group, factor), style) for factor in factors]
        key = f"{grouping}/{group}"
        yield Row(words, tuple(c[0] for c in cells), key=key, rule_above=at == 0 and bool(grouping))
        yield Row("", tuple(c[1] for c in cells), key=f"{key}:std_error")
    if grouping != ALL and len(own):
        tests = own["difference_p"].groupby(level="factor").first()
        p = tuple(_p(tests.get(factor)) for factor in factors)
        words = message("{grouping}: p of the difference", grouping=groupings[grouping])
        yield Row(words, p, key=f"{grouping}:difference")


def _named(grouping: str, group: str, groupings: Mapping[str, Wording], member: Member) -> Wording:
    return message(
        "{grouping}: {group}", grouping=groupings[grouping], group=member(grouping, group)
    )


def _cells(own: pd.DataFrame, key: tuple[str, str, str], style: Style) -> tuple[Cell, Cell]:
    one = _plain(own).get(key)
    if one is None:
        return EMPTY, EMPTY
    mark = numbers.marks(float(one["p"]), style.stars)
    return (
        Cell(float(one["b"]), "estimate", mark, style.decimals),
        Cell(float(one["se"]), "std_error", decimals=style.decimals),
    )


def _p(value: float | None) -> Cell:
    return EMPTY if value is None else Cell(float(value), "p_value")


def _reading(
    found: pd.DataFrame,
    factors: Sequence[str],
    groupings: Mapping[str, Wording],
    member: Member,
    style: Style,
    words: Mapping[str, Wording],
) -> Iterator[Wording]:
    for factor in factors:
        name = name_of(factor, style.labels)
        own = found[found.index.get_level_values("factor") == factor]
        common = own[own.index.get_level_values("grouping") == ALL]
        if len(common):
            yield message(
                "{factor} and {outcome}, all entities: {verdict}.",
                factor=name,
                verdict=VERDICTS[str(common["verdict"].iloc[0])],
                outcome=words["outcome"],
            )
        for (grouping, group, _), one in _plain(own[own["speaks"] == "own"]).items():
            yield message(
                "{factor} in {group}: {verdict} (difference between the groups: {p}).",
                factor=name,
                group=_named(grouping, group, groupings, member),
                verdict=VERDICTS[str(one["verdict"])],
                p=numbers.p_equals(float(one["difference_p"])),
            )
        if len(own) > len(common) and not (own["speaks"] == "own").any():
            yield message(
                "{factor}: no grouping shows a difference below {level}; the estimate for all "
                "entities is used throughout.",
                factor=name,
                level=words["level"],
            )


def _plain(found: pd.DataFrame) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Give the rows by (grouping, group, factor)."""
    rows = found.astype(object).to_dict(orient="records")
    return {
        (str(key[0]), str(key[1]), str(key[2])): {str(k): v for k, v in row.items()}
        for key, row in zip(found.index.tolist(), rows, strict=True)
    }


def _machine(found: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {"grouping": grouping, "group": group, "factor": factor, **row}
        for (grouping, group, factor), row in _plain(found).items()
    ]
