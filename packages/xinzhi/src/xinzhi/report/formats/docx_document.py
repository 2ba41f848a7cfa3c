"""Word documents: three-line tables, named East-Asian fonts, captions as fields, nothing to mend."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import docx
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor, Twips

from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import omml
from xinzhi.present.table import Table
from xinzhi.report.document import (
    NUMBERING_APPENDIX,
    Document,
    Heading,
    Numbered,
    NumberedSection,
    Paragraph,
    Warned,
    number_chapters,
)
from xinzhi.report.file_names import meanings
from xinzhi.report.format import Setting, captions_in, drawing_of, mark_of, where
from xinzhi.report.formats.docx_table import SIZES, WordTable, element, field, run
from xinzhi.report.head import OpeningLine
from xinzhi_core.wording import Language, Wording, in_a_row, say

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""The same study gives the same file: no clock in it."""
EPOCH = (1980, 1, 1, 0, 0, 0)
LATIN = "Times New Roman"
SONG, HEI = "宋体", "黑体"
PAGE = (Mm(210), Mm(297))
MARGIN, TOP = Mm(20), Mm(19)
PICTURE = {"text": (Mm(146), Mm(106)), "appendix": (Mm(130), Mm(98))}
"""Largest picture of each part: two of them fit a page, with captions and notes."""
TWIP = 635
"""English Metric Units in a twip."""
BODY: Mapping[Language, float] = {"zh": 10.5, "en": 10.0}
"""Size of the letters of running text, in points."""
NOTE, LOG, CAPTION = 8.5, 9.0, 10.0


def word_file(document: Document, setting: Setting, language: Language) -> bytes:
    """Write a document in one language as .docx."""
    return repacked(_DocxWriter(language, setting, document).write())


@dataclass(frozen=True, slots=True)
class _DocxWriter:
    """Writes a document in one language."""

    language: Language
    setting: Setting
    document: Document

    def write(self) -> bytes:
        word = docx.Document()
        set_page(word)
        set_styles(word, BODY[self.language])
        word.core_properties.title = self._say(self.document.title)[:255]
        word.core_properties.author = ""
        word.core_properties.created = word.core_properties.modified = ALWAYS
        self._head(word)
        for chapter in number_chapters(self.document):
            says = self._says_reading(chapter)
            for n, numbered in enumerate(chapter.blocks):
                # A heading goes onto the page of what it is over, which may lie.
                is_heading = isinstance(numbered.block, Heading)
                after = chapter.blocks[n + 1 : n + 2] if is_heading else ()
                _turn(word, is_landscape=any(map(self._is_wide, after or (numbered,))))
                if n == 0 and chapter.begins_appendix:
                    title = word.add_heading(self._say(NUMBERING_APPENDIX), 0)
                    title.paragraph_format.page_break_before = True
                if n == 0:
                    word.add_heading(self._say(chapter.heading), 1)
                self._block(word, numbered, says_reading=says, style=_style(chapter))
        content = io.BytesIO()
        word.save(content)
        return content.getvalue()

    def _say(self, wording: Wording) -> str:
        return _printable(say(wording, self.language))

    @property
    def _mark(self) -> str:
        return mark_of(self.document, self.language)

    def _head(self, word: Word) -> None:
        word.add_heading(self._say(self.document.title), 0)
        if self.document.subtitle:
            word.add_paragraph(self._say(self.document.subtitle), style="Subtitle")
        section = word.sections[0]
        if self._mark:
            section.header.paragraphs[0].add_run(self._mark)
        footer = section.footer.paragraphs[0]
        footer.alignment = 1
        for part in field("PAGE", "1", size=NOTE):
            footer._p.append(part)  # noqa: SLF001 - python-docx has no fields

    def _says_reading(self, chapter: NumberedSection) -> bool:
        """Whether sentences stand beside exhibits; where a text has prose, that says what matters."""
        has_prose = any(isinstance(n.block, Paragraph) for n in chapter.blocks)
        is_text = chapter.section.part == "text" and self.document.profile != "full"
        return not (is_text and has_prose)

    def _block(self, word: Word, numbered: Numbered, *, says_reading: bool, style: str) -> None:
        block, elsewhere = numbered.block, where(numbered, self.setting)
        if elsewhere is not None:
            word.add_paragraph(self._say(elsewhere), style=style)
        elif isinstance(block, Table):
            self._table(word, numbered, block, says_reading=says_reading)
        elif isinstance(block, Chart):
            self._chart(word, numbered, block, says_reading=says_reading)
        elif isinstance(block, Heading):
            word.add_heading(self._say(block.text), 2)
        elif isinstance(block, NumberedEquation):
            title = word.add_paragraph(self._say(block.title), style=style)
            title.paragraph_format.keep_with_next = True
            _add_equation(word, block, numbered.number, self.language)
        elif isinstance(block, OpeningLine):
            paragraph = word.add_paragraph(style=style)
            paragraph.add_run(f"{self._say(block.title)}  ").bold = True
            paragraph.add_run(self._say(block.sentence))
        elif text := self._say(block.text):  # else this language has fewer paragraphs
            word.add_paragraph(text, style="Quote" if isinstance(block, Warned) else style)

    def _is_wide(self, numbered: Numbered) -> bool:
        """Whether a block asks for more than the width of a standing page."""
        if not isinstance(numbered.block, Table) or where(numbered, self.setting) is not None:
            return False
        upright = WordTable(self.language, self.setting.decimals, (PAGE[0] - 2 * MARGIN) // TWIP)
        return upright.fitting(numbered.block) is None

    def _table(self, word: Word, numbered: Numbered, table: Table, *, says_reading: bool) -> None:
        self._caption(word, numbered, table.title, keeps=True)
        page = WordTable(self.language, self.setting.decimals, _text_width(word))
        height = _text_height(word) if self._is_wide(numbered) else None
        drawn = (page.fitting(table, height=height) or replace(page, size=SIZES[-1])).draw(table)
        word.element.body.insert(len(word.element.body) - 1, drawn)
        self._small(word, table.notes)
        reading = table.reading if says_reading or not table.rows else ()
        self._reading(word, numbered, reading)
        if not table.notes and not reading:
            word.add_paragraph(style="Note")  # Word wants a paragraph behind each table

    def _reading(self, word: Word, numbered: Numbered, sentences: Sequence[Wording]) -> None:
        """Write what an exhibit says: line by line in the text, in one paragraph in the appendix."""
        if numbered.part == "appendix":
            self._small(word, sentences)
            return
        for sentence in sentences:
            word.add_paragraph(self._say(sentence), style="Reading")

    def _chart(self, word: Word, numbered: Numbered, chart: Chart, *, says_reading: bool) -> None:
        drawing = self.setting.pictures.of(drawing_of(chart, self.language, self.document), "png")
        paragraph = word.add_paragraph(style="Figure")
        width, height = PICTURE[numbered.part]
        picture = paragraph.add_run().add_picture(io.BytesIO(drawing), width=width)
        picture._inline.docPr.set("descr", chart.alternative(self.language))  # noqa: SLF001 - python-docx has no word for it
        if picture.height > height:
            picture.width, picture.height = picture.width * height // picture.height, height
        self._caption(word, numbered, chart.title, keeps=bool(chart.notes))
        self._small(word, chart.notes)
        if says_reading:
            self._reading(word, numbered, chart.reading)

    def _caption(self, word: Word, numbered: Numbered, title: Wording, *, keeps: bool) -> None:
        """Write a caption whose number is a field, so that Word counts on where text is moved.

        A Chinese journal wants it in both languages, one under the other.
        """
        languages = captions_in(self.document, self.language)
        for language in languages:
            paragraph = word.add_paragraph(style="Caption")
            paragraph.paragraph_format.keep_with_next = keeps or language != languages[-1]
            if language != languages[0]:
                paragraph.paragraph_format.space_before = Pt(0)
            digits = str(numbered.place)
            before = say(numbered.caption, language).removesuffix(digits)
            words = f"  {_printable(say(title, language))} {mark_of(self.document, language)}"
            counter = field(f"SEQ {before.replace(' ', '')} \\* ARABIC", digits, size=CAPTION)
            for part in (run(before, size=CAPTION), *counter, run(words.rstrip(), size=CAPTION)):
                paragraph._p.append(part)  # noqa: SLF001 - as above

    def _small(self, word: Word, notes: Sequence[Wording]) -> None:
        """Write notes in one small paragraph, on the page of what they are about."""
        if notes:
            paragraph = word.add_paragraph(self._say(in_a_row(notes)), style="Note")
            paragraph.paragraph_format.keep_together = True


def _add_equation(word: Word, equation: NumberedEquation, number: str, language: Language) -> None:
    """Write an equation as OMML in the middle of the line, its number at the end, and the words under it."""
    width = _text_width(word)
    line = word.add_paragraph(style="Equation")
    stops = line.paragraph_format.tab_stops
    stops.add_tab_stop(Twips(width // 2), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(Twips(width), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run("\t")
    line._p.append(parse_xml(omml(equation.tree, language)))  # noqa: SLF001 - python-docx has no equations
    line.add_run("\t(")
    for part in field("SEQ Equation \\* ARABIC", number, size=10.5):
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


def _style(chapter: NumberedSection) -> str:
    """Choose the style of running text: small in the appendix and for references."""
    if chapter.section.id == "references":
        return "Note"
    is_small = chapter.section.part == "appendix" or chapter.section.id == "method"
    return "Log" if is_small else "Normal"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def set_page(word: Word) -> None:
    """Set the size of the page, its margins, header and footer."""
    section = word.sections[0]
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = TOP
    section.header_distance = section.footer_distance = Mm(10)


def _text_width(word: Word) -> int:
    """Width between the margins of the page that is being written, in twips."""
    section = word.sections[-1]
    assert section.page_width
    assert section.left_margin
    assert section.right_margin
    return (section.page_width - section.left_margin - section.right_margin) // TWIP


def _text_height(word: Word) -> int:
    """Height between the margins of the page that is being written, in twips."""
    height = word.sections[-1].page_height
    assert height
    return (height - 2 * TOP) // TWIP


def _turn(word: Word, *, is_landscape: bool) -> None:
    """Begin a page that lies or stands, unless this one does already."""
    wanted = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    if word.sections[-1].orientation == wanted:
        return
    section = word.add_section(WD_SECTION.NEW_PAGE)
    short, long = PAGE
    section.orientation = wanted
    section.page_width, section.page_height = (long, short) if is_landscape else (short, long)


def set_styles(word: Word, body: float) -> None:
    """Name the fonts of both scripts in each style, and make the styles of notes and figures."""
    styles = word.styles
    for name in ("Note", "Log", "Figure", "Reading", "Equation"):
        styles.add_style(name, 1).base_style = styles["Normal"]
    sizes = {
        "Normal": (body, SONG), "Title": (16, HEI), "Subtitle": (10, SONG), "Heading 1": (14, HEI), "Heading 2": (12, HEI),
        "Caption": (CAPTION, HEI), "Note": (NOTE, SONG), "Quote": (LOG, SONG), "Figure": (10.5, SONG),
        "Reading": (10.5, SONG), "Equation": (10.5, SONG), "Log": (LOG, SONG),
    }  # fmt: skip
    for name, (size, east_asian) in sizes.items():
        style = styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = style.font.italic = False
        fonts = style.element.rPr.rFonts
        # A theme font would win over the name, and themes have no East-Asian font of ours.
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), east_asian)
    styles["Normal"].element.rPr.append(element("lang", val="en-US", eastAsia="zh-CN"))
    _set_spacing(word)


def _set_spacing(word: Word) -> None:
    """Set distances; captions and figures stand in the middle, notes close under their table."""
    styles = word.styles
    for name, before, after in (
        ("Normal", 0, 6), ("Title", 0, 4), ("Subtitle", 0, 6), ("Heading 1", 10, 4), ("Heading 2", 8, 4),
        ("Caption", 8, 3), ("Note", 1, 1), ("Quote", 0, 3), ("Figure", 8, 0),
        ("Reading", 4, 0), ("Log", 0, 3),
    ):  # fmt: skip
        layout = styles[name].paragraph_format
        layout.space_before, layout.space_after = Pt(before), Pt(after)
    styles["Normal"].paragraph_format.line_spacing = 1.1
    styles["Note"].paragraph_format.line_spacing = styles["Log"].paragraph_format.line_spacing = 1.0
    for name in ("Title", "Subtitle", "Caption", "Figure"):
        styles[name].paragraph_format.alignment = 1
    styles["Figure"].paragraph_format.keep_with_next = True
    borders = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        styles["Title"].element.pPr.remove(borders)
    quote = styles["Quote"].element.get_or_add_pPr()
    left = element("left", val="single", sz=18, space=6, color="D9822B")
    quote.insert_element_before(element("pBdr", left), "w:shd", "w:spacing", "w:ind", "w:jc")


def repacked(content: bytes) -> bytes:
    """Write the archive again without the time of day."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
