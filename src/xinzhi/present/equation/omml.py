"""Equations in OMML, the equations of Word: a reader can go on writing in them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from xinzhi.present.equation.tree import Accent, Node, Writer
from xinzhi.wording import Language

NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/math"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ACCENTS = {"bar": "\u0305", "hat": "\u0302"}
FONT = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math" w:eastAsia="宋体"/></w:rPr>'
INDENT = "\u2003\u2003"
"""Em spaces."""


def omml(node: Node, language: Language) -> str:
    """Write an equation as an `m:oMath` element.

    >>> from xinzhi.present.equation.tree import Number
    >>> omml(Number("1"), "en").partition("<m:t")[2]
    ' xml:space="preserve">1</m:t></m:r></m:oMath>'
    """
    declared = f'xmlns:m="{NAMESPACE}" xmlns:w="{WORD}"'
    return f"<m:oMath {declared}>{node.by(_OMML(language))}</m:oMath>"


class _OMML(Writer):
    def symbol(self, name: str) -> str:
        return _run(name, is_upright=len(name) > 1)

    def number(self, digits: str) -> str:
        return _run(digits, is_upright=True)

    def operator(self, sign: str) -> str:
        return _run(f"{sign} " if sign.isalpha() else sign, is_upright=True)

    def words(self, text: str) -> str:
        return _run(text, is_upright=True)

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

    def accented(self, inside: str, accent: Accent) -> str:
        mark = f'<m:accPr><m:chr m:val="{ACCENTS[accent]}"/></m:accPr>'
        return f"<m:acc>{mark}<m:e>{inside}</m:e></m:acc>"

    def lines(self, lines: Sequence[str], *, is_flush: bool) -> str:
        """Set lines as a matrix of one column: Word aligns it to the left."""
        column = '<m:mcPr><m:count m:val="1"/><m:mcJc m:val="left"/></m:mcPr>'
        indent = "" if is_flush else _run(INDENT, is_upright=True)
        rows = (
            f"<m:mr><m:e>{indent if at else ''}{one}</m:e></m:mr>" for at, one in enumerate(lines)
        )
        return f"<m:m><m:mPr><m:mcs><m:mc>{column}</m:mc></m:mcs></m:mPr>{''.join(rows)}</m:m>"


def _run(text: str, *, is_upright: bool) -> str:
    style = '<m:rPr><m:sty m:val="p"/></m:rPr>' if is_upright else ""
    return f'<m:r>{style}{FONT}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>'
