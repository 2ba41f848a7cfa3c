"""What stands in a column of a regression table: an estimate, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xinzhi.errors import Problem
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.specification import Regression
from xinzhi.wording import Wording, message

CONSTANT = "_cons"
LAG = re.compile(r"\AL([1-9]\d*)\.(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NotEstimated:
    """A regression of the table that could not be estimated, and why."""

    regression: Regression
    problems: tuple[Problem, ...]


Fitted = Estimates | NotEstimated


def name_of(name: str, labels: Mapping[str, Wording]) -> Wording:
    """Word a variable, an effect or a cluster; a name without a label stands for itself.

    >>> str(name_of("gdp", {"gdp": "GDP"})), str(name_of("entity", {}))
    ('GDP', 'Entity')
    >>> str(name_of("L1.gdp × L1.policy", {"gdp": "GDP"}))
    'GDP (lag 1) × policy (lag 1)'
    """
    known: dict[str, Wording] = {
        "entity": message("Entity"),
        "period": message("Period"),
        CONSTANT: message("Constant"),
    }
    term = labels.get(name, known.get(name))
    return _term(name, labels) if term is None else term


def _term(name: str, labels: Mapping[str, Wording]) -> Wording:
    """Word the lag or the product of variables; any other name stands for itself."""
    left, cross, right = name.partition(" × ")
    if cross:
        return message("{x} × {w}", x=name_of(left, labels), w=name_of(right, labels))
    lag = LAG.fullmatch(name)
    if lag is None:
        return name
    return message("{name} (lag {n})", name=name_of(lag[2], labels), n=lag[1])
