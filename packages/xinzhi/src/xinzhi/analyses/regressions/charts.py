"""The chart of a table of regressions: its coefficients around zero."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.present.chart import Chart
from xinzhi.present.coefficients import coefficient_plot
from xinzhi_core.wording import message


def charts(result: RegressionColumns, shown: Shown) -> Iterator[Chart]:
    """Draw the coefficients of interest of all columns; nothing where no column was estimated."""
    if result.estimated:
        yield coefficient_plot(
            f"{shown.name}_coefficients",
            message("{table}: coefficients", table=shown.title),
            result.own,
            shown.style,
        )
