"""What stands in the place of a result that could not be computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xinzhi.errors import Problem
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Inapplicable


@dataclass(frozen=True, slots=True)
class Unavailable:
    """An analysis or a test that could not be computed, and why; the rest of the study goes on."""

    name: str
    problems: tuple[Problem, ...]
    place: str = ""
    """Place inside its section, such as .columns[2]."""


Failure = Unavailable | Inapplicable


def without_tests(found: Iterable[Estimates | Inapplicable]) -> Iterator[Inapplicable]:
    """Give what could not be estimated, and why nothing can be tested of what could."""
    for one in found:
        if isinstance(one, Inapplicable):
            yield one
        elif one.nothing_tested:
            yield Inapplicable(one.regression.outcome, one.nothing_tested)
