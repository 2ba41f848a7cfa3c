"""Cut the text of a formula into tokens; full-width signs are read as the signs they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from xinzhi.errors import Where
from xinzhi.formula.tree import refusal
from xinzhi.wording import Wording, message

LONGEST = 2000
FULL_WIDTH = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    "【": "(",
    "】": ")",
    "、": ",",
    "［": "(",
    "］": ")",
    "[": "(",
    "]": ")",
    "\u3000": " ",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "−": "-",
    "×": "*",
    "·": "*",
    "÷": "/",
    "﹣": "-",
}
"""Character -> what it stands for; one for one, so that positions stay those of the text."""
PLAIN = str.maketrans(FULL_WIDTH)
SAME = {"**": "^", "≥": ">=", "≤": "<=", "≠": "!=", "<>": "!=", "²": "^2", "³": "^3"}
"""Operator -> the one that it is another writing of."""
WORDS = frozenset(("and", "or", "not", "in"))
TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|`(?P<quoted>[^`\n]{1,200})`"
    r"|'(?P<single>[^'\n]{0,200})'|\"(?P<double>[^\"\n]{0,200})\""
    r"|(?P<shift>[LFD]\d{0,2}\.)(?=[^\W\d]|[`(])"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?![^\W²³]|\.)"
    r"|(?P<operator>\*\*|==|!=|<>|<=|>=|[-+*/^(),:<>=≥≤≠²³])"
    r"|(?P<name>[^\W\d²³][^\W²³]*(?:\.[^\W²³]+)*)"
)
INSTEAD: Mapping[str, Wording] = MappingProxyType(
    {
        "=": message("write == for: is equal to."),
        "&": message("write `and`."),
        "&&": message("write `and`."),
        "|": message("write `or`."),
        "||": message("write `or`."),
        "!": message("write `not`, or != for: differs from."),
        "%": message("write in (…) for: is one of; shares are written as numbers."),
        "#": message("write a:b for a product, a^b for a combined effect."),
        "'": message("close the text with the same quotation mark."),
        '"': message("close the text with the same quotation mark."),
        "`": message("close the name with a backquote."),
        "$": message("name the column alone."),
    }
)
"""Sign of another language -> what to write here."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text."""

    kind: Literal["name", "text", "number", "shift", "operator", "end"]
    text: str
    position: int
    """Its first character, from 1."""


def tokens(text: str, where: Where) -> Iterator[Token]:
    """Cut a formula into tokens, the last of which is its end.

    Raises
    ------
    SpecError
        `expression.syntax`: a character that no formula has, with what to write instead.
    """
    if len(text) > LONGEST:
        what = message(
            "The formula has {given} characters; at most {n} are read.", given=len(text), n=LONGEST
        )
        raise refusal(text, LONGEST, what, where, message("prepare it step by step."))
    # The translation is one for one: a position in the plain text is that in the text.
    plain = text.translate(PLAIN)
    position = 0
    while position < len(plain):
        match = TOKEN.match(plain, position)
        if match is None:
            sign = (
                plain[position : position + 2]
                if plain[position : position + 2] in INSTEAD
                else plain[position]
            )
            what = message("'{sign}' is not allowed here.", sign=sign)
            raise refusal(text, position + 1, what, where, INSTEAD.get(sign))
        if match.lastgroup != "space":
            yield _token(match, text, position)
        position = match.end()
    yield Token("end", "", len(text) + 1)


def _token(match: re.Match[str], text: str, position: int) -> Token:
    kind, word = str(match.lastgroup), match[match.lastgroup or 0]
    if kind in {"quoted", "single", "double"}:
        # Names and texts are the user's own: they keep their full-width signs.
        characters = text[match.start(kind) : match.end(kind)]
        return Token("name" if kind == "quoted" else "text", characters, position + 1)
    if kind == "name" and word in WORDS:
        return Token("operator", word, position + 1)
    if kind == "operator":
        return Token("operator", SAME.get(word, word), position + 1)
    if kind == "name":
        return Token("name", text[position : match.end()], position + 1)
    return Token("number" if kind == "number" else "shift", word, position + 1)
