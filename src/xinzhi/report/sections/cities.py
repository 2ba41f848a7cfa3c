"""A page for each city."""

from __future__ import annotations

from xinzhi.report.document import Block
from xinzhi.report.section import SECTIONS, Material, SectionPart
from xinzhi.wording import message


def _blocks(material: Material) -> tuple[Block, ...]:
    return (material.profiles,) if material.profiles else ()


SECTIONS.add("cities")(SectionPart(59, message("Entity by entity"), _blocks))
