"""Equations in Word: OMML in the middle of the line, the number as a field at its end."""

from __future__ import annotations

from docx.document import Document as Word
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.shared import Twips

from xinzhi.present.equation import Equation
from xinzhi.present.equation.omml import omml
from xinzhi.report.formats.docx_table import field
from xinzhi.report.symbols import meanings
from xinzhi.wording import Language

SIZE = 10.5
SEQUENCE = "SEQ Equation \\* ARABIC"


def add_equation(
    word: Word, equation: Equation, number: str, language: Language, *, width: int
) -> None:
    """Write an equation, its number and the words under it.

    Parameters
    ----------
    width
        Of the text, in twips.
    """
    line = word.add_paragraph(style="Equation")
    stops = line.paragraph_format.tab_stops
    stops.add_tab_stop(Twips(width // 2), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(Twips(width), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run("\t")
    line._p.append(parse_xml(omml(equation.tree, language)))  # noqa: SLF001 - python-docx has no equations
    line.add_run("\t(")
    for part in field(SEQUENCE, number, size=SIZE):
        line._p.append(part)  # noqa: SLF001 - as above
    line.add_run(")")
    line.paragraph_format.keep_with_next = bool(equation.where)
    if equation.where:
        words = word.add_paragraph(style="Log")
        for piece in meanings(equation, language):
            if isinstance(piece, str):
                words.add_run(piece)
            else:
                words._p.append(parse_xml(omml(piece, language)))  # noqa: SLF001 - as above
