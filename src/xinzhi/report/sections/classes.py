"""Classes of scores by declared thresholds."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "classes")


SECTIONS.add("classes")(SectionPart(40, message("Classes"), _blocks))
