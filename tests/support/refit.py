"""Resampling by fitting again: for what weighted sums cannot give.

Where a draw changes more than weights (winsor limits, centring, scores that are estimated again)
or effects cut across the clusters with very many levels, each draw is put together and estimated.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import MethodError, Problem, Where
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.least_squares import Array, Codes, group_codes
from xinzhi_econometrics.resampling.cluster_bootstrap import cluster_draws, cluster_of
from xinzhi_econometrics.specification import Covariance, Regression, draw, frame_of

Estimator = Callable[[pd.DataFrame], Array]


def redraw(
    frame: pd.DataFrame, clusters: Codes, counts: Array, own: tuple[str, ...]
) -> pd.DataFrame:
    """Put together one draw: a cluster taken k times enters as k different ones.

    Parameters
    ----------
    frame
        Indexed (entity, period).
    clusters
        Number of the cluster of each row, from 0, shape (n,).
    counts
        How often each cluster is taken, shape (G,).
    own
        Columns of groups inside clusters: copies get levels of their own.

    Returns
    -------
    The rows of the draw; entities are numbered anew.
    """
    order = np.argsort(clusters, kind="stable")
    starts = np.searchsorted(clusters[order], np.arange(len(counts) + 1))
    pieces = [
        (order[starts[g] : starts[g + 1]], copy)
        for g in range(len(counts))
        for copy in range(int(counts[g]))
    ]
    rows = np.concatenate([piece for piece, _ in pieces])
    copies = np.concatenate([np.full(len(piece), copy) for piece, copy in pieces])
    found = frame.iloc[rows].copy()
    for name in own:
        found[name] = _apart(found[name].to_numpy(), copies)
    entity = _apart(np.asarray(found.index.get_level_values(0)), copies)
    found.index = pd.MultiIndex.from_arrays(
        [entity, found.index.get_level_values(1)], names=[ENTITY, PERIOD]
    )
    return found.sort_index()


def _apart(values: npt.NDArray[np.generic], copies: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Give each pair of value and copy a number."""
    codes = pd.factorize(values)[0]
    return np.where(codes < 0, -1, codes * (int(copies.max()) + 1) + copies).astype(np.intp)


def refit(
    data: Panel | pd.DataFrame,
    regression: Regression,
    estimator: Estimator,
    *,
    draws: int,
    seed: int,
    n_estimates: int,
) -> Array:
    """Estimate anew in each draw of clusters.

    Parameters
    ----------
    regression
        Says which rows are used and which clusters are drawn (those of the errors, else entities).
    estimator
        From the frame of a draw to an array (n_estimates,); a MethodError loses the draw.
    draws, seed
        The draws are those of `cluster_draws`, so that sums and refits can be compared.

    Returns
    -------
    Shape (draws, n_estimates); lost draws are NaN.

    Raises
    ------
    MethodError
        An entity belongs to more than one cluster.
    """
    name = cluster_of(regression)
    wide = Regression(
        regression.outcome,
        regression.regressors,
        regression.controls,
        regression.effects,
        Covariance("cluster", (name,)),
        singletons=regression.singletons,
    )
    sample = draw(data, wide)
    frame, cluster = frame_of(data).loc[sample.index], sample.clusters[0]
    entity = group_codes(ENTITY, np.asarray(sample.index.codes[0], dtype=np.intp))
    if not entity.is_nested_in(cluster):
        raise MethodError(
            Problem(
                "resample.not_nested",
                message("Entities belong to more than one '{name}'.", name=name),
                Where(column=name),
                message("resample clusters that contain whole entities."),
            )
        )
    own = tuple(
        effect.name
        for effect in (*sample.effects, cluster)
        if effect.name in frame.columns and effect.is_nested_in(cluster)
    )
    found = np.full((draws, n_estimates), np.nan)
    for k, counts in enumerate(cluster_draws(cluster.n_levels, draws, seed)):
        try:
            found[k] = estimator(redraw(frame, cluster.codes, counts, own))
        except MethodError:
            continue
    return found
