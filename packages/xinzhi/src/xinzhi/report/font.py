"""The packaged font, so that Chinese is displayed where no Chinese font is installed."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from xinzhi.work.parts import ReportParts

FAMILY = "Noto Sans SC"
FILE = "NotoSansSC-GB2312.otf"


@cache
def shipped() -> bytes:
    """Give the font as it is shipped."""
    return files("xinzhi").joinpath("report", "fonts", FILE).read_bytes()


def font_for(text: str, parts: ReportParts | None = None) -> bytes:
    """Cut the shipped font down to the characters of a text, as WOFF.

    Characters that the font lacks (it holds GB 2312, Latin, Greek and signs) are left to the
    reader's own fonts. `parts` keeps what is cut for the next report with the same characters.
    """
    characters = "".join(sorted(set(text)))
    return (parts or ReportParts()).part("font", characters, lambda: _cut(characters))


@lru_cache(maxsize=8)
def _cut(characters: str) -> bytes:
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 - heavy, and the font of the last report is kept
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - the same

    # The box around all glyphs stays that of the whole font: to measure each glyph again takes a third of the time.
    font = TTFont(io.BytesIO(shipped()), lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    # The shipped font has no hints; to look for some would take a tenth of the time.
    cutter = Subsetter(Options(hinting=True, layout_features=["kern"]))
    cutter.populate(text=characters)
    cutter.subset(font)
    font.flavor = "woff"
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()


def with_font(pictures: Sequence[bytes], parts: ReportParts | None = None) -> list[bytes]:
    """Put the font into SVG pictures, cut down to what is written in them."""
    words = "".join(re.sub(r"<[^>]*>", "", svg.decode()) for svg in pictures)
    font = base64.b64encode(font_for(words, parts)).decode()
    face = (
        f'<style>@font-face{{font-family:"{FAMILY}";'
        f'src:url(data:font/woff;base64,{font}) format("woff")}}</style>'
    ).encode()
    return [svg.replace(b">", b">" + face, 1) for svg in pictures]
