"""Standard deviational ellipse: where a score lies, how far it spreads, and how its centre moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Given, Reads, Shown, Study
from xinzhi.analyses.ellipse.show import Ellipses, EllipseSection, ellipse_table, path_of
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.space_and_time import ScoreAnalysis, choose_dates, report_place
from xinzhi.present.chart import Chart
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import PERIOD
from xinzhi_core.wording import message
from xinzhi_econometrics.space.ellipse import ellipse

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
        columns = (section.score, section.weights or section.score, section.x, section.y)
        return replace(super().reads(section, study), panel=tuple(dict.fromkeys(columns)))

    def compute(self, section: EllipseSection, given: Given) -> Ellipses:
        """Compute the ellipse of each date, on the places that have coordinates and a weight."""
        names = [section.x, section.y, section.weights or section.score]
        rows, n_missing = {}, 0
        for date in choose_dates(section.dates, given.panel):
            at = given.panel.frame[names].xs(date, level=PERIOD).astype(np.float64)
            whole = at.dropna()
            n_missing += len(at) - len(whole)
            values = whole.to_numpy()
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
        table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(PERIOD)
        text = message(
            "{n} rows without coordinates or a weight are left out of the ellipses.",
            one="{n} row without coordinates or a weight is left out of the ellipses.",
            n=n_missing,
        )
        notices = (Notice("ellipse.left_out", text),) if n_missing else ()
        return Ellipses(path_of(table), notices)

    def show(self, section: EllipseSection, result: Ellipses, shown: Shown) -> Exhibits:
        """Set the ellipses by period."""
        table = ellipse_table(*self.heading(section, shown), result)
        references = frozenset({LEFEVER_1926})
        return Exhibits((table,), references=references, prose=first_sentences(table))

    def draw(self, section: EllipseSection, result: Ellipses, shown: Shown) -> Iterator[Chart]:
        """Draw the ellipses of all dates on the plane of the coordinates."""
        from xinzhi.analyses.ellipse.charts import outlines

        yield outlines(section, result, shown)


ANALYSES.add("ellipse")(EllipseAnalysis())
