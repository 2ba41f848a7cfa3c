"""Stars against b/se: whether any usual rule gives as many."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.regression.inference import normal_quantile, t_quantile
from xinzhi.regression.replication.audit import CHECKS, Check, Verdict, place
from xinzhi.regression.replication.published import (
    Bounds,
    Coefficient,
    PublishedColumn,
    PublishedTables,
    rounded,
)
from xinzhi.wording import message

LEVELS = (0.10, 0.05, 0.01)


@CHECKS.add("stars")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check the stars of all coefficients and of all Sobel tests."""
    for path, column in tables.columns.items():
        rules = _rules(column)
        for name, coefficient in column.coefficients.items():
            if coefficient.se is not None and coefficient.stars is not None:
                yield _coefficient(path, name, coefficient, rules)
    for path, rows in tables.sobel.items():
        for name, row in rows.items():
            if row.z is not None and row.stars is not None:
                t = rounded(row.z).size()
                yield _judge(path, name, row.stars, t, {"normal": _normal()}, f"|z| = {t}")


def _coefficient(
    path: str, name: str, c: Coefficient, rules: dict[str, tuple[float, ...]]
) -> Check:
    assert c.se is not None
    assert c.stars is not None
    t = rounded(c.b).size().over(rounded(c.se).size())
    return _judge(path, name, c.stars, t, rules, f"|b|/se = |{c.b}|/{c.se} = {t}")


def _rules(column: PublishedColumn) -> dict[str, tuple[float, ...]]:
    """Critical values at 10, 5 and 1 % by rule."""
    rules = {"normal": _normal()}
    degrees = [column.df, None if column.n_groups is None else column.n_groups - 1]
    for df in degrees:
        if df is not None and df > 0:
            rules[f"t({df})"] = tuple(t_quantile(1 - level / 2, df) for level in LEVELS)
    return rules


def _normal() -> tuple[float, ...]:
    return tuple(normal_quantile(1 - level / 2) for level in LEVELS)


def _judge(
    path: str, name: str, stars: int, t: Bounds, rules: dict[str, tuple[float, ...]], sum_: str
) -> Check:
    """`consistent` if by some rule all values give the stars, `inconsistent` if none does."""
    low, high = t.numbers()
    reach = {
        rule: range(_stars(low, critical), _stars(high, critical) + 1)
        for rule, critical in rules.items()
    }
    verdict: Verdict = "inconsistent"
    if any(stars in found for found in reach.values()):
        verdict = (
            "consistent"
            if any(list(found) == [stars] for found in reach.values())
            else "undecidable"
        )
    table, column = place(path)
    every = sorted({number for found in reach.values() for number in found})
    said = "; ".join(
        f"{rule} {'/'.join(f'{c:.4f}' for c in rules[rule])}: {'-'.join(str(s) for s in sorted({found[0], found[-1]}))}"
        for rule, found in reach.items()
    )
    return Check(
        table,
        column,
        name,
        "stars",
        verdict,
        str(stars),
        tuple(float(number) for number in every),
        message("{sum}; critical values at 10/5/1% and stars: {rules}", sum=sum_, rules=said),
    )


def _stars(t: float, critical: tuple[float, ...]) -> int:
    return sum(t > value for value in critical)
