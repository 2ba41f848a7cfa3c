"""Options of a call are checked by their declaration, with the messages of a study file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.options import Section
from xinzhi.study.file.described import refusals

T = TypeVar("T")


def validated(read: Callable[[], T], option: str, root: type[Section] = Section) -> T:
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
            Problem(one.code, one.what, Where(key=key_of(one.path) or option), one.remedy)
            for one in refusals(error, root, option=option)
        ) from error


def key_of(place: tuple[int | str, ...]) -> str:
    """Write the place of an option: `tests.0`."""
    return ".".join(str(part) for part in place)
