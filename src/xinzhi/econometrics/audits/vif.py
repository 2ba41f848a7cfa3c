"""1/VIF against VIF, and the mean of the factors."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from xinzhi.econometrics.audit import CHECKS, Check, judge, place
from xinzhi.econometrics.bounds import Bounds, exactly, rounded
from xinzhi.econometrics.printed import Printed
from xinzhi.wording import message


@CHECKS.add("vif")
def check(printed: Printed) -> Iterator[Check]:
    """Check each tolerance, and the mean if it is printed."""
    table, column = place(printed.vif_path)
    for name, (factor, tolerance) in printed.vif.items():
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
    if printed.vif_mean is not None and printed.vif:
        total = exactly(0)
        for factor, _ in printed.vif.values():
            total = total + rounded(factor)
        mean: Bounds = total.times(Fraction(1, len(printed.vif)))
        yield Check(
            table,
            column,
            "mean",
            "vif",
            judge(rounded(printed.vif_mean), mean),
            str(printed.vif_mean),
            mean.numbers(),
            message("mean of {n} factors = {reach}", n=len(printed.vif), reach=str(mean)),
        )
