"""Values and comments as the text of a first study file.

A line of words begins with `##`, a line of a section that is offered with a single `#` and nothing behind it:
without that sign the line is part of the study, and the words beside it are a comment still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from unicodedata import east_asian_width

from xinzhi_core.wording import Language, Wording, say

RESERVED = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "transform"))
COLUMN = 34
"""Where comments beside options begin."""


def quoted(text: object) -> str:
    """Write a text as YAML: in quotes where it could be read as something else.

    >>> quoted("用电量"), quoted("2008"), quoted("a: b")
    ('用电量', "'2008'", "'a: b'")
    """
    words = str(text)
    bare = words.translate(str.maketrans("_ ./", "aaaa"))
    plain = bare.isalnum() and words[:1].isalpha()
    if plain and words == words.strip() and words.lower() not in RESERVED:
        return words
    return "'" + words.replace("'", "''") + "'"


def flow(names: Sequence[object]) -> str:
    """Write a list on one line."""
    return f"[{', '.join(map(quoted, names))}]"


def option(key: str, value: object) -> str:
    """Write one option."""
    if isinstance(value, Mapping):
        return f"{key}: {options(value)}"
    return f"{key}: {flow(value) if isinstance(value, (list, tuple)) else quoted(value)}"


def options(values: Mapping[str, object]) -> str:
    """Write options on one line."""
    return f"{{{', '.join(option(key, value) for key, value in values.items())}}}"


def words(wording: Wording, language: Language) -> str:
    """Write a comment for people on a line of its own."""
    return f"## {_one_line(wording, language)}"


def beside(text: str, wording: Wording | None, language: Language) -> str:
    """Write a comment for people beside an option."""
    if wording is None:
        return text
    # An editor shows Chinese characters two columns wide.
    n_wide = sum(east_asian_width(c) in "WF" for c in text)
    return f"{text.ljust(COLUMN - n_wide)} # {_one_line(wording, language)}"


def offer(lines: Sequence[str]) -> list[str]:
    """Put lines behind a sign: they are a part of the study once it is removed."""
    return [line if line.startswith("##") else f"#{line}" for line in lines]


def _one_line(wording: Wording, language: Language) -> str:
    return " ".join(say(wording, language).split())
