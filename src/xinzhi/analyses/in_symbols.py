"""Regressions in symbols: variables with their indices, coefficients, effects, and what each stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinzhi.errors import SpecError
from xinzhi.formula.parse import parse
from xinzhi.formula.tree import Name, OperatorChain, Shift
from xinzhi.formula.tree import Node as Formula
from xinzhi.present.equation.build import broken, letter, marked, row
from xinzhi.present.equation.tree import Meaning, Node, NumberedEquation, Symbol
from xinzhi.present.regression.fitted import name_of
from xinzhi.regression.specification import Regression
from xinzhi.wording import Wording, listed, message

EFFECTS: Mapping[str, tuple[str, str]] = {"entity": ("μ", "i"), "period": ("λ", "t")}
"""Fixed effect -> its letter and its index; others are η with numbers."""
PRODUCTS = ("*", ":", "×")


@dataclass(frozen=True, slots=True)
class Symbols:
    """How the variables of a study are written: by their names, with an index for each of its keys."""

    labels: Mapping[str, Wording]
    has_periods: bool = True

    def variable(self, name: str, lag: int = 0) -> Node:
        """Write a variable of an entity in a period, its lag, or a product of such."""
        factors = [
            marked(Symbol(variable), self._index(lag + further))
            for variable, further in factors_of(name)
        ]
        # A sign stands before each factor; the first one is cut off.
        parts: list[Node | str] = [part for factor in factors for part in ("×", factor)]
        return row(*parts[1:])

    def _index(self, lag: int) -> str:
        if not self.has_periods:
            return "i"
        return f"i,t−{lag}" if lag else "it"

    def meanings(self, *names: str) -> Iterator[Meaning]:
        """Give the variables without their indices, each once with its label."""
        for factor in dict.fromkeys(factor for name in names for factor, _ in factors_of(name)):
            yield Symbol(factor), name_of(factor, self.labels)

    def sum(
        self,
        outcome: Node,
        coefficient: str,
        terms: Sequence[Node],
        asked: Regression,
        lag: int = 0,
    ) -> Node:
        """Write outcome = constant + coefficients times terms + controls + effects + error.

        Each of the terms has a coefficient of its own, with the letter `coefficient`; the regression
        `asked` has the controls, with the lag `lag`, and the effects.
        """
        parts = [letter(coefficient, "0")]
        parts += [row(letter(coefficient, str(k)), term) for k, term in enumerate(terms, start=1)]
        if asked.controls:
            parts.append(row(letter(coefficient, "c", "′"), marked(Symbol("Z"), self._index(lag))))
        parts += [effect for effect, _ in self.effects(asked)]
        parts.append(marked(Symbol("ε"), self._index(0)))
        return broken(row(outcome, "="), parts)

    def effects(self, asked: Regression) -> Iterator[Meaning]:
        """List the fixed effects: symbol and words."""
        others = [effect for effect in asked.effects if effect not in EFFECTS]
        numbered = {effect: ("η", str(k)) for k, effect in enumerate(others, start=1)}
        for effect in asked.effects:
            words = message("{name} fixed effects", name=name_of(effect, self.labels))
            yield letter(*{**EFFECTS, **numbered}[effect]), words

    def rest(self, coefficients: str, asked: Regression) -> Iterator[Meaning]:
        """Say what the coefficients, controls, effects and the error stand for."""
        if asked.controls:
            names = listed([name_of(name, self.labels) for name in asked.controls])
            yield Symbol("Z"), message("the controls ({names})", names=names)
        letters: list[Node | str] = [part for c in coefficients for part in (",", Symbol(c))]
        yield row(*letters[1:]), message("coefficients")
        yield from self.effects(asked)
        yield Symbol("ε"), message("the error")
        yield Symbol("i"), message("the entity")
        if self.has_periods:
            yield Symbol("t"), message("the period")


def regression_equation(
    equation_id: str, title: Wording, asked: Regression, symbols: Symbols
) -> NumberedEquation:
    """Write a regression as it is estimated: its variables of interest one by one."""
    terms = [symbols.variable(name) for name in asked.regressors]
    tree = symbols.sum(symbols.variable(asked.outcome), "β", terms, asked)
    meanings = symbols.meanings(asked.outcome, *asked.regressors)
    return NumberedEquation(equation_id, title, tree, (*meanings, *symbols.rest("β", asked)))


def factors_of(name: str) -> tuple[tuple[str, int], ...]:
    """Take a name apart into variables and their lags; any other formula stands as a whole.

    >>> factors_of("L1.x:w"), factors_of("x^2")
    ((('x', 1), ('w', 0)), (('x^2', 0),))
    """
    try:
        return tuple(_factors(parse(name).tree))
    except SpecError:
        return ((name, 0),)


def _factors(tree: Formula, lag: int = 0) -> Iterator[tuple[str, int]]:
    if isinstance(tree, Name):
        yield tree.name, lag
    elif isinstance(tree, Shift) and tree.function == "lag":
        yield from _factors(tree.operand, lag + tree.steps)
    elif isinstance(tree, OperatorChain) and all(sign in PRODUCTS for sign, _ in tree.rest):
        for operand in (tree.first, *(node for _, node in tree.rest)):
            yield from _factors(operand, lag)
    else:
        # Powers, logarithms and sums have no symbols of their own; `factors_of` catches this.
        raise SpecError([])
