"""1/VIF against VIF, and the mean of the factors."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from xinzhi.regression.replication.audit import CHECKS, Check, judge, place
from xinzhi.regression.replication.published import Bounds, PublishedTables, exactly, rounded
from xinzhi.wording import message


@CHECKS.add("vif")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check each tolerance, and the mean if it is printed."""
    table, column = place(tables.vif_path)
    for name, (factor, tolerance) in tables.vif.items():
        reachable = exactly(1).over(rounded(factor).size())
        yield Check(
            table,
            column,
            name,
            "vif",
            judge(rounded(tolerance), reachable),
            str(tolerance),
            reachable.numbers(),
            message("1/VIF = 1/{vif} = {reach}", vif=factor, reach=str(reachable)),
        )
    if tables.vif_mean is not None and tables.vif:
        total = exactly(0)
        for factor, _ in tables.vif.values():
            total = total + rounded(factor)
        mean: Bounds = total.times(Fraction(1, len(tables.vif)))
        yield Check(
            table,
            column,
            "mean",
            "vif",
            judge(rounded(tables.vif_mean), mean),
            str(tables.vif_mean),
            mean.numbers(),
            message("mean of {n} factors = {reach}", n=len(tables.vif), reach=str(mean)),
        )
