"""Mediation: through what factors work."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "mediation")


SECTIONS.add("mediation")(SectionPart(54, message("Mediation"), _blocks))
