"""The audit: whether the figures of published tables are consistent.

Each check is interval arithmetic, in exact fractions, over all that the printed rounding allows;
its arithmetic is shown. `inconsistent` means that no value inside the rounding gives the figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import pandas as pd

from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.register import Register
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.replication.published import PrintedRange, PublishedTables, rounded
from xinzhi_econometrics.replication.published_tables import parse

Verdict = Literal["consistent", "inconsistent", "undecidable"]


@dataclass(frozen=True, slots=True)
class Check:
    """One figure compared with the others."""

    table: str
    column: str
    row: str
    """Name of the variable, or of the figure, as printed."""
    check: str
    """stars | test_stars | sobel_effect | sobel_z | nested_r2 | total_effect | constant | n | vif | share |
    identity"""
    verdict: Verdict
    printed: str
    """The figure, with its digits."""
    reachable: tuple[float, ...]
    """Low and high; for stars, the numbers of stars that can be reached."""
    arithmetic: Wording


Checker = Callable[[PublishedTables], Iterable[Check]]
CHECKS: Register[Checker] = Register(message("check"), "xinzhi_econometrics.replication.audits")


@dataclass(frozen=True, slots=True)
class Audit(InNotebook):
    """All checks, in the order of the file."""

    checks: tuple[Check, ...]

    def count(self, verdict: Verdict) -> int:
        """Count the checks of one verdict."""
        return sum(check.verdict == verdict for check in self.checks)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a check."""
        return pd.DataFrame(
            [
                {
                    "table": c.table,
                    "column": c.column,
                    "row": c.row,
                    "check": c.check,
                    "verdict": c.verdict,
                    "printed": c.printed,
                    "reachable": c.reachable,
                    "arithmetic": str(c.arithmetic),
                }
                for c in self.checks
            ]
        )


def audit(tables: PublishedTables | str) -> Audit:
    """Check printed tables for consistency.

    Parameters
    ----------
    tables
        Parsed tables, or the text of a TOML file: tables of columns with `{b, se, stars}`,
        `adj_r2`, `N`, tables of Sobel tests, and `[audit]`, which says what is connected.

    Raises
    ------
    SpecError
        The text cannot be read as such tables.

    Examples
    --------
    >>> text = '''
    ... [audit]
    ... clusters = 50
    ... default = { N = 500, effects = ["city", "year"] }
    ... [table1.col1]
    ... x = { b = 0.10, se = 0.20, stars = 2 }
    ... '''
    >>> [(check.check, check.verdict) for check in audit(text).checks]
    [('stars', 'inconsistent'), ('n', 'consistent')]
    """
    tables = parse(tables) if isinstance(tables, str) else tables
    checks = [check for _, checker in CHECKS for check in checker(tables)]
    order = {path: i for i, path in enumerate((*tables.columns, *tables.sobel))}
    checks.sort(key=lambda check: order.get(f"{check.table}.{check.column}", len(order)))
    # The checks of a column stay together, stars before the rest.
    places: dict[tuple[str, str], int] = {}
    for check in checks:
        places.setdefault((check.table, check.column), len(places))
    checks.sort(key=lambda c: (places[c.table, c.column], c.check != "stars"))
    return Audit(tuple(checks))


def compare(
    path: str, row: str, check: str, printed: Decimal, reachable: PrintedRange, arithmetic: Wording
) -> Check:
    """Compare a printed figure with the interval that the others allow."""
    table, column = place(path)
    verdict, ends = judge(rounded(printed), reachable), reachable.numbers()
    return Check(table, column, row, check, verdict, str(printed), ends, arithmetic)


def place(path: str) -> tuple[str, str]:
    """Split a dotted path into table and column.

    >>> place("table7.sobel.SEE"), place("table4")
    (('table7', 'sobel.SEE'), ('table4', ''))
    """
    table, _, column = path.partition(".")
    return table, column


def judge(printed: PrintedRange, reachable: PrintedRange) -> Verdict:
    """Judge whether a printed figure can be reached."""
    return "consistent" if printed.meets(reachable) else "inconsistent"
