"""Covariance of the slopes on the instruments, and its F-test: CR2 where clusters are few.

Anderson and Rubin's test regresses y - βY on instruments and exogenous variables. With few clusters, or
effectively few for some instrument, its covariance is CR2 and its law that of the approximate Hotelling
test (few_clusters.py): with Q = g'V⁻¹g,

    (η - q + 1)/(ηq) Q ~ F(q, η - q + 1),

so that g'V*⁻¹g/q with V* = V η/(η - q + 1) is the statistic. η does not depend on the outcome, and V(β) stays
quadratic in β, as the scores are linear in the residuals.

References
----------
Pustejovsky and Tipton (2018), doi:10.1080/07350015.2016.1247004; Anderson and Rubin (1949),
doi:10.1214/aoms/1177730090.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.regression.few_clusters import (
    Adjusted,
    adjust,
    are_few,
    basis_of,
    effective_clusters,
)
from xinzhi.regression.grouping import Array
from xinzhi.regression.instruments.anderson_rubin import Joint
from xinzhi.regression.instruments.two_stage import TwoStageColumns
from xinzhi.wording import message

FEW_CLUSTERS = message(
    "With few clusters the Anderson-Rubin test is by CR2 and the approximate Hotelling test."
)


@dataclass(frozen=True, slots=True, eq=False)
class ByRule:
    """Covariance by the declared rule."""

    parts: TwoStageColumns

    def __call__(self, residuals: Array, influence: Array) -> tuple[Array, float]:
        """Compute V, shape (q, q), and the second degrees of freedom of its F-test."""
        vcov, rule = self.parts.covariance(influence, residuals)
        return vcov, rule.df


@dataclass(frozen=True, slots=True, eq=False)
class ByFewClusters:
    """CR2 covariance, scaled so that the approximate Hotelling test is an F-test; the influence is in it."""

    adjusted: Adjusted

    def __call__(self, residuals: Array, influence: Array) -> tuple[Array, float]:
        """Compute V η/(η - q + 1), shape (q, q), and η - q + 1; not numbers where the test does not exist."""
        few = self.adjusted.scores_of(residuals)
        eta, df = few.joint(np.eye(len(influence)))
        scale = eta / df if df > 0.0 else float("nan")
        return few.vcov * scale, df


def joint_of(parts: TwoStageColumns, influence: Array) -> Joint:
    """Choose the covariance of the slopes on the instruments.

    Parameters
    ----------
    influence
        Of the slopes on the instruments, exogenous variables partialled out, shape (q, n).
    """
    sample = parts.model.sample
    usual = ByRule(parts.without_columns)
    if parts.model.regression.covariance.kind != "cluster":
        return usual
    cluster = sample.clusters[0]
    if not are_few(effective_clusters(influence, cluster), cluster).any():
        return usual
    basis = basis_of(parts.outside, sample.effects, cluster)
    return usual if basis is None else ByFewClusters(adjust(influence, cluster, basis))
