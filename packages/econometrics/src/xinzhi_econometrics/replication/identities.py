"""Identities that a file of printed tables declares: one figure, and what the others give for it.

    sample.observations == sample.cities * (sample.last_year - sample.first_year + 1)

On the left stands one printed figure, on the right a formula of sums, products and quotients; figures are
named by their paths. A count stands for itself, a decimal for every number that rounds to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.tree import Name, Node, Number, OperatorChain, Sign, children, names_in
from xinzhi_core.wording import message
from xinzhi_econometrics.replication.published import (
    PrintedIdentity,
    PrintedRange,
    exactly,
    rounded,
)

KEY = "audit.identities"
ARITHMETIC = frozenset("+-*/")


def read_identity(text: str, figures: Mapping[str, Decimal], file: str | None) -> PrintedIdentity:
    """Read an identity, refusing names that are not figures of the file and all but arithmetic.

    Raises
    ------
    SpecError
        `audit.identity`: not one figure, `==` and a formula; `audit.link`: a name that is not a figure;
        `expression.syntax`: not a formula.
    """
    left, sign, right = text.partition("==")
    where = Where(file=file, key=KEY)
    name = parse(left, where=where).tree if sign and left.strip() else None
    formula = parse(right, where=where).tree if sign and right.strip() else None
    if not isinstance(name, Name) or formula is None or not _is_arithmetic(formula):
        what = message("'{text}' is not an identity of printed figures.", text=text)
        remedy = message(
            "write one figure, ==, and sums, products or quotients of others: t.n == t.first + t.second."
        )
        raise SpecError(Problem("audit.identity", what, where, remedy))
    if unknown := [one for one in (name.name, *names_in(formula)) if one not in figures]:
        raise SpecError(
            Problem(
                "audit.link",
                message("[audit] names '{path}', which is not a figure of the file.", path=one),
                where,
                suggestion(one, tuple(figures)),
            )
            for one in dict.fromkeys(unknown)
        )
    return PrintedIdentity(name.name, formula, right.strip())


def _is_arithmetic(node: Node) -> bool:
    if isinstance(node, OperatorChain):
        is_one = all(operator in ARITHMETIC for operator, _ in node.rest)
    else:
        is_one = isinstance(node, (Name, Number)) or (
            isinstance(node, Sign) and node.operator in "+-"
        )
    return is_one and all(map(_is_arithmetic, children(node)))


def reach(node: Node, figures: Mapping[str, Decimal]) -> PrintedRange | None:
    """Give all that a formula can be within the rounding; None where something may be divided by 0.

    >>> str(reach(parse("a / (b + 1)").tree, {"a": Decimal("6.0"), "b": Decimal(2)}))
    '[1.98333, 2.01667]'
    >>> str(reach(parse("-a * 2 - a").tree, {"a": Decimal(3)}))
    '[-9, -9]'
    >>> reach(parse("1 / a").tree, {"a": Decimal("0.0")}) is None
    True
    """
    if isinstance(node, Name):
        figure = figures[node.name]
        return exactly(figure) if figure.as_tuple().exponent == 0 else rounded(figure)
    if isinstance(node, Number):
        return exactly(Decimal(repr(node.value)))
    if isinstance(node, Sign):
        inside = reach(node.operand, figures)
        return inside and inside.times(Fraction(-1 if node.operator == "-" else 1))
    assert isinstance(node, OperatorChain)  # others are refused when the file is read
    whole = reach(node.first, figures)
    for operator, operand in node.rest:
        part = reach(operand, figures)
        whole = None if whole is None or part is None else _join(whole, operator, part)
    return whole


def _join(left: PrintedRange, operator: str, right: PrintedRange) -> PrintedRange | None:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    low, high = right.ends
    if low <= 0 <= high:
        return None
    ends = [a / b for a in left.ends for b in right.ends]
    return PrintedRange(min(ends), max(ends))
