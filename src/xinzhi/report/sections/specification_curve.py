"""The specification curve: how far a slope depends on choices."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "specification_curve")


SECTIONS.add("specification_curve")(SectionPart(52, message("Specification curve"), _blocks))
