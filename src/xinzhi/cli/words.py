"""Options of the command line that hold several words: `a,b` and `a=1,b=2`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated

import typer

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.wording import message

Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="KEY=VALUE: a value of the study file for this call, such as report.decimals=2; once for each.",
    ),
]
"""Values that replace those of the study file."""


def option_in(words: Sequence[str], option: str) -> str | None:
    """Find the value of an option in a call that is not parsed yet.

    >>> [option_in(one, "--lang") for one in (["run", "--lang", "zh"], ["run", "--lang=en"], ["run"])]
    ['zh', 'en', None]
    """
    split = [part for word in words for part in word.split("=", 1)]
    return next((after for word, after in pairwise(split) if word == option), None)


def names(text: str | None) -> tuple[str, ...]:
    """Split names at commas, the full-width one included.

    >>> names("labour, 资本，energy")
    ('labour', '资本', 'energy')
    """
    if not text:
        return ()
    return tuple(word.strip() for word in text.replace("，", ",").split(",") if word.strip())


def in_panel(words: tuple[str, ...], columns: Mapping[str, str]) -> tuple[str, ...]:
    """Give columns their names in the panel: a heading with its unit stands for the name without it.

    >>> in_panel(("用电量（万千瓦时）", "gdp"), {"用电量（万千瓦时）": "用电量"})
    ('用电量', 'gdp')
    """
    return tuple(columns.get(word, word) for word in words)


def numbers(text: str | None, option: str) -> dict[str, float] | None:
    """Read `a=1,b=2` as a number for each name.

    >>> numbers("labour=1,energy=2.5", "--weights")
    {'labour': 1.0, 'energy': 2.5}
    """
    if not text:
        return None
    values: dict[str, float] = {}
    for word in names(text):
        name, _, number = word.replace("＝", "=").partition("=")
        try:
            values[name.strip()] = float(number)
        except ValueError as error:
            raise SpecError(
                Problem(
                    "option.number",
                    message("'{word}' in {option} is not NAME=NUMBER.", word=word, option=option),
                    Where(),
                    message("write {option} a=1,b=2.", option=option),
                )
            ) from error
    return values
