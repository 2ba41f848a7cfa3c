"""Chart of standard deviational ellipses: their outlines on the plane of the coordinates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.ellipse.show import Ellipses, EllipseSection
from xinzhi.present.chart import Chart
from xinzhi.present.plots import curve
from xinzhi_core.periods import period_name
from xinzhi_core.wording import message

POINTS = 61
"""Points of half an outline."""


def outlines(section: EllipseSection, result: Ellipses, shown: Shown) -> Chart:
    """Draw the upper and the lower half of each ellipse as the band of its date."""
    parts = [_band(row).assign(date=period_name(date)) for date, row in result.by_period.iterrows()]
    score = shown.study.score_label(section.score)
    return curve(
        pd.concat(parts, ignore_index=True),
        ("east", message("East")),
        ("middle", message("North")),
        band=("south", "north"),
        series="date",
        id=f"{shown.name}_ellipse_outlines",
        title=message("Standard deviational ellipses of {score}", score=score),
        notes=(message("Line: the middle of the ellipse from south to north."),),
    )


def _band(row: pd.Series) -> pd.DataFrame:
    """Give the southern and northern border of an ellipse over its extent from west to east."""
    turn = np.radians(float(row["angle"]))
    u, v = np.array([np.sin(turn), np.cos(turn)]), np.array([np.cos(turn), -np.sin(turn)])
    cov = row["major"] ** 2 * np.outer(u, u) + row["minor"] ** 2 * np.outer(v, v)
    reach = np.sqrt(cov[0, 0])
    offset = reach * np.cos(np.linspace(np.pi, 0.0, POINTS))
    middle = row["north"] + cov[0, 1] / cov[0, 0] * offset
    half = np.sqrt(max(cov[1, 1] - cov[0, 1] ** 2 / cov[0, 0], 0.0) * (1 - (offset / reach) ** 2))
    return pd.DataFrame(
        {
            "east": row["east"] + offset,
            "middle": middle,
            "south": middle - half,
            "north": middle + half,
        }
    )
