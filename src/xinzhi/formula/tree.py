"""The tree of a formula, and the problem of a text that the grammar does not have.

    formula    = disjunction
    disjunction = conjunction {"or" conjunction}
    conjunction = negation {"and" negation}
    negation   = "not" negation | comparison
    comparison = sum {("==" | "!=" | "<" | "<=" | ">" | ">=") sum} | sum ["not"] "in" "(" value {"," value} ")"
    sum        = product {("+" | "-") product}
    product    = sign {("*" | "/" | ":") sign}            a:b and a × b are products, as in R
    sign       = ("+" | "-") sign | power
    power      = shifted [("^" | "**") sign]               from the right: 2^3^2 = 2^9, -x^2 = -(x^2)
    shifted    = ("L" | "F" | "D") [steps] "." shifted | atom      as in Stata
    atom       = number | 'text' | name | `odd name` | function "(" formula {"," formula} ")" | "(" formula ")"

Chains of one rank are flat, so that the depth of a tree is that of its brackets, signs and powers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.wording import Wording, message

SYNTAX = "expression.syntax"
FUNCTIONS = {
    **dict.fromkeys(("ln", "ln1p", "exp", "sqrt", "abs"), (1, 1)),
    **dict.fromkeys(("lag", "lead", "diff"), (1, 2)),
    **dict.fromkeys(("mean", "min", "max"), (1, 20)),
}
"""Function -> least and greatest number of arguments."""
ALIASES = {"log": "ln", "log1p": "ln1p", "l": "lag", "f": "lead", "d": "diff"}
"""Functions as fixest and numpy call them."""
DUMMIES = "i"
SHIFTS = {"L": "lag", "F": "lead", "D": "diff"}
"""Prefix, as in Stata -> function."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float
    position: int
    """Character at which the node begins, from 1."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text between quotes."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A column."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign, or `not`, before an operand."""

    operator: str
    operand: Node
    position: int


@dataclass(frozen=True, slots=True)
class OperatorChain:
    """Operands of one rank from left to right: sums, products, and, or, comparisons."""

    first: Node
    rest: tuple[tuple[str, Node], ...]
    position: int


@dataclass(frozen=True, slots=True)
class Power:
    """A power."""

    base: Node
    exponent: Node
    position: int


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a value is one of a list."""

    value: Node
    among: tuple[Number | Text, ...]
    negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the list."""

    function: str
    arguments: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A lag, a lead or a difference inside the entity."""

    function: str
    """lag | lead | diff."""
    operand: Node
    steps: int
    position: int


@dataclass(frozen=True, slots=True)
class Dummies:
    """One column for each value of a column but its base, perhaps times something."""

    column: Name
    times: Node | None
    base: Number | Text | None
    position: int


# Each of these stands in `children`, in `evaluate.VALUES` and in `write.WRITERS`.
Node = Number | Text | Name | Sign | OperatorChain | Power | Member | Call | Shift | Dummies


def children(node: Node) -> Iterator[Node]:
    """List the nodes below a node."""
    match node:
        case Sign():
            yield node.operand
        case OperatorChain():
            yield node.first
            yield from (operand for _, operand in node.rest)
        case Power():
            yield node.base
            yield node.exponent
        case Member():
            yield node.value
        case Call():
            yield from node.arguments
        case Shift():
            yield node.operand
        case Dummies():
            yield node.column
            if node.times is not None:
                yield node.times


def names_in(node: Node) -> tuple[str, ...]:
    """List the names in a formula, each once, in order."""
    if isinstance(node, Name):
        return (node.name,)
    return tuple(dict.fromkeys(name for child in children(node) for name in names_in(child)))


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that the grammar has."""

    text: str
    tree: Node

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that are used, in order."""
        return names_in(self.tree)


def refusal(
    text: str, position: int, what: Wording, where: Where, remedy: Wording | None = None
) -> SpecError:
    """Make the error of what is outside the grammar, with the character and what is allowed."""
    return SpecError(
        Problem(
            SYNTAX,
            message(
                "{what} (character {at} of the formula: {near})",
                what=what,
                at=position,
                near=text[max(position - 11, 0) : position + 10].strip() or "…",
            ),
            place_in(where, position),
            remedy or describe_grammar(),
        )
    )


def place_in(where: Where, position: int) -> Where:
    """Give the place of a character: a place in a file stays, elsewhere it is the position itself."""
    return where if where.line else Where(where.file, None, position, where.key)


def describe_grammar() -> Wording:
    """Say what a formula may hold."""
    return message(
        "allowed are names of columns (odd ones between backquotes), numbers, texts between quotes, "
        "+ - * / ^ **, == != < <= > >=, and, or, not, in (…), L1.x, F1.x, D1.x, i(x), a:b and {functions}.",
        functions=", ".join(FUNCTIONS),
    )
