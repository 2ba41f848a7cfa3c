"""Write formulas: in one way as names, and as a person would in the headings of tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from xinzhi_core.formula import tree
from xinzhi_core.formula.tree import WORDS, Node
from xinzhi_core.wording import Wording, listed, message

PLAIN = re.compile(r"(?![LFD]\d{0,2}\.)[^\W\d²³][^\W²³]*(?:\.[^\W²³]+)*\Z")
RANKS = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, ":": 6}
NOT, COMPARISON, SIGN, POWER, ATOM = 3, 4, 7, 8, 9
PREFIXES = {function: prefix for prefix, function in tree.SHIFTS.items()}
COMPARISON_WORDS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def written(node: Node) -> str:
    """Write a formula in one way, so that what is equal is called equally.

    >>> from xinzhi_core.formula.parse import parse
    >>> [written(parse(t).tree) for t in ("lag(x, 2)", "a*b", "a:b", "x**2", "(a+b)/c")]
    ['L2.x', 'a × b', 'a × b', 'x^2', '(a + b) / c']
    """
    return str(WRITERS[type(node)](node)[0])


def _inside(node: Node, least: int) -> str:
    """Write an operand, in brackets where its rank is below that of what it stands in."""
    text, rank = WRITERS[type(node)](node)
    return text if rank >= least else f"({text})"


def _sign(node: tree.Sign) -> tuple[str, int]:
    if node.operator == "not":
        return f"not {_inside(node.operand, NOT)}", NOT
    return f"{node.operator}{_inside(node.operand, SIGN)}", SIGN


def _chain(node: tree.OperatorChain) -> tuple[str, int]:
    rank = RANKS.get(node.rest[0][0], COMPARISON)
    parts = [_inside(node.first, rank)]
    for sign, operand in node.rest:
        shown = "×" if sign in {"*", ":"} else sign
        # Chains are read from the left: an operand of the same rank on the right needs brackets.
        parts += [shown, _inside(operand, rank + 1)]
    return " ".join(parts), rank


def _member(node: tree.Member) -> tuple[str, int]:
    values = ", ".join(map(written, node.among))
    word = "not in" if node.negated else "in"
    return f"{_inside(node.value, COMPARISON + 1)} {word} ({values})", COMPARISON


def _dummies(node: tree.Dummies) -> tuple[str, int]:
    parts = [written(node.column)]
    parts += [written(node.times)] if node.times is not None else []
    parts += [f"ref={written(node.base)}"] if node.base is not None else []
    return f"{tree.DUMMIES}({', '.join(parts)})", ATOM


WRITERS: Mapping[type, Callable[[Any], tuple[str, int]]] = {
    tree.Number: lambda node: (number(node.value), ATOM if node.value >= 0 else SIGN),
    tree.Text: lambda node: (quoted(node.value), ATOM),
    tree.Name: lambda node: (name(node.name), ATOM),
    tree.Sign: _sign,
    tree.OperatorChain: _chain,
    tree.Power: lambda node: (
        f"{_inside(node.base, ATOM)}^{_inside(node.exponent, POWER)}",
        POWER,
    ),
    tree.Member: _member,
    tree.Call: lambda node: (f"{node.function}({', '.join(map(written, node.arguments))})", ATOM),
    tree.Shift: lambda node: (
        f"{PREFIXES[node.function]}{node.steps}.{_inside(node.operand, ATOM)}",
        ATOM,
    ),
    tree.Dummies: _dummies,
}
"""Kind of node -> its text and rank."""


def quoted(text: str) -> str:
    """Write a text between the quotation marks that it does not hold.

    >>> print(quoted("East"), quoted("Xi'an"))
    'East' "Xi'an"
    """
    mark = '"' if "'" in text else "'"
    return f"{mark}{text}{mark}"


def number(value: float) -> str:
    """Write a number without digits that say nothing.

    >>> number(2.0), number(0.1)
    ('2', '0.1')
    """
    return repr(value).removesuffix(".0")


def name(text: str) -> str:
    """Write a name, between backquotes where it could be read as something else.

    >>> name("gdp"), name("人口（万人）")
    ('gdp', '`人口（万人）`')
    """
    return text if PLAIN.match(text) and text not in WORDS else f"`{text}`"


def in_words(node: Node, label: Callable[[str], Wording]) -> Wording:
    """Write a formula as a person would: labels of columns, ×, ², lags in words.

    Parameters
    ----------
    label
        Words for a column.

    Examples
    --------
    >>> from xinzhi_core.formula.parse import parse
    >>> [str(in_words(parse(t).tree, str.upper)) for t in ("x^2", "L1.x*w", "t >= 2015", "r == 'a'")]
    ['X²', 'X (lag 1) × W', 'T ≥ 2015', 'R: a']
    """
    return _Words(label).of(node)[0]


class _Words:
    """Words of one formula."""

    def __init__(self, label: Callable[[str], Wording]) -> None:
        self.label = label

    def inside(self, node: Node, least: int) -> Wording:
        words, rank = self.of(node)
        return words if rank >= least else message("({words})", words=words)

    def of(self, node: Node) -> tuple[Wording, int]:
        # Numbers, and what has no words of its own, are written as in a formula.
        if type(node) not in SPOKEN:
            return written(node), ATOM
        words: tuple[Wording, int] = SPOKEN[type(node)](self, node)
        return words

    def sign(self, node: tree.Sign) -> tuple[Wording, int]:
        if node.operator == "not":
            return message("not {condition}", condition=self.inside(node.operand, NOT)), NOT
        inside = self.inside(node.operand, SIGN)
        return message("{sign}{x}", sign=node.operator.replace("-", "−"), x=inside), SIGN

    def call(self, node: tree.Call) -> tuple[Wording, int]:
        arguments = self.join([(",", argument) for argument in node.arguments], 0)
        return message("{function}({x})", function=node.function, x=arguments), ATOM

    def chain(self, node: tree.OperatorChain) -> tuple[Wording, int]:
        sign, operand = node.rest[0]
        if sign == "==" and len(node.rest) == 1 and isinstance(operand, tree.Text):
            name = self.inside(node.first, COMPARISON)
            return message("{name}: {value}", name=name, value=operand.value), COMPARISON
        rank = RANKS.get(sign, COMPARISON)
        return self.join([("", node.first), *node.rest], rank), rank

    def join(self, parts: list[tuple[str, Node]], rank: int) -> Wording:
        words = self.inside(parts[0][1], rank)
        for sign, operand in parts[1:]:
            right = self.inside(operand, rank + 1)
            match sign:
                case "*" | ":":
                    words = message("{x} × {w}", x=words, w=right)
                case "and":
                    words = message("{x} and {w}", x=words, w=right)
                case "or":
                    words = message("{x} or {w}", x=words, w=right)
                case ",":
                    words = message("{first}, {rest}", first=words, rest=right)
                case _:
                    shown = COMPARISON_WORDS.get(sign, sign).replace("-", "−")
                    words = message("{x} {sign} {w}", x=words, sign=shown, w=right)
        return words

    def power(self, node: tree.Power) -> tuple[Wording, int]:
        base = self.inside(node.base, ATOM)
        exponent = written(node.exponent)
        if re.fullmatch(r"-?\d{1,2}", exponent):
            return message("{x}{power}", x=base, power=exponent.translate(SUPERSCRIPTS)), POWER
        return message("{x}^{power}", x=base, power=self.inside(node.exponent, ATOM)), POWER

    def member(self, node: tree.Member) -> tuple[Wording, int]:
        values = listed(
            [
                value.value if isinstance(value, tree.Text) else number(value.value)
                for value in node.among
            ]
        )
        name = self.inside(node.value, COMPARISON + 1)
        if node.negated:
            return message("{name}: not {values}", name=name, values=values), COMPARISON
        return message("{name}: {value}", name=name, value=values), COMPARISON

    def shift(self, node: tree.Shift) -> tuple[Wording, int]:
        name, n = self.inside(node.operand, ATOM), node.steps
        if node.function == "lag":
            return message("{name} (lag {n})", name=name, n=n), ATOM
        if node.function == "lead":
            return message("{name} (lead {n})", name=name, n=n), ATOM
        over = message("Δ{name} (over {n} periods)", name=name, n=n)
        return over if n > 1 else message("Δ{name}", name=name), ATOM


SPOKEN: Mapping[type, Callable[[_Words, Any], tuple[Wording, int]]] = {
    tree.Text: lambda _, node: (node.value, ATOM),
    tree.Name: lambda words, node: (words.label(node.name), ATOM),
    tree.Sign: _Words.sign,
    tree.OperatorChain: _Words.chain,
    tree.Power: _Words.power,
    tree.Member: _Words.member,
    tree.Call: _Words.call,
    tree.Shift: _Words.shift,
}
"""Kind of node -> how it is spoken; numbers as they are written."""
