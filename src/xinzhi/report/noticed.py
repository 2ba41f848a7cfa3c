"""Notices in the words of a report."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.notices import Notice
from xinzhi.wording import Wording, message


def with_place(notice: Notice, entities: Mapping[str, Wording]) -> Wording:
    """Write a notice with the entity and the period that it is about."""
    entity, period = notice.where.entity, notice.where.period
    name = "" if entity is None else entities.get(entity, entity)
    place = message("{entity} {period}", entity=name, period=period) if name and period else name
    place = place or ("" if period is None else str(period))
    return message("{text} ({place})", text=notice.text, place=place) if place else notice.text
