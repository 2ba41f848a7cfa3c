"""Charts as pictures: SVG, PNG and PDF, with the font that goes along."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import Any

import altair as alt
import vl_convert

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart, marked
from xinzhi.wording import Language

VEGA_LITE = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
"""Version of Vega-Lite that altair writes."""
FORMATS = ("svg", "png", "pdf")
SCALE, DPI = 2.6, 300
"""Pixels of the picture for each of the chart: 1872 over the width, 300 an inch in a Word page."""
RESOURCE = re.compile(rb" +/([A-Za-z]+)(\d+) \d+ 0 R\n")
RESOURCES = re.compile(rb"(?: +/[A-Za-z]+\d+ \d+ 0 R\n){2,}")
"""Lines that give objects of a PDF file their names within a page."""
KEPT = 64
"""Pictures kept in memory, so that a Word page and a file of the same chart are drawn once."""


def picture(
    chart: Chart, language: Language, kind: str, *, width: int = style.WIDTH, mark: str = ""
) -> bytes:
    """Draw a chart in a language as `svg`, `png` or `pdf`, as wide as told, in pixels.

    What a reader of the page chooses by slider or pointer is drawn as it is at the start, or side
    by side where the chart says how (it then has a width of its own). `mark` stands over the
    picture, such as the word that its data are simulated.
    """
    _register_font()
    if chart.drawings:
        return _as(kind, marked(chart.drawings[language], mark).replace(style.FONTS, style.FONT))
    specification = _still(chart, language, width)
    return _drawn(json.dumps(style.marked(specification, mark), ensure_ascii=False), kind)


@lru_cache(maxsize=KEPT)
def _drawn(specification: str, kind: str) -> bytes:
    return _as(kind, _svg(specification))


def _as(kind: str, svg: str) -> bytes:
    if kind == "png":
        return bytes(vl_convert.svg_to_png(svg, scale=SCALE * 72 / DPI, ppi=DPI))
    return in_order(bytes(vl_convert.svg_to_pdf(svg))) if kind == "pdf" else svg.encode()


def in_order(pdf: bytes) -> bytes:
    r"""Put the named resources of each page in order: the renderer's own changes from run to run.

    The lines keep their lengths and their places in the object, so that no offset changes.

    >>> in_order(b"<<\n  /gs10 9 0 R\n  /gs2 8 0 R\n>>")
    b'<<\n  /gs2 8 0 R\n  /gs10 9 0 R\n>>'
    """
    return RESOURCES.sub(_sorted, pdf)


def _sorted(block: re.Match[bytes]) -> bytes:
    lines = RESOURCE.finditer(block[0])
    return b"".join(line[0] for line in sorted(lines, key=lambda line: (line[1], int(line[2]))))


@lru_cache(maxsize=KEPT)
def _svg(specification: str) -> str:
    return str(vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE))


def _still(chart: Chart, language: Language, width: int) -> dict[str, Any]:
    still = chart.still.get(language)
    specification = {**(still or chart.specifications[language])}
    # One family: the renderers know no lists of families.
    config = _replaced(specification["config"], style.FONTS, style.FONT)
    size = {} if still else {"width": width}
    return specification | size | {"config": config | {"background": "#ffffff"}}


def _replaced(part: Any, old: str, new: str) -> Any:
    if isinstance(part, dict):
        return {key: _replaced(one, old, new) for key, one in part.items()}
    return new if part == old else part


@cache
def viewer_script() -> str:
    """Give Vega, Vega-Lite and Vega-Embed as one script that sets `window.vegaEmbed`."""
    script: str = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE
    )
    return script


@cache
def _register_font() -> None:
    """Make the shipped font known to the renderer, once."""
    with as_file(files("xinzhi").joinpath("report", "fonts")) as folder:
        vl_convert.register_font_directory(str(folder))
