"""Columns that a row cannot change: kept equal, or only not exceeded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.frontier.options import Options
from xinzhi.frontier.technology import Flags
from xinzhi.wording import message

KINDS = ("noncontrollable", "nondiscretionary")


def marked(options: Options, names: Sequence[str], kind: str) -> Flags:
    """Mark the columns that an option of `KINDS` names, shape (k,)."""
    given = getattr(options, kind) or ()
    return np.array([name in given for name in names], dtype=bool)


def fixed(options: Options, names: Sequence[str]) -> Flags:
    """Mark the columns that do not move in proportion, shape (k,).

    Raises
    ------
    SpecError
        A name is no input or output, or stands in both options.
    """
    if problems := list(_problems(options, names)):
        raise SpecError(problems)
    equal, bounded = (marked(options, names, kind) for kind in KINDS)
    return np.asarray(equal | bounded)


def _problems(options: Options, names: Sequence[str]) -> Iterator[Problem]:
    for kind in KINDS:
        for name in getattr(options, kind) or ():
            if name not in names:
                yield Problem(
                    "efficiency.fixed",
                    message("'{name}' is neither an input nor an output.", name=name),
                    Where(key=kind),
                    suggestion(name, names),
                )
    for name in set(options.noncontrollable or ()) & set(options.nondiscretionary or ()):
        yield Problem(
            "efficiency.fixed",
            message("'{name}' is both noncontrollable and nondiscretionary.", name=name),
            Where(key="noncontrollable"),
            message(
                "name it once: noncontrollable keeps it equal, nondiscretionary lets the peers have "
                "less of an input."
            ),
        )


def nothing_moves() -> SpecError:
    """Say that every column that could move in proportion is fixed."""
    return SpecError(
        Problem(
            "efficiency.fixed",
            message("No column is left that changes in proportion."),
            Where(key="noncontrollable"),
            message("leave at least one input free, or with output orientation one good output."),
        )
    )
