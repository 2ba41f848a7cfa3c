"""Compose the report from its chapters."""

from __future__ import annotations

from dataclasses import replace

from xinzhi.present.chart import Chart
from xinzhi.present.table import Table
from xinzhi.report.chapters import chapters
from xinzhi.report.content import Content
from xinzhi.report.document import Block, Document, Profiles
from xinzhi.wording import message

SIMULATED = message("Simulated data.")


def compose(content: Content) -> Document:
    """Compose the report: chapters in order; empty ones are left out."""
    written = tuple(chapters(content))
    if content.simulated:
        written = tuple(
            replace(chapter, blocks=tuple(map(_marked, chapter.blocks))) for chapter in written
        )
    return Document(
        title=content.title,
        subtitle=content.subtitle,
        simulated=content.simulated,
        profile=content.profile,
        sections=written,
    )


def _marked(block: Block) -> Block:
    """Mark tables, figures and pages of entities as simulated."""
    if isinstance(block, (Table, Chart)):
        return replace(block, notes=(SIMULATED, *block.notes))
    if isinstance(block, Profiles):
        pages = (replace(one, sentences=(SIMULATED, *one.sentences)) for one in block.items)
        return replace(block, items=tuple(pages))
    return block
