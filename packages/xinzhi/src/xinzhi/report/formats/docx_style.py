"""The look of Word documents: page, styles, fonts of both scripts; our own, or those of the user's template.

Of a template everything but its text stays: styles, numbering of headings, margins, header and footer. What the
report needs and the template lacks is copied from our own styles.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from copy import deepcopy

import docx
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import BaseStyle, ParagraphStyle

from xinzhi.report.formats.docx_table import element
from xinzhi.study.template import STYLES, WordTemplate, find_style

LATIN = "Times New Roman"
SONG, HEI = "宋体", "黑体"
PAGE = (Mm(210), Mm(297))
MARGIN, TOP = Mm(20), Mm(19)
NOTE, LOG, CAPTION = 8.5, 9.0, 10.0
OWN = ("Note", "Log", "Figure", "Reading", "Equation")
"""Styles that no template needs to have: of notes, small text, pictures, sentences beside exhibits, equations."""
USED = (*STYLES, *OWN)
"""All styles of a report."""
TABLES = ("Report Table", "三线表")
"""Names under which a template may have a style for the tables of the report."""
LOOKS = ("styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "theme", "numbering", "header", "footer", "footnotes", "endnotes")  # fmt: skip
"""Parts of a template that belong to its look; what else its text had is left behind with it."""


def open_word(body: float, template: WordTemplate | None) -> Word:
    """Make an empty document with all the styles of a report; `body` is the size of its letters in points."""
    ours = docx.Document()
    _set_page(ours)
    _set_styles(ours, body)
    if template is None:
        return ours
    word = docx.Document(io.BytesIO(template.content))
    _empty(word)
    for name in template.missing:
        _copy_style(ours, word, name)
    for name in OWN:
        if find_style(word, name) is None:
            _copy_style(ours, word, name, keeps_fonts=False)
    return word


def styles_of(word: Word) -> dict[str, ParagraphStyle]:
    """Give the styles of paragraphs that a report uses, by their names."""
    found = {name: find_style(word, name) or find_style(word, _beside(name)) for name in USED}
    return {name: style for name, style in found.items() if isinstance(style, ParagraphStyle)}


def table_style_of(word: Word) -> str | None:
    """Give the id of the style that a template has for the tables of the report."""
    found = (find_style(word, name, WD_STYLE_TYPE.TABLE) for name in TABLES)
    return next((style.style_id for style in found if style is not None), None)


def has_numbers(style: BaseStyle) -> bool:
    """Whether Word numbers the paragraphs of a style, as it or one it rests on says."""
    at: BaseStyle | None = style
    while at is not None:
        numbers = at.element.xpath("./w:pPr/w:numPr/w:numId/@w:val")
        if numbers:
            return str(numbers[0]) != "0"
        at = getattr(at, "base_style", None)
    return False


def _empty(word: Word) -> None:
    """Take the text out of a template, and what only the text used; the page is that of its first section."""
    body = word.element.body
    first = deepcopy(word.sections[0]._sectPr)  # noqa: SLF001 - python-docx moves no sections
    for child in list(body):
        body.remove(child)
    for tag in ("cols", "type"):
        for each in first.findall(qn(f"w:{tag}")):
            first.remove(each)
    body.append(first)
    used = set(first.xpath(".//@r:id"))
    for key, relation in list(word.part.rels.items()):
        kind = relation.reltype.rpartition("/")[2]
        is_of_other_sections = kind in ("header", "footer") and key not in used
        if kind not in LOOKS or is_of_other_sections:
            del word.part.rels[key]


def _copy_style(ours: Word, word: Word, name: str, *, keeps_fonts: bool = True) -> None:
    """Copy a style of ours into a template; without its fonts it has those of the template's text."""
    copied = deepcopy(ours.styles[name].element)
    for tag in ("link", "next", "basedOn", "rsid"):
        for each in copied.findall(qn(f"w:{tag}")):
            copied.remove(each)
    normal = find_style(word, "Normal")
    if normal is not None:
        copied.find(qn("w:name")).addnext(element("basedOn", val=normal.style_id))
    else:
        copied.set(qn("w:default"), "1")
    if not keeps_fonts:
        for each in copied.xpath("./w:rPr/w:rFonts | ./w:rPr/w:color"):
            each.getparent().remove(each)
        # Text of a template may begin two characters in, and its lines be of one height, which cuts pictures.
        layout = copied.get_or_add_pPr()
        indent = layout.get_or_add_ind()
        indent.set(qn("w:firstLine"), "0")
        indent.set(qn("w:firstLineChars"), "0")
        spacing = layout.get_or_add_spacing()
        spacing.set(qn("w:line"), "240")
        spacing.set(qn("w:lineRule"), "auto")
    names = {(style.name or "").casefold() for style in word.styles}
    if name.casefold() in names:  # of characters or of a table
        copied.find(qn("w:name")).set(qn("w:val"), _beside(name))
    ids = {style.style_id for style in word.styles}
    id_ = name.replace(" ", "")
    while id_ in ids:
        id_ = f"{id_}_"
    copied.set(qn("w:styleId"), id_)
    word.styles.element.append(copied)


def _beside(name: str) -> str:
    """Name a style of paragraphs where a template has one of another kind under its name."""
    return f"{name} (xinzhi)"


def _set_page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = TOP
    section.header_distance = section.footer_distance = Mm(10)


SIZES: Mapping[str, tuple[float, str]] = {
    "Title": (16, HEI), "Subtitle": (10, SONG), "Heading 1": (14, HEI), "Heading 2": (12, HEI),
    "Caption": (CAPTION, HEI), "Note": (NOTE, SONG), "Quote": (LOG, SONG), "Figure": (10.5, SONG),
    "Reading": (10.5, SONG), "Equation": (10.5, SONG), "Log": (LOG, SONG),
}  # fmt: skip
"""Style -> size in points and font of Chinese characters."""


def _set_styles(word: Word, body: float) -> None:
    """Name the fonts of both scripts in each style, and make the styles of notes and figures."""
    styles = word.styles
    for name in OWN:
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    for name, (size, east_asian) in {"Normal": (body, SONG), **SIZES}.items():
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
