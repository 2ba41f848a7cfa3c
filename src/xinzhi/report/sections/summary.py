"""Key findings in plain sentences."""

from __future__ import annotations

from xinzhi.report.document import Block, Paragraph
from xinzhi.report.section import SECTIONS, Material, SectionPart
from xinzhi.wording import Wording, message

READ = ("efficiency", "classes", "models")
"""Sections whose tables are read here."""


def _blocks(material: Material) -> tuple[Block, ...]:
    findings = material.findings or _first_sentences(material)
    return tuple(Paragraph(finding) for finding in findings)


def _first_sentences(material: Material) -> tuple[Wording, ...]:
    tables = (table for section in READ for table in material.tables.get(section, ()))
    return tuple(table.reading[0] for table in tables if table.reading)


SECTIONS.add("summary")(SectionPart(10, message("Key findings"), _blocks))
