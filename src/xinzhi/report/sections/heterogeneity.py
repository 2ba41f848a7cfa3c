"""Heterogeneity: a regression by groups, and whether they differ."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "heterogeneity")


SECTIONS.add("heterogeneity")(SectionPart(56, message("Heterogeneity"), _blocks))
