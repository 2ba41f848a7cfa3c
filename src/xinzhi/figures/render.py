"""Charts as pictures: SVG, PNG and PDF, with the font that goes along."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import Any

import vl_convert

from xinzhi.figures import style
from xinzhi.figures.chart import Chart
from xinzhi.figures.style import FONT, FONTS, VEGA_LITE
from xinzhi.wording import Language

FORMATS = ("svg", "png", "pdf")
WIDTH = 720
SCALE = 2
"""Pixels of the picture for each of the chart: 1440 over the width, 230 an inch in a Word page."""


def picture(
    chart: Chart, language: Language, kind: str, *, width: int = WIDTH, mark: str = ""
) -> bytes:
    """Draw a chart in a language as `svg`, `png` or `pdf`, as wide as told, in pixels.

    What a reader of the page chooses by slider or pointer is drawn as it is at the start. `mark`
    stands over the picture, such as the word that its data are simulated.
    """
    _register_font()
    specification = _still(chart, language, width)
    if mark:
        specification |= {"title": {"text": mark, "anchor": "end", "color": style.WARNING}}
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE)).encode()
    if kind == "png":
        return bytes(vl_convert.vegalite_to_png(specification, vl_version=VEGA_LITE, scale=SCALE))
    return bytes(vl_convert.vegalite_to_pdf(specification, vl_version=VEGA_LITE))


def _still(chart: Chart, language: Language, width: int) -> dict[str, Any]:
    specification = dict(chart.specifications[language])
    config: Any = specification["config"]
    # One family: the renderers know no lists of families.
    config = _replaced(config, FONTS, FONT) | {"background": "#ffffff"}
    return specification | {"width": width, "config": config}


def _replaced(part: Any, old: str, new: str) -> Any:
    if isinstance(part, dict):
        return {key: _replaced(one, old, new) for key, one in part.items()}
    return new if part == old else part


@cache
def _register_font() -> None:
    """Make the shipped font known to the renderer, once."""
    with as_file(files("xinzhi").joinpath("report", "fonts")) as folder:
        vl_convert.register_font_directory(str(folder))
