"""What stands in a column of a regression table: an estimate, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.specification import Regression
from xinzhi.errors import Problem
from xinzhi.wording import Wording, message

CONSTANT = "_cons"


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
    """
    known: dict[str, Wording] = {
        "entity": message("Entity"),
        "period": message("Period"),
        CONSTANT: message("Constant"),
    }
    return labels.get(name, known.get(name, name))
