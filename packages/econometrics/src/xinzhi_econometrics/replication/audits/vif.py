"""1/VIF against VIF, and the mean of the factors."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from xinzhi_core.wording import message
from xinzhi_econometrics.replication.audit import CHECKS, Check, compare
from xinzhi_econometrics.replication.published import PublishedTables, exactly, rounded


@CHECKS.add("vif")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check each tolerance, and the mean if it is printed."""
    for name, (factor, tolerance) in tables.vif.items():
        reachable = exactly(1).over(rounded(factor).size())
        words = message("1/VIF = 1/{vif} = {reach}", vif=factor, reach=str(reachable))
        yield compare(tables.vif_path, name, "vif", tolerance, reachable, words)
    if tables.vif_mean is not None and tables.vif:
        total = sum((rounded(factor) for factor, _ in tables.vif.values()), exactly(0))
        mean = total.times(Fraction(1, len(tables.vif)))
        words = message(
            "mean of {n} factors = {reach}",
            one="mean of {n} factor = {reach}",
            n=len(tables.vif),
            reach=str(mean),
        )
        yield compare(tables.vif_path, "mean", "vif", tables.vif_mean, mean, words)
