"""The charts of the specification curve: estimates in order, and the choices beneath."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.specification_curve.tables import curve_coverage, ways
from xinzhi.econometrics.specification_curve import SpecificationCurve
from xinzhi.figures.chart import Chart
from xinzhi.figures.specification_curve import specification_curve
from xinzhi.tables.regression.fitted import name_of
from xinzhi.wording import message


def charts(result: SpecificationCurve, shown: Shown) -> Iterator[Chart]:
    """Draw one curve for each variable of interest."""
    if result.table.empty:
        return
    labels = shown.style.labels
    for name, part in result.table.groupby("name", sort=False):
        label = name_of(str(name), labels)
        split = [(words, rows) for words, rows, _ in ways(part, labels)]
        yield from specification_curve(
            f"{shown.name}_{name}",
            message("{title}: {name}", title=shown.title, name=label),
            part,
            split,
            name=label,
            coverage=curve_coverage(result, labels),
        )
