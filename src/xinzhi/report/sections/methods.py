"""Methods: the options in force in words, with references."""

from __future__ import annotations

from xinzhi.report.document import Block, Paragraph
from xinzhi.report.section import SECTIONS, Material, SectionPart
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return tuple(Paragraph(sentence) for sentence in material.methods)


SECTIONS.add("methods")(SectionPart(70, message("Methods"), _blocks))
