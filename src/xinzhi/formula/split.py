"""Formulas cut at signs that stand outside brackets and quotes."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.formula.tokens import PLAIN

OPEN, CLOSE, QUOTES = "(", ")", "'\"`"


def halves(part: str) -> tuple[str, str, str]:
    """Split at the first ~ of a part: what stands before it, ~ where there is one, what stands behind.

    >>> halves("y ~ x | a ~ z"), halves("x")
    (('y', '~', ' x | a ~ z'), ('x', '', 'x'))
    """
    first, *rest = split(part, "~")
    return (first.strip(), "~", "~".join(rest)) if rest else (part.strip(), "", part)


def split(text: str, sign: str) -> Iterator[str]:
    """Split at a sign outside brackets and quotes.

    >>> list(split("a + (b + c)", "+"))
    ['a ', ' (b + c)']
    """
    plain = text.translate(PLAIN)
    depth, quote, start = 0, "", 0
    for i, character in enumerate(plain):
        if quote:
            quote = "" if character == quote else quote
        elif character in QUOTES:
            quote = character
        elif character in {OPEN, CLOSE}:
            depth += 1 if character == OPEN else -1
        elif character == sign and not depth:
            yield text[start:i]
            start = i + 1
    yield text[start:]
