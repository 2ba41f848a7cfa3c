"""Several regressions in one formula, as users of fixest write them: c(), sw(), csw(), sw0(), csw0()."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from xinzhi.errors import Where
from xinzhi.formula.split import halves, split
from xinzhi.formula.tokens import PLAIN
from xinzhi.formula.tree import refusal
from xinzhi.wording import message

CALL = re.compile(r"\s*(c|sw0?|csw0?)\s*\((.*)\)\s*\Z", re.DOTALL)
NOTHING = "1"
"""A term that adds nothing: the constant has no word of its own."""


def each_regression(text: str) -> tuple[str, ...]:
    """Write a formula of several regressions as one formula each.

    `c(y1, y2)` before the tilde are several outcomes. As terms of regressors, or of fixed effects, `sw(a, b)`
    adds a, then b instead; `csw(a, b)` adds a, then a and b; `sw0` and `csw0` begin with neither. Where
    several stand in a formula, all combinations are estimated, the last one changing first.

    Examples
    --------
    >>> each_regression("c(y, z) ~ x")
    ('y ~ x', 'z ~ x')
    >>> each_regression("y ~ x + csw0(a, b) | city")
    ('y ~ x | city', 'y ~ x + a | city', 'y ~ x + a + b | city')
    >>> each_regression("y ~ x | sw(city, city + year)")
    ('y ~ x | city', 'y ~ x | city + year')

    Raises
    ------
    SpecError
        `expression.syntax`: one of the words has no arguments, or stands where it has no meaning.
    """
    outcome, tilde, right = halves(text)
    if not tilde:
        return (text,)
    outcomes = _outcomes(outcome, text)
    parts = [_alternatives(part, text) for part in split(right, "|")]
    if len(outcomes) == 1 and all(len(part) == 1 for part in parts):
        return (text,)
    return tuple(f"{one} ~ {' | '.join(chosen)}" for one in outcomes for chosen in product(*parts))


def _outcomes(outcome: str, text: str) -> tuple[str, ...]:
    found = CALL.match(outcome.translate(PLAIN))
    if found is None or not _is_one(outcome):
        return (outcome,)
    if found[1] != "c":
        raise refusal(
            text,
            1,
            message(
                "{word}() adds regressors or effects; several outcomes stand in c().", word=found[1]
            ),
            Where(),
            message("write c(y1, y2) ~ x."),
        )
    return _arguments(outcome, found, text)


def _alternatives(part: str, text: str) -> tuple[str, ...]:
    """List the ways to write a part between bars."""
    terms = [tuple(_term(one, text)) for one in split(part, "+")]
    if all(len(one) == 1 for one in terms):
        return (part.strip(),)
    return tuple(" + ".join(one for one in chosen if one) or NOTHING for chosen in product(*terms))


def _term(term: str, text: str) -> Iterator[str]:
    """List what a term adds; a term of its own stays."""
    found = CALL.match(term.translate(PLAIN))
    if found is None or not _is_one(term):
        yield term.strip()
        return
    word, arguments = found[1], _arguments(term, found, text)
    if word == "c":
        raise refusal(
            text,
            max(text.find(term.strip()), 0) + 1,
            message("c() lists outcomes, before the tilde."),
            Where(),
            message("add terms by +, one at a time by sw() or csw()."),
        )
    if word.endswith("0"):
        yield ""
    for n, one in enumerate(arguments, 1):
        yield " + ".join(arguments[:n]) if word.startswith("csw") else one


def _is_one(term: str) -> bool:
    """Whether the brackets that end a term are those that its first word opens: not so in sw(a)*(b)."""
    plain, depth = term.translate(PLAIN).strip(), 0
    for at, character in enumerate(plain):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and not depth:
            return at == len(plain) - 1
    return False


def _arguments(term: str, found: re.Match[str], text: str) -> tuple[str, ...]:
    arguments = tuple(one.strip() for one in split(term[found.start(2) : found.end(2)], ","))
    if not all(arguments):
        raise refusal(
            text,
            max(text.find(term.strip()), 0) + 1,
            message("{word}() lists terms, separated by commas.", word=found[1]),
            Where(),
            message("write {word}(a, b).", word=found[1]),
        )
    return arguments
