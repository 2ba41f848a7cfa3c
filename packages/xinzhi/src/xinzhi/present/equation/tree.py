"""The model of an equation: one tree, which TeX, MathML and Word's OMML are written from.

A writer turns the parts of a node, already written, into the text of the node.

Equations in TeX, as LaTeX with amsmath and the viewers of Markdown read it.

Short ways to build the trees of equations.

Equations in MathML, which browsers draw and screen readers read without a script.

Equations in OMML, the equations of Word: a reader can go on writing in them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from xinzhi_core.wording import Language, Wording, say

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


GREEK: Mapping[str, str] = {
    "α": r"\alpha",
    "β": r"\beta",
    "γ": r"\gamma",
    "δ": r"\delta",
    "ε": r"\varepsilon",
    "θ": r"\theta",
    "λ": r"\lambda",
    "μ": r"\mu",
    "ρ": r"\rho",
    "φ": r"\varphi",
    "ω": r"\omega",
    "η": r"\eta",
    "ξ": r"\xi",
}
SIGNS: Mapping[str, str] = {
    "×": r"\times",
    "≤": r"\leq",
    "≥": r"\geq",
    "≠": r"\neq",
    "∈": r"\in",
    "−": "-",
    "·": r"\cdot",
    "…": r"\dots",
    "′": r"\prime",
    "*": r"*",
    "min": r"\min",
    "max": r"\max",
    "ln": r"\ln",
    SPACE: r"\quad",
    "%": r"\%",
}
SPECIAL = re.compile(r"([\\{}$&#%_^~])")
ESCAPED = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


def tex(node: Node, language: Language) -> str:
    r"""Write an equation in TeX, without the signs around it.

    >>> from xinzhi.present.equation.tree import letter, row
    >>> tex(row(letter("y", "it"), "=", letter("β", "0")), "en")
    'y_{it} = \\beta_{0}'
    """
    return _Tex(language).write(node)


class _Tex(EquationWriter):
    def symbol(self, name: str) -> str:
        if len(name) == 1 and not name.isalpha():
            return SIGNS.get(name, escaped(name))
        if len(name) == 1:
            return GREEK.get(name, name if name.isascii() else rf"\text{{{name}}}")
        text = escaped(name)
        return rf"\mathrm{{{text}}}" if name.isascii() else rf"\text{{{text}}}"

    def number(self, digits: str) -> str:
        return digits

    def operator(self, sign: str) -> str:
        return SIGNS.get(sign, sign)

    def words(self, text: str) -> str:
        return rf"\text{{{escaped(text)}}}"

    def row(self, parts: Sequence[str]) -> str:
        """Put spaces between parts, but none between single letters or before commas."""
        text = ""
        for before, part in zip(("", *parts), parts, strict=False):
            is_close = part.startswith((",", ";")) or len(part) == len(before) == 1
            text += part if is_close or not before else f" {part}"
        return text

    def script(self, base: str, below: str, above: str) -> str:
        lowered = f"_{{{below}}}" if below else ""
        return base + lowered + (f"^{{{above}}}" if above else "")

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def sum(self, below: str, above: str, inside: str) -> str:
        return rf"\sum_{{{below}}}{f'^{{{above}}}' if above else ''} {inside}"

    def fenced(self, inside: str) -> str:
        return rf"\left({inside}\right)"

    def lines(self, lines: Sequence[str], *, is_flush: bool) -> str:
        indent = "" if is_flush else r"\quad "
        body = " \\\\\n".join(f"& {indent if n else ''}{line}" for n, line in enumerate(lines))
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def escaped(text: str) -> str:
    r"""Escape words for TeX.

    >>> escaped("50% of a_b")
    '50\\% of a\\_b'
    """
    return SPECIAL.sub(lambda match: ESCAPED.get(match[0], f"\\{match[0]}"), text)


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


NAMES = ("min", "max", "ln")
"""Operators that are words."""


def mathml(node: Node, language: Language, *, is_block: bool = False) -> str:
    """Write an equation as a `math` element, in a line of text or on a line of its own.

    >>> from xinzhi.present.equation.tree import letter
    >>> mathml(letter("y", "1"), "en")
    '<math><msub><mi>y</mi><mn>1</mn></msub></math>'
    """
    display = ' display="block"' if is_block else ""
    return f"<math{display}>{_MathML(language).write(node)}</math>"


class _MathML(EquationWriter):
    def symbol(self, name: str) -> str:
        return f"<mi>{escape(name)}</mi>"

    def number(self, digits: str) -> str:
        return f"<mn>{digits}</mn>"

    def operator(self, sign: str) -> str:
        if sign == SPACE:
            return '<mspace width="1em"></mspace>'
        return f"<mi>{sign}</mi>" if sign in NAMES else f"<mo>{escape(sign)}</mo>"

    def words(self, text: str) -> str:
        return f"<mtext>{escape(text)}</mtext>"

    def row(self, parts: Sequence[str]) -> str:
        return f"<mrow>{''.join(parts)}</mrow>"

    def script(self, base: str, below: str, above: str) -> str:
        tag = "msubsup" if below and above else "msub" if below else "msup"
        return f"<{tag}>{base}{below}{above}</{tag}>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def sum(self, below: str, above: str, inside: str) -> str:
        tag = "munderover" if above else "munder"
        return f"<mrow><{tag}><mo>∑</mo>{below}{above}</{tag}>{inside}</mrow>"

    def fenced(self, inside: str) -> str:
        return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"

    def lines(self, lines: Sequence[str], *, is_flush: bool) -> str:
        indent = "" if is_flush else '<mspace width="2em"></mspace>'
        rows = (
            f"<mtr><mtd><mrow>{indent if n else ''}{line}</mrow></mtd></mtr>"
            for n, line in enumerate(lines)
        )
        return f'<mtable class="lines">{"".join(rows)}</mtable>'


NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/math"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FONT = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math" w:eastAsia="宋体"/><w:sz w:val="21"/></w:rPr>'
INDENT = "\u2003\u2003"
"""Em spaces."""


def omml(node: Node, language: Language) -> str:
    """Write an equation as an `m:oMath` element.

    >>> from xinzhi.present.equation.tree import NumberNode
    >>> omml(NumberNode("1"), "en").partition("<m:t")[2]
    ' xml:space="preserve">1</m:t></m:r></m:oMath>'
    """
    declared = f'xmlns:m="{NAMESPACE}" xmlns:w="{WORD}"'
    return f"<m:oMath {declared}>{_OMML(language).write(node)}</m:oMath>"


class _OMML(EquationWriter):
    def symbol(self, name: str) -> str:
        # a sign that is a symbol is text: as an operator it would want operands
        is_sign = len(name) == 1 and not name.isalpha()
        return _run(name, style="nor" if is_sign else 'sty m:val="p"' if len(name) > 1 else "")

    def number(self, digits: str) -> str:
        return _run(digits)

    def operator(self, sign: str) -> str:
        return _run(f"{sign} " if sign.isalpha() else sign)

    def words(self, text: str) -> str:
        return _run(text)

    def row(self, parts: Sequence[str]) -> str:
        return "".join(parts)

    def script(self, base: str, below: str, above: str) -> str:
        tag = "sSubSup" if below and above else "sSub" if below else "sSup"
        lowered = f"<m:sub>{below}</m:sub>" if below else ""
        raised = f"<m:sup>{above}</m:sup>" if above else ""
        return f"<m:{tag}><m:e>{base}</m:e>{lowered}{raised}</m:{tag}>"

    def fraction(self, above: str, below: str) -> str:
        return f"<m:f><m:num>{above}</m:num><m:den>{below}</m:den></m:f>"

    def sum(self, below: str, above: str, inside: str) -> str:
        hidden = "" if above else '<m:supHide m:val="1"/>'
        how = f'<m:naryPr><m:chr m:val="∑"/><m:limLoc m:val="undOvr"/>{hidden}</m:naryPr>'
        limits = f"<m:sub>{below}</m:sub><m:sup>{above}</m:sup>"
        return f"<m:nary>{how}{limits}<m:e>{inside}</m:e></m:nary>"

    def fenced(self, inside: str) -> str:
        return f"<m:d><m:e>{inside}</m:e></m:d>"

    def lines(self, lines: Sequence[str], *, is_flush: bool) -> str:
        """Set lines as a matrix of one column: Word aligns it to the left."""
        column = '<m:mcPr><m:count m:val="1"/><m:mcJc m:val="left"/></m:mcPr>'
        indent = "" if is_flush else _run(INDENT)
        rows = (
            f"<m:mr><m:e>{indent if n else ''}{line}</m:e></m:mr>" for n, line in enumerate(lines)
        )
        return f"<m:m><m:mPr><m:mcs><m:mc>{column}</m:mc></m:mcs></m:mPr>{''.join(rows)}</m:m>"


def _run(text: str, style: str = 'sty m:val="p"') -> str:
    """Write letters; upright where the style says nothing else."""
    look = f"<m:rPr><m:{style}/></m:rPr>" if style else ""
    return f'<m:r>{look}{FONT}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>'
