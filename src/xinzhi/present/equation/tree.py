"""The model of an equation: one tree, which TeX, MathML and Word's OMML are written from.

A writer turns the parts of a node, already written, into the text of the node.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.wording import Language, Wording, say

SPACE = "\u2003"
"""The sign of an empty place, as wide as the letters are high."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter, or the name of a variable."""

    name: str


@dataclass(frozen=True, slots=True)
class NumberNode:
    """A number."""

    digits: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A sign between or before others."""

    sign: str


@dataclass(frozen=True, slots=True)
class WordsNode:
    """Words among symbols."""

    text: Wording


@dataclass(frozen=True, slots=True)
class RowNode:
    """Nodes beside each other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A node with what stands lowered and raised at its right."""

    base: Node
    below: Node | None = None
    above: Node | None = None


@dataclass(frozen=True, slots=True)
class Fraction:
    """One node over another."""

    above: Node
    below: Node


@dataclass(frozen=True, slots=True)
class Sum:
    """A sign of summation with its limits, and what is summed."""

    inside: Node
    below: Node
    above: Node | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    """A node in brackets."""

    inside: Node


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that begin below each other."""

    parts: tuple[Node, ...]
    is_flush: bool = False
    """Whether the second and later lines begin where the first does."""


Node = (
    Symbol | NumberNode | Operator | WordsNode | RowNode | Script | Fraction | Sum | Fenced | Lines
)
"""A part of an equation."""


def width(node: Node) -> float:  # noqa: PLR0911 - one return for each kind of node
    """Estimate the width in letters: what is lowered or raised is smaller, a sign has room around it.

    >>> width(RowNode((Symbol("y"), Operator("="), NumberNode("10"))))
    5.0
    """
    match node:
        case Symbol(text) | NumberNode(text):
            return _letters(text)
        case Operator(sign):
            return _letters(sign) + 1.0
        case WordsNode(text):
            return _letters(str(text))
        case RowNode(parts):
            return sum(map(width, parts))
        case Script(base, below, above):
            return width(base) + 0.7 * max(
                (width(mark) for mark in (below, above) if mark), default=0.0
            )
        case Fraction(above, below):
            return max(width(above), width(below))
        case Sum(inside, below):
            return max(2.0, 0.7 * width(below)) + width(inside)
        case Fenced(inside):
            return width(inside) + 2.0
        case Lines(parts):
            return max(map(width, parts))


def _letters(text: str) -> float:
    # Chinese characters and full-width signs, from the radicals at U+2E80 on, are two letters wide.
    return sum(2.0 if letter > "\u2e7f" else 1.0 for letter in text)


class EquationWriter(ABC):
    """Writes the nodes of an equation in one format and one language; parts come written."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def write(self, node: Node | None) -> str:  # noqa: C901, PLR0911 - one case for each kind of node
        """Write a node, its parts first; nothing where a mark is missing."""
        match node:
            case None:
                return ""
            case Symbol(name):
                return self.symbol(name)
            case NumberNode(digits):
                return self.number(digits)
            case Operator(sign):
                return self.operator(sign)
            case WordsNode(text):
                return self.words(say(text, self.language))
            case RowNode(parts):
                return self.row([self.write(part) for part in parts])
            case Script(base, below, above):
                return self.script(self.write(base), self.write(below), self.write(above))
            case Fraction(above, below):
                return self.fraction(self.write(above), self.write(below))
            case Sum(inside, below, above):
                return self.sum(self.write(below), self.write(above), self.write(inside))
            case Fenced(inside):
                return self.fenced(self.write(inside))
            case Lines(parts, is_flush):
                return self.lines([self.write(part) for part in parts], is_flush=is_flush)

    @abstractmethod
    def symbol(self, name: str) -> str:
        """Write a letter, which leans, or a longer name, which stands upright."""

    @abstractmethod
    def number(self, digits: str) -> str:
        """Write a number."""

    @abstractmethod
    def operator(self, sign: str) -> str:
        """Write a sign between or before others: = + ≤ ln."""

    @abstractmethod
    def words(self, text: str) -> str:
        """Write words among symbols."""

    @abstractmethod
    def row(self, parts: Sequence[str]) -> str:
        """Set parts beside each other."""

    @abstractmethod
    def script(self, base: str, below: str, above: str) -> str:
        """Lower and raise marks at the right of a part; a mark may be empty."""

    @abstractmethod
    def fraction(self, above: str, below: str) -> str:
        """Set one part over another."""

    @abstractmethod
    def sum(self, below: str, above: str, inside: str) -> str:
        """Set the sign of summation with its limits before what is summed."""

    @abstractmethod
    def fenced(self, inside: str) -> str:
        """Put a part in brackets."""

    @abstractmethod
    def lines(self, lines: Sequence[str], *, is_flush: bool) -> str:
        """Begin lines below each other; from the second on they are indented unless flush."""


Meaning = tuple[Node, Wording]
"""A symbol and what it stands for."""


@dataclass(frozen=True, slots=True)
class NumberedEquation:
    """A numbered equation of the report, with its symbols in words."""

    id: str
    """Stable key: `GTFP`, `baseline`, `mechanism_mediator`."""
    title: Wording
    """What it says, in a few words."""
    tree: Node
    where: tuple[Meaning, ...] = ()
    """Symbols, each with its words, in the order of reading."""
