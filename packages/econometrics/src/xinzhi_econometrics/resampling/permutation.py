"""Permutation test of entities between two groups (Fisher): whether a difference exceeds chance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError
from xinzhi_core.resampled import p_of_count
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.model import build_model
from xinzhi_econometrics.resampling.cluster_bootstrap import ClusterSums, generator, sums
from xinzhi_econometrics.specification import Covariance, Regression

ENTITIES = Covariance("cluster", ("entity",))


@dataclass(frozen=True, slots=True, eq=False)
class Permutation:
    """Difference of one slope between two groups, and its permutation distribution."""

    groups: tuple[str, str]
    observed: float
    """Slope in the first group less that in the second."""
    permuted: Array
    """The same for random reassignments of entities to groups of the same size; NaN where not identified."""
    p_value: float
    """Two-sided: (1 + number of |permuted| >= |observed|) / (1 + number of permutations)."""
    n_lost: int


def permute(
    frame: pd.DataFrame,
    regression: Regression,
    by: str,
    pair: tuple[str, str],
    *,
    draws: int,
    seed: int,
) -> dict[str, Permutation | Inapplicable]:
    """Permute entities between two groups, for all slopes of interest at once."""
    inside = frame.loc[frame[by].isin(pair)]
    try:
        names = build_model(inside, replace(regression, covariance=Covariance())).names
        added = sums(
            inside, replace(regression, covariance=ENTITIES), cluster="entity", numbered=True
        )
    except MethodError as error:
        why = Inapplicable("permutation", error.problems[0].what)
        return dict.fromkeys(regression.regressors, why)
    of_entity = inside[by].groupby(level=0).first()
    labels = np.asarray(of_entity.reindex(list(added.clusters)) == pair[0], dtype=np.float64)
    # A permutation of the labels keeps the sizes of both groups, as Fisher's test does.
    reassigned = np.stack([generator(seed, k).permutation(labels) for k in range(draws)])
    observed = differences(added, regression.outcome, names, labels[None, :])[0]
    permuted = differences(added, regression.outcome, names, reassigned)
    return {
        name: _judge(pair, float(observed[names.index(name)]), permuted[:, names.index(name)])
        for name in regression.regressors
    }


def differences(added: ClusterSums, outcome: str, names: tuple[str, ...], labels: Array) -> Array:
    """Slopes of the group labelled 1 less those of the rest, shape (B, k)."""
    return added.slopes(labels, outcome, names) - added.slopes(1.0 - labels, outcome, names)


def _judge(pair: tuple[str, str], observed: float, permuted: Array) -> Permutation:
    n_lost = int(np.sum(np.isnan(permuted)))
    return Permutation(pair, observed, permuted, permutation_p(observed, permuted), n_lost)


def permutation_p(observed: float, permuted: Array) -> float:
    """Two-sided p-value (1 + k)/(1 + n): k of n permutations are as far from 0, ties counted.

    Permutations that are not a number do not count; an observation that is not one has no p-value.

    >>> permutation_p(3.0, np.array([1.0, -3.0, 2.0, 0.0])), permutation_p(9.0, np.zeros(99))
    (0.4, 0.01)
    """
    if np.isnan(observed):
        return float("nan")
    identified = permuted[~np.isnan(permuted)]
    # A relative trace of rounding must not make a tie a miss.
    as_large = int(np.sum(np.abs(identified) >= abs(observed) * (1 - 1e-12)))
    return float(p_of_count(as_large, len(identified)))
