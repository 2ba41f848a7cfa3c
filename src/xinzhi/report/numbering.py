"""Numbers of tables and figures, in the order in which they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from xinzhi.present.chart import Chart
from xinzhi.present.table import Table
from xinzhi.report.document import Block, Document, Section
from xinzhi.wording import Message, message


@dataclass(frozen=True, slots=True)
class Numbered:
    """A block and its number among its like; 0 for text."""

    block: Block
    number: int = 0

    @property
    def caption(self) -> Message:
        """The words before the title: Table 1, Figure 2."""
        if isinstance(self.block, Table):
            return message("Table {n}", n=self.number)
        return message("Figure {n}", n=self.number)


def numbered(document: Document) -> Iterator[tuple[Section, tuple[Numbered, ...]]]:
    """Count the tables and the figures of a document, each from 1."""
    tables, figures = count(1), count(1)

    def number(block: Block) -> Numbered:
        if isinstance(block, Table):
            return Numbered(block, next(tables))
        if isinstance(block, Chart):
            return Numbered(block, next(figures))
        return Numbered(block)

    for section in document.sections:
        yield section, tuple(number(block) for block in section.blocks)


def tables_of(document: Document) -> tuple[Table, ...]:
    """List the tables of a document in their order."""
    blocks = (block for section in document.sections for block in section.blocks)
    return tuple(block for block in blocks if isinstance(block, Table))


def charts_of(document: Document) -> tuple[Chart, ...]:
    """List the charts of a document in their order."""
    blocks = (block for section in document.sections for block in section.blocks)
    return tuple(block for block in blocks if isinstance(block, Chart))
