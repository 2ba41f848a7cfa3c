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


class Writer(ABC):
    """Writes the nodes of an equation in one format and one language; parts come written."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

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


class Node(ABC):
    """A part of an equation."""

    __slots__ = ()

    @abstractmethod
    def by(self, writer: Writer) -> str:
        """Let a writer write it."""

    @property
    @abstractmethod
    def width(self) -> float:
        """Width in letters, roughly: what is lowered or raised is smaller."""


@dataclass(frozen=True, slots=True)
class Symbol(Node):
    """A letter, or the name of a variable."""

    name: str

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        return writer.symbol(self.name)

    @property
    def width(self) -> float:
        """Width in letters."""
        return _letters(self.name)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number."""

    digits: str

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        return writer.number(self.digits)

    @property
    def width(self) -> float:
        """Width in letters."""
        return _letters(self.digits)


@dataclass(frozen=True, slots=True)
class Operator(Node):
    """A sign between or before others."""

    sign: str

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        return writer.operator(self.sign)

    @property
    def width(self) -> float:
        """Width in letters."""
        return _letters(self.sign) + 1.0


@dataclass(frozen=True, slots=True)
class Words(Node):
    """Words among symbols."""

    text: Wording

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        return writer.words(say(self.text, writer.language))

    @property
    def width(self) -> float:
        """Width in letters."""
        return _letters(str(self.text))


@dataclass(frozen=True, slots=True)
class Row(Node):
    """Nodes beside each other."""

    parts: tuple[Node, ...]

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        return writer.row([one.by(writer) for one in self.parts])

    @property
    def width(self) -> float:
        """Width in letters."""
        return sum(one.width for one in self.parts)


@dataclass(frozen=True, slots=True)
class Script(Node):
    """A node with what stands lowered and raised at its right."""

    base: Node
    below: Node | None = None
    above: Node | None = None

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        marks = (one.by(writer) if one else "" for one in (self.below, self.above))
        return writer.script(self.base.by(writer), *marks)

    @property
    def width(self) -> float:
        """Width in letters."""
        marks = (one.width for one in (self.below, self.above) if one)
        return self.base.width + 0.7 * max(marks, default=0.0)


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    """One node over another."""

    above: Node
    below: Node

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        return writer.fraction(self.above.by(writer), self.below.by(writer))

    @property
    def width(self) -> float:
        """Width in letters."""
        return max(self.above.width, self.below.width)


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """A sign of summation with its limits, and what is summed."""

    inside: Node
    below: Node
    above: Node | None = None

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        above = self.above.by(writer) if self.above else ""
        return writer.sum(self.below.by(writer), above, self.inside.by(writer))

    @property
    def width(self) -> float:
        """Width in letters."""
        return max(2.0, 0.7 * self.below.width) + self.inside.width


@dataclass(frozen=True, slots=True)
class Fenced(Node):
    """A node in brackets."""

    inside: Node

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        return writer.fenced(self.inside.by(writer))

    @property
    def width(self) -> float:
        """Width in letters."""
        return self.inside.width + 2.0


@dataclass(frozen=True, slots=True)
class Lines(Node):
    """Lines that begin below each other."""

    parts: tuple[Node, ...]
    is_flush: bool = False
    """Whether the second and later lines begin where the first does."""

    def by(self, writer: Writer) -> str:
        """Let a writer write it."""
        return writer.lines([one.by(writer) for one in self.parts], is_flush=self.is_flush)

    @property
    def width(self) -> float:
        """Width in letters."""
        return max(one.width for one in self.parts)


Meaning = tuple[Node, Wording]
"""A symbol and what it stands for."""


@dataclass(frozen=True, slots=True)
class Equation:
    """A numbered equation of the report, with its symbols in words."""

    id: str
    """Stable key: `GTFP`, `baseline`, `mechanism_mediator`."""
    title: Wording
    """What it says, in a few words."""
    tree: Node
    where: tuple[Meaning, ...] = ()
    """Symbols, each with its words, in the order of reading."""


def _letters(text: str) -> float:
    return sum(2.0 if letter > "\u2e7f" else 1.0 for letter in text)
