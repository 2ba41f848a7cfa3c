"""The scripts that draw charts in a page."""

from __future__ import annotations

from functools import cache

import vl_convert

from xinzhi.figures.style import VEGA_LITE


@cache
def viewer_script() -> str:
    """Give Vega, Vega-Lite and Vega-Embed as one script that sets `window.vegaEmbed`."""
    script: str = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE
    )
    return script
