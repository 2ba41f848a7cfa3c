"""Moderation: what strengthens or weakens a path."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart, exhibits
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return exhibits(material, "moderation")


SECTIONS.add("moderation")(SectionPart(55, message("Moderation"), _blocks))
