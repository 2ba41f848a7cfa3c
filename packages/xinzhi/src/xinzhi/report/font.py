"""The packaged font, so that Chinese is displayed where no Chinese font is installed."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Noto Sans SC"
FILE = "NotoSansSC-GB2312.otf"


@cache
def shipped() -> bytes:
    """Give the font as it is shipped."""
    return files("xinzhi").joinpath("report", "fonts", FILE).read_bytes()


def font_for(text: str) -> bytes:
    """Cut the shipped font down to the characters of a text, as WOFF.

    Characters that the font lacks (it holds GB 2312, Latin, Greek and signs) are left to the
    reader's own fonts.
    """
    return _cut("".join(sorted(set(text))))


@lru_cache(maxsize=8)
def _cut(characters: str) -> bytes:
    font = TTFont(io.BytesIO(shipped()), lazy=True, recalcTimestamp=False)
    # The shipped font has no hints; to look for some would take a tenth of the time.
    cutter = Subsetter(Options(hinting=True, layout_features=["kern"]))
    cutter.populate(text=characters)
    cutter.subset(font)
    font.flavor = "woff"
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()


def with_font(pictures: Sequence[bytes]) -> list[bytes]:
    """Put the font into SVG pictures, cut down to what is written in them."""
    words = "".join(re.sub(r"<[^>]*>", "", svg.decode()) for svg in pictures)
    font = base64.b64encode(font_for(words)).decode()
    face = (
        f'<style>@font-face{{font-family:"{FAMILY}";'
        f'src:url(data:font/woff;base64,{font}) format("woff")}}</style>'
    ).encode()
    return [svg.replace(b">", b">" + face, 1) for svg in pictures]
