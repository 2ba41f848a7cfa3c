"""Equations in OMML, the equations of Word: a reader can go on writing in them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from xinzhi.present.equation.tree import EquationWriter, Node
from xinzhi.wording import Language

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
