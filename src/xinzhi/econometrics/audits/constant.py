"""_cons against the means: ȳ - x̄'b."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.econometrics.audit import CHECKS, Check, judge, place
from xinzhi.econometrics.bounds import rounded
from xinzhi.econometrics.printed import CONSTANT, Printed, PrintedColumn
from xinzhi.wording import message


@CHECKS.add("constant")
def check(printed: Printed) -> Iterator[Check]:
    """Check _cons of columns whose slopes and means are all printed, on the whole sample."""
    for path, column in printed.columns.items():
        if _is_complete(printed, column):
            yield _one(printed, path, column)


def _is_complete(printed: Printed, column: PrintedColumn) -> bool:
    return (
        CONSTANT in column.coefficients
        and column.depvar in printed.means
        and column.n == printed.full_n
        and all(name in column.coefficients and name in printed.means for name in column.slopes)
    )


def _one(printed: Printed, path: str, column: PrintedColumn) -> Check:
    reachable = rounded(printed.means[column.depvar])
    terms = [str(printed.means[column.depvar])]
    for name in column.slopes:
        b, mean = column.coefficients[name].b, printed.means[name]
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
