"""Short ways to build the trees of equations."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.present.equation.tree import Lines, Node, Number, Operator, Row, Script, Symbol


def row(*parts: Node | str) -> Node:
    """Set nodes beside each other; a text is a sign.

    >>> row("=", Number("1"))
    Row(parts=(Operator(sign='='), Number(digits='1')))
    """
    nodes = tuple(Operator(one) if isinstance(one, str) else one for one in parts)
    return nodes[0] if len(nodes) == 1 else Row(nodes)


def letter(name: str, below: str = "", above: str = "") -> Node:
    """Give a symbol with its marks.

    >>> letter("β", "0")
    Script(base=Symbol(name='β'), below=Number(digits='0'), above=None)
    """
    return marked(Symbol(name), below, above)


def marked(base: Node, below: str = "", above: str = "") -> Node:
    """Give a node its marks: each letter of a mark is a symbol of its own, digits are numbers."""
    return Script(base, _mark(below), _mark(above)) if below or above else base


def _mark(text: str) -> Node | None:
    """Read the letters, digits and signs of a mark.

    >>> _mark("t−1")
    Row(parts=(Symbol(name='t'), Operator(sign='−'), Number(digits='1')))
    """
    nodes = tuple(
        Number(one)
        if one.isdigit()
        else Symbol(one)
        if one.isalpha() or len(text) == 1  # a sign by itself joins nothing
        else Operator(one)
        for one in text
    )
    return row(*nodes) if nodes else None


def sum_of(terms: Sequence[Node]) -> Node:
    """Add nodes up."""
    return row(*(part for at, one in enumerate(terms) for part in (("+", one) if at else (one,))))


WIDEST = 62.0
"""Letters on a line of a page, beside the number of the equation."""


def broken(first: Node, terms: Sequence[Node], widest: float = WIDEST) -> Node:
    """Set a sum after its left side, and begin a new line where it would be too wide.

    >>> x = Symbol("x")
    >>> len(broken(row(x, "="), [x] * 9, widest=15).parts)
    3
    """
    lines: list[list[Node]] = [[first]]
    width = first.width
    for at, term in enumerate(terms):
        if at and width + term.width + 2.0 > widest:
            lines.append([])
            width = 4.0
        lines[-1] += [Operator("+"), term] if at else [term]
        width += term.width + 2.0
    found = tuple(row(*line) for line in lines)
    return found[0] if len(found) == 1 else Lines(found)
