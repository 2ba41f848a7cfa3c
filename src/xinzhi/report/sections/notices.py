"""Notices: what a reader must know before believing a number."""

from __future__ import annotations

from xinzhi.notices import Notice, together
from xinzhi.report.document import Block, Paragraph, Warned
from xinzhi.report.section import SECTIONS, Material, SectionPart
from xinzhi.wording import Wording, message


def _blocks(material: Material) -> tuple[Block, ...]:
    """Say each notice once, those alike together; say also that there is none."""
    texts = dict.fromkeys(_told(notice) for notice in together(material.notices))
    if not texts:
        return (Paragraph(message("There is nothing to note.")),)
    return tuple(Warned(text) for text in texts)


def _told(notice: Notice) -> Wording:
    given = (notice.where.entity, notice.where.period)
    place = " ".join(str(part) for part in given if part is not None)
    return message("{text} ({place})", text=notice.text, place=place) if place else notice.text


SECTIONS.add("notices")(SectionPart(60, message("Notices"), _blocks))
