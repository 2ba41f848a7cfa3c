"""Standard deviational ellipse: where a score lies, how far it spreads, and how its centre moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from xinzhi.analyses.analysis import ANALYSES, Given, Reads, Shown, Study
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.maps.compute import BUILT_IN
from xinzhi.analyses.section import Refers, Section
from xinzhi.analyses.space_and_time import KEY, ScoreAnalysis, choose_dates, report_place
from xinzhi.options import PeriodNumber, Refused
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import table_from
from xinzhi.present.table import Table
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.profile import holds_numbers
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.space.ellipse import ellipse, refuse_degrees

POINTS = 61
"""Points from west to east at which the outline of an ellipse is drawn."""
DIGITS = dict.fromkeys(("east", "north", "shift", "bearing", "major", "minor", "angle"), 1) | {
    "area": 0
}
"""Digits after the point in print: coordinates are in km or m."""


class EllipseOptions(Section):
    """Standard deviational ellipse of a score at dates."""

    x: Annotated[str | None, Refers("data")] = None
    """Column of projected coordinates to the east, in km or m; where `x` and `y` are left out, the places are the
    middles of the built_in outlines of China, in km."""
    y: Annotated[str | None, Refers("data")] = None
    """Column of projected coordinates to the north; with `x`."""
    weights: Annotated[str | None, Refers("measured")] = None
    """What weighs the places: a score, or a variable that is a column of the same name; the score itself where left out."""
    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""

    @model_validator(mode="after")
    def _both_or_neither(self) -> EllipseOptions:
        if (self.x is None) != (self.y is None):
            raise Refused(
                message("The coordinates of a place are two: `x` and `y`."),
                message("name both, or leave out both."),
            )
        return self


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


def band_of(row: pd.Series) -> pd.DataFrame:
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


def ellipse_table(
    table_id: str, title: Wording, result: Ellipses, notes: tuple[Wording, ...] = ()
) -> Table:
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
        decimals=DIGITS,
        notes=(
            message(
                "In the unit of the coordinates, angles clockwise from north. Half axes: one standard deviation along each "
                "axis, divisor the sum of the weights; ArcGIS has them √2 times as long."
            ),
            *notes,
        ),
        reading=tuple(_course(result.by_period)),
    )


def _course(frame: pd.DataFrame) -> Iterator[Wording]:
    if len(frame) < 2:
        return
    first, last = frame.iloc[0], frame.iloc[-1]
    yield message(
        "From {start} to {end} the centre of the ellipse moved by {way}, and its area changed from {area} to {later}.",
        start=period_name(frame.index[0]),
        end=period_name(frame.index[-1]),
        way=numbers.number(float(frame["shift"].sum()), DIGITS["shift"]),
        area=numbers.number(first["area"], DIGITS["area"]),
        later=numbers.number(last["area"], DIGITS["area"]),
    )


OF_OUTLINES = message(
    "Places: the middles of the built-in outlines, km east and north of 105° E 36° N on the plane of the maps."
)


def coordinates(section: EllipseSection, given: Given) -> pd.DataFrame:
    """Give the place of each row, columns x and y; missing where an entity has no outline."""
    frame = given.panel.frame
    if section.x is not None and section.y is not None:
        return frame[[section.x, section.y]].set_axis(["x", "y"], axis=1)
    middles = given.outline(BUILT_IN).middles()
    nowhere = (np.nan, np.nan)
    places = [middles.get(str(entity), nowhere) for entity in frame.index.get_level_values(0)]
    return pd.DataFrame(np.asarray(places, dtype=np.float64), frame.index, columns=["x", "y"])


LEFEVER_1926 = (
    "Lefever, D. W. (1926). Measuring geographic concentration by means of the standard deviational "
    "ellipse. American Journal of Sociology, 32(1), 88–94. doi:10.1086/214027"
)


class EllipseAnalysis(ScoreAnalysis[EllipseSection, Ellipses]):
    """Compute the standard deviational ellipse of a score at dates, and the path of its centre.

        C = sum_i w_i (p_i - m)(p_i - m)' / sum_i w_i,   m = sum_i w_i p_i / sum_i w_i

    The half axes are the square roots of the eigenvalues of C.

    Returns
    -------
    Ellipses
        `.to_frame()` has a row a date: centre, half axes and shift in the unit of the coordinates, area in
        its square, angles in degrees clockwise from north.

    Raises
    ------
    DataError
        The coordinates are degrees, a weight is negative, or fewer than 3 places have a weight.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcd"), [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": 1.0, "x": [0, 0, 900, -900], "y": [300, -300, 0, 0]}, index)
    >>> round(float(xz.ellipse(frame, score="score", x="x", y="y").to_frame().loc[1, "angle"]), 6)
    90.0

    References
    ----------
    Lefever (1926), doi 10.1086/214027.
    """

    section = EllipseSection
    verb = "ellipse"
    description = "Score -> its standard deviational ellipse."
    title = message("Standard deviational ellipse")
    place = report_place(45.8)
    suffix = "ellipse"
    caption = message("Standard deviational ellipse of {score}")
    inside = ".ellipse"

    def reads(self, section: EllipseSection, study: Study) -> Reads:
        """Read the coordinates and what weighs the places."""
        columns = (section.score, section.weights, section.x, section.y)
        return replace(
            super().reads(section, study),
            panel=tuple(dict.fromkeys(name for name in columns if name is not None)),
            outlines=(BUILT_IN,) if section.x is None else (),
        )

    def inspect(self, section: EllipseSection, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse degrees, beside dates that are not in the data."""
        yield from super().inspect(section, study, panel)
        names = [name for name in (section.x, section.y) if name is not None]
        # Columns that are not there, or hold texts, are refused beside this.
        known = [panel.frame[name] for name in names if name in panel.frame]
        if not names or len(known) < len(names) or not all(map(holds_numbers, known)):
            return
        try:
            refuse_degrees(np.asarray(panel.frame[names].dropna(), dtype=np.float64))
        except DataError as error:
            where = Where(key=f"{KEY}.{section.score}.ellipse.x", column=", ".join(names))
            yield from (replace(problem, where=where) for problem in error.problems)

    def compute(self, section: EllipseSection, given: Given) -> Ellipses:
        """Compute the ellipse of each date, on the places that have coordinates and a weight."""
        places = coordinates(section, given)
        weighed = places.assign(weight=given.panel.frame[section.weights or section.score])
        rows, n_missing = {}, 0
        for date in choose_dates(section.dates, given.panel):
            at = weighed.xs(date, level=1).astype(np.float64)
            whole = at.dropna()
            n_missing += len(at) - len(whole)
            values = np.asarray(whole, dtype=np.float64)
            found = ellipse(values[:, :2], values[:, 2])
            east, north = found.centre
            rows[date] = {
                "n": found.n,
                "east": east,
                "north": north,
                "major": found.major,
                "minor": found.minor,
                "angle": found.angle,
                "area": found.area,
            }
        table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("period")
        text = message(
            "{n} rows without coordinates or a weight are left out of the ellipses.",
            one="{n} row without coordinates or a weight is left out of the ellipses.",
            n=n_missing,
        )
        notices = (Notice("ellipse.left_out", text),) if n_missing else ()
        return Ellipses(path_of(table), notices)

    def show(self, section: EllipseSection, result: Ellipses, shown: Shown) -> Exhibits:
        """Set the ellipses by period."""
        notes = (OF_OUTLINES,) if section.x is None else ()
        table = ellipse_table(*self.heading(section, shown), result, notes)
        references = frozenset({LEFEVER_1926})
        return Exhibits((table,), references=references, prose=first_sentences(table))

    def draw(self, section: EllipseSection, result: Ellipses, shown: Shown) -> Iterator[Chart]:
        """Draw the ellipses of all dates on the plane of the coordinates."""
        from xinzhi.present.plots import curve  # the chart engine loads when a chart is drawn

        rows = result.by_period.iterrows()
        parts = [band_of(row).assign(date=period_name(date)) for date, row in rows]
        score = shown.study.score_label(section.score)
        yield curve(
            pd.concat(parts, ignore_index=True),
            ("east", message("East")),
            ("middle", message("North")),
            band=("south", "north"),
            series="date",
            id=f"{shown.name}_ellipse_outlines",
            title=message("Standard deviational ellipses of {score}", score=score),
            notes=(message("Line: the middle of the ellipse from south to north."),),
        )


ANALYSES.add("ellipse")(EllipseAnalysis())
