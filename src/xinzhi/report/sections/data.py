"""The data: where they come from, how many there are, what they look like."""

from __future__ import annotations

from xinzhi.report.document import Block, Paragraph
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    told = tuple(Paragraph(sentence) for sentence in material.data_summary)
    return (*told, *exhibits(material, "data"))


SECTIONS.add("data")(SectionPart(20, message("Data"), _blocks))
