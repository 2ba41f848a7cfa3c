"""What stands in the place of a result that could not be computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from xinzhi.errors import Problem, StudyError
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Inapplicable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unavailable:
    """An analysis or a test that could not be computed, and why; the rest of the study goes on."""

    name: str
    problems: tuple[Problem, ...]
    place: str = ""
    """Place inside its section, such as .columns[2]."""


Failure = Unavailable | Inapplicable


def without_tests(columns: Iterable[Estimates | Inapplicable]) -> Iterator[Inapplicable]:
    """Give what could not be estimated, and why nothing can be tested of what could."""
    for estimates in columns:
        if isinstance(estimates, Inapplicable):
            yield estimates
        elif estimates.nothing_tested:
            yield Inapplicable(estimates.regression.outcome, estimates.nothing_tested)


def attempt(name: str, work: Callable[[], T | Unavailable]) -> T | Unavailable:
    """Do a piece of work; one that has no answer says why.

    Only what xinzhi itself refuses is caught: a slip in the program stays loud. Work that is
    remembered is attempted inside `Cache.get_or_compute`, never around it, so that a full disk or a run that
    must not compute is not taken for an analysis without an answer.
    """
    try:
        return work()
    except StudyError as error:
        return Unavailable(name, error.problems)
