"""Stars against b/se: whether any usual rule gives as many."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi_core.wording import message
from xinzhi_econometrics.caveats import FEW_CLUSTERS
from xinzhi_econometrics.inference import normal_quantile, t_quantile
from xinzhi_econometrics.replication.audit import CHECKS, Check, Verdict, place
from xinzhi_econometrics.replication.published import (
    PrintedRange,
    PublishedColumn,
    PublishedTables,
    rounded,
)

LEVELS = (0.10, 0.05, 0.01)
NORMAL = tuple(normal_quantile(1 - level / 2) for level in LEVELS)


@CHECKS.add("stars")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check the stars of all coefficients and of all Sobel tests.

    With few clusters a paper may judge by CR2 with Satterthwaite's degrees of freedom (Bell and McCaffrey
    2002; Imbens and Kolesár 2016) or by a wild bootstrap, neither of which b and its error give. Both give fewer
    stars than |b|/se, so that fewer are not a contradiction there; more are. A column with fewer rows than the whole
    sample whose groups are not declared may have few clusters though the whole has many.
    """
    for path, column in tables.columns.items():
        rules = _list_rules(column)
        fewest = column.fewest_groups
        few = fewest if fewest is not None and fewest < FEW_CLUSTERS else None
        for name, c in column.coefficients.items():
            if c.se is not None and c.stars is not None:
                t = rounded(c.b).size().over(rounded(c.se).size())
                words = f"|b|/se = |{c.b}|/{c.se} = {t}"
                yield _judge(path, name, c.stars, t, rules, words, few)
    for path, rows in tables.sobel.items():
        for name, row in rows.items():
            if row.z is not None and row.stars is not None:
                t = rounded(row.z).size()
                yield _judge(path, name, row.stars, t, {"normal": NORMAL}, f"|z| = {t}")


def _list_rules(column: PublishedColumn) -> dict[str, tuple[float, ...]]:
    """Critical values at 10, 5 and 1 % by rule."""
    rules = {"normal": NORMAL}
    groups = (column.n_groups, column.fewest_groups)
    for df in (column.df, *(n and n - 1 for n in groups)):
        if df is not None and df > 0:
            rules[f"t({df})"] = tuple(t_quantile(1 - level / 2, df) for level in LEVELS)
    return rules


def _judge(
    path: str,
    name: str,
    stars: int,
    t: PrintedRange,
    rules: dict[str, tuple[float, ...]],
    words: str,
    few: int | None = None,
) -> Check:
    """`consistent` if by some rule all values give the stars, `inconsistent` if none does.

    With `few` clusters, fewer stars than any rule gives are `undecidable`.
    """
    low, high = t.numbers()
    reachable = {
        rule: range(_stars(low, critical), _stars(high, critical) + 1)
        for rule, critical in rules.items()
    }
    verdict: Verdict = "inconsistent"
    if any(list(counts) == [stars] for counts in reachable.values()):
        verdict = "consistent"
    elif any(stars in counts for counts in reachable.values()):
        verdict = "undecidable"
    by_rule = "; ".join(
        f"{rule} {'/'.join(f'{value:.4f}' for value in rules[rule])}: {'-'.join(str(s) for s in sorted({counts[0], counts[-1]}))}"
        for rule, counts in reachable.items()
    )
    told = message("{sum}; critical values at 10/5/1% and stars: {rules}", sum=words, rules=by_rule)
    reached = {n for counts in reachable.values() for n in counts}
    if few is not None and verdict == "inconsistent" and stars < min(reached):
        verdict = "undecidable"
        reached |= set(range(min(reached)))
        told = message(
            "{arithmetic}; with {n} clusters CR2 or a wild bootstrap may give fewer",
            one="{arithmetic}; with {n} cluster CR2 or a wild bootstrap may give fewer",
            arithmetic=told,
            n=few,
        )
    ends = tuple(map(float, sorted(reached)))
    return Check(*place(path), name, "stars", verdict, str(stars), ends, told)


def _stars(t: float, critical: tuple[float, ...]) -> int:
    return sum(t > value for value in critical)
