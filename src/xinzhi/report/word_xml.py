"""Small pieces of WordprocessingML that python-docx has no words for."""

from __future__ import annotations

from collections.abc import Iterator

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

EIGHTHS = 8
"""Widths of rules are counted in eighths of a point."""


def element(name: str, *children: Element, **attributes: str | int) -> Element:
    """Make an element `w:name` with attributes `w:…` and children."""
    made: Element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    for child in children:
        made.append(child)
    return made


def run(
    text: str, *, size: float | None = None, italic: bool = False, raised: bool = False
) -> Element:
    """Make a run of text; `size` in points. Signs that XML cannot hold are left out."""
    properties = element("rPr")
    if italic:
        properties.append(element("i"))
    if size is not None:
        properties.append(element("sz", val=round(2 * size)))
        properties.append(element("szCs", val=round(2 * size)))
    if raised:
        properties.append(element("vertAlign", val="superscript"))
    words: Element = OxmlElement("w:t")
    words.text = "".join(letter for letter in text if _is_allowed(letter))
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", properties, words)


def _is_allowed(letter: str) -> bool:
    code = ord(letter)
    return letter in "\t\n\r" or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF


def field(instruction: str, shown: str, *, size: float | None = None) -> Iterator[Element]:
    """Make the runs of a field, such as `SEQ 表 \\* ARABIC`, with what it shows until updated."""  # noqa: D301
    yield element("r", element("fldChar", fldCharType="begin"))
    code: Element = OxmlElement("w:instrText")
    code.text = f" {instruction} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    yield element("r", code)
    yield element("r", element("fldChar", fldCharType="separate"))
    yield run(shown, size=size)
    yield element("r", element("fldChar", fldCharType="end"))


def rule(side: str, points: float) -> Element:
    """Make one border: `top` or `bottom`, as thick as told in points."""
    return element(side, val="single", sz=round(EIGHTHS * points), space=0, color="000000")
