"""One look for all charts: quiet, safe for colour-blind readers, readable in grey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

VEGA_LITE = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
"""Version of Vega-Lite that altair writes."""
FONT = "Noto Sans SC"
FONTS = f"{FONT}, Source Han Sans SC, PingFang SC, Microsoft YaHei, Helvetica, Arial, sans-serif"
INK, MUTED, RULE, FAINT = "#1f2933", "#52606d", "#9aa5b1", "#e4e7eb"
BLUE, ORANGE, GREEN, PURPLE, YELLOW = "#1f5a8c", "#d55e00", "#007a5e", "#8f5b8f", "#e0a100"
"""Apart in hue for the colour-blind, apart in lightness on a grey print."""
CATEGORIES = (BLUE, ORANGE, GREEN, PURPLE, YELLOW)
ORDERED = ("#dbe7f0", "#a9c6dd", "#6d9fc5", "#3a76a8", "#12436d")
"""From little to much; lightness alone tells them apart."""
HEIGHT = 320


def config() -> dict[str, Any]:
    """Give the look as a Vega-Lite configuration, for each chart anew."""
    text = {"labelFont": FONTS, "titleFont": FONTS, "labelColor": MUTED, "titleColor": INK}
    size = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    return {
        "font": FONTS,
        "background": "transparent",
        "view": {"stroke": None, "continuousHeight": HEIGHT},
        "axis": text | size | {"domainColor": RULE, "tickColor": RULE, "gridColor": FAINT},
        "axisX": {"grid": False, "labelAngle": 0, "titlePadding": 8},
        "axisY": {"domain": False, "ticks": False, "titlePadding": 10},
        "legend": text | size | {"orient": "top", "direction": "horizontal"},
        "header": text | size,
        "range": {"category": list(CATEGORIES), "ordinal": list(ORDERED), "ramp": list(ORDERED)},
    }


def finish(chart: alt.LayerChart | alt.Chart, *, description: str) -> Mapping[str, object]:
    """Turn a chart into its specification, in the one look, as wide as its page.

    `description` is what a screen reader says.
    """
    dressed = chart.properties(width="container", height=HEIGHT, description=description)
    specification: dict[str, object] = dressed.configure(**config()).to_dict()
    specification["autosize"] = {"type": "fit-x", "contains": "padding"}
    return specification
