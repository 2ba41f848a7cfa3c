"""Regressions and their diagnostics."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "models")


SECTIONS.add("models")(SectionPart(50, message("Models"), _blocks))
