"""Caveats of a regression: notices, and coefficients without a valid standard error.

A robust covariance adds up squared scores s_jg = Σ_{i in g} A_ji e_i of groups g: rows under HC1,
clusters, periods under Driscoll-Kraay. Where a regressor varies in one group alone, the score of this
group is the normal equation Σ_i A_ji e_i = 0 itself. It is zero whatever the outcome, and the sum
does not measure the spread of the estimate: the clustered error of such a slope comes out as 1e-17,
or as the small part that the other groups contribute. A row of leverage 1 is the same case under HC1.

With independent errors of one variance σ², the variance of the slope is σ² Σ_g ‖A_jg‖², of which group
g contributes σ² ‖A_jg‖². So the share of Σ_g ‖A_jg‖² that lies in groups with a zero score is the share of
the variance that the robust covariance cannot see.

With other regressors the score of such a group is not exactly zero, but still too small. Let one group
have the share s and M be the projection off all regressors and effects: M A_j' = 0, so that
‖M A_jg'‖² = ‖M A_j(-g)'‖² <= (1 - s) ‖A_j‖², and the robust variance is expected to be at most 2(1 - s) of
the true one. From s = 3/4 on, it is less than half.

References
----------
Conley and Taber (2011), doi:10.1162/REST_a_00049; MacKinnon and Webb (2018), doi:10.1111/ectj.12107;
Nickell (1981), doi:10.2307/1911408; Goodman-Bacon (2021), doi:10.1016/j.jeconom.2021.03.014.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xinzhi_core.errors import Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Message, message
from xinzhi_econometrics.estimates import CovarianceRule, NoError
from xinzhi_econometrics.judgement import Judgement, few_clusters_in_words
from xinzhi_econometrics.lagged_outcome import lag_notices
from xinzhi_econometrics.least_squares import Grouping, LeastSquares, Scores, group_codes
from xinzhi_econometrics.model import Model
from xinzhi_econometrics.specification import periods_of, staggered_notices

NEAR_COLLINEAR = 1e3
"""Condition number of the scaled columns from which a notice is given."""
FEW_CLUSTERS = 40
FEW_PERIODS = 30
"""Periods below which Driscoll-Kraay errors are too small."""
PERFECT = message(
    "The regression fits perfectly: the residuals are rounding errors and nothing can be tested."
)


def caveats(
    model: Model, solved: LeastSquares, rule: CovarianceRule, *, is_perfect: bool
) -> tuple[Notice, ...]:
    """Collect the caveats of estimates."""
    return (
        *_caveats_of_columns(model, solved.condition, is_perfect=is_perfect),
        *rule_caveats(rule, len(solved.slopes)),
        *(() if model.within.df_is_exact else (_df_bound(model.within.df),)),
    )


def _caveats_of_columns(model: Model, condition: float, *, is_perfect: bool) -> Iterator[Notice]:
    if condition >= NEAR_COLLINEAR:
        # The columns that make up the direction with the smallest singular value of X~.
        unit = model.design / np.linalg.norm(model.design, axis=0)
        direction = np.abs(np.linalg.svd(unit, full_matrices=False)[2][-1])
        names = [name for name, part in zip(model.names, direction, strict=True) if part > 0.1]
        what = message(
            "{names} are nearly collinear (condition number {condition:.1e}): about {digits} of 16 digits are lost and the slopes cannot be read one by one.",
            names=", ".join(names),
            condition=condition,
            digits=round(float(np.log10(condition))),
        )
        yield Notice("reg.near_collinear", what, Where(column=names[0]))
    if is_perfect:
        yield Notice("reg.perfect_fit", PERFECT)
    effects = [effect.name for effect in model.sample.effects]
    yield from lag_notices(model.sample, model.regression.outcome, effects)
    yield from staggered_notices(model.sample, model.names)


def rule_caveats(rule: CovarianceRule, k: int) -> Iterator[Notice]:
    """Collect the caveats of the standard errors, given the number of slopes k."""
    sizes = [size for _, size in rule.clusters]
    if rule.kind in {"cluster", "two_way"}:
        yield from _caveats_of_clusters(rule, k)
    if rule.kind == "driscoll_kraay":
        yield from _caveats_of_periods(min(sizes), k)
    if rule.has_gaps:
        what = message(
            "Periods are missing inside the sample: the weights of Driscoll-Kraay standard "
            "errors follow the distance in time. Stata's xtscc and R's fixest and plm treat "
            "both sides of a gap as adjacent."
        )
        yield Notice("reg.gaps", what)
    if rule.was_repaired:
        text = message(
            "The two-way covariance had negative eigenvalues; they were set to 0 on the correlation scale (Cameron, Gelbach and Miller 2011). The joint F does not exist then."
        )
        yield Notice("reg.not_semidefinite", text)


def judge_caveats(
    rule: CovarianceRule, judgement: Judgement, names: tuple[str, ...]
) -> Iterator[Notice]:
    """Say that clusters are few, and which test judges the coefficients instead of the usual one."""
    if rule.kind != "cluster":
        return
    n = rule.clusters[0][1]
    judged = [j for j, judge in enumerate(judgement.judge) if judge == "cr2"]
    if judged:
        words = few_clusters_in_words(
            n,
            [names[j] for j in judged],
            [float(judgement.effective_clusters[j]) for j in judged],
            are_all=len(judged) == len(names) or n < FEW_CLUSTERS,
        )
        yield Notice("reg.few_clusters", words)
    elif n < FEW_CLUSTERS:
        what = message(
            "With {n} clusters, fewer than about {enough}, clustered standard errors tend to "
            "be too small; see the wild cluster bootstrap.",
            one="With {n} cluster, fewer than about {enough}, clustered standard errors tend to be too small; see the wild cluster bootstrap.",
            n=n,
            enough=FEW_CLUSTERS,
        )
        yield Notice("reg.few_clusters", what)


def _caveats_of_clusters(rule: CovarianceRule, k: int) -> Iterator[Notice]:
    name, n = min(rule.clusters, key=lambda cluster: cluster[1])
    if rule.kind == "two_way" and n < FEW_CLUSTERS:
        words = message(
            "With {n} clusters of '{name}', fewer than about {enough}, two-way clustered standard errors tend to be "
            "too small, and no test for few clusters is at hand for them: p-values and stars are too optimistic.",
            one="With {n} cluster of '{name}', fewer than about {enough}, two-way clustered standard errors tend to be too small, and no test for few clusters is at hand for them: p-values and stars are too optimistic.",
            n=n,
            name=name,
            enough=FEW_CLUSTERS,
        )
        yield Notice("reg.few_clusters", words)
    # The scores of G clusters add up to 0, so that V has at most rank G - 1.
    if n - 1 < k:
        text = message(
            "{n} clusters cannot test {slopes} together: F is left empty.",
            one="{n} cluster cannot test {slopes} together: F is left empty.",
            n=n,
            slopes=message("{n} slopes", one="{n} slope", n=k),
        )
        yield Notice("reg.no_joint_test", text)


def _caveats_of_periods(n: int, k: int) -> Iterator[Notice]:
    if n < FEW_PERIODS:
        what = message(
            "With {n} periods, fewer than about {enough}, Driscoll-Kraay standard errors tend "
            "to be too small, as they average over time; use two-way clusters (entity, period).",
            one="With {n} period, fewer than about {enough}, Driscoll-Kraay standard errors tend to be too small, as they average over time; use two-way clusters (entity, period).",
            n=n,
            enough=FEW_PERIODS,
        )
        yield Notice("reg.few_periods", what)
    if n - 1 < k:
        text = message(
            "{n} periods cannot test {slopes} together: F is left empty.",
            one="{n} period cannot test {slopes} together: F is left empty.",
            n=n,
            slopes=message("{n} slopes", one="{n} slope", n=k),
        )
        yield Notice("reg.no_joint_test", text)


def _df_bound(df: int) -> Notice:
    what = message(
        "The fixed effects absorb at most {df} degrees of freedom; the exact rank was too "
        "costly to compute, so standard errors may be slightly too large.",
        df=df,
    )
    return Notice("reg.df_bound", what)


def score_notices(
    names: tuple[str, ...], without_error: tuple[NoError, ...], dominated: tuple[Dominated, ...]
) -> Iterator[Notice]:
    """Name the coefficients without a standard error, and those that rest on one group."""
    for missing in without_error:
        what = message(
            "'{name}' has no standard error, p-value or interval: {why}. Compare the estimate with its permutation distribution, or use other errors.",
            name=missing.name,
            why=missing.reason,
        )
        yield Notice("reg.no_error", what, Where(column=missing.name))
    reported = {missing.name for missing in without_error}
    for dominance in dominated:
        name = names[dominance.position]
        if name not in reported:
            text = message(
                "The slope of '{name}' rests on one level of '{grouping}' ({share} of its "
                "variance): robust standard errors are then at most about {bound} of the true "
                "standard error, and p-values are too small.",
                name=name,
                grouping=dominance.grouping,
                share=f"{100 * dominance.share:.1f}%",
                bound=f"{100 * dominance.bound:.0f}%",
            )
            yield Notice("reg.dominated", text, Where(column=name))


ZERO = 1e-8
"""Score over ‖A_jg‖ times the root mean square of the residuals, below which it is rounding.

Free of the scale of every column. Rounding leaves about 1e-16 · √n · sd(y~)/sd(e), which reaches 1e-8
with a million rows only where R² differs from 1 by less than 1e-10; a score that is not zero by
construction is of the order of 1.
"""
UNSEEN = 0.5
"""Share of the variance in groups with a zero score above which no standard error is given.

At one half, the error is too small by a factor of √2. A single treated cluster among G with effects of
entities and periods has the share 1 - 1/G; without period effects the share is 1.
"""
NOTHING = 1e-12
"""Share of the variance below which a group is not counted among those that a slope rests on."""
DOMINANT = 0.75
"""Share of the variance in one group from which the robust variance is less than half of the true one."""
ROWS = "row"


@dataclass(frozen=True, slots=True)
class Dominated:
    """A coefficient that rests on one group, of which the robust error is too small."""

    position: int
    grouping: str
    share: float

    @property
    def bound(self) -> float:
        """Largest standard error to expect, as a share of the true one: √(2(1 - s))."""
        return float(np.sqrt(2 * (1 - self.share)))


@dataclass(frozen=True, slots=True)
class ZeroScores:
    """A coefficient whose variance a robust covariance does not estimate."""

    position: int
    grouping: str
    """Name of the clusters, `period` or `row`."""
    n_zero: int
    """Groups with a zero score in which the coefficient has weight."""
    n_groups: int

    @property
    def reason(self) -> Message:
        """Explain why no standard error is given, as a clause."""
        if self.grouping == ROWS:
            return message(
                "its slope rests on {n} of {total} rows, whose residuals are zero for any outcome (leverage 1)",
                one="its slope rests on {n} of {total} rows, whose residual is zero for any outcome (leverage 1)",
                n=self.n_zero,
                total=self.n_groups,
            )
        return message(
            "its slope rests on {n} of {total} clusters of '{name}', whose scores are zero for any outcome",
            one="its slope rests on {n} of {total} clusters of '{name}', whose score is zero for any outcome",
            n=self.n_zero,
            total=self.n_groups,
            name=self.grouping,
        )


def find_zero_scores(scores: Scores, groupings: Sequence[Grouping]) -> tuple[ZeroScores, ...]:
    """Find the coefficients of which a robust covariance captures less than half of the variance.

    Parameters
    ----------
    scores
        Influence A (k, n) and residuals e (n,).
    groupings
        The clusters, or the periods; each of two clusterings must see a coefficient.
    """
    without_score: dict[int, ZeroScores] = {}
    residuals = scores.residuals
    rms = float(np.sqrt(residuals @ residuals / len(residuals)))
    for grouping in groupings:
        sums = np.abs(scores.sums(grouping))
        weights = scores.weights(grouping)
        total = weights.sum(axis=0)
        is_zero = sums <= ZERO * rms * np.sqrt(weights)
        for j in np.flatnonzero((weights * is_zero).sum(axis=0) > UNSEEN * total):
            carried = is_zero[:, j] & (weights[:, j] > NOTHING * total[j])
            zero = ZeroScores(int(j), grouping.name, int(carried.sum()), grouping.n_levels)
            # The first of two clusterings that does not see the coefficient is the one that is named.
            without_score.setdefault(zero.position, zero)
    return tuple(without_score[j] for j in sorted(without_score))


def find_dominated(scores: Scores, groupings: Sequence[Grouping]) -> tuple[Dominated, ...]:
    """Find the coefficients of which one group carries three quarters of the variance."""
    on_one_group: dict[int, Dominated] = {}
    for grouping in groupings:
        weights = scores.weights(grouping)
        shares = weights.max(axis=0) / weights.sum(axis=0)
        for j in np.flatnonzero(shares > DOMINANT):
            on_one_group.setdefault(int(j), Dominated(int(j), grouping.name, float(shares[j])))
    return tuple(on_one_group[j] for j in sorted(on_one_group))


def score_groupings(model: Model) -> tuple[Grouping, ...]:
    """Give the groups over which the scores are summed; none for iid errors."""
    kind, n = model.regression.covariance.kind, len(model.outcome)
    if kind == "iid":
        return ()
    if kind == "hc1":
        return (Grouping(ROWS, np.arange(n), n),)
    if kind == "driscoll_kraay":
        return (group_codes("period", periods_of(model.sample.index)),)
    return model.sample.clusters
