"""What the effects of a study are called in a table of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.quantity import Quantity
from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import Wording, message

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


def named(one: Quantity, shown: Shown) -> Wording:
    """Name an effect by labels: its path, and what it is of it.

    The number of the column stands first where the effect is one of a table.
    """
    labels = shown.style.labels
    words = [name_of(name, labels) for name in one.links]
    path = reduce(lambda left, right: message("{left} → {right}", left=left, right=right), words)
    if one.moderator:
        path = message("{path} | {moderator}", path=path, moderator=name_of(one.moderator, labels))
    return _completed(one, path, shown)


def _completed(one: Quantity, path: Wording, shown: Shown) -> Wording:
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
    what = KINDS.get(one.kind, LEVELS.get(one.at))
    if what is not None:
        return message("{path}, {what}", path=path, what=what)
    if one.kind == "direct":
        return message(
            "{path}, beside {mediator}",
            path=path,
            mediator=name_of(one.past, shown.style.labels),
        )
    return message("({number}) {path}", number=one.column, path=path) if one.column else path
