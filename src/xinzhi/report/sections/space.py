"""Space and time: regions, ranks, moves, convergence, inequality, neighbours."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "space")


SECTIONS.add("space")(SectionPart(45, message("Space and time"), _blocks))
