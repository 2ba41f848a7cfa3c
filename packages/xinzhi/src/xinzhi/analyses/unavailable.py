"""What stands in the place of a result that could not be computed."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from xinzhi_core.errors import Halt, Problem, StudyError, Where, shorten
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.inference import Inapplicable

LOUD = "XINZHI_RAISE_FAULTS"
"""Variable of the environment under which a fault ends the run: set in tests, where a slip must stay loud."""
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

    Only what xinzhi itself refuses is caught: a fault of the program goes on to `contain`. Work that is
    remembered is attempted inside `Cache.get_or_compute`, never around it, so that a full disk or a run that
    must not compute is not taken for an analysis without an answer.
    """
    try:
        return work()
    except StudyError as error:
        return Unavailable(name, error.problems)


def contain(name: str, place: str, work: Callable[[], T | Unavailable]) -> T | Unavailable:
    """Do the work of one section; a fault of the program costs this section and not the report.

    This is the one place that takes any exception for a missing result (docs/decisions/0042). What ends
    the run goes through: interruptions, a machine that cannot go on (`Halt`).
    """
    try:
        return attempt(name, work)
    except Halt:
        raise
    except Exception as error:
        if os.environ.get(LOUD):
            raise
        return Unavailable(name, (fault(place, error),))


def fault(place: str, error: Exception) -> Problem:
    """Describe a fault of the program, or what the computer could not give, with the traceback.

    >>> str(fault("inference.placebo", TypeError("cannot pickle")).what)
    'A fault of xinzhi in inference.placebo: TypeError: cannot pickle'
    """
    trace = "".join(traceback.format_exception(error))
    words = {"place": place, "kind": type(error).__name__, "text": str(shorten(str(error)))}
    if isinstance(error, MemoryError):
        text = message("The memory of this computer was not enough for {place}.", place=place)
        remedy = message("run again with fewer processes (--jobs), or on a larger computer.")
        return Problem("fault.memory", text, Where(key=place), remedy, trace=trace)
    if isinstance(error, OSError):
        text = message("The system refused something that {place} needs: {kind}: {text}", **words)
        remedy = message("look into faults.txt in the results, and run again.")
        return Problem("fault.system", text, Where(key=place), remedy, trace=trace)
    text = message("A fault of xinzhi in {place}: {kind}: {text}", **words)
    remedy = message(
        "please report it with faults.txt from the results; it has nothing to do with your data."
    )
    return Problem("fault.program", text, Where(key=place), remedy, trace=trace)


def is_fault(value: object) -> bool:
    """Whether there is no result because of a fault of the program."""
    return isinstance(value, Unavailable) and any(problem.trace for problem in value.problems)
