"""The classification of strategic emerging industries of 2018: its classes, their groups, and their names.

Reference: 战略性新兴产业分类（2018）, order No. 23 of the National Bureau of Statistics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import pandas as pd

from xinzhi_core.wording import Label


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the classification, with its groups."""

    key: str
    name: str
    label: Label
    groups: Mapping[str, str]
    """Number, such as 1.2 -> name."""


@cache
def classification() -> Mapping[str, Class]:
    """Read the classes of the classification of 2018 by their keys.

    >>> len(classification()), sum(len(c.groups) for c in classification().values())
    (9, 40)
    """
    path = files("xinzhi.prepare").joinpath("data/emerging_classes.csv")
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype=str)
    return MappingProxyType(
        {
            str(key): Class(
                str(key),
                str(rows["class_zh"].iloc[0]),
                Label(str(key), zh=rows["class_zh"].iloc[0], en=rows["class_en"].iloc[0]),
                MappingProxyType(dict(zip(rows["group"], rows["group_zh"], strict=True))),
            )
            for key, rows in table.groupby("key", sort=False)
        }
    )


def key_of(name: str) -> str:
    """Give the key of a class that is called by its Chinese name; other names stay as they are.

    >>> key_of("高端装备制造产业"), key_of("high_end_equipment"), key_of("mine")
    ('high_end_equipment', 'high_end_equipment', 'mine')
    """
    return names_of_classes().get(name, name)


@cache
def names_of_classes() -> dict[str, str]:
    """Names of the classes, with and without 产业, and their numbers in the order -> their keys."""
    found: dict[str, str] = {}
    for number, kind in enumerate(classification().values(), start=1):
        short = kind.name.removesuffix("产业")
        found |= dict.fromkeys((str(number), kind.name, short, f"{short}产业"), kind.key)
    return found
