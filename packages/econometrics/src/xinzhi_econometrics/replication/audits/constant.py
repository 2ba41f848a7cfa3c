"""_cons against the means: ȳ - x̄'b."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi_core.wording import message
from xinzhi_econometrics.replication.audit import CHECKS, Check, compare
from xinzhi_econometrics.replication.published import (
    CONSTANT,
    PublishedColumn,
    PublishedTables,
    rounded,
)


@CHECKS.add("constant")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check _cons of columns whose slopes and means are all printed, on the whole sample."""
    for path, column in tables.columns.items():
        if (
            CONSTANT in column.coefficients
            and column.depvar in tables.means
            and column.n == tables.full_n
            and all(name in column.coefficients and name in tables.means for name in column.slopes)
        ):
            yield _check_column(tables, path, column)


def _check_column(tables: PublishedTables, path: str, column: PublishedColumn) -> Check:
    reachable = rounded(tables.means[column.depvar])
    terms = [str(tables.means[column.depvar])]
    for name in column.slopes:
        b, mean = column.coefficients[name].b, tables.means[name]
        reachable = reachable - rounded(b) * rounded(mean)
        terms.append(f"({b})·{mean}")
    words = message("ȳ - x̄'b = {terms} = {reach}", terms=" - ".join(terms), reach=str(reachable))
    return compare(path, CONSTANT, "constant", column.coefficients[CONSTANT].b, reachable, words)
