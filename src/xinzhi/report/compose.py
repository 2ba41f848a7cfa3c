"""From what a study hands over to a document: each registered section writes itself."""

from __future__ import annotations

from xinzhi.report.document import Document, Section
from xinzhi.report.section import SECTIONS, Material


def compose(material: Material) -> Document:
    """Compose the report: sections in their order, those with nothing to say left out."""
    parts = sorted(SECTIONS, key=lambda named: (named[1].order, named[0]))
    written = ((name, part.title, part.blocks(material)) for name, part in parts)
    return Document(
        title=material.title,
        subtitle=material.subtitle,
        simulated=material.simulated,
        sections=tuple(Section(name, title, blocks) for name, title, blocks in written if blocks),
    )
