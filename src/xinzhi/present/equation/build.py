"""Short ways to build the trees of equations."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.present.equation.tree import (
    Lines,
    Node,
    NumberNode,
    Operator,
    RowNode,
    Script,
    Symbol,
    width,
)


def row(*parts: Node | str) -> Node:
    """Set nodes beside each other; a text is a sign.

    >>> row("=", NumberNode("1"))
    RowNode(parts=(Operator(sign='='), NumberNode(digits='1')))
    """
    nodes = tuple(Operator(part) if isinstance(part, str) else part for part in parts)
    return nodes[0] if len(nodes) == 1 else RowNode(nodes)


def letter(name: str, below: str = "", above: str = "") -> Node:
    """Give a symbol with its marks.

    >>> letter("β", "0")
    Script(base=Symbol(name='β'), below=NumberNode(digits='0'), above=None)
    """
    return marked(Symbol(name), below, above)


def marked(base: Node, below: str = "", above: str = "") -> Node:
    """Give a node its marks: each letter of a mark is a symbol of its own, digits are numbers."""
    return Script(base, _mark(below), _mark(above)) if below or above else base


def _mark(text: str) -> Node | None:
    """Read the letters, digits and signs of a mark.

    >>> _mark("t−1")
    RowNode(parts=(Symbol(name='t'), Operator(sign='−'), NumberNode(digits='1')))
    """
    nodes = tuple(
        NumberNode(sign)
        if sign.isdigit()
        else Symbol(sign)
        if sign.isalpha() or len(text) == 1  # a sign by itself joins nothing
        else Operator(sign)
        for sign in text
    )
    return row(*nodes) if nodes else None


def sum_of(terms: Sequence[Node]) -> Node:
    """Add nodes up."""
    return row(*terms[:1], *(part for term in terms[1:] for part in ("+", term)))


WIDEST = 62.0
"""Letters on a line of a page, beside the number of the equation."""


def broken(first: Node, terms: Sequence[Node], widest: float = WIDEST) -> Node:
    """Set a sum after its left side, and begin a new line where it would be too wide.

    >>> x = Symbol("x")
    >>> len(broken(row(x, "="), [x] * 9, widest=15).parts)
    3
    """
    lines: list[list[Node]] = [[first]]
    filled = width(first)
    for position, term in enumerate(terms):
        if position and filled + width(term) + 2.0 > widest:
            lines.append([])
            filled = 4.0  # the indent of a line that goes on
        lines[-1] += [Operator("+"), term] if position else [term]
        filled += width(term) + 2.0  # with the sign before it
    rows = tuple(row(*line) for line in lines)
    return rows[0] if len(rows) == 1 else Lines(rows)
