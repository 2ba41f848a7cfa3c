"""_cons against the means: ȳ - x̄'b."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.regression.replication.audit import CHECKS, Check, judge, place
from xinzhi.regression.replication.published import (
    CONSTANT,
    PublishedColumn,
    PublishedTables,
    rounded,
)
from xinzhi.wording import message


@CHECKS.add("constant")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check _cons of columns whose slopes and means are all printed, on the whole sample."""
    for path, column in tables.columns.items():
        if _is_complete(tables, column):
            yield _one(tables, path, column)


def _is_complete(tables: PublishedTables, column: PublishedColumn) -> bool:
    return (
        CONSTANT in column.coefficients
        and column.depvar in tables.means
        and column.n == tables.full_n
        and all(name in column.coefficients and name in tables.means for name in column.slopes)
    )


def _one(tables: PublishedTables, path: str, column: PublishedColumn) -> Check:
    reachable = rounded(tables.means[column.depvar])
    terms = [str(tables.means[column.depvar])]
    for name in column.slopes:
        b, mean = column.coefficients[name].b, tables.means[name]
        reachable = reachable - rounded(b) * rounded(mean)
        terms.append(f"({b})·{mean}")
    constant = column.coefficients[CONSTANT].b
    table, place_in = place(path)
    return Check(
        table,
        place_in,
        CONSTANT,
        "constant",
        judge(rounded(constant), reachable),
        str(constant),
        reachable.numbers(),
        message("ȳ - x̄'b = {terms} = {reach}", terms=" - ".join(terms), reach=str(reachable)),
    )
