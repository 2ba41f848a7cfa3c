"""A regression in one line, as users of fixest write it: y ~ x + w | effects | endogenous ~ instruments."""

from __future__ import annotations

import re
from typing import Any

from xinzhi.errors import Where
from xinzhi.formula import tree
from xinzhi.formula.parse import parse
from xinzhi.formula.split import halves, split
from xinzhi.formula.tokens import PLAIN
from xinzhi.formula.tree import refusal
from xinzhi.formula.write import written
from xinzhi.wording import message

CONSTANT_OUT = re.compile(r"\A-|-\s*[01]\Z")
"""A constant that is taken out, as in y ~ x - 1."""
NO_EFFECTS = frozenset(("0", "1"))


def read_regression(text: str) -> dict[str, Any]:
    """Read a regression: outcome, regressors, effects, instruments.

    `a*b` of two terms stands for a + b + a:b, as in R; a product alone is a:b. Without a bar there are no
    fixed effects. The constant needs no word.

    Raises
    ------
    SpecError
        `expression.syntax`: no ~, no outcome, more parts than three, a constant that is taken out.

    Examples
    --------
    >>> read_regression("green ~ talent + x^2 | city + province^year")["effects"]
    ('city', 'province^year')
    >>> read_regression("y ~ a*b | city | c ~ z + w")
    {'outcome': 'y', 'regressors': ('a', 'b', 'a × b', 'c'), 'effects': ('city',), \
'instruments': {'c': ('z', 'w')}}
    """
    outcome, tilde, right = halves(text)
    parts = list(split(right, "|"))
    if not tilde or not outcome or not parts[0].strip() or len(parts) > 3:
        what = message(
            "It is not a regression: outcome ~ regressors | effects | endogenous ~ instruments."
        )
        remedy = message("write it as in 'green ~ talent + tech | city + year'.")
        raise refusal(text, 1, what, Where(), remedy)
    endogenous: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    if len(parts) > 1 and halves(parts[-1])[1]:
        left, _, right = halves(parts.pop())
        endogenous, instruments = _terms(left, text), _terms(right, text)
    effects = _terms(parts[1], text) if len(parts) > 1 else ()
    options: dict[str, Any] = {
        "outcome": outcome,
        "regressors": (*_terms(parts[0], text), *endogenous),
        "effects": tuple(effect for effect in effects if effect not in NO_EFFECTS),
    }
    if endogenous:
        options["instruments"] = dict.fromkeys(endogenous, instruments)
    return options


def _terms(part: str, text: str) -> tuple[str, ...]:
    # A dictionary for its order: a term that stands twice, or in a product too, is one regressor.
    terms: dict[str, None] = {}
    for term in map(str.strip, split(part, "+")):
        # A leading 0, as R writes it, adds no regressor.
        if term == "1" or (term == "0" and not terms):
            continue
        if not term or term == "0" or CONSTANT_OUT.search(term.translate(PLAIN)):
            what = message("'{term}' is not a term.", term=term)
            remedy = message("separate terms by +; a regression has its constant or its effects.")
            raise refusal(text, max(text.find(term), 0) + 1, what, Where(), remedy)
        terms |= dict.fromkeys(_expand(term))
    return tuple(terms)


def _expand(term: str) -> tuple[str, ...]:
    """Write a*b as a, b and their product; other terms stay."""
    node = parse(term).tree
    match node:
        case tree.OperatorChain(first, (("*", second),)) if not any(
            isinstance(factor, tree.Number) for factor in (first, second)
        ):
            return written(first), written(second), written(node)
        case tree.Name(name):
            return (name,)
    return (term,)
