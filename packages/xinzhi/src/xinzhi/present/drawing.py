"""Drawings: what the renderer turns into pictures, without anything of the study.

Kept apart from charts so that a process that only draws loads the renderer and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from importlib.metadata import version
from importlib.resources import as_file, files

import vl_convert

SCALE, DPI = 2.6, 300
"""Pixels of the picture for each of the chart: 1872 over the width, 300 an inch in a Word page."""
RESOURCE = re.compile(rb" +/([A-Za-z]+)(\d+) \d+ 0 R\n")
RESOURCES = re.compile(rb"(?: +/[A-Za-z]+\d+ \d+ 0 R\n){2,}")
"""Lines that give objects of a PDF file their names within a page."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in one language, ready to be drawn."""

    source: str
    """An SVG, or a specification of Vega-Lite as JSON."""
    vega_lite: str = ""
    """Version of Vega-Lite of a specification; empty for an SVG."""

    def key(self, kind: str) -> str:
        """Name the picture: what it shows, the renderer and its settings."""
        words = (version("vl-convert-python"), _font_digest(), SCALE, DPI, kind, self.vega_lite)
        return sha256(json.dumps([*words, self.source]).encode()).hexdigest()[:32]

    def pictures(self, kinds: Iterable[str]) -> dict[str, bytes]:
        """Draw it as `svg`, `png` and `pdf`, the SVG once for all of them."""
        _register_font()
        svg = self.source
        if self.vega_lite:
            # The renderer drops the description, which is what a screen reader reads.
            description = escape(json.loads(svg)["description"])
            svg = str(vl_convert.vegalite_to_svg(svg, vl_version=self.vega_lite))
            svg = svg.replace("<svg ", f'<svg role="img" aria-label="{description}" ', 1)
        return {kind: _convert(svg, kind) for kind in kinds}


def _convert(svg: str, kind: str) -> bytes:
    if kind == "png":
        return bytes(vl_convert.svg_to_png(svg, scale=SCALE * 72 / DPI, ppi=DPI))
    return sort_resources(bytes(vl_convert.svg_to_pdf(svg))) if kind == "pdf" else svg.encode()


def sort_resources(pdf: bytes) -> bytes:
    r"""Put the named resources of each page in order: the renderer's own changes from run to run.

    The lines keep their lengths and their places in the object, so that no offset changes.

    >>> sort_resources(b"<<\n  /gs10 9 0 R\n  /gs2 8 0 R\n>>")
    b'<<\n  /gs2 8 0 R\n  /gs10 9 0 R\n>>'
    """

    def sort(block: re.Match[bytes]) -> bytes:
        lines = sorted(RESOURCE.finditer(block[0]), key=lambda line: (line[1], int(line[2])))
        return b"".join(line[0] for line in lines)

    return RESOURCES.sub(sort, pdf)


@cache
def _font_digest() -> str:
    with as_file(files("xinzhi").joinpath("report", "fonts")) as folder:
        fonts = sorted(path for path in folder.iterdir() if path.suffix == ".otf")
        return sha256(b"".join(path.read_bytes() for path in fonts)).hexdigest()


@cache
def _register_font() -> None:
    """Make the shipped font known to the renderer, once."""
    with as_file(files("xinzhi").joinpath("report", "fonts")) as folder:
        vl_convert.register_font_directory(str(folder))
