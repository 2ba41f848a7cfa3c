"""What the effects of a study are called in a table of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import reduce
from itertools import groupby
from types import MappingProxyType
from typing import Protocol, TypeVar

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


def name_effect(quantity: Quantity, shown: Shown) -> Wording:
    """Name an effect by labels: its path, and what it is of it.

    The number of the column stands first where the effect is one of a table.
    """
    labels = shown.style.labels
    words = [name_of(name, labels) for name in quantity.links]
    path = reduce(lambda left, right: message("{left} → {right}", left=left, right=right), words)
    if quantity.moderator:
        path = message(
            "{path} | {moderator}", path=path, moderator=name_of(quantity.moderator, labels)
        )
    study = shown.study
    if quantity.kind == "difference":
        return message(
            "{path}, {first} less {second}",
            path=path,
            first=study.member_label(quantity.grouping, quantity.group),
            second=study.member_label(quantity.grouping, quantity.other),
        )
    if quantity.group:
        return message(
            "{effect}, {group}",
            effect=path,
            group=study.member_label(quantity.grouping, quantity.group),
        )
    kind = KINDS.get(quantity.kind, LEVELS.get(quantity.at))
    if kind is not None:
        return message("{path}, {what}", path=path, what=kind)
    if quantity.kind == "direct":
        return message(
            "{path}, beside {mediator}",
            path=path,
            mediator=name_of(quantity.past, labels),
        )
    return (
        message("({number}) {path}", number=quantity.column, path=path) if quantity.column else path
    )


class NamedQuantity(Protocol):
    """What is known of a quantity, of whatever analysis."""

    @property
    def quantity(self) -> Quantity:
        """The quantity."""


N = TypeVar("N", bound=NamedQuantity)


def distinct(found: Iterable[N]) -> tuple[N, ...]:
    """Take each effect once, by its first estimate: a slope stands in a table, a mediation and a moderation."""
    first: dict[object, N] = {}
    for each in found:
        q = each.quantity
        # The effect at the mean of a moderator is that of the regression without it.
        is_whole = q.kind in {"slope", "indirect"} or (q.kind == "conditional" and q.at == "mean")
        of_kind = "effect" if is_whole else (q.kind, q.moderator, q.at, q.past)
        first.setdefault((of_kind, q.links, q.grouping, q.group, q.other), each)
    return tuple(first.values())


def section_title(place: Place, shown: Shown) -> Wording:
    """Title of a section."""
    key, name = place
    return ANALYSES.get(key).titled(name, shown.study.sections(key), shown.study)


def effect_key(place: Place, quantity: Quantity) -> str:
    """Name an effect for machines: tables.baseline/1 HEE -> GTFP."""
    key, name = place
    where = f"{key}.{name}" + (f"/{quantity.column}" if quantity.column else "")
    more = (
        *(() if quantity.kind == "slope" else (quantity.kind,)),
        *((f"{quantity.grouping}: {quantity.group}",) if quantity.grouping else ()),
        *((f"less {quantity.other}",) if quantity.other else ()),
        *((f"| {quantity.moderator}",) if quantity.moderator else ()),
        *((f"at {quantity.at}",) if quantity.at else ()),
        *((f"beside {quantity.past}",) if quantity.past else ()),
    )
    return " ".join((where, " -> ".join(quantity.links), *more))


def name_in_section(place: Place, quantity: Quantity, shown: Shown) -> Wording:
    """Name an effect with its section, for a sentence."""
    return message(
        "{effect} ({section})",
        effect=name_effect(quantity, shown),
        section=section_title(place, shown),
    )


def effect_record(place: Place, quantity: Quantity) -> dict[str, object]:
    """Identify an effect for machines, with its estimate and its usual interval."""
    fields = asdict(quantity)
    del fields["products"]
    return {
        "of": ".".join(place),
        "key": effect_key(place, quantity),
        **{name: value for name, value in fields.items() if value not in ("", 0)},
        "estimate": quantity.estimate,
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
