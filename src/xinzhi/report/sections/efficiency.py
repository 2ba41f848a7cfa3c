"""Scores: over time, by period, by entity."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "efficiency")


SECTIONS.add("efficiency")(SectionPart(30, message("Efficiency"), _blocks))
