"""Pathways for each city, what-if and the distance to the frontier."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "pathways")


SECTIONS.add("pathways")(SectionPart(58, message("Pathways"), _blocks))
