"""Altair, loaded when a chart is composed: a run whose charts the last one has kept does not need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinzhi_core.lazy import WhenUsed

__all__ = ["alt"]

if TYPE_CHECKING:
    import altair as alt
else:
    alt = WhenUsed("altair", "xinzhi")
