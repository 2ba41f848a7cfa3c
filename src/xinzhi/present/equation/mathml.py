"""Equations in MathML, which browsers draw and screen readers read without a script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from xinzhi.present.equation.tree import SPACE, EquationWriter, Node
from xinzhi.wording import Language

NAMES = ("min", "max", "ln")
"""Operators that are words."""


def mathml(node: Node, language: Language, *, is_block: bool = False) -> str:
    """Write an equation as a `math` element, in a line of text or on a line of its own.

    >>> from xinzhi.present.equation.build import letter
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
