"""Key findings in plain sentences."""

from __future__ import annotations

from xinzhi.report.document import Block, Paragraph
from xinzhi.report.section import SECTIONS, Material, SectionPart
from xinzhi.wording import Wording, message

READ = (
    "efficiency",
    "classes",
    "space",
    "models",
    "specification_curve",
    "mediation",
    "moderation",
    "heterogeneity",
    "pathways",
)
"""Sections whose tables are read here."""

RESULTS = frozenset(
    {
        "columns",
        "periods",
        "effects",
        "paths",
        "differences",
        "specifications",
        "empowerment",
        "pathways",
        "what_if",
    }
)
"""What the machine part of a table of results holds: regressions, scores, classes; not tests."""


def _blocks(material: Material) -> tuple[Block, ...]:
    findings = material.findings or _first_sentences(material)
    return tuple(Paragraph(finding) for finding in findings)


def _first_sentences(material: Material) -> tuple[Wording, ...]:
    """Take the first sentence beside each table of results, with the title of the table."""
    tables = (table for section in READ for table in material.tables.get(section, ()))
    return tuple(
        message("{title}: {sentence}", title=table.title, sentence=table.reading[0])
        for table in tables
        if table.reading and not RESULTS.isdisjoint(table.machine)
    )


SECTIONS.add("summary")(SectionPart(10, message("Key findings"), _blocks))
