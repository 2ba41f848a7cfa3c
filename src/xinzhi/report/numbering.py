"""Numbers of chapters, tables, figures and equations, in the order in which they stand.

The main text has chapters 1, 2, … and tables 1, 2, …; the appendix has chapters A, B, … and tables A1, A2, ….
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from string import ascii_uppercase

from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.references import with_numbers
from xinzhi.present.table import Part, Table
from xinzhi.report.document import Block, Document, DocumentSection, Paragraph
from xinzhi.wording import Wording, message

APPENDIX = message("Appendix")
PREFIX: dict[Part, str] = {"text": "", "appendix": "A"}


@dataclass(frozen=True, slots=True)
class Numbered:
    """A block and its number among its like; none for text."""

    block: Block
    place: int = 0
    part: Part = "text"

    @property
    def number(self) -> str:
        """1, 2, … in the text, A1, A2, … in the appendix."""
        return f"{PREFIX[self.part]}{self.place}"

    @property
    def caption(self) -> Wording:
        """The words before the title: Table 1, Figure A2."""
        if isinstance(self.block, Table):
            return message("Table {n}", n=self.number)
        if isinstance(self.block, NumberedEquation):
            return message("Equation ({n})", n=self.number)
        return message("Figure {n}", n=self.number)


@dataclass(frozen=True, slots=True)
class NumberedSection:
    """A chapter with its number and its counted blocks."""

    section: DocumentSection
    number: str
    """1, 2, … or A, B, …; empty where the chapter is not counted."""
    blocks: tuple[Numbered, ...]
    begins_appendix: bool = False
    """Whether it is the first chapter of the appendix."""

    @property
    def heading(self) -> Wording:
        """The title behind the number."""
        if not self.number:
            return self.section.title
        return message("{number}  {title}", number=self.number, title=self.section.title)


def number_chapters(document: Document) -> Iterator[NumberedSection]:
    """Count chapters, tables, figures and equations, and put numbers where sentences refer to them."""
    chapters = list(_count(document))
    captions = {
        numbered.block.id: numbered.caption
        for chapter in chapters
        for numbered in chapter.blocks
        if isinstance(numbered.block, (Table, Chart, NumberedEquation))
    }
    for chapter in chapters:
        blocks = (replace(n, block=_refer(n.block, captions)) for n in chapter.blocks)
        yield replace(chapter, blocks=tuple(blocks))


def _count(document: Document) -> Iterator[NumberedSection]:
    n_of: Counter[tuple[Part, type]] = Counter()
    for section in document.sections:
        part = section.part
        begins = part == "appendix" and not n_of[part, DocumentSection]
        n_of[part, DocumentSection] += section.is_numbered
        place = n_of[part, DocumentSection]
        number = _letters(place) if part == "appendix" else str(place)
        blocks = []
        for block in section.blocks:
            if isinstance(block, (Table, Chart, NumberedEquation)):
                n_of[part, type(block)] += 1
                blocks.append(Numbered(block, n_of[part, type(block)], part))
            else:
                blocks.append(Numbered(block, part=part))
        shown = number if section.is_numbered else ""
        yield NumberedSection(section, shown, tuple(blocks), begins)


def _letters(place: int) -> str:
    """Count in capital letters: A to Z, then AA.

    >>> _letters(1), _letters(26), _letters(27)
    ('A', 'Z', 'AA')
    """
    letters = ""
    while place:
        place, rest = divmod(place - 1, len(ascii_uppercase))
        letters = ascii_uppercase[rest] + letters
    return letters


def _refer(block: Block, captions: dict[str, Wording]) -> Block:
    """Put numbers into the sentences of a block."""
    if isinstance(block, Paragraph):
        return replace(block, text=with_numbers(block.text, captions))
    if isinstance(block, (Table, Chart)):
        return replace(
            block,
            notes=tuple(with_numbers(note, captions) for note in block.notes),
            reading=tuple(with_numbers(sentence, captions) for sentence in block.reading),
        )
    return block


def charts_of(document: Document) -> tuple[Chart, ...]:
    """List the charts of a document in their order."""
    blocks = (block for section in document.sections for block in section.blocks)
    return tuple(block for block in blocks if isinstance(block, Chart))
