"""Checks of a call before anything is computed: its options by their declaration, and its data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pandas as pd
from pydantic import ValidationError

from xinzhi.errors import DuplicateKey, MissingColumn, Problem, SpecError, Where
from xinzhi.options import Section
from xinzhi.panel.numeric import require_numbers
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.problems import duplicate_key, missing_key
from xinzhi.study.file.refusals import refusals

T = TypeVar("T")
SHOWN = 10
"""Keys that stand in two rows, of which an error names so many."""


def validate(read: Callable[[], T], option: str, root: type[Section] = Section) -> T:
    """Read options by their declaration; what pydantic refuses is worded as for a study file.

    Parameters
    ----------
    read
        Reads the options, or a single one.
    option
        What an error of all of them together is about.
    root
        The section that declares them.
    """
    try:
        return read()
    except ValidationError as error:
        raise SpecError(
            Problem(
                refusal.code,
                refusal.what,
                Where(key=key_of(refusal.path) or option),
                refusal.remedy,
            )
            for refusal in refusals(error, root, option=option)
        ) from error


def key_of(place: tuple[int | str, ...]) -> str:
    """Write the place of an option: `tests.0`."""
    return ".".join(str(part) for part in place)


def refuse_unusable(frame: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse two rows of one key, and variables that do not hold finite numbers."""
    if not frame.index.is_unique:
        twice = frame.index[frame.index.duplicated()].unique()
        raise DuplicateKey(
            duplicate_key(str(entity), str(period)) for entity, period in twice[:SHOWN]
        )
    require_numbers(frame, dict.fromkeys(name for name in names if name in frame))


def require(names: tuple[str, ...], data: Panel | pd.DataFrame) -> None:
    """Refuse names that are neither columns nor keys of the data."""
    keys = data.keys if isinstance(data, Panel) else data.index.names
    others = tuple(n for n in dict.fromkeys(names) if n not in {*keys, ENTITY, PERIOD})
    if isinstance(data, Panel):
        data.require(others)
        return
    columns = [*map(str, data.columns)]
    if missing := [name for name in others if name not in columns]:
        raise MissingColumn(missing_key(name, columns) for name in missing)
