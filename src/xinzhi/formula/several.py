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
    return tuple(f"{y} ~ {' | '.join(chosen)}" for y in outcomes for chosen in product(*parts))


def _outcomes(outcome: str, text: str) -> tuple[str, ...]:
    call = CALL.match(outcome.translate(PLAIN))
    if call is None or not _is_single_call(outcome):
        return (outcome,)
    if call[1] != "c":
        raise refusal(
            text,
            1,
            message(
                "{word}() adds regressors or effects; several outcomes stand in c().", word=call[1]
            ),
            Where(),
            message("write c(y1, y2) ~ x."),
        )
    return _arguments(outcome, call, text)


def _alternatives(part: str, text: str) -> tuple[str, ...]:
    """List the ways to write a part between bars."""
    terms = [tuple(_term(term, text)) for term in split(part, "+")]
    if all(len(ways) == 1 for ways in terms):
        return (part.strip(),)
    return tuple(" + ".join(filter(None, chosen)) or NOTHING for chosen in product(*terms))


def _term(term: str, text: str) -> Iterator[str]:
    """List what a term adds; a term of its own stays."""
    call = CALL.match(term.translate(PLAIN))
    if call is None or not _is_single_call(term):
        yield term.strip()
        return
    word, arguments = call[1], _arguments(term, call, text)
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
    for n, argument in enumerate(arguments, 1):
        yield " + ".join(arguments[:n]) if word.startswith("csw") else argument


def _is_single_call(term: str) -> bool:
    """Whether the brackets that end a term are those that its first word opens: not so in sw(a)*(b)."""
    plain, depth = term.translate(PLAIN).strip(), 0
    for i, character in enumerate(plain):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and not depth:
            return i == len(plain) - 1
    return False


def _arguments(term: str, call: re.Match[str], text: str) -> tuple[str, ...]:
    # From the text itself, not its plain form: quoted names keep their characters.
    arguments = tuple(map(str.strip, split(term[call.start(2) : call.end(2)], ",")))
    if not all(arguments):
        raise refusal(
            text,
            max(text.find(term.strip()), 0) + 1,
            message("{word}() lists terms, separated by commas.", word=call[1]),
            Where(),
            message("write {word}(a, b).", word=call[1]),
        )
    return arguments
