"""What the reader of a regression has to know."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xinzhi.econometrics.estimates import CovarianceRule, NoError
from xinzhi.econometrics.least_squares import LeastSquares
from xinzhi.econometrics.model import Model
from xinzhi.econometrics.zero_scores import Dominated
from xinzhi.errors import Where
from xinzhi.notices import Notice
from xinzhi.wording import message

NEAR_COLLINEAR = 1e3
"""Condition number of the scaled columns from which the reader is told."""
FEW_CLUSTERS = 40
FEW_PERIODS = 30
"""Periods below which Driscoll-Kraay errors are too small."""
PERFECT = message(
    "The regression fits perfectly: the residuals are rounding and nothing can be tested."
)


def caveats(
    ready: Model,
    solved: LeastSquares,
    rule: CovarianceRule,
    *,
    is_perfect: bool,
) -> tuple[Notice, ...]:
    """Collect what the reader of the estimates has to know."""
    candidates: tuple[tuple[bool, Callable[[], Notice]], ...] = (
        (solved.condition >= NEAR_COLLINEAR, lambda: _near_collinear(ready, solved.condition)),
        (is_perfect, lambda: Notice("reg.perfect_fit", PERFECT)),
    )
    return (
        *(notice() for applies, notice in candidates if applies),
        *rule_caveats(rule, len(solved.slopes)),
        *(() if ready.within.df_is_exact else (_bound_notice(ready.within.df),)),
    )


def rule_caveats(rule: CovarianceRule, k: int) -> tuple[Notice, ...]:
    """Collect what follows from the errors in force and the number of slopes, k."""
    few = min((size for _, size in rule.clusters), default=FEW_CLUSTERS)
    is_clustered = rule.kind in {"cluster", "two_way"}
    is_over_time = rule.kind == "driscoll_kraay"
    candidates: tuple[tuple[bool, Callable[[], Notice]], ...] = (
        (is_clustered and few < FEW_CLUSTERS, lambda: _few_clusters(few)),
        (is_clustered and few - 1 < k, lambda: _no_joint_test(few, k)),
        (is_over_time and few < FEW_PERIODS, lambda: _few_periods(few)),
        (is_over_time and few - 1 < k, lambda: _no_joint_test_over_time(few, k)),
        (rule.has_gaps, _gap_notice),
        (rule.was_repaired, _repaired_notice),
    )
    return tuple(notice() for applies, notice in candidates if applies)


def score_notices(
    names: tuple[str, ...], without_error: tuple[NoError, ...], dominated: tuple[Dominated, ...]
) -> tuple[Notice, ...]:
    """Name the coefficients without a standard error, and those that rest on one group."""
    bare = {one.name for one in without_error}
    rest = [one for one in dominated if names[one.position] not in bare]
    return (
        *(_no_error_notice(one) for one in without_error),
        *(_dominated_notice(names[one.position], one) for one in rest),
    )


def _no_error_notice(one: NoError) -> Notice:
    return Notice(
        "reg.no_error",
        message(
            "'{name}' has no standard error, p-value or interval: {why}. Compare the estimate with its permutation distribution, or use other errors.",
            name=one.name,
            why=one.reason,
        ),
        Where(column=one.name),
    )


def _dominated_notice(name: str, one: Dominated) -> Notice:
    return Notice(
        "reg.dominated",
        message(
            "The slope of '{name}' rests on one level of '{grouping}' ({share} of its variance): robust errors then see at most {bound} of the true standard error, and p-values are too small.",
            name=name,
            grouping=one.grouping,
            share=f"{100 * one.share:.1f} %",
            bound=f"{100 * one.bound:.0f} %",
        ),
        Where(column=name),
    )


def _near_collinear(ready: Model, condition: float) -> Notice:
    """Name the columns that make up the direction in which X~ is thinnest."""
    unit = ready.design / np.linalg.norm(ready.design, axis=0)
    direction = np.abs(np.linalg.svd(unit, full_matrices=False)[2][-1])
    names = [name for name, part in zip(ready.names, direction, strict=True) if part > 0.1]
    return Notice(
        "reg.near_collinear",
        message(
            "{names} are nearly collinear (condition number {condition:.1e}): about {digits} of 16 digits are lost and the slopes cannot be read one by one.",
            names=", ".join(names),
            condition=condition,
            digits=round(float(np.log10(condition))),
        ),
        Where(column=names[0]),
    )


def _few_clusters(n: int) -> Notice:
    return Notice(
        "reg.few_clusters",
        message(
            "{n} clusters are few: clustered errors tend to be too small below about {enough}; see the wild cluster bootstrap.",
            n=n,
            enough=FEW_CLUSTERS,
        ),
    )


def _no_joint_test(n: int, k: int) -> Notice:
    return Notice(
        "reg.no_joint_test",
        message(
            "{n} clusters cannot test {k} slopes together: F is left empty.",
            one="{n} cluster cannot test {k} slopes together: F is left empty.",
            n=n,
            k=k,
        ),
    )


def _no_joint_test_over_time(n: int, k: int) -> Notice:
    return Notice(
        "reg.no_joint_test",
        message("{n} periods cannot test {k} slopes together: F is left empty.", n=n, k=k),
    )


def _few_periods(n: int) -> Notice:
    return Notice(
        "reg.few_periods",
        message(
            "{n} periods are few: Driscoll-Kraay errors rest on averages over time and tend to be too small below about {enough} periods; use two-way clusters (entity, period).",
            n=n,
            enough=FEW_PERIODS,
        ),
    )


def _gap_notice() -> Notice:
    return Notice(
        "reg.gaps",
        message(
            "Periods are missing between others: the weights of Driscoll-Kraay errors follow the distance in time. Stata's xtscc and R's fixest and plm take both sides of a gap as neighbours."
        ),
    )


def _repaired_notice() -> Notice:
    return Notice(
        "reg.not_semidefinite",
        message(
            "The two-way covariance had negative eigenvalues; they were set to 0 on the correlation scale (Cameron, Gelbach and Miller 2011). The joint F does not exist then."
        ),
    )


def _bound_notice(df: int) -> Notice:
    return Notice(
        "reg.df_bound",
        message(
            "The effects absorb at most {df} degrees of freedom; the exact rank was too large to find, so errors may be slightly too large.",
            df=df,
        ),
    )
