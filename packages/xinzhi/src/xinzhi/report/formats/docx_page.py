"""Pages of Word documents: those that stand and those that lie, marks in headers, no paragraph without words."""

from __future__ import annotations

from dataclasses import dataclass

from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element
from docx.section import Section
from docx.text.paragraph import Paragraph

from xinzhi.report.formats.docx_table import element

TWIP = 635
"""English Metric Units in a twip."""
AFTER_TABLE = 120
"""Twips between a table and running text."""
SMALLEST = 2
"""Half points of the letters in a paragraph that only Word wants: between two tables, at an end behind one."""


@dataclass(frozen=True, slots=True)
class PageSetup:
    """The pages of a document, the first of which says how all of them are."""

    word: Word
    size: tuple[int, int]
    """Width and height of the first page, in English Metric Units."""
    margins: tuple[int, int]
    """Those beside the text, and those above and below it, together."""
    is_bare: bool
    """Whether the document had neither header nor footer when it was opened."""

    @classmethod
    def of(cls, word: Word) -> PageSetup:
        """Read the page set-up of a document that has no text yet."""
        section = word.sections[0]
        beside = (section.left_margin or 0) + (section.right_margin or 0) + (section.gutter or 0)
        # A negative margin is one that the header cannot widen.
        around = abs(section.top_margin or 0) + abs(section.bottom_margin or 0)
        size = (int(section.page_width or 0), int(section.page_height or 0))
        is_bare = not section._sectPr.xpath("./w:headerReference | ./w:footerReference")  # noqa: SLF001 - python-docx makes what it is asked for
        return cls(word, size, (beside, around), is_bare)

    @property
    def width(self) -> int:
        """Width between the margins of the first page, in twips."""
        return (self.size[0] - self.margins[0]) // TWIP

    @property
    def width_now(self) -> int:
        """Width between the margins of the page that is being written, in twips."""
        return (int(self._last.page_width or 0) - self.margins[0]) // TWIP

    @property
    def height_now(self) -> int:
        """Height between the margins of the page that is being written, in twips."""
        return (int(self._last.page_height or 0) - self.margins[1]) // TWIP

    @property
    def _last(self) -> Section:
        # Not `sections`, which searches the whole document.
        return Section(self.word.element.body.sectPr, self.word.part)

    def turn(self, *, is_landscape: bool) -> None:
        """Begin a page that lies or stands as the first one does, unless this one does already."""
        wanted = (max(self.size), min(self.size)) if is_landscape else self.size
        if (self._last.page_width, self._last.page_height) == wanted:
            return
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        section.page_width, section.page_height = wanted
        section.orientation = WD_ORIENT.LANDSCAPE if wanted[0] > wanted[1] else WD_ORIENT.PORTRAIT
        # Page numbers run on, and only the first page of the document is a first page.
        for tag in ("titlePg", "pgNumType"):
            for each in section._sectPr.findall(qn(f"w:{tag}")):  # noqa: SLF001 - as above
                if tag == "titlePg" or each.get(qn("w:start")) is not None:
                    section._sectPr.remove(each)  # noqa: SLF001 - as above

    def mark(self, text: str) -> None:
        """Write a mark into the header of every page, beside what a template has there."""
        if not text:
            return
        section, settings = self._last, self.word.settings
        headers = [section.header]
        headers += [section.first_page_header] if section.different_first_page_header_footer else []
        headers += [section.even_page_header] if settings.odd_and_even_pages_header_footer else []
        for header in headers:
            first = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
            paragraph = header.add_paragraph() if first.text else first
            paragraph.add_run(text)


def without_number(paragraph: Paragraph) -> None:
    """Leave a heading out of the numbering of its style."""
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no numbering
    properties.get_or_add_numPr().get_or_add_numId().val = 0
    properties.get_or_add_ind().set(qn("w:left"), "0")
    properties.get_or_add_ind().set(qn("w:firstLine"), "0")


def settle(body: Element) -> None:
    """Leave no paragraph without words where one of them can hold what it is for.

    A section ends in the last paragraph of its text; a table is followed at a distance, and a paragraph stands behind
    it only where another table or the end of a section would follow at once.
    """
    for paragraph in body.findall(qn("w:p")):
        ends = paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        before = paragraph.getprevious()
        if ends is None or len(paragraph) > 1 or before is None:
            continue
        if before.tag == qn("w:p") and before.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None:
            # Elements of paragraph properties have an order, which python-docx keeps.
            before.set_sectPr(ends)
            body.remove(paragraph)
        else:
            _make_small(paragraph)
    for table in body.findall(qn("w:tbl")):
        behind = table.getnext()
        if behind is None or behind.tag != qn("w:p"):
            paragraph = element("p")
            table.addnext(paragraph)
            _make_small(paragraph)
        elif behind.pPr is None or behind.pPr.style in (None, "Normal", "Log"):
            layout = behind.get_or_add_pPr().get_or_add_spacing()
            layout.set(qn("w:before"), str(AFTER_TABLE))


def _make_small(paragraph: Element) -> None:
    """Make a paragraph without words as small as it can be."""
    properties = paragraph.get_or_add_pPr()
    spacing = properties.get_or_add_spacing()
    for name, value in (("before", "0"), ("after", "0"), ("line", "20"), ("lineRule", "exact")):
        spacing.set(qn(f"w:{name}"), value)
    mark = element("rPr", element("sz", val=SMALLEST))
    properties.insert_element_before(mark, "w:sectPr", "w:pPrChange")
