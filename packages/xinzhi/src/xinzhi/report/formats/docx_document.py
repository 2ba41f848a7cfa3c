"""Word documents: three-line tables, named East-Asian fonts, captions as fields, nothing to mend."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import UTC, datetime
from itertools import count
from typing import cast

from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.packuri import PackURI
from docx.opc.phys_pkg import PhysPkgWriter
from docx.opc.pkgwriter import PackageWriter
from docx.oxml import parse_xml
from docx.oxml.shape import CT_Inline
from docx.oxml.xmlchemy import BaseOxmlElement as Element
from docx.shared import Mm, Pt, Twips
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as DocxParagraph

from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import omml
from xinzhi.present.references import ANCHOR
from xinzhi.present.table import Table
from xinzhi.report.document import (
    EQUATION,
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
from xinzhi.report.format import Setting, captions_in, drawing_of, mark_of, where, with_mark
from xinzhi.report.formats.docx_page import TWIP, PageSetup, settle, without_number
from xinzhi.report.formats.docx_style import NOTE, has_numbers, open_word, styles_of, table_style_of
from xinzhi.report.formats.docx_table import (
    SIZES,
    WordTable,
    bookmark_of,
    bookmarked,
    field,
    run,
)
from xinzhi.report.head import OpeningLine
from xinzhi_core.wording import Language, Message, Wording, in_a_row, say, say_around

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""The same study gives the same file: no clock in it."""
EPOCH = (1980, 1, 1, 0, 0, 0)
PICTURE = (Mm(160), Mm(190))
"""Largest picture. Smaller ones keep the size they are drawn at, at which their text has 7 to 9 points."""
LONG_NOTE = 600
"""Characters of a note that may go on on the next page."""
BODY: Mapping[Language, float] = {"zh": 10.5, "en": 10.0}
"""Size of the letters of running text, in points."""


def word_file(document: Document, setting: Setting, language: Language) -> bytes:
    """Write a document in one language as .docx."""
    word = open_word(BODY[language], document.template)
    styles = styles_of(word)
    ids = {
        name: None if style == word.styles.default(style.type) else style.style_id
        for name, style in styles.items()
    }
    page = PageSetup.of(word)
    drawn = WordTable(language, setting.decimals, page.width, style=table_style_of(word))
    return _DocxWriter(language, setting, document, word, page, styles, ids, drawn).write()


@dataclass(frozen=True, slots=True)
class _DocxWriter:
    """Writes a document in one language."""

    language: Language
    setting: Setting
    document: Document
    word: Word
    page: PageSetup
    styles: Mapping[str, ParagraphStyle]
    style_ids: Mapping[str, str | None]
    """Style -> its id, None for that of running text: python-docx searches all styles for each paragraph."""
    drawn: WordTable
    """How tables are drawn."""
    ids: Iterator[int] = dataclass_field(default_factory=count)
    """Numbers of bookmarks."""
    pictures: Iterator[int] = dataclass_field(default_factory=lambda: count(1))
    """Numbers of pictures: the document has no others when it is opened."""

    def write(self) -> bytes:
        word = self.word
        word.core_properties.title = self._say(self.document.title)[:255]
        word.core_properties.author = word.core_properties.last_modified_by = ""
        word.core_properties.created = word.core_properties.modified = ALWAYS
        self._head()
        for chapter in number_chapters(self.document):
            says = self._says_reading(chapter)
            for n, numbered in enumerate(chapter.blocks):
                # A heading goes onto the page of what it is over, which may lie.
                is_heading = isinstance(numbered.block, Heading)
                after = chapter.blocks[n + 1 : n + 2] if is_heading else ()
                self.page.turn(is_landscape=any(map(self._is_wide, after or (numbered,))))
                if n == 0:
                    self._chapter(chapter)
                self._block(numbered, says_reading=says, style=_style(chapter))
        settle(word.element.body)
        return packed(word)

    def _say(self, wording: Wording) -> str:
        return _printable(say(wording, self.language))

    @property
    def _mark(self) -> str:
        return mark_of(self.document, self.language)

    def _paragraph(self, wording: Wording, style: str) -> DocxParagraph:
        """Write a paragraph in which each reference to an exhibit is a field that leads to its caption."""
        paragraph = self._add(style)
        self._write(paragraph, wording)
        return paragraph

    def _add(self, style: str) -> DocxParagraph:
        """Add a paragraph without words."""
        paragraph = self.word.add_paragraph()
        paragraph._p.style = self.style_ids[style]  # noqa: SLF001 - `style` of python-docx searches all styles
        return paragraph

    def _write(self, paragraph: DocxParagraph, wording: Wording) -> None:
        for piece in say_around(wording, self.language, ANCHOR):
            if isinstance(piece, str):
                paragraph.add_run(_printable(piece))
            else:
                self._refer(paragraph, piece)

    def _refer(self, paragraph: DocxParagraph, caption: Message) -> None:
        """Write a reference: to the number of an equation, and to the number of an exhibit with its word."""
        anchor, words = str(caption.values[ANCHOR]), self._say(caption)
        number = str(caption.values["n"])
        shown = number if anchor.startswith(EQUATION) else words
        before, _, after = words.partition(shown)
        paragraph.add_run(before)
        _append(paragraph, field(f"REF {bookmark_of(anchor)} \\h", shown))
        paragraph.add_run(after)

    def _counted(self, numbered: Numbered, language: Language, before: str) -> Iterator[Element]:
        """Make the number of an exhibit, a field that Word counts, with the bookmark to which references lead.

        `before` stands before the digits within the bookmark, such as "Table A"; each has a count of its own.
        """
        digits, identifier = str(numbered.place), before.replace(" ", "")
        if isinstance(numbered.block, NumberedEquation):
            identifier = f"{EQUATION}{before}"
        parts = [*([run(before)] if before else []), *field(f"SEQ {identifier} \\* ARABIC", digits)]
        if language != self.language:  # the text refers to the caption in its own language
            return iter(parts)
        name = bookmark_of(str(numbered.caption.values[ANCHOR]))
        return iter(bookmarked(parts, name, next(self.ids)))

    def _head(self) -> None:
        word = self.word
        self._paragraph(self.document.title, "Title")
        if self.document.subtitle:
            self._paragraph(self.document.subtitle, "Subtitle")
        self.page.mark(self._mark)
        if self.document.template is None or self.page.is_bare:
            footer = word.sections[0].footer.paragraphs[0]
            footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _append(footer, field("PAGE", "1", size=NOTE))

    def _chapter(self, chapter: NumberedSection) -> None:
        """Write the heading of a chapter; a template that numbers headings numbers those of the text."""
        if chapter.begins_appendix:
            title = self._paragraph(NUMBERING_APPENDIX, "Title")
            title.paragraph_format.page_break_before = True
        is_of_word = has_numbers(self.styles["Heading 1"])
        is_counted = bool(chapter.number) and chapter.section.part == "text"
        heading = self._paragraph(
            chapter.section.title if is_of_word and is_counted else chapter.heading, "Heading 1"
        )
        if is_of_word and not is_counted:
            without_number(heading)

    def _says_reading(self, chapter: NumberedSection) -> bool:
        """Whether sentences stand beside exhibits; where a text has prose, that says what matters."""
        has_prose = any(isinstance(n.block, Paragraph) for n in chapter.blocks)
        is_text = chapter.section.part == "text" and self.document.profile != "full"
        return not (is_text and has_prose)

    def _block(self, numbered: Numbered, *, says_reading: bool, style: str) -> None:
        block, elsewhere = numbered.block, where(numbered, self.setting)
        if elsewhere is not None:
            self._left_out(numbered, elsewhere, style)
        elif isinstance(block, Table):
            self._table(numbered, block, says_reading=says_reading)
        elif isinstance(block, Chart):
            self._chart(numbered, block, says_reading=says_reading)
        elif isinstance(block, Heading):
            heading = self._paragraph(block.text, "Heading 2")
            if has_numbers(self.styles["Heading 2"]):
                without_number(heading)  # they stand in the appendix, whose chapters have letters
        elif isinstance(block, NumberedEquation):
            self._equation(numbered, block, style)
        elif isinstance(block, OpeningLine):
            paragraph = self._add(style)
            paragraph.add_run(f"{self._say(block.title)}  ").bold = True
            self._write(paragraph, block.sentence)
        elif self._say(block.text):  # else this language has fewer paragraphs
            self._paragraph(block.text, "Quote" if isinstance(block, Warned) else style)

    def _left_out(self, numbered: Numbered, words: Wording, style: str) -> None:
        """Write the line of a table that stands in the workbook: it is counted, and its sheet keeps its name.

        In each language of captions, as each has a count of its own.
        """
        for language in captions_in(self.document, self.language):
            paragraph = self._add(style)
            is_counted = False
            for piece in say_around(words, language, ANCHOR):
                text = _printable(say(piece, language))
                if isinstance(piece, str) or is_counted:
                    paragraph.add_run(text)
                    continue
                is_counted = True
                before = text.removesuffix(str(numbered.place))
                _append(paragraph, self._counted(numbered, language, before))

    def _is_wide(self, numbered: Numbered) -> bool:
        """Whether a block asks for more than the width of a page."""
        if not isinstance(numbered.block, Table) or where(numbered, self.setting) is not None:
            return False
        return replace(self.drawn, width=self.page.width).fitting(numbered.block) is None

    def _table(self, numbered: Numbered, table: Table, *, says_reading: bool) -> None:
        word = self.word
        self._caption(numbered, table.title, keeps=True)
        page = replace(self.drawn, width=self.page.width_now)
        height = self.page.height_now if self._is_wide(numbered) else None
        drawn = (page.fitting(table, height=height) or replace(page, size=SIZES[-1])).draw(table)
        word.element.body.insert(len(word.element.body) - 1, drawn)
        self._small(table.notes)
        self._reading(numbered, table.reading if says_reading or not table.rows else ())

    def _reading(self, numbered: Numbered, sentences: Sequence[Wording]) -> None:
        """Write what an exhibit says: line by line in the text, in one paragraph in the appendix."""
        if numbered.part == "appendix":
            self._small(sentences)
            return
        for sentence in sentences:
            self._paragraph(sentence, "Reading")

    def _chart(self, numbered: Numbered, chart: Chart, *, says_reading: bool) -> None:
        drawing = self.setting.pictures.of(drawing_of(chart, self.language, self.document), "png")
        paragraph = self._add("Figure")
        largest, height = PICTURE
        # Not `add_picture`, which searches the whole document for the next free number.
        key, image = self.word.part.get_or_add_image(io.BytesIO(drawing))
        natural = image.scaled_dimensions(None, None)
        scale = min(1.0, min(largest, self.page.width_now * TWIP) / natural[0], height / natural[1])
        size = image.scaled_dimensions(*(round(side * scale) for side in natural))
        inline = CT_Inline.new_pic_inline(next(self.pictures), key, image.filename, *size)
        inline.docPr.set("descr", chart.alternative(self.language))
        paragraph.add_run()._r.add_drawing(inline)  # noqa: SLF001 - as said
        self._caption(numbered, chart.title, keeps=bool(chart.notes))
        self._small(chart.notes)
        if says_reading:
            self._reading(numbered, chart.reading)

    def _caption(self, numbered: Numbered, title: Wording, *, keeps: bool) -> None:
        """Write a caption whose number is a field, so that Word counts on where text is moved.

        A Chinese journal wants it in both languages, one under the other.
        """
        languages = captions_in(self.document, self.language)
        for language in languages:
            paragraph = self._add("Caption")
            paragraph.paragraph_format.keep_with_next = keeps or language != languages[-1]
            if language != languages[0]:
                paragraph.paragraph_format.space_before = Pt(0)
            before = say(numbered.caption, language).removesuffix(str(numbered.place))
            words = f"  {with_mark(_printable(say(title, language)), self.document, language)}"
            _append(paragraph, self._counted(numbered, language, before))
            paragraph.add_run(words.rstrip())

    def _small(self, notes: Sequence[Wording]) -> None:
        """Write notes in one small paragraph, on the page of what they are about."""
        if notes:
            paragraph = self._paragraph(in_a_row(notes), "Note")
            # A longer one that is kept whole would leave a gap of its own size.
            paragraph.paragraph_format.keep_together = len(paragraph.text) <= LONG_NOTE

    def _equation(self, numbered: Numbered, equation: NumberedEquation, style: str) -> None:
        """Write an equation as OMML in the middle of the line, its number at the end, and the words under it."""
        width = self.page.width_now
        self._paragraph(equation.title, style).paragraph_format.keep_with_next = True
        line = self._add("Equation")
        stops = line.paragraph_format.tab_stops
        stops.add_tab_stop(Twips(width // 2), WD_TAB_ALIGNMENT.CENTER)
        stops.add_tab_stop(Twips(width), WD_TAB_ALIGNMENT.RIGHT)
        line.add_run("\t")
        _append(line, [parse_xml(omml(equation.tree, self.language))])
        line.add_run("\t(")
        before = numbered.number.removesuffix(str(numbered.place))
        _append(line, self._counted(numbered, self.language, before))
        line.add_run(")")
        line.paragraph_format.keep_with_next = bool(equation.where)
        if equation.where:
            words = self._add("Log")
            for piece in meanings(equation, self.language):
                if isinstance(piece, str):
                    words.add_run(_printable(piece))
                else:
                    _append(words, [parse_xml(omml(piece, self.language))])


def _append(paragraph: DocxParagraph, parts: Iterable[Element]) -> None:
    """Add pieces of WordprocessingML for which python-docx has no words."""
    for part in parts:
        paragraph._p.append(part)  # noqa: SLF001 - as said


def _style(chapter: NumberedSection) -> str:
    """Choose the style of running text: small in the appendix and for references."""
    if chapter.section.id == "references":
        return "Note"
    is_small = chapter.section.part == "appendix" or chapter.section.id == "method"
    return "Log" if is_small else "Normal"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


@dataclass(frozen=True, slots=True)
class _Archive:
    """Takes the parts of a document from python-docx, and packs each once, without the time of day."""

    file: zipfile.ZipFile

    def write(self, name: PackURI, content: bytes) -> None:
        """Pack a part; pictures are compressed already."""
        kind = zipfile.ZIP_STORED if name.ext == "png" else zipfile.ZIP_DEFLATED
        self.file.writestr(zipfile.ZipInfo(name.membername, EPOCH), content, kind)


def packed(word: Word) -> bytes:
    """Write a document as an archive: what `Document.save` writes, which has a clock and packs pictures."""
    package, content = word.part.package, io.BytesIO()
    parts = package.parts
    for part in parts:
        part.before_marshal()
    with zipfile.ZipFile(content, "w") as file:
        archive = cast("PhysPkgWriter", _Archive(file))
        PackageWriter._write_content_types_stream(archive, parts)  # type: ignore[no-untyped-call]  # noqa: SLF001 - its `write` makes an archive of its own
        PackageWriter._write_pkg_rels(archive, package.rels)  # type: ignore[no-untyped-call]  # noqa: SLF001 - the same
        PackageWriter._write_parts(archive, parts)  # noqa: SLF001 - the same
    return content.getvalue()
