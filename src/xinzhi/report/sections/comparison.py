"""Printed figures beside computed ones."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "comparison")


SECTIONS.add("comparison")(SectionPart(58, message("Published figures"), _blocks))
