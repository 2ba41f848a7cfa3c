"""A chart as a picture, as a report draws it."""

from __future__ import annotations

from xinzhi.present.chart import Chart
from xinzhi.present.render import drawing
from xinzhi.wording import Language


def picture(chart: Chart, language: Language, kind: str, **more) -> bytes:
    """Draw a chart as `svg`, `png` or `pdf`."""
    return drawing(chart, language, **more).pictures((kind,))[kind]
