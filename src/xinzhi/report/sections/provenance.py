"""Provenance: versions, hashes, and how to run the study again."""

from __future__ import annotations

from xinzhi.report.document import Block, Paragraph
from xinzhi.report.section import SECTIONS, Material, SectionPart
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return tuple(Paragraph(sentence) for sentence in material.provenance)


SECTIONS.add("provenance")(SectionPart(80, message("Provenance"), _blocks))
