"""Analyses one by one: one that has no answer is noted in its place, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import StudyError
from xinzhi.notices import Notice

Value = TypeVar("Value")


class Attempts:
    """Keeps what could be computed, and notes under its place what could not."""

    def __init__(self) -> None:
        self.failed: dict[str, Unavailable] = {}
        """Place in the study file, such as `space_and_time.green` -> why there is nothing."""

    def keep(self, section: str, found: Mapping[str, Value | Unavailable]) -> dict[str, Value]:
        """Keep the parts of a section that could be computed."""
        kept: dict[str, Value] = {}
        for name, one in found.items():
            if isinstance(one, Unavailable):
                self.failed[f"{section}.{name}"] = one
            else:
                kept[name] = one
        return kept

    def one(self, place: str, found: Value | Unavailable) -> Value | None:
        """Keep one piece of work; None where it has no answer."""
        if isinstance(found, Unavailable):
            self.failed[place] = found
            return None
        return found


def tried(name: str, work: Callable[[], Value | Unavailable]) -> Value | Unavailable:
    """Do a piece of work; one that has no answer says why.

    Only what xinzhi itself refuses is caught: a slip in the program stays loud. Work that is
    remembered is tried inside `Cache.get_or_compute`, never around it, so that a full disk or a run that
    must not compute is not taken for an analysis without an answer.
    """
    try:
        return work()
    except StudyError as error:
        return Unavailable(name, error.problems)


def told(failed: Mapping[str, Unavailable]) -> Iterator[Notice]:
    """Say of each piece of work that has no answer, why."""
    for one in failed.values():
        yield from (Notice(p.code, p.what, p.where) for p in one.problems)


def unavailable_notices(place: str, one: Unavailable) -> Iterator[Notice]:
    """Say why a part of the study, named by its place in the file, has no answer."""
    for problem in one.problems:
        yield Notice(problem.code, problem.what, replace(problem.where, key=place))
