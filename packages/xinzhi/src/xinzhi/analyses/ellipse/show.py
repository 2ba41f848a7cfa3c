"""Options, result and table of the standard deviational ellipse of a score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.analyses.section import Refers, Section
from xinzhi.options import PeriodNumber
from xinzhi.present import numbers
from xinzhi.present.frames import table_from
from xinzhi.present.table import Table
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, message


class EllipseOptions(Section):
    """Standard deviational ellipse of a score at dates."""

    x: Annotated[str, Refers("data")]
    """Column of projected coordinates to the east, in km or m."""
    y: Annotated[str, Refers("data")]
    """Column of projected coordinates to the north."""
    weights: Annotated[str | None, Refers("measured")] = None
    """What weighs the places: a score or a column; the score itself where left out."""
    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""


class EllipseSection(EllipseOptions):
    """Standard deviational ellipse of a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""


@dataclass(frozen=True, slots=True, eq=False)
class Ellipses(InNotebook):
    """Ellipses of a score at dates, and the path of their centre."""

    by_period: pd.DataFrame
    """By period: n, east, north, major, minor, angle, area, and shift and bearing of the centre since the date
    before; in the unit of the coordinates, angles in degrees clockwise from north."""
    notices: tuple[Notice, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the ellipses by period."""
        return self.by_period


def path_of(centres: pd.DataFrame) -> pd.DataFrame:
    """Measure how far, and in which direction, the centre moved since the date before."""
    east, north = (centres[name].diff() for name in ("east", "north"))
    bearing = np.degrees(np.arctan2(east, north)) % 360.0
    return centres.assign(shift=np.hypot(east, north), bearing=bearing)


def ellipse_table(table_id: str, title: Wording, result: Ellipses) -> Table:
    """Set centre, axes, angle, area and path by period."""
    return table_from(
        result.by_period,
        {
            "n": message("n"),
            "east": message("Centre, east"),
            "north": message("Centre, north"),
            "shift": message("Shift of the centre"),
            "bearing": message("Bearing of the shift (degrees)"),
            "major": message("Long half axis"),
            "minor": message("Short half axis"),
            "angle": message("Angle (degrees)"),
            "area": message("Area"),
        },
        id=table_id,
        title=title,
        stub=message("Period"),
        notes=(
            message(
                "In the unit of the coordinates, angles clockwise from north. Half axes: one standard deviation along each "
                "axis, divisor the sum of the weights; ArcGIS has them √2 times as long."
            ),
        ),
        reading=tuple(_course(result.by_period)),
    )


def _course(frame: pd.DataFrame) -> Iterator[Wording]:
    if len(frame) < 2:
        return
    first, last = frame.iloc[0], frame.iloc[-1]
    yield message(
        "From {start} to {end} the centre moved {way} along the dates, and the area of the ellipse changed from "
        "{area} to {later}.",
        start=period_name(frame.index[0]),
        end=period_name(frame.index[-1]),
        way=numbers.number(float(frame["shift"].sum())),
        area=numbers.number(first["area"]),
        later=numbers.number(last["area"]),
    )
