"""One look for all charts: quiet, safe for colour-blind readers, readable in grey."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xinzhi.present.composer import alt
from xinzhi_core.periods import frequency_of, period_name

FONT = "Noto Sans SC"
FONTS = f"{FONT}, Source Han Sans SC, PingFang SC, Microsoft YaHei, Helvetica, Arial, sans-serif"
INK, MUTED, RULE, FAINT = "#1f2933", "#52606d", "#9aa5b1", "#e4e7eb"
WARNING = "#8a4b08"
BLUE, ORANGE, GREEN, PURPLE, YELLOW = "#1f5a8c", "#d55e00", "#007a5e", "#8f5b8f", "#e0a100"
"""Apart in hue for the colour-blind, apart in lightness on a grey print."""
RUST = "#b84d00"
"""Orange for words, which are read from 4.5 times the light of their ground on."""
CATEGORIES = (BLUE, ORANGE, GREEN, PURPLE, YELLOW)
ORDERED = ("#dbe7f0", "#a9c6dd", "#6d9fc5", "#3a76a8", "#12436d")
"""From little to much; lightness alone tells them apart."""
WIDTH, HEIGHT = 720, 320
"""Of a chart on paper, px."""
PADDING = {"left": 5, "top": 5, "right": 16, "bottom": 5}
"""Room around a chart: a label at the right end of an axis reaches over it by half its width."""


def config() -> dict[str, object]:
    """Give the look as a Vega-Lite configuration, for each chart anew."""
    text = {"labelFont": FONTS, "titleFont": FONTS, "labelColor": MUTED, "titleColor": INK}
    size = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    return {
        "font": FONTS,
        "background": "transparent",
        "view": {"stroke": None, "continuousHeight": HEIGHT},
        "axis": text | size | {"domainColor": RULE, "tickColor": RULE, "gridColor": FAINT},
        "axisX": {
            "grid": False,
            "labelAngle": 0,
            "titlePadding": 8,
            "labelFlush": False,
            "labelSeparation": 6,
        },
        "axisY": {"domain": False, "ticks": False, "titlePadding": 10},
        "legend": text | size | {"orient": "top", "direction": "horizontal"},
        "header": text | size,
        "title": {"font": FONTS, "fontSize": 12, "fontWeight": "normal", "color": INK},
        "range": {"category": list(CATEGORIES), "ordinal": list(ORDERED), "ramp": list(ORDERED)},
    }


def finish(
    chart: alt.LayerChart | alt.Chart,
    *,
    description: str,
    height: int = HEIGHT,
    datasets: Mapping[str, object] = MappingProxyType({}),
) -> Mapping[str, object]:
    """Turn a chart into its specification, in the one look, as wide as its page.

    Parameters
    ----------
    chart
        What to draw.
    description
        What a screen reader says.
    height
        In pixels.
    datasets
        Large data to which the chart refers by name; they get names made of their content, so
        that several charts of a page can share them.
    """
    size = {"width": "container", "height": height, "padding": PADDING}
    specification = finish_still(chart, description=description, datasets=datasets)
    return {**specification, **size, "autosize": {"type": "fit-x", "contains": "padding"}}


def finish_still(
    chart: alt.LayerChart | alt.Chart | alt.ConcatChart,
    *,
    description: str,
    datasets: Mapping[str, object] = MappingProxyType({}),
) -> Mapping[str, object]:
    """Turn a chart that has its size into its specification, in the one look."""
    # The look is laid over the finished dictionary: `configure` would copy all data of the chart.
    specification: dict[str, Any] = chart.to_dict(
        validate=False  # a third of the time; the compiler of Vega-Lite checks anyway
    )
    plain, look = specification.get("config", {}), config()  # plain: of the reader's own theme
    specification["config"] = plain | look | {"view": plain.get("view", {}) | look["view"]}
    specification["description"] = description
    names = {name: f"{name}-{_digest(data)}" for name, data in datasets.items()}
    specification = _renamed(specification, names)
    specification.setdefault("datasets", {}).update(
        {names[name]: data for name, data in datasets.items()}
    )
    return with_period_names(specification)


NAMED = "period_name"
"""Field of the name of a quarter, beside its number."""
QUARTER = "floor({value} / 4) + 'Q' + ({value} % 4 + 1)"
"""Name of a quarter from its number, in the language of Vega; see `xinzhi_core.periods`."""


def with_period_names(specification: Mapping[str, object]) -> Mapping[str, object]:
    """Call quarters by their names on axes and in what the pointer shows; a chart of years stays as it is."""
    datasets = specification["datasets"]
    assert isinstance(datasets, dict)
    rows_of = [rows for rows in datasets.values() if isinstance(rows, list) and rows]
    first = next((rows[0]["period"] for rows in rows_of if "period" in rows[0]), None)
    if not isinstance(first, int) or frequency_of(first) == "Y":
        return specification
    named = {
        name: [
            row | {NAMED: period_name(row["period"])} if "period" in row else row for row in rows
        ]
        if isinstance(rows, list)
        else rows
        for name, rows in datasets.items()
    }
    drawn = {key: _with_names(part) for key, part in specification.items() if key != "datasets"}
    return {**drawn, "datasets": named}


def _with_names(part: object) -> object:
    if isinstance(part, list):
        return [_with_names(item) for item in part]
    if not isinstance(part, dict):
        return part
    named = {key: _with_names(item) for key, item in part.items()}
    if part.get("field") != "period":
        return named
    if isinstance(axis := named.get("axis"), dict):
        return named | {"axis": axis | {"labelExpr": QUARTER.format(value="datum.value")}}
    if part.get("format") != "d":
        return named
    del named["format"]
    return named | {"field": NAMED, "type": "nominal"}


def marked(specification: Mapping[str, object], mark: str) -> dict[str, object]:
    """Write a word over a chart, such as that its data are simulated."""
    title = {"title": {"text": mark, "anchor": "end", "color": WARNING}} if mark else {}
    return {**specification, **title}


def _digest(data: object) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _renamed(part: object, names: Mapping[str, str]) -> Any:
    """Give the references to large data their names of content."""
    if isinstance(part, list):
        return [_renamed(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    renamed = {key: _renamed(item, names) for key, item in part.items() if key != "datasets"}
    data = part.get("data")
    if isinstance(data, dict) and data.get("name") in names:
        renamed["data"] = data | {"name": names[data["name"]]}
    return renamed | ({"datasets": part["datasets"]} if "datasets" in part else {})
