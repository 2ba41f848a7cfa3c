"""A column of a regression table: estimates, or the reason why there are none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xinzhi.errors import Problem, SpecError
from xinzhi.formula.parse import parse
from xinzhi.formula.tree import Node
from xinzhi.formula.write import in_words
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.specification import Regression
from xinzhi.wording import Wording, message

CONSTANT = "_cons"
NAMES: Mapping[str, Wording] = {
    "entity": message("Entity"),
    "period": message("Period"),
    CONSTANT: message("Constant"),
}
"""Labels of what has the same name in every study."""
TERM = re.compile(r"\AL\d+\.| × ")
"""What the names of lags and products hold, and hardly any heading of a column."""


@dataclass(frozen=True, slots=True)
class NotEstimated:
    """A regression of the table that could not be estimated, and why."""

    regression: Regression
    problems: tuple[Problem, ...]


Fitted = Estimates | NotEstimated


def name_of(name: str, labels: Mapping[str, Wording]) -> Wording:
    """Label a variable, an effect or a cluster; a name without a label is kept.

    >>> str(name_of("gdp", {"gdp": "GDP"})), str(name_of("entity", {}))
    ('GDP', 'Entity')
    >>> str(name_of("L1.gdp × L1.policy", {"gdp": "GDP"}))
    'GDP (lag 1) × policy (lag 1)'
    """
    if name in labels:
        return labels[name]
    if name in NAMES:
        return NAMES[name]
    term = term_of(name)
    return name if term is None else in_words(term, lambda part: name_of(part, labels))


def term_of(name: str) -> Node | None:
    """Read a name as the lag, or the product, of variables; None where it is a name like any other.

    Formulas that a study names have labels; these two are made by moderation and by groups.
    """
    if not TERM.search(name):
        return None
    try:
        return parse(name).tree
    except SpecError:
        return None
