"""Rendering of charts as SVG, PNG and PDF, with the packaged font."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import altair as alt
import vl_convert

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart, marked
from xinzhi.present.drawing import Drawing
from xinzhi_core.wording import Language

VEGA_LITE = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
"""Version of Vega-Lite that altair writes."""
FORMATS = ("svg", "png", "pdf")


def drawing(chart: Chart, language: Language, *, mark: str = "") -> Drawing:
    """Make a chart in a language ready to be drawn.

    What a reader of the page chooses by slider or pointer is drawn as it is at the start, or side
    by side where the chart says how (it then has a width of its own). `mark` stands over the
    picture, such as the word that its data are simulated.
    """
    if chart.drawings:
        return Drawing(marked(chart.drawings[language], mark).replace(style.FONTS, style.FONT))
    still = chart.still.get(language)
    specification = style.marked(still or chart.specifications[language], mark)
    # One family: the renderer reads no lists of families.
    config = _replace(specification["config"], style.FONTS, style.FONT)
    specification |= {} if still else {"width": style.WIDTH}
    specification["config"] = config | {"background": "#ffffff"}
    specification["description"] = chart.alternative(language)
    return Drawing(json.dumps(specification, ensure_ascii=False), VEGA_LITE)


def _replace(part: object, old: str, new: str) -> Any:
    if isinstance(part, dict):
        return {key: _replace(value, old, new) for key, value in part.items()}
    return new if part == old else part


@cache
def viewer_script() -> str:
    """Give Vega, Vega-Lite and Vega-Embed as one script that sets `window.vegaEmbed`."""
    script: str = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE
    )
    return script
