"""Rendering of charts as SVG, PNG and PDF, with the packaged font."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import vl_convert

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart, marked
from xinzhi.present.drawing import Drawing
from xinzhi_core.wording import Language

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
    return Drawing(json.dumps(specification, ensure_ascii=False), vega_lite(specification))


def vega_lite(specification: Mapping[str, object]) -> str:
    """Tell the version of Vega-Lite that a specification is written in.

    >>> vega_lite({"$schema": "https://vega.github.io/schema/vega-lite/v6.1.0.json"})
    '6.1'
    """
    return ".".join(str(specification["$schema"]).rpartition("/v")[2].split(".")[:2])


def _replace(part: object, old: str, new: str) -> Any:
    if isinstance(part, dict):
        return {key: _replace(value, old, new) for key, value in part.items()}
    return new if part == old else part


@cache
def viewer_script() -> str:
    """Give Vega, Vega-Lite and Vega-Embed as one script that sets `window.vegaEmbed`."""
    import altair as alt  # noqa: PLC0415 - heavy, and the script of the last report is kept

    version = vega_lite({"$schema": alt.SCHEMA_URL})
    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version)
    return script
