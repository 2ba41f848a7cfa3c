"""Parse formulas by the grammar of `tree`: nothing else parses, so nothing else can run.

A regression in one line, as users of fixest write it: y ~ x + w | effects | endogenous ~ instruments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.formula import tree
from xinzhi_core.formula.tree import (
    ALIASES,
    DUMMIES,
    FUNCTIONS,
    INSTEAD,
    PLAIN,
    SHIFTS,
    Formula,
    Node,
    Token,
    halves,
    place_in,
    refusal,
    split,
    tokens,
)
from xinzhi_core.formula.write import name as quoted_name
from xinzhi_core.formula.write import written
from xinzhi_core.wording import Wording, message

DEEPEST = 40
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
FARTHEST = 99


def parse(text: str, *, where: Where | None = None) -> Formula:
    """Parse a formula; everything outside the grammar is refused with its position.

    Raises
    ------
    SpecError
        `expression.syntax`, `expression.function`: a sign, word or form that the grammar does not have.

    Examples
    --------
    >>> parse("ln(地区生产总值 / `人口（万人）`)").names
    ('地区生产总值', '人口（万人）')
    >>> parse("（年份 ＞＝ 2015） and 地区 in (‘东部’，‘中部’)").names
    ('年份', '地区')
    """
    return _parse(text, where or Where())


def operand(name: str) -> str:
    """Write a name as a part of a formula: as it is where it reads as one name or lag, else quoted.

    >>> operand("gdp"), operand("L1.gdp"), operand("gdp^2"), operand("人口（万人）")
    ('gdp', 'L1.gdp', '`gdp^2`', '`人口（万人）`')
    """
    try:
        node = parse(name).tree
    except SpecError:
        return quoted_name(name)
    return name if isinstance(node, (tree.Name, tree.Shift)) else quoted_name(name)


@lru_cache(4096)
def _parse(text: str, where: Where) -> Formula:
    parser = _Parser(text, where)
    node = parser.disjunction()
    if parser.token.kind != "end":
        raise parser.unexpected()
    return Formula(text, node)


class _Parser:
    """Reads one text from left to right, one token ahead."""

    def __init__(self, text: str, where: Where) -> None:
        self.text, self.where = text, where
        self.left = tokens(text, where)
        self.token = next(self.left)
        # Counted here: the recursion limit of Python would end the run, not refuse the text.
        self.depth = 0

    def take(self) -> Token:
        token = self.token
        self.token = next(self.left)
        return token

    def sees(self, *operators: str) -> bool:
        return self.token.kind == "operator" and self.token.text in operators

    def refuse(self, position: int, what: Wording, remedy: Wording | None = None) -> SpecError:
        return refusal(self.text, position, what, self.where, remedy)

    def unexpected(self) -> SpecError:
        if self.token.kind == "end":
            return self.refuse(self.token.position, message("The formula ends too early."))
        what = message("'{sign}' is not allowed here.", sign=self.token.text)
        return self.refuse(self.token.position, what, INSTEAD.get(self.token.text))

    def deeper(self, read: Callable[[], Node]) -> Node:
        """Read what stands inside brackets, behind a sign or a power; refuse a text that is all brackets."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refuse(
                self.token.position,
                message("It is nested too deeply: at most {n} levels are read.", n=DEEPEST),
                message("prepare it step by step."),
            )
        node = read()
        self.depth -= 1
        return node

    def chain(self, read: Callable[[], Node], *operators: str) -> Node:
        first, rest = read(), []
        while self.sees(*operators):
            rest.append((self.take().text, read()))
        return tree.OperatorChain(first, tuple(rest), first.position) if rest else first

    def disjunction(self) -> Node:
        return self.chain(lambda: self.chain(self.negation, "and"), "or")

    def negation(self) -> Node:
        if not self.sees("not"):
            return self.comparison()
        position = self.take().position
        return tree.Sign("not", self.deeper(self.negation), position)

    def comparison(self) -> Node:
        first = self.chain(self.sum, *COMPARISONS)
        negated = self.sees("not")
        if negated:
            self.take()
            if not self.sees("in"):
                raise self.unexpected()
        if not self.sees("in"):
            return first
        self.take()
        return tree.Member(first, self.values(), negated, first.position)

    def values(self) -> tuple[tree.Number | tree.Text, ...]:
        self.expect("(")
        values = [self.value()]
        while self.sees(","):
            self.take()
            values.append(self.value())
        self.expect(")")
        return tuple(values)

    def value(self) -> tree.Number | tree.Text:
        """Read a number or a text: what a column can be compared with in a list."""
        token = self.token
        if token.kind == "name":
            raise self.refuse(
                token.position,
                message("'{name}' stands among values without quotation marks.", name=token.text),
                message("write {name} with quotation marks, as a text.", name=f"'{token.text}'"),
            )
        negative = self.sees("-")
        if negative:
            self.take()
        value = self.atom()
        if isinstance(value, tree.Number):
            return tree.Number(-value.value, token.position) if negative else value
        if not isinstance(value, tree.Text) or negative:
            raise self.refuse(token.position, message("A list holds numbers and texts."))
        return value

    def sum(self) -> Node:
        return self.chain(self.product, "+", "-")

    def product(self) -> Node:
        return self.chain(self.sign, "*", "/", ":")

    def sign(self) -> Node:
        if not self.sees("+", "-"):
            return self.power()
        token = self.take()
        return tree.Sign(token.text, self.deeper(self.sign), token.position)

    def power(self) -> Node:
        base = self.shifted()
        # x² and x³ bind to what stands before them; ^ reads its exponent from the right.
        while self.sees("^2", "^3"):
            position = self.take()
            base = tree.Power(
                base, tree.Number(float(position.text[1]), position.position), base.position
            )
        if not self.sees("^"):
            return base
        self.take()
        return tree.Power(base, self.deeper(self.sign), base.position)

    def shifted(self) -> Node:
        if self.token.kind != "shift":
            return self.atom()
        token = self.take()
        steps = int(token.text[1:-1] or "1")
        return self.shift(
            SHIFTS[token.text[0]], self.deeper(self.shifted), steps, token.position, least=0
        )

    def shift(
        self, function: str, operand: Node, steps: int, position: int, *, least: int = 1
    ) -> Node:
        if not least <= steps <= FARTHEST:
            what = message("{name} takes a whole number of periods.", name=function)
            raise self.refuse(position, what, message("write 1 to {n}.", n=FARTHEST))
        return tree.Shift(function, operand, steps, position) if steps else operand

    def atom(self) -> Node:
        token = self.token
        if token.kind == "number":
            return self.number()
        if token.kind == "text":
            self.take()
            return tree.Text(token.text, token.position)
        if token.kind == "name":
            self.take()
            # A quoted name is a column also before a bracket, where the bracket is then refused.
            is_call = self.sees("(") and self.text[token.position - 1] != "`"
            return self.call(token) if is_call else tree.Name(token.text, token.position)
        if not self.sees("("):
            raise self.unexpected()
        self.take()
        return self.bracketed()

    def bracketed(self) -> Node:
        """Read what stands behind an open bracket, and the bracket that closes it."""
        node = self.deeper(self.disjunction)
        self.expect(")")
        return node

    def number(self) -> tree.Number:
        token = self.take()
        value = float(token.text)
        if not np.isfinite(value):
            raise self.refuse(token.position, message("A number is too large."))
        return tree.Number(value, token.position)

    def expect(self, sign: str) -> None:
        if not self.sees(sign):
            what = message("'{sign}' is missing.", sign=sign)
            raise self.refuse(self.token.position, what, message("set '{sign}' there.", sign=sign))
        self.take()

    def call(self, token: Token) -> Node:
        self.take()
        name = ALIASES.get(token.text, token.text)
        if name == DUMMIES:
            return self.dummies(token.position)
        if name == "I":
            return self.bracketed()
        if name not in FUNCTIONS:
            raise self.no_function(token)
        arguments = [self.deeper(self.disjunction)]
        while self.sees(","):
            self.take()
            arguments.append(self.deeper(self.disjunction))
        self.expect(")")
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            what = message(
                "{name} takes {least} to {most} arguments.",
                one="{name} takes {least} argument, and no more than {most}.",
                counting="most",
                name=name,
                least=least,
                most=most,
            )
            raise self.refuse(token.position, what)
        if name not in SHIFTS.values():
            return tree.Call(name, tuple(arguments), token.position)
        steps = arguments[1] if len(arguments) == 2 else tree.Number(1.0, token.position)
        # What is not a whole number is refused by `shift`, as -1 is.
        is_whole = isinstance(steps, tree.Number) and steps.value.is_integer()
        n = int(steps.value) if isinstance(steps, tree.Number) and is_whole else -1
        return self.shift(name, arguments[0], n, token.position)

    def no_function(self, token: Token) -> SpecError:
        text = message("Unknown function '{name}'.", name=token.text)
        remedy = message(
            "{nearest} A name that holds brackets stands between backquotes.",
            nearest=suggestion(token.text, (*FUNCTIONS, DUMMIES)),
        )
        return SpecError(
            Problem("expression.function", text, place_in(self.where, token.position), remedy)
        )

    def dummies(self, position: int) -> Node:
        """Read i(column), i(column, base), i(column, times), each perhaps with ref=VALUE."""
        if self.token.kind != "name":
            raise self.refuse(
                self.token.position,
                message("i() takes the name of a column."),
                message("write i(region), or i(region, ref='East') to choose the base."),
            )
        column = self.take()
        times: Node | None = None
        base: tree.Number | tree.Text | None = None
        while self.sees(","):
            self.take()
            if self.token.kind == "name" and self.token.text in {"ref", "base"}:
                self.take()
                self.expect("=")
                base = self.value()
            elif times is None:
                times = self.deeper(self.disjunction)
            else:
                raise self.unexpected()
        self.expect(")")
        return tree.Dummies(tree.Name(column.text, column.position), times, base, position)


CONSTANT_OUT = re.compile(r"\A-|-\s*[01]\Z")
"""A constant that is taken out, as in y ~ x - 1."""
NO_EFFECTS = frozenset(("0", "1"))


def read_regression(text: str) -> dict[str, object]:
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
    options: dict[str, object] = {
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
