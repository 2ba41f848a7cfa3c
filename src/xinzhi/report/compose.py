"""Compose the report: each registered section writes its own part."""

from __future__ import annotations

from dataclasses import replace

from xinzhi.present.chart import Chart
from xinzhi.present.table import Table
from xinzhi.report.document import Block, Document, Profiles, Section
from xinzhi.report.sections import Material, sections
from xinzhi.wording import message

SIMULATED = message("Simulated data.")


def compose(material: Material) -> Document:
    """Compose the report: sections in order; empty ones are left out."""
    parts = sorted(sections(), key=lambda named: (named[1].order, named[0]))
    written = [(name, part.title, part.blocks(material)) for name, part in parts]
    if material.simulated:
        written = [(name, title, tuple(map(_marked, blocks))) for name, title, blocks in written]
    return Document(
        title=material.title,
        subtitle=material.subtitle,
        simulated=material.simulated,
        sections=tuple(Section(name, title, blocks) for name, title, blocks in written if blocks),
    )


def _marked(block: Block) -> Block:
    """Mark tables, figures and pages of entities as simulated."""
    if isinstance(block, (Table, Chart)):
        return replace(block, notes=(SIMULATED, *block.notes))
    if isinstance(block, Profiles):
        pages = (replace(one, sentences=(SIMULATED, *one.sentences)) for one in block.items)
        return replace(block, items=tuple(pages))
    return block
