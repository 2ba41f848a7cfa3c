"""Stars of F and Hausman tests against their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from xinzhi_core.wording import message
from xinzhi_econometrics.inference import chi2_tail, f_tail
from xinzhi_econometrics.replication.audit import CHECKS, Check, Verdict, place
from xinzhi_econometrics.replication.audits.stars import LEVELS
from xinzhi_econometrics.replication.published import (
    PrintedTest,
    PublishedColumn,
    PublishedTables,
    rounded,
)

Tail = Callable[[float], float]


@CHECKS.add("joint_tests")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check the stars of each test: F of all slopes by F(k, df), Hausman's by chi²(k)."""
    for path, column in tables.columns.items():
        for name, test in column.tests.items():
            rules = _list_rules(name, column)
            if test.stars is not None and rules:
                yield _judge(path, name, test, test.stars, rules)


def _list_rules(name: str, column: PublishedColumn) -> Mapping[str, Tail]:
    """P-values by rule: F with N - k - dfa and, for clustered errors, with G - 1; chi² with k."""
    k = len(column.slopes)
    if not k:
        return {}
    if name != "F":
        return {f"chi²({k})": partial(chi2_tail, df=k)}
    groups = (column.n_groups, column.fewest_groups)
    several = dict.fromkeys((column.df, *(n and n - 1 for n in groups)))
    return {
        f"F({k}, {df})": partial(f_tail, df1=k, df2=df)
        for df in several
        if df is not None and df > 0
    }


def _judge(path: str, name: str, test: PrintedTest, stars: int, rules: Mapping[str, Tail]) -> Check:
    """`consistent` if by some rule all values give the stars, `inconsistent` if none does."""
    # Hausman's statistic may be negative: then nothing is rejected.
    low, high = (max(end, 0.0) for end in rounded(test.value).numbers())
    reached = {
        rule: range(_stars(tail(low)), _stars(tail(high)) + 1) for rule, tail in rules.items()
    }
    verdict: Verdict = "inconsistent"
    if any(list(counts) == [stars] for counts in reached.values()):
        verdict = "consistent"
    elif any(stars in counts for counts in reached.values()):
        verdict = "undecidable"
    by_rule = "; ".join(
        f"{rule} {rules[rule](high):.4g}-{rules[rule](low):.4g}: {'-'.join(str(s) for s in sorted({counts[0], counts[-1]}))}"
        for rule, counts in reached.items()
    )
    words = message(
        "p-values of {value}, and stars at 10/5/1%: {rules}", value=str(test.value), rules=by_rule
    )
    ends = tuple(sorted({float(n) for counts in reached.values() for n in counts}))
    return Check(*place(path), name, "test_stars", verdict, str(stars), ends, words)


def _stars(p: float) -> int:
    return sum(p < level for level in LEVELS)
