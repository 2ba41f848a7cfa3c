"""Text on a terminal: Chinese characters are as wide as two others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

PIECES = re.compile(
    r"\s+|［[^［］]{1,30}］|[^\s\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]+|.", re.DOTALL
)
"""Spaces, short remarks in brackets, words of an alphabet, single characters of double width."""
NO_BEGINNING = frozenset("。，、；：！？）］】》”’…")
"""Signs with which no line begins."""
NO_END = frozenset("（［【《“‘")
"""Signs with which no line ends."""


def wide(text: str) -> int:
    """Width of a text in columns of the terminal.

    >>> wide("城市 city")
    9
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> Iterator[str]:
    """Break a text into lines: at spaces, and between characters of double width.

    >>> [*wrapped("城市的效率，见 city", 10, rest="  ")]
    ['城市的效', '  率，见', '  city']
    """
    line, begun = first, ""
    for piece in _bound(PIECES.findall(" ".join(text.split()))):
        if begun and wide(line + begun + piece.rstrip()) > width:
            yield (line + begun).rstrip()
            line, begun = rest, piece.lstrip()
        else:
            begun += piece
    yield (line + begun).rstrip()


def _bound(pieces: list[str]) -> Iterator[str]:
    """Join signs with the characters that they may not be parted from."""
    bound = ""
    for position, piece in enumerate(pieces):
        bound += piece
        after = pieces[position + 1] if position + 1 < len(pieces) else ""
        if piece[-1] in NO_END or after[:1] in NO_BEGINNING:
            continue
        yield bound
        bound = ""
    if bound:
        yield bound
