"""What the effects of a study are called in a table of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import reduce
from itertools import groupby
from types import MappingProxyType

from xinzhi.analyses.analysis import ANALYSES, Shown
from xinzhi.analyses.quantity import Quantity
from xinzhi.analyses.whole_study.regressions import Place
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import EMPTY, Cell, Row
from xinzhi.wording import Wording, message

MANY = 8
"""Effects that a sentence names; of more it gives the number."""
KINDS: Mapping[str, Wording] = MappingProxyType(
    {
        "interaction": message("interaction"),
        "index": message("mean + SD less mean − SD"),
    }
)
LEVELS: Mapping[str, Wording] = MappingProxyType(
    {
        "low": message("at mean − SD"),
        "mean": message("at the mean"),
        "high": message("at mean + SD"),
    }
)


def name_effect(one: Quantity, shown: Shown) -> Wording:
    """Name an effect by labels: its path, and what it is of it.

    The number of the column stands first where the effect is one of a table.
    """
    labels = shown.style.labels
    words = [name_of(name, labels) for name in one.links]
    path = reduce(lambda left, right: message("{left} → {right}", left=left, right=right), words)
    if one.moderator:
        path = message("{path} | {moderator}", path=path, moderator=name_of(one.moderator, labels))
    study = shown.study
    if one.kind == "difference":
        return message(
            "{path}, {first} less {second}",
            path=path,
            first=study.member_label(one.grouping, one.group),
            second=study.member_label(one.grouping, one.other),
        )
    if one.group:
        return message(
            "{effect}, {group}", effect=path, group=study.member_label(one.grouping, one.group)
        )
    kind = KINDS.get(one.kind, LEVELS.get(one.at))
    if kind is not None:
        return message("{path}, {what}", path=path, what=kind)
    if one.kind == "direct":
        return message(
            "{path}, beside {mediator}",
            path=path,
            mediator=name_of(one.past, labels),
        )
    return message("({number}) {path}", number=one.column, path=path) if one.column else path


def section_title(place: Place, shown: Shown) -> Wording:
    """Title of a section."""
    key, name = place
    return ANALYSES.get(key).titled(name, shown.study.sections(key), shown.study)


def effect_key(place: Place, one: Quantity) -> str:
    """Name an effect for machines: tables.baseline/1 HEE -> GTFP."""
    key, name = place
    where = f"{key}.{name}" + (f"/{one.column}" if one.column else "")
    more = (
        *(() if one.kind == "slope" else (one.kind,)),
        *((f"{one.grouping}: {one.group}",) if one.grouping else ()),
        *((f"less {one.other}",) if one.other else ()),
        *((f"| {one.moderator}",) if one.moderator else ()),
        *((f"at {one.at}",) if one.at else ()),
        *((f"beside {one.past}",) if one.past else ()),
    )
    return " ".join((where, " -> ".join(one.links), *more))


def name_in_section(place: Place, one: Quantity, shown: Shown) -> Wording:
    """Name an effect with its section, for a sentence."""
    return message(
        "{effect} ({section})", effect=name_effect(one, shown), section=section_title(place, shown)
    )


def effect_record(place: Place, one: Quantity) -> dict[str, object]:
    """Identify an effect for machines, with its estimate and its usual interval."""
    fields = asdict(one)
    del fields["products"]
    return {
        "of": ".".join(place),
        "key": effect_key(place, one),
        **{name: value for name, value in fields.items() if value not in ("", 0)},
        "estimate": one.estimate,
    }


def rows_by_section(
    effects: Iterable[tuple[Place, Quantity, tuple[Cell, ...]]], shown: Shown
) -> Iterator[Row]:
    """Set one row an effect, those of a section of the study below its title."""
    for place, members in groupby(effects, key=lambda effect: effect[0]):
        rows = [
            Row(name_effect(quantity, shown), cells, key=effect_key(place, quantity))
            for _, quantity, cells in members
        ]
        empty = (EMPTY,) * len(rows[0].cells)
        yield Row(section_title(place, shown), empty, key=".".join(place), rule_above=True)
        yield from rows


def excludes_zero(low: float, high: float) -> bool:
    """Whether an interval lies on one side of 0."""
    return low > 0.0 or high < 0.0
